//! The page of the platform API's codes that are no refusals: malformed requests, missing keys, overload, failures.
//! They are made where they are found, all in one way, and that way is read from the text of `edge/platform`.

use super::{Page, table};
use anyhow::{Context, Result, ensure};
use credere_core::book::Rejection;
use ignore::WalkBuilder;
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::{fs, path::Path};

/// Where problems are made, below the root.
const SOURCE: &str = "edge/platform/src";

/// The numbers of the statuses that are used there, by their name in the code.
const STATUSES: [(&str, u16); 11] = [
    ("BAD_REQUEST", 400),
    ("UNAUTHORIZED", 401),
    ("NOT_FOUND", 404),
    ("METHOD_NOT_ALLOWED", 405),
    ("REQUEST_TIMEOUT", 408),
    ("CONFLICT", 409),
    ("PAYLOAD_TOO_LARGE", 413),
    ("UNSUPPORTED_MEDIA_TYPE", 415),
    ("UNPROCESSABLE_ENTITY", 422),
    ("INTERNAL_SERVER_ERROR", 500),
    ("SERVICE_UNAVAILABLE", 503),
];

/// One kind of problem: by status and code, its titles.
type Problems = BTreeMap<(u16, String), BTreeSet<String>>;

pub(super) fn page(root: &Path) -> Result<Page> {
    let mut problems = Problems::new();
    for entry in WalkBuilder::new(root.join(SOURCE)).build() {
        let entry = entry?;
        if entry.path().extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(entry.path())?;
            read(&text, &mut problems).with_context(|| format!("in `{}`", entry.path().display()))?;
        }
    }
    let refusals: BTreeSet<&str> = Rejection::catalogue().iter().map(Rejection::code).collect();
    problems.retain(|(_, code), _| !refusals.contains(code.as_str()));
    ensure!(problems.len() > 5, "no problems were found in `{SOURCE}`; is `Problem::new` still the way to make one?");
    let rows: Vec<Vec<String>> = problems
        .iter()
        .map(|((status, code), titles)| {
            let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
            vec![format!("`{code}`"), status.to_string(), titles.join("; ")]
        })
        .collect();
    let mut body = table(&["code", "HTTP", "title"], &rows);
    body.push_str(
        "\nEvery error is `application/problem+json` (RFC 9457) with `type`, `title`, `status`, `detail`, `code` and \
         `request_id`; `field` names the field at fault where there is one. A 503 comes with `Retry-After` and nothing was \
         done. After `outcome_unknown` repeat the request with the same idempotency key to learn what holds. Refusals by \
         the rules are on a page of [their own](rejections.md).\n",
    );
    Ok(Page {
        name: "problems",
        title: "Problems of the platform API",
        about: "What a request to `/v1` can meet besides a refusal: it is malformed, not permitted, too large, too early.",
        body,
    })
}

/// Adds the problems that this text makes.
fn read(text: &str, problems: &mut Problems) -> Result<()> {
    let made = Regex::new(r#"Problem::new\(\s*StatusCode::([A-Z_]+),\s*"([a-z_]+)",\s*(?:"([^"]+)"|title)"#)?;
    let title = Regex::new(r#"let title = "([^"]+)";"#)?;
    for found in made.captures_iter(text) {
        let (status, code) = (&found[1], found[2].to_owned());
        let number = STATUSES.iter().find(|(name, _)| *name == status).map(|(_, number)| *number);
        let number = number.with_context(|| format!("the status `{status}` of `{code}` is not known here"))?;
        // A title that is too long for its line stands right before it.
        let before = || {
            let end = found.get(0).map_or(0, |whole| whole.start());
            title.captures_iter(&text[..end]).last().map(|title| title[1].to_owned())
        };
        let told = found.get(3).map(|title| title.as_str().to_owned()).or_else(before);
        let told = told.with_context(|| format!("the title of `{code}` was not found"))?;
        problems.entry((number, code)).or_default().insert(told);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Result<Vec<(u16, String, String)>> {
        let mut problems = Problems::new();
        read(text, &mut problems)?;
        let flat = problems
            .into_iter()
            .flat_map(|((status, code), titles)| titles.into_iter().map(move |title| (status, code.clone(), title)));
        Ok(flat.collect())
    }

    #[test]
    fn a_problem_is_found_however_it_is_broken_into_lines() {
        let row = (413, "body_too_large".to_owned(), "Too large".to_owned());
        for text in [
            r#"Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "Too large", detail)"#,
            "Problem::new(\n    StatusCode::PAYLOAD_TOO_LARGE,\n    \"body_too_large\",\n    \"Too large\",\n    detail,\n)",
            "let title = \"Other\";\nlet title = \"Too large\";\nreturn Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, \
             \"body_too_large\", title, detail));",
        ] {
            assert_eq!(found(text).unwrap(), std::slice::from_ref(&row), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_told_is_an_error() {
        assert!(found(r#"Problem::new(StatusCode::IM_A_TEAPOT, "tea", "Tea", detail)"#).is_err());
        assert!(found(r#"Problem::new(StatusCode::CONFLICT, "in_use", title, detail)"#).is_err());
        assert!(found("Problem::of(failure, fields)").unwrap().is_empty());
    }
}
