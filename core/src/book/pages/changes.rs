//! Pages on their way into a snapshot.

use super::piece::encode;
use super::{Page, SnapshotError};
use serde::Serialize;
use std::ops::Deref;
use std::sync::Arc;

/// About how many things go into one piece.
const PIECE: usize = 4_096;

/// What the book holds in pages, whatever it is.
pub(in crate::book) trait Collection {
    /// All pages.
    fn whole(&self, kind: u8) -> Box<dyn Part>;
    /// The pages that changed since this was last asked for.
    fn take_changed(&mut self, kind: u8) -> Box<dyn Part>;
    /// Nothing counts as changed any more.
    fn forget_changes(&mut self);
    /// Takes the pages of one piece; those that `unseen` says no to are there in a newer form.
    fn put(&mut self, pages: &[u8], unseen: &mut dyn FnMut(u64) -> bool) -> Result<(), SnapshotError>;
    /// All pieces are in.
    fn settle(&mut self) -> Result<(), SnapshotError> {
        Ok(())
    }
}

/// The taken pages of one collection.
pub(in crate::book) trait Part: Send {
    /// The next piece of them, encoded.
    fn next_piece(&mut self) -> Option<Vec<u8>>;
}

/// Pages that were taken; one that is gone is told without its things.
pub(in crate::book) struct Pieces<L> {
    kind: u8,
    pages: std::vec::IntoIter<(u64, Option<Arc<Page<L>>>)>,
}

impl<L> Pieces<L> {
    pub(super) fn new(kind: u8, pages: Vec<(u64, Option<Arc<Page<L>>>)>) -> Pieces<L> {
        Pieces { kind, pages: pages.into_iter() }
    }
}

impl<T: Serialize, L: Deref<Target = [T]> + Send + Sync> Part for Pieces<L> {
    fn next_piece(&mut self) -> Option<Vec<u8>> {
        let (mut taken, mut weight) = (Vec::new(), 0);
        while weight < PIECE {
            let Some((number, page)) = self.pages.next() else { break };
            weight += 1 + page.as_ref().map_or(0, |page| page.items.len());
            taken.push((number, page));
        }
        if taken.is_empty() {
            return None;
        }
        let pages: Vec<(u64, &[T])> =
            taken.iter().map(|(number, page)| (*number, page.as_ref().map_or(&[][..], |page| &page.items))).collect();
        Some(encode(self.kind, &pages))
    }
}

/// The book at one moment, or what changed of it since it was last taken, in pieces that are encoded as they are asked
/// for. The book itself is free to go on meanwhile.
pub struct Changes {
    head: Option<Vec<u8>>,
    parts: std::vec::IntoIter<Box<dyn Part>>,
    part: Option<Box<dyn Part>>,
}

impl Changes {
    pub(in crate::book) fn new(head: Vec<u8>, parts: Vec<Box<dyn Part>>) -> Changes {
        Changes { head: Some(head), parts: parts.into_iter(), part: None }
    }
}

impl Iterator for Changes {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        if let Some(head) = self.head.take() {
            return Some(head);
        }
        loop {
            if let Some(piece) = self.part.as_mut().and_then(|part| part.next_piece()) {
                return Some(piece);
            }
            self.part = Some(self.parts.next()?);
        }
    }
}

impl std::fmt::Debug for Changes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Changes").finish_non_exhaustive()
    }
}
