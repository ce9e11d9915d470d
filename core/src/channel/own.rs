//! What an account has of its own (O3).

use super::{Spender, Spending};
use crate::ledger::Finance;
use crate::money::Amount;
use credere_numbered::{Named, Numbered};
use serde::{Deserialize, Serialize};

/// What an account has of its own. It is set aside while a partner manages its credit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Own {
    /// Its money.
    pub finance: Finance,
    /// Its unpaid bills that are overdue, as the platform says; counts for O61 and nothing else. Not below zero.
    pub overdue_amount: Amount,
    /// What it has open, and how it stands.
    pub spending: Spending,
}

impl Own {
    /// Nothing.
    pub const NOTHING: Own =
        Own { finance: Finance::NOTHING, overdue_amount: Amount::ZERO, spending: Spending::NOTHING };

    /// It as whoever spends: from its own money.
    pub fn spender(&self) -> Spender {
        Spender { available: self.finance.available(), spending: self.spending, paid_for: false }
    }
}

impl Default for Own {
    fn default() -> Own {
        Own::NOTHING
    }
}

/// What is paid in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered, Named)]
#[repr(u8)]
pub enum TopUpKind {
    /// Money; it first repays what is owed on credit.
    Cash = 1,
    /// A gift, which pays before cash and repays nothing.
    Granted = 2,
}
