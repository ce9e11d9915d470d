//! A partner reads what a voucher that it issued paid, the newest payment first, in one month where it names one (R122).
//! What it issued it bears, so that it reads this whoever manages the customer: a distributor's trial is at an indirect
//! customer, and a customer may have moved since. Pages have at most 100 entries. The count of the month is that of all
//! payments when none is named.

use super::uses::{self, Uses};
use super::words;
use crate::actions::errors;
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::reading::{self, Page};
use crate::envelope::{Figure, Reply};
use crate::published::intlpartnersmgt_v20220928::{
    DescribeCustomerVoucherUsageDetailsRequest, DescribeCustomerVoucherUsageDetailsResponse,
};
use crate::request::Call;
use credere_app::App;

offered! {
    "DescribeCustomerVoucherUsageDetails": DescribeCustomerVoucherUsageDetailsRequest::PARAMS, Some(20), ReadVouchers,
    [FailedOperation]
}

async fn run(app: &App, call: &Call) -> Answered {
    type Request = DescribeCustomerVoucherUsageDetailsRequest;
    let request = Request::read(&call.args)?;
    let page = Page::within(&Request::PAGE_SIZE_RANGE, request.page, request.page_size)?;
    let month = words::month(request.month.as_deref())?;
    let caller = caller(call);
    let owner = reading::account(app, caller, ACCESS, request.customer_uin, ERRORS).await?;
    app.read_as(caller, ACCESS, None, |_| Ok(())).await.map_err(errors::of(ERRORS))?;
    let Uses { voucher, data, total, selected } =
        uses::uses(app, (caller, ACCESS), owner, request.voucher_id, month, page, ERRORS).await?;
    Reply::of(&DescribeCustomerVoucherUsageDetailsResponse {
        data,
        customer_uin: owner.number().cast_signed(),
        voucher_id: request.voucher_id,
        total_amount: Figure(voucher.amount),
        remain_amount: Figure(voucher.remaining),
        total_records_count: total,
        month: month.map(|month| month.to_string()).unwrap_or_default(),
        records_count_by_month: selected,
    })
}
