//! The file `keys.db`: idempotency keys that have left memory, in runs sorted by key. A run is written once, in pages of
//! some forty keys each. Runs come in groups that share a filter, and almost every question (it is about a key that was
//! never used) ends at the filters; one about a key that was used reads a page of each run in its group.

use super::behind::{BehindWriter, Layout};
use super::bloom::{self, BLOCK_BYTES, Filter};
use super::connect::Pool;
use super::errors::{Within, read, stored};
use super::rows::seal;
use crate::contract::{KeyHash, KeyRow, StoreError};
use credere_core::ledger::Moment;
use parking_lot::{Mutex, RwLock};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, params};
use std::cmp::Reverse;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

pub(super) const FILE: &str = "keys.db";
const LAYOUT: i64 = 1;
const READERS: u32 = 4;

/// Pages of the database; a row of up to a quarter of it lies within one page.
const DATABASE_PAGE_BYTES: u32 = 16384;

/// So many bytes of keys are packed into one row.
const PAGE_BYTES: usize = 3900;

/// A filter is kept on disk in parts of so many blocks, 3,840 bytes, so that asking one that is not in memory reads one
/// page.
const PART_BLOCKS: usize = 120;

const TABLES: &str = "
    CREATE TABLE setup (shard INTEGER PRIMARY KEY, sealed_seq INTEGER NOT NULL, keys_per_group INTEGER NOT NULL);
    CREATE TABLE key_group (shard INTEGER NOT NULL, number INTEGER NOT NULL, keys INTEGER NOT NULL,
        PRIMARY KEY (shard, number)) WITHOUT ROWID;
    CREATE TABLE key_filter (shard INTEGER NOT NULL, number INTEGER NOT NULL, part INTEGER NOT NULL,
        body BLOB NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (shard, number, part)) WITHOUT ROWID;
    CREATE TABLE key_run (shard INTEGER NOT NULL, number INTEGER NOT NULL, run INTEGER NOT NULL,
        keys INTEGER NOT NULL, last_at INTEGER NOT NULL, PRIMARY KEY (shard, number, run)) WITHOUT ROWID;
    CREATE TABLE key_page (shard INTEGER NOT NULL, run INTEGER NOT NULL, first_key BLOB NOT NULL,
        body BLOB NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (shard, run, first_key)) WITHOUT ROWID;";

/// How keys are cut into groups and runs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    /// Keys that share a filter.
    pub(super) keys_per_group: u64,
    /// Below so many keys a run is merged with the one before, if that is small too: so a group has never many runs.
    pub(super) small_run: u64,
}

/// The keys' connections, filters and position.
pub(super) struct KeysFile {
    readers: Pool,
    writer: Mutex<BehindWriter>,
    position: AtomicU64,
    cut: Cut,
    filter_bytes: u64,
    /// One a group, oldest first. A filter that is absent is asked on disk.
    filters: RwLock<Vec<(i64, Option<Filter>)>>,
}

/// A run, as its row says.
struct Run {
    group: i64,
    run: i64,
    keys: u64,
}

impl KeysFile {
    /// Opens the keys, and makes the file where it is not there.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] also for another layout: the file is then to be made anew.
    pub(super) fn open(path: &Path, cut: Cut, cache_bytes: u64, filter_bytes: u64) -> Result<KeysFile, StoreError> {
        let per_group = stored(cut.keys_per_group)?;
        let tables =
            format!("{TABLES} INSERT INTO setup (shard, sealed_seq, keys_per_group) VALUES (0, 0, {per_group});");
        let layout = Layout { file: FILE, page_bytes: DATABASE_PAGE_BYTES, number: LAYOUT, tables: &tables };
        let writer = BehindWriter::open(path, &layout, cache_bytes / 2)?;
        let (sealed_seq, per_group): (i64, i64) = writer
            .connection()
            .query_row("SELECT sealed_seq, keys_per_group FROM setup WHERE shard = 0", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .within(FILE)?;
        let keys_per_group = read(per_group, FILE)?.max(1);
        let filters = load_filters(writer.connection(), keys_per_group, filter_bytes)?;
        Ok(KeysFile {
            writer: Mutex::new(writer),
            readers: Pool::open(path, FILE, READERS, cache_bytes / 2)?,
            position: AtomicU64::new(read(sealed_seq, FILE)?),
            cut: Cut { keys_per_group, ..cut },
            filter_bytes,
            filters: RwLock::new(filters),
        })
    }

    /// Up to where keys have been sealed.
    pub(super) fn position(&self) -> u64 {
        self.position.load(Ordering::Acquire)
    }

    pub(super) fn seal(&self, upto_seq: u64, rows: Vec<KeyRow>) -> Result<(), StoreError> {
        let mut writer = self.writer.lock();
        let position = self.position();
        if upto_seq < position {
            return Err(StoreError::Corrupt(format!(
                "{FILE}: a run of keys up to event {upto_seq} comes after one up to event {position}"
            )));
        }
        writer.write(
            |connection| {
                *self.filters.write() = load_filters(connection, self.cut.keys_per_group, self.filter_bytes)?;
                Ok(())
            },
            |transaction| {
                if !rows.is_empty() {
                    self.write_run(transaction, rows)?;
                }
                transaction
                    .execute("UPDATE setup SET sealed_seq = ? WHERE shard = 0", [stored(upto_seq)?])
                    .within(FILE)?;
                Ok(())
            },
        )?;
        self.trim();
        self.position.store(upto_seq, Ordering::Release);
        Ok(())
    }

    fn write_run(&self, connection: &Connection, mut rows: Vec<KeyRow>) -> Result<(), StoreError> {
        let newest = newest_run(connection)?;
        let group = self.group_for(connection, newest.as_ref(), rows.len() as u64)?;
        // The filter learns the keys before their rows can be seen. Should the transaction fail, it knows some keys too
        // many, which does no harm until it is read again.
        self.learn(connection, group, &rows)?;
        self.write_filter(connection, group)?;
        let small = |keys: u64| keys < self.cut.small_run;
        if let Some(last) = newest.as_ref().filter(|last| last.group == group && small(last.keys))
            && small(rows.len() as u64)
        {
            rows.extend(read_run(connection, last.run)?);
            drop_run(connection, last.group, last.run)?;
        }
        let run = newest.map_or(0, |last| last.run + 1);
        write_pages(connection, run, &mut rows)?;
        let last_at = rows.iter().map(|row| row.at).max().unwrap_or_default();
        connection
            .execute(
                "INSERT INTO key_run (shard, number, run, keys, last_at) VALUES (0, ?, ?, ?, ?)",
                params![group, run, stored(rows.len() as u64)?, last_at.micros()],
            )
            .within(FILE)?;
        Ok(())
    }

    /// The group that a run of so many keys goes to: the newest one, unless its filter would get too full.
    fn group_for(&self, connection: &Connection, newest: Option<&Run>, adding: u64) -> Result<i64, StoreError> {
        let number = newest.map_or(0, |run| run.group);
        let sql = "SELECT keys FROM key_group WHERE shard = 0 AND number = ?";
        let keys: Option<i64> = connection
            .prepare_cached(sql)
            .within(FILE)?
            .query_row([number], |row| row.get(0))
            .optional()
            .within(FILE)?;
        let (group, keys) = match keys {
            Some(keys) if read(keys, FILE)? + adding > self.cut.keys_per_group => (number + 1, 0),
            keys => (number, read(keys.unwrap_or(0), FILE)?),
        };
        connection
            .prepare_cached("INSERT OR REPLACE INTO key_group (shard, number, keys) VALUES (0, ?, ?)")
            .within(FILE)?
            .execute([group, stored(keys + adding)?])
            .within(FILE)?;
        Ok(group)
    }

    fn learn(&self, connection: &Connection, group: i64, rows: &[KeyRow]) -> Result<(), StoreError> {
        let mut filters = self.filters.write();
        if filters.last().is_none_or(|(number, _)| *number != group) {
            filters.push((group, Some(Filter::new(self.cut.keys_per_group))));
        }
        if let Some((_, filter)) = filters.last_mut() {
            let filter = match filter {
                Some(filter) => filter,
                // Let go of once, and the newest again because those after it are forgotten.
                None => filter.insert(read_filter(connection, group, self.filter_size())?),
            };
            rows.iter().for_each(|row| filter.insert(&row.key));
        }
        Ok(())
    }

    fn filter_size(&self) -> u64 {
        bloom::blocks_for(self.cut.keys_per_group) * BLOCK_BYTES as u64
    }

    fn write_filter(&self, connection: &Connection, group: i64) -> Result<(), StoreError> {
        let filters = self.filters.read();
        let Some((_, Some(filter))) = filters.last() else { return Ok(()) };
        let sql = "INSERT OR REPLACE INTO key_filter (shard, number, part, body, seal) VALUES (0, ?, ?, ?, ?)";
        let mut statement = connection.prepare_cached(sql).within(FILE)?;
        for (part, body) in (0_i64..).zip(filter.parts(PART_BLOCKS)) {
            let seal = seal_part(group, part, &body);
            statement.execute(params![group, part, body, seal]).within(FILE)?;
        }
        Ok(())
    }

    /// Lets go of the oldest filters beyond the budget. The newest stays: it is still being filled.
    fn trim(&self) {
        let mut filters = self.filters.write();
        let mut used: u64 = filters.iter().filter_map(|(_, filter)| filter.as_ref()).map(Filter::bytes).sum();
        let newest = filters.len().saturating_sub(1);
        for (_, filter) in &mut filters[..newest] {
            if used <= self.filter_bytes {
                break;
            }
            used -= filter.take().map_or(0, |filter| filter.bytes());
        }
    }

    /// Looks keys up, the newest group first. Touches no connection where the filters know that there is nothing.
    pub(super) fn find(&self, keys: &[KeyHash]) -> Result<Vec<Option<KeyRow>>, StoreError> {
        let mut found = vec![None; keys.len()];
        // For each group: which keys it perhaps has, and whether its filter is still to be asked on disk.
        let mut suspects: Vec<(i64, bool, Vec<usize>)> = Vec::new();
        for (group, filter) in self.filters.read().iter().rev() {
            let perhaps = |index: &usize| filter.as_ref().is_none_or(|filter| filter.has(&keys[*index]));
            let indices: Vec<usize> = (0..keys.len()).filter(perhaps).collect();
            if !indices.is_empty() {
                suspects.push((*group, filter.is_none(), indices));
            }
        }
        if suspects.is_empty() {
            return Ok(found);
        }
        let connection = self.readers.take();
        // One transaction, so that no run is merged or dropped between learning its number and reading it.
        let transaction = connection.unchecked_transaction().within(FILE)?;
        for (group, on_disk, indices) in suspects {
            let runs = runs_of(&transaction, group)?;
            for index in indices.into_iter().filter(|_| !runs.is_empty()) {
                let key = &keys[index];
                if found[index].is_some() || (on_disk && !self.filter_on_disk_has(&transaction, group, key)?) {
                    continue;
                }
                for &run in &runs {
                    found[index] = look_up(&transaction, run, key)?;
                    if found[index].is_some() {
                        break;
                    }
                }
            }
        }
        Ok(found)
    }

    fn filter_on_disk_has(&self, connection: &Connection, group: i64, key: &KeyHash) -> Result<bool, StoreError> {
        let block = bloom::block_of(key, bloom::blocks_for(self.cut.keys_per_group));
        let (part, within) = (block / PART_BLOCKS as u64, block % PART_BLOCKS as u64);
        let (part, within) = (stored(part)?, usize::try_from(within).unwrap_or(usize::MAX));
        let sql = "SELECT body, seal FROM key_filter WHERE shard = 0 AND number = ? AND part = ?";
        let mut statement = connection.prepare_cached(sql).within(FILE)?;
        let (body, carried): (Vec<u8>, i64) =
            statement.query_row([group, part], |row| Ok((row.get(0)?, row.get(1)?))).within(FILE)?;
        check_part(group, part, &body, carried)?;
        let (blocks, _) = body.as_chunks::<BLOCK_BYTES>();
        let block = blocks.get(within).ok_or_else(|| StoreError::Corrupt(format!("{FILE}: a filter is too short")))?;
        Ok(bloom::block_has(block, key))
    }

    /// One transaction a run, so that a run that is to be sealed never waits long.
    pub(super) fn forget(&self, before: Moment) -> Result<(), StoreError> {
        let recover = |connection: &Connection| {
            *self.filters.write() = load_filters(connection, self.cut.keys_per_group, self.filter_bytes)?;
            Ok(())
        };
        loop {
            let emptied = self.writer.lock().write(recover, |transaction| {
                let sql = "SELECT number, run FROM key_run WHERE shard = 0 AND last_at < ? LIMIT 1";
                let oldest: Option<(i64, i64)> = transaction
                    .query_row(sql, [before.micros()], |row| Ok((row.get(0)?, row.get(1)?)))
                    .optional()
                    .within(FILE)?;
                let Some((group, run)) = oldest else { return Ok(None) };
                drop_run(transaction, group, run)?;
                let emptied = runs_of(transaction, group)?.is_empty();
                if emptied {
                    transaction
                        .execute("DELETE FROM key_filter WHERE shard = 0 AND number = ?", [group])
                        .within(FILE)?;
                    transaction
                        .execute("DELETE FROM key_group WHERE shard = 0 AND number = ?", [group])
                        .within(FILE)?;
                }
                Ok(Some(emptied.then_some(group)))
            })?;
            match emptied {
                None => return Ok(()),
                Some(None) => {}
                Some(Some(group)) => self.filters.write().retain(|(kept, _)| *kept != group),
            }
        }
    }
}

fn newest_run(connection: &Connection) -> Result<Option<Run>, StoreError> {
    let sql = "SELECT number, run, keys FROM key_run WHERE shard = 0 ORDER BY number DESC, run DESC LIMIT 1";
    let mut statement = connection.prepare_cached(sql).within(FILE)?;
    let row: Option<(i64, i64, i64)> =
        statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional().within(FILE)?;
    row.map(|(group, run, keys)| Ok(Run { group, run, keys: read(keys, FILE)? })).transpose()
}

/// A group's runs, newest first.
fn runs_of(connection: &Connection, group: i64) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT run FROM key_run WHERE shard = 0 AND number = ? ORDER BY run DESC";
    let mut statement = connection.prepare_cached(sql).within(FILE)?;
    let runs = statement.query_map([group], |row| row.get(0)).within(FILE)?;
    runs.collect::<Result<_, _>>().within(FILE)
}

fn drop_run(connection: &Connection, group: i64, run: i64) -> Result<(), StoreError> {
    connection.execute("DELETE FROM key_page WHERE shard = 0 AND run = ?", [run]).within(FILE)?;
    connection.execute("DELETE FROM key_run WHERE shard = 0 AND number = ? AND run = ?", [group, run]).within(FILE)?;
    Ok(())
}

/// Sorts the keys and packs them into pages.
fn write_pages(connection: &Connection, run: i64, rows: &mut Vec<KeyRow>) -> Result<(), StoreError> {
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
        let seal = seal_page(run, &first.key, &body);
        statement.execute(params![run, &first.key[..], body, seal]).within(FILE)?;
    }
    Ok(())
}

fn look_up(connection: &Connection, run: i64, key: &KeyHash) -> Result<Option<KeyRow>, StoreError> {
    let sql = "SELECT first_key, body, seal FROM key_page WHERE shard = 0 AND run = ? AND first_key <= ?
        ORDER BY first_key DESC LIMIT 1";
    let mut statement = connection.prepare_cached(sql).within(FILE)?;
    let mut pages = statement.query(params![run, &key[..]]).within(FILE)?;
    let Some(page) = pages.next().within(FILE)? else { return Ok(None) };
    let mut found = None;
    each_key(run, page, |row| {
        if row.key == key {
            found = Some(row.to_row());
        }
    })?;
    Ok(found)
}

fn read_run(connection: &Connection, run: i64) -> Result<Vec<KeyRow>, StoreError> {
    let sql = "SELECT first_key, body, seal FROM key_page WHERE shard = 0 AND run = ? ORDER BY first_key";
    let mut statement = connection.prepare_cached(sql).within(FILE)?;
    let mut pages = statement.query([run]).within(FILE)?;
    let mut rows = Vec::new();
    while let Some(page) = pages.next().within(FILE)? {
        each_key(run, page, |row| rows.push(row.to_row()))?;
    }
    Ok(rows)
}

/// Checks a page and visits its keys.
fn each_key(run: i64, page: &rusqlite::Row<'_>, mut visit: impl FnMut(Packed<'_>)) -> Result<(), StoreError> {
    let wrong = || StoreError::Corrupt(format!("{FILE}: a page of run {run} is not what was written"));
    let first_key: KeyHash = page.get(0).within(FILE)?;
    let mut body = page.get_ref(1).within(FILE)?.as_blob().map_err(|_| wrong())?;
    let carried: i64 = page.get(2).within(FILE)?;
    if carried != seal_page(run, &first_key, body) {
        return Err(wrong());
    }
    while !body.is_empty() {
        visit(unpack(&mut body).ok_or_else(wrong)?);
    }
    Ok(())
}

fn seal_page(run: i64, first_key: &KeyHash, body: &[u8]) -> i64 {
    seal("key_page", &[ValueRef::Integer(run), ValueRef::Blob(first_key), ValueRef::Blob(body)])
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
    fn to_row(&self) -> KeyRow {
        let Packed { key, content, seq, at, answer } = *self;
        KeyRow { key: *key, content: *content, seq, at, answer: answer.to_vec() }
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

/// Reads the filters, the newest first, until they use `filter_bytes`.
fn load_filters(
    connection: &Connection,
    keys_per_group: u64,
    filter_bytes: u64,
) -> Result<Vec<(i64, Option<Filter>)>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT number FROM key_group WHERE shard = 0 ORDER BY number DESC").within(FILE)?;
    let groups: Vec<i64> =
        statement.query_map([], |row| row.get(0)).within(FILE)?.collect::<Result<_, _>>().within(FILE)?;
    let size = bloom::blocks_for(keys_per_group) * BLOCK_BYTES as u64;
    let mut filters = Vec::new();
    for group in groups {
        // The newest is always in memory: it is still being filled.
        let wanted = filters.is_empty() || (filters.len() as u64 + 1) * size <= filter_bytes;
        filters.push((group, if wanted { Some(read_filter(connection, group, size)?) } else { None }));
    }
    filters.reverse();
    Ok(filters)
}

fn read_filter(connection: &Connection, group: i64, size: u64) -> Result<Filter, StoreError> {
    let sql = "SELECT part, body, seal FROM key_filter WHERE shard = 0 AND number = ? ORDER BY part";
    let mut statement = connection.prepare_cached(sql).within(FILE)?;
    let mut parts = statement.query([group]).within(FILE)?;
    let mut bytes = Vec::new();
    while let Some(part) = parts.next().within(FILE)? {
        let body: Vec<u8> = part.get(1).within(FILE)?;
        check_part(group, part.get(0).within(FILE)?, &body, part.get(2).within(FILE)?)?;
        bytes.extend(body);
    }
    match Filter::from_bytes(&bytes) {
        Some(filter) if filter.bytes() == size => Ok(filter),
        _ => Err(StoreError::Corrupt(format!("{FILE}: the filter of key group {group} is not whole"))),
    }
}

fn seal_part(group: i64, part: i64, body: &[u8]) -> i64 {
    seal("key_filter", &[ValueRef::Integer(group), ValueRef::Integer(part), ValueRef::Blob(body)])
}

fn check_part(group: i64, part: i64, body: &[u8], carried: i64) -> Result<(), StoreError> {
    if carried == seal_part(group, part, body) {
        return Ok(());
    }
    Err(StoreError::Corrupt(format!("{FILE}: the filter of key group {group} does not match its seal")))
}
