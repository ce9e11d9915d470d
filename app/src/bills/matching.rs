//! Lines of bills that are looked for by what no sum is kept by: a product, a resource, a project, a tag. All of a bill's lines are
//! read for that, so that these are long reads.

use super::queries::viewed;
use super::views::{Bill, BillSum, LineQuery, LineView};
use crate::app::App;
use crate::caller::Caller;
use crate::failure::Failure;
use credere_core::channel::{ActionType, OrderId, Uin};
use credere_core::money::Overflow;
use credere_store::contract::{LineRow, ShardStore, StoreError};
use std::collections::BTreeMap;

/// What a line must have besides what a bill's own filter says; what is absent matches any.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineMatch {
    /// The product's code.
    pub product: Option<String>,
    /// The resource.
    pub resource: Option<String>,
    /// The project; empty where none was told.
    pub project: Option<String>,
    /// A tag's key and value; an empty value means the lines without it.
    pub tag: Option<(String, String)>,
}

impl LineMatch {
    fn has(&self, row: &LineView) -> bool {
        let is = |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|wanted| wanted == found);
        let tagged =
            |(key, value): &(String, String)| row.details.tags.get(key).map_or("", String::as_str) == value.as_str();
        is(&self.product, &row.product)
            && is(&self.resource, &row.resource)
            && is(&self.project, &row.project)
            && self.tag.as_ref().is_none_or(tagged)
    }
}

/// What the lines of a bill come to that have all this in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceSum {
    /// One of them: its first.
    pub line: LineView,
    /// Until when they reach.
    pub until: credere_core::ledger::Moment,
    /// What they come to.
    pub sum: BillSum,
}

/// What lines of one resource are summed by: owner, resource, product, type, region, project and order.
type ResourceKey = (Uin, String, String, ActionType, String, String, Option<OrderId>);

impl App {
    /// Lines of a bill that match, oldest first, after skipping `skip`, at most `limit`; and how many match in all.
    ///
    /// # Errors
    /// As [`App::bill`].
    pub async fn bill_lines_matching(
        &self,
        caller: Caller,
        bill: Bill,
        (filter, more): (LineQuery, LineMatch),
        skip: u64,
        limit: usize,
    ) -> Result<(Vec<LineView>, u64), Failure> {
        if more == LineMatch::default() {
            return self.bill_lines_counted(caller, bill, filter, skip, limit).await;
        }
        let mut found = (Vec::new(), 0_u64);
        self.each_line(caller, bill, (filter, more), move |line| match line {
            Some(line) => {
                if found.1 >= skip && found.0.len() < limit {
                    found.0.push(line);
                }
                found.1 += 1;
                Ok(None)
            }
            None => Ok(Some(std::mem::take(&mut found))),
        })
        .await
    }

    /// What the lines of a bill that match come to by owner, resource, product, type, region, project and order, in that order,
    /// after skipping `skip`, at most `limit`; and how many there are in all.
    ///
    /// # Errors
    /// As [`App::bill`].
    pub async fn bill_resource_sums(
        &self,
        caller: Caller,
        bill: Bill,
        wanted: (LineQuery, LineMatch),
        skip: usize,
        limit: usize,
    ) -> Result<(Vec<ResourceSum>, usize), Failure> {
        let mut sums: BTreeMap<ResourceKey, ResourceSum> = BTreeMap::new();
        self.each_line(caller, bill, wanted, move |line| {
            let Some(line) = line else {
                let total = sums.len();
                let all = std::mem::take(&mut sums).into_values();
                return Ok(Some((all.skip(skip).take(limit).collect(), total)));
            };
            let own = BillSum {
                lines: 1,
                list_amount: line.list_amount,
                voucher_amount: line.voucher_amount,
                amount: line.amount,
                partner_amount: line.partner_amount,
            };
            let (resource, product) = (line.resource.clone(), line.product.clone());
            let (region, project) = (line.region.clone(), line.project.clone());
            let key = (line.owner, resource, product, line.action, region, project, line.order);
            match sums.get_mut(&key) {
                Some(known) => {
                    known.until = known.until.max(line.period_end);
                    known.sum = known
                        .sum
                        .plus_sum(&own)
                        .map_err(|Overflow| StoreError::corrupt("a bill's sum is out of the range of an amount"))?;
                }
                None => drop(sums.insert(key, ResourceSum { until: line.period_end, line, sum: own })),
            }
            Ok(None)
        })
        .await
    }

    /// Takes each line of a bill that matches to a visitor, oldest first, and what it answers at the end, when there is none.
    async fn each_line<T: Send + 'static>(
        &self,
        caller: Caller,
        bill: Bill,
        (filter, more): (LineQuery, LineMatch),
        mut visit: impl FnMut(Option<LineView>) -> Result<Option<T>, StoreError> + Send + 'static,
    ) -> Result<T, Failure> {
        let (managing, _) = self.may_see_bill(caller, bill).await?;
        let filter = LineQuery { managing: managing.or(filter.managing), ..filter };
        let look = move |store: &dyn ShardStore| {
            store.visit_lines(bill, &filter, &mut |row: LineRow| {
                let Some(line) = viewed(store, vec![row])?.pop().filter(|line| more.has(line)) else { return Ok(()) };
                visit(Some(line)).map(drop)
            })?;
            visit(None)?.ok_or_else(|| StoreError::io("nothing was answered"))
        };
        self.engine.long_history(caller.actor, look).await
    }
}
