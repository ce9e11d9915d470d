//! Which vouchers pay for a charge, found without looking at the others: by whose they are and which charges they fit, in the
//! order in which they pay (R112-R114). Those whose time has not begun lie apart until it has. Made from the vouchers, and
//! stored nowhere.

use crate::book::map::Map;
use crate::book::pages::Pages;
use crate::channel::{
    Uin, Voucher, VoucherCase, VoucherId, VoucherKind, VoucherMode, VoucherProducts, VoucherStatus, VoucherUse,
    looked_at,
};
use crate::ledger::Moment;
use crate::money::{Amount, Overflow};
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

/// As many vouchers whose time has begun are moved with each record, which takes some two milliseconds. More of them wait a
/// little longer, and are found where they lie meanwhile.
const BEGIN_AT_ONCE: usize = 4_096;

/// Whose charges a voucher pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::book) enum Pays {
    /// The customer's own, where this partner issued it (type III).
    Own {
        /// Who has it.
        customer: Uin,
        /// Who bears it.
        issuer: Uin,
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

/// The vouchers of one class.
#[derive(Debug, Clone, Default)]
struct Pile {
    /// Those whose time has begun.
    begun: BTreeSet<Place>,
    /// Those whose time has not, by when it does.
    waiting: BTreeSet<(Moment, Place)>,
}

/// All vouchers that can pay something.
#[derive(Debug, Clone, Default)]
pub(in crate::book) struct Drawable {
    piles: Map<Pays, BTreeMap<Class, Pile>>,
    /// Of all that wait, when their time begins.
    begins: BTreeSet<(Moment, VoucherId)>,
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
    /// A voucher is there, as of a moment before which nothing is charged any more.
    pub(super) fn add(&mut self, voucher: &Voucher, now: Moment) {
        if !can_pay(voucher) {
            return;
        }
        let (place, begins) = (place_of(voucher), voucher.effective_at);
        let piles = self.piles.entry(Pays::of(voucher)).or_default();
        for class in classes(voucher) {
            let pile = piles.entry(class).or_default();
            if begins <= now {
                pile.begun.insert(place)
            } else {
                pile.waiting.insert((begins, place))
            };
        }
        if begins > now {
            self.begins.insert((begins, voucher.id));
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
            pile.begun.remove(&place);
            pile.waiting.remove(&(voucher.effective_at, place));
            if pile.begun.is_empty() && pile.waiting.is_empty() {
                piles.remove(&class);
            }
        }
        if piles.is_empty() {
            self.piles.remove(&pays);
        }
        self.begins.remove(&(voucher.effective_at, voucher.id));
    }

    /// Time has come this far: what has begun by now no longer waits, a part of it with each record.
    pub(in crate::book) fn pass(&mut self, all: &Pages<VoucherId, Voucher>, now: Moment) {
        for _ in 0..BEGIN_AT_ONCE {
            let Some(&(at, id)) = self.begins.first().filter(|(at, _)| *at <= now) else { return };
            self.begins.remove(&(at, id));
            if let Some(voucher) = all.get(&id) {
                self.remove(voucher);
                self.add(voucher, now);
            }
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
            queues.extend(fitting(piles, case).flat_map(|pile| pile.queues(case.now)));
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
    places: Cow<'a, BTreeSet<Place>>,
    first: Place,
}

impl<'a> Queue<'a> {
    /// Those whose time is not over.
    fn at(now: Moment, places: Cow<'a, BTreeSet<Place>>) -> Option<Queue<'a>> {
        // What can pay has something left, so this is behind all that end now.
        let over = Place { expires_at: now, left: Reverse(Amount::ZERO), id: VoucherId(u64::MAX) };
        let first = behind(&places, over)?;
        Some(Queue { places, first })
    }

    /// The same behind its first.
    fn next(self) -> Option<Queue<'a>> {
        let first = behind(&self.places, self.first)?;
        Some(Queue { first, ..self })
    }

    /// Of those that end with its first and have at least so much left the one with the least, of several the oldest.
    fn smallest(&self, due: Amount) -> Option<Place> {
        let Place { expires_at, left: Reverse(most), .. } = self.first;
        if most < due {
            return None;
        }
        let upto = Place { expires_at, left: Reverse(due), id: VoucherId(u64::MAX) };
        let least = self.places.range(self.first..=upto).next_back()?;
        let oldest = Place { id: VoucherId(0), ..*least };
        self.places.range(oldest.max(self.first)..).next().copied()
    }
}

fn behind(places: &BTreeSet<Place>, place: Place) -> Option<Place> {
    places.range((Bound::Excluded(place), Bound::Unbounded)).next().copied()
}

impl Pile {
    /// What can pay now: of what has begun, and of what begins with this very moment or has not been moved over yet.
    fn queues(&self, now: Moment) -> impl Iterator<Item = Queue<'_>> {
        let late = self.waiting.iter().take_while(|(begins, _)| *begins <= now).inspect(|_| looked_at());
        let late: BTreeSet<Place> = late.map(|(_, place)| *place).collect();
        [Cow::Borrowed(&self.begun), Cow::Owned(late)].into_iter().filter_map(move |places| Queue::at(now, places))
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
