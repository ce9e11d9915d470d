//! Metering: one usage record becomes one charge on the right month's bill, vouchers first, never refused for lack of
//! credit (R62, R70, R77-R86, R94). It is charged under the binding in force when its period ended, also when that has
//! ended since, to whoever pays at the end of its cycle (O80). A record of an activated resource closes its cycle. What is told in units
//! is covered by the account's own packs first (O82).

use super::command::SettleUsage;
use super::cycle::{first_of_cycle, last_of_cycle};
use super::event::UsageSettled;
use super::reason::Reason;
use crate::book::buyer::{Buyer, Cost, Draw, Occasion};
use crate::book::{Book, Context, Decision, Figure, Finding, Rejection, Rule, packs};
use crate::channel::{
    ActionType, Frozen, PERIOD_AHEAD_MAX, Price, Resource, Settlement, VoucherCase, freeze_after_cycle,
};
use crate::ledger::Moment;
use crate::money::{Amount, Rate};

/// How far back a period may have begun, in calendar months: the metering keys are kept for as long.
const MONTHS_BACK: u32 = 18;

/// What usage of a product is called on the bill (R81).
pub(super) const fn action_of(settlement: Settlement) -> ActionType {
    match settlement {
        Settlement::Hourly => ActionType::PostpayDeductH,
        Settlement::Daily => ActionType::PostpayDeductD,
        Settlement::Monthly => ActionType::PostpayDeductM,
    }
}

/// Charges one record; no line is checked (R62).
pub(super) fn settle(book: &Book, context: &Context<'_>, record: &SettleUsage) -> Result<Decision, Rejection> {
    let ended = record.period_end.min(context.now);
    book.existing_account(record.account)?;
    let (number, product) = book.existing_product(&record.product)?;
    let settled = last_of_cycle(book.calendar(), product.settlement, record.period_end).min(context.now);
    let buyer = Buyer::of_usage(book, record.account, ended, settled)?;
    let resource = match record.resource.as_ref().and_then(|name| book.resource(name)) {
        Some(named) if named.account == record.account => Some(named).filter(|own| ran_within(own, record)),
        // It has had the name since before the period, so that nothing of this account had it.
        Some(others) if others.activated_at <= record.period_start => return Err(Reason::NotYourResource.into()),
        // What has taken the name since then is another one, and no party to this.
        Some(_) | None => None,
    };
    if record.period_end < record.period_start {
        return Err(Rejection::EmptyPeriod);
    }
    if record.period_start < book.calendar().months_before(context.now, MONTHS_BACK) {
        return Err(Reason::PeriodTooOld.into());
    }
    if record.period_start > context.now.plus_seconds(PERIOD_AHEAD_MAX) {
        return Err(Reason::PeriodTooEarly.into());
    }
    let action = record.action.unwrap_or(action_of(product.settlement));
    if !action.metered() {
        return Err(Reason::ActionTypeNotMetered.into());
    }
    if record.amount.is_negative() {
        return Err(Rejection::AmountNegative);
    }
    let covered = match record.units {
        Some(units) => {
            let used = (units, record.amount);
            Some(packs::cover(book, (record.account, number), used, action, context.now)?)
        }
        None => None,
    };
    let list = match &covered {
        Some(covered) => covered.left()?,
        None if action.lowers() => record.amount.negated()?,
        None => record.amount,
    };
    let begun = first_of_cycle(book.calendar(), product.settlement, record.period_end);
    let price = buyer.price_of_usage(book, begun, (number, list), context.now)?;
    let cost = if action.lowers() {
        Cost::bare(price)
    } else {
        let case = VoucherCase { mode: action.pay_mode(), product: number, now: context.now };
        buyer.cost(book, price, &case)?
    };
    let cycle = match resource {
        // What else it used (traffic, storage) is another product's, and no cycle of its own.
        Some(resource) if !action.lowers() && resource.product == number => {
            close_cycle(book, &buyer, resource, &price, ended)?
        }
        Some(_) | None => None,
    };
    let (resource, more) = cycle.map_or((None, Frozen::default()), |(after, more)| (Some(Box::new(after)), more));
    let lines_after = buyer.settled(&cost, more)?;
    let calendar = book.calendar();
    let month = calendar.month(record.period_start);
    // An issued bill never changes (R94).
    let month = if calendar.issued(month, context.now) { calendar.month(context.now) } else { month };
    let occasion =
        Occasion { product: number, action, month, period_start: record.period_start, period_end: record.period_end };
    let vouchers_after = Draw::Pay.from(book, cost.uses())?;
    let packs = covered.as_ref().map(|covered| {
        Finding::waived(Rule::O82, (record.account, Figure::PacksCover), covered.units, covered.covered())
    });
    let because = packs.into_iter().chain(buyer.charged(&cost)?).collect();
    let event = UsageSettled {
        charge: buyer.charge(book, occasion, cost)?,
        resource_name: record.resource.as_ref().map(|name| name.as_str().to_owned()),
        details: record.details.clone(),
        resource,
        covered: covered.map(Box::new),
        vouchers_after,
        lines_after,
    };
    Ok(Decision { event: event.into(), because })
}

/// Whether what has the resource's name by now had been activated when the period was not over yet, whose end is outside;
/// a period without a length is the moment of its beginning.
fn ran_within(resource: &Resource, record: &SettleUsage) -> bool {
    let (since, end) = (resource.activated_at, record.period_end);
    since < end || (since == end && record.period_start == end)
}

/// The resource with the freeze that its next cycle needs, and by how much that is more on each side (R67 F3, F4). What
/// comes late, for a cycle before the last one that was closed, leaves the freeze as the later one made it; and what somebody
/// else pays for than a freeze is on leaves it, too.
fn close_cycle(
    book: &Book,
    buyer: &Buyer<'_>,
    resource: &Resource,
    price: &Price,
    ended: Moment,
) -> Result<Option<(Resource, Frozen)>, Rejection> {
    let (paying, binding) = (buyer.paying(), buyer.binding);
    let others = resource.frozen != Frozen::default() && (resource.paying, resource.binding) != (paying, binding);
    // What is told after somebody else has begun to pay freezes nothing anew.
    let former = buyer.payer != book.payer_of(resource.account).unwrap_or(resource.account);
    if others || former || resource.cycle_ended_at.is_some_and(|last| ended < last) {
        return Ok(None);
    }
    let terms = &book.product_of(resource)?.freeze;
    let next = |rate: Rate| freeze_after_cycle(terms, price.list, rate);
    let customer_rate = buyer.funds.is_some().then_some(price.customer_rate);
    let (customer, partner) = (customer_rate.map(next).transpose()?, price.partner_rate.map(next).transpose()?);
    // Whether a cycle changes the freeze is the product's, and the same on both sides.
    let (Some(customer), Some(partner)) =
        (customer.unwrap_or(Some(Amount::ZERO)), partner.unwrap_or(Some(Amount::ZERO)))
    else {
        return Ok(None);
    };
    let frozen = Frozen { customer, partner };
    let more = frozen.minus(resource.frozen)?;
    Ok(Some((Resource { frozen, paying, binding, cycle_ended_at: Some(ended), ..resource.clone() }, more)))
}
