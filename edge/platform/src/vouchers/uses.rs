//! `GET /v1/vouchers/{id}/uses`

use super::{TAG, id_in_path};
use crate::call::{Answer, At, Call, shown};
use crate::page::{List, Page, PageQuery};
use crate::query::Query;
use crate::wire::{AccountNumber, Money};
use credere_app::vouchers::VoucherUseView;
use credere_core::access::Action;
use serde::Serialize;
use utoipa::ToSchema;

/// Cursors hold how many payments are older than the page before: payments are only ever added.
const LIST: List = List(b'u');

/// One payment by a voucher (R122).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = VoucherUse, example = json!({
    "voucher_id": "84", "line_id": "line_99", "account_uin": 100_000_000_777_u64, "order_id": "ord_99",
    "product_code": "cvm", "pay_mode": "prePay", "action_type": "prepay_purchase", "amount": "60.00",
    "month": "2026-01", "paid_at": "2026-01-31T08:00:00+08:00"
}))]
struct UseBody {
    voucher_id: String,
    /// The bill line that it paid a part of.
    line_id: String,
    /// Whose charge it was.
    account_uin: AccountNumber,
    order_id: Option<String>,
    product_code: String,
    /// `prePay` or `postPay`.
    pay_mode: &'static str,
    /// One of the names of R81.
    action_type: &'static str,
    amount: Money,
    /// The month of the payment.
    month: String,
    #[schema(format = DateTime)]
    paid_at: String,
}

/// Lists what a voucher paid.
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/v1/vouchers/{id}/uses",
    tag = TAG,
    params(("id" = String, Path, description = "The voucher's id"), PageQuery),
    responses(
        (status = 200, description = "A page of payments", body = Page<UseBody>),
        (status = 404, description = "`voucher_not_found`"),
    )
)]
pub(crate) async fn list_voucher_uses(call: Call, At(id): At<String>, Query(query): Query<PageQuery>) -> Answer {
    let wanted = LIST.wanted(query.limit.as_deref(), query.cursor.as_deref())?;
    let (action, id) = (Action::ReadVouchers, id_in_path(&id)?);
    let found = call.app().voucher_uses_before(call.caller, action, id, wanted.from, wanted.limit + 1).await?;
    let view = |(_, row): (u64, VoucherUseView)| UseBody {
        voucher_id: row.voucher.to_string(),
        line_id: row.line.to_string(),
        account_uin: AccountNumber(row.account),
        order_id: row.order.map(|order| order.to_string()),
        product_code: row.product,
        pay_mode: row.action.pay_mode().name(),
        action_type: row.action.name(),
        amount: Money(row.amount),
        month: row.month.to_string(),
        paid_at: call.time(row.at),
    };
    shown(&LIST.page(wanted, found, |(older, _)| *older, view))
}
