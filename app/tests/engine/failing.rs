//! A commit that fails: whoever waited is told that the outcome is unknown, nothing is answered from a state that is
//! not on disk, and the book comes back from the store.

use crate::world::*;
use credere_app::{App, Failure};
use credere_core::book::{Book, Command, parties};
use credere_core::money::Amount;
use credere_store::contract::StoreError;
use credere_store::memory::MemoryStore;
use std::sync::Arc;

async fn until_ready(app: &App) {
    while !app.engine().ready() {
        tokio::task::yield_now().await;
    }
}

fn unknown(outcome: Result<credere_app::commands::Done, Failure>) -> String {
    match outcome {
        Err(Failure::OutcomeUnknown(why)) => why,
        other => panic!("expected an unknown outcome, got {other:?}"),
    }
}

#[tokio::test]
async fn what_did_not_reach_the_disk_did_not_happen() {
    let store = Arc::new(MemoryStore::new());
    let app = start(store.clone());
    furnish(&app).await;
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
    let app = start(store.clone());
    furnish(&app).await;
    store.fail_next_append_keeping_it(StoreError::io("the answer was lost"));
    unknown(app.command(platform(), Some(key(1, 1)), order(30)).await);
    until_ready(&app).await;
    assert_eq!(available(&app).await, Amount::whole(70));
    let again = app.command(platform(), Some(key(1, 1)), order(30)).await.unwrap();
    assert!(again.replayed);
    let id = credere_core::channel::OrderId(again.seq);
    assert_eq!(app.order(platform(), id).await.unwrap().state, "delivered");
    assert_eq!(available(&app).await, Amount::whole(70));
}

#[tokio::test]
async fn names_of_a_commit_that_failed_are_not_kept() {
    let store = Arc::new(MemoryStore::new());
    let app = start(store.clone());
    furnish(&app).await;
    store.fail_next_append(StoreError::io("lost"));
    let change = credere_app::commands::AccountChange {
        profile: credere_store::contract::ProfilePatch { name: Some(Some("new".into())), ..Default::default() },
        ..Default::default()
    };
    unknown(app.change_account(platform(), None, uin(CUSTOMER), change).await);
    until_ready(&app).await;
    let view = app.account(platform(), uin(CUSTOMER)).await.unwrap();
    assert_eq!(view.profile.name.as_deref(), Some("account 20"));
}

#[tokio::test]
async fn a_refusal_changes_nothing_but_is_told() {
    let app = start(Arc::new(MemoryStore::new()));
    furnish(&app).await;
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
