//! `GET /v1/products/{code}`

use super::TAG;
use super::view::{ProductBody, code_in_path};
use crate::call::{Answer, At, Call, shown};
use credere_core::access::Action;
use credere_core::book::{Rejection, catalogue};

/// Shows a product.
///
/// With its settlement, which also decides its grace (R105).
#[utoipa::path(
    get,
    path = "/v1/products/{code}",
    tag = TAG,
    params(("code" = String, Path, description = "The product's code")),
    responses(
        (status = 200, description = "The product", body = ProductBody),
        (status = 404, description = "`product_not_found`"),
    )
)]
pub(crate) async fn show_product(call: Call, At(code): At<String>) -> Answer {
    let code = code_in_path(&code)?;
    let found = call.app().read_as(call.caller, Action::ReadProducts, None, |book| {
        book.product(&code)
            .map(|(_, product)| product.clone())
            .ok_or(Rejection::Catalogue(catalogue::Reason::ProductNotFound))
    });
    shown(&ProductBody::from(found.await?))
}
