//! The engine's door: start it, hand in a request, read the book, wait for history, and close it.

use super::appender::{self, Followers};
use super::follower::{self, Fold};
use super::gauges::Gauges;
use super::lanes::{LongRead, LongReads, Turn};
use super::options::EngineOptions;
use super::pace;
use super::prover;
use super::recaller;
use super::recovery;
use super::request::{Outcome, Reply, Request, Submission};
use super::sealer;
use super::snapshotter;
use super::state::{Counts, Durable, Shared, SnapshotState};
use super::writer::{Appending, Recalling, Writer};
use crate::clock::BusinessClock;
use crate::failure::{Failure, StartError};
use crate::notices::Feed;
use crate::progress::Progress;
use crate::rows::Basis;
use crate::shares::{Share, Shares};
use credere_core::access::Actor;
use credere_core::book::{Book, Rules};
use credere_core::ledger::{Calendar, Shard};
use credere_store::contract::{ShardStore, StoreError};
use credere_store::tail::{Evidence, TailLost, Witness};
use parking_lot::{Mutex, RwLock};
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::{oneshot, watch};

/// How long a read waits for the disk, or for history, before it is told to come again.
const READ_WITHIN: Duration = Duration::from_secs(10);

/// What a read does with the store, on a thread for blocking work.
pub trait Look<T>: FnOnce(&dyn ShardStore) -> Result<T, StoreError> + Send + 'static {}
impl<T, F: FnOnce(&dyn ShardStore) -> Result<T, StoreError> + Send + 'static> Look<T> for F {}

/// The running engine. Dropping it without [`Engine::close`] is like a crash: nothing that was answered is lost.
pub struct Engine {
    pub(super) shared: Arc<Shared>,
    /// Where each shard's writer takes its requests from; none at the end.
    inboxes: RwLock<BTreeMap<Shard, crossbeam_channel::Sender<Submission>>>,
    folds: mpsc::Sender<Fold>,
    usage_gate: pace::Gate,
    long_reads: Arc<LongReads>,
    /// Decisions are taken again one at a time, since each may bring back a whole book.
    explanations: Arc<LongReads>,
    writer: Mutex<Option<JoinHandle<()>>>,
    recaller: Mutex<Option<JoinHandle<()>>>,
    appender: Mutex<Option<JoinHandle<()>>>,
    followers: Mutex<Vec<JoinHandle<()>>>,
}

impl Engine {
    /// Brings a shard's book back, in the deployment's calendar, and starts the writer and its followers.
    ///
    /// # Errors
    /// [`StartError`] when the store cannot be read, or its journal does not fit together.
    pub fn start(
        store: Arc<dyn ShardStore>,
        calendar: Calendar,
        options: EngineOptions,
        progress: &dyn Progress,
    ) -> Result<Engine, StartError> {
        let recovered = recovery::load_book(&*store, calendar, recovery::JournalKeys::Seal, progress)?;
        let (shard, seq) = (recovered.book.shard(), recovered.book.seq());
        let history_seq = store.history_seq()?;
        if history_seq > seq {
            // It is filled from what is durable only, so it is the witness of a lost tail and not to be told anew.
            let witness = Witness { file: "history", tells: Evidence::Reached(history_seq) };
            return Err(StoreError::TailLost(TailLost { ends: seq, witnesses: vec![witness], older: false }).into());
        }
        let basis = Basis { products: recovered.book.products(), calendar };
        let history_seq = recovery::history_from_journal(&*store, &basis, seq, progress)?;
        recovery::make_searchable(&*store, &recovered.book, progress)?;
        let last_record = (seq > 0).then(|| recovered.book.now());
        let clock = BusinessClock::start(options.clock, options.machine.clone(), last_record, options.clock_max_gap);
        let (per_key, within) = (options.long_reads_per_key, options.long_read_within);
        let long_reads = LongReads::new(options.long_reads, per_key, within);
        let explanations = LongReads::new(1, per_key, within);
        let shared = Arc::new(Shared {
            store,
            clock,
            book: RwLock::new(recovered.book),
            epoch: AtomicU64::new(0),
            durable: watch::Sender::new(Durable { seq, epoch: 0 }),
            ready: AtomicBool::new(true),
            stopping: AtomicBool::new(false),
            waiting: Shares::new(options.waiting_max),
            history: watch::Sender::new(history_seq),
            history_waits: Mutex::new(VecDeque::new()),
            snapshots: SnapshotState::with(recovered.snapshot_seq),
            counts: Counts::default(),
            feed: Arc::default(),
            options,
        });
        let (snapshots, wanted) = mpsc::channel();
        let (folds, folded) = mpsc::channel();
        let (seals, sealed) = mpsc::channel();
        let (proofs, to_prove) = mpsc::channel();
        let (inbox, submissions) = crossbeam_channel::unbounded();
        let (commits, decided) = crossbeam_channel::bounded(1);
        let (appended, done) = crossbeam_channel::bounded(1);
        let (repeats, repeated) = crossbeam_channel::unbounded();
        let (recalled, again) = crossbeam_channel::unbounded();
        let followers = vec![
            spawn("history", {
                let shared = shared.clone();
                move || follower::run(&shared, &folded)
            })?,
            spawn("snapshots", {
                let shared = shared.clone();
                move || snapshotter::run(&shared, &wanted, &proofs)
            })?,
            spawn("proofs", {
                let shared = shared.clone();
                move || prover::run(&shared, &to_prove)
            })?,
            spawn("keys", {
                let shared = shared.clone();
                move || sealer::run(&shared, &sealed)
            })?,
        ];
        let told = Followers { folds: folds.clone(), snapshots, seals };
        let appender = spawn("journal", {
            let (shared, told) = (shared.clone(), told.clone());
            move || appender::run(shared, &told, &decided, &appended)
        })?;
        let recaller = spawn("repeats", {
            let shared = shared.clone();
            move || recaller::run(shared, &repeated, &recalled)
        })?;
        let writer = spawn("book", {
            let (shared, appending) = (shared.clone(), Appending { commits, done });
            let recalling = Recalling { repeats: Some(repeats), recalled: again };
            move || {
                Writer::new(shared, recovered.keys, recovered.position, appending, recalling, told).run(&submissions)
            }
        })?;
        Ok(Engine {
            shared,
            inboxes: RwLock::new(BTreeMap::from([(shard, inbox)])),
            folds,
            usage_gate: pace::Gate::default(),
            long_reads,
            explanations,
            writer: Mutex::new(Some(writer)),
            recaller: Mutex::new(Some(recaller)),
            appender: Mutex::new(Some(appender)),
            followers: Mutex::new(followers),
        })
    }

    /// Hands a request to the writer and waits until what it came to is durable. One outcome for a command, one for
    /// each operation of a batch.
    ///
    /// # Errors
    /// [`Failure::Overloaded`], [`Failure::NotReady`], [`Failure::ClockJumped`], [`Failure::OutcomeUnknown`],
    /// [`Failure::Internal`]. A refusal is an outcome, not an error.
    pub async fn submit(&self, request: Request) -> Result<Vec<Outcome>, Failure> {
        let (reply, answer) = oneshot::channel();
        if request.is_usage() && self.shared.ready.load(SeqCst) {
            pace::keep(&self.usage_gate, &self.shared, &self.folds, request.cost()).await?;
        }
        let place = self.admit(&request)?;
        // Whoever asked may have gone; what was done stays done.
        self.hand_in(request, place, Box::new(|outcome| drop(reply.send(outcome))))?;
        answer.await.map_err(|_| self.unanswered())?
    }

    /// The same for a caller that is not asynchronous, and whose usage does not wait for history.
    ///
    /// # Errors
    /// As [`Engine::submit`].
    pub fn submit_blocking(&self, request: Request) -> Result<Vec<Outcome>, Failure> {
        let (reply, answer) = mpsc::sync_channel(1);
        let place = self.admit(&request)?;
        self.hand_in(request, place, Box::new(move |outcome| drop(reply.send(outcome))))?;
        answer.recv().map_err(|_| self.unanswered())?
    }

    /// Gives a request a place among those that wait.
    fn admit(&self, request: &Request) -> Result<Share, Failure> {
        let shared = &self.shared;
        if !shared.ready.load(SeqCst) {
            return Err(self.not_ready());
        }
        // A request that is larger than what one caller may have waiting is taken when nothing else of it waits.
        let cost = request.cost().min(shared.waiting.half().max(1));
        let place = u32::try_from(cost).ok().and_then(|cost| shared.waiting.try_take(request.info.actor.asker(), cost));
        place.filter(|_| !shared.behind()).ok_or_else(|| {
            self.shared.turned_away();
            Failure::Overloaded
        })
    }

    fn hand_in(&self, request: Request, place: Share, reply: Reply) -> Result<(), Failure> {
        let inboxes = self.inboxes.read();
        // Accounts are at home in the first shard. One that is not here has nothing: the writer that there is refuses what is
        // asked of it as not found, and records that.
        let at_home = request.shard().and_then(|shard| inboxes.get(&shard));
        match at_home.or_else(|| inboxes.values().next()) {
            Some(inbox) => inbox
                .send(Submission { request, reply, place, recalled: BTreeMap::new() })
                .map_err(|_| self.gone("the writer has ended in a panic")),
            None => Err(Failure::NotReady),
        }
    }

    /// Why a request was dropped without an answer: at the end nothing of it was done, before that the writer has ended
    /// in a panic, whatever it had done until then.
    fn unanswered(&self) -> Failure {
        match self.gone("the writer has ended in a panic") {
            Failure::Internal(fault) => Failure::OutcomeUnknown(fault.to_owned()),
            stopping => stopping,
        }
    }

    /// Why nothing can be served: the book is being brought back, or nobody will do that any more.
    fn not_ready(&self) -> Failure {
        let ended = self.writer.lock().as_ref().is_some_and(JoinHandle::is_finished);
        if ended { self.gone("the writer has ended in a panic") } else { Failure::NotReady }
    }

    /// Why one of the engine's threads takes nothing: it is the end, or the thread has ended in a panic.
    fn gone(&self, fault: &'static str) -> Failure {
        if self.shared.stopping.load(SeqCst) { Failure::NotReady } else { Failure::Internal(fault) }
    }

    /// Reads the book as it stands and answers once everything that was read is durable.
    ///
    /// # Errors
    /// [`Failure::NotReady`] when the store failed meanwhile, [`Failure::Internal`] when the writer has ended in a panic.
    pub async fn read<T>(&self, look: impl FnOnce(&Book) -> T) -> Result<T, Failure> {
        let shared = &self.shared;
        let (seen, value) = {
            let book = shared.book.read();
            // A failed commit takes readiness away before anything else: a book seen after that is not looked at.
            if !shared.ready.load(SeqCst) {
                return Err(self.not_ready());
            }
            (Durable { seq: book.seq(), epoch: shared.epoch.load(SeqCst) }, look(&book))
        };
        self.until_durable(seen).await?;
        Ok(value)
    }

    async fn until_durable(&self, seen: Durable) -> Result<(), Failure> {
        let now = *self.shared.durable.borrow();
        if now.epoch == seen.epoch && now.seq >= seen.seq {
            return Ok(());
        }
        let mut durable = self.shared.durable.subscribe();
        let reached = durable.wait_for(|now| now.epoch != seen.epoch || now.seq >= seen.seq);
        match tokio::time::timeout(READ_WITHIN, reached).await {
            Ok(Ok(now)) if now.epoch == seen.epoch => Ok(()),
            _ => Err(Failure::NotReady),
        }
    }

    /// Reads history on a thread for blocking work, once it holds everything that is durable now.
    ///
    /// # Errors
    /// [`Failure::Store`] when reading fails, [`Failure::NotReady`] when the engine stops meanwhile, [`Failure::Internal`] when
    /// `look` panics.
    pub async fn history<T: Send + 'static>(&self, look: impl Look<T>) -> Result<T, Failure> {
        self.until_history().await?;
        self.directory(look).await
    }

    /// The same for a read that may take long: for whoever asks it counts among those of its key, and it waits for its
    /// turn among all.
    ///
    /// # Errors
    /// As [`Engine::history`]; [`Failure::TooManyLongReads`], [`Failure::Overloaded`].
    pub async fn long_history<T: Send + 'static>(&self, actor: Actor, look: impl Look<T>) -> Result<T, Failure> {
        let read = self.long_read(actor)?;
        self.until_history().await?;
        self.in_turn(read, look).await
    }

    /// The same for a read that is long only where it passes over things that it does not answer: by a filter that no
    /// index follows, or by skipping many.
    ///
    /// # Errors
    /// As [`Engine::long_history`].
    pub async fn history_by<T: Send + 'static>(
        &self,
        actor: Actor,
        passes_over: bool,
        look: impl Look<T>,
    ) -> Result<T, Failure> {
        if passes_over { self.long_history(actor, look).await } else { self.history(look).await }
    }

    /// The same as [`Engine::long_history`] for taking a decision again: one at a time, and a place among all long reads
    /// only when it is the one.
    ///
    /// # Errors
    /// As [`Engine::long_history`].
    pub(crate) async fn explanation<T: Send + 'static>(&self, actor: Actor, look: impl Look<T>) -> Result<T, Failure> {
        let read = self.long_read(actor)?;
        let alone = self.first_turn(&self.explanations.counted_elsewhere(actor.asker())).await?;
        self.until_history().await?;
        self.in_turn(read, move |store| {
            let _alone = alone;
            look(store)
        })
        .await
    }

    /// A long read that takes its turns by itself and is counted by whoever asks for it.
    pub(crate) fn uncounted_read(&self, actor: Actor) -> LongRead {
        self.long_reads.counted_elsewhere(actor.asker())
    }

    /// The first turn of such a read.
    ///
    /// # Errors
    /// [`Failure::Overloaded`]
    pub(crate) async fn first_turn(&self, read: &LongRead) -> Result<Turn, Failure> {
        read.turn().await.inspect_err(|_| self.shared.turned_away())
    }

    /// Counts a long read for its key.
    fn long_read(&self, actor: Actor) -> Result<LongRead, Failure> {
        self.long_reads.admit(actor.asker()).inspect_err(|_| self.shared.turned_away())
    }

    /// Waits until history holds everything that is durable now.
    ///
    /// # Errors
    /// [`Failure::NotReady`]
    pub(crate) async fn until_history(&self) -> Result<(), Failure> {
        let seen = self.read(Book::seq).await?;
        let mut history = self.shared.history.subscribe();
        if *history.borrow() < seen {
            // A reader waits: history shall not gather any longer.
            let follower_ended = || self.gone("history's follower has ended");
            self.folds.send(Fold::Hurry).map_err(|_| follower_ended())?;
            let reached = tokio::time::timeout(READ_WITHIN, history.wait_for(|now| *now >= seen)).await;
            reached.map_err(|_| Failure::NotReady)?.map_err(|_| follower_ended())?;
        }
        Ok(())
    }

    async fn in_turn<T: Send + 'static>(&self, read: LongRead, look: impl Look<T>) -> Result<T, Failure> {
        let turn = self.first_turn(&read).await?;
        // The work goes on when whoever asked has gone, and holds its place until it is done.
        self.directory(move |store| {
            let _held = (read, turn);
            look(store)
        })
        .await
    }

    /// Reads the directory as [`Engine::directory`] does, and takes its turn as [`Engine::long_history`] does.
    ///
    /// # Errors
    /// As [`Engine::long_history`].
    pub async fn long_directory<T: Send + 'static>(&self, actor: Actor, look: impl Look<T>) -> Result<T, Failure> {
        let read = self.long_read(actor)?;
        self.in_turn(read, look).await
    }

    /// Reads the shard on a thread for blocking work, without waiting for history: for the directory.
    ///
    /// # Errors
    /// As [`Engine::history`].
    pub async fn directory<T: Send + 'static>(&self, look: impl Look<T>) -> Result<T, Failure> {
        let store = self.store();
        match tokio::task::spawn_blocking(move || look(&*store)).await {
            Ok(read) => Ok(read?),
            Err(panic) if panic.is_panic() => Err(Failure::Internal("a read has ended in a panic")),
            // The runtime ends.
            Err(_) => Err(Failure::NotReady),
        }
    }

    /// Looks at the book as it stands, which may be ahead of the disk: for what the writer judges again anyway.
    pub(crate) fn peek<T>(&self, look: impl FnOnce(&Book) -> T) -> T {
        look(&self.shared.book.read())
    }

    /// The shard that the engine works on.
    pub(crate) fn store(&self) -> Arc<dyn ShardStore> {
        self.shared.store.clone()
    }

    /// What may have to be told to somebody, as it becomes durable.
    pub(crate) fn feed(&self) -> Arc<Feed> {
        self.shared.feed.clone()
    }

    /// Whether all requests can be served. While the machine's clock has jumped, only reads are.
    pub fn ready(&self) -> bool {
        self.shared.ready.load(SeqCst) && self.shared.clock.jump().is_none()
    }

    /// The deployment's choices.
    pub fn rules(&self) -> &Rules {
        &self.shared.options.rules
    }

    /// Where business time comes from.
    pub fn clock(&self) -> BusinessClock {
        self.shared.clock.clone()
    }

    /// Figures for the metrics page.
    pub fn gauges(&self) -> Gauges {
        Gauges::of(&self.shared)
    }

    /// Takes nothing new, finishes what waits, and fills history.
    pub fn close(&self) {
        self.inboxes.write().clear();
        self.shared.stopping.store(true, SeqCst);
        // In this order: each tells those behind it of all that it did before it ends.
        for (name, thread) in [("writer", &self.writer), ("recaller", &self.recaller), ("appender", &self.appender)] {
            let thread = thread.lock().take();
            if thread.is_some_and(|thread| thread.join().is_err()) {
                tracing::error!("the {name} ended in a panic");
            }
        }
        let _ = self.folds.send(Fold::Stop);
        for follower in self.followers.lock().drain(..) {
            if follower.join().is_err() {
                tracing::error!("a follower ended in a panic");
            }
        }
        self.shared.ready.store(false, SeqCst);
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StartError> {
    let builder = std::thread::Builder::new().name(name.to_owned());
    builder.spawn(work).map_err(|error| StartError::Setting(format!("no thread for `{name}`: {error}")))
}
