//! Things that have left the book: what is asked of them is answered with how they ended, which only history knows.

use super::{Caller, Done};
use crate::app::App;
use crate::failure::Failure;
use crate::queries::order_of;
use credere_core::access::Action;
use credere_core::book::{Command, KeyUse, Rejection, buying, metering, vouchers};
use credere_core::channel::{OrderId, ResourceName, ResourceState, VoucherId, VoucherStatus};
use credere_core::money::{Amount, Factor};
use credere_store::contract::Store;

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
        let command = Command::from(metering::ResizeResource { name: name.clone(), unit_price, quantity });
        self.running_resource(caller, key, command, name).await
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
        let command = Command::from(metering::TerminateResource { name: name.clone(), final_amount });
        self.running_resource(caller, key, command, name).await
    }

    async fn running_resource(
        &self,
        caller: Caller,
        key: Option<KeyUse>,
        command: Command,
        name: ResourceName,
    ) -> Result<Done, Failure> {
        let look = move |store: &dyn Store| {
            let row = store.resource(name.as_str())?;
            Ok(match row.as_ref().map(|row| row.state.as_str()) {
                Some("deleted") => {
                    Some(Rejection::Metering(metering::Reason::ResourceNotActive(ResourceState::Deleted)))
                }
                Some("terminated") => {
                    Some(Rejection::Metering(metering::Reason::ResourceNotActive(ResourceState::Terminated)))
                }
                // None ran when it was asked for, and now one does.
                Some(_) | None => None,
            })
        };
        self.command_or_ended(caller, key, command, Rejection::Metering(metering::Reason::ResourceNotFound), look).await
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
        let look = move |store: &dyn Store| {
            let row = store.voucher(id.0)?;
            Ok(match row.as_ref().map(|row| row.status.as_str()) {
                Some("expired") => {
                    Some(Rejection::Vouchers(vouchers::Reason::VoucherNotIssued(VoucherStatus::Expired)))
                }
                Some("invalidated") => {
                    Some(Rejection::Vouchers(vouchers::Reason::VoucherNotIssued(VoucherStatus::Invalidated)))
                }
                Some("used") => Some(Rejection::Vouchers(vouchers::Reason::VoucherNotIssued(VoucherStatus::Used))),
                // There was none when it was asked for, and now there is.
                Some(_) | None => None,
            })
        };
        self.command_or_ended(
            caller,
            key,
            Command::from(vouchers::InvalidateVoucher { id }),
            Rejection::Vouchers(vouchers::Reason::VoucherNotFound),
            look,
        )
        .await
    }
}
