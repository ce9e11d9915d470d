//! The same as `damage`, for what runs, pays, is billed and is told: events about resources, vouchers, receipts and
//! reviews that do not fit the book, books whose parts do not add up, and images that were damaged on disk.

#![expect(clippy::unwrap_used, reason = "all values are written here, by hand")]

mod set_up;

use credere_core::access::Actor;
use credere_core::book::{
    Book, BookReader, Command, Event, bills, buying, check_laws, metering, notices, parties, standing, vouchers,
};
use credere_core::channel::{
    ActionType, FreezeModel, FreezeTerms, LineId, Lines, PartnerKind, Resource, ResourceId, Standing, Voucher,
    VoucherId, VoucherMode, VoucherStatus, WebhookId,
};
use credere_core::ledger::{Day, Funds, Line, Moment};
use credere_testkit::commands;
use set_up::{PLATFORM, add_cvm, moment, obey, open, register, uin, whole};

const RESELLER: u64 = 1;
const CUSTOMER: u64 = 2;

/// Obeys a command, and what follows from it.
fn act(book: &mut Book, actor: Actor, command: &Command) {
    let event = obey(book, moment(0), actor, command).event;
    for account in event.touches() {
        while let Some(next) = book.consequence(account, book.now()) {
            act(book, Actor::System, &next);
        }
    }
}

/// A reseller whose customer has 100.00: a resource with 10.00 frozen, a voucher of 30.00 of which an open order of
/// 50.00 has set 30.00 aside, a bill with a line of 65.00, 5.00 available, and somebody told of it.
fn book() -> Book {
    let mut book = Book::new();
    let (now, customer) = (Moment::default(), uin(CUSTOMER));
    let own = vouchers::NewVoucherKind::Customer(None);
    let voucher = commands::voucher(own, customer, whole(30), (now, now.plus_seconds(86_400)));
    let usage = commands::usage(customer, "cvm", whole(65), (now, now));
    for command in [
        open(RESELLER),
        open(CUSTOMER),
        register(RESELLER, PartnerKind::Reseller, None, 1_000),
        Command::from(parties::BindCustomer { customer, partner: uin(RESELLER) }),
        commands::allocate(customer, whole(100)).into(),
        add_cvm(FreezeTerms { model: FreezeModel::Coefficient, ..FreezeTerms::default() }),
        commands::activate(customer, "vm-1", "cvm", whole(10)).into(),
        vouchers::IssueVoucher { mode: VoucherMode::Prepaid, ..voucher }.into(),
        buying::PlaceOrder { capture: false, ..commands::order(customer, "cvm", whole(50)) }.into(),
        metering::SettleUsage { resource: Some("vm-1".parse().unwrap()), ..usage }.into(),
        Command::from(notices::AddWebhook { account: None, kinds: Vec::new() }),
    ] {
        act(&mut book, PLATFORM, &command);
    }
    check_laws(&book).unwrap();
    book
}

fn resource(book: &Book) -> Box<Resource> {
    Box::new(book.resources().next().unwrap().clone())
}

fn voucher(book: &Book) -> Voucher {
    book.vouchers_of(uin(CUSTOMER)).next().unwrap().clone()
}

/// Why an event does not fit the book.
fn misfit(event: &Event) -> &'static str {
    let mut book = book();
    book.evolve(book.seq() + 1, Moment::default(), event).unwrap_err().what
}

/// The laws that are broken once this event is applied.
fn broken_by(event: &Event) -> Vec<&'static str> {
    let mut book = book();
    book.evolve(book.seq() + 1, Moment::default(), event).unwrap();
    let mut broken: Vec<_> = check_laws(&book).unwrap_err().iter().map(|law| law.law).collect();
    broken.sort_unstable();
    broken
}

fn receipt(action: ActionType, lines: u32, amount: i64, named: Option<Vec<LineId>>) -> Event {
    let book = book();
    let bill = book.open_bills(uin(CUSTOMER)).next().unwrap().clone();
    let part = bills::ReceiptPart { binding_seq: bill.binding.seq, action, lines, amount: whole(amount) };
    Event::from(bills::ReceiptConfirmed {
        customer: uin(CUSTOMER),
        month: bill.month,
        partner: uin(RESELLER),
        pay_mode: None,
        action: None,
        parts: vec![part],
        named,
        lines,
        returned: whole(amount),
        customer_after: None,
    })
}

#[test]
fn an_event_about_what_does_not_run_or_pay_does_not_fit() {
    let book = book();
    let (running, issued) = (resource(&book), voucher(&book));
    let other = Box::new(Resource { id: ResourceId(999), ..Resource::clone(&running) });
    let line = book.customer(running.account).map(|customer| Funds::Credit(customer.line));
    let lines_after = Lines { payer: line, partner: Some(Line::default()) };
    let activated = |resource: &Resource| {
        Event::from(metering::ResourceActivated { resource: Box::new(resource.clone()), lines_after })
    };
    assert_eq!(misfit(&activated(&running)), "the resource is there already");
    let next = Resource { id: ResourceId(book.seq() + 1), ..Resource::clone(&running) };
    assert_eq!(misfit(&activated(&next)), "the resource is there already", "the name is taken");
    assert_eq!(misfit(&Event::from(metering::ResourceSuspended { resource: other.clone() })), "no such resource");
    assert_eq!(misfit(&Event::from(metering::ResourceResumed { resource: other.clone() })), "no such resource");
    let deleted = Event::from(metering::ResourceDeleted { released: other.frozen, resource: other, lines_after });
    assert_eq!(misfit(&deleted), "no such resource");
    let unknown = Voucher { id: VoucherId(999), ..issued.clone() };
    assert_eq!(misfit(&Event::from(vouchers::VoucherExpired { voucher: Box::new(unknown) })), "no such voucher");
    let again = Event::from(vouchers::VoucherIssued { voucher: Box::new(issued), linked: None });
    assert_eq!(misfit(&again), "the voucher's number is not its position");
    assert_eq!(misfit(&Event::from(notices::WebhookSecretRotated { id: WebhookId(999) })), "no such webhook");
    assert_eq!(misfit(&Event::from(notices::WebhookRemoved { id: WebhookId(999) })), "no such webhook");
    let nobody = uin(404);
    assert_eq!(misfit(&Event::from(standing::SuspensionForced { customer: nobody })), "no such customer");
    let paid = Event::from(bills::PlatformPaid { partner: nobody, amount: whole(1), partner_after: Line::default() });
    assert_eq!(misfit(&paid), "no such partner");
}

#[test]
fn a_receipt_for_what_is_not_open_does_not_fit() {
    let hourly = ActionType::PostpayDeductH;
    assert_eq!(misfit(&receipt(ActionType::ReconDeduct, 1, 65, None)), "the customer has no such open bill");
    assert_eq!(misfit(&receipt(hourly, 2, 65, None)), "more lines are confirmed than are open");
    let mut book = book();
    book.evolve(book.seq() + 1, Moment::default(), &receipt(hourly, 1, 65, None)).unwrap();
    assert_eq!(book.open_bills(uin(CUSTOMER)).next(), None);
}

#[test]
fn what_is_used_must_be_the_sum_of_what_is_not_confirmed() {
    let laws = broken_by(&receipt(ActionType::PostpayDeductH, 1, 65, Some(vec![LineId(10)])));
    assert_eq!(laws, ["used is the sum of what is not confirmed"]);
}

#[test]
fn what_is_frozen_must_be_the_sum_over_resources() {
    let book = book();
    let mut smaller = resource(&book);
    smaller.frozen.customer = whole(9);
    assert_eq!(
        broken_by(&Event::from(metering::ResourceSuspended { resource: smaller.clone() })),
        ["what is frozen is the sum over resources"]
    );
    smaller.frozen.partner = whole(9);
    let both = ["what is frozen is the sum over resources", "what is frozen is the sum over resources"];
    assert_eq!(broken_by(&Event::from(metering::ResourceSuspended { resource: smaller })), both);
}

#[test]
fn a_voucher_must_hold_what_open_orders_have_set_aside() {
    let book = book();
    let after = |remaining: i64, reserved: i64, status| {
        let voucher = Voucher { remaining: whole(remaining), reserved: whole(reserved), status, ..voucher(&book) };
        broken_by(&Event::from(vouchers::VoucherInvalidated { voucher: Box::new(voucher) }))
    };
    let aside = "what is set aside of a voucher is what open orders hold";
    let most = "a voucher pays at most what it was issued over";
    assert_eq!(after(1, 30, VoucherStatus::Issued), [most]);
    assert_eq!(after(-1, 30, VoucherStatus::Issued), [most]);
    assert_eq!(after(1, 29, VoucherStatus::Issued), [aside]);
    assert_eq!(after(0, 0, VoucherStatus::Used), ["what open orders set aside is in the book"]);
    assert_eq!(after(0, 0, VoucherStatus::Issued), ["a voucher that pays nothing any more has left", aside]);
}

#[test]
fn arrears_must_be_noted() {
    let reviewed = Event::from(standing::CustomerReviewed {
        customer: uin(CUSTOMER),
        day: Day(0),
        overdue_since: Some(Moment::default()),
        available: whole(5),
        total: whole(100),
        notices: Vec::new(),
        suspension: Standing::Normal,
        payer: None,
    });
    assert_eq!(broken_by(&reviewed), ["arrears are noted"]);
}

#[test]
fn who_is_suspended_must_be_told_so() {
    assert_eq!(
        broken_by(&Event::from(standing::SuspensionForced { customer: uin(CUSTOMER) })),
        ["who is suspended was told so"]
    );
}

#[test]
fn damage_to_an_image_is_told_and_never_a_panic() {
    let pieces: Vec<Vec<u8>> = book().to_pieces().collect();
    for (at, piece) in pieces.iter().enumerate() {
        for byte in 1..piece.len() {
            for flip in [0x01, 0x80, 0xff] {
                let mut damaged = piece.clone();
                damaged[byte] ^= flip;
                let mut reader = BookReader::default();
                let taken = pieces
                    .iter()
                    .enumerate()
                    .try_for_each(|(other, whole)| reader.take(if other == at { &damaged } else { whole }));
                if taken.is_ok()
                    && let Ok(book) = reader.finish()
                {
                    // Whatever it now says, every question about it is answered.
                    let _ = check_laws(&book);
                    let _ = (book.next_due(), book.duty(Moment::from_micros(i64::MAX)));
                    for account in book.accounts() {
                        let _ = book.consequence(account.uin, book.now());
                    }
                }
            }
        }
    }
}
