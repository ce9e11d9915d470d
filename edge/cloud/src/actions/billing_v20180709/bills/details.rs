//! A bill line as these actions send it: with who pays where an account looks at its own or a member's bill, and without where it
//! looks at what is paid on behalf of others (O86). What was not told with an order or record is empty. What money paid stands as
//! cash: a line does not say which part of it had been granted.

use crate::actions::bill_words::{action_name, or_default, pay_mode_name, short, short_rate};
use crate::actions::regions;
use crate::envelope::shortest;
use crate::error::CloudError;
use crate::published::billing_v20180709::{BillDetail, BillDetailComponent, BillTagInfo, DistributionBillDetail};
use credere_app::App;
use credere_app::bills::LineView;
use credere_core::channel::Component;
use credere_core::money::Amount;
use std::collections::BTreeMap;

const NONE: &str = "0";

/// Fills a published shape of a line: what both of them have, and what only this one has.
macro_rules! detail {
    ($shape:ident, $app:expr, $names:expr, $line:expr, $($own:ident: $value:expr),* $(,)?) => {{
        let (app, names, line): (&App, &BTreeMap<String, String>, &LineView) = ($app, $names, $line);
        let product = names.get(&line.product).unwrap_or(&line.product).clone();
        $shape {
            business_code_name: product.clone(),
            product_code_name: product,
            pay_mode_name: pay_mode_name(line.action.pay_mode()).to_owned(),
            project_name: or_default(&line.project),
            region_name: or_default(&line.region),
            zone_name: line.details.zone.clone().unwrap_or_default(),
            resource_id: line.resource.clone(),
            resource_name: line.details.resource_name.clone().unwrap_or_default(),
            action_type_name: action_name(line.action).to_owned(),
            order_id: line.order.map(|order| order.to_string()).unwrap_or_default(),
            bill_id: line.id.0.to_string(),
            pay_time: app.local_time(line.posted_at),
            fee_begin_time: app.local_time(line.period_start),
            fee_end_time: app.local_time(line.period_end),
            component_set: components(app, line)?,
            owner_uin: line.owner.to_string(),
            operate_uin: operator(line),
            tags: tags(line),
            business_code: line.product.clone(),
            product_code: line.product.clone(),
            action_type: line.action.name().to_owned(),
            region_id: region_id(&line.region).to_string(),
            project_id: project_id(&line.project),
            price_info: Vec::new(),
            associated_order: None,
            formula: None,
            formula_url: None,
            bill_day: None,
            bill_month: Some(line.month.to_string()),
            $($own: $value,)*
        }
    }};
}

/// A line of an account's own bill, or of a member's. `names` has what products are called.
///
/// # Errors
/// `InternalError` when the price is out of range, which no line is.
pub(super) fn own(app: &App, names: &BTreeMap<String, String>, line: &LineView) -> Result<BillDetail, CloudError> {
    Ok(detail!(
        BillDetail,
        app,
        names,
        line,
        payer_uin: line.account.to_string(),
        id: Some(line.id.0.to_string()),
        region_type: None,
        region_type_name: None,
        reserve_detail: None,
        discount_object: None,
        discount_type: None,
        discount_content: None,
    ))
}

/// A line that is paid on behalf of its owner. `names` has what products are called.
///
/// # Errors
/// As [`own`].
pub(super) fn on_behalf(
    app: &App,
    names: &BTreeMap<String, String>,
    line: &LineView,
) -> Result<DistributionBillDetail, CloudError> {
    Ok(detail!(DistributionBillDetail, app, names, line,))
}

/// Who acted: the owner itself unless somebody else was named.
pub(super) fn operator(line: &LineView) -> String {
    line.details.operator_uin.unwrap_or(line.owner).to_string()
}

/// A line's tags.
pub(super) fn tags(line: &LineView) -> Vec<BillTagInfo> {
    let tag = |(key, value): (&String, &String)| BillTagInfo { tag_key: key.clone(), tag_value: value.clone() };
    line.details.tags.iter().map(tag).collect()
}

/// The published number of a region; 0 where it has none.
pub(super) fn region_id(region: &str) -> u32 {
    regions::number(region).unwrap_or_default()
}

/// The number of a project that is called by one; 0 otherwise, which is the default project's.
pub(super) fn project_id(project: &str) -> i64 {
    project.parse().unwrap_or_default()
}

/// What a line was before what vouchers paid.
///
/// # Errors
/// `InternalError`
pub(super) fn discounted(amount: Amount, vouchers: Amount) -> Result<Amount, CloudError> {
    amount.plus(vouchers).map_err(crate::actions::errors::overflow)
}

/// What the line is made up of. Money is the line's as a whole: it stands with a single component, and with the first of several.
fn components(app: &App, line: &LineView) -> Result<Vec<BillDetailComponent>, CloudError> {
    let told = &line.details.components;
    let others = told.iter().skip(1).map(|one| component(app, line, Some(one), false));
    [component(app, line, told.first(), true)].into_iter().chain(others).collect()
}

fn component(
    app: &App,
    line: &LineView,
    one: Option<&Component>,
    first: bool,
) -> Result<BillDetailComponent, CloudError> {
    let text = |of: fn(&Component) -> &str| one.map_or_else(String::new, |one| of(one).to_owned());
    let number = |of: fn(&Component) -> String| one.map_or_else(|| NONE.to_owned(), |one| shortest(of(one)));
    let list_price = number(|one| one.list_price.to_string());
    let (name, code, unit, duration_unit) =
        (text(|one| &one.name), text(|one| &one.code), text(|one| &one.unit), text(|one| &one.duration_unit));
    let money = |amount: Amount| if first { short(amount) } else { NONE.to_owned() };
    let rate = short_rate(line.discount_rate);
    let price_unit = [app.currency(), &unit, &duration_unit];
    Ok(BillDetailComponent {
        component_code_name: name.clone(),
        item_code_name: name,
        single_price: list_price.clone(),
        specified_price: list_price,
        price_unit: price_unit.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/"),
        used_amount: number(|one| one.usage.to_string()),
        used_amount_unit: unit,
        real_total_measure: None,
        deducted_measure: None,
        time_span: number(|one| one.duration.to_string()),
        time_unit_name: duration_unit,
        cost: money(line.list_amount),
        discount: rate.clone(),
        reduce_type: String::new(),
        real_cost: money(discounted(line.amount, line.voucher_amount)?),
        voucher_pay_amount: money(line.voucher_amount),
        cash_pay_amount: money(line.amount),
        incentive_pay_amount: NONE.to_owned(),
        transfer_pay_amount: NONE.to_owned(),
        item_code: code.clone(),
        component_code: code,
        contract_price: String::new(),
        instance_type: String::new(),
        ri_time_span: NONE.to_owned(),
        original_cost_with_ri: NONE.to_owned(),
        sp_deduction_rate: NONE.to_owned(),
        sp_deduction: Some(NONE.to_owned()),
        original_cost_with_sp: NONE.to_owned(),
        blended_discount: rate,
        component_config: None,
        tax_rate: None,
        tax_amount: None,
        currency: Some(app.currency().to_owned()),
    })
}
