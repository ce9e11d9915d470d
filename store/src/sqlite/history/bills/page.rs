//! One page of what is kept of the bills of a segment.

use super::cut::Segment;
use crate::contract::StoreError;
use crate::sqlite::rows::{Fields, Stored, stored};
use rusqlite::types::ValueRef;

/// A page: the entries from its first key up to that of the next page (empty after the last).
pub(super) struct PageRow {
    level: u8,
    segment: u64,
    pub(super) first_key: Vec<u8>,
    pub(super) next_key: Vec<u8>,
    pub(super) body: Vec<u8>,
}

stored! { PageRow: "bill_page",
    level, segment, first_key, next_key, body
}

impl PageRow {
    pub(super) fn new(segment: Segment, first_key: &[u8], next_key: &[u8], body: Vec<u8>) -> PageRow {
        let Segment { level, number } = segment;
        PageRow {
            level: level as u8,
            segment: number,
            first_key: first_key.to_vec(),
            next_key: next_key.to_vec(),
            body,
        }
    }

    /// Bytes of what it has.
    pub(super) fn bytes(&self) -> usize {
        self.first_key.len() + self.next_key.len() + self.body.len()
    }

    /// Whether it is the one that has this key, if anything has, when the key is not before its first.
    pub(super) fn covers(&self, key: &[u8]) -> bool {
        self.next_key.is_empty() || key < self.next_key.as_slice()
    }
}

/// Where pages go that were packed.
pub(super) trait Sink {
    /// Takes the next page of a segment.
    fn take(&mut self, page: PageRow) -> Result<(), StoreError>;
}
