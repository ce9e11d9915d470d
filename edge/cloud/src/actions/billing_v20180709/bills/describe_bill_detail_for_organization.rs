//! Lines of what is paid on behalf of others in an organization, oldest first: its admin reads all that it pays, a member what is paid
//! for it (O86, R19).

use super::{details, requests};
use crate::actions::membership::Slice;
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::{errors, products};
use crate::envelope::Reply;
use crate::error::CloudError;
use crate::published::billing_v20180709::{
    DescribeBillDetailForOrganizationRequest, DescribeBillDetailForOrganizationResponse,
};
use crate::request::Call;
use credere_app::App;
use credere_app::bills::Bill;

offered! {
    "DescribeBillDetailForOrganization": DescribeBillDetailForOrganizationRequest::PARAMS, Some(5), ReadAccountBills,
    [InternalError, InvalidParameter, InvalidParameterValue, UnsupportedOperation]
}

async fn run(app: &App, call: &Call) -> Answered {
    type Request = DescribeBillDetailForOrganizationRequest;
    let request = Request::read(&call.args)?;
    let slice = Slice::whole_pages(request.offset, request.limit, *Request::LIMIT_RANGE.end())?;
    requests::period_type(request.period_type.as_deref())?;
    let counts = requests::needs_number(request.need_record_num)?;
    let narrowed = requests::Narrowed {
        pay_mode: request.pay_mode.as_deref(),
        action: request.action_type.as_deref(),
        resource: request.resource_id.as_deref(),
        products: [request.business_code.as_deref(), None],
        project: request.project_id,
        ..requests::Narrowed::default()
    };
    let wanted = narrowed.read()?;
    let (month, begin) = (request.month.as_deref(), request.begin_time.as_deref());
    let month = requests::period(app, month, begin, request.end_time.as_deref()).await?;
    let caller = caller(call);
    let view = app.on_behalf_view(caller, call.caller).await.map_err(errors::of(ERRORS))?;
    let bill = Bill { account: call.caller, month, view };
    let (found, total) = requests::lines(app, caller, bill, wanted, slice).await.map_err(errors::of(ERRORS))?;
    let names = products::names(app, found.iter().map(|line| &line.product), ERRORS).await?;
    let lines = found.iter().map(|line| details::on_behalf(app, &names, line)).collect::<Result<_, CloudError>>()?;
    Reply::of(&DescribeBillDetailForOrganizationResponse {
        detail_set: lines,
        total: counts.then_some(total),
        context: String::new(),
    })
}
