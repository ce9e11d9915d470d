//! The law of requests: only what waits to be paid was asked to be paid lately.

use crate::book::Book;
use crate::book::law::Laws;
use crate::channel::OrderState;

/// Checks it.
pub(in crate::book) fn check_laws(book: &Book, laws: &mut Laws) {
    for (order, _) in book.notices.requests.iter() {
        let waits = book.open_order(*order).is_some_and(|order| order.state == OrderState::ToBePaid);
        laws.must_all("what was asked to be paid waits to be paid", waits);
    }
}
