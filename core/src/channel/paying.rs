//! Who pays. Whatever costs something keeps this as it was at its moment, and everything that follows from it (a capture,
//! a release, a refund) goes back there. How it is found is in `book::payer`, and nowhere else.

use super::{Binding, Uin};
use crate::ledger::{Funds, Line};
use serde::{Deserialize, Serialize};

/// Who pays for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Paying {
    /// The account whose money, credit or voucher pays: the owner itself, or who pays on its behalf.
    pub payer: Uin,
    /// The partner that owes it to the platform, Q of R7; `None` where nobody stands between payer and platform.
    pub partner: Option<Uin>,
}

impl Paying {
    /// Whether a partner pays for its own use: then there is nobody's side but its own.
    pub fn is_own_use(&self, binding: Option<Binding>) -> bool {
        binding.is_none() && self.partner.is_some()
    }
}

/// What who pays has, as it stands after an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Lines {
    /// The payer's credit or money; absent when a partner pays for itself, and under a binding that has ended.
    pub payer: Option<Funds>,
    /// The paying partner's spend line; absent where nobody stands between payer and platform.
    pub partner: Option<Line>,
}
