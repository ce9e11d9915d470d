//! Every allocation to one of the caller's customers, and every reclaim, newest first (R41-R42). Pages have 20 entries
//! unless asked otherwise, at most 200. The operator is shown by its name, and by its number while it has none.

use crate::actions::errors;
use crate::actions::offered::{Answered, caller, offered};
use crate::actions::reading::{self, PAGE_SIZE_DEFAULT, PAGE_SIZE_MAX, Page};
use crate::envelope::{Figure, Reply};
use crate::error::{CloudError, ErrorCode};
use crate::published::intlpartnersmgt_v20220928::{
    QueryCreditAllocationHistoryData, QueryCreditAllocationHistoryRequest, QueryCreditAllocationHistoryResponse,
};
use crate::request::Call;
use credere_app::App;
use credere_app::parties::AllocationView;
use credere_core::channel::Uin;
use std::collections::BTreeMap;

offered! {
    "QueryCreditAllocationHistory": QueryCreditAllocationHistoryRequest::PARAMS, Some(5), ReadAllocations,
    [FailedOperation]
}

async fn run(app: &App, call: &Call) -> Answered {
    let request = QueryCreditAllocationHistoryRequest::read(&call.args)?;
    let size = request.page_size.unwrap_or(PAGE_SIZE_DEFAULT.into());
    let page = Page::read(ErrorCode::InvalidParameterValue, request.page.unwrap_or(1), size, PAGE_SIZE_MAX)?;
    let caller = caller(call);
    let customer = reading::account(app, caller, ACCESS, request.client_uin, ERRORS).await?;
    let (rows, total) =
        app.allocations(caller, customer, None, page.skip, page.limit).await.map_err(errors::of(ERRORS))?;
    let operators = names(app, &rows).await?;
    let history = rows.into_iter().map(|row| QueryCreditAllocationHistoryData {
        allocated_time: app.local_time(row.at),
        operator: operators.get(&row.operator).cloned().unwrap_or_else(|| row.operator.to_string()),
        credit: Figure(row.amount),
        allocated_credit: Figure(row.total_after),
        client_credit_after: Some(Figure(row.available_after)),
        remark: row.remark.unwrap_or_default(),
    });
    Reply::of(&QueryCreditAllocationHistoryResponse { total, history: history.collect() })
}

/// The names of those who acted, as far as they have one.
async fn names(app: &App, rows: &[AllocationView]) -> Result<BTreeMap<Uin, String>, CloudError> {
    let mut operators: Vec<Uin> = rows.iter().map(|row| row.operator).collect();
    operators.sort_unstable();
    operators.dedup();
    let profiles = app.profiles(operators.clone()).await.map_err(errors::of(ERRORS))?;
    let named = operators.into_iter().zip(profiles);
    Ok(named.filter_map(|(uin, profile)| Some((uin, profile.name.filter(|name| !name.is_empty())?))).collect())
}
