//! `GET /v1/authorizations/{id}`

use super::TAG;
use crate::call::{Answer, At, Call, shown};
use crate::problem::Problem;
use crate::wire::{AccountNumber, Money};
use credere_core::book::{Rejection, buying};
use credere_core::channel::AuthorizationId;
use serde::Serialize;
use utoipa::ToSchema;

/// An authorization.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Authorization, example = json!({
    "authorization_id": "auth_100000000777_42", "account_uin": 100_000_000_777_u64,
    "payer_uin": 100_000_000_777_u64, "partner_uin": 100_000_000_001_u64, "product_code": "cvm", "state": "captured", "list_amount": "12.50", "amount": "11.25", "partner_amount": "10.00",
    "captured_list_amount": "10.00", "captured_amount": "9.00", "captured_partner_amount": "8.00",
    "opened_at": "2026-01-31T08:00:00+08:00", "expires_at": "2026-02-07T08:00:00+08:00",
    "closed_at": "2026-01-31T09:00:00+08:00"
}))]
pub(super) struct AuthorizationBody {
    authorization_id: String,
    account_uin: AccountNumber,
    /// Whose money, credit or voucher pays.
    payer_uin: AccountNumber,
    /// The partner that owes the platform for it; `null` without one.
    partner_uin: Option<AccountNumber>,
    product_code: String,
    /// `open`, `captured`, `released` or `expired`.
    state: &'static str,
    /// What was authorized, before discounts.
    list_amount: Money,
    /// What is (or was) held of the payer's credit or money.
    amount: Money,
    /// What is (or was) held of the paying partner's spend line.
    partner_amount: Money,
    /// What was captured, before discounts.
    captured_list_amount: Money,
    /// What the customer was charged.
    captured_amount: Money,
    /// What the paying partner was charged.
    captured_partner_amount: Money,
    #[schema(format = DateTime)]
    opened_at: String,
    #[schema(format = DateTime)]
    expires_at: String,
    /// `null` while it is open.
    #[schema(format = DateTime)]
    closed_at: Option<String>,
}

/// Shows an authorization.
///
/// Open or closed. One whose time is over is `expired` from that moment on.
#[utoipa::path(
    get,
    path = "/v1/authorizations/{id}",
    tag = TAG,
    params(("id" = String, Path, description = "The authorization's id")),
    responses(
        (status = 200, description = "The authorization", body = AuthorizationBody),
        (status = 404, description = "`authorization_not_found`"),
    )
)]
pub(crate) async fn show_authorization(call: Call, At(id): At<String>) -> Answer {
    let id: AuthorizationId =
        id.parse().map_err(|_| Problem::refused(&Rejection::Buying(buying::Reason::AuthorizationNotFound)))?;
    let view = call.app().authorization(call.caller, id).await?;
    let body = AuthorizationBody {
        authorization_id: view.id.to_string(),
        account_uin: AccountNumber(view.id.account),
        payer_uin: AccountNumber(view.paying.payer),
        partner_uin: view.paying.partner.map(AccountNumber),
        product_code: view.product,
        state: view.state.name(),
        list_amount: Money(view.list_amount),
        amount: Money(view.amount),
        partner_amount: Money(view.partner_amount),
        captured_list_amount: Money(view.captured_list_amount),
        captured_amount: Money(view.captured_amount),
        captured_partner_amount: Money(view.captured_partner_amount),
        opened_at: call.time(view.opened_at),
        expires_at: call.time(view.expires_at),
        closed_at: view.closed_at.map(|at| call.time(at)),
    };
    shown(&body)
}
