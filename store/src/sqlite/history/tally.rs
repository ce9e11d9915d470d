//! How a row that is missing is noticed. SQLite says nothing when a row has gone or cannot be found any more, and a list
//! without it looks whole. So every entry of a list carries its number in that list (1, 2, 3, ... in order of positions),
//! and how many entries a list has is kept, sealed, in a tree of its own: whoever reads a part of a list sees a gap
//! between two entries, and by the tally that the last ones are missing. An entry is believed, also as one that stands
//! beside another, when its seal is right. Where a list has no order of its own, only the tally is kept, for parts that are
//! small enough to be counted or summed up again.

use super::{FILE, short_hash};
use crate::contract::StoreError;
use crate::sqlite::errors::{Within, read, stored};
use crate::sqlite::rows::{Clash, Fields, Inserter, Stored, columns, read_row, seal, select, value};
use crate::sqlite::shard::{delete, insert, of};
use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row, params, params_from_iter};
use std::collections::BTreeMap;

/// What is counted. The numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Orders = 1,
    OrdersOf = 2,
    AllocationsOf = 3,
    Audit = 4,
    AuditOf = 5,
    AuditSpans = 6,
    Requests = 7,
    BillSegments = 9,
    LooseLines = 10,
    ReceiptsOf = 11,
    Vouchers = 12,
    VouchersOf = 13,
    UsesOf = 14,
    MonthsOfUses = 15,
    Resources = 16,
    ResourcesOf = 17,
    ResourceNames = 18,
    Notices = 19,
    NoticesOf = 20,
    OrdersIn = 21,
    ResourcesIn = 22,
    AuditIn = 23,
    Authorizations = 24,
    Invitations = 25,
    InvitationsOf = 26,
    InvitationsTo = 27,
}

/// Which list of a kind: the part of the journal that it lies in, whose it is, and of which month; 0 where that does not
/// apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct List {
    kind: Kind,
    segment: i64,
    whose: i64,
    month: i64,
}

impl List {
    pub(super) const fn whole(kind: Kind) -> List {
        List { kind, segment: 0, whose: 0, month: 0 }
    }

    pub(super) const fn of(kind: Kind, segment: i64, whose: i64) -> List {
        List { kind, segment, whose, month: 0 }
    }

    pub(super) fn in_month(self, month: u32) -> List {
        List { month: i64::from(month), ..self }
    }
}

/// How many entries a list has.
struct TallyRow {
    kind: i64,
    segment: i64,
    whose: i64,
    month: i64,
    entries: u64,
}

impl Stored for TallyRow {
    const TABLE: &'static str = "tally";
    const COLUMNS: &'static [&'static str] = &["kind", "segment", "whose", "month", "entries"];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        let key = [self.kind, self.segment, self.whose, self.month].map(ValueRef::Integer);
        Ok(key.into_iter().chain([value::whole(self.entries)?]).collect())
    }

    fn read(fields: &mut Fields<'_>) -> Result<TallyRow, StoreError> {
        Ok(TallyRow {
            kind: fields.integer()?,
            segment: fields.integer()?,
            whose: fields.integer()?,
            month: fields.integer()?,
            entries: fields.whole()?,
        })
    }
}

/// Which row has one list's tally.
const OF_LIST: &str = "AND kind = ? AND segment = ? AND whose = ? AND month = ?";

/// The statement that asks for one list's tally.
fn ask(connection: &Connection) -> Result<CachedStatement<'_>, StoreError> {
    let sql = format!("SELECT {} {}", columns::<TallyRow>(""), of(TallyRow::TABLE, OF_LIST));
    connection.prepare_cached(&sql).within(FILE)
}

/// How many entries a list should have.
pub(super) fn entries(connection: &Connection, list: List) -> Result<u64, StoreError> {
    entries_of(&mut ask(connection)?, list)
}

fn entries_of(statement: &mut CachedStatement<'_>, list: List) -> Result<u64, StoreError> {
    let key = params![list.kind as i64, list.segment, list.whose, list.month];
    let mut rows = statement.query(key).within(FILE)?;
    let Some(row) = rows.next().within(FILE)? else { return Ok(0) };
    read_row(row, FILE).map(|row: TallyRow| row.entries)
}

/// What the lists of one kind and owner in these segments sum up to together.
pub(super) fn sum_between(
    connection: &Connection,
    kind: Kind,
    whose: i64,
    first: i64,
    last: i64,
) -> Result<u64, StoreError> {
    let tail = "AND kind = ? AND segment BETWEEN ? AND ? AND whose = ?";
    let rows: Vec<TallyRow> = select(connection, FILE, tail, &[&(kind as i64), &first, &last, &whose])?;
    let mut sum = Traces::default();
    rows.iter().for_each(|row| sum.add(row.entries));
    Ok(sum.0)
}

/// Checks that what was counted is what should be there.
///
/// # Errors
/// [`StoreError::Corrupt`]
pub(super) fn agree(table: &str, found: u64, expected: u64) -> Result<(), StoreError> {
    if found == expected {
        return Ok(());
    }
    Err(StoreError::corrupt(format!("{FILE}: {table} has {found} rows where {expected} belong")))
}

/// A row of a list is missing, or stands where it does not belong.
pub(super) fn gap(table: &str) -> StoreError {
    StoreError::corrupt(format!("{FILE}: a row of {table} is missing or not where it belongs"))
}

/// What stands for an entry in a tally where entries are summed up and not only counted: some number that hangs on all of
/// these. It is there to find damage, and therefore cheap.
pub(super) fn trace(numbers: &[i64]) -> u64 {
    // The steps of SplitMix64: each number changes every bit with the same chance.
    let mut mixed = 0_u64;
    for number in numbers {
        mixed = (mixed ^ number.cast_unsigned()).wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
    }
    mixed
}

/// A sum of traces, without what does not fit into a tally.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Traces(u64);

impl Traces {
    /// SQLite's numbers have a sign, and tallies have none.
    const MASK: u64 = u64::MAX >> 1;

    pub(super) fn add(&mut self, trace: u64) {
        self.0 = self.0.wrapping_add(trace) & Traces::MASK;
    }

    fn take(&mut self, trace: u64) {
        self.0 = self.0.wrapping_sub(trace) & Traces::MASK;
    }

    /// Checks that these are the entries that should be there.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`]
    pub(super) fn agree(self, table: &str, expected: u64) -> Result<(), StoreError> {
        if self.0 == expected { Ok(()) } else { Err(gap(table)) }
    }
}

/// The tallies that one fold changes. Written once, at its end.
pub(super) struct Tallies<'c> {
    connection: &'c Connection,
    entries: CachedStatement<'c>,
    changed: BTreeMap<List, u64>,
    /// What rows say, each hashed once: there are few such words.
    marks: Vec<(String, i64)>,
}

impl<'c> Tallies<'c> {
    pub(super) fn new(connection: &'c Connection) -> Result<Tallies<'c>, StoreError> {
        Ok(Tallies { connection, entries: ask(connection)?, changed: BTreeMap::new(), marks: Vec::new() })
    }

    /// Counts one more entry; answers its number in the list.
    pub(super) fn next(&mut self, list: List) -> Result<i64, StoreError> {
        self.add(list, 1)
    }

    /// Counts more entries, or fewer; answers how many there are then.
    pub(super) fn add(&mut self, list: List, more: i64) -> Result<i64, StoreError> {
        let count = self.count(list)?.checked_add_signed(more).ok_or_else(|| gap(TallyRow::TABLE))?;
        self.changed.insert(list, count);
        stored(count)
    }

    /// Sums one more entry up.
    pub(super) fn add_trace(&mut self, list: List, trace: u64) -> Result<(), StoreError> {
        let mut traces = Traces(self.count(list)?);
        traces.add(trace);
        self.changed.insert(list, traces.0);
        Ok(())
    }

    /// Takes an entry out of a sum.
    pub(super) fn take_trace(&mut self, list: List, trace: u64) -> Result<(), StoreError> {
        let mut traces = Traces(self.count(list)?);
        traces.take(trace);
        self.changed.insert(list, traces.0);
        Ok(())
    }

    /// Says how many entries a list has.
    pub(super) fn set(&mut self, list: List, entries: u64) {
        self.changed.insert(list, entries);
    }

    /// How many entries a list has until now, or what they sum up to.
    pub(super) fn count(&mut self, list: List) -> Result<u64, StoreError> {
        match self.changed.get(&list) {
            Some(count) => Ok(*count),
            None => entries_of(&mut self.entries, list),
        }
    }

    pub(super) fn hash_of(&mut self, mark: &str) -> i64 {
        if let Some((_, hash)) = self.marks.iter().find(|(known, _)| known == mark) {
            return *hash;
        }
        let hash = short_hash(mark);
        self.marks.push((mark.to_owned(), hash));
        hash
    }

    /// Writes rows of an index with these columns, each the next entry of its list, and sealed as such.
    pub(super) fn index<const N: usize>(
        &mut self,
        table: &str,
        columns: [&str; N],
        rows: &mut [[i64; N]],
        list: impl Fn(&[i64; N]) -> List,
    ) -> Result<(), StoreError> {
        rows.sort_unstable();
        let sql = insert("INSERT OR REPLACE", table, &[&["nth", "seal"], &columns[..]].concat());
        let mut statement = self.connection.prepare_cached(&sql).within(FILE)?;
        for row in rows {
            let number = self.next(list(row))?;
            let sealed = seal_of_entry(table, number, row);
            statement.execute(params_from_iter([number, sealed].iter().chain(row.iter()))).within(FILE)?;
        }
        Ok(())
    }

    /// Writes them. A list without entries has no tally, whether it once had some or not.
    pub(super) fn write(self) -> Result<(), StoreError> {
        let mut into = Inserter::new::<TallyRow>(self.connection, FILE, Clash::Replaces, &[])?;
        let mut delete = self.connection.prepare_cached(&delete(TallyRow::TABLE, OF_LIST)).within(FILE)?;
        for (List { kind, segment, whose, month }, entries) in self.changed {
            if entries == 0 {
                delete.execute(params![kind as i64, segment, whose, month]).within(FILE)?;
            } else {
                into.put(&[], &TallyRow { kind: kind as i64, segment, whose, month, entries })?;
            }
        }
        Ok(())
    }
}

/// The seal of an entry that points at a row.
pub(super) fn seal_of_entry(table: &str, number: i64, key: &[i64]) -> i64 {
    let values: Vec<ValueRef<'_>> = std::iter::once(&number).chain(key).map(|part| ValueRef::Integer(*part)).collect();
    seal(table, &values)
}

/// The number that stands behind a row's columns and seal.
pub(super) fn number_of<T: Stored>(row: &Row<'_>) -> Result<u64, StoreError> {
    read(row.get(T::COLUMNS.len() + 1).within(FILE)?, FILE)
}

/// The number of the row that has this in its column `key`, where it is there already.
pub(super) fn number_in<T: Stored>(connection: &Connection, key: &str, at: i64) -> Result<Option<i64>, StoreError> {
    let sql = format!("SELECT nth {}", of(T::TABLE, &format!("AND {key} = ?")));
    let mut statement = connection.prepare_cached(&sql).within(FILE)?;
    statement.query_row([at], |row| row.get(0)).optional().within(FILE)
}

/// Checks that a row that was not found was never there: those around it stand side by side.
pub(super) fn never_there<T: Stored>(
    connection: &Connection,
    kind: Kind,
    key: &str,
    at: i64,
) -> Result<(), StoreError> {
    let beside = |compare: &str, direction: &str| -> Result<Option<u64>, StoreError> {
        let columns = columns::<T>("");
        let which = format!("AND {key} {compare} ? ORDER BY {key} {direction} LIMIT 1");
        let mut statement =
            connection.prepare_cached(&format!("SELECT {columns}, nth {}", of(T::TABLE, &which))).within(FILE)?;
        let mut rows = statement.query([at]).within(FILE)?;
        let Some(row) = rows.next().within(FILE)? else { return Ok(None) };
        let _checked: T = read_row(row, FILE)?;
        number_of::<T>(row).map(Some)
    };
    let below = beside("<", "DESC")?.unwrap_or(0);
    let above = match beside(">", "ASC")? {
        Some(above) => above,
        None => entries(connection, List::whole(kind))?.saturating_add(1),
    };
    if above == below.saturating_add(1) { Ok(()) } else { Err(gap(T::TABLE)) }
}
