//! What is known in memory of the segments of bill lines. Small segments are closed as soon as the journal is past them:
//! only then are their lines summed, so that a fold writes lines and nothing else. Their pages stay in memory, where they
//! can be made again from the lines; when a larger segment is past, those of the smaller ones in it are merged into one,
//! which is written. What is written therefore follows from the journal's positions alone, however it was folded. The lines
//! of the small segment that is not closed are in memory, by bill; whoever asks takes them together with the moment of the
//! file that they belong to.

use super::super::FILE;
use super::super::tally::{self, Kind, List};
use super::blocks;
use super::closed::{Closed, close_small};
use super::cut::{Cut, Level, Segment};
use super::packed::{Unpacker, put_whole};
use super::pages::Source;
use crate::bill::Ledger;
use crate::contract::{Bill, LineRow, StoreError};
use crate::sqlite::errors::{Within, bound};
use crate::sqlite::rows::{Clash, Fields, Inserter, Stored, each, stored};
use crate::sqlite::shard::delete;
use credere_core::ledger::Month;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, params};
use std::collections::{BTreeSet, HashMap};
use std::ops::ControlFlow;
use std::sync::Arc;

/// The table.
pub(super) const TABLE: &str = "
    CREATE TABLE bill_segment (shard INTEGER NOT NULL, level INTEGER NOT NULL, segment INTEGER NOT NULL,
        months BLOB NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (shard, level, segment)) WITHOUT ROWID;";

/// That there is a segment in the table of pages.
struct SegmentRow {
    level: u8,
    segment: u64,
    months: Vec<u8>,
}

stored! { SegmentRow: "bill_segment",
    level, segment, months
}

impl SegmentRow {
    fn of(closed: &Closed) -> SegmentRow {
        let mut months = Vec::new();
        closed.months.iter().for_each(|month| put_whole(&mut months, u64::from(month.number())));
        let Segment { level, number } = closed.segment();
        SegmentRow { level: level as u8, segment: number, months }
    }

    fn closed(self) -> Option<Closed> {
        let level = [Level::Middle, Level::Large].into_iter().find(|level| *level as u8 == self.level)?;
        let (mut rest, mut months) = (Unpacker(&self.months), BTreeSet::new());
        while !rest.is_empty() {
            months.insert(Month::from_number(u32::try_from(rest.whole()?).ok()?));
        }
        let source = Source { segment: Segment { level, number: self.segment }, held: None };
        Some(Closed { source, months: Arc::new(months) })
    }
}

/// Notes that there is a segment.
pub(super) fn note(connection: &Connection, closed: &Closed) -> Result<(), StoreError> {
    Inserter::new::<SegmentRow>(connection, FILE, Clash::Fails, &[])?.put(&[], &SegmentRow::of(closed))
}

/// Notes that there is a segment no more.
pub(super) fn forget(connection: &Connection, segment: Segment) -> Result<(), StoreError> {
    let sql = delete(SegmentRow::TABLE, "AND level = ? AND segment = ?");
    let mut statement = connection.prepare_cached(&sql).within(FILE)?;
    statement.execute(params![segment.level as u8, bound(segment.number)]).within(FILE)?;
    Ok(())
}

/// How many whole segments are in the table of pages.
pub(super) const SEGMENTS: List = List::whole(Kind::BillSegments);
/// How many lines are in none of them.
pub(super) const LOOSE: List = List::whole(Kind::LooseLines);

/// What is known of lines in memory, as of one position of the journal.
#[derive(Clone, Default)]
pub(in super::super) struct Known {
    pub(super) position: u64,
    /// In order of position.
    pub(super) closed: Arc<Vec<Closed>>,
    /// The lines that are in no closed segment, oldest first, by each ledger that they are in.
    pub(super) recent: HashMap<Ledger, Arc<Vec<LineRow>>>,
}

/// How [`Known`] changes with a fold.
pub(in super::super) struct Change {
    /// What was known before, where that was read from the file anew.
    pub(super) before: Option<Known>,
    /// The segments, where other ones are closed than before; the lines that were recent are in one of them then.
    pub(super) closed: Option<Vec<Closed>>,
    /// Lines that are recent now.
    pub(super) recent: Vec<LineRow>,
    pub(super) position: u64,
}

impl Known {
    /// Reads what is known from a file that is filled up to `position`.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] also where something is missing.
    pub(in super::super) fn load(
        connection: &Connection,
        segment_bits: u32,
        position: u64,
    ) -> Result<Known, StoreError> {
        let cut = Cut::of(segment_bits);
        let mut closed = Vec::new();
        // The larger ones are older than all smaller ones.
        each(connection, FILE, "ORDER BY level DESC, segment", &[], |row: SegmentRow| {
            closed.push(row.closed().ok_or_else(|| tally::gap(SegmentRow::TABLE))?);
            Ok(ControlFlow::Continue(()))
        })?;
        tally::agree(SegmentRow::TABLE, closed.len() as u64, tally::entries(connection, SEGMENTS)?)?;
        let mut loose = blocks::from(connection, cut, cut.first_of(cut.open(Level::Middle, position)))?;
        tally::agree("line_block", loose.len() as u64, tally::entries(connection, LOOSE)?)?;
        let first_recent = cut.first_of(cut.open(Level::Small, position));
        let recent = loose.split_off(loose.partition_point(|line| line.seq < first_recent));
        closed.extend(close_small(cut, &mut loose.iter().collect::<Vec<_>>())?);
        let mut known = Known { position, closed: Arc::new(closed), recent: HashMap::new() };
        known.add(recent);
        Ok(known)
    }

    /// In which closed segments, oldest first, there are lines of a month.
    pub(super) fn sources(&self, month: Month) -> Vec<Source> {
        let closed = self.closed.iter().filter(|closed| closed.months.contains(&month));
        closed.map(|closed| closed.source.clone()).collect()
    }

    /// A bill's ledgers that have lines in no closed segment, each with these.
    pub(super) fn recent(&self, bill: Bill) -> Vec<(Ledger, Arc<Vec<LineRow>>)> {
        let found = |ledger: Ledger| self.recent.get(&ledger).map(|lines| (ledger, lines.clone()));
        let is_owned =
            |ledger: &&Ledger| (ledger.account, ledger.month) == (bill.account, bill.month) && !ledger.is_payers();
        match Ledger::of_bill(bill) {
            Some(ledgers) => ledgers.into_iter().filter_map(found).collect(),
            None => self.recent.keys().filter(is_owned).copied().filter_map(found).collect(),
        }
    }

    fn add(&mut self, recent: Vec<LineRow>) {
        for line in recent {
            let (payers, owners) = Ledger::of(&line);
            if let Some(owners) = owners {
                Arc::make_mut(self.recent.entry(owners).or_default()).push(line.clone());
            }
            Arc::make_mut(self.recent.entry(payers).or_default()).push(line);
        }
    }

    /// Once a fold is written.
    pub(in super::super) fn apply(&mut self, change: Change) {
        let Change { before, closed, recent, position } = change;
        if let Some(before) = before {
            *self = before;
        }
        if let Some(closed) = closed {
            self.closed = Arc::new(closed);
            self.recent.clear();
        }
        self.add(recent);
        self.position = position;
    }
}
