//! `GET /v1/webhooks/{id}/deliveries` and `POST /v1/webhooks/{id}/deliveries/{delivery_id}/redeliver`

use super::{TAG, id_in_path};
use crate::body::{Json, NothingBody};
use crate::call::{Answer, At, Call, shown, told_again};
use crate::notices::{packed, unpacked};
use crate::page::{List, Page, PageQuery};
use crate::problem::Problem;
use crate::query::Query;
use crate::wire::AccountNumber;
use credere_app::notices::{AttemptView, DeliveryState, DeliveryView, NoticeId};
use credere_app::{Failure, Fault, KeptUse, StoreError};
use credere_core::access::Action;
use credere_core::channel::WebhookId;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// Cursors hold the number of what was told, packed.
const LIST: List = List(b'l');

/// One message to a webhook, and how it went. Times of attempts are the machine's, `created_at` is business time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Delivery, example = json!({
    "id": "ntc_42_0", "webhook_id": "whk_7", "kind": "suspended", "recipient_uin": 100_000_000_777_u64,
    "state": "delivered", "reason": null, "attempts": 1, "next_attempt_at": null,
    "created_at": "2026-01-31T08:00:00+08:00", "updated_at": "2026-01-31T08:00:01+08:00",
    "log": [{ "number": 1, "at": "2026-01-31T08:00:01+08:00", "took_ms": 35, "status": 204, "error": null,
        "answer": null }],
    "message": { "type": "suspended", "timestamp": "2026-01-31T08:00:00+08:00", "data": { "id": "ntc_42_0",
        "recipient_uin": 100_000_000_777_u64, "customer_uin": 100_000_000_777_u64, "level": null,
        "available": "-0.01", "total": "1000.00" } }
}))]
pub(crate) struct DeliveryBody {
    /// The message's number, as in its header `webhook-id`.
    id: String,
    webhook_id: String,
    kind: String,
    /// The account that is told; `null` where the platform's own webhook is told of a resource.
    recipient_uin: Option<AccountNumber>,
    /// `waiting`, `delivered`, `failed` or `skipped`.
    state: &'static str,
    /// Why it failed or was skipped.
    reason: Option<String>,
    /// Attempts so far.
    attempts: u32,
    /// While it waits: when it is tried next.
    #[schema(format = DateTime)]
    next_attempt_at: Option<String>,
    /// When it happened.
    #[schema(format = DateTime)]
    created_at: String,
    /// When the delivery last changed.
    #[schema(format = DateTime)]
    updated_at: String,
    /// The newest attempts, oldest first.
    log: Vec<AttemptBody>,
    /// The body that is sent.
    #[schema(value_type = Object)]
    message: Option<Box<RawValue>>,
}

/// One attempt to deliver.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeliveryAttempt)]
struct AttemptBody {
    /// From 1.
    number: u32,
    #[schema(format = DateTime)]
    at: String,
    /// How long it took, in milliseconds.
    took_ms: u64,
    /// What the receiver answered with, where it did.
    status: Option<u16>,
    /// What went wrong, where something did.
    error: Option<String>,
    /// The beginning of the answer's body, at most 1 KiB.
    answer: Option<String>,
}

impl DeliveryBody {
    fn new(call: &Call, view: DeliveryView) -> DeliveryBody {
        let attempt = |attempt: AttemptView| AttemptBody {
            number: attempt.number,
            at: call.time(attempt.at),
            took_ms: attempt.took_ms,
            status: attempt.status,
            error: attempt.error,
            answer: attempt.answer,
        };
        DeliveryBody {
            id: view.notice.to_string(),
            webhook_id: view.webhook.to_string(),
            kind: view.kind,
            recipient_uin: view.recipient.map(AccountNumber),
            state: view.state.name(),
            reason: view.reason,
            attempts: view.attempts,
            next_attempt_at: match view.state {
                DeliveryState::Waiting(at) => Some(call.time(at)),
                DeliveryState::Delivered | DeliveryState::Failed | DeliveryState::Skipped => None,
            },
            created_at: call.time(view.at),
            updated_at: call.time(view.changed_at),
            log: view.log.into_iter().map(attempt).collect(),
            message: RawValue::from_string(view.message).ok(),
        }
    }
}

/// Lists what was sent to a webhook.
///
/// What happened last comes first.
#[utoipa::path(
    get,
    path = "/v1/webhooks/{id}/deliveries",
    tag = TAG,
    params(("id" = String, Path, description = "The webhook's id"), PageQuery),
    responses(
        (status = 200, description = "A page of deliveries", body = Page<DeliveryBody>),
        (status = 404, description = "`webhook_not_found`"),
    )
)]
pub(crate) async fn list_deliveries(call: Call, At(id): At<String>, Query(query): Query<PageQuery>) -> Answer {
    let id = id_in_path(&id)?;
    let wanted = LIST.wanted(query.limit.as_deref(), query.cursor.as_deref())?;
    let before = wanted.from.map(unpacked);
    let found = call.app().webhook_deliveries(call.caller, id, before, wanted.limit + 1).await?;
    let view = |view: DeliveryView| DeliveryBody::new(&call, view);
    shown(&LIST.page(wanted, found, |view| packed(view.notice.key()), view))
}

/// Sends a message again.
///
/// At once, whatever came of it before, with the whole schedule of retries before it; a webhook that was switched off is
/// switched on. The answer is the delivery, waiting. The message keeps its number, so that a receiver can tell that it
/// has had it. A request that is repeated under its idempotency key sends nothing more once there was an attempt; where
/// the server stopped in between, the message may arrive twice rather than never.
#[utoipa::path(
    post,
    path = "/v1/webhooks/{id}/deliveries/{delivery_id}/redeliver",
    tag = TAG,
    params(
        ("id" = String, Path, description = "The webhook's id"),
        ("delivery_id" = String, Path, description = "The delivery's id")
    ),
    request_body(content = NothingBody, description = "Nothing, or an empty object"),
    responses(
        (status = 200, description = "The delivery as it is now", body = DeliveryBody),
        (status = 404, description = "`webhook_not_found`, `delivery_not_found`"),
        (status = 409, description = "`webhook_removed`"),
    )
)]
pub(crate) async fn redeliver(
    At((id, delivery_id)): At<(String, String)>,
    Json { call, bytes, .. }: Json<NothingBody>,
) -> Answer {
    let (claim, id) = call.claim_of(&bytes, id_in_path(&id)).await?;
    let (app, notice) = (call.app(), delivery_id.parse().ok());
    // Whoever may add a webhook may have it called.
    let used = app.kept_use(call.caller, claim.key, (Action::AddWebhook, None)).await?;
    if let KeptUse::Answered(body) = used {
        send_if_left(&call, id, notice, &body).await?;
        return Ok(told_again(body));
    }
    let planned = match app.redelivery(call.caller, id, notice).await {
        Ok(view) => view,
        Err(failure) => return Err(call.refuse_kept(&claim, failure, &[]).await),
    };
    let recipient = planned.recipient;
    if used == KeptUse::Unanswered {
        // What was answered was erased with an account's data: the delivery is shown as it stands.
        let there = app.webhook_delivery(call.caller, id, notice).await?;
        return call
            .answer_shown(&claim, recipient, &DeliveryBody::new(&call, there), true)
            .await
            .map_err(Problem::after_change);
    }
    // The answer is kept first, so that whoever repeats the request is told the same; what is not sent after that is sent
    // when it is repeated.
    let answer = call.answer_shown(&claim, recipient, &DeliveryBody::new(&call, planned), false).await?;
    app.redeliver(call.caller, id, notice).await.map_err(Problem::after_change)?;
    Ok(answer)
}

/// Sends what a first answer says is sent, where nothing has been sent since it was kept: the server may have stopped in
/// between. What is about to be sent is only set to be sent at once; where an attempt cannot be written down, it arrives
/// twice rather than never. What is not there any more is not sent.
async fn send_if_left(call: &Call, id: WebhookId, notice: Option<NoticeId>, kept: &[u8]) -> Result<(), Problem> {
    /// What matters of a [`DeliveryBody`].
    #[derive(Deserialize)]
    struct KeptDelivery {
        attempts: u32,
    }
    let read = |error| {
        Failure::Store(StoreError::corrupt(Fault::new(format!("a kept answer is no delivery: {error}"), error)))
    };
    let kept: KeptDelivery = serde_json::from_slice(kept).map_err(read)?;
    match call.app().webhook_delivery(call.caller, id, notice).await {
        Ok(there) if there.attempts == kept.attempts => {}
        Ok(_) | Err(Failure::Refused { .. }) => return Ok(()),
        Err(failure) => return Err(Problem::after_change(failure)),
    }
    match call.app().redeliver(call.caller, id, notice).await {
        Ok(_) | Err(Failure::Refused { .. }) => Ok(()),
        Err(failure) => Err(Problem::after_change(failure)),
    }
}
