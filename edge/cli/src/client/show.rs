//! Answers as tables: a list becomes a row each, one thing a line a field. Nested fields are named by their path.

use crate::terminal::{marked, say, show_plain};
use comfy_table::{ContentArrangement, Table, presets::UTF8_FULL_CONDENSED};
use serde_json::Value;

/// An empty table with this head.
pub(crate) fn table(head: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic).set_header(head);
    table
}

/// Prints an answer.
pub(super) fn print(answer: &Value) {
    match answer.get("data").and_then(Value::as_array) {
        Some(rows) if rows.is_empty() => say("(none)"),
        Some(rows) => {
            say(table_of(rows));
            if answer.get("next_cursor").is_some_and(|cursor| !cursor.is_null()) {
                say("(there are more; --json shows the cursor)");
            }
        }
        None if answer.is_null() => say("done"),
        None => {
            let (fields, parts) = apart(answer);
            let mut fields = flat(&fields);
            fields.sort_by_key(|(field, _)| place(field));
            let mut table = table(&["field", "value"]);
            for (field, text) in fields {
                table.add_row([field, text]);
            }
            say(table);
            for (name, rows) in parts {
                say(name);
                say(table_of(rows));
            }
        }
    }
}

/// A row for each thing.
fn table_of(rows: &[Value]) -> Table {
    let rows: Vec<Vec<(String, String)>> = rows.iter().map(flat).collect();
    let head = head_of(&rows);
    let mut table = table(&head.iter().map(String::as_str).collect::<Vec<_>>());
    for row in &rows {
        let cell = |name: &String| row.iter().find(|(field, _)| field == name).map_or("", |(_, text)| text);
        table.add_row(head.iter().map(cell));
    }
    table
}

/// A thing's own fields, and its lists of things, which become tables of their own.
fn apart(answer: &Value) -> (Value, Vec<(&str, &[Value])>) {
    let Value::Object(members) = answer else { return (answer.clone(), Vec::new()) };
    let (mut own, mut parts) = (serde_json::Map::new(), Vec::new());
    for (name, value) in members {
        match value {
            Value::Array(items) if items.iter().any(Value::is_object) => parts.push((name.as_str(), items.as_slice())),
            _ => drop(own.insert(name.clone(), value.clone())),
        }
    }
    (Value::Object(own), parts)
}

/// What a reader looks for first, in this order; everything else follows by name.
const LEADING: [&str; 8] = ["id", "allocation_id", "uin", "code", "name", "kind", "state", "amount"];

/// The fields that any row fills: what is empty everywhere is left out.
fn head_of(rows: &[Vec<(String, String)>]) -> Vec<String> {
    let mut head: Vec<String> = Vec::new();
    for (field, text) in rows.iter().flatten() {
        if text != "-" && !head.contains(field) {
            head.push(field.clone());
        }
    }
    head.sort_by_key(|field| (place(field), field.clone()));
    head
}

fn place(field: &str) -> usize {
    LEADING.iter().position(|leading| *leading == field).unwrap_or(LEADING.len())
}

fn flat(value: &Value) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    flatten("", value, &mut fields);
    fields
}

fn flatten(path: &str, value: &Value, fields: &mut Vec<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let name = marked(name);
                let path = if path.is_empty() { name } else { format!("{path}.{name}") };
                flatten(&path, value, fields);
            }
        }
        Value::Array(items) if items.iter().all(|item| !item.is_object()) => {
            fields.push((path.to_owned(), items.iter().map(show_plain).collect::<Vec<_>>().join(", ")));
        }
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                flatten(&format!("{path}[{number}]"), item, fields);
            }
        }
        plain => fields.push((path.to_owned(), show_plain(plain))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nested_fields_are_named_by_their_path() {
        let shown = flat(&json!({ "a": { "b": "1", "c": null }, "d": [1, 2], "e": [{ "f": true }] }));
        let expected = [("a.b", "1"), ("a.c", "-"), ("d", "1, 2"), ("e[0].f", "true")];
        assert_eq!(shown, expected.map(|(field, text)| (field.to_owned(), text.to_owned())));
    }

    #[test]
    fn somebody_elses_text_does_nothing_to_the_terminal() {
        let shown =
            flat(&json!({ "remark": "x\u{1b}]0;owned\u{7}\ny", "tags": { "a\u{9b}": "\u{202e}b" }, "d": ["\r"] }));
        let expected = [("d", "␍"), ("remark", "x␛]0;owned␇␊y"), ("tags.a<U+009B>", "<U+202E>b")];
        assert_eq!(shown, expected.map(|(field, text)| (field.to_owned(), text.to_owned())));
    }

    #[test]
    fn lists_of_things_stand_apart() {
        let answer = json!({ "total": "3", "tags": ["a"], "by_product": [{ "name": "cvm" }], "none": [] });
        let (own, parts) = apart(&answer);
        assert_eq!(own, json!({ "total": "3", "tags": ["a"], "none": [] }));
        assert_eq!(parts, [("by_product", &[json!({ "name": "cvm" })][..])]);
    }

    #[test]
    fn what_no_row_fills_has_no_column() {
        let rows = [flat(&json!({ "x": null, "zone": "a", "uin": 7 })), flat(&json!({ "x": null, "note": "b" }))];
        assert_eq!(head_of(&rows), ["uin", "note", "zone"]);
    }
}
