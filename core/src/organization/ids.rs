//! The numbers of organizations and of what belongs to them. They are numbers everywhere, as the Cloud API has them; each is the
//! shard and position of the record that made the thing.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! numbers {
    ($($(#[$about:meta])* $name:ident;)*) => {$(
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

numbers! {
    /// An organization (O4).
    OrganizationId;
    /// An invitation to an organization (O39).
    InvitationId;
    /// A department. The root has its organization's number.
    NodeId;
    /// An entity that is associated with an organization, or is to be (O40).
    RelationId;
    /// The record of an account that was opened for an organization (O33).
    RecordId;
}

impl OrganizationId {
    /// The department that is there with the organization, and lies above all others (O4, O21).
    pub const fn root(self) -> NodeId {
        NodeId(self.0)
    }
}
