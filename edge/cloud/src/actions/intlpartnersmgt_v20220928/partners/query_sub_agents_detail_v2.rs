//! A distributor lists its second-level resellers with their pools (R46, R52), the latest first. Pages have at most 100
//! entries. `SubAgentUin`, `ClientUin` and `Email` are searched for exactly, the others for a part in any case; the
//! ascending order is also understood under its published misspelling.

use crate::actions::errors;
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::reading::{self, Page};
use crate::envelope::{Figure, Reply};
use crate::error::{CloudError, ErrorCode};
use crate::published::intlpartnersmgt_v20220928::{
    QuerySubAgentsDetailV2Request, QuerySubAgentsDetailV2Response, QuerySubAgentsDetailV2ResponseData,
};
use crate::request::Call;
use credere_app::App;
use credere_app::parties::{ProfileField, SearchTerm, SecondLevelFilter, SecondLevelView};

offered! {
    "QuerySubAgentsDetailV2": QuerySubAgentsDetailV2Request::PARAMS, Some(20), ReadSecondLevels,
    [ServiceBusy, UinNoAuth]
}

async fn run(app: &App, call: &Call) -> Answered {
    type Request = QuerySubAgentsDetailV2Request;
    let request = Request::read(&call.args)?;
    let page = Page::within(&Request::PAGE_SIZE_RANGE, request.page, request.page_size)?;
    let order = reading::order(request.order.as_deref(), &["asc", "acs"])?;
    let filter =
        reading::filter(request.filter_type.as_deref(), request.filter.as_deref(), Request::FILTER_TYPE_VALUES)?;
    let filter = filter.map(|(kind, text)| search(kind, text)).transpose()?;
    let (found, total) = app
        .second_levels(caller(call), filter, order, page.skip_in_memory(), page.limit)
        .await
        .map_err(errors::of(ERRORS))?;
    let data = found.into_iter().map(|view| entry(app, view)).collect::<Result<_, _>>()?;
    let total = i64::try_from(total).map_err(CloudError::internal)?;
    Reply::of(&QuerySubAgentsDetailV2Response { total: Some(total), data: Some(data) })
}

fn search(kind: &str, text: &str) -> Result<SecondLevelFilter, CloudError> {
    let uin = || reading::uin_text(ErrorCode::InvalidParameterValue, text);
    let part = |field| SecondLevelFilter::Profile(field, SearchTerm::Contains(text.to_owned()));
    Ok(match kind {
        "SubAgentUin" => SecondLevelFilter::Uin(uin()?),
        "ClientUin" => SecondLevelFilter::Customer(uin()?),
        "Email" => SecondLevelFilter::Profile(ProfileField::Email, SearchTerm::Exact(text.to_owned())),
        "Mobile" => part(ProfileField::Phone),
        "Remark" => part(ProfileField::Remark),
        _ => part(ProfileField::Name),
    })
}

fn entry(app: &App, view: SecondLevelView) -> Result<QuerySubAgentsDetailV2ResponseData, CloudError> {
    let SecondLevelView { partner, customers, profile } = view;
    Ok(QuerySubAgentsDetailV2ResponseData {
        sub_agent_uin: Some(partner.uin.number().cast_signed()),
        name: Some(profile.name.unwrap_or_default()),
        remark: Some(profile.remark.unwrap_or_default()),
        mobile: Some(profile.phone.unwrap_or_default()),
        email: Some(profile.email.unwrap_or_default()),
        count_of_customers: Some(i64::try_from(customers).map_err(CloudError::internal)?),
        bind_time: Some(app.local_time(partner.registered_at)),
        credit: Some(Figure(partner.allocation_quota)),
        remaining_credit: Some(Figure(partner.allocatable().map_err(errors::overflow)?)),
        voucher: Some(Figure(partner.voucher_quota)),
        remaining_voucher: Some(Figure(partner.vouchers_remaining().map_err(errors::overflow)?)),
    })
}
