//! A partner's customers in the order of their binding. The list lies in pieces of bounded length, so that a customer that
//! leaves moves few others, and a page far into the list is found by the lengths of the pieces.

use super::Uin;

/// As many customers as a piece has at most.
const PIECE_MAX: usize = 1_024;

/// One customer: the journal position of its binding, and who it is.
type Entry = (u64, Uin);

/// Customers by the journal position of their binding, oldest first.
#[derive(Debug, Clone, Default)]
pub struct CustomerList {
    /// None of them is empty.
    pieces: Vec<Vec<Entry>>,
    length: usize,
}

impl CustomerList {
    /// Nobody's customers.
    pub(crate) const EMPTY: CustomerList = CustomerList { pieces: Vec::new(), length: 0 };

    /// How many there are.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Adds one whose binding is later than all that are there.
    pub(crate) fn push(&mut self, bound_seq: u64, customer: Uin) {
        match self.pieces.last_mut().filter(|piece| piece.len() < PIECE_MAX) {
            Some(piece) => piece.push((bound_seq, customer)),
            None => self.pieces.push(vec![(bound_seq, customer)]),
        }
        self.length += 1;
    }

    /// Takes the one out that was bound there; `None` where none was.
    pub(crate) fn remove(&mut self, bound_seq: u64) -> Option<Uin> {
        let at = self.piece_of(bound_seq);
        let piece = self.pieces.get_mut(at)?;
        let place = piece.binary_search_by_key(&bound_seq, |(seq, _)| *seq).ok()?;
        let (_, customer) = piece.remove(place);
        if piece.is_empty() {
            self.pieces.remove(at);
        }
        self.length -= 1;
        Some(customer)
    }

    /// The first piece that ends with this position or later.
    fn piece_of(&self, bound_seq: u64) -> usize {
        self.pieces.partition_point(|piece| piece.last().is_some_and(|(seq, _)| *seq < bound_seq))
    }

    /// All of them, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Entry> + Clone {
        self.pieces.iter().flatten()
    }

    /// Those that were bound after this position, oldest first.
    pub fn after(&self, bound_seq: u64) -> impl Iterator<Item = &Entry> {
        let at = self.piece_of(bound_seq.saturating_add(1));
        let rest = self.pieces.get(at..).unwrap_or_default().iter().flatten();
        rest.skip_while(move |(seq, _)| *seq <= bound_seq)
    }

    /// All but the first `skip`, oldest first.
    pub fn oldest_first(&self, skip: usize) -> impl Iterator<Item = &Entry> {
        let (whole, left) = skipped(self.pieces.iter(), skip);
        self.pieces.iter().skip(whole).flatten().skip(left)
    }

    /// All but the last `skip`, newest first.
    pub fn newest_first(&self, skip: usize) -> impl Iterator<Item = &Entry> {
        let (whole, left) = skipped(self.pieces.iter().rev(), skip);
        self.pieces.iter().rev().skip(whole).flat_map(|piece| piece.iter().rev()).skip(left)
    }
}

/// How many whole pieces go into `skip`, and how many entries are left of it.
fn skipped<'a>(pieces: impl Iterator<Item = &'a Vec<Entry>>, skip: usize) -> (usize, usize) {
    let (mut whole, mut left) = (0, skip);
    for piece in pieces.take_while(|piece| !piece.is_empty()) {
        if piece.len() > left {
            break;
        }
        (whole, left) = (whole + 1, left - piece.len());
    }
    (whole, left)
}

impl PartialEq for CustomerList {
    /// Two lists are alike when they have the same customers, however they lie.
    fn eq(&self, other: &CustomerList) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for CustomerList {}

impl FromIterator<Entry> for CustomerList {
    fn from_iter<T: IntoIterator<Item = Entry>>(entries: T) -> CustomerList {
        let mut list = CustomerList::default();
        entries.into_iter().for_each(|(bound_seq, customer)| list.push(bound_seq, customer));
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn uin(number: u64) -> Uin {
        Uin::new(number).unwrap()
    }

    fn list_of(entries: &[Entry]) -> CustomerList {
        entries.iter().copied().collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        /// Against a plain list.
        #[test]
        fn it_is_a_list_in_order(
            count in 0..5_000_u64,
            gone in proptest::collection::vec(0..6_000_u64, 0..200),
            run in 0..6_000_u64,
            skip in 0..6_000_usize,
        ) {
            let mut plain: Vec<Entry> = (1..=count).map(|seq| (2 * seq, uin(seq + 7))).collect();
            let mut list = list_of(&plain);
            // Single ones, and all of one piece and more.
            for seq in gone.into_iter().chain((run..run + 2 * PIECE_MAX as u64 + 3).map(|seq| 2 * seq)) {
                let at = plain.binary_search_by_key(&seq, |(bound, _)| *bound).ok();
                prop_assert_eq!(list.remove(seq), at.map(|at| plain.remove(at).1));
            }
            prop_assert_eq!(list.len(), plain.len());
            prop_assert_eq!(list.is_empty(), plain.is_empty());
            prop_assert!(list.iter().eq(&plain));
            prop_assert!(list.iter().rev().eq(plain.iter().rev()));
            prop_assert!(list.oldest_first(skip).eq(plain.iter().skip(skip)));
            prop_assert!(list.newest_first(skip).eq(plain.iter().rev().skip(skip)));
            prop_assert!(list.after(skip as u64).eq(plain.iter().filter(|(seq, _)| *seq > skip as u64)));
            prop_assert_eq!(&list, &list_of(&plain));
        }
    }

    /// Bad shape: whoever left moved all that came after.
    #[test]
    fn no_piece_is_longer_than_it_may_be() {
        let mut list: CustomerList = (1..=100_000).map(|seq| (seq, uin(seq))).collect();
        for seq in (1..=100_000).filter(|seq| seq % 3 > 0) {
            list.remove(seq).unwrap();
        }
        (100_001..=200_000).for_each(|seq| list.push(seq, uin(seq)));
        assert!(list.pieces.iter().all(|piece| !piece.is_empty() && piece.len() <= PIECE_MAX));
        assert!(list.pieces.len() <= 2 * 100_000 / PIECE_MAX + 2);
    }
}
