//! What became of products and discounts by a command that went through, as it is shown to whoever asked for it.

use crate::command::{Done, unexpected};
use crate::failure::Failure;
use credere_core::book::{Event, catalogue};
use credere_core::channel::{Discount, DiscountId, Product};

impl Done {
    /// The product as it was added or changed.
    ///
    /// # Errors
    /// [`Failure::Internal`] when none was.
    pub fn product(&self) -> Result<Product, Failure> {
        match &*self.event {
            Event::Catalogue(catalogue::Event::ProductAdded(fact)) => Ok(Product {
                code: fact.code.clone(),
                name: fact.name.clone(),
                settlement: fact.settlement,
                own_grace_hours: fact.grace_hours,
                retention_days: fact.retention_days,
                freeze: fact.freeze,
                inheritable: fact.inheritable,
            }),
            Event::Catalogue(catalogue::Event::ProductChanged(fact)) => Ok(Product {
                code: fact.code.clone(),
                name: fact.name.clone(),
                settlement: fact.settlement,
                own_grace_hours: fact.grace_hours,
                retention_days: fact.retention_days,
                freeze: fact.freeze,
                inheritable: fact.inheritable,
            }),
            _ => Err(unexpected()),
        }
    }

    /// The discount that was set.
    ///
    /// # Errors
    /// [`Failure::Internal`] when none was.
    pub fn discount(&self) -> Result<Discount, Failure> {
        let Event::Catalogue(catalogue::Event::DiscountSet(fact)) = &*self.event else { return Err(unexpected()) };
        Ok(Discount {
            id: DiscountId(self.number()?),
            scope: fact.scope,
            partner: fact.partner,
            product: fact.product,
            rate: fact.rate,
            starts_at: fact.starts_at,
            ends_at: fact.ends_at,
        })
    }
}
