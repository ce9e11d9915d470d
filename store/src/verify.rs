//! Walks a journal from its first frame to its last and checks that each follows the one before. Whatever the journal
//! is kept in: only the contract is used.

use crate::contract::{Journal, StoreError};
use crate::frame::Position;

/// A journal whose chain is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ChainReport {
    /// How many frames were read.
    pub frames: u64,
    /// Where the chain ends; its `seq` is also the number of events.
    pub end: Position,
}

/// Reads every frame and checks the chain. `progress` gets the events read so far and the events that there are.
///
/// # Errors
/// [`StoreError::Corrupt`] naming the first broken place; other [`StoreError`] where the journal cannot be read.
pub fn verify_chain<J: Journal + ?Sized>(
    journal: &J,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<ChainReport, StoreError> {
    let last = journal.last()?;
    let mut report = ChainReport::default();
    journal.frames(0, last.seq, &mut |frame| {
        if !frame.follows(&report.end) {
            return Err(StoreError::corrupt(format!(
                "the frame of events {} to {} does not follow event {}",
                frame.first_seq, frame.last_seq, report.end.seq
            )));
        }
        report = ChainReport { frames: report.frames + 1, end: frame.position() };
        progress(report.end.seq, last.seq.max(report.end.seq));
        Ok(())
    })?;
    // Frames may have been appended meanwhile, none can have gone.
    if report.end.seq < last.seq {
        return Err(StoreError::corrupt(format!(
            "the journal ends at event {} and should reach event {}",
            report.end.seq, last.seq
        )));
    }
    Ok(report)
}
