//! The commands about the money of accounts that pay for themselves, and about whose offers an account has.

use crate::book::command::commands;
use crate::book::home::Home;
use crate::channel::{CardId, Last4, TopUpKind, Uin};
use crate::ledger::Month;
use crate::money::Amount;

commands!(Finance {
    TopUp(asked) => Some(asked.account), Home::Account(asked.account);
    ChangeFinance(asked) => Some(asked.account), Home::Account(asked.account);
    AddCard(asked) => Some(asked.account), Home::Account(asked.account);
    RemoveCard(asked) => Some(asked.account), Home::Account(asked.account);
    InheritOffers(asked) => Some(asked.account), Home::Account(asked.account);
    EndInheritance(asked) => Some(asked.account), Home::Account(asked.account);
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

/// Adds a card that an account can be charged by. Nothing is charged by it here: that there is one counts (O69).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCard {
    /// Whose.
    pub account: Uin,
    /// By which its holder knows it.
    pub last4: Last4,
    /// The last month in which it is good; not one that is over.
    pub expires: Month,
}

/// Gives an account another one's offers instead of its own: the sales' door, also between entities (O102).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InheritOffers {
    /// Who has them from now on.
    pub account: Uin,
    /// Whose.
    pub from: Uin,
}

/// Leaves an account its own offers again (O14, O102).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndInheritance {
    /// Who has its own from now on.
    pub account: Uin,
}

/// Takes a card away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoveCard {
    /// Whose.
    pub account: Uin,
    /// Which.
    pub card: CardId,
}
