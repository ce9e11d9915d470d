//! The laws of standing: arrears are noted and told, and the day's sweep finds whoever is low.

use crate::book::Book;
use crate::book::duties::is_low;
use crate::book::law::{Laws, customers};

/// Checks them.
pub(in crate::book) fn check_laws(book: &Book, laws: &mut Laws) {
    for (uin, customer) in customers(book) {
        let (overdue, noted) = (customer.spender().overdue(), customer.spending.overdue_since.is_some());
        laws.expect(uin, "arrears are noted", i128::from(noted), i128::from(overdue));
        laws.must(uin, "who is suspended was told so", customer.spender().suspension() == customer.spending.notified);
        let swept = customer.low_since.is_some_and(|day| book.standing.low.contains(&(day, uin)));
        laws.expect(uin, "the sweep finds whoever is low", i128::from(swept), i128::from(is_low(customer)));
    }
}
