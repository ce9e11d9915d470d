//! Merging the pages of smaller segments into those of a larger one: they are read side by side, and no more than one entry
//! of each is held. A large segment is merged slice by slice, one whenever the journal has passed one more small segment, so
//! that no fold takes long; the smaller ones are read until the last slice is there.

use super::cut::Segment;
use super::keys::{self, HEAD, Kept};
use super::marks::{LINES_MAX, Marks, put_marks};
use super::packed::{Unpacker, put_sums};
use super::pages::{self, Packer, PagesAdded, Source, Stream, broken, missing};
use crate::bill::{LineFacts, Sums};
use crate::contract::StoreError;
use rusqlite::Connection;
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

/// Merges all that smaller segments have into a larger one.
pub(super) fn merge(connection: &Connection, into: Segment, smaller: &[&Source]) -> Result<(), StoreError> {
    merge_between(connection, into, smaller, (&[], &[]))
}

/// Merges one of so many slices into a larger segment that has those before it. The last one makes it whole.
pub(super) fn merge_slice(
    connection: &Connection,
    into: Segment,
    smaller: &[&Source],
    (slice, slices): (u64, u64),
) -> Result<(), StoreError> {
    // The one with most pages tells where a slice begins: mostly that is about the same part of all.
    let mut most = (0, into);
    for source in smaller {
        let count = pages::count(connection, source.segment)?;
        if count == 0 {
            return Err(missing());
        }
        if count > most.0 {
            most = (count, source.segment);
        }
    }
    let (count, segment) = most;
    let begin = |slice: u64| Ok(pages::page_at(connection, segment, count * slice / slices)?.first_key);
    let from = if slice == 0 { Vec::new() } else { begin(slice)? };
    let to = if slice + 1 == slices { Vec::new() } else { begin(slice + 1)? };
    // Where there are fewer pages than slices, some have nothing.
    if from == to && slice + 1 < slices {
        return Ok(());
    }
    merge_between(connection, into, smaller, (&from, &to))
}

/// Merges what smaller segments have from a key on and before another; an empty one stands for their end.
fn merge_between(
    connection: &Connection,
    into: Segment,
    smaller: &[&Source],
    (from, to): (&[u8], &[u8]),
) -> Result<(), StoreError> {
    if !from.is_empty() && pages::last_of(connection, into)?.next_key != from {
        return Err(missing());
    }
    let mut merger = Merger::new(Packer::new(into, from, PagesAdded::to(connection, into)?));
    let mut heads = BinaryHeap::with_capacity(smaller.len());
    for (place, source) in smaller.iter().enumerate() {
        let stream = Stream::new(connection, source, from)?;
        let mut head = Head { key: Vec::new(), value: Vec::new(), place, stream };
        while head.next()? {
            if head.key.as_slice() >= from {
                heads.push(head);
                break;
            }
        }
    }
    while let Some(mut head) = heads.peek_mut() {
        if !to.is_empty() && head.key.as_slice() >= to {
            break;
        }
        merger.take(&head.key, &head.value)?;
        if !head.next()? {
            PeekMut::pop(head);
        }
    }
    merger.finish(to)
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

/// Puts entries together that come in the order of their keys: sums of one key are added, and a ledger's lines packed anew.
struct Merger<'c> {
    pages: Packer<PagesAdded<'c>>,
    /// The last key; empty before the first.
    key: Vec<u8>,
    sums: Sums,
    lines: Vec<LineFacts>,
    /// Room for what is written.
    written: (Vec<u8>, Vec<u8>),
}

impl<'c> Merger<'c> {
    fn new(pages: Packer<PagesAdded<'c>>) -> Merger<'c> {
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
        let ledger = keys::ledger_of(&self.key).ok_or_else(broken)?;
        let (key, value) = &mut self.written;
        put_marks(&mut self.pages, ledger, &self.lines, key, value)?;
        self.lines.clear();
        Ok(())
    }

    fn finish(mut self, next_key: &[u8]) -> Result<(), StoreError> {
        self.write()?;
        self.pages.finish(next_key).map(drop)
    }
}
