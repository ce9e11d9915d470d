//! The pages of a run of keys: sorted once, packed, sealed, and asked by halving. Each says with which key the next one
//! begins, so that a page that is missing is not taken for keys that are. What a run is and which runs there are is known
//! to [`super::keys`].

use super::errors::Within;
use super::key_rows::{Lasting, RunRow, missing};
use super::keys::FILE;
use super::rows::{seal, value};
use super::shard::{insert, of};
use crate::contract::{AnswerBytes, KeyHash, KeyRow, StoreError};
use credere_core::ledger::Moment;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};
use std::cmp::Reverse;

/// So many bytes of keys are packed into one row.
const PAGE_BYTES: usize = 3900;

/// The table.
pub(super) const TABLE: &str = "
    CREATE TABLE key_page (shard INTEGER NOT NULL, run INTEGER NOT NULL, first_key BLOB NOT NULL, next_key BLOB,
        body BLOB NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (shard, run, first_key)) WITHOUT ROWID;";

/// Sorts the keys and packs them into pages.
pub(super) fn write_pages(
    connection: &Connection,
    run: i64,
    lasting: Lasting,
    rows: &mut Vec<KeyRow>,
) -> Result<(), StoreError> {
    rows.sort_unstable_by_key(|row| (row.key, Reverse(row.seq)));
    // Of two uses of one key (the first was forgotten, or is about to be) the later counts, as between two runs.
    rows.dedup_by_key(|row| row.key);
    let sql = insert("INSERT", PAGES, &["run", "first_key", "next_key", "body", "seal"]);
    let mut statement = connection.prepare_cached(&sql).within(FILE)?;
    let mut rows = rows.iter().peekable();
    while let Some(first) = rows.next() {
        let mut body = Vec::with_capacity(PAGE_BYTES + 256);
        pack(first, &mut body)?;
        while let Some(row) = rows.next_if(|row| body.len() + packed_bytes(row) <= PAGE_BYTES) {
            pack(row, &mut body)?;
        }
        let page = Page { first_key: first.key, next_key: rows.peek().map(|row| row.key), body: &body };
        let (next_key, seal) = (page.next_key.as_ref().map(|key| &key[..]), page.seal(run, lasting));
        statement.execute(params![run, &first.key[..], next_key, body, seal]).within(FILE)?;
    }
    Ok(())
}

/// Looks a key up in a run.
///
/// # Errors
/// [`StoreError::Corrupt`] also where the page is missing that would have it.
pub(super) fn look_up(connection: &Connection, run: &RunRow, key: &KeyHash) -> Result<Option<KeyRow>, StoreError> {
    let sql = pages("AND run = ? AND first_key <= ? ORDER BY first_key DESC LIMIT 1");
    let mut statement = connection.prepare_cached(&sql).within(FILE)?;
    let mut pages = statement.query(params![run.run, &key[..]]).within(FILE)?;
    let Some(row) = pages.next().within(FILE)? else {
        return if *key < run.first_key { Ok(None) } else { Err(missing(PAGES)) };
    };
    let page = Page::read(run, row)?;
    if page.next_key.is_some_and(|next| next <= *key) {
        return Err(missing(PAGES));
    }
    let mut found = None;
    page.each_key(run, |row| {
        if row.key == key {
            found = Some(row.to_row(run.lasting));
        }
    })?;
    Ok(found)
}

/// All keys of a run.
///
/// # Errors
/// [`StoreError::Corrupt`] also where a page is missing.
pub(super) fn read_run(connection: &Connection, run: &RunRow) -> Result<Vec<KeyRow>, StoreError> {
    let sql = pages("AND run = ? ORDER BY first_key");
    let mut statement = connection.prepare_cached(&sql).within(FILE)?;
    let mut pages = statement.query([run.run]).within(FILE)?;
    let (mut rows, mut expected) = (Vec::new(), Some(run.first_key));
    while let Some(row) = pages.next().within(FILE)? {
        let page = Page::read(run, row)?;
        if expected != Some(page.first_key) {
            return Err(missing(PAGES));
        }
        expected = page.next_key;
        page.each_key(run, |row| rows.push(row.to_row(run.lasting)))?;
    }
    if expected.is_some() { Err(missing(PAGES)) } else { Ok(rows) }
}

/// The table's name.
const PAGES: &str = "key_page";

/// The SQL that reads pages.
fn pages(rest: &str) -> String {
    format!("SELECT first_key, next_key, body, seal {}", of(PAGES, rest))
}

/// A page: the keys from its first one up to that of the next page, or the last of all.
struct Page<'p> {
    first_key: KeyHash,
    next_key: Option<KeyHash>,
    body: &'p [u8],
}

impl Page<'_> {
    /// Reads a page and checks it.
    fn read<'r>(run: &RunRow, row: &'r Row<'_>) -> Result<Page<'r>, StoreError> {
        let (first_key, next_key): (KeyHash, Option<KeyHash>) = (row.get(0).within(FILE)?, row.get(1).within(FILE)?);
        let body = row.get_ref(2).within(FILE)?.as_blob().map_err(|_| wrong(run))?;
        let carried: i64 = row.get(3).within(FILE)?;
        let page = Page { first_key, next_key, body };
        if carried == page.seal(run.run, run.lasting) { Ok(page) } else { Err(wrong(run)) }
    }

    fn seal(&self, run: i64, lasting: Lasting) -> i64 {
        let next_key = self.next_key.as_ref().map_or(ValueRef::Null, |key| ValueRef::Blob(key));
        let keys = [ValueRef::Blob(&self.first_key), next_key, ValueRef::Blob(self.body)];
        seal(PAGES, &[value::small(run), value::small(lasting), keys[0], keys[1], keys[2]])
    }

    fn each_key(&self, run: &RunRow, mut visit: impl FnMut(Packed<'_>)) -> Result<(), StoreError> {
        let mut body = self.body;
        while !body.is_empty() {
            visit(unpack(&mut body).ok_or_else(|| wrong(run))?);
        }
        Ok(())
    }
}

fn wrong(run: &RunRow) -> StoreError {
    StoreError::corrupt(format!("{FILE}: a page of run {} is not what was written", run.run))
}

/// Key, content, position, moment, and the answer with its length.
fn pack(row: &KeyRow, body: &mut Vec<u8>) -> Result<(), StoreError> {
    let length = u32::try_from(row.answer.len())
        .map_err(|_| StoreError::io(format!("{FILE}: an answer of {} bytes is too long", row.answer.len())))?;
    body.extend(row.key);
    body.extend(row.content);
    body.extend(row.seq.to_le_bytes());
    body.extend(row.at.micros().to_le_bytes());
    body.extend(length.to_le_bytes());
    body.extend(&row.answer);
    Ok(())
}

fn packed_bytes(row: &KeyRow) -> usize {
    16 + 16 + 8 + 8 + 4 + row.answer.len()
}

/// A key as it lies in its page.
struct Packed<'p> {
    key: &'p KeyHash,
    content: &'p KeyHash,
    seq: u64,
    at: Moment,
    answer: &'p [u8],
}

impl Packed<'_> {
    fn to_row(&self, lasting: Lasting) -> KeyRow {
        let Packed { key, content, seq, at, answer } = *self;
        KeyRow { key: *key, content: *content, seq, at, answer: AnswerBytes::from_slice(answer), lasting }
    }
}

fn unpack<'p>(body: &mut &'p [u8]) -> Option<Packed<'p>> {
    fn take<'p, const N: usize>(body: &mut &'p [u8]) -> Option<&'p [u8; N]> {
        let (taken, rest) = body.split_first_chunk()?;
        *body = rest;
        Some(taken)
    }
    let (key, content) = (take(body)?, take(body)?);
    let seq = u64::from_le_bytes(*take(body)?);
    let at = Moment::from_micros(i64::from_le_bytes(*take(body)?));
    let length = usize::try_from(u32::from_le_bytes(*take(body)?)).ok()?;
    let (answer, rest) = body.split_at_checked(length)?;
    *body = rest;
    Some(Packed { key, content, seq, at, answer })
}
