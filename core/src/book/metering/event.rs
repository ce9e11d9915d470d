//! The events about resources and usage. `…_after` is the figure once the fact holds.

#![expect(missing_docs, reason = "the fields are those of the command and of the thing that changes")]

use crate::book::event::events;
use crate::channel::{Charge, Covered, Frozen, Lines, Resource, Uin, Voucher};
use serde::{Deserialize, Serialize};

events!(Metering {
    ResourceActivated = 1,
    ResourceResized = 2,
    ResourceTerminated = 3,
    ResourceSuspended = 4,
    ResourceResumed = 5,
    ResourceDeleted = 6,
    UsageSettled = 7,
});

/// A resource was activated; it has this event's journal position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceActivated {
    pub resource: Box<Resource>,
    pub lines_after: Lines,
}

/// The resource as it stands from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceResized {
    pub resource: Box<Resource>,
    pub lines_after: Lines,
}

/// The resource as it ended, its freeze released.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceTerminated {
    pub resource: Box<Resource>,
    /// What had been frozen for it.
    pub released: Frozen,
    pub charge: Option<Box<Charge>>,
    pub vouchers_after: Vec<Voucher>,
    pub lines_after: Lines,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceSuspended {
    pub resource: Box<Resource>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceResumed {
    pub resource: Box<Resource>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceDeleted {
    pub resource: Box<Resource>,
    /// What had been frozen for it.
    pub released: Frozen,
    pub lines_after: Lines,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsageSettled {
    pub charge: Box<Charge>,
    /// The resource as the record names it, whether or not it was activated here.
    pub resource_name: Option<String>,
    pub details: String,
    /// The activated resource whose cycle this closed, as it stands from now on.
    pub resource: Option<Box<Resource>>,
    /// What packs covered, where the record was told in units; the charge is what is left.
    pub covered: Option<Box<Covered>>,
    pub vouchers_after: Vec<Voucher>,
    pub lines_after: Lines,
}

impl Event {
    /// The charge that it posted.
    pub(in crate::book) fn charge(&self) -> Option<&Charge> {
        match self {
            Event::ResourceTerminated(terminated) => terminated.charge.as_deref(),
            Event::UsageSettled(settled) => Some(&settled.charge),
            Event::ResourceActivated(_)
            | Event::ResourceResized(_)
            | Event::ResourceSuspended(_)
            | Event::ResourceResumed(_)
            | Event::ResourceDeleted(_) => None,
        }
    }

    /// Who pays.
    pub(in crate::book) fn payer(&self) -> Uin {
        let paying = match self {
            Event::ResourceActivated(activated) => activated.resource.paying,
            Event::ResourceResized(resized) => resized.resource.paying,
            Event::ResourceTerminated(terminated) => terminated.resource.paying,
            Event::ResourceSuspended(suspended) => suspended.resource.paying,
            Event::ResourceResumed(resumed) => resumed.resource.paying,
            Event::ResourceDeleted(deleted) => deleted.resource.paying,
            Event::UsageSettled(settled) => settled.charge.paying,
        };
        paying.payer
    }

    /// Whose resource or usage it is.
    pub(in crate::book) fn touches(&self) -> Uin {
        match self {
            Event::ResourceActivated(activated) => activated.resource.account,
            Event::ResourceResized(resized) => resized.resource.account,
            Event::ResourceTerminated(terminated) => terminated.resource.account,
            Event::ResourceSuspended(suspended) => suspended.resource.account,
            Event::ResourceResumed(resumed) => resumed.resource.account,
            Event::ResourceDeleted(deleted) => deleted.resource.account,
            Event::UsageSettled(settled) => settled.charge.account,
        }
    }
}
