//! An account pays orders that are to be paid: its own, those of the members that it pays for as their admin (`AgentPay` 3), or as a
//! partner those of its customers (`AgentPay` 4) (O75, O83, R130). Each order is paid or not by itself, in the order in which they are
//! named; when none is, the first refusal is the answer. Vouchers pay first, as everywhere; one cannot be chosen.

use crate::actions::errors::{self, bad_value};
use crate::actions::membership::malformed;
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::once;
use crate::envelope::Reply;
use crate::error::{CloudError, ErrorCode};
use crate::published::billing_v20180709::{PayDealsRequest, PayDealsResponse};
use crate::request::Call;
use credere_app::App;
use credere_core::book::buying::PayBy;
use credere_core::channel::OrderId;

/// Orders in one call at most. Nothing is published; each of them is a decision of its own.
const ORDERS_MAX: usize = 100;

offered! {
    "PayDeals": PayDealsRequest::PARAMS, Some(20), PayOrder,
    [FailedOperation, AgentPayDealCannotDown, BalanceInsufficient, InvalidDeal, InvalidVoucher, InvalidParameter, InvalidParameterValue, NotCertification]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = PayDealsRequest::read(&call.args)?;
    let (orders, others) = (request.order_ids.unwrap_or_default(), request.big_deal_ids.unwrap_or_default());
    if orders.is_empty() == others.is_empty() {
        return Err(malformed("OrderIds", "must be there, or `BigDealIds`, and not both"));
    }
    let mut named = if orders.is_empty() { others } else { orders };
    if named.len() > ORDERS_MAX {
        return Err(bad_value("OrderIds", &format!("must name at most {ORDERS_MAX} orders")));
    }
    if request.auto_voucher.is_some_and(|auto| !PayDealsRequest::AUTO_VOUCHER_RANGE.contains(&auto)) {
        return Err(bad_value("AutoVoucher", "must be 0 or 1"));
    }
    if request.voucher_ids.is_some_and(|vouchers| !vouchers.is_empty()) {
        return Err(CloudError::new(ErrorCode::InvalidVoucher, "which voucher pays cannot be chosen"));
    }
    let by = match request.agent_pay {
        None | Some(0) => PayBy::Customer,
        Some(3) => PayBy::Payer,
        Some(4) => PayBy::Partner,
        Some(_) => return Err(bad_value("AgentPay", "must be 0, 3 or 4")),
    };
    let mut seen = std::collections::BTreeSet::new();
    named.retain(|id| seen.insert(id.clone()));
    let (mut paid, mut resources, mut refused) = (Vec::new(), Vec::new(), None);
    for (number, text) in named.into_iter().enumerate() {
        match pay(app, call, (number, &text), by).await {
            Ok(resource) => {
                paid.push(text);
                resources.extend(resource);
            }
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    match refused {
        Some(error) if paid.is_empty() => Err(error),
        _ => Reply::of(&PayDealsResponse { big_deal_ids: paid.clone(), order_ids: paid, resource_ids: resources }),
    }
}

/// Pays one order; answers its resource.
async fn pay(app: &App, call: &Call, (number, text): (usize, &str), by: PayBy) -> Result<Option<String>, CloudError> {
    let unknown = |_| CloudError::new(ErrorCode::InvalidDeal, "there is no such order of the caller's");
    let order: OrderId = text.parse().map_err(unknown)?;
    let outcome = app.pay_order(caller(call), once::part_key(call, number), order, by).await;
    let done = once::done(outcome, ERRORS)?;
    let view = app.order_after(&done.event).map_err(errors::of(ERRORS))?;
    Ok(view.order.resource.map(|name| name.as_str().to_owned()))
}
