//! The one writer and what follows it. Commands wait in a queue; the writer takes whatever waits, decides it in memory,
//! appends all of it in one commit, and answers only then. History, snapshots and sealed keys follow behind. Readers
//! see the book as it stands and get their answer once that much is durable.

mod follower;
mod keys;
mod lanes;
mod past;
mod recovery;
pub(crate) mod rows;
mod sealer;
mod shared;
mod snapshotter;
mod writer;

pub use keys::Answer;
pub(crate) use keys::{KEYS_KEPT, KeyEntry, key_in};
pub use lanes::AT_ONCE_MAX;
#[cfg(test)]
pub(crate) use lanes::LongReads;
pub(crate) use lanes::{LongRead, Turn};
pub(crate) use past::{book_before, records_behind, records_of, was_opened};
pub(crate) use recovery::{CATCH_UP_ROWS, ZONE, decode, replay_records};
pub use recovery::{JournalKeys, Recovered, calendar_of, history_from_journal, load_book, offset_of, replay};
pub(crate) use rows::order_of;
pub use rows::order_row;
pub(crate) use sealer::LASTING_KEPT;
pub use shared::{Engine, EngineOptions, Gauges};
pub use writer::{DirectoryDraft, Kept, Operation, Outcome, Request, Work};
