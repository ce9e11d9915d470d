//! A bit that turns in any column of any table, under an open store: whatever is asked then is answered as before, or not
//! at all. The bit is turned by an `UPDATE`, so that indexes follow and only seals, numbers and tallies can tell.

use crate::damage::{Answers, ask_directory, ask_history, delete, filled, tables, with_names};
use crate::folders::copied;
use crate::keys::{hash, lasting, row};
use crate::sqlite_only::{closed, reopened, reopened_without_cache};
use crate::{Behind, at};
use credere_core::channel::WebhookId;
use credere_store::contract::{Directory, Keys, NoticeKey, StoreError};
use credere_store::outbox::{AttemptRow, DeliveryKey, DeliveryRow, DeliveryState, Lane, Outbox};
use credere_store::sqlite::SqliteStore;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use std::collections::BTreeMap;
use std::path::Path;
use tempfile::TempDir;

/// The value with one bit of its number, or of its first letter or byte, turned.
fn turned(value: &Value, bit: u32) -> Option<Value> {
    match value {
        Value::Integer(number) => Some(Value::Integer(number ^ (1 << bit))),
        Value::Text(text) => {
            let mut bytes = text.clone().into_bytes();
            *bytes.first_mut()? ^= 1 << bit;
            String::from_utf8(bytes).ok().map(Value::Text)
        }
        Value::Blob(bytes) => {
            let mut bytes = bytes.clone();
            *bytes.first_mut()? ^= 1 << bit;
            Some(Value::Blob(bytes))
        }
        Value::Null | Value::Real(_) => None,
    }
}

/// A table's row with the columns that it is found by.
struct Found {
    columns: Vec<String>,
    values: Vec<Value>,
    key: Vec<usize>,
}

impl Found {
    fn new(connection: &Connection, table: &str, key: &str, which: i64) -> Option<Found> {
        let count: i64 = connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
        if count == 0 {
            return None;
        }
        let offset = (count * which / 2).min(count - 1);
        let sql = format!("SELECT {key}, * FROM {table} ORDER BY {key} LIMIT 1 OFFSET {offset}");
        let mut statement = connection.prepare(&sql).unwrap();
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let width = columns.len();
        let values =
            statement.query_row([], |row| (0..width).map(|index| row.get(index)).collect::<Result<_, _>>()).unwrap();
        Some(Found { columns, values, key: (0..key.split(',').count()).collect() })
    }

    /// Gives a column another value; refused where another row has it, or a table has no room for it.
    fn set(&self, connection: &Connection, table: &str, column: &str, from: &Value, to: &Value) -> bool {
        let found: Vec<String> = self.key.iter().map(|index| format!("{} IS ?", self.columns[*index])).collect();
        let of_key = |index: &usize| if self.columns[*index] == column { from } else { &self.values[*index] };
        let parameters = std::iter::once(to).chain(self.key.iter().map(of_key));
        let sql = format!("UPDATE {table} SET {column} = ? WHERE {}", found.join(" AND "));
        connection.execute(&sql, params_from_iter(parameters)).is_ok_and(|changed| changed == 1)
    }
}

/// Turns bits of two rows of each table, in every column, one at a time, and asks. Answers for each table how often
/// there was no answer.
fn turn_all(file: &Path, ask: impl Fn() -> Answers) -> BTreeMap<String, usize> {
    let before = ask();
    assert!(before.are_whole());
    let mut keys: BTreeMap<String, String> = tables(file).into_iter().collect();
    let connection = Connection::open(file).unwrap();
    connection.pragma_update(None, "synchronous", "OFF").unwrap();
    let mut statement =
        connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").unwrap();
    for name in statement.query_map([], |row| row.get(0)).unwrap() {
        keys.entry(name.unwrap()).or_insert_with(|| "rowid".to_owned());
    }
    let mut noticed = BTreeMap::new();
    for (table, key) in keys {
        let silent = noticed.entry(table.clone()).or_insert(0);
        // The row in the middle and the last one.
        for (which, bit) in [(1, 0), (2, 2)] {
            let Some(found) = Found::new(&connection, &table, &key, which) else { continue };
            for index in found.key.len()..found.columns.len() {
                let (column, value) = (&found.columns[index], &found.values[index]);
                let Some(other) = turned(value, bit) else { continue };
                if found.set(&connection, &table, column, value, &other) {
                    let damage = format!("{table}.{column}: {value:?} is {other:?}");
                    *silent += ask().never_differ(&before, &damage);
                    assert!(found.set(&connection, &table, column, &other, value), "{damage} is mended");
                }
            }
        }
    }
    assert_eq!(ask().never_differ(&before, "nothing"), 0);
    noticed
}

/// The tables in which nothing was noticed.
fn unnoticed(noticed: &BTreeMap<String, usize>) -> Vec<&str> {
    noticed.iter().filter(|(_, silent)| **silent == 0).map(|(table, _)| table.as_str()).collect()
}

#[test]
fn a_bit_that_turns_in_any_column_of_history_is_never_another_answer() {
    let folder = filled();
    let store = reopened_without_cache(folder.path()).unwrap();
    let noticed = turn_all(&folder.path().join("history.db"), || ask_history(&store));
    // These are read when the file is opened.
    assert_eq!(unnoticed(&noticed), ["bill_segment", "setup"]);
}

#[test]
fn a_bit_that_turns_in_any_column_of_the_directory_is_never_another_answer() {
    let folder = with_names();
    let store = reopened(folder.path()).unwrap();
    let noticed = turn_all(&folder.path().join("directory.db"), || ask_directory(&store));
    // The first is for the proof, and the other is read when the file is opened.
    assert_eq!(unnoticed(&noticed), ["erased", "place"]);
}

const KEYS: u64 = 1_130;

/// Runs of several pages, and small ones that share a group.
fn with_keys() -> TempDir {
    closed(|store| {
        let mut first = 1;
        for count in [600, 10, 12, 480, 10, 18] {
            let keys = first..first + count;
            store.seal_on(first + count - 1, keys.map(|number| kind_of(number)(number)).collect()).unwrap();
            first += count;
        }
        assert_eq!(first, KEYS + 1);
    })
}

fn kind_of(number: u64) -> fn(u64) -> credere_store::contract::KeyRow {
    if number.is_multiple_of(3) { lasting } else { row }
}

fn ask_keys(store: &SqliteStore) -> Answers {
    let mut told = Answers::default();
    (1..=KEYS + 20).for_each(|number| told.note(format!("key {number}"), store.find_keys(&[hash(number)])));
    told
}

#[test]
fn a_bit_that_turns_in_any_column_of_the_keys_is_never_a_new_key() {
    let folder = with_keys();
    let store = reopened(folder.path()).unwrap();
    let noticed = turn_all(&folder.path().join("keys.db"), || ask_keys(&store));
    // Filters are in memory, and the others are read when the file is opened.
    assert_eq!(unnoticed(&noticed), ["key_filter", "place", "setup"]);
}

#[test]
fn a_row_of_the_keys_that_is_gone_is_never_a_new_key() {
    let folder = with_keys();
    let before = ask_keys(&reopened(folder.path()).unwrap());
    for (table, key) in tables(&folder.path().join("keys.db")) {
        for which in [0, 1, 2] {
            let copied = copied(folder.path(), |_| true);
            assert!(delete(&copied.path().join("keys.db"), &table, &key, which));
            let damage = format!("row {which} of {table}");
            let store = reopened(copied.path()).unwrap();
            // Where it shows at the opening, the keys are sealed anew from the journal.
            if store.sealed_keys_seq().unwrap() > 0 {
                assert!(ask_keys(&store).never_differ(&before, &damage) > 0, "{damage}");
            }
        }
    }
}

#[test]
fn a_damaged_delivery_or_attempt_is_found_by_reading_them_once() {
    let key = |seq| DeliveryKey { lane: Lane::webhook(1), notice: NoticeKey { seq, place: 0 } };
    let waiting = |seq| DeliveryRow {
        key: key(seq),
        recipient: None,
        kind: "suspended".into(),
        message: "{}".into(),
        at: at(1),
        state: DeliveryState::Waiting(at(5)),
        reason: None,
        attempts: 0,
        retries: 0,
        changed_at: at(1),
    };
    let folder = closed(|store| {
        crate::reach(store, 3);
        store.queue_deliveries(3, vec![waiting(1), waiting(2)]).unwrap();
        let attempt =
            AttemptRow { number: 1, at: at(5), took_ms: 2, status: Some(500), error: None, answer: Some("no".into()) };
        store.settle_delivery(&DeliveryRow { attempts: 1, ..waiting(1) }, Some(&attempt)).unwrap();
        store.switch_lane(Lane::webhook(1), Some(at(6))).unwrap();
        assert_eq!(store.webhook(WebhookId(1)).unwrap(), None);
    });
    let store = reopened(folder.path()).unwrap();
    assert_eq!(store.check_deliveries().unwrap(), 2);
    let noticed = turn_all(&folder.path().join("outbox.db"), || {
        let mut told = Answers::default();
        told.note("all".into(), store.check_deliveries());
        told
    });
    assert_eq!(unnoticed(&noticed), ["place"]);
    let connection = Connection::open(folder.path().join("outbox.db")).unwrap();
    connection.execute("UPDATE attempt SET answer = 'yes'", []).unwrap();
    assert!(matches!(store.check_deliveries(), Err(StoreError::Corrupt(_))));
}
