//! Credit handed out and taken back, and pools granted and pulled.

use crate::app::App;
use crate::caller::Caller;
use crate::failure::Failure;
use crate::parties::views::AllocationView;
use crate::reading::skips_far;
use credere_core::access::{Action, scope};
use credere_core::book::{Rejection, parties};
use credere_core::channel::Uin;
use credere_store::contract::ShardStore;

impl App {
    /// Allocation records of a customer, newest first, before `before_seq`, after skipping `skip`, at most `limit`; and
    /// how many there are in all. A partner sees those of the customer's binding to it (R42), the platform sees all.
    ///
    /// # Errors
    /// [`Failure`]; refused when there is no such customer, or it is not the caller's.
    pub async fn allocations(
        &self,
        caller: Caller,
        customer: Uin,
        before_seq: Option<u64>,
        skip: u64,
        limit: usize,
    ) -> Result<(Vec<AllocationView>, u64), Failure> {
        let from = self
            .read_as(caller, Action::ReadAllocations, Some(customer), |book| {
                let account = book
                    .account(customer)
                    .ok_or(Rejection::Parties(parties::Reason::PartyNotFound(parties::Party::Customer, customer)))?;
                let bound_seq = account.customer.as_ref().map(|bound| bound.bound_seq);
                Ok(scope::allocations_from(caller.actor, bound_seq))
            })
            .await?;
        let look = move |store: &dyn ShardStore| {
            let page = store.allocations(customer, from..before_seq.unwrap_or(u64::MAX), skip, limit)?;
            let page = page.into_iter().map(|row| AllocationView::of_row(store.id(), row));
            Ok((page.collect::<Result<_, _>>()?, store.allocation_count(customer, from..u64::MAX)?))
        };
        self.engine.history_by(caller.actor, skips_far(skip), look).await
    }
}
