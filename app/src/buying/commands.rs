//! Orders. The book has the open ones only; how a closed one ended comes from history and goes in with the command.

use super::rows::{order_of, row_of};
use crate::app::App;
use crate::caller::Caller;
use crate::command::Done;
use crate::failure::Failure;
use credere_core::book::{Command, KeyUse, Named, Rejection, buying, notices};
use credere_core::channel::{Order, OrderId, OrderState};
use credere_core::money::Amount;
use credere_store::contract::{ShardStore, StoreError};

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
        self.on_order(caller, key, order, |order| buying::PayOrder { order, by }.into()).await
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

    /// Gives back a part of a delivered order, or all of it (R87-R88).
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn refund_order(
        &self,
        caller: Caller,
        key: Option<KeyUse>,
        order: OrderId,
        amount: Amount,
    ) -> Result<Done, Failure> {
        let look = move |store: &dyn ShardStore| closed_order(store, order);
        let missing = Rejection::Buying(buying::Reason::OrderNotFound);
        let command = |found: Option<_>| {
            let order = Named { id: order, ended: found.map(Box::new) };
            buying::RefundOrder { order, amount }.into()
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
