//! Taking vouchers back. The book has those that may still pay; how another one ended comes from history and goes in with
//! the command.

use super::queries::voucher_of;
use crate::app::App;
use crate::caller::Caller;
use crate::command::Done;
use crate::failure::Failure;
use credere_core::book::{KeyUse, Named, Rejection, vouchers};
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
            let status = voucher_of(store, id)?.map(|voucher| voucher.status);
            // There was none when it was asked for, and now there is.
            Ok(status.filter(|status| *status != VoucherStatus::Issued))
        };
        let missing = Rejection::Vouchers(vouchers::Reason::VoucherNotFound);
        let command = |ended| vouchers::InvalidateVoucher { voucher: Named { id, ended } }.into();
        self.command_naming(caller, key, missing, look, command).await
    }
}
