//! `GET /v1/organizations/{org_id}/transfers`

use super::TAG;
use super::view::TransferBody;
use crate::call::{Answer, At, Call, shown};
use crate::organizations::organization_in_path;
use crate::page::{List, Page, list_query};
use crate::query::Query;
use crate::wire::AccountNumber;
use credere_app::transfers::TransferQuery;
use credere_core::channel::TransferId;

/// Cursors hold a transfer's number.
const LIST: List = List(b't');

list_query! {
    /// Which transfers.
    pub(crate) struct TransfersQuery {
        /// To this member, also one that has left.
        #[param(inline)]
        member_uin: Option<AccountNumber>,
    }
}

/// Lists what an organization's admin handed to members.
///
/// Newest first, also what has come back.
#[utoipa::path(
    get,
    path = "/v1/organizations/{org_id}/transfers",
    tag = TAG,
    params(("org_id" = u64, Path, description = "The organization's number"), TransfersQuery),
    responses(
        (status = 200, description = "A page of transfers", body = Page<TransferBody>),
        (status = 404, description = "`organization_not_found`"),
    )
)]
pub(crate) async fn list_transfers(call: Call, At(id): At<String>, Query(query): Query<TransfersQuery>) -> Answer {
    let organization = organization_in_path(&id)?;
    let wanted = LIST.wanted(query.limit.as_deref(), query.cursor.as_deref())?;
    let of = TransferQuery { organization, member: query.member_uin.map(|number| number.0) };
    let before = wanted.from.map(TransferId);
    let found = call.app().transfers(call.caller, of, before, wanted.limit + 1).await?;
    shown(&LIST.page(wanted, found, |one| one.id.0, |one| TransferBody::new(&call, &one)))
}
