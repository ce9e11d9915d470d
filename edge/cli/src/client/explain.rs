//! A decision explained in sentences: who asked for what, what came of it, which figures were compared under which rule,
//! and what followed. The words are the server's; here they are only put one under the other.

use crate::terminal::{say, show_plain};
use serde_json::Value;

/// Prints the answer of `GET /v1/decisions/{request_id}`.
pub(super) fn print(decision: &Value) {
    for line in lines(decision) {
        say(line);
    }
}

fn lines(decision: &Value) -> Vec<String> {
    let text = |name: &str| decision.get(name).map(show_plain).unwrap_or_else(|| "-".to_owned());
    let said = |name: &str| decision.get(name).is_some_and(|value| !value.is_null());
    let mut lines =
        vec![format!("{} by {} through the {} face, at {}", text("action"), text("actor"), text("face"), text("at"))];
    lines.push(format!("request {}, journal position {}", text("request_id"), text("journal_position")));
    if said("key") {
        lines.push(format!("operation `{}` of that request", text("key")));
    }
    if said("account_uin") {
        lines.push(format!("for account {}", text("account_uin")));
    }
    let side = if said("side") { format!(" on the {}'s side", text("side")) } else { String::new() };
    lines.push(match (text("outcome").as_str(), said("detail")) {
        ("done", _) => format!("done: {}", text("event")),
        (outcome, true) => format!("{outcome}{side}: {} ({})", text("detail"), text("code")),
        (outcome, false) => format!("{outcome}{side}: {}", text("code")),
    });
    if let Some(batch) = decision.get("batch").and_then(Value::as_object) {
        let counts = batch.iter().filter(|(_, count)| count.is_number());
        let counts: Vec<String> = counts.map(|(name, count)| format!("{name} {}", show_plain(count))).collect();
        lines.push(format!("of the batch: {}", counts.join(", ")));
        section(&mut lines, &decision["batch"], "refusals", refusal);
    }
    section(&mut lines, decision, "because", comparison);
    section(&mut lines, decision, "followed", consequence);
    lines
}

fn section(lines: &mut Vec<String>, decision: &Value, name: &str, line: fn(&Value) -> String) {
    let items = decision.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    if !items.is_empty() {
        lines.push(name.to_owned());
        lines.extend(items.iter().map(line));
    }
}

fn comparison(because: &Value) -> String {
    let part = |name: &str| because.get(name).map(show_plain).unwrap_or_else(|| "-".to_owned());
    let holds = |name: &str| because.get(name) == Some(&Value::Bool(true));
    let verdict = match (holds("applies"), holds("passed")) {
        (_, false) => "FAILED",
        (true, true) => "passed",
        (false, true) => "told",
    };
    let figure = format!("{} of {} is {}", part("figure"), part("account_uin"), part("found"));
    let compared = match (because.get("required"), because.get("after")) {
        (Some(required), _) if verdict == "told" => format!(", against {}", show_plain(required)),
        (Some(required), _) => format!(", needed {}", show_plain(required)),
        (None, Some(after)) => format!(", becomes {}", show_plain(after)),
        (None, None) => String::new(),
    };
    format!("  {verdict} {}, {}: {figure}{compared}", part("rule"), part("gist"))
}

fn refusal(refused: &Value) -> String {
    let part = |name: &str| refused.get(name).map(show_plain).unwrap_or_else(|| "-".to_owned());
    format!("  {} {} of {}: {}", part("journal_position"), part("action"), part("account_uin"), part("code"))
}

fn consequence(followed: &Value) -> String {
    let part = |name: &str| followed.get(name).map(show_plain).unwrap_or_else(|| "-".to_owned());
    let told = followed.get("notices").and_then(Value::as_array).into_iter().flatten().map(|notice| {
        let part = |name: &str| notice.get(name).map(show_plain).unwrap_or_else(|| "-".to_owned());
        format!("{} to {}", part("kind"), part("recipient_uin"))
    });
    let told: Vec<String> = told.collect();
    let told = if told.is_empty() { String::new() } else { format!(": told {}", told.join(", ")) };
    format!("  {} {} of {}{told}", part("journal_position"), part("event"), part("account_uin"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_refusal_says_on_which_side_and_by_which_figure() {
        let decision = json!({
            "request_id": "r", "key": null, "journal_position": 42, "at": "t", "actor": "platform:key_1",
            "face": "platform", "action": "place_order", "account_uin": 7, "outcome": "refused",
            "code": "insufficient_credit", "detail": "too little", "side": "customer", "event": null, "batch": null,
            "because": [{ "rule": "R55", "gist": "a purchase must not exceed it", "account_uin": 7,
                "figure": "customer_available", "required": "2", "found": "1", "applies": true, "passed": false },
                { "rule": "R27", "gist": "what is owed", "account_uin": 9, "figure": "owed", "found": "5", "after": "4",
                "applies": false, "passed": true }],
            "followed": [{ "journal_position": 43, "event": "customer_reviewed", "account_uin": 7,
                "notices": [{ "id": "n", "kind": "credit_below_25", "recipient_uin": 9, "level": 25 }] }],
        });
        let expected = [
            "place_order by platform:key_1 through the platform face, at t",
            "request r, journal position 42",
            "for account 7",
            "refused on the customer's side: too little (insufficient_credit)",
            "because",
            "  FAILED R55, a purchase must not exceed it: customer_available of 7 is 1, needed 2",
            "  told R27, what is owed: owed of 9 is 5, becomes 4",
            "followed",
            "  43 customer_reviewed of 7: told credit_below_25 to 9",
        ];
        assert_eq!(lines(&decision), expected);
    }
}
