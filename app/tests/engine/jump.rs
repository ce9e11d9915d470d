//! A machine's clock that jumps: nothing is written, nothing falls due, and everything goes on once it is right again or
//! accepted. The machine is one whose clocks a test sets.

use crate::world::{Hands, allocate, available, furnish, options, order, platform};
use credere_app::clock::Clock;
use credere_app::{App, Failure, Options, Quiet, StartError};
use credere_core::access::{Actor, KeyAccess};
use credere_core::book::{Command, Event, deployment};
use credere_core::money::Amount;
use credere_store::contract::{DeploymentStore, Journal};
use credere_store::memory::MemoryStore;
use std::sync::Arc;

const DAY: i64 = 86_400;
const YEARS: i64 = 20 * 365 * DAY;

fn start(store: &Arc<MemoryStore>, options: Options) -> Result<Arc<App>, StartError> {
    App::start(store.clone(), options, &Quiet)
}

async fn jumped(app: &App, command: Command) {
    let seq = app.engine().gauges().durable_seq;
    let refused = app.command(platform(), None, command).await;
    assert!(matches!(refused, Err(Failure::ClockJumped)), "{refused:?}");
    assert!(!app.engine().ready());
    assert_eq!(app.engine().gauges().durable_seq, seq, "nothing was written");
}

#[tokio::test]
async fn a_wrong_clock_neither_writes_nor_lets_anything_fall_due() {
    let (hands, store) = (Hands::default(), Arc::new(MemoryStore::new()));
    let app = start(&store, hands.options()).unwrap();
    furnish(&app).await;
    app.command(platform(), None, order(30)).await.unwrap();
    for off in [YEARS, -YEARS, 61, -61] {
        hands.set_off_by(off);
        let time = app.now().await.unwrap();
        jumped(&app, allocate(1)).await;
        hands.pass(5);
        assert_eq!(available(&app).await, Amount::whole(70), "reads go on");
        assert_eq!(app.now().await.unwrap(), time.plus_seconds(5), "by the clock that nobody can set");
        assert_eq!(app.time_of_day(), time.plus_seconds(5), "signatures are judged by what the clock would say");
        hands.set_off_by(-off);
        assert!(app.engine().ready());
        app.command(platform(), None, allocate(0)).await.unwrap_err();
    }
    let done = app.command(platform(), None, allocate(5)).await.unwrap();
    assert_eq!(done.at, hands.wall());
    assert_eq!(app.engine().gauges().clock_jumps, 4);
    app.close();
}

#[tokio::test]
async fn accepting_is_for_full_keys_and_is_written_down() {
    let (hands, store) = (Hands::default(), Arc::new(MemoryStore::new()));
    let app = start(&store, hands.options()).unwrap();
    furnish(&app).await;
    assert_eq!(crate::world::code(app.accept_clock(platform(), None).await), "clock_is_right");
    hands.set_off_by(3 * DAY);
    jumped(&app, allocate(1)).await;
    let mut reader = platform();
    reader.actor = Actor::Platform { key: 1, access: KeyAccess::Read };
    let refused = app.accept_clock(reader, None).await;
    assert!(matches!(refused, Err(Failure::Refused { .. })), "{refused:?}");
    jumped(&app, allocate(1)).await;
    let key = crate::world::key(1, 1);
    let done = app.accept_clock(platform(), Some(key)).await.unwrap();
    assert_eq!(done.at, hands.wall());
    let expected =
        Event::from(deployment::ClockAccepted { expected: hands.wall().plus_seconds(-3 * DAY), found: hands.wall() });
    assert_eq!(*done.event, expected);
    assert!(app.engine().ready());
    let again = app.accept_clock(platform(), Some(key)).await.unwrap();
    assert!(again.replayed && again.seq == done.seq, "asked again, it is answered again");
    app.command(platform(), None, allocate(1)).await.unwrap();
    app.close();
}

#[tokio::test]
async fn a_start_far_from_the_last_record_only_reads() {
    let (hands, store) = (Hands::default(), Arc::new(MemoryStore::new()));
    let app = start(&store, hands.options()).unwrap();
    furnish(&app).await;
    app.close();
    for off in [32 * DAY, YEARS, -61] {
        hands.set_off_by(off);
        let app = start(&store, hands.options()).unwrap();
        jumped(&app, allocate(1)).await;
        assert_eq!(available(&app).await, Amount::whole(100));
        hands.set_off_by(-off);
        app.command(platform(), None, allocate(1)).await.unwrap();
        app.command(platform(), None, allocate(-1)).await.unwrap();
        app.close();
    }
    hands.set_off_by(YEARS);
    let app = start(&store, Options { clock_ahead: true, ..hands.options() }).unwrap();
    app.command(platform(), None, allocate(1)).await.unwrap();
    app.close();
    hands.set_off_by(-YEARS);
    let app = start(&store, Options { clock_ahead: true, ..hands.options() }).unwrap();
    let done = app.command(platform(), None, allocate(1)).await.unwrap();
    assert!(done.at >= hands.wall().plus_seconds(YEARS), "business time never goes back");
    app.close();
}

#[tokio::test]
async fn whether_it_is_a_sandbox_is_fixed_at_the_first_start() {
    for (first, other) in [(Clock::Test, Clock::System), (Clock::System, Clock::Test)] {
        let of = |clock| {
            let mut options = options();
            options.engine.clock = clock;
            options
        };
        let store = Arc::new(MemoryStore::new());
        start(&store, of(first)).unwrap().close();
        let seq = store.last().unwrap().seq;
        let refused = start(&store, of(other)).err();
        assert!(
            matches!(refused, Some(StartError::Sandbox { fixed }) if fixed == (first == Clock::Test)),
            "{refused:?}"
        );
        assert_eq!(store.last().unwrap().seq, seq, "nothing changed");
        start(&store, of(first)).unwrap().close();
    }
}

#[tokio::test]
async fn values_that_are_none_fix_nothing() {
    let store = Arc::new(MemoryStore::new());
    let wrong = [
        Options { currency: "dollars".into(), ..options() },
        Options { zone: "Asia/Shanghai".into(), ..options() },
        Options { platform_key: Some(credere_app::SecretText::new("k".into())), ..options() },
    ];
    for options in wrong {
        let refused = start(&store, options).err();
        assert!(matches!(refused, Some(StartError::Setting(_))), "{refused:?}");
        for fact in ["currency", "zone", "sandbox", "master_key_check"] {
            assert_eq!(store.fact(fact).unwrap(), None, "{fact}");
        }
    }
    start(&store, options()).unwrap().close();
}
