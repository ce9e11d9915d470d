//! Resources as history tells them.

use super::views::ResourceView;
use crate::app::App;
use crate::caller::Caller;
use crate::failure::Failure;
use credere_core::access::Action;
use credere_core::book::{Rejection, metering};
use credere_core::channel::{ResourceName, ResourceState, Uin};
use credere_store::contract::ShardStore;

impl App {
    /// One resource, also when it has ended; of several of one name the newest.
    ///
    /// # Errors
    /// [`Failure`]; refused when there never was one.
    pub async fn resource(&self, caller: Caller, name: ResourceName) -> Result<ResourceView, Failure> {
        self.read_as(caller, Action::ReadResources, None, |_| Ok(())).await?;
        let look = move |store: &dyn ShardStore| {
            store.resource(name.as_str())?.map(|row| ResourceView::of_row(store.id(), row)).transpose()
        };
        let found = self.engine.history(look).await?;
        found.ok_or(Failure::refused(Rejection::Metering(metering::Reason::ResourceNotFound)))
    }

    /// Resources, newest first, before `before_seq`, at most `limit`.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn resources(
        &self,
        caller: Caller,
        account: Option<Uin>,
        state: Option<ResourceState>,
        before_seq: Option<u64>,
        limit: usize,
    ) -> Result<Vec<ResourceView>, Failure> {
        self.read_as(caller, Action::ReadResources, account, |_| Ok(())).await?;
        let state = state.map(ResourceState::name);
        // By account or by state there is a list, by both there is none.
        let passes_over = account.is_some() && state.is_some();
        let look = move |store: &dyn ShardStore| {
            let rows = store.resources(account, state, before_seq, limit)?;
            rows.into_iter().map(|row| ResourceView::of_row(store.id(), row)).collect()
        };
        self.engine.history_by(caller.actor, passes_over, look).await
    }
}
