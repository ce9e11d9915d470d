//! Snapshots are held against the journal behind everything else, and one that is not what it says is forgotten.

use crate::world::*;
use credere_app::{App, Quiet};
use credere_core::book::Book;
use credere_store::contract::{Journal, Snapshots};
use credere_store::memory::MemoryStore;
use std::sync::Arc;

/// Journal records between snapshots.
const EVERY: u64 = 40;

fn started(store: &Arc<MemoryStore>) -> Arc<App> {
    let mut few = options();
    few.engine.snapshot_every = EVERY;
    App::start(store.clone(), few, &Quiet).unwrap()
}

/// Does something until this is so.
async fn until(app: &App, reached: impl Fn(&credere_app::engine::Gauges) -> bool) {
    let mut rounds = 0;
    while !reached(&app.engine().gauges()) {
        rounds += 1;
        assert!(rounds < 1_000_000, "{:?}", app.engine().gauges());
        app.command(platform(), None, allocate(1)).await.unwrap();
        app.command(platform(), None, allocate(-1)).await.unwrap();
    }
}

fn pieces(book: &Book) -> Vec<Vec<u8>> {
    book.to_pieces().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn snapshots_are_proven_from_one_to_the_next() {
    let store = Arc::new(MemoryStore::new());
    let app = started(&store);
    furnish(&app).await;
    until(&app, |figures| figures.snapshot_proven_seq >= EVERY).await;
    let proven = app.engine().gauges().snapshot_proven_seq;
    until(&app, |figures| figures.snapshot_proven_seq > proven).await;
    assert_eq!(app.engine().gauges().snapshots_refuted, 0);
    app.close();
    // A start believes what it was started on, and goes on from there.
    let app = started(&store);
    let proven = app.engine().gauges().snapshot_proven_seq;
    assert_eq!(proven, app.engine().gauges().snapshot_seq);
    until(&app, |figures| figures.snapshot_proven_seq > proven).await;
    assert_eq!(app.engine().gauges().snapshots_refuted, 0);
    app.close();
}

/// A book in which somebody has a voucher that the journal does not know of, at this position.
async fn another_book(at: u64) -> Vec<Vec<u8>> {
    let app = furnished(Arc::new(MemoryStore::new())).await;
    let voucher = voucher(&app, 5, 30).await;
    app.command(platform(), None, voucher.into()).await.unwrap();
    while app.read(Book::seq).await.unwrap() < at {
        app.command(platform(), None, allocate(0)).await.unwrap_err();
    }
    let pieces = app.read(pieces).await.unwrap();
    app.close();
    pieces
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_that_is_not_what_the_journal_says_is_forgotten() {
    let store = Arc::new(MemoryStore::new());
    let app = started(&store);
    furnish(&app).await;
    // None is under way, and none is due with the next record.
    until(&app, |figures| figures.snapshot_seq > 0 && figures.durable_seq + 1 < figures.snapshot_seq + EVERY).await;
    // What the next one builds on is replaced by something else.
    app.command(platform(), None, allocate(1)).await.unwrap();
    let at = store.last().unwrap();
    store.keep_snapshot(&at, None, &mut another_book(at.seq).await.into_iter()).unwrap();
    until(&app, |figures| figures.snapshots_refuted > 0).await;
    let refuted = app.engine().gauges().snapshot_seq;
    // The next is made from the journal, and so are all that build on it.
    until(&app, |figures| figures.snapshot_proven_seq > refuted).await;
    assert_eq!(app.engine().gauges().snapshots_refuted, 1);
    let before = app.read(pieces).await.unwrap();
    app.close();
    assert_eq!(start(store).read(pieces).await.unwrap(), before);
}
