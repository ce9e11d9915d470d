//! The laws that hold in every book at every moment, checked from scratch: every sum is computed anew from its parts. Each
//! area has its own; here is what they share. For tests, the simulator and `credere verify`; never on the way of a request.

use crate::book::{Book, bills, buying, metering, parties, standing, vouchers};
use crate::channel::{Customer, Uin};
use crate::money::Amount;
use std::collections::BTreeMap;
use thiserror::Error;

/// A law does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("law broken for {account}: {law}: kept {kept}, computed {computed} (in units of 10^-8)")]
pub struct BrokenLaw {
    /// Whose figures.
    pub account: Uin,
    /// Which law.
    pub law: &'static str,
    /// What the book says.
    pub kept: i128,
    /// What its parts come to.
    pub computed: i128,
}

/// Checks all laws.
///
/// # Errors
/// Every [`BrokenLaw`], in no particular order.
pub fn check_laws(book: &Book) -> Result<(), Vec<BrokenLaw>> {
    let mut laws = Laws::default();
    for check in
        [buying::check_laws, metering::check_laws, vouchers::check_laws, bills::check_laws, standing::check_laws]
    {
        check(book, &mut laws);
    }
    // Sums up what the others found, and so comes last.
    parties::check_laws(book, &mut laws);
    if laws.broken.is_empty() { Ok(()) } else { Err(laws.broken) }
}

/// What is found out while laws are checked.
#[derive(Default)]
pub(super) struct Laws {
    broken: Vec<BrokenLaw>,
    /// What is set aside on accounts' credit, by whose it is.
    pub(super) on_credit: BTreeMap<Uin, SetAside>,
    /// What is set aside on partners' spend lines.
    pub(super) on_spend: BTreeMap<Uin, SetAside>,
}

/// What is set aside on one line, in units of 10^-8.
#[derive(Default)]
pub(super) struct SetAside {
    /// By open orders and authorizations.
    pub(super) held: i128,
    /// By resources.
    pub(super) frozen: i128,
}

impl Laws {
    /// A law: what the book says must be what its parts come to.
    pub(super) fn expect(&mut self, account: Uin, law: &'static str, kept: i128, computed: i128) {
        if kept != computed {
            self.broken.push(BrokenLaw { account, law, kept, computed });
        }
    }

    /// A law that is about no figure.
    pub(super) fn must(&mut self, account: Uin, law: &'static str, holds: bool) {
        self.expect(account, law, i128::from(holds), 1);
    }
}

/// All customers with their accounts' numbers.
pub(super) fn customers(book: &Book) -> impl Iterator<Item = (Uin, &Customer)> {
    book.accounts().iter().filter_map(|account| Some((account.uin, account.customer.as_ref()?)))
}

/// An amount as sums are computed.
pub(super) fn units(amount: Amount) -> i128 {
    i128::from(amount.units())
}
