//! What the areas' laws share: how one that does not hold is told, and what several of them add up.

use crate::book::Book;
use crate::channel::{Binding, Customer, Paying, Uin};
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

/// What is found out while laws are checked.
#[derive(Default)]
pub(super) struct Laws {
    pub(super) broken: Vec<BrokenLaw>,
    /// What is set aside on accounts' credit, by whose it is.
    pub(super) on_credit: BTreeMap<Uin, SetAside>,
    /// What is set aside of money of accounts' own.
    pub(super) on_money: BTreeMap<Uin, SetAside>,
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
    /// What is set aside where this is paid from by the payer: on its credit, of its money, or nowhere where a partner pays for
    /// itself.
    pub(super) fn of_payer(&mut self, paying: Paying, binding: Option<Binding>) -> Option<&mut SetAside> {
        let on = match (binding, paying.partner) {
            (Some(_), _) => &mut self.on_credit,
            (None, None) => &mut self.on_money,
            (None, Some(_)) => return None,
        };
        Some(on.entry(paying.payer).or_default())
    }

    /// A law: what the book says must be what its parts come to.
    pub(super) fn expect(&mut self, account: Uin, law: &'static str, kept: i128, computed: i128) {
        if kept != computed {
            self.broken.push(BrokenLaw { account, law, kept, computed });
        }
    }

    /// A law that is about no figure and nobody in particular.
    pub(super) fn must_all(&mut self, law: &'static str, holds: bool) {
        self.must(Uin::LOWEST, law, holds);
    }

    /// A law that is about no figure.
    pub(super) fn must(&mut self, account: Uin, law: &'static str, holds: bool) {
        self.expect(account, law, i128::from(holds), 1);
    }
}

/// All customers with their accounts' numbers.
pub(super) fn customers(book: &Book) -> impl Iterator<Item = (Uin, &Customer)> {
    book.accounts().filter_map(|account| Some((account.uin, account.customer.as_ref()?)))
}

/// An amount as sums are computed.
pub(super) fn units(amount: Amount) -> i128 {
    i128::from(amount.units())
}
