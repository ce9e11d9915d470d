//! Where everything meets. [`Book`] is all the state that decisions need; [`decide`] reads it and answers with one
//! [`Event`] or a [`Rejection`]; [`Book::evolve`] applies an event and nothing else changes a book. Events carry the
//! figures after them, so that replaying is copying facts, not computing them again. The files here only dispatch, or
//! hold what the areas share; what belongs to one area lies in its folder.

pub mod bills;
pub mod buying;
pub mod catalogue;
pub mod deployment;
pub mod finance;
pub mod members;
pub mod metering;
pub mod notices;
pub mod packs;
pub mod parties;
pub mod payers;
pub mod standing;
pub mod transfers;
pub mod vouchers;

mod asked;
mod because;
mod buyer;
mod command;
mod conditions;
mod context;
mod decide;
mod duties;
mod event;
mod evolve;
mod fit;
mod home;
mod in_force;
mod invariants;
mod law;
mod lookups;
mod map;
mod named;
mod pages;
mod payer;
mod permission;
mod posting;
mod record;
mod rejection;
mod samples;
#[cfg(test)]
mod shapes;
mod snapshot;
mod state;
mod status;
mod upgrade;

pub use because::{Because, Figure, Finding, Judged, Rule, Value};
pub use command::Command;
pub use conditions::Pair;
pub use context::{Context, Decision, Rules};
pub use decide::decide;
pub use event::Event;
pub use fit::Inconsistent;
pub use home::Home;
pub use invariants::check_laws;
pub use law::BrokenLaw;
pub use named::Named;
pub use pages::{Changes, SnapshotError};
pub use record::{
    ActionName, ContentHash, Declined, DecodeError, KeyHash, KeyUse, RECORD_VERSION, Record, RequestInfo,
};
pub use rejection::Rejection;
pub use snapshot::BookReader;
pub use state::Book;
pub use status::{Meaning, Retry, Status};
pub use upgrade::RecordV2;
