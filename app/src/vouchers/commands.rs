//! Taking vouchers back. The book has those that may still pay; how another one ended comes from history.

use crate::app::App;
use crate::caller::Caller;
use crate::command::Done;
use crate::failure::Failure;
use credere_core::book::{Command, KeyUse, Rejection, vouchers};
use credere_core::channel::{VoucherId, VoucherStatus};
use credere_store::contract::ShardStore;

impl App {
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
        let look = move |store: &dyn ShardStore| {
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
