//! Which lines of a bill match, and the lines themselves. Which match is told by their marks, where the sums of days do not
//! tell already that none or all do; a line itself is read only when it is wanted.

use super::super::tally;
use super::blocks::Blocks;
use super::keys::{self, Kept, put_number};
use super::marks::{Class, Marks};
use super::pages::{Source, broken, scan};
use super::sums::Reading;
use crate::bill::{Confirmations, Ledger, LineFacts, matches, matches_part};
use crate::contract::{LineFilter, LineRow, StoreError};
use std::ops::ControlFlow;

/// Which lines are asked for.
pub(super) struct Wanted<'f> {
    pub(super) filter: &'f LineFilter,
    pub(super) confirmations: &'f Confirmations,
}

impl Wanted<'_> {
    fn means(&self, line: &LineFacts) -> bool {
        matches(self.filter, line, self.confirmations.cover(line))
    }

    /// Whether lines of this class are meant, apart from their day, where none of them was confirmed by itself.
    fn means_class(&self, class: &Class) -> bool {
        let Class { binding_seq, managing, action } = *class;
        matches_part(self.filter, managing, action)
            && self.filter.confirmed.is_none_or(|wanted| wanted == self.confirmations.cover_part(binding_seq, action))
    }
}

impl Reading<'_> {
    /// How many lines match.
    pub(super) fn count(&self, wanted: &Wanted<'_>) -> Result<u64, StoreError> {
        let mut count = self.recent.iter().filter(|line| wanted.means(&LineFacts::of(line))).count() as u64;
        for source in &self.sources {
            match self.counted(source, wanted)? {
                Some(here) => count += here,
                None => count += self.marked(source, wanted, None, &mut 0, usize::MAX)?.len() as u64,
            }
        }
        Ok(count)
    }

    /// Lines that match, oldest first, after the line `after_seq` and after skipping `skip`, at most `limit`.
    pub(super) fn lines(
        &self,
        wanted: &Wanted<'_>,
        after_seq: Option<u64>,
        mut skip: u64,
        limit: usize,
    ) -> Result<Vec<LineRow>, StoreError> {
        let mut found = Vec::new();
        let mut blocks = Blocks::new(self.connection, self.cut)?;
        for source in &self.sources {
            let left = limit - found.len();
            if left == 0 {
                return Ok(found);
            }
            if after_seq.is_some_and(|after| self.cut.last_of(source.segment) <= after) {
                continue;
            }
            let after = after_seq.filter(|after| self.cut.holds(source.segment, *after));
            // Without something to pass over, what a segment has of each type stands beside its lines.
            if (skip > 0 || wanted.filter.day.is_some())
                && after.is_none()
                && let Some(here) = self.counted(source, wanted)?
                && here <= skip
            {
                skip -= here;
                continue;
            }
            for seq in self.marked(source, wanted, after, &mut skip, left)? {
                found.push(confirmed(self.line(&mut blocks, seq)?, wanted.confirmations));
            }
        }
        let recent = self.recent.iter().filter(|line| after_seq.is_none_or(|after| line.seq > after));
        let matching = recent.filter(|line| wanted.means(&LineFacts::of(line)));
        let skip = usize::try_from(skip).unwrap_or(usize::MAX);
        let rest = matching.skip(skip).take(limit - found.len());
        found.extend(rest.map(|line| confirmed(line.clone(), wanted.confirmations)));
        Ok(found)
    }

    /// Those of these lines, in order and each once, that are on the bill.
    pub(super) fn lines_at(&self, seqs: &[u64], confirmations: &Confirmations) -> Result<Vec<LineRow>, StoreError> {
        let mut blocks = Blocks::new(self.connection, self.cut)?;
        let mut found = Vec::new();
        for seq in seqs {
            if let Ok(place) = self.recent.binary_search_by_key(seq, |line| line.seq) {
                found.push(confirmed(self.recent[place].clone(), confirmations));
                continue;
            }
            let Some(source) = self.sources.iter().find(|source| self.cut.holds(source.segment, *seq)) else {
                continue;
            };
            let all = Wanted { filter: &LineFilter::default(), confirmations };
            if self.marked(source, &all, seq.checked_sub(1), &mut 0, 1)?.first() == Some(seq) {
                found.push(confirmed(self.line(&mut blocks, *seq)?, confirmations));
            }
        }
        Ok(found)
    }

    /// A line that the bill has.
    fn line(&self, blocks: &mut Blocks<'_>, seq: u64) -> Result<LineRow, StoreError> {
        let line = blocks.line(seq)?.ok_or_else(|| tally::gap("line_block"))?;
        let own = Ledger::each_of(&line).any(|ledger| self.ledgers.contains(&ledger));
        if own { Ok(line) } else { Err(tally::gap("line_block")) }
    }

    /// How many lines match in a closed segment, from the sums of days; `None` where those do not tell, since lines of it
    /// were confirmed one by one.
    fn counted(&self, source: &Source, wanted: &Wanted<'_>) -> Result<Option<u64>, StoreError> {
        let single = wanted.confirmations.single_lines();
        if wanted.filter.confirmed.is_some() && single.iter().any(|seq| self.cut.holds(source.segment, *seq)) {
            return Ok(None);
        }
        let mut count = 0;
        self.each_day(source, wanted.filter.day, |_, (binding_seq, managing, action), sums| {
            if wanted.means_class(&Class { binding_seq, managing, action }) {
                count += sums.lines;
            }
            Ok(())
        })?;
        Ok(Some(count))
    }

    /// The positions of the lines in a closed segment that match, oldest first, after one of them or all, at most `limit`. So
    /// many are passed over first, and taken from their number.
    fn marked(
        &self,
        source: &Source,
        wanted: &Wanted<'_>,
        after_seq: Option<u64>,
        skip: &mut u64,
        limit: usize,
    ) -> Result<Vec<u64>, StoreError> {
        let mut found = Vec::new();
        let mut visit = |most: usize, skip: &mut u64, ledger: &Ledger| {
            let most = found.len().saturating_add(most);
            self.each_mark((source, *ledger), wanted, after_seq, skip, |seq| {
                found.push(seq);
                if found.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            })
        };
        if let [ledger] = &*self.ledgers {
            visit(limit, skip, ledger)?;
            return Ok(found);
        }
        // What is passed over is known once the ledgers' lines are in one order.
        let passed = usize::try_from(*skip).unwrap_or(usize::MAX);
        self.ledgers.iter().try_for_each(|ledger| visit(passed.saturating_add(limit), &mut 0, ledger))?;
        found.sort_unstable();
        let passed = passed.min(found.len());
        *skip -= passed as u64;
        found.drain(..passed);
        found.truncate(limit);
        Ok(found)
    }

    /// Visits the positions of the lines that a ledger has in a closed segment and that match, oldest first, after one of them
    /// or all, until the visitor has enough. So many are passed over first, and taken from their number.
    fn each_mark(
        &self,
        (source, ledger): (&Source, Ledger),
        wanted: &Wanted<'_>,
        after_seq: Option<u64>,
        skip: &mut u64,
        mut visit: impl FnMut(u64) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let head = keys::head(ledger, Kept::Lines);
        let mut from = head.clone();
        put_number(&mut from, after_seq.map_or(0, |after| after.saturating_add(1)));
        let told_by_class = wanted.filter.day.is_none()
            && (wanted.filter.confirmed.is_none() || wanted.confirmations.single_lines().is_empty());
        // Only the first may begin before the place.
        let mut begins_before = after_seq.is_some();
        scan((self.connection, self.pages), source, &head, &from, |key, value| {
            let marks = Marks::read(key, value).ok_or_else(broken)?;
            let begins_before = std::mem::take(&mut begins_before);
            if told_by_class {
                let of_class = marks.classes.iter().filter(|(class, _)| wanted.means_class(class));
                let here: u64 = of_class.map(|(_, count)| count).sum();
                if here == 0 {
                    return Ok(ControlFlow::Continue(()));
                }
                if !begins_before && here <= *skip {
                    *skip -= here;
                    return Ok(ControlFlow::Continue(()));
                }
            }
            for line in marks.facts().ok_or_else(broken)? {
                if after_seq.is_some_and(|after| line.seq <= after) || !wanted.means(&line) {
                    continue;
                }
                match skip.checked_sub(1) {
                    Some(rest) => *skip = rest,
                    None if visit(line.seq).is_break() => return Ok(ControlFlow::Break(())),
                    None => {}
                }
            }
            Ok(ControlFlow::Continue(()))
        })
    }
}

fn confirmed(line: LineRow, confirmations: &Confirmations) -> LineRow {
    LineRow { confirmed: confirmations.cover(&LineFacts::of(&line)), ..line }
}
