//! What a refusal by the rules says: status, title, a sentence with its figures, and the figures as members. The list
//! of reasons is the core's; here they are only put into words, by area.

mod bills;
mod buying;
mod catalogue;
mod deployment;
mod finance;
mod members;
mod metering;
mod notices;
mod packs;
mod parties;
mod standing;
mod transfers;
mod vouchers;

use super::Problem;
use axum::http::StatusCode;
use credere_core::access::Denial;
use credere_core::book::{Rejection, Status, buying::Reason};
use credere_core::channel::{Purchase, Side, Uin};
use credere_core::money::Amount;
pub(super) use parties::no_party;

fn status(rejection: &Rejection) -> StatusCode {
    match rejection.meaning().status {
        Status::Forbidden => StatusCode::FORBIDDEN,
        Status::NotFound => StatusCode::NOT_FOUND,
        Status::Conflict => StatusCode::CONFLICT,
        Status::PaymentRequired => StatusCode::PAYMENT_REQUIRED,
        Status::Unprocessable => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

/// The problem that a refusal is.
pub(super) fn problem(rejection: &Rejection) -> Problem {
    let (title, detail) = words(rejection);
    let problem = Problem::new(status(rejection), rejection.code(), title, detail).because(&rejection.because());
    figures(problem, rejection)
}

/// The refusal that people read about first.
pub(super) fn short_of_credit() -> Rejection {
    let (required, available) = (Amount::from_units(10_001_000_000), Amount::whole(100));
    Rejection::Buying(Reason::InsufficientCredit {
        side: Side::Customer,
        account: Uin::LOWEST,
        required,
        available,
        other: None,
        kind: Purchase::Order,
    })
}

fn words(rejection: &Rejection) -> (&'static str, String) {
    match rejection {
        Rejection::KeyReused => (
            "The idempotency key was used for something else",
            "this idempotency key was used before with another content; a new request needs a new key".to_owned(),
        ),
        Rejection::NotPermitted(Denial::ReadOnlyKey) => {
            ("The key may only read", "this platform key has read access, and the request would write".to_owned())
        }
        Rejection::NotPermitted(Denial::WrongRole) => {
            ("Not for this caller", "the caller's role has no part in this".to_owned())
        }
        Rejection::NotPermitted(Denial::NotYours) => {
            ("Not for this caller", "the caller may not do this to that account".to_owned())
        }
        Rejection::NothingDue => ("Nothing is due", "there is nothing to do at this moment".to_owned()),
        Rejection::EmptyPeriod => {
            ("The period is empty", "the end lies before the start, or the period is over already".to_owned())
        }
        Rejection::AmountZero => ("The amount is zero", "an amount of zero would change nothing (R39)".to_owned()),
        Rejection::AmountNotPositive => ("The amount is not positive", "the amount must be above zero".to_owned()),
        Rejection::AmountNegative => ("The amount is negative", "the amount must not be below zero".to_owned()),
        Rejection::AmountOverflow => {
            ("A figure is out of range", "a sum or product would leave the range of an amount".to_owned())
        }
        Rejection::NumbersExhausted => {
            ("No number is left", "every number that could be given out is taken".to_owned())
        }
        Rejection::Parties(reason) => parties::words(reason),
        Rejection::Catalogue(reason) => catalogue::words(reason),
        Rejection::Buying(reason) => buying::words(reason),
        Rejection::Metering(reason) => metering::words(reason),
        Rejection::Vouchers(reason) => vouchers::words(reason),
        Rejection::Bills(reason) => bills::words(reason),
        Rejection::Standing(reason) => standing::words(reason),
        Rejection::Notices(reason) => notices::words(reason),
        Rejection::Finance(reason) => finance::words(reason),
        Rejection::Members(reason) => members::words(reason),
        Rejection::Packs(reason) => packs::words(*reason),
        Rejection::Transfers(reason) => transfers::words(reason),
        Rejection::Deployment(reason) => deployment::words(reason),
    }
}

fn figures(problem: Problem, rejection: &Rejection) -> Problem {
    match rejection {
        Rejection::Parties(reason) => parties::figures(problem, reason),
        Rejection::Catalogue(reason) => catalogue::figures(problem, reason),
        Rejection::Buying(reason) => buying::figures(problem, reason),
        Rejection::Metering(reason) => metering::figures(problem, reason),
        Rejection::Vouchers(reason) => vouchers::figures(problem, reason),
        Rejection::Bills(reason) => bills::figures(problem, reason),
        Rejection::Standing(reason) => standing::figures(problem, reason),
        Rejection::Notices(reason) => notices::figures(problem, reason),
        Rejection::Members(reason) => members::figures(problem, reason),
        Rejection::Transfers(reason) => transfers::figures(problem, reason),
        Rejection::Deployment(reason) => deployment::figures(problem, reason),
        _ => problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use credere_core::book::Value;
    use std::collections::BTreeMap;

    #[test]
    fn every_refusal_is_told_in_a_sentence_without_its_full_stop() {
        let mut titles = BTreeMap::new();
        for rejection in Rejection::catalogue() {
            let (title, detail) = words(&rejection);
            assert!(!detail.starts_with(char::is_uppercase) && !detail.ends_with('.'), "{detail}");
            assert!(title.starts_with(char::is_uppercase) && !title.ends_with('.'), "{title}");
            // One code has one title, whatever it holds.
            assert_eq!(*titles.entry(rejection.code()).or_insert(title), title);
        }
    }

    #[test]
    fn what_a_refusal_compared_is_among_its_members() {
        for rejection in Rejection::catalogue() {
            let problem = problem(&rejection);
            for finding in rejection.because().iter().filter(|finding| !finding.passed()) {
                let told: Vec<String> = problem.0.figures.values().map(|figure| figure.to_string()).collect();
                let account = finding.account.number().to_string();
                let least = if matches!(finding.found, Value::Amount(_)) { 2 } else { 1 };
                assert!(told.contains(&account) && told.len() >= least, "{}: {told:?}", rejection.code());
            }
        }
    }
}
