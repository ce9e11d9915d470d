//! `POST /v1/resources`

use super::view::ResourceBody;
use super::{NameText, TAG};
use crate::body::Json;
use crate::call::{Answer, created};
use crate::products::product_named;
use crate::wire::{AccountNumber, Money, Quantity, Tags, Text, details_said};
use credere_core::book::{Command, Event, metering};
use serde::Deserialize;
use utoipa::ToSchema;

/// A new resource; `account_uin`, `resource_id`, `product_code` and `unit_price` are required.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewResource, example = json!({
    "account_uin": 100_000_000_777_u64, "resource_id": "ins-1", "product_code": "cvm", "unit_price": "2.40",
    "quantity": "1", "region": "ap-singapore", "resource_name": "web"
}))]
pub(crate) struct NewResourceBody {
    /// Who runs it: a customer, or a partner for its own use.
    account_uin: AccountNumber,
    resource_id: NameText,
    #[schema(value_type = crate::described::Code)]
    product_code: Text<1, 64>,
    /// List price of one unit in one settlement period, not below zero.
    unit_price: Money,
    /// How many units, above zero; one where absent.
    quantity: Option<Quantity>,
    /// Whether only to say what would come of it; `false` where absent.
    dry_run: Option<bool>,
    #[schema(inline)]
    region: Option<Text<0, 256>>,
    #[schema(inline)]
    zone: Option<Text<0, 256>>,
    #[schema(inline)]
    project: Option<Text<0, 256>>,
    /// At most 50; keys of 1 to 127 characters, values of up to 255.
    #[schema(inline)]
    tags: Option<Tags>,
    #[schema(inline)]
    resource_name: Option<Text<0, 256>>,
    /// Who acted, where that is not the account itself.
    operator_uin: Option<AccountNumber>,
}

/// Activates a postpaid resource.
///
/// What its product asks for is frozen at the customer's price on the customer's credit and at the partner's price on
/// the paying partner's spend line, if both sides suffice (R57, R65-R72); vouchers cannot stand in for it. A product that
/// freezes nothing needs both sides not to be below zero. With `dry_run: true` nothing is kept, and the answer says what
/// would be frozen and why.
#[utoipa::path(
    post,
    path = "/v1/resources",
    tag = TAG,
    request_body = NewResourceBody,
    responses(
        (status = 201, description = "The resource", body = ResourceBody),
        (status = 200, description = "A dry run: the resource as it would be", body = ResourceBody),
        (status = 402, description = "`insufficient_credit`, with `side`, `account_uin`, `required` and `available`"),
        (status = 404, description = "`account_not_found`, `product_not_found`"),
        (status = 409, description = "`resource_exists`: one of this id runs or is stopped; `account_suspended`: by \
            force (R108)"),
        (status = 422, description = "`account_unverified` (R58), `amount_negative`, `quantity_not_positive`, \
            `amount_overflow`"),
    )
)]
pub(crate) async fn activate_resource(Json { call, value, bytes, .. }: Json<NewResourceBody>) -> Answer {
    let fields = [
        ("account_not_found", "account_uin"),
        ("account_unverified", "account_uin"),
        ("account_suspended", "account_uin"),
        ("product_not_found", "product_code"),
        ("resource_exists", "resource_id"),
        ("amount_negative", "unit_price"),
        ("amount_overflow", "unit_price"),
        ("quantity_not_positive", "quantity"),
    ];
    let (claim, product) = call.claim_of(&bytes, product_named(&value.product_code.0, "product_code")).await?;
    let command = Command::from(metering::ActivateResource {
        account: value.account_uin.0,
        name: value.resource_id.0,
        product,
        unit_price: value.unit_price.0,
        quantity: value.quantity.unwrap_or_else(Quantity::one).0,
        details: details_said!(value),
    });
    if value.dry_run.unwrap_or(false) {
        let shown =
            |event: &Event, because| Ok(ResourceBody::not_kept(&call, call.app().resource_after(event)?, because));
        return call.tried(&claim, &command, &fields, shown).await;
    }
    let done = call.decide(claim.key, command, &fields).await?;
    let resource = call.app().resource_after(&done.event)?;
    let shown = ResourceBody::new(&call, resource);
    created(&shown, done.replayed)
}
