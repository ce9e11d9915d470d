//! Accounts and what makes one a customer. Names and contact data are not here: they can be erased and live outside
//! the core.

use super::Uin;
use crate::ledger::{Line, Moment};
use serde::{Deserialize, Serialize};

/// Whether the account belongs to the platform itself. Internal types 4, 6 and 9 are treated like external ones by the
/// organization rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AccountClass {
    /// Anybody.
    External,
    /// The platform's own, with its type number.
    Internal(u8),
}

/// How far the account's identity is verified. Without verification nothing new may be bought (R58).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Verification {
    /// Not verified.
    None,
    /// A person.
    Personal,
    /// An enterprise.
    Enterprise,
}

/// How the platform's sales follow the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Tier {
    /// Not sorted.
    None,
    /// Key account.
    Key,
    /// Mid-size.
    Mid,
    /// Long tail.
    LongTail,
}

/// An account, whatever it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its number.
    pub uin: Uin,
    /// When it was opened.
    pub opened_at: Moment,
    /// Whose it is.
    pub class: AccountClass,
    /// Its verification.
    pub verification: Verification,
    /// Its tier.
    pub tier: Tier,
    /// Set while it is bound to a partner as a customer.
    pub customer: Option<Customer>,
}

/// A customer's place in the channel and its credit (R10, R12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// The managing partner, M(c) of R7.
    pub partner: Uin,
    /// When it was bound.
    pub bound_at: Moment,
    /// Journal position of the binding; orders a partner's customers by age.
    pub bound_seq: u64,
    /// Its credit; the limit is its `total`.
    pub line: Line,
    /// Open authorizations.
    pub open_authorizations: u32,
    /// Orders that are to be paid or processing.
    pub open_orders: u32,
    /// Whether anything was ever charged under this binding.
    pub has_spent: bool,
}

impl Customer {
    /// A fresh binding: nothing handed out, nothing used (R139).
    pub fn bound(partner: Uin, at: Moment, seq: u64) -> Customer {
        Customer {
            partner,
            bound_at: at,
            bound_seq: seq,
            line: Line::default(),
            open_authorizations: 0,
            open_orders: 0,
            has_spent: false,
        }
    }

    /// Available credit below zero (R103).
    pub fn overdue(&self) -> bool {
        self.line.available().is_negative()
    }
}
