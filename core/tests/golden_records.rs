//! The journal's encoding, held fast: one record of every kind with values set by hand, and the bytes that they must
//! come to. A journal that some build has written must be read for ever, so the file may only grow: new values go to
//! the end of the list, and `BLESS=1` refuses to write a file that does not begin with the old one. A change of shape
//! needs a new `RECORD_VERSION`, and with it a new file. (As long as no release has written this version, deleting the
//! file and blessing it again is honest.)

#![expect(clippy::unwrap_used, reason = "all values are written here, by hand")]

use credere_core::access::{Action, Actor, Denial, Face, KeyAccess};
use credere_core::book::{
    ActionName, DecodeError, Event, KeyUse, OrderChange, Party, RECORD_VERSION, Record, Rejection, RequestInfo,
};
use credere_core::channel::{
    AccountClass, AllowlistItem, Authorization, AuthorizationId, DiscountId, DiscountScope, Order, OrderId, OrderKind,
    OrderState, PartnerKind, Price, Settlement, Side, Tier, Uin, Verification,
};
use credere_core::ledger::{Line, Moment};
use credere_core::money::{Amount, Rate};
use std::collections::BTreeSet;
use std::path::PathBuf;

fn uin(number: u64) -> Uin {
    Uin::new(number).unwrap()
}

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

fn moment(second: i64) -> Moment {
    Moment::from_micros(1_767_225_600_000_000).plus_seconds(second)
}

fn line() -> Line {
    Line::with_limit(amount("1000.00")).charged(amount("-12.34567891")).unwrap().held(amount("0.00000001")).unwrap()
}

fn price(list: &str) -> Price {
    let rate = |text: &str| text.parse::<Rate>().unwrap();
    Price::at(amount(list), rate("0.9"), rate("0.12345678")).unwrap()
}

fn authorization(own_use: bool) -> Authorization {
    Authorization {
        account: uin(100_000_000_001),
        paying_partner: uin(Uin::MAX),
        own_use,
        product: 300,
        price: price("60.00"),
        opened_at: moment(0),
        expires_at: moment(604_800),
    }
}

fn order(kind: OrderKind, state: OrderState) -> Box<Order> {
    Box::new(Order {
        id: OrderId(70_000),
        account: uin(100_000_000_001),
        paying_partner: uin(7),
        own_use: state == OrderState::Canceled,
        product: 0,
        kind,
        state,
        capture: state == OrderState::Delivered,
        price: price(if kind == OrderKind::Downgrade { "-33.30" } else { "33.30" }),
        created_at: moment(1),
        updated_at: moment(2),
        details: "{\"resource_id\":\"ins-1\",\"tags\":{\"a\":\"b\"}}".to_owned(),
    })
}

fn events() -> Vec<Event> {
    let id = AuthorizationId { account: uin(100_000_000_001), opened_seq: 128 };
    let opened = |class, verification, tier| Event::AccountOpened { uin: uin(1), class, verification, tier };
    let ordered = |change, kind, state, customer_after| Event::OrderChanged {
        change,
        order: order(kind, state),
        customer_after,
        partner_after: line(),
    };
    let registered = |kind, spend_line: Option<&str>, above: Option<u64>| Event::PartnerRegistered {
        uin: uin(2),
        kind,
        distributor: above.map(uin),
        allocation_quota: amount("92000000000"),
        spend_line: spend_line.map(amount),
        voucher_quota: amount("0.5"),
        allowlist: AllowlistItem::ALL.to_vec(),
        distributor_allocated_after: above.map(|_| amount("800.00")),
    };
    vec![
        opened(AccountClass::External, Verification::None, Tier::None),
        opened(AccountClass::Internal(9), Verification::Personal, Tier::Key),
        opened(AccountClass::External, Verification::Enterprise, Tier::Mid),
        Event::AccountChanged {
            uin: uin(Uin::MAX),
            class: AccountClass::Internal(4),
            verification: Verification::Enterprise,
            tier: Tier::LongTail,
        },
        registered(PartnerKind::Reseller, Some("100.00"), None),
        registered(PartnerKind::Distributor, Some("0"), None),
        registered(PartnerKind::SecondLevelReseller, None, Some(3)),
        registered(PartnerKind::Agent, None, None),
        Event::PartnerChanged {
            uin: uin(2),
            allocation_quota: amount("1.00"),
            spend_line: Some(amount("2.00")),
            voucher_quota: amount("3.00"),
            allowlist: Vec::new(),
            distributor_allocated_after: None,
        },
        Event::PoolAllocated {
            second_level: uin(4),
            distributor: uin(3),
            amount: amount("-1000000.00"),
            total_after: amount("5.00"),
            remaining_after: amount("4.00"),
            distributor_allocated_after: amount("6.00"),
            remark: Some("back".to_owned()),
        },
        Event::CustomerBound { customer: uin(5), partner: uin(4) },
        Event::CustomerUnbound {
            customer: uin(5),
            partner: uin(4),
            returned: amount("300.00"),
            partner_allocated_after: amount("0"),
        },
        Event::CreditAllocated {
            customer: uin(5),
            partner: uin(4),
            amount: amount("50.00"),
            total_after: amount("50.00"),
            available_after: amount("-0.00000001"),
            partner_allocated_after: amount("50.00"),
            remark: None,
        },
        Event::CustomerNoted { customer: uin(5) },
        Event::ProductAdded {
            number: 0,
            code: "cvm".parse().unwrap(),
            name: "Cloud machines – Größe S".to_owned(),
            settlement: Settlement::Hourly,
            grace_hours: 2,
        },
        Event::ProductAdded {
            number: 1,
            code: "cos".parse().unwrap(),
            name: String::new(),
            settlement: Settlement::Daily,
            grace_hours: 24,
        },
        Event::ProductChanged {
            number: 300,
            code: "cdn.x-1_y".parse().unwrap(),
            name: "Delivery".to_owned(),
            settlement: Settlement::Monthly,
            grace_hours: u32::MAX,
        },
        Event::DiscountSet {
            scope: DiscountScope::Partner(uin(3)),
            partner: uin(3),
            product: Some(1),
            rate: Rate::MAX,
            starts_at: Some(moment(-1)),
            ends_at: None,
        },
        Event::DiscountSet {
            scope: DiscountScope::Customer(uin(5)),
            partner: uin(3),
            product: None,
            rate: Rate::from_units(1).expect("in range"),
            starts_at: None,
            ends_at: Some(Moment::from_micros(i64::MAX)),
        },
        Event::DiscountEnded { id: DiscountId(12) },
        ordered(OrderChange::Placed, OrderKind::Purchase, OrderState::ToBePaid, Some(line())),
        ordered(OrderChange::Paid, OrderKind::Renew, OrderState::Processing, Some(line())),
        ordered(OrderChange::Delivered, OrderKind::Upgrade, OrderState::Delivered, Some(line())),
        ordered(OrderChange::Canceled, OrderKind::Downgrade, OrderState::Canceled, None),
        Event::AuthorizationOpened {
            account: uin(5),
            paying_partner: uin(3),
            own_use: false,
            product: 1,
            price: price("0.00000001"),
            expires_at: moment(3_600),
            customer_frozen_after: Some(amount("0.00000001")),
            partner_frozen_after: amount("1.00"),
        },
        Event::AuthorizationCaptured {
            id,
            open: Box::new(authorization(false)),
            price: price("20.00"),
            customer_after: Some(line()),
            partner_after: line(),
        },
        Event::AuthorizationReleased {
            id,
            open: Box::new(authorization(true)),
            customer_after: None,
            partner_after: line(),
        },
        Event::AuthorizationExpired {
            id,
            open: Box::new(authorization(false)),
            customer_after: Some(Line::default()),
            partner_after: Line::default(),
        },
        Event::CredentialIssued { uin: uin(5), secret_id: "AKIDexample".to_owned() },
        Event::CredentialRevoked { uin: uin(5), secret_id: "AKIDexample".to_owned() },
        Event::PlatformKeyIssued { key: 1, access: KeyAccess::Full },
        Event::PlatformKeyIssued { key: 2, access: KeyAccess::Read },
        Event::PlatformKeyRevoked { key: 2 },
        Event::ClockAdvanced { to: moment(86_400) },
    ]
}

fn rejections() -> Vec<Rejection> {
    let mut all = vec![Rejection::KeyReused];
    all.extend([Denial::ReadOnlyKey, Denial::WrongRole, Denial::NotYours].map(Rejection::NotPermitted));
    let parties = [Party::Account, Party::Partner, Party::Customer, Party::Distributor, Party::SecondLevel];
    all.extend(parties.map(|party| Rejection::PartyNotFound(party, uin(404))));
    all.extend([
        Rejection::ProductNotFound,
        Rejection::DiscountNotFound,
        Rejection::OrderNotFound,
        Rejection::AuthorizationNotFound,
        Rejection::PlatformKeyNotFound,
        Rejection::CredentialNotFound,
        Rejection::AccountExists(uin(1)),
        Rejection::AlreadyPartner(uin(2)),
        Rejection::AlreadyBound(uin(5)),
        Rejection::ProductExists,
    ]);
    all.extend(PartnerKind::ALL.map(Rejection::WrongPartnerKind));
    all.extend([
        Rejection::DistributorRequired,
        Rejection::NotManaged { customer: uin(5), partner: uin(2) },
        Rejection::NoCredit(uin(6)),
        Rejection::Unverified(uin(7)),
        Rejection::HasOpenHolds(uin(5)),
        Rejection::OrderNot { state: OrderState::ToBePaid, needed: OrderState::Processing },
        Rejection::OrderNot { state: OrderState::Processing, needed: OrderState::ToBePaid },
        Rejection::OrderNot { state: OrderState::Delivered, needed: OrderState::Canceled },
        Rejection::AuthorizationNotOpen,
        Rejection::AuthorizationNotDue,
        Rejection::LastFullKey,
        Rejection::ClockGoesBack { now: moment(0) },
        Rejection::DowngradeIsImmediate,
        Rejection::EmptyPeriod,
        Rejection::ExpiryOutOfRange { latest: moment(2_592_000) },
        Rejection::AmountZero,
        Rejection::AmountNotPositive,
        Rejection::QuotaNegative,
        Rejection::PoolAmountOutOfRange { limit: amount("1000000.00") },
        Rejection::ExceedsAllocatable { partner: uin(2), requested: amount("2.00"), allocatable: amount("1.00") },
        Rejection::ExceedsAvailable { customer: uin(5), requested: amount("2.00"), available: amount("-1.00") },
        Rejection::ExceedsPool { second_level: uin(4), requested: amount("2.00"), remaining: amount("1.00") },
        Rejection::BelowAllocated { requested: amount("1.00"), allocated: amount("2.00") },
        Rejection::Overdue { customer: uin(5), available: amount("-5.00") },
        Rejection::AmountOverflow,
        Rejection::ExceedsAuthorization { requested: amount("2.00"), open: amount("1.00") },
    ]);
    all.extend([Side::Customer, Side::Partner].map(|side| Rejection::InsufficientCredit {
        side,
        account: uin(5),
        required: amount("100.01"),
        available: amount("100.00"),
    }));
    all
}

/// Every action that a record can name.
const ACTIONS: [Action; 45] = Action::ALL;

fn records() -> Vec<Record> {
    let actors = [
        Actor::Platform { key: 1, access: KeyAccess::Full },
        Actor::Platform { key: u32::MAX, access: KeyAccess::Read },
        Actor::Account(uin(100_000_000_001)),
        Actor::System,
    ];
    let faces = [Face::Platform, Face::Cloud, Face::System];
    let request = |n: usize| RequestInfo { id: [n as u8; 16], actor: actors[n % 4], face: faces[n % 3] };
    let key = |n: usize| KeyUse { key: [n as u8; 16], content: [255 - n as u8; 16] };
    let mut all = Vec::new();
    for (n, event) in events().into_iter().enumerate() {
        all.push(match n % 3 {
            0 => Record::Operated { key: (n % 2 == 0).then(|| key(n)), outcome: Ok(event) },
            _ => Record::Decided {
                request: request(n),
                key: (n % 2 == 0).then(|| key(n)),
                action: ActionName(Action::AllocateCredit),
                target: (n % 2 == 1).then(|| uin(5)),
                outcome: Ok(event),
            },
        });
    }
    for (n, rejection) in rejections().into_iter().enumerate() {
        all.push(match n % 3 {
            0 => Record::Operated { key: Some(key(n)), outcome: Err(rejection) },
            _ => Record::Decided {
                request: request(n),
                key: Some(key(n)),
                action: ActionName(Action::PlaceOrder),
                target: None,
                outcome: Err(rejection),
            },
        });
    }
    all.extend(ACTIONS.into_iter().enumerate().map(|(n, action)| Record::Decided {
        request: request(n),
        key: None,
        action: ActionName(action),
        target: None,
        outcome: Err(Rejection::KeyReused),
    }));
    all.push(Record::BatchClosed {
        request: request(1),
        target: Some(uin(100_000_000_001)),
        done: 9_998,
        refused: 1,
        replayed: 1,
    });
    all.push(Record::BatchClosed { request: request(3), target: None, done: 0, refused: u32::MAX, replayed: 0 });
    all
}

fn golden_file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/records-v{RECORD_VERSION}.bin"))
}

fn encoded() -> Vec<u8> {
    let mut payload = Vec::new();
    Record::start_payload(&mut payload);
    for record in records() {
        record.append_to(&mut payload).expect("a record encodes");
    }
    payload
}

#[test]
fn the_encoding_is_what_it_was() {
    let (file, encoded) = (golden_file(), encoded());
    if std::env::var_os("BLESS").is_some() {
        let before = std::fs::read(&file).unwrap_or_default();
        assert!(
            encoded.starts_with(&before),
            "the encoding of what was there has changed: that needs a new RECORD_VERSION"
        );
        std::fs::write(&file, &encoded).unwrap();
    }
    let golden = std::fs::read(&file).expect("the golden file is in the repository; BLESS=1 writes it");
    assert_eq!(Record::read_payload(&golden).expect("what was written must be read"), records());
    assert!(golden == encoded, "the encoding has changed: journals of older builds would no longer verify");
}

#[test]
fn every_event_is_in_the_golden_file() {
    // A new variant does not compile here until it has a place; give it a value in `events` as well.
    let place = |event: &Event| match event {
        Event::AccountOpened { .. } => 0,
        Event::AccountChanged { .. } => 1,
        Event::PartnerRegistered { .. } => 2,
        Event::PartnerChanged { .. } => 3,
        Event::PoolAllocated { .. } => 4,
        Event::CustomerBound { .. } => 5,
        Event::CustomerUnbound { .. } => 6,
        Event::CreditAllocated { .. } => 7,
        Event::CustomerNoted { .. } => 8,
        Event::ProductAdded { .. } => 9,
        Event::ProductChanged { .. } => 10,
        Event::DiscountSet { .. } => 11,
        Event::DiscountEnded { .. } => 12,
        Event::OrderChanged { .. } => 13,
        Event::AuthorizationOpened { .. } => 14,
        Event::AuthorizationCaptured { .. } => 15,
        Event::AuthorizationReleased { .. } => 16,
        Event::AuthorizationExpired { .. } => 17,
        Event::CredentialIssued { .. } => 18,
        Event::CredentialRevoked { .. } => 19,
        Event::PlatformKeyIssued { .. } => 20,
        Event::PlatformKeyRevoked { .. } => 21,
        Event::ClockAdvanced { .. } => 22,
    };
    let places: BTreeSet<usize> = events().iter().map(place).collect();
    assert!(places.into_iter().eq(0..23));
}

#[test]
fn every_refusal_is_in_the_golden_file() {
    let place = |rejection: &Rejection| match rejection {
        Rejection::KeyReused => 0,
        Rejection::NotPermitted(_) => 1,
        Rejection::PartyNotFound(..) => 2,
        Rejection::ProductNotFound => 3,
        Rejection::DiscountNotFound => 4,
        Rejection::OrderNotFound => 5,
        Rejection::AuthorizationNotFound => 6,
        Rejection::PlatformKeyNotFound => 7,
        Rejection::CredentialNotFound => 8,
        Rejection::AccountExists(_) => 9,
        Rejection::AlreadyPartner(_) => 10,
        Rejection::AlreadyBound(_) => 11,
        Rejection::ProductExists => 12,
        Rejection::WrongPartnerKind(_) => 13,
        Rejection::DistributorRequired => 14,
        Rejection::NotManaged { .. } => 15,
        Rejection::NoCredit(_) => 16,
        Rejection::Unverified(_) => 17,
        Rejection::HasOpenHolds(_) => 18,
        Rejection::OrderNot { .. } => 19,
        Rejection::AuthorizationNotOpen => 20,
        Rejection::AuthorizationNotDue => 21,
        Rejection::LastFullKey => 22,
        Rejection::ClockGoesBack { .. } => 23,
        Rejection::DowngradeIsImmediate => 24,
        Rejection::EmptyPeriod => 25,
        Rejection::ExpiryOutOfRange { .. } => 26,
        Rejection::AmountZero => 27,
        Rejection::AmountNotPositive => 28,
        Rejection::QuotaNegative => 29,
        Rejection::PoolAmountOutOfRange { .. } => 30,
        Rejection::ExceedsAllocatable { .. } => 31,
        Rejection::ExceedsAvailable { .. } => 32,
        Rejection::ExceedsPool { .. } => 33,
        Rejection::BelowAllocated { .. } => 34,
        Rejection::Overdue { .. } => 35,
        Rejection::InsufficientCredit { .. } => 36,
        Rejection::ExceedsAuthorization { .. } => 37,
        Rejection::AmountOverflow => 38,
    };
    let places: BTreeSet<usize> = rejections().iter().map(place).collect();
    assert!(places.into_iter().eq(0..39));
}

#[test]
fn damage_is_told_and_never_a_panic() {
    let whole = encoded();
    assert_eq!(Record::read_payload(&[]), Err(DecodeError::Malformed("it is empty".to_owned())));
    assert_eq!(Record::read_payload(&[RECORD_VERSION]), Ok(Vec::new()));
    assert_eq!(Record::read_payload(&[RECORD_VERSION + 1]), Err(DecodeError::Version(RECORD_VERSION + 1)));
    let all = records();
    for length in (1..whole.len()).step_by(7) {
        // A payload that was cut off gives fewer records, or an error; never others than were written.
        if let Ok(read) = Record::read_payload(&whole[..length]) {
            assert!(read.len() < all.len() && all.starts_with(&read), "cut after {length} bytes");
        }
    }
    for at in (1..whole.len()).step_by(11) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0xff;
        // Nothing to compare: damage inside a number cannot be seen here, which is what the frame's hash is for.
        let _ = Record::read_payload(&damaged);
    }
}
