//! The laws of money of one's own. What adds up within it is `ledger::finance`'s.

use crate::book::Book;
use crate::book::law::Laws;

/// Checks them.
pub(in crate::book) fn check_laws(book: &Book, laws: &mut Laws) {
    for account in book.accounts() {
        let overdue = account.own().overdue_amount;
        laws.must(account.uin, "what is said to be overdue is not below zero", !overdue.is_negative());
    }
}
