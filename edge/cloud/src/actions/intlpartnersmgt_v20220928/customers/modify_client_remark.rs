//! A partner changes its note on one of its own customers, at most 256 characters; an empty one takes it away. The
//! customer's number is a text here, as published.

use crate::actions::offered::{Answered, caller, offered};
use crate::actions::{once, reading};
use crate::envelope::Reply;
use crate::error::ErrorCode;
use crate::published::intlpartnersmgt_v20220928::{ModifyClientRemarkRequest, ModifyClientRemarkResponse};
use crate::request::Call;
use credere_app::App;

offered! {
    "ModifyClientRemark": ModifyClientRemarkRequest::PARAMS, Some(5), NoteCustomer,
    [InternalError, InvalidParameter, InvalidUin, UinNoAuth]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = ModifyClientRemarkRequest::read(&call.args)?;
    let customer = reading::uin_text(ErrorCode::InvalidUin, &request.client_uin)?;
    let remark = reading::remark(request.remark)?;
    let outcome = app.note_customer(caller(call), once::key(call), customer, remark.clone()).await;
    once::done(outcome, ERRORS)?;
    Reply::of(&ModifyClientRemarkResponse { client_remark: remark })
}
