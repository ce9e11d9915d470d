//! The test clock stands still, moves when told, and takes along what falls due.

use crate::world::*;
use credere_app::buying::AuthorizationState;
use credere_app::buying::OperationStatus;
use credere_core::book::{Command, buying, notices};
use credere_core::channel::Subscription;
use credere_core::ledger::Moment;
use credere_core::money::Amount;
use credere_store::contract::{Journal, NoticeFilter};
use credere_store::memory::MemoryStore;
use credere_testkit::commands;
use std::sync::Arc;

#[tokio::test]
async fn advancing_ends_what_is_due_and_nothing_else() {
    let app = furnished(Arc::new(MemoryStore::new())).await;
    let now = app.now().await.unwrap();
    let (OperationStatus::Approved(week), _) = operate(&app, key(1, 1), authorize(40)).await else { panic!() };
    let expires_at = Some(now.plus_seconds(30 * 86_400));
    let plain = commands::authorize(uin(CUSTOMER), "cvm", Amount::whole(10));
    let long = Command::from(buying::Authorize { expires_at, ..plain });
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

/// How many commits there were.
fn commits(store: &MemoryStore) -> u64 {
    let mut count = 0;
    let last = store.last().unwrap().seq;
    let mut visit = |_| {
        count += 1;
        Ok(())
    };
    store.frames(0, last, &mut visit).unwrap();
    count
}

/// 9999-12-31T00:00:00Z.
const END_OF_TIME: Moment = Moment::from_micros(253_402_214_400_000_000);

/// Bad shape: the clock stopped at each month and at each day on which somebody was low.
#[tokio::test]
async fn an_idle_world_comes_to_the_year_9999_in_few_commits() {
    let store = Arc::new(MemoryStore::new());
    let app = start(store.clone());
    furnish(&app).await;
    // It was charged once, and is low, of which nobody wants to hear.
    app.command(platform(), None, order(95)).await.unwrap();
    for account in [RESELLER, CUSTOMER] {
        let subscription = Subscription { channel_service: false, ..Subscription::default() };
        app.command(platform(), None, Command::from(notices::Subscribe { uin: uin(account), subscription }))
            .await
            .unwrap();
    }
    let before = commits(&store);
    app.advance_clock(platform(), None, END_OF_TIME).await.unwrap();
    assert_eq!(app.now().await.unwrap(), END_OF_TIME);
    let (issued, calendar) = app.read(|book| (book.issued(), book.calendar())).await.unwrap();
    assert_eq!(issued, Some(calendar.last_issued(END_OF_TIME)), "all months are issued, each once");
    // A thousand months a commit, a handful of stops, and none for each of 8,000 years.
    let made = commits(&store) - before;
    assert!(made < 120, "{made} commits");
}

#[tokio::test]
async fn whoever_breaks_off_leaves_the_clock_on_its_way_and_may_go_on() {
    const DAYS: i64 = 60;
    let app = start(Arc::new(MemoryStore::new()));
    furnish(&app).await;
    app.command(platform(), None, order(95)).await.unwrap();
    let begun = app.now().await.unwrap();
    let to = begun.plus_seconds(DAYS * 86_400);
    // Each day somebody is warned, so each day is a stop, and others see how far the clock has come.
    let on_its_way = async {
        while app.now().await.unwrap() < begun.plus_seconds(10 * 86_400) {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        biased;
        () = on_its_way => {}
        done = app.advance_clock(platform(), None, to) => panic!("it came to the end at once: {done:?}"),
    }
    let now = app.now().await.unwrap();
    assert!(now >= begun.plus_seconds(10 * 86_400) && now < to, "{now:?}");
    app.advance_clock(platform(), None, to).await.unwrap();
    assert_eq!(app.now().await.unwrap(), to);
    // Two recipients are told of two levels on the first day and on each that began since.
    let notices = app.notices(platform(), NoticeFilter::default(), None, 10_000).await.unwrap();
    assert_eq!(notices.len() as i64, 4 * (DAYS + 1));
}
