//! `GET /v1/organizations` and `GET /v1/organizations/{org_id}`

use super::view::OrganizationBody;
use super::{TAG, organization_in_path};
use crate::call::{Answer, At, Call, shown};
use crate::page::{List, Page, list_query};
use crate::query::Query;
use crate::wire::AccountNumber;

/// Cursors hold an organization's number.
const LIST: List = List(b'O');

list_query! {
    /// Which organizations.
    pub(crate) struct OrganizationsQuery {
        /// That this account is in, as its admin or as a member.
        #[param(inline)]
        member_uin: Option<AccountNumber>,
        /// That this account is the admin of.
        #[param(inline)]
        admin_uin: Option<AccountNumber>,
    }
}

/// Lists organizations.
///
/// The oldest first, each with its members. An account is in one at most.
#[utoipa::path(
    get,
    path = "/v1/organizations",
    tag = TAG,
    params(OrganizationsQuery),
    responses((status = 200, description = "A page of organizations", body = Page<OrganizationBody>))
)]
pub(crate) async fn list_organizations(call: Call, Query(query): Query<OrganizationsQuery>) -> Answer {
    let wanted = LIST.wanted(query.limit.as_deref(), query.cursor.as_deref())?;
    let (member, admin) = (query.member_uin.map(|uin| uin.0), query.admin_uin.map(|uin| uin.0));
    let after = wanted.from.unwrap_or(0);
    let found = call.app().organizations(call.caller, member, admin, after, wanted.limit + 1).await?;
    let page = LIST.page(wanted, found, |view| view.organization.id.0, |view| view);
    let mut data = Vec::with_capacity(page.data.len());
    for view in page.data {
        let members = call.app().all_members(call.caller, view.organization.id).await?;
        data.push(OrganizationBody::new(&call, view, members));
    }
    shown(&Page { data, next_cursor: page.next_cursor })
}

/// Shows an organization.
///
/// With its members, oldest first, and who pays for each of them.
#[utoipa::path(
    get,
    path = "/v1/organizations/{org_id}",
    tag = TAG,
    params(("org_id" = u64, Path, description = "The organization's number")),
    responses(
        (status = 200, description = "The organization", body = OrganizationBody),
        (status = 404, description = "`organization_not_found`"),
    )
)]
pub(crate) async fn show_organization(call: Call, At(id): At<String>) -> Answer {
    let id = organization_in_path(&id)?;
    let view = call.app().organization(call.caller, id).await?;
    let members = call.app().all_members(call.caller, id).await?;
    shown(&OrganizationBody::new(&call, view, members))
}
