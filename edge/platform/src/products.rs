//! Products: added, shown, listed, changed.

use crate::Platform;
use crate::body::Json;
use crate::call::{At, Call, answer, answer_again};
use crate::page::{List, Page, PageQuery};
use crate::problem::{Fields, Problem};
use crate::query::Query;
use crate::wire::{Factor, Money, NewCode, Object, Text, by_name, present};
use axum::http::StatusCode;
use axum::response::Response;
use credere_core::access::Action;
use credere_core::book::{Command, Event, Rejection};
use credere_core::channel::{FreezeChange, FreezeModel, FreezeTerms, Product, ProductCode, Settlement};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const TAG: &str = "Products";

/// Cursors hold a product's number.
const LIST: List = List(b'g');

pub(crate) fn routes() -> OpenApiRouter<Platform> {
    OpenApiRouter::new().routes(routes!(add_product, list_products)).routes(routes!(show_product, change_product))
}

/// How often usage is charged.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", rename_all = "snake_case")]
#[schema(as = Settlement)]
enum SettlementName {
    Hourly,
    Daily,
    Monthly,
}

by_name!(SettlementName, both ways);

impl From<SettlementName> for Settlement {
    fn from(name: SettlementName) -> Settlement {
        match name {
            SettlementName::Hourly => Settlement::Hourly,
            SettlementName::Daily => Settlement::Daily,
            SettlementName::Monthly => Settlement::Monthly,
        }
    }
}

impl From<Settlement> for SettlementName {
    fn from(settlement: Settlement) -> SettlementName {
        match settlement {
            Settlement::Hourly => SettlementName::Hourly,
            Settlement::Daily => SettlementName::Daily,
            Settlement::Monthly => SettlementName::Monthly,
        }
    }
}

/// How a product freezes credit while a resource of it runs (R67).
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", rename_all = "snake_case")]
#[schema(as = FreezeModel)]
enum FreezeModelName {
    /// Not at all.
    None,
    /// The coefficient times the price of what was bought for one settlement period.
    Coefficient,
    /// The same amount, whatever was bought.
    Fixed,
    /// Nothing at first, then the coefficient times the usage of the last cycle.
    ReEstimate,
    /// A minimum fee, set aside again after each cycle.
    MinimumFee,
}

by_name!(FreezeModelName, both ways);

impl From<FreezeModelName> for FreezeModel {
    fn from(name: FreezeModelName) -> FreezeModel {
        match name {
            FreezeModelName::None => FreezeModel::None,
            FreezeModelName::Coefficient => FreezeModel::Coefficient,
            FreezeModelName::Fixed => FreezeModel::Fixed,
            FreezeModelName::ReEstimate => FreezeModel::ReEstimate,
            FreezeModelName::MinimumFee => FreezeModel::MinimumFee,
        }
    }
}

impl From<FreezeModel> for FreezeModelName {
    fn from(model: FreezeModel) -> FreezeModelName {
        match model {
            FreezeModel::None => FreezeModelName::None,
            FreezeModel::Coefficient => FreezeModelName::Coefficient,
            FreezeModel::Fixed => FreezeModelName::Fixed,
            FreezeModel::ReEstimate => FreezeModelName::ReEstimate,
            FreezeModel::MinimumFee => FreezeModelName::MinimumFee,
        }
    }
}

/// A product's freezing terms as they are sent: what is left out keeps its value, or in a new product its default
/// (`none`, 1 and 0).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FreezeChange, example = json!({ "model": "coefficient", "coefficient": "1.5" }))]
struct FreezeBody {
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    model: Option<FreezeModelName>,
    /// What a price is multiplied with, from 0 to 1,000,000,000 (models `coefficient` and `re_estimate`).
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    coefficient: Option<Factor>,
    /// The fixed amount or the minimum fee at list price, not negative (models `fixed` and `minimum_fee`).
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    amount: Option<Money>,
}

fn freeze_change(sent: Option<Object<FreezeBody>>) -> FreezeChange {
    let Some(Object(FreezeBody { model, coefficient, amount })) = sent else { return FreezeChange::default() };
    FreezeChange {
        model: model.map(Into::into),
        coefficient: coefficient.map(|factor| factor.0),
        amount: amount.map(|money| money.0),
    }
}

/// Which refusal is about which field of a product.
const FIELDS: &Fields = &[("product_exists", "code"), ("amount_negative", "freeze.amount")];

/// A new product; `code` and `settlement` are required.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewProduct, example = json!({ "code": "cvm", "name": "Cloud server", "settlement": "hourly" }))]
pub(crate) struct NewProductBody {
    /// 1 to 64 of `a-z A-Z 0-9 _ . -`, unique.
    #[schema(value_type = String, pattern = "^[A-Za-z0-9_.-]{1,64}$")]
    code: NewCode,
    settlement: SettlementName,
    /// What people call it; the code where absent.
    #[schema(inline)]
    name: Option<Text<1, 256>>,
    /// Hours that it runs on after its account became overdue; where absent 2 while it settles hourly, else 24 (R105).
    #[schema(format = Int64, maximum = 4_294_967_295_i64)]
    grace_hours: Option<u32>,
    /// Days that the data of a stopped resource is kept, 15 where absent; the special suspension rule keeps it for 15 at
    /// most (R107).
    #[schema(format = Int64, maximum = 4_294_967_295_i64)]
    retention_days: Option<u32>,
    /// What a resource freezes while it runs (R65-R69); nothing where absent.
    #[schema(value_type = Option<FreezeBody>)]
    freeze: Option<Object<FreezeBody>>,
}

/// What changes of a product. What is left out keeps its value.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProductChange, example = json!({ "grace_hours": 4 }))]
pub(crate) struct ProductChangeBody {
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    settlement: Option<SettlementName>,
    #[serde(default, deserialize_with = "present")]
    #[schema(inline, nullable = false)]
    name: Option<Text<1, 256>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(format = Int64, maximum = 4_294_967_295_i64, nullable = false)]
    grace_hours: Option<u32>,
    #[serde(default, deserialize_with = "present")]
    #[schema(format = Int64, maximum = 4_294_967_295_i64, nullable = false)]
    retention_days: Option<u32>,
    /// What is frozen already stays until the resource changes.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<FreezeBody>, nullable = false)]
    freeze: Option<Object<FreezeBody>>,
}

/// A product.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Product, example = json!({
    "code": "cvm", "name": "Cloud server", "settlement": "hourly", "grace_hours": 2,
    "retention_days": 15, "freeze": { "model": "none", "coefficient": "1.00", "amount": "0.00" }
}))]
pub(crate) struct ProductBody {
    code: String,
    name: String,
    settlement: SettlementName,
    /// Hours that it runs on after its account became overdue (R105).
    #[schema(format = Int64, maximum = 4_294_967_295_i64)]
    grace_hours: u32,
    /// Days that the data of a stopped resource is kept (R107).
    #[schema(format = Int64, maximum = 4_294_967_295_i64)]
    retention_days: u32,
    freeze: FreezeView,
}

/// What a postpaid resource of the product freezes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Freeze)]
struct FreezeView {
    model: FreezeModelName,
    coefficient: Factor,
    amount: Money,
}

impl From<Product> for ProductBody {
    fn from(product: Product) -> ProductBody {
        let grace_hours = product.grace_hours();
        ProductBody {
            code: product.code.to_string(),
            name: product.name,
            settlement: product.settlement.into(),
            grace_hours,
            retention_days: product.retention_days,
            freeze: FreezeView {
                model: product.freeze.model.into(),
                coefficient: Factor(product.freeze.coefficient),
                amount: Money(product.freeze.amount),
            },
        }
    }
}

/// Adds a product.
///
/// Products are never removed.
#[utoipa::path(
    post,
    path = "/v1/products",
    tag = TAG,
    request_body = NewProductBody,
    responses(
        (status = 201, description = "The product", body = ProductBody),
        (status = 409, description = "`product_exists`: the code is taken"),
        (status = 422, description = "`amount_negative`: about `freeze.amount`"),
    )
)]
pub(crate) async fn add_product(Json { call, value, bytes, .. }: Json<NewProductBody>) -> Result<Response, Problem> {
    let code = value.code.0;
    let command = Command::AddProduct {
        name: value.name.map_or_else(|| code.to_string(), |text| text.0),
        code,
        settlement: value.settlement.into(),
        grace_hours: value.grace_hours,
        retention_days: value.retention_days,
        freeze: freeze_change(value.freeze).over(FreezeTerms::default()),
    };
    let claim = call.claim(&bytes)?;
    let done = call.decide(claim.key, command, FIELDS).await?;
    let Event::ProductAdded { number: _, code, name, settlement, grace_hours, retention_days, freeze } = *done.event
    else {
        return Err(Problem::internal());
    };
    let own_grace_hours = grace_hours;
    let body = ProductBody::from(Product { code, name, settlement, own_grace_hours, retention_days, freeze });
    Ok(answer_again(StatusCode::CREATED, &body, done.replayed))
}

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
pub(crate) async fn list_products(call: Call, Query(query): Query<PageQuery>) -> Result<Response, Problem> {
    let wanted = LIST.wanted(query.limit.as_deref(), query.cursor.as_deref())?;
    let found = call
        .app()
        .read_as(call.caller, Action::ReadProducts, None, |book| {
            let numbered = (1_u64..).zip(book.products());
            let rest = numbered.filter(|(number, _)| *number > wanted.from.unwrap_or(0));
            Ok(rest.take(wanted.limit + 1).map(|(number, product)| (number, product.clone())).collect::<Vec<_>>())
        })
        .await?;
    Ok(answer(
        StatusCode::OK,
        &LIST.page(wanted, found, |(number, _)| *number, |(_, product)| ProductBody::from(product)),
    ))
}

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
pub(crate) async fn show_product(call: Call, At(code): At<String>) -> Result<Response, Problem> {
    let product = shown(&call, &code_in_path(&code)?).await?;
    Ok(answer(StatusCode::OK, &ProductBody::from(product)))
}

/// Changes a product.
///
/// Its code stays.
#[utoipa::path(
    patch,
    path = "/v1/products/{code}",
    tag = TAG,
    params(("code" = String, Path, description = "The product's code")),
    request_body = ProductChangeBody,
    responses(
        (status = 200, description = "The product as it is now", body = ProductBody),
        (status = 404, description = "`product_not_found`"),
        (status = 422, description = "`amount_negative`: about `freeze.amount`"),
    )
)]
pub(crate) async fn change_product(
    At(code): At<String>,
    Json { call, value, bytes, .. }: Json<ProductChangeBody>,
) -> Result<Response, Problem> {
    let claim = call.claim(&bytes)?;
    let code = call.formal(&claim, code_in_path(&code)).await?;
    let command = Command::ChangeProduct {
        code,
        name: value.name.map(|text| text.0),
        settlement: value.settlement.map(Into::into),
        grace_hours: value.grace_hours,
        retention_days: value.retention_days,
        freeze: freeze_change(value.freeze),
    };
    let done = call.decide(claim.key, command, FIELDS).await?;
    let Event::ProductChanged { number: _, code, name, settlement, grace_hours, retention_days, freeze } = *done.event
    else {
        return Err(Problem::internal());
    };
    let body =
        ProductBody::from(Product { code, name, settlement, own_grace_hours: grace_hours, retention_days, freeze });
    Ok(answer_again(StatusCode::OK, &body, done.replayed))
}

fn code_in_path(text: &str) -> Result<ProductCode, Problem> {
    text.parse().map_err(|_| Problem::refused(&Rejection::ProductNotFound))
}

async fn shown(call: &Call, code: &ProductCode) -> Result<Product, Problem> {
    let found = call.app().read_as(call.caller, Action::ReadProducts, None, |book| {
        book.product(code).map(|(_, product)| product.clone()).ok_or(Rejection::ProductNotFound)
    });
    Ok(found.await?)
}
