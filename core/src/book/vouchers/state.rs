//! The part of the book about vouchers: those that still pay something.

use crate::book::Book;
use crate::book::map::Map;
use crate::book::pages::{PageKey, Pages};
use crate::channel::{Uin, Voucher, VoucherId, VoucherKind, VoucherStatus};
use crate::ledger::Moment;
use std::collections::BTreeSet;

/// Vouchers that still pay something.
#[derive(Debug, Clone, Default)]
pub(in crate::book) struct State {
    pub(in crate::book) all: Pages<VoucherId, Voucher>,
    pub(in crate::book) by_owner: Map<Uin, BTreeSet<VoucherId>>,
    /// Type I by owner, and type II by owner and customer: what may pay for one customer is found without the others.
    pub(in crate::book) general: Map<Uin, BTreeSet<VoucherId>>,
    pub(in crate::book) trial: Map<(Uin, Uin), BTreeSet<VoucherId>>,
    pub(in crate::book) expiries: BTreeSet<(Moment, VoucherId)>,
}

impl Book {
    /// A voucher that has something left, or of which an open order has a part set aside.
    pub fn voucher(&self, id: VoucherId) -> Option<&Voucher> {
        self.vouchers.all.get(&id)
    }

    /// An owner's vouchers that are in the book, oldest first.
    pub fn vouchers_of(&self, owner: Uin) -> impl Iterator<Item = &Voucher> {
        self.vouchers.by_owner.get(&owner).into_iter().flatten().filter_map(|id| self.vouchers.all.get(id))
    }

    /// The vouchers of a partner that may pay for this customer's charges: type I, and its type II.
    pub(in crate::book) fn partner_vouchers_for(&self, partner: Uin, customer: Uin) -> impl Iterator<Item = &Voucher> {
        let general = self.vouchers.general.get(&partner).into_iter().flatten();
        let trial = self.vouchers.trial.get(&(partner, customer)).into_iter().flatten();
        general.chain(trial).filter_map(|id| self.vouchers.all.get(id))
    }

    /// What is left on a customer's usable vouchers (R20), in units of 10^-8; wide, since it is a sum of many.
    pub fn voucher_balance(&self, owner: Uin, now: Moment) -> i128 {
        let usable = self.vouchers_of(owner).filter(|it| it.status.usable_until(it.expires_at, now));
        usable.map(|voucher| i128::from(voucher.remaining.units())).sum()
    }

    pub(in crate::book) fn index_voucher(&mut self, voucher: Voucher) {
        self.vouchers.find(&voucher);
        self.vouchers.all.insert(voucher.id, voucher);
    }

    /// Makes every voucher findable by whose it is, for whom, and when it expires.
    pub(in crate::book) fn index_vouchers(&mut self) {
        let all = std::mem::take(&mut self.vouchers.all);
        all.values().for_each(|voucher| self.vouchers.find(voucher));
        self.vouchers.all = all;
    }
}

impl State {
    /// Makes it findable by whose it is, for whom, and when it expires.
    fn find(&mut self, voucher: &Voucher) {
        // One that was taken back stays only for what an open order has set aside of it.
        if voucher.status == VoucherStatus::Issued {
            self.expiries.insert((voucher.expires_at, voucher.id));
        }
        self.by_owner.entry(voucher.owner).or_default().insert(voucher.id);
        match voucher.kind {
            VoucherKind::PartnerAll => {
                self.general.entry(voucher.owner).or_default().insert(voucher.id);
            }
            VoucherKind::PartnerCustomer(customer) => {
                self.trial.entry((voucher.owner, customer)).or_default().insert(voucher.id);
            }
            VoucherKind::Customer { .. } => {}
        }
    }
}

impl PageKey for VoucherId {
    fn number(&self) -> u64 {
        self.0
    }
}
