//! The part of the book about products and discounts: what takes a part off a price. What is sold is the deployment's.

use super::reason::Reason;
use super::running::Running;
use crate::book::fit::Fit;
use crate::book::map::Map;
use crate::book::pages::{PageKey, Pages};
use crate::book::{Book, Rejection};
use crate::channel::{
    Binding, Discount, DiscountId, DiscountScope, Inheritance, OfferLevel, Price, Product, ProductCode, Uin,
};
use crate::ledger::Moment;
use crate::money::{Amount, Overflow, Rate};
use std::collections::BTreeSet;

/// Discounts.
#[derive(Debug, Clone, Default)]
pub(in crate::book) struct State {
    pub(in crate::book) discounts: Pages<DiscountId, Discount>,
    /// By whose price it is, also those that are over.
    discounts_of: BTreeSet<(Uin, DiscountId)>,
    /// Those that count or will.
    pub(in crate::book) running: Running,
    /// Discounts that are over are told from those that never were, for ever: each one that has ended leaves its number
    /// here, 8 bytes.
    pub(in crate::book) ended_discounts: Pages<DiscountId, ()>,
    /// Whose offers an account had instead of its own and when, oldest first, for ever. Nearly nobody has any.
    pub(in crate::book) inheritances: Pages<Uin, Vec<Inheritance>>,
    /// Those whose offers others have now, and how many have them.
    pub(super) heirs: Map<Uin, u64>,
}

/// Whose price it is, and what makes it.
#[derive(Debug, Clone, Copy)]
pub(in crate::book) struct PriceOf {
    /// Who buys.
    pub(in crate::book) account: Uin,
    /// Its own binding, whose discounts it has.
    pub(in crate::book) binding: Option<Binding>,
    /// The partner that owes it to the platform; nobody where the platform itself is paid.
    pub(in crate::book) paying: Option<Uin>,
    /// Whose offers it has instead of its own, for what is not kept from that (O84).
    pub(in crate::book) inherits_from: Option<Uin>,
}

impl Book {
    /// All products; the position is a product's number.
    pub fn products(&self) -> &[Product] {
        &self.deployment.products
    }

    /// The product with this code, and its number.
    pub fn product(&self, code: &ProductCode) -> Option<(u32, &Product)> {
        let number = *self.deployment.product_numbers.get(code)?;
        Some((number, self.product_numbered(number)?))
    }

    /// The product with this number.
    pub fn product_numbered(&self, number: u32) -> Option<&Product> {
        self.deployment.products.get(number as usize)
    }

    /// The discounts after this one that have not been ended, oldest first; it need not be there.
    pub fn discounts_after(&self, id: DiscountId) -> impl Iterator<Item = &Discount> {
        self.catalogue.discounts.after(&id).map(|(_, discount)| discount)
    }

    /// One discount that has not been ended.
    ///
    /// # Errors
    /// [`Rejection::DiscountEnded`], [`Rejection::DiscountNotFound`]
    pub fn discount(&self, id: DiscountId) -> Result<&Discount, Rejection> {
        let ended = self.catalogue.ended_discounts.contains_key(&id);
        self.catalogue.discounts.get(&id).ok_or(if ended {
            Rejection::from(Reason::DiscountEnded)
        } else {
            Rejection::from(Reason::DiscountNotFound)
        })
    }

    /// What `list` of a product costs on both sides at `now`. A customer has the discounts of the partner that it is bound to
    /// and of the one that pays; under a binding that has ended those of another partner do not count. A partner that buys for
    /// itself pays its own price, and who pays the platform itself has its offers. Who inherits offers has those of the other
    /// account instead, where they are alike: its discounts from the same partner, or its billing-level offers (O84, O100, O101).
    ///
    /// # Errors
    /// [`Overflow`] when a side's amount does not fit.
    pub(in crate::book) fn price(
        &self,
        of: PriceOf,
        product: u32,
        list: Amount,
        now: Moment,
    ) -> Result<Price, Overflow> {
        let PriceOf { account, binding, paying, inherits_from } = of;
        let partner_rate =
            paying.map(|paying| self.rate(DiscountScope::Partner(paying), [paying, paying], product, now));
        let heir_of = inherits_from.filter(|_| self.product_numbered(product).is_some_and(|one| one.inheritable));
        let customer_rate = match (binding, paying) {
            (Some(Binding { partner, .. }), Some(paying)) => {
                let alike = |from: &Uin| self.is_customer_of(*from, partner);
                let whose = heir_of.filter(alike).unwrap_or(account);
                self.rate(DiscountScope::Customer(whose), [partner, paying], product, now)
            }
            (None, Some(_)) => partner_rate.unwrap_or(Rate::ONE),
            (_, None) => {
                let alike = |from: &Uin| self.channel_role(*from).pays_for_itself();
                let (whose, levels) = match heir_of.filter(alike) {
                    Some(from) => (from, [OfferLevel::Billing; 2]),
                    None => (account, [OfferLevel::Billing, OfferLevel::Account]),
                };
                let State { discounts, running, .. } = &self.catalogue;
                let offer = running.offer_that_counts(discounts, whose, levels, product, now);
                offer.map_or(Rate::ONE, |offer| offer.rate)
            }
        };
        Price::at(list, customer_rate, partner_rate)
    }

    /// Whether an account has an offer of its own account that counts now or will, and pays itself for what it changes (O63).
    pub(in crate::book) fn has_account_offer(&self, account: Uin, now: Moment) -> bool {
        self.catalogue.running.has_offer(account, OfferLevel::Account, now)
            && self.channel_role(account).pays_for_itself()
    }

    /// Whether an account has its credit from this partner.
    fn is_customer_of(&self, account: Uin, partner: Uin) -> bool {
        let customer = self.account(account).and_then(|account| account.on_credit());
        customer.is_some_and(|customer| customer.partner == partner)
    }

    fn rate(&self, scope: DiscountScope, given_by: [Uin; 2], product: u32, now: Moment) -> Rate {
        let State { discounts, running, .. } = &self.catalogue;
        running.that_counts(discounts, scope, given_by, product, now).map_or(Rate::ONE, |discount| discount.rate)
    }

    /// The discounts on this account's price that have not been ended, oldest first.
    pub(in crate::book) fn discounts_of(&self, account: Uin) -> impl Iterator<Item = DiscountId> {
        let theirs = (account, DiscountId(0))..=(account, DiscountId(u64::MAX));
        self.catalogue.discounts_of.range(theirs).map(|(_, id)| *id)
    }

    pub(in crate::book) fn index_discount(&mut self, discount: Discount) {
        self.catalogue.index(&discount, self.now);
        self.catalogue.discounts.insert(discount.id, discount);
    }

    /// Ends a discount for good.
    pub(in crate::book) fn end_discount(&mut self, id: DiscountId) -> Fit<()> {
        let ended = self.catalogue.discounts.remove(&id).ok_or("no such discount")?;
        self.catalogue.discounts_of.remove(&(ended.scope.account(), id));
        self.catalogue.running.remove(&ended);
        self.catalogue.ended_discounts.insert(id, ());
        Ok(())
    }
}

impl State {
    /// Makes it findable by whose price it is, and when it counts.
    fn index(&mut self, discount: &Discount, now: Moment) {
        self.discounts_of.insert((discount.scope.account(), discount.id));
        self.running.add(discount, now);
    }

    /// Makes all of them findable.
    pub(in crate::book) fn index_all(&mut self, now: Moment) {
        let all = std::mem::take(&mut self.discounts);
        all.values().for_each(|discount| self.index(discount, now));
        self.discounts = all;
    }
}

impl PageKey for DiscountId {
    fn number(&self) -> u64 {
        self.0
    }
}
