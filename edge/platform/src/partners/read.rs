//! `GET /v1/partners` and `GET /v1/partners/{uin}`

use super::{PartnerBody, TAG};
use crate::call::{Answer, At, Call, shown, uin_in_path};
use crate::page::{List, Page, PageQuery};
use crate::query::Query;
use credere_core::book::parties;

/// Cursors hold the journal position of a registration.
const LIST: List = List(b'p');

/// Lists partners.
///
/// In the order of their registration.
#[utoipa::path(
    get,
    path = "/v1/partners",
    tag = TAG,
    params(PageQuery),
    responses((status = 200, description = "A page of partners", body = Page<PartnerBody>))
)]
pub(crate) async fn list_partners(call: Call, Query(query): Query<PageQuery>) -> Answer {
    let wanted = LIST.wanted(query.limit.as_deref(), query.cursor.as_deref())?;
    let (partners, more) = call.app().partners(call.caller, wanted.from.unwrap_or(0), wanted.limit).await?;
    let last = partners.last().filter(|_| more).map(|partner| LIST.cursor(partner.registered_seq));
    let data = partners.iter().map(|partner| PartnerBody::new(call.app(), partner)).collect::<Result<_, _>>()?;
    shown(&Page { data, next_cursor: last })
}

/// Shows a partner.
///
/// With both its ledgers: what it may hand out (R23-R26) and what it may owe (R27).
#[utoipa::path(
    get,
    path = "/v1/partners/{uin}",
    tag = TAG,
    params(("uin" = u64, Path, description = "The partner's number")),
    responses(
        (status = 200, description = "The partner", body = PartnerBody),
        (status = 404, description = "`partner_not_found`"),
    )
)]
pub(crate) async fn show_partner(call: Call, At(uin): At<String>) -> Answer {
    let uin = uin_in_path(&uin, parties::Party::Partner)?;
    let partner = call.app().partner(call.caller, uin).await?;
    shown(&PartnerBody::new(call.app(), &partner)?)
}
