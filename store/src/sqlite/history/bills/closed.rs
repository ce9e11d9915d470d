//! A segment that the journal has passed, and how a small one is summed up.

use super::cut::{Cut, Level, Segment};
use super::held::Held;
use super::keys::{SumsByKey, sum_up};
use super::marks::{LINES_MAX, put_marks};
use super::packed::put_sums;
use super::pages::{Packer, Source};
use crate::bill::{Ledger, LineFacts, Sums};
use crate::contract::{LineRow, StoreError};
use credere_core::ledger::Month;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A closed segment, and the months that its lines are of.
#[derive(Clone)]
pub(super) struct Closed {
    pub(super) source: Source,
    pub(super) months: Arc<BTreeSet<Month>>,
}

impl Closed {
    pub(super) fn segment(&self) -> Segment {
        self.source.segment
    }
}

/// Closes the small segments that have these lines.
pub(super) fn close_small(cut: Cut, lines: &mut [&LineRow]) -> Result<Vec<Closed>, StoreError> {
    lines.sort_unstable_by_key(|line| line.seq);
    let small = |line: &LineRow| cut.segment(Level::Small, line.seq);
    let closed = lines.chunk_by_mut(|one, next| small(one) == small(next)).map(|lines| {
        let (segment, months) = (small(lines[0]), Arc::new(lines.iter().map(|line| line.month).collect()));
        Ok(Closed { source: Source { segment, held: Some(Arc::new(pack_segment(segment, lines)?)) }, months })
    });
    closed.collect()
}

/// Sums of one ledger for which there is room without making it anew for each.
const ROOMY: usize = 256;

/// Sums the lines of a small segment up.
fn pack_segment(segment: Segment, lines: &[&LineRow]) -> Result<Held, StoreError> {
    let mut kept: Vec<(Ledger, &LineRow)> =
        lines.iter().flat_map(|line| Ledger::each_of(line).map(move |ledger| (ledger, *line))).collect();
    kept.sort_unstable_by_key(|(ledger, line)| (*ledger, line.seq));
    let mut pages = Packer::new(segment, &[], Held::default());
    // Room for what is written, and for the sums of one ledger.
    let (mut key, mut value) = (Vec::with_capacity(64), Vec::with_capacity(64));
    let (mut sums, mut sorted) = (SumsByKey::default(), Vec::new());
    for lines in kept.chunk_by(|(one, _), (next, _)| one == next) {
        let ledger = lines[0].0;
        for lines in lines.chunks(LINES_MAX) {
            let facts: Vec<LineFacts> = lines.iter().map(|(_, line)| LineFacts::of(line)).collect();
            put_marks(&mut pages, ledger, &facts, &mut key, &mut value)?;
        }
        // Its sums come after its lines, and before the next ledger.
        for (_, line) in lines {
            sum_up(&mut sums, &mut key, ledger, line)?;
        }
        sorted.extend(sums.drain());
        if sums.capacity() > ROOMY {
            // Draining a table takes as long as it has room.
            sums = SumsByKey::default();
        }
        sorted.sort_unstable_by(|one: &(Vec<u8>, Sums), other| one.0.cmp(&other.0));
        for (key, sums) in sorted.drain(..) {
            value.clear();
            put_sums(&mut value, &sums);
            pages.put(&key, &value)?;
        }
    }
    pages.finish(&[])
}
