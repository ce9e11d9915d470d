//! The test clock stands still, moves when told, and takes along what falls due.

use crate::world::*;
use credere_app::buying::AuthorizationState;
use credere_app::buying::OperationStatus;
use credere_core::book::{Command, buying};
use credere_core::money::Amount;
use credere_store::memory::MemoryStore;
use std::sync::Arc;

#[tokio::test]
async fn advancing_ends_what_is_due_and_nothing_else() {
    let app = furnished(Arc::new(MemoryStore::new())).await;
    let now = app.now().await.unwrap();
    let (OperationStatus::Approved(week), _) = operate(&app, key(1, 1), authorize(40)).await else { panic!() };
    let long = Command::from(buying::Authorize {
        account: uin(CUSTOMER),
        product: "cvm".parse().unwrap(),
        amount: Amount::whole(10),
        expires_at: Some(now.plus_seconds(30 * 86_400)),
    });
    let (OperationStatus::Approved(month), _) = operate(&app, key(2, 2), long).await else { panic!() };
    assert_eq!(app.now().await.unwrap(), now, "the test clock stands still");

    let later = now.plus_seconds(7 * 86_400 - 1);
    app.advance_clock(platform(), None, later).await.unwrap();
    assert_eq!(app.now().await.unwrap(), later);
    assert_eq!(available(&app).await, Amount::whole(50));
    app.advance_clock(platform(), None, now.plus_seconds(7 * 86_400)).await.unwrap();
    assert_eq!(available(&app).await, Amount::whole(90));
    assert_eq!(app.authorization(platform(), week).await.unwrap().state, AuthorizationState::Expired);
    assert_eq!(app.authorization(platform(), month).await.unwrap().state, AuthorizationState::Open);
    let capture = Command::from(buying::Capture { authorization: week, amount: None });
    let (OperationStatus::Declined(why), _) = operate(&app, key(3, 3), capture).await else { panic!() };
    assert_eq!(why.code(), "authorization_not_open");
}

#[tokio::test]
async fn the_clock_does_not_go_back_and_survives_a_restart() {
    let store = Arc::new(MemoryStore::new());
    let app = start(store.clone());
    let later = app.now().await.unwrap().plus_seconds(3_600);
    app.advance_clock(platform(), None, later).await.unwrap();
    assert!(app.advance_clock(platform(), None, later.plus_seconds(-1)).await.is_err());
    app.close();
    assert_eq!(start(store).now().await.unwrap(), later);
}
