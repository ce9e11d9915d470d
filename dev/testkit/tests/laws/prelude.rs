//! The small world in which every draw begins.

use crate::scene::{name, product_code, uin};
use credere_core::access::KeyAccess;
use credere_core::book::{Command, buying, catalogue, deployment, finance, members, notices, parties, vouchers};
use credere_core::channel::{
    AllowlistItem, DiscountScope, FreezeModel, FreezeTerms, OfferLevel, OrderId, PartnerKind, Site, TopUpKind,
    Verification,
};
use credere_core::ledger::Moment;
use credere_core::money::{Amount, Rate};
use credere_core::organization::{
    Feature, InvitationId, OrganizationId, Permission, Permissions, QuotasChange, RecordId, RelationId,
};
use credere_testkit::commands;
use std::collections::BTreeMap;

/// The commands that make a small world before the draws begin: a reseller, a distributor with two second-level
/// resellers, an agent, customers of each, accounts outside, money of those that pay for themselves, organizations with members
/// that are paid for and others that are not, entities that they trust and accounts that were created for one, a few orders and authorizations that are open, a key
/// and a webhook.
pub(crate) fn prelude() -> Vec<Command> {
    let open = |number: u64, verified: bool| {
        let verification = if verified { Verification::Enterprise } else { Verification::None };
        let entity = match number {
            13 => "E2",
            21 => "E3",
            22 => "E4",
            _ => "E1",
        };
        let entity = verified.then(|| entity.parse().expect("it is an identifier"));
        let site = (number == 24).then_some(Site::Cn);
        Command::from(parties::OpenAccount { verification, entity, site, ..commands::open(uin(number)) })
    };
    let partner = |number: u64, kind, above: Option<u64>, quota, spend: Option<i64>| {
        Command::from(parties::RegisterPartner {
            distributor: above.map(uin),
            spend_line: spend.map(Amount::whole),
            voucher_quota: Amount::whole(if above.is_some() { 150 } else { 0 }),
            allowlist: match number {
                1 => vec![AllowlistItem::ForceSuspension, AllowlistItem::SpecialSuspension],
                2 => vec![AllowlistItem::SpecialSuspension],
                _ => Vec::new(),
            },
            ..commands::register(uin(number), kind, Amount::whole(quota))
        })
    };
    let product = |which, model| {
        Command::from(catalogue::AddProduct {
            name: "a product".to_owned(),
            grace_hours: (which == 0).then_some(1),
            retention_days: Some(3),
            freeze: FreezeTerms { model, ..FreezeTerms::default() },
            ..commands::add_product(product_code(which).as_str())
        })
    };
    let code = product_code(0);
    let allocate = |customer, amount| Command::from(commands::allocate(uin(customer), Amount::whole(amount)));
    let discount = |scope, partner, rate| {
        let rate = Rate::from_units(rate).expect("the rates of the tests are in range");
        Command::from(commands::discount(scope, uin(partner), rate))
    };
    let order = |account, amount, capture| {
        let plain = commands::order(uin(account), code.as_str(), Amount::whole(amount));
        Command::from(buying::PlaceOrder { capture, park: true, ..plain })
    };
    let authorize =
        |account, amount| Command::from(commands::authorize(uin(account), code.as_str(), Amount::whole(amount)));
    let mut all: Vec<Command> = (1..=25).map(|number| open(number, number != 14)).collect();
    all.extend([
        product(0, FreezeModel::Coefficient),
        product(4, FreezeModel::ReEstimate),
        partner(1, PartnerKind::Reseller, None, 1_000, None),
        partner(2, PartnerKind::Distributor, None, 5_000, Some(1_500)),
        partner(3, PartnerKind::SecondLevelReseller, Some(2), 800, None),
        partner(4, PartnerKind::SecondLevelReseller, Some(2), 0, None),
        partner(5, PartnerKind::Agent, None, 0, None),
    ]);
    let bindings =
        BTreeMap::from([(6, 1), (7, 1), (8, 2), (9, 3), (10, 3), (11, 4), (12, 5), (15, 5), (18, 1), (19, 1), (23, 1)]);
    all.extend(
        bindings
            .iter()
            .map(|(customer, to)| Command::from(parties::BindCustomer { customer: uin(*customer), partner: uin(*to) })),
    );
    all.extend([allocate(6, 300), allocate(7, 50), allocate(8, 400), allocate(9, 250), allocate(10, 90)]);
    all.extend([allocate(18, 150), allocate(19, 30), allocate(23, 60)]);
    let voucher = |owner, issuer: Option<u64>, amount, hours: i64| {
        let from = Moment::from_micros(1_767_225_600_000_000);
        let (kind, pays) =
            (vouchers::NewVoucherKind::Customer(issuer.map(uin)), (from, from.plus_seconds(hours * 3_600)));
        Command::from(commands::voucher(kind, uin(owner), Amount::whole(amount), pays))
    };
    let activate = |account, which| {
        Command::from(commands::activate(uin(account), name(which).as_str(), code.as_str(), Amount::whole(5)))
    };
    all.extend([
        voucher(6, None, 15, 30),
        voucher(10, Some(3), 30, 500),
        voucher(18, None, 12, 400),
        activate(6, 100),
        activate(8, 101),
    ]);
    let pays_in = |account, amount, kind| {
        Command::from(finance::TopUp { kind, ..commands::top_up(uin(account), Amount::whole(amount)) })
    };
    let may_owe = |account, limit| {
        let credit_limit = Some(Amount::whole(limit));
        Command::from(finance::ChangeFinance { credit_limit, ..commands::change_finance(uin(account)) })
    };
    let keeps = |account, amount| {
        let resource = Some(name(200));
        let plain = commands::order(uin(account), code.as_str(), Amount::whole(amount));
        Command::from(buying::PlaceOrder { resource, ..plain })
    };
    all.extend([
        pays_in(5, 40, TopUpKind::Cash),
        pays_in(12, 120, TopUpKind::Cash),
        pays_in(12, 30, TopUpKind::Granted),
        pays_in(13, 50, TopUpKind::Granted),
        may_owe(13, 100),
        pays_in(15, 60, TopUpKind::Cash),
        may_owe(15, 200),
        pays_in(16, 200, TopUpKind::Cash),
        pays_in(17, 30, TopUpKind::Cash),
        pays_in(20, 70, TopUpKind::Cash),
        pays_in(21, 90, TopUpKind::Cash),
        pays_in(25, 20, TopUpKind::Cash),
        voucher(12, None, 10, 40),
        keeps(13, 80),
        keeps(15, 70),
        activate(12, 102),
        // What two have paid for goes back to both.
        keeps(17, 10),
        keeps(19, 10),
    ]);
    all.extend(organizations(activate(17, 103), activate(19, 104)));
    all.extend([
        keeps(17, 25),
        keeps(19, 15),
        // A price ten times the list, so that absurd amounts leave the range of money.
        discount(DiscountScope::Customer(uin(10)), 2, 1_000_000_000),
        discount(DiscountScope::Partner(uin(2)), 2, 90_000_000),
        // An offer that its account's member has, too.
        discount(DiscountScope::Account(uin(16), OfferLevel::Billing), 16, 90_000_000),
        Command::from(finance::InheritOffers { account: uin(20), from: uin(16) }),
        order(7, 60, true),
        order(6, 40, false),
        order(9, 500, false),
        authorize(8, 30),
        authorize(9, 20),
        order(16, 30, false),
        order(17, 180, true),
        order(19, 20, true),
        authorize(12, 25),
        Command::from(deployment::IssuePlatformKey { access: KeyAccess::Full }),
        Command::from(notices::AddWebhook { account: None, kinds: Vec::new() }),
        Command::from(notices::RequestPayment { order: WAITS.into() }),
    ]);
    all
}

/// What is asked to be paid in the prelude is a member's order that waits.
const WAITS: OrderId = OrderId(0);

/// Whoever accepts in the prelude names the invitation that was sent last.
pub(crate) const THE_LAST: InvitationId = InvitationId(0);

/// Three organizations: of 16, which pays for 17 but not for 20 and 21, which is of an entity that it trusts as it does 13's, hands
/// money to 25, and asks for 22's; of 18, which pays for 19; and at home of 24, for which three accounts were created under 13's
/// entity: one waits, one could not join any more, and one is a member. What the members run is frozen with themselves first.
fn organizations(runs: Command, also_runs: Command) -> Vec<Command> {
    let mut all = vec![runs, also_runs];
    let own: Permissions = Permissions::ALWAYS.into_iter().collect();
    let paid = own.with(Permission::PayOnBehalf);
    let funded = own.with(Permission::AllocateFunds);
    let admins = [(16, vec![(17, paid), (20, own), (21, funded), (25, funded)]), (18, vec![(19, paid)])];
    let trusts = |entity: &str, admin: Option<u64>| {
        let (entity, name) = (entity.parse().expect("it is an identifier"), "Example Holding".to_owned());
        Command::from(members::AssociateEntity { organization: OrganizationId(0), entity, name, admin: admin.map(uin) })
    };
    let changed = |features, quotas| {
        let organization = OrganizationId(0);
        Command::from(members::ChangeOrganization { organization, features, quotas, member_deletion: None })
    };
    for (admin, members) in admins {
        all.push(commands::create_organization(uin(admin)).into());
        if admin == 16 {
            all.push(changed(Some(vec![Feature::FundAllocation]), QuotasChange::default()));
            let applied = Some("Example Works".to_owned());
            let invite = members::InviteMember { applied, ..commands::invite(uin(16), uin(22), own) };
            all.extend([trusts("E2", Some(13)), trusts("E3", Some(21)), invite.into()]);
        }
        for (member, permissions) in members {
            all.push(commands::invite(uin(admin), uin(member), permissions).into());
            all.push(commands::accept(uin(member), THE_LAST).into());
        }
    }
    // Another entity, for which nobody answers, and a member that was asked for more and has not answered.
    all.push(trusts("E2", None));
    let permissions = Some(own.with(Permission::ConsolidateBills));
    all.push(members::ChangeMember { permissions, payer: None, ..commands::change_member(uin(16), uin(20)) }.into());
    let creates = || {
        let relation = Some(RelationId(0));
        Command::from(members::CreateMember { relation, ..commands::create_member(uin(24), own) })
    };
    let (organization, record) = (OrganizationId(0), RecordId(0));
    // No more may be created on the first day.
    let quotas = QuotasChange { creations_per_day: Some(3), ..QuotasChange::default() };
    let few = changed(None, quotas);
    let agrees = || Command::from(members::DecideCreation { organization, record, approve: true });
    all.extend([
        commands::create_organization(uin(24)).into(),
        trusts("E2", Some(13)),
        creates(),
        agrees(),
        creates(),
        members::EndEntity { organization, relation: RelationId(0) }.into(),
        agrees(),
        trusts("E2", Some(13)),
        creates(),
        few,
    ]);
    all
}

/// Where entities' admins may pay: 13 pays for an account that was created under its entity, and is in no organization itself.
pub(crate) fn paid_from_outside(organization: OrganizationId, relation: RelationId) -> [Command; 2] {
    let paid: Permissions = Permissions::ALWAYS.into_iter().chain([Permission::PayOnBehalf]).collect();
    let (payer, relation) = (Some(uin(13)), Some(relation));
    [
        members::CreateMember { payer, relation, ..commands::create_member(uin(16), paid) }.into(),
        members::DecideCreation { organization, record: RecordId(0), approve: true }.into(),
    ]
}
