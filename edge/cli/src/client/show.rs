//! Answers as tables: a list becomes a row each, one thing a line a field. Nested fields are named by their path.

use super::http::show_plain;
use comfy_table::{ContentArrangement, Table, presets::UTF8_HORIZONTAL_ONLY};
use serde_json::Value;

/// An empty table with this head.
pub(crate) fn table(head: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic).set_header(head);
    table
}

/// Prints an answer.
pub(super) fn print(answer: &Value) {
    match answer.get("data").and_then(Value::as_array) {
        Some(rows) if rows.is_empty() => println!("(none)"),
        Some(rows) => {
            let rows: Vec<Vec<(String, String)>> = rows.iter().map(flat).collect();
            let head = head_of(&rows);
            let mut table = table(&head.iter().map(String::as_str).collect::<Vec<_>>());
            for row in &rows {
                let cell = |name: &String| row.iter().find(|(field, _)| field == name).map_or("", |(_, text)| text);
                table.add_row(head.iter().map(cell));
            }
            println!("{table}");
            if answer.get("next_cursor").is_some_and(|cursor| !cursor.is_null()) {
                println!("(there are more; --json shows the cursor)");
            }
        }
        None if answer.is_null() => println!("done"),
        None => {
            let mut table = table(&["field", "value"]);
            for (field, text) in flat(answer) {
                table.add_row([field, text]);
            }
            println!("{table}");
        }
    }
}

/// The fields that any row fills, in the order of their first appearance: what is empty everywhere is left out.
fn head_of(rows: &[Vec<(String, String)>]) -> Vec<String> {
    let mut head: Vec<String> = Vec::new();
    for (field, text) in rows.iter().flatten() {
        if text != "-" && !head.contains(field) {
            head.push(field.clone());
        }
    }
    head
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
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
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
