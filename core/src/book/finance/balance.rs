//! What an account has to spend, in one shape for whoever pays for itself and whoever has credit from a partner (O3).

use crate::book::Book;
use crate::channel::Uin;
use crate::money::{Amount, Overflow};

/// What an account has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// What may still be spent; below zero when it is overdue.
    pub available: Amount,
    /// Money paid in.
    pub cash: Amount,
    /// What it was granted.
    pub granted: Amount,
    /// What it may owe: to the platform, or all the credit that it has from its partner.
    pub credit_limit: Amount,
    /// What open orders, authorizations and postpaid resources hold.
    pub frozen: Amount,
}

impl Book {
    /// What an account has to spend: its own money, or the credit from its partner. `None` for a partner that hands credit down,
    /// and has none of either.
    pub fn balance(&self, uin: Uin) -> Option<Balance> {
        let account = self.account(uin)?;
        if let Some(customer) = account.on_credit() {
            let line = customer.line;
            let (available, frozen, none) = (line.available(), line.frozen(), Amount::ZERO);
            return Some(Balance { available, cash: none, granted: none, credit_limit: line.limit(), frozen });
        }
        let finance = self.own(uin)?.finance;
        Some(Balance {
            available: finance.available(),
            cash: finance.cash(),
            granted: finance.granted(),
            credit_limit: finance.credit_limit(),
            frozen: finance.frozen(),
        })
    }
}

impl Balance {
    /// What it owes: how far it is below zero.
    ///
    /// # Errors
    /// [`Overflow`]
    pub fn owed(&self) -> Result<Amount, Overflow> {
        self.available.min(Amount::ZERO).negated()
    }
}
