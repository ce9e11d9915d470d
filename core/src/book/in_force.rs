//! An ordered set whose members are each in force for a while: the next one that is at a moment is found however many others
//! lie about. A search tree balanced by chance (a treap), of which each branch knows when its first member begins and its last
//! one ends, so that a branch is not entered where all are over, or none has begun. A search takes a logarithm as long as
//! those that are over and those that have not begun do not lie mixed; whoever keeps such a set sees to that.

use crate::channel::looked_at;
use crate::ledger::Moment;
use std::ops::{Bound, Range, RangeBounds as _};

/// An ordered set of what is in force from a moment until before another.
#[derive(Debug, Clone)]
pub(super) struct InForce<K> {
    root: Branch<K>,
    /// How many were ever added, from which each has its height.
    added: u64,
}

type Branch<K> = Option<Box<Node<K>>>;

#[derive(Debug, Clone)]
struct Node<K> {
    key: K,
    time: Range<Moment>,
    /// From the first moment of anybody in this branch to the last.
    span: Range<Moment>,
    /// Nobody below is higher.
    height: u64,
    /// Those before it and those behind it.
    sides: [Branch<K>; 2],
}

/// The side of those that come before, and of those that come behind.
const SIDES: [usize; 2] = [0, 1];

impl<K> Default for InForce<K> {
    fn default() -> InForce<K> {
        InForce { root: None, added: 0 }
    }
}

impl<K: Ord + Copy> InForce<K> {
    pub(super) fn is_empty(&self) -> bool {
        self.root.is_none()
    }

    /// Whether anybody is in force after this moment, or will be.
    pub(super) fn lasts_beyond(&self, now: Moment) -> bool {
        self.root.as_ref().is_some_and(|all| now < all.span.end)
    }

    /// Adds one, or says anew when it is in force.
    pub(super) fn insert(&mut self, key: K, time: Range<Moment>) {
        self.remove(&key);
        self.added = self.added.wrapping_add(1);
        let (span, height) = (time.clone(), mixed(self.added));
        let node = Box::new(Node { key, time, span, height, sides: [None, None] });
        let (before, behind) = split(self.root.take(), &key);
        self.root = joined(joined(before, Some(node)), behind);
    }

    /// Takes one out, if it is there.
    pub(super) fn remove(&mut self, key: &K) {
        self.root = without(self.root.take(), key);
    }

    /// The first within these bounds that is in force.
    pub(super) fn first(&self, bounds: (Bound<K>, Bound<K>), now: Moment) -> Option<K> {
        found(&self.root, &bounds, now, SIDES)
    }

    /// The last within these bounds that is in force.
    pub(super) fn last(&self, bounds: (Bound<K>, Bound<K>), now: Moment) -> Option<K> {
        let [before, behind] = SIDES;
        found(&self.root, &bounds, now, [behind, before])
    }
}

/// The bits of a number, mixed so that those of following numbers have nothing to do with one another.
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

impl<K> Node<K> {
    /// The same with what lies below it as it is now.
    fn measured(mut self: Box<Self>) -> Box<Self> {
        let spans = self.sides.iter().flatten().map(|side| &side.span);
        let (start, end) = spans
            .fold((self.time.start, self.time.end), |(start, end), span| (start.min(span.start), end.max(span.end)));
        self.span = start..end;
        self
    }
}

/// Those before a key, and it and those behind it.
fn split<K: Ord>(branch: Branch<K>, key: &K) -> (Branch<K>, Branch<K>) {
    let Some(mut node) = branch else { return (None, None) };
    let [before, behind] = SIDES;
    if node.key < *key {
        let (near, far) = split(node.sides[behind].take(), key);
        node.sides[behind] = near;
        (Some(node.measured()), far)
    } else {
        let (far, near) = split(node.sides[before].take(), key);
        node.sides[before] = near;
        (far, Some(node.measured()))
    }
}

/// Both as one, where all of the first come before all of the second.
fn joined<K>(first: Branch<K>, second: Branch<K>) -> Branch<K> {
    let [before, behind] = SIDES;
    match (first, second) {
        (one, None) | (None, one) => one,
        (Some(mut first), Some(mut second)) => Some(if first.height >= second.height {
            first.sides[behind] = joined(first.sides[behind].take(), Some(second));
            first.measured()
        } else {
            second.sides[before] = joined(Some(first), second.sides[before].take());
            second.measured()
        }),
    }
}

fn without<K: Ord>(branch: Branch<K>, key: &K) -> Branch<K> {
    let mut node = branch?;
    let [before, behind] = SIDES;
    if node.key == *key {
        let [first, second] = node.sides;
        return joined(first, second);
    }
    let side = if *key < node.key { before } else { behind };
    node.sides[side] = without(node.sides[side].take(), key);
    Some(node.measured())
}

/// The first in force, looking at one side before the other.
fn found<K: Ord + Copy>(
    branch: &Branch<K>,
    bounds: &(Bound<K>, Bound<K>),
    now: Moment,
    order: [usize; 2],
) -> Option<K> {
    let node = branch.as_ref().filter(|node| node.span.contains(&now))?;
    let (from, upto) = *bounds;
    let after = (from, Bound::Unbounded).contains(&node.key);
    let before = (Bound::Unbounded, upto).contains(&node.key);
    // Where it lies outside, everything on its further side does.
    let reaches = [after, before];
    let side = |side: usize| reaches[side].then(|| found(&node.sides[side], bounds, now, order)).flatten();
    let itself = || {
        (after && before).then(looked_at)?;
        node.time.contains(&now).then_some(node.key)
    };
    let [near, far] = order;
    side(near).or_else(itself).or_else(|| side(far))
}

#[cfg(test)]
mod tests;
