//! `GET /v1/bills/{uin}/{month}.csv` and `.xlsx`: all lines of a bill as a file. A bill may have a million lines, so no
//! file is ever held as a whole; and whoever reads slowly holds a place among the few that are served at once.

use super::{TAG, ViewQuery, csv, xlsx};
use crate::call::{Answer, Call};
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use credere_app::bills::Bill;

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
        ViewQuery,
    ),
    responses(
        (status = 200, description = "The lines", body = String, content_type = "text/csv"),
        (status = 400, description = "`invalid_value` about `month`, `view` or `owner_uin`"),
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
        ViewQuery,
    ),
    responses(
        (
            status = 200,
            description = "The lines",
            body = Vec<u8>,
            content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        ),
        (status = 400, description = "`invalid_value` about `month`, `view` or `owner_uin`"),
        (status = 404, description = "`account_not_found`"),
    )
)]
#[expect(dead_code, reason = "describes the file; the bill's own route serves it")]
pub(super) fn bill_as_xlsx() {}

/// The file that [`bill_as_csv`] describes.
pub(super) async fn csv(call: &Call, bill: Bill) -> Answer {
    let place = call.file_place()?;
    let lines = call.app().bill_stream(call.caller, bill).await?;
    let body = csv::body(call.app_handle(), lines, place);
    Ok(file(bill, "csv", HeaderValue::from_static("text/csv; charset=utf-8; header=present"), body))
}

/// The file that [`bill_as_xlsx`] describes.
pub(super) async fn xlsx(call: &Call, bill: Bill) -> Answer {
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
