//! The reasons for which a command about products and discounts is refused.

use crate::book::{Because, Figure, Finding, Meaning, Retry, Rule, Status};
use crate::channel::Uin;
use credere_numbered::Numbered;

const NOT_MANAGED: &str = "not_managed";

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Numbered)]
#[repr(u8)]
pub enum Reason {
    /// There is no such product.
    ProductNotFound = 1,
    /// There is no such discount.
    DiscountNotFound = 2,
    /// The code is taken by a product.
    ProductExists = 3,
    /// The customer is not managed by that partner or its second-level resellers.
    NotManaged {
        /// Whom the discount was for.
        customer: Uin,
        /// Who does not manage it.
        partner: Uin,
    } = 4,
    /// The discount was ended, or ended with its customer's binding.
    DiscountEnded = 5,
}

impl Reason {
    /// What it means to a program.
    pub(in crate::book) const fn meaning(&self) -> Meaning {
        match self {
            Reason::ProductNotFound => Meaning::of("product_not_found", Status::NotFound, Retry::Later),
            Reason::DiscountNotFound => Meaning::of("discount_not_found", Status::NotFound, Retry::Never),
            Reason::ProductExists => Meaning::of("product_exists", Status::Conflict, Retry::Never),
            Reason::NotManaged { .. } => Meaning::of(NOT_MANAGED, Status::Unprocessable, Retry::Later),
            Reason::DiscountEnded => Meaning::of("discount_ended", Status::Conflict, Retry::Never),
        }
    }

    /// What was looked at, for the refusals that are about a figure.
    pub(in crate::book) fn because(&self) -> Because {
        match *self {
            Reason::NotManaged { customer, .. } => Because::from_iter([managed(customer, false)]),
            Reason::ProductNotFound | Reason::DiscountNotFound | Reason::ProductExists | Reason::DiscountEnded => {
                Because::new()
            }
        }
    }
}

/// Whether a customer is the partner's that gives it something (R124).
pub(in crate::book) fn managed(customer: Uin, found: bool) -> Finding {
    Finding::must_be(Rule::R124, (customer, Figure::Managed), true, found, NOT_MANAGED)
}
