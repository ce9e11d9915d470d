//! How the book holds what may become many: in pages that know whether they changed since the last snapshot. A snapshot
//! takes the pages themselves, shared, and the writer goes on at once: a page that is changed while a snapshot still
//! holds it is copied first. So a snapshot costs what changed, and is of one moment.

mod changes;
mod piece;
mod register;
mod shelf;
#[cfg(test)]
mod tests;

pub use changes::Changes;
use changes::Pieces;
pub(super) use changes::{Collection, Part};
pub use piece::SnapshotError;
pub(super) use piece::{VERSION, decode, encode};
pub(super) use register::{Register, Registered};
pub(super) use shelf::{PageKey, Pages};

use std::collections::BTreeSet;

/// How many numbers share a page, as a power of two: few, so that a copy is short and taking one out moves little.
const PAGE_BITS: u32 = 5;

/// Some things that lie together, as a list of them.
#[derive(Debug, Clone, Default)]
struct Page<L> {
    items: L,
    /// The taking in which it was last noted as changed.
    noted: u64,
}

/// Which pages changed since they were last taken.
#[derive(Debug, Clone)]
struct Noted {
    /// Counts the takings, from 1: a page that carries an earlier one is not noted yet.
    taking: u64,
    pages: BTreeSet<u64>,
}

impl Default for Noted {
    fn default() -> Noted {
        Noted { taking: 1, pages: BTreeSet::new() }
    }
}

impl Noted {
    /// Notes that a page changes.
    fn note<L>(&mut self, number: u64, page: &mut Page<L>) {
        if page.noted != self.taking {
            page.noted = self.taking;
            self.pages.insert(number);
        }
    }

    /// The numbers of the pages that changed since the last time, in order; from now on it is since now.
    fn take(&mut self) -> BTreeSet<u64> {
        self.taking += 1;
        std::mem::take(&mut self.pages)
    }
}
