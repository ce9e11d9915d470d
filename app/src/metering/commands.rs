//! Changing and ending resources, which are asked for by name. The book has those that are there; which one had the name
//! last, and how it ended, comes from history and goes in with the command.

use super::views::ResourceView;
use crate::app::App;
use crate::caller::Caller;
use crate::command::Done;
use crate::failure::Failure;
use credere_core::book::{Command, KeyUse, Named, Rejection, metering};
use credere_core::channel::{ResourceId, ResourceName, ResourceState};
use credere_core::money::{Amount, Factor};
use credere_store::contract::ShardStore;

impl App {
    /// Changes a resource's size or price.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn resize_resource(
        &self,
        caller: Caller,
        key: Option<KeyUse>,
        name: ResourceName,
        unit_price: Option<Amount>,
        quantity: Option<Factor>,
    ) -> Result<Done, Failure> {
        let command = |resource| metering::ResizeResource { resource, unit_price, quantity }.into();
        self.on_resource(caller, key, name, command).await
    }

    /// Ends a resource.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn terminate_resource(
        &self,
        caller: Caller,
        key: Option<KeyUse>,
        name: ResourceName,
        final_amount: Option<Amount>,
    ) -> Result<Done, Failure> {
        let command = |resource| metering::TerminateResource { resource, final_amount }.into();
        self.on_resource(caller, key, name, command).await
    }

    async fn on_resource(
        &self,
        caller: Caller,
        key: Option<KeyUse>,
        name: ResourceName,
        command: impl Fn(Option<Named<ResourceId, ResourceState>>) -> Command,
    ) -> Result<Done, Failure> {
        let there = self.engine.peek(|book| book.resource(&name).map(|resource| resource.id));
        let look = move |store: &dyn ShardStore| {
            let newest = store.resource(name.as_str())?.map(|row| ResourceView::of_row(store.id(), row)).transpose()?;
            Ok(newest.map(|it| Named { id: it.id, ended: Some(it.state).filter(|state| state.ended()) }))
        };
        let missing = Rejection::Metering(metering::Reason::ResourceNotFound);
        let command = |found: Option<_>| command(found.or(there.map(Named::from)));
        self.command_naming(caller, key, missing, look, command).await
    }
}
