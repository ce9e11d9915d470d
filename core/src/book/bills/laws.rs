//! The law of bills: what is used is what is not confirmed.

use crate::book::Book;
use crate::book::law::{Laws, customers, units};

/// Checks it.
pub(in crate::book) fn check_laws(book: &Book, laws: &mut Laws) {
    for (uin, customer) in customers(book) {
        let bills = book.open_bills(uin).filter(|bill| bill.binding == customer.binding());
        let owed = bills.flat_map(|bill| &bill.parts).map(|part| units(part.amount)).sum();
        laws.expect(uin, "used is the sum of what is not confirmed", units(customer.line.used()), owed);
    }
}
