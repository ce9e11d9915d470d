//! The threads that queue and send notices: begun, counted, ended.

use super::address::Reach;
use super::dispatch::{self, DispatchContext, Wake};
use super::feed::Feed;
use super::figures::{Figures, NoticeGauges};
use super::mail::MailServer;
use super::options::NoticeOptions;
use super::queueing::{Look, Queueing};
use super::webhook::Caller;
use crate::clock::BusinessClock;
use crate::failure::StartError;
use crate::secrets::MasterKey;
use credere_store::contract::{DeploymentStore, ShardStore};
use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::thread::JoinHandle;
use tokio::sync::watch;

/// The threads that queue and send. Dropping it without [`Notices::close`] is like a crash: what was not sent yet, or not
/// written down as sent, is sent by the next start.
pub(crate) struct Notices {
    feed: Arc<Feed>,
    pub(super) wake: Arc<Wake>,
    pub(super) figures: Arc<Figures>,
    pub(super) reach: Reach,
    stop: watch::Sender<bool>,
    queueing: Mutex<Option<JoinHandle<()>>>,
    sending: Mutex<Option<JoinHandle<()>>>,
}

/// What they need of the application.
pub(super) struct Needs {
    pub(super) clock: BusinessClock,
    pub(super) store: Arc<dyn ShardStore>,
    pub(super) deployment: Arc<dyn DeploymentStore>,
    pub(super) feed: Arc<Feed>,
    pub(super) look: Look,
    pub(super) master_key: MasterKey,
    pub(super) currency: String,
}

impl Notices {
    /// Begins, from where the outbox stands.
    ///
    /// # Errors
    /// [`StartError`] when an option cannot be used, the store cannot be read, or there are no threads to be had.
    pub(super) fn start(needs: Needs, options: NoticeOptions) -> Result<Notices, StartError> {
        let Needs { clock, store, deployment, feed, look, master_key, currency } = needs;
        let reach = options.webhooks.reach;
        let (figures, wake) = (Arc::new(Figures::default()), Arc::new(Wake::default()));
        let waiting = i64::try_from(store.waiting_deliveries()?).unwrap_or(i64::MAX);
        figures.waiting.store(waiting, Relaxed);
        figures.queued_seq.store(store.outbox_seq()?, Relaxed);
        let queueing = Queueing {
            clock: clock.clone(),
            store: store.clone(),
            deployment: deployment.clone(),
            look,
            wake: wake.clone(),
            figures: figures.clone(),
            mail: options.mail.is_some(),
        };
        let (stop, stopped) = watch::channel(false);
        // The mail server's pool of connections belongs to the runtime that it is made on.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(2 * dispatch::IN_FLIGHT_MAX)
            .build()
            .map_err(|error| StartError::Setting(format!("no runtime for notices: {error}")))?;
        let mail = {
            let _inside = runtime.enter();
            options.mail.map(MailServer::new).transpose()?
        };
        let caller = Caller::new(options.webhooks)?;
        let means =
            DispatchContext { clock, store, deployment, master_key, caller, mail, currency, figures: figures.clone() };
        feed.follow();
        Ok(Notices {
            queueing: Mutex::new(Some(spawn("outbox", {
                let feed = feed.clone();
                move || queueing.run(&feed)
            })?)),
            sending: Mutex::new(Some(spawn("notices", {
                let wake = wake.clone();
                move || {
                    runtime.block_on(dispatch::run(Arc::new(means), wake, stopped));
                    // A name that is still being looked up must not hold up the end.
                    runtime.shutdown_background();
                }
            })?)),
            feed,
            wake,
            figures,
            reach,
            stop,
        })
    }

    /// Figures for the metrics page.
    pub(super) fn gauges(&self) -> NoticeGauges {
        self.figures.gauges()
    }

    /// Queues what the engine has told, and stops sending. To be called once the engine tells nothing any more.
    pub(crate) fn close(&self) {
        self.feed.stop();
        self.join(&self.queueing);
        self.stop.send_replace(true);
        self.join(&self.sending);
    }

    fn join(&self, thread: &Mutex<Option<JoinHandle<()>>>) {
        if let Some(thread) = thread.lock().take()
            && thread.join().is_err()
        {
            tracing::error!("a thread of the notices ended in a panic");
        }
    }
}

impl Drop for Notices {
    fn drop(&mut self) {
        self.feed.stop();
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StartError> {
    let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work);
    thread.map_err(|error| StartError::Setting(format!("no thread for `{name}`: {error}")))
}
