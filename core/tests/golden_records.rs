//! The journal's encoding, held fast: one record of every kind with values set by hand, and the bytes that they must
//! come to. A journal that some build has written must be read for ever, so the file may only grow: new values go to
//! the end of the list, and `BLESS=1` refuses to write a file that does not begin with the old one. A change of shape
//! needs a new `RECORD_VERSION`, and with it a new file. (As long as no release has written this version, deleting the
//! file and blessing it again is honest.)

#![expect(clippy::unwrap_used, reason = "all values are written here, by hand")]

use credere_core::access::{Action, Actor, Denial, Face, KeyAccess};
use credere_core::book::{
    ActionName, DecodeError, Event, KeyUse, OrderChange, Party, RECORD_VERSION, ReceiptPart, Record, Rejection,
    RequestInfo,
};
use credere_core::channel::{
    AccountClass, ActionType, AllowlistItem, Authorization, AuthorizationId, Binding, Charge, DiscountId,
    DiscountScope, FreezeModel, FreezeTerms, Frozen, LineId, NonStop, Notice, NoticeKind, Order, OrderId, OrderKind,
    OrderState, PartnerKind, PayMode, Price, Resource, ResourceId, ResourceState, Settlement, Side, Subscription, Tier,
    Uin, Verification, Voucher, VoucherId, VoucherKind, VoucherMode, VoucherProducts, VoucherStatus, VoucherUsage,
    VoucherUse, WebhookId,
};
use credere_core::ledger::{Day, Line, Moment, Month};
use credere_core::money::{Amount, Factor, Rate};
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

fn binding() -> Option<Binding> {
    Some(Binding { partner: uin(4), seq: 65_536 })
}

fn month() -> Month {
    "2026-10".parse().unwrap()
}

fn uses() -> Vec<VoucherUse> {
    vec![
        VoucherUse { voucher: VoucherId(254), amount: amount("0.797104") },
        VoucherUse { voucher: VoucherId(u64::MAX), amount: amount("0.00000001") },
    ]
}

fn charge(action: ActionType, list: &str) -> Box<Charge> {
    Box::new(Charge {
        account: uin(100_000_000_001),
        binding: binding().filter(|_| action != ActionType::OfflineDeduct),
        paying_partner: uin(7),
        product: 300,
        action,
        month: month(),
        period_start: moment(-3_600),
        period_end: moment(0),
        price: price(list),
        vouchers: uses(),
        partner_vouchers: Vec::new(),
    })
}

fn voucher(kind: VoucherKind, products: VoucherProducts, status: VoucherStatus) -> Voucher {
    Voucher {
        id: VoucherId(254),
        kind,
        owner: uin(100_000_000_001),
        amount: amount("1000000.00"),
        remaining: amount("0.797104"),
        reserved: amount("0.00000001"),
        usage: if products == VoucherProducts::All { VoucherUsage::CustomerOffer } else { VoucherUsage::ProductTrial },
        mode: match &products {
            VoucherProducts::All => VoucherMode::All,
            VoucherProducts::Only(_) => VoucherMode::Prepaid,
            VoucherProducts::Except(_) => VoucherMode::Postpaid,
        },
        products,
        effective_at: moment(0),
        expires_at: moment(86_400),
        issued_at: moment(-1),
        status,
    }
}

fn resource(state: ResourceState) -> Box<Resource> {
    Box::new(Resource {
        id: ResourceId(70_001),
        name: "ins-1 – Größe S".parse().unwrap(),
        account: uin(100_000_000_001),
        product: 300,
        unit_price: amount("2.40"),
        quantity: "1.5".parse().unwrap(),
        frozen: Frozen { customer: amount("1.20"), partner: amount("1.08") },
        state,
        since: moment(3),
        activated_at: moment(2),
        details: "{}".to_owned(),
    })
}

fn freeze(model: FreezeModel, coefficient: Factor) -> FreezeTerms {
    FreezeTerms { model, coefficient, amount: amount("0.615") }
}

fn authorization(own_use: bool) -> Authorization {
    Authorization {
        account: uin(100_000_000_001),
        paying_partner: uin(Uin::MAX),
        binding: binding().filter(|_| !own_use),
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
        binding: binding().filter(|_| state != OrderState::Canceled),
        product: 0,
        kind,
        state,
        capture: state == OrderState::Delivered,
        price: price(if kind == OrderKind::Downgrade { "-33.30" } else { "33.30" }),
        vouchers: if state == OrderState::Processing { uses() } else { Vec::new() },
        partner_vouchers: if state == OrderState::Delivered { uses() } else { Vec::new() },
        refunded: amount("0.1"),
        partner_refunded: amount("0.02"),
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
        charge: (state == OrderState::Delivered).then(|| charge(kind.action(), "33.30")),
        vouchers_after: Vec::new(),
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
    let notice = |kind| Notice {
        recipient: uin(4),
        kind,
        level: (kind == NoticeKind::CreditBelowCustom).then_some(33),
        channels: Subscription::default(),
    };
    let settled = |action| Event::UsageSettled {
        charge: charge(action, if action.lowers() { "-2.40" } else { "2.40" }),
        resource_name: (action == ActionType::PostpayDeductH).then(|| "ins-1".to_owned()),
        details: "{\"components\":[]}".to_owned(),
        resource: (action == ActionType::PostpayDeductD).then(|| resource(ResourceState::Suspended)),
        vouchers_after: Vec::new(),
        customer_after: Some(line()),
        partner_after: line(),
    };
    let mut all = vec![
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
            vouchers_after: vec![voucher(
                VoucherKind::Customer { issuer: uin(4) },
                VoucherProducts::All,
                VoucherStatus::Invalidated,
            )],
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
            retention_days: 15,
            freeze: freeze(FreezeModel::Coefficient, Factor::MAX),
        },
        Event::ProductAdded {
            number: 1,
            code: "cos".parse().unwrap(),
            name: String::new(),
            settlement: Settlement::Daily,
            grace_hours: 24,
            retention_days: 0,
            freeze: freeze(FreezeModel::Fixed, Factor::ONE),
        },
        Event::ProductChanged {
            number: 300,
            code: "cdn.x-1_y".parse().unwrap(),
            name: "Delivery".to_owned(),
            settlement: Settlement::Monthly,
            grace_hours: u32::MAX,
            retention_days: u32::MAX,
            freeze: freeze(FreezeModel::None, Factor::ZERO),
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
            binding: binding(),
            product: 1,
            price: price("0.00000001"),
            expires_at: moment(3_600),
            customer_frozen_after: Some(amount("0.00000001")),
            partner_frozen_after: amount("1.00"),
        },
        Event::AuthorizationCaptured {
            id,
            open: Box::new(authorization(false)),
            charge: charge(ActionType::PrepayPurchase, "20.00"),
            vouchers_after: Vec::new(),
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
        Event::OrderRefunded {
            order: order(OrderKind::Purchase, OrderState::Refunded),
            charge: charge(ActionType::PrepayReturn, "-33.30"),
            customer_after: None,
            partner_after: line(),
        },
        Event::ResourceActivated {
            resource: resource(ResourceState::Active),
            customer_after: Some(line()),
            paying_partner: uin(7),
            partner_after: line(),
        },
        Event::ResourceResized {
            resource: resource(ResourceState::Active),
            customer_after: None,
            paying_partner: uin(7),
            partner_after: line(),
        },
        Event::ResourceTerminated {
            resource: resource(ResourceState::Terminated),
            released: Frozen { customer: amount("1.20"), partner: amount("1.08") },
            charge: Some(charge(ActionType::PostpayDeductH, "0.80")),
            vouchers_after: vec![voucher(VoucherKind::PartnerAll, VoucherProducts::All, VoucherStatus::Used)],
            customer_after: Some(line()),
            paying_partner: uin(7),
            partner_after: line(),
        },
        Event::ResourceSuspended { resource: resource(ResourceState::Suspended) },
        Event::ResourceResumed { resource: resource(ResourceState::Active) },
        Event::ResourceDeleted {
            resource: resource(ResourceState::Deleted),
            released: Frozen::default(),
            customer_after: Some(line()),
            paying_partner: uin(7),
            partner_after: line(),
        },
        Event::VoucherIssued {
            voucher: Box::new(voucher(
                VoucherKind::PartnerCustomer(uin(5)),
                VoucherProducts::Only(vec![1, 300]),
                VoucherStatus::Issued,
            )),
            linked: Some(Box::new(voucher(
                VoucherKind::Customer { issuer: uin(7) },
                VoucherProducts::Except(vec![2]),
                VoucherStatus::Issued,
            ))),
        },
        Event::VoucherInvalidated {
            voucher: Box::new(voucher(VoucherKind::PartnerAll, VoucherProducts::All, VoucherStatus::Invalidated)),
        },
        Event::VoucherExpired {
            voucher: Box::new(voucher(VoucherKind::PartnerAll, VoucherProducts::All, VoucherStatus::Expired)),
        },
        Event::PlatformPaid { partner: uin(7), amount: amount("90.00"), partner_after: line() },
        Event::ReceiptConfirmed {
            customer: uin(5),
            month: month(),
            partner: uin(4),
            pay_mode: Some(PayMode::PrePay),
            action: Some(ActionType::PrepayReturn),
            parts: vec![ReceiptPart {
                binding_seq: 65_536,
                action: ActionType::PrepayReturn,
                lines: 300,
                amount: amount("-120.00"),
            }],
            named: None,
            lines: 300,
            returned: amount("-120.00"),
            customer_after: Some(line()),
        },
        Event::ReceiptConfirmed {
            customer: uin(5),
            month: Month::from_number(0),
            partner: uin(4),
            pay_mode: None,
            action: None,
            parts: Vec::new(),
            named: Some(vec![LineId(1), LineId(70_000)]),
            lines: 0,
            returned: amount("0"),
            customer_after: None,
        },
        Event::CustomerChanged {
            customer: uin(5),
            non_stop: NonStop { prepaid: false, postpaid: true },
            special_suspension: true,
            partner_warning: Some(100),
            own_warning: None,
        },
        Event::SuspensionForced { customer: uin(5) },
        Event::SuspensionLifted { customer: uin(5) },
        Event::Subscribed {
            uin: uin(5),
            subscription: Subscription { channel_service: false, message_center: true, email: false, webhook: true },
        },
        Event::WebhookAdded { account: None, kinds: vec!["resource.deleted".to_owned()] },
        Event::WebhookAdded { account: Some(uin(4)), kinds: Vec::new() },
        Event::WebhookSecretRotated { id: WebhookId(70_002) },
        Event::WebhookRemoved { id: WebhookId(70_002) },
        Event::CustomerReviewed {
            customer: uin(5),
            partner: uin(4),
            day: Day(20_454),
            overdue_since: Some(moment(4)),
            available: amount("-0.01"),
            total: amount("100.00"),
            notices: NoticeKind::ALL.into_iter().map(notice).collect(),
        },
        Event::BillsIssued { month: month() },
        Event::CredentialIssued { uin: uin(5), secret_id: "AKIDexample".to_owned() },
        Event::CredentialRevoked { uin: uin(5), secret_id: "AKIDexample".to_owned() },
        Event::PlatformKeyIssued { key: 1, access: KeyAccess::Full },
        Event::PlatformKeyIssued { key: 2, access: KeyAccess::Read },
        Event::PlatformKeyRevoked { key: 2 },
        Event::ClockAdvanced { to: moment(86_400) },
    ];
    all.extend(ActionType::ALL.map(settled));
    let terms = [FreezeModel::Coefficient, FreezeModel::ReEstimate, FreezeModel::MinimumFee];
    all.extend(terms.map(|model| Event::ProductChanged {
        number: 1,
        code: "cos".parse().unwrap(),
        name: "Storage".to_owned(),
        settlement: Settlement::Daily,
        grace_hours: 0,
        retention_days: 1,
        freeze: freeze(model, "0.5".parse().unwrap()),
    }));
    all
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
const ACTIONS: [Action; 75] = Action::ALL;

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
    assert!(places.into_iter().eq(0..45));
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
    };
    let places: BTreeSet<usize> = rejections().iter().map(place).collect();
    assert!(places.into_iter().eq(0..64));
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
