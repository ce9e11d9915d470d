//! Putting the application together: facts, book, history, keys and jobs, in this order.

use crate::app::App;
use crate::caller::Caller;
use crate::clock::{Clock, Jump, machine_now};
use crate::deployment::Deployment;
use crate::deployment::PlatformKeys;
use crate::duties::duties_by_the_second;
use crate::engine::{Engine, EngineOptions, calendar_of};
use crate::failure::{Failure, StartError};
use crate::progress::Progress;
use crate::recover::record_losses;
use crate::secrets::{MasterKey, SecretText, check_platform_key};
use crate::upgrade::version_2_until;
use credere_core::access::KeyAccess;
use credere_core::book::{self, Command};
use credere_store::contract::{DeploymentStore, Fault, ShardId, Store, StoreError};
use std::sync::{Arc, OnceLock};

/// What a deployment chooses.
#[derive(Debug, Clone)]
pub struct Options {
    /// Currency code; fixed at the first start.
    pub currency: String,
    /// Offset of calendar rules from UTC, `+08:00`; fixed at the first start.
    pub zone: String,
    /// Key that API secrets are sealed under.
    pub master_key: MasterKey,
    /// The first platform key, where it is not to be made.
    pub platform_key: Option<SecretText>,
    /// Whether what the machine's clock shows is the time even where it has jumped since the last record.
    pub clock_ahead: bool,
    /// How the engine works.
    pub engine: EngineOptions,
}

const MASTER_KEY_CHECK: &str = "master_key_check";
const MASTER_KEY_CONTEXT: &str = "credere master key check";

impl App {
    /// Brings everything up: facts, book, history, keys, jobs. Ready when it returns.
    ///
    /// # Errors
    /// [`StartError`]
    pub fn start(store: Arc<dyn Store>, options: Options, progress: &dyn Progress) -> Result<Arc<App>, StartError> {
        let (currency, clock) = (options.currency, options.engine.clock);
        let deployment = Deployment { currency, zone: options.zone, sandbox: clock == Clock::Test };
        let zone = deployment.calendar_zone()?;
        let (shard, facts) = (store.clone().shard(ShardId::FIRST)?, store.deployment());
        let is_new = shard.last()?.seq == 0;
        if let (true, Some(key)) = (is_new, &options.platform_key) {
            check_platform_key(key.expose()).map_err(StartError::Setting)?;
        }
        deployment.fix(&*facts)?;
        let decoy = check_master_key(&*facts, &options.master_key)?;
        let engine = Engine::start(shard.clone(), calendar_of(&*facts)?, options.engine, progress)?;
        let version_2_until = version_2_until(&*facts)?;
        let mut app = App {
            engine,
            platform_keys: PlatformKeys::load(&*facts)?,
            deployment: facts,
            master_key: options.master_key,
            decoy,
            currency: deployment.currency,
            zone,
            first_key: None,
            version_2_until,
            duties: parking_lot::Mutex::new(None),
            notices: OnceLock::new(),
            webhook_changes: tokio::sync::Mutex::new(()),
        };
        let by_itself = Caller::system();
        let failed = |failure: Failure| match failure {
            Failure::Store(error) => StartError::Store(error),
            // A commit that failed is the store's fault, not the settings'.
            other => StartError::Store(StoreError::io(Fault::new(
                format!("the first start cannot be recorded: {other}"),
                other,
            ))),
        };
        if is_new && clock == Clock::Test {
            app.command_blocking(by_itself, Command::from(book::deployment::AdvanceClock { to: machine_now() }))
                .map_err(failed)?;
        }
        if app.engine.peek(|book| book.platform_keys().is_empty()) {
            let given = options.platform_key.clone();
            let issued = app.issue_key_blocking(by_itself, "first", KeyAccess::Full, given).map_err(failed)?;
            app.first_key = options.platform_key.is_none().then_some(issued);
        } else if options.platform_key.is_some_and(|key| app.platform_keys.find(key.expose()).is_none()) {
            tracing::warn!("the platform key in the settings is not known; it counts at the first start only");
        }
        if let Some(Jump { expected, found }) = app.engine.clock().jump().filter(|_| options.clock_ahead) {
            app.command_blocking(by_itself, Command::from(book::deployment::AcceptClock { expected, found }))
                .map_err(failed)?;
        }
        // What a recovery that was stopped has not recorded, and what fell due before the last stop and was not done then.
        match record_losses(&app.engine, &*shard, &*app.deployment).and_then(|()| app.do_duties_blocking()) {
            Ok(()) | Err(Failure::ClockJumped) => {}
            Err(failure) => return Err(failed(failure)),
        }
        let app = Arc::new(app);
        if clock == Clock::System {
            *app.duties.lock() = Some(duties_by_the_second(&app)?);
        }
        Ok(app)
    }
}

/// Whether a store has secrets that are sealed with a master key already: a new key would open none of them.
///
/// # Errors
/// [`StoreError`]
pub fn has_master_key(store: &dyn DeploymentStore) -> Result<bool, StoreError> {
    Ok(store.fact(MASTER_KEY_CHECK)?.is_some())
}

/// Whether the key is the one that this store's secrets are sealed with; answers what proves it, still sealed.
fn check_master_key(store: &dyn DeploymentStore, key: &MasterKey) -> Result<Vec<u8>, StartError> {
    use base64::Engine as _;
    let encoding = base64::engine::general_purpose::STANDARD;
    let known = match store.fact(MASTER_KEY_CHECK)? {
        Some(known) => known,
        None => {
            let sealed = key.seal(MASTER_KEY_CHECK, MASTER_KEY_CONTEXT).map_err(StartError::Setting)?;
            store.fix_fact(MASTER_KEY_CHECK, &encoding.encode(sealed))?
        }
    };
    let sealed = encoding.decode(known).map_err(|_| StartError::WrongMasterKey)?;
    key.open(&sealed, MASTER_KEY_CONTEXT).ok_or(StartError::WrongMasterKey)?;
    Ok(sealed)
}
