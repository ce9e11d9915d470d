//! Pages of one segment in memory, found by the keys that they have.

use super::page::{PageRow, Sink};
use crate::contract::StoreError;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

/// The pages, all of a segment's or some, by their first keys.
#[derive(Default)]
pub(super) struct Held(BTreeMap<Vec<u8>, Arc<PageRow>>);

impl Held {
    /// The page that has this key, if anything has; `None` where it is not here.
    pub(super) fn with(&self, key: &[u8]) -> Option<Arc<PageRow>> {
        let (_, page) = self.0.range::<[u8], _>((Bound::Unbounded, Bound::Included(key))).next_back()?;
        page.covers(key).then(|| page.clone())
    }

    /// Adds a page; answers whether it was not here.
    pub(super) fn put(&mut self, page: Arc<PageRow>) -> bool {
        self.0.insert(page.first_key.clone(), page).is_none()
    }
}

impl Sink for Held {
    fn take(&mut self, page: PageRow) -> Result<(), StoreError> {
        self.put(Arc::new(page));
        Ok(())
    }
}
