//! What is frozen moves when somebody begins or ceases to pay (O78, O79).

use super::event::{Begun, Ended, LinesAfter};
use crate::book::buyer::Buyer;
use crate::book::fit::Fit;
use crate::book::metering::freeze_of;
use crate::book::{Book, Context, Rejection};
use crate::channel::{Frozen, Lines, Paying, Resource, Uin};
use crate::ledger::{Funds, Line, Moment, Movement};
use crate::money::Overflow;
use crate::organization::{EndedBy, OrganizationId, PayerInterval, Permissions, StartedBy};
use std::collections::BTreeMap;

/// Lines that are moved one after the other, as they stand so far.
#[derive(Default)]
pub(in crate::book) struct Handover {
    /// By whose they are, and whether it is credit: who was bound to a partner has money of its own besides.
    payers: BTreeMap<(Uin, bool), (Paying, Funds)>,
    partners: BTreeMap<Uin, Line>,
}

impl Handover {
    /// Somebody begins to pay for a member: what the member has frozen is released.
    pub(in crate::book) fn begin(
        &mut self,
        book: &Book,
        member: Uin,
        payer: Uin,
        started_by: StartedBy,
    ) -> Result<Begun, Rejection> {
        self.release(book, member)?;
        let frozen = book.resources_of(member).filter(|one| one.frozen != Frozen::default());
        let resources = frozen.map(|one| Resource { frozen: Frozen::default(), ..one.clone() }).collect();
        Ok(Begun { payer, started_by, resources })
    }

    /// A member pays for itself again: what its payer has frozen for it is released, and what it runs is frozen with its own
    /// at today's price, whatever that leaves: by its own offers again, unless those that it inherits are left to it. `permissions`
    /// are those that it keeps as a member.
    pub(in crate::book) fn end(
        &mut self,
        book: &Book,
        context: &Context<'_>,
        member: Uin,
        payer: Uin,
        (ended_by, permissions): (EndedBy, Option<Permissions>),
    ) -> Result<Ended, Rejection> {
        self.release(book, member)?;
        let own = Buyer::itself(book, member, context.now)?;
        let (paying, binding) = (own.paying(), own.binding);
        let was = book.member(member).map(|one| one.permissions).unwrap_or_default();
        let ends = book.inheritance_ends(member, was, permissions);
        let inherits_from = book.inherits_offers_from(member).filter(|_| !ends);
        let mut resources = Vec::new();
        for resource in book.resources_of(member) {
            let frozen = freeze_of(book, &own, inherits_from, resource, context.now)?;
            self.freeze(&own, frozen)?;
            resources.push(Resource { frozen, paying, binding, ..resource.clone() });
        }
        Ok(Ended { payer, ended_by, resources })
    }

    /// The lines that were moved, as they stand now.
    pub(in crate::book) fn lines(self) -> LinesAfter {
        let payers = self.payers.into_values().map(|(paying, funds)| (paying, Some(funds), None));
        let partners = self.partners.into_iter().map(|(partner, line)| {
            // Only the partner of it is looked at.
            (Paying { payer: partner, partner: Some(partner) }, None, Some(line))
        });
        payers.chain(partners).map(|(paying, payer, partner)| (paying, Lines { payer, partner })).collect()
    }

    fn release(&mut self, book: &Book, member: Uin) -> Result<(), Rejection> {
        for resource in book.resources_of(member).filter(|one| one.frozen != Frozen::default()) {
            let buyer = Buyer::kept(book, member, resource.paying, resource.binding)?;
            self.freeze(&buyer, resource.frozen.negated()?)?;
        }
        Ok(())
    }

    fn freeze(&mut self, buyer: &Buyer<'_>, more: Frozen) -> Result<(), Overflow> {
        self.take(buyer, Movement::frozen(more.customer), Movement::frozen(more.partner))
    }

    /// Moves what a buyer pays with, on both sides.
    pub(in crate::book) fn take(
        &mut self,
        buyer: &Buyer<'_>,
        payer: Movement,
        partner: Movement,
    ) -> Result<(), Overflow> {
        if let Some(funds) = buyer.funds {
            let whose = (buyer.payer, matches!(funds, Funds::Credit(_)));
            let (_, kept) = self.payers.entry(whose).or_insert((buyer.paying(), funds));
            *kept = kept.moved(payer)?;
        }
        if let Some((owes, line)) = buyer.partner {
            let kept = self.partners.entry(owes).or_insert(line);
            *kept = kept.moved(partner)?;
        }
        Ok(())
    }
}

impl Book {
    /// Somebody pays for a member from now on.
    pub(in crate::book) fn begin_paying(
        &mut self,
        member: Uin,
        organization: OrganizationId,
        at: Moment,
        begun: &Begun,
    ) -> Fit<()> {
        let Begun { payer, started_by, ref resources } = *begun;
        resources.iter().try_for_each(|resource| self.set_resource(resource))?;
        let interval = PayerInterval { payer, organization, from: at, until: None, started_by };
        let theirs = self.payers.intervals.get_or_insert_with(&member, Vec::new);
        if theirs.last().is_some_and(|last| last.until.is_none_or(|(until, _)| until > at)) {
            return Err("somebody pays for the account already".into());
        }
        theirs.push(interval);
        // What it owes itself stops nothing any more.
        self.spending_mut(member)?.overdue_since = None;
        self.pay_for_member(member, payer)?;
        self.reschedule(member);
        Ok(())
    }

    /// A member pays for itself from now on.
    pub(in crate::book) fn end_paying(&mut self, member: Uin, at: Moment, ended: &Ended) -> Fit<()> {
        let interval = self.payers.intervals.get_mut(&member).and_then(|theirs| theirs.last_mut());
        let interval = interval.filter(|last| last.until.is_none()).ok_or("nobody pays for the account")?;
        interval.until = Some((at, ended.ended_by));
        ended.resources.iter().try_for_each(|resource| self.set_resource(resource))?;
        // How it stands by itself is found anew.
        self.spending_mut(member)?.overdue_since = None;
        self.pay_for_no_member(member)?;
        self.reschedule(member);
        Ok(())
    }

    /// Leaves the lines that a handover moved as they are given.
    pub(in crate::book) fn set_all_lines(&mut self, after: &LinesAfter) -> Fit<()> {
        after.iter().try_for_each(|(paying, lines)| self.set_lines(*paying, lines))
    }
}
