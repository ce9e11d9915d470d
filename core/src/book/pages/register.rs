//! A list of accounts, or of what an account is, in the order of their opening, found by number through a table of
//! positions: a million customers cost little more than their figures.

use super::{Collection, Noted, PAGE_BITS, Page, Part, Pieces, SnapshotError};
use crate::channel::Uin;
use arrayvec::ArrayVec;
use foldhash::fast::FixedState;
use hashbrown::HashTable;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::hash::BuildHasher;
use std::sync::Arc;

/// What is registered under an account's number, once and for ever.
pub(in crate::book) trait Registered: Clone {
    /// The account.
    fn uin(&self) -> Uin;
}

/// Things in the order of their registration, and where each account's number lies.
#[derive(Debug, Clone)]
pub(in crate::book) struct Register<T> {
    /// Each with its things in itself, so that one is found with few steps from place to place in memory.
    pages: Vec<Arc<RegisterPage<T>>>,
    positions: HashTable<u32>,
    noted: Noted,
    /// While it is read: pages by number, until all are there.
    read: BTreeMap<u64, Vec<T>>,
}

impl<T> Default for Register<T> {
    fn default() -> Register<T> {
        Register { pages: Vec::new(), positions: HashTable::new(), noted: Noted::default(), read: BTreeMap::new() }
    }
}

const PAGE: usize = 1 << PAGE_BITS;

type RegisterPage<T> = Page<ArrayVec<T, PAGE>>;

fn hash_of(uin: Uin) -> u64 {
    FixedState::with_seed(0).hash_one(uin)
}

/// What lies at a position, which must be one of those that there are.
fn at<T>(pages: &[Arc<RegisterPage<T>>], position: u32) -> &T {
    &pages[position as usize >> PAGE_BITS].items[position as usize % PAGE]
}

impl<T: Registered> Register<T> {
    fn position(&self, uin: Uin) -> Option<u32> {
        self.positions.find(hash_of(uin), |&position| at(&self.pages, position).uin() == uin).copied()
    }

    /// Where an account lies if it is there, by the table alone, which now and then is wrong.
    pub(in crate::book) fn likely_position(&self, uin: Uin) -> Option<u32> {
        self.positions.find(hash_of(uin), |_| true).copied()
    }

    /// What lies at such a position.
    pub(in crate::book) fn at(&self, position: u32) -> &T {
        at(&self.pages, position)
    }

    pub(in crate::book) fn get(&self, uin: Uin) -> Option<&T> {
        Some(at(&self.pages, self.position(uin)?))
    }

    /// For changing: its page is noted as changed.
    pub(in crate::book) fn get_mut(&mut self, uin: Uin) -> Option<&mut T> {
        let position = self.position(uin)? as usize;
        let page = Arc::make_mut(&mut self.pages[position >> PAGE_BITS]);
        self.noted.note((position >> PAGE_BITS) as u64, page);
        Some(&mut page.items[position % PAGE])
    }

    /// Adds one whose number is not there yet. `None` when it is, or when the list is full (2^32).
    pub(in crate::book) fn add(&mut self, one: T) -> Option<()> {
        if self.position(one.uin()).is_some() {
            return None;
        }
        let position = u32::try_from(self.len()).ok()?;
        let uin = one.uin();
        let number = position as usize >> PAGE_BITS;
        if number == self.pages.len() {
            self.pages.push(Arc::default());
        }
        let page = Arc::make_mut(&mut self.pages[number]);
        self.noted.note(number as u64, page);
        page.items.push(one);
        self.index(uin, position);
        Some(())
    }

    fn index(&mut self, uin: Uin, position: u32) {
        let pages = &self.pages;
        self.positions.insert_unique(hash_of(uin), position, |&other| hash_of(at(pages, other).uin()));
    }

    pub(in crate::book) fn len(&self) -> usize {
        match self.pages.split_last() {
            Some((last, full)) => full.len() * PAGE + last.items.len(),
            None => 0,
        }
    }

    /// The first position at which this does not hold, where it holds up to there and not behind.
    pub(in crate::book) fn partition_point(&self, holds: impl Fn(&T) -> bool) -> usize {
        let full = self.pages.partition_point(|page| page.items.last().is_some_and(&holds));
        let within = self.pages.get(full).map_or(0, |page| page.items.partition_point(&holds));
        full * PAGE + within
    }

    /// All of them in the order of their registration. A position in this order never changes.
    pub(in crate::book) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.pages.iter().flat_map(|page| &page.items)
    }

    /// Those from a position on, without a look at those before.
    pub(in crate::book) fn from(&self, position: usize) -> impl Iterator<Item = &T> {
        let pages = self.pages.get(position >> PAGE_BITS..).unwrap_or_default();
        pages.iter().flat_map(|page| &page.items).skip(position % PAGE)
    }
}

impl<T: Registered + Serialize + DeserializeOwned + Send + Sync + 'static> Collection for Register<T> {
    fn whole(&self, kind: u8) -> Box<dyn Part> {
        let pages = (0..).zip(&self.pages).map(|(number, page)| (number, Some(page.clone()))).collect::<Vec<_>>();
        Box::new(Pieces::new(kind, pages))
    }

    fn take_changed(&mut self, kind: u8) -> Box<dyn Part> {
        let taken = self.noted.take();
        let page = |number: u64| usize::try_from(number).ok().and_then(|number| self.pages.get(number)).cloned();
        Box::new(Pieces::new(kind, taken.into_iter().map(|number| (number, page(number))).collect()))
    }

    fn forget_changes(&mut self) {
        self.noted.take();
    }

    fn put(&mut self, pages: &[u8], unseen: &mut dyn FnMut(u64) -> bool) -> Result<(), SnapshotError> {
        let pages: Vec<(u64, Vec<T>)> = super::decode(pages)?;
        for (number, items) in pages {
            if items.is_empty() || items.len() > PAGE {
                return Err(SnapshotError::Malformed("a page has not the length of one".to_owned()));
            }
            if unseen(number) {
                self.read.insert(number, items);
            }
        }
        Ok(())
    }

    fn settle(&mut self) -> Result<(), SnapshotError> {
        let read = std::mem::take(&mut self.read);
        let last = read.len().saturating_sub(1) as u64;
        let mut places = (0..).zip(&read);
        if !places.all(|(place, (number, items))| place == *number && (place == last || items.len() == PAGE)) {
            return Err(SnapshotError::Malformed("a page is missing".to_owned()));
        }
        let page = |items: Vec<T>| Arc::new(Page { items: items.into_iter().collect(), noted: 0 });
        self.pages = read.into_values().map(page).collect();
        let pages = &self.pages;
        self.positions.reserve(self.len(), |&position| hash_of(at(pages, position).uin()));
        for position in 0..self.len() {
            let position = u32::try_from(position).map_err(|_| SnapshotError::Malformed("too many".to_owned()))?;
            let uin = at(&self.pages, position).uin();
            if self.position(uin).is_some() {
                return Err(SnapshotError::Malformed("an account is there twice".to_owned()));
            }
            self.index(uin, position);
        }
        Ok(())
    }
}
