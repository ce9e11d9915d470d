//! Who pays for whom: since when and until when (O6), what that does to what is frozen (O78, O79), and how those that are
//! paid for stand as their payer does (O89-O91).

use super::arithmetic::Units;
use super::facts::{Account, Interval, Spending, Suspension};
use super::{Auditor, Judged, Refusal};
use credere_core::channel::{ResourceName, Uin};
use credere_core::ledger::Moment;
use credere_core::organization::{EndedBy, StartedBy};

/// How an account stands as to what it runs.
pub(super) struct Stands {
    /// What whoever pays may still spend.
    available: Units,
    /// What is open and since when it is overdue, under the terms of whoever pays.
    pub(super) spending: Spending,
    /// Whether that is somebody else.
    paid_for: bool,
}

impl Stands {
    /// Below zero; who is paid for and was stopped for that goes on above zero, and not at it (O90).
    pub(super) fn overdue(&self) -> bool {
        let waits = self.paid_for && self.spending.overdue_since.is_some();
        if waits { self.available <= 0 } else { self.available < 0 }
    }

    /// What stops its resources now: by force everything stands, and what arrears stop the privilege may keep running
    /// (R106, R108).
    pub(super) fn suspension(&self) -> Suspension {
        match (self.spending.forced_since, self.overdue() && !self.spending.non_stop.1) {
            (Some(_), _) => Suspension::Force,
            (None, true) => Suspension::Arrears,
            (None, false) => Suspension::None,
        }
    }
}

/// What a member will freeze for a resource with what is its own.
type Refrozen = Vec<(ResourceName, [Units; 2])>;

impl Auditor {
    /// Who pays for an account now, where somebody else does.
    pub fn payer_of(&self, account: Uin) -> Option<Uin> {
        self.intervals.get(&account)?.last().filter(|last| last.until.is_none()).map(|last| last.payer)
    }

    /// Who paid for it at a moment.
    pub fn payer_at(&self, account: Uin, at: Moment) -> Option<Uin> {
        self.intervals.get(&account)?.iter().find(|interval| interval.in_force(at)).map(|interval| interval.payer)
    }

    /// Those that an account pays for now, by their numbers.
    pub fn paid_for_by(&self, payer: Uin) -> Vec<Uin> {
        self.intervals.keys().copied().filter(|member| self.payer_of(*member) == Some(payer)).collect()
    }

    /// How an account stands that spends: from credit, or from its own money. A reseller's own use is nobody's to stop.
    pub(super) fn spending_of(&self, account: Uin) -> Option<&Spending> {
        let spends = self.line_of(account).is_some() || self.pays_for_itself(account);
        self.accounts.get(&account).filter(|_| spends).map(Account::spending)
    }

    /// How it stands as to what it runs: as who pays for it does. Its own force stops it besides.
    pub(super) fn stands(&self, account: Uin) -> Option<Stands> {
        let own = self.spending_of(account)?.clone();
        let Some(payer) = self.payer_of(account).and_then(|payer| self.accounts.get(&payer)) else {
            let available = self.accounts.get(&account)?.available();
            return Some(Stands { available, spending: own, paid_for: false });
        };
        let terms = payer.spending();
        let forced_since = [own.forced_since, terms.forced_since].into_iter().flatten().min();
        let spending = Spending { forced_since, non_stop: terms.non_stop, special: terms.special, ..own };
        Some(Stands { available: payer.available(), spending, paid_for: true })
    }

    /// Somebody that this account pays for and who does not stand as it does: first who was not taken as overdue.
    pub(super) fn member_to_review(&self, payer: Uin) -> Option<Uin> {
        let differs = |member: &Uin| {
            let stands = self.stands(*member)?;
            let known = self.spending_of(*member)?;
            let changed = stands.overdue() != known.overdue_since.is_some() || stands.suspension() != known.notified;
            changed.then_some((known.overdue_since.is_some(), *member))
        };
        self.paid_for_by(payer).iter().filter_map(differs).min().map(|(_, member)| member)
    }

    /// Notes that who pays for an account may have something back.
    pub(super) fn note_payer(&mut self, account: Uin) {
        if let Some(payer) = self.payer_of(account) {
            self.note_change(payer);
        }
    }

    /// Somebody pays for a member from now on: what it had frozen is let go, and nothing is frozen anew (O78).
    pub(super) fn begin_to_pay(&mut self, member: Uin, payer: Uin, organization: u64, started_by: StartedBy) {
        self.let_go(member);
        let interval = Interval { payer, organization, from: self.now, until: None, started_by };
        self.intervals.entry(member).or_default().push(interval);
        self.arrears_are_found_anew(member);
        self.touched.extend([member, payer]);
    }

    /// What a member that pays for itself will freeze for what it runs: at today's terms and prices, in full (O79),
    /// with the offers that are left to it.
    pub(super) fn to_freeze(&self, member: Uin, heir_of: Option<Uin>) -> Result<Refrozen, Refusal> {
        let buyer = self.paying_itself(member)?;
        let theirs = self.resources.iter().filter(|(_, resource)| resource.account == member);
        theirs
            .map(|(name, resource)| {
                let size = (resource.unit_price, resource.quantity);
                let (customer, partner) = self.freezes(&buyer, resource.product, size, heir_of)?;
                Ok((name.clone(), [customer, partner]))
            })
            .collect()
    }

    /// A member pays for itself from now on: what its payer had frozen is let go, and what runs is frozen with its own.
    pub(super) fn cease_to_pay(&mut self, member: Uin, ended_by: EndedBy, frozen: Refrozen) -> Judged {
        self.let_go(member);
        if let Some(last) = self.intervals.get_mut(&member).and_then(|all| all.last_mut()) {
            last.until = Some((self.now, ended_by));
        }
        let buyer = self.buyer(member)?;
        for (name, [customer, partner]) in frozen {
            self.set_aside(&buyer, [0, customer], [0, partner]);
            if let Some(resource) = self.resources.get_mut(&name) {
                (resource.frozen, resource.partner_frozen) = (customer, partner);
            }
        }
        self.arrears_are_found_anew(member);
        Ok(())
    }

    /// Lets go whatever is frozen for an account's resources, with whoever pays for them.
    fn let_go(&mut self, account: Uin) {
        let Ok(buyer) = self.buyer(account) else { return };
        let theirs = self.resources.iter_mut().filter(|(_, resource)| resource.account == account);
        let mut sums = [0, 0];
        for (name, resource) in theirs {
            sums[0] += std::mem::take(&mut resource.frozen);
            sums[1] += std::mem::take(&mut resource.partner_frozen);
            self.touched_resources.insert(name.clone());
        }
        self.set_aside(&buyer, [0, -sums[0]], [0, -sums[1]]);
    }

    /// Whether an account is overdue is told anew when other money counts.
    fn arrears_are_found_anew(&mut self, account: Uin) {
        if let Some(account) = self.accounts.get_mut(&account) {
            account.spending_mut().overdue_since = None;
        }
    }
}
