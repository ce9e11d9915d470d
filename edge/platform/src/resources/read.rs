//! `GET /v1/resources` and `GET /v1/resources/{resource_id}`

use super::TAG;
use super::name::name_in_path;
use super::view::{ResourceBody, StateName};
use crate::call::{Answer, At, Call, shown};
use crate::page::{List, Page, list_query};
use crate::query::Query;
use crate::wire::AccountNumber;
use credere_app::metering::ResourceView;

/// Cursors hold the journal position of a resource's activation.
const LIST: List = List(b'r');

list_query! {
    /// Which resources.
    pub(crate) struct ResourcesQuery {
        /// Of this account.
        #[param(inline)]
        account_uin: Option<AccountNumber>,
        /// In this state.
        #[param(inline)]
        state: Option<StateName>,
    }
}

/// Lists resources.
///
/// Newest first, also those that have ended.
#[utoipa::path(
    get,
    path = "/v1/resources",
    tag = TAG,
    params(ResourcesQuery),
    responses((status = 200, description = "A page of resources", body = Page<ResourceBody>))
)]
pub(crate) async fn list_resources(call: Call, Query(query): Query<ResourcesQuery>) -> Answer {
    let wanted = LIST.wanted(query.limit.as_deref(), query.cursor.as_deref())?;
    let account = query.account_uin.map(|number| number.0);
    let state = query.state.map(Into::into);
    let found = call.app().resources(call.caller, account, state, wanted.from, wanted.limit + 1).await?;
    let view = |view: ResourceView| ResourceBody::new(&call, view);
    shown(&LIST.page(wanted, found, |view| view.id.position(), view))
}

/// Shows a resource.
///
/// Also one that has ended; of several of one id the newest.
#[utoipa::path(
    get,
    path = "/v1/resources/{resource_id}",
    tag = TAG,
    params(("resource_id" = String, Path, description = "The resource's id, percent-encoded")),
    responses(
        (status = 200, description = "The resource", body = ResourceBody),
        (status = 404, description = "`resource_not_found`"),
    )
)]
pub(crate) async fn show_resource(call: Call, At(name): At<String>) -> Answer {
    let view = call.app().resource(call.caller, name_in_path(&name)?).await?;
    shown(&ResourceBody::new(&call, view))
}
