//! A partner lists the vouchers that it issued to customers, the newest first (R114-R118). Pages have at most 100 entries.
//! A customer that is named must be its own. Why a voucher was applied for is not kept, so that `ApplyReason` is empty.

use super::words::{self, MODES, SCOPES, STATES};
use crate::actions::errors;
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::reading::{self, Page};
use crate::envelope::{Figure, Reply};
use crate::published::intlpartnersmgt_v20220928::{
    DescribeCustomerVoucherItem, DescribeCustomerVoucherListRequest, DescribeCustomerVoucherListResponse,
};
use crate::request::Call;
use credere_app::App;
use credere_app::vouchers::{VoucherQuery, VoucherView};
use credere_core::channel::VoucherUsage;

/// What a voucher may be for (R115).
const USAGES: [(&str, VoucherUsage); 2] =
    [("ProductTrial", VoucherUsage::ProductTrial), ("CustomerOffer", VoucherUsage::CustomerOffer)];

offered! {
    "DescribeCustomerVoucherList": DescribeCustomerVoucherListRequest::PARAMS, Some(20), ReadVouchers,
    [FailedOperation]
}

async fn run(app: &App, call: &Call) -> Answered {
    type Request = DescribeCustomerVoucherListRequest;
    let request = Request::read(&call.args)?;
    let page = Page::within(&Request::PAGE_SIZE_RANGE, request.page, request.page_size)?;
    let status = words::chosen("VoucherStatus", request.voucher_status.as_deref(), &STATES)?;
    let mode = words::chosen("PaymentMode", request.payment_mode.as_deref(), &MODES)?;
    let usage = words::chosen("Usage", request.usage.as_deref(), &USAGES)?;
    let scope = words::chosen("ProductScope", request.product_scope.as_deref(), &SCOPES)?;
    let caller = caller(call);
    let owner = match request.customer_uin {
        Some(number) => Some(reading::account(app, caller, ACCESS, number, ERRORS).await?),
        None => None,
    };
    app.read_as(caller, ACCESS, owner, |_| Ok(())).await.map_err(errors::of(ERRORS))?;
    let filter = VoucherQuery {
        id: request.voucher_id.map(words::number),
        owner,
        status,
        usage,
        mode,
        scope,
        ..VoucherQuery::default()
    };
    let found = app.vouchers_counted(caller, ACCESS, filter, page.skip, page.limit).await;
    let (found, total) = found.map_err(errors::of(ERRORS))?;
    let data = found.into_iter().map(|view| entry(app, view)).collect();
    Reply::of(&DescribeCustomerVoucherListResponse { total_count: total, data })
}

fn entry(app: &App, view: VoucherView) -> DescribeCustomerVoucherItem {
    DescribeCustomerVoucherItem {
        voucher_id: view.id.0.cast_signed(),
        customer_uin: view.owner.number().cast_signed(),
        voucher_status: words::published_name(view.status, &STATES),
        remaining_amount: Figure(view.remaining),
        total_amount: Figure(view.amount),
        payment_mode: words::published_name(view.mode, &MODES),
        product_scope: words::published_name(view.scope, &SCOPES),
        usage: words::published_name(view.usage, &USAGES),
        effective_time: app.local_time(view.effective_at),
        expire_time: app.local_time(view.expires_at),
        apply_reason: String::new(),
    }
}
