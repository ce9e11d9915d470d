//! Notices that arrive. What the core decided to tell is in the journal; from there it is queued in the outbox, once for
//! each receiver, and sent from there, at least once, with a number that stays the same. Both happen behind the commit on
//! threads of their own. The message center needs neither: it shows history.
//!
//! [`occurrence`] says what there is to tell, `routes` to whom, [`feed`] and `queueing` bring it into the outbox,
//! `dispatch` takes it out, `webhook` and [`mail`] send it, `webhooks` and `deliveries` are the doors.

pub mod address;
mod attempt;
mod deliveries;
mod dispatch;
mod feed;
mod mail;
mod occurrence;
mod queueing;
mod routes;
mod schedule;
mod webhook;
mod webhooks;

pub use address::{Reach, UrlFault, WebhookUrl};
pub use deliveries::{DeliveryView, NoticeDelivery};
pub(crate) use feed::Feed;
pub use mail::{DEFAULT_MAIL_RETRIES, EMAIL_MAX, EmailAddress, EmailFault, Language, MailOptions, MailSecurity};
pub use occurrence::{
    Message, MessageData, Occurrence, RESOURCE_KINDS, Subject, message_kinds, notice_id, occurrences, read_notice_id,
};
pub use schedule::Schedule;
pub use webhook::{DEFAULT_RETRIES, OLD_SECRET_SECONDS, WebhookOptions};
pub use webhooks::{AddedWebhook, NewWebhook, RotatedSecret, WebhookView};

use crate::failure::StartError;
use crate::start::App;
use dispatch::{Means, Wake};
use mail::MailServer;
use parking_lot::Mutex;
use queueing::{Look, Queueing, Seen};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Weak};
use std::thread::JoinHandle;
use thiserror::Error;
use tokio::sync::watch;
use webhook::Caller;

/// How notices are sent.
#[derive(Debug, Clone, Default)]
pub struct NoticeOptions {
    /// The mail server; without one nothing is sent by e-mail.
    pub mail: Option<MailOptions>,
    /// How webhooks are called.
    pub webhooks: WebhookOptions,
}

impl NoticeOptions {
    /// Looks whether notices can be sent with these options, before anything is begun.
    ///
    /// # Errors
    /// [`UnusableOption`], which names what is wrong.
    pub fn check(&self) -> Result<(), UnusableOption> {
        let mail = self.mail.as_ref().map_or(Ok(()), |mail| mail::check(mail).map(|_| ()));
        mail.and_then(|()| Caller::new(self.webhooks.clone()).map(|_| ()))
    }
}

/// An option with which notices cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{setting}`: {fault}")]
pub struct UnusableOption {
    /// The setting that it comes from.
    pub setting: &'static str,
    /// What is wrong with it.
    pub fault: String,
}

impl From<UnusableOption> for StartError {
    fn from(unusable: UnusableOption) -> StartError {
        StartError::Setting(unusable.to_string())
    }
}

/// What has been sent, for the metrics page. Counts are since the start.
#[derive(Debug, Default)]
struct Figures {
    queued_seq: AtomicU64,
    waiting: AtomicI64,
    in_flight: AtomicU64,
    attempts: AtomicU64,
    delivered: AtomicU64,
    failed: AtomicU64,
    skipped: AtomicU64,
}

/// Figures for the metrics page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NoticeGauges {
    /// Journal position up to which deliveries are queued.
    pub queued_seq: u64,
    /// Deliveries that wait, for their first attempt or another.
    pub waiting: u64,
    /// Attempts that are under way.
    pub in_flight: u64,
    /// Attempts since the start.
    pub attempts: u64,
    /// Deliveries that arrived since the start.
    pub delivered: u64,
    /// Deliveries that were given up since the start.
    pub failed: u64,
    /// Deliveries that had nobody to go to since the start.
    pub skipped: u64,
}

/// The threads that queue and send. Dropping it without [`Notices::close`] is like a crash: what was not sent yet, or not
/// written down as sent, is sent by the next start.
pub(crate) struct Notices {
    feed: Arc<Feed>,
    wake: Arc<Wake>,
    figures: Arc<Figures>,
    reach: Reach,
    stop: watch::Sender<bool>,
    queueing: Mutex<Option<JoinHandle<()>>>,
    sending: Mutex<Option<JoinHandle<()>>>,
}

impl App {
    /// Begins to queue and send notices, from where the outbox stands; what happened while nobody did is caught up with.
    /// At most once; a second call changes nothing.
    ///
    /// # Errors
    /// [`StartError`] when an option cannot be used, the store cannot be read, or there are no threads to be had.
    pub fn deliver_notices(self: &Arc<Self>, options: NoticeOptions) -> Result<(), StartError> {
        if self.notices.get().is_some() {
            return Ok(());
        }
        let reach = options.webhooks.reach;
        let figures = Arc::new(Figures::default());
        let waiting = i64::try_from(self.store.waiting_deliveries()?).unwrap_or(i64::MAX);
        figures.waiting.store(waiting, Relaxed);
        figures.queued_seq.store(self.store.outbox_seq()?, Relaxed);
        let (feed, wake) = (self.engine.feed(), Arc::new(Wake::default()));
        let queueing = Queueing {
            clock: self.engine.clock(),
            store: self.store.clone(),
            look: look(Arc::downgrade(self)),
            wake: wake.clone(),
            figures: figures.clone(),
            mail: options.mail.is_some(),
        };
        let (stop, stopped) = watch::channel(false);
        let (master_key, currency) = (self.master_key.clone(), self.currency().to_owned());
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
        let store = self.store.clone();
        let means =
            Means { clock: self.engine.clock(), store, master_key, caller, mail, currency, figures: figures.clone() };
        feed.follow();
        let notices = Notices {
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
        };
        // Where two threads call at once, the one that comes second stops what it has begun.
        drop(self.notices.set(notices));
        Ok(())
    }

    /// Figures about notices, for the metrics page; all zero where none are sent.
    pub fn notice_gauges(&self) -> NoticeGauges {
        let Some(Notices { figures, .. }) = self.notices.get() else { return NoticeGauges::default() };
        NoticeGauges {
            queued_seq: figures.queued_seq.load(Relaxed),
            waiting: u64::try_from(figures.waiting.load(Relaxed)).unwrap_or(0),
            in_flight: figures.in_flight.load(Relaxed),
            attempts: figures.attempts.load(Relaxed),
            delivered: figures.delivered.load(Relaxed),
            failed: figures.failed.load(Relaxed),
            skipped: figures.skipped.load(Relaxed),
        }
    }
}

impl Notices {
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

/// What the book knows about an occurrence besides.
fn look(app: Weak<App>) -> Look {
    Box::new(move |occurrence| {
        let app = app.upgrade()?;
        let (managing, product) = app.engine.peek(|book| match &occurrence.subject {
            Subject::Notice { .. } => (None, String::new()),
            Subject::Resource { resource, .. } => {
                let product = book.product_numbered(resource.product);
                let managing = book.customer(resource.account).map(|customer| customer.partner);
                (managing, product.map(|product| product.code.to_string()).unwrap_or_default())
            }
        });
        let message = Message::of(occurrence, &product, |at| app.rfc3339(at));
        // A message of texts and numbers always has a JSON form.
        Some(Seen { managing, message: serde_json::to_string(&message).unwrap_or_default() })
    })
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, StartError> {
    let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work);
    thread.map_err(|error| StartError::Setting(format!("no thread for `{name}`: {error}")))
}
