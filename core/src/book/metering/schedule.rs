//! What of the resources falls due by itself, and when. How a customer stands moves all that it runs at once, and a product's
//! terms all of its resources, so neither is written down with each resource: of what an account runs of one product only
//! the first ones are asked, and what they are due is filed under the account. So a review of somebody who runs a million
//! resources costs what one of somebody with a single one does.
//!
//! INVARIANT: of two resources the one with the lower number was activated no later: it has the number of its record's
//! position, and a book's time does not go back.

use super::lanes::Lanes;
use crate::channel::{Product, Resource, ResourceId, ResourceState, Span, Spending, Uin, goes, stops};
use crate::ledger::Moment;
use arrayvec::ArrayVec;
use std::collections::{BTreeMap, BTreeSet};

/// The resources by account, product and state, and what is filed of them.
#[derive(Debug, Clone, Default)]
pub(in crate::book) struct Schedule {
    /// What runs, oldest first.
    active: ByProduct,
    /// What is stopped, oldest first.
    stopped: ByProduct,
    /// What is stopped, the longest stopped first.
    stopped_since: BTreeSet<(Uin, u32, Moment, ResourceId)>,
    /// What is filed for whom.
    filed: BTreeMap<(Uin, u32), Filed>,
    /// When something stops or goes.
    due: Lanes,
    /// Until when what is stopped starts again at once, as moments before the epoch, so that the latest comes first.
    resumes: Lanes,
}

/// What is filed of what an account runs of one product.
pub(super) type Filed = ArrayVec<Entry, 4>;

/// One thing that is filed: what it is, and the moment that it is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    what: What,
    span: Span,
    from: Moment,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    /// Something stops or goes then.
    FallsDue,
    /// What is stopped starts again at once while it is not that late yet.
    Resumes,
}

/// A moment as far before the epoch as it is after it.
const fn mirrored(at: Moment) -> Moment {
    Moment::from_micros(at.micros().saturating_neg())
}

const FIRST: ResourceId = ResourceId(0);
const LAST: ResourceId = ResourceId(u64::MAX);

/// Resources by account and product, oldest first.
type ByProduct = BTreeSet<(Uin, u32, ResourceId)>;

/// Those of an account's of one product.
fn theirs(set: &ByProduct, account: Uin, product: u32) -> impl DoubleEndedIterator<Item = ResourceId> {
    set.range((account, product, FIRST)..=(account, product, LAST)).map(|(_, _, id)| *id)
}

impl Schedule {
    pub(super) fn add(&mut self, resource: &Resource) {
        let (account, product, id) = (resource.account, resource.product, resource.id);
        match resource.state {
            ResourceState::Active => {
                self.active.insert((account, product, id));
            }
            ResourceState::Suspended => {
                self.stopped.insert((account, product, id));
                self.stopped_since.insert((account, product, resource.since, id));
            }
            ResourceState::Terminated | ResourceState::Deleted => {}
        }
    }

    pub(super) fn remove(&mut self, resource: &Resource) {
        let (account, product, id) = (resource.account, resource.product, resource.id);
        self.active.remove(&(account, product, id));
        self.stopped.remove(&(account, product, id));
        self.stopped_since.remove(&(account, product, resource.since, id));
    }

    /// The resources of an account that run or are stopped, by product.
    pub(super) fn of_account(&self, account: Uin) -> impl Iterator<Item = ResourceId> {
        let theirs = (account, 0, FIRST)..=(account, u32::MAX, LAST);
        self.active.range(theirs.clone()).chain(self.stopped.range(theirs)).map(|(_, _, id)| *id)
    }

    /// The products of what an account runs, each once.
    pub(super) fn products_of(&self, account: Uin) -> impl Iterator<Item = u32> {
        let next = move |from: u32| {
            let first = |set: &ByProduct| {
                set.range((account, from, FIRST)..=(account, u32::MAX, LAST)).next().map(|(_, product, _)| *product)
            };
            first(&self.active).into_iter().chain(first(&self.stopped)).min()
        };
        std::iter::successors(next(0), move |product| next(product.checked_add(1)?))
    }

    /// Those of an account's resources of one product that something can fall due for first: of what runs the oldest; of what
    /// is stopped the oldest and the newest, which start again, and the longest stopped, which goes.
    pub(super) fn first_of(&self, account: Uin, product: u32) -> [Option<ResourceId>; 4] {
        let mut stopped = theirs(&self.stopped, account, product);
        let (oldest, newest) = (stopped.next(), stopped.next_back());
        let since = (account, product, Moment::from_micros(i64::MIN), FIRST)
            ..=(account, product, Moment::from_micros(i64::MAX), LAST);
        let active = theirs(&self.active, account, product).next();
        [active, oldest, newest.or(oldest), self.stopped_since.range(since).next().map(|(.., id)| *id)]
    }

    pub(super) fn file(&mut self, account: Uin, number: u32, product: Option<&Product>, entries: Filed) {
        if self.filed.get(&(account, number)).map_or(entries.is_empty(), |kept| *kept == entries) {
            return;
        }
        for Entry { what, span, from } in self.filed.remove(&(account, number)).unwrap_or_default() {
            match what {
                What::FallsDue => self.due.remove((number, span), from, account),
                What::Resumes => self.resumes.remove((number, span), mirrored(from), account),
            }
        }
        let Some(product) = product.filter(|_| !entries.is_empty()) else { return };
        for Entry { what, span, from } in entries.iter().copied() {
            let seconds = span.seconds(product);
            match what {
                What::FallsDue => self.due.add((number, span), seconds, from, account),
                What::Resumes => self.resumes.add((number, span), -seconds, mirrored(from), account),
            }
        }
        self.filed.insert((account, number), entries);
    }

    /// A product's terms have changed: all that is counted on by them moves.
    pub(in crate::book) fn retime(&mut self, number: u32, product: &Product) {
        for span in [Span::Grace, Span::Retention, Span::SpecialRetention] {
            self.due.retime((number, span), span.seconds(product));
            self.resumes.retime((number, span), -span.seconds(product));
        }
    }

    /// What products' resources something is filed of for an account.
    pub(super) fn filed_of(&self, account: Uin) -> impl Iterator<Item = u32> {
        self.filed.range((account, 0)..=(account, u32::MAX)).map(|((_, product), _)| *product)
    }

    /// When something falls due first for anybody's resources, and whose they are. What starts again does at once.
    pub(super) fn first(&self, now: Moment) -> Option<(Moment, Uin)> {
        let resumes = self.resumes.first().filter(|(until, _)| mirrored(*until) > now);
        resumes.map(|(_, account)| (Moment::default(), account)).or_else(|| self.due.first())
    }
}

/// What is filed of what an account runs of one product, by those that something can fall due for first.
pub(super) fn entries(spending: &Spending, [active, _, newest, longest]: [Option<&Resource>; 4]) -> Filed {
    let falls_due = |(span, from)| Entry { what: What::FallsDue, span, from };
    let mut entries: Filed =
        active.into_iter().flat_map(|one| stops(spending, one.activated_at)).map(falls_due).collect();
    let (Some(newest), Some(longest)) = (newest, longest) else { return entries };
    let stops = stops(spending, newest.activated_at);
    // Nothing starts again under two reasons, of which force is one: it has stopped everything by now.
    match stops[..] {
        [] => entries.push(Entry { what: What::Resumes, span: Span::Nothing, from: Moment::from_micros(i64::MAX) }),
        [(span, from)] => entries.push(Entry { what: What::Resumes, span, from }),
        [_, ..] => {}
    }
    if !stops.is_empty() {
        entries.push(falls_due(goes(spending, longest.since)));
    }
    entries
}
