//! Products: added, shown, listed, changed.

use crate::Platform;
use crate::body::Json;
use crate::call::{At, Call, answer, answer_again};
use crate::page::{List, Page, PageQuery};
use crate::problem::Problem;
use crate::query::Query;
use crate::wire::{Money, Multiplier, NewCode, Object, Text, by_name, present};
use axum::http::StatusCode;
use axum::response::Response;
use credere_core::access::Action;
use credere_core::book::{Command, Event, Rejection};
use credere_core::channel::{Product, ProductCode, Settlement};
use credere_core::money::Rate;
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

/// What a postpaid resource of the product freezes. Only `none` is there yet.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewFreeze, example = json!({ "model": "none" }))]
struct FreezeBody {
    #[schema(value_type = String, pattern = "^none$")]
    model: Text<1, 32>,
    coefficient: Option<Multiplier>,
    amount: Option<Money>,
}

impl FreezeBody {
    /// Models other than `none` come with a later part of the API.
    fn read(self) -> Result<(), Problem> {
        let FreezeBody { model, coefficient, amount } = self;
        let later = |field: &str, what: &str| Problem::invalid(field, format!("{what} is not there yet; `none` is"));
        if model.0 != "none" {
            return Err(later("freeze.model", &format!("the model {}", crate::wire::quoted(&model.0))));
        }
        if coefficient.is_some_and(|Multiplier(rate)| rate != Rate::ONE) {
            return Err(later("freeze.coefficient", "a freeze by coefficient"));
        }
        if amount.is_some_and(|money| money != Money::ZERO) {
            return Err(later("freeze.amount", "a freeze by amount"));
        }
        Ok(())
    }
}

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
    #[schema(value_type = Option<String>, min_length = 1, max_length = 256)]
    name: Option<Text<1, 256>>,
    /// Hours that it runs on after its account became overdue: 2 where it settles hourly, else 24 (R105).
    grace_hours: Option<u32>,
    #[schema(value_type = Option<FreezeBody>)]
    freeze: Option<Object<FreezeBody>>,
}

/// What changes of a product. What is left out keeps its value.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProductChange, example = json!({ "grace_hours": 4 }))]
pub(crate) struct ProductChangeBody {
    #[serde(default, deserialize_with = "present")]
    settlement: Option<SettlementName>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 256)]
    name: Option<Text<1, 256>>,
    #[serde(default, deserialize_with = "present")]
    grace_hours: Option<u32>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<FreezeBody>)]
    freeze: Option<Object<FreezeBody>>,
}

/// A product.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Product, example = json!({
    "code": "cvm", "name": "Cloud server", "settlement": "hourly", "grace_hours": 2,
    "freeze": { "model": "none", "coefficient": "1.00", "amount": "0.00" }
}))]
pub(crate) struct ProductBody {
    code: String,
    name: String,
    settlement: SettlementName,
    grace_hours: u32,
    freeze: FreezeView,
}

/// What a postpaid resource of the product freezes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Freeze)]
struct FreezeView {
    model: &'static str,
    coefficient: Multiplier,
    amount: Money,
}

impl From<Product> for ProductBody {
    fn from(product: Product) -> ProductBody {
        ProductBody {
            code: product.code.to_string(),
            name: product.name,
            settlement: product.settlement.into(),
            grace_hours: product.grace_hours,
            freeze: FreezeView { model: "none", coefficient: Multiplier(Rate::ONE), amount: Money::ZERO },
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
    )
)]
pub(crate) async fn add_product(Json { call, value, bytes, .. }: Json<NewProductBody>) -> Result<Response, Problem> {
    value.freeze.map(|Object(freeze)| freeze.read()).transpose()?;
    let code = value.code.0;
    let name = value.name.map_or_else(|| code.to_string(), |text| text.0);
    let settlement = value.settlement.into();
    let claim = call.claim(&bytes)?;
    let command = Command::AddProduct { code, name, settlement, grace_hours: value.grace_hours };
    let done = call.decide(claim.key, command, &[("product_exists", "code")]).await?;
    let Event::ProductAdded { number: _, code, name, settlement, grace_hours } = *done.event else {
        return Err(Problem::internal());
    };
    let body = ProductBody::from(Product { code, name, settlement, grace_hours });
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
    )
)]
pub(crate) async fn change_product(
    At(code): At<String>,
    Json { call, value, .. }: Json<ProductChangeBody>,
) -> Result<Response, Problem> {
    value.freeze.map(|Object(freeze)| freeze.read()).transpose()?;
    let code = code_in_path(&code)?;
    let command = Command::ChangeProduct {
        code: code.clone(),
        name: value.name.map(|text| text.0),
        settlement: value.settlement.map(Into::into),
        grace_hours: value.grace_hours,
    };
    call.decide(None, command, &[]).await?;
    Ok(answer(StatusCode::OK, &ProductBody::from(shown(&call, &code).await?)))
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
