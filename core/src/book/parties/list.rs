//! Accounts lie in one list in the order of their opening, found by number through a table of positions: a million
//! customers cost little more than their figures.

use crate::channel::{Account, Uin};
use foldhash::fast::FixedState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

/// Accounts in the order of their opening, and where each number lies.
#[derive(Debug, Clone, Default)]
pub(in crate::book) struct Accounts {
    list: Vec<Account>,
    positions: HashTable<u32>,
}

fn hash_of(uin: Uin) -> u64 {
    FixedState::with_seed(0).hash_one(uin)
}

impl Accounts {
    pub(in crate::book) fn get(&self, uin: Uin) -> Option<&Account> {
        let found = self.positions.find(hash_of(uin), |&at| self.list[at as usize].uin == uin)?;
        self.list.get(*found as usize)
    }

    pub(in crate::book) fn get_mut(&mut self, uin: Uin) -> Option<&mut Account> {
        let found = self.positions.find(hash_of(uin), |&at| self.list[at as usize].uin == uin)?;
        self.list.get_mut(*found as usize)
    }

    /// Adds an account whose number is not there yet. `None` when it is, or when the list is full (2^32).
    pub(in crate::book) fn add(&mut self, account: Account) -> Option<()> {
        if self.get(account.uin).is_some() {
            return None;
        }
        let at = u32::try_from(self.list.len()).ok()?;
        let list = &self.list;
        self.positions.insert_unique(hash_of(account.uin), at, |&at| hash_of(list[at as usize].uin));
        self.list.push(account);
        Some(())
    }

    pub(in crate::book) fn reserve(&mut self, more: usize) {
        let list = &self.list;
        self.positions.reserve(more, |&at| hash_of(list[at as usize].uin));
        self.list.reserve_exact(more);
    }

    pub(in crate::book) fn list(&self) -> &[Account] {
        &self.list
    }
}
