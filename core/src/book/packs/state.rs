//! The part of the book about packs. Those that are used up or over stay, since their owner is shown what became of them.

use crate::book::Book;
use crate::book::pages::{PageKey, Pages};
use crate::channel::{Pack, PackId, Uin, looked_at};
use crate::ledger::Moment;
use crate::money::Factor;
use std::collections::BTreeSet;
use std::ops::Bound;

/// Packs.
#[derive(Debug, Clone, Default)]
pub(in crate::book) struct State {
    pub(in crate::book) all: Pages<PackId, Pack>,
    /// Whose they are, oldest first.
    of: BTreeSet<(Uin, PackId)>,
    /// Those with units left, by whose usage of which product they cover and until when.
    drawable: BTreeSet<(Uin, u32, Moment, PackId)>,
}

impl State {
    pub(super) fn add(&mut self, pack: Pack) {
        self.index(&pack);
        self.all.insert(pack.id, pack);
    }

    /// Leaves a pack with so many units; `None` where there is no such pack.
    pub(super) fn leave(&mut self, id: PackId, remaining: Factor) -> Option<()> {
        let pack = self.all.get_mut(&id)?;
        pack.remaining = remaining;
        if !remaining.is_positive() {
            self.drawable.remove(&(pack.account, pack.product, pack.expires_at, id));
        }
        Some(())
    }

    pub(super) fn drawable_len(&self) -> usize {
        self.drawable.len()
    }

    fn index(&mut self, pack: &Pack) {
        self.of.insert((pack.account, pack.id));
        if pack.remaining.is_positive() {
            self.drawable.insert((pack.account, pack.product, pack.expires_at, pack.id));
        }
    }

    /// Makes all of them findable.
    pub(in crate::book) fn index_all(&mut self) {
        let all = std::mem::take(&mut self.all);
        all.values().for_each(|pack| self.index(pack));
        self.all = all;
    }
}

impl Book {
    /// An account's packs, oldest first, also those that are used up or over.
    pub fn packs_of(&self, account: Uin) -> impl Iterator<Item = &Pack> {
        self.packs_of_after(account, PackId(0))
    }

    /// Those of them after this one; it need not be there.
    pub fn packs_of_after(&self, account: Uin, id: PackId) -> impl Iterator<Item = &Pack> {
        let theirs = (Bound::Excluded((account, id)), Bound::Included((account, PackId(u64::MAX))));
        self.packs.of.range(theirs).filter_map(|(_, id)| self.packs.all.get(id))
    }

    /// Everybody's packs after this one, oldest first; it need not be there.
    pub fn packs_after(&self, id: PackId) -> impl Iterator<Item = &Pack> {
        self.packs.all.after(&id).map(|(_, pack)| pack)
    }

    /// The packs that cover an account's usage of a product now, the earliest expiry first, of several the oldest. What is over
    /// lies before them and is not looked at.
    pub(super) fn packs_that_cover(&self, account: Uin, product: u32, now: Moment) -> impl Iterator<Item = &Pack> {
        let over = (account, product, now, PackId(u64::MAX));
        let last = (account, product, Moment::from_micros(i64::MAX), PackId(u64::MAX));
        let theirs = self.packs.drawable.range((Bound::Excluded(over), Bound::Included(last)));
        theirs.inspect(|_| looked_at()).filter_map(|(.., id)| self.packs.all.get(id))
    }
}

impl PageKey for PackId {
    fn number(&self) -> u64 {
        self.0
    }
}
