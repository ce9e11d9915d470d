//! A sorted collection in pages, by a number in the key: what is opened and closed in the order of its number lies
//! together, and is found without a search through all.

use super::{Collection, Noted, PAGE_BITS, Page, Part, Pieces, SnapshotError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

/// A key that says on which page it lies.
pub(in crate::book) trait PageKey: Ord + Clone {
    /// The number that it lies by. Where pages are walked from one key on, the greater of two never has the smaller number.
    fn number(&self) -> u64;

    /// The page that it lies on.
    fn page(&self) -> u64 {
        self.number() >> PAGE_BITS
    }
}

pub(super) type ShelfPage<K, V> = Page<Vec<(K, V)>>;

/// A map in the order of its keys, in pages.
#[derive(Debug, Clone)]
pub(in crate::book) struct Pages<K, V> {
    pub(super) pages: BTreeMap<u64, Arc<ShelfPage<K, V>>>,
    len: usize,
    noted: Noted,
}

impl<K, V> Default for Pages<K, V> {
    fn default() -> Pages<K, V> {
        Pages { pages: BTreeMap::new(), len: 0, noted: Noted::default() }
    }
}

impl<K: PageKey, V: Clone> Pages<K, V> {
    pub(in crate::book) fn len(&self) -> usize {
        self.len
    }

    pub(in crate::book) fn get(&self, key: &K) -> Option<&V> {
        let items = &self.pages.get(&key.page())?.items;
        Some(&items[place(items, key).ok()?].1)
    }

    pub(in crate::book) fn contains_key(&self, key: &K) -> bool {
        self.get(key).is_some()
    }

    /// For changing: its page is noted as changed.
    pub(in crate::book) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let number = key.page();
        let shared = self.pages.get_mut(&number)?;
        let at = place(&shared.items, key).ok()?;
        let page = Arc::make_mut(shared);
        self.noted.note(number, page);
        Some(&mut page.items[at].1)
    }

    /// For changing, made by `new` where it is not there yet: its page is noted as changed.
    pub(in crate::book) fn get_or_insert_with(&mut self, key: &K, new: impl FnOnce() -> V) -> &mut V {
        if !self.contains_key(key) {
            self.insert(key.clone(), new());
        }
        let (page, Ok(at) | Err(at)) = self.page_for(key);
        &mut page.items[at].1
    }

    pub(in crate::book) fn insert(&mut self, key: K, value: V) -> Option<V> {
        let (page, at) = self.page_for(&key);
        match at {
            Ok(at) => Some(std::mem::replace(&mut page.items[at].1, value)),
            Err(at) => {
                page.items.insert(at, (key, value));
                self.len += 1;
                None
            }
        }
    }

    pub(in crate::book) fn remove(&mut self, key: &K) -> Option<V> {
        let number = key.page();
        let shared = self.pages.get_mut(&number)?;
        let at = place(&shared.items, key).ok()?;
        let page = Arc::make_mut(shared);
        self.noted.note(number, page);
        let (_, value) = page.items.remove(at);
        if page.items.is_empty() {
            self.pages.remove(&number);
        }
        self.len -= 1;
        Some(value)
    }

    pub(in crate::book) fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.pages.values().flat_map(|page| page.items.iter().map(|(key, value)| (key, value)))
    }

    pub(in crate::book) fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.iter().map(|(_, value)| value)
    }

    /// Those behind a key, which need not be there.
    pub(in crate::book) fn after(&self, key: &K) -> impl Iterator<Item = (&K, &V)> + use<'_, K, V> {
        self.range(Bound::Excluded(key.clone()), None)
    }

    /// Those from one key to another, with both, which need not be there.
    pub(in crate::book) fn between(&self, first: &K, last: &K) -> impl Iterator<Item = (&K, &V)> + use<'_, K, V> {
        self.range(Bound::Included(first.clone()), Some(last.clone()))
    }

    fn range(&self, from: Bound<K>, last: Option<K>) -> impl Iterator<Item = (&K, &V)> + use<'_, K, V> {
        let first_page = from.as_ref().map(K::page);
        let first_page = if let Bound::Excluded(page) = first_page { Bound::Included(page) } else { first_page };
        let last_page = last.as_ref().map_or(u64::MAX, K::page);
        let pages = self.pages.range((first_page, Bound::Unbounded)).take_while(move |(page, _)| **page <= last_page);
        pages.flat_map(move |(_, page)| {
            let begin = page.items.partition_point(|(key, _)| match &from {
                Bound::Included(from) => key < from,
                Bound::Excluded(from) => key <= from,
                Bound::Unbounded => false,
            });
            let end = page.items.partition_point(|(key, _)| last.as_ref().is_none_or(|last| key <= last));
            page.items.get(begin..end).unwrap_or_default().iter().map(|(key, value)| (key, value))
        })
    }

    fn page_for(&mut self, key: &K) -> (&mut ShelfPage<K, V>, Result<usize, usize>) {
        let number = key.page();
        let page = Arc::make_mut(self.pages.entry(number).or_default());
        self.noted.note(number, page);
        let at = place(&page.items, key);
        (page, at)
    }
}

#[cfg(test)]
impl<K: PageKey, V: Clone> FromIterator<(K, V)> for Pages<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(items: I) -> Pages<K, V> {
        let mut pages = Pages::default();
        for (key, value) in items {
            pages.insert(key, value);
        }
        pages
    }
}

/// Where a key lies among the items of its page, or would. Most are added at the end.
fn place<K: Ord, V>(items: &[(K, V)], key: &K) -> Result<usize, usize> {
    match items.last() {
        Some((last, _)) if last < key => Err(items.len()),
        Some(_) | None => items.binary_search_by(|(one, _)| one.cmp(key)),
    }
}

impl<K, V> Collection for Pages<K, V>
where
    K: PageKey + Serialize + DeserializeOwned + Send + Sync + 'static,
    V: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
{
    fn whole(&self, kind: u8) -> Box<dyn Part> {
        let pages = self.pages.iter().map(|(number, page)| (*number, Some(page.clone()))).collect::<Vec<_>>();
        Box::new(Pieces::new(kind, pages))
    }

    fn take_changed(&mut self, kind: u8) -> Box<dyn Part> {
        let taken = self.noted.take();
        let pages = taken.into_iter().map(|number| (number, self.pages.get(&number).cloned())).collect();
        Box::new(Pieces::new(kind, pages))
    }

    fn forget_changes(&mut self) {
        self.noted.take();
    }

    fn put(&mut self, pages: &[u8], unseen: &mut dyn FnMut(u64) -> bool) -> Result<(), SnapshotError> {
        let pages: Vec<(u64, Vec<(K, V)>)> = super::decode(pages)?;
        for (number, items) in pages {
            let belongs = items.iter().all(|(key, _)| key.page() == number);
            if !belongs || !items.is_sorted_by(|(one, _), (next, _)| one < next) {
                return Err(SnapshotError::Malformed("a page is not in order".to_owned()));
            }
            if unseen(number) && !items.is_empty() {
                self.len += items.len();
                self.pages.insert(number, Arc::new(Page { items, noted: 0 }));
            }
        }
        Ok(())
    }
}
