//! The part of the book about who pays for whom.

use crate::book::Book;
use crate::book::fit::Fit;
use crate::book::map::Map;
use crate::book::pages::Pages;
use crate::channel::{PayerTerms, Uin};
use crate::ledger::Moment;
use crate::organization::PayerInterval;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Who pays for whom, and did.
#[derive(Debug, Clone, Default)]
pub(in crate::book) struct State {
    /// Who paid on behalf of an account and when, oldest first, for ever.
    pub(in crate::book) intervals: Pages<Uin, Vec<PayerInterval>>,
    /// Those that are paid for now.
    pub(in crate::book) paid_for: Pages<Uin, PaidForNow>,
    /// Those that each payer pays for, by how they stand as far as they have been reviewed.
    pub(super) members: Map<Uin, Members>,
    /// Payers that do not stand as some of their members do any more.
    pub(super) to_review: BTreeSet<Uin>,
}

/// An account that is paid for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::book) struct PaidForNow {
    /// By whom.
    pub(in crate::book) payer: Uin,
    /// The payer's terms when the account was last reviewed.
    pub(in crate::book) terms: PayerTerms,
}

/// The members of a payer, by whether they are taken as overdue and under which terms of the payer's. There are few of these
/// at a time, since all of them follow the payer.
pub(super) type Members = BTreeMap<(bool, PayerTerms), BTreeSet<Uin>>;

impl Book {
    /// Who paid on behalf of an account and when, oldest first.
    pub fn payer_intervals(&self, account: Uin) -> &[PayerInterval] {
        self.payers.intervals.get(&account).map_or(&[], Vec::as_slice)
    }

    /// All of them by the number of who was paid for, from this one on, each with its place among that one's.
    pub fn all_payer_intervals(&self, from: Option<Uin>) -> impl Iterator<Item = (Uin, usize, PayerInterval)> {
        let all = self.payers.intervals.between(&from.unwrap_or(Uin::LOWEST), &Uin::HIGHEST);
        all.flat_map(|(member, theirs)| theirs.iter().enumerate().map(|(place, one)| (*member, place, *one)))
    }

    /// Who paid on behalf of an account at a moment.
    pub(in crate::book) fn payer_at(&self, account: Uin, at: Moment) -> Option<Uin> {
        // INVARIANT: each ends before the next one begins.
        let theirs = self.payer_intervals(account);
        let begun = theirs.partition_point(|interval| interval.from <= at);
        theirs[..begun].last().filter(|interval| interval.in_force(at)).map(|interval| interval.payer)
    }

    /// Who pays on behalf of an account now.
    pub fn payer_of(&self, account: Uin) -> Option<Uin> {
        self.payers.paid_for.get(&account).map(|paid_for| paid_for.payer)
    }

    /// Those that an account pays for, in no order.
    pub fn paid_for_by(&self, payer: Uin) -> impl Iterator<Item = Uin> {
        self.payers.members.get(&payer).into_iter().flat_map(Members::values).flatten().copied()
    }

    /// Whether anybody pays for others.
    pub(in crate::book) fn pays_for_anybody(&self) -> bool {
        !self.payers.members.is_empty()
    }

    /// Whether an account pays for somebody.
    pub(in crate::book) fn pays_for_others(&self, payer: Uin) -> bool {
        self.payers.members.contains_key(&payer)
    }

    pub(super) fn pay_for_member(&mut self, member: Uin, payer: Uin) -> Fit<()> {
        let terms = self.spender(payer).ok_or("who pays has nothing to pay with")?.spending.terms();
        self.payers.paid_for.insert(member, PaidForNow { payer, terms });
        self.file_member(member, payer, (false, terms));
        Ok(())
    }

    pub(super) fn pay_for_no_member(&mut self, member: Uin) -> Fit<()> {
        let paid_for = self.payers.paid_for.remove(&member).ok_or("nobody pays for the account")?;
        self.take_member(member, paid_for.payer);
        Ok(())
    }

    /// Files a member under how it stands, and nowhere else.
    pub(super) fn file_member(&mut self, member: Uin, payer: Uin, standing: (bool, PayerTerms)) {
        self.take_member(member, payer);
        self.payers.members.entry(payer).or_default().entry(standing).or_default().insert(member);
        self.look_at_payer(payer);
    }

    fn take_member(&mut self, member: Uin, payer: Uin) {
        let Some(members) = self.payers.members.get_mut(&payer) else { return };
        members.retain(|_, theirs| {
            theirs.remove(&member);
            !theirs.is_empty()
        });
        if members.is_empty() {
            self.payers.members.remove(&payer);
        }
        self.look_at_payer(payer);
    }

    /// Makes those that are paid for findable by who pays.
    pub(in crate::book) fn index_payers(&mut self) {
        let all: Vec<(Uin, PaidForNow)> = self.payers.paid_for.iter().map(|(member, one)| (*member, *one)).collect();
        for (member, PaidForNow { payer, terms }) in all {
            let overdue = self.spender(member).is_some_and(|spender| spender.spending.overdue_since.is_some());
            self.payers.members.entry(payer).or_default().entry((overdue, terms)).or_default().insert(member);
        }
        let payers: Vec<Uin> = self.payers.members.keys().copied().collect();
        payers.into_iter().for_each(|payer| self.look_at_payer(payer));
    }
}
