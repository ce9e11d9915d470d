//! Orders. The book has the open ones only; what is said about a closed one comes from history.

use super::rows::order_of;
use crate::app::App;
use crate::caller::Caller;
use crate::command::Done;
use crate::failure::Failure;
use credere_core::access::Action;
use credere_core::book::{Command, KeyUse, Rejection, buying};
use credere_core::channel::{OrderId, OrderState};
use credere_core::money::Amount;
use credere_store::contract::ShardStore;

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
        self.open_order(caller, key, Command::from(buying::PayOrder { order, by }), order, OrderState::ToBePaid).await
    }

    /// Delivers an order that is processing.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn deliver_order(&self, caller: Caller, key: Option<KeyUse>, order: OrderId) -> Result<Done, Failure> {
        self.open_order(caller, key, Command::from(buying::DeliverOrder { order }), order, OrderState::Processing).await
    }

    /// Gives an open order up.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn cancel_order(&self, caller: Caller, key: Option<KeyUse>, order: OrderId) -> Result<Done, Failure> {
        // What only an open order would permit is told as what it is not: any open state would have done.
        self.open_order(caller, key, Command::from(buying::CancelOrder { order }), order, OrderState::Canceled).await
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
        let what = (Action::RefundOrder, None);
        self.engine.peek(|book| book.permit(caller.actor, what.0, what.1)).map_err(Failure::refused)?;
        if let Some(done) = self.answered(caller, key).await? {
            return Ok(done);
        }
        let Some(row) = self.engine.history(move |store| store.order(order.0)).await? else {
            return Err(self.refuse(caller, key, what, Rejection::Buying(buying::Reason::OrderNotFound)).await);
        };
        let order = order_of(&row)?;
        self.command(caller, key, Command::from(buying::RefundOrder { order: Box::new(order), amount })).await
    }

    /// Carries out what only an open order permits. The book forgets closed orders, so history tells one that is closed
    /// from one that never was.
    async fn open_order(
        &self,
        caller: Caller,
        key: Option<KeyUse>,
        command: Command,
        order: OrderId,
        needed: OrderState,
    ) -> Result<Done, Failure> {
        let look = move |store: &dyn ShardStore| {
            let row = store.order(order.0)?;
            let state = match row.as_ref().map(|row| row.state.as_str()) {
                Some("canceled") => OrderState::Canceled,
                Some("refunded") => OrderState::Refunded,
                Some("delivered") => OrderState::Delivered,
                // There was none when it was asked for, and now there is.
                Some(_) | None => return Ok(None),
            };
            Ok(Some(Rejection::Buying(buying::Reason::OrderNot { state, needed })))
        };
        self.command_or_ended(caller, key, command, Rejection::Buying(buying::Reason::OrderNotFound), look).await
    }
}
