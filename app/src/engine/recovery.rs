//! Coming back: the newest image of the book, and the journal's tail on top. Also how history catches up with the
//! journal. Both run at a start, and the first also after a failed commit.

use super::keys::KeyMemory;
use crate::progress::{Phase, Progress};
use crate::rows::{self, Basis};
use credere_core::book::{Book, BookReader, Event, Record, SnapshotError, buying, metering};
use credere_core::channel::{Binding, Uin};
use credere_core::ledger::Calendar;
use credere_store::contract::{DeploymentStore, Fault, HistoryFold, ShardStore, Snapshots, StoreError};
use credere_store::frame::{Frame, Position};

/// Rows that one fold takes while catching up.
pub(crate) const CATCH_UP_ROWS: usize = 50_000;
/// How many records' accounts are looked at before the first of them is applied.
const AHEAD: usize = 256;

/// The deployment fact that says where days and months begin.
pub(crate) const ZONE: &str = "zone";

/// The calendar of a deployment, in which all its books live.
///
/// # Errors
/// [`StoreError::Corrupt`] when the fact does not read.
pub(crate) fn calendar_of(store: &dyn DeploymentStore) -> Result<Calendar, StoreError> {
    let Some(text) = store.fact(ZONE)? else { return Ok(Calendar::default()) };
    let offset = offset_of(&text).ok_or_else(|| StoreError::corrupt(format!("the zone `{text}` is not an offset")))?;
    Ok(Calendar::with_offset(offset))
}

/// Reads `+08:00` or `UTC` as seconds east of UTC.
pub fn offset_of(text: &str) -> Option<i32> {
    let (sign, rest) = match text.split_at_checked(1) {
        _ if text == "UTC" => return Some(0),
        Some(("+", rest)) => (1, rest),
        Some(("-", rest)) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let two_digits = |part: &str| {
        let digits = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        if digits { part.parse::<i32>().ok() } else { None }
    };
    let (hours, minutes) = two_digits(hours).zip(two_digits(minutes))?;
    (hours <= 14 && minutes <= 59).then_some(sign * (hours * 3_600 + minutes * 60))
}

/// A book brought back.
pub(crate) struct Recovered {
    /// The book, at the journal's end.
    pub(crate) book: Book,
    /// The journal's end.
    pub(crate) position: Position,
    /// Position of the image that it was built on.
    pub(super) snapshot_seq: u64,
    pub(super) keys: KeyMemory,
}

/// What to do with the idempotency keys that are in the journal only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JournalKeys {
    /// Seal every full run into the store and gather the rest: at a start, when nothing else works on the store.
    Seal,
    /// Gather them all: while a run may be on its way into the store.
    Gather,
    /// Leave them: whoever wants the book only.
    Leave,
}

/// The book of an image, or why there is none in it.
pub(crate) type ReadImage = Result<Book, SnapshotError>;

/// The newest image that ends at `not_after` or before, with those that it builds on: its place, and the book that it
/// holds or why it holds none. It is read as long as `go_on` agrees.
///
/// # Errors
/// [`StoreError`], or that of `go_on`.
pub(crate) fn read_image(
    store: &dyn Snapshots,
    not_after: u64,
    go_on: &dyn Fn() -> Result<(), StoreError>,
) -> Result<Option<(Position, ReadImage)>, StoreError> {
    let mut reader = BookReader::default();
    let mut unreadable = None;
    let image = store.snapshot(not_after, &mut |piece| {
        go_on()?;
        if unreadable.is_none() {
            unreadable = reader.take(piece).err();
        }
        Ok(())
    })?;
    let Some(at) = image else { return Ok(None) };
    let read = match unreadable {
        Some(error) => Err(error),
        None => reader.finish(),
    };
    let placed = read.and_then(|book| match book.seq() {
        seq if seq == at.seq => Ok(book),
        seq => Err(SnapshotError::Malformed(format!("it holds the book at {seq}"))),
    });
    Ok(Some((at, placed)))
}

/// Loads the newest usable image and replays the journal after it, checking the chain on the way. The journal may grow
/// meanwhile: the book is brought to where the journal ended at the call.
///
/// # Errors
/// [`StoreError::Corrupt`] when the chain is broken, or a record does not decode or does not fit the book.
pub(crate) fn load_book(
    store: &dyn ShardStore,
    calendar: Calendar,
    wanted: JournalKeys,
    progress: &dyn Progress,
) -> Result<Recovered, StoreError> {
    let last = store.last()?;
    let (mut book, image) = match read_image(store, last.seq, &|| Ok(()))? {
        Some((at, Ok(book))) => (book, at),
        Some((at, Err(error))) => {
            tracing::warn!(seq = at.seq, %error, "a snapshot cannot be used; replaying the whole journal");
            (empty(store, calendar), Position::default())
        }
        None => (empty(store, calendar), Position::default()),
    };
    let sealed = match wanted {
        JournalKeys::Leave => last.seq,
        JournalKeys::Seal | JournalKeys::Gather => store.sealed_keys_seq()?.min(last.seq),
    };
    let mut keys = KeyMemory::since(sealed);
    let from = image.seq.min(sealed);
    progress.begin(Phase::Replay, last.seq - from);
    let mut before: Option<Position> = (from == image.seq).then_some(image);
    store.frames(from, last.seq, &mut |frame| {
        let chained = match &before {
            Some(before) => frame.follows(before),
            None => frame.follows(&Position { seq: frame.first_seq - 1, hash: frame.prev }),
        };
        let replaced = frame.last_seq == image.seq && frame.hash != image.hash;
        if !chained || replaced {
            return Err(StoreError::corrupt(format!("the journal's chain is broken at event {}", frame.first_seq)));
        }
        let records = decode(&frame)?;
        if frame.first_seq > image.seq {
            replay_records(&mut book, &frame, &records)?;
        }
        for (seq, record) in (frame.first_seq..).zip(&records) {
            if seq > sealed {
                keys.learn(store.id(), record, seq, frame.at);
            }
        }
        keys.decided();
        if wanted == JournalKeys::Seal {
            keys.seal_when_full(store, frame.last_seq)?;
        }
        progress.reached(frame.last_seq - from);
        before = Some(frame.position());
        Ok(())
    })?;
    progress.end();
    if book.seq() != last.seq {
        return Err(StoreError::corrupt(format!("the journal ends at {} but its frames at {}", last.seq, book.seq())));
    }
    Ok(Recovered { book, position: last, snapshot_seq: image.seq, keys })
}

/// The empty book of a shard.
pub(crate) fn empty(store: &dyn ShardStore, calendar: Calendar) -> Book {
    Book::in_calendar(calendar).in_shard(store.id())
}

/// Fills history from where it stands up to `upto_seq`; answers where it stands then.
///
/// # Errors
/// [`StoreError`]
pub(crate) fn history_from_journal(
    store: &dyn ShardStore,
    basis: &Basis<'_>,
    upto_seq: u64,
    progress: &dyn Progress,
) -> Result<u64, StoreError> {
    let from = store.history_seq()?;
    if from >= upto_seq {
        return Ok(from);
    }
    progress.begin(Phase::History, upto_seq - from);
    let mut fold = HistoryFold::default();
    store.frames(from, upto_seq, &mut |frame| {
        rows::add(&mut fold, basis, frame.first_seq, frame.at, &decode(&frame)?)?;
        fold.upto_seq = frame.last_seq;
        if rows::count(&fold) >= CATCH_UP_ROWS {
            store.fold(std::mem::take(&mut fold))?;
        }
        progress.reached(frame.last_seq - from);
        Ok(())
    })?;
    if fold.upto_seq > 0 {
        store.fold(fold)?;
    }
    progress.end();
    store.history_seq()
}

/// Makes customers findable by their names where they are not: in a directory that an older build has written to, and
/// where what they are found by was given up as damaged. Damage that stays ends searching, and nothing else.
///
/// # Errors
/// [`StoreError`]
pub(super) fn make_searchable(store: &dyn ShardStore, book: &Book, progress: &dyn Progress) -> Result<(), StoreError> {
    if store.is_searchable()? {
        return Ok(());
    }
    match search_made_anew(store, book, progress) {
        Err(StoreError::Corrupt(damage)) => {
            tracing::error!(%damage, "customers cannot be searched");
            Ok(())
        }
        made => made,
    }
}

/// Makes everything anew that customers are found by.
///
/// # Errors
/// [`StoreError`]
pub(crate) fn search_made_anew(store: &dyn ShardStore, book: &Book, progress: &dyn Progress) -> Result<(), StoreError> {
    let lists = || book.partners().map(|partner| (partner.uin, book.customers_of(partner.uin)));
    progress.begin(Phase::Search, lists().map(|(_, customers)| customers.len() as u64).sum());
    let bindings = lists().flat_map(|(partner, customers)| {
        customers.iter().map(move |&(seq, customer)| (customer, Binding { partner, seq }))
    });
    let mut told = (1..).zip(bindings).map(|(count, binding)| {
        progress.reached(count);
        binding
    });
    store.make_searchable(&mut told)?;
    progress.end();
    Ok(())
}

/// Applies one frame's records to a book that stands right before it.
///
/// # Errors
/// [`StoreError::Corrupt`] when a record does not decode or does not fit.
pub(super) fn replay(book: &mut Book, frame: &Frame) -> Result<(), StoreError> {
    replay_records(book, frame, &decode(frame)?)
}

pub(crate) fn replay_records(book: &mut Book, frame: &Frame, records: &[Record]) -> Result<(), StoreError> {
    let mut seqs = frame.first_seq..;
    for ahead in records.chunks(AHEAD) {
        std::hint::black_box(book.foresee(ahead.iter().filter_map(|record| held_account(record.event()?))));
        for (record, seq) in ahead.iter().zip(&mut seqs) {
            match record.event() {
                Some(event) => book.evolve(seq, frame.at, event),
                None => book.skip(seq, frame.at),
            }
            .map_err(|error| StoreError::corrupt(Fault::of(error)))?;
        }
    }
    Ok(())
}

/// Whose credit an event holds or charges: the events that come in millions.
fn held_account(event: &Event) -> Option<Uin> {
    match event {
        Event::Buying(buying::Event::AuthorizationOpened(buying::AuthorizationOpened { account, .. })) => {
            Some(*account)
        }
        Event::Buying(buying::Event::AuthorizationCaptured(buying::AuthorizationCaptured { id, .. }))
        | Event::Buying(buying::Event::AuthorizationReleased(buying::AuthorizationReleased { id, .. }))
        | Event::Buying(buying::Event::AuthorizationExpired(buying::AuthorizationExpired { id, .. })) => {
            Some(id.account)
        }
        Event::Metering(metering::Event::UsageSettled(metering::UsageSettled { charge, .. })) => Some(charge.account),
        _ => None,
    }
}

pub(crate) fn decode(frame: &Frame) -> Result<Vec<Record>, StoreError> {
    let records = Record::read_payload(&frame.payload).map_err(|error| StoreError::corrupt(Fault::of(error)))?;
    if records.len() as u64 != frame.last_seq - frame.first_seq + 1 {
        return Err(StoreError::corrupt(format!("the frame at event {} has a wrong count", frame.first_seq)));
    }
    Ok(records)
}
