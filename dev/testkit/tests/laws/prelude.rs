//! The small world in which every draw begins.

use crate::scene::{name, product_code, uin};
use credere_core::access::KeyAccess;
use credere_core::book::{Command, buying, catalogue, deployment, metering, notices, parties, vouchers};
use credere_core::channel::{
    AccountClass, AllowlistItem, DiscountScope, FreezeModel, FreezeTerms, OrderKind, PartnerKind, Settlement, Tier,
    Verification, VoucherMode, VoucherUsage,
};
use credere_core::ledger::Moment;
use credere_core::money::{Amount, Factor, Rate};
use std::collections::BTreeMap;

/// The commands that make a small world before the draws begin: a reseller, a distributor with two second-level
/// resellers, an agent, customers of each, accounts outside, a few orders and authorizations that are open, a key and a webhook.
pub(crate) fn prelude() -> Vec<Command> {
    let open = |number: u64, verified: bool| {
        Command::from(parties::OpenAccount {
            uin: Some(uin(number)),
            class: AccountClass::External,
            verification: if verified { Verification::Enterprise } else { Verification::None },
            tier: Tier::None,
        })
    };
    let partner = |number: u64, kind, above: Option<u64>, quota, spend: Option<i64>| {
        Command::from(parties::RegisterPartner {
            uin: uin(number),
            kind,
            distributor: above.map(uin),
            allocation_quota: Amount::whole(quota),
            spend_line: spend.map(Amount::whole),
            voucher_quota: Amount::whole(if above.is_some() { 150 } else { 0 }),
            allowlist: match number {
                1 => vec![AllowlistItem::ForceSuspension, AllowlistItem::SpecialSuspension],
                2 => vec![AllowlistItem::SpecialSuspension],
                _ => Vec::new(),
            },
        })
    };
    let product = |which, model| {
        Command::from(catalogue::AddProduct {
            code: product_code(which),
            name: "a product".to_owned(),
            settlement: Settlement::Hourly,
            grace_hours: (which == 0).then_some(1),
            retention_days: Some(3),
            freeze: FreezeTerms { model, ..FreezeTerms::default() },
        })
    };
    let allocate = |customer, amount| {
        Command::from(parties::AllocateCredit { customer: uin(customer), amount: Amount::whole(amount), remark: None })
    };
    let discount = |scope, partner, rate| {
        Command::from(catalogue::SetDiscount {
            scope,
            partner: uin(partner),
            product: None,
            rate: Rate::from_units(rate).expect("the rates of the tests are in range"),
            starts_at: None,
            ends_at: None,
        })
    };
    let order = |account, amount, capture| {
        Command::from(buying::PlaceOrder {
            account: uin(account),
            product: product_code(0),
            kind: OrderKind::Purchase,
            amount: Amount::whole(amount),
            capture,
            park: true,
            resource: None,
            details: "{}".to_owned(),
        })
    };
    let authorize = |account, amount| {
        Command::from(buying::Authorize {
            account: uin(account),
            product: product_code(0),
            amount: Amount::whole(amount),
            expires_at: None,
        })
    };
    let mut commands: Vec<Command> = (1..=14).map(|number| open(number, number != 14)).collect();
    commands.extend([
        product(0, FreezeModel::Coefficient),
        product(4, FreezeModel::ReEstimate),
        partner(1, PartnerKind::Reseller, None, 1_000, None),
        partner(2, PartnerKind::Distributor, None, 5_000, Some(1_500)),
        partner(3, PartnerKind::SecondLevelReseller, Some(2), 800, None),
        partner(4, PartnerKind::SecondLevelReseller, Some(2), 0, None),
        partner(5, PartnerKind::Agent, None, 0, None),
    ]);
    let bindings = BTreeMap::from([(6, 1), (7, 1), (8, 2), (9, 3), (10, 3), (11, 4), (12, 5)]);
    commands.extend(
        bindings
            .iter()
            .map(|(customer, to)| Command::from(parties::BindCustomer { customer: uin(*customer), partner: uin(*to) })),
    );
    commands.extend([allocate(6, 300), allocate(7, 50), allocate(8, 400), allocate(9, 250), allocate(10, 90)]);
    let voucher = |owner, issuer: Option<u64>, amount, hours: i64| {
        let effective_at = Moment::from_micros(1_767_225_600_000_000);
        Command::from(vouchers::IssueVoucher {
            kind: vouchers::NewVoucherKind::Customer(issuer.map(uin)),
            owner: uin(owner),
            amount: Amount::whole(amount),
            usage: VoucherUsage::CustomerOffer,
            mode: VoucherMode::All,
            products: vouchers::NewVoucherProducts::All,
            effective_at,
            expires_at: effective_at.plus_seconds(hours * 3_600),
        })
    };
    let activate = |account, which| {
        Command::from(metering::ActivateResource {
            account: uin(account),
            name: name(which),
            product: product_code(0),
            unit_price: Amount::whole(5),
            quantity: Factor::ONE,
            details: "{}".to_owned(),
        })
    };
    commands.extend([voucher(6, None, 15, 30), voucher(10, Some(3), 30, 500), activate(6, 100), activate(8, 101)]);
    commands.extend([
        // A price ten times the list, so that absurd amounts leave the range of money.
        discount(DiscountScope::Customer(uin(10)), 2, 1_000_000_000),
        discount(DiscountScope::Partner(uin(2)), 2, 90_000_000),
        order(7, 60, true),
        order(6, 40, false),
        order(9, 500, false),
        authorize(8, 30),
        authorize(9, 20),
        Command::from(deployment::IssuePlatformKey { access: KeyAccess::Full }),
        Command::from(notices::AddWebhook { account: None, kinds: Vec::new() }),
    ]);
    commands
}
