//! Orders. The book has the open ones only; how a closed one ended comes from history and goes in with the command.

use super::rows::{order_of, row_of};
use crate::app::App;
use crate::caller::Caller;
use crate::command::Done;
use crate::failure::Failure;
use credere_core::book::{Command, KeyUse, Named, Rejection, buying, notices};
use credere_core::channel::{Order, OrderId, OrderState, RefundScope};
use credere_core::money::Amount;
use credere_store::contract::{ShardStore, StoreError};

/// What is to be given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefundRequest {
    /// The payers' money.
    pub amount: Amount,
    /// Of the order alone, or of all that paid for its resource.
    pub scope: RefundScope,
    /// At once, or promised by an order that is to be delivered.
    pub capture: bool,
}

impl RefundRequest {
    /// Of the order alone, at once.
    pub const fn of_order(amount: Amount) -> RefundRequest {
        RefundRequest { amount, scope: RefundScope::Order, capture: true }
    }
}

impl App {
    /// Pays an order that is to be paid.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn pay_order(
        &self,
        caller: Caller,
        key: Option<KeyUse>,
        order: OrderId,
        by: buying::PayBy,
    ) -> Result<Done, Failure> {
        let own = caller.actor.account().ok();
        // Of an order that has ended an account learns only where it has to do with it.
        let concerns = move |order: &Order| {
            let Order { account, paying, binding, .. } = order;
            let concerned = [Some(*account), Some(paying.payer), binding.map(|binding| binding.partner)];
            own.is_none_or(|own| concerned.contains(&Some(own)))
        };
        let look = move |store: &dyn ShardStore| {
            Ok(closed_order(store, order)?.filter(|order| concerns(order)).map(|order| order.state))
        };
        let missing = Rejection::Buying(buying::Reason::OrderNotFound);
        let command = |ended| buying::PayOrder { order: Named { id: order, ended }, by }.into();
        self.command_naming(caller, key, missing, look, command).await
    }

    /// Asks whoever pays on behalf of an order's account to pay it (O83).
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn request_payment(&self, caller: Caller, key: Option<KeyUse>, order: OrderId) -> Result<Done, Failure> {
        self.on_order(caller, key, order, |order| notices::RequestPayment { order }.into()).await
    }

    /// Delivers an order that is processing.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn deliver_order(&self, caller: Caller, key: Option<KeyUse>, order: OrderId) -> Result<Done, Failure> {
        self.on_order(caller, key, order, |order| buying::DeliverOrder { order }.into()).await
    }

    /// Gives an open order up.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn cancel_order(&self, caller: Caller, key: Option<KeyUse>, order: OrderId) -> Result<Done, Failure> {
        self.on_order(caller, key, order, |order| buying::CancelOrder { order }.into()).await
    }

    /// Gives back a part of a delivered order or of what its resource was paid with, or all of it (R87-R88, O76, O77).
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn refund_order(
        &self,
        caller: Caller,
        key: Option<KeyUse>,
        order: OrderId,
        asked: RefundRequest,
    ) -> Result<Done, Failure> {
        let RefundRequest { amount, scope, capture } = asked;
        let look = move |store: &dyn ShardStore| closed_order(store, order);
        let missing = Rejection::Buying(buying::Reason::OrderNotFound);
        let command = |found: Option<_>| {
            let order = Named { id: order, ended: found.map(Box::new) };
            buying::RefundOrder { order, amount, scope, capture }.into()
        };
        self.command_naming(caller, key, missing, look, command).await
    }

    async fn on_order(
        &self,
        caller: Caller,
        key: Option<KeyUse>,
        id: OrderId,
        command: impl Fn(Named<OrderId, OrderState>) -> Command,
    ) -> Result<Done, Failure> {
        let look = move |store: &dyn ShardStore| Ok(closed_order(store, id)?.map(|order| order.state));
        let missing = Rejection::Buying(buying::Reason::OrderNotFound);
        self.command_naming(caller, key, missing, look, |ended| command(Named { id, ended })).await
    }
}

/// An order as it ended. One that history has open was not there yet when the book was asked, or has changed since; the
/// book knows how.
fn closed_order(store: &dyn ShardStore, id: OrderId) -> Result<Option<Order>, StoreError> {
    let order = row_of(store, id)?.map(|row| order_of(&row)).transpose()?;
    Ok(order.filter(|order| !order.state.open()))
}
