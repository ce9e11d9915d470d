//! What a damaged journal or snapshot comes to: an event that does not fit is refused with its position, a book whose
//! sums do not hold breaks a law by name, and an image that is not whole is not read. Nothing here can be reached through
//! `decide`; it is what `credere verify` and every start rely on.

#![expect(clippy::unwrap_used, reason = "all values are written here, by hand")]

mod set_up;

use credere_core::book::{
    Book, BookReader, Command, Event, SnapshotError, buying, catalogue, check_laws, deployment, parties,
};
use credere_core::channel::{
    AccountClass, ActionType, AuthorizationId, Binding, Charge, DiscountId, FreezeTerms, Lines, Order, OrderId,
    OrderKind, OrderState, PartnerKind, Paying, Price, Settlement, Share, Site, Tier, Uin, Verification,
};
use credere_core::ledger::{Funds, Line, Movement};
use credere_core::money::{Amount, Rate};
use credere_testkit::commands;
use set_up::{PLATFORM, add_cvm, moment, obey, open, register, uin, whole};

const RESELLER: u64 = 1;
const DISTRIBUTOR: u64 = 2;
const SECOND_LEVEL: u64 = 3;
const CUSTOMER: u64 = 4;
const OUTSIDER: u64 = 5;

/// A reseller with a customer that has 100.00, an order processing at 10.00 and an authorization open at 20.00, and a
/// distributor with a second-level reseller.
fn book() -> Book {
    let mut book = Book::new();
    for number in [RESELLER, DISTRIBUTOR, SECOND_LEVEL, CUSTOMER, OUTSIDER] {
        obey(&mut book, moment(0), PLATFORM, &open(number));
    }
    for command in [
        register(RESELLER, PartnerKind::Reseller, None, 1_000),
        register(DISTRIBUTOR, PartnerKind::Distributor, None, 1_000),
        register(SECOND_LEVEL, PartnerKind::SecondLevelReseller, Some(DISTRIBUTOR), 300),
        Command::from(parties::BindCustomer { customer: uin(CUSTOMER), partner: uin(RESELLER) }),
        commands::allocate(uin(CUSTOMER), whole(100)).into(),
        add_cvm(FreezeTerms::default()),
        buying::PlaceOrder { capture: false, ..commands::order(uin(CUSTOMER), "cvm", whole(10)) }.into(),
        commands::authorize(uin(CUSTOMER), "cvm", whole(20)).into(),
    ] {
        obey(&mut book, moment(0), PLATFORM, &command);
    }
    check_laws(&book).unwrap();
    book
}

/// The customer's binding: the ninth event, after five openings and three registrations.
fn binding() -> Option<Binding> {
    Some(Binding { partner: uin(RESELLER), seq: 9 })
}

/// The customer's own credit pays, or a partner for itself, and this partner owes it.
fn paying(partner: u64) -> Paying {
    Paying { payer: uin(if partner == SECOND_LEVEL { SECOND_LEVEL } else { CUSTOMER }), partner: Some(uin(partner)) }
}

fn price(list: i64) -> Price {
    Price::at(whole(list), Rate::ONE, Some(Rate::ONE)).unwrap()
}

fn order(id: u64, state: OrderState, list: i64) -> Box<Order> {
    Box::new(Order {
        id: OrderId(id),
        account: uin(CUSTOMER),
        paying: paying(RESELLER),
        binding: binding(),
        product: 0,
        kind: OrderKind::Purchase,
        state,
        capture: false,
        price: price(list),
        vouchers: Vec::new(),
        partner_vouchers: Vec::new(),
        parts: None,
        refunded: Amount::ZERO,
        paid_by_partner: false,
        partner_refunded: Amount::ZERO,
        created_at: moment(0),
        updated_at: moment(0),
        resource: None,
        details: "{}".to_owned(),
        shares: Vec::new(),
        refund: None,
    })
}

/// The laws that are broken once these events are applied, by account and name.
fn broken_by(events: &[Event]) -> Vec<(u64, &'static str)> {
    let mut book = book();
    for event in events {
        book.evolve(book.seq() + 1, moment(0), event).unwrap();
    }
    let mut broken: Vec<_> = check_laws(&book).unwrap_err().iter().map(|law| (law.account.number(), law.law)).collect();
    broken.sort_unstable();
    broken
}

fn allocated(total: i64, partner_allocated: i64) -> Event {
    Event::from(parties::CreditAllocated {
        customer: uin(CUSTOMER),
        partner: uin(RESELLER),
        amount: whole(0),
        total_after: whole(total),
        available_after: whole(0),
        partner_allocated_after: whole(partner_allocated),
        remark: None,
    })
}

#[test]
fn what_is_handed_out_must_be_the_sum_of_it() {
    assert_eq!(broken_by(&[allocated(100, 101)]), [(RESELLER, "allocated is the sum of what was handed down")]);
    let pool = |total, allocated| {
        Event::from(parties::PoolAllocated {
            second_level: uin(SECOND_LEVEL),
            distributor: uin(DISTRIBUTOR),
            amount: whole(0),
            total_after: whole(total),
            remaining_after: whole(0),
            distributor_allocated_after: whole(allocated),
            remark: None,
        })
    };
    assert_eq!(broken_by(&[pool(301, 300)]), [(DISTRIBUTOR, "allocated is the sum of what was handed down")]);
    check_after(pool(301, 301));
}

fn check_after(event: Event) {
    let mut book = book();
    book.evolve(book.seq() + 1, moment(0), &event).unwrap();
    check_laws(&book).unwrap();
}

#[test]
fn nobody_hands_out_more_than_its_quota() {
    assert_eq!(broken_by(&[allocated(1_001, 1_001)]), [(RESELLER, "allocated is within the quota")]);
    check_after(allocated(1_000, 1_000));
}

#[test]
fn a_total_is_not_below_zero() {
    // Below zero it is overdue, of which nothing was noted.
    let laws = ["a total is not below zero", "arrears are noted", "who is suspended was told so"];
    let laws = laws.map(|law| (CUSTOMER, law));
    assert_eq!(broken_by(&[allocated(-1, -1)]), laws);
}

#[test]
fn what_is_held_must_be_the_sum_of_open_holds() {
    let hold = |line: Line, amount| line.moved(Movement::held(whole(amount))).unwrap();
    let (held, spend) = (hold(Line::with_limit(whole(100)), 30), hold(Line::with_limit(whole(1_000)), 30));
    let placed = |id, state, customer: Line, partner: Line| {
        Event::from(buying::OrderChanged {
            change: buying::OrderChange::Placed,
            order: order(id, state, 5),
            charge: None,
            vouchers_after: Vec::new(),
            lines_after: Lines { payer: Some(Funds::Credit(customer)), partner: Some(partner) },
            payer_told: None,
        })
    };
    // An order that freezes 5.00 and leaves both lines as they were.
    assert_eq!(
        broken_by(&[placed(15, OrderState::Processing, held, spend)]),
        [(RESELLER, "what is held is the sum of open holds"), (CUSTOMER, "what is held is the sum of open holds"),]
    );
    // One that is to be paid, which freezes nothing, and both lines raised all the same.
    let (more, most) = (hold(held, 5), hold(spend, 5));
    assert_eq!(
        broken_by(&[placed(15, OrderState::ToBePaid, more, spend)]),
        [(CUSTOMER, "what is held is the sum of open holds")]
    );
    assert_eq!(
        broken_by(&[placed(15, OrderState::ToBePaid, held, most)]),
        [(RESELLER, "what is held is the sum of open holds")]
    );
    check_after(placed(15, OrderState::Processing, more, most));
}

#[test]
fn an_authorization_holds_what_it_says() {
    let opened = |customer: i64, partner: i64| {
        Event::from(buying::AuthorizationOpened {
            account: uin(CUSTOMER),
            paying: paying(RESELLER),
            binding: binding(),
            product: 0,
            price: price(5),
            expires_at: moment(60),
            payer_frozen_after: Some(whole(customer)),
            partner_frozen_after: Some(whole(partner)),
        })
    };
    check_after(opened(35, 35));
    assert_eq!(broken_by(&[opened(34, 35)]), [(CUSTOMER, "what is held is the sum of open holds")]);
    assert_eq!(broken_by(&[opened(35, 36)]), [(RESELLER, "what is held is the sum of open holds")]);
}

#[test]
fn a_customer_that_was_unbound_with_holds_leaves_them_without_an_owner() {
    let unbound = Event::from(parties::CustomerUnbound {
        customer: uin(CUSTOMER),
        partner: uin(RESELLER),
        returned: whole(100),
        partner_allocated_after: whole(0),
        vouchers_after: Vec::new(),
    });
    assert_eq!(
        broken_by(&[unbound]),
        [
            (CUSTOMER, "only a customer's credit is set aside"),
            (CUSTOMER, "open authorizations are counted"),
            (CUSTOMER, "open orders are counted"),
        ]
    );
}

#[test]
fn only_a_second_level_reseller_has_a_distributor() {
    let registered = |kind, distributor: Option<u64>| {
        Event::from(parties::PartnerRegistered {
            uin: uin(OUTSIDER),
            kind,
            distributor: distributor.map(uin),
            allocation_quota: Amount::ZERO,
            spend_line: None,
            voucher_quota: Amount::ZERO,
            allowlist: Vec::new(),
            distributor_allocated_after: distributor.map(|_| whole(300)),
        })
    };
    let law = (OUTSIDER, "a second-level reseller, and nobody else, has a distributor");
    assert_eq!(broken_by(&[registered(PartnerKind::Reseller, Some(DISTRIBUTOR))]), [law]);
    assert_eq!(broken_by(&[registered(PartnerKind::SecondLevelReseller, None)]), [law]);
    check_after(registered(PartnerKind::SecondLevelReseller, Some(DISTRIBUTOR)));
}

#[test]
fn a_broken_law_says_whose_which_and_by_how_much() {
    let mut book = book();
    book.evolve(book.seq() + 1, moment(0), &allocated(100, 101)).unwrap();
    let broken = check_laws(&book).unwrap_err();
    assert_eq!(
        broken[0].to_string(),
        "law broken for 1: allocated is the sum of what was handed down: kept 10100000000, computed 10000000000 (in \
         units of 10^-8)"
    );
}

/// Why an event does not fit the book.
fn misfit(event: &Event) -> &'static str {
    let mut book = book();
    let seq = book.seq() + 1;
    let inconsistent = book.evolve(seq, moment(0), event).unwrap_err();
    assert_eq!((inconsistent.seq, inconsistent.event), (seq, event.name()));
    inconsistent.what
}

#[test]
fn events_come_one_after_the_other() {
    let mut book = book();
    let seq = book.seq();
    let noted = Event::from(parties::CustomerNoted { customer: uin(CUSTOMER) });
    for wrong in [0, seq - 1, seq, seq + 2] {
        assert_eq!(book.clone().evolve(wrong, moment(0), &noted).unwrap_err().what, "it is not the next in order");
        assert_eq!(book.clone().skip(wrong, moment(0)).unwrap_err().what, "it is not the next in order");
    }
    book.skip(seq + 1, moment(9)).unwrap();
    assert_eq!((book.seq(), book.now()), (seq + 1, moment(9)));
    book.evolve(seq + 2, moment(5), &noted).unwrap();
    assert_eq!((book.seq(), book.now()), (seq + 2, moment(9)), "time does not go back");
}

#[test]
fn an_event_about_what_is_not_there_does_not_fit() {
    let nobody = uin(404);
    let opened = |number| {
        Event::from(parties::AccountOpened {
            uin: uin(number),
            class: AccountClass::External,
            verification: Verification::None,
            tier: Tier::None,
            site: Site::Intl,
            entity: None,
            followed: false,
        })
    };
    assert_eq!(misfit(&opened(CUSTOMER)), "the account is there already");
    let changed = Event::from(parties::AccountChanged {
        uin: nobody,
        class: AccountClass::External,
        verification: Verification::None,
        tier: Tier::None,
        entity: None,
        followed: false,
    });
    assert_eq!(misfit(&changed), "no such account");
    let registered = |number, above: Option<Uin>| {
        Event::from(parties::PartnerRegistered {
            uin: uin(number),
            kind: PartnerKind::Reseller,
            distributor: above,
            allocation_quota: Amount::ZERO,
            spend_line: None,
            voucher_quota: Amount::ZERO,
            allowlist: Vec::new(),
            distributor_allocated_after: above.map(|_| Amount::ZERO),
        })
    };
    assert_eq!(misfit(&registered(RESELLER, None)), "the partner is there already");
    assert_eq!(misfit(&registered(OUTSIDER, Some(nobody))), "no such partner");
    assert_eq!(
        misfit(&Event::from(parties::CustomerBound { customer: nobody, partner: uin(RESELLER), referred: false })),
        "no such account"
    );
    assert_eq!(
        misfit(&Event::from(parties::CustomerBound { customer: uin(OUTSIDER), partner: nobody, referred: false })),
        "no such partner"
    );
    let unbound = |customer, partner| {
        Event::from(parties::CustomerUnbound {
            customer,
            partner,
            returned: Amount::ZERO,
            partner_allocated_after: Amount::ZERO,
            vouchers_after: Vec::new(),
        })
    };
    assert_eq!(misfit(&unbound(nobody, uin(RESELLER))), "no such account");
    assert_eq!(misfit(&unbound(uin(OUTSIDER), uin(RESELLER))), "no such customer");
    assert_eq!(misfit(&unbound(uin(CUSTOMER), uin(DISTRIBUTOR))), "the partner does not have the customer");
    let product = |number| {
        Event::from(catalogue::ProductChanged {
            number,
            code: "cvm".parse().unwrap(),
            name: String::new(),
            settlement: Settlement::Daily,
            grace_hours: Some(1),
            retention_days: 15,
            freeze: FreezeTerms::default(),
            inheritable: true,
        })
    };
    assert_eq!(misfit(&product(1)), "no such product");
    let added = Event::from(catalogue::ProductAdded {
        number: 2,
        code: "cos".parse().unwrap(),
        name: String::new(),
        settlement: Settlement::Daily,
        grace_hours: Some(1),
        retention_days: 15,
        freeze: FreezeTerms::default(),
        inheritable: true,
    });
    assert_eq!(misfit(&added), "the product is not the next in order");
    assert_eq!(misfit(&Event::from(catalogue::DiscountEnded { id: DiscountId(1) })), "no such discount");
    assert_eq!(misfit(&Event::from(deployment::PlatformKeyRevoked { key: 9 })), "no such platform key");
}

#[test]
fn a_change_of_what_is_not_open_does_not_fit() {
    let change = |id, change, state| {
        Event::from(buying::OrderChanged {
            change,
            order: order(id, state, 10),
            charge: None,
            vouchers_after: Vec::new(),
            lines_after: Lines { payer: Some(Funds::Credit(Line::default())), partner: Some(Line::default()) },
            payer_told: None,
        })
    };
    for happened in [buying::OrderChange::Paid, buying::OrderChange::Delivered, buying::OrderChange::Canceled] {
        assert_eq!(misfit(&change(404, happened, OrderState::Delivered)), "no such open order");
    }
    let mut book = book();
    let account = uin(CUSTOMER);
    let authorization = AuthorizationId { account, opened_seq: book.seq() };
    let closing = obey(&mut book, moment(0), PLATFORM, &Command::from(buying::Release { authorization })).event;
    let again = book.evolve(book.seq() + 1, moment(0), &closing).unwrap_err();
    assert_eq!(again.what, "no such open authorization");
    let text = again.to_string();
    assert!(text.ends_with("(authorization_released) does not fit the book: no such open authorization"), "{text}");
}

#[test]
fn more_given_back_of_a_resource_than_was_paid_does_not_fit_on_either_side() {
    let book = book();
    for (customer, partner) in [(-1, 0), (0, -1)] {
        let price = Price { customer: whole(customer), partner: whole(partner), ..price(0) };
        let placed = order(book.seq() + 1, OrderState::Delivered, 0);
        let charge = Charge {
            account: placed.account,
            binding: placed.binding,
            paying: placed.paying,
            product: placed.product,
            action: ActionType::PrepayModify,
            month: book.calendar().month(moment(0)),
            period_start: moment(0),
            period_end: moment(0),
            price,
            vouchers: Vec::new(),
            partner_vouchers: Vec::new(),
            parts: None,
        };
        let share = Share { paying: placed.paying, binding: placed.binding, price, parts: None, paid_last: book.seq() };
        let event = |shares| {
            let resource = "vm".parse().ok();
            Event::from(buying::OrderChanged {
                change: buying::OrderChange::Placed,
                order: Box::new(Order { kind: OrderKind::Downgrade, price, resource, shares, ..(*placed).clone() }),
                charge: Some(Box::new(charge.clone())),
                vouchers_after: Vec::new(),
                lines_after: Lines::default(),
                payer_told: None,
            })
        };
        assert_eq!(misfit(&event(vec![share])), "more is given back than was paid for the resource");
        assert_eq!(misfit(&event(Vec::new())), "what is given back is not what it says");
    }
}

#[test]
fn a_figure_out_of_range_does_not_fit() {
    let most = Amount::from_units(i64::MAX);
    let total = |total_after| {
        Event::from(parties::CreditAllocated {
            customer: uin(CUSTOMER),
            partner: uin(RESELLER),
            amount: whole(0),
            total_after,
            available_after: whole(0),
            partner_allocated_after: whole(100),
            remark: None,
        })
    };
    assert_eq!(misfit(&total(Amount::from_units(i64::MIN))), "a figure is out of range");
    let frozen = |partner| {
        Event::from(buying::AuthorizationOpened {
            account: uin(CUSTOMER),
            paying: paying(DISTRIBUTOR),
            binding: binding(),
            product: 0,
            price: price(1),
            expires_at: moment(60),
            payer_frozen_after: None,
            partner_frozen_after: Some(partner),
        })
    };
    assert_eq!(misfit(&frozen(Amount::from_units(i64::MIN))), "a figure is out of range");
    let mut book = book();
    book.evolve(book.seq() + 1, moment(0), &frozen(most)).unwrap();
}

#[test]
fn a_second_level_reseller_has_no_spend_line_to_charge() {
    let opened = Event::from(buying::AuthorizationOpened {
        account: uin(SECOND_LEVEL),
        paying: paying(SECOND_LEVEL),
        binding: None,
        product: 0,
        price: price(1),
        expires_at: moment(60),
        payer_frozen_after: None,
        partner_frozen_after: Some(whole(1)),
    });
    assert_eq!(misfit(&opened), "the partner has no spend line");
}

fn pieces(book: &Book) -> Vec<Vec<u8>> {
    book.to_pieces().collect()
}

#[test]
fn an_image_that_is_not_whole_is_not_read() {
    let malformed = |what: &str| SnapshotError::Malformed(what.to_owned());
    let pieces = pieces(&book());
    assert_eq!(BookReader::default().finish().unwrap_err(), malformed("it has no pieces"));
    assert_eq!(BookReader::default().take(&[]), Err(malformed("a piece is empty")));
    assert_eq!(BookReader::default().take(&[99, 0]), Err(SnapshotError::Version(99)));
    assert_eq!(BookReader::default().take(&pieces[1]), Err(malformed("the head is not the first piece")));
    let mut reader = BookReader::default();
    reader.take(&pieces[0]).unwrap();
    assert_eq!(reader.take(&[pieces[0][0], 99]), Err(malformed("there are no such pieces")));
    assert_eq!(reader.take(&[&pieces[1][..], &[0]].concat()), Err(malformed("there is more behind it")));
    pieces[1..].iter().for_each(|piece| reader.take(piece).unwrap());
    // What an older image says of what is there is passed over.
    pieces.iter().for_each(|piece| reader.take(piece).unwrap());
    assert!(reader.finish().unwrap().to_pieces().eq(pieces));
}

#[test]
fn damage_to_an_image_is_told_and_never_a_panic() {
    let pieces = pieces(&book());
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
                    // Whatever it now says, every figure of it can be asked for.
                    let _ = check_laws(&book);
                    for account in book.accounts() {
                        let _ = account.customer.as_ref().map(|customer| customer.line.available());
                    }
                    for partner in book.partners() {
                        let _ = (partner.allocatable(), partner.spend.map(|line| line.available()));
                    }
                }
            }
        }
    }
}

#[test]
fn a_line_whose_figures_do_not_fit_together_is_not_read() {
    // A limit at the bottom of the range with something used: what is available would lie outside.
    let bottom = Amount::from_units(i64::MIN);
    let line = Line::with_limit(bottom);
    let mut bytes = postcard::to_allocvec(&line).unwrap();
    assert_eq!(postcard::from_bytes::<Line>(&bytes), Ok(line));
    let used = bytes.len() - 3;
    bytes[used] = 2;
    assert!(postcard::from_bytes::<Line>(&bytes).is_err());
}

#[test]
fn numbers_that_callers_named_are_passed_over_once() {
    let mut book = Book::new();
    let open = |uin| Command::from(parties::OpenAccount { uin, ..commands::open(Uin::LOWEST) });
    for ahead in [1, 2, 4] {
        obey(&mut book, moment(0), PLATFORM, &open(Some(uin(Uin::FIRST_GIVEN + ahead))));
    }
    let mut given = Vec::new();
    for _ in 0..4 {
        if let Event::Parties(parties::Event::AccountOpened(parties::AccountOpened { uin, .. })) =
            obey(&mut book, moment(0), PLATFORM, &open(None)).event
        {
            given.push(uin.number() - Uin::FIRST_GIVEN);
        }
    }
    assert_eq!(given, [0, 3, 5, 6]);
    assert_eq!(book.next_uin(), Some(uin(Uin::FIRST_GIVEN + 7)));
}
