//! What is decided while a commit is on its way to the disk: it is answered after that commit, and fails with it.

use crate::world::*;
use credere_app::engine::{DirectoryDraft, Outcome, Request, Work};
use credere_app::{App, Failure};
use credere_core::book::{KeyUse, RequestInfo};
use credere_core::money::Amount;
use credere_store::contract::StoreError;
use credere_store::memory::MemoryStore;
use std::sync::{Arc, mpsc};
use tokio::task::JoinHandle;

type Answered = JoinHandle<Result<Vec<Outcome>, Failure>>;

/// Hands in an order; answers also what tells when it was decided.
async fn ordered(app: &Arc<App>, key: KeyUse, amount: i64) -> (Answered, mpsc::Receiver<()>) {
    let (decided, told) = mpsc::channel();
    let directory: Option<DirectoryDraft> = Some(Box::new(move |_, _, _| {
        let _ = decided.send(());
        Vec::new()
    }));
    let work = Work::Command { key: Some(key), command: order(amount), directory, held: None };
    let info = RequestInfo { id: [1; 16], actor: platform().actor, face: platform().face };
    let app = app.clone();
    let answered = tokio::spawn(async move { app.engine().submit(Request { info, work }).await });
    tokio::task::yield_now().await;
    (answered, told)
}

#[tokio::test]
async fn what_is_decided_behind_a_commit_is_answered_once_that_is_durable() {
    let store = Arc::new(MemoryStore::new());
    let app = furnished(store.clone()).await;
    let held = store.hold_next_append();
    let (first, _) = ordered(&app, key(1, 1), 30).await;
    held.begun();
    let (again, _) = ordered(&app, key(1, 1), 30).await;
    let (second, told) = ordered(&app, key(2, 2), 50).await;
    told.recv().unwrap();
    // Decided all, and nothing is on disk.
    assert!(!first.is_finished() && !again.is_finished() && !second.is_finished());
    held.let_go();
    let one = |answered: Result<Vec<Outcome>, Failure>| answered.unwrap().remove(0);
    let (first, again, second) = (one(first.await.unwrap()), one(again.await.unwrap()), one(second.await.unwrap()));
    assert!(!first.replayed && again.replayed && !second.replayed);
    assert_eq!((again.seq, again.answer), (first.seq, first.answer));
    assert_eq!(second.seq, first.seq + 1);
    assert_eq!(available(&app).await, Amount::whole(20));
}

#[tokio::test]
async fn what_is_decided_behind_a_commit_fails_with_it() {
    let store = Arc::new(MemoryStore::new());
    let app = furnished(store.clone()).await;
    let before = app.read(credere_core::book::Book::seq).await.unwrap();
    let held = store.hold_next_append();
    store.fail_next_append(StoreError::full("no space left"));
    let (first, _) = ordered(&app, key(1, 1), 30).await;
    held.begun();
    let (again, _) = ordered(&app, key(1, 1), 30).await;
    let (second, told) = ordered(&app, key(2, 2), 50).await;
    told.recv().unwrap();
    held.let_go();
    for answered in [first, again, second] {
        let answered = answered.await.unwrap();
        assert!(matches!(answered, Err(Failure::OutcomeUnknown(_))), "{answered:?}");
    }
    until_ready(&app).await;
    assert_eq!(app.read(credere_core::book::Book::seq).await.unwrap(), before);
    // Sent again, each is done, once.
    for (key, amount) in [(key(1, 1), 30), (key(2, 2), 50)] {
        assert!(!app.command(platform(), Some(key), order(amount)).await.unwrap().replayed);
    }
    assert_eq!(available(&app).await, Amount::whole(20));
}

#[tokio::test]
async fn what_reached_the_disk_does_not_bring_back_what_was_decided_behind_it() {
    let store = Arc::new(MemoryStore::new());
    let app = furnished(store.clone()).await;
    let held = store.hold_next_append();
    store.fail_next_append_keeping_it(StoreError::io("the answer was lost"));
    let (first, _) = ordered(&app, key(1, 1), 30).await;
    held.begun();
    let (second, told) = ordered(&app, key(2, 2), 50).await;
    told.recv().unwrap();
    held.let_go();
    for answered in [first, second] {
        assert!(matches!(answered.await.unwrap(), Err(Failure::OutcomeUnknown(_))));
    }
    until_ready(&app).await;
    assert_eq!(available(&app).await, Amount::whole(70));
    assert!(app.command(platform(), Some(key(1, 1)), order(30)).await.unwrap().replayed);
    assert!(!app.command(platform(), Some(key(2, 2)), order(50)).await.unwrap().replayed);
    assert_eq!(available(&app).await, Amount::whole(20));
}
