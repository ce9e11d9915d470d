//! The page of refusals: every code that the core's list has, in its order, with what it means to a program. When each
//! comes is said by area, in a match that knows every kind, so that a new one does not compile without its sentence.

mod bills;
mod buying;
mod catalogue;
mod deployment;
mod metering;
mod notices;
mod parties;
mod standing;
mod vouchers;

use super::page::{Page, table};
use credere_core::access::Denial;
use credere_core::book::{Rejection, Retry, Status};

pub(super) fn page() -> Page {
    let rows: Vec<Vec<String>> = Rejection::catalogue().iter().map(row).collect();
    let mut body = table(&["code", "HTTP", "may succeed later", "when", "explained by"], &rows);
    body.push_str(
        "\nA refusal changes nothing, gets a place in the journal and in the audit, and is remembered under its \
         idempotency key; not so those with 403, which are never remembered, and \
         `idempotency_key_reused`, which leaves no record. *Explained by* names the comparison in the answer's \
         `because`: the rule, and whose figure was looked at. What the Cloud API answers instead is on the page of its \
         [error codes](error-codes.md).\n",
    );
    Page {
        name: "rejections",
        title: "Refusals",
        about: "Every reason why the rules refuse a command, in order of precedence: the first that applies is the one \
                that is told. The code is stable.",
        body,
    }
}

fn row(rejection: &Rejection) -> Vec<String> {
    let status = match rejection.meaning().status {
        Status::Forbidden => 403,
        Status::NotFound => 404,
        Status::Conflict => 409,
        Status::PaymentRequired => 402,
        Status::Unprocessable => 422,
    };
    let later = match rejection.meaning().retry {
        Retry::Later => "yes",
        Retry::Never => "not unchanged",
    };
    let because = rejection.because();
    let explained: Vec<String> =
        because.iter().map(|finding| format!("{} `{}`", finding.rule, finding.figure.name())).collect();
    let code = format!("`{}`", rejection.code());
    vec![code, status.to_string(), later.to_owned(), when(rejection).to_owned(), explained.join(", ")]
}

fn when(rejection: &Rejection) -> &'static str {
    match rejection {
        Rejection::KeyReused => "The idempotency key was used before with another content.",
        Rejection::NotPermitted(Denial::ReadOnlyKey) => "A platform key that may only read was used to write.",
        Rejection::NotPermitted(Denial::WrongRole) => "The caller's role has no part in this action.",
        Rejection::NotPermitted(Denial::NotYours) => "The role may do this, but not to this account.",
        Rejection::NothingDue => "Nothing is due for it; only Credere itself can meet this.",
        Rejection::EmptyPeriod => "The end lies before the start, or the time is over already.",
        Rejection::AmountZero => "An amount of zero would change nothing (R39).",
        Rejection::AmountNotPositive => "The amount must be above zero.",
        Rejection::AmountNegative => "The amount must not be below zero.",
        Rejection::AmountOverflow => "A figure would leave the range of an amount.",
        Rejection::NumbersExhausted => {
            "No number is left for another account, product or platform key, or in the shard's journal."
        }
        Rejection::Parties(reason) => parties::when(reason),
        Rejection::Catalogue(reason) => catalogue::when(reason),
        Rejection::Buying(reason) => buying::when(reason),
        Rejection::Metering(reason) => metering::when(reason),
        Rejection::Vouchers(reason) => vouchers::when(reason),
        Rejection::Bills(reason) => bills::when(reason),
        Rejection::Standing(reason) => standing::when(reason),
        Rejection::Notices(reason) => notices::when(reason),
        Rejection::Deployment(reason) => deployment::when(reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_row() {
        let text = page().text();
        for rejection in Rejection::catalogue() {
            assert!(text.contains(&format!("| `{}` |", rejection.code())), "{}", rejection.code());
        }
        assert!(text.contains("| `insufficient_credit` | 402 | yes |"));
        assert!(text.contains("R32 `allocatable`"));
    }
}
