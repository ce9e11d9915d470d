//! Platform keys as they are listed.

use super::accepted_keys::{access_of, number_of};
use crate::app::App;
use crate::caller::Caller;
use crate::failure::Failure;
use credere_core::access::{Action, KeyAccess};
use credere_core::ledger::Moment;
use credere_store::contract::PlatformKeyRow;

/// A platform key as it is listed, without the key itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformKeyView {
    /// Its number.
    pub number: u32,
    /// What it was named.
    pub name: String,
    /// What it may do.
    pub access: KeyAccess,
    /// When it was made.
    pub created_at: Moment,
}

impl App {
    /// All platform keys, oldest first.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn platform_keys(&self, caller: Caller) -> Result<Vec<PlatformKeyView>, Failure> {
        self.read_as(caller, Action::ReadPlatformKeys, None, |_| Ok(())).await?;
        let deployment = self.deployment.clone();
        let rows = self.engine.directory(move |_| deployment.platform_keys()).await?;
        let view = |row: PlatformKeyRow| {
            let (number, access) = (number_of(&row.id)?, access_of(&row.access));
            Some(PlatformKeyView { number, name: row.name, access, created_at: row.created_at })
        };
        Ok(rows.into_iter().filter_map(view).collect())
    }
}
