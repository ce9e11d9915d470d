//! The laws of standing: arrears are noted and told, and the day's sweep finds whoever is low.

use crate::book::Book;
use crate::book::duties::is_low;
use crate::book::law::{Laws, customers};

/// Checks them.
pub(in crate::book) fn check_laws(book: &Book, laws: &mut Laws) {
    for account in book.accounts() {
        // Who is still to be reviewed is so because of its payer.
        let Some(spender) = book.stands(account).filter(|_| !book.waits_for_review(account.uin)) else { continue };
        let (overdue, noted) = (spender.overdue(), spender.spending.overdue_since.is_some());
        laws.expect(account.uin, "arrears are noted", i128::from(noted), i128::from(overdue));
        let told = spender.suspension() == spender.spending.notified;
        laws.must(account.uin, "who is suspended was told so", told);
    }
    for (uin, customer) in customers(book) {
        let swept = customer.low_since.is_some_and(|day| book.standing.low.contains(&(day, uin)));
        laws.expect(uin, "the sweep finds whoever is low", i128::from(swept), i128::from(is_low(customer)));
    }
}
