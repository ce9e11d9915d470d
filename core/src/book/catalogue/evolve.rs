//! Applying the events about products and discounts.

use super::event::{DiscountEnded, DiscountSet, Event, ProductAdded, ProductChanged};
use crate::book::Book;
use crate::book::fit::Misfit;
use crate::channel::{Discount, DiscountId, Product};

/// Applies an event at journal position `seq`.
pub(in crate::book) fn apply(book: &mut Book, seq: u64, event: &Event) -> Result<(), Misfit> {
    match event {
        Event::ProductAdded(added) => {
            let ProductAdded { number, code, name, settlement, grace_hours, retention_days, freeze, inheritable } =
                added;
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
                inheritable: *inheritable,
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
            inheritable,
        }) => {
            let product = book.deployment.products.get_mut(*number as usize).ok_or("no such product")?;
            product.name.clone_from(name);
            product.freeze = *freeze;
            (product.settlement, product.own_grace_hours) = (*settlement, *grace_hours);
            (product.retention_days, product.inheritable) = (*retention_days, *inheritable);
            book.metering.schedule.retime(*number, product);
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
        Event::DiscountEnded(DiscountEnded { id }) => book.end_discount(*id)?,
    }
    Ok(())
}
