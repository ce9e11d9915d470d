//! The commands about orders and authorizations.

use crate::book::command::commands;
use crate::book::home::Home;
use crate::book::named::Named;
use crate::channel::{
    AuthorizationId, Order, OrderId, OrderKind, OrderState, ProductCode, RefundScope, ResourceName, Uin,
};
use crate::ledger::Moment;
use crate::money::Amount;

commands!(Buying {
    PlaceOrder[boxed](asked) => Some(asked.account), Home::Account(asked.account);
    PayOrder(asked) => None, Home::Id(asked.order.id.0);
    DeliverOrder(asked) => None, Home::Id(asked.order.id.0);
    CancelOrder(asked) => None, Home::Id(asked.order.id.0);
    RefundOrder(asked) => asked.order.ended.as_ref().map(|order| order.account), Home::Id(asked.order.id.0);
    ReturnShare(asked) => Some(asked.account), Home::Account(asked.account);
    Authorize(asked) => Some(asked.account), Home::Account(asked.account);
    Capture(asked) => Some(asked.authorization.account), Home::Id(asked.authorization.opened_seq);
    Release(asked) => Some(asked.authorization.account), Home::Id(asked.authorization.opened_seq);
    Expire(asked) => Some(asked.authorization.account), Home::Id(asked.authorization.opened_seq);
});

/// A new order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceOrder {
    /// Who buys.
    pub account: Uin,
    /// The product that is bought.
    pub product: ProductCode,
    /// Whether it buys, renews, upgrades or downgrades.
    pub kind: OrderKind,
    /// List price; what a downgrade gives back.
    pub amount: Amount,
    /// Charged at once, or held until it is delivered.
    pub capture: bool,
    /// Whether to keep it as to be paid when funds do not suffice.
    pub park: bool,
    /// The prepaid resource that it is for; a downgrade names it.
    pub resource: Option<ResourceName>,
    /// A JSON object that the core does not read: region, tags, ...
    pub details: String,
}

/// Pays an order that is to be paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayOrder {
    /// The order to be paid.
    pub order: Named<OrderId, OrderState>,
    /// Who pays; the check is the same (A5).
    pub by: PayBy,
}

/// Delivers an order that is processing: its hold becomes a charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliverOrder {
    /// The order that was delivered.
    pub order: Named<OrderId, OrderState>,
}

/// Gives an open order up; a hold it has is released (R131).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CancelOrder {
    /// The order that is given up.
    pub order: Named<OrderId, OrderState>,
}

/// Gives back what was paid for a delivered order, or for the resource that it names, whole or in part (R87-R88, O76, O77).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundOrder {
    /// The order, with all of it as it was delivered: what it was charged never changes.
    pub order: Named<OrderId, Box<Order>>,
    /// The payers' money, above zero.
    pub amount: Amount,
    /// Of the order alone, or of all that paid for its resource.
    pub scope: RefundScope,
    /// Given back at once, or promised by an order of its own until that is delivered.
    pub capture: bool,
}

/// Gives the next payer what was decided to go back to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnShare {
    /// Whose purchase it was.
    pub account: Uin,
}

/// Holds an amount on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorize {
    /// Whose purchase.
    pub account: Uin,
    /// The product that is bought.
    pub product: ProductCode,
    /// List price.
    pub amount: Amount,
    /// From when it can no longer be captured; 7 days from now where absent, at most 30.
    pub expires_at: Option<Moment>,
}

/// Charges an authorization, whole or in part, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capture {
    /// The authorization to be charged.
    pub authorization: AuthorizationId,
    /// List price; all of it where absent.
    pub amount: Option<Amount>,
}

/// Gives an authorization up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// The authorization that is given up.
    pub authorization: AuthorizationId,
}

/// Ends an authorization whose time is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expire {
    /// The authorization whose time is over.
    pub authorization: AuthorizationId,
}

/// Who pays an order that is to be paid. The consumption is the customer's either way (R130).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PayBy {
    /// The customer itself.
    Customer,
    /// Its partner on its behalf.
    Partner,
    /// Whoever pays: the account itself, or its organization's admin.
    Payer,
}
