//! The part of the book that belongs to the deployment: platform keys.

use crate::access::KeyAccess;
use crate::book::Book;
use std::collections::BTreeMap;

/// Platform keys.
#[derive(Debug, Clone, Default)]
pub(in crate::book) struct State {
    pub(in crate::book) platform_keys: BTreeMap<u32, KeyAccess>,
    pub(in crate::book) next_platform_key: u32,
}

impl Book {
    /// Platform keys by number.
    pub fn platform_keys(&self) -> &BTreeMap<u32, KeyAccess> {
        &self.deployment.platform_keys
    }
}
