//! The part of the book about how customers stand: who is to be looked at.

use crate::book::pages::Pages;
use crate::channel::{Uin, Warned, looked_at};
use crate::ledger::Day;
use std::collections::BTreeSet;

/// As many warnings of earlier days are forgotten with each review: more than it adds, so that they do not pile up.
const FORGOTTEN_AT_ONCE: usize = 2;

/// Who is to be looked at.
#[derive(Debug, Clone, Default)]
pub(in crate::book) struct State {
    /// Customers below some warning level, by the day on which that was last looked at.
    pub(in crate::book) low: BTreeSet<(Day, Uin)>,
    pub(in crate::book) warned: Pages<Uin, Warned>,
    /// Whoever was warned, by day.
    warned_on: BTreeSet<(Day, Uin)>,
}

impl State {
    /// Makes findable who was warned when, and who of these customers is below some warning level.
    pub(in crate::book) fn index(&mut self, low: impl Iterator<Item = (Day, Uin)>) {
        self.low = low.collect();
        self.warned_on = self.warned.iter().map(|(uin, warned)| (warned.day, *uin)).collect();
    }

    /// What a customer's recipients were last warned of.
    pub(in crate::book) fn warned(&self, customer: Uin) -> Option<&Warned> {
        self.warned.get(&customer)
    }

    /// They have been warned of this.
    pub(in crate::book) fn put_warned(&mut self, customer: Uin, warned: Warned) {
        self.warned_on.insert((warned.day, customer));
        self.warned.insert(customer, warned);
    }

    /// A customer's recipients are warned of more on this day. What was sent on earlier days is of no use any more: each day
    /// has its own warnings (R99).
    pub(in crate::book) fn warn(&mut self, customer: Uin, day: Day, more: impl IntoIterator<Item = (Uin, u8)>) {
        let before = self.warned.remove(&customer);
        if let Some(before) = &before {
            self.warned_on.remove(&(before.day, customer));
        }
        let same_day = before.filter(|warned| warned.day == day);
        let mut warned = same_day.unwrap_or(Warned { day, sent: Vec::new() });
        warned.sent.extend(more);
        self.put_warned(customer, warned);
        for _ in 0..FORGOTTEN_AT_ONCE {
            let Some(&(earlier, whose)) = self.warned_on.first().filter(|(earlier, _)| *earlier < day) else { break };
            looked_at();
            self.warned_on.remove(&(earlier, whose));
            self.warned.remove(&whose);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::looks_of;

    /// Bad shape: once a month all warnings were looked at.
    #[test]
    fn earlier_days_are_forgotten_little_by_little() {
        let mut state = State::default();
        let uin = |number| Uin::new(number).unwrap();
        (1..=1_000).for_each(|number| state.warn(uin(number), Day(1), [(uin(1), 25)]));
        assert_eq!((state.warned.len(), state.warned_on.len()), (1_000, 1_000));
        for number in 1..=1_000 {
            let ((), looks) = looks_of(|| state.warn(uin(2_000 + number), Day(2), [(uin(1), 25)]));
            assert!(looks <= FORGOTTEN_AT_ONCE as u64);
            assert!(state.warned.len() <= 1_000, "no more of them than of the day with the most");
        }
        // The day before is gone, and on the same day what was sent adds up.
        assert!(state.warned.iter().all(|(_, warned)| warned.day == Day(2)));
        state.warn(uin(2_001), Day(2), [(uin(1), 10)]);
        assert_eq!(state.warned(uin(2_001)).unwrap().sent, [(uin(1), 25), (uin(1), 10)]);
        assert_eq!((state.warned.len(), state.warned_on.len()), (1_000, 1_000));
    }
}
