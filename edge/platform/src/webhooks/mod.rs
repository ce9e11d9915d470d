//! Webhooks: added, shown, listed, given a new secret, removed; and the log of what was sent to them. They are signed and
//! retried as Standard Webhooks says, which is the application's part.

mod add;
mod deliveries;
mod read;
mod remove;
mod rotate;

use crate::call::Call;
use crate::problem::Problem;
use crate::state::Platform;
use crate::wire::AccountNumber;
use credere_app::notices::WebhookView;
use credere_core::book::{self, Rejection};
use credere_core::channel::WebhookId;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const TAG: &str = "Webhooks";

pub(crate) fn routes() -> OpenApiRouter<Platform> {
    OpenApiRouter::new()
        .routes(routes!(add::add_webhook, read::list_webhooks))
        .routes(routes!(read::show_webhook, remove::remove_webhook))
        .routes(routes!(rotate::rotate_secret))
        .routes(routes!(deliveries::list_deliveries))
        .routes(routes!(deliveries::redeliver))
}

/// A webhook, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Webhook, example = json!({
    "id": "whk_42", "url": "https://hooks.example.test/credere", "account_uin": null, "kinds": ["suspended"],
    "created_at": "2026-01-31T08:00:00+08:00", "disabled_since": null
}))]
struct WebhookBody {
    id: String,
    url: String,
    /// Whose; the platform's own where `null`.
    account_uin: Option<AccountNumber>,
    /// Which kinds of messages it is sent; all where empty.
    kinds: Vec<String>,
    #[schema(format = DateTime)]
    created_at: String,
    /// Since when it is switched off because its receiver answered 410, by the machine's clock. Redelivering switches it
    /// on again.
    #[schema(format = DateTime)]
    disabled_since: Option<String>,
}

impl WebhookBody {
    fn new(call: &Call, view: WebhookView) -> WebhookBody {
        WebhookBody {
            id: view.id.to_string(),
            url: view.url,
            account_uin: view.account.map(AccountNumber),
            kinds: view.kinds,
            created_at: call.time(view.created_at),
            disabled_since: view.off_since.map(|at| call.time(at)),
        }
    }
}

/// The webhook that a path names.
///
/// # Errors
/// 404: what is not an id of a webhook is no webhook's.
fn id_in_path(text: &str) -> Result<WebhookId, Problem> {
    text.parse().map_err(|_| Problem::refused(&Rejection::Notices(book::notices::Reason::WebhookNotFound)))
}
