//! Changing and ending resources. The book has those that are there; how another one ended comes from history.

use crate::app::App;
use crate::caller::Caller;
use crate::command::Done;
use crate::failure::Failure;
use credere_core::book::{Command, KeyUse, Rejection, metering};
use credere_core::channel::{ResourceName, ResourceState};
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
        let command = Command::from(metering::ResizeResource { name: name.clone(), unit_price, quantity });
        self.running_resource(caller, key, command, name).await
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
        let command = Command::from(metering::TerminateResource { name: name.clone(), final_amount });
        self.running_resource(caller, key, command, name).await
    }

    async fn running_resource(
        &self,
        caller: Caller,
        key: Option<KeyUse>,
        command: Command,
        name: ResourceName,
    ) -> Result<Done, Failure> {
        let look = move |store: &dyn ShardStore| {
            let row = store.resource(name.as_str())?;
            Ok(match row.as_ref().map(|row| row.state.as_str()) {
                Some("deleted") => {
                    Some(Rejection::Metering(metering::Reason::ResourceNotActive(ResourceState::Deleted)))
                }
                Some("terminated") => {
                    Some(Rejection::Metering(metering::Reason::ResourceNotActive(ResourceState::Terminated)))
                }
                // None ran when it was asked for, and now one does.
                Some(_) | None => None,
            })
        };
        self.command_or_ended(caller, key, command, Rejection::Metering(metering::Reason::ResourceNotFound), look).await
    }
}
