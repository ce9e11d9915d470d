//! The part of the book that belongs to the whole deployment and to no tree, whatever area it is of: what there is to buy,
//! platform keys, the platform's own webhooks, how accounts are numbered, where days and months begin.

use crate::access::KeyAccess;
use crate::book::Book;
use crate::book::parties::Runs;
use crate::channel::{Product, ProductCode, Uin, WebhookId};
use crate::ledger::Calendar;
use std::collections::{BTreeMap, BTreeSet};

/// What belongs to the whole deployment.
#[derive(Debug, Clone, Default)]
pub(in crate::book) struct State {
    pub(in crate::book) calendar: Calendar,
    pub(in crate::book) products: Vec<Product>,
    pub(in crate::book) product_numbers: BTreeMap<ProductCode, u32>,
    pub(in crate::book) next_uin: Option<Uin>,
    /// Of the numbers beyond it, those that are taken in a row.
    pub(in crate::book) runs: Runs,
    pub(in crate::book) webhooks: BTreeSet<WebhookId>,
    pub(in crate::book) platform_keys: BTreeMap<u32, KeyAccess>,
    /// How many of them have full access.
    pub(in crate::book) full_keys: usize,
    pub(in crate::book) next_platform_key: u32,
}

impl State {
    pub(in crate::book) fn add_key(&mut self, key: u32, access: KeyAccess) {
        self.remove_key(key);
        self.full_keys += usize::from(access == KeyAccess::Full);
        self.platform_keys.insert(key, access);
    }

    pub(in crate::book) fn remove_key(&mut self, key: u32) -> Option<KeyAccess> {
        let access = self.platform_keys.remove(&key)?;
        self.full_keys -= usize::from(access == KeyAccess::Full);
        Some(access)
    }
}

impl Book {
    /// Platform keys by number.
    pub fn platform_keys(&self) -> &BTreeMap<u32, KeyAccess> {
        &self.deployment.platform_keys
    }
}
