//! The laws of transfers: what came back of one is a part of it, and each is listed in its organization.

use crate::book::Book;
use crate::book::law::Laws;
use crate::money::Amount;

/// Checks them.
pub(in crate::book) fn check_laws(book: &Book, laws: &mut Laws) {
    for transfer in book.transfers() {
        let member = transfer.member;
        laws.must(member, "a transfer hands something over", transfer.amount.is_positive());
        let part = (Amount::ZERO..=transfer.amount).contains(&transfer.returned);
        laws.must(member, "what came back of a transfer is a part of it", part);
        laws.must(member, "a transfer has two sides", transfer.admin != member);
        let listed = book.transfers_of(transfer.organization).any(|one| one.id == transfer.id);
        laws.must(member, "transfers are listed", listed);
    }
}
