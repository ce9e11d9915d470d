//! The commands about orders and authorizations, told from their events.

use super::command::{
    Authorize, CancelOrder, Capture, DeliverOrder, Expire, PayBy, PayOrder, PlaceOrder, RefundOrder, Release,
    ReturnShare,
};
use super::event::{
    AuthorizationCaptured, AuthorizationExpired, AuthorizationOpened, AuthorizationReleased, Event, OrderChange,
    OrderChanged, OrderRefunded, ShareReturned,
};
use super::returns::total;
use crate::book::{Book, Command, Named};
use crate::channel::{Order, OrderKind, OrderState, ProductCode, Refund};
use crate::money::Overflow;

impl Event {
    /// The command that led to this event on the book as it stood before it.
    pub(in crate::book) fn asked(&self, before: &Book) -> Option<Command> {
        let code = |number: u32| Some(before.product_numbered(number)?.code.clone());
        match self {
            Event::OrderChanged(OrderChanged { change: OrderChange::Placed, order, .. }) if order.refund.is_some() => {
                let Refund { of, scope } = order.refund.as_deref()?;
                let amount = order.price.customer.negated().ok()?;
                let order = Named { id: of.id, ended: Some(Box::new(of.clone())) };
                Some(RefundOrder { order, amount, scope: *scope, capture: false }.into())
            }
            Event::OrderChanged(OrderChanged { change: OrderChange::Placed, order, .. }) => {
                Some(placed(order, code(order.product)?).ok()?.into())
            }
            Event::OrderChanged(OrderChanged { change: OrderChange::Paid, order, .. }) => {
                let by = match order.paying.payer == order.account {
                    true if order.paid_by_partner => PayBy::Partner,
                    true => PayBy::Customer,
                    false => PayBy::Payer,
                };
                Some(PayOrder { order: order.id.into(), by }.into())
            }
            Event::OrderChanged(OrderChanged { change: OrderChange::Delivered, order, .. }) => {
                Some(DeliverOrder { order: order.id.into() }.into())
            }
            Event::OrderChanged(OrderChanged { change: OrderChange::Canceled, order, .. }) => {
                Some(CancelOrder { order: order.id.into() }.into())
            }
            Event::OrderRefunded(OrderRefunded { order, scope, shares, .. }) => {
                let amount = total(shares).ok()?.customer.negated().ok()?;
                let order = Named { id: order.id, ended: Some(order.clone()) };
                Some(RefundOrder { order, amount, scope: *scope, capture: true }.into())
            }
            Event::ShareReturned(ShareReturned { back, .. }) => {
                Some(ReturnShare { account: back.charge.account }.into())
            }
            Event::AuthorizationOpened(AuthorizationOpened { account, product, price, expires_at, .. }) => Some(
                Authorize {
                    account: *account,
                    product: code(*product)?,
                    amount: price.list,
                    expires_at: Some(*expires_at),
                }
                .into(),
            ),
            Event::AuthorizationCaptured(AuthorizationCaptured { id, charge, .. }) => {
                Some(Capture { authorization: *id, amount: Some(charge.price.list) }.into())
            }
            Event::AuthorizationReleased(AuthorizationReleased { id, .. }) => {
                Some(Release { authorization: *id }.into())
            }
            Event::AuthorizationExpired(AuthorizationExpired { id, .. }) => Some(Expire { authorization: *id }.into()),
        }
    }
}

fn placed(order: &Order, product: ProductCode) -> Result<PlaceOrder, Overflow> {
    let amount = if order.kind == OrderKind::Downgrade { order.price.list.negated()? } else { order.price.list };
    Ok(PlaceOrder {
        account: order.account,
        product,
        kind: order.kind,
        amount,
        capture: order.capture,
        park: order.state == OrderState::ToBePaid,
        resource: order.resource.clone(),
        details: order.details.clone(),
    })
}
