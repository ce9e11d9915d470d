//! The part of the book about products and discounts: what takes a part off a price. What is sold is the deployment's.

use super::reason::Reason;
use super::running::Running;
use crate::book::fit::Fit;
use crate::book::pages::{PageKey, Pages};
use crate::book::{Book, Rejection};
use crate::channel::{Binding, Discount, DiscountId, DiscountScope, Price, Product, ProductCode, Uin};
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

    /// What `list` of a product costs on both sides at `now`, for a customer under one of its bindings (or for a partner
    /// itself when `customer` is absent: it pays its own price; or at list price where nobody stands between payer and
    /// platform). A customer has the discounts of the partner that it is
    /// bound to and of the one that pays; under a binding that has ended those of another partner do not count.
    ///
    /// # Errors
    /// [`Overflow`] when a side's amount does not fit.
    pub fn price(
        &self,
        customer: Option<(Uin, Binding)>,
        paying: Option<Uin>,
        product: u32,
        list: Amount,
        now: Moment,
    ) -> Result<Price, Overflow> {
        let partner_rate =
            paying.map(|paying| self.rate(DiscountScope::Partner(paying), [paying, paying], product, now));
        let customer_rate = match (customer, paying) {
            (Some((uin, Binding { partner, .. })), Some(paying)) => {
                self.rate(DiscountScope::Customer(uin), [partner, paying], product, now)
            }
            (Some(_), None) | (None, _) => partner_rate.unwrap_or(Rate::ONE),
        };
        Price::at(list, customer_rate, partner_rate)
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
