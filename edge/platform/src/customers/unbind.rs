//! `DELETE /v1/customers/{uin}`

use super::TAG;
use crate::body::Nothing;
use crate::call::{Answer, At, changed, uin_in_path};
use crate::wire::{AccountNumber, Money};
use credere_app::parties::UnboundView;
use credere_core::book::parties;
use serde::Serialize;
use utoipa::ToSchema;

/// A binding that has ended.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Unbinding)]
pub(crate) struct UnbindingBody {
    /// Who is a customer no longer.
    uin: AccountNumber,
    /// The partner that it had.
    partner_uin: AccountNumber,
    /// The total that went back to the partner's allocatable quota (R141).
    returned: Money,
}

/// Ends a binding.
///
/// The customer's consent is implied. Nothing may be owed or frozen, no privilege be on and no force hold it (R106, R140);
/// its total goes back to the partner, and its unused vouchers end (R141).
#[utoipa::path(
    delete,
    path = "/v1/customers/{uin}",
    tag = TAG,
    params(("uin" = u64, Path, description = "The customer's number")),
    responses(
        (status = 200, description = "The binding has ended", body = UnbindingBody),
        (status = 404, description = "`customer_not_found`"),
        (status = 409, description = "`account_suspended`, `non_stop_on`, `overdue`, `has_open_holds`, \
            `has_parked_orders`: nothing else is open, but orders are to be paid"),
    )
)]
pub(crate) async fn unbind_customer(At(uin): At<String>, Nothing { call, bytes }: Nothing) -> Answer {
    let (claim, uin) = call.claim_of(&bytes, uin_in_path(&uin, parties::Party::Customer)).await?;
    let done = call.judged(call.app().unbind_customer(call.caller, claim.key, uin).await, &[])?;
    let UnboundView { customer, partner, returned } = done.unbound()?;
    let body =
        UnbindingBody { uin: AccountNumber(customer), partner_uin: AccountNumber(partner), returned: Money(returned) };
    changed(&body, done.replayed)
}
