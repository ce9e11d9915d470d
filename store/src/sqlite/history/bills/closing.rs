//! What a fold does with lines: it appends them, closes the small segments that the journal has passed, and merges those of
//! a larger segment once it has passed that as well. Closing sums lines up, in memory and by key; merging reads the pages
//! of the small segments side by side, and holds no more than one entry of each.

use super::super::tally::Tallies;
use super::blocks;
use super::cut::{Cut, Level, Segment};
use super::held::Held;
use super::keys::{self, HEAD, Kept, SumsByKey, sum_up};
use super::marks::{self, LINES_MAX, Marks};
use super::packed::{Unpacker, put_sums};
use super::pages::{Packer, Sink, Source, Stream, Table, broken, remove};
use super::segments::{Change, Closed, Known, LOOSE, SEGMENTS, forget, note};
use crate::bill::{LineFacts, Sums};
use crate::contract::{Bill, LineRow, StoreError};
use rusqlite::Connection;
use std::cmp::Ordering;
use std::collections::binary_heap::PeekMut;
use std::collections::{BTreeSet, BinaryHeap};
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
        let past = cut.first_of(cut.open(Level::Small, upto_seq));
        let past = lines.iter().filter(|line| line.seq < past);
        all.extend(close_small(cut, &mut known.recent.values().flat_map(|lines| lines.iter()).chain(past).collect())?);
        for (smaller, level) in [(Level::Small, Level::Middle), (Level::Middle, Level::Large)] {
            let open = cut.open(level, upto_seq);
            let within = |closed: &Closed| cut.segment(level, cut.first_of(closed.segment()));
            // They lie in order of position, and those of one level together.
            while let Some(first) = all.iter().position(|closed| closed.segment().level == smaller)
                && within(&all[first]).number < open.number
            {
                let segment = within(&all[first]);
                let is_in = |closed: &&Closed| closed.segment().level == smaller && within(closed) == segment;
                let count = all[first..].iter().take_while(is_in).count();
                let merged = self.merge(segment, &all[first..first + count])?;
                all.splice(first..first + count, [merged]);
            }
        }
        Ok(all)
    }

    /// Makes one segment of smaller ones, in the table.
    fn merge(&mut self, segment: Segment, smaller: &[Closed]) -> Result<Closed, StoreError> {
        let mut merger = Merger::new(Packer::new(segment, Table::for_segment(self.connection, segment)?));
        let mut heads = BinaryHeap::with_capacity(smaller.len());
        for (place, closed) in smaller.iter().enumerate() {
            let stream = Stream::new(self.connection, &closed.source)?;
            let mut head = Head { key: Vec::new(), value: Vec::new(), place, stream };
            if head.next()? {
                heads.push(head);
            }
        }
        while let Some(mut head) = heads.peek_mut() {
            merger.take(&head.key, &head.value)?;
            if !head.next()? {
                PeekMut::pop(head);
            }
        }
        merger.finish()?;
        let mut months = BTreeSet::new();
        for closed in smaller {
            months.extend(closed.months.iter());
            if closed.source.held.is_none() {
                remove(self.connection, closed.segment())?;
                forget(self.connection, closed.segment())?;
                self.tallies.add(SEGMENTS, -1)?;
            }
        }
        let closed = Closed { source: Source { segment, held: None }, months: Arc::new(months) };
        note(self.connection, &closed)?;
        self.tallies.add(SEGMENTS, 1)?;
        Ok(closed)
    }
}

/// Closes the small segments that have these lines.
pub(super) fn close_small(cut: Cut, lines: &mut Vec<&LineRow>) -> Result<Vec<Closed>, StoreError> {
    lines.sort_unstable_by_key(|line| line.seq);
    let small = |line: &LineRow| cut.segment(Level::Small, line.seq);
    let closed = lines.chunk_by_mut(|one, next| small(one) == small(next)).map(|lines| {
        let (segment, months) = (small(lines[0]), Arc::new(lines.iter().map(|line| line.month).collect()));
        Ok(Closed { source: Source { segment, held: Some(Arc::new(pack_segment(segment, lines)?)) }, months })
    });
    closed.collect()
}

/// Sums the lines of a small segment up.
fn pack_segment(segment: Segment, lines: &mut [&LineRow]) -> Result<Held, StoreError> {
    lines.sort_unstable_by_key(|line| (line.account, line.month, line.seq));
    let mut pages = Packer::new(segment, Held::default());
    // Room for what is written, and for the sums of one bill.
    let (mut key, mut value) = (Vec::with_capacity(64), Vec::with_capacity(64));
    let (mut sums, mut sorted) = (SumsByKey::default(), Vec::new());
    for lines in lines.chunk_by(|one, next| (one.account, one.month) == (next.account, next.month)) {
        let bill = Bill { account: lines[0].account, month: lines[0].month };
        for lines in lines.chunks(LINES_MAX) {
            let facts: Vec<LineFacts> = lines.iter().map(|line| LineFacts::of(line)).collect();
            put_marks(&mut pages, bill, &facts, &mut key, &mut value)?;
        }
        // Its sums come after its lines, and before the next bill.
        for line in lines {
            sum_up(&mut sums, &mut key, line)?;
        }
        sorted.extend(sums.drain());
        sorted.sort_unstable_by(|one: &(Vec<u8>, Sums), other| one.0.cmp(&other.0));
        for (key, sums) in sorted.drain(..) {
            value.clear();
            put_sums(&mut value, &sums);
            pages.put(&key, &value)?;
        }
    }
    pages.finish()
}

fn put_marks<S: Sink>(
    pages: &mut Packer<S>,
    bill: Bill,
    facts: &[LineFacts],
    key: &mut Vec<u8>,
    value: &mut Vec<u8>,
) -> Result<(), StoreError> {
    marks::key_of(key, bill, facts);
    marks::pack(value, facts);
    pages.put(key, value)
}

/// The next entry of one of the segments that are merged.
struct Head<'c> {
    key: Vec<u8>,
    value: Vec<u8>,
    place: usize,
    stream: Stream<'c>,
}

impl Head<'_> {
    fn next(&mut self) -> Result<bool, StoreError> {
        self.stream.next(&mut self.key, &mut self.value)
    }
}

impl Ord for Head<'_> {
    /// The first key is the greatest; of one key the older segment's comes first.
    fn cmp(&self, other: &Self) -> Ordering {
        (&other.key, other.place).cmp(&(&self.key, self.place))
    }
}

impl PartialOrd for Head<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Head<'_> {}

/// Puts entries together that come in the order of their keys: sums of one key are added, and a bill's lines packed anew.
struct Merger<'c> {
    pages: Packer<Table<'c>>,
    /// The last key; empty before the first.
    key: Vec<u8>,
    sums: Sums,
    lines: Vec<LineFacts>,
    /// Room for what is written.
    written: (Vec<u8>, Vec<u8>),
}

impl<'c> Merger<'c> {
    fn new(pages: Packer<Table<'c>>) -> Merger<'c> {
        let written = (Vec::new(), Vec::new());
        Merger { pages, key: Vec::new(), sums: Sums::default(), lines: Vec::new(), written }
    }

    fn take(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        if keys::is(key, Kept::Lines) {
            if self.key.get(..HEAD) != key.get(..HEAD) {
                self.write()?;
            }
            self.set_key(key);
            self.lines.extend(Marks::read(key, value).and_then(Marks::facts).ok_or_else(broken)?);
            while self.lines.len() >= LINES_MAX {
                let rest = self.lines.split_off(LINES_MAX);
                self.write_lines()?;
                self.lines = rest;
            }
            return Ok(());
        }
        let mut packed = Unpacker(value);
        let sums = packed.sums().filter(|_| packed.is_empty()).ok_or_else(broken)?;
        if self.key == key {
            self.sums = self.sums.plus(&sums)?;
            return Ok(());
        }
        self.write()?;
        self.set_key(key);
        self.sums = sums;
        Ok(())
    }

    fn set_key(&mut self, key: &[u8]) {
        self.key.clear();
        self.key.extend(key);
    }

    /// Writes what was gathered.
    fn write(&mut self) -> Result<(), StoreError> {
        if self.key.is_empty() {
            return Ok(());
        }
        if keys::is(&self.key, Kept::Lines) {
            return self.write_lines();
        }
        let (_, value) = &mut self.written;
        value.clear();
        put_sums(value, &self.sums);
        self.pages.put(&self.key, value)
    }

    fn write_lines(&mut self) -> Result<(), StoreError> {
        if self.lines.is_empty() {
            return Ok(());
        }
        let bill = keys::bill_of(&self.key).ok_or_else(broken)?;
        let (key, value) = &mut self.written;
        put_marks(&mut self.pages, bill, &self.lines, key, value)?;
        self.lines.clear();
        Ok(())
    }

    fn finish(mut self) -> Result<(), StoreError> {
        self.write()?;
        self.pages.finish().map(drop)
    }
}
