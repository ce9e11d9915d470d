//! `GET /v1/bills/{uin}` and `GET /v1/bills/{uin}/{month}`

use super::sums::{PartBody, SumsBody};
use super::{TAG, ViewQuery, bill_in_path, download, view_name, view_of};
use crate::call::{Answer, At, Call, shown, uin_in_path};
use crate::page::{List, Page, PageQuery};
use crate::problem::Problem;
use crate::query::Query;
use crate::wire::{AccountNumber, Money};
use credere_app::bills::{BillPartView, BillView};
use credere_core::book::parties;
use credere_core::ledger::Month;
use credere_core::money::Overflow;
use serde::Serialize;
use utoipa::ToSchema;

/// Cursors hold a month's number.
const LIST: List = List(b'm');

/// Where no region or project was told.
const DEFAULT: &str = "default";

/// A month for which an account has lines.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BillMonth, example = json!({ "month": "2026-01", "issued_at": "2026-02-05T01:00:00+08:00" }))]
struct MonthBody {
    month: String,
    /// When its bill was issued; `null` while it still grows.
    #[schema(format = DateTime)]
    issued_at: Option<String>,
}

/// A bill.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Bill, example = json!({
    "account_uin": 100_000_000_777_u64, "month": "2026-01", "view": "self", "total": "650.00", "confirmed": "0.00",
    "unconfirmed": "650.00", "invoiceable": "650.00", "lines": 3, "list_amount": "700.00", "voucher_amount": "50.00", "amount": "650.00",
    "partner_amount": "560.00", "issued_at": "2026-02-05T01:00:00+08:00",
    "by_pay_mode": [{ "name": "postPay", "lines": 3, "list_amount": "700.00", "voucher_amount": "50.00",
        "amount": "650.00", "partner_amount": "560.00" }],
    "by_action_type": [], "by_product": [], "by_region": [], "by_project": []
}))]
struct BillBody {
    account_uin: AccountNumber,
    month: String,
    /// Which lines it has: `self`, `payer` or `member`.
    #[schema(value_type = crate::described::BillViewText)]
    view: &'static str,
    /// What its payer owes for the month, whether confirmed or not.
    total: Money,
    /// What its partner has confirmed as paid (R89).
    confirmed: Money,
    /// The rest, as far as a partner has to confirm it: not what money of one's own paid, nor a partner's own use.
    unconfirmed: Money,
    /// What the account itself paid of it in money, not in vouchers, and may ask an invoice for (O87).
    invoiceable: Money,
    #[serde(flatten)]
    sums: SumsBody,
    /// When it was issued, on the 5th of the next month at 01:00 (R76); `null` while it still grows.
    #[schema(format = DateTime)]
    issued_at: Option<String>,
    /// By `prePay` and `postPay`.
    by_pay_mode: Vec<PartBody>,
    /// By the names of R81.
    by_action_type: Vec<PartBody>,
    /// By the products' codes.
    by_product: Vec<PartBody>,
    /// By region; `default` where none was told.
    by_region: Vec<PartBody>,
    /// By project; `default` where none was told.
    by_project: Vec<PartBody>,
}

fn parts(view: &BillView, name: impl Fn(&BillPartView) -> String) -> Result<Vec<PartBody>, Problem> {
    let sums = view.by(name).map_err(|Overflow| Problem::internal())?;
    Ok(sums.into_iter().map(|(name, sum)| PartBody { name, sums: sum.into() }).collect())
}

fn or_default(given: &str) -> String {
    if given.is_empty() { DEFAULT.to_owned() } else { given.to_owned() }
}

/// Lists the months for which an account has lines that it pays or owns.
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/v1/bills/{uin}",
    tag = TAG,
    params(("uin" = u64, Path, description = "The account's number"), PageQuery),
    responses(
        (status = 200, description = "A page of months", body = Page<MonthBody>),
        (status = 404, description = "`account_not_found`"),
    )
)]
pub(crate) async fn list_bills(call: Call, At(uin): At<String>, Query(query): Query<PageQuery>) -> Answer {
    let account = uin_in_path(&uin, parties::Party::Account)?;
    let wanted = LIST.wanted(query.limit.as_deref(), query.cursor.as_deref())?;
    let (calendar, now) = (call.app().calendar(), call.app().now().await?);
    let position = |month: Month| u64::from(month.number());
    let mut months = call.app().bill_months(call.caller, account).await?;
    // A period may begin ahead of its month; the bill is shown once the month has begun.
    months.retain(|month| *month <= calendar.month(now) && wanted.from.is_none_or(|from| position(*month) < from));
    let view = |month: Month| MonthBody {
        month: month.to_string(),
        issued_at: calendar.issued(month, now).then(|| call.time(calendar.issued_at(month))),
    };
    shown(&LIST.page(wanted, months, |month| position(*month), view))
}

/// Shows what a bill comes to.
///
/// In all, and by pay mode, action type, product, region and project (R75). The bill of an account without lines is one
/// of zeros.
#[utoipa::path(
    get,
    path = "/v1/bills/{uin}/{month}",
    tag = TAG,
    params(
        ("uin" = u64, Path, description = "The account's number"),
        ("month" = inline(crate::described::MonthText), Path, description = "Such as `2026-10`; not one that has not begun"),
        ViewQuery,
    ),
    responses(
        (status = 200, description = "The bill", body = BillBody),
        (status = 400, description = "`invalid_value` about `month`, `view` or `owner_uin`"),
        (status = 404, description = "`account_not_found`"),
    )
)]
pub(crate) async fn show_bill(
    call: Call,
    At((uin, month)): At<(String, String)>,
    Query(query): Query<ViewQuery>,
) -> Answer {
    let view = view_of(query.view.as_deref(), query.owner_uin.as_ref())?;
    if let Some(month) = month.strip_suffix(".csv") {
        return download::csv(&call, bill_in_path(&call, &uin, month, view).await?).await;
    }
    if let Some(month) = month.strip_suffix(".xlsx") {
        return download::xlsx(&call, bill_in_path(&call, &uin, month, view).await?).await;
    }
    let bill = bill_in_path(&call, &uin, &month, view).await?;
    let view = call.app().bill(call.caller, bill).await?;
    let body = BillBody {
        account_uin: AccountNumber(view.bill.account),
        month: view.bill.month.to_string(),
        view: view_name(view.bill.view),
        total: Money(view.total.amount),
        confirmed: Money(view.confirmed),
        unconfirmed: Money(view.unconfirmed),
        invoiceable: Money(view.invoiceable),
        sums: view.total.into(),
        issued_at: view.issued_at.map(|at| call.time(at)),
        by_pay_mode: parts(&view, |part| part.action.pay_mode().name().to_owned())?,
        by_action_type: parts(&view, |part| part.action.name().to_owned())?,
        by_product: parts(&view, |part| part.product.clone())?,
        by_region: parts(&view, |part| or_default(&part.region))?,
        by_project: parts(&view, |part| or_default(&part.project))?,
    };
    shown(&body)
}
