//! A partner reads what the vouchers that it issued to 1 to 20 of its direct customers come to, and what is left on those
//! that may still pay (R20), in the order in which it names them. Vouchers that were taken back do not count. A customer
//! that is not its own fails the whole call (R150).

use super::issued;
use crate::actions::errors;
use crate::actions::offered::{Answered, caller, offered};
use crate::envelope::{Figure, Reply};
use crate::published::intlpartnersmgt_v20220928::{
    QueryVoucherAmountByUinItem, QueryVoucherAmountByUinRequest, QueryVoucherAmountByUinResponse,
};
use crate::request::Call;
use credere_app::App;

offered! {
    "QueryVoucherAmountByUin": QueryVoucherAmountByUinRequest::PARAMS, Some(5), ReadVouchers,
    [InvalidSubAgentUin, ServiceBusy, UinNoAuth]
}

async fn run(app: &App, call: &Call) -> Answered {
    type Request = QueryVoucherAmountByUinRequest;
    let request = Request::read(&call.args)?;
    if !Request::CLIENT_UINS_LENGTH.contains(&request.client_uins.len()) {
        return Err(errors::bad_value("ClientUins", "must name 1 to 20 accounts"));
    }
    let found = issued::of_customers(app, caller(call), request.client_uins, None, 0).await?;
    let item = |one: credere_app::vouchers::CustomerVouchers| QueryVoucherAmountByUinItem {
        client_uin: one.owner.number().cast_signed(),
        total_amount: Figure(one.amount),
        remain_amount: Figure(one.remaining),
    };
    Reply::of(&QueryVoucherAmountByUinResponse { data: found.into_iter().map(item).collect() })
}
