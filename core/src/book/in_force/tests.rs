//! Against a plain list; and how many members each search looks at.

use super::*;
use crate::channel::looks_of;
use proptest::prelude::*;

fn moment(micros: i64) -> Moment {
    Moment::from_micros(micros)
}

fn time(from: i64, until: i64) -> Range<Moment> {
    moment(from)..moment(until)
}

/// Checks that a branch is in order, that nobody below is higher, and that it knows the time of all in it exactly; answers its
/// keys and that time.
fn is_sound(branch: &Branch<u8>) -> (Vec<u8>, Option<Range<Moment>>) {
    let Some(node) = branch else { return (Vec::new(), None) };
    let [(before, first), (behind, last)] = [0, 1].map(|side| is_sound(&node.sides[side]));
    assert!(node.sides.iter().flatten().all(|below| below.height <= node.height));
    let spans = [first, last].into_iter().flatten().chain([node.time.clone()]);
    let span = spans.reduce(|one, other| one.start.min(other.start)..one.end.max(other.end)).unwrap();
    assert_eq!(node.span, span);
    let keys = [before, vec![node.key], behind].concat();
    assert!(keys.is_sorted_by(|one, next| one < next));
    (keys, Some(span))
}

fn bound() -> impl Strategy<Value = Bound<u8>> {
    prop_oneof![(0..40_u8).prop_map(Bound::Included), (0..40_u8).prop_map(Bound::Excluded), Just(Bound::Unbounded)]
}

proptest! {
    #[test]
    fn the_same_are_found_as_in_a_list(
        changes in proptest::collection::vec((0..40_u8, proptest::option::of((0..9_i64, 0..9_i64))), 0..80),
        bounds in (bound(), bound()),
    ) {
        let (mut set, mut list) = (InForce::default(), std::collections::BTreeMap::new());
        for (key, added) in changes {
            match added {
                Some((from, until)) => {
                    set.insert(key, time(from, until));
                    list.insert(key, time(from, until));
                }
                None => {
                    set.remove(&key);
                    list.remove(&key);
                }
            }
            prop_assert_eq!(set.is_empty(), list.is_empty());
            is_sound(&set.root);
        }
        for now in (0..9).map(moment) {
            use std::ops::RangeBounds;
            let mut within = list.iter().filter(|(key, time)| bounds.contains(*key) && time.contains(&now));
            prop_assert_eq!(set.first(bounds, now), within.clone().next().map(|(key, _)| *key));
            prop_assert_eq!(set.last(bounds, now), within.next_back().map(|(key, _)| *key));
        }
    }
}

/// Bad shape: whatever is over, or has not begun, is walked over. Nobody but the one in the middle is in force; it is found
/// in as many steps as the tree is high.
#[test]
fn one_among_many_is_found_in_a_logarithm() {
    for (from, until) in [(0, 5), (9, 20)] {
        let mut set = InForce::default();
        for at in 0..100_000_u32 {
            set.insert(at, time(from, until));
        }
        set.insert(50_000, time(0, 20));
        let all = (Bound::Unbounded, Bound::Unbounded);
        let behind = (Bound::Excluded(50_000), Bound::Unbounded);
        let steps = [
            looks_of(|| assert_eq!(set.first(all, moment(7)), Some(50_000))),
            looks_of(|| assert_eq!(set.last(all, moment(7)), Some(50_000))),
            looks_of(|| assert_eq!(set.first(behind, moment(7)), None)),
        ];
        // Twice the logarithm to the base e is what chance gives; its worst is not far from it.
        assert!(steps.iter().all(|((), looks)| *looks < 60), "{steps:?}");
    }
}
