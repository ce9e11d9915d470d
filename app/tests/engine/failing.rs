//! A commit that fails: whoever waited is told that the outcome is unknown, nothing is answered from a state that is
//! not on disk, and the book comes back from the store.

use crate::world::*;
use credere_app::Failure;
use credere_app::engine::{DirectoryDraft, Request, Work};
use credere_core::book::{Book, Command, RequestInfo, parties};
use credere_core::channel::OrderState;
use credere_core::money::Amount;
use credere_store::contract::StoreError;
use credere_store::memory::MemoryStore;
use std::sync::Arc;

fn unknown(outcome: Result<credere_app::Done, Failure>) -> String {
    match outcome {
        Err(Failure::OutcomeUnknown(why)) => why,
        other => panic!("expected an unknown outcome, got {other:?}"),
    }
}

#[tokio::test]
async fn what_did_not_reach_the_disk_did_not_happen() {
    let store = Arc::new(MemoryStore::new());
    let app = furnished(store.clone()).await;
    let before = app.read(Book::seq).await.unwrap();
    store.fail_next_append(StoreError::full("no space left"));
    assert!(unknown(app.command(platform(), Some(key(1, 1)), order(30)).await).contains("no space left"));
    until_ready(&app).await;
    assert_eq!(available(&app).await, Amount::whole(100));
    assert_eq!(app.read(Book::seq).await.unwrap(), before);
    // Repeating with the same key does it, once.
    let done = app.command(platform(), Some(key(1, 1)), order(30)).await.unwrap();
    assert!(!done.replayed);
    assert_eq!(available(&app).await, Amount::whole(70));
}

#[tokio::test]
async fn what_reached_the_disk_although_the_commit_failed_is_found_under_its_key() {
    let store = Arc::new(MemoryStore::new());
    let app = furnished(store.clone()).await;
    store.fail_next_append_keeping_it(StoreError::io("the answer was lost"));
    unknown(app.command(platform(), Some(key(1, 1)), order(30)).await);
    until_ready(&app).await;
    assert_eq!(available(&app).await, Amount::whole(70));
    let again = app.command(platform(), Some(key(1, 1)), order(30)).await.unwrap();
    assert!(again.replayed);
    let id = credere_core::channel::OrderId(again.seq);
    assert_eq!(app.order(platform(), id).await.unwrap().order.state, OrderState::Delivered);
    assert_eq!(available(&app).await, Amount::whole(70));
}

#[tokio::test]
async fn names_of_a_commit_that_failed_are_not_kept() {
    let store = Arc::new(MemoryStore::new());
    let app = furnished(store.clone()).await;
    store.fail_next_append(StoreError::io("lost"));
    let change = credere_app::parties::AccountChange {
        profile: credere_store::contract::ProfilePatch { name: Some(Some("new".into())), ..Default::default() },
        ..Default::default()
    };
    unknown(app.change_account(platform(), None, uin(CUSTOMER), change).await);
    until_ready(&app).await;
    let view = app.account(platform(), uin(CUSTOMER)).await.unwrap();
    assert_eq!(view.profile.name.as_deref(), Some("Account 20"));
}

#[tokio::test]
async fn a_refusal_changes_nothing_but_is_told() {
    let app = furnished(Arc::new(MemoryStore::new())).await;
    let pieces = |book: &Book| book.to_pieces().skip(1).collect::<Vec<_>>();
    let before = app.read(pieces).await.unwrap();
    assert_eq!(code(app.command(platform(), None, order(101)).await), "insufficient_credit");
    assert_eq!(code(app.command(platform(), None, allocate(-101)).await), "exceeds_available");
    let stranger = Command::from(parties::UnbindCustomer { customer: uin(999) });
    assert_eq!(code(app.command(platform(), None, stranger).await), "customer_not_found");
    assert_eq!(app.read(pieces).await.unwrap(), before);
    let audit = app.audit(platform(), Default::default(), None, 3).await.unwrap();
    let codes: Vec<_> = audit.iter().map(|row| row.code.as_deref().unwrap_or_default()).collect();
    assert_eq!(codes, ["customer_not_found", "exceeds_available", "insufficient_credit"]);
}

#[tokio::test]
async fn a_read_that_panics_is_the_servers_own_fault() {
    let app = start(Arc::new(MemoryStore::new()));
    let failed = app.engine().directory(|_| -> Result<(), StoreError> { panic!("on purpose") }).await;
    assert!(matches!(failed, Err(Failure::Internal(_))), "{failed:?}");
    assert!(app.engine().ready() && app.now().await.is_ok());
}

#[tokio::test]
async fn a_writer_that_panics_leaves_an_unknown_outcome_and_a_server_that_says_that_it_failed() {
    let app = furnished(Arc::new(MemoryStore::new())).await;
    let directory: Option<DirectoryDraft> = Some(Box::new(|_, _, _| panic!("on purpose")));
    let work = Work::Command { key: None, command: order(30), directory, held: None };
    let info = RequestInfo { id: [1; 16], actor: platform().actor, face: platform().face };
    let outcome = app.engine().submit(Request { info, work }).await;
    assert!(matches!(outcome, Err(Failure::OutcomeUnknown(_))), "{outcome:?}");
    // The thread may not have come to its end yet.
    while app.engine().ready() || matches!(app.now().await, Err(Failure::NotReady)) {
        tokio::task::yield_now().await;
    }
    let (read, written) = (app.now().await, app.command(platform(), None, order(1)).await);
    assert!(
        matches!((&read, &written), (Err(Failure::Internal(_)), Err(Failure::Internal(_)))),
        "{read:?} {written:?}"
    );
    app.close();
    assert!(matches!(app.now().await, Err(Failure::NotReady)), "it is closed");
}
