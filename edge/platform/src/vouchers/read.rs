//! `GET /v1/vouchers` and `GET /v1/vouchers/{id}`

use super::view::{StatusName, VoucherBody};
use super::{TAG, id_in_path};
use crate::call::{Answer, At, Call, shown};
use crate::page::{List, Page, list_query};
use crate::query::Query;
use crate::wire::AccountNumber;
use credere_app::vouchers::{VoucherQuery, VoucherView};
use credere_core::access::Action;
use credere_core::channel::VoucherStatus;
use credere_core::ledger::Shard;

/// Cursors hold a voucher's number within its shard.
const LIST: List = List(b'v');

list_query! {
    /// Which vouchers.
    pub(crate) struct VouchersQuery {
        /// That this partner or customer has.
        #[param(inline)]
        owner_uin: Option<AccountNumber>,
        /// Type III, issued by this partner.
        #[param(inline)]
        issuer_uin: Option<AccountNumber>,
        /// That stand like this.
        #[param(inline)]
        status: Option<StatusName>,
    }
}

/// Lists vouchers.
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/v1/vouchers",
    tag = TAG,
    params(VouchersQuery),
    responses((status = 200, description = "A page of vouchers", body = Page<VoucherBody>))
)]
pub(crate) async fn list_vouchers(call: Call, Query(query): Query<VouchersQuery>) -> Answer {
    let wanted = LIST.wanted(query.limit.as_deref(), query.cursor.as_deref())?;
    let query = VoucherQuery {
        owner: query.owner_uin.map(|number| number.0),
        issuer: query.issuer_uin.map(|number| number.0),
        status: query.status.map(VoucherStatus::from),
        ..VoucherQuery::default()
    };
    let found = call.app().vouchers(call.caller, Action::ReadVouchers, query, wanted.from, wanted.limit + 1).await?;
    let view = |view: VoucherView| VoucherBody::new(&call, view);
    shown(&LIST.page(wanted, found, |view| Shard::within(view.id.0), view))
}

/// Shows a voucher.
///
/// As it stands, also when it pays nothing any more.
#[utoipa::path(
    get,
    path = "/v1/vouchers/{id}",
    tag = TAG,
    params(("id" = String, Path, description = "The voucher's id")),
    responses(
        (status = 200, description = "The voucher", body = VoucherBody),
        (status = 404, description = "`voucher_not_found`"),
    )
)]
pub(crate) async fn show_voucher(call: Call, At(id): At<String>) -> Answer {
    let view = call.app().voucher(call.caller, Action::ReadVouchers, id_in_path(&id)?).await?;
    shown(&VoucherBody::new(&call, view))
}
