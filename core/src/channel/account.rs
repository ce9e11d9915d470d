//! Accounts and what makes one a customer. Names and contact data are not here: they can be erased and live outside
//! the core.

use super::{Binding, Own, Spender, Spending, Subscription, Uin};
use crate::ledger::{Day, Line, Moment};
use crate::money::Amount;
use credere_numbered::Numbered;
use serde::{Deserialize, Serialize};

/// Whether the account belongs to the platform itself. Internal types 4, 6 and 9 are treated like external ones by the
/// organization rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered)]
#[repr(u8)]
pub enum AccountClass {
    /// Anybody.
    External = 1,
    /// The platform's own, with its type number.
    Internal(u8) = 2,
}

/// How far the account's identity is verified. Without verification nothing new may be bought (R58).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered)]
#[repr(u8)]
pub enum Verification {
    /// Not verified.
    None = 1,
    /// A person.
    Personal = 2,
    /// An enterprise.
    Enterprise = 3,
}

/// How the platform's sales follow the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered)]
#[repr(u8)]
pub enum Tier {
    /// Not sorted.
    None = 1,
    /// Key account.
    Key = 2,
    /// Mid-size.
    Mid = 3,
    /// Long tail.
    LongTail = 4,
}

/// An account, whatever it does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its number.
    pub uin: Uin,
    /// When it was opened.
    pub opened_at: Moment,
    /// Whether it is anybody's or the platform's own.
    pub class: AccountClass,
    /// Its verification.
    pub verification: Verification,
    /// Its tier.
    pub tier: Tier,
    /// What it wants to be told of, and where.
    pub subscription: Subscription,
    /// Set while it is bound to a partner as a customer.
    pub customer: Option<Customer>,
    /// When its identity was verified as what it is; absent while it is not.
    pub verified_at: Option<Moment>,
    /// What it has of its own, once there was anything.
    pub own: Option<Box<Own>>,
}

impl Account {
    /// What it has of its own.
    pub fn own(&self) -> &Own {
        self.own.as_deref().unwrap_or(&Own::NOTHING)
    }

    /// The same, to be changed.
    pub(crate) fn own_mut(&mut self) -> &mut Own {
        self.own.get_or_insert_with(Box::default)
    }

    /// It as a customer that has its credit from its partner.
    pub fn on_credit(&self) -> Option<&Customer> {
        self.customer.as_ref().filter(|customer| !customer.referred)
    }

    /// It as whoever spends: from the credit that it was given, or from money of its own.
    pub fn spender(&self) -> Spender {
        self.on_credit().map_or_else(|| self.own().spender(), Customer::spender)
    }

    /// What is set aside of what it spends from.
    pub fn frozen(&self) -> Amount {
        self.on_credit().map_or_else(|| self.own().finance.frozen(), |customer| customer.line.frozen())
    }

    /// What it has open, and how it stands.
    pub fn spending(&self) -> &Spending {
        self.on_credit().map_or_else(|| &self.own().spending, |customer| &customer.spending)
    }

    /// The same, to be changed.
    pub(crate) fn spending_mut(&mut self) -> &mut Spending {
        match &mut self.customer {
            Some(customer) if !customer.referred => &mut customer.spending,
            Some(_) | None => &mut self.own.get_or_insert_with(Box::default).spending,
        }
    }

    /// Verifies its identity, or takes that back.
    pub(crate) fn verify(&mut self, verification: Verification, at: Moment) {
        if self.verification != verification {
            self.verified_at = (verification != Verification::None).then_some(at);
        }
        self.verification = verification;
    }
}

/// A customer's place in the channel and its credit (R10, R12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// The managing partner, M(c) of R7.
    pub partner: Uin,
    /// Whether that is an agent, which only refers it: it takes no part in credit, and pays for itself (O2).
    pub referred: bool,
    /// When it was bound.
    pub bound_at: Moment,
    /// Journal position of the binding; orders a partner's customers by age.
    pub bound_seq: u64,
    /// Its credit; the limit is its `total`.
    pub line: Line,
    /// What it has open, and how it stands.
    pub spending: Spending,
    /// Whether anything was ever charged under this binding.
    pub has_spent: bool,
    /// The level that its managing partner is warned at besides the presets, in percent (R100).
    pub partner_warning: Option<u8>,
    /// The level that it is warned at itself besides the presets, in percent (R101).
    pub own_warning: Option<u8>,
    /// The day on which it was last looked at for warnings; set while it is below some level.
    pub low_since: Option<Day>,
}

impl Customer {
    /// A fresh binding: nothing handed out, nothing used (R139).
    pub fn bound(partner: Uin, referred: bool, at: Moment, seq: u64) -> Customer {
        Customer {
            partner,
            referred,
            bound_at: at,
            bound_seq: seq,
            line: Line::default(),
            spending: Spending::NOTHING,
            has_spent: false,
            partner_warning: None,
            own_warning: None,
            low_since: None,
        }
    }

    /// Its binding, as charges and orders remember it.
    pub fn binding(&self) -> Binding {
        Binding { partner: self.partner, seq: self.bound_seq }
    }

    /// It as whoever spends: from the credit that it was given.
    pub fn spender(&self) -> Spender {
        Spender { available: self.line.available(), spending: self.spending, paid_for: false }
    }
}
