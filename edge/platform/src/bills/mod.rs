//! Bills: what they come to, their lines, their resources, their tags, and all lines as a file (R75-R86). The platform
//! sees everything on them; what customers and partners must not see is left out at their own doors.

mod columns;
mod csv;
mod download;
mod lines;
mod parts;
mod sums;
mod total;
mod xlsx;

use crate::call::{Call, uin_in_path};
use crate::problem::Problem;
use crate::state::Platform;
use credere_app::bills::Bill;
use credere_core::book::parties;
use credere_core::ledger::Month;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const TAG: &str = "Bills";

/// The two files share their route with the bill itself: a path's last part cannot be told apart by its ending.
#[derive(OpenApi)]
#[openapi(paths(download::bill_as_csv, download::bill_as_xlsx))]
struct Files;

pub(crate) fn routes() -> OpenApiRouter<Platform> {
    OpenApiRouter::with_openapi(Files::openapi())
        .routes(routes!(total::list_bills))
        .routes(routes!(total::show_bill))
        .routes(routes!(lines::list_bill_lines))
        .routes(routes!(parts::list_bill_resources))
        .routes(routes!(parts::list_bill_tags))
}

/// The bill that a path names: of any account, of a month that has begun.
///
/// # Errors
/// 404 for what is no account's number, 400 about `month`.
async fn bill_in_path(call: &Call, uin: &str, month: &str) -> Result<Bill, Problem> {
    let account = uin_in_path(uin, parties::Party::Account)?;
    let wrong = || Problem::invalid("month", "a month is written like `2026-10`");
    let month: Month = month.parse().map_err(|_| wrong())?;
    let now = call.app().calendar().month(call.app().now().await?);
    if month > now {
        let detail = format!("`{month}` has not begun; the current month is `{now}`");
        return Err(Problem::invalid("month", detail));
    }
    Ok(Bill { account, month })
}
