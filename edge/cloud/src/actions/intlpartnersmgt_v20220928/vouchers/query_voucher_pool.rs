//! A partner reads its own voucher quota: how much, how much of it is left, and how many vouchers it has issued (R119-R120).
//! The quota binds second-level resellers only; of a quota that others have issued more than, nothing remains.

use crate::actions::errors;
use crate::actions::offered::{Answered, caller, offered};
use crate::envelope::{Figure, Reply};
use crate::error::CloudError;
use crate::published::intlpartnersmgt_v20220928::{QueryVoucherPoolRequest, QueryVoucherPoolResponse};
use crate::request::Call;
use credere_app::App;
use credere_core::channel::PartnerKind;

offered! {
    "QueryVoucherPool": QueryVoucherPoolRequest::PARAMS, Some(5), ReadVoucherPool,
    [InvalidSubAgentUin, ServiceBusy, UinNoAuth]
}

async fn run(app: &App, call: &Call) -> Answered {
    let partner = app.own_partner(caller(call)).await.map_err(errors::of(ERRORS))?;
    let mut names = app.profiles(vec![partner.uin]).await.map_err(errors::of(ERRORS))?;
    Reply::of(&QueryVoucherPoolResponse {
        agent_name: names.pop().and_then(|profile| profile.name).unwrap_or_default(),
        account_type: account_type(partner.kind)?,
        total_quota: Figure(partner.voucher_quota),
        remaining_quota: Figure(partner.vouchers_remaining().map_err(errors::overflow)?),
        issued_num: i64::try_from(partner.vouchers_count).map_err(CloudError::internal)?,
    })
}

/// The published number of a kind of partner (R3).
fn account_type(kind: PartnerKind) -> Result<i64, CloudError> {
    match kind {
        PartnerKind::Reseller => Ok(1),
        PartnerKind::Distributor => Ok(2),
        PartnerKind::SecondLevelReseller => Ok(3),
        PartnerKind::Agent => Err(CloudError::internal("an agent was let in to voucher quotas")),
    }
}
