//! The platform keys that are accepted now. Only their hashes are kept; how keys are made and taken back is in
//! the commands beside.

use credere_core::access::KeyAccess;
use credere_store::contract::{DeploymentStore, StoreError};
use parking_lot::RwLock;
use std::collections::HashMap;

/// The keys that are accepted now, by their hash.
#[derive(Debug, Default)]
pub(crate) struct PlatformKeys(RwLock<HashMap<[u8; 32], (u32, KeyAccess)>>);

impl PlatformKeys {
    /// Reads the keys from the directory.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(crate) fn load(store: &dyn DeploymentStore) -> Result<PlatformKeys, StoreError> {
        let keys = store
            .platform_keys()?
            .into_iter()
            .filter_map(|row| Some((row.digest, (number_of(&row.id)?, access_of(&row.access)))));
        Ok(PlatformKeys(RwLock::new(keys.collect())))
    }

    /// The number and access of a key, if it is accepted. The look-up goes by hash, so its time tells nothing about
    /// other keys.
    pub(crate) fn find(&self, key: &str) -> Option<(u32, KeyAccess)> {
        self.0.read().get(&digest(key)).copied()
    }

    /// Accepts a key from now on.
    pub(crate) fn accept(&self, key: &str, number: u32, access: KeyAccess) {
        self.0.write().insert(digest(key), (number, access));
    }

    /// Accepts a key no longer.
    pub(crate) fn refuse(&self, number: u32) {
        self.0.write().retain(|_, (known, _)| *known != number);
    }
}

/// A key's public name, `key_1`.
pub(crate) fn name_of(number: u32) -> String {
    format!("key_{number}")
}

/// The number in a key's public name.
pub(crate) fn number_of(id: &str) -> Option<u32> {
    id.strip_prefix("key_")?.parse().ok()
}

/// What is kept of a key.
pub(crate) fn digest(key: &str) -> [u8; 32] {
    *blake3::hash(key.as_bytes()).as_bytes()
}

/// The name that an access is stored under.
pub(crate) fn access_name(access: KeyAccess) -> &'static str {
    match access {
        KeyAccess::Full => "full",
        KeyAccess::Read => "read",
    }
}

/// The access that is stored under a name; whatever is not full may only read.
pub(super) fn access_of(name: &str) -> KeyAccess {
    if name == access_name(KeyAccess::Full) { KeyAccess::Full } else { KeyAccess::Read }
}
