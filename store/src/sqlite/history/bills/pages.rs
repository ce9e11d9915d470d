//! Pages of what is kept of the bills of a segment: entries sorted once by their keys, packed and sealed. An entry says
//! how much of the key before it it shares. Each page says with which key the next one begins, and the first begins
//! before every key, so that a page that is missing is not taken for a bill that has nothing there.

use super::super::{FILE, tally};
use super::cut::Segment;
use super::held::Held;
use super::packed::{Unpacker, put_whole};
use super::page::{PageRow, Sink};
use super::page_cache::PageCache;
use crate::contract::StoreError;
use crate::sqlite::errors::{Within, bound, read, stored};
use crate::sqlite::rows::{Clash, Inserter, Stored, columns, read_row, select};
use crate::sqlite::shard::{delete, of};
use rusqlite::{CachedStatement, Connection, params};
use std::ops::{ControlFlow, RangeInclusive};
use std::sync::Arc;

/// The table. A page is found by an index and lies in a row without a key of its own, since a tree whose every row is as
/// long as this would be deep.
pub(super) const TABLE: &str = "
    CREATE TABLE bill_page (shard INTEGER NOT NULL CHECK (shard = 0), id INTEGER PRIMARY KEY, level INTEGER NOT NULL,
        segment INTEGER NOT NULL, first_key BLOB NOT NULL, next_key BLOB NOT NULL, body BLOB NOT NULL,
        seal INTEGER NOT NULL);
    CREATE UNIQUE INDEX bill_page_by_key ON bill_page (level, segment, first_key);";

/// So many bytes of entries and keys are packed into one row, which then fits into one of SQLite's pages.
const PAGE_BYTES: usize = 3_960;

/// So many bits of a page's number are its place in its segment, and so many its segment's number.
const PLACE_BITS: u32 = 24;
const SEGMENT_BITS: u32 = 36;

/// The number of a segment's first page: those of a segment lie together, and those of a level in order of position.
///
/// # Errors
/// [`StoreError::Io`] where there is none, which is beyond every position of a shard.
fn first_id(segment: Segment) -> Result<i64, StoreError> {
    if segment.number >> SEGMENT_BITS > 0 {
        return Err(StoreError::io(format!("{FILE}: there is no place for segment {} of lines", segment.number)));
    }
    stored((segment.level as u64) << (SEGMENT_BITS + PLACE_BITS) | segment.number << PLACE_BITS)
}

/// The numbers of a segment's pages.
fn ids(segment: Segment) -> Result<RangeInclusive<i64>, StoreError> {
    let first = first_id(segment)?;
    Ok(first..=first | ((1 << PLACE_BITS) - 1))
}

/// Pages that are added to those of a segment in the table.
pub(super) struct PagesAdded<'c> {
    into: Inserter<'c>,
    next_id: i64,
}

impl<'c> PagesAdded<'c> {
    /// For pages of this segment that come after those that are there.
    pub(super) fn to(connection: &'c Connection, segment: Segment) -> Result<PagesAdded<'c>, StoreError> {
        let into = Inserter::new::<PageRow>(connection, FILE, Clash::Fails, &["id"])?;
        Ok(PagesAdded { into, next_id: first_id(segment)? + stored(count(connection, segment)?)? })
    }
}

impl Sink for PagesAdded<'_> {
    fn take(&mut self, page: PageRow) -> Result<(), StoreError> {
        self.into.put(&[self.next_id], &page)?;
        self.next_id += 1;
        Ok(())
    }
}

/// How many pages of a segment are in the table.
pub(super) fn count(connection: &Connection, segment: Segment) -> Result<u64, StoreError> {
    let ids = ids(segment)?;
    let sql = format!("SELECT max(id) {}", of(PageRow::TABLE, "AND id BETWEEN ? AND ?"));
    let mut statement = connection.prepare_cached(&sql).within(FILE)?;
    let last: Option<i64> = statement.query_row([ids.start(), ids.end()], |row| row.get(0)).within(FILE)?;
    last.map_or(Ok(0), |last| read(last - ids.start() + 1, FILE))
}

/// A segment's page, counted from 0.
pub(super) fn page_at(connection: &Connection, segment: Segment, place: u64) -> Result<PageRow, StoreError> {
    let id = first_id(segment)? + stored(place)?;
    select(connection, FILE, "AND id = ?", &[&id])?.pop().ok_or_else(missing)
}

/// A segment's last page.
pub(super) fn last_of(connection: &Connection, segment: Segment) -> Result<PageRow, StoreError> {
    let last = count(connection, segment)?.checked_sub(1).ok_or_else(missing)?;
    page_at(connection, segment, last)
}

/// Packs the pages of one segment, from entries that come in the order of their keys.
pub(super) struct Packer<S> {
    to: S,
    segment: Segment,
    /// Where the page that is being filled begins.
    first_key: Vec<u8>,
    /// The last key that was put into it; empty where none was.
    last_key: Vec<u8>,
    body: Vec<u8>,
}

impl<S: Sink> Packer<S> {
    /// Its first page begins with this key: an empty one, or that with which those before it have ended.
    pub(super) fn new(segment: Segment, first_key: &[u8], to: S) -> Packer<S> {
        Packer { to, segment, first_key: first_key.to_vec(), last_key: Vec::new(), body: Vec::new() }
    }

    pub(super) fn put(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        let keys = self.first_key.len() + 2 * key.len();
        if !self.body.is_empty() && self.body.len() + keys + value.len() > PAGE_BYTES {
            self.end_page(key)?;
            self.first_key = key.to_vec();
        }
        let shared = self.last_key.iter().zip(key).take_while(|(one, other)| one == other).count();
        put_whole(&mut self.body, shared as u64);
        put_whole(&mut self.body, (key.len() - shared) as u64);
        self.body.extend(&key[shared..]);
        put_whole(&mut self.body, value.len() as u64);
        self.body.extend(value);
        self.last_key.truncate(shared);
        self.last_key.extend(&key[shared..]);
        Ok(())
    }

    /// Packs the last page, which is the first one where there are no entries, up to this key or, where that is empty, to the
    /// end; answers where all of them went.
    pub(super) fn finish(mut self, next_key: &[u8]) -> Result<S, StoreError> {
        self.end_page(next_key)?;
        Ok(self.to)
    }

    fn end_page(&mut self, next_key: &[u8]) -> Result<(), StoreError> {
        let page = PageRow::new(self.segment, &self.first_key, next_key, std::mem::take(&mut self.body));
        self.last_key.clear();
        self.to.take(page)
    }
}

/// Deletes the pages of a segment.
pub(super) fn remove(connection: &Connection, segment: Segment) -> Result<(), StoreError> {
    let ids = ids(segment)?;
    let sql = delete(PageRow::TABLE, "AND id BETWEEN ? AND ?");
    let mut statement = connection.prepare_cached(&sql).within(FILE)?;
    statement.execute([ids.start(), ids.end()]).within(FILE)?;
    Ok(())
}

/// Where a page is asked for.
const WITH_KEY: &str = "AND level = ? AND segment = ? AND first_key <= ? ORDER BY first_key DESC LIMIT 1";

/// A segment's pages: in memory, or in the table where nothing is held.
#[derive(Clone)]
pub(super) struct Source {
    pub(super) segment: Segment,
    pub(super) held: Option<Arc<Held>>,
}

/// Reads pages of one segment.
struct Pages<'c> {
    connection: &'c Connection,
    source: &'c Source,
    /// Those that were read lately; absent for whoever reads each page once.
    cache: Option<&'c PageCache>,
    /// Made when the first page is read.
    statement: Option<CachedStatement<'c>>,
}

impl<'c> Pages<'c> {
    fn of(connection: &'c Connection, source: &'c Source, cache: Option<&'c PageCache>) -> Pages<'c> {
        Pages { connection, source, cache, statement: None }
    }

    /// The page that has this key, if anything has.
    fn with(&mut self, key: &[u8]) -> Result<Arc<PageRow>, StoreError> {
        let Source { segment, held } = self.source;
        if let Some(held) = held {
            return held.with(key).ok_or_else(missing);
        }
        if let Some(page) = self.cache.and_then(|cache| cache.with(*segment, key)) {
            return Ok(page);
        }
        let page = Arc::new(self.read(key)?);
        if let Some(cache) = self.cache {
            cache.keep(*segment, page.clone());
        }
        Ok(page)
    }

    fn read(&mut self, key: &[u8]) -> Result<PageRow, StoreError> {
        let statement = match &mut self.statement {
            Some(statement) => statement,
            none => {
                let sql = format!("SELECT {} {}", columns::<PageRow>(""), of(PageRow::TABLE, WITH_KEY));
                none.insert(self.connection.prepare_cached(&sql).within(FILE)?)
            }
        };
        let Segment { level, number } = self.source.segment;
        let place = params![level as u8, bound(number), key];
        let mut rows = statement.query(place).within(FILE)?;
        let Some(row) = rows.next().within(FILE)? else { return Err(missing()) };
        let page: PageRow = read_row(row, FILE)?;
        if page.covers(key) { Ok(page) } else { Err(missing()) }
    }

    /// The page that begins with this key.
    fn beginning_with(&mut self, key: &[u8]) -> Result<Arc<PageRow>, StoreError> {
        let page = self.with(key)?;
        if page.first_key == key { Ok(page) } else { Err(missing()) }
    }
}

/// A page is missing.
pub(super) fn missing() -> StoreError {
    tally::gap(PageRow::TABLE)
}

/// Visits the entries of a segment whose keys begin with `prefix`, from the key `from` on, in order, until the visitor has
/// enough.
pub(super) fn scan(
    (connection, cache): (&Connection, &PageCache),
    source: &Source,
    prefix: &[u8],
    from: &[u8],
    mut visit: impl FnMut(&[u8], &[u8]) -> Result<ControlFlow<()>, StoreError>,
) -> Result<(), StoreError> {
    let mut pages = Pages::of(connection, source, Some(cache));
    let mut page = pages.with(from)?;
    let mut key = Vec::with_capacity(64);
    loop {
        let mut entries = Unpacker(&page.body);
        key.clear();
        while !entries.is_empty() {
            let value = entry(&mut entries, &mut key).ok_or_else(broken)?;
            if key.as_slice() < from {
                continue;
            }
            if !key.starts_with(prefix) || visit(&key, value)?.is_break() {
                return Ok(());
            }
        }
        if !page.next_key.starts_with(prefix) {
            return Ok(());
        }
        page = pages.beginning_with(&page.next_key)?;
    }
}

/// The entries of a segment, one after the other.
pub(super) struct Stream<'c> {
    pages: Pages<'c>,
    page: Arc<PageRow>,
    /// Bytes of the page that were read.
    read: usize,
    /// The last entry's key.
    key: Vec<u8>,
}

impl<'c> Stream<'c> {
    /// From the beginning of the page on that has this key, if anything has.
    pub(super) fn new(connection: &'c Connection, source: &'c Source, from: &[u8]) -> Result<Stream<'c>, StoreError> {
        let mut pages = Pages::of(connection, source, None);
        let page = pages.with(from)?;
        Ok(Stream { pages, page, read: 0, key: Vec::new() })
    }

    /// Puts the next entry's key and value there; answers whether there is one.
    pub(super) fn next(&mut self, key: &mut Vec<u8>, value: &mut Vec<u8>) -> Result<bool, StoreError> {
        while self.read == self.page.body.len() {
            if self.page.next_key.is_empty() {
                return Ok(false);
            }
            self.page = self.pages.beginning_with(&self.page.next_key)?;
            self.read = 0;
            self.key.clear();
        }
        let mut entries = Unpacker(&self.page.body[self.read..]);
        let found = entry(&mut entries, &mut self.key).ok_or_else(broken)?;
        self.read = self.page.body.len() - entries.0.len();
        key.clone_from(&self.key);
        value.clear();
        value.extend(found);
        Ok(true)
    }
}

/// The next entry: its value, and its key in place of the one before.
fn entry<'b>(entries: &mut Unpacker<'b>, key: &mut Vec<u8>) -> Option<&'b [u8]> {
    let shared = usize::try_from(entries.whole()?).ok()?;
    if shared > key.len() {
        return None;
    }
    key.truncate(shared);
    let length = entries.whole()?;
    key.extend(entries.bytes(length)?);
    let length = entries.whole()?;
    entries.bytes(length)
}

/// What lies in a page cannot have been written.
pub(super) fn broken() -> StoreError {
    StoreError::corrupt(format!("{FILE}: a row of {} does not decode", PageRow::TABLE))
}
