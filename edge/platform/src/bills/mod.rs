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
use crate::wire::{AccountNumber, quoted};
use credere_app::bills::{Bill, View};
use credere_core::book::parties;
use credere_core::ledger::Month;
use serde::Deserialize;
use utoipa::{IntoParams, OpenApi};
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

/// Which lines of an account's bill.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ViewQuery {
    /// Which lines: what the account owns and pays (`self`), what it pays on behalf of members of its organization (`payer`),
    /// or what it owns and somebody else pays (`member`).
    #[param(value_type = Option<crate::described::BillViewText>, inline)]
    view: Option<String>,
    /// Of what it pays on behalf of members only what this one owns; with `payer`.
    #[param(inline)]
    owner_uin: Option<AccountNumber>,
}

/// Reads a view by its name.
///
/// # Errors
/// 400 about `view` or `owner_uin`.
fn view_of(view: Option<&str>, owner: Option<&AccountNumber>) -> Result<View, Problem> {
    let view = match view {
        None | Some("self") => View::Own,
        Some("payer") => return Ok(owner.map_or(View::OnBehalf, |owner| View::OnBehalfOf(owner.0))),
        Some("member") => View::PaidByOthers,
        Some(other) => {
            let detail = format!("{} is not one of `self`, `payer`, `member`", quoted(other));
            return Err(Problem::invalid("view", detail));
        }
    };
    match owner {
        None => Ok(view),
        Some(_) => Err(Problem::invalid("owner_uin", "an owner is named where `view` is `payer`")),
    }
}

/// The name of a view.
fn view_name(view: View) -> &'static str {
    match view {
        View::Paid | View::Own => "self",
        View::OnBehalf | View::OnBehalfOf(_) => "payer",
        View::PaidByOthers => "member",
    }
}

/// The bill that a path names: of any account, of a month that has begun.
///
/// # Errors
/// 404 for what is no account's number, 400 about `month`.
async fn bill_in_path(call: &Call, uin: &str, month: &str, view: View) -> Result<Bill, Problem> {
    let account = uin_in_path(uin, parties::Party::Account)?;
    let month = month_in_path(call, month).await?;
    Ok(Bill { account, month, view })
}

/// The month that a path names, one that has begun.
///
/// # Errors
/// 400 about `month`.
pub(crate) async fn month_in_path(call: &Call, month: &str) -> Result<Month, Problem> {
    let wrong = || Problem::invalid("month", "a month is written like `2026-10`");
    let month: Month = month.parse().map_err(|_| wrong())?;
    let now = call.app().calendar().month(call.app().now().await?);
    if month > now {
        let detail = format!("`{month}` has not begun; the current month is `{now}`");
        return Err(Problem::invalid("month", detail));
    }
    Ok(month)
}
