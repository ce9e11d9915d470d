//! What is charged onto a bill and comes off it: how far a bill's sums go, what named lines come to, when a month's bills
//! are issued, and what a charge tells that vouchers paid of it.

#![expect(clippy::unwrap_used, reason = "all values are written here, by hand")]

mod set_up;

use credere_core::access::Actor;
use credere_core::book::{
    Book, Command, Context, Decision, Event, Figure, Finding, Rejection, Rule, Rules, bills, buying, decide, metering,
    parties, vouchers,
};
use credere_core::channel::{ActionType, FreezeTerms, LineId, OrderKind, PartnerKind};
use credere_core::ledger::{Moment, Month};
use credere_testkit::commands;
use set_up::{PLATFORM, add_cvm, moment, obey, open, register, uin, whole};

const DAY: i64 = 86_400;
const RESELLER: u64 = 1;
const CUSTOMER: u64 = 2;

/// A book and its clock.
struct World {
    book: Book,
    now: Moment,
}

impl World {
    /// A reseller with 1,000.00, its customer with 100.00, and the product `cvm`; it is the 21st.
    fn new() -> World {
        let mut world = World { book: Book::new(), now: moment(20 * DAY) };
        world.obey(open(RESELLER));
        world.obey(open(CUSTOMER));
        world.obey(register(RESELLER, PartnerKind::Reseller, None, 1_000));
        world.obey(parties::BindCustomer { customer: uin(CUSTOMER), partner: uin(RESELLER) });
        world.obey(commands::allocate(uin(CUSTOMER), whole(100)));
        world.obey(add_cvm(FreezeTerms::default()));
        world
    }

    fn ask(&self, actor: Actor, command: impl Into<Command>) -> Result<Decision, Rejection> {
        decide(&self.book, &command.into(), &Context { now: self.now, actor, rules: &Rules::default() })
    }

    fn obey(&mut self, command: impl Into<Command>) -> Decision {
        obey(&mut self.book, self.now, PLATFORM, &command.into())
    }

    /// Buys something, and gives the number of its line.
    fn buy(&mut self, kind: OrderKind, amount: i64) -> LineId {
        self.obey(buying::PlaceOrder { kind, ..commands::order(uin(CUSTOMER), "cvm", whole(amount)) });
        LineId(self.book.seq())
    }

    fn month(&self) -> Month {
        self.book.calendar().month(self.now)
    }

    /// Does everything that falls due until then.
    fn wait_until(&mut self, now: Moment) {
        self.now = now;
        while let Some(duty) = self.book.duty(self.now) {
            obey(&mut self.book, self.now, Actor::System, &duty);
        }
    }
}

fn usage(day: i64, amount: i64, action: Option<ActionType>) -> metering::SettleUsage {
    let day = moment(day * DAY);
    metering::SettleUsage { action, ..commands::usage(uin(CUSTOMER), "cvm", whole(amount), (day, day)) }
}

#[test]
fn each_part_of_a_bill_stays_an_amount_whatever_the_others_come_to() {
    const LARGE: i64 = 90_000_000_000;
    let mut world = World::new();
    world.obey(usage(20, LARGE, None));
    world.obey(usage(20, LARGE, Some(ActionType::ReconIncrease)));
    assert_eq!(world.ask(PLATFORM, usage(20, LARGE, None)), Err(Rejection::AmountOverflow));
    assert!(world.ask(PLATFORM, usage(20, LARGE, Some(ActionType::PostpayDeductD))).is_ok(), "another part");
    assert!(world.ask(PLATFORM, usage(40, LARGE, None)).is_ok(), "another month's bill");
}

#[test]
fn named_lines_come_to_a_count_and_a_sum_for_each_type() {
    let mut world = World::new();
    let month = world.month();
    let binding_seq = world.book.customer(uin(CUSTOMER)).unwrap().bound_seq;
    let mut named = Vec::new();
    for (kind, action, amount) in [
        (OrderKind::Purchase, ActionType::PrepayPurchase, 6),
        (OrderKind::Renew, ActionType::PrepayRenew, 7),
        (OrderKind::Purchase, ActionType::PrepayPurchase, 4),
        (OrderKind::Purchase, ActionType::PrepayPurchase, 2),
    ] {
        let id = world.buy(kind, amount);
        named.push(bills::NamedLine { id, binding_seq, action, amount: whole(amount) });
    }
    world.wait_until(world.book.calendar().issued_at(month));
    let receipt = bills::ConfirmReceipt { customer: uin(CUSTOMER), month, lines: bills::ReceiptLines::Named(named) };
    let Event::Bills(bills::Event::ReceiptConfirmed(confirmed)) = world.obey(receipt).event else { panic!() };
    let part = |action, lines, amount| bills::ReceiptPart { binding_seq, action, lines, amount: whole(amount) };
    assert_eq!(confirmed.parts, [part(ActionType::PrepayPurchase, 3, 12), part(ActionType::PrepayRenew, 1, 7)]);
    assert_eq!((confirmed.lines, confirmed.returned), (4, whole(19)));
}

#[test]
fn a_months_bills_are_issued_in_their_turn_and_not_before_their_time() {
    let mut world = World::new();
    let month = world.month();
    let issued_at = world.book.calendar().issued_at(month);
    world.wait_until(issued_at.plus_seconds(-1));
    let issue = |world: &World, month| world.ask(Actor::System, bills::IssueBills { month });
    assert_eq!(issue(&world, month), Err(Rejection::NothingDue), "it is its turn");
    world.now = issued_at;
    assert!(issue(&world, month).is_ok());
    assert_eq!(issue(&world, month.previous()), Err(Rejection::NothingDue), "its time has come");
}

#[test]
fn a_charge_tells_what_vouchers_paid_of_it() {
    let mut world = World::new();
    let (kind, pays) = (vouchers::NewVoucherKind::Customer(None), (world.now, world.now.plus_seconds(DAY)));
    world.obey(commands::voucher(kind, uin(CUSTOMER), whole(5), pays));
    let charged = [
        Finding::waived(Rule::R112, (uin(CUSTOMER), Figure::VouchersPay), whole(8), whole(5)),
        Finding::waived(Rule::R62, (uin(CUSTOMER), Figure::CustomerAvailable), whole(3), whole(100)),
        Finding::waived(Rule::R62, (uin(RESELLER), Figure::SpendAvailable), whole(8), whole(1_000)),
    ];
    assert_eq!(world.obey(usage(20, 8, None)).because.as_slice(), charged);
    assert_eq!(world.obey(usage(20, 1, None)).because.len(), 2, "no voucher is left");
}
