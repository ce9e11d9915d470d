//! `PATCH /v1/customers/{uin}`

use super::TAG;
use crate::accounts::AccountBody;
use crate::body::Json;
use crate::call::{Answer, At, uin_in_path};
use crate::problem::Problem;
use crate::wire::{Object, Percent, present};
use credere_core::access::Action;
use credere_core::book::{Command, parties, standing};
use credere_core::channel::NonStopChange;
use serde::Deserialize;
use utoipa::ToSchema;

/// What changes of how a customer is suspended and warned. What is left out keeps its value; `null` removes a level.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CustomerChange, example = json!({
    "non_stop": { "postpaid": true }, "special_suspension": false, "partner_warning_percent": 40,
    "own_warning_percent": null
}))]
pub(crate) struct CustomerChangeBody {
    /// Both must be off before it is unbound (R106).
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<NonStopBody>, nullable = false)]
    non_stop: Option<Object<NonStopBody>>,
    /// Its resources stop without grace while it is overdue, and their data goes after 15 days at the latest. Turned on
    /// only where its partner has `special_suspension` on its allowlist (R107).
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    special_suspension: Option<bool>,
    /// The level of available credit, in percent of the total, that its partner is warned at besides 25, 10 and 0
    /// (R100).
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<u8>, minimum = 0, maximum = 100)]
    partner_warning_percent: Option<Option<Percent>>,
    /// The level that it is warned at itself besides (R101).
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<u8>, minimum = 0, maximum = 100)]
    own_warning_percent: Option<Option<Percent>>,
}

/// Privileges that keep a customer's resources running while it is overdue (R106). What is left out keeps its value.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NonStopChange, example = json!({ "postpaid": true }))]
pub(crate) struct NonStopBody {
    /// For what is paid before use.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    prepaid: Option<bool>,
    /// For what is paid after use.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    postpaid: Option<bool>,
}

/// Changes how a customer is suspended and warned.
///
/// What it is due after the change follows at once: a resource that may run again runs again, and a level that is
/// crossed already is warned of (R98-R104).
#[utoipa::path(
    patch,
    path = "/v1/customers/{uin}",
    tag = TAG,
    params(("uin" = u64, Path, description = "The customer's number")),
    request_body = CustomerChangeBody,
    responses(
        (status = 200, description = "The account as it is now", body = AccountBody),
        (status = 403, description = "`not_allowlisted`: the platform has not granted `special_suspension` to its partner"),
        (status = 404, description = "`customer_not_found`"),
        (status = 422, description = "`wrong_partner_kind`: an agent's customer takes no part in credit (R4)"),
    )
)]
pub(crate) async fn change_customer(
    At(uin): At<String>,
    Json { call, value, bytes, .. }: Json<CustomerChangeBody>,
) -> Answer {
    let (claim, uin) = call.claim_of(&bytes, uin_in_path(&uin, parties::Party::Customer)).await?;
    if let Some(first) = call.kept(&claim, (Action::ChangeCustomer, Some(uin)), &[]).await? {
        return Ok(first);
    }
    let non_stop = value.non_stop.map(|Object(sent)| sent).unwrap_or_default();
    let percent = |sent: Option<Option<Percent>>| sent.map(|level| level.map(|percent| percent.0));
    let command = Command::from(standing::ChangeCustomer {
        customer: uin,
        non_stop: NonStopChange { prepaid: non_stop.prepaid, postpaid: non_stop.postpaid },
        special_suspension: value.special_suspension,
        partner_warning: percent(value.partner_warning_percent),
        own_warning: percent(value.own_warning_percent),
    });
    let done = call.decide(claim.key, command, &[]).await?;
    let view = call.app().customer(call.caller, uin).await.map_err(Problem::after_change)?;
    call.answer_shown(&claim, Some(uin), &AccountBody::new(call.app(), view)?, done.replayed)
        .await
        .map_err(Problem::after_change)
}
