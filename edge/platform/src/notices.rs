//! The message center: what was told to whom about whose credit, and how it arrived. What is sent to webhooks about
//! resources is not here; a webhook's own log has it.

use crate::call::{Answer, Call, shown};
use crate::page::{List, Page, list_query};
use crate::problem::Problem;
use crate::query::Query;
use crate::state::Platform;
use crate::wire::{AccountNumber, Money, quoted};
use credere_app::notices::{NoticeDelivery, NoticeFilter, NoticeKey, NoticeView};
use credere_core::channel::NoticeKind;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const TAG: &str = "Notices";

/// Cursors hold where a notice is, packed.
const LIST: List = List(b'n');

/// Bits of a packed number that are the place.
const PLACE_BITS: u32 = 12;

pub(crate) fn routes() -> OpenApiRouter<Platform> {
    OpenApiRouter::new().routes(routes!(list_notices))
}

/// Where a notice is, as one number, in the same order.
// INVARIANT: one record tells two recipients of at most five things each, so that a place needs far fewer bits.
pub(crate) fn packed(key: NoticeKey) -> u64 {
    (key.seq << PLACE_BITS) | u64::from(key.place)
}

/// What [`packed`] packed.
pub(crate) fn unpacked(number: u64) -> NoticeKey {
    let place = number & ((1 << PLACE_BITS) - 1);
    NoticeKey { seq: number >> PLACE_BITS, place: u32::try_from(place).unwrap_or(u32::MAX) }
}

list_query! {
    /// Which notices.
    pub(crate) struct NoticesQuery {
        /// Told to this account.
        #[param(inline)]
        recipient_uin: Option<AccountNumber>,
        /// About this customer.
        #[param(inline)]
        customer_uin: Option<AccountNumber>,
        /// Of this kind, such as `credit_below_25`.
        #[param(value_type = Option<crate::described::NoticeKindText>, inline)]
        kind: Option<String>,
    }
}

/// One notice to one recipient.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Notice, example = json!({
    "id": "ntc_42_0", "kind": "credit_below_25", "recipient_uin": 100_000_000_001_u64,
    "customer_uin": 100_000_000_777_u64, "level": 25, "available": "200.00", "total": "1000.00", "order_id": null,
    "created_at": "2026-01-31T08:00:00+08:00",
    "deliveries": [{ "channel": "message_center", "webhook_id": null, "state": "delivered", "attempts": 1,
        "reason": null }]
}))]
pub(crate) struct NoticeBody {
    /// Also the number of the message that a webhook is sent.
    id: String,
    /// `credit_below_25`, `credit_below_10`, `credit_below_0`, `credit_below_custom`, `suspended`, `resumed`, and to whoever pays
    /// on behalf of others `order_to_be_paid` and `payment_requested`.
    kind: &'static str,
    /// Who was told.
    recipient_uin: AccountNumber,
    /// Whose credit it is about, or whose order.
    customer_uin: AccountNumber,
    /// The level in percent of the total, for `credit_below_...`.
    level: Option<u8>,
    /// The customer's available credit at that moment, or the payer's where that is what counts.
    available: Money,
    /// Its total at that moment.
    total: Money,
    /// The order that waits, for `order_to_be_paid` and `payment_requested`.
    order_id: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    /// One for each channel that the recipient had then, and for `webhook` one for each webhook.
    deliveries: Vec<DeliveryBody>,
}

/// How a notice went out on one channel.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NoticeDelivery)]
struct DeliveryBody {
    /// `message_center`, `email` or `webhook`.
    channel: &'static str,
    /// Which webhook, for that channel.
    webhook_id: Option<String>,
    /// `waiting`, `delivered`, `failed` or `skipped`.
    state: &'static str,
    /// Attempts so far.
    attempts: u32,
    /// Why it failed or was skipped.
    reason: Option<String>,
}

impl From<NoticeDelivery> for DeliveryBody {
    fn from(delivery: NoticeDelivery) -> DeliveryBody {
        DeliveryBody {
            channel: delivery.channel,
            webhook_id: delivery.webhook.map(|id| id.to_string()),
            state: delivery.state,
            attempts: delivery.attempts,
            reason: delivery.reason,
        }
    }
}

/// Lists notices.
///
/// Newest first: warnings at 25, 10 and 0 percent and at own levels, once per level, recipient, customer and day
/// (R96-R102), suspension and resumption (R103-R104); and what whoever pays on behalf of others is told of orders that wait for it
/// (O74, O83).
#[utoipa::path(
    get,
    path = "/v1/notices",
    tag = TAG,
    params(NoticesQuery),
    responses((status = 200, description = "A page of notices", body = Page<NoticeBody>))
)]
pub(crate) async fn list_notices(call: Call, Query(query): Query<NoticesQuery>) -> Answer {
    let wanted = LIST.wanted(query.limit.as_deref(), query.cursor.as_deref())?;
    let kind = |name: String| {
        let detail = || format!("there is no kind of notice {}", quoted(&name));
        NoticeKind::from_name(&name).ok_or_else(|| Problem::invalid("kind", detail()))
    };
    let filter = NoticeFilter {
        recipient: query.recipient_uin.map(|number| number.0),
        customer: query.customer_uin.map(|number| number.0),
        kind: query.kind.map(kind).transpose()?,
    };
    let before = wanted.from.map(unpacked);
    let found = call.app().notices(call.caller, filter, before, wanted.limit + 1).await?;
    let view = |notice: NoticeView| NoticeBody {
        id: notice.id.to_string(),
        kind: notice.kind.name(),
        recipient_uin: AccountNumber(notice.recipient),
        customer_uin: AccountNumber(notice.customer),
        level: notice.level,
        available: Money(notice.available),
        total: Money(notice.total),
        order_id: notice.order.map(|order| order.to_string()),
        created_at: call.time(notice.at),
        deliveries: notice.deliveries.into_iter().map(DeliveryBody::from).collect(),
    };
    shown(&LIST.page(wanted, found, |notice| packed(notice.id.key()), view))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packed_number_unpacks_and_keeps_its_order() {
        let key = |seq, place| NoticeKey { seq, place };
        for one in [key(0, 0), key(42, 9), key((1 << 52) - 1, 4095)] {
            assert_eq!(unpacked(packed(one)), one);
        }
        assert!(packed(key(7, 4095)) < packed(key(8, 0)));
    }
}
