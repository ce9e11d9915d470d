//! An account reads the lines of what it owns and pays, oldest first; an admin those of what a member pays itself, named as `PayerUin`,
//! where the member permits it (O86, O97). Context is nothing that is needed here: an offset leads straight to its lines.

use super::{details, requests};
use crate::actions::membership::Slice;
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::{errors, products, reading};
use crate::envelope::Reply;
use crate::error::{CloudError, ErrorCode};
use crate::published::billing_v20180709::{DescribeBillDetailRequest, DescribeBillDetailResponse};
use crate::request::Call;
use credere_app::App;
use credere_app::bills::{Bill, View};

offered! {
    "DescribeBillDetail": DescribeBillDetailRequest::PARAMS, Some(5), ReadAccountBills,
    [InternalError, InvalidParameter, InvalidParameterValue, UnsupportedOperation]
}

async fn run(app: &App, call: &Call) -> Answered {
    type Request = DescribeBillDetailRequest;
    let request = Request::read(&call.args)?;
    let slice = Slice::whole_pages(request.offset, request.limit, *Request::LIMIT_RANGE.end())?;
    requests::period_type(request.period_type.as_deref())?;
    let counts = requests::needs_number(request.need_record_num)?;
    let narrowed = requests::Narrowed {
        pay_mode: request.pay_mode.as_deref(),
        action: request.action_type.as_deref(),
        resource: request.resource_id.as_deref(),
        products: [request.product_code.as_deref(), request.business_code.as_deref()],
        project: request.project_id,
        ..requests::Narrowed::default()
    };
    let wanted = narrowed.read()?;
    let (month, begin) = (request.month.as_deref(), request.begin_time.as_deref());
    let month = requests::period(app, month, begin, request.end_time.as_deref()).await?;
    let caller = caller(call);
    let account = match request.payer_uin.as_deref().filter(|text| !text.is_empty()) {
        Some(text) => reading::uin_text(ErrorCode::InvalidParameterValue, text)?,
        None => call.caller,
    };
    if account != call.caller {
        app.may_see_member(caller, call.caller, account).await.map_err(errors::of(ERRORS))?;
    }
    let bill = Bill { account, month, view: View::Own };
    let (found, total) = requests::lines(app, caller, bill, wanted, slice).await.map_err(errors::of(ERRORS))?;
    let names = products::names(app, found.iter().map(|line| &line.product), ERRORS).await?;
    let lines = found.iter().map(|line| details::own(app, &names, line)).collect::<Result<_, CloudError>>()?;
    let total = if counts { total } else { 0 };
    Reply::of(&DescribeBillDetailResponse { detail_set: lines, total, context: String::new() })
}
