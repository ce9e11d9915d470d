//! Proving snapshots: what the writer handed over as changed must be what the journal says. Done behind everything else, at
//! rest for most of the time, and with one more book in memory until it is done. A snapshot that is refuted is forgotten,
//! with all that were taken since the last proven one; the next is made from the journal.

use super::recovery::{self, ReadImage};
use super::state::Shared;
use crate::clock::ticks;
use credere_core::book::Book;
use credere_store::contract::StoreError;
use credere_store::frame::Position;
use std::cell::Cell;
use std::sync::atomic::{Ordering::Relaxed, Ordering::SeqCst};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

/// After this much work it rests,
const WORK: Duration = Duration::from_millis(1);

/// so many times as long: a tenth of a processor is what it takes at most.
const REST: u32 = 9;

/// What counts as one stretch of work at most: a machine that was stopped has not worked.
const STRETCH: Duration = Duration::from_secs(60);

/// So often it looks whether the server stops while it rests.
const LOOK: Duration = Duration::from_millis(20);

/// The snapshot that the next proof begins with.
struct Base {
    seq: u64,
    /// Whether it was proven itself, or the book was started on it. Not so where the one that was is no longer kept: then
    /// what follows from it is compared all the same, and believed no more than it.
    proven: bool,
}

/// Proves the newest of the snapshots that it is told of.
pub(super) fn run(shared: &Shared, kept: &Receiver<u64>) {
    let mut base = Base { seq: shared.snapshots.newest_proven(), proven: true };
    while let Ok(first) = kept.recv() {
        let newest = kept.try_iter().last().unwrap_or(first);
        match prove(shared, &mut base, newest) {
            Ok(()) => {}
            Err(_) if shared.stopping.load(SeqCst) => return,
            Err(error) => tracing::warn!(%error, "a snapshot cannot be proven"),
        }
    }
}

/// Compares the newest snapshot up to `newest` with what the journal makes of the newest one up to `base`, which moves on.
fn prove(shared: &Shared, base: &mut Base, newest: u64) -> Result<(), StoreError> {
    let pace = Pace { shared, working_since: Cell::new(ticks()) };
    let calendar = shared.book.read().calendar();
    let Some((at, claimed)) = image(&pace, newest)?.filter(|(at, _)| at.seq > base.seq) else { return Ok(()) };
    // One after the other, so that never more than one book more is in memory. One that cannot be read is none.
    let claimed = claimed.ok().map(|book| digest(&pace, book)).transpose()?;
    let (mut book, before) = match image(&pace, base.seq)? {
        Some((before, Ok(book))) => (book, before.seq),
        None if base.seq == 0 => (Book::in_calendar(calendar).in_shard(shared.store.id()), 0),
        Some((_, Err(_))) | None => {
            *base = Base { seq: at.seq, proven: false };
            return Ok(());
        }
    };
    // An older one may be there in its place.
    base.proven &= before == base.seq;
    shared.store.frames(before, at.seq, &mut |frame| {
        pace.go_on()?;
        recovery::replay(&mut book, &frame)
    })?;
    if Some(digest(&pace, book)?) == claimed {
        *base = Base { seq: at.seq, ..*base };
        if base.proven {
            shared.snapshots.proven(at.seq);
            tracing::debug!(seq = at.seq, "a snapshot was proven");
        }
        return Ok(());
    }
    // Of two of which neither is proven nobody knows which one is wrong.
    *base = Base { seq: if base.proven { before } else { 0 }, proven: true };
    tracing::error!(
        seq = at.seq,
        kept_up_to = base.seq,
        "a snapshot is not what the journal says and is forgotten; please run `credere verify` on a copy"
    );
    shared.counts.refuted.fetch_add(1, Relaxed);
    shared.store.forget_snapshots(base.seq)?;
    shared.snapshots.forgotten(base.seq);
    Ok(())
}

/// The newest snapshot up to a position. Read in one go, since one that is written meanwhile waits in the log until then; it
/// rests afterwards.
fn image(pace: &Pace<'_>, not_after: u64) -> Result<Option<(Position, ReadImage)>, StoreError> {
    let read = recovery::read_image(&*pace.shared.store, not_after, &|| pace.is_wanted())?;
    pace.go_on()?;
    Ok(read)
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

/// Sees to it that the work goes on slowly, and ends with the server.
struct Pace<'s> {
    shared: &'s Shared,
    working_since: Cell<Instant>,
}

impl Pace<'_> {
    /// To be called after each small piece of work: rests where that is due.
    ///
    /// # Errors
    /// As [`Pace::is_wanted`].
    fn go_on(&self) -> Result<(), StoreError> {
        let worked = ticks().duration_since(self.working_since.get()).min(STRETCH);
        if worked >= WORK {
            let mut rest = worked * REST;
            while !rest.is_zero() {
                self.is_wanted()?;
                let slice = rest.min(LOOK);
                std::thread::sleep(slice);
                rest -= slice;
            }
            self.working_since.set(ticks());
        }
        self.is_wanted()
    }

    /// # Errors
    /// At the end of the server: nobody waits for a proof then.
    fn is_wanted(&self) -> Result<(), StoreError> {
        if self.shared.stopping.load(SeqCst) { Err(StoreError::io("the server stops")) } else { Ok(()) }
    }
}
