//! The one writer and what follows it. Commands wait in a queue; the writer takes whatever waits and decides it in memory;
//! all of it becomes one commit, and is answered only then. The next one is decided meanwhile. History, snapshots and sealed
//! keys follow behind. Readers see the book as it stands and get their answer once that much is durable.

mod appender;
mod deciding;
mod door;
mod follower;
mod gauges;
mod keys;
mod lanes;
mod options;
mod pace;
mod past;
mod prover;
mod recaller;
mod recovery;
mod request;
mod sealer;
mod snapshotter;
mod state;
mod writer;

pub use door::{Engine, Look};
pub use gauges::Gauges;
pub use keys::Answer;
pub(crate) use keys::{KEYS_KEPT, key_in};
pub use lanes::AT_ONCE_MAX;
#[cfg(test)]
pub(crate) use lanes::LongReads;
pub(crate) use lanes::{LongRead, Turn};
pub use options::EngineOptions;
pub(crate) use past::{RecordReader, book_before, records_behind, records_of, was_opened};
pub(crate) use recaller::key_used_at;
pub use recovery::offset_of;
pub(crate) use recovery::{
    CATCH_UP_ROWS, JournalKeys, ZONE, calendar_of, decode, empty, history_from_journal, load_book, read_image,
    replay_records, search_made_anew,
};
pub use request::{DirectoryDraft, Kept, Operation, Outcome, Request, Work};
pub(crate) use sealer::LASTING_KEPT;
