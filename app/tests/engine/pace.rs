//! Usage that comes faster than history takes it in: it waits for history, and nothing else does.

use crate::world::*;
use credere_app::metering::{UsageRequest, UsageStatus};
use credere_app::{App, Failure, Quiet};
use credere_core::money::Amount;
use credere_store::memory::MemoryStore;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

type Settled = JoinHandle<Result<Vec<(UsageStatus, bool)>, Failure>>;

/// An application whose history writes nothing before somebody asks for it; usage waits for it so long at most.
async fn gathering(lag_max: Duration) -> Arc<App> {
    let store = Arc::new(MemoryStore::new());
    furnished(store.clone()).await.close();
    let mut options = options();
    options.engine.history_gather = Duration::from_secs(3_600);
    options.engine.history_lag_paced = Duration::ZERO;
    options.engine.history_lag_max = lag_max;
    App::start(store, options, &Quiet).unwrap()
}

async fn settled(app: &Arc<App>) -> Settled {
    let (record, app) = (usage(Amount::whole(1), app.now().await.unwrap()), app.clone());
    tokio::spawn(async move { app.settle_usage(platform(), vec![UsageRequest { key: key(7, 7), record }]).await })
}

#[tokio::test]
async fn usage_waits_for_history_and_authorizations_do_not() {
    let app = gathering(Duration::from_secs(3_600)).await;
    app.command(platform(), None, order(10)).await.unwrap();
    let settled = settled(&app).await;
    // The order waits to go into history, and so does this.
    operate(&app, key(1, 1), authorize(10)).await;
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert!(!settled.is_finished());
    assert_eq!(available(&app).await, Amount::whole(80));
    // Whoever reads history brings it on.
    app.audit(platform(), Default::default(), None, 1).await.unwrap();
    assert!(matches!(settled.await.unwrap().unwrap()[..], [(UsageStatus::Settled { .. }, false)]));
    assert_eq!(available(&app).await, Amount::whole(79));
}

#[tokio::test]
async fn usage_that_has_waited_too_long_is_turned_away_and_not_done() {
    let app = gathering(Duration::from_millis(100)).await;
    app.command(platform(), None, order(10)).await.unwrap();
    let overloads = app.engine().gauges().overloads;
    let settled = settled(&app).await.await.unwrap();
    assert!(matches!(settled, Err(Failure::Overloaded)), "{settled:?}");
    assert_eq!(app.engine().gauges().overloads, overloads + 1);
    assert_eq!(available(&app).await, Amount::whole(90));
}
