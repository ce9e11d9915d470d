//! `GET /v1/packs`

use super::TAG;
use super::view::PackBody;
use crate::call::{Answer, Call, shown};
use crate::page::{List, Page, list_query};
use crate::query::Query;
use crate::wire::AccountNumber;
use credere_core::channel::PackId;

/// Cursors hold a pack's number.
const LIST: List = List(b'k');

list_query! {
    /// Which packs.
    pub(crate) struct PacksQuery {
        /// That this account has.
        #[param(inline)]
        account_uin: Option<AccountNumber>,
    }
}

/// Lists packs.
///
/// Oldest first, those that are used up or over among them.
#[utoipa::path(
    get,
    path = "/v1/packs",
    tag = TAG,
    params(PacksQuery),
    responses((status = 200, description = "A page of packs", body = Page<PackBody>))
)]
pub(crate) async fn list_packs(call: Call, Query(query): Query<PacksQuery>) -> Answer {
    let wanted = LIST.wanted(query.limit.as_deref(), query.cursor.as_deref())?;
    let account = query.account_uin.map(|number| number.0);
    let after = PackId(wanted.from.unwrap_or(0));
    let found = call.app().packs(call.caller, account, after, wanted.limit + 1).await?;
    shown(&LIST.page(wanted, found, |view| view.pack.id.0, |view| PackBody::new(&call, view)))
}
