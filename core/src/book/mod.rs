//! Where everything meets. [`Book`] is all the state that decisions need; [`decide`] reads it and answers with one
//! [`Event`] or a [`Rejection`]; [`Book::evolve`] applies an event and nothing else changes a book. Events carry the
//! figures after them, so that replaying is copying facts, not computing them again.

mod asked;
mod because;
mod command;
mod deadlines;
mod decide;
mod duties;
mod event;
mod evolve;
mod invariants;
mod posting;
mod record;
mod rejection;
mod samples;
mod snapshot;
mod state;

pub use because::{Because, Figure, Finding, Rule};
pub use command::{
    Command, DiscountTerms, NamedLine, NewOrder, NewResource, NewVoucherKind, NewVoucherProducts, PayBy, ReceiptLines,
    UsageRecord, VoucherTerms,
};
pub use decide::{Context, Decision, Rules, decide};
pub use event::{Event, OrderChange, ReceiptPart};
pub use evolve::Inconsistent;
pub use invariants::{BrokenLaw, check_laws};
pub use record::{ActionName, ContentHash, DecodeError, KeyHash, KeyUse, RECORD_VERSION, Record, RequestInfo};
pub use rejection::{Party, Rejection, Retry, Status};
pub use snapshot::{BookReader, SnapshotError};
pub use state::{Book, Refunds};
