//! Postpaid resources: activated, resized and terminated by their account's vendor, stopped, started and deleted by what
//! falls due (R57, R65-R73, R103-R107).

use super::command::{ActivateResource, ResizeResource, TerminateResource};
use super::event::{
    ResourceActivated, ResourceDeleted, ResourceResized, ResourceResumed, ResourceSuspended, ResourceTerminated,
};
use super::reason::Reason;
use super::usage;
use crate::book::buyer::{Buyer, Cost, Draw, Occasion};
use crate::book::{Because, Book, Context, Decision, Event, Figure, Finding, Rejection, Rule};
use crate::channel::{
    FreezeModel, FreezeTerms, Frozen, PayMode, Purchase, Resource, ResourceId, ResourceState, ResourceStep,
    VoucherCase, freeze_at_start, next_step,
};
use crate::ledger::{Line, Moment};
use crate::money::{Amount, Factor, Overflow};

/// Freezes on both sides or on neither; no voucher pays for it (R57, R72).
pub(super) fn activate(book: &Book, context: &Context<'_>, new: &ActivateResource) -> Result<Decision, Rejection> {
    let buyer = Buyer::of(book, new.account)?;
    let (number, product) = book.existing_product(&new.product)?;
    if book.resource(&new.name).is_some() {
        return Err(Reason::ResourceExists.into());
    }
    buyer.must_be_free_to_buy(book)?;
    size_is_valid(new.unit_price, new.quantity)?;
    let frozen = freeze(book, &buyer, number, &product.freeze, new.unit_price, new.quantity, context.now)?;
    let because = buyer.check(frozen.customer, frozen.partner, false, Purchase::Freeze)?;
    let (customer_after, partner_after) = buyer.lines(frozen.customer, frozen.partner, Line::frozen_by)?;
    let resource = Resource {
        id: ResourceId(book.next_number()?),
        name: new.name.clone(),
        account: new.account,
        product: number,
        unit_price: new.unit_price,
        quantity: new.quantity,
        frozen,
        state: ResourceState::Active,
        since: context.now,
        activated_at: context.now,
        cycle_ended_at: None,
        details: new.details.clone(),
    };
    Ok(Decision {
        event: ResourceActivated {
            resource: Box::new(resource),
            customer_after,
            paying_partner: buyer.paying.uin,
            partner_after,
        }
        .into(),
        because,
    })
}

/// Prices the freeze anew with today's terms (A18). What grows must pass the check by what it freezes more; what does not
/// grow always may, also when today's terms freeze more for it. A re-estimated freeze stays until its next cycle.
pub(super) fn resize(book: &Book, context: &Context<'_>, asked: &ResizeResource) -> Result<Decision, Rejection> {
    let ResizeResource { ref resource, unit_price, quantity } = *asked;
    let resource = book.existing_resource(resource.as_ref())?;
    let buyer = Buyer::of(book, resource.account)?;
    let product = book.product_of(resource)?;
    if resource.state != ResourceState::Active {
        return Err(Reason::ResourceNotActive(resource.state).into());
    }
    let (unit_price, quantity) = (unit_price.unwrap_or(resource.unit_price), quantity.unwrap_or(resource.quantity));
    let grows = size(unit_price, quantity) > size(resource.unit_price, resource.quantity);
    if grows {
        buyer.must_be_free_to_buy(book)?;
    }
    size_is_valid(unit_price, quantity)?;
    let frozen = match product.freeze.model {
        FreezeModel::ReEstimate => resource.frozen,
        FreezeModel::None | FreezeModel::Coefficient | FreezeModel::Fixed | FreezeModel::MinimumFee => {
            freeze(book, &buyer, resource.product, &product.freeze, unit_price, quantity, context.now)?
        }
    };
    let more = Frozen {
        customer: frozen.customer.minus(resource.frozen.customer)?,
        partner: frozen.partner.minus(resource.frozen.partner)?,
    };
    let judged = if grows {
        let (customer, partner) = (more.customer.max(Amount::ZERO), more.partner.max(Amount::ZERO));
        buyer.check(customer, partner, false, Purchase::Freeze)?
    } else {
        Because::new()
    };
    let (customer_after, partner_after) = buyer.lines(more.customer, more.partner, Line::frozen_by)?;
    let frozen_on_both = buyer.frozen(Rule::R72, (customer_after.as_ref(), &partner_after));
    let because = judged.into_iter().chain(frozen_on_both).collect();
    Ok(Decision {
        event: ResourceResized {
            resource: Box::new(Resource { unit_price, quantity, frozen, ..resource.clone() }),
            customer_after,
            paying_partner: buyer.paying.uin,
            partner_after,
        }
        .into(),
        because,
    })
}

/// The last settlement and the release in one step (R71). Never refused for lack of credit (R62).
pub(super) fn terminate(book: &Book, context: &Context<'_>, asked: &TerminateResource) -> Result<Decision, Rejection> {
    let TerminateResource { ref resource, final_amount } = *asked;
    let resource = book.existing_resource(resource.as_ref())?;
    let product = book.product_of(resource)?;
    if final_amount.is_some_and(Amount::is_negative) {
        return Err(Rejection::AmountNegative);
    }
    let ended = Resource { frozen: Frozen::default(), state: ResourceState::Terminated, ..since(resource, context) };
    let buyer = Buyer::of(book, resource.account)?;
    let mut because = Because::new();
    let (mut customer_after, mut partner_after, vouchers_after, charge) = match final_amount {
        None => {
            let (customer, partner) = buyer.lines(Amount::ZERO, Amount::ZERO, |line, _| Ok(line))?;
            (customer, partner, Vec::new(), None)
        }
        Some(list) => {
            let action = usage::action_of(product.settlement);
            let price = buyer.price(book, resource.product, list, context.now)?;
            let case = VoucherCase { mode: PayMode::PostPay, product: resource.product, now: context.now };
            let cost = buyer.cost(book, price, &case)?;
            let (customer, partner) = buyer.lines(cost.customer, cost.partner, Line::charged)?;
            let occasion = Occasion::at(book, resource.product, action, context.now);
            let vouchers = Draw::Pay.from(book, cost.uses())?;
            because = buyer.charged(&cost)?;
            (customer, partner, vouchers, Some(buyer.charge(book, occasion, cost)?))
        }
    };
    customer_after = customer_after.map(|line| release(line, resource.frozen.customer)).transpose()?;
    partner_after = release(partner_after, resource.frozen.partner)?;
    because.extend(buyer.frozen(Rule::R71, (customer_after.as_ref(), &partner_after)));
    let event = ResourceTerminated {
        resource: Box::new(ended),
        released: resource.frozen,
        charge,
        vouchers_after,
        customer_after,
        paying_partner: buyer.paying.uin,
        partner_after,
    };
    Ok(Decision { event: event.into(), because })
}

/// Stops, starts or deletes a resource for which that is due now.
pub(super) fn step(
    book: &Book,
    context: &Context<'_>,
    id: ResourceId,
    step: ResourceStep,
) -> Result<Decision, Rejection> {
    let resource = book.resource_numbered(id).ok_or(Reason::ResourceNotFound)?;
    let customer = book.customer(resource.account).ok_or(Rejection::NothingDue)?;
    match next_step(resource, book.product_of(resource)?, customer, context.now) {
        Some((at, due)) if due == step && at <= context.now => {}
        Some(_) | None => return Err(Rejection::NothingDue),
    }
    let since = since(resource, context);
    let available = |rule| {
        let of = (resource.account, Figure::CustomerAvailable);
        Finding::waived(rule, of, Amount::ZERO, customer.line.available())
    };
    let forced = Finding::noted(Rule::R108, (resource.account, Figure::Forced), customer.forced_since.is_some());
    let (event, because): (Event, _) = match step {
        ResourceStep::Resume => (
            ResourceResumed { resource: Box::new(Resource { state: ResourceState::Active, ..since }) }.into(),
            Because::from_iter([available(Rule::R104), forced]),
        ),
        ResourceStep::Suspend => (
            ResourceSuspended { resource: Box::new(Resource { state: ResourceState::Suspended, ..since }) }.into(),
            Because::from_iter([available(Rule::R105), forced]),
        ),
        ResourceStep::Delete => {
            let buyer = Buyer::of(book, resource.account)?;
            let deleted = Resource { frozen: Frozen::default(), state: ResourceState::Deleted, ..since };
            let (customer_after, partner_after) =
                buyer.lines(resource.frozen.customer, resource.frozen.partner, release)?;
            let released = buyer.frozen(Rule::R73, (customer_after.as_ref(), &partner_after));
            let because = [available(Rule::R105), forced].into_iter().chain(released).collect();
            let event = ResourceDeleted {
                resource: Box::new(deleted),
                released: resource.frozen,
                customer_after,
                paying_partner: buyer.paying.uin,
                partner_after,
            };
            (event.into(), because)
        }
    };
    Ok(Decision { event, because })
}

fn release(line: Line, frozen: Amount) -> Result<Line, Overflow> {
    line.frozen_by(frozen.negated()?)
}

fn since(resource: &Resource, context: &Context<'_>) -> Resource {
    Resource { since: context.now, ..resource.clone() }
}

fn size(unit_price: Amount, quantity: Factor) -> i128 {
    i128::from(unit_price.units()) * i128::from(quantity.units())
}

fn size_is_valid(unit_price: Amount, quantity: Factor) -> Result<(), Rejection> {
    if unit_price.is_negative() {
        return Err(Rejection::AmountNegative);
    }
    if quantity.is_positive() { Ok(()) } else { Err(Reason::QuantityNotPositive.into()) }
}

/// What a resource freezes on both sides at their prices of now (R68, R72).
fn freeze(
    book: &Book,
    buyer: &Buyer<'_>,
    product: u32,
    terms: &FreezeTerms,
    unit_price: Amount,
    quantity: Factor,
    now: Moment,
) -> Result<Frozen, Rejection> {
    let rates = Cost::bare(buyer.price(book, product, Amount::ZERO, now)?).price;
    let customer = match buyer.customer {
        Some(_) => freeze_at_start(terms, unit_price, quantity, rates.customer_rate)?,
        None => Amount::ZERO,
    };
    Ok(Frozen { customer, partner: freeze_at_start(terms, unit_price, quantity, rates.partner_rate)? })
}
