//! Vouchers: issued, taken back, shown, listed, with what they paid (R111-R122). Which one pays what is the core's.

mod invalidate;
mod issue;
mod read;
mod uses;
mod view;

use crate::problem::Problem;
use crate::state::Platform;
use credere_core::book::{Rejection, vouchers};
use credere_core::channel::VoucherId;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const TAG: &str = "Vouchers";

pub(crate) fn routes() -> OpenApiRouter<Platform> {
    OpenApiRouter::new()
        .routes(routes!(issue::issue_voucher, read::list_vouchers))
        .routes(routes!(read::show_voucher))
        .routes(routes!(invalidate::invalidate_voucher))
        .routes(routes!(uses::list_voucher_uses))
}

/// The voucher that a path names.
///
/// # Errors
/// 404: what cannot be a voucher's number is none.
fn id_in_path(text: &str) -> Result<VoucherId, Problem> {
    text.parse().map_err(|_| Problem::refused(&Rejection::Vouchers(vouchers::Reason::VoucherNotFound)))
}
