//! Applying the events about products and discounts.

use super::event::{DiscountEnded, DiscountSet, Event, ProductAdded, ProductChanged};
use crate::book::Book;
use crate::book::fit::Misfit;
use crate::channel::{Discount, DiscountId, Product, Uin};

/// Applies an event at journal position `seq`.
pub(in crate::book) fn apply(book: &mut Book, seq: u64, event: &Event) -> Result<(), Misfit> {
    match event {
        Event::ProductAdded(ProductAdded { number, code, name, settlement, grace_hours, retention_days, freeze }) => {
            if *number as usize != book.deployment.products.len() {
                return Err(Misfit("the product is not the next in order"));
            }
            book.deployment.product_numbers.insert(code.clone(), *number);
            book.deployment.products.push(Product {
                code: code.clone(),
                name: name.clone(),
                settlement: *settlement,
                own_grace_hours: *grace_hours,
                retention_days: *retention_days,
                freeze: *freeze,
            });
        }
        Event::ProductChanged(ProductChanged {
            number,
            code: _,
            name,
            settlement,
            grace_hours,
            retention_days,
            freeze,
        }) => {
            let product = book.deployment.products.get_mut(*number as usize).ok_or("no such product")?;
            product.name.clone_from(name);
            product.freeze = *freeze;
            let timing = (product.grace_hours(), product.retention_days);
            (product.settlement, product.own_grace_hours) = (*settlement, *grace_hours);
            product.retention_days = *retention_days;
            if (product.grace_hours(), product.retention_days) != timing {
                let theirs = book.metering.resources.values().filter(|resource| resource.product == *number);
                for (account, id) in theirs.map(|resource| (resource.account, resource.id)).collect::<Vec<_>>() {
                    book.reschedule_resource(account, id);
                }
            }
        }
        Event::DiscountSet(DiscountSet { scope, partner, product, rate, starts_at, ends_at }) => {
            book.index_discount(Discount {
                id: DiscountId(book.number_at(seq)?),
                scope: *scope,
                partner: *partner,
                product: *product,
                rate: *rate,
                starts_at: *starts_at,
                ends_at: *ends_at,
            });
        }
        Event::DiscountEnded(DiscountEnded { id }) => {
            let ended = book.catalogue.discounts.remove(id).ok_or("no such discount")?;
            book.catalogue.ended_discounts.insert(*id, ());
            book.drop_discount_of(ended.scope.account(), *id);
        }
    }
    Ok(())
}

impl Book {
    pub(in crate::book) fn drop_discount_of(&mut self, uin: Uin, id: DiscountId) {
        if let Some(ids) = self.catalogue.discounts_of.get_mut(&uin) {
            ids.retain(|kept| *kept != id);
            if ids.is_empty() {
                self.catalogue.discounts_of.remove(&uin);
            }
        }
    }
}
