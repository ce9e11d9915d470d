//! The conditions of pay-on-behalf put to the book as it stands (O49-O73): what they look at, and what comes of them for two
//! accounts. Asking changes nothing.

use super::parties::Party;
use super::{Book, Rejection, Rules, parties};
use crate::channel::{EntityId, OrderState, Spending, Uin, Voucher, VoucherKind};
use crate::ledger::Moment;
use crate::money::Amount;
use crate::organization::{Facts, Joining, OpenOrder, Permissions, Verdict, check_joining, check_leaving};

/// Who would pay for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The organization's admin.
    pub admin: Uin,
    /// Its member.
    pub member: Uin,
}

impl Book {
    /// What every condition for entering comes to, where the admin is to have these permissions and this account to pay. Where the
    /// admin has no organization yet it has been granted nothing, and no other entity is associated with it.
    ///
    /// # Errors
    /// [`parties::Reason::PartyNotFound`]
    pub fn check_joining(
        &self,
        rules: &Rules,
        now: Moment,
        pair: Pair,
        permissions: Permissions,
        payer: Option<Uin>,
    ) -> Result<Verdict, Rejection> {
        let entry = Entry { permissions, payer, created: false, applied: false };
        self.check_entry(rules, now, pair.admin, &self.existing_facts(pair.member, now)?, entry)
    }

    /// What every condition for entering comes to for somebody of whom this is known.
    pub(super) fn check_entry(
        &self,
        rules: &Rules,
        now: Moment,
        admin: Uin,
        member: &Facts<'_>,
        entry: Entry,
    ) -> Result<Verdict, Rejection> {
        let Entry { permissions, payer, created, applied } = entry;
        let organization = self.organization_of_admin(admin);
        let features = organization.map(|one| one.settings.features.as_slice()).unwrap_or_default();
        let relation = organization.zip(member.entity).and_then(|(one, entity)| self.relation_to(one.id, entity));
        let relation = relation.filter(|one| one.is_active());
        // Nobody pays on its own behalf.
        let entity_admin = relation.and_then(|one| one.admin).filter(|uin| *uin != member.uin);
        let entity_admin = entity_admin.and_then(|uin| self.facts(uin, now));
        let joining = Joining {
            admin: &self.existing_facts(admin, now)?,
            member,
            permissions,
            payer,
            features,
            created: created.then(|| self.account_facts(admin).site),
            associated: relation.is_some() || applied && member.entity.is_some(),
            entity_admin: entity_admin.as_ref(),
        };
        Ok(check_joining(&rules.check, &joining))
    }

    /// What every condition for leaving comes to.
    ///
    /// # Errors
    /// [`parties::Reason::PartyNotFound`]
    pub fn check_leaving(&self, rules: &Rules, now: Moment, pair: Pair) -> Result<Verdict, Rejection> {
        self.existing_account(pair.admin)?;
        Ok(check_leaving(&rules.check, &self.existing_facts(pair.member, now)?))
    }

    /// Whether either of two is a partner's sub-customer (O2).
    pub(super) fn in_distribution(&self, pair: Pair) -> bool {
        [pair.admin, pair.member].iter().any(|uin| self.channel_role(*uin).is_sub_customer())
    }

    /// What the conditions look at of an account.
    pub(super) fn existing_facts(&self, uin: Uin, now: Moment) -> Result<Facts<'_>, Rejection> {
        self.facts(uin, now).ok_or(parties::Reason::PartyNotFound(Party::Account, uin).into())
    }

    /// What the conditions look at of an account; `None` where there is no such account.
    fn facts(&self, uin: Uin, now: Moment) -> Option<Facts<'_>> {
        let (account, role, told) = (self.account(uin)?, self.channel_role(uin), self.account_facts(uin));
        let spender = self.spender(uin);
        Some(Facts {
            uin,
            class: account.class,
            verification: account.verification,
            entity: told.entity.as_ref().map(EntityId::as_str),
            role,
            available: spender.map(|spender| spender.available),
            overdue_amount: if role.pays_for_itself() { account.own().overdue_amount } else { Amount::ZERO },
            tier: account.tier,
            followed: told.followed,
            card: told.has_card(self.calendar().month(now)),
            payer: self.payer_of(uin),
            pays: self.pays_for_others(uin),
            inherits_from: self.inherits_offers_from(uin),
            inherited: self.passes_offers_on(uin),
            account_offer: self.has_account_offer(uin, now),
            voucher: self.vouchers_of(uin).find(|voucher| can_pay(voucher, now)).map(|voucher| voucher.remaining),
            open_order: spender.and_then(|spender| open_order(&spender.spending)),
        })
    }
}

/// On which terms somebody enters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    /// What the admin is to be allowed to do.
    pub(super) permissions: Permissions,
    /// Who is to pay, where it is said.
    pub(super) payer: Option<Uin>,
    /// Whether the account is opened for the organization.
    pub(super) created: bool,
    /// Whether it is applied with this for the trust of the organization in the account's entity, which must be there when it joins.
    pub(super) applied: bool,
}

/// Whether a voucher that a partner issued can still pay something (O56).
fn can_pay(voucher: &Voucher, now: Moment) -> bool {
    !matches!(voucher.kind, VoucherKind::Customer { issuer: None })
        && voucher.status.usable_until(voucher.expires_at, now)
        && voucher.remaining.is_positive()
}

/// What keeps an account that has this open from entering or leaving (O58, O68).
fn open_order(spending: &Spending) -> Option<OpenOrder> {
    let there = |count: u32, what| (count > 0).then_some(what);
    there(spending.parked_orders, OpenOrder::Order(OrderState::ToBePaid))
        .or(there(spending.processing_orders, OpenOrder::Order(OrderState::Processing)))
        .or(there(spending.open_authorizations, OpenOrder::Authorization))
}
