//! Which webhooks there are: an account's are in the directory of its shard, the platform's own are the deployment's.

use credere_core::channel::WebhookId;
use credere_store::contract::{DeploymentStore, Directory, StoreError, WebhookRow};

/// All webhooks, oldest first: those of the shard's accounts, and the platform's own.
///
/// # Errors
/// [`StoreError`]
pub(crate) fn all_webhooks(
    store: &dyn Directory,
    deployment: &dyn DeploymentStore,
) -> Result<Vec<WebhookRow>, StoreError> {
    let mut rows = store.webhooks()?;
    rows.extend(deployment.platform_webhooks()?);
    rows.sort_by_key(|row| row.id);
    Ok(rows)
}

/// The webhook with this number, whoever has it.
///
/// # Errors
/// [`StoreError`]
pub(super) fn find_webhook(
    store: &dyn Directory,
    deployment: &dyn DeploymentStore,
    id: WebhookId,
) -> Result<Option<WebhookRow>, StoreError> {
    match store.webhook(id)? {
        Some(row) => Ok(Some(row)),
        None => Ok(deployment.platform_webhooks()?.into_iter().find(|row| row.id == id)),
    }
}
