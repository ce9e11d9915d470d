//! `POST /v1/customers`

use super::TAG;
use crate::accounts::CreditBody;
use crate::body::Json;
use crate::call::{Answer, created};
use crate::wire::AccountNumber;
use credere_app::parties::BoundView;
use credere_core::book::{Command, parties};
use credere_core::money::Amount;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A binding to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCustomer, example = json!({ "uin": 100_000_000_777_u64, "partner_uin": 100_000_000_001_u64 }))]
pub(crate) struct NewCustomerBody {
    /// The account that becomes a customer.
    uin: AccountNumber,
    /// The partner that shall manage it.
    partner_uin: AccountNumber,
}

/// A binding as it was made: nothing is handed out and nothing used yet (R139).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Binding)]
pub(crate) struct BindingBody {
    /// The customer.
    uin: AccountNumber,
    /// The partner that manages it.
    partner_uin: AccountNumber,
    /// The same, as the account shows it.
    bound_to: AccountNumber,
    #[schema(format = DateTime)]
    bound_at: String,
    /// Absent for an agent's customer, which has none (R4).
    credit: Option<CreditBody>,
}

/// Binds an account to a partner as its customer.
///
/// An account has at most one partner at a time, and a partner cannot be a customer (R10).
#[utoipa::path(
    post,
    path = "/v1/customers",
    tag = TAG,
    request_body = NewCustomerBody,
    responses(
        (status = 201, description = "The binding", body = BindingBody),
        (status = 404, description = "`account_not_found`, `partner_not_found`"),
        (status = 409, description = "`already_bound`, `already_partner`; of an account that has paid for itself \
            `has_open_holds`, `overdue`: nothing of its may be open when a partner takes its credit over"),
    )
)]
pub(crate) async fn bind_customer(Json { call, value, bytes, .. }: Json<NewCustomerBody>) -> Answer {
    let fields = [
        ("account_not_found", "uin"),
        ("already_bound", "uin"),
        ("already_partner", "uin"),
        ("partner_not_found", "partner_uin"),
    ];
    let claim = call.claim(&bytes)?;
    let command = Command::from(parties::BindCustomer { customer: value.uin.0, partner: value.partner_uin.0 });
    let done = call.decide(claim.key, command, &fields).await?;
    let BoundView { uin, customer } = done.bound()?;
    let partner = customer.partner;
    let credit = (!customer.referred).then(|| CreditBody::new(call.app(), &customer, Amount::ZERO));
    let body = BindingBody {
        uin: AccountNumber(uin),
        partner_uin: AccountNumber(partner),
        bound_to: AccountNumber(partner),
        bound_at: call.time(done.at),
        credit,
    };
    created(&body, done.replayed)
}
