//! Who is told what, once a level, recipient, customer and day (R96-R102), and what arrears and force do to an account's
//! resources (R103-R109).

use super::facts::{Bound, Buyer, DueNotice, Product, Resource, Spending, Suspension};
use super::{Auditor, Judged, Refusal, refuse};
use credere_core::access::Actor;
use credere_core::book::standing;
use credere_core::channel::{AllowlistItem, NoticeKind, ResourceName, Settlement, Uin};
use credere_core::ledger::Moment;

const PRESETS: [(u8, NoticeKind); 3] =
    [(25, NoticeKind::CreditBelow25), (10, NoticeKind::CreditBelow10), (0, NoticeKind::CreditBelow0)];

/// What falls due for a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Due {
    Start,
    Stop,
    Delete,
}

impl Auditor {
    /// A customer that has its credit from its partner, which whom an agent refers has not (R4).
    fn lent_to(&self, customer: Uin) -> Result<&Bound, Refusal> {
        let bound = self.bound(customer)?;
        if self.lends(bound.partner) { Ok(bound) } else { refuse("wrong_partner_kind") }
    }

    pub(super) fn change_customer(&mut self, asked: &standing::ChangeCustomer) -> Judged {
        let standing::ChangeCustomer { customer, non_stop, special_suspension, partner_warning, own_warning } = asked;
        let bound = self.lent_to(*customer)?;
        let turns_on = *special_suspension == Some(true) && !bound.spending.special;
        if turns_on && !self.is_granted(bound.partner, AllowlistItem::SpecialSuspension) {
            return refuse("not_allowlisted");
        }
        if [partner_warning, own_warning].into_iter().flatten().flatten().any(|level| *level > 100) {
            return refuse("level_out_of_range");
        }
        if let Some(bound) = self.accounts.get_mut(customer).and_then(|account| account.bound.as_mut()) {
            let spending = &mut bound.spending;
            spending.non_stop.0 = non_stop.prepaid.unwrap_or(spending.non_stop.0);
            spending.non_stop.1 = non_stop.postpaid.unwrap_or(spending.non_stop.1);
            spending.special = special_suspension.unwrap_or(spending.special);
            bound.partner_level = partner_warning.unwrap_or(bound.partner_level);
            bound.own_level = own_warning.unwrap_or(bound.own_level);
        }
        self.note_change(*customer);
        Ok(())
    }

    pub(super) fn force(&mut self, actor: Actor, customer: Uin, forced: bool) -> Judged {
        self.lent_to(customer)?;
        if let Actor::Account { uin: partner, .. } = actor
            && !self.is_granted(partner, AllowlistItem::ForceSuspension)
        {
            return refuse("not_allowlisted");
        }
        let now = self.now;
        if let Some(bound) = self.accounts.get_mut(&customer).and_then(|account| account.bound.as_mut()) {
            let since = &mut bound.spending.forced_since;
            *since = forced.then(|| since.unwrap_or(now));
        }
        self.note_change(customer);
        Ok(())
    }

    fn is_granted(&self, partner: Uin, item: AllowlistItem) -> bool {
        self.partners.get(&partner).is_some_and(|partner| partner.allowlist.contains(&item))
    }

    pub(super) fn subscribe(&mut self, uin: Uin, subscribed: bool) -> Judged {
        let Some(account) = self.accounts.get_mut(&uin) else { return refuse("account_not_found") };
        account.subscribed = subscribed;
        Ok(())
    }

    /// Notes that an account's credit or money, or how it stands, has changed.
    pub(super) fn note_change(&mut self, account: Uin) {
        self.touched.insert(account);
        self.changed.push(account);
    }

    /// Notes that something was bought or used, held or let go: the account's, and whose money or credit it was.
    pub(super) fn note_purchase(&mut self, buyer: &Buyer) {
        self.note_change(buyer.account);
        if buyer.is_paid_for() {
            self.note_change(buyer.payer);
        }
    }

    /// What follows at once from the changes that were noted: notices, then resources, each after the other, since a
    /// deleted one releases its freeze; then those that the account pays for, which stand as it does (O89).
    pub(super) fn follow(&mut self) {
        for account in std::mem::take(&mut self.changed) {
            self.follow_one(account);
        }
    }

    fn follow_one(&mut self, account: Uin) {
        loop {
            self.review(account);
            if let Some((_, name, due)) = self.next_due_of(account).filter(|(at, ..)| *at <= self.now) {
                self.take(&name, due);
            } else if let Some(member) = self.member_to_review(account) {
                self.follow_one(member);
            } else {
                break;
            }
        }
    }

    /// A review that is asked for: it must come to something.
    pub(super) fn review_now(&mut self, customer: Uin) -> Judged {
        self.known(customer)?;
        let Some(before) = self.spending_of(customer).cloned() else { return refuse("customer_not_found") };
        let told = self.due_notices.len();
        self.review(customer);
        if self.spending_of(customer) == Some(&before) && self.due_notices.len() == told {
            return refuse("nothing_due");
        }
        self.note_change(customer);
        Ok(())
    }

    /// A resource that is to be started, stopped or deleted: just that must be due.
    pub(super) fn take_now(&mut self, id: u64, wanted: Due) -> Judged {
        let found = self.resources.iter().find(|(_, resource)| resource.id == id);
        let Some((name, resource)) = found else { return refuse("resource_not_found") };
        let (name, account) = (name.clone(), resource.account);
        let product = &self.products[resource.product as usize];
        match self.stands(account).and_then(|stands| due(resource, product, &stands.spending, self.now)) {
            Some((at, due)) if due == wanted && at <= self.now => {
                self.take(&name, due);
                self.note_change(account);
                self.note_payer(account);
                Ok(())
            }
            Some(_) | None => refuse("nothing_due"),
        }
    }

    /// Tells an account's recipients whatever they are due and were not told today. Who pays for itself is told alone, and
    /// only of its suspension.
    pub(super) fn review(&mut self, customer: Uin) {
        let Some(stands) = self.stands(customer) else { return };
        let (now, overdue, suspension) = (self.now, stands.overdue(), stands.suspension());
        let Some(account) = self.accounts.get_mut(&customer) else { return };
        let spending = account.spending_mut();
        let turn = match suspension {
            now if now == spending.notified => None,
            Suspension::None => Some(NoticeKind::Resumed),
            Suspension::Arrears | Suspension::Force => Some(NoticeKind::Suspended),
        };
        spending.notified = suspension;
        spending.overdue_since = overdue.then(|| spending.overdue_since.unwrap_or(now));
        self.touched.insert(customer);
        let lent = account.lent().cloned();
        let managing = lent.as_ref().map(|bound| bound.partner);
        // Suspension is told to everybody, subscribed or not (R102b).
        for recipient in managing.into_iter().chain([customer]) {
            let told = |kind| DueNotice { recipient, customer, kind, level: None };
            self.due_notices.extend(turn.map(told));
        }
        if let Some(bound) = lent {
            self.warn(customer, &bound);
        }
    }

    /// Warns a customer's recipients at the levels that its credit is below, each once a day.
    fn warn(&mut self, customer: Uin, bound: &Bound) {
        for (recipient, level) in [(bound.partner, bound.partner_level), (customer, bound.own_level)] {
            let subscribed = self.accounts.get(&recipient).is_some_and(|account| account.subscribed);
            let presets = PRESETS.into_iter().filter(|_| subscribed);
            // An own level that equals a preset one is told once (R102).
            let own = level.filter(|level| !(subscribed && PRESETS.iter().any(|(preset, _)| preset == level)));
            for (level, kind) in presets.chain(own.map(|level| (level, NoticeKind::CreditBelowCustom))) {
                if bound.is_below(level) && self.slots.insert((recipient, customer, level)) {
                    self.due_notices.push(DueNotice { recipient, customer, kind, level: Some(level) });
                }
            }
        }
    }

    /// The first thing that falls due for an account's resources by itself.
    fn next_due_of(&self, account: Uin) -> Option<(Moment, ResourceName, Due)> {
        let spending = &self.stands(account)?.spending;
        let theirs = self.resources.iter().filter(|(_, resource)| resource.account == account);
        let due = theirs.filter_map(|(name, resource)| {
            let (at, due) = due(resource, &self.products[resource.product as usize], spending, self.now)?;
            Some((at, resource.id, due, name))
        });
        due.min().map(|(at, _, due, name)| (at, name.clone(), due))
    }

    /// The first thing that falls due for any resource by itself; of several at one moment, the lower account's.
    pub(super) fn first_due(&self) -> Option<(Moment, Uin, ResourceName, Due)> {
        let due = self.resources.iter().filter_map(|(name, resource)| {
            let spending = &self.stands(resource.account)?.spending;
            let (at, due) = due(resource, &self.products[resource.product as usize], spending, self.now)?;
            Some((at, resource.account, resource.id, due, name))
        });
        due.min().map(|(at, account, _, due, name)| (at, account, name.clone(), due))
    }

    pub(super) fn take(&mut self, name: &ResourceName, due: Due) {
        if due == Due::Delete {
            self.end_resource(name, "deleted");
            return;
        }
        let now = self.now;
        self.touched_resources.insert(name.clone());
        if let Some(resource) = self.resources.get_mut(name) {
            (resource.stopped, resource.since) = (due == Due::Stop, now);
        }
    }
}

/// From when on a resource must stand still: at once by force or under the special rule, else after its product's grace;
/// arrears do not stop what has the non-stop privilege (R105-R109).
fn stops_at(resource: &Resource, product: &Product, spending: &Spending) -> Option<Moment> {
    let usual = if product.settlement == Settlement::Hourly { 2 } else { 24 };
    let hours = if spending.special { 0 } else { product.grace_hours.unwrap_or(usual) };
    let grace = i64::from(hours) * 3_600;
    let arrears = spending.overdue_since.filter(|_| !spending.non_stop.1);
    let arrears = arrears.map(|since| since.max(resource.activated_at).plus_seconds(grace));
    [spending.forced_since, arrears].into_iter().flatten().min()
}

/// What is next for a resource, and when. One that is stopped starts again as soon as nothing stops it, and is deleted
/// when it was stopped for as long as its data is kept, which the special rule limits to 15 days (R73, R104, R107). One
/// reason after the other keeps it stopped without a break.
fn due(resource: &Resource, product: &Product, spending: &Spending, now: Moment) -> Option<(Moment, Due)> {
    let stops_at = stops_at(resource, product, spending);
    if !resource.stopped {
        return stops_at.map(|at| (at, Due::Stop));
    }
    if stops_at.is_none_or(|at| at > now) {
        return Some((Moment::default(), Due::Start));
    }
    let days = if spending.special { product.retention_days.min(15) } else { product.retention_days };
    Some((resource.since.plus_seconds(i64::from(days) * 86_400), Due::Delete))
}
