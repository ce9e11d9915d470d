//! Orders. The book has the open ones only; what is said about a closed one comes from history.

use super::{Caller, Done};
use crate::failure::Failure;
use crate::start::App;
use credere_core::book::{Command, KeyUse, PayBy, Rejection};
use credere_core::channel::{OrderId, OrderState};

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
        by: PayBy,
    ) -> Result<Done, Failure> {
        let paid = self.command(caller, key, Command::PayOrder { order, by }).await;
        self.explain_closed(order, OrderState::ToBePaid, paid).await
    }

    /// Delivers an order that is processing.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn deliver_order(&self, caller: Caller, key: Option<KeyUse>, order: OrderId) -> Result<Done, Failure> {
        let delivered = self.command(caller, key, Command::DeliverOrder { order }).await;
        self.explain_closed(order, OrderState::Processing, delivered).await
    }

    /// Gives an open order up.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn cancel_order(&self, caller: Caller, key: Option<KeyUse>, order: OrderId) -> Result<Done, Failure> {
        let canceled = self.command(caller, key, Command::CancelOrder { order }).await;
        // What only an open order would permit is told as what it is not: any open state would have done.
        self.explain_closed(order, OrderState::Canceled, canceled).await
    }

    /// Tells an order that is closed from one that never was. The book forgets closed orders, and a closed order stays
    /// closed, so the answer is the same whenever the request is repeated.
    async fn explain_closed(
        &self,
        order: OrderId,
        needed: OrderState,
        outcome: Result<Done, Failure>,
    ) -> Result<Done, Failure> {
        let Err(Failure::Refused { rejection: Rejection::OrderNotFound, replayed }) = outcome else { return outcome };
        let row = self.engine.history(move |store| store.order(order.0)).await?;
        let state = match row.as_ref().map(|row| row.state.as_str()) {
            Some("canceled") => OrderState::Canceled,
            Some("refunded") => OrderState::Refunded,
            Some(_) => OrderState::Delivered,
            None => return Err(Failure::Refused { rejection: Rejection::OrderNotFound, replayed }),
        };
        Err(Failure::Refused { rejection: Rejection::OrderNot { state, needed }, replayed })
    }
}
