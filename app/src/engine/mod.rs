//! The one writer and what follows it. Commands wait in a queue; the writer takes whatever waits, decides it in memory,
//! appends all of it in one commit, and answers only then. History, snapshots and sealed keys follow behind. Readers
//! see the book as it stands and get their answer once that much is durable.

mod follower;
mod keys;
mod past;
mod recovery;
mod rows;
mod sealer;
mod shared;
mod snapshotter;
mod writer;

pub use keys::Answer;
pub(crate) use past::{book_before, records_behind, records_of};
pub use recovery::{JournalKeys, Recovered, calendar_of, history_from_journal, load_book, offset_of, replay};
pub(crate) use recovery::{ZONE, decode};
pub(crate) use rows::order_of;
pub use rows::order_row;
pub use shared::{Engine, EngineOptions, Gauges};
pub use writer::{DirectoryDraft, Kept, Operation, Outcome, Request, Work};
