//! Proving snapshots: what the writer handed over as changed must be what the journal says. Done behind everything else, at
//! the lowest priority and at rest for most of the time, and with one more book in memory until it is done. A snapshot that
//! is refuted is forgotten, with all that were taken since the last proven one; the next is made from the journal.

use super::recovery::{self, ReadImage};
use super::state::Shared;
use crate::clock::ticks;
use credere_core::book::Book;
use credere_store::contract::StoreError;
use credere_store::frame::Position;
use std::cell::Cell;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

/// The lowest priority that there is, as a nice value.
const LOWEST: i32 = 19;

/// After this much work it rests.
const WORK: Duration = Duration::from_millis(1);

/// How many times as long as it worked: a low priority alone would have it take whatever the disk leaves idle, and slow down
/// the others by the memory that it reads.
const REST: u32 = 9;

/// What was found out about a snapshot.
enum Found {
    /// It is what the journal says, up to this position.
    Proven(u64),
    /// The one at the first position does not follow from the one at the second.
    Refuted(u64, u64),
    /// The one that it would have to follow from is no longer kept: the next proof begins at this position.
    Passed(u64),
}

/// Proves the newest of the snapshots that it is told of.
pub(super) fn run(shared: &Shared, kept: &Receiver<u64>) {
    // Where the next proof begins. The book was started on the first.
    let mut proven = shared.snapshots.newest_proven();
    // Of this thread alone. Where it cannot be had, the proof is as good, only in more of a hurry.
    if let Err(error) = rustix::process::nice(LOWEST) {
        tracing::debug!(%error, "snapshots are proven at the usual priority");
    }
    while let Ok(first) = kept.recv() {
        let newest = kept.try_iter().last().unwrap_or(first);
        match prove(shared, proven, newest) {
            Ok(Found::Proven(seq)) => {
                proven = seq;
                shared.snapshots.proven(seq);
                tracing::debug!(seq, "a snapshot was proven");
            }
            Ok(Found::Passed(seq)) => proven = seq,
            Ok(Found::Refuted(seq, before)) => {
                tracing::error!(
                    seq,
                    before,
                    "a snapshot is not what the journal says and is forgotten; please run `credere verify` on a copy"
                );
                shared.counts.refuted.fetch_add(1, Relaxed);
                if let Err(error) = shared.store.forget_snapshots(before) {
                    tracing::error!(%error, "a snapshot that is refuted cannot be forgotten");
                }
            }
            Err(_) if shared.stopping.load(SeqCst) => return,
            Err(error) => tracing::warn!(%error, "a snapshot cannot be proven"),
        }
    }
}

/// Sees to it that the work goes on slowly, and ends with the server.
struct Pace<'s> {
    shared: &'s Shared,
    working_since: Cell<Instant>,
}

impl Pace<'_> {
    /// To be called after each small piece of work: rests where that is due.
    ///
    /// # Errors
    /// At the end of the server: nobody waits for a proof then.
    fn go_on(&self) -> Result<(), StoreError> {
        let worked = ticks().duration_since(self.working_since.get());
        if worked >= WORK {
            std::thread::sleep(worked * REST);
            self.working_since.set(ticks());
        }
        if self.shared.stopping.load(SeqCst) { Err(StoreError::io("the server stops")) } else { Ok(()) }
    }
}

/// Compares the newest snapshot up to `newest` with what the journal makes of the newest one up to `proven`.
fn prove(shared: &Shared, proven: u64, newest: u64) -> Result<Found, StoreError> {
    let pace = Pace { shared, working_since: Cell::new(ticks()) };
    let Some((at, claimed)) = image(&pace, newest)? else { return Ok(Found::Passed(proven)) };
    // One after the other, so that never more than one book more is in memory.
    let claimed = digest(&pace, claimed)?;
    let (mut book, before) = match image(&pace, proven)? {
        Some((before, book)) => (book, before.seq),
        None if proven == 0 => (recovery::empty(&*shared.store, shared.book.read().calendar()), 0),
        None => return Ok(Found::Passed(at.seq)),
    };
    if before >= at.seq {
        return Ok(Found::Passed(proven));
    }
    shared.store.frames(before, at.seq, &mut |frame| {
        pace.go_on()?;
        recovery::replay(&mut book, &frame)
    })?;
    let same = digest(&pace, book)? == claimed;
    Ok(if same { Found::Proven(at.seq) } else { Found::Refuted(at.seq, before) })
}

/// The book of the newest snapshot up to a position.
fn image(pace: &Pace<'_>, not_after: u64) -> Result<Option<(Position, Book)>, StoreError> {
    let read = recovery::read_image(&*pace.shared.store, not_after, &|| pace.go_on())?;
    let book = |(at, read): (Position, ReadImage)| match read {
        Ok(book) => Ok((at, book)),
        Err(error) => Err(StoreError::corrupt(format!("the snapshot at event {} cannot be read: {error}", at.seq))),
    };
    read.map(book).transpose()
}

/// A hash over all that is in a book.
fn digest(pace: &Pace<'_>, book: Book) -> Result<blake3::Hash, StoreError> {
    let mut hasher = blake3::Hasher::new();
    for piece in book.to_pieces() {
        pace.go_on()?;
        hasher.update(&(piece.len() as u64).to_le_bytes());
        hasher.update(&piece);
    }
    Ok(hasher.finalize())
}
