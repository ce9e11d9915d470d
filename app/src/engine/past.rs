//! Looking back: single records of the journal, and the book as it stood before one of them.

use super::recovery::{decode, empty, read_image, replay};
use credere_core::book::{Book, Event, Record, buying};
use credere_core::channel::AuthorizationId;
use credere_core::ledger::{Calendar, Moment, Shard};
use credere_store::contract::{Fault, ShardStore, StoreError};
use credere_store::frame::Frame;

/// A record with its position and business time.
pub(crate) type Placed = (u64, Moment, Record);

/// The records of the request that ends at `seq`: one, or for a batch all its operations, what followed from them, and
/// the batch's end.
///
/// # Errors
/// [`StoreError`]
pub(crate) fn records_of(store: &dyn ShardStore, seq: u64) -> Result<Vec<Placed>, StoreError> {
    let Some(frame) = store.frame_with(seq)? else { return Ok(Vec::new()) };
    let mut records = records_in(&frame)?;
    records.retain(|(at, ..)| *at <= seq);
    let before = match records.last() {
        Some((_, _, Record::BatchClosed { records, .. })) => *records as usize,
        _ => 0,
    };
    let first = records.len().saturating_sub(before + 1);
    Ok(records.split_off(first))
}

/// Reads single records of the journal, and keeps the last frame at hand.
pub(crate) struct RecordReader<'s> {
    store: &'s dyn ShardStore,
    at_hand: Option<(Frame, Vec<Record>)>,
}

impl RecordReader<'_> {
    pub(crate) fn of(store: &dyn ShardStore) -> RecordReader<'_> {
        RecordReader { store, at_hand: None }
    }

    /// Whose journal it is.
    pub(super) fn shard(&self) -> Shard {
        self.store.id()
    }

    /// The record at this position with its business time, if the journal has it.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(super) fn record_at(&mut self, seq: u64) -> Result<Option<(Moment, &Record)>, StoreError> {
        let has = |(frame, _): &mut (Frame, _)| (frame.first_seq..=frame.last_seq).contains(&seq);
        let (frame, records) = match self.at_hand.take_if(has) {
            Some(same) => same,
            None => {
                let Some(frame) = self.store.frame_with(seq)? else { return Ok(None) };
                let records = decode(&frame)?;
                (frame, records)
            }
        };
        let (frame, records) = self.at_hand.insert((frame, records));
        let place = usize::try_from(seq - frame.first_seq).ok();
        Ok(place.and_then(|place| records.get(place)).map(|record| (frame.at, record)))
    }
}

/// Whether the journal says that this authorization was opened.
///
/// # Errors
/// [`StoreError`]
pub(crate) fn was_opened(store: &dyn ShardStore, id: AuthorizationId) -> Result<bool, StoreError> {
    let Some(position) = store.id().position_of(id.opened_seq) else { return Ok(false) };
    let mut journal = RecordReader::of(store);
    let event = journal.record_at(position)?.and_then(|(_, record)| record.event());
    Ok(match event {
        Some(Event::Buying(buying::Event::AuthorizationOpened(opened))) => opened.account == id.account,
        _ => false,
    })
}

/// The records behind the one at `seq` in its commit.
///
/// # Errors
/// [`StoreError`]
pub(crate) fn records_behind(store: &dyn ShardStore, seq: u64) -> Result<Vec<Placed>, StoreError> {
    let Some(frame) = store.frame_with(seq)? else { return Ok(Vec::new()) };
    let mut records = records_in(&frame)?;
    records.retain(|(at, ..)| *at > seq);
    Ok(records)
}

/// The book as it stood before the record at `seq`: from the newest image that is not after it, or from the beginning, in
/// the deployment's calendar.
///
/// # Errors
/// [`StoreError`]
pub(crate) fn book_before(store: &dyn ShardStore, seq: u64, calendar: Calendar) -> Result<Book, StoreError> {
    let upto = seq.saturating_sub(1);
    // An image ends with a frame; one that is not after the record's own frame's beginning comes before it.
    let mut book = match read_image(store, upto, &|| Ok(()))? {
        Some((_, Ok(book))) => book,
        Some((_, Err(_))) | None => empty(store, calendar),
    };
    let Some(last) = store.frame_with(seq)? else { return Ok(book) };
    store.frames(book.seq(), last.first_seq - 1, &mut |frame| replay(&mut book, &frame))?;
    for (at, record) in (last.first_seq..seq).zip(decode(&last)?) {
        match record.event() {
            Some(event) => book.evolve(at, last.at, event),
            None => book.skip(at, last.at),
        }
        .map_err(|error| StoreError::corrupt(Fault::of(error)))?;
    }
    Ok(book)
}

fn records_in(frame: &Frame) -> Result<Vec<Placed>, StoreError> {
    Ok((frame.first_seq..).zip(decode(frame)?).map(|(seq, record)| (seq, frame.at, record)).collect())
}
