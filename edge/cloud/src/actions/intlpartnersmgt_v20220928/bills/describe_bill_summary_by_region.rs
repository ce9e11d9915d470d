//! A partner reads what a customer's bill comes to by region (R85), in the order of their names. Regions are known by the
//! name that was told with an order or record, and have the published number that belongs to it, where there is one; what
//! was told none stands under `default`.

use super::requests;
use crate::actions::bill_words::{self as words, Costs};
use crate::actions::errors;
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::regions;
use crate::envelope::Reply;
use crate::published::intlpartnersmgt_v20220928::{
    DescribeBillSummaryByRegionRequest, DescribeBillSummaryByRegionResponse, RegionSummaryOverviewItem,
};
use crate::request::Call;
use credere_app::App;

offered! {
    "DescribeBillSummaryByRegion": DescribeBillSummaryByRegionRequest::PARAMS, Some(1), ReadBills,
    [InvalidMonth, ServiceBusy, UinNoAuth]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = DescribeBillSummaryByRegionRequest::read(&call.args)?;
    let month = requests::month(app, "BillMonth", &request.bill_month).await?;
    let caller = caller(call);
    let bill = requests::of_customer(app, caller, request.customer_uin, month, ERRORS).await?;
    let bill = app.bill(caller, bill).await.map_err(errors::of(ERRORS))?;
    let regions = bill.by(|part| words::or_default(&part.region)).map_err(errors::overflow)?;
    let item = |(region, sum): (String, _)| {
        let Costs { original, voucher, total } = Costs::from(&sum);
        RegionSummaryOverviewItem {
            region_id: regions::number(&region).map_or_else(|| region.clone(), |number| number.to_string()),
            region_name: region,
            original_cost: original,
            voucher_pay_amount: voucher,
            total_cost: total,
        }
    };
    Reply::of(&DescribeBillSummaryByRegionResponse { summary_overview: Some(regions.into_iter().map(item).collect()) })
}
