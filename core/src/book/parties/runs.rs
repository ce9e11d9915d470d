//! Numbers that are taken in a row.

use std::collections::BTreeMap;

/// Runs of taken numbers beyond the next one, from the first of each to its last. A number without a taken neighbour is in
/// none, so that numbers far apart cost nothing here.
#[derive(Debug, Clone, Default)]
pub(in crate::book) struct Runs(BTreeMap<u64, u64>);

impl Runs {
    /// A number is taken from now on.
    pub(super) fn take(&mut self, number: u64, is_taken: impl Fn(u64) -> bool) {
        let (below, above) = (number.saturating_sub(1), number.saturating_add(1));
        let first = match self.0.range(..number).next_back() {
            Some((first, last)) if *last == below => *first,
            _ if is_taken(below) => below,
            _ => number,
        };
        let last = match self.0.remove(&above) {
            Some(last) => last,
            None if is_taken(above) => above,
            None => number,
        };
        if first < last {
            self.0.insert(first, last);
        }
    }

    /// The runs of these numbers, which come in order.
    pub(super) fn of(numbers: impl IntoIterator<Item = u64>) -> Runs {
        let (mut runs, mut begun): (BTreeMap<u64, u64>, Option<(u64, u64)>) = (BTreeMap::new(), None);
        for number in numbers {
            begun = match begun {
                Some((first, last)) if last.checked_add(1) == Some(number) => {
                    runs.insert(first, number);
                    Some((first, number))
                }
                _ => Some((number, number)),
            };
        }
        Runs(runs)
    }

    /// The first number from this one on that is free. INVARIANT: behind a run is one, as behind a number that is in none.
    pub(super) fn free_from(&self, number: u64, is_taken: impl Fn(u64) -> bool) -> u64 {
        if !is_taken(number) {
            return number;
        }
        let run = self.0.range(..=number).next_back().filter(|(_, last)| **last >= number);
        run.map_or(number, |(_, last)| *last).saturating_add(1)
    }
}
