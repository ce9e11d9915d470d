//! Discounts: set, shown, listed, ended. The platform may set any; which one counts for a purchase is the core's.

use crate::body::{Json, Nothing};
use crate::call::{Answer, At, Call, created, gone, shown};
use crate::page::{List, Page, PageQuery};
use crate::problem::Problem;
use crate::products::product_named;
use crate::query::Query;
use crate::state::Platform;
use crate::wire::{AccountNumber, Multiplier, Text, Time, names};
use credere_core::access::Action;
use credere_core::book::{Book, Command, Rejection, catalogue};
use credere_core::channel::{Discount, DiscountId, DiscountScope, OfferLevel, Uin};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const TAG: &str = "Discounts";

/// Cursors hold a discount's number.
const LIST: List = List(b'd');

pub(crate) fn routes() -> OpenApiRouter<Platform> {
    OpenApiRouter::new().routes(routes!(set_discount, list_discounts)).routes(routes!(show_discount, end_discount))
}

names! {
    /// Whose price a discount changes.
    #[schema(as = DiscountKind)]
    enum KindName {
        /// What the partner pays the platform (R28).
        Partner,
        /// What the customer pays its partner (R123).
        Customer,
        /// What an account that pays for itself pays the platform: an offer (O84).
        Account,
    }
}

names! {
    /// How far an offer reaches.
    #[schema(as = OfferLevel)]
    enum LevelName of OfferLevel {
        /// Whoever inherits the account's offers has it, too (O100).
        Billing,
        /// The account alone has it; meanwhile it neither gives nor gets permission 6 where somebody is paid for (O63).
        Account,
    }
}

/// A new discount; `kind` and `rate` are required, and of `partner_uin`, `customer_uin` and `account_uin` those that its kind asks for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewDiscount, example = json!({
    "kind": "customer", "partner_uin": 100_000_000_001_u64, "customer_uin": 100_000_000_777_u64, "product_code": "cvm",
    "rate": "0.90", "starts_at": "2026-01-01T00:00:00+08:00", "ends_at": null
}))]
pub(crate) struct NewDiscountBody {
    kind: KindName,
    /// The partner that it belongs to: that partner itself, or one above the customer.
    /// Required for a partner's and for a customer's discount, and only there.
    partner_uin: Option<AccountNumber>,
    /// Required for a customer's discount, and only there.
    customer_uin: Option<AccountNumber>,
    /// Required for an account's, and only there: who pays the platform itself.
    account_uin: Option<AccountNumber>,
    /// Only for an account's; `billing` where absent.
    level: Option<LevelName>,
    /// One product; all products where `null`.
    #[schema(inline)]
    product_code: Option<Text<1, 64>>,
    rate: Multiplier,
    /// From when it counts; at once where absent.
    starts_at: Option<Time>,
    /// From when it no longer counts; never where absent.
    ends_at: Option<Time>,
}

/// A discount.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Discount, example = json!({
    "id": "dis_42", "kind": "partner", "partner_uin": 100_000_000_001_u64, "customer_uin": null, "account_uin": null, "level": null,
    "product_code": null, "rate": "0.80", "starts_at": null, "ends_at": null
}))]
pub(crate) struct DiscountBody {
    id: String,
    kind: KindName,
    /// Of a partner's and of a customer's.
    partner_uin: Option<AccountNumber>,
    customer_uin: Option<AccountNumber>,
    /// Of an account's.
    account_uin: Option<AccountNumber>,
    level: Option<LevelName>,
    product_code: Option<String>,
    rate: Multiplier,
    #[schema(format = DateTime)]
    starts_at: Option<String>,
    #[schema(format = DateTime)]
    ends_at: Option<String>,
}

impl DiscountBody {
    fn new(call: &Call, discount: &Discount, product_code: Option<String>) -> DiscountBody {
        let (kind, partner, customer, offer) = match discount.scope {
            DiscountScope::Partner(partner) => (KindName::Partner, Some(partner), None, None),
            DiscountScope::Customer(customer) => (KindName::Customer, Some(discount.partner), Some(customer), None),
            DiscountScope::Account(account, level) => (KindName::Account, None, None, Some((account, level))),
        };
        DiscountBody {
            id: discount.id.to_string(),
            kind,
            partner_uin: partner.map(AccountNumber),
            customer_uin: customer.map(AccountNumber),
            account_uin: offer.map(|(account, _)| AccountNumber(account)),
            level: offer.map(|(_, level)| level.into()),
            product_code,
            rate: Multiplier(discount.rate),
            starts_at: discount.starts_at.map(|at| call.time(at)),
            ends_at: discount.ends_at.map(|at| call.time(at)),
        }
    }
}

impl NewDiscountBody {
    /// Whose price it changes, and the partner that it belongs to; of an offer the account itself.
    fn whose(&self) -> Result<(DiscountScope, Uin), Problem> {
        let NewDiscountBody { partner_uin, customer_uin, account_uin, level, .. } = self;
        let no_place = |field: &'static str, there: bool| match there {
            true => Err(Problem::invalid(field, "a discount of this kind has none")),
            false => Ok(()),
        };
        let needed = |field, uin: &Option<AccountNumber>| uin.map(|uin| uin.0).ok_or_else(|| Problem::missing(field));
        if self.kind != KindName::Customer {
            no_place("customer_uin", customer_uin.is_some())?;
        }
        if self.kind == KindName::Account {
            no_place("partner_uin", partner_uin.is_some())?;
            let account = needed("account_uin", account_uin)?;
            let level = level.map_or(OfferLevel::Billing, OfferLevel::from);
            return Ok((DiscountScope::Account(account, level), account));
        }
        no_place("account_uin", account_uin.is_some())?;
        no_place("level", level.is_some())?;
        let partner = needed("partner_uin", partner_uin)?;
        if self.kind == KindName::Partner {
            return Ok((DiscountScope::Partner(partner), partner));
        }
        Ok((DiscountScope::Customer(needed("customer_uin", customer_uin)?), partner))
    }
}

fn with_code(book: &Book, discount: &Discount) -> (Discount, Option<String>) {
    let product = discount.product.and_then(|number| book.product_numbered(number));
    (discount.clone(), product.map(|product| product.code.to_string()))
}

/// Sets a discount.
///
/// Of two that fit a purchase, the one for that product counts before the one for all, then the later one (R126). The
/// preconditions of R124-R125 bind the partners' own doors, not this one.
#[utoipa::path(
    post,
    path = "/v1/discounts",
    tag = TAG,
    request_body = NewDiscountBody,
    responses(
        (status = 201, description = "The discount", body = DiscountBody),
        (status = 404, description = "`partner_not_found`, `customer_not_found`, `account_not_found`, `product_not_found`"),
        (status = 422, description = "`no_finance`: the account does not pay for itself, `not_managed`, `wrong_partner_kind` (a partner without a spend line pays the \
            platform nothing), `empty_period`"),
    )
)]
pub(crate) async fn set_discount(Json { call, value, bytes, .. }: Json<NewDiscountBody>) -> Answer {
    let (scope, partner) = value.whose()?;
    let fields = [
        ("partner_not_found", "partner_uin"),
        ("wrong_partner_kind", "partner_uin"),
        ("customer_not_found", "customer_uin"),
        ("account_not_found", "account_uin"),
        ("no_finance", "account_uin"),
        ("not_managed", "customer_uin"),
        ("product_not_found", "product_code"),
        ("empty_period", "ends_at"),
    ];
    let code = value.product_code.map(|text| text.0);
    let claim = call.claim(&bytes)?;
    let product = code.as_ref().map(|code| product_named(code, "product_code")).transpose();
    let product = call.formal(&claim, product).await?;
    let terms = catalogue::SetDiscount {
        scope,
        partner,
        product,
        rate: value.rate.0,
        starts_at: value.starts_at.map(|time| time.0),
        ends_at: value.ends_at.map(|time| time.0),
    };
    let done = call.decide(claim.key, Command::from(terms), &fields).await?;
    created(&DiscountBody::new(&call, &done.discount()?, code), done.replayed)
}

/// Lists discounts.
///
/// Those that have not been ended, oldest first.
#[utoipa::path(
    get,
    path = "/v1/discounts",
    tag = TAG,
    params(PageQuery),
    responses((status = 200, description = "A page of discounts", body = Page<DiscountBody>))
)]
pub(crate) async fn list_discounts(call: Call, Query(query): Query<PageQuery>) -> Answer {
    let wanted = LIST.wanted(query.limit.as_deref(), query.cursor.as_deref())?;
    let found = call
        .app()
        .read_as(call.caller, Action::ReadDiscounts, None, |book| {
            let rest = book.discounts_after(DiscountId(wanted.from.unwrap_or(0)));
            Ok(rest.take(wanted.limit + 1).map(|discount| with_code(book, discount)).collect::<Vec<_>>())
        })
        .await?;
    let view = |(discount, code): (Discount, Option<String>)| DiscountBody::new(&call, &discount, code);
    shown(&LIST.page(wanted, found, |(discount, _)| discount.id.0, view))
}

fn id_in_path(text: &str) -> Result<DiscountId, Problem> {
    text.parse().map_err(|_| Problem::refused(&Rejection::Catalogue(catalogue::Reason::DiscountNotFound)))
}

/// Shows a discount.
///
/// One that has been ended is not shown any more; the audit has it.
#[utoipa::path(
    get,
    path = "/v1/discounts/{id}",
    tag = TAG,
    params(("id" = String, Path, description = "The discount's id")),
    responses(
        (status = 200, description = "The discount", body = DiscountBody),
        (status = 404, description = "`discount_not_found`"),
    )
)]
pub(crate) async fn show_discount(call: Call, At(id): At<String>) -> Answer {
    let id = id_in_path(&id)?;
    let found = call.app().read_as(call.caller, Action::ReadDiscounts, None, |book| {
        book.discount(id)
            .map(|discount| with_code(book, discount))
            .map_err(|_| Rejection::Catalogue(catalogue::Reason::DiscountNotFound))
    });
    let (discount, code) = found.await?;
    shown(&DiscountBody::new(&call, &discount, code))
}

/// Ends a discount.
///
/// It counts for no purchase from this moment on; prices that were fixed before stay.
#[utoipa::path(
    delete,
    path = "/v1/discounts/{id}",
    tag = TAG,
    params(("id" = String, Path, description = "The discount's id")),
    responses(
        (status = 204, description = "It is ended"),
        (status = 404, description = "`discount_not_found`"),
        (status = 409, description = "`discount_ended`: before, or with its customer's binding (R141)"),
    )
)]
pub(crate) async fn end_discount(At(id): At<String>, Nothing { call, bytes }: Nothing) -> Answer {
    let (claim, id) = call.claim_of(&bytes, id_in_path(&id)).await?;
    let done = call.decide(claim.key, Command::from(catalogue::EndDiscount { id }), &[]).await?;
    gone(done.replayed)
}
