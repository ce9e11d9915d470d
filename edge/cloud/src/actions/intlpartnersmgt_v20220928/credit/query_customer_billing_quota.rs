//! A customer reads its own credit (R12-R20). The figures have two places, each rounded toward minus infinity, so that a
//! debt never shows as zero (R147); every other action gives them exactly. `EventId` and `ComponentName` only tag a call.

use crate::actions::errors;
use crate::actions::intlpartnersmgt_v20220928::customers::force_qn;
use crate::actions::offered::{Answered, caller, offered};
use crate::envelope::{Figure, Reply};
use crate::published::intlpartnersmgt_v20220928::{
    QueryCustomerBillingQuotaData, QueryCustomerBillingQuotaRequest, QueryCustomerBillingQuotaResponse,
};
use crate::request::Call;
use credere_app::App;
use credere_core::book::{Rejection, parties};
use credere_core::money::Amount;

offered! {
    "QueryCustomerBillingQuota": QueryCustomerBillingQuotaRequest::PARAMS, Some(5), ReadOwnCredit,
    [UinNoAuth]
}

async fn run(app: &App, call: &Call) -> Answered {
    let refused = errors::of(ERRORS);
    let own = app.own_credit(caller(call)).await.map_err(&refused)?;
    let unbound = Rejection::Parties(parties::Reason::PartyNotFound(parties::Party::Customer, own.uin));
    let customer = own.customer.ok_or(unbound).map_err(credere_app::Failure::refused).map_err(&refused)?;
    let vouchers = app.voucher_balance(own.uin).await.map_err(&refused)?;
    let line = &customer.line;
    let cents = |amount: Amount| amount.floor_to_cents().map(Figure).map_err(errors::overflow);
    Reply::of(&QueryCustomerBillingQuotaResponse {
        data: QueryCustomerBillingQuotaData {
            total_credit: cents(line.limit())?,
            remaining_credit: cents(line.available())?,
            remaining_voucher: cents(Amount::from_wide(vouchers).map_err(errors::overflow)?)?,
            force: force_qn::shown(&customer).cast_signed(),
            prepay_frozen: cents(line.prepay_frozen())?,
            postpay_frozen: cents(line.postpay_frozen())?,
        },
    })
}
