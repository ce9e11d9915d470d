//! What a store must do for the outbox: deliveries that were queued from the journal, each with what came of it. Unlike
//! history it cannot be made again from the journal, because what was sent stays sent; so it has a position of its own,
//! it is part of a backup, and telling history anew leaves it alone. The store knows lanes, positions and moments; what
//! is sent, how and how often is decided above it.

use crate::contract::{NoticeKey, StoreError};
use credere_core::channel::Uin;
use credere_core::ledger::Moment;

/// Attempts that are remembered of one delivery; older ones are dropped.
pub const ATTEMPTS_KEPT: u32 = 20;

/// How something is sent. (What is shown in the message center needs no sending.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// By e-mail.
    Email,
    /// To a webhook.
    Webhook,
}

impl Channel {
    /// The name used by the platform API and in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Channel::Email => "email",
            Channel::Webhook => "webhook",
        }
    }

    /// The channel with this name.
    pub fn from_name(name: &str) -> Option<Channel> {
        [Channel::Email, Channel::Webhook].into_iter().find(|channel| channel.name() == name)
    }
}

/// One receiver: deliveries of one lane wait for each other, those of different lanes never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lane {
    /// On which channel it is reached.
    pub channel: Channel,
    /// The webhook's number; 0 for e-mail, which all goes to one mail server.
    pub target: u64,
}

impl Lane {
    /// The mail server.
    pub const EMAIL: Lane = Lane { channel: Channel::Email, target: 0 };

    /// A webhook's.
    pub const fn webhook(target: u64) -> Lane {
        Lane { channel: Channel::Webhook, target }
    }
}

/// A delivery's name: exactly one for each occurrence and receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeliveryKey {
    /// The receiver that it goes to.
    pub lane: Lane,
    /// What: the place in the journal of the occurrence that is told.
    pub notice: NoticeKey,
}

/// How far a delivery has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeliveryState {
    /// To be tried at this moment of the machine's clock, or soon after.
    Waiting(Moment),
    /// The receiver has taken it.
    Delivered,
    /// Given up after the last attempt, or refused for good.
    Failed,
    /// Never tried, because there is nobody to send it to: no address, no server, a receiver that is switched off.
    Skipped,
}

impl DeliveryState {
    /// The name used by the platform API and in the store.
    pub const fn name(&self) -> &'static str {
        match self {
            DeliveryState::Waiting(_) => "waiting",
            DeliveryState::Delivered => "delivered",
            DeliveryState::Failed => "failed",
            DeliveryState::Skipped => "skipped",
        }
    }
}

/// A delivery as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// Its name.
    pub key: DeliveryKey,
    /// The account that is told; none where the platform's own webhook gets a resource's event.
    pub recipient: Option<Uin>,
    /// What kind of occurrence: `credit_below_25`, `resource.suspended`, ...
    pub kind: String,
    /// What is told, as a JSON object; no name and no address is in it.
    pub message: String,
    /// Business time of the occurrence.
    pub at: Moment,
    /// How far it has come.
    pub state: DeliveryState,
    /// Why, where it failed or was skipped.
    pub reason: Option<String>,
    /// Attempts so far.
    pub attempts: u32,
    /// The place in the schedule of retries.
    pub retries: u32,
    /// When it last changed, by the machine's clock.
    pub changed_at: Moment,
}

/// One attempt to deliver, by the machine's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptRow {
    /// Which attempt, from 1.
    pub number: u32,
    /// When it began.
    pub at: Moment,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// The receiver's status code, where it answered: of HTTP or SMTP.
    pub status: Option<u16>,
    /// What went wrong, where something did.
    pub error: Option<String>,
    /// The beginning of the answer's body, at most 1 KiB.
    pub answer: Option<String>,
}

/// Deliveries, durable before a call returns.
pub trait Outbox {
    /// The journal position up to which deliveries have been queued. An outbox that is made beside a journal begins at
    /// that journal's end: what happened before is not told.
    ///
    /// # Errors
    /// [`StoreError`]
    fn outbox_seq(&self) -> Result<u64, StoreError>;

    /// Queues the deliveries of all events up to `upto_seq` in one transaction, and moves the position there. Those at or
    /// before the position are there already (or were not wanted when it passed them) and are left out, so that telling
    /// a stretch of the journal again queues nothing twice.
    ///
    /// # Errors
    /// [`StoreError`]; nothing is queued then.
    fn queue_deliveries(&self, upto_seq: u64, rows: Vec<DeliveryRow>) -> Result<(), StoreError>;

    /// Every lane in which something waits, with the moment at which the first of it is due.
    ///
    /// # Errors
    /// [`StoreError`]
    fn waiting_lanes(&self) -> Result<Vec<(Lane, Moment)>, StoreError>;

    /// What waits in a lane and is due at `now`, the longest due first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn due_deliveries(&self, lane: Lane, now: Moment, limit: usize) -> Result<Vec<DeliveryRow>, StoreError>;

    /// When the first of what waits in a lane is due.
    ///
    /// # Errors
    /// [`StoreError`]
    fn next_due(&self, lane: Lane) -> Result<Option<Moment>, StoreError>;

    /// Writes a delivery as it stands now, and the attempt that brought it there, where there was one. Only the newest
    /// [`ATTEMPTS_KEPT`] attempts are kept. Does nothing when the delivery is not there any more.
    ///
    /// # Errors
    /// [`StoreError`]; nothing has changed then.
    fn settle_delivery(&self, row: &DeliveryRow, attempt: Option<&AttemptRow>) -> Result<(), StoreError>;

    /// One delivery.
    ///
    /// # Errors
    /// [`StoreError`]
    fn delivery(&self, key: &DeliveryKey) -> Result<Option<DeliveryRow>, StoreError>;

    /// A lane's deliveries, newest occurrence first, before this one, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn deliveries(&self, lane: Lane, before: Option<NoticeKey>, limit: usize) -> Result<Vec<DeliveryRow>, StoreError>;

    /// All deliveries of these occurrences, in the order of occurrence and lane.
    ///
    /// # Errors
    /// [`StoreError`]
    fn deliveries_of(&self, notices: &[NoticeKey]) -> Result<Vec<DeliveryRow>, StoreError>;

    /// The remembered attempts of a delivery, oldest first.
    ///
    /// # Errors
    /// [`StoreError`]
    fn attempts(&self, key: &DeliveryKey) -> Result<Vec<AttemptRow>, StoreError>;

    /// Ends everything that waits in a lane, for this reason.
    ///
    /// # Errors
    /// [`StoreError`]; nothing has changed then.
    fn end_lane(&self, lane: Lane, state: &DeliveryState, reason: &str, now: Moment) -> Result<(), StoreError>;

    /// Switches a lane off at this moment, or on again.
    ///
    /// # Errors
    /// [`StoreError`]
    fn switch_lane(&self, lane: Lane, off_since: Option<Moment>) -> Result<(), StoreError>;

    /// The lanes that are switched off, and since when.
    ///
    /// # Errors
    /// [`StoreError`]
    fn lanes_off(&self) -> Result<Vec<(Lane, Moment)>, StoreError>;

    /// Forgets deliveries that wait no more and last changed before this moment, at most `limit` of them; answers how
    /// many they were.
    ///
    /// # Errors
    /// [`StoreError`]
    fn forget_deliveries(&self, before: Moment, limit: usize) -> Result<usize, StoreError>;

    /// How many deliveries wait.
    ///
    /// # Errors
    /// [`StoreError`]
    fn waiting_deliveries(&self) -> Result<u64, StoreError>;

    /// Reads every delivery and every attempt once; answers how many deliveries there are. What was sent stands nowhere
    /// else, so that each is as it was written is all that can be shown.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] at the first one that is not.
    fn check_deliveries(&self) -> Result<u64, StoreError>;
}
