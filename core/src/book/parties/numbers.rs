//! How accounts are numbered: who names no number gets the next free one, however many have been named in a row.

use super::Runs;
use crate::book::Book;
use crate::channel::{Uin, looked_at};

impl Book {
    /// The number that the next account gets unless the caller names one.
    pub fn next_uin(&self) -> Option<Uin> {
        let next = self.deployment.next_uin.map_or(Uin::FIRST_GIVEN, Uin::number);
        Uin::new(self.deployment.runs.free_from(next, |number| self.is_taken(number))).ok()
    }

    fn is_taken(&self, number: u64) -> bool {
        looked_at();
        Uin::new(number).is_ok_and(|uin| self.account(uin).is_some())
    }

    /// An account has this number from now on.
    pub(in crate::book) fn take_number(&mut self, uin: Uin) {
        let (number, next) = (uin.number(), self.deployment.next_uin.map_or(Uin::FIRST_GIVEN, Uin::number));
        if number > next {
            let mut runs = std::mem::take(&mut self.deployment.runs);
            runs.take(number, |number| self.is_taken(number));
            self.deployment.runs = runs;
        } else if number == next {
            self.deployment.next_uin = self.next_uin();
        }
    }

    /// Finds anew which numbers from the next one on are taken in a row.
    pub(in crate::book) fn index_numbers(&mut self) {
        let next = self.deployment.next_uin.map_or(Uin::FIRST_GIVEN, Uin::number);
        let numbers = self.accounts().map(|account| account.uin.number()).filter(|number| *number >= next);
        let mut numbers: Vec<u64> = numbers.collect();
        numbers.sort_unstable();
        self.deployment.runs = Runs::of(numbers);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::book::BookReader;
    use crate::book::parties::AccountOpened;
    use crate::channel::{AccountClass, Site, Tier, Verification, looks_of};
    use crate::ledger::Moment;
    use proptest::prelude::*;

    fn open(book: &mut Book, number: u64) {
        let (class, verification, tier) = (AccountClass::External, Verification::None, Tier::None);
        let (uin, site) = (Uin::new(number).unwrap(), Site::Intl);
        let opened = AccountOpened { uin, class, verification, tier, site, entity: None, followed: false };
        book.evolve(book.seq() + 1, Moment::default(), &opened.into()).unwrap();
    }

    fn next(book: &Book) -> u64 {
        book.next_uin().unwrap().number()
    }

    proptest! {
        /// Named ones in any order, and given ones between them.
        #[test]
        fn the_next_number_is_the_first_free_one(named in proptest::collection::vec(0..40_u64, 0..60)) {
            let mut book = Book::new();
            for place in named {
                let number = if place < 8 { next(&book) } else { Uin::FIRST_GIVEN + place - 8 };
                if book.account(Uin::new(number).unwrap()).is_none() {
                    open(&mut book, number);
                }
                let free = (Uin::FIRST_GIVEN..).find(|number| book.account(Uin::new(*number).unwrap()).is_none());
                prop_assert_eq!(Some(next(&book)), free);
                // Also once it was read.
                let mut reader = BookReader::default();
                book.to_pieces().for_each(|piece| reader.take(&piece).unwrap());
                let mut again = reader.finish().unwrap();
                prop_assert_eq!(Some(next(&again)), free);
                open(&mut again, free.unwrap());
                let after = (Uin::FIRST_GIVEN..).find(|number| again.account(Uin::new(*number).unwrap()).is_none());
                prop_assert_eq!(Some(next(&again)), after);
            }
        }
    }

    /// Bad shape: all that were named in a row were passed by the first that named none.
    #[test]
    fn as_much_is_looked_at_however_many_were_named() {
        for count in [10, 1_000] {
            let mut book = Book::new();
            (1..=count).rev().for_each(|place| open(&mut book, Uin::FIRST_GIVEN + place));
            let ((), looks) = looks_of(|| open(&mut book, Uin::FIRST_GIVEN));
            assert!(looks <= 4, "{looks}");
            assert_eq!(next(&book), Uin::FIRST_GIVEN + count + 1);
        }
    }
}
