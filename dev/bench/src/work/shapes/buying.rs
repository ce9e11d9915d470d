//! Open orders and authorizations of one customer, and orders that have given something back.

use super::grown::{BOUGHT, DAY, Grown, RICH, VOUCHED, code, customer, nth, uin};
use super::parties::{CREDIT, allocate};
use super::shape::{Asked, Shape, by_itself, platform};
use anyhow::bail;
use credere_core::book::{Event, Named, buying};
use credere_core::channel::{AuthorizationId, Order, OrderId, OrderKind, Uin};
use credere_core::money::Amount;

pub(super) fn place(account: Uin, capture: bool) -> buying::PlaceOrder {
    buying::PlaceOrder {
        account,
        product: code(BOUGHT),
        kind: OrderKind::Purchase,
        amount: Amount::whole(1),
        capture,
        park: false,
        resource: None,
        details: "{}".to_owned(),
    }
}

/// An order of a prepaid resource, charged at once.
fn deliver_at_once(grown: &mut Grown, name: &str) -> anyhow::Result<Order> {
    let event = grown.obey(buying::PlaceOrder { resource: Some(name.parse()?), ..place(uin(RICH), true) })?;
    let Event::Buying(buying::Event::OrderChanged(buying::OrderChanged { order, .. })) = event else {
        bail!("an order came to something else");
    };
    Ok(*order)
}

fn refund(order: &Order) -> buying::RefundOrder {
    let order = Named { id: order.id, ended: Some(Box::new(order.clone())) };
    buying::RefundOrder { order, amount: Amount::from_units(1) }
}

fn authorize(grown: &Grown) -> buying::Authorize {
    let expires_at = Some(grown.now.plus_seconds(30 * DAY));
    buying::Authorize { account: uin(RICH), product: code(BOUGHT), amount: Amount::whole(1), expires_at }
}

/// Opens an authorization.
fn authorized(grown: &mut Grown) -> anyhow::Result<AuthorizationId> {
    grown.obey(authorize(grown))?;
    Ok(AuthorizationId { account: uin(RICH), opened_seq: grown.book.seq() })
}

pub(super) fn grow(grown: &mut Grown) -> anyhow::Result<()> {
    for at in 0..grown.size {
        grown.obey(place(uin(RICH), false))?;
        let order = OrderId(grown.book.seq());
        let authorization = authorized(grown)?;
        let delivered = deliver_at_once(grown, &format!("pre-{at}"))?;
        grown.obey(refund(&delivered))?;
        if grown.keeps(at) {
            grown.orders.push(order);
            grown.authorizations.push(authorization);
            grown.delivered.push(delivered);
        }
    }
    Ok(())
}

pub(super) fn shapes() -> Vec<Shape> {
    vec![
        Shape::of("place an order", |_, _| platform(place(uin(RICH), true))),
        Shape::of("place an order of a prepaid resource", |_, round| {
            platform(buying::PlaceOrder { resource: Some(format!("pre-{round}").parse()?), ..place(uin(RICH), true) })
        }),
        Shape::of("place an order that vouchers pay", |_, _| {
            platform(buying::PlaceOrder { product: code(VOUCHED), amount: Amount::whole(3), ..place(uin(RICH), true) })
        }),
        Shape::of("pay a parked order", |grown, round| {
            // More than it has, until it is given more.
            let (account, amount) = (customer(grown.size - 1 - round), CREDIT);
            grown.obey(buying::PlaceOrder { park: true, amount, ..place(account, true) })?;
            let order = OrderId(grown.book.seq()).into();
            grown.obey(allocate(account, CREDIT))?;
            platform(buying::PayOrder { order, by: buying::PayBy::Customer })
        }),
        Shape::of("deliver an order", |grown, round| {
            platform(buying::DeliverOrder { order: nth(&grown.orders, round)?.into() })
        }),
        Shape::of("cancel an order", |grown, round| {
            platform(buying::CancelOrder { order: nth(&grown.orders, 20 + round)?.into() })
        }),
        Shape::of("refund an order", |grown, round| platform(refund(&nth(&grown.delivered, round)?))),
        Shape::of("authorize", |grown, _| platform(authorize(grown))),
        Shape::of("capture", |grown, round| {
            platform(buying::Capture { authorization: nth(&grown.authorizations, round)?, amount: None })
        }),
        Shape::of("release", |grown, round| {
            platform(buying::Release { authorization: nth(&grown.authorizations, 20 + round)? })
        }),
    ]
}

/// Once their time is over.
pub(super) fn expire(grown: &mut Grown, round: u64) -> anyhow::Result<Asked> {
    by_itself(buying::Expire { authorization: nth(&grown.authorizations, 40 + round)? })
}
