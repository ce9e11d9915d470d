//! When open authorizations expire, in the order of time. They are opened in runs that expire together, so up to 64
//! neighbours in number share one entry.

use crate::ledger::Moment;
use std::collections::BTreeMap;

/// How many numbers share an entry, as a power of two: one bit of a word each.
const BITS: u32 = 6;

/// The moments at which open authorizations expire.
#[derive(Debug, Clone, Default)]
pub(in crate::book) struct Expiries(BTreeMap<(Moment, u64), u64>);

/// The entry that an authorization is in, and its bit there.
fn place(at: Moment, number: u64) -> ((Moment, u64), u64) {
    ((at, number >> BITS), 1 << (number % (1 << BITS)))
}

impl Expiries {
    pub(super) fn insert(&mut self, at: Moment, number: u64) {
        let (entry, bit) = place(at, number);
        *self.0.entry(entry).or_default() |= bit;
    }

    pub(super) fn remove(&mut self, at: Moment, number: u64) {
        let (entry, bit) = place(at, number);
        if let Some(bits) = self.0.get_mut(&entry) {
            *bits &= !bit;
            if *bits == 0 {
                self.0.remove(&entry);
            }
        }
    }

    /// The one that expires first, of several the one opened first.
    pub(in crate::book) fn first(&self) -> Option<(Moment, u64)> {
        let (&(at, entry), bits) = self.0.first_key_value()?;
        Some((at, (entry << BITS) + u64::from(bits.trailing_zeros())))
    }

    /// Whether it expires then.
    pub(super) fn contains(&self, at: Moment, number: u64) -> bool {
        let (entry, bit) = place(at, number);
        self.0.get(&entry).is_some_and(|bits| bits & bit != 0)
    }
}

impl FromIterator<(Moment, u64)> for Expiries {
    fn from_iter<I: IntoIterator<Item = (Moment, u64)>>(all: I) -> Expiries {
        let mut expiries = Expiries::default();
        all.into_iter().for_each(|(at, number)| expiries.insert(at, number));
        expiries
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn they_are_a_set_in_the_order_of_time(steps in proptest::collection::vec((0..4_i64, 0..300_u64, any::<bool>()), 0..400)) {
            let (mut expiries, mut plain) = (Expiries::default(), BTreeSet::new());
            for (at, number, opens) in steps {
                let at = Moment::default().plus_seconds(at);
                if opens {
                    expiries.insert(at, number);
                    plain.insert((at, number));
                } else {
                    expiries.remove(at, number);
                    plain.remove(&(at, number));
                }
                prop_assert_eq!(expiries.first(), plain.first().copied());
                prop_assert_eq!(expiries.contains(at, number), plain.contains(&(at, number)));
            }
        }
    }
}
