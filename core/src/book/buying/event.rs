//! The events about orders and authorizations. `…_after` is the figure once the fact holds.

#![expect(missing_docs, reason = "the fields are those of the command and of the thing that changes")]

use crate::book::event::events;
use crate::channel::{
    Authorization, AuthorizationId, Binding, Charge, Lines, Order, PayerTold, Paying, Price, RefundScope, Return,
    Share, Uin, Voucher,
};
use crate::ledger::Moment;
use crate::money::Amount;
use credere_numbered::{Named, Numbered};
use serde::{Deserialize, Serialize};

events!(Buying {
    OrderChanged = 1,
    OrderRefunded = 2,
    AuthorizationOpened = 3,
    AuthorizationCaptured = 4,
    AuthorizationReleased = 5,
    AuthorizationExpired = 6,
    ShareReturned = 7,
});

/// An order was placed or changed; the order as it stands from now on, and the lines after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderChanged {
    pub change: OrderChange,
    pub order: Box<Order>,
    /// Where it was charged with this; of what gives money back to several payers, the first one's.
    pub charge: Option<Box<Charge>>,
    /// The vouchers that it changed.
    pub vouchers_after: Vec<Voucher>,
    pub lines_after: Lines,
    /// What whoever pays on behalf of its account is told, where it waits for that one from now on (O74).
    pub payer_told: Option<PayerTold>,
}

/// What was paid for a delivered order, or for the resource that it names, was given back in whole or in part. The order as it
/// stands from now on, what goes back to whom, and the charge with what comes back to the first of them, below zero; the
/// others' follow at once ([`ShareReturned`]). Nothing comes back to a payer that is no longer bound as it was then: its line is
/// on the old binding's bill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRefunded {
    pub order: Box<Order>,
    pub scope: RefundScope,
    pub shares: Vec<Share>,
    pub charge: Box<Charge>,
    pub lines_after: Lines,
}

/// One more payer got back what it was decided to get.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareReturned {
    pub back: Box<Return>,
    pub lines_after: Lines,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationOpened {
    pub account: Uin,
    pub paying: Paying,
    pub binding: Option<Binding>,
    pub product: u32,
    pub price: Price,
    pub expires_at: Moment,
    /// The payer's `prepay_frozen`; absent when a partner holds for itself.
    pub payer_frozen_after: Option<Amount>,
    /// The paying partner's.
    pub partner_frozen_after: Option<Amount>,
}

/// An authorization was charged, in whole or in part. Like the two below it says what was open, so that its record
/// stands by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationCaptured {
    pub id: AuthorizationId,
    pub open: Box<Authorization>,
    /// What was captured, at the authorization's rates.
    pub charge: Box<Charge>,
    /// The vouchers that paid a part.
    pub vouchers_after: Vec<Voucher>,
    pub lines_after: Lines,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationReleased {
    pub id: AuthorizationId,
    pub open: Box<Authorization>,
    pub lines_after: Lines,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationExpired {
    pub id: AuthorizationId,
    pub open: Box<Authorization>,
    pub lines_after: Lines,
}

/// What happened to an order, by the name of its event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Numbered, Named)]
#[repr(u8)]
pub enum OrderChange {
    /// Placed: as delivered, processing or to be paid.
    #[named("order_placed")]
    Placed = 1,
    /// Paid after it was parked.
    #[named("order_paid")]
    Paid = 2,
    /// Delivered after it was processing.
    #[named("order_delivered")]
    Delivered = 3,
    /// Given up.
    #[named("order_canceled")]
    Canceled = 4,
}

impl Event {
    /// The charge that it posted.
    pub(in crate::book) fn charge(&self) -> Option<&Charge> {
        match self {
            Event::OrderChanged(changed) => changed.charge.as_deref(),
            Event::OrderRefunded(refunded) => Some(&refunded.charge),
            Event::ShareReturned(returned) => Some(&returned.back.charge),
            Event::AuthorizationCaptured(captured) => Some(&captured.charge),
            Event::AuthorizationOpened(_) | Event::AuthorizationReleased(_) | Event::AuthorizationExpired(_) => None,
        }
    }

    /// Who pays; of what goes back to several payers, the first.
    pub(in crate::book) fn payer(&self) -> Uin {
        let paying = match self {
            Event::OrderChanged(changed) => {
                changed.charge.as_ref().map_or(changed.order.paying, |charge| charge.paying)
            }
            Event::OrderRefunded(refunded) => refunded.charge.paying,
            Event::ShareReturned(returned) => returned.back.charge.paying,
            Event::AuthorizationOpened(opened) => opened.paying,
            Event::AuthorizationCaptured(captured) => captured.open.paying,
            Event::AuthorizationReleased(released) => released.open.paying,
            Event::AuthorizationExpired(expired) => expired.open.paying,
        };
        paying.payer
    }

    /// What goes back to whom, where it is decided here.
    pub(in crate::book) fn shares(&self) -> &[Share] {
        match self {
            Event::OrderChanged(changed) if changed.charge.is_some() => &changed.order.shares,
            Event::OrderRefunded(refunded) => &refunded.shares,
            _ => &[],
        }
    }

    /// Who buys.
    pub(in crate::book) fn touches(&self) -> Uin {
        match self {
            Event::OrderChanged(changed) => changed.order.account,
            Event::OrderRefunded(refunded) => refunded.order.account,
            Event::ShareReturned(returned) => returned.back.charge.account,
            Event::AuthorizationOpened(opened) => opened.account,
            Event::AuthorizationCaptured(captured) => captured.id.account,
            Event::AuthorizationReleased(released) => released.id.account,
            Event::AuthorizationExpired(expired) => expired.id.account,
        }
    }
}
