//! `POST /v1/webhooks`

use super::{TAG, WebhookBody};
use crate::body::Json;
use crate::call::{Answer, created_once};
use crate::problem::Problem;
use crate::wire::{AccountNumber, Text, quoted};
use credere_app::notices::{NewWebhook, WebhookView, message_kinds};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A new webhook; only `url` is required.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewWebhook, example = json!({
    "url": "https://hooks.example.test/credere", "kinds": ["credit_below_0", "suspended", "resource.suspended"]
}))]
pub(crate) struct NewWebhookBody {
    /// Where to send to: `https://`, and a public address, unless the deployment permits more.
    #[schema(value_type = String, format = "uri", min_length = 1, max_length = 2048)]
    url: Text<1, 2048>,
    /// Told only what this account is told by webhook, and of its and its customers' resources. The platform's own where
    /// absent: told of everything.
    account_uin: Option<AccountNumber>,
    /// Which kinds of messages: those of notices, `resource.suspended`, `resource.resumed`, `resource.deleted`, and
    /// `organization.created` and so on. All
    /// where empty or absent.
    #[serde(default)]
    #[schema(value_type = Vec<crate::described::MessageKindText>, required = false)]
    kinds: Vec<Text<1, 64>>,
}

impl NewWebhookBody {
    /// The kinds, each once.
    fn kinds(&self) -> Result<Vec<String>, Problem> {
        let mut kinds: Vec<String> = Vec::new();
        for (place, Text(kind)) in self.kinds.iter().enumerate() {
            if !message_kinds().any(|known| known == kind) {
                let detail = format!("there is no kind of message {}", quoted(kind));
                return Err(Problem::invalid(format!("kinds[{place}]"), detail));
            }
            if !kinds.contains(kind) {
                kinds.push(kind.clone());
            }
        }
        Ok(kinds)
    }
}

/// A webhook as it was added.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AddedWebhook, example = json!({
    "id": "whk_42", "url": "https://hooks.example.test/credere", "account_uin": null, "kinds": ["suspended"],
    "created_at": "2026-01-31T08:00:00+08:00", "disabled_since": null,
    "secret": "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
}))]
pub(crate) struct AddedBody {
    #[serde(flatten)]
    webhook: WebhookBody,
    /// What its messages are signed with. Shown this once: `null` in a repeated answer.
    secret: Option<String>,
}

/// Adds a webhook.
///
/// It is told of what happens from now on, at least once, each message under a number that stays the same. Messages are
/// signed and retried as Standard Webhooks says: anything but a 2xx is tried again, 410 switches the webhook off.
#[utoipa::path(
    post,
    path = "/v1/webhooks",
    tag = TAG,
    request_body = NewWebhookBody,
    responses(
        (status = 201, description = "The webhook", body = AddedBody),
        (status = 404, description = "`account_not_found`"),
    )
)]
pub(crate) async fn add_webhook(Json { call, value, bytes, .. }: Json<NewWebhookBody>) -> Answer {
    let refused = |detail| Problem::invalid("url", format!("the address {detail}"));
    let url = call.app().read_webhook_url(&value.url.0).map_err(refused)?;
    let kinds = value.kinds()?;
    let account = value.account_uin.map(|number| number.0);
    let claim = call.claim(&bytes)?;
    let new = NewWebhook { account, url: url.clone(), kinds: kinds.clone() };
    let added = call.app().add_webhook(call.caller, claim.key, new).await;
    let added = call.judged(added, &[("account_not_found", "account_uin")])?;
    let view = WebhookView {
        id: added.id,
        account,
        url: url.as_str().to_owned(),
        kinds,
        created_at: added.created_at,
        off_since: None,
    };
    let secret = added.secret.map(|secret| secret.expose().to_owned());
    let body = AddedBody { webhook: WebhookBody::new(&call, view), secret };
    created_once(&body, added.replayed)
}
