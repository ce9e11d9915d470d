//! The laws of packs.

use crate::book::Book;
use crate::book::law::Laws;

/// Checks them.
pub(in crate::book) fn check_laws(book: &Book, laws: &mut Laws) {
    let mut left = 0;
    for pack in book.packs.all.values() {
        laws.must(pack.account, "a pack covers at most what it was bought with", pack.remaining <= pack.units);
        left += usize::from(pack.remaining.is_positive());
        let listed = book.packs_of(pack.account).any(|one| one.id == pack.id);
        laws.must(pack.account, "packs are listed", listed);
    }
    laws.must_all("packs with units left can cover, and no others", left == book.packs.drawable_len());
}
