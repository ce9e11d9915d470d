//! What is the deployment's and no shard's: the facts that are fixed once, the keys that open the platform API, the
//! platform's own webhooks, and the signatures that were seen. Its events (the catalogue, platform keys, the platform's
//! webhooks) are in the journal of the first shard; what they change in the directory is committed with its frames, in rows
//! that no shard's handle reads.

use super::{DirectoryEntry, PlatformKeyRow, Signatures, StoreError, Visit, WebhookRow};

/// The handle for what is the deployment's.
pub trait DeploymentStore: Signatures {
    /// A deployment fact (currency, zone, ...) that is fixed once written.
    ///
    /// # Errors
    /// [`StoreError`]
    fn fact(&self, name: &str) -> Result<Option<String>, StoreError>;

    /// Writes a deployment fact, durably, unless it is there already; answers the value that holds from now on.
    ///
    /// # Errors
    /// [`StoreError`]
    fn fix_fact(&self, name: &str, value: &str) -> Result<String, StoreError>;

    /// All platform keys that have not been revoked, oldest first.
    ///
    /// # Errors
    /// [`StoreError`]
    fn platform_keys(&self) -> Result<Vec<PlatformKeyRow>, StoreError>;

    /// The platform's own webhooks that have not been removed, oldest first.
    ///
    /// # Errors
    /// [`StoreError`]
    fn platform_webhooks(&self) -> Result<Vec<WebhookRow>, StoreError>;

    /// Visits the platform keys and the platform's webhooks, as [`super::Directory::directory_entries`] does with what is a
    /// shard's.
    ///
    /// # Errors
    /// As there.
    fn deployment_entries(&self, visit: Visit<'_, DirectoryEntry>) -> Result<(), StoreError>;
}
