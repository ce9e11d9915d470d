//! What a fold does with lines: it appends them, closes the small segments that the journal has passed, summing their lines
//! up in memory and by key, and has those of a larger segment merged once it has passed that as well.

use super::super::tally::Tallies;
use super::blocks;
use super::closed::{Closed, close_small};
use super::cut::{Cut, Level, Segment};
use super::merging;
use super::pages::{Source, missing, remove};
use super::segments::{Change, Known, LOOSE, SEGMENTS, forget, note};
use crate::contract::{LineRow, StoreError};
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

/// What a fold is written into.
pub(super) struct Writing<'c, 't> {
    pub(super) connection: &'c Connection,
    pub(super) tallies: &'t mut Tallies<'c>,
    pub(super) cut: Cut,
}

impl Writing<'_, '_> {
    /// Writes lines that are not there yet, in order of position and each once, and whatever is to be closed when the
    /// journal is known up to `upto_seq`.
    pub(super) fn lines(mut self, known: &Known, lines: Vec<LineRow>, upto_seq: u64) -> Result<Change, StoreError> {
        let cut = self.cut;
        blocks::write(self.connection, cut, known.position, &lines)?;
        let open = cut.open(Level::Small, upto_seq);
        let closed = match cut.open(Level::Small, known.position) == open {
            true => None,
            false => Some(self.close(known, &lines, upto_seq)?),
        };
        let written = cut.first_of(cut.open(Level::Middle, upto_seq));
        let stay = if cut.first_of(cut.open(Level::Middle, known.position)) == written {
            self.tallies.count(LOOSE)?
        } else {
            0
        };
        let loose = stay + lines.iter().filter(|line| line.seq >= written).count() as u64;
        self.tallies.set(LOOSE, loose);
        let recent: Vec<LineRow> = lines.into_iter().filter(|line| cut.holds(open, line.seq)).collect();
        Ok(Change { before: None, closed, recent, position: upto_seq })
    }

    /// Closes the small segments that have lines and are past when the journal is known up to `upto_seq`, and merges what
    /// is past of the larger ones; answers all that are closed then.
    fn close(&mut self, known: &Known, lines: &[LineRow], upto_seq: u64) -> Result<Vec<Closed>, StoreError> {
        let cut = self.cut;
        let mut all = (*known.closed).clone();
        let (first, open) = (cut.open(Level::Small, known.position), cut.open(Level::Small, upto_seq));
        let past = lines.iter().filter(|line| line.seq < cut.first_of(open));
        // Each once, from its payer's ledger.
        let recent = known.recent.iter().filter(|(ledger, _)| ledger.is_payers());
        let past = recent.flat_map(|(_, lines)| lines.iter()).chain(past);
        let mut new = close_small(cut, &mut past.collect::<Vec<_>>())?.into_iter().peekable();
        for number in first.number..open.number {
            // The journal has passed this one now, and with it perhaps a larger one.
            let small = Segment { number, ..open };
            all.extend(new.next_if(|closed| closed.segment() == small));
            if let Some(middle) = cut.ends(small, Level::Middle) {
                self.merge_into(&mut all, middle)?;
            }
            self.merge_slice(&mut all, small)?;
        }
        // Lines that lie elsewhere would be in no sum.
        if new.peek().is_some() { Err(missing()) } else { Ok(all) }
    }

    /// Merges the small segments of a middle one.
    fn merge_into(&mut self, all: &mut Vec<Closed>, middle: Segment) -> Result<(), StoreError> {
        let smaller = self.within(all, Level::Small, middle);
        if smaller.is_empty() {
            return Ok(());
        }
        merging::merge(self.connection, middle, &sources(&all[smaller.clone()]))?;
        self.replace(all, smaller, middle)
    }

    /// Merges a slice of the large segment before the one that a small segment is in: as many as that has small ones.
    fn merge_slice(&mut self, all: &mut Vec<Closed>, small: Segment) -> Result<(), StoreError> {
        let (slice, slices) = self.cut.place_in_large(small);
        let Some(number) = self.cut.segment(Level::Large, self.cut.first_of(small)).number.checked_sub(1) else {
            return Ok(());
        };
        let large = Segment { level: Level::Large, number };
        let smaller = self.within(all, Level::Middle, large);
        if smaller.is_empty() {
            return Ok(());
        }
        merging::merge_slice(self.connection, large, &sources(&all[smaller.clone()]), (slice, slices))?;
        if slice + 1 == slices { self.replace(all, smaller, large) } else { Ok(()) }
    }

    /// Where the closed segments of a level are that lie within a larger one: they lie in order of position, and those of one
    /// level together.
    fn within(&self, all: &[Closed], level: Level, larger: Segment) -> Range<usize> {
        let cut = self.cut;
        let is_in = |closed: &Closed| {
            let segment = closed.segment();
            segment.level == level && cut.segment(larger.level, cut.first_of(segment)) == larger
        };
        let first = all.iter().position(is_in).unwrap_or(all.len());
        first..first + all[first..].iter().take_while(|closed| is_in(closed)).count()
    }

    /// Puts a larger segment that has been written into the place of smaller ones.
    fn replace(&mut self, all: &mut Vec<Closed>, smaller: Range<usize>, larger: Segment) -> Result<(), StoreError> {
        let mut months = BTreeSet::new();
        for closed in &all[smaller.clone()] {
            months.extend(closed.months.iter());
            if closed.source.held.is_none() {
                remove(self.connection, closed.segment())?;
                forget(self.connection, closed.segment())?;
                self.tallies.add(SEGMENTS, -1)?;
            }
        }
        let closed = Closed { source: Source { segment: larger, held: None }, months: Arc::new(months) };
        note(self.connection, &closed)?;
        self.tallies.add(SEGMENTS, 1)?;
        all.splice(smaller, [closed]);
        Ok(())
    }
}

fn sources(closed: &[Closed]) -> Vec<&Source> {
    closed.iter().map(|closed| &closed.source).collect()
}
