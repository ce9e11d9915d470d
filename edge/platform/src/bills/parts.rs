//! `GET /v1/bills/{uin}/{month}/resources` and `/tags`: what a bill comes to by things of which there may be as many as
//! lines, so that the answers come in pages.

use super::sums::{PartBody, SumsBody, together};
use super::{TAG, bill_in_path, view_of};
use crate::call::{Answer, At, Call, shown};
use crate::page::{NamedList, Page, list_query};
use crate::query::Query;
use crate::wire::AccountNumber;
use credere_app::bills::BillSum;
use serde::Serialize;
use utoipa::ToSchema;

const RESOURCES: NamedList = NamedList(b'R');
const TAGS: NamedList = NamedList(b'T');

/// What a resource's lines come to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BillResource, example = json!({
    "resource_id": "ins-1", "lines": 2, "list_amount": "0.60", "voucher_amount": "0.00", "amount": "0.54",
    "partner_amount": "0.48", "products": [{ "name": "cvm", "lines": 2, "list_amount": "0.60",
        "voucher_amount": "0.00", "amount": "0.54", "partner_amount": "0.48" }]
}))]
struct ResourceSumsBody {
    /// Empty for the lines without a resource.
    resource_id: String,
    #[serde(flatten)]
    sums: SumsBody,
    /// By the products' codes.
    products: Vec<PartBody>,
}

list_query! {
    /// Of which lines.
    pub(crate) struct ResourcesQuery {
        /// Which lines: what the account owns and pays (`self`), what it pays on behalf of members (`payer`), or what it owns
        /// and somebody else pays (`member`).
        #[param(value_type = Option<crate::described::BillViewText>, inline)]
        view: Option<String>,
        /// Of what it pays on behalf of members only what this one owns; with `payer`.
        #[param(inline)]
        owner_uin: Option<AccountNumber>,
    }
}

/// Lists what a bill comes to by resource.
///
/// In the order of their ids (R75, L2); lines without a resource come first, under the empty id.
#[utoipa::path(
    get,
    path = "/v1/bills/{uin}/{month}/resources",
    tag = TAG,
    params(
        ("uin" = u64, Path, description = "The account's number"),
        ("month" = inline(crate::described::MonthText), Path, description = "Such as `2026-10`; not one that has not begun"),
        ResourcesQuery,
    ),
    responses(
        (status = 200, description = "A page of resources", body = Page<ResourceSumsBody>),
        (status = 404, description = "`account_not_found`"),
    )
)]
pub(crate) async fn list_bill_resources(
    call: Call,
    At((uin, month)): At<(String, String)>,
    Query(query): Query<ResourcesQuery>,
) -> Answer {
    let view = view_of(query.view.as_deref(), query.owner_uin.as_ref())?;
    let bill = bill_in_path(&call, &uin, &month, view).await?;
    let (limit, after) = RESOURCES.wanted(query.limit.as_deref(), query.cursor.as_deref())?;
    let rows = call.app().bill_resources(call.caller, bill, after, limit + 1).await?;
    let mut data: Vec<ResourceSumsBody> = Vec::new();
    let mut sum = BillSum::default();
    let mut more = false;
    for row in rows {
        let own = BillSum::from(&row);
        let part = PartBody { name: row.product, sums: own.into() };
        let begins = data.last().is_none_or(|last| last.resource_id != row.name);
        if begins && data.len() == limit {
            more = true;
            break;
        }
        if begins {
            sum = own;
            data.push(ResourceSumsBody { resource_id: row.name, sums: own.into(), products: vec![part] });
        } else if let Some(last) = data.last_mut() {
            sum = together(sum, own)?;
            last.sums = sum.into();
            last.products.push(part);
        }
    }
    let next_cursor = data.last().filter(|_| more).map(|last| RESOURCES.cursor(&last.resource_id));
    shown(&Page { data, next_cursor })
}

list_query! {
    /// Which tag.
    pub(crate) struct TagsQuery {
        /// The tag's key.
        key: String,
        /// Which lines: what the account owns and pays (`self`), what it pays on behalf of members (`payer`), or what it owns
        /// and somebody else pays (`member`).
        #[param(value_type = Option<crate::described::BillViewText>, inline)]
        view: Option<String>,
        /// Of what it pays on behalf of members only what this one owns; with `payer`.
        #[param(inline)]
        owner_uin: Option<AccountNumber>,
    }
}

/// Lists what a bill comes to by the values of one tag.
///
/// In the order of the values (R75, L1); lines without the tag come first, under the empty value.
#[utoipa::path(
    get,
    path = "/v1/bills/{uin}/{month}/tags",
    tag = TAG,
    params(
        ("uin" = u64, Path, description = "The account's number"),
        ("month" = inline(crate::described::MonthText), Path, description = "Such as `2026-10`; not one that has not begun"),
        TagsQuery,
    ),
    responses(
        (status = 200, description = "A page of values", body = Page<PartBody>),
        (status = 404, description = "`account_not_found`"),
    )
)]
pub(crate) async fn list_bill_tags(
    call: Call,
    At((uin, month)): At<(String, String)>,
    Query(query): Query<TagsQuery>,
) -> Answer {
    let view = view_of(query.view.as_deref(), query.owner_uin.as_ref())?;
    let bill = bill_in_path(&call, &uin, &month, view).await?;
    let (limit, after) = TAGS.wanted(query.limit.as_deref(), query.cursor.as_deref())?;
    let mut found = call.app().bill_tags(call.caller, bill, query.key, after, limit + 1).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let part = |(name, sum): (String, BillSum)| PartBody { name, sums: sum.into() };
    let data: Vec<PartBody> = found.into_iter().map(part).collect();
    let next_cursor = data.last().filter(|_| more).map(|last| TAGS.cursor(&last.name));
    shown(&Page { data, next_cursor })
}
