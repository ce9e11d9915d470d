//! The part of the book about vouchers: those that still pay something.

use super::drawable::Drawable;
use crate::book::Book;
use crate::book::map::Map;
use crate::book::pages::{PageKey, Pages};
use crate::channel::{Uin, Voucher, VoucherId, VoucherStatus, looked_at};
use crate::ledger::Moment;
use std::collections::{BTreeMap, BTreeSet};

/// Vouchers that still pay something.
#[derive(Debug, Clone, Default)]
pub(in crate::book) struct State {
    pub(in crate::book) all: Pages<VoucherId, Voucher>,
    by_owner: Map<Uin, Owned>,
    /// Those that can pay something, by what they pay.
    pub(in crate::book) drawable: Drawable,
    pub(in crate::book) expiries: BTreeSet<(Moment, VoucherId)>,
}

/// The vouchers of one owner.
#[derive(Debug, Clone, Default)]
struct Owned {
    ids: BTreeSet<VoucherId>,
    /// What is left on those that are issued, in units of 10^-8; wide, since it is a sum of many.
    left: i128,
    /// The same by when it expires.
    left_until: BTreeMap<Moment, i128>,
}

impl Owned {
    fn count(&mut self, voucher: &Voucher, sign: i128) {
        if voucher.status != VoucherStatus::Issued {
            return;
        }
        let left = sign * i128::from(voucher.remaining.units());
        self.left += left;
        let until = self.left_until.entry(voucher.expires_at).or_default();
        *until += left;
        if *until == 0 {
            self.left_until.remove(&voucher.expires_at);
        }
    }
}

impl State {
    /// Adds a voucher, or puts it in the place of what it was before.
    pub(in crate::book) fn put(&mut self, voucher: Voucher) {
        self.take(voucher.id);
        self.index(&voucher);
        self.all.insert(voucher.id, voucher);
    }

    /// Makes it findable by whose it is, when it expires, and what it pays.
    fn index(&mut self, voucher: &Voucher) {
        // One that was taken back stays only for what an open order has set aside of it.
        if voucher.status == VoucherStatus::Issued {
            self.expiries.insert((voucher.expires_at, voucher.id));
        }
        let owned = self.by_owner.entry(voucher.owner).or_default();
        owned.ids.insert(voucher.id);
        owned.count(voucher, 1);
        self.drawable.add(voucher);
    }

    /// Makes all of them findable.
    pub(in crate::book) fn index_all(&mut self) {
        let all = std::mem::take(&mut self.all);
        all.values().for_each(|voucher| self.index(voucher));
        self.all = all;
    }

    /// Takes a voucher out, and answers what it was.
    pub(in crate::book) fn take(&mut self, id: VoucherId) -> Option<Voucher> {
        let voucher = self.all.remove(&id)?;
        self.expiries.remove(&(voucher.expires_at, id));
        self.drawable.remove(&voucher);
        if let Some(owned) = self.by_owner.get_mut(&voucher.owner) {
            owned.count(&voucher, -1);
            owned.ids.remove(&id);
            if owned.ids.is_empty() {
                self.by_owner.remove(&voucher.owner);
            }
        }
        Some(voucher)
    }
}

impl Book {
    /// A voucher that has something left, or of which an open order has a part set aside.
    pub fn voucher(&self, id: VoucherId) -> Option<&Voucher> {
        self.vouchers.all.get(&id)
    }

    /// An owner's vouchers that are in the book, oldest first.
    pub fn vouchers_of(&self, owner: Uin) -> impl Iterator<Item = &Voucher> {
        let ids = self.vouchers.by_owner.get(&owner).into_iter().flat_map(|owned| &owned.ids);
        ids.inspect(|_| looked_at()).filter_map(|id| self.vouchers.all.get(id))
    }

    /// What is left on a customer's usable vouchers (R20), in units of 10^-8; wide, since it is a sum of many.
    pub fn voucher_balance(&self, owner: Uin, now: Moment) -> i128 {
        let Some(owned) = self.vouchers.by_owner.get(&owner) else { return 0 };
        // What is over leaves the book when that is due, so there are few of these.
        let over = owned.left_until.range(..=now).inspect(|_| looked_at());
        owned.left - over.map(|(_, left)| left).sum::<i128>()
    }
}

impl PageKey for VoucherId {
    fn number(&self) -> u64 {
        self.0
    }
}
