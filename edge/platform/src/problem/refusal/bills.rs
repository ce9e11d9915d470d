//! What refusals about bills and receipts say.
//! When they come is the core's affair.

use super::super::Problem;
use credere_core::book::bills::Reason;

/// Title and sentence.
pub(super) fn words(reason: &Reason) -> (&'static str, String) {
    match reason {
        Reason::LineNotFound => (
            "There is no such bill line",
            "a line that is named is not on that customer's bill of that month".to_owned(),
        ),
        Reason::MonthNotIssued { month, .. } => {
            ("The bill is not issued yet", format!("the bills of `{month}` are not issued yet (R76, R94)"))
        }
    }
}

/// The problem with the figures of the reason.
pub(super) fn figures(problem: Problem, reason: &Reason) -> Problem {
    match *reason {
        Reason::MonthNotIssued { month, issued_at, customer, .. } => {
            let problem = problem.with("account_uin", customer.number());
            problem.with("month", month.to_string()).with_time("issued_at", issued_at)
        }
        _ => problem,
    }
}
