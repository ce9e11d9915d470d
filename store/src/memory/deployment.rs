//! What is the deployment's, in memory: its facts, and its part of the directory.

use super::MemoryStore;
use super::directory::webhook_entry;
use crate::contract::{DeploymentStore, DirectoryEntry, PlatformKeyRow, StoreError, Visit, WebhookRow};

impl DeploymentStore for MemoryStore {
    fn fact(&self, name: &str) -> Result<Option<String>, StoreError> {
        Ok(self.inner.lock().facts.get(name).cloned())
    }

    fn fix_fact(&self, name: &str, value: &str) -> Result<String, StoreError> {
        let mut inner = self.inner.lock();
        inner.last()?;
        Ok(inner.facts.entry(name.to_owned()).or_insert_with(|| value.to_owned()).clone())
    }

    fn platform_keys(&self) -> Result<Vec<PlatformKeyRow>, StoreError> {
        Ok(self.inner.lock().names.valid_platform_keys())
    }

    fn platform_webhooks(&self) -> Result<Vec<WebhookRow>, StoreError> {
        Ok(self.inner.lock().names.webhooks().filter(|row| row.account.is_none()).cloned().collect())
    }

    fn deployment_entries(&self, visit: Visit<'_, DirectoryEntry>) -> Result<(), StoreError> {
        let names = &self.inner.lock().names;
        names.platform_key_entries().try_for_each(&mut *visit)?;
        names.webhooks().filter(|row| row.account.is_none()).map(webhook_entry).try_for_each(visit)
    }
}
