//! When something falls due, in lanes: in a lane lie the moments that are counted on by the same span of the same product, so
//! that all of them move at once when the product's terms change. Whose is the first of all is found without looking at any
//! other.

use crate::channel::{Span, Uin};
use crate::ledger::Moment;
use std::collections::{BTreeMap, BTreeSet};

/// Which lane: a product's number, and what of its time is added.
pub(super) type LaneKey = (u32, Span);

/// Lanes, and the first of each in the order of time.
#[derive(Debug, Clone, Default)]
pub(super) struct Lanes {
    lanes: BTreeMap<LaneKey, Lane>,
    /// The first of each lane by when it falls due, then by whose it is.
    heads: BTreeSet<(Moment, Uin, LaneKey)>,
}

#[derive(Debug, Clone, Default)]
struct Lane {
    /// What is added to each moment.
    seconds: i64,
    moments: BTreeSet<(Moment, Uin)>,
}

impl Lane {
    fn head(&self) -> Option<(Moment, Uin)> {
        self.moments.first().map(|(from, account)| (from.plus_seconds(self.seconds), *account))
    }
}

impl Lanes {
    /// Something of this account's falls due `seconds` after `from`.
    pub(super) fn add(&mut self, key: LaneKey, seconds: i64, from: Moment, account: Uin) {
        self.change(key, |lane| {
            lane.seconds = seconds;
            lane.moments.insert((from, account));
        });
    }

    /// It does not any more.
    pub(super) fn remove(&mut self, key: LaneKey, from: Moment, account: Uin) {
        self.change(key, |lane| {
            lane.moments.remove(&(from, account));
        });
    }

    /// A lane's span is this long from now on.
    pub(super) fn retime(&mut self, key: LaneKey, seconds: i64) {
        if self.lanes.contains_key(&key) {
            self.change(key, |lane| lane.seconds = seconds);
        }
    }

    /// When something falls due first, and whose it is; of several at one moment the lower account's.
    pub(super) fn first(&self) -> Option<(Moment, Uin)> {
        self.heads.first().map(|(at, account, _)| (*at, *account))
    }

    fn change(&mut self, key: LaneKey, change: impl FnOnce(&mut Lane)) {
        let lane = self.lanes.entry(key).or_default();
        let before = lane.head();
        change(lane);
        let after = lane.head();
        if lane.moments.is_empty() {
            self.lanes.remove(&key);
        }
        if before != after {
            if let Some((at, account)) = before {
                self.heads.remove(&(at, account, key));
            }
            if let Some((at, account)) = after {
                self.heads.insert((at, account, key));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Moment {
        Moment::default().plus_seconds(second)
    }

    fn uin(number: u64) -> Uin {
        Uin::new(number).unwrap()
    }

    #[test]
    fn the_first_of_all_lanes_comes_first_and_a_lane_moves_as_one() {
        let mut lanes = Lanes::default();
        lanes.add((1, Span::Grace), 10, at(5), uin(9));
        lanes.add((1, Span::Grace), 10, at(6), uin(3));
        lanes.add((2, Span::Nothing), 0, at(15), uin(8));
        // Both at 15: the lower account's.
        assert_eq!(lanes.first(), Some((at(15), uin(8))));
        lanes.retime((1, Span::Grace), 2);
        assert_eq!(lanes.first(), Some((at(7), uin(9))));
        lanes.remove((1, Span::Grace), at(5), uin(9));
        assert_eq!(lanes.first(), Some((at(8), uin(3))));
        lanes.remove((1, Span::Grace), at(6), uin(3));
        lanes.remove((2, Span::Nothing), at(15), uin(8));
        assert_eq!(lanes.first(), None);
        assert!(lanes.lanes.is_empty() && lanes.heads.is_empty(), "nothing is left of it");
        // What is not there is not made by moving it.
        lanes.retime((1, Span::Grace), 2);
        assert!(lanes.lanes.is_empty());
    }
}
