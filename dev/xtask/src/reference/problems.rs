//! The page of the platform API's codes that are no refusals: malformed requests, missing keys, overload, failures.

use super::page::{Page, table};

pub(super) fn page() -> Page {
    let rows: Vec<Vec<String>> = credere_platform::own_problems()
        .map(|problem| vec![format!("`{}`", problem.code), problem.status.to_string(), problem.title.to_owned()])
        .collect();
    let mut body = table(&["code", "HTTP", "title"], &rows);
    body.push_str(
        "\nEvery error is `application/problem+json` (RFC 9457) with `type`, `title`, `status`, `detail`, `code` and \
         `request_id`; `field` names the field at fault where there is one. A 503 comes with `Retry-After` and nothing was \
         done. After `outcome_unknown` repeat the request with the same idempotency key to learn what holds; without one, \
         read what it would have changed. Refusals by \
         the rules are on a page of [their own](rejections.md).\n",
    );
    Page {
        name: "problems",
        title: "Problems of the platform API",
        about: "What a request to `/v1` can meet besides a refusal: it is malformed, not permitted, too large, too early.",
        body,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_a_row() {
        let text = page().text();
        assert!(credere_platform::own_problems().all(|problem| text.contains(&format!("| `{}` |", problem.code))));
        assert!(text.contains("| `outcome_unknown` | 500 |"));
    }
}
