//! The money of accounts that pay for themselves: what was paid in and given, and how much they may owe (O3).

use super::arithmetic::Units;
use super::{Auditor, Judged, refuse};
use credere_core::channel::{PartnerKind, TopUpKind, Uin};

/// What an account has of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Own {
    /// Paid in.
    pub cash: Units,
    /// Given.
    pub granted: Units,
    /// How much it may owe.
    pub limit: Units,
    /// Its overdue bills, as the platform says.
    pub overdue: Units,
}

impl Own {
    /// What it may spend (O3).
    pub fn available(&self) -> Units {
        self.cash + self.granted + self.limit
    }
}

impl Auditor {
    /// Whose credit comes from a partner, and who hands some down, has no money of its own (O3).
    fn own_mut(&mut self, uin: Uin) -> Result<&mut Own, super::Refusal> {
        self.known(uin)?;
        let agent = |partner: &Uin| self.partners.get(partner).is_some_and(|it| it.kind == PartnerKind::Agent);
        let bound = self.accounts.get(&uin).and_then(|account| account.bound.as_ref()).map(|bound| bound.partner);
        let pays = match (self.partners.contains_key(&uin), bound) {
            (true, _) => agent(&uin),
            (false, Some(partner)) => agent(&partner),
            (false, None) => true,
        };
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
            TopUpKind::Cash => own.cash += amount,
            TopUpKind::Granted => own.granted += amount,
        }
        Ok(())
    }

    pub(super) fn change_finance(&mut self, uin: Uin, limit: Option<Units>, overdue: Option<Units>) -> Judged {
        let own = self.own_mut(uin)?;
        if limit.is_some_and(|limit| limit < 0) || overdue.is_some_and(|overdue| overdue < 0) {
            return refuse("amount_negative");
        }
        own.limit = limit.unwrap_or(own.limit);
        own.overdue = overdue.unwrap_or(own.overdue);
        Ok(())
    }
}
