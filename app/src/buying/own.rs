//! Orders as accounts see them: their own, whoever pays, and those that an admin pays for its members (O83).

use super::views::OrderView;
use crate::app::App;
use crate::caller::Caller;
use crate::failure::Failure;
use credere_core::access::Action;
use credere_core::channel::{OrderState, Uin};
use credere_core::ledger::Moment;
use credere_store::contract::{OrderFilter, ShardStore, StoreError};
use std::ops::RangeInclusive;

/// Orders of one account that are read at once.
const AT_ONCE: usize = 1_000;

/// Which orders an account looks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderSearch {
    /// Placed at these moments.
    pub placed: RangeInclusive<Moment>,
    /// In one of these states.
    pub states: Vec<OrderState>,
    /// Only the one with this number, as it is shown.
    pub id: Option<String>,
    /// Only those for this resource.
    pub resource: Option<String>,
}

impl OrderSearch {
    fn finds(&self, view: &OrderView) -> bool {
        let order = &view.order;
        let resource = order.resource.as_ref().map(|name| name.as_str());
        self.placed.contains(&order.created_at)
            && self.states.contains(&order.state)
            && self.id.as_deref().is_none_or(|id| order.id.to_string() == id)
            && self.resource.as_deref().is_none_or(|wanted| resource == Some(wanted))
    }
}

impl App {
    /// An account's own orders, and those of its organization's members that it pays as their admin, newest first, after skipping
    /// `skip`, at most `limit`; and how many there are.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn own_orders(
        &self,
        caller: Caller,
        account: Uin,
        search: OrderSearch,
        (skip, limit): (usize, usize),
    ) -> Result<(Vec<OrderView>, usize), Failure> {
        let owners: Vec<Uin> = self
            .read_as(caller, Action::ReadOwnOrders, Some(account), |book| {
                let organization = book.organization_of_admin(account);
                let members = organization.into_iter().flat_map(|one| book.members_of(one.id));
                Ok([account].into_iter().chain(members.map(|member| member.uin)).collect())
            })
            .await?;
        let look = move |store: &dyn ShardStore| {
            let mut found = Vec::new();
            for owner in owners {
                let theirs = orders_of(store, owner, &search)?;
                found.extend(
                    theirs
                        .into_iter()
                        .filter(|view| view.order.account == account || view.order.paying.payer == account),
                );
            }
            found.sort_unstable_by_key(|view| std::cmp::Reverse(view.order.id));
            let total = found.len();
            Ok((found.into_iter().skip(skip).take(limit).collect(), total))
        };
        self.engine.long_history(caller.actor, look).await
    }
}

/// The orders of one account that are looked for. They lie in the order of their placing, so that older ones are not read.
fn orders_of(store: &dyn ShardStore, owner: Uin, search: &OrderSearch) -> Result<Vec<OrderView>, StoreError> {
    let (mut found, mut before) = (Vec::new(), None);
    loop {
        let rows = store.orders(OrderFilter { account: Some(owner), ..OrderFilter::default() }, before, AT_ONCE)?;
        let Some(last) = rows.last() else { return Ok(found) };
        let ends = last.created_at < *search.placed.start();
        before = Some(last.seq);
        for row in rows {
            let view = OrderView::of_row(row)?;
            if search.finds(&view) {
                found.push(view);
            }
        }
        if ends {
            return Ok(found);
        }
    }
}
