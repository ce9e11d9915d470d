//! Discounts and offers as they are kept; whose offers an account has (O14, O63, O73, O84, O100-O102), told as a plain list of what changed when; and packs (O82).

#![expect(missing_docs, reason = "fields have the glossary's names")]

use super::arithmetic::{Units, part_up_to_cents};
use super::{Auditor, Judged, Refusal, refuse, units};
use credere_core::book::finance::InheritOffers;
use credere_core::book::metering::SettleUsage;
use credere_core::book::packs::AddPack;
use credere_core::channel::{ActionType, Uin};
use credere_core::ledger::Moment;
use credere_core::organization::{Failure, Permission, Permissions};

/// Whose price a discount changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriceOf {
    Partner,
    Customer,
    /// Of an account that pays for itself; `alone` does not pass on (O100).
    Account {
        alone: bool,
    },
}

/// From a moment on an account has another one's offers, or its own again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heritage {
    pub since: Moment,
    pub from: Option<Uin>,
    pub by_sales: bool,
}

/// A pack of an account's (O82).
#[derive(Debug, Clone)]
pub struct Pack {
    pub account: Uin,
    pub product: u32,
    pub units: Units,
    pub remaining: Units,
    pub expires_at: Moment,
}

/// A rate for one party, from when until when.
#[derive(Debug, Clone)]
pub struct Discount {
    /// The account whose price it changes.
    pub party: Uin,
    pub of: PriceOf,
    /// The partner that it belongs to; of an offer the account itself.
    pub by: Uin,
    pub product: Option<u32>,
    pub rate: Units,
    pub starts_at: Option<Moment>,
    pub ends_at: Option<Moment>,
}

fn inherits(permissions: Permissions) -> bool {
    permissions.has(Permission::InheritOffers)
}

impl Auditor {
    /// Whose offers an account had at a moment instead of its own.
    pub fn heir_of(&self, account: Uin, at: Moment) -> Option<Uin> {
        let told = self.heritage.get(&account)?.iter().rev().find(|told| told.since <= at)?;
        told.from
    }

    /// Whose it has now.
    pub fn heir_now(&self, account: Uin) -> Option<Uin> {
        self.heritage.get(&account)?.last()?.from
    }

    /// Everybody who has this account's offers now.
    fn heirs(&self, from: Uin) -> usize {
        self.heritage.values().filter(|told| told.last().is_some_and(|last| last.from == Some(from))).count()
    }

    /// Whether what it has now is by its own permission: what sales have given they alone take (O102).
    fn by_permission(&self, account: Uin) -> bool {
        let last = self.heritage.get(&account).and_then(|told| told.last());
        last.is_some_and(|last| last.from.is_some() && !last.by_sales)
    }

    fn inherit(&mut self, account: Uin, from: Option<Uin>, by_sales: bool) {
        let told = Heritage { since: self.now, from, by_sales };
        self.heritage.entry(account).or_default().push(told);
        self.touched.insert(account);
    }

    /// A member's permissions become these. With the permission goes what it gave, and it gives only to who has nothing.
    pub(super) fn heed_permissions(&mut self, member: Uin, admin: Uin, before: Permissions, after: Permissions) {
        if inherits(before) && !inherits(after) && self.by_permission(member) {
            self.inherit(member, None, false);
        }
        let begins_to_be_paid = after.has(Permission::PayOnBehalf) && !before.has(Permission::PayOnBehalf);
        let given = inherits(after) && (!inherits(before) || begins_to_be_paid);
        if given && self.heir_now(member).is_none() {
            self.inherit(member, self.payer_of(member).or(Some(admin)), false);
        }
    }

    /// A member is one no more. Who was paid for loses what its permission gave (O73), and nobody else does (O14).
    pub(super) fn heed_leaving(&mut self, member: Uin, before: Permissions) {
        if self.would_lose(member, before) {
            self.inherit(member, None, false);
        }
    }

    /// Whose offers a member will have once it pays for itself: with these permissions, or outside.
    pub(super) fn heir_then(&self, member: Uin, before: Permissions, after: Option<Permissions>) -> Option<Uin> {
        let loses = match after {
            Some(after) => inherits(before) && !inherits(after) && self.by_permission(member),
            None => self.would_lose(member, before),
        };
        self.heir_now(member).filter(|_| !loses)
    }

    fn would_lose(&self, member: Uin, before: Permissions) -> bool {
        let paid = before.has(Permission::PayOnBehalf);
        paid && inherits(before) && self.by_permission(member)
    }

    /// Whether the sales may say whose offers it has: not where its payer's are its own by permission.
    fn is_for_sales(&self, account: Uin) -> Judged {
        let permitted = self.members.get(&account).is_some_and(|member| inherits(member.permissions));
        if permitted && self.payer_of(account).is_some() { refuse("paid_on_behalf") } else { Ok(()) }
    }

    /// Both have their credit from one partner, or both pay the platform.
    fn are_alike(&self, one: Uin, other: Uin) -> bool {
        match (self.line_of(one), self.line_of(other)) {
            (Some(one), Some(other)) => one.partner == other.partner,
            (None, None) => self.pays_for_itself(one) && self.pays_for_itself(other),
            _ => false,
        }
    }

    pub(super) fn inherit_offers(&mut self, asked: &InheritOffers) -> Judged {
        let InheritOffers { account, from } = *asked;
        self.known(account)?;
        self.known(from)?;
        self.is_for_sales(account)?;
        if account == from {
            return refuse("inherits_from_itself");
        }
        if !self.are_alike(account, from) {
            return refuse("offers_not_alike");
        }
        self.inherit(account, Some(from), true);
        self.note_change(account);
        Ok(())
    }

    pub(super) fn end_inheritance(&mut self, account: Uin) -> Judged {
        self.known(account)?;
        self.is_for_sales(account)?;
        if self.heir_now(account).is_none() {
            return refuse("inheritance_not_found");
        }
        self.inherit(account, None, true);
        self.note_change(account);
        Ok(())
    }

    /// What stands against inheriting the admin's offers, the first of it (O63).
    pub(super) fn must_not_inherit(&self, admin: Uin, member: Uin) -> Option<Failure> {
        if self.heir_now(member).is_some_and(|from| from != admin) {
            return Some(Failure::MemberDiscountInheritExisted);
        }
        if self.heir_now(admin).is_some() {
            return Some(Failure::OwnerDiscountInheritExisted);
        }
        if self.has_offer_alone(member) {
            return Some(Failure::MemberExistAccountLevelDiscountInherit);
        }
        if self.has_offer_alone(admin) {
            return Some(Failure::PayerExistAccountLevelDiscountInherit);
        }
        (self.heirs(member) > 0).then_some(Failure::AddDiscountInheritNotAllow)
    }

    /// An offer of its account alone that is not over.
    fn has_offer_alone(&self, account: Uin) -> bool {
        let alone = |discount: &Discount| {
            discount.party == account
                && discount.of == PriceOf::Account { alone: true }
                && discount.ends_at.is_none_or(|end| self.now < end)
        };
        self.pays_for_itself(account) && self.discounts.values().any(alone)
    }

    pub(super) fn add_pack(&mut self, seq: u64, new: &AddPack) -> Judged {
        let AddPack { account, ref product, units, expires_at } = *new;
        self.known(account)?;
        let product = self.product(product)?;
        let units = Units::from(units.units());
        if units == 0 {
            return refuse("units_not_positive");
        }
        if expires_at <= self.now {
            return refuse("empty_period");
        }
        self.packs.insert(seq, Pack { account, product, units, remaining: units, expires_at });
        self.note_change(account);
        Ok(())
    }

    /// What is left to pay of usage at list price once its own account's packs have covered what they can, whoever pays; with
    /// which covered how much.
    pub(super) fn covered(
        &self,
        record: &SettleUsage,
        product: u32,
        action: ActionType,
    ) -> Result<(Units, Vec<(u64, Units)>), Refusal> {
        let list = units(record.amount);
        let Some(asked) = record.units.map(|factor| Units::from(factor.units())) else { return Ok((list, Vec::new())) };
        if asked == 0 {
            return refuse("units_not_positive");
        }
        if action == ActionType::ReconIncrease {
            return refuse("compensation_has_units");
        }
        let fits = |pack: &Pack| {
            pack.account == record.account
                && pack.product == product
                && pack.remaining > 0
                && self.now < pack.expires_at
        };
        let mut theirs: Vec<(Moment, u64, Units)> = Vec::new();
        for (id, pack) in self.packs.iter().filter(|(_, pack)| fits(pack)) {
            theirs.push((pack.expires_at, *id, pack.remaining));
        }
        theirs.sort_unstable();
        let (mut open, mut uses) = (asked, Vec::new());
        for (_, id, remaining) in theirs {
            if open > 0 {
                let covers = remaining.min(open);
                open -= covers;
                uses.push((id, covers));
            }
        }
        let left = if uses.is_empty() { list } else { part_up_to_cents(list, open, asked) };
        Ok((left, uses))
    }

    pub(super) fn use_packs(&mut self, uses: Vec<(u64, Units)>) {
        for (id, covers) in &uses {
            if let Some(pack) = self.packs.get_mut(id) {
                pack.remaining -= covers;
            }
        }
        self.pack_uses.extend(&uses);
        self.last_covered = uses;
    }
}
