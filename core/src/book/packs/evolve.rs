//! Applying the events about packs, and what usage takes of them.

use super::event::{Event, PackAdded};
use crate::book::Book;
use crate::book::fit::{Fit, Misfit};
use crate::channel::{Covered, PackId};

/// Applies an event at journal position `seq`.
pub(in crate::book) fn apply(book: &mut Book, seq: u64, event: &Event) -> Result<(), Misfit> {
    match event {
        Event::PackAdded(PackAdded { pack }) => {
            if pack.id != PackId(book.number_at(seq)?) {
                return Err(Misfit("the pack has another number"));
            }
            book.packs.add(pack.as_ref().clone());
        }
    }
    Ok(())
}

impl Book {
    /// Packs have covered this.
    pub(in crate::book) fn use_packs(&mut self, covered: &Covered) -> Fit<()> {
        for one in &covered.packs {
            self.packs.leave(one.pack, one.remaining_after).ok_or("no such pack")?;
        }
        Ok(())
    }
}
