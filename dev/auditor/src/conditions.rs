//! The conditions under which an account joins an organization, is paid for in it, and leaves it (O40, O49-O69). All of
//! them are judged, and all that do not hold are told, in the order of the list.

use super::arithmetic::Units;
use super::facts::{Account, Relation, Spending, VoucherFor};
use super::told::Told;
use super::{Auditor, Judged, Refusal};
use credere_core::channel::{AccountClass, PartnerKind, Site, Tier, Uin, Verification, VoucherStatus};
use credere_core::organization::{Condition, Failure, Permission, Permissions};

/// What does not hold, in the order of the list.
pub(super) type Unmet = Vec<(Condition, Failure)>;

/// What is asked of a member, and of whom.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    pub(super) admin: Uin,
    pub(super) member: Uin,
    pub(super) permissions: Permissions,
    /// Who is to pay, where it is said.
    pub(super) payer: Option<Uin>,
    /// Whether the account is opened for the organization.
    pub(super) created: bool,
    /// Whether trust in the member's entity is applied for with this.
    pub(super) applied: bool,
}

impl Terms {
    /// Those of an account that was there before, and applies for nothing.
    pub(super) fn of(admin: Uin, member: Uin, permissions: Permissions, payer: Option<Uin>) -> Terms {
        Terms { admin, member, permissions, payer, created: false, applied: false }
    }
}

/// An account's place in the channel (O2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Direct,
    Agent,
    AgentCustomer,
    Reseller,
    SubCustomer { partner: Uin, level: u8 },
}

/// Refuses for all of these; nothing unmet is no refusal.
pub(super) fn all_met(unmet: &Unmet) -> Judged {
    if unmet.is_empty() {
        return Ok(());
    }
    let told = |(condition, failure): &(Condition, Failure)| {
        [("condition", *condition as u8), ("failure", *failure as u8)].map(|(name, number)| (name, Units::from(number)))
    };
    let figures = unmet.iter().flat_map(told).collect();
    Err(Refusal { code: "conditions_not_met", side: None, account: None, figures })
}

impl Auditor {
    fn role_of(&self, uin: Uin) -> Role {
        match (self.partners.get(&uin).map(|it| it.kind), self.binding_of(uin)) {
            (Some(PartnerKind::Agent), _) => Role::Agent,
            (Some(_), _) => Role::Reseller,
            (None, None) => Role::Direct,
            (None, Some(bound)) => match self.partners.get(&bound.partner).map(|partner| partner.kind) {
                Some(PartnerKind::Agent) | None => Role::AgentCustomer,
                Some(PartnerKind::SecondLevelReseller) => Role::SubCustomer { partner: bound.partner, level: 2 },
                Some(PartnerKind::Reseller | PartnerKind::Distributor) => {
                    Role::SubCustomer { partner: bound.partner, level: 1 }
                }
            },
        }
    }

    fn is_sub_customer(&self, uin: Uin) -> bool {
        matches!(self.role_of(uin), Role::SubCustomer { .. })
    }

    /// Whether either is a sub-customer (O54).
    pub(super) fn in_distribution(&self, admin: Uin, member: Uin) -> bool {
        self.is_sub_customer(admin) || self.is_sub_customer(member)
    }

    /// All conditions of joining, and of being paid for where that is asked.
    pub(super) fn unmet_to_join(&self, terms: Terms) -> Unmet {
        let paid = terms.permissions.has(Permission::PayOnBehalf);
        let Terms { admin, member, .. } = terms;
        let payer = self.would_pay(terms);
        let mut unmet = self.unmet_to_stay(terms, terms.permissions);
        let identity = if paid { Condition::O52 } else { Condition::O40 };
        unmet.extend(self.differ_in_identity(terms).map(|failure| (identity, failure)));
        if !paid {
            unmet.sort_by_key(|(condition, _)| Condition::O40 != *condition && Condition::O49 != *condition);
            return unmet;
        }
        let distribution = self.in_distribution(admin, member);
        let one_of = |direct, distributed| if distribution { distributed } else { direct };
        unmet.extend(self.is_channels_own(member).map(|failure| (Condition::O53, failure)));
        if distribution {
            unmet.extend(self.differ_in_distributor(admin, member).map(|failure| (Condition::O55, failure)));
            if self.has_live_voucher(member) {
                unmet.push((Condition::O56, Failure::MemberHasVoucher));
            }
        }
        if self.owes(member) {
            let failure = one_of(Failure::MemberAccountArrears, Failure::AbnormalFinancialStatusOfMember);
            unmet.push((Condition::O57, failure));
        }
        if self.has_open_order(member) {
            unmet.push((Condition::O58, Failure::OrderInProgressExisted));
        }
        unmet.extend(self.must_not_pay(payer, admin, member).map(|failure| (Condition::O60, failure)));
        if self.owes(payer) && self.has_overdue_bills(payer) {
            let failure = one_of(Failure::PayerArrearsAndNoCreditAccount, Failure::AbnormalFinancialStatusOfAdmin);
            unmet.push((Condition::O61, failure));
        }
        if self.payer_of(member).is_some() || !self.paid_for_by(member).is_empty() || self.payer_of(payer).is_some() {
            unmet.push((Condition::O62, Failure::AddDelegatePayerNotAllow));
        }
        if terms.permissions.has(Permission::InheritOffers) {
            unmet.extend(self.must_not_inherit(admin, member).map(|failure| (Condition::O63, failure)));
        }
        let external = |uin: Uin| self.told.get(&uin).is_some_and(|told| told.class == AccountClass::External);
        if self.choices.check.consistent_classes && external(payer) != external(member) {
            unmet.push((Condition::O65, Failure::InconsistentUserTypes));
        }
        // The list is in the order of its numbers, but for who may pay, which is a matter of form.
        unmet.sort_by_key(|(condition, _)| match condition {
            Condition::O49 => 0,
            Condition::O59 => 1,
            Condition::O40 | Condition::O52 => 2,
            other => *other as u8,
        });
        unmet
    }

    /// What stands against giving the right to pay anew to who pays already: also that they are no longer one entity (A13), and
    /// what stands against inheriting, where that begins.
    pub(super) fn unmet_to_go_on(&self, terms: Terms, before: Permissions) -> Unmet {
        let mut unmet = self.unmet_to_stay(terms, terms.permissions);
        unmet.extend(self.differ_in_identity(terms).map(|failure| (Condition::O52, failure)));
        let has = |all: Permissions| all.has(Permission::InheritOffers);
        if has(terms.permissions) && !has(before) {
            let failure = self.must_not_inherit(terms.admin, terms.member);
            unmet.extend(failure.map(|failure| (Condition::O63, failure)));
        }
        unmet
    }

    /// The conditions that hold for every member all along: the permissions themselves, and who pays.
    pub(super) fn unmet_to_stay(&self, terms: Terms, permissions: Permissions) -> Unmet {
        let Terms { admin, member, payer, created, .. } = terms;
        let has = |one| permissions.has(one);
        let paid = has(Permission::PayOnBehalf);
        let features = self.organization_of_admin(admin).map(|(_, organization)| &organization.features);
        let granted = |one: Permission| match one.feature() {
            Some(feature) => features.is_some_and(|all| all.contains(&(feature as u8))),
            None => true,
        };
        let ungranted = Permission::ALL.into_iter().any(|one| has(one) && !granted(one));
        // An account that is opened abroad begins as one that is paid for (O35), and none with what needs a grant (O33).
        let abroad = self.told.get(&admin).is_some_and(|told| told.site == Site::Intl);
        let missing = !has(Permission::ViewBills) || !has(Permission::ViewBalance) || (created && abroad && !paid);
        let ungranted =
            ungranted || (created && Permission::ALL.into_iter().any(|one| has(one) && one.feature().is_some()));
        let mut unmet = Unmet::new();
        if missing || ungranted || (has(Permission::AllocateFunds) && paid) {
            unmet.push((Condition::O49, Failure::OrganizationPermissionIllegal));
        }
        if paid && payer != Some(self.would_pay(terms)) {
            unmet.push((Condition::O59, Failure::PayUinIllegal));
        }
        if !paid && self.in_distribution(admin, member) {
            unmet.push((Condition::O54, Failure::OrganizationPermissionIllegal));
        }
        unmet
    }

    /// What keeps a member that is paid for from leaving, or from paying for itself (O67-O69).
    pub(super) fn unmet_to_leave(&self, member: Uin) -> Unmet {
        let mut unmet = Unmet::new();
        if self.owes(member) {
            unmet.push((Condition::O67, Failure::MemberAccountArrears));
        }
        if self.has_open_order(member) {
            unmet.push((Condition::O68, Failure::OrderInProgressExisted));
        }
        let small = |told: &Told| matches!(told.tier, Tier::Mid | Tier::LongTail);
        let told = self.told.get(&member);
        if told.is_some_and(|told| small(told) && !told.followed && !self.has_card(told)) {
            unmet.push((Condition::O69, Failure::MemberNoPayment));
        }
        unmet
    }

    /// Who pays, where it is permitted: the admin of the member's entity if it is named and may, and otherwise the admin (O59).
    fn would_pay(&self, terms: Terms) -> Uin {
        let Terms { admin, member, payer, .. } = terms;
        let answers = self.trusted_entity_of(admin, member).and_then(|relation| relation.admin);
        let may = |other: &Uin| self.choices.check.entity_admin_pays && payer == Some(*other) && *other != member;
        answers.filter(may).unwrap_or(admin)
    }

    /// The relation of an admin's organization to a member's entity, where it is in force.
    fn trusted_entity_of(&self, admin: Uin, member: Uin) -> Option<&Relation> {
        let (organization, _) = self.organization_of_admin(admin)?;
        let entity = self.told.get(&member)?.entity.as_ref()?;
        self.relations_of(organization).map(|(_, one)| one).find(|one| one.entity == *entity && one.active)
    }

    /// Admin and member are verified, as enterprises; as the same, or the organization trusts the member's or is asked to (O40); and
    /// who is to pay is the same as the member (O52).
    fn differ_in_identity(&self, terms: Terms) -> Option<Failure> {
        let paid = terms.permissions.has(Permission::PayOnBehalf);
        let payer = self.told.get(&self.would_pay(terms))?;
        let (admin, member) = (self.told.get(&terms.admin)?, self.told.get(&terms.member)?);
        let applied = terms.applied && member.entity.is_some();
        let trusted = applied || self.trusted_entity_of(terms.admin, terms.member).is_some();
        let as_one = |other: &Told| member.entity.is_some() && member.entity == other.entity;
        let either = |level| admin.verification == level || member.verification == level;
        if either(Verification::None) {
            Some(Failure::AuthInfoEmpty)
        } else if either(Verification::Personal) {
            Some(Failure::AuthNotEnterprise)
        } else if !(trusted || as_one(admin)) || (paid && !as_one(payer)) {
            Some(Failure::AuthInfoNotSame)
        } else {
            None
        }
    }

    /// O53.
    fn is_channels_own(&self, member: Uin) -> Option<Failure> {
        match self.role_of(member) {
            Role::Agent | Role::AgentCustomer => Some(Failure::MemberIsAgent),
            Role::Reseller => Some(Failure::ExistedAgent),
            Role::Direct | Role::SubCustomer { .. } => None,
        }
    }

    /// O55, in the order of its tests: second-level, then not a client, then admin not a client, then another distributor.
    fn differ_in_distributor(&self, admin: Uin, member: Uin) -> Option<Failure> {
        let roles = (self.role_of(admin), self.role_of(member));
        match roles {
            (Role::SubCustomer { level: 2, .. }, _) | (_, Role::SubCustomer { level: 2, .. }) => {
                Some(Failure::SecondaryDistributorSubClientExisted)
            }
            (Role::SubCustomer { partner: one, .. }, Role::SubCustomer { partner: other, .. }) => {
                (one != other).then_some(Failure::AgentNotSame)
            }
            (Role::SubCustomer { .. }, _) => Some(Failure::MemberIsNotClient),
            _ => Some(Failure::ExistedClient),
        }
    }

    /// O60: a sub-customer pays exactly where O55 holds between it and the member, and for a sub-customer nobody else does.
    fn must_not_pay(&self, payer: Uin, admin: Uin, member: Uin) -> Option<Failure> {
        match self.role_of(payer) {
            // Of an admin that is nobody's customer O55 says so already.
            Role::Direct if payer == admin || !self.is_sub_customer(member) => None,
            Role::Direct => Some(Failure::ExistedClient),
            Role::Agent | Role::Reseller => Some(Failure::ExistedAgent),
            Role::AgentCustomer => Some(Failure::ExistedClient),
            Role::SubCustomer { .. } => self.differ_in_distributor(payer, member).map(|_| Failure::ExistedClient),
        }
    }

    /// O56: a partner's voucher of the member's, a sub-customer, that could still pay something.
    fn has_live_voucher(&self, member: Uin) -> bool {
        let theirs = self.vouchers.values().filter(|voucher| voucher.owner == member);
        let of_customer = theirs.filter(|it| it.pays_for == VoucherFor::Owner && it.issuer.is_some());
        let live = |it: &super::facts::Voucher| {
            it.state == VoucherStatus::Issued && it.remaining > 0 && self.now < it.expires_at
        };
        self.is_sub_customer(member) && of_customer.into_iter().any(live)
    }

    /// Whether an account's own money or credit is below zero, where that is looked at (O57, O61, O67): of external ones and
    /// of some internal types. Who hands credit down has neither.
    fn owes(&self, uin: Uin) -> bool {
        let looked_at = match self.told.get(&uin).map(|told| told.class) {
            Some(AccountClass::Internal(kind)) => self.choices.check.balance_checked_types.contains(&kind),
            Some(AccountClass::External) | None => true,
        };
        let spends = self.spending_of(uin).is_some();
        looked_at && spends && self.accounts.get(&uin).map(Account::available).is_some_and(|available| available < 0)
    }

    /// A sub-customer counts as overdue while its credit is below zero.
    fn has_overdue_bills(&self, uin: Uin) -> bool {
        self.is_sub_customer(uin) || self.accounts.get(&uin).is_some_and(|account| account.own.overdue > 0)
    }

    /// An order that is to be paid or processing, or an authorization (O58, O68).
    fn has_open_order(&self, uin: Uin) -> bool {
        let open = |spending: &Spending| spending.parked > 0 || spending.processing > 0 || spending.authorizations > 0;
        self.spending_of(uin).is_some_and(open)
    }
}
