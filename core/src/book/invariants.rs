//! The laws that hold in every book at every moment, checked from scratch: every sum is computed anew from its parts. Each
//! area has its own. For tests, the simulator and `credere verify`; never on the way of a request.

use crate::book::law::{BrokenLaw, Laws};
use crate::book::{
    Book, bills, buying, catalogue, finance, members, metering, notices, packs, parties, payers, standing, transfers,
    vouchers,
};

/// Checks all laws.
///
/// # Errors
/// Every [`BrokenLaw`], in no particular order.
pub fn check_laws(book: &Book) -> Result<(), Vec<BrokenLaw>> {
    let mut laws = Laws::default();
    let areas = [
        buying::check_laws,
        metering::check_laws,
        vouchers::check_laws,
        bills::check_laws,
        standing::check_laws,
        finance::check_laws,
        catalogue::check_laws,
        packs::check_laws,
        members::check_laws,
        notices::check_laws,
        transfers::check_laws,
        payers::check_laws,
    ];
    for check in areas {
        check(book, &mut laws);
    }
    // Sums up what the others found, and so comes last.
    parties::check_laws(book, &mut laws);
    if laws.broken.is_empty() { Ok(()) } else { Err(laws.broken) }
}
