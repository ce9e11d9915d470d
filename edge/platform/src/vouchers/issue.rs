//! `POST /v1/vouchers`

use super::TAG;
use super::view::{KindName, ModeName, UsageName, VoucherBody};
use crate::body::Json;
use crate::call::{Answer, created};
use crate::problem::Problem;
use crate::products::product_named;
use crate::wire::{AccountNumber, Money, Object, Text, Time, names};
use credere_core::book::{Command, vouchers};
use credere_core::channel::ProductCode;
use serde::Deserialize;
use utoipa::ToSchema;

/// Products that one voucher names at most.
const CODES_MAX: usize = 1_000;

/// A new voucher; `kind`, `owner_uin`, `amount` and `expires_at` are required, and `customer_uin` for a type II.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewVoucher, example = json!({
    "kind": "customer", "owner_uin": 100_000_000_777_u64, "amount": "100.00", "usage": "CustomerOffer",
    "payment_mode": "all", "products": { "mode": "only", "codes": ["cvm"] },
    "effective_at": "2026-01-01T00:00:00+08:00", "expires_at": "2026-02-01T00:00:00+08:00"
}))]
pub(crate) struct NewVoucherBody {
    kind: KindName,
    /// A partner that has a spend line for types I and II, a customer or an account that pays for itself for type III.
    owner_uin: AccountNumber,
    /// For a type II, and only there: whose trial it pays.
    customer_uin: Option<AccountNumber>,
    /// For a type III, and only there: who issues and bears it; where absent the managing partner, or the platform where the
    /// owner pays for itself.
    issuer_uin: Option<AccountNumber>,
    /// Above zero, at most 1,000,000 (R120).
    amount: Money,
    /// `CustomerOffer` where absent.
    usage: Option<UsageName>,
    /// `all` where absent.
    payment_mode: Option<ModeName>,
    /// All products where absent.
    #[schema(value_type = Option<ProductsBody>)]
    products: Option<Object<ProductsBody>>,
    /// From when it pays; at once where absent.
    effective_at: Option<Time>,
    /// From when it no longer pays.
    expires_at: Time,
}

/// Which products a voucher fits (R114).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VoucherProducts)]
struct ProductsBody {
    mode: ProductsName,
    /// With `only` and `except`: 1 to 1,000 codes. None with `all`.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    codes: Vec<Text<1, 64>>,
}

names! {
    /// Which of the products.
    #[schema(as = VoucherProductsMode)]
    enum ProductsName {
        /// Every one.
        All,
        /// Those named.
        Only,
        /// Every one but those named.
        Except,
    }
}

impl ProductsBody {
    fn read(self) -> Result<vouchers::NewVoucherProducts, Problem> {
        let count = self.codes.len();
        if self.mode == ProductsName::All && count > 0 {
            return Err(Problem::invalid("products.codes", "with the mode `all` no product is named"));
        }
        if self.mode != ProductsName::All && (count == 0 || count > CODES_MAX) {
            let detail = format!("there are {count} codes; `only` and `except` take 1 to {CODES_MAX}");
            return Err(Problem::invalid("products.codes", detail));
        }
        let codes: Result<Vec<ProductCode>, Problem> = (0..)
            .zip(self.codes)
            .map(|(at, code): (usize, _)| product_named(&code.0, format!("products.codes[{at}]")))
            .collect();
        Ok(match self.mode {
            ProductsName::All => vouchers::NewVoucherProducts::All,
            ProductsName::Only => vouchers::NewVoucherProducts::Only(codes?),
            ProductsName::Except => vouchers::NewVoucherProducts::Except(codes?),
        })
    }
}

fn kind_of(value: &NewVoucherBody) -> Result<vouchers::NewVoucherKind, Problem> {
    let (kind, customer, issuer) = (value.kind, value.customer_uin, value.issuer_uin);
    if kind != KindName::PartnerCustomer && customer.is_some() {
        return Err(Problem::invalid("customer_uin", "only a voucher of kind `partner_customer` names a customer"));
    }
    if kind != KindName::Customer && issuer.is_some() {
        return Err(Problem::invalid("issuer_uin", "only a voucher of kind `customer` has an issuer"));
    }
    Ok(match kind {
        KindName::PartnerAll => vouchers::NewVoucherKind::PartnerAll,
        KindName::PartnerCustomer => {
            vouchers::NewVoucherKind::PartnerCustomer(customer.ok_or_else(|| Problem::missing("customer_uin"))?.0)
        }
        KindName::Customer => vouchers::NewVoucherKind::Customer(issuer.map(|number| number.0)),
    })
}

/// Issues a voucher.
///
/// A type I pays a part of what the partner owes the platform for any of its customers, a type II for one of them, a
/// type III a part of what the customer owes its partner (R111), or of what an account that pays for itself owes the platform. A type II brings a type III for that customer with it,
/// `linked_id`. What a second-level reseller issues comes out of its voucher quota (R119).
#[utoipa::path(
    post,
    path = "/v1/vouchers",
    tag = TAG,
    request_body = NewVoucherBody,
    responses(
        (status = 201, description = "The voucher", body = VoucherBody),
        (status = 404, description = "`account_not_found`, `partner_not_found`, `customer_not_found`, \
            `product_not_found`"),
        (status = 422, description = "`voucher_quota_exceeded` with `requested` and `remaining`, \
            `voucher_amount_out_of_range`, `empty_period` (it ends before it begins, or is over), `not_managed`, \
            `wrong_partner_kind`, `product_trial_not_permitted` (R115)"),
    )
)]
pub(crate) async fn issue_voucher(Json { call, value, bytes, .. }: Json<NewVoucherBody>) -> Answer {
    let kind = kind_of(&value)?;
    // Whom a refusal is about depends on what the owner has to be.
    let (partner, customer) = match value.kind {
        KindName::PartnerAll | KindName::PartnerCustomer => ("owner_uin", "customer_uin"),
        KindName::Customer => ("issuer_uin", "owner_uin"),
    };
    let fields = [
        ("account_not_found", "owner_uin"),
        ("partner_not_found", partner),
        ("wrong_partner_kind", partner),
        ("customer_not_found", customer),
        ("not_managed", if value.kind == KindName::Customer { "issuer_uin" } else { "customer_uin" }),
        ("product_not_found", "products.codes"),
        ("product_trial_not_permitted", "usage"),
        ("empty_period", "expires_at"),
        ("voucher_amount_out_of_range", "amount"),
        ("voucher_quota_exceeded", "amount"),
        ("amount_overflow", "amount"),
    ];
    let claim = call.claim(&bytes)?;
    let products = value.products.map_or(Ok(vouchers::NewVoucherProducts::All), |Object(products)| products.read());
    let products = call.formal(&claim, products).await?;
    let effective_at = match value.effective_at {
        Some(time) => time.0,
        None => call.app().now().await?,
    };
    let command = Command::from(vouchers::IssueVoucher {
        kind,
        owner: value.owner_uin.0,
        amount: value.amount.0,
        usage: value.usage.unwrap_or(UsageName::CustomerOffer).into(),
        mode: value.payment_mode.unwrap_or(ModeName::All).into(),
        products,
        effective_at,
        expires_at: value.expires_at.0,
    });
    let done = call.decide(claim.key, command, &fields).await?;
    created(&VoucherBody::new(&call, call.app().voucher_after(&done)?), done.replayed)
}
