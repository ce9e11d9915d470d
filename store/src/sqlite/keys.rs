//! The file `keys.db`: idempotency keys that have left memory, in runs sorted by key. A run is written once, in pages of
//! 160 keys each. Runs come in groups that share a filter, and almost every question (it is about a key that was never
//! used) ends at the filters; one about a key that was used reads a page of each run in its group. A filter is written once
//! its group is full; until then it is made of the group's runs when the file is opened. Lasting keys have groups and runs
//! of their own, so that the others can be forgotten in whole runs.

use super::behind::{BehindWriter, Layout};
use super::bloom::{self, BLOCK_BYTES, Filter};
use super::connect::{Access, Pool};
use super::errors::{Within, stored};
use super::key_pages::{self, KeyAt, look_up, read_run, write_pages};
use super::key_rows::{self, GroupRow, Lasting, RunRow, Setup, missing, newest_run, put, runs_of};
use super::places::{self, Name};
use super::rows::{Stored, seal, select};
use super::shard::{SHARD, delete, insert, of};
use super::{SqliteStore, open_keys};
use crate::contract::{KeyHash, KeyRow, Keys, StoreError};
use crate::frame::Position;
use credere_core::ledger::Moment;
use parking_lot::{MappedRwLockReadGuard, Mutex, RwLock};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ToSql, params};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

pub(super) const FILE: &str = "keys.db";
const LAYOUT: i64 = 6;
const READERS: u32 = 4;

/// Pages of the database; a row of up to a quarter of it lies within one page.
const DATABASE_PAGE_BYTES: u32 = 16384;

/// A filter is kept on disk in parts of so many blocks, 3,840 bytes, so that asking one that is not in memory reads one
/// page.
const PART_BLOCKS: usize = 120;

const TABLE: &str = "
    CREATE TABLE key_filter (shard INTEGER NOT NULL, number INTEGER NOT NULL, part INTEGER NOT NULL,
        body BLOB NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (shard, number, part)) WITHOUT ROWID;";

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
    /// The oldest first.
    groups: RwLock<Vec<Group>>,
}

/// Some runs that share a filter.
struct Group {
    number: i64,
    lasting: Lasting,
    /// Where it is absent it is asked on disk.
    filter: Option<Filter>,
}

/// Where a key was used, and of which kind that run is.
#[derive(Clone, Copy)]
struct Found {
    seq: u64,
    lasting: Lasting,
}

impl KeysFile {
    /// Opens the keys, and makes the file where it is not there.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] also for another layout: the file is then to be made anew.
    pub(super) fn open(
        path: &Path,
        cut: Cut,
        cache_bytes: u64,
        filter_bytes: u64,
        access: Access,
    ) -> Result<KeysFile, StoreError> {
        let first = Setup { keys_per_group: cut.keys_per_group, groups: 0 };
        let tables = format!(
            "{} {} {TABLE} INSERT INTO setup (shard, keys_per_group, groups, seal) VALUES ({SHARD}, {}, 0, {});{}",
            key_rows::TABLES,
            key_pages::TABLE,
            stored(cut.keys_per_group)?,
            seal(Setup::TABLE, &first.values()?),
            places::first(Name::Reached, &Position::default())?
        );
        let layout = Layout { file: FILE, page_bytes: DATABASE_PAGE_BYTES, number: LAYOUT, tables: &tables };
        let writer = BehindWriter::open(path, &layout, cache_bytes / 2, access)?;
        let position = places::reached(writer.connection(), FILE)?.seq;
        let keys_per_group = key_rows::setup(writer.connection())?.keys_per_group;
        let groups = load_groups(writer.connection(), keys_per_group, filter_bytes)?;
        Ok(KeysFile {
            writer: Mutex::new(writer),
            readers: Pool::open(path, FILE, READERS, cache_bytes / 2, access)?,
            position: AtomicU64::new(position),
            cut: Cut { keys_per_group, ..cut },
            filter_bytes,
            groups: RwLock::new(groups),
        })
    }

    /// Up to where keys have been sealed.
    pub(super) fn position(&self) -> u64 {
        self.position.load(Ordering::Acquire)
    }

    pub(super) fn seal(&self, after_seq: u64, upto: &Position, rows: Vec<KeyRow>) -> Result<(), StoreError> {
        let upto_seq = upto.seq;
        let mut writer = self.writer.lock();
        let position = self.position();
        if !(after_seq..=upto_seq).contains(&position) {
            return Err(StoreError::corrupt(format!(
                "{FILE}: a run of keys of the events after {after_seq} up to {upto_seq} comes where they are sealed up to \
                 {position}"
            )));
        }
        writer.write(
            |connection| {
                *self.groups.write() = load_groups(connection, self.cut.keys_per_group, self.filter_bytes)?;
                Ok(())
            },
            |transaction| {
                for lasting in [false, true] {
                    let of_kind = || rows.iter().filter(|row| row.lasting == lasting);
                    let mut keys: Vec<_> = of_kind().map(|&KeyRow { key, seq, .. }| KeyAt { key, seq }).collect();
                    key_pages::order(&mut keys);
                    if let Some(last_at) = of_kind().map(|row| row.at).max() {
                        self.write_run(transaction, lasting, last_at, keys)?;
                    }
                }
                places::keep(transaction, FILE, Name::Reached, upto)
            },
        )?;
        self.trim();
        self.position.store(upto_seq, Ordering::Release);
        Ok(())
    }

    /// Writes keys that are in order, of which the newest was used at `last_at`.
    fn write_run(
        &self,
        connection: &Connection,
        lasting: Lasting,
        mut last_at: Moment,
        mut keys: Vec<KeyAt>,
    ) -> Result<(), StoreError> {
        let newest = newest_run(connection, lasting)?;
        let mut group = self.group_for(connection, lasting, newest.as_ref(), keys.len() as u64)?;
        if let Some(full) = newest.as_ref().map(|newest| newest.group).filter(|newest| *newest != group.number) {
            self.write_filter(connection, full)?;
        }
        // The filter learns the keys before they can be seen. Should the transaction fail, it knows some keys too many,
        // which does no harm until it is made anew.
        self.learn(connection, group.number, lasting, &keys)?;
        let run = next(connection, "SELECT max(run) FROM key_run")?;
        let small = |keys: u64| keys < self.cut.small_run;
        if let Some(last) = newest.as_ref().filter(|last| last.group == group.number && small(last.keys))
            && small(keys.len() as u64)
        {
            keys.extend(read_run(connection, last)?);
            key_pages::order(&mut keys);
            last_at = last_at.max(last.last_at);
            key_rows::drop_run(connection, last)?;
            group.runs = group.runs.checked_sub(1).ok_or_else(|| missing(RunRow::TABLE))?;
        }
        write_pages(connection, run, lasting, &keys)?;
        let Some(first) = keys.first() else { return Ok(()) };
        let (keys, first_key) = (keys.len() as u64, first.key);
        put(connection, &RunRow { group: group.number, run, lasting, keys, last_at, first_key })?;
        put(connection, &GroupRow { runs: group.runs + 1, ..group })
    }

    /// The group that a run of so many keys goes to, with these keys: the newest one of its kind, unless its filter would
    /// get too full.
    fn group_for(
        &self,
        connection: &Connection,
        lasting: Lasting,
        newest: Option<&RunRow>,
        adding: u64,
    ) -> Result<GroupRow, StoreError> {
        if let Some(newest) = newest {
            let group = key_rows::group(connection, newest.group)?.ok_or_else(|| missing(GroupRow::TABLE))?;
            if group.keys.saturating_add(adding) <= self.cut.keys_per_group {
                return Ok(GroupRow { keys: group.keys + adding, ..group });
            }
        }
        let number = next(connection, "SELECT max(number) FROM key_group")?;
        let setup = key_rows::setup(connection)?;
        put(connection, &Setup { groups: setup.groups + 1, ..setup })?;
        Ok(GroupRow { number, lasting, keys: adding, runs: 0 })
    }

    fn learn(&self, connection: &Connection, number: i64, lasting: Lasting, keys: &[KeyAt]) -> Result<(), StoreError> {
        let mut groups = self.groups.write();
        if !groups.iter().any(|group| group.number == number) {
            groups.push(Group { number, lasting, filter: Some(Filter::new(self.cut.keys_per_group)) });
        }
        if let Some(group) = groups.iter_mut().find(|group| group.number == number) {
            let filter = match &mut group.filter {
                Some(filter) => filter,
                // Full once, and let go of; the newest again because those after it are forgotten.
                None => group.filter.insert(filter_of_runs(connection, number, self.cut.keys_per_group)?),
            };
            keys.iter().for_each(|one| filter.insert(&one.key));
        }
        Ok(())
    }

    fn write_filter(&self, connection: &Connection, number: i64) -> Result<(), StoreError> {
        let groups = self.groups.read();
        let group = groups.iter().find(|group| group.number == number);
        let Some(filter) = group.and_then(|group| group.filter.as_ref()) else { return Ok(()) };
        let sql = insert("INSERT OR REPLACE", "key_filter", &["number", "part", "body", "seal"]);
        let mut statement = connection.prepare_cached(&sql).within(FILE)?;
        for (part, body) in (0_i64..).zip(filter.parts(PART_BLOCKS)) {
            let seal = seal_part(number, part, &body);
            statement.execute(params![number, part, body, seal]).within(FILE)?;
        }
        Ok(())
    }

    /// Lets go of the oldest filters beyond the budget. The newest of each kind stays: it is still being filled.
    fn trim(&self) {
        let mut groups = self.groups.write();
        let newest = |lasting| groups.iter().rev().find(|group| group.lasting == lasting).map(|group| group.number);
        let filled = [newest(false), newest(true)];
        let mut used: u64 = groups.iter().filter_map(|group| group.filter.as_ref()).map(Filter::bytes).sum();
        for group in groups.iter_mut().filter(|group| !filled.contains(&Some(group.number))) {
            if used <= self.filter_bytes {
                break;
            }
            used -= group.filter.take().map_or(0, |filter| filter.bytes());
        }
    }

    /// Looks keys up, the newest group first. Touches no connection where the filters know that there is nothing.
    pub(super) fn find(&self, keys: &[KeyHash]) -> Result<Vec<Option<u64>>, StoreError> {
        let mut found: Vec<Option<Found>> = vec![None; keys.len()];
        // For each group: whether its filter is still to be asked on disk, and which keys it perhaps has.
        let mut suspects: Vec<(i64, bool, Vec<usize>)> = Vec::new();
        for Group { number, filter, .. } in self.groups.read().iter().rev() {
            let perhaps = |index: &usize| filter.as_ref().is_none_or(|filter| filter.has(&keys[*index]));
            let indices: Vec<usize> = (0..keys.len()).filter(perhaps).collect();
            if !indices.is_empty() {
                suspects.push((*number, filter.is_none(), indices));
            }
        }
        if suspects.is_empty() {
            return Ok(vec![None; keys.len()]);
        }
        let connection = self.readers.take();
        // One transaction, so that no run is merged or dropped between learning its number and reading it.
        let transaction = connection.unchecked_transaction().within(FILE)?;
        for (group, on_disk, indices) in suspects {
            let runs = runs_of(&transaction, group)?;
            let Some(kind) = runs.first().map(|run| run.lasting) else { continue };
            for index in indices {
                let (key, known) = (&keys[index], &mut found[index]);
                // Within a kind what comes first is the newest; a use of the other kind may be newer still.
                if known.is_some_and(|known| known.lasting == kind)
                    || (on_disk && !self.filter_on_disk_has(&transaction, group, key)?)
                {
                    continue;
                }
                for run in &runs {
                    if let Some(seq) = look_up(&transaction, run, key)? {
                        if known.is_none_or(|known| known.seq < seq) {
                            *known = Some(Found { seq, lasting: kind });
                        }
                        break;
                    }
                }
            }
        }
        Ok(found.into_iter().map(|found| Some(found?.seq)).collect())
    }

    fn filter_on_disk_has(&self, connection: &Connection, group: i64, key: &KeyHash) -> Result<bool, StoreError> {
        let block = bloom::block_of(key, bloom::blocks_for(self.cut.keys_per_group));
        let (part, within) = (block / PART_BLOCKS as u64, block % PART_BLOCKS as u64);
        let (part, within) = (stored(part)?, usize::try_from(within).unwrap_or(usize::MAX));
        let sql = format!("SELECT body, seal {}", of("key_filter", "AND number = ? AND part = ?"));
        let mut statement = connection.prepare_cached(&sql).within(FILE)?;
        let (body, carried): (Vec<u8>, i64) =
            statement.query_row([group, part], |row| Ok((row.get(0)?, row.get(1)?))).within(FILE)?;
        check_part(group, part, &body, carried)?;
        let (blocks, _) = body.as_chunks::<BLOCK_BYTES>();
        let block = blocks.get(within).ok_or_else(|| StoreError::corrupt(format!("{FILE}: a filter is too short")))?;
        Ok(bloom::block_has(block, key))
    }

    /// One transaction a run, so that a run that is to be sealed never waits long.
    pub(super) fn forget(&self, before: Moment, lasting_before: Moment) -> Result<(), StoreError> {
        let recover = |connection: &Connection| {
            *self.groups.write() = load_groups(connection, self.cut.keys_per_group, self.filter_bytes)?;
            Ok(())
        };
        loop {
            // Held until the filters know it too: the next group may have the number of one that is gone.
            let mut writer = self.writer.lock();
            let emptied = writer.write(recover, |transaction| {
                let tail = "AND last_at < CASE lasting WHEN 0 THEN ? ELSE ? END LIMIT 1";
                let until: [&dyn ToSql; 2] = [&before.micros(), &lasting_before.micros()];
                let oldest: Option<RunRow> = select(transaction, FILE, tail, &until)?.pop();
                let Some(oldest) = oldest else { return Ok(None) };
                let group = oldest.group;
                let left = runs_of(transaction, group)?.len() as u64 - 1;
                key_rows::drop_run(transaction, &oldest)?;
                let emptied = left == 0;
                if emptied {
                    for table in ["key_filter", GroupRow::TABLE] {
                        transaction.execute(&delete(table, "AND number = ?"), [group]).within(FILE)?;
                    }
                    let setup = key_rows::setup(transaction)?;
                    let groups = setup.groups.checked_sub(1).ok_or_else(|| missing(GroupRow::TABLE))?;
                    put(transaction, &Setup { groups, ..setup })?;
                } else {
                    let row = key_rows::group(transaction, group)?.ok_or_else(|| missing(GroupRow::TABLE))?;
                    put(transaction, &GroupRow { runs: left, ..row })?;
                }
                Ok(Some(emptied.then_some(group)))
            })?;
            match emptied {
                None => return Ok(()),
                Some(None) => {}
                Some(Some(emptied)) => self.groups.write().retain(|group| group.number != emptied),
            }
        }
    }
}

impl SqliteStore {
    fn keys(&self) -> Result<MappedRwLockReadGuard<'_, KeysFile>, StoreError> {
        self.part("keys", |files| files.keys.as_ref())
    }
}

impl Keys for SqliteStore {
    fn sealed_keys_seq(&self) -> Result<u64, StoreError> {
        if self.has_none(FILE) { Ok(0) } else { Ok(self.keys()?.position()) }
    }

    fn seal_keys(&self, after_seq: u64, upto_seq: u64, rows: Vec<KeyRow>) -> Result<(), StoreError> {
        let upto = self.files()?.journal.position_at(upto_seq)?;
        self.keys()?.seal(after_seq, &upto, rows)
    }

    fn find_keys(&self, hashes: &[KeyHash]) -> Result<Vec<Option<u64>>, StoreError> {
        if self.has_none(FILE) { Ok(vec![None; hashes.len()]) } else { self.keys()?.find(hashes) }
    }

    fn forget_keys(&self, before: Moment, lasting_before: Moment) -> Result<(), StoreError> {
        self.keys()?.forget(before, lasting_before)
    }

    fn clear_keys(&self) -> Result<(), StoreError> {
        self.make_anew(
            FILE,
            |files| files.keys = None,
            |files| {
                files.keys = Some(open_keys(&self.folder, &self.options)?);
                Ok(())
            },
        )
    }
}

/// The number after the greatest that `greatest` asks for; 0 where there is none.
fn next(connection: &Connection, greatest: &str) -> Result<i64, StoreError> {
    let mut statement = connection.prepare_cached(greatest).within(FILE)?;
    let greatest: Option<i64> = statement.query_row([], |row| row.get(0)).within(FILE)?;
    Ok(greatest.map_or(0, |greatest| greatest.saturating_add(1)))
}

/// Reads the groups and their filters, the newest first, until those use `filter_bytes`. That of the newest of each kind,
/// which is still being filled, is made of its runs.
fn load_groups(connection: &Connection, keys_per_group: u64, filter_bytes: u64) -> Result<Vec<Group>, StoreError> {
    let size = bloom::blocks_for(keys_per_group) * BLOCK_BYTES as u64;
    let mut groups: Vec<Group> = Vec::new();
    for GroupRow { number, lasting, .. } in key_rows::groups(connection)?.into_iter().rev() {
        let filter = if groups.iter().all(|group| group.lasting != lasting) {
            Some(filter_of_runs(connection, number, keys_per_group)?)
        } else if (groups.len() as u64 + 1) * size <= filter_bytes {
            Some(read_filter(connection, number, size)?)
        } else {
            None
        };
        groups.push(Group { number, lasting, filter });
    }
    groups.reverse();
    Ok(groups)
}

fn filter_of_runs(connection: &Connection, group: i64, keys_per_group: u64) -> Result<Filter, StoreError> {
    let mut filter = Filter::new(keys_per_group);
    for run in runs_of(connection, group)? {
        read_run(connection, &run)?.iter().for_each(|one| filter.insert(&one.key));
    }
    Ok(filter)
}

fn read_filter(connection: &Connection, group: i64, size: u64) -> Result<Filter, StoreError> {
    let sql = format!("SELECT part, body, seal {}", of("key_filter", "AND number = ? ORDER BY part"));
    let mut statement = connection.prepare_cached(&sql).within(FILE)?;
    let mut parts = statement.query([group]).within(FILE)?;
    let mut bytes = Vec::new();
    while let Some(part) = parts.next().within(FILE)? {
        let body: Vec<u8> = part.get(1).within(FILE)?;
        check_part(group, part.get(0).within(FILE)?, &body, part.get(2).within(FILE)?)?;
        bytes.extend(body);
    }
    match Filter::from_bytes(&bytes) {
        Some(filter) if filter.bytes() == size => Ok(filter),
        _ => Err(StoreError::corrupt(format!("{FILE}: the filter of key group {group} is not whole"))),
    }
}

fn seal_part(group: i64, part: i64, body: &[u8]) -> i64 {
    seal("key_filter", &[ValueRef::Integer(group), ValueRef::Integer(part), ValueRef::Blob(body)])
}

fn check_part(group: i64, part: i64, body: &[u8], carried: i64) -> Result<(), StoreError> {
    if carried == seal_part(group, part, body) {
        return Ok(());
    }
    Err(StoreError::corrupt(format!("{FILE}: the filter of key group {group} does not match its seal")))
}
