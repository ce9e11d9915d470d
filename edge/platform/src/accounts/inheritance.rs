//! `PUT /v1/accounts/{uin}/offer-inheritance`, `DELETE` ends it

use super::TAG;
use crate::body::{Json, Nothing};
use crate::call::{Answer, At, gone, shown, uin_in_path};
use crate::problem::Problem;
use crate::wire::AccountNumber;
use credere_core::book::{Command, finance, parties};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whose offers an account is to have instead of its own.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewOfferInheritance, example = json!({ "from_uin": 100_000_000_001_u64 }))]
pub(crate) struct NewInheritanceBody {
    /// Another account, also of another entity. Only what it was offered itself passes on, and on the billing level only (O100).
    from_uin: AccountNumber,
}

/// Whose offers an account has instead of its own.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OfferInheritance, example = json!({ "uin": 100_000_000_002_u64, "from_uin": 100_000_000_001_u64 }))]
pub(crate) struct InheritanceBody {
    uin: AccountNumber,
    from_uin: AccountNumber,
}

/// Gives an account another one's offers.
///
/// The sales' door (O102): it lasts until sales end it, whatever becomes of organizations (O14), and takes the place of what
/// the account inherits. Once it inherits, its own offers count for nothing but products that are not `inheritable` (O101).
/// Permission 6 does the same by itself; while a member is paid for under it, it has its payer's offers and sales say nothing.
#[utoipa::path(
    put,
    path = "/v1/accounts/{uin}/offer-inheritance",
    tag = TAG,
    params(("uin" = u64, Path, description = "The account's number")),
    request_body = NewInheritanceBody,
    responses(
        (status = 200, description = "Whose offers it has", body = InheritanceBody),
        (status = 404, description = "`account_not_found`"),
        (status = 409, description = "`paid_on_behalf`: it has its payer's offers by permission"),
        (status = 422, description = "`inherits_from_itself`, `offers_not_alike`: neither do both pay the platform \
            themselves nor have both their credit from the same partner"),
    )
)]
pub(crate) async fn inherit_offers(At(uin): At<String>, Json { call, value, .. }: Json<NewInheritanceBody>) -> Answer {
    let account = uin_in_path(&uin, parties::Party::Account)?;
    let from = value.from_uin.0;
    let fields = [("inherits_from_itself", "from_uin"), ("offers_not_alike", "from_uin")];
    let command = Command::from(finance::InheritOffers { account, from });
    let missing = Problem::refused(&parties::Reason::PartyNotFound(parties::Party::Account, from).into());
    let at_fault = |problem: Problem| match problem.detail() == missing.detail() && account != from {
        true => problem.at("from_uin"),
        false => problem,
    };
    call.decide(None, command, &fields).await.map_err(at_fault)?;
    shown(&InheritanceBody { uin: AccountNumber(account), from_uin: value.from_uin })
}

/// Leaves an account its own offers again.
///
/// Prices that were fixed before stay; usage is priced by whose offers it had when its cycle began (O85).
#[utoipa::path(
    delete,
    path = "/v1/accounts/{uin}/offer-inheritance",
    tag = TAG,
    params(("uin" = u64, Path, description = "The account's number")),
    responses(
        (status = 204, description = "It has its own"),
        (status = 404, description = "`account_not_found`, `inheritance_not_found`: it has its own already"),
        (status = 409, description = "`paid_on_behalf`: it has its payer's offers by permission"),
    )
)]
pub(crate) async fn end_inheritance(At(uin): At<String>, Nothing { call, bytes }: Nothing) -> Answer {
    let (claim, account) = call.claim_of(&bytes, uin_in_path(&uin, parties::Party::Account)).await?;
    let done = call.decide(claim.key, Command::from(finance::EndInheritance { account }), &[]).await?;
    gone(done.replayed)
}
