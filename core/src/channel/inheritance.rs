//! When an account had another one's offers instead of its own (O84, O102).

use super::Uin;
use crate::ledger::Moment;
use credere_numbered::Numbered;
use serde::{Deserialize, Serialize};

/// What made an account inherit offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered)]
#[repr(u8)]
pub enum InheritedBy {
    /// The platform's sales, which alone end it (O102).
    Sales = 1,
    /// The permission that it gave its organization's admin (O49, id 6).
    Permission = 2,
}

/// When an account had another one's offers. Kept for ever: usage is priced by whose they were when its cycle began (O85).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Inheritance {
    /// Whose.
    pub from: Uin,
    /// From when on.
    pub since: Moment,
    /// Until when, that moment outside; `None` while it lasts.
    pub until: Option<Moment>,
    /// What made it begin.
    pub by: InheritedBy,
}

impl Inheritance {
    /// Whether it lasted at this moment.
    pub fn in_force(&self, at: Moment) -> bool {
        self.since <= at && self.until.is_none_or(|until| at < until)
    }
}
