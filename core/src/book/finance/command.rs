//! The commands about the money of accounts that pay for themselves.

use crate::book::command::commands;
use crate::book::home::Home;
use crate::channel::{TopUpKind, Uin};
use crate::money::Amount;

commands!(Finance {
    TopUp(asked) => Some(asked.account), Home::Account(asked.account);
    ChangeFinance(asked) => Some(asked.account), Home::Account(asked.account);
});

/// Pays money in, or gives some (O3). Cash first repays what is owed on credit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopUp {
    /// To whom.
    pub account: Uin,
    /// How much; above zero.
    pub amount: Amount,
    /// Cash, or a gift.
    pub kind: TopUpKind,
}

/// Changes how much an account may owe, and what the platform says of its unpaid bills. Moves no money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeFinance {
    /// Whose.
    pub account: Uin,
    /// New credit limit, not below zero.
    pub credit_limit: Option<Amount>,
    /// New sum of unpaid bills that are overdue, not below zero (O61).
    pub overdue_amount: Option<Amount>,
}
