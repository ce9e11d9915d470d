//! `POST /v1/orders/{id}/pay`

use super::TAG;
use super::step::{id_in_path, stepped};
use super::view::OrderBody;
use crate::body::Json;
use crate::call::{Answer, At};
use crate::wire::names;
use credere_core::book::buying::PayBy;
use serde::Deserialize;
use utoipa::ToSchema;

/// Who pays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OrderPayment, example = json!({ "by": "customer" }))]
pub(crate) struct PayBody {
    by: PayByName,
}

names! {
    /// Who pays an order that is to be paid. The consumption is the customer's either way (R130).
    #[schema(as = PayBy)]
    enum PayByName of PayBy {
        /// The customer itself.
        Customer,
        /// Its partner on its behalf.
        Partner,
        /// Whoever pays: its organization's admin on its behalf, or the account itself.
        Payer,
    }
}

/// Pays an order that is to be paid.
///
/// The check is the same as for a new order, at the price that was fixed when it was placed (R129-R130). Vouchers pay
/// first when the customer pays, and not at all when its partner does (R114).
#[utoipa::path(
    post,
    path = "/v1/orders/{id}/pay",
    tag = TAG,
    params(("id" = String, Path, description = "The order's id")),
    request_body = PayBody,
    responses(
        (status = 200, description = "The order as it is now", body = OrderBody),
        (status = 402, description = "`insufficient_credit`, with `side`, `account_uin`, `required` and `available`"),
        (status = 404, description = "`order_not_found`, `partner_not_found`: `by` is `partner`, and the account has none"),
        (status = 409, description = "`order_not_payable`: it is not to be paid; `account_suspended`: by force (R108); \
            `paid_on_behalf`: its organization's admin pays, so that `by` is `payer`"),
        (status = 422, description = "`account_unverified` (R58)"),
    )
)]
pub(crate) async fn pay_order(At(id): At<String>, Json { call, value, bytes, .. }: Json<PayBody>) -> Answer {
    let (claim, id) = call.claim_of(&bytes, id_in_path(&id)).await?;
    stepped(
        &call,
        call.app().pay_order(call.caller, claim.key, id, value.by.into()).await,
        &[("partner_not_found", "by")],
    )
}
