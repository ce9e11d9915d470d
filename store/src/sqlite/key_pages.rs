//! The pages of a run of keys: in order, all entries of one length, sealed, and asked by halving. Each says with which key
//! the next one begins, so that a page that is missing is not taken for keys that are. What a run is and which runs there
//! are is known to [`super::keys`].

use super::errors::Within;
use super::key_rows::{Lasting, RunRow, missing};
use super::keys::FILE;
use super::rows::{seal, value};
use super::shard::{insert, of};
use crate::contract::{KeyHash, StoreError};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};
use std::cmp::Reverse;

/// Bytes of an entry: a key, and a position as a little-endian number.
const ENTRY_BYTES: usize = 24;

/// So many keys are packed into one row, 3,840 bytes.
const PAGE_KEYS: usize = 160;

/// The table.
pub(super) const TABLE: &str = "
    CREATE TABLE key_page (shard INTEGER NOT NULL, run INTEGER NOT NULL, first_key BLOB NOT NULL, next_key BLOB,
        body BLOB NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (shard, run, first_key)) WITHOUT ROWID;";

/// A key, and the journal position of its use.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeyAt {
    pub(super) key: KeyHash,
    pub(super) seq: u64,
}

/// Puts keys into the order in which they lie in a run. Of two uses of one key (the first was forgotten, or is about to be)
/// the later one stays, as between two runs.
pub(super) fn order(keys: &mut Vec<KeyAt>) {
    keys.sort_unstable_by_key(|one| (u128::from_be_bytes(one.key), Reverse(one.seq)));
    keys.dedup_by_key(|one| one.key);
}

/// Packs keys into pages, which are in [order](order()).
pub(super) fn write_pages(
    connection: &Connection,
    run: i64,
    lasting: Lasting,
    keys: &[KeyAt],
) -> Result<(), StoreError> {
    let sql = insert("INSERT", PAGES, &["run", "first_key", "next_key", "body", "seal"]);
    let mut statement = connection.prepare_cached(&sql).within(FILE)?;
    let mut pages = keys.chunks(PAGE_KEYS).peekable();
    let mut body = Vec::with_capacity(PAGE_KEYS * ENTRY_BYTES);
    while let Some([first, ..]) = pages.next().inspect(|page| pack(page, &mut body)) {
        let next_key = pages.peek().and_then(|page| page.first()).map(|next| next.key);
        let seal = Page { first_key: first.key, next_key, body: &body }.seal(run, lasting);
        let next_key = next_key.as_ref().map(|key| &key[..]);
        statement.execute(params![run, &first.key[..], next_key, body, seal]).within(FILE)?;
    }
    Ok(())
}

fn pack(page: &[KeyAt], body: &mut Vec<u8>) {
    body.clear();
    for KeyAt { key, seq } in page {
        body.extend(key);
        body.extend(seq.to_le_bytes());
    }
}

/// Looks a key up in a run, and answers at which position it was used.
///
/// # Errors
/// [`StoreError::Corrupt`] also where the page is missing that would have it.
pub(super) fn look_up(connection: &Connection, run: &RunRow, key: &KeyHash) -> Result<Option<u64>, StoreError> {
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
    let entries = page.entries(run)?;
    let found = entries.binary_search_by(|entry| unpack(entry).key.cmp(key)).ok();
    Ok(found.and_then(|place| entries.get(place)).map(|entry| unpack(entry).seq))
}

/// All keys of a run.
///
/// # Errors
/// [`StoreError::Corrupt`] also where a page is missing.
pub(super) fn read_run(connection: &Connection, run: &RunRow) -> Result<Vec<KeyAt>, StoreError> {
    let sql = pages("AND run = ? ORDER BY first_key");
    let mut statement = connection.prepare_cached(&sql).within(FILE)?;
    let mut pages = statement.query([run.run]).within(FILE)?;
    let (mut keys, mut expected) = (Vec::new(), Some(run.first_key));
    while let Some(row) = pages.next().within(FILE)? {
        let page = Page::read(run, row)?;
        if expected != Some(page.first_key) {
            return Err(missing(PAGES));
        }
        expected = page.next_key;
        keys.extend(page.entries(run)?.iter().map(unpack));
    }
    if expected.is_some() { Err(missing(PAGES)) } else { Ok(keys) }
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

    fn entries(&self, run: &RunRow) -> Result<&[[u8; ENTRY_BYTES]], StoreError> {
        let (entries, rest) = self.body.as_chunks();
        if rest.is_empty() { Ok(entries) } else { Err(wrong(run)) }
    }
}

fn wrong(run: &RunRow) -> StoreError {
    StoreError::corrupt(format!("{FILE}: a page of run {} is not what was written", run.run))
}

fn unpack(entry: &[u8; ENTRY_BYTES]) -> KeyAt {
    let (mut key, mut seq) = (KeyHash::default(), [0; 8]);
    let (front, back) = entry.split_at(key.len());
    key.copy_from_slice(front);
    seq.copy_from_slice(back);
    KeyAt { key, seq: u64::from_le_bytes(seq) }
}
