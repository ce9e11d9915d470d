//! A distributor adds to the pool of one of its second-level resellers, or with a negative amount pulls from it (R45-R51).
//! The answer has all that the pool was ever given, net, and what of it is not handed out yet. Every amount that will
//! not do, zero included, has one code (R49).

use crate::actions::offered::{Answered, caller, offered};
use crate::actions::{errors, once, reading};
use crate::envelope::{Figure, Reply};
use crate::published::intlpartnersmgt_v20220928::{AllocateCreditPoolRequest, AllocateCreditPoolResponse};
use crate::request::Call;
use credere_app::App;
use credere_core::book::{Command, parties};

offered! {
    "AllocateCreditPool": AllocateCreditPoolRequest::PARAMS, Some(5), AllocatePool,
    [VoucherAmountOutOfRange, ServiceBusy, UinNoAuth]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = AllocateCreditPoolRequest::read(&call.args)?;
    let caller = caller(call);
    let second_level = reading::account(app, caller, ACCESS, request.sub_agent_uin, ERRORS).await?;
    let command = Command::from(parties::AllocatePool { second_level, amount: request.credit, remark: None });
    let done = once::command(app, call, command, ERRORS).await?;
    let after = done.allocated().map_err(errors::of(ERRORS))?;
    Reply::of(&AllocateCreditPoolResponse {
        remaining_credit: Figure(after.available),
        total_credit: Figure(after.total),
    })
}
