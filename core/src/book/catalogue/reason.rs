//! The reasons for which a command about products and discounts is refused.

use crate::book::{Because, Figure, Finding, Rule};
use crate::channel::Uin;
use credere_numbered::{Named, Numbered, Refused};

const NOT_MANAGED: &str = "not_managed";

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Numbered, Named, Refused)]
#[repr(u8)]
pub enum Reason {
    /// No product has this code.
    #[refused(NotFound, Later)]
    ProductNotFound = 1,
    /// There never was such a discount.
    #[refused(NotFound, Never)]
    DiscountNotFound = 2,
    /// The code is taken by another product.
    #[refused(Conflict, Never)]
    ProductExists = 3,
    /// The customer is managed neither by that partner nor below it.
    #[refused(Unprocessable, Later)]
    NotManaged {
        /// Whom the discount was for.
        customer: Uin,
        /// Who does not manage it.
        partner: Uin,
    } = 4,
    /// The discount was ended, by itself or with its customer's binding (R141).
    #[refused(Conflict, Never)]
    DiscountEnded = 5,
}

impl Reason {
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
