//! A product as it is shown, and how a path names one.

use super::terms::{FreezeModelName, SettlementName};
use crate::problem::Problem;
use crate::wire::{Factor, Money};
use credere_core::book::catalogue;
use credere_core::channel::{Product, ProductCode};
use serde::Serialize;
use utoipa::ToSchema;

/// A product.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Product, example = json!({
    "code": "cvm", "name": "Cloud server", "settlement": "hourly", "grace_hours": 2,
    "retention_days": 15, "freeze": { "model": "none", "coefficient": "1.00", "amount": "0.00" }, "inheritable": true
}))]
pub(super) struct ProductBody {
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
    /// Whether who inherits another account's offers has them for this product, too; where not, everybody has its own (O84).
    inheritable: bool,
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
            inheritable: product.inheritable,
        }
    }
}

/// The product that a path names.
///
/// # Errors
/// `product_not_found`
pub(super) fn code_in_path(text: &str) -> Result<ProductCode, Problem> {
    text.parse().map_err(|_| Problem::refused(&catalogue::Reason::ProductNotFound.into()))
}

/// The product that a field of a body names.
///
/// # Errors
/// `product_not_found`
pub(crate) fn product_named(text: &str, field: impl Into<String>) -> Result<ProductCode, Problem> {
    code_in_path(text).map_err(|problem| problem.at(field))
}
