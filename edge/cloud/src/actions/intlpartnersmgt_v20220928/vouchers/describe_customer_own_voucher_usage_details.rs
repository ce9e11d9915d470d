//! A customer reads what one of its own vouchers paid, the newest payment first, in one month where it names one (R122),
//! unless the voucher is hidden from it (R121). Pages have at most 100 entries. The count of the month is that of all
//! payments when none is named.

use super::uses::{self, Uses};
use super::words;
use crate::actions::errors;
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::reading::Page;
use crate::envelope::{Figure, Reply};
use crate::published::intlpartnersmgt_v20220928::{
    DescribeCustomerOwnVoucherUsageDetailsRequest, DescribeCustomerOwnVoucherUsageDetailsResponse,
};
use crate::request::Call;
use credere_app::App;

offered! {
    "DescribeCustomerOwnVoucherUsageDetails": DescribeCustomerOwnVoucherUsageDetailsRequest::PARAMS, None, ReadOwnVouchers,
    [FailedOperation]
}

async fn run(app: &App, call: &Call) -> Answered {
    type Request = DescribeCustomerOwnVoucherUsageDetailsRequest;
    let request = Request::read(&call.args)?;
    let page = Page::within(&Request::PAGE_SIZE_RANGE, request.page, request.page_size)?;
    let month = words::month(request.month.as_deref())?;
    let caller = caller(call);
    app.read_as(caller, ACCESS, Some(call.caller), |_| Ok(())).await.map_err(errors::of(ERRORS))?;
    let Uses { voucher, data, total, selected } =
        uses::uses(app, (caller, ACCESS), call.caller, request.voucher_id, month, page, ERRORS).await?;
    Reply::of(&DescribeCustomerOwnVoucherUsageDetailsResponse {
        data,
        voucher_id: request.voucher_id,
        total_amount: Figure(voucher.amount),
        remain_amount: Figure(voucher.remaining),
        total_records_count: total,
        month: month.map(|month| month.to_string()).unwrap_or_default(),
        records_count_by_month: selected,
    })
}
