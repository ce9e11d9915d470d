//! `POST /v1/vouchers/{id}/invalidate`

use super::view::VoucherBody;
use super::{TAG, id_in_path};
use crate::body::{Json, NothingBody};
use crate::call::{Answer, At, changed};

/// Takes a voucher back.
///
/// It pays nothing any more from this moment on; what it paid before stays paid. A type II and the type III that came
/// with it are taken back one by one.
#[utoipa::path(
    post,
    path = "/v1/vouchers/{id}/invalidate",
    tag = TAG,
    params(("id" = String, Path, description = "The voucher's id")),
    request_body(content = NothingBody, description = "Nothing, or an empty object"),
    responses(
        (status = 200, description = "The voucher as it is now", body = VoucherBody),
        (status = 404, description = "`voucher_not_found`"),
        (status = 409, description = "`voucher_not_issued`: it is used up, expired or taken back"),
    )
)]
pub(crate) async fn invalidate_voucher(At(id): At<String>, Json { call, bytes, .. }: Json<NothingBody>) -> Answer {
    let (claim, id) = call.claim_of(&bytes, id_in_path(&id)).await?;
    let done = call.judged(call.app().invalidate_voucher(call.caller, claim.key, id).await, &[])?;
    changed(&VoucherBody::new(&call, call.app().voucher_after(&done)?), done.replayed)
}
