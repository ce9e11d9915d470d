//! Things that have left the book: what is asked of them is answered with how they ended, which only history knows. A
//! closed thing stays closed, so the answer is the same whenever the request is repeated.

use super::{Caller, Done};
use crate::engine::order_of;
use crate::failure::Failure;
use crate::start::App;
use credere_core::access::Action;
use credere_core::book::{Command, KeyUse, Rejection};
use credere_core::channel::{OrderId, ResourceName, ResourceState, VoucherId, VoucherStatus};
use credere_core::money::{Amount, Factor};

impl App {
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
        self.engine.peek(|book| book.permit(caller.actor, Action::RefundOrder, None)).map_err(Failure::refused)?;
        let row = self.engine.history(move |store| store.order(order.0)).await?;
        let row = row.ok_or(Failure::refused(Rejection::OrderNotFound))?;
        let order = order_of(&row).ok_or_else(|| {
            let what = format!("the order at event {} does not decode", row.seq);
            Failure::Store(credere_store::contract::StoreError::Corrupt(what))
        })?;
        self.command(caller, key, Command::RefundOrder { order: Box::new(order), amount }).await
    }

    /// Changes a resource's size or price.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn resize_resource(
        &self,
        caller: Caller,
        key: Option<KeyUse>,
        name: ResourceName,
        unit_price: Option<Amount>,
        quantity: Option<Factor>,
    ) -> Result<Done, Failure> {
        let command = Command::ResizeResource { name: name.clone(), unit_price, quantity };
        let resized = self.command(caller, key, command).await;
        self.explain_ended_resource(&name, resized).await
    }

    /// Ends a resource.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn terminate_resource(
        &self,
        caller: Caller,
        key: Option<KeyUse>,
        name: ResourceName,
        final_amount: Option<Amount>,
    ) -> Result<Done, Failure> {
        let command = Command::TerminateResource { name: name.clone(), final_amount };
        let terminated = self.command(caller, key, command).await;
        self.explain_ended_resource(&name, terminated).await
    }

    async fn explain_ended_resource(
        &self,
        name: &ResourceName,
        outcome: Result<Done, Failure>,
    ) -> Result<Done, Failure> {
        let Err(Failure::Refused { rejection: Rejection::ResourceNotFound, replayed }) = outcome else {
            return outcome;
        };
        let name = name.clone();
        let row = self.engine.history(move |store| store.resource(name.as_str())).await?;
        let rejection = match row.as_ref().map(|row| row.state.as_str()) {
            Some("deleted") => Rejection::ResourceNotActive(ResourceState::Deleted),
            Some(_) => Rejection::ResourceNotActive(ResourceState::Terminated),
            None => Rejection::ResourceNotFound,
        };
        Err(Failure::Refused { rejection, replayed })
    }

    /// Takes a voucher back.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn invalidate_voucher(
        &self,
        caller: Caller,
        key: Option<KeyUse>,
        id: VoucherId,
    ) -> Result<Done, Failure> {
        let outcome = self.command(caller, key, Command::InvalidateVoucher { id }).await;
        let Err(Failure::Refused { rejection: Rejection::VoucherNotFound, replayed }) = outcome else {
            return outcome;
        };
        let row = self.engine.history(move |store| store.voucher(id.0)).await?;
        let rejection = match row.as_ref().map(|row| row.status.as_str()) {
            Some("expired") => Rejection::VoucherNotIssued(VoucherStatus::Expired),
            Some("invalidated") => Rejection::VoucherNotIssued(VoucherStatus::Invalidated),
            Some(_) => Rejection::VoucherNotIssued(VoucherStatus::Used),
            None => Rejection::VoucherNotFound,
        };
        Err(Failure::Refused { rejection, replayed })
    }
}
