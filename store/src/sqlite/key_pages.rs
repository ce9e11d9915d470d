//! The pages of a run of keys: sorted once, packed, sealed, and asked by halving. What a run is and which runs there are
//! is known to [`super::keys`].

use super::errors::Within;
use super::keys::FILE;
use super::rows::seal;
use crate::contract::{KeyHash, KeyRow, StoreError};
use credere_core::ledger::Moment;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, params};
use std::cmp::Reverse;

/// So many bytes of keys are packed into one row.
const PAGE_BYTES: usize = 3900;

/// Whether keys are kept for long.
pub(super) type Lasting = bool;

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
    let sql = "INSERT INTO key_page (shard, run, first_key, body, seal) VALUES (0, ?, ?, ?, ?)";
    let mut statement = connection.prepare_cached(sql).within(FILE)?;
    let mut rows = rows.iter().peekable();
    while let Some(first) = rows.next() {
        let mut body = Vec::with_capacity(PAGE_BYTES + 256);
        pack(first, &mut body)?;
        while let Some(row) = rows.next_if(|row| body.len() + packed_bytes(row) <= PAGE_BYTES) {
            pack(row, &mut body)?;
        }
        let seal = seal_page(run, lasting, &first.key, &body);
        statement.execute(params![run, &first.key[..], body, seal]).within(FILE)?;
    }
    Ok(())
}

pub(super) fn look_up(
    connection: &Connection,
    run: i64,
    lasting: Lasting,
    key: &KeyHash,
) -> Result<Option<KeyRow>, StoreError> {
    let sql = "SELECT first_key, body, seal FROM key_page WHERE shard = 0 AND run = ? AND first_key <= ?
        ORDER BY first_key DESC LIMIT 1";
    let mut statement = connection.prepare_cached(sql).within(FILE)?;
    let mut pages = statement.query(params![run, &key[..]]).within(FILE)?;
    let Some(page) = pages.next().within(FILE)? else { return Ok(None) };
    let mut found = None;
    each_key(run, lasting, page, |row| {
        if row.key == key {
            found = Some(row.to_row(lasting));
        }
    })?;
    Ok(found)
}

pub(super) fn read_run(connection: &Connection, run: i64, lasting: Lasting) -> Result<Vec<KeyRow>, StoreError> {
    let sql = "SELECT first_key, body, seal FROM key_page WHERE shard = 0 AND run = ? ORDER BY first_key";
    let mut statement = connection.prepare_cached(sql).within(FILE)?;
    let mut pages = statement.query([run]).within(FILE)?;
    let mut rows = Vec::new();
    while let Some(page) = pages.next().within(FILE)? {
        each_key(run, lasting, page, |row| rows.push(row.to_row(lasting)))?;
    }
    Ok(rows)
}

/// Checks a page and visits its keys.
fn each_key(
    run: i64,
    lasting: Lasting,
    page: &rusqlite::Row<'_>,
    mut visit: impl FnMut(Packed<'_>),
) -> Result<(), StoreError> {
    let wrong = || StoreError::Corrupt(format!("{FILE}: a page of run {run} is not what was written"));
    let first_key: KeyHash = page.get(0).within(FILE)?;
    let mut body = page.get_ref(1).within(FILE)?.as_blob().map_err(|_| wrong())?;
    let carried: i64 = page.get(2).within(FILE)?;
    if carried != seal_page(run, lasting, &first_key, body) {
        return Err(wrong());
    }
    while !body.is_empty() {
        visit(unpack(&mut body).ok_or_else(wrong)?);
    }
    Ok(())
}

fn seal_page(run: i64, lasting: Lasting, first_key: &KeyHash, body: &[u8]) -> i64 {
    let place = [ValueRef::Integer(run), ValueRef::Integer(lasting.into())];
    seal("key_page", &[place[0], place[1], ValueRef::Blob(first_key), ValueRef::Blob(body)])
}

/// Key, content, position, moment, and the answer with its length.
fn pack(row: &KeyRow, body: &mut Vec<u8>) -> Result<(), StoreError> {
    let length = u32::try_from(row.answer.len())
        .map_err(|_| StoreError::Io(format!("{FILE}: an answer of {} bytes is too long", row.answer.len())))?;
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
        KeyRow { key: *key, content: *content, seq, at, answer: answer.to_vec(), lasting }
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
