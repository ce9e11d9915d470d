//! `POST /v1/partners/{uin}/payments`

use super::TAG;
use super::view::SpendBody;
use crate::body::Json;
use crate::call::{Answer, At, created, uin_in_path};
use crate::wire::{AccountNumber, Money};
use credere_app::bills::PaymentView;
use credere_core::book::{Command, bills, parties};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a partner paid the platform.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewPayment, example = json!({ "amount": "2500.00" }))]
pub(crate) struct NewPaymentBody {
    /// Above zero. More than what is used is kept as a balance: `used` falls below zero then.
    amount: Money,
}

/// A payment, and the spend line after it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PartnerPayment, example = json!({
    "payment_id": "pay_42", "uin": 100_000_000_001_u64, "amount": "2500.00",
    "spend": { "line": "10000.00", "used": "860.00", "frozen": "0.00", "available": "9140.00" },
    "created_at": "2026-01-31T08:00:00+08:00"
}))]
pub(crate) struct PaymentBody {
    payment_id: String,
    /// The partner.
    uin: AccountNumber,
    amount: Money,
    spend: SpendBody,
    #[schema(format = DateTime)]
    created_at: String,
}

/// Notes that a partner paid the platform.
///
/// What it may owe is available again by as much: `spend.used` falls (R27).
#[utoipa::path(
    post,
    path = "/v1/partners/{uin}/payments",
    tag = TAG,
    params(("uin" = u64, Path, description = "The partner's number")),
    request_body = NewPaymentBody,
    responses(
        (status = 201, description = "The payment", body = PaymentBody),
        (status = 404, description = "`partner_not_found`"),
        (status = 422, description = "`amount_not_positive`, `wrong_partner_kind` (a second-level reseller and an \
            agent owe the platform nothing), `amount_overflow`"),
    )
)]
pub(crate) async fn pay_platform(At(uin): At<String>, Json { call, value, bytes, .. }: Json<NewPaymentBody>) -> Answer {
    let (claim, partner) = call.claim_of(&bytes, uin_in_path(&uin, parties::Party::Partner)).await?;
    let fields = [("amount_not_positive", "amount"), ("amount_overflow", "amount")];
    let done =
        call.decide(claim.key, Command::from(bills::PayPlatform { partner, amount: value.amount.0 }), &fields).await?;
    let PaymentView { partner, amount, spend } = done.payment()?;
    let body = PaymentBody {
        payment_id: format!("pay_{}", done.number()?),
        uin: AccountNumber(partner),
        amount: Money(amount),
        spend: spend.into(),
        created_at: call.time(done.at),
    };
    created(&body, done.replayed)
}
