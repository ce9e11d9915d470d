//! The page of the Cloud API: its error codes with their meaning, and for every action that is offered its calls per
//! second, its callers and the codes published for it.

use super::page::{Page, table};
use credere_cloud::actions::{ActionReference, EVERY_CALL, reference};
use credere_cloud::error::ErrorCode;
use credere_core::access::Role;

pub(super) fn page() -> Page {
    let code = |code: &ErrorCode| {
        let any = if EVERY_CALL.contains(code) { "yes" } else { "" };
        vec![format!("`{}`", code.name()), any.to_owned(), code.meaning().to_owned()]
    };
    let codes: Vec<Vec<String>> = ErrorCode::ALL.iter().map(code).collect();
    let actions: Vec<Vec<String>> = reference().iter().map(action).collect();
    let body = format!(
        "{}\n## Actions\n\nEach action answers the codes published for it, besides those of any call. An action that is \
         published and not listed here answers `InvalidAction`. Calls per second are for one account and one action.\n\n{}",
        table(&["code", "any call", "when"], &codes),
        table(&["action", "version", "writes", "calls per second", "callers", "codes"], &actions),
    );
    Page {
        name: "error-codes",
        title: "Error codes of the Cloud API",
        about: "The published codes that the Cloud API answers with, always with HTTP status 200 and a request id.",
        body,
    }
}

fn action(action: &ActionReference) -> Vec<String> {
    let codes: Vec<String> = action.errors.iter().map(|code| format!("`{}`", code.name())).collect();
    let roles: Vec<&str> = action.roles.iter().copied().map(Role::name).collect();
    vec![
        format!("`{}`", action.name),
        format!("{} {}", action.service.name(), action.version),
        if action.writes { "yes" } else { "" }.to_owned(),
        action.per_second.to_string(),
        roles.join(", "),
        codes.join(", "),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_and_action_has_a_row() {
        let text = page().text();
        assert!(ErrorCode::ALL.iter().all(|code| text.contains(&format!("| `{}` |", code.name()))));
        assert!(reference().iter().all(|action| text.contains(&format!("| `{}` |", action.name))));
    }
}
