//! The page of refusals: every code that the core's list has, in its order, with what it means to a program and when it
//! comes, as the reason itself says.

use super::page::{Page, table};
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
    let meaning = rejection.meaning();
    let status = match meaning.status {
        Status::Forbidden => 403,
        Status::NotFound => 404,
        Status::Conflict => 409,
        Status::PaymentRequired => 402,
        Status::Unprocessable => 422,
    };
    let later = match meaning.retry {
        Retry::Later => "yes",
        Retry::Never => "not unchanged",
    };
    let because = rejection.because();
    let explained: Vec<String> =
        because.iter().map(|finding| format!("{} `{}`", finding.rule, finding.figure.name())).collect();
    let code = format!("`{}`", rejection.code());
    vec![code, status.to_string(), later.to_owned(), meaning.when.to_owned(), explained.join(", ")]
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
