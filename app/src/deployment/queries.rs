//! Platform keys as they are listed.

use crate::app::App;
use crate::caller::Caller;
use crate::failure::Failure;
use credere_core::access::Action;
use credere_store::contract::PlatformKeyRow;

/// A platform key as it is listed.
pub type PlatformKeyView = PlatformKeyRow;

impl App {
    /// All platform keys, oldest first.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn platform_keys(&self, caller: Caller) -> Result<Vec<PlatformKeyView>, Failure> {
        self.read_as(caller, Action::ReadPlatformKeys, None, |_| Ok(())).await?;
        self.engine.directory(|store| store.platform_keys()).await
    }
}
