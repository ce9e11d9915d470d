//! The range of an amount: what a figure may come to at all. Nothing that would leave it goes through.

use super::facts::{Bound, Own, Partner};
use super::{Auditor, Judged, Units, refuse};
use std::collections::BTreeMap;

/// Whether an amount can hold it.
pub(super) fn fits(figure: Units) -> bool {
    i64::try_from(figure).is_ok()
}

/// # Errors
/// `amount_overflow` where an amount cannot hold one of them.
pub(super) fn must_fit(figures: impl IntoIterator<Item = Units>) -> Judged {
    if figures.into_iter().all(fits) { Ok(()) } else { refuse("amount_overflow") }
}

impl Auditor {
    /// Whether every figure of everybody is one that an amount can hold, and so is what they are reckoned from.
    pub(super) fn is_within_range(&self) -> bool {
        let mut lines = self.accounts.values().filter_map(|account| account.bound.as_ref());
        lines.all(line_fits)
            && self.own_fits()
            && self.partners.values().all(partner_fits)
            && self.totals_fit()
            && self.bills_fit()
    }

    /// What accounts have of their own.
    fn own_fits(&self) -> bool {
        let figures = |own: &Own| {
            let Own { cash, granted, limit, owed, held, frozen, overdue, .. } = *own;
            let (set_aside, available) = (held + frozen, own.available());
            // What becomes available when all that is set aside is let go must fit as well.
            let free = [limit - owed, set_aside, available, available + set_aside];
            [cash, granted, limit, owed, held, frozen, overdue].into_iter().chain(free)
        };
        self.accounts.values().flat_map(|account| figures(&account.own)).all(fits)
    }

    /// What each partner's customers have in all.
    fn totals_fit(&self) -> bool {
        let mut totals = BTreeMap::new();
        for line in self.accounts.values().filter_map(|account| account.bound.as_ref()) {
            *totals.entry(line.partner).or_insert(0) += line.total;
        }
        totals.into_values().all(fits)
    }

    /// What is not confirmed of each bill, by binding and type.
    fn bills_fit(&self) -> bool {
        let mut parts = BTreeMap::new();
        for line in self.unpaid.values().flatten().map(|at| &self.lines[*at]) {
            *parts.entry((line.buyer.tie(), line.month, line.action)).or_insert(0) += line.amount();
        }
        parts.into_values().all(fits)
    }
}

fn line_fits(line: &Bound) -> bool {
    let Bound { total, used, held, frozen, .. } = *line;
    [total, used, held, frozen, held + frozen, total - used, line.available()].into_iter().all(fits)
}

fn partner_fits(partner: &Partner) -> bool {
    let spend = partner.spend.unwrap_or_default();
    let spends = [spend.line, spend.used, spend.held + spend.frozen, spend.line - spend.used, spend.available()];
    [partner.quota, partner.allocated, partner.vouchers_issued].into_iter().chain(spends).all(fits)
}
