//! The application as a world: operations go through its use cases, figures come from its queries alone, so that reading
//! one's own writes is part of what each step shows. At the end the store is proven, and everything must look the same
//! after a restart, and again once history was told anew.

use credere_app::check::{reindex, verify};
use credere_app::clock::Clock;
use credere_app::commands::{AccountChange, Caller, Done, NewAccount, OperationRequest, OperationStatus};
use credere_app::engine::EngineOptions;
use credere_app::queries::AuthorizationView as Found;
use credere_app::{App, Failure as AppFailure, MasterKey, Options, Quiet, SecretText};
use credere_core::access::{Actor, Face, KeyAccess};
use credere_core::book::{Book, Command, KeyHash, KeyUse, Rules};
use credere_core::channel::{AuthorizationId, OrderId, Uin};
use credere_core::ledger::Moment;
use credere_store::contract::{ProfilePatch, Store};
use credere_store::memory::MemoryStore;
use credere_store::sqlite::{OpenOptions, SqliteStore};
use credere_testkit::scenario::{Operation, SettlementWord};
use credere_testkit::{AllocationView, AuthorizationView, Failure, Names, OrderView, Outcome, PartyView, View, World};
use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use uuid::Uuid;

/// More allocation records than any scenario makes.
const RECORDS_MAX: usize = 1_000;
/// Journal records from one snapshot to the next: few, so that restarts read one and a tail.
const SNAPSHOT_EVERY: u64 = 8;

/// Where a world's store is.
pub(crate) trait Place {
    /// Opens the store, which nobody has open.
    fn open(&self) -> Result<Arc<dyn Store>, Failure>;
}

/// A store that is there as long as its world.
#[derive(Default)]
pub(crate) struct InMemory(Arc<MemoryStore>);

impl Place for InMemory {
    fn open(&self) -> Result<Arc<dyn Store>, Failure> {
        Ok(self.0.clone())
    }
}

/// SQLite files in a folder that goes with the world.
pub(crate) struct InFiles(TempDir);

impl InFiles {
    pub(crate) fn new() -> Result<InFiles, Failure> {
        tempfile::tempdir().map(InFiles).map_err(failure)
    }
}

impl Place for InFiles {
    fn open(&self) -> Result<Arc<dyn Store>, Failure> {
        let options = OpenOptions { create: true, ..OpenOptions::default() };
        Ok(Arc::new(SqliteStore::open(self.0.path(), options).map_err(failure)?))
    }
}

/// The application on a store.
pub(crate) struct AppWorld {
    place: Box<dyn Place>,
    rules: Rules,
    runtime: Runtime,
    /// Absent only while somebody else has the store.
    app: Option<Arc<App>>,
    names: Names,
    /// Counts the operations that came without a key to a door that needs one.
    unkeyed: u32,
}

/// What stays the same over a restart.
#[derive(PartialEq, Eq)]
struct Image {
    view: View,
    now: Moment,
    book: Vec<Vec<u8>>,
}

impl AppWorld {
    /// The application with these choices on a new store, and the product `cvm`.
    pub(crate) fn new(rules: &Rules, place: Box<dyn Place>) -> Result<AppWorld, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failure)?;
        let app = Some(start(rules, place.open()?)?);
        let mut world = AppWorld { place, rules: rules.clone(), runtime, app, names: Names::default(), unkeyed: 0 };
        world.perform(&Operation::AddProduct { code: "cvm".to_owned(), settlement: SettlementWord::Hourly }, None)?;
        Ok(world)
    }

    fn app(&self) -> Result<&App, Failure> {
        self.app.as_deref().ok_or_else(|| Failure::new("the application is closed"))
    }

    fn image(&self) -> Result<Image, Failure> {
        let app = self.app()?;
        let book = self.runtime.block_on(app.read(|book: &Book| book.to_pieces().collect())).map_err(failure)?;
        let now = self.runtime.block_on(app.now()).map_err(failure)?;
        Ok(Image { view: self.runtime.block_on(self.look(app))?, now, book })
    }

    fn close(&mut self) {
        if let Some(app) = self.app.take() {
            app.close();
        }
    }

    /// Closes the application, has `meanwhile` look at the store, and starts again: nothing may look different.
    fn restart(
        &mut self,
        before: &Image,
        meanwhile: impl FnOnce(&dyn Store) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.close();
        meanwhile(&*self.place.open()?)?;
        self.app = Some(start(&self.rules, self.place.open()?)?);
        let after = self.image()?;
        if after.view != before.view {
            return Err(Failure::new(format!(
                "a restart changed what is shown, from {:?} to {:?}",
                before.view, after.view
            )));
        }
        if after != *before {
            return Err(Failure::new("a restart changed the book or the clock"));
        }
        Ok(())
    }

    /// An operation of the high-rate path, whose door always wants a key.
    fn operate(
        &mut self,
        operation: &Operation,
        caller: Caller,
        key: Option<&str>,
        command: Command,
    ) -> Result<Outcome, Failure> {
        let text = key.map(str::to_owned).unwrap_or_else(|| {
            self.unkeyed += 1;
            format!("unkeyed {}", self.unkeyed)
        });
        let (_, account) = command.action();
        let key = key_use(&format!("operations of {account:?}"), &text, &command);
        let operations = vec![OperationRequest { key, command }];
        let mut results = self.runtime.block_on(self.app()?.operate(caller, operations)).map_err(failure)?;
        let (status, replayed) = results.pop().ok_or_else(|| Failure::new("an operation was not answered"))?;
        let outcome = match status {
            OperationStatus::Approved(id) => {
                self.names.remember_authorization(operation, id);
                Outcome::done("approved")
            }
            OperationStatus::Captured(_) => Outcome::done("captured"),
            OperationStatus::Released(_) => Outcome::done("released"),
            OperationStatus::Declined(rejection) => self.names.refusal(&rejection),
        };
        Ok(Outcome { replayed, ..outcome })
    }

    async fn party(&self, app: &App, uin: Uin) -> Result<PartyView, Failure> {
        let found = app.account(platform(), uin).await.map_err(failure)?;
        let (records, _) = app.allocations(platform(), uin, None, 0, RECORDS_MAX).await.map_err(failure)?;
        let records = records.into_iter().rev().map(|record| AllocationView {
            amount: record.amount,
            total_after: record.total_after,
            available_after: record.available_after,
            remark: record.remark,
        });
        self.names.party(&found.account, found.partner.as_ref(), Some(records.collect()))
    }

    async fn order(&self, app: &App, id: OrderId) -> Result<OrderView, Failure> {
        let row = app.order(platform(), id).await.map_err(failure)?;
        Ok(OrderView {
            customer: self.names.name(row.account),
            payer: self.names.name(row.payer),
            paying_partner: None,
            state: row.state,
            list: row.list_amount,
            amount: row.amount,
            partner_amount: row.partner_amount,
        })
    }

    async fn authorization(&self, app: &App, id: AuthorizationId) -> Result<AuthorizationView, Failure> {
        Ok(match app.authorization(platform(), id).await.map_err(failure)? {
            Found::Open { authorization, lapsed, .. } => AuthorizationView {
                state: if lapsed { "expired" } else { "open" }.to_owned(),
                list: Some(authorization.price.list),
                amount: Some(authorization.price.customer),
                partner_amount: Some(authorization.price.partner),
            },
            Found::Closed(row) => AuthorizationView {
                state: row.state,
                list: Some(row.list_amount),
                amount: Some(row.amount),
                partner_amount: Some(row.partner_amount),
            },
        })
    }

    fn outcome(&self, outcome: Result<Outcome, AppFailure>) -> Result<Outcome, Failure> {
        match outcome {
            Err(AppFailure::Refused { rejection, replayed }) => {
                Ok(Outcome { replayed, ..self.names.refusal(&rejection) })
            }
            other => other.map_err(failure),
        }
    }

    async fn look(&self, app: &App) -> Result<View, Failure> {
        let mut view = View::default();
        for (name, uin) in self.names.accounts() {
            view.parties.insert(name.clone(), self.party(app, uin).await?);
        }
        for (name, id) in self.names.orders() {
            view.orders.insert(name.clone(), self.order(app, id).await?);
        }
        for (name, id) in self.names.authorizations() {
            view.authorizations.insert(name.clone(), self.authorization(app, id).await?);
        }
        Ok(view)
    }
}

impl World for AppWorld {
    fn has_keys(&self) -> bool {
        true
    }

    fn perform(&mut self, operation: &Operation, key: Option<&str>) -> Result<Outcome, Failure> {
        let app = self.app()?;
        let now = self.runtime.block_on(app.now()).map_err(failure)?;
        let (actor, command) = self.names.command(operation, now)?;
        let caller = Caller { actor, ..platform() };
        if matches!(command, Command::Authorize { .. } | Command::Capture { .. } | Command::Release { .. }) {
            return self.operate(operation, caller, key, command);
        }
        if matches!(operation, Operation::PlaceOrder(order) if order.preview) {
            let decision = self.runtime.block_on(app.preview(caller, &command));
            return self.outcome(decision.map(|decision| Names::outcome(&decision.event)));
        }
        let key = key.map(|text| key_use(command.action().0.name(), text, &command));
        let done = self.runtime.block_on(carry_out(app, caller, key, command));
        if let Ok(done) = &done {
            self.names.remember(operation, done.seq, &done.event);
        }
        self.outcome(done.map(|done| Outcome { replayed: done.replayed, ..Names::outcome(&done.event) }))
    }

    fn view(&mut self) -> Result<View, Failure> {
        self.runtime.block_on(self.look(self.app()?))
    }

    fn check_laws(&mut self) -> Result<(), Failure> {
        let before = self.image()?;
        self.restart(&before, |store| verify(store, &Quiet).map(drop).map_err(failure))?;
        self.restart(&before, |store| reindex(store, &Quiet).map(drop).map_err(failure))?;
        self.close();
        Ok(())
    }
}

/// Carries a command out by the use case that is there for it.
async fn carry_out(app: &App, caller: Caller, key: Option<KeyUse>, command: Command) -> Result<Done, AppFailure> {
    match command {
        Command::OpenAccount { uin, class, verification, tier } => {
            let profile = ProfilePatch { name: Some(Some("Example Ltd".to_owned())), ..ProfilePatch::default() };
            app.open_account(caller, key, NewAccount { uin, class, verification, tier, profile }).await
        }
        Command::ChangeAccount { uin, class, verification, tier } => {
            let change = AccountChange { class, verification, tier, profile: ProfilePatch::default() };
            app.change_account(caller, uin, change).await
        }
        Command::UnbindCustomer { customer } => app.unbind_customer(caller, customer).await,
        Command::PayOrder { order, by } => app.pay_order(caller, key, order, by).await,
        Command::DeliverOrder { order } => app.deliver_order(caller, key, order).await,
        Command::CancelOrder { order } => app.cancel_order(caller, key, order).await,
        Command::AdvanceClock { to } => app.advance_clock(caller, key, to).await,
        other => app.command(caller, key, other).await,
    }
}

fn start(rules: &Rules, store: Arc<dyn Store>) -> Result<Arc<App>, Failure> {
    let options = Options {
        currency: "USD".to_owned(),
        zone: "+08:00".to_owned(),
        master_key: MasterKey::from_text(&"A".repeat(43)).map_err(failure)?,
        platform_key: Some(SecretText::new("a platform key for scenarios".to_owned())),
        engine: EngineOptions {
            clock: Clock::Test,
            rules: rules.clone(),
            snapshot_every: SNAPSHOT_EVERY,
            // A busy machine is no reason for a scenario to fail.
            history_lag_max: Duration::from_secs(600),
            ..EngineOptions::default()
        },
    };
    App::start(store, options, &Quiet).map_err(failure)
}

/// The platform by its first key, in a request of its own.
fn platform() -> Caller {
    let actor = Actor::Platform { key: 1, access: KeyAccess::Full };
    Caller { request_id: Uuid::new_v4(), actor, face: Face::Platform }
}

/// What a door would make of a key: scoped to the door, with what was asked under it.
fn key_use(scope: &str, key: &str, command: &Command) -> KeyUse {
    let half = |text: String| -> KeyHash {
        let hash = blake3::hash(text.as_bytes());
        std::array::from_fn(|at| hash.as_bytes()[at])
    };
    KeyUse { key: half(format!("{scope:?} {key:?}")), content: half(format!("{command:?}")) }
}

fn failure(error: impl Display) -> Failure {
    Failure::new(error.to_string())
}
