//! Snapshots are held against the journal behind everything else, and one that is not what it says is forgotten.

use crate::world::*;
use credere_app::engine::Gauges;
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
async fn until(app: &App, reached: impl Fn(&Gauges) -> bool) {
    let mut rounds = 0;
    while !reached(&app.engine().gauges()) {
        rounds += 1;
        assert!(rounds < 1_000_000, "{:?}", app.engine().gauges());
        app.command(platform(), None, allocate(1)).await.unwrap();
        app.command(platform(), None, allocate(-1)).await.unwrap();
    }
}

/// Waits, and does nothing, until this is so.
async fn rest_until(app: &App, reached: impl Fn(&Gauges) -> bool) {
    let mut rounds = 0_u64;
    while !reached(&app.engine().gauges()) {
        rounds += 1;
        assert!(rounds < 100_000_000, "{:?}", app.engine().gauges());
        tokio::task::yield_now().await;
    }
}

/// Does something until one more snapshot is kept, and waits until it is proven or refuted.
async fn one_more(app: &App) {
    let before = app.engine().gauges();
    until(app, |figures| figures.snapshot_seq != before.snapshot_seq).await;
    rest_until(app, |figures| {
        figures.snapshot_proven_seq == figures.snapshot_seq || figures.snapshots_refuted > before.snapshots_refuted
    })
    .await;
}

fn pieces(book: &Book) -> Vec<Vec<u8>> {
    book.to_pieces().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn snapshots_are_proven_from_one_to_the_next() {
    let store = Arc::new(MemoryStore::new());
    let app = started(&store);
    furnish(&app).await;
    for _ in 0..3 {
        one_more(&app).await;
    }
    assert_eq!(app.engine().gauges().snapshots_refuted, 0);
    app.close();
    // A start believes what it was started on, and goes on from there.
    let app = started(&store);
    let proven = app.engine().gauges().snapshot_proven_seq;
    assert_eq!(proven, app.engine().gauges().snapshot_seq);
    one_more(&app).await;
    assert!(app.engine().gauges().snapshot_proven_seq > proven);
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

/// A snapshot that is not what the journal says is forgotten, and what follows is right again.
async fn refutes(wrong: impl AsyncFn(u64) -> Vec<Vec<u8>>) {
    let store = Arc::new(MemoryStore::new());
    let app = started(&store);
    furnish(&app).await;
    one_more(&app).await;
    // What the next one builds on is followed by something else, unless that is a whole one.
    let mut tries = 0;
    while app.engine().gauges().snapshots_refuted == 0 {
        tries += 1;
        assert!(tries < 10, "no snapshot builds on another: {:?}", app.engine().gauges());
        // Until none is under way, and none is due with the next record.
        while app.engine().gauges().durable_seq + 1 >= app.engine().gauges().snapshot_seq + EVERY {
            one_more(&app).await;
        }
        app.command(platform(), None, allocate(1)).await.unwrap();
        let (before, at) = (app.engine().gauges().snapshot_seq, store.last().unwrap());
        store.keep_snapshot(&at, Some(before), &mut wrong(at.seq).await.into_iter()).unwrap();
        one_more(&app).await;
    }
    // The next is made from the journal, and so are all that build on it.
    for _ in 0..3 {
        one_more(&app).await;
    }
    assert_eq!(app.engine().gauges().snapshots_refuted, 1);
    let before = app.read(pieces).await.unwrap();
    app.close();
    assert_eq!(start(store).read(pieces).await.unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_of_another_book_is_forgotten() {
    refutes(another_book).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_that_cannot_be_read_is_forgotten() {
    refutes(async |at| {
        let mut pieces = another_book(at).await;
        pieces.push(vec![0xff; 16]);
        pieces
    })
    .await;
}
