//! The page of the access matrix: for every action and role, whether it may and to whom. The cells come from `judge`
//! itself, not from the rows that it reads.

use super::page::{Page, table};
use credere_core::access::{Action, Relation, Role, judge};

pub(super) fn page() -> Page {
    let mut head = vec!["action", "writes"];
    head.extend(Role::ALL.map(Role::name));
    let mut body = String::new();
    for (area, actions) in Action::AREAS {
        let rows: Vec<Vec<String>> = actions.iter().copied().map(row).collect();
        body.push_str(&format!("## {area}\n\n{}\n", table(&head, &rows)));
    }
    body.push_str(
        "*yes*: to any account. *own*, *direct customers*, *second levels*: to these accounts only; an account that \
         does not exist looks like somebody else's. A dash: never. The platform's columns are its keys with full access \
         and those that may only read; *system* is Credere itself, for what falls due. Actions bear these names in the \
         audit; there a batch of authorizations is one entry, `authorizations`.\n",
    );
    Page {
        name: "access-matrix",
        title: "Who may do what",
        about: "Every action, and for every role to whom it may do it. The role is judged first, the account second.",
        body,
    }
}

fn row(action: Action) -> Vec<String> {
    let writes = if action.permission().writes { "yes" } else { "" };
    let mut cells = vec![format!("`{}`", action.name()), writes.to_owned()];
    cells.extend(Role::ALL.map(|role| cell(action, role)));
    cells
}

/// To whom a role may do an action.
fn cell(action: Action, role: Role) -> String {
    let may = |relation| judge(action, role, Some(relation)).is_ok();
    let reached: Vec<Relation> = Relation::ALL.into_iter().filter(|relation| may(*relation)).collect();
    match reached.len() {
        0 => "-".to_owned(),
        all if all == Relation::ALL.len() => "yes".to_owned(),
        _ => reached.into_iter().map(Relation::name).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use credere_core::channel::PartnerKind;

    #[test]
    fn cells_say_to_whom() {
        assert_eq!(cell(Action::PlaceOrder, Role::Platform), "yes");
        assert_eq!(cell(Action::PlaceOrder, Role::PlatformRead), "-");
        assert_eq!(cell(Action::PlaceOrder, Role::Customer), "-");
        assert_eq!(cell(Action::AllocateCredit, Role::Partner(PartnerKind::Distributor)), "direct customers");
        assert_eq!(cell(Action::AllocatePool, Role::Partner(PartnerKind::Distributor)), "second levels");
        assert_eq!(cell(Action::ReadOwnCredit, Role::Customer), "own");
        assert_eq!(cell(Action::ReadCountryCodes, Role::Unaffiliated), "yes");
    }

    #[test]
    fn every_action_has_a_row() {
        let text = page().text();
        assert!(Action::ALL.iter().all(|action| text.contains(&format!("| `{}` |", action.name()))));
    }
}
