//! A partner reads what a customer's bill comes to by pay mode, and within each by type of lines (R81, R85). Pay modes and
//! types without a line are left out.

use super::requests;
use crate::actions::bill_words::{Costs, action_name, pay_mode_name};
use crate::actions::errors;
use crate::actions::offered::{Answered, caller, offered};
use crate::envelope::Reply;
use crate::error::CloudError;
use crate::published::intlpartnersmgt_v20220928::{
    ActionSummaryOverviewItem, DescribeBillSummaryByPayModeRequest, DescribeBillSummaryByPayModeResponse,
    PayModeSummaryOverviewItem,
};
use crate::request::Call;
use credere_app::App;
use credere_app::bills::{BillSum, BillView};
use credere_core::channel::{ActionType, PayMode};
use std::collections::BTreeMap;

offered! {
    "DescribeBillSummaryByPayMode": DescribeBillSummaryByPayModeRequest::PARAMS, Some(1), ReadBills,
    [InvalidMonth, ServiceBusy, UinNoAuth]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = DescribeBillSummaryByPayModeRequest::read(&call.args)?;
    let month = requests::month(app, "BillMonth", &request.bill_month).await?;
    let caller = caller(call);
    let bill = requests::of_customer(app, caller, request.customer_uin, month, ERRORS).await?;
    let bill = app.bill(caller, bill).await.map_err(errors::of(ERRORS))?;
    Reply::of(&DescribeBillSummaryByPayModeResponse { summary_overview: Some(overview(&bill)?) })
}

fn overview(bill: &BillView) -> Result<Vec<PayModeSummaryOverviewItem>, CloudError> {
    let actions = bill.by(|part| part.action).map_err(errors::overflow)?;
    let modes = bill.by(|part| part.action.pay_mode()).map_err(errors::overflow)?;
    Ok(modes.iter().map(|(mode, sum)| item(*mode, sum, &actions)).collect())
}

fn item(mode: PayMode, sum: &BillSum, actions: &BTreeMap<ActionType, BillSum>) -> PayModeSummaryOverviewItem {
    let Costs { original, voucher, total } = Costs::from(sum);
    let own = actions.iter().filter(|(action, _)| action.pay_mode() == mode);
    PayModeSummaryOverviewItem {
        pay_mode: mode.name().to_owned(),
        pay_mode_name: pay_mode_name(mode).to_owned(),
        original_cost: original,
        detail: own.map(|(action, sum)| detail(*action, sum)).collect(),
        voucher_pay_amount: voucher,
        total_cost: total,
    }
}

fn detail(action: ActionType, sum: &BillSum) -> ActionSummaryOverviewItem {
    let Costs { original, voucher, total } = Costs::from(sum);
    ActionSummaryOverviewItem {
        action_type: action.name().to_owned(),
        action_type_name: action_name(action).to_owned(),
        original_cost: original,
        voucher_pay_amount: voucher,
        total_cost: total,
    }
}
