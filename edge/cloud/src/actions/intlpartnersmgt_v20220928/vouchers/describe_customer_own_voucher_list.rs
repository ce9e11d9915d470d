//! A customer lists its own vouchers, the newest first (R114-R116), without those that are hidden from it (R121). Pages have
//! at most 100 entries.

use super::words::{self, MODES, SCOPES, STATES};
use crate::actions::errors;
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::reading::Page;
use crate::envelope::{Figure, Reply};
use crate::published::intlpartnersmgt_v20220928::{
    DescribeCustomerOwnVoucherItem, DescribeCustomerOwnVoucherListRequest, DescribeCustomerOwnVoucherListResponse,
};
use crate::request::Call;
use credere_app::App;
use credere_app::vouchers::{VoucherQuery, VoucherView};

offered! {
    "DescribeCustomerOwnVoucherList": DescribeCustomerOwnVoucherListRequest::PARAMS, None, ReadOwnVouchers,
    [FailedOperation]
}

async fn run(app: &App, call: &Call) -> Answered {
    type Request = DescribeCustomerOwnVoucherListRequest;
    let request = Request::read(&call.args)?;
    let page = Page::within(&Request::PAGE_SIZE_RANGE, request.page, request.page_size)?;
    let status = words::chosen("VoucherStatus", request.voucher_status.as_deref(), &STATES)?;
    let mode = words::chosen("PaymentMode", request.payment_mode.as_deref(), &MODES)?;
    let scope = words::chosen("ProductScope", request.product_scope.as_deref(), &SCOPES)?;
    let caller = caller(call);
    app.read_as(caller, ACCESS, Some(call.caller), |_| Ok(())).await.map_err(errors::of(ERRORS))?;
    let filter =
        VoucherQuery { id: request.voucher_id.map(words::number), status, mode, scope, ..VoucherQuery::default() };
    let found = app.vouchers_counted(caller, ACCESS, filter, page.skip, page.limit).await;
    let (found, total) = found.map_err(errors::of(ERRORS))?;
    let data = found.into_iter().map(|view| entry(app, view)).collect();
    Reply::of(&DescribeCustomerOwnVoucherListResponse { total_count: total, data })
}

fn entry(app: &App, view: VoucherView) -> DescribeCustomerOwnVoucherItem {
    DescribeCustomerOwnVoucherItem {
        voucher_id: view.id.0.cast_signed(),
        customer_uin: view.owner.number().cast_signed(),
        voucher_status: words::published_name(view.status, &STATES),
        remaining_amount: Figure(view.remaining),
        total_amount: Figure(view.amount),
        payment_mode: words::published_name(view.mode, &MODES),
        product_scope: words::published_name(view.scope, &SCOPES),
        effective_time: app.local_time(view.effective_at),
        expire_time: app.local_time(view.expires_at),
    }
}
