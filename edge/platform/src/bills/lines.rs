//! `GET /v1/bills/{uin}/{month}/lines`, and a line as it is shown.

use super::{TAG, bill_in_path, view_of};
use crate::call::{Answer, At, Call, shown};
use crate::component::Component;
use crate::page::{List, Page, list_query};
use crate::problem::Problem;
use crate::query::Query;
use crate::wire::{AccountNumber, Money, Multiplier, Tags, quoted};
use credere_app::bills::{LineQuery, LineView};
use credere_core::channel::{ActionType, PayMode};
use serde::Serialize;
use utoipa::ToSchema;

/// Cursors hold the journal position of a line.
const LIST: List = List(b'l');

/// A line of a bill.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BillLine, example = json!({
    "id": "line_99", "pay_mode": "postPay", "action_type": "postpay_deduct_h", "product_code": "cvm",
    "resource_id": "ins-1", "resource_name": "web", "region": "ap-singapore", "zone": "", "project": "",
    "tags": { "team": "web" }, "period_start": "2026-01-31T08:00:00+08:00", "period_end": "2026-01-31T09:00:00+08:00",
    "list_amount": "0.30", "discount_rate": "0.90", "voucher_amount": "0.00", "amount": "0.27",
    "partner_amount": "0.24", "owner_uin": 100_000_000_777_u64, "payer_uin": 100_000_000_777_u64, "partner_uin": 100_000_000_001_u64,
    "operator_uin": null, "order_id": null, "confirmed": false, "posted_at": "2026-01-31T09:00:05+08:00", "components": []
}))]
struct LineBody {
    id: String,
    /// `prePay` or `postPay`.
    pay_mode: &'static str,
    /// One of the names of R81.
    action_type: &'static str,
    product_code: String,
    /// Empty where none was told, like the texts below.
    resource_id: String,
    resource_name: String,
    region: String,
    zone: String,
    project: String,
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    tags: Tags,
    /// What was paid before use begins and ends at its charge.
    #[schema(format = DateTime)]
    period_start: String,
    #[schema(format = DateTime)]
    period_end: String,
    /// Before discounts. Below zero for what lowers the cost, like the amounts below.
    list_amount: Money,
    /// The customer's discount.
    discount_rate: Multiplier,
    /// What the customer's vouchers paid.
    voucher_amount: Money,
    /// What the customer owes its partner.
    amount: Money,
    /// What the paying partner owes the platform.
    partner_amount: Money,
    /// Who has what it is for: who pays, or a member of the organization that it pays for.
    owner_uin: AccountNumber,
    /// Whose money, credit or voucher pays.
    payer_uin: AccountNumber,
    /// The partner that owes the platform for it; `null` without one.
    partner_uin: Option<AccountNumber>,
    operator_uin: Option<AccountNumber>,
    /// The order that it was charged for, or refunds.
    order_id: Option<String>,
    /// Whether its payment has been confirmed (R91).
    confirmed: bool,
    #[schema(format = DateTime)]
    posted_at: String,
    components: Vec<Component>,
}

impl LineBody {
    fn new(call: &Call, row: LineView) -> LineBody {
        let details = row.details;
        LineBody {
            id: row.id.to_string(),
            pay_mode: row.action.pay_mode().name(),
            action_type: row.action.name(),
            product_code: row.product,
            resource_id: row.resource,
            resource_name: details.resource_name.unwrap_or_default(),
            region: row.region,
            zone: details.zone.unwrap_or_default(),
            project: row.project,
            tags: Tags(details.tags),
            period_start: call.time(row.period_start),
            period_end: call.time(row.period_end),
            list_amount: Money(row.list_amount),
            discount_rate: Multiplier(row.discount_rate),
            voucher_amount: Money(row.voucher_amount),
            amount: Money(row.amount),
            partner_amount: Money(row.partner_amount),
            owner_uin: AccountNumber(row.owner),
            payer_uin: AccountNumber(row.account),
            partner_uin: row.partner.map(AccountNumber),
            operator_uin: details.operator_uin.map(AccountNumber),
            order_id: row.order.map(|order| order.to_string()),
            confirmed: row.confirmed,
            posted_at: call.time(row.posted_at),
            components: details.components.into_iter().map(Component::from).collect(),
        }
    }
}

list_query! {
    /// Which lines.
    pub(crate) struct LinesQuery {
        /// `prePay` or `postPay`.
        #[param(value_type = Option<crate::described::PayModeText>, inline)]
        pay_mode: Option<String>,
        /// One of the names of R81.
        #[param(value_type = Option<crate::described::ActionTypeText>, inline)]
        action_type: Option<String>,
        /// Whether their payment has been confirmed.
        confirmed: Option<bool>,
        /// The day of the month on which they count: of their period's start, or of their posting where the period began in
        /// another month (R94).
        #[param(value_type = Option<u32>, minimum = 1, maximum = 31)]
        day: Option<String>,
        /// Which lines: what the account owns and pays (`self`), what it pays on behalf of members (`payer`), or what it owns
        /// and somebody else pays (`member`).
        #[param(value_type = Option<crate::described::BillViewText>, inline)]
        view: Option<String>,
        /// Of what it pays on behalf of members only what this one owns; with `payer`.
        #[param(inline)]
        owner_uin: Option<AccountNumber>,
    }
}

impl LinesQuery {
    fn filter(&self) -> Result<LineQuery, Problem> {
        let unknown = |field: &str, text: &str| Problem::invalid(field, format!("{} is not one (R81)", quoted(text)));
        let pay_mode = self.pay_mode.as_deref();
        let pay_mode =
            pay_mode.map(|name| PayMode::from_name(name).ok_or_else(|| unknown("pay_mode", name))).transpose()?;
        let action = self.action_type.as_deref();
        let action =
            action.map(|name| ActionType::from_name(name).ok_or_else(|| unknown("action_type", name))).transpose()?;
        let day = self.day.as_deref().map(|text| match text.parse() {
            Ok(day @ 1..=31_u8) if text.bytes().all(|b| b.is_ascii_digit()) => Ok(day),
            _ => Err(Problem::invalid("day", "a day is a whole number from 1 to 31")),
        });
        Ok(LineQuery { pay_mode, action, confirmed: self.confirmed, managing: None, day: day.transpose()? })
    }
}

/// Lists the lines of a bill.
///
/// Oldest first (R75, R79).
#[utoipa::path(
    get,
    path = "/v1/bills/{uin}/{month}/lines",
    tag = TAG,
    params(
        ("uin" = u64, Path, description = "The account's number"),
        ("month" = inline(crate::described::MonthText), Path, description = "Such as `2026-10`; not one that has not begun"),
        LinesQuery,
    ),
    responses(
        (status = 200, description = "A page of lines", body = Page<LineBody>),
        (status = 400, description = "`invalid_value` about `view` or `owner_uin`, among others"),
        (status = 404, description = "`account_not_found`"),
    )
)]
pub(crate) async fn list_bill_lines(
    call: Call,
    At((uin, month)): At<(String, String)>,
    Query(query): Query<LinesQuery>,
) -> Answer {
    let view = view_of(query.view.as_deref(), query.owner_uin.as_ref())?;
    let bill = bill_in_path(&call, &uin, &month, view).await?;
    let wanted = LIST.wanted(query.limit.as_deref(), query.cursor.as_deref())?;
    let filter = query.filter()?;
    let found = call.app().bill_lines(call.caller, bill, filter, wanted.from, wanted.limit + 1).await?;
    shown(&LIST.page(wanted, found, |row| row.id.position(), |row| LineBody::new(&call, row)))
}
