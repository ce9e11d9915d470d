//! An account reads its orders, whoever pays them, and an admin besides those that it pays for the members of its organization, newest
//! first (O83). An order is one here, so that the number of a large order is its own.

use crate::actions::errors::{self, bad_value};
use crate::actions::membership::Slice;
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::products;
use crate::envelope::{Cents, Reply};
use crate::error::{CloudError, quoted};
use crate::published::billing_v20180709::{Deal, DescribeDealsByCondRequest, DescribeDealsByCondResponse};
use crate::request::Call;
use credere_app::App;
use credere_app::buying::{OrderSearch, OrderView};
use credere_core::channel::OrderState;
use credere_core::money::Amount;
use std::collections::BTreeMap;

/// The number of orders that were delivered, which are meant where nothing is said.
const DELIVERED: i64 = 4;
/// Up to so many orders on a page their resources are told.
const WITH_RESOURCES: usize = 200;

offered! {
    "DescribeDealsByCond": DescribeDealsByCondRequest::PARAMS, Some(20), ReadOwnOrders, [InvalidParameterValue]
}

async fn run(app: &App, call: &Call) -> Answered {
    type Request = DescribeDealsByCondRequest;
    let request = Request::read(&call.args)?;
    let slice = Slice::whole_pages(request.offset.unwrap_or(0), request.limit, most())?;
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let at = |parameter: &str, text: &str| {
        let wrong = || bad_value(parameter, &format!("must be a time like `2026-10-31 00:00:00`: {}", quoted(text)));
        app.of_local_time(text).ok_or_else(wrong)
    };
    let (start, end) = (at("StartTime", &request.start_time)?, at("EndTime", &request.end_time)?);
    if start > end {
        return Err(bad_value("EndTime", "must not lie before `StartTime`"));
    }
    let statuses = match request.status_set.filter(|set| !set.is_empty()) {
        Some(set) => set,
        None => vec![request.status.unwrap_or(DELIVERED)],
    };
    if !statuses.iter().all(|status| Request::STATUS_RANGE.contains(status)) {
        return Err(bad_value("Status", "must be 1 to 12"));
    }
    let (id, other) = (given(request.order_id), given(request.big_deal_id));
    let nobodys = id.is_some() && other.is_some() && id != other;
    let states = OrderState::ALL.into_iter().filter(|state| statuses.contains(&status(*state))).collect();
    let search = OrderSearch { placed: start..=end, states, id: id.or(other), resource: given(request.resource_id) };
    let (caller, part) = (caller(call), (slice.skip_in_memory(), slice.limit));
    let found = app.own_orders(caller, call.caller, search, part).await.map_err(errors::of(ERRORS))?;
    let (found, total) = if nobodys { (Vec::new(), 0) } else { found };
    let names = products::names(app, found.iter().map(|view| &view.product), ERRORS).await?;
    let with_resources = slice.limit <= WITH_RESOURCES;
    let deals = found.into_iter().map(|view| deal(app, &names, view, with_resources));
    let total_count = i64::try_from(total).map_err(CloudError::internal)?;
    Reply::of(&DescribeDealsByCondResponse { deals: deals.collect::<Result<_, CloudError>>()?, total_count })
}

fn most() -> u64 {
    DescribeDealsByCondRequest::LIMIT_RANGE.end().unsigned_abs()
}

/// The published number of a state.
fn status(state: OrderState) -> i64 {
    match state {
        OrderState::ToBePaid => 1,
        OrderState::Processing => 3,
        OrderState::Delivered => DELIVERED,
        OrderState::Refunded => 6,
        OrderState::Canceled => 7,
    }
}

fn deal(
    app: &App,
    names: &BTreeMap<String, String>,
    view: OrderView,
    with_resources: bool,
) -> Result<Deal, CloudError> {
    let OrderView { order, product, voucher_amount, amount, details, .. } = view;
    let name = names.get(&product).unwrap_or(&product).clone();
    let project = details.project.as_deref().unwrap_or_default();
    Ok(Deal {
        order_id: order.id.to_string(),
        status: status(order.state),
        payer: order.paying.payer.to_string(),
        create_time: app.local_time(order.created_at),
        creator: details.operator_uin.unwrap_or(order.account).to_string(),
        real_total_cost: whole_cents(amount),
        voucher_decline: whole_cents(voucher_amount),
        project_id: project.parse().unwrap_or_default(),
        goods_category_id: 0,
        product_info: Vec::new(),
        time_span: Cents::ZERO,
        time_unit: String::new(),
        currency: app.currency().to_owned(),
        policy: Cents::of_rate(order.price.customer_rate),
        price: Cents::of(order.price.list),
        total_cost: Cents::of(order.price.list),
        product_code: product.clone(),
        sub_product_code: product,
        big_deal_id: order.id.to_string(),
        formula: String::new(),
        ref_return_deals: String::new(),
        pay_mode: "prePay".to_owned(),
        action: order.kind.name().to_owned(),
        product_name: name.clone(),
        sub_product_name: name,
        resource_id: with_resources.then(|| order.resource.iter().map(|name| name.as_str().to_owned()).collect()),
        zone_code: details.zone,
    })
}

/// An amount in whole cents, rounded half away from zero, as prices are shown.
fn whole_cents(amount: Amount) -> i64 {
    const UNITS_OF_CENT: i64 = 1_000_000;
    let (whole, rest) = (amount.units() / UNITS_OF_CENT, amount.units() % UNITS_OF_CENT);
    whole + i64::from(rest.abs() * 2 >= UNITS_OF_CENT) * rest.signum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_shown_in_whole_cents() {
        for (amount, cents) in [("80", 8_000), ("0.005", 1), ("0.00499999", 0), ("-0.005", -1), ("-1.234", -123)] {
            assert_eq!(whole_cents(amount.parse().unwrap()), cents, "{amount}");
        }
    }
}
