//! What is decided while a commit is on its way to the disk: it is answered after that commit, and fails with it.

use crate::world::*;
use credere_app::engine::{DirectoryDraft, Operation, Outcome, Request, Work};
use credere_app::{App, Failure, Quiet};
use credere_core::book::{KeyUse, RequestInfo};
use credere_core::money::Amount;
use credere_store::contract::{ShardStore, StoreError};
use credere_store::memory::{HeldWrite, MemoryStore};
use credere_testkit::commands;
use std::sync::{Arc, mpsc};
use tokio::task::JoinHandle;

/// Operations that are worth handing over.
const MANY: u64 = 1_000;

type Answered = JoinHandle<Result<Vec<Outcome>, Failure>>;

fn handed_in(app: &Arc<App>, work: Work) -> Answered {
    let info = RequestInfo { id: [1; 16], actor: platform().actor, face: platform().face };
    let app = app.clone();
    tokio::spawn(async move { app.engine().submit(Request { info, work }).await })
}

/// Hands in so many operations that the writer goes on while they are made durable: they hold 10 in all.
async fn many(app: &Arc<App>) -> Answered {
    let hold = |number| {
        let amount = Amount::from_units(Amount::whole(10).units() / MANY as i64);
        let command = commands::authorize(uin(CUSTOMER), "cvm", amount).into();
        Operation { key: Some(key(1_000 + number, 1)), command }
    };
    let answered = handed_in(app, Work::Batch((0..MANY).map(hold).collect()));
    tokio::task::yield_now().await;
    answered
}

/// Hands in an order; answers also what tells when it was decided.
async fn ordered(app: &Arc<App>, key: KeyUse, amount: i64) -> (Answered, mpsc::Receiver<()>) {
    let (decided, told) = mpsc::channel();
    let directory: Option<DirectoryDraft> = Some(Box::new(move |_, _, _| {
        let _ = decided.send(());
        Vec::new()
    }));
    let answered = handed_in(app, Work::Command { key: Some(key), command: order(amount), directory, held: None });
    tokio::task::yield_now().await;
    (answered, told)
}

/// A commit that takes until it is let go, and an order of so much that was decided behind it.
struct Overlap {
    held: HeldWrite,
    first: Answered,
    second: Answered,
}

impl Overlap {
    async fn of(store: &MemoryStore, app: &Arc<App>, amount: i64) -> Overlap {
        let held = store.hold_next_append();
        let first = many(app).await;
        held.begun();
        let (second, told) = ordered(app, key(2, 2), amount).await;
        told.recv().unwrap();
        Overlap { held, first, second }
    }

    /// Lets the commit go, and answers what became of it and of the order.
    async fn ended(self) -> (Result<Vec<Outcome>, Failure>, Result<Vec<Outcome>, Failure>) {
        self.held.let_go();
        (self.first.await.unwrap(), self.second.await.unwrap())
    }
}

#[tokio::test]
async fn what_is_decided_behind_a_commit_is_answered_once_that_is_durable() {
    let store = Arc::new(MemoryStore::new());
    let app = furnished(store.clone()).await;
    let held = store.hold_next_append();
    let first = many(&app).await;
    held.begun();
    let again = many(&app).await;
    let (second, told) = ordered(&app, key(2, 2), 50).await;
    told.recv().unwrap();
    // Decided all, and nothing is on disk.
    a_while().await;
    assert!(!first.is_finished() && !again.is_finished() && !second.is_finished());
    held.let_go();
    let (first, again) = (first.await.unwrap().unwrap(), again.await.unwrap().unwrap());
    let second = second.await.unwrap().unwrap().remove(0);
    assert!(first.iter().all(|one| !one.replayed) && again.iter().all(|one| one.replayed) && !second.replayed);
    assert!(first.iter().zip(&again).all(|(first, again)| (first.seq, &first.answer) == (again.seq, &again.answer)));
    assert_eq!(second.seq, first.last().unwrap().seq + 2, "behind the end of the batch");
    assert_eq!(available(&app).await, Amount::whole(40));
}

#[tokio::test]
async fn what_is_decided_behind_a_commit_fails_with_it() {
    let store = Arc::new(MemoryStore::new());
    let app = furnished(store.clone()).await;
    let before = app.read(credere_core::book::Book::seq).await.unwrap();
    let held = store.hold_next_append();
    store.fail_next_append(StoreError::full("no space left"));
    let first = many(&app).await;
    held.begun();
    let again = many(&app).await;
    let (second, told) = ordered(&app, key(2, 2), 50).await;
    told.recv().unwrap();
    held.let_go();
    for answered in [first, again] {
        let answered = answered.await.unwrap();
        assert!(matches!(answered, Err(Failure::OutcomeUnknown(_))), "{answered:?}");
    }
    // Nothing of it was handed over.
    assert!(matches!(second.await.unwrap(), Err(Failure::NotReady)));
    until_ready(&app).await;
    assert_eq!(app.read(credere_core::book::Book::seq).await.unwrap(), before);
    // Sent again, each is done, once.
    assert!(many(&app).await.await.unwrap().unwrap().iter().all(|one| !one.replayed));
    assert!(!app.command(platform(), Some(key(2, 2)), order(50)).await.unwrap().replayed);
    assert_eq!(available(&app).await, Amount::whole(40));
}

#[tokio::test]
async fn what_reached_the_disk_does_not_bring_back_what_was_decided_behind_it() {
    let store = Arc::new(MemoryStore::new());
    let app = furnished(store.clone()).await;
    store.fail_next_append_keeping_it(StoreError::io("the answer was lost"));
    let (first, second) = Overlap::of(&store, &app, 50).await.ended().await;
    assert!(matches!(first, Err(Failure::OutcomeUnknown(_))));
    assert!(matches!(second, Err(Failure::NotReady)));
    until_ready(&app).await;
    assert_eq!(available(&app).await, Amount::whole(90));
    assert!(many(&app).await.await.unwrap().unwrap().iter().all(|one| one.replayed));
    assert!(!app.command(platform(), Some(key(2, 2)), order(50)).await.unwrap().replayed);
    assert_eq!(available(&app).await, Amount::whole(40));
}

/// An application whose clock a test sets.
async fn by_hand(store: &Arc<MemoryStore>) -> (Hands, Arc<App>) {
    let hands = Hands::default();
    let app = App::start(store.clone(), hands.options(), &Quiet).unwrap();
    furnish(&app).await;
    (hands, app)
}

#[tokio::test]
async fn nobody_joins_a_commit_that_waits_once_the_clock_has_jumped() {
    let store = Arc::new(MemoryStore::new());
    let (hands, app) = by_hand(&store).await;
    let overlap = Overlap::of(&store, &app, 30).await;
    hands.set_off_by(3_600);
    let (third, _) = ordered(&app, key(3, 3), 40).await;
    // Answered at once: nothing of it waits for the disk.
    assert!(matches!(third.await.unwrap(), Err(Failure::ClockJumped)));
    let (first, second) = overlap.ended().await;
    assert!(first.is_ok() && second.is_ok());
    assert_eq!(available(&app).await, Amount::whole(60));
}

#[tokio::test]
async fn nobody_joins_a_commit_that_began_long_ago() {
    let store = Arc::new(MemoryStore::new());
    let (hands, app) = by_hand(&store).await;
    let overlap = Overlap::of(&store, &app, 30).await;
    hands.pass(1);
    let (third, _) = ordered(&app, key(3, 3), 40).await;
    let (first, second) = overlap.ended().await;
    let at = |answered: Result<Vec<Outcome>, Failure>| answered.unwrap().remove(0).at;
    let (first, second, third) = (at(first), at(second), at(third.await.unwrap()));
    assert_eq!((second, third), (first, first.plus_seconds(1)));
}

#[tokio::test]
async fn a_clock_is_accepted_once_all_before_it_is_on_disk() {
    let store = Arc::new(MemoryStore::new());
    let (hands, app) = by_hand(&store).await;
    let overlap = Overlap::of(&store, &app, 30).await;
    let before = hands.wall();
    hands.set_off_by(3_600);
    let accepting = tokio::spawn({
        let app = app.clone();
        async move { app.accept_clock(platform(), None).await }
    });
    a_while().await;
    assert!(!accepting.is_finished());
    let (first, second) = overlap.ended().await;
    assert_eq!((first.unwrap()[0].at, second.unwrap()[0].at), (before, before));
    assert_eq!(accepting.await.unwrap().unwrap().at, hands.wall());
    assert_eq!(app.command(platform(), None, order(40)).await.unwrap().at, hands.wall());
    assert_eq!(available(&app).await, Amount::whole(20));
}

#[tokio::test]
async fn a_clock_is_moved_once_all_before_it_is_on_disk() {
    let store = Arc::new(MemoryStore::new());
    let app = furnished(store.clone()).await;
    let later = app.now().await.unwrap().plus_seconds(86_400);
    let overlap = Overlap::of(&store, &app, 30).await;
    let moving = tokio::spawn({
        let app = app.clone();
        async move { app.advance_clock(platform(), None, later).await }
    });
    a_while().await;
    assert!(!moving.is_finished());
    let (first, second) = overlap.ended().await;
    assert!(first.unwrap()[0].at < later && second.unwrap()[0].at < later);
    moving.await.unwrap().unwrap();
    assert!(app.command(platform(), None, order(40)).await.unwrap().at >= later);
}

#[tokio::test]
async fn a_snapshot_whose_commit_failed_is_taken_with_the_next_one() {
    let store = Arc::new(MemoryStore::new());
    let mut options = options();
    options.engine.snapshot_every = MANY;
    let app = App::start(store.clone(), options, &Quiet).unwrap();
    furnish(&app).await;
    store.fail_next_append(StoreError::full("no space left"));
    assert!(matches!(many(&app).await.await.unwrap(), Err(Failure::OutcomeUnknown(_))));
    until_ready(&app).await;
    assert_eq!(app.engine().gauges().snapshot_seq, 0);
    let done = many(&app).await.await.unwrap().unwrap();
    // Nobody is told that it is there; that it comes is all there is to wait for.
    while app.engine().gauges().snapshot_seq == 0 {
        tokio::task::yield_now().await;
    }
    assert!(app.engine().gauges().snapshot_seq >= done.last().unwrap().seq);
    app.close();
}

#[tokio::test]
async fn an_appender_that_breaks_leaves_nobody_waiting_and_nothing_done() {
    let store = Arc::new(MemoryStore::new());
    let app = furnished(store.clone()).await;
    let Overlap { held, first, second } = Overlap::of(&store, &app, 50).await;
    held.breaks();
    assert!(first.await.unwrap().is_err() && second.await.unwrap().is_err());
    assert!(!app.engine().ready());
    let refused = app.command(platform(), None, order(1)).await;
    assert!(matches!(refused, Err(Failure::NotReady | Failure::Internal(_))), "{refused:?}");
    app.close();
    // Whoever starts again finds what is on disk, and may ask again.
    store.reopen().unwrap();
    let app = App::start(store, options(), &Quiet).unwrap();
    assert_eq!(available(&app).await, Amount::whole(100));
    assert!(!app.command(platform(), Some(key(2, 2)), order(50)).await.unwrap().replayed);
    app.close();
}
