//! A partner lists the vouchers that it issued to 1 to 20 of its direct customers, the newest first, in the order in which
//! it names them (R116). The older names of the states know none for vouchers that were taken back, so that those are left
//! out. Voucher numbers are texts here, as published. A customer that is not its own fails the whole call (R150).

use super::{issued, words};
use crate::actions::errors;
use crate::actions::offered::{Answered, caller, offered};
use crate::envelope::{Figure, Reply};
use crate::error::CloudError;
use crate::published::intlpartnersmgt_v20220928::{
    QueryVoucherListByUinItem, QueryVoucherListByUinRequest, QueryVoucherListByUinResponse,
    QueryVoucherListByUinVoucherItem,
};
use crate::request::Call;
use credere_app::App;
use credere_app::vouchers::{CustomerVouchers, VoucherView};
use credere_core::channel::VoucherStatus;

/// Vouchers that are shown of one customer; the count tells of all. The published action knows no pages.
const SHOWN_MAX: usize = 1_000;

/// The older names of the states beside the present ones.
const STATES: [(&str, VoucherStatus); 3] =
    [("Unused", VoucherStatus::Issued), ("Used", VoucherStatus::Used), ("Expired", VoucherStatus::Expired)];

offered! {
    "QueryVoucherListByUin": QueryVoucherListByUinRequest::PARAMS, Some(5), ReadVouchers,
    [InvalidSubAgentUin, ServiceBusy, UinNoAuth]
}

async fn run(app: &App, call: &Call) -> Answered {
    type Request = QueryVoucherListByUinRequest;
    let request = Request::read(&call.args)?;
    if !Request::CLIENT_UINS_LENGTH.contains(&request.client_uins.len()) {
        return Err(errors::bad_value("ClientUins", "must name 1 to 20 accounts"));
    }
    let status = words::chosen("Status", request.status.as_deref(), &STATES)?;
    let found = issued::of_customers(app, caller(call), request.client_uins, status, SHOWN_MAX).await?;
    let data = found.into_iter().map(item).collect::<Result<_, _>>()?;
    Reply::of(&QueryVoucherListByUinResponse { data })
}

fn item(one: CustomerVouchers) -> Result<QueryVoucherListByUinItem, CloudError> {
    Ok(QueryVoucherListByUinItem {
        client_uin: one.owner.number().cast_signed(),
        total_count: i64::try_from(one.count).map_err(CloudError::internal)?,
        data: one.newest.into_iter().map(voucher).collect(),
    })
}

fn voucher(view: VoucherView) -> QueryVoucherListByUinVoucherItem {
    QueryVoucherListByUinVoucherItem {
        voucher_id: view.id.to_string(),
        voucher_status: words::published_name(view.status, &STATES),
        total_amount: Figure(view.amount),
        remain_amount: Figure(view.remaining),
    }
}
