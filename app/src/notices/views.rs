//! Notices as the message center shows them, and deliveries to webhooks.

use super::occurrence::NoticeId;
use credere_core::channel::{NoticeKind, OrderId, Uin, WebhookId};
use credere_core::ledger::Moment;
use credere_core::money::Amount;
use credere_store::contract::{NoticeRow, ShardId, StoreError};
use credere_store::outbox::{DeliveryKey, DeliveryRow, Lane};

pub use credere_store::outbox::DeliveryState;

/// One attempt at a delivery, as the outbox has it.
pub use credere_store::outbox::AttemptRow as AttemptView;

/// One notice to one recipient, and how it went out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeView {
    /// Its number.
    pub id: NoticeId,
    /// Who was told.
    pub recipient: Uin,
    /// The customer that it is about.
    pub customer: Uin,
    /// What was told.
    pub kind: NoticeKind,
    /// The level in percent, for warnings.
    pub level: Option<u8>,
    /// The customer's available credit at that moment.
    pub available: Amount,
    /// Its total at that moment.
    pub total: Amount,
    /// The order that it is about, where it is about one.
    pub order: Option<OrderId>,
    /// When it was told.
    pub at: Moment,
    /// One for each channel that the recipient had then, and one for each webhook. The message center has a notice from the
    /// moment on at which it was decided.
    pub deliveries: Vec<NoticeDelivery>,
}

/// How a notice went out on one channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeDelivery {
    /// `message_center`, `email`, `webhook`.
    pub channel: &'static str,
    /// The webhook, for that channel.
    pub webhook: Option<WebhookId>,
    /// `waiting`, `delivered`, `failed`, `skipped`.
    pub state: &'static str,
    /// Attempts so far.
    pub attempts: u32,
    /// Why it failed or was skipped.
    pub reason: Option<String>,
}

/// A delivery to a webhook with its attempts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryView {
    /// What is told.
    pub notice: NoticeId,
    /// To which webhook.
    pub webhook: WebhookId,
    /// What kind of occurrence: `credit_below_25`, `resource.suspended`, ...
    pub kind: String,
    /// The account that is told; `None` where the platform's own webhook is told of a resource.
    pub recipient: Option<Uin>,
    /// How far it has come.
    pub state: DeliveryState,
    /// Why, where it failed or was skipped.
    pub reason: Option<String>,
    /// Attempts so far.
    pub attempts: u32,
    /// Business time of the occurrence.
    pub at: Moment,
    /// When it last changed, by the machine's clock.
    pub changed_at: Moment,
    /// The newest attempts, oldest first.
    pub log: Vec<AttemptView>,
    /// The body that is sent, a JSON object.
    pub message: String,
}

impl NoticeView {
    /// A notice as history has it, with what the outbox has of it.
    ///
    /// # Errors
    /// [`StoreError`] when the row is damaged.
    pub(super) fn of_row(shard: ShardId, row: NoticeRow, sent: Vec<DeliveryRow>) -> Result<NoticeView, StoreError> {
        let NoticeRow { key, recipient, customer, kind, level, available, total, channels, order, at } = row;
        let center = channels.message_center.then(|| NoticeDelivery {
            channel: "message_center",
            webhook: None,
            state: DeliveryState::Delivered.name(),
            attempts: 1,
            reason: None,
        });
        // It is queued in a moment.
        let unqueued = channels.email && !sent.iter().any(|row| row.key.lane == Lane::EMAIL);
        let email = unqueued.then_some(NoticeDelivery {
            channel: "email",
            webhook: None,
            state: "waiting",
            attempts: 0,
            reason: None,
        });
        let shown = |DeliveryRow { key: DeliveryKey { lane, .. }, state, attempts, reason, .. }| NoticeDelivery {
            channel: lane.channel.name(),
            webhook: (lane != Lane::EMAIL).then_some(WebhookId(lane.target)),
            state: state.name(),
            attempts,
            reason,
        };
        let deliveries = center.into_iter().chain(email).chain(sent.into_iter().map(shown)).collect();
        let id = NoticeId::of(shard, key)?;
        Ok(NoticeView { id, recipient, customer, kind, level, available, total, order, at, deliveries })
    }
}

impl DeliveryView {
    /// A delivery as the outbox has it.
    ///
    /// # Errors
    /// [`StoreError`] when the row is damaged.
    pub(super) fn of_row(shard: ShardId, row: DeliveryRow, log: Vec<AttemptView>) -> Result<DeliveryView, StoreError> {
        Ok(DeliveryView {
            notice: NoticeId::of(shard, row.key.notice)?,
            webhook: WebhookId(row.key.lane.target),
            kind: row.kind,
            recipient: row.recipient,
            state: row.state,
            reason: row.reason,
            attempts: row.attempts,
            at: row.at,
            changed_at: row.changed_at,
            log,
            message: row.message,
        })
    }
}
