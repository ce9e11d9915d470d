//! Rows that are found by what is said in one of their columns, such as orders by their state. They have no order of their
//! own that could be numbered, so each span of positions is summed up by what its rows say; see [`super::tally`].

use super::tally::{Kind, List, Tallies, Traces, agree, number_of, sum_between, trace};
use super::{FILE, short_hash};
use crate::contract::StoreError;
use crate::sqlite::errors::{Within, bound, read, stored};
use crate::sqlite::rows::{Stored, columns, read_row};
use crate::sqlite::shard::of;
use rusqlite::{Connection, OptionalExtension, params};
use std::ops::{ControlFlow, Range};

/// Rows that are found by what is said in one of their columns, with an index. The rows of each span of positions are
/// summed up by what they say, since they have no order of their own.
pub(super) struct Marked {
    pub(super) kind: Kind,
    pub(super) table: &'static str,
    pub(super) index: &'static str,
    pub(super) column: &'static str,
}

impl Marked {
    /// Sums a row up by what is said in it; `before` is what it said until now, where it was there.
    pub(super) fn sum_up(
        &self,
        tallies: &mut Tallies<'_>,
        span_bits: u32,
        seq: u64,
        before: Option<&str>,
        mark: &str,
    ) -> Result<(), StoreError> {
        if before == Some(mark) {
            return Ok(());
        }
        let (span, entry) = (stored(seq >> span_bits)?, trace(&[stored(seq)?]));
        if let Some(before) = before {
            let list = List::of(self.kind, span, tallies.hash_of(before));
            tallies.take_trace(list, entry)?;
        }
        let list = List::of(self.kind, span, tallies.hash_of(mark));
        tallies.add_trace(list, entry)
    }

    /// The number of the row at this position, where it is there already, with what it says.
    pub(super) fn there(&self, connection: &Connection, at: i64) -> Result<Option<(i64, String)>, StoreError> {
        let sql = format!("SELECT nth, {} {}", self.column, of(self.table, "AND seq = ?"));
        let mut statement = connection.prepare_cached(&sql).within(FILE)?;
        statement.query_row([at], |row| Ok((row.get(0)?, row.get(1)?))).optional().within(FILE)
    }

    /// Visits the rows at these positions that say `mark`, newest first, until the visitor has enough; then looks whether
    /// those are there that should be, in the spans that were passed.
    pub(super) fn newest_first<T: Stored>(
        &self,
        connection: &Connection,
        span_bits: u32,
        mark: &str,
        seqs: &Range<u64>,
        mut visit: impl FnMut(T) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        let Marked { kind, table, index, column } = self;
        let which = of(&format!("{table} INDEXED BY {index}"), &format!("AND {column} = ? AND seq >= ? AND seq < ?"));
        let sql = format!("SELECT {}, seq {which} ORDER BY seq DESC", columns::<T>(""));
        let mut statement = connection.prepare_cached(&sql).within(FILE)?;
        let mut rows = statement.query(params![mark, bound(seqs.start), bound(seqs.end)]).within(FILE)?;
        let (mut passed, mut visited) = (seqs.start, 0);
        while let Some(row) = rows.next().within(FILE)? {
            visited += 1;
            if visit(read_row(row, FILE)?)?.is_break() {
                passed = number_of::<T>(row)?;
                break;
            }
        }
        let Some(last) = seqs.end.checked_sub(1).filter(|last| *last >= passed) else { return Ok(()) };
        let (first, last) = (passed >> span_bits, last >> span_bits);
        let end = (last + 1).saturating_mul(1 << span_bits);
        let mut statement = connection.prepare_cached(&format!("SELECT seq {which}")).within(FILE)?;
        let mut rows = statement.query(params![mark, bound(first << span_bits), bound(end)]).within(FILE)?;
        let (mut among, mut found) = (0, Traces::default());
        while let Some(row) = rows.next().within(FILE)? {
            let seq: i64 = row.get(0).within(FILE)?;
            among += u64::from((passed..seqs.end).contains(&read(seq, FILE)?));
            found.add(trace(&[seq]));
        }
        // The other way round as well: an index that is out of order ends a walk at another place in each direction.
        agree(table, visited, among)?;
        found.agree(table, sum_between(connection, *kind, short_hash(mark), bound(first), bound(last))?)
    }
}
