//! A partner reads how much credit it may hand out, how much it has, and how much is left (R22-R26); besides, the sums of
//! its direct customers' credit (R24). What it may owe the platform itself is another ledger and not shown here.

use crate::actions::errors;
use crate::actions::offered::{Answered, caller, offered};
use crate::envelope::{Figure, Reply};
use crate::published::intlpartnersmgt_v20220928::{QueryPartnerCreditRequest, QueryPartnerCreditResponse};
use crate::request::Call;
use credere_app::App;
use credere_core::money::Amount;

offered! {
    "QueryPartnerCredit": QueryPartnerCreditRequest::PARAMS, Some(5), ReadOwnPartner,
    [FailedOperation, ServiceBusy, UinNoAuth]
}

async fn run(app: &App, call: &Call) -> Answered {
    let partner = app.own_partner(caller(call)).await.map_err(errors::of(ERRORS))?;
    let available = Amount::from_wide(partner.customers_available).map_err(errors::overflow)?;
    Reply::of(&QueryPartnerCreditResponse {
        allocated_credit: Figure(partner.allocated),
        total_credit: Figure(partner.allocation_quota),
        remaining_credit: Figure(partner.allocatable().map_err(errors::overflow)?),
        customer_total_credit: Some(Figure(partner.customers_total)),
        customer_remaining_credit: Some(Figure(available)),
    })
}
