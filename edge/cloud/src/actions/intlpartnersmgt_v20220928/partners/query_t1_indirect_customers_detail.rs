//! A distributor lists the customers of one of its second-level resellers, the latest binding first (R5, R53). Pages have
//! at most 100 entries.

use crate::actions::errors;
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::reading::{self, Page};
use crate::envelope::Reply;
use crate::error::CloudError;
use crate::published::intlpartnersmgt_v20220928::{
    QueryT1IndirectCustomersDetailRequest, QueryT1IndirectCustomersDetailResponse,
    QueryT1IndirectCustomersDetailResponseData,
};
use crate::request::Call;
use credere_app::App;
use credere_app::parties::AccountView;

offered! {
    "QueryT1IndirectCustomersDetail": QueryT1IndirectCustomersDetailRequest::PARAMS, Some(20), ReadIndirectCustomers,
    [InvalidSubAgentUin, ServiceBusy, UinNoAuth]
}

async fn run(app: &App, call: &Call) -> Answered {
    type Request = QueryT1IndirectCustomersDetailRequest;
    let request = Request::read(&call.args)?;
    let page = Page::within(&Request::PAGE_SIZE_RANGE, request.page, request.page_size)?;
    let caller = caller(call);
    let second_level = reading::account(app, caller, ACCESS, request.sub_agent_uin, ERRORS).await?;
    let found = app
        .indirect_customers(caller, second_level, page.skip_in_memory(), page.limit)
        .await
        .map_err(errors::of(ERRORS))?;
    let mut names = app.profiles(vec![second_level]).await.map_err(errors::of(ERRORS))?;
    let name = names.pop().and_then(|profile| profile.name).unwrap_or_default();
    Reply::of(&QueryT1IndirectCustomersDetailResponse {
        total: Some(i64::try_from(found.total).map_err(CloudError::internal)?),
        sub_agent_uin: Some(second_level.number().cast_signed()),
        sub_agent_name: Some(name),
        data: Some(found.customers.into_iter().filter_map(|customer| entry(app, customer)).collect()),
    })
}

fn entry(app: &App, view: AccountView) -> Option<QueryT1IndirectCustomersDetailResponseData> {
    let customer = view.account.customer?;
    Some(QueryT1IndirectCustomersDetailResponseData {
        client_uin: Some(view.account.uin.number().cast_signed()),
        client_name: Some(view.profile.name.unwrap_or_default()),
        client_bind_time: Some(app.local_time(customer.bound_at)),
    })
}
