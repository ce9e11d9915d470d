//! The commands about how customers stand.

use crate::book::command::commands;
use crate::book::home::Home;
use crate::channel::{NonStopChange, Uin};

commands!(Standing {
    ChangeCustomer(asked) => Some(asked.customer), Home::Account(asked.customer);
    ForceSuspension(asked) => Some(asked.customer), Home::Account(asked.customer);
    ReviewCustomer(asked) => Some(asked.customer), Home::Account(asked.customer);
});

/// Changes how a customer is suspended and warned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeCustomer {
    /// The customer that changes.
    pub customer: Uin,
    /// What changes of its non-stop privileges (R106).
    pub non_stop: NonStopChange,
    /// The special suspension rule on or off (R107).
    pub special_suspension: Option<bool>,
    /// The partner's level in percent, or none (R100).
    pub partner_warning: Option<Option<u8>>,
    /// The customer's own level in percent, or none (R101).
    pub own_warning: Option<Option<u8>>,
}

/// Suspends a customer by force, or ends that (R108).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForceSuspension {
    /// The customer that is suspended or resumed.
    pub customer: Uin,
    /// On or off.
    pub forced: bool,
}

/// Tells a customer's recipients what they are due: warnings, suspension, resumption (R96-R104).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewCustomer {
    /// Whose credit.
    pub customer: Uin,
}
