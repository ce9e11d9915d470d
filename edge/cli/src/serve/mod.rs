//! `credere serve`: the store is opened, the application brought up, and all faces put on one port.

#[cfg(test)]
mod attacks;
mod bodies;
mod cloud_calls;
mod descriptors;
mod framing;
mod listen;
mod log;
mod notices;
mod pace;
mod places;
mod signals;
mod tls;
mod wire;

pub(crate) use log::log_to_stderr;
pub(crate) use signals::stop_signal;

use crate::args::ServeOptions;
use crate::exit::Failed;
use crate::progress::Bars;
use crate::settings::{Settings, secret_in_file, secret_variable};
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use bodies::Bodies;
use credere_app::clock::Clock;
use credere_app::engine::EngineOptions;
use credere_app::{App, MasterKey, Options, SecretText, check_platform_key, has_master_key};
use credere_cloud::{CloudOptions, UnsignedPayload};
use credere_core::book::Rules;
use credere_core::channel::Site;
use credere_core::organization::CheckRules;
use credere_platform::PlatformOptions;
use credere_store::sqlite::{OpenOptions, SqliteStore};
use places::Places;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tls::Tls;
use tokio::net::TcpListener;
use tokio::sync::watch;
use wire::Times;

/// The largest body of a Cloud API call, in bytes.
const CLOUD_BODY_MAX: usize = 8 * 1024 * 1024;

/// How long work beside the connections may take to end once they have.
const END_WITHIN: Duration = Duration::from_secs(2);

/// `credere serve`.
pub(crate) fn run(options: &ServeOptions) -> Result<(), Failed> {
    let settings = Settings::resolve(options)?;
    let log = log_to_stderr(&settings)?;
    let runtime = runtime()?;
    // From here on a hangup is no death, also while a long journal is replayed.
    let hangups = {
        let _inside = runtime.enter();
        signals::hangups()?
    };
    let mut server = Server::prepare(&settings, options)?;
    let ended = runtime.block_on(async {
        // Before anybody is told that the server is there: a signal from then on is a stop, not a death.
        let stop = stop_signal()?;
        let listening = server.listen()?;
        let mut out = std::io::stdout();
        // Nobody may be reading; the server runs all the same.
        let _ = writeln!(out, "credere listens on {}://{}", listening.scheme(), listening.address);
        if let Some(key) = server.app.first_key() {
            let _ = writeln!(out, "the first platform key, shown this once: {}", key.expose());
        }
        let _ = out.flush();
        let reloading = signals::reload_at(hangups, options, &log, listening.tls.clone());
        tokio::select! {
            ended = listening.until(stop) => ended,
            () = reloading => Err(Failed::Refused("no more signals arrive".to_owned())),
        }
    });
    // A file that is being made for somebody who has gone must not hold up the end.
    runtime.shutdown_timeout(END_WITHIN);
    server.app.close();
    ended
}

/// A server that is ready to listen.
pub(crate) struct Server {
    pub(crate) app: Arc<App>,
    router: axum::Router,
    tls: Option<Tls>,
    socket: Option<std::net::TcpListener>,
    places: Arc<Places>,
    times: Times,
    stopping: watch::Sender<bool>,
}

/// A server on its port.
pub(crate) struct Listening {
    pub(crate) address: SocketAddr,
    listener: TcpListener,
    tls: Option<Tls>,
    router: axum::Router,
    places: Arc<Places>,
    times: Times,
    stopping: watch::Sender<bool>,
}

impl Server {
    /// Takes the port, opens the store and brings the application up: in this order, since a first start makes a key
    /// that is shown once, and must not fail after that for want of a port.
    pub(crate) fn prepare(settings: &Settings, options: &ServeOptions) -> Result<Server, Failed> {
        let listen = settings.text("listen").unwrap_or_default();
        let socket = std::net::TcpListener::bind(listen)
            .and_then(|socket| listen::prepare(&socket).map(|()| socket))
            .map_err(|error| settings.wrong("listen", format!("cannot listen on {listen}: {error}")))?;
        let tls = Tls::read(settings)?;
        let notices = notices::options(settings)?;
        let given = GivenKeys::read()?;
        let data = settings.data();
        let store = Arc::new(SqliteStore::open(&data, open_options(settings, true))?);
        let first_start = !has_master_key(&*store)?;
        let app = App::start(store, app_options(settings, options, given, &data, first_start)?, &Bars::default())?;
        app.deliver_notices(notices)?;
        let mut platform = PlatformOptions::default();
        let observe = cloud_calls::counter(&mut platform.registry);
        let unsigned_payload = match settings.text("cloud.unsigned_payload") {
            Some("all") => UnsignedPayload::All,
            Some("off") => UnsignedPayload::Off,
            _ => UnsignedPayload::Reads,
        };
        let rate_limits = settings.flag("cloud.rate_limits");
        let cloud = CloudOptions { rate_limits, unsigned_payload, observe };
        let cloud = credere_cloud::door(app.clone(), cloud).layer(DefaultBodyLimit::max(CLOUD_BODY_MAX));
        let connections = descriptors::raise(settings.number("limits.connections"));
        let places = Places::new(usize::try_from(connections).unwrap_or(usize::MAX), &mut platform.registry);
        let router = credere_platform::router(app.clone(), platform).merge(cloud);
        let times = listen::times(settings.span("limits.keep_alive"));
        let (stopping, stopped) = watch::channel(false);
        let router = router.layer(from_fn_with_state(Arc::new(Bodies::new(times, stopped)), bodies::counted));
        Ok(Server { app, router, tls, socket: Some(socket), places, times, stopping })
    }

    /// Listens, once. Only inside the runtime.
    pub(crate) fn listen(&mut self) -> Result<Listening, Failed> {
        let failed = |error: std::io::Error| Failed::Usage(format!("cannot listen: {error}"));
        let gone = || std::io::Error::other("the port was given away already");
        let socket = self.socket.take().ok_or_else(gone).map_err(failed)?;
        let listener = TcpListener::from_std(socket).map_err(failed)?;
        Ok(Listening {
            address: listener.local_addr().map_err(failed)?,
            listener,
            tls: self.tls.clone(),
            router: self.router.clone(),
            places: self.places.clone(),
            times: self.times,
            stopping: self.stopping.clone(),
        })
    }
}

impl Listening {
    pub(crate) fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }

    /// Serves until `stop`, then finishes what is in flight.
    pub(crate) async fn until(self, stop: impl Future<Output = ()>) -> Result<(), Failed> {
        let Listening { listener, tls, router, places, times, stopping, .. } = self;
        listen::serve(listener, tls, router, places, times, stopping, stop).await;
        Ok(())
    }
}

/// The runtime that the faces run on.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(|error| Failed::Refused(format!("no runtime: {error}")))
}

/// How the store is opened under these settings.
pub(crate) fn open_options(settings: &Settings, create: bool) -> OpenOptions {
    let mib = |name| settings.number(name).saturating_mul(1 << 20);
    OpenOptions {
        create,
        page_cache_bytes: mib("store.cache_mib"),
        key_filter_bytes: mib("store.key_filter_mib"),
        ..OpenOptions::default()
    }
}

/// How the application runs under these settings.
pub(crate) fn app_options(
    settings: &Settings,
    options: &ServeOptions,
    given: GivenKeys,
    data: &Path,
    first_start: bool,
) -> Result<Options, Failed> {
    let defaults = EngineOptions::default();
    let engine = EngineOptions {
        clock: if settings.flag("sandbox") { Clock::Test } else { Clock::System },
        clock_max_gap: settings.span("clock.max_gap"),
        rules: Rules {
            pool_allow_negative: settings.flag("rules.pool_api_allow_negative"),
            pay_on_behalf_skips_customer_check: settings.flag("rules.pay_on_behalf_skips_customer_check"),
            site: if settings.text("deployment.site") == Some(Site::Cn.name()) { Site::Cn } else { Site::Intl },
            check: CheckRules {
                balance_checked_types: settings.types("rules.balance_checked_internal_types"),
                consistent_classes: settings.flag("rules.consistent_account_classes"),
                entity_admin_pays: settings.flag("rules.entity_admin_pays"),
                strict_exit: settings.flag("rules.strict_exit"),
            },
        },
        waiting_max: usize::try_from(settings.number("limits.waiting_operations")).unwrap_or(usize::MAX),
        snapshot_every: settings.number("store.snapshot_every"),
        tail_max: defaults.tail_max.max(settings.number("store.snapshot_every").saturating_mul(3)),
        ..defaults
    };
    Ok(Options {
        currency: settings.text("deployment.currency").unwrap_or("USD").to_owned(),
        zone: settings.text("deployment.zone").unwrap_or("+08:00").to_owned(),
        master_key: given.master_key.map_or_else(|| master_key(data, first_start), Ok)?,
        platform_key: given.platform_key,
        clock_ahead: options.clock_ahead,
        engine,
    })
}

/// The keys that the environment gives, read and checked before anything is opened or made.
pub(crate) struct GivenKeys {
    /// The first platform key. It counts at the first start only, and is held to the rule always.
    platform_key: Option<SecretText>,
    master_key: Option<MasterKey>,
}

impl GivenKeys {
    /// From `CREDERE_PLATFORM_KEY` and `CREDERE_MASTER_KEY`.
    pub(crate) fn read() -> Result<GivenKeys, Failed> {
        let wrong = |variable: &str, rule: String| Failed::Usage(format!("the variable {variable}: {rule}"));
        let platform_key = secret_variable("CREDERE_PLATFORM_KEY")?;
        if let Some(key) = &platform_key {
            check_platform_key(key.expose()).map_err(|rule| wrong("CREDERE_PLATFORM_KEY", rule))?;
        }
        let master_key = secret_variable("CREDERE_MASTER_KEY")?.map(|text| MasterKey::from_text(text.expose()));
        let master_key = master_key.transpose().map_err(|rule| wrong("CREDERE_MASTER_KEY", rule))?;
        Ok(GivenKeys { platform_key, master_key })
    }
}

/// The key that API secrets are sealed with where the environment gives none: from the file in the data folder, which is
/// made at the first start and never after it, readable by its owner only.
fn master_key(data: &Path, first_start: bool) -> Result<MasterKey, Failed> {
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
    let path = data.join("master.key");
    let failed = |error: std::io::Error| Failed::Store(format!("{}: {error}", path.display()));
    match std::fs::metadata(&path) {
        Ok(metadata) => {
            // Before it is read: what is refused must not have been in memory.
            if metadata.mode() & 0o077 != 0 {
                let message = format!("{} must be readable by its owner only (chmod 600)", path.display());
                return Err(Failed::Usage(message));
            }
            let name = path.display().to_string();
            let text = secret_in_file(std::fs::read(&path).map_err(failed)?, &name)?;
            MasterKey::from_text(text.expose()).map_err(|error| Failed::Usage(format!("{name}: {error}")))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !first_start => {
            let sealed = "this store's secrets are sealed with the master key that it had: put that file back, or set \
                          CREDERE_MASTER_KEY";
            Err(Failed::Usage(format!("{} is missing, and {sealed}", path.display())))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key = MasterKey::random().map_err(Failed::Refused)?;
            // It gets its name when it is complete: half a key would keep every later start out.
            let new = data.join("master.key.new");
            let open = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new);
            let mut file = open.map_err(failed)?;
            file.write_all(key.to_text().expose().as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
            std::fs::rename(&new, &path).map_err(failed)?;
            // The folder's entry must be as durable as the first secret that is sealed with the key.
            std::fs::File::open(data).and_then(|folder| folder.sync_all()).map_err(failed)?;
            Ok(key)
        }
        Err(error) => Err(failed(error)),
    }
}
