//! Accounts: opened, shown, listed, changed, topped up, given cards and other accounts' offers, given credentials for the Cloud API, and asked what they want to be told of.
//! The view of an account is the same wherever one is shown.

mod cards;
mod change;
mod credentials;
mod finance;
mod inheritance;
mod open;
mod read;
mod subscriptions;
mod view;

pub(crate) use view::{AccountBody, CreditBody, SiteName};

use crate::problem::Fields;
use crate::state::Platform;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(crate) const TAG: &str = "Accounts";

/// Which refusal is about which field of an account.
const FIELDS: &Fields = &[("account_exists", "uin")];

pub(crate) fn routes() -> OpenApiRouter<Platform> {
    OpenApiRouter::new()
        .routes(routes!(open::open_account, read::list_accounts))
        .routes(routes!(read::show_account, change::change_account))
        .routes(routes!(finance::change_finance))
        .routes(routes!(finance::top_up))
        .routes(routes!(inheritance::inherit_offers, inheritance::end_inheritance))
        .routes(routes!(cards::add_card, cards::list_cards))
        .routes(routes!(cards::remove_card))
        .routes(routes!(credentials::issue_credential, credentials::list_credentials))
        .routes(routes!(credentials::revoke_credential))
        .routes(routes!(subscriptions::subscribe, subscriptions::show_subscriptions))
}
