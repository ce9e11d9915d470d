//! Deliveries to webhooks as they are shown.

use credere_core::channel::{Uin, WebhookId};
use credere_core::ledger::Moment;
use credere_store::contract::NoticeKey;
use credere_store::outbox::{AttemptRow, DeliveryRow};

pub use credere_store::outbox::DeliveryState;

/// A delivery to a webhook with its attempts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryView {
    /// What is told.
    pub notice: NoticeKey,
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

/// One attempt at a delivery, by the machine's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptView {
    /// Which attempt, from 1.
    pub number: u32,
    /// When it began.
    pub at: Moment,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// The receiver's status code, where it answered.
    pub status: Option<u16>,
    /// What went wrong, where something did.
    pub error: Option<String>,
    /// The beginning of the answer's body, at most 1 KiB.
    pub answer: Option<String>,
}

impl DeliveryView {
    /// A delivery as the outbox has it.
    pub(super) fn of_row(row: DeliveryRow, attempts: Vec<AttemptRow>) -> DeliveryView {
        let attempt = |AttemptRow { number, at, took_ms, status, error, answer }| AttemptView {
            number,
            at,
            took_ms,
            status,
            error,
            answer,
        };
        DeliveryView {
            notice: row.key.notice,
            webhook: WebhookId(row.key.lane.target),
            kind: row.kind,
            recipient: row.recipient,
            state: row.state,
            reason: row.reason,
            attempts: row.attempts,
            at: row.at,
            changed_at: row.changed_at,
            log: attempts.into_iter().map(attempt).collect(),
            message: row.message,
        }
    }
}
