//! An account reads what it has to spend, in cents: of its own money, or of the credit from its partner (O3). There are no temporary
//! limits and no income accounts here. A partner that hands credit down has none of either.

use super::whole_cents;
use crate::actions::errors;
use crate::actions::offered::{Answered, caller, offered};
use crate::envelope::{Cents, Reply};
use crate::published::billing_v20180709::{DescribeAccountBalanceRequest, DescribeAccountBalanceResponse};
use crate::request::Call;
use credere_app::App;

offered! {
    "DescribeAccountBalance": DescribeAccountBalanceRequest::PARAMS, Some(20), ReadOwnBalance,
    [FailedOperation, InternalError, UnsupportedOperation]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = DescribeAccountBalanceRequest::read(&call.args)?;
    let balance = app.balance(caller(call), call.caller).await.map_err(errors::of(ERRORS))?;
    let (available, temporary) = (Cents::of(balance.available), request.temp_credit == Some(true));
    Reply::of(&DescribeAccountBalanceResponse {
        balance: whole_cents(balance.available),
        uin: call.caller.number(),
        real_balance: available,
        cash_account_balance: Cents::of(balance.cash),
        income_into_account_balance: Cents::ZERO,
        present_account_balance: Cents::of(balance.granted),
        freeze_amount: Cents::of(balance.frozen),
        owe_amount: Cents::of(balance.owed().map_err(errors::overflow)?),
        is_allow_arrears: balance.credit_limit.is_positive(),
        is_credit_limited: balance.credit_limit.is_positive(),
        credit_amount: Cents::of(balance.credit_limit),
        credit_balance: available,
        real_credit_balance: available,
        temp_credit: temporary.then_some(Cents::ZERO),
        temp_amount_info_list: temporary.then(Vec::new),
    })
}
