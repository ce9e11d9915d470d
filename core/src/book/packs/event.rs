//! The events about packs. What a pack covers is told by the usage that it covers.

#![expect(missing_docs, reason = "the fields are those of the command and of the thing that changes")]

use crate::book::event::events;
use crate::channel::{Pack, Uin};
use serde::{Deserialize, Serialize};

events!(Packs {
    PackAdded = 1,
});

/// A pack was added; it has this event's number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackAdded {
    pub pack: Box<Pack>,
}

impl Event {
    /// Whose pack it is.
    pub(in crate::book) fn touches(&self) -> Uin {
        match self {
            Event::PackAdded(added) => added.pack.account,
        }
    }
}
