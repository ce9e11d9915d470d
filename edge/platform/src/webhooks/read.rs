//! `GET /v1/webhooks` and `GET /v1/webhooks/{id}`

use super::{TAG, WebhookBody, id_in_path};
use crate::call::{Answer, At, Call, shown};
use crate::page::{List, Page, list_query};
use crate::query::Query;
use crate::wire::AccountNumber;

/// Cursors hold a webhook's number.
const LIST: List = List(b'w');

list_query! {
    /// Whose webhooks.
    pub(crate) struct WebhooksQuery {
        /// This account's; all where absent.
        #[param(inline)]
        account_uin: Option<AccountNumber>,
    }
}

/// Lists webhooks.
///
/// Oldest first, without their secrets, and only those that have not been removed.
#[utoipa::path(
    get,
    path = "/v1/webhooks",
    tag = TAG,
    params(WebhooksQuery),
    responses((status = 200, description = "A page of webhooks", body = Page<WebhookBody>))
)]
pub(crate) async fn list_webhooks(call: Call, Query(query): Query<WebhooksQuery>) -> Answer {
    let wanted = LIST.wanted(query.limit.as_deref(), query.cursor.as_deref())?;
    let all = call.app().webhooks(call.caller, query.account_uin.map(|number| number.0)).await?;
    let from = wanted.from.unwrap_or(0);
    let found = all.into_iter().filter(|view| view.id.0 > from).take(wanted.limit + 1).collect();
    shown(&LIST.page(wanted, found, |view| view.id.0, |view| WebhookBody::new(&call, view)))
}

/// Shows a webhook.
///
/// Without its secret, which is shown when it is made.
#[utoipa::path(
    get,
    path = "/v1/webhooks/{id}",
    tag = TAG,
    params(("id" = String, Path, description = "The webhook's id")),
    responses(
        (status = 200, description = "The webhook", body = WebhookBody),
        (status = 404, description = "`webhook_not_found`"),
    )
)]
pub(crate) async fn show_webhook(call: Call, At(id): At<String>) -> Answer {
    let view = call.app().webhook(call.caller, id_in_path(&id)?).await?;
    shown(&WebhookBody::new(&call, view))
}
