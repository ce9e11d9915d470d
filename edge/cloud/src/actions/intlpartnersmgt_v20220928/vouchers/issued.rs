//! The vouchers that a partner issued to several of its customers, for the two older actions that list and sum them.

use crate::actions::errors::of;
use crate::actions::reading;
use crate::error::{CloudError, ErrorCode};
use credere_app::App;
use credere_app::Caller;
use credere_app::vouchers::CustomerVouchers;
use credere_core::access::Action;
use credere_core::channel::VoucherStatus;

/// The codes of the two older voucher actions for a customer that is not the caller's. They also publish one for a
/// second-level reseller, which neither can name.
const OF_CUSTOMERS: &[ErrorCode] = &[ErrorCode::ServiceBusy, ErrorCode::UinNoAuth];

/// The vouchers that the caller issued to these customers.
///
/// # Errors
/// `UinNoAuth` for a wrong role or a customer that is not its own.
pub(super) async fn of_customers(
    app: &App,
    caller: Caller,
    numbers: Vec<u64>,
    status: Option<VoucherStatus>,
    limit: usize,
) -> Result<Vec<CustomerVouchers>, CloudError> {
    let owners = reading::accounts(app, caller, Action::ReadVouchers, numbers, OF_CUSTOMERS).await?;
    app.customers_vouchers(caller, owners, status, limit).await.map_err(of(OF_CUSTOMERS))
}
