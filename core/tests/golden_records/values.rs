//! The values of the golden file: one event of every kind, each field set by hand. New ones go to the end of the later ones.

use credere_core::access::KeyAccess;
use credere_core::book::{Event, bills, buying, catalogue, deployment, metering, notices, parties, standing, vouchers};
use credere_core::channel::{
    AccountClass, ActionType, AllowlistItem, Authorization, AuthorizationId, Binding, Charge, DiscountId,
    DiscountScope, FreezeModel, FreezeTerms, Frozen, LineId, Lines, NonStop, Notice, NoticeKind, Order, OrderId,
    OrderKind, OrderState, PartnerKind, PayMode, Paying, Price, RefundScope, Resource, ResourceId, ResourceState,
    Settlement, Share, Site, Standing, Subscription, Tier, Uin, Verification, Voucher, VoucherId, VoucherKind,
    VoucherMode, VoucherProducts, VoucherStatus, VoucherUsage, VoucherUse, WebhookId,
};
use credere_core::ledger::{Day, Finance, Funds, Line, Moment, Month, Movement, Parts};
use credere_core::money::{Amount, Factor, Rate};

pub(crate) fn uin(number: u64) -> Uin {
    Uin::new(number).unwrap()
}

pub(crate) fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

pub(crate) fn moment(second: i64) -> Moment {
    Moment::from_micros(1_767_225_600_000_000).plus_seconds(second)
}

pub(crate) fn line() -> Line {
    let held = Movement { held: amount("0.00000001"), ..Movement::charged(amount("-12.34567891"), None) };
    Line::with_limit(amount("1000.00")).moved(held).unwrap()
}

pub(crate) fn credit() -> Option<Funds> {
    Some(Funds::Credit(line()))
}

/// Money of every part, some of it owed and set aside.
pub(crate) fn money() -> Finance {
    let whole = Finance::NOTHING.topped_up(amount("70.5")).unwrap().limited(amount("40")).unwrap();
    let charged = Movement::charged(amount("100.00000001"), Some(whole.parts(amount("100.00000001")).unwrap()));
    let moved = Movement { held: amount("0.2"), frozen: amount("0.03"), ..charged };
    whole.moved(moved).unwrap().given(amount("1.4")).unwrap()
}

pub(crate) fn parts() -> Parts {
    Parts { granted: amount("-0.1"), cash: amount("30.3"), credit: amount("3.1") }
}

pub(crate) fn price(list: &str) -> Price {
    let rate = |text: &str| text.parse::<Rate>().unwrap();
    Price::at(amount(list), rate("0.9"), Some(rate("0.12345678"))).unwrap()
}

pub(crate) fn binding() -> Option<Binding> {
    Some(Binding { partner: uin(4), seq: 65_536 })
}

pub(crate) fn month() -> Month {
    "2026-10".parse().unwrap()
}

pub(crate) fn paying(partner: u64) -> Paying {
    Paying { payer: uin(100_000_000_001), partner: Some(uin(partner)) }
}

pub(crate) fn uses() -> Vec<VoucherUse> {
    vec![
        VoucherUse { voucher: VoucherId(254), amount: amount("0.797104") },
        VoucherUse { voucher: VoucherId(u64::MAX), amount: amount("0.00000001") },
    ]
}

pub(crate) fn charge(action: ActionType, list: &str) -> Box<Charge> {
    Box::new(Charge {
        account: uin(100_000_000_001),
        binding: binding().filter(|_| action != ActionType::OfflineDeduct),
        paying: paying(7),
        product: 300,
        action,
        month: month(),
        period_start: moment(-3_600),
        period_end: moment(0),
        price: price(list),
        vouchers: uses(),
        partner_vouchers: Vec::new(),
        parts: None,
    })
}

pub(crate) fn voucher(kind: VoucherKind, products: VoucherProducts, status: VoucherStatus) -> Voucher {
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

pub(crate) fn resource(state: ResourceState) -> Box<Resource> {
    Box::new(Resource {
        id: ResourceId(70_001),
        name: "ins-1 – Größe S".parse().unwrap(),
        account: uin(100_000_000_001),
        paying: paying(7),
        binding: binding().filter(|_| state == ResourceState::Active),
        product: 300,
        unit_price: amount("2.40"),
        quantity: "1.5".parse().unwrap(),
        frozen: Frozen { customer: amount("1.20"), partner: amount("1.08") },
        state,
        since: moment(3),
        activated_at: moment(2),
        cycle_ended_at: (state == ResourceState::Suspended).then(|| moment(4)),
        details: "{}".to_owned(),
    })
}

pub(crate) fn freeze(model: FreezeModel, coefficient: Factor) -> FreezeTerms {
    FreezeTerms { model, coefficient, amount: amount("0.615") }
}

pub(crate) fn authorization(own_use: bool) -> Authorization {
    Authorization {
        account: uin(100_000_000_001),
        paying: paying(Uin::MAX),
        binding: binding().filter(|_| !own_use),
        product: 300,
        price: price("60.00"),
        opened_at: moment(0),
        expires_at: moment(604_800),
    }
}

pub(crate) fn order(kind: OrderKind, state: OrderState) -> Box<Order> {
    Box::new(Order {
        id: OrderId(70_000),
        account: uin(100_000_000_001),
        paying: paying(7),
        binding: binding().filter(|_| state != OrderState::Canceled),
        product: 0,
        kind,
        state,
        capture: state == OrderState::Delivered,
        price: price(if kind == OrderKind::Downgrade { "-33.30" } else { "33.30" }),
        vouchers: if state == OrderState::Processing { uses() } else { Vec::new() },
        partner_vouchers: if state == OrderState::Delivered { uses() } else { Vec::new() },
        parts: None,
        refunded: amount("0.1"),
        paid_by_partner: true,
        partner_refunded: amount("0.02"),
        created_at: moment(1),
        updated_at: moment(2),
        resource: (state == OrderState::Delivered).then(|| "ins-1".parse().unwrap()),
        details: "{\"resource_id\":\"ins-1\",\"tags\":{\"a\":\"b\"}}".to_owned(),
        shares: Vec::new(),
        refund: None,
    })
}

/// What a charge gives back.
pub(crate) fn share(charge: &Charge) -> Share {
    let Charge { paying, binding, price, parts, .. } = *charge;
    Share { paying, binding, price, parts, paid_last: 0 }
}

pub(crate) fn events() -> Vec<Event> {
    let id = AuthorizationId { account: uin(100_000_000_001), opened_seq: 128 };
    let opened = |class, verification, tier| {
        let (uin, site, entity, followed) = (uin(1), Site::Intl, None, false);
        Event::from(parties::AccountOpened { uin, class, verification, tier, site, entity, followed })
    };
    let ordered = |change, kind, state, payer| {
        Event::from(buying::OrderChanged {
            change,
            order: order(kind, state),
            charge: (state == OrderState::Delivered).then(|| charge(kind.action(), "33.30")),
            vouchers_after: Vec::new(),
            lines_after: Lines { payer, partner: Some(line()) },
            payer_told: None,
        })
    };
    let registered = |kind, spend_line: Option<&str>, above: Option<u64>| {
        Event::from(parties::PartnerRegistered {
            uin: uin(2),
            kind,
            distributor: above.map(uin),
            allocation_quota: amount("92000000000"),
            spend_line: spend_line.map(amount),
            voucher_quota: amount("0.5"),
            allowlist: AllowlistItem::ALL.to_vec(),
            distributor_allocated_after: above.map(|_| amount("800.00")),
        })
    };
    let notice = |kind| Notice {
        recipient: uin(4),
        kind,
        level: (kind == NoticeKind::CreditBelowCustom).then_some(33),
        channels: Subscription::default(),
    };
    let settled = |action| {
        Event::from(metering::UsageSettled {
            charge: charge(action, if action.lowers() { "-2.40" } else { "2.40" }),
            resource_name: (action == ActionType::PostpayDeductH).then(|| "ins-1".to_owned()),
            details: "{\"components\":[]}".to_owned(),
            resource: (action == ActionType::PostpayDeductD).then(|| resource(ResourceState::Suspended)),
            covered: None,
            vouchers_after: Vec::new(),
            lines_after: Lines { payer: credit(), partner: Some(line()) },
        })
    };
    let mut all = vec![
        opened(AccountClass::External, Verification::None, Tier::None),
        opened(AccountClass::Internal(9), Verification::Personal, Tier::Key),
        opened(AccountClass::External, Verification::Enterprise, Tier::Mid),
        Event::from(parties::AccountChanged {
            uin: uin(Uin::MAX),
            class: AccountClass::Internal(4),
            verification: Verification::Enterprise,
            tier: Tier::LongTail,
            entity: None,
            followed: false,
        }),
        registered(PartnerKind::Reseller, Some("100.00"), None),
        registered(PartnerKind::Distributor, Some("0"), None),
        registered(PartnerKind::SecondLevelReseller, None, Some(3)),
        registered(PartnerKind::Agent, None, None),
        Event::from(parties::PartnerChanged {
            uin: uin(2),
            allocation_quota: amount("1.00"),
            spend_line: Some(amount("2.00")),
            voucher_quota: amount("3.00"),
            allowlist: Vec::new(),
            distributor_allocated_after: None,
        }),
        Event::from(parties::PoolAllocated {
            second_level: uin(4),
            distributor: uin(3),
            amount: amount("-1000000.00"),
            total_after: amount("5.00"),
            remaining_after: amount("4.00"),
            distributor_allocated_after: amount("6.00"),
            remark: Some("back".to_owned()),
        }),
        Event::from(parties::CustomerBound { customer: uin(5), partner: uin(4), referred: false }),
        Event::from(parties::CustomerUnbound {
            customer: uin(5),
            partner: uin(4),
            returned: amount("300.00"),
            partner_allocated_after: amount("0"),
            vouchers_after: vec![voucher(
                VoucherKind::Customer { issuer: Some(uin(4)) },
                VoucherProducts::All,
                VoucherStatus::Invalidated,
            )],
        }),
        Event::from(parties::CreditAllocated {
            customer: uin(5),
            partner: uin(4),
            amount: amount("50.00"),
            total_after: amount("50.00"),
            available_after: amount("-0.00000001"),
            partner_allocated_after: amount("50.00"),
            remark: None,
        }),
        Event::from(parties::CustomerNoted { customer: uin(5) }),
        Event::from(catalogue::ProductAdded {
            number: 0,
            code: "cvm".parse().unwrap(),
            name: "Cloud machines – Größe S".to_owned(),
            settlement: Settlement::Hourly,
            grace_hours: None,
            retention_days: 15,
            freeze: freeze(FreezeModel::Coefficient, Factor::MAX),
            inheritable: true,
        }),
        Event::from(catalogue::ProductAdded {
            number: 1,
            code: "cos".parse().unwrap(),
            name: String::new(),
            settlement: Settlement::Daily,
            grace_hours: Some(24),
            retention_days: 0,
            freeze: freeze(FreezeModel::Fixed, Factor::ONE),
            inheritable: true,
        }),
        Event::from(catalogue::ProductChanged {
            number: 300,
            code: "cdn.x-1_y".parse().unwrap(),
            name: "Delivery".to_owned(),
            settlement: Settlement::Monthly,
            grace_hours: Some(u32::MAX),
            retention_days: u32::MAX,
            freeze: freeze(FreezeModel::None, Factor::ZERO),
            inheritable: true,
        }),
        Event::from(catalogue::DiscountSet {
            scope: DiscountScope::Partner(uin(3)),
            partner: uin(3),
            product: Some(1),
            rate: Rate::MAX,
            starts_at: Some(moment(-1)),
            ends_at: None,
        }),
        Event::from(catalogue::DiscountSet {
            scope: DiscountScope::Customer(uin(5)),
            partner: uin(3),
            product: None,
            rate: Rate::from_units(1).expect("in range"),
            starts_at: None,
            ends_at: Some(Moment::from_micros(i64::MAX)),
        }),
        Event::from(catalogue::DiscountEnded { id: DiscountId(12) }),
        ordered(buying::OrderChange::Placed, OrderKind::Purchase, OrderState::ToBePaid, credit()),
        ordered(buying::OrderChange::Paid, OrderKind::Renew, OrderState::Processing, credit()),
        ordered(buying::OrderChange::Delivered, OrderKind::Upgrade, OrderState::Delivered, credit()),
        ordered(buying::OrderChange::Canceled, OrderKind::Downgrade, OrderState::Canceled, None),
        Event::from(buying::AuthorizationOpened {
            account: uin(5),
            paying: Paying { payer: uin(5), partner: None },
            binding: binding(),
            product: 1,
            price: price("0.00000001"),
            expires_at: moment(3_600),
            payer_frozen_after: Some(amount("0.00000001")),
            partner_frozen_after: Some(amount("1.00")),
        }),
        Event::from(buying::AuthorizationCaptured {
            id,
            open: Box::new(authorization(false)),
            charge: charge(ActionType::PrepayPurchase, "20.00"),
            vouchers_after: Vec::new(),
            lines_after: Lines { payer: credit(), partner: Some(line()) },
        }),
        Event::from(buying::AuthorizationReleased {
            id,
            open: Box::new(authorization(true)),
            lines_after: Lines { payer: None, partner: Some(line()) },
        }),
        Event::from(buying::AuthorizationExpired {
            id,
            open: Box::new(authorization(false)),
            lines_after: Lines { payer: Some(Funds::Credit(Line::default())), partner: Some(Line::default()) },
        }),
        Event::from(buying::OrderRefunded {
            order: order(OrderKind::Purchase, OrderState::Refunded),
            scope: RefundScope::Order,
            shares: vec![share(&charge(ActionType::PrepayReturn, "-33.30"))],
            charge: charge(ActionType::PrepayReturn, "-33.30"),
            lines_after: Lines { payer: None, partner: Some(line()) },
        }),
        Event::from(metering::ResourceActivated {
            resource: resource(ResourceState::Active),
            lines_after: Lines { payer: credit(), partner: Some(line()) },
        }),
        Event::from(metering::ResourceResized {
            resource: resource(ResourceState::Active),
            lines_after: Lines { payer: None, partner: Some(line()) },
        }),
        Event::from(metering::ResourceTerminated {
            resource: resource(ResourceState::Terminated),
            released: Frozen { customer: amount("1.20"), partner: amount("1.08") },
            charge: Some(charge(ActionType::PostpayDeductH, "0.80")),
            vouchers_after: vec![voucher(VoucherKind::PartnerAll, VoucherProducts::All, VoucherStatus::Used)],
            lines_after: Lines { payer: credit(), partner: Some(line()) },
        }),
        Event::from(metering::ResourceSuspended { resource: resource(ResourceState::Suspended) }),
        Event::from(metering::ResourceResumed { resource: resource(ResourceState::Active) }),
        Event::from(metering::ResourceDeleted {
            resource: resource(ResourceState::Deleted),
            released: Frozen::default(),
            lines_after: Lines { payer: credit(), partner: Some(line()) },
        }),
        Event::from(vouchers::VoucherIssued {
            voucher: Box::new(voucher(
                VoucherKind::PartnerCustomer(uin(5)),
                VoucherProducts::Only(vec![1, 300]),
                VoucherStatus::Issued,
            )),
            linked: Some(Box::new(voucher(
                VoucherKind::Customer { issuer: Some(uin(7)) },
                VoucherProducts::Except(vec![2]),
                VoucherStatus::Issued,
            ))),
        }),
        Event::from(vouchers::VoucherInvalidated {
            voucher: Box::new(voucher(VoucherKind::PartnerAll, VoucherProducts::All, VoucherStatus::Invalidated)),
        }),
        Event::from(vouchers::VoucherExpired {
            voucher: Box::new(voucher(VoucherKind::PartnerAll, VoucherProducts::All, VoucherStatus::Expired)),
        }),
        Event::from(bills::PlatformPaid { partner: uin(7), amount: amount("90.00"), partner_after: line() }),
        Event::from(bills::ReceiptConfirmed {
            customer: uin(5),
            month: month(),
            partner: uin(4),
            pay_mode: Some(PayMode::PrePay),
            action: Some(ActionType::PrepayReturn),
            parts: vec![bills::ReceiptPart {
                binding_seq: 65_536,
                action: ActionType::PrepayReturn,
                lines: 300,
                amount: amount("-120.00"),
            }],
            named: None,
            lines: 300,
            returned: amount("-120.00"),
            customer_after: Some(line()),
        }),
        Event::from(bills::ReceiptConfirmed {
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
        }),
        Event::from(standing::CustomerChanged {
            customer: uin(5),
            non_stop: NonStop { prepaid: false, postpaid: true },
            special_suspension: true,
            partner_warning: Some(100),
            own_warning: None,
        }),
        Event::from(standing::SuspensionForced { customer: uin(5) }),
        Event::from(standing::SuspensionLifted { customer: uin(5) }),
        Event::from(notices::Subscribed {
            uin: uin(5),
            subscription: Subscription { channel_service: false, message_center: true, email: false, webhook: true },
        }),
        Event::from(notices::WebhookAdded { account: None, kinds: vec!["resource.deleted".to_owned()] }),
        Event::from(notices::WebhookAdded { account: Some(uin(4)), kinds: Vec::new() }),
        Event::from(notices::WebhookSecretRotated { id: WebhookId(70_002) }),
        Event::from(notices::WebhookRemoved { id: WebhookId(70_002) }),
        Event::from(standing::CustomerReviewed {
            customer: uin(5),
            day: Day(20_454),
            overdue_since: Some(moment(4)),
            available: amount("-0.01"),
            total: amount("100.00"),
            // Those that tell how a customer stands.
            notices: NoticeKind::ALL.into_iter().take(6).map(notice).collect(),
            suspension: Standing::Overdue,
            payer: None,
        }),
        Event::from(bills::BillsIssued { month: month() }),
        Event::from(parties::CredentialIssued { uin: uin(5), secret_id: "AKIDexample".to_owned() }),
        Event::from(parties::CredentialRevoked { uin: uin(5), secret_id: "AKIDexample".to_owned() }),
        Event::from(deployment::PlatformKeyIssued { key: 1, access: KeyAccess::Full }),
        Event::from(deployment::PlatformKeyIssued { key: 2, access: KeyAccess::Read }),
        Event::from(deployment::PlatformKeyRevoked { key: 2 }),
        Event::from(deployment::ClockAdvanced { to: moment(86_400) }),
        Event::from(deployment::ClockAccepted { expected: moment(86_400), found: moment(90_000) }),
        Event::from(deployment::LossAccepted { from_seq: 101, upto_seq: 120 }),
    ];
    all.extend(ActionType::ALL.map(settled));
    let terms = [FreezeModel::Coefficient, FreezeModel::ReEstimate, FreezeModel::MinimumFee];
    all.extend(terms.map(|model| {
        Event::from(catalogue::ProductChanged {
            number: 1,
            code: "cos".parse().unwrap(),
            name: "Storage".to_owned(),
            settlement: Settlement::Daily,
            grace_hours: Some(0),
            retention_days: 1,
            freeze: freeze(model, "0.5".parse().unwrap()),
            inheritable: true,
        })
    }));
    all
}
