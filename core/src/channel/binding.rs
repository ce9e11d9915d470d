//! To whom a customer is bound, and was: what charges and orders remember of it.

use super::Uin;
use super::looks::looked_at;
use crate::ledger::Moment;
use serde::{Deserialize, Serialize};

/// One binding of a customer to a managing partner. A customer that is bound again later has another one, and what was
/// charged before stays with the old (R141).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Binding {
    /// The managing partner, M(c) of R7.
    pub partner: Uin,
    /// Journal position of the binding.
    pub seq: u64,
}

/// A binding that has ended. What was used while it was in force is charged under it, however late that comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FormerBinding {
    /// The binding.
    pub binding: Binding,
    /// From when it was in force.
    pub from: Moment,
    /// Until when; that moment itself is outside.
    pub until: Moment,
}

impl FormerBinding {
    /// Whether it was in force at this moment.
    pub fn in_force(&self, at: Moment) -> bool {
        looked_at();
        self.from <= at && at < self.until
    }
}
