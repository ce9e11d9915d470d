//! Which vouchers pay for a charge, found without looking at the others: by whose they are and which charges they fit, in the
//! order in which they pay (R112-R114). Made from the vouchers, and stored nowhere.

use crate::book::in_force::InForce;
use crate::book::map::Map;
use crate::channel::{
    Uin, Voucher, VoucherCase, VoucherId, VoucherKind, VoucherMode, VoucherProducts, VoucherStatus, VoucherUse,
    looked_at,
};
use crate::ledger::Moment;
use crate::money::{Amount, Overflow};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Bound;

/// Whose charges a voucher pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::book) enum Pays {
    /// The customer's own, where this partner issued it (type III).
    Own {
        /// Who has it.
        customer: Uin,
        /// Who bears it; `None` is the platform.
        issuer: Option<Uin>,
    },
    /// The partner's side, whoever its customer is (type I).
    General(Uin),
    /// The partner's side of this customer's (type II).
    Trial {
        /// Who has it.
        partner: Uin,
        /// Whose charges it is for.
        customer: Uin,
    },
}

impl Pays {
    fn of(voucher: &Voucher) -> Pays {
        match voucher.kind {
            VoucherKind::PartnerAll => Pays::General(voucher.owner),
            VoucherKind::PartnerCustomer(customer) => Pays::Trial { partner: voucher.owner, customer },
            VoucherKind::Customer { issuer } => Pays::Own { customer: voucher.owner, issuer },
        }
    }
}

/// Which charges the vouchers of a class fit (R114).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Class {
    mode: VoucherMode,
    products: Products,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Products {
    All,
    /// This one; a voucher for several is in the class of each.
    One(u32),
    Except(Vec<u32>),
}

/// Where a voucher stands among those of its class: the earliest expiry first, then whichever has more left, then the older.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    expires_at: Moment,
    left: Reverse<Amount>,
    id: VoucherId,
}

/// The vouchers of one class, each from when it counts until it ends.
type Pile = InForce<Place>;

/// All vouchers that can pay something.
#[derive(Debug, Clone, Default)]
pub(in crate::book) struct Drawable {
    piles: Map<Pays, BTreeMap<Class, Pile>>,
}

fn place_of(voucher: &Voucher) -> Place {
    Place { expires_at: voucher.expires_at, left: Reverse(voucher.remaining), id: voucher.id }
}

fn classes(voucher: &Voucher) -> impl Iterator<Item = Class> {
    let mode = voucher.mode;
    let (all, listed): (Option<Products>, &[u32]) = match &voucher.products {
        VoucherProducts::All => (Some(Products::All), &[]),
        VoucherProducts::Only(listed) => (None, listed),
        VoucherProducts::Except(listed) => (Some(Products::Except(listed.clone())), &[]),
    };
    let products = all.into_iter().chain(listed.iter().map(|product| Products::One(*product)));
    products.map(move |products| Class { mode, products })
}

fn can_pay(voucher: &Voucher) -> bool {
    voucher.status == VoucherStatus::Issued && voucher.remaining.is_positive()
}

impl Drawable {
    /// A voucher is there.
    pub(super) fn add(&mut self, voucher: &Voucher) {
        if !can_pay(voucher) {
            return;
        }
        let piles = self.piles.entry(Pays::of(voucher)).or_default();
        for class in classes(voucher) {
            piles.entry(class).or_default().insert(place_of(voucher), voucher.effective_at..voucher.expires_at);
        }
    }

    /// It is not any more, or no longer like this.
    pub(super) fn remove(&mut self, voucher: &Voucher) {
        if !can_pay(voucher) {
            return;
        }
        let (place, pays) = (place_of(voucher), Pays::of(voucher));
        let Some(piles) = self.piles.get_mut(&pays) else { return };
        for class in classes(voucher) {
            let Some(pile) = piles.get_mut(&class) else { continue };
            pile.remove(&place);
            if pile.is_empty() {
                piles.remove(&class);
            }
        }
        if piles.is_empty() {
            self.piles.remove(&pays);
        }
    }

    /// Which vouchers pay how much of `due`, of those that pay for these: the earliest expiry first, then whichever pays
    /// more, then the smaller balance, then the older (R113). Each comes from where it pays and at most once.
    ///
    /// # Errors
    /// [`Overflow`] cannot happen: no voucher pays more than is due.
    pub(in crate::book) fn draw(
        &self,
        whose: impl IntoIterator<Item = Pays>,
        case: &VoucherCase,
        due: Amount,
    ) -> Result<Vec<VoucherUse>, Overflow> {
        if !due.is_positive() {
            return Ok(Vec::new());
        }
        let mut queues: Vec<Queue<'_>> = Vec::new();
        for piles in whose.into_iter().filter_map(|pays| self.piles.get(&pays)) {
            queues.extend(fitting(piles, case).filter_map(|pile| Queue::of(pile, case.now)));
        }
        take(queues, due)
    }
}

/// The piles whose vouchers fit a charge.
fn fitting<'a>(piles: &'a BTreeMap<Class, Pile>, case: &VoucherCase) -> impl Iterator<Item = &'a Pile> {
    let (product, wanted) = (case.product, case.mode);
    let modes = [VoucherMode::All, VoucherMode::Prepaid, VoucherMode::Postpaid];
    let modes = modes.into_iter().filter(move |mode| mode.fits(wanted));
    modes.flat_map(move |mode| {
        let exact = [Products::All, Products::One(product)].map(|products| piles.get(&Class { mode, products }));
        let first = Class { mode, products: Products::Except(Vec::new()) };
        let excepting = piles.range(first..).take_while(move |(class, _)| class.mode == mode);
        let excepting = excepting.inspect(|_| looked_at()).filter(move |(class, _)| match &class.products {
            Products::Except(listed) => listed.binary_search(&product).is_err(),
            Products::All | Products::One(_) => false,
        });
        exact.into_iter().flatten().chain(excepting.map(|(_, pile)| pile))
    })
}

/// Vouchers of one class in the order of their places, and the first of them that has not paid yet.
struct Queue<'a> {
    pile: &'a Pile,
    now: Moment,
    first: Place,
}

impl<'a> Queue<'a> {
    /// Those that can pay now.
    fn of(pile: &'a Pile, now: Moment) -> Option<Queue<'a>> {
        let first = pile.first((Bound::Unbounded, Bound::Unbounded), now)?;
        Some(Queue { pile, now, first })
    }

    /// The same behind its first.
    fn next(self) -> Option<Queue<'a>> {
        let first = self.pile.first((Bound::Excluded(self.first), Bound::Unbounded), self.now)?;
        Some(Queue { first, ..self })
    }

    /// Of those that end with its first and have at least so much left the one with the least, of several the oldest.
    fn smallest(&self, due: Amount) -> Option<Place> {
        let Place { expires_at, left: Reverse(most), .. } = self.first;
        if most < due {
            return None;
        }
        let upto = Place { expires_at, left: Reverse(due), id: VoucherId(u64::MAX) };
        let least = self.pile.last((Bound::Included(self.first), Bound::Included(upto)), self.now)?;
        let oldest = Place { id: VoucherId(0), ..least };
        self.pile.first((Bound::Included(oldest.max(self.first)), Bound::Unbounded), self.now)
    }
}

/// Takes from the queues what is due.
fn take(queues: Vec<Queue<'_>>, mut due: Amount) -> Result<Vec<VoucherUse>, Overflow> {
    let mut queues: BTreeMap<Place, Queue<'_>> = queues.into_iter().map(|queue| (queue.first, queue)).collect();
    let mut uses = Vec::new();
    while due.is_positive() {
        let Some((Place { expires_at, left: Reverse(left), id }, first)) = queues.pop_first() else { break };
        looked_at();
        if left >= due {
            // Each of these pays all that is due, so the smallest balance goes.
            let same = queues.values().take_while(|queue| queue.first.expires_at == expires_at);
            let pays = same.chain([&first]).filter_map(|queue| queue.smallest(due));
            let pays = pays.min_by_key(|place| (place.left.0, place.id));
            uses.extend(pays.map(|place| VoucherUse { voucher: place.id, amount: due }));
            break;
        }
        uses.push(VoucherUse { voucher: id, amount: left });
        due = due.minus(left)?;
        queues.extend(first.next().map(|queue| (queue.first, queue)));
    }
    Ok(uses)
}

#[cfg(test)]
mod tests;
