//! Proving a store: every frame, every record, every law, and every row that the journal knows of; and telling history
//! anew. Both work on a store that nobody else has open. What each file should hold is in [`history`], [`keys`] and
//! [`names`].

mod history;
mod keys;
mod names;

use crate::engine::{
    JournalKeys, calendar_of, decode, empty, history_from_journal, load_book, read_image, replay_records,
    search_made_anew,
};
use crate::progress::{Phase, Progress};
use crate::rows::Basis;
use credere_core::book::{BrokenLaw, check_laws};
use credere_store::contract::{DeploymentStore, ShardStore, Snapshots, StoreError};
use credere_store::frame::Position;
use history::ExpectedHistory;
pub use history::HistoryProof;
use keys::ExpectedKeys;
use names::ExpectedNames;
use std::path::Path;

/// What was found to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Proof {
    /// Frames in the chain.
    pub frames: u64,
    /// Records in them.
    pub records: u64,
    /// Accounts in the book that they come to.
    pub accounts: usize,
    /// Position of the snapshot that was found to be equal to the replay, if there is one.
    pub snapshot_seq: Option<u64>,
    /// Credentials, platform keys, webhooks and profiles that are as the journal says.
    pub names: u64,
    /// Idempotency keys in the journal that are in the store as well.
    pub keys: u64,
    /// Deliveries in the outbox. What was sent stands nowhere else: each is as it was written.
    pub deliveries: u64,
    /// How far history reaches and how many rows of it are as the journal says; `None` where there is no history.
    pub history: Option<HistoryProof>,
}

/// What was found broken.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// The store cannot be read, its chain is broken, or a record does not fit.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Laws that do not hold.
    #[error("{} laws do not hold; the first: {}", .0.len(), .0[0])]
    Laws(Vec<BrokenLaw>),
    /// A snapshot is not what the journal comes to at its position.
    #[error("the snapshot at {0} differs from what the journal comes to there")]
    Snapshot(u64),
}

/// Walks the whole journal of a shard from its first frame, checks its chain, replays it, compares the newest snapshot with
/// the replay byte for byte, checks every law at the end, and compares the directory, the sealed keys and history with what
/// the journal says they should be, row by row; of the outbox it reads every row. Nothing of the store is changed. A
/// second history is built in `scratch`, an empty folder, which takes as much room as history does.
///
/// # Errors
/// [`Broken`]
pub fn verify(
    store: &dyn ShardStore,
    deployment: &dyn DeploymentStore,
    scratch: &Path,
    progress: &dyn Progress,
) -> Result<Proof, Broken> {
    let last = store.last()?;
    let image = snapshot_hash(store, last.seq)?;
    let mut proof = Proof { records: last.seq, ..Proof::default() };
    let calendar = calendar_of(deployment)?;
    let mut book = empty(store, calendar);
    let mut end = Position::default();
    let mut differs = None;
    let mut names = ExpectedNames::new(store)?;
    let mut keys = ExpectedKeys::new(store)?;
    let mut history = ExpectedHistory::new(store, scratch)?;
    progress.begin(Phase::Replay, last.seq);
    store.frames(0, last.seq, &mut |frame| {
        if !frame.follows(&end) {
            return Err(StoreError::corrupt(format!("the journal's chain is broken at event {}", frame.first_seq)));
        }
        let records = decode(&frame)?;
        replay_records(&mut book, &frame, &records)?;
        end = frame.position();
        proof.frames += 1;
        if let Some((seq, hash)) = image
            && seq == end.seq
        {
            proof.snapshot_seq = Some(seq);
            differs = (hash_of(book.to_pieces()) != hash).then_some(seq);
        }
        for (seq, record) in (frame.first_seq..).zip(&records) {
            names.take(&frame, seq, record);
            keys.take(store, seq, frame.at, record)?;
        }
        history.take(&Basis { products: book.products(), calendar }, &frame, &records)?;
        progress.reached(end.seq);
        Ok(())
    })?;
    progress.end();
    if end != last || book.seq() != last.seq {
        return Err(
            StoreError::corrupt(format!("the journal should end at {} but ends at {}", last.seq, end.seq)).into()
        );
    }
    if let Some(seq) = differs {
        return Err(Broken::Snapshot(seq));
    }
    proof.accounts = book.accounts_len();
    check_laws(&book).map_err(Broken::Laws)?;
    proof.names = names.compare(store, deployment, &book)?;
    proof.keys = keys.finish(store)?;
    proof.deliveries = store.check_deliveries()?;
    proof.history = history.finish(progress)?;
    Ok(proof)
}

/// The hash of the book that the newest image holds, with those that it builds on; that of nothing where it does not read.
fn snapshot_hash(store: &dyn Snapshots, not_after: u64) -> Result<Option<(u64, blake3::Hash)>, StoreError> {
    let Some((at, read)) = read_image(store, not_after, &|| Ok(()))? else { return Ok(None) };
    Ok(Some((at.seq, read.map_or_else(|_| hash_of(std::iter::empty()), |book| hash_of(book.to_pieces())))))
}

fn hash_of(pieces: impl Iterator<Item = Vec<u8>>) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    for piece in pieces {
        hasher.update(&(piece.len() as u64).to_le_bytes());
        hasher.update(&piece);
    }
    hasher.finalize()
}

/// Forgets history and the sealed keys, and fills history from the journal again; makes anew what customers are found by.
/// Keys are sealed again by the next start, as it goes. Answers how far history reaches.
///
/// # Errors
/// [`StoreError`]
pub fn reindex(
    store: &dyn ShardStore,
    deployment: &dyn DeploymentStore,
    progress: &dyn Progress,
) -> Result<u64, StoreError> {
    let calendar = calendar_of(deployment)?;
    let recovered = load_book(store, calendar, JournalKeys::Leave, progress)?;
    store.clear_history()?;
    store.clear_keys()?;
    search_made_anew(store, &recovered.book, progress)?;
    // Rows name products by code; codes never change, so the newest catalogue serves the whole journal.
    let basis = Basis { products: recovered.book.products(), calendar };
    history_from_journal(store, &basis, recovered.position.seq, progress)
}
