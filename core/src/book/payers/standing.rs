//! Those that are paid for stand as their payer does (O89-O91): they are stopped when it falls below zero or is suspended by
//! force, under its privileges, and start again above zero. Each of them is reviewed by itself, so that however many there are
//! no single step has to do with all of them; a payer that does not stand as some of its members do is kept in mind until
//! they do.

use crate::book::Book;
use crate::book::fit::Fit;
use crate::channel::{Account, PayerTerms, Spender, Spending, Uin};
use crate::ledger::Moment;

impl Book {
    /// How an account stands as to what it runs: as who pays for it does, now.
    pub(in crate::book) fn stands(&self, account: &Account) -> Option<Spender> {
        let own = self.spender_of(account)?;
        let Some(payer) = self.payer_of(account.uin).and_then(|payer| self.spender(payer)) else { return Some(own) };
        let spending = under(own.spending, payer.spending.terms());
        Some(Spender { available: payer.available, spending, paid_for: true })
    }

    /// Under what an account's resources run, as far as it has been reviewed.
    pub(in crate::book) fn runs_under(&self, uin: Uin) -> Option<Spending> {
        let own = self.spender(uin)?.spending;
        Some(self.payers.paid_for.get(&uin).map_or(own, |paid_for| under(own, paid_for.terms)))
    }

    /// Whose suspension by force stops an account: its payer's, unless it is suspended itself.
    pub(in crate::book) fn forced_account(&self, account: Uin) -> Uin {
        self.payer_of(account).filter(|_| !self.is_forced(account)).unwrap_or(account)
    }

    /// Whether an account that spends is itself suspended by force.
    pub(in crate::book) fn is_forced(&self, account: Uin) -> bool {
        self.spender(account).is_some_and(|spender| spender.spending.forced_since.is_some())
    }

    /// The terms of who pays for an account, as they are now.
    pub(in crate::book) fn terms_of_payer(&self, account: Uin) -> Option<PayerTerms> {
        Some(self.spender(self.payer_of(account)?)?.spending.terms())
    }

    /// Whether an account is not told yet how it stands.
    pub(in crate::book) fn stands_unnoticed(&self, account: &Account) -> bool {
        let unnoticed = self.stands(account).is_some_and(|stands| stands.changed_unnoticed());
        let kept = self.payers.paid_for.get(&account.uin).map(|paid_for| paid_for.terms);
        unnoticed || (kept.is_some() && kept != self.terms_of_payer(account.uin))
    }

    /// A member of this payer that stands otherwise than the payer does.
    pub(in crate::book) fn member_to_review(&self, payer: Uin) -> Option<Uin> {
        let members = self.payers.members.get(&payer)?;
        let payer = self.spender(payer)?;
        let terms = payer.spending.terms();
        let follows = |overdue: bool, under: &PayerTerms| {
            let stands = Spender { spending: Spending::NOTHING, paid_for: true, ..payer };
            *under == terms && stands.overdue_after(overdue) == overdue
        };
        let mut others = members.iter().filter(|((overdue, under), _)| !follows(*overdue, under));
        others.find_map(|(_, theirs)| theirs.first().copied())
    }

    /// The next member of anybody's that stands otherwise than its payer does.
    pub(in crate::book) fn next_member_to_review(&self) -> Option<Uin> {
        self.payers.to_review.first().and_then(|payer| self.member_to_review(*payer))
    }

    /// Whether it is another account's review that will find how this one stands.
    pub(in crate::book) fn waits_for_review(&self, account: Uin) -> bool {
        self.payer_of(account).is_some_and(|payer| self.payers.to_review.contains(&payer))
    }

    /// Keeps in mind whether a payer's members have to be reviewed.
    pub(in crate::book) fn look_at_payer(&mut self, payer: Uin) {
        if self.member_to_review(payer).is_some() {
            self.payers.to_review.insert(payer);
        } else {
            self.payers.to_review.remove(&payer);
        }
    }

    /// A member was reviewed: since when it is overdue, under which terms of its payer's.
    pub(in crate::book) fn review_member(
        &mut self,
        member: Uin,
        overdue_since: Option<Moment>,
        terms: PayerTerms,
    ) -> Fit<()> {
        let paid_for = self.payers.paid_for.get_mut(&member).ok_or("nobody pays for the account")?;
        paid_for.terms = terms;
        let payer = paid_for.payer;
        self.file_member(member, payer, (overdue_since.is_some(), terms));
        Ok(())
    }
}

/// What an account has open and since when it is overdue, under the terms of who pays for it. Force stops it whosesoever it is.
fn under(own: Spending, terms: PayerTerms) -> Spending {
    let forced = [own.forced_since, terms.forced_since].into_iter().flatten().min();
    Spending { forced_since: forced, non_stop: terms.non_stop, special_suspension: terms.special_suspension, ..own }
}
