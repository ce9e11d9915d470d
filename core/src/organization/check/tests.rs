//! The vectors of the specification, each as what differs from a pair for which everything holds.

use super::*;
use crate::channel::OrderState;
use proptest::prelude::*;

const A: u64 = 100;
const M: u64 = 101;
const R1: u64 = 11;
const R2: u64 = 12;
const S: u64 = 13;

fn uin(number: u64) -> Uin {
    Uin::new(number).unwrap()
}

fn money(text: &str) -> Amount {
    text.parse().unwrap()
}

fn customer_of(partner: u64, level: u8) -> ChannelRole {
    ChannelRole::SubCustomer { partner: uin(partner), level }
}

/// An account for which everything holds.
fn facts(number: u64, available: &str) -> Facts<'static> {
    Facts {
        verification: Verification::Enterprise,
        entity: Some("E1"),
        available: Some(money(available)),
        tier: Tier::Key,
        followed: true,
        ..Facts::without_history(uin(number))
    }
}

struct Case {
    admin: Facts<'static>,
    member: Facts<'static>,
    ids: Vec<u64>,
    payer: Option<u64>,
    features: Vec<Feature>,
    created: Option<Site>,
    associated: bool,
    entity_admin: Option<Facts<'static>>,
    rules: CheckRules,
}

impl Case {
    /// The base of the vectors: a direct pair of one entity.
    fn base() -> Case {
        Case {
            admin: facts(A, "100"),
            member: facts(M, "0"),
            ids: vec![1, 2, 7],
            payer: Some(A),
            features: Vec::new(),
            created: None,
            associated: false,
            entity_admin: None,
            rules: CheckRules::default(),
        }
    }

    /// Both are sub-customers of one distributor.
    fn distribution() -> Case {
        let mut case = Case::base();
        case.admin.role = customer_of(R1, 1);
        case.member.role = customer_of(R1, 1);
        case
    }

    fn with(mut self, change: impl FnOnce(&mut Case)) -> Case {
        change(&mut self);
        self
    }

    fn verdict(&self) -> Verdict {
        let joining = Joining {
            admin: &self.admin,
            member: &self.member,
            permissions: self.ids.iter().map(|id| Permission::from_id(*id).unwrap()).collect(),
            payer: self.payer.map(uin),
            features: &self.features,
            created: self.created,
            associated: self.associated,
            entity_admin: self.entity_admin.as_ref(),
        };
        check_joining(&self.rules, &joining)
    }

    #[track_caller]
    fn refused(self, failures: &[(Condition, Failure)]) {
        assert_eq!(self.verdict().failures().collect::<Vec<_>>(), failures);
        assert_eq!(self.verdict().first_failure(), failures.first().map(|(_, failure)| *failure));
    }

    #[track_caller]
    fn enabled(self) {
        self.refused(&[]);
    }

    fn row(&self, condition: Condition) -> Row {
        self.verdict().rows.into_iter().find(|row| row.condition == condition).unwrap()
    }
}

#[test]
fn e1_a_pair_for_which_everything_holds_is_enabled() {
    Case::base().enabled();
    Case::distribution().enabled();
}

#[test]
fn o52_both_are_verified_as_the_same_enterprise() {
    use Verification::{None, Personal};
    let both: [fn(&mut Case) -> &mut Facts<'static>; 2] = [|case| &mut case.admin, |case| &mut case.member];
    for who in both {
        let at = |level| Case::base().with(|case| who(case).verification = level);
        at(None).refused(&[(Condition::O52, Failure::AuthInfoEmpty)]);
        at(Personal).refused(&[(Condition::O52, Failure::AuthNotEnterprise)]);
        Case::base().with(|case| who(case).entity = Some("E2")).refused(&[(Condition::O52, Failure::AuthInfoNotSame)]);
        Case::base()
            .with(|case| who(case).entity = Option::None)
            .refused(&[(Condition::O52, Failure::AuthInfoNotSame)]);
    }
    let nobody = Case::base().with(|case| (case.admin.entity, case.member.entity) = (Option::None, Option::None));
    nobody.refused(&[(Condition::O52, Failure::AuthInfoNotSame)]);
}

#[test]
fn e5_an_associated_entity_may_join_but_is_not_paid_for() {
    let other = || {
        Case::base().with(|case| {
            case.member.entity = Some("E2");
            case.associated = true;
        })
    };
    other().refused(&[(Condition::O52, Failure::AuthInfoNotSame)]);
    other().with(|case| case.ids = vec![1, 2]).enabled();
    let alone = other().with(|case| (case.ids, case.associated) = (vec![1, 2], false));
    alone.refused(&[(Condition::O40, Failure::AuthInfoNotSame)]);
}

#[test]
fn o53_neither_agents_and_their_customers_nor_resellers_are_paid_for() {
    let role = |role| Case::base().with(|case| case.member.role = role);
    role(ChannelRole::Agent).refused(&[(Condition::O53, Failure::MemberIsAgent)]);
    role(ChannelRole::AgentCustomer { agent: uin(R1) }).refused(&[(Condition::O53, Failure::MemberIsAgent)]);
    for reseller in [ChannelRole::Reseller, ChannelRole::Distributor, ChannelRole::SecondLevelReseller] {
        role(reseller).refused(&[(Condition::O53, Failure::ExistedAgent)]);
    }
    role(ChannelRole::Agent).with(|case| case.ids = vec![1, 2]).enabled();
}

#[test]
fn e35_a_sub_customer_is_always_paid_for() {
    let own = Case::distribution().with(|case| case.ids = vec![1, 2]);
    own.refused(&[(Condition::O54, Failure::OrganizationPermissionIllegal)]);
    Case::base().with(|case| case.ids = vec![1, 2]).enabled();
}

#[test]
fn o55_both_are_of_the_same_distributor() {
    let roles = |admin, member| {
        Case::base().with(|case| {
            case.admin.role = admin;
            case.member.role = member;
        })
    };
    let first = |case: &Case| case.row(Condition::O55).failure;
    assert_eq!(first(&roles(customer_of(R1, 1), customer_of(R2, 1))), Some(Failure::AgentNotSame));
    assert_eq!(first(&roles(customer_of(R1, 1), ChannelRole::Direct)), Some(Failure::MemberIsNotClient));
    assert_eq!(first(&roles(ChannelRole::Direct, customer_of(R1, 1))), Some(Failure::ExistedClient));
    // E49, and one of them suffices: it is asked first.
    let second = Some(Failure::SecondaryDistributorSubClientExisted);
    for roles in [
        roles(customer_of(S, 2), customer_of(S, 2)),
        roles(customer_of(S, 2), ChannelRole::Direct),
        roles(ChannelRole::Direct, customer_of(S, 2)),
        roles(customer_of(R1, 1), customer_of(S, 2)),
    ] {
        assert_eq!(first(&roles), second);
    }
    // E31: the payer's condition falls with it.
    let other = Case::distribution().with(|case| case.member.role = customer_of(R2, 1));
    other.refused(&[(Condition::O55, Failure::AgentNotSame), (Condition::O60, Failure::ExistedClient)]);
}

#[test]
fn e33_a_sub_customer_has_no_voucher_that_can_still_pay() {
    let voucher = |case: Case| case.with(|case| case.member.voucher = Some(money("20")));
    voucher(Case::distribution()).refused(&[(Condition::O56, Failure::MemberHasVoucher)]);
    // E37: a direct member's do not matter, whoever the admin is.
    voucher(Case::base()).enabled();
    let mixed = voucher(Case::base()).with(|case| case.admin.role = customer_of(R1, 1));
    assert!(!mixed.row(Condition::O56).applies);
    mixed.refused(&[(Condition::O55, Failure::MemberIsNotClient), (Condition::O60, Failure::ExistedClient)]);
}

#[test]
fn o57_the_member_owes_nothing() {
    let owing = |case: Case, class| {
        case.with(|case| {
            case.member.available = Some(money("-0.01"));
            case.member.class = class;
        })
    };
    for class in
        [AccountClass::External, AccountClass::Internal(4), AccountClass::Internal(6), AccountClass::Internal(9)]
    {
        owing(Case::base(), class).refused(&[(Condition::O57, Failure::MemberAccountArrears)]);
        let distribution = owing(Case::distribution(), class);
        distribution.refused(&[(Condition::O57, Failure::AbnormalFinancialStatusOfMember)]);
    }
    // E13, E15: exactly zero passes, and other internal types are not looked at.
    Case::base().with(|case| case.member.class = AccountClass::Internal(6)).enabled();
    let other = owing(Case::base(), AccountClass::Internal(5));
    assert!(!other.row(Condition::O57).applies);
    other.enabled();
    let set = owing(Case::base(), AccountClass::Internal(5)).with(|case| case.rules.balance_checked_types = vec![5]);
    set.refused(&[(Condition::O57, Failure::MemberAccountArrears)]);
}

#[test]
fn o58_the_member_has_no_order_that_is_open() {
    for order in
        [OpenOrder::Order(OrderState::ToBePaid), OpenOrder::Order(OrderState::Processing), OpenOrder::Authorization]
    {
        // Also of internal accounts.
        for class in [AccountClass::External, AccountClass::Internal(5)] {
            let case = Case::base().with(|case| (case.member.open_order, case.member.class) = (Some(order), class));
            case.refused(&[(Condition::O58, Failure::OrderInProgressExisted)]);
        }
    }
    Case::base().with(|case| case.admin.open_order = Some(OpenOrder::Authorization)).enabled();
}

#[test]
fn o59_only_the_admin_pays() {
    Case::base().with(|case| case.payer = None).refused(&[(Condition::O59, Failure::PayUinIllegal)]);
    Case::base().with(|case| case.payer = Some(M)).refused(&[(Condition::O59, Failure::PayUinIllegal)]);
    Case::base().with(|case| (case.ids, case.payer) = (vec![1, 2], None)).enabled();
}

/// Where it is switched on, the admin of the member's entity pays, and is then the payer of every condition.
#[test]
fn o59_the_admin_of_the_members_entity_pays_where_that_is_switched_on() {
    let other = || {
        Case::base().with(|case| {
            case.entity_admin = Some(Facts { entity: Some("E2"), ..facts(55, "100") });
            case.member.entity = Some("E2");
            (case.payer, case.associated) = (Some(55), true);
        })
    };
    let off = [(Condition::O59, Failure::PayUinIllegal), (Condition::O52, Failure::AuthInfoNotSame)];
    other().refused(&off);
    let on = || other().with(|case| case.rules.entity_admin_pays = true);
    on().enabled();
    let named = |change: fn(&mut Facts<'static>)| on().with(|case| case.entity_admin.iter_mut().for_each(change));
    named(|payer| payer.payer = Some(uin(9))).refused(&[(Condition::O62, Failure::AddDelegatePayerNotAllow)]);
    named(|payer| payer.role = ChannelRole::Reseller).refused(&[(Condition::O60, Failure::ExistedAgent)]);
    let owing = named(|payer| (payer.overdue_amount, payer.available) = (money("1"), Some(money("-1"))));
    owing.refused(&[(Condition::O61, Failure::PayerArrearsAndNoCreditAccount)]);
    named(|payer| payer.entity = Some("E3")).refused(&[(Condition::O52, Failure::AuthInfoNotSame)]);
    // The organization still trusts only whom it is associated with.
    on().with(|case| case.associated = false).refused(&[(Condition::O52, Failure::AuthInfoNotSame)]);
}

#[test]
fn o60_neither_agents_and_their_customers_nor_resellers_pay() {
    let role = |role| Case::base().with(|case| case.admin.role = role);
    for reseller in
        [ChannelRole::Agent, ChannelRole::Reseller, ChannelRole::Distributor, ChannelRole::SecondLevelReseller]
    {
        role(reseller).refused(&[(Condition::O60, Failure::ExistedAgent)]);
    }
    // E27.
    role(ChannelRole::AgentCustomer { agent: uin(R1) }).refused(&[(Condition::O60, Failure::ExistedClient)]);
    // A sub-customer pays exactly where both are of one distributor.
    assert_eq!(role(customer_of(R1, 1)).row(Condition::O60).failure, Some(Failure::ExistedClient));
}

#[test]
fn o61_a_payer_with_an_overdue_bill_owes_nothing_besides() {
    let owing = |overdue: &'static str, available: &'static str, class| {
        Case::base().with(|case| {
            case.admin.overdue_amount = money(overdue);
            case.admin.available = Some(money(available));
            case.admin.class = class;
        })
    };
    let refusal = [(Condition::O61, Failure::PayerArrearsAndNoCreditAccount)];
    for class in
        [AccountClass::External, AccountClass::Internal(4), AccountClass::Internal(6), AccountClass::Internal(9)]
    {
        owing("10", "-10", class).refused(&refusal);
    }
    // E23, E25: either suffices, and other internal types are not looked at.
    owing("0", "-3", AccountClass::External).enabled();
    owing("10", "0", AccountClass::External).enabled();
    owing("10", "-10", AccountClass::Internal(2)).enabled();
    // A sub-customer owes while what it has available is below zero.
    let sub = Case::distribution().with(|case| case.admin.available = Some(money("-0.01")));
    sub.refused(&[(Condition::O61, Failure::AbnormalFinancialStatusOfAdmin)]);
}

#[test]
fn o62_there_are_no_chains() {
    let refusal = [(Condition::O62, Failure::AddDelegatePayerNotAllow)];
    Case::base().with(|case| case.member.payer = Some(uin(9))).refused(&refusal);
    Case::base().with(|case| case.member.pays = true).refused(&refusal);
    Case::base().with(|case| case.admin.payer = Some(uin(9))).refused(&refusal);
    Case::base().with(|case| case.admin.pays = true).enabled();
}

#[test]
fn o63_offers_are_inherited_once_and_by_nobody_with_its_own() {
    type Change = fn(&mut Case);
    let tests: [(Change, Failure); 5] = [
        (|case| case.member.inherits_from = Some(uin(9)), Failure::MemberDiscountInheritExisted),
        (|case| case.admin.inherits_from = Some(uin(9)), Failure::OwnerDiscountInheritExisted),
        (|case| case.member.account_offer = true, Failure::MemberExistAccountLevelDiscountInherit),
        (|case| case.admin.account_offer = true, Failure::PayerExistAccountLevelDiscountInherit),
        (|case| case.member.inherited = true, Failure::AddDiscountInheritNotAllow),
    ];
    let all = Case::base().with(|case| case.ids.push(6));
    let mut all = tests.iter().fold(all, |case, (change, _)| case.with(change));
    for (change, failure) in tests {
        // Alone, and first where all of them are there; without id 6 none of them counts.
        Case::base().with(change).with(|case| case.ids.push(6)).refused(&[(Condition::O63, failure)]);
        assert_eq!(all.row(Condition::O63).failure, Some(failure));
        Case::base().with(change).enabled();
        let held = Case::base();
        match failure {
            Failure::MemberDiscountInheritExisted => all.member.inherits_from = held.member.inherits_from,
            Failure::OwnerDiscountInheritExisted => all.admin.inherits_from = held.admin.inherits_from,
            Failure::MemberExistAccountLevelDiscountInherit => all.member.account_offer = false,
            Failure::PayerExistAccountLevelDiscountInherit => all.admin.account_offer = false,
            _ => all.member.inherited = false,
        }
    }
    all.enabled();
    // What the member has from this very admin goes on.
    Case::base().with(|case| case.member.inherits_from = Some(uin(A))).with(|case| case.ids.push(6)).enabled();
}

#[test]
fn o49_bills_and_balances_are_always_seen_and_3_excludes_7() {
    let ids = |ids: &[u64]| Case::base().with(|case| case.ids = ids.to_vec());
    let refusal = [(Condition::O49, Failure::OrganizationPermissionIllegal)];
    for illegal in [&[2, 7][..], &[1, 7], &[1, 2, 3, 7], &[1, 2, 3], &[1, 2, 7, 10]] {
        ids(illegal).refused(&refusal);
    }
    let granted = |it| ids(it).with(|case| case.features = vec![Feature::FundAllocation, Feature::CreditSetting]);
    granted(&[1, 2, 3]).enabled();
    granted(&[1, 2, 7, 10]).enabled();
    granted(&[1, 2, 3, 7]).refused(&refusal);
}

#[test]
fn o65_classes_are_compared_where_that_is_switched_on() {
    let mixed = || Case::base().with(|case| case.member.class = AccountClass::Internal(5));
    mixed().enabled();
    let compared = |case: Case| case.with(|case| case.rules.consistent_classes = true);
    compared(mixed()).refused(&[(Condition::O65, Failure::InconsistentUserTypes)]);
    compared(Case::base()).enabled();
}

/// Which rows there are, about whom, and which of them have a place.
#[test]
fn every_row_says_whom_it_is_about_and_whether_it_has_a_place() {
    use Condition::{O40, O49, O52, O53, O54, O55, O56, O57, O58, O59, O60, O61, O62, O63};
    let about = |case: &Case| -> Vec<(Condition, Subject, bool)> {
        case.verdict().rows.iter().map(|row| (row.condition, row.subject, row.applies)).collect()
    };
    let payers = [O59, O60, O61];
    let rows = |identity: Condition, places: &[Condition]| -> Vec<(Condition, Subject, bool)> {
        let all = [O49, O59, identity, O53, O54, O55, O56, O57, O58, O60, O61, O62, O63];
        let subject = |condition| if payers.contains(&condition) { Subject::Payer } else { Subject::Member };
        all.into_iter().map(|condition| (condition, subject(condition), places.contains(&condition))).collect()
    };
    let direct = [O49, O59, O52, O53, O57, O58, O60, O61, O62];
    assert_eq!(about(&Case::base()), rows(O52, &direct));
    let inheriting = Case::base().with(|case| case.ids.push(6));
    assert_eq!(about(&inheriting), rows(O52, &[&direct[..], &[O63]].concat()));
    assert_eq!(about(&Case::distribution()), rows(O52, &[&direct[..], &[O54, O55, O56]].concat()));
    let own = |case: Case| case.with(|case| case.ids = vec![1, 2, 6]);
    assert_eq!(about(&own(Case::base())), rows(O40, &[O49, O40]));
    assert_eq!(about(&own(Case::distribution())), rows(O40, &[O49, O40, O54]));
    let internal = Case::base().with(|case| {
        (case.admin.class, case.member.class) = (AccountClass::Internal(5), AccountClass::Internal(5));
    });
    assert_eq!(about(&internal), rows(O52, &[O49, O59, O52, O53, O58, O60, O62]));
    let neither = Case::base().with(|case| (case.admin.available, case.member.available) = (None, None));
    assert_eq!(about(&neither), rows(O52, &[O49, O59, O52, O53, O58, O60, O62]));
}

#[test]
fn e39_every_condition_is_told_also_behind_one_that_does_not_hold() {
    let case = Case::base().with(|case| {
        case.member.entity = Some("E2");
        case.member.available = Some(money("-5"));
        case.member.open_order = Some(OpenOrder::Order(OrderState::ToBePaid));
    });
    assert!(case.verdict().rows.iter().all(|row| !row.detail.is_empty() && (row.applies || row.failure.is_none())));
    case.refused(&[
        (Condition::O52, Failure::AuthInfoNotSame),
        (Condition::O57, Failure::MemberAccountArrears),
        (Condition::O58, Failure::OrderInProgressExisted),
    ]);
}

#[track_caller]
fn leaves(change: impl FnOnce(&mut Facts<'static>), failures: &[(Condition, Failure)]) {
    let mut member = facts(M, "0");
    change(&mut member);
    let verdict = check_leaving(&CheckRules::default(), &member);
    assert_eq!(verdict.failures().collect::<Vec<_>>(), failures);
    assert_eq!(
        verdict.rows.iter().map(|row| row.condition).collect::<Vec<_>>(),
        [Condition::O67, Condition::O68, Condition::O69]
    );
}

#[test]
fn o67_who_leaves_owes_nothing() {
    leaves(|_| (), &[]);
    let refusal = [(Condition::O67, Failure::MemberAccountArrears)];
    leaves(|member| member.available = Some(money("-0.01")), &refusal);
    leaves(|member| (member.available, member.class) = (Some(money("-1")), AccountClass::Internal(9)), &refusal);
    // D3.
    leaves(|member| (member.available, member.class) = (Some(money("-100")), AccountClass::Internal(5)), &[]);
}

#[test]
fn o68_who_leaves_has_no_open_order() {
    let order = Some(OpenOrder::Order(OrderState::ToBePaid));
    leaves(|member| member.open_order = order, &[(Condition::O68, Failure::OrderInProgressExisted)]);
}

#[test]
fn o69_whom_nobody_follows_leaves_with_a_card() {
    for (tier, followed, card, refused) in [
        (Tier::LongTail, false, false, true),
        (Tier::Mid, false, false, true),
        (Tier::Mid, true, false, false),
        (Tier::Mid, false, true, false),
        (Tier::Key, false, false, false),
        (Tier::None, false, false, false),
    ] {
        let refusal = [(Condition::O69, Failure::MemberNoPayment)];
        let failures = if refused { &refusal[..] } else { &[] };
        leaves(|member| (member.tier, member.followed, member.card) = (tier, followed, card), failures);
    }
}

/// D13 and O70: neither the identity nor the payer is looked at again.
#[test]
fn o70_who_leaves_may_have_changed_its_entity() {
    leaves(|member| member.entity = Some("E2"), &[]);
    leaves(|member| member.verification = Verification::None, &[]);
}

fn any_role() -> impl Strategy<Value = ChannelRole> {
    prop_oneof![
        Just(ChannelRole::Direct),
        Just(ChannelRole::Agent),
        Just(ChannelRole::AgentCustomer { agent: uin(R1) }),
        Just(ChannelRole::Reseller),
        (R1..=S, 1..3_u8).prop_map(|(partner, level)| customer_of(partner, level)),
    ]
}

proptest! {
    /// The sentences of the requirement, written down once more and together.
    #[test]
    fn who_is_let_in_is_who_the_requirement_lets_in(
        admin in any_role(),
        member in any_role(),
        classes in (0..11_u8, 0..11_u8),
        available in (-2..3_i64, -2..3_i64),
        overdue in 0..2_i64,
        entities in (1..3_u8, 1..3_u8),
        voucher: bool,
        order: bool,
    ) {
        let class = |kind: u8| if kind == 0 { AccountClass::External } else { AccountClass::Internal(kind) };
        let entity = |number| Some(if number == 1 { "E1" } else { "E2" });
        let case = Case::base().with(|case| {
            (case.admin.role, case.member.role) = (admin, member);
            (case.admin.class, case.member.class) = (class(classes.0), class(classes.1));
            (case.admin.available, case.member.available) =
                (Some(Amount::whole(available.0)), Some(Amount::whole(available.1)));
            case.admin.overdue_amount = Amount::whole(overdue);
            (case.admin.entity, case.member.entity) = (entity(entities.0), entity(entities.1));
            case.member.voucher = voucher.then_some(Amount::whole(20));
            case.member.open_order = order.then_some(OpenOrder::Authorization);
        });
        let verified = |kind: u8| [0, 4, 6, 9].contains(&kind);
        let channel = match (admin, member) {
            (ChannelRole::Direct, ChannelRole::Direct) => true,
            (ChannelRole::SubCustomer { partner, level: 1 }, ChannelRole::SubCustomer { partner: other, level: 1 }) => {
                partner == other && !voucher
            }
            _ => false,
        };
        let arrears = available.0 < 0 && (overdue > 0 || admin.is_sub_customer());
        let expected = channel
            && entities.0 == entities.1
            && !order
            && (available.1 >= 0 || !verified(classes.1))
            && (!arrears || !verified(classes.0));
        prop_assert_eq!(case.verdict().allowed(), expected);
    }
}

/// E47, and O33.
#[test]
fn e47_an_account_is_created_with_what_its_site_asks_for() {
    let created = |site, ids: &[u64]| {
        Case::base().with(|case| {
            (case.created, case.ids) = (Some(site), ids.to_vec());
            case.features = vec![Feature::FundAllocation, Feature::CreditSetting];
        })
    };
    let illegal = [(Condition::O49, Failure::OrganizationPermissionIllegal)];
    created(Site::Intl, &[1, 2, 7]).enabled();
    created(Site::Intl, &[1, 2, 6, 7]).enabled();
    created(Site::Intl, &[1, 2]).refused(&illegal);
    created(Site::Cn, &[1, 2]).enabled();
    created(Site::Cn, &[1, 2, 7]).enabled();
    created(Site::Cn, &[2]).refused(&illegal);
    for later in [3, 10] {
        created(Site::Cn, &[1, 2, later]).refused(&illegal);
    }
    created(Site::Intl, &[1, 2, 7, 10]).refused(&illegal);
    // Who was there before may be given them.
    let invited = |ids: &[u64]| Case::base().with(|case| case.ids = ids.to_vec());
    invited(&[1, 2]).enabled();
    invited(&[1, 2, 10]).with(|case| case.features = vec![Feature::CreditSetting]).enabled();
}
