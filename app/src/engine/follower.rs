//! History's follower: turns records into rows and writes them in large folds. It gathers for a moment unless a reader
//! waits. When it fails it tries again from the journal; writes are turned away meanwhile.

use super::recovery;
use super::state::Shared;
use crate::clock::ticks;
use crate::progress::Quiet;
use crate::rows::{self, Basis};
use credere_core::book::Record;
use credere_core::ledger::Moment;
use credere_store::contract::HistoryFold;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

/// Rows after which a fold is written even when more is waiting.
pub(super) const FOLD_ROWS: usize = 15_000;

/// What the follower is told.
pub(super) enum Fold {
    /// What a commit wrote.
    Records { first_seq: u64, at: Moment, records: Vec<Record> },
    /// A reader waits.
    Hurry,
    /// Something is in the journal that was not told here.
    FromJournal { upto_seq: u64 },
    /// The end: write what there is.
    Stop,
}

pub(super) fn run(shared: &Shared, inbox: &Receiver<Fold>) {
    let mut fold = HistoryFold::default();
    let mut products = Vec::new();
    let calendar = shared.book.read().calendar();
    let mut since: Option<Instant> = None;
    loop {
        let wait = match since {
            None => Duration::from_secs(3_600),
            Some(since) => shared.options.history_gather.saturating_sub(ticks().duration_since(since)),
        };
        let (write, stop) = match inbox.recv_timeout(wait) {
            Ok(Fold::Records { first_seq, at, records }) => {
                shared.feed.tell(first_seq, at, &records);
                // Products are never removed and keep their codes, so the book as it stands has them all. A copy, since
                // the writer must not wait until the rows are made; of those that are new.
                products.extend_from_slice(shared.book.read().products().get(products.len()..).unwrap_or_default());
                let basis = Basis { products: &products, calendar };
                let upto_seq = first_seq + records.len() as u64 - 1;
                match rows::add(&mut fold, &basis, first_seq, at, &records) {
                    Ok(()) => {
                        fold.upto_seq = upto_seq;
                        since.get_or_insert_with(ticks);
                        (rows::count(&fold) >= FOLD_ROWS, false)
                    }
                    Err(error) => {
                        tracing::error!(%error, "a commit cannot be told to history; catching up from the journal");
                        (fold, since) = (HistoryFold::default(), None);
                        catch_up(shared, upto_seq);
                        (false, false)
                    }
                }
            }
            Ok(Fold::Hurry) | Err(RecvTimeoutError::Timeout) => (true, false),
            Ok(Fold::FromJournal { upto_seq }) => {
                // What was gathered is in the journal as well. A product of a book that was not durable may have been
                // replaced by another with its number.
                (fold, since, products) = (HistoryFold::default(), None, Vec::new());
                catch_up(shared, upto_seq);
                shared.feed.reaches(upto_seq);
                (false, false)
            }
            Ok(Fold::Stop) | Err(RecvTimeoutError::Disconnected) => (true, true),
        };
        if write {
            write_fold(shared, &mut fold);
            since = None;
        }
        if stop {
            return;
        }
    }
}

fn write_fold(shared: &Shared, fold: &mut HistoryFold) {
    let upto_seq = fold.upto_seq;
    if upto_seq == 0 {
        return;
    }
    match shared.store.fold(std::mem::take(fold)) {
        Ok(()) => announce(shared, upto_seq),
        Err(error) => {
            tracing::error!(%error, "history cannot be written; catching up from the journal");
            catch_up(shared, upto_seq);
        }
    }
    // The next commit with names does it otherwise.
    if let Err(error) = shared.store.place_loose() {
        tracing::warn!(%error, "names of customers wait to be listed for searching");
    }
}

/// Fills history from the journal until it has `upto_seq`, as often as it takes.
fn catch_up(shared: &Shared, upto_seq: u64) {
    let mut pause = Duration::from_millis(100);
    loop {
        let (products, calendar) = {
            let book = shared.book.read();
            (book.products().to_vec(), book.calendar())
        };
        let basis = Basis { products: &products, calendar };
        match recovery::history_from_journal(&*shared.store, &basis, upto_seq, &Quiet) {
            Ok(reached) if reached >= upto_seq => return announce(shared, reached),
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "history cannot catch up yet"),
        }
        if shared.stopping.load(SeqCst) {
            return;
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_secs(2));
    }
}

fn announce(shared: &Shared, upto_seq: u64) {
    shared.history_has(upto_seq);
    shared.history.send_replace(upto_seq);
}
