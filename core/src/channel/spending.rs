//! How whoever spends stands: what is open, whether it is overdue or stopped, and what keeps it running all the same.

use crate::ledger::Moment;
use crate::money::Amount;
use credere_numbered::{Named, Numbered};
use serde::{Deserialize, Serialize};

/// Privileges that keep a customer's resources running while it is overdue (R106). Both must be off before it is
/// unbound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct NonStop {
    /// For what is paid before use.
    pub prepaid: bool,
    /// For what is paid after use.
    pub postpaid: bool,
}

/// What changes of them; what is absent stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NonStopChange {
    /// For what is paid before use.
    pub prepaid: Option<bool>,
    /// For what is paid after use.
    pub postpaid: Option<bool>,
}

impl NonStopChange {
    /// The privileges after the change, where these held before.
    pub fn over(self, before: NonStop) -> NonStop {
        NonStop { prepaid: self.prepaid.unwrap_or(before.prepaid), postpaid: self.postpaid.unwrap_or(before.postpaid) }
    }
}

/// How a customer stands (R109).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered, Named)]
#[repr(u8)]
pub enum Standing {
    /// Nothing is wrong.
    Normal = 1,
    /// Its available credit is below zero.
    Overdue = 2,
    /// It is suspended by force, whatever its credit.
    Forced = 3,
}

/// What an account has open, and how it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spending {
    /// Open authorizations.
    pub open_authorizations: u32,
    /// Orders that are processing.
    pub processing_orders: u32,
    /// Orders that are to be paid: nothing is set aside for them.
    pub parked_orders: u32,
    /// Since when what it has available is below zero (R103).
    pub overdue_since: Option<Moment>,
    /// Since when it is suspended by force (R108).
    pub forced_since: Option<Moment>,
    /// What keeps its resources running while it is overdue.
    pub non_stop: NonStop,
    /// Whether its resources stop without grace, and their data goes after 15 days (R107).
    pub special_suspension: bool,
    /// What its recipients were last told of its [`Spender::suspension`].
    pub notified: Standing,
}

impl Spending {
    /// Nothing open, and nothing wrong.
    pub const NOTHING: Spending = Spending {
        open_authorizations: 0,
        processing_orders: 0,
        parked_orders: 0,
        overdue_since: None,
        forced_since: None,
        non_stop: NonStop { prepaid: false, postpaid: false },
        special_suspension: false,
        notified: Standing::Normal,
    };

    /// What of it holds for those that the account pays for, too.
    pub fn terms(&self) -> PayerTerms {
        let Spending { forced_since, non_stop, special_suspension, .. } = *self;
        PayerTerms { forced_since, non_stop, special_suspension }
    }
}

/// What of a payer holds for those that it pays for, besides what it may spend (O89, O91).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PayerTerms {
    /// Since when it is suspended by force.
    pub forced_since: Option<Moment>,
    /// What keeps resources running while it is overdue.
    pub non_stop: NonStop,
    /// Whether resources stop without grace.
    pub special_suspension: bool,
}

/// Whoever spends, with what it may spend.
#[derive(Debug, Clone, Copy)]
pub struct Spender {
    /// What it may still spend; below zero when overdue.
    pub available: Amount,
    /// What it has open, and how it stood when it was last looked at.
    pub spending: Spending,
    /// Whether it is somebody else's money: then what has stopped starts again above zero, and not at zero (O90).
    pub paid_for: bool,
}

impl Spender {
    /// Available below zero; exactly zero is not overdue (R16, R103), but of who is paid for and has become it (O90).
    pub fn overdue(&self) -> bool {
        self.overdue_after(self.spending.overdue_since.is_some())
    }

    /// The same, where it was overdue before, or was not.
    pub(crate) fn overdue_after(&self, before: bool) -> bool {
        self.available.is_negative() || (self.paid_for && before && !self.available.is_positive())
    }

    /// How it stands: force wins over arrears (R109).
    pub fn standing(&self) -> Standing {
        match (self.spending.forced_since, self.overdue()) {
            (Some(_), _) => Standing::Forced,
            (None, true) => Standing::Overdue,
            (None, false) => Standing::Normal,
        }
    }

    /// How it stands as to what runs, which is what people are told of (R102b): arrears stop nothing under the non-stop
    /// privilege (R106), and a suspension by force stops everything (R108).
    pub fn suspension(&self) -> Standing {
        match self.standing() {
            Standing::Overdue if self.spending.non_stop.postpaid => Standing::Normal,
            standing @ (Standing::Normal | Standing::Overdue | Standing::Forced) => standing,
        }
    }

    /// Whether it has become overdue or suspended, or ceased to be, since it was last reviewed.
    pub(crate) fn changed_unnoticed(&self) -> bool {
        self.overdue() != self.spending.overdue_since.is_some() || self.suspension() != self.spending.notified
    }
}
