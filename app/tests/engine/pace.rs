//! Usage that comes faster than history takes it in: it waits for history, and nothing else does.

use crate::world::*;
use credere_app::metering::{UsageRequest, UsageStatus};
use credere_app::{App, Failure, Quiet};
use credere_core::money::Amount;
use credere_store::contract::StoreError;
use credere_store::memory::{HeldWrite, MemoryStore};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

type Settled = JoinHandle<Result<Vec<(UsageStatus, bool)>, Failure>>;

/// An application with an order that history is about to take in, but does not before that is let go; usage waits for it so
/// long at most. One operation of a caller has room.
async fn held(lag_max: Duration) -> (HeldWrite, Arc<App>) {
    let store = Arc::new(MemoryStore::new());
    furnished(store.clone()).await.close();
    let mut options = options();
    options.engine.history_gather = Duration::ZERO;
    options.engine.history_lag_paced = Duration::ZERO;
    options.engine.history_lag_max = lag_max;
    options.engine.waiting_max = 2;
    let app = App::start(store.clone(), options, &Quiet).unwrap();
    let held = store.hold_next_fold();
    app.command(platform(), None, order(10)).await.unwrap();
    held.begun();
    (held, app)
}

async fn settled(app: &Arc<App>) -> Settled {
    let (record, app) = (usage(Amount::whole(1), app.now().await.unwrap()), app.clone());
    tokio::spawn(async move { app.settle_usage(platform(), vec![UsageRequest { key: key(7, 7), record }]).await })
}

#[tokio::test]
async fn usage_waits_for_history_and_authorizations_do_not() {
    let (held, app) = held(Duration::from_secs(3_600)).await;
    let settled = settled(&app).await;
    // It takes nobody's room meanwhile.
    operate(&app, key(1, 1), authorize(10)).await;
    a_while().await;
    assert!(!settled.is_finished());
    assert_eq!(app.engine().gauges().paced, 1);
    assert_eq!(available(&app).await, Amount::whole(80));
    held.let_go();
    assert!(matches!(settled.await.unwrap().unwrap()[..], [(UsageStatus::Settled { .. }, false)]));
    assert_eq!(available(&app).await, Amount::whole(79));
}

#[tokio::test]
async fn usage_that_has_waited_too_long_is_turned_away_and_not_done() {
    let (_held, app) = held(Duration::from_millis(500)).await;
    let overloads = app.engine().gauges().overloads;
    let settled = settled(&app).await.await.unwrap();
    assert!(matches!(settled, Err(Failure::Overloaded)), "{settled:?}");
    assert_eq!(app.engine().gauges().overloads, overloads + 1);
    assert_eq!(available(&app).await, Amount::whole(90));
}

#[tokio::test]
async fn what_was_let_in_and_then_turned_away_holds_nobody_up() {
    let mut options = options();
    options.engine.history_lag_max = Duration::from_secs(2);
    options.engine.waiting_max = 2;
    let store = Arc::new(MemoryStore::new());
    // A start leaves nothing to history.
    furnished(store.clone()).await.close();
    let app = App::start(store.clone(), options, &Quiet).unwrap();
    let record = usage(Amount::whole(1), app.now().await.unwrap());
    // The one place that this caller has is taken, by what becomes of nothing.
    let held = store.hold_next_append();
    store.fail_next_append(StoreError::io("the disk is gone"));
    let holding = tokio::spawn({
        let app = app.clone();
        async move { app.command(platform(), None, order(10)).await }
    });
    a_while().await;
    held.begun();
    // More than may come in between two steps of history, and no step comes: nothing is taken in.
    for _ in 0..70 {
        let one = |number| UsageRequest { key: key(number, 0), record: record.clone() };
        let settled = app.settle_usage(platform(), (0..1_000).map(one).collect()).await;
        assert!(matches!(settled, Err(Failure::Overloaded)));
    }
    held.let_go();
    assert!(matches!(holding.await.unwrap(), Err(Failure::OutcomeUnknown(_))));
    until_ready(&app).await;
    let settled = settled(&app).await.await.unwrap();
    assert!(matches!(settled.unwrap()[..], [(UsageStatus::Settled { .. }, false)]));
    assert_eq!(app.engine().gauges().paced, 0);
}
