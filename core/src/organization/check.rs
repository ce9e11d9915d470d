//! The check list itself: every condition is judged and told, also behind one that does not hold, and nothing changes.

use super::condition::{Condition, Subject};
use super::facts::{CheckRules, Facts, OpenOrder};
use super::failure::Failure;
use super::permission::{Feature, Permission, Permissions};
use crate::channel::{AccountClass, ChannelRole, Site, Tier, Uin, Verification};
use crate::money::Amount;
use std::borrow::Cow;

/// A condition, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Which.
    pub condition: Condition,
    /// Whom it is about.
    pub subject: Subject,
    /// Whether it has a place in this case.
    pub applies: bool,
    /// What is wrong; absent where it holds, or has no place.
    pub failure: Option<Failure>,
    /// What was looked at, or why it has no place, in words.
    pub detail: Cow<'static, str>,
}

/// Every condition in the order in which they count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// All of them.
    pub rows: Vec<Row>,
}

impl Verdict {
    /// Whether all of them hold.
    pub fn allowed(&self) -> bool {
        self.first_failure().is_none()
    }

    /// The refusal: the first that does not hold.
    pub fn first_failure(&self) -> Option<Failure> {
        self.rows.iter().find_map(|row| row.failure)
    }

    /// All that do not hold.
    pub fn failures(&self) -> impl Iterator<Item = (Condition, Failure)> {
        self.rows.iter().filter_map(|row| Some((row.condition, row.failure?)))
    }
}

/// An account that is to be a member, or a member whose permissions are to be others.
#[derive(Debug, Clone, Copy)]
pub struct Joining<'a> {
    /// The organization's admin.
    pub admin: &'a Facts<'a>,
    /// Who joins.
    pub member: &'a Facts<'a>,
    /// What the admin will be allowed to do.
    pub permissions: Permissions,
    /// Who is to pay, where it is said.
    pub payer: Option<Uin>,
    /// What the organization has been granted.
    pub features: &'a [Feature],
    /// On which site, where the member's account is opened for the organization (O33, O35).
    pub created: Option<Site>,
    /// Whether the member's entity is associated with the admin's (O40).
    pub associated: bool,
    /// The admin of the member's entity, where that is another account than the organization's admin.
    pub entity_admin: Option<&'a Facts<'a>>,
}

/// Judges every condition for entering (O49-O65).
pub fn check_joining(rules: &CheckRules, joining: &Joining<'_>) -> Verdict {
    let (member, payer) = (joining.member, joining.payer_facts(rules));
    let asked = Asked { paid: joining.permissions.has(Permission::PayOnBehalf), distribution: joining.distribution() };
    let mut rows = vec![
        joining.permissions(),
        asked.if_paid(Condition::O59, Subject::Payer, || joining.payer(payer)),
        joining.identity(payer, asked.paid),
        asked.if_paid(Condition::O53, Subject::Member, || member_role(member)),
        asked.if_distribution(Condition::O54, || {
            let failure = (!asked.paid).then_some(Failure::OrganizationPermissionIllegal);
            Found::of(failure, format!("permissions {}", joining.permissions))
        }),
        asked.if_paid_distribution(Condition::O55, || joining.same_distributor()),
        asked.if_paid_distribution(Condition::O56, || vouchers(member)),
        asked.if_paid(Condition::O57, Subject::Member, || {
            let failure = asked.either(Failure::AbnormalFinancialStatusOfMember, Failure::MemberAccountArrears);
            balance(rules, member, failure)
        }),
        asked.if_paid(Condition::O58, Subject::Member, || orders(member)),
        asked.if_paid(Condition::O60, Subject::Payer, || joining.payer_role(payer)),
        asked.if_paid(Condition::O61, Subject::Payer, || {
            let failure =
                asked.either(Failure::AbnormalFinancialStatusOfAdmin, Failure::PayerArrearsAndNoCreditAccount);
            payer_finances(rules, payer, failure)
        }),
        asked.if_paid(Condition::O62, Subject::Member, || joining.payers(payer)),
        asked.if_paid(Condition::O63, Subject::Member, || joining.inheritance()),
    ];
    if rules.consistent_classes {
        rows.push(asked.if_paid(Condition::O65, Subject::Member, || classes(payer, member)));
    }
    Verdict { rows }
}

/// Judges every condition for leaving (O67-O69).
pub fn check_leaving(rules: &CheckRules, member: &Facts<'_>) -> Verdict {
    let row = |condition, found: Found| found.row(condition, Subject::Member);
    let rows = vec![
        row(Condition::O67, balance(rules, member, Failure::MemberAccountArrears)),
        row(Condition::O68, orders(member)),
        row(Condition::O69, card(member)),
    ];
    Verdict { rows }
}

/// What a condition came to.
struct Found {
    applies: bool,
    failure: Option<Failure>,
    detail: Cow<'static, str>,
}

impl Found {
    fn of(failure: Option<Failure>, detail: impl Into<Cow<'static, str>>) -> Found {
        Found { applies: true, failure, detail: detail.into() }
    }

    fn no_place(detail: impl Into<Cow<'static, str>>) -> Found {
        Found { applies: false, failure: None, detail: detail.into() }
    }

    fn row(self, condition: Condition, subject: Subject) -> Row {
        let Found { applies, failure, detail } = self;
        Row { condition, subject, applies, failure, detail }
    }
}

/// What decides which conditions have a place.
#[derive(Clone, Copy)]
struct Asked {
    /// The admin is to pay.
    paid: bool,
    /// One of them is a partner's sub-customer.
    distribution: bool,
}

impl Asked {
    fn if_paid(self, condition: Condition, subject: Subject, judge: impl FnOnce() -> Found) -> Row {
        let found = if self.paid { judge() } else { Found::no_place("the member pays for itself") };
        found.row(condition, subject)
    }

    fn if_distribution(self, condition: Condition, judge: impl FnOnce() -> Found) -> Row {
        let found = if self.distribution { judge() } else { Found::no_place("neither is a sub-customer") };
        found.row(condition, Subject::Member)
    }

    fn if_paid_distribution(self, condition: Condition, judge: impl FnOnce() -> Found) -> Row {
        if self.paid { self.if_distribution(condition, judge) } else { self.if_paid(condition, Subject::Member, judge) }
    }

    fn either(self, distribution: Failure, direct: Failure) -> Failure {
        if self.distribution { distribution } else { direct }
    }
}

impl Joining<'_> {
    /// Whether either is a partner's sub-customer (O2).
    fn distribution(&self) -> bool {
        [self.admin, self.member].iter().any(|one| one.role.is_sub_customer())
    }

    /// O49: what every member gives, what excludes each other, and what needs a feature. An account that is opened for the
    /// organization begins without what needs one (O33), and on the international site it is paid for (O35).
    fn permissions(&self) -> Row {
        let has = |permission| self.permissions.has(permission);
        let paid_for = (self.created == Some(Site::Intl)).then_some(Permission::PayOnBehalf);
        let missing = Permissions::ALWAYS.into_iter().chain(paid_for).find(|one| !has(*one));
        let later = self.permissions.iter().find(|one| self.created.is_some() && one.feature().is_some());
        let ungranted =
            self.permissions.iter().find(|one| one.feature().is_some_and(|it| !self.features.contains(&it)));
        let excluded = has(Permission::AllocateFunds) && has(Permission::PayOnBehalf);
        let detail = match (missing, excluded, later, ungranted) {
            (Some(missing), _, _, _) => Some(format!("{} without {}", self.permissions, missing.id())),
            (None, true, _, _) => Some(format!("{}: 3 and 7 exclude each other", self.permissions)),
            (None, false, Some(one), _) => {
                Some(format!("{}: no account is created with {}", self.permissions, one.id()))
            }
            (None, false, None, Some(one)) => {
                Some(format!("{}: the organization is not granted {}", self.permissions, one.id()))
            }
            (None, false, None, None) => None,
        };
        let failure = detail.is_some().then_some(Failure::OrganizationPermissionIllegal);
        let detail = detail.unwrap_or_else(|| self.permissions.to_string());
        Found::of(failure, detail).row(Condition::O49, Subject::Member)
    }

    /// Who would pay: the admin of the member's entity, where it is named and that is allowed, and otherwise the admin.
    fn payer_facts(&self, rules: &CheckRules) -> &Facts<'_> {
        let entity_admin = self.entity_admin.filter(|one| rules.entity_admin_pays && self.payer == Some(one.uin));
        entity_admin.unwrap_or(self.admin)
    }

    /// O59: only the admin pays, or who may in its place.
    fn payer(&self, may: &Facts<'_>) -> Found {
        let Some(payer) = self.payer else {
            return Found::of(Some(Failure::PayUinIllegal), "nobody is named as payer");
        };
        let failure = (payer != may.uin).then_some(Failure::PayUinIllegal);
        Found::of(failure, format!("payer {payer}, admin {}", self.admin.uin))
    }

    /// O52: payer and member are one enterprise. O40, where the member pays for itself or somebody else than the admin pays:
    /// it is the admin's enterprise, or one that is associated with it.
    fn identity(&self, payer: &Facts<'_>, paid: bool) -> Row {
        let Joining { admin, member, .. } = *self;
        let levels = [admin.verification, member.verification];
        let same_as = |other: &Facts<'_>| member.entity.is_some() && member.entity == other.entity;
        let trusted = same_as(admin) || self.associated;
        let (failure, detail): (_, String) = if levels.contains(&Verification::None) {
            let who = if admin.verification == Verification::None { "admin" } else { "member" };
            (Some(Failure::AuthInfoEmpty), format!("the {who} is not verified"))
        } else if levels.contains(&Verification::Personal) {
            let who = if admin.verification == Verification::Personal { "admin" } else { "member" };
            (Some(Failure::AuthNotEnterprise), format!("the {who} is verified as a person"))
        } else if trusted && (!paid || same_as(payer)) {
            (None, if same_as(admin) { "the same entity" } else { "associated entities" }.to_owned())
        } else {
            let entity = |facts: &Facts<'_>| facts.entity.unwrap_or("none").to_owned();
            (Some(Failure::AuthInfoNotSame), format!("admin {}, member {}", entity(admin), entity(member)))
        };
        let condition = if paid { Condition::O52 } else { Condition::O40 };
        Found::of(failure, detail).row(condition, Subject::Member)
    }

    /// O55: admin and member.
    fn same_distributor(&self) -> Found {
        let (admin, member) = (self.admin.role, self.member.role);
        Found::of(differ_in_distributor(admin, member), format!("admin {admin}, member {member}"))
    }

    /// O60: a sub-customer pays exactly where O55 holds between it and the member. Who is none pays for no sub-customer: of an
    /// admin O55 says that already.
    fn payer_role(&self, payer: &Facts<'_>) -> Found {
        let role = payer.role;
        let failure = match role {
            ChannelRole::Direct => {
                let another = payer.uin != self.admin.uin;
                (another && self.member.role.is_sub_customer()).then_some(Failure::ExistedClient)
            }
            ChannelRole::Agent
            | ChannelRole::Reseller
            | ChannelRole::Distributor
            | ChannelRole::SecondLevelReseller => Some(Failure::ExistedAgent),
            ChannelRole::AgentCustomer { .. } => Some(Failure::ExistedClient),
            ChannelRole::SubCustomer { .. } => {
                differ_in_distributor(role, self.member.role).map(|_| Failure::ExistedClient)
            }
        };
        Found::of(failure, format!("payer {role}"))
    }

    /// O62: no chains.
    fn payers(&self, payer: &Facts<'_>) -> Found {
        let member = self.member;
        let detail = match (member.payer, member.pays, payer.payer) {
            (Some(payer), _, _) => Some(format!("the member is paid for by {payer}")),
            (None, true, _) => Some("the member pays for others".to_owned()),
            (None, false, Some(others)) => Some(format!("who would pay is paid for by {others}")),
            (None, false, None) => None,
        };
        let failure = detail.is_some().then_some(Failure::AddDelegatePayerNotAllow);
        Found::of(failure, detail.unwrap_or_else(|| "neither is paid for, and the member pays for nobody".to_owned()))
    }

    /// O63 in the order of its tests.
    fn inheritance(&self) -> Found {
        let Joining { admin, member, .. } = *self;
        if !self.permissions.has(Permission::InheritOffers) {
            return Found::no_place("no offers are inherited");
        }
        // What it has from this very admin, as a member that pays for itself, goes on.
        let inherits = member.inherits_from.is_some_and(|from| from != admin.uin);
        let tests = [
            (inherits, Failure::MemberDiscountInheritExisted, "the member inherits from another account"),
            (admin.inherits_from.is_some(), Failure::OwnerDiscountInheritExisted, "the admin inherits itself"),
            (
                member.account_offer,
                Failure::MemberExistAccountLevelDiscountInherit,
                "the member has an account-level offer",
            ),
            (
                admin.account_offer,
                Failure::PayerExistAccountLevelDiscountInherit,
                "the admin has an account-level offer",
            ),
            (member.inherited, Failure::AddDiscountInheritNotAllow, "others inherit from the member"),
        ];
        match tests.into_iter().find(|(there, _, _)| *there) {
            Some((_, failure, detail)) => Found::of(Some(failure), detail),
            None => Found::of(None, "nothing is inherited, and nobody has account-level offers"),
        }
    }
}

/// O55 in the order of its tests.
fn differ_in_distributor(pays: ChannelRole, member: ChannelRole) -> Option<Failure> {
    let roles = [pays, member];
    if roles.iter().any(|role| matches!(role, ChannelRole::SubCustomer { level: 2, .. })) {
        return Some(Failure::SecondaryDistributorSubClientExisted);
    }
    match roles {
        [ChannelRole::SubCustomer { partner, .. }, ChannelRole::SubCustomer { partner: other, .. }] => {
            (partner != other).then_some(Failure::AgentNotSame)
        }
        [ChannelRole::SubCustomer { .. }, _] => Some(Failure::MemberIsNotClient),
        _ => Some(Failure::ExistedClient),
    }
}

/// O53: the member is none of the channel's own.
fn member_role(member: &Facts<'_>) -> Found {
    let failure = match member.role {
        ChannelRole::Agent | ChannelRole::AgentCustomer { .. } => Some(Failure::MemberIsAgent),
        ChannelRole::Reseller | ChannelRole::Distributor | ChannelRole::SecondLevelReseller => {
            Some(Failure::ExistedAgent)
        }
        ChannelRole::Direct | ChannelRole::SubCustomer { .. } => None,
    };
    Found::of(failure, format!("member {}", member.role))
}

/// O56: nothing is left on a voucher of the member's.
fn vouchers(member: &Facts<'_>) -> Found {
    if !member.role.is_sub_customer() {
        return Found::no_place("the member is no sub-customer");
    }
    match member.voucher {
        Some(left) => Found::of(Some(Failure::MemberHasVoucher), format!("{left} left on a voucher")),
        None => Found::of(None, "no voucher can still pay"),
    }
}

/// O57 and O67: exactly zero passes; some internal accounts are not looked at.
fn balance(rules: &CheckRules, member: &Facts<'_>, failure: Failure) -> Found {
    match (unchecked(rules, member.class), member.available) {
        (Some(no_place), _) => no_place,
        (None, None) => Found::no_place("the member has neither finance nor credit"),
        (None, Some(available)) => {
            Found::of(available.is_negative().then_some(failure), format!("available {available}"))
        }
    }
}

/// O61: one of the two suffices. A sub-customer owes exactly while what it has available is below zero.
fn payer_finances(rules: &CheckRules, payer: &Facts<'_>, failure: Failure) -> Found {
    match (unchecked(rules, payer.class), payer.available) {
        (Some(no_place), _) => no_place,
        (None, None) => Found::no_place("the payer has neither finance nor credit"),
        (None, Some(available)) => {
            let overdue = payer.role.is_sub_customer() || payer.overdue_amount > Amount::ZERO;
            let failure = (overdue && available.is_negative()).then_some(failure);
            Found::of(failure, format!("overdue {}, available {available}", payer.overdue_amount))
        }
    }
}

fn unchecked(rules: &CheckRules, class: AccountClass) -> Option<Found> {
    match class {
        AccountClass::Internal(kind) if !rules.checks_balance(class) => {
            Some(Found::no_place(format!("internal accounts of type {kind} are not verified")))
        }
        AccountClass::Internal(_) | AccountClass::External => None,
    }
}

/// O58 and O68: also for internal accounts.
fn orders(member: &Facts<'_>) -> Found {
    let failure = member.open_order.map(|_| Failure::OrderInProgressExisted);
    match member.open_order {
        None => Found::of(failure, "no order is to be paid or processing"),
        Some(OpenOrder::Order(state)) => Found::of(failure, format!("an order is {}", state.name())),
        Some(OpenOrder::Authorization) => Found::of(failure, "an authorization is open"),
    }
}

/// O65, where it is switched on.
fn classes(payer: &Facts<'_>, member: &Facts<'_>) -> Found {
    let external = [payer.class, member.class].map(|class| class == AccountClass::External);
    let failure = (external[0] != external[1]).then_some(Failure::InconsistentUserTypes);
    let told = external.map(|external| if external { "external" } else { "internal" });
    Found::of(failure, format!("payer {}, member {}", told[0], told[1]))
}

/// O69: whom sales neither know nor follow pays by card.
fn card(member: &Facts<'_>) -> Found {
    match member.tier {
        Tier::None | Tier::Key => Found::no_place("neither mid-size nor long-tail"),
        Tier::Mid | Tier::LongTail if member.followed => Found::no_place("a channel manager follows the account"),
        Tier::Mid | Tier::LongTail if member.card => Found::of(None, "a card is bound"),
        Tier::Mid | Tier::LongTail => Found::of(Some(Failure::MemberNoPayment), "no card that is not expired"),
    }
}

#[cfg(test)]
mod tests;
