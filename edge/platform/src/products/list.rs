//! `GET /v1/products`

use super::TAG;
use super::view::ProductBody;
use crate::call::{Answer, Call, shown};
use crate::page::{List, Page, PageQuery};
use crate::query::Query;
use credere_core::access::Action;

/// Cursors hold a product's number.
const LIST: List = List(b'g');

/// Lists products.
///
/// In the order in which they were added.
#[utoipa::path(
    get,
    path = "/v1/products",
    tag = TAG,
    params(PageQuery),
    responses((status = 200, description = "A page of products", body = Page<ProductBody>))
)]
pub(crate) async fn list_products(call: Call, Query(query): Query<PageQuery>) -> Answer {
    let wanted = LIST.wanted(query.limit.as_deref(), query.cursor.as_deref())?;
    let found = call
        .app()
        .read_as(call.caller, Action::ReadProducts, None, |book| {
            let numbered = (1_u64..).zip(book.products());
            let rest = numbered.filter(|(number, _)| *number > wanted.from.unwrap_or(0));
            Ok(rest.take(wanted.limit + 1).map(|(number, product)| (number, product.clone())).collect::<Vec<_>>())
        })
        .await?;
    shown(&LIST.page(wanted, found, |(number, _)| *number, |(_, product)| ProductBody::from(product)))
}
