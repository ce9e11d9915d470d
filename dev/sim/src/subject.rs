//! What is audited: the application as it is served, on a store in memory, under a test clock. It can be stopped and
//! started again, lose everything but its journal, and fail to append; its own time begins at a fixed moment, so that a
//! world never depends on the machine's clock.

use credere_app::Caller;
use credere_app::bills::ReceiptRequest;
use credere_app::buying::RefundRequest;
use credere_app::clock::Clock;
use credere_app::engine::{Answer, EngineOptions, Operation, Request, Work};
use credere_app::{App, Failure as AppFailure, MasterKey, Options, Quiet, SecretText, StartError};
use credere_auditor::Step;
use credere_core::access::{Action, Actor, Face};
use credere_core::book::{
    ActionName, Book, Command, Event, KeyUse, Record, Rejection, RequestInfo, Rules, bills, buying, deployment,
    notices, parties, vouchers,
};
use credere_core::ledger::Moment;
use credere_store::contract::{Journal, ShardStore, Snapshots, StoreError};
use credere_store::frame::{Frame, Position};
use credere_store::memory::MemoryStore;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio::runtime::Runtime;
use uuid::Uuid;

/// What cannot happen in a sound run, and is no finding about a figure.
#[derive(Debug, Error)]
pub(crate) enum Broken {
    #[error("the application does not start: {0}")]
    Start(#[from] StartError),
    #[error("the store does not do as asked: {0}")]
    Store(#[from] StoreError),
    #[error("the application fails: {0}")]
    App(#[from] AppFailure),
    #[error("the machine fails: {0}")]
    Machine(#[from] std::io::Error),
    #[error("a record cannot be written: {0}")]
    Record(#[from] credere_core::book::DecodeError),
    #[error("{0} snapshots are not what the journal says")]
    Refuted(u64),
}

/// What one step came to.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    /// Its journal position; the number of what it made.
    pub(crate) seq: u64,
    pub(crate) result: Result<Answer, Rejection>,
    pub(crate) replayed: bool,
}

/// How the application goes down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Crash {
    /// It is stopped properly, and started on the same store.
    Stop,
    /// It is dropped where it stands, and started on the same store.
    Drop,
    /// It is dropped, and of its store only the journal and the newest image are left.
    ImageLeft,
    /// It is dropped, and only the journal is left.
    JournalLeft,
}

/// How the next append fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadAppend {
    /// Nothing of it is on disk.
    Lost,
    /// It is on disk although it was told to have failed.
    Kept,
}

/// The application and what it stands on.
pub(crate) struct Subject {
    store: Arc<MemoryStore>,
    app: Arc<App>,
    runtime: Runtime,
    options: Options,
}

/// A long time for whatever may be slow on a busy machine.
const PATIENCE: Duration = Duration::from_secs(600);

fn options(rules: Rules, snapshot_every: u64) -> Result<Options, StartError> {
    Ok(Options {
        currency: "USD".into(),
        zone: "+08:00".into(),
        master_key: MasterKey::from_text(&"A".repeat(43)).map_err(StartError::Setting)?,
        platform_key: Some(SecretText::new("the-key-of-a-simulated-platform".into())),
        clock_ahead: false,
        engine: EngineOptions {
            clock: Clock::Test,
            rules,
            snapshot_every,
            // In half of the worlds each commit is made by the thread for large ones, which no world has.
            hand_over_min: if snapshot_every.is_multiple_of(2) { 1 } else { 1_000 },
            history_lag_max: PATIENCE,
            ..EngineOptions::default()
        },
    })
}

impl Subject {
    /// A new deployment whose time begins at `at`.
    pub(crate) fn new(at: Moment, rules: Rules, snapshot_every: u64) -> Result<Subject, Broken> {
        let store = Arc::new(MemoryStore::new());
        // The first record says what time it is, so that the application does not ask the machine.
        let request = Box::new(RequestInfo { id: [0; 16], actor: Actor::System, face: Face::System });
        let first = Record::Decided {
            request,
            key: None,
            action: ActionName(Action::AdvanceClock),
            target: None,
            outcome: Ok(Event::from(deployment::ClockAdvanced { to: at })),
        };
        let payload = Record::payload(&[first])?;
        store.append(&Frame::seal(&Position::default(), 1, at, payload), &[])?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        let options = options(rules, snapshot_every)?;
        let app = App::start(store.clone(), options.clone(), &Quiet)?;
        Ok(Subject { store, app, runtime, options })
    }

    /// Does one thing.
    pub(crate) fn one(&self, id: Uuid, actor: Actor, key: Option<KeyUse>, step: &Step) -> Result<Outcome, Broken> {
        let face = if matches!(actor, Actor::Account { .. }) { Face::Cloud } else { Face::Platform };
        let caller = Caller { request_id: id, actor, face };
        let app = &self.app;
        let done = match step {
            Step::Command(command) => match command {
                Command::Buying(buying::Command::PayOrder(asked)) => {
                    self.wait(app.pay_order(caller, key, asked.order.id, asked.by))
                }
                Command::Notices(notices::Command::RequestPayment(asked)) => {
                    self.wait(app.request_payment(caller, key, asked.order.id))
                }
                Command::Buying(buying::Command::DeliverOrder(asked)) => {
                    self.wait(app.deliver_order(caller, key, asked.order.id))
                }
                Command::Buying(buying::Command::CancelOrder(asked)) => {
                    self.wait(app.cancel_order(caller, key, asked.order.id))
                }
                Command::Vouchers(vouchers::Command::InvalidateVoucher(asked)) => {
                    self.wait(app.invalidate_voucher(caller, key, asked.voucher.id))
                }
                Command::Parties(parties::Command::UnbindCustomer(asked)) => {
                    self.wait(app.unbind_customer(caller, None, asked.customer))
                }
                Command::Bills(bills::Command::ConfirmReceipt(bills::ConfirmReceipt {
                    customer,
                    month,
                    lines: bills::ReceiptLines::All { pay_mode, action },
                })) => {
                    let (customer, month, pay_mode, action) = (*customer, *month, *pay_mode, *action);
                    let receipt = ReceiptRequest { customer, month, pay_mode, action, lines: None };
                    self.wait(app.confirm_receipt(caller, key, receipt))
                }
                Command::Deployment(deployment::Command::AdvanceClock(asked)) => {
                    self.wait(app.advance_clock(caller, key, asked.to))
                }
                _ => self.wait(app.command(caller, key, command.clone())),
            },
            Step::Refund { order, amount, scope, capture } => self.wait(app.refund_order(
                caller,
                key,
                *order,
                RefundRequest { amount: *amount, scope: *scope, capture: *capture },
            )),
            Step::Resize { name, unit_price, quantity } => {
                self.wait(app.resize_resource(caller, key, name.clone(), *unit_price, *quantity))
            }
            Step::Terminate { name, final_amount } => {
                self.wait(app.terminate_resource(caller, key, name.clone(), *final_amount))
            }
            Step::ConfirmLines { customer, month, lines } => {
                let (customer, month, lines) = (*customer, *month, Some(lines.clone()));
                let receipt = ReceiptRequest { customer, month, pay_mode: None, action: None, lines };
                self.wait(app.confirm_receipt(caller, key, receipt))
            }
        };
        match done {
            Ok(done) => Ok(Outcome { seq: done.seq, result: Ok(Answer::Done(done.event)), replayed: done.replayed }),
            Err(AppFailure::Refused { rejection, replayed }) => {
                Ok(Outcome { seq: 0, result: Err(rejection), replayed })
            }
            Err(failure) => Err(failure.into()),
        }
    }

    /// Does several things in one batch. The use cases of batches leave out the numbers of what they post, so the engine is
    /// asked directly, with what they would hand to it.
    pub(crate) fn batch(&self, id: Uuid, actor: Actor, steps: &[(KeyUse, &Command)]) -> Result<Vec<Outcome>, Broken> {
        let caller = Caller { request_id: id, actor, face: Face::Platform };
        let operation =
            |(key, command): &(KeyUse, &Command)| Operation { key: Some(*key), command: Command::clone(command) };
        let info = RequestInfo { id: *caller.request_id.as_bytes(), actor: caller.actor, face: caller.face };
        let work = Work::Batch(steps.iter().map(operation).collect());
        let outcomes = self.app.engine().submit_blocking(Request { info, work })?;
        let told = outcomes.into_iter().map(|outcome| {
            let result = match outcome.answer {
                Answer::Refused(rejection) => Err(*rejection),
                answer => Ok(answer),
            };
            Outcome { seq: outcome.seq, result, replayed: outcome.replayed }
        });
        Ok(told.collect())
    }

    /// Moves the clock, as nobody in particular.
    pub(crate) fn advance(&self, to: Moment) -> Result<(), Broken> {
        Ok(self.app.advance_clock_blocking(to)?)
    }

    /// What would come of a command, without doing it.
    pub(crate) fn preview(&self, id: Uuid, actor: Actor, command: &Command) -> Result<Result<(), Rejection>, Broken> {
        match self.wait(self.app.preview(Caller { request_id: id, actor, face: Face::Platform }, command)) {
            Ok(_) => Ok(Ok(())),
            Err(AppFailure::Refused { rejection, .. }) => Ok(Err(rejection)),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Reads the book, as readers of the application do.
    pub(crate) fn read<T>(&self, look: impl FnOnce(&Book) -> T) -> Result<T, Broken> {
        Ok(self.wait(self.app.read(look))?)
    }

    /// Reads history, as readers of the application do.
    pub(crate) fn history<T: Send + 'static>(
        &self,
        look: impl FnOnce(&dyn ShardStore) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, Broken> {
        Ok(self.wait(self.app.engine().history(look))?)
    }

    fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// The next append will fail.
    pub(crate) fn fail_next_append(&self, how: BadAppend) {
        let error = StoreError::Io("a fault on purpose".into());
        match how {
            BadAppend::Lost => self.store.fail_next_append(error),
            BadAppend::Kept => self.store.fail_next_append_keeping_it(error),
        }
    }

    /// Waits until a failed append has been got over.
    pub(crate) fn until_ready(&self) {
        while !self.app.engine().ready() {
            std::thread::yield_now();
        }
    }

    /// Goes down and comes up again.
    pub(crate) fn crash(self, how: Crash) -> Result<Subject, Broken> {
        let Subject { store, app, runtime, options } = self;
        let store = match how {
            Crash::Stop => {
                app.close();
                store
            }
            Crash::Drop => store,
            Crash::ImageLeft | Crash::JournalLeft => left_of(&store, how == Crash::ImageLeft)?,
        };
        none_refuted(&app)?;
        drop(app);
        let app = App::start(store.clone(), options.clone(), &Quiet)?;
        Ok(Subject { store, app, runtime, options })
    }

    /// Stops the application properly.
    pub(crate) fn close(self) -> Result<(), Broken> {
        self.app.close();
        none_refuted(&self.app)
    }

    /// Every law of the book, checked from scratch by the book itself.
    pub(crate) fn laws(&self) -> Result<Vec<String>, Broken> {
        self.read(|book| {
            credere_core::book::check_laws(book)
                .err()
                .map(|broken| broken.iter().map(ToString::to_string).collect())
                .unwrap_or_default()
        })
    }
}

/// That no snapshot of this life was found to differ from what the journal says.
fn none_refuted(app: &App) -> Result<(), Broken> {
    match app.engine().gauges().snapshots_refuted {
        0 => Ok(()),
        refuted => Err(Broken::Refuted(refuted)),
    }
}

/// A copy of what a crash leaves.
fn left_of(store: &MemoryStore, image: bool) -> Result<Arc<MemoryStore>, Broken> {
    let left = MemoryStore::new();
    store.frames(0, u64::MAX, &mut |frame| left.append(&frame, &[]))?;
    if image {
        let mut pieces: Vec<Vec<u8>> = Vec::new();
        let at = store.snapshot(u64::MAX, &mut |piece| {
            pieces.push(piece.to_vec());
            Ok(())
        })?;
        if let Some(at) = at {
            left.keep_snapshot(&at, None, &mut pieces.into_iter())?;
        }
    }
    Ok(Arc::new(left))
}
