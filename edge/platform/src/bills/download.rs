//! `GET /v1/bills/{uin}/{month}.csv` and `.xlsx`: all lines of a bill as a file. A bill may have a million lines, so no
//! file is ever held as a whole; and whoever reads slowly holds a place among the few that are served at once.

use super::{TAG, csv, xlsx};
use crate::call::Call;
use crate::details::Details;
use crate::problem::Problem;
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use credere_app::App;
use credere_core::channel::{LineId, OrderId};
use credere_store::contract::{Bill, LineRow};

/// The names of the columns.
pub(super) const COLUMNS: [&str; 23] = [
    "id",
    "pay_mode",
    "action_type",
    "product_code",
    "resource_id",
    "resource_name",
    "region",
    "zone",
    "project",
    "tags",
    "period_start",
    "period_end",
    "list_amount",
    "discount_rate",
    "voucher_amount",
    "amount",
    "partner_amount",
    "payer_uin",
    "partner_uin",
    "operator_uin",
    "order_id",
    "confirmed",
    "posted_at",
];

/// What is in one column of one line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// Written by this server: a figure, a time, an identifier of its own.
    Own(String),
    /// Told by somebody outside, and nothing that a spreadsheet may take for a formula.
    Told(String),
}

/// Characters that make a spreadsheet run a text that begins with them: signs, their full-width kin, and blanks that it
/// drops before it looks.
const RUNS: [char; 11] = ['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n'];

/// Whether a spreadsheet may take a text for a formula.
pub(super) fn may_run(text: &str) -> bool {
    text.starts_with(RUNS)
}

/// A line by columns.
pub(super) fn cells(app: &App, row: LineRow) -> [Cell; COLUMNS.len()] {
    let details = Details::read(&row.details);
    let tags: Vec<String> = details.tags.0.iter().map(|(key, value)| format!("{key}={value}")).collect();
    [
        Cell::Own(LineId(row.seq).to_string()),
        Cell::Own(row.action.pay_mode().name().to_owned()),
        Cell::Own(row.action.name().to_owned()),
        Cell::Told(row.product),
        Cell::Told(row.resource),
        Cell::Told(details.resource_name.unwrap_or_default()),
        Cell::Told(row.region),
        Cell::Told(details.zone.unwrap_or_default()),
        Cell::Told(row.project),
        Cell::Told(tags.join("; ")),
        Cell::Own(app.rfc3339(row.period_start)),
        Cell::Own(app.rfc3339(row.period_end)),
        Cell::Own(row.list_amount.to_string()),
        Cell::Own(row.discount_rate.to_string()),
        Cell::Own(row.voucher_amount.to_string()),
        Cell::Own(row.amount.to_string()),
        Cell::Own(row.partner_amount.to_string()),
        Cell::Own(row.payer.to_string()),
        Cell::Own(row.managing.map(|partner| partner.to_string()).unwrap_or_default()),
        Cell::Own(details.operator_uin.map(|number| number.0.to_string()).unwrap_or_default()),
        Cell::Own(row.order_seq.map(|seq| OrderId(seq).to_string()).unwrap_or_default()),
        Cell::Own(row.confirmed.to_string()),
        Cell::Own(app.rfc3339(row.posted_at)),
    ]
}

/// Downloads the lines of a bill as CSV.
///
/// One line a row, oldest first, under a row of names; amounts are plain decimals. A text that a spreadsheet would take
/// for a formula has a `'` before it.
#[utoipa::path(
    get,
    path = "/v1/bills/{uin}/{month}.csv",
    tag = TAG,
    params(
        ("uin" = u64, Path, description = "The account's number"),
        ("month" = inline(crate::described::MonthText), Path, description = "Such as `2026-10`; not one that has not begun"),
    ),
    responses(
        (status = 200, description = "The lines", body = String, content_type = "text/csv"),
        (status = 400, description = "`invalid_value` about `month`"),
        (status = 404, description = "`account_not_found`"),
    )
)]
#[expect(dead_code, reason = "describes the file; the bill's own route serves it")]
pub(super) fn bill_as_csv() {}

/// Downloads the lines of a bill as an Excel workbook.
///
/// One line a row, oldest first, under a row of names; beyond 1,048,575 lines on further sheets. Amounts are texts, since
/// a spreadsheet's own numbers do not hold them exactly.
#[utoipa::path(
    get,
    path = "/v1/bills/{uin}/{month}.xlsx",
    tag = TAG,
    params(
        ("uin" = u64, Path, description = "The account's number"),
        ("month" = inline(crate::described::MonthText), Path, description = "Such as `2026-10`; not one that has not begun"),
    ),
    responses(
        (
            status = 200,
            description = "The lines",
            body = Vec<u8>,
            content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        ),
        (status = 400, description = "`invalid_value` about `month`"),
        (status = 404, description = "`account_not_found`"),
    )
)]
#[expect(dead_code, reason = "describes the file; the bill's own route serves it")]
pub(super) fn bill_as_xlsx() {}

/// The file that [`bill_as_csv`] describes.
pub(super) async fn csv(call: &Call, bill: Bill) -> Result<Response, Problem> {
    let place = call.file_place()?;
    let lines = call.app().bill_stream(call.caller, bill).await?;
    let body = csv::body(call.app_handle(), lines, place);
    Ok(file(bill, "csv", HeaderValue::from_static("text/csv; charset=utf-8; header=present"), body))
}

/// The file that [`bill_as_xlsx`] describes.
pub(super) async fn xlsx(call: &Call, bill: Bill) -> Result<Response, Problem> {
    let place = call.file_place()?;
    let lines = call.app().bill_stream(call.caller, bill).await?;
    let (length, body) = xlsx::body(call.app_handle(), bill, lines, place).await?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let mut response = file(bill, "xlsx", HeaderValue::from_static(kind), body);
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    Ok(response)
}

fn file(bill: Bill, ending: &str, kind: HeaderValue, body: Body) -> Response {
    let name = format!("attachment; filename=\"bill-{}-{}.{ending}\"", bill.account, bill.month);
    let mut response = body.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    if let Ok(name) = HeaderValue::from_str(&name) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    }
    response
}
