//! A bill line as the detail actions send it, in the two published shapes: what a partner sees, and what the customer
//! itself sees, which has no discounts and no vouchers but tags (R80). Products and components have one level here, so
//! that each is its own only sub-product or component type. What was not told with an order or record is empty, but for the
//! project, which is then `default`.

use crate::actions::bill_words::{action_name, or_default, pay_mode_name, short, short_rate};
use crate::actions::errors;
use crate::envelope::shortest;
use crate::error::CloudError;
use crate::published::intlpartnersmgt_v20220928::{BillDetailData, CustomerBillDetailData, TagInfo};
use credere_app::App;
use credere_app::bills::LineView;
use credere_core::channel::{Component, Details};
use std::collections::BTreeMap;

/// The discount of the field that the published definition has given up.
const NO_DISCOUNT: &str = "1";
/// Between the components of a line that has several.
const NEXT: &str = "; ";

/// Fills a published shape of a line: what both of them have, and what only this one has.
macro_rules! detail {
    ($shape:ident, $app:expr, $names:expr, $line:expr, $($own:ident: $value:expr),* $(,)?) => {{
        let (app, names, line): (&App, &BTreeMap<String, String>, &LineView) = ($app, $names, $line);
        let (details, id) = (&line.details, line_number(line));
        let product = names.get(&line.product).unwrap_or(&line.product).clone();
        $shape {
            // Here it is the partner that owes it to the platform (R6).
            payer_account_id: line.partner.unwrap_or(line.account).number().cast_signed(),
            owner_account_id: line.owner.number().cast_signed(),
            operator_account_id: operator(details, line),
            product_name: product.clone(),
            billing_mode: pay_mode_name(line.action.pay_mode()).to_owned(),
            project_name: or_default(&line.project),
            region: line.region.clone(),
            availability_zone: details.zone.clone().unwrap_or_default(),
            instance_id: line.resource.clone(),
            instance_name: details.resource_name.clone().unwrap_or_default(),
            sub_product_name: product,
            transaction_type: action_name(line.action).to_owned(),
            transaction_id: id.clone(),
            transaction_time: app.local_time(line.posted_at),
            usage_start_time: app.local_time(line.period_start),
            usage_end_time: app.local_time(line.period_end),
            component_type: each(details, |component| component.name.clone()),
            component_name: each(details, |component| component.name.clone()),
            component_list_price: each(details, |component| shortest(component.list_price.to_string())),
            component_price_measurement_unit: each(details, |component| price_unit(component, app.currency())),
            component_usage: each(details, |component| shortest(component.usage.to_string())),
            component_usage_unit: each(details, |component| component.unit.clone()),
            usage_duration: each(details, |component| shortest(component.duration.to_string())),
            duration_unit: each(details, |component| component.duration_unit.clone()),
            original_cost: short(line.list_amount),
            currency: app.currency().to_owned(),
            total_cost: short(line.amount),
            id: Some(id),
            business_code: Some(line.product.clone()),
            product_code: Some(line.product.clone()),
            component_code: Some(each(details, |component| component.code.clone())),
            item_code: Some(each(details, |component| component.code.clone())),
            $($own: $value,)*
        }
    }};
}

/// A line as a partner sees it. `names` has what products are called.
///
/// # Errors
/// `InternalError` when the price is out of range, which no line is.
pub(super) fn for_partner(
    app: &App,
    names: &BTreeMap<String, String>,
    line: &LineView,
) -> Result<BillDetailData, CloudError> {
    Ok(detail!(
        BillDetailData,
        app,
        names,
        line,
        discount_rate: NO_DISCOUNT.to_owned(),
        total_amount_after_discount: short(line.amount.plus(line.voucher_amount).map_err(errors::overflow)?),
        voucher_deduction: short(line.voucher_amount),
        customer_discount_rate: Some(short_rate(line.discount_rate)),
    ))
}

/// A line as its customer sees it. `names` has what products are called.
pub(super) fn for_customer(app: &App, names: &BTreeMap<String, String>, line: &LineView) -> CustomerBillDetailData {
    let tag = |(key, value): (&String, &String)| TagInfo { tag_key: key.clone(), tag_value: value.clone() };
    let tags = line.details.tags.iter().map(tag).collect();
    detail!(CustomerBillDetailData, app, names, line, tags: Some(tags))
}

/// One fact of each component, side by side.
fn each(details: &Details, fact: impl Fn(&Component) -> String) -> String {
    details.components.iter().map(fact).collect::<Vec<_>>().join(NEXT)
}

/// What a component's price is for: `USD/core/hour`.
fn price_unit(component: &Component, currency: &str) -> String {
    let parts = [currency, &component.unit, &component.duration_unit];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/")
}

/// Who acted: the account itself unless somebody else was named.
fn operator(details: &Details, line: &LineView) -> i64 {
    details.operator_uin.unwrap_or(line.owner).number().cast_signed()
}

/// A line's number, which is also that of its transaction: published ids are digits.
fn line_number(line: &LineView) -> String {
    line.id.0.to_string()
}
