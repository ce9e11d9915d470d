//! The journal's encoding, held fast: one record of every kind with values set by hand, and the bytes that they must
//! come to. A journal that some build has written must be read for ever, so the file may only grow: new values go to
//! the end of the list, and `BLESS=1` refuses to write a file that does not begin with the old one. A change of shape
//! needs a new `RECORD_VERSION`, and with it a new file. (As long as no release has written this version, deleting the
//! file and blessing it again is honest.)

#![expect(clippy::unwrap_used, reason = "all values are written here, by hand")]

mod values;

use credere_core::access::{Action, Actor, Denial, Face, KeyAccess};
use credere_core::book::{
    ActionName, DecodeError, Event, KeyUse, Party, RECORD_VERSION, Record, Rejection, RequestInfo,
};
use credere_core::channel::{AllowlistItem, OrderState, PartnerKind, ResourceState, Side, VoucherStatus};
use std::collections::BTreeSet;
use std::path::PathBuf;
use values::*;

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
        Rejection::ResourceNotFound,
        Rejection::VoucherNotFound,
        Rejection::LineNotFound,
        Rejection::WebhookNotFound,
        Rejection::DecisionNotFound,
        Rejection::AccountExists(uin(1)),
        Rejection::AlreadyPartner(uin(2)),
        Rejection::AlreadyBound(uin(5)),
        Rejection::ProductExists,
        Rejection::ResourceExists,
        Rejection::NotYourResource,
        Rejection::ProductTrialNotYours,
        Rejection::AccountSuspended(uin(5)),
        Rejection::NonStopOn(uin(5)),
        Rejection::NothingDue,
        Rejection::PeriodTooOld,
        Rejection::PeriodTooEarly,
        Rejection::MonthNotIssued { month: month(), issued_at: moment(345_600) },
        Rejection::ActionTypeNotMetered,
        Rejection::LevelOutOfRange,
        Rejection::AmountNegative,
        Rejection::VoucherAmountOutOfRange { limit: amount("1000000.00") },
        Rejection::QuantityNotPositive,
        Rejection::BelowIssued { requested: amount("1.00"), issued: amount("2.00") },
        Rejection::ExceedsVoucherQuota { issuer: uin(4), requested: amount("0.01"), remaining: amount("0") },
        Rejection::ExceedsRefundable { requested: amount("2.00"), refundable: amount("1.00") },
    ]);
    all.extend(AllowlistItem::ALL.map(Rejection::NotAllowlisted));
    let resources =
        [ResourceState::Active, ResourceState::Suspended, ResourceState::Terminated, ResourceState::Deleted];
    all.extend(resources.map(Rejection::ResourceNotActive));
    let vouchers = [VoucherStatus::Issued, VoucherStatus::Used, VoucherStatus::Expired, VoucherStatus::Invalidated];
    all.extend(vouchers.map(Rejection::VoucherNotIssued));
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
        Rejection::OrderNot { state: OrderState::Refunded, needed: OrderState::Delivered },
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
        Rejection::DeliveryNotFound,
        Rejection::ExceedsAuthorization { requested: amount("2.00"), open: amount("1.00") },
        Rejection::HasParkedOrders(uin(5)),
        Rejection::DiscountEnded,
        Rejection::WebhookRemoved,
        Rejection::ResourceRequired,
        Rejection::ExceedsPaid { account: uin(5), requested: amount("2.00"), paid: amount("1.00") },
        Rejection::ClockIsRight,
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
const ACTIONS: [Action; 78] = Action::ALL;

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
        action: ActionName(Action::SettleUsage),
        target: Some(uin(100_000_000_001)),
        done: 9_998,
        refused: 1,
        replayed: 1,
        records: 10_003,
    });
    all.push(Record::BatchClosed {
        request: request(3),
        action: ActionName(Action::Authorize),
        target: None,
        done: 0,
        refused: u32::MAX,
        replayed: 0,
        records: u32::MAX,
    });
    all.push(Record::Followed { event: Event::ResourceSuspended { resource: resource(ResourceState::Suspended) } });
    all.extend([None, Some(Rejection::DeliveryNotFound)].map(|refused| Record::Kept { key: key(7), refused }));
    all
}

fn golden_file(version: u8) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/records-v{version}.bin"))
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
    let (file, encoded) = (golden_file(RECORD_VERSION), encoded());
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

/// The shapes of version 2 were other ones: read as what they are now, some of its records would say something else.
#[test]
fn records_of_version_2_are_told_by_their_version() {
    let golden = std::fs::read(golden_file(2)).expect("the golden file of version 2 is in the repository");
    let error = Record::read_payload(&golden).expect_err("version 2 was never released and is not read");
    assert_eq!(error, DecodeError::Version(2));
    assert_eq!(error.to_string(), format!("the records have version 2, this build knows {RECORD_VERSION}"));
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
        Event::ClockAccepted { .. } => 45,
        Event::LossAccepted { .. } => 46,
        Event::OrderRefunded { .. } => 23,
        Event::ResourceActivated { .. } => 24,
        Event::ResourceResized { .. } => 25,
        Event::ResourceTerminated { .. } => 26,
        Event::ResourceSuspended { .. } => 27,
        Event::ResourceResumed { .. } => 28,
        Event::ResourceDeleted { .. } => 29,
        Event::UsageSettled { .. } => 30,
        Event::VoucherIssued { .. } => 31,
        Event::VoucherInvalidated { .. } => 32,
        Event::VoucherExpired { .. } => 33,
        Event::PlatformPaid { .. } => 34,
        Event::ReceiptConfirmed { .. } => 35,
        Event::CustomerChanged { .. } => 36,
        Event::SuspensionForced { .. } => 37,
        Event::SuspensionLifted { .. } => 38,
        Event::Subscribed { .. } => 39,
        Event::WebhookAdded { .. } => 40,
        Event::WebhookSecretRotated { .. } => 41,
        Event::WebhookRemoved { .. } => 42,
        Event::CustomerReviewed { .. } => 43,
        Event::BillsIssued { .. } => 44,
    };
    let places: BTreeSet<usize> = events().iter().map(place).collect();
    assert!(places.into_iter().eq(0..47));
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
        Rejection::ResourceNotFound => 39,
        Rejection::VoucherNotFound => 40,
        Rejection::LineNotFound => 41,
        Rejection::WebhookNotFound => 42,
        Rejection::ResourceExists => 43,
        Rejection::NotYourResource => 44,
        Rejection::NotAllowlisted(_) => 45,
        Rejection::ProductTrialNotYours => 46,
        Rejection::AccountSuspended(_) => 47,
        Rejection::NonStopOn(_) => 48,
        Rejection::ResourceNotActive(_) => 49,
        Rejection::VoucherNotIssued(_) => 50,
        Rejection::NothingDue => 51,
        Rejection::PeriodTooOld => 52,
        Rejection::PeriodTooEarly => 53,
        Rejection::MonthNotIssued { .. } => 54,
        Rejection::ActionTypeNotMetered => 55,
        Rejection::LevelOutOfRange => 56,
        Rejection::AmountNegative => 57,
        Rejection::VoucherAmountOutOfRange { .. } => 58,
        Rejection::QuantityNotPositive => 59,
        Rejection::BelowIssued { .. } => 60,
        Rejection::ExceedsVoucherQuota { .. } => 61,
        Rejection::ExceedsRefundable { .. } => 62,
        Rejection::DecisionNotFound => 63,
        Rejection::DeliveryNotFound => 64,
        Rejection::HasParkedOrders(_) => 65,
        Rejection::DiscountEnded => 66,
        Rejection::WebhookRemoved => 67,
        Rejection::ResourceRequired => 68,
        Rejection::ExceedsPaid { .. } => 69,
        Rejection::ClockIsRight => 70,
    };
    let places: BTreeSet<usize> = rejections().iter().map(place).collect();
    assert!(places.into_iter().eq(0..71));
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
