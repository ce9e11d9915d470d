//! An admin reads what members of its organization have to spend, in cents: those that it names, at most ten, or all (O103). There are
//! no temporary limits here.

use crate::actions::errors::{self, bad_value};
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::reading::{self, Page};
use crate::envelope::{Cents, Reply};
use crate::error::{CloudError, ErrorCode};
use crate::published::billing_v20180709::{
    DescribeOrgMemberAccountBalanceData, DescribeOrgMemberAccountBalanceRequest,
    DescribeOrgMemberAccountBalanceResponse,
};
use crate::request::Call;
use credere_app::App;
use credere_app::members::MemberBalance;

// No list of codes is published for it; these are its siblings'.
offered! {
    "DescribeOrgMemberAccountBalance": DescribeOrgMemberAccountBalanceRequest::PARAMS, Some(20), ReadOwnBalance,
    [FailedOperation, InternalError, InvalidParameter, InvalidParameterValue, UnsupportedOperation]
}

async fn run(app: &App, call: &Call) -> Answered {
    type Request = DescribeOrgMemberAccountBalanceRequest;
    let request = Request::read(&call.args)?;
    let (number, size) =
        (request.page_number.unwrap_or(1), request.page_size.unwrap_or(*Request::PAGE_SIZE_RANGE.end()));
    let page = Page::within(&Request::PAGE_SIZE_RANGE, number, size)?;
    let named = request.member_uins.unwrap_or_default();
    if !Request::MEMBER_UINS_LENGTH.contains(&named.len()) {
        return Err(bad_value("MemberUins", "must name at most 10 accounts"));
    }
    let read = |text: &String| reading::uin_text(ErrorCode::InvalidParameterValue, text);
    let named = named.iter().map(read).collect::<Result<Vec<_>, CloudError>>()?;
    let page_of = (page.skip_in_memory(), page.limit);
    let found = app.members_balances(caller(call), call.caller, named, page_of).await;
    let (found, total) = found.map_err(errors::of(ERRORS))?;
    Reply::of(&DescribeOrgMemberAccountBalanceResponse {
        page_size: Some(i64::try_from(found.len()).map_err(CloudError::internal)?),
        data: Some(found.into_iter().map(data).collect::<Result<_, CloudError>>()?),
        total_count: Some(i64::try_from(total).map_err(CloudError::internal)?),
        page_number: Some(number),
    })
}

fn data(one: MemberBalance) -> Result<DescribeOrgMemberAccountBalanceData, CloudError> {
    let MemberBalance { member, name, balance } = one;
    Ok(DescribeOrgMemberAccountBalanceData {
        member_uin: Some(member.to_string()),
        member_name: Some(name.unwrap_or_default()),
        is_credit_account: Some(balance.credit_limit.is_positive()),
        real_balance: Some(Cents::of(balance.available)),
        cash_account_balance: Some(Cents::of(balance.cash)),
        credit_amount: Some(Cents::of(balance.credit_limit)),
        temp_credit: Some(Cents::ZERO),
        basic_credit_amount: Some(Cents::of(balance.credit_limit)),
        owe_amount: Some(Cents::of(balance.owed().map_err(errors::overflow)?)),
    })
}
