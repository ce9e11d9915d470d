//! Answers that are kept word for word under their idempotency key, in the directory's file: they may show names, which
//! the journal must not hold. Like everything there each bears the last event of its frame.

use super::FILE;
use crate::contract::{KeptAnswer, KeyHash, StoreError};
use crate::sqlite::errors::{Within, bound, stored};
use crate::sqlite::rows::{Clash, Fields, Inserter, Stored, each, select, value};
use crate::sqlite::shard::delete;
use credere_core::channel::Uin;
use credere_core::ledger::Moment;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use std::ops::ControlFlow;

pub(super) const TABLE: &str = "
    CREATE TABLE IF NOT EXISTS kept_answer (shard INTEGER NOT NULL, key BLOB NOT NULL, account INTEGER,
        body BLOB NOT NULL, at INTEGER NOT NULL, seq INTEGER NOT NULL, seal INTEGER NOT NULL,
        PRIMARY KEY (shard, key));
    CREATE INDEX IF NOT EXISTS kept_answer_at ON kept_answer (shard, at);";

/// Keeps an answer. One that was kept under the key before was for a use of it that is forgotten.
pub(super) fn keep(connection: &Connection, seq: u64, answer: &KeptAnswer) -> Result<(), StoreError> {
    let row = AnswerRow { answer: answer.clone(), seq };
    Inserter::new::<AnswerRow>(connection, FILE, Clash::Replaces, &[])?.put(&[], &row)
}

/// The answer under a key, of a frame that is not after `last`. The row is checked before it is judged.
pub(super) fn find(connection: &Connection, key: &KeyHash, last: i64) -> Result<Option<KeptAnswer>, StoreError> {
    let found: Option<AnswerRow> = select(connection, FILE, "AND key = ?", &[&&key[..]])?.pop();
    Ok(found.filter(|row| bound(row.seq) <= last).map(|row| row.answer))
}

/// Visits all of them with their key, their moment, and the last event of their frame.
pub(super) fn each_kept(
    connection: &Connection,
    mut visit: impl FnMut(KeyHash, Moment, u64) -> Result<ControlFlow<()>, StoreError>,
) -> Result<(), StoreError> {
    each(connection, FILE, "", &[], |row: AnswerRow| visit(row.answer.key, row.answer.at, row.seq))
}

/// Checks those of frames after `last`, before they are dropped.
pub(super) fn check_later(connection: &Connection, last: i64) -> Result<(), StoreError> {
    each(connection, FILE, "AND seq > ?", &[&last], |_: AnswerRow| Ok(ControlFlow::Continue(())))
}

/// Drops what was answered before this moment.
pub(super) fn forget(connection: &Connection, before: Moment) -> Result<(), StoreError> {
    connection.execute(&delete("kept_answer", "AND at < ?"), [before.micros()]).within(FILE)?;
    Ok(())
}

/// Drops what may show this account's names.
pub(super) fn erase(connection: &Connection, uin: Uin) -> Result<(), StoreError> {
    let account = stored(uin.number())?;
    connection.execute(&delete("kept_answer", "AND account = ?"), [account]).within(FILE)?;
    Ok(())
}

struct AnswerRow {
    answer: KeptAnswer,
    seq: u64,
}

impl Stored for AnswerRow {
    const TABLE: &'static str = "kept_answer";
    const COLUMNS: &'static [&'static str] = &["key", "account", "body", "at", "seq"];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        let KeptAnswer { key, account, body, at } = &self.answer;
        Ok(vec![
            ValueRef::Blob(key),
            value::optional_uin(*account)?,
            ValueRef::Blob(body),
            value::moment(*at),
            value::whole(self.seq)?,
        ])
    }

    fn read(fields: &mut Fields<'_>) -> Result<AnswerRow, StoreError> {
        let answer = KeptAnswer {
            key: fields.bytes()?,
            account: fields.optional_uin()?,
            body: fields.blob()?.to_vec(),
            at: fields.moment()?,
        };
        Ok(AnswerRow { answer, seq: fields.whole()? })
    }
}
