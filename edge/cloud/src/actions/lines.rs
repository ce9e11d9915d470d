//! A bill line as the detail actions send it, in the two published shapes: what a partner sees, and what the customer
//! itself sees, which has no discounts and no vouchers but tags (R80). Products and components have one level here, so
//! that each is its own only sub-product or component type. What was not told with an order or record is empty, but for the
//! project, which is then `default`.

use super::bills::{action_name, or_default, pay_mode_name, short, short_rate};
use crate::envelope::shortest;
use crate::error::CloudError;
use crate::published::intlpartnersmgt_v20220928::{BillDetailData, CustomerBillDetailData, TagInfo};
use credere_app::App;
use credere_store::contract::LineRow;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The discount of the field that the published definition has given up.
const NO_DISCOUNT: &str = "1";
/// Between the components of a line that has several.
const NEXT: &str = "; ";

/// What was told with the order, resource or record, besides what a line has fields for.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Told {
    zone: Option<String>,
    resource_name: Option<String>,
    operator_uin: Option<i64>,
    tags: BTreeMap<String, String>,
    components: Vec<Component>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Component {
    code: String,
    name: String,
    list_price: String,
    usage: String,
    unit: String,
    duration: String,
    duration_unit: String,
}

impl Told {
    /// The details were written by the faces as a JSON object; what does not read tells nothing.
    fn of(line: &LineRow) -> Told {
        serde_json::from_str(&line.details).unwrap_or_default()
    }

    /// One fact of each component, side by side.
    fn each(&self, fact: impl Fn(&Component) -> String) -> String {
        self.components.iter().map(fact).collect::<Vec<_>>().join(NEXT)
    }
}

impl Component {
    /// What the price is for: `USD/core/hour`.
    fn price_unit(&self, currency: &str) -> String {
        let parts = [currency, &self.unit, &self.duration_unit];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/")
    }
}

/// A line as a partner sees it. `names` has what products are called.
///
/// # Errors
/// `InternalError` when the price is out of range, which no line is.
pub(super) fn for_partner(
    app: &App,
    names: &BTreeMap<String, String>,
    line: &LineRow,
) -> Result<BillDetailData, CloudError> {
    let told = Told::of(line);
    let product = product_name(names, line);
    let id = line_number(line);
    Ok(BillDetailData {
        payer_account_id: line.payer.number().cast_signed(),
        owner_account_id: line.account.number().cast_signed(),
        operator_account_id: told.operator_uin.unwrap_or(line.account.number().cast_signed()),
        product_name: product.clone(),
        billing_mode: pay_mode_name(line.action.pay_mode()).to_owned(),
        project_name: or_default(&line.project),
        region: line.region.clone(),
        availability_zone: told.zone.clone().unwrap_or_default(),
        instance_id: line.resource.clone(),
        instance_name: told.resource_name.clone().unwrap_or_default(),
        sub_product_name: product,
        transaction_type: action_name(line.action).to_owned(),
        transaction_id: id.clone(),
        transaction_time: app.local_time(line.posted_at),
        usage_start_time: app.local_time(line.period_start),
        usage_end_time: app.local_time(line.period_end),
        component_type: told.each(|component| component.name.clone()),
        component_name: told.each(|component| component.name.clone()),
        component_list_price: told.each(|component| shortest(component.list_price.clone())),
        component_price_measurement_unit: told.each(|component| component.price_unit(app.currency())),
        component_usage: told.each(|component| shortest(component.usage.clone())),
        component_usage_unit: told.each(|component| component.unit.clone()),
        usage_duration: told.each(|component| shortest(component.duration.clone())),
        duration_unit: told.each(|component| component.duration_unit.clone()),
        original_cost: short(line.list_amount),
        discount_rate: NO_DISCOUNT.to_owned(),
        currency: app.currency().to_owned(),
        total_amount_after_discount: short(line.amount.plus(line.voucher_amount).map_err(super::errors::overflow)?),
        voucher_deduction: short(line.voucher_amount),
        total_cost: short(line.amount),
        id: Some(id),
        customer_discount_rate: Some(short_rate(line.discount_rate)),
        business_code: Some(line.product.clone()),
        product_code: Some(line.product.clone()),
        component_code: Some(told.each(|component| component.code.clone())),
        item_code: Some(told.each(|component| component.code.clone())),
    })
}

/// A line as its customer sees it. `names` has what products are called.
pub(super) fn for_customer(app: &App, names: &BTreeMap<String, String>, line: &LineRow) -> CustomerBillDetailData {
    let told = Told::of(line);
    let product = product_name(names, line);
    let id = line_number(line);
    let tag = |(key, value): (&String, &String)| TagInfo { tag_key: key.clone(), tag_value: value.clone() };
    CustomerBillDetailData {
        payer_account_id: line.payer.number().cast_signed(),
        owner_account_id: line.account.number().cast_signed(),
        operator_account_id: told.operator_uin.unwrap_or(line.account.number().cast_signed()),
        product_name: product.clone(),
        billing_mode: pay_mode_name(line.action.pay_mode()).to_owned(),
        project_name: or_default(&line.project),
        region: line.region.clone(),
        availability_zone: told.zone.clone().unwrap_or_default(),
        instance_id: line.resource.clone(),
        instance_name: told.resource_name.clone().unwrap_or_default(),
        sub_product_name: product,
        transaction_type: action_name(line.action).to_owned(),
        transaction_id: id.clone(),
        transaction_time: app.local_time(line.posted_at),
        usage_start_time: app.local_time(line.period_start),
        usage_end_time: app.local_time(line.period_end),
        component_type: told.each(|component| component.name.clone()),
        component_name: told.each(|component| component.name.clone()),
        component_list_price: told.each(|component| shortest(component.list_price.clone())),
        component_price_measurement_unit: told.each(|component| component.price_unit(app.currency())),
        component_usage: told.each(|component| shortest(component.usage.clone())),
        component_usage_unit: told.each(|component| component.unit.clone()),
        usage_duration: told.each(|component| shortest(component.duration.clone())),
        duration_unit: told.each(|component| component.duration_unit.clone()),
        original_cost: short(line.list_amount),
        currency: app.currency().to_owned(),
        total_cost: short(line.amount),
        id: Some(id),
        tags: Some(told.tags.iter().map(tag).collect()),
        business_code: Some(line.product.clone()),
        product_code: Some(line.product.clone()),
        component_code: Some(told.each(|component| component.code.clone())),
        item_code: Some(told.each(|component| component.code.clone())),
    }
}

/// A line's number, which is also that of its transaction: published ids are digits.
fn line_number(line: &LineRow) -> String {
    line.seq.to_string()
}

fn product_name(names: &BTreeMap<String, String>, line: &LineRow) -> String {
    names.get(&line.product).unwrap_or(&line.product).clone()
}
