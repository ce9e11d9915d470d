//! What refusals about products and discounts say.
//! When they come is the core's affair.

use super::super::Problem;
use credere_core::book::catalogue::Reason;

/// Title and sentence.
pub(super) fn words(reason: &Reason) -> (&'static str, String) {
    match reason {
        Reason::ProductNotFound => ("There is no such product", "no product has this code".to_owned()),
        Reason::DiscountNotFound => ("There is no such discount", "no discount has this id".to_owned()),
        Reason::ProductExists => ("The code is taken", "there is a product with this code already".to_owned()),
        Reason::NotManaged { customer, partner } => (
            "Not that partner's customer",
            format!(
                "the customer `{customer}` is managed neither by `{partner}` nor by one of its second-level resellers"
            ),
        ),
        Reason::DiscountEnded => {
            ("The discount has ended", "the discount was ended, by itself or with its customer's binding".to_owned())
        }
    }
}

/// The problem with the figures of the reason.
pub(super) fn figures(problem: Problem, reason: &Reason) -> Problem {
    match *reason {
        Reason::NotManaged { customer, .. } => problem.with("account_uin", customer.number()),
        _ => problem,
    }
}
