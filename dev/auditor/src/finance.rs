//! The money of accounts that pay for themselves: what was paid in and given, how much they may owe, and which part of it
//! pays first (O3).

use super::arithmetic::Units;
use super::facts::Spending;
use super::{Auditor, Judged, refuse};
use credere_core::channel::{PartnerKind, TopUpKind, Uin};

/// What an account has of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Own {
    /// Paid in; below zero where a settlement took more than there was.
    pub cash: Units,
    /// Given.
    pub granted: Units,
    /// How much it may owe.
    pub limit: Units,
    /// How much of that it owes.
    pub owed: Units,
    /// What open orders and authorizations hold.
    pub held: Units,
    /// What resources freeze.
    pub frozen: Units,
    /// Its overdue bills, as the platform says.
    pub overdue: Units,
    /// What it has open, and how it stands.
    pub spending: Spending,
}

/// What each part of an account's own money pays of something; below zero what goes back to each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Parts {
    /// Of what it was given.
    pub granted: Units,
    /// Of its cash.
    pub cash: Units,
    /// On its credit.
    pub credit: Units,
}

impl Parts {
    /// The parts in the order in which they pay.
    fn first_to_last(self) -> [Units; 3] {
        [self.granted, self.cash, self.credit]
    }

    fn of([granted, cash, credit]: [Units; 3]) -> Parts {
        Parts { granted, cash, credit }
    }

    fn with(self, other: Parts, both: impl Fn(Units, Units) -> Units) -> Parts {
        let Parts { granted, cash, credit } = self;
        Parts {
            granted: both(granted, other.granted),
            cash: both(cash, other.cash),
            credit: both(credit, other.credit),
        }
    }

    /// Each part of both together.
    pub fn and(self, other: Parts) -> Parts {
        self.with(other, |one, other| one + other)
    }

    /// Each part less that of another.
    pub fn less(self, other: Parts) -> Parts {
        self.with(other, |one, other| one - other)
    }

    /// All parts together.
    pub fn sum(self) -> Units {
        self.first_to_last().into_iter().sum()
    }

    /// What so much goes back to where these paid: to what paid last first, to each at most what it paid.
    pub(super) fn giving_back(self, amount: Units) -> Parts {
        let (mut left, mut back) = (amount, self.first_to_last());
        for part in back.iter_mut().rev() {
            *part = left.min(*part);
            left -= *part;
        }
        Parts::of(back)
    }

    /// What of these is given back where `wanted` is to be: of each no more than there is, and what is missing then of the
    /// rest, what paid last first.
    pub(super) fn covering(self, wanted: Parts) -> Parts {
        let given = self.with(wanted, Units::min);
        let rest = self.less(given);
        given.and(rest.giving_back(wanted.sum() - given.sum()))
    }
}

impl Own {
    /// What it may spend (O3).
    pub fn available(&self) -> Units {
        self.cash + self.granted + self.limit - self.owed - self.held - self.frozen
    }

    /// What each part of it pays of an amount. What nothing covers takes the cash below zero; what comes back without an
    /// order that had paid it first lowers what is owed, and is cash beyond that.
    pub(super) fn paying(&self, amount: Units) -> Parts {
        if amount < 0 {
            let repaid = self.owed.min(-amount);
            return Parts { granted: 0, cash: amount + repaid, credit: -repaid };
        }
        let mut left = amount;
        let mut pays = [self.granted, self.cash, self.limit - self.owed];
        for part in &mut pays {
            *part = left.min((*part).max(0));
            left -= *part;
        }
        let covered = Parts::of(pays);
        Parts { cash: covered.cash + left, ..covered }
    }

    /// Takes the parts that pay; what comes back and was repaid since it had been owed is cash.
    pub(super) fn pay(&mut self, parts: Parts) {
        self.granted -= parts.granted;
        self.cash -= parts.cash;
        self.owed += parts.credit;
        if self.owed < 0 {
            self.cash -= self.owed;
            self.owed = 0;
        }
    }
}

impl Auditor {
    /// Whose credit comes from a partner, and who hands some down, does not pay for itself (O3).
    pub fn pays_for_itself(&self, uin: Uin) -> bool {
        let hands_down = self.partners.get(&uin).is_some_and(|partner| partner.kind != PartnerKind::Agent);
        !hands_down && self.accounts.get(&uin).is_some_and(|account| account.lent().is_none())
    }

    pub(super) fn own_mut(&mut self, uin: Uin) -> Result<&mut Own, super::Refusal> {
        self.known(uin)?;
        let pays = self.pays_for_itself(uin);
        match self.accounts.get_mut(&uin) {
            Some(account) if pays => Ok(&mut account.own),
            Some(_) | None => refuse("no_finance"),
        }
    }

    pub(super) fn top_up(&mut self, uin: Uin, amount: Units, kind: TopUpKind) -> Judged {
        let own = self.own_mut(uin)?;
        if amount <= 0 {
            return refuse("amount_not_positive");
        }
        match kind {
            TopUpKind::Cash => own.pay(own.paying(-amount)),
            TopUpKind::Granted => own.granted += amount,
        }
        self.top_ups.push((uin, kind, amount));
        self.note_change(uin);
        Ok(())
    }

    pub(super) fn change_finance(&mut self, uin: Uin, limit: Option<Units>, overdue: Option<Units>) -> Judged {
        let own = self.own_mut(uin)?;
        if limit.is_some_and(|limit| limit < 0) || overdue.is_some_and(|overdue| overdue < 0) {
            return refuse("amount_negative");
        }
        own.limit = limit.unwrap_or(own.limit);
        own.overdue = overdue.unwrap_or(own.overdue);
        self.note_change(uin);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts([granted, cash, credit]: [Units; 3]) -> Parts {
        Parts { granted, cash, credit }
    }

    fn own(cash: Units, granted: Units, limit: Units, owed: Units) -> Own {
        Own { cash, granted, limit, owed, ..Own::default() }
    }

    #[test]
    fn gifts_pay_before_cash_and_cash_before_credit() {
        let own = own(30, 20, 50, 10);
        for (amount, pays) in [(15, [15, 0, 0]), (45, [20, 25, 0]), (90, [20, 30, 40]), (97, [20, 37, 40])] {
            assert_eq!(own.paying(amount), parts(pays), "{amount}");
        }
        assert_eq!(Own { cash: -5, ..own }.paying(30), parts([20, 0, 10]));
    }

    #[test]
    fn what_nobody_had_paid_repays_what_is_owed_first() {
        let mut own = own(0, 0, 50, 10);
        assert_eq!(own.paying(-4), parts([0, 0, -4]));
        own.pay(own.paying(-25));
        assert_eq!((own.cash, own.owed), (15, 0));
    }

    #[test]
    fn a_repaid_part_comes_back_as_cash() {
        let mut own = own(0, 0, 50, 10);
        own.pay(parts([-1, -2, -30]));
        assert_eq!((own.granted, own.cash, own.owed), (1, 22, 0));
    }

    #[test]
    fn refunds_go_back_the_other_way_and_sum_up() {
        let paid = parts([20, 30, 40]);
        let mut left = paid;
        let cut = [35, 20, 35].map(|amount| {
            let back = left.giving_back(amount);
            left = left.less(back);
            back
        });
        assert_eq!(cut, [[0, 0, 35], [0, 15, 5], [20, 15, 0]].map(parts));
    }

    #[test]
    fn what_is_missing_of_a_part_comes_from_what_paid_last() {
        let left = parts([10, 30, 5]);
        assert_eq!(left.covering(parts([0, 10, 20])), parts([0, 25, 5]));
        assert_eq!(left.covering(parts([20, 0, 0])), parts([10, 5, 5]));
    }
}
