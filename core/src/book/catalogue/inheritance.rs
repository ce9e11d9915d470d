//! Who has whose offers instead of its own, and had (O84, O100-O102). Only what an account was offered itself passes on, so
//! that there are no chains: who inherits passes on nothing of what it inherits.

use crate::book::Book;
use crate::book::fit::Fit;
use crate::channel::{Inheritance, InheritedBy, Uin};
use crate::ledger::Moment;
use crate::organization::{Permission, Permissions};

impl Book {
    /// Whose offers an account has now instead of its own.
    pub fn inherits_offers_from(&self, account: Uin) -> Option<Uin> {
        self.inheritance_of(account).map(|one| one.from)
    }

    /// Whose offers it had at a moment.
    pub(in crate::book) fn inherited_offers_from(&self, account: Uin, at: Moment) -> Option<Uin> {
        // INVARIANT: each ends before the next one begins, or with it.
        let theirs = self.catalogue.inheritances.get(&account)?;
        let begun = theirs.partition_point(|one| one.since <= at);
        theirs[..begun].last().filter(|one| one.in_force(at)).map(|one| one.from)
    }

    /// Whether anybody has this account's offers.
    pub(in crate::book) fn passes_offers_on(&self, account: Uin) -> bool {
        self.catalogue.heirs.contains_key(&account)
    }

    /// Whether two accounts may have each other's offers: both pay the platform themselves, or both have their credit from the
    /// same partner.
    pub(in crate::book) fn have_like_offers(&self, one: Uin, other: Uin) -> bool {
        let managing = |uin| self.account(uin).and_then(|account| account.on_credit()).map(|customer| customer.partner);
        match (managing(one), managing(other)) {
            (Some(partner), Some(others)) => partner == others,
            (None, None) => [one, other].into_iter().all(|uin| self.channel_role(uin).pays_for_itself()),
            (Some(_), None) | (None, Some(_)) => false,
        }
    }

    /// Whether what a member inherits by permission ends where its permissions become these, or where it leaves: with the
    /// permission, and with the membership while it is paid for. Who has paid for itself keeps it (O14, O73, O102).
    pub(in crate::book) fn inheritance_ends(&self, member: Uin, was: Permissions, is: Option<Permissions>) -> bool {
        let by_permission = self.inheritance_of(member).is_some_and(|one| one.by == InheritedBy::Permission);
        let ends = is.map_or(was.has(Permission::PayOnBehalf), |is| !is.has(Permission::InheritOffers));
        by_permission && was.has(Permission::InheritOffers) && ends
    }

    /// An account has another one's offers from now on, instead of its own or a third one's.
    pub(in crate::book) fn inherit_offers(&mut self, account: Uin, from: Uin, by: InheritedBy, at: Moment) {
        if self.inherits_offers_from(account) == Some(from) {
            // What sales have given, no permission takes away.
            if let Some(last) = self.last_inheritance(account).filter(|_| by == InheritedBy::Sales) {
                last.by = by;
            }
            return;
        }
        self.disinherit(account, at);
        let theirs = self.catalogue.inheritances.get_or_insert_with(&account, Vec::new);
        theirs.push(Inheritance { from, since: at, until: None, by });
        *self.catalogue.heirs.entry(from).or_default() += 1;
    }

    /// It has its own from now on.
    pub(in crate::book) fn end_inheritance(&mut self, account: Uin, at: Moment) -> Fit<()> {
        if self.disinherit(account, at) { Ok(()) } else { Err("the account inherits no offers".into()) }
    }

    /// What the admin, or who pays, may do for a member was one thing and is another.
    pub(in crate::book) fn inherit_as_permitted(
        &mut self,
        (member, from): (Uin, Uin),
        was: Permissions,
        is: Option<Permissions>,
        at: Moment,
    ) {
        if self.inheritance_ends(member, was, is) {
            self.disinherit(member, at);
        }
        // It gives once, when it is given itself or somebody begins to pay under it. What sales have set stays as long as they
        // want, and what they have ended does not come back (O102).
        let gives = is.is_some_and(|is| {
            let begins = |one| is.has(one) && !was.has(one);
            begins(Permission::InheritOffers) || (is.has(Permission::InheritOffers) && begins(Permission::PayOnBehalf))
        });
        if gives && self.inheritance_of(member).is_none() {
            self.inherit_offers(member, from, InheritedBy::Permission, at);
        }
    }

    /// Makes those whose offers others have findable.
    pub(in crate::book) fn index_inheritances(&mut self) {
        let lasting = self.catalogue.inheritances.values().filter_map(|theirs| theirs.last());
        let from: Vec<Uin> = lasting.filter(|one| one.until.is_none()).map(|one| one.from).collect();
        for from in from {
            *self.catalogue.heirs.entry(from).or_default() += 1;
        }
    }

    pub(in crate::book) fn inheritance_of(&self, account: Uin) -> Option<&Inheritance> {
        self.catalogue.inheritances.get(&account)?.last().filter(|one| one.until.is_none())
    }

    fn last_inheritance(&mut self, account: Uin) -> Option<&mut Inheritance> {
        self.catalogue.inheritances.get_mut(&account)?.last_mut().filter(|one| one.until.is_none())
    }

    /// Ends what it inherits; whether there was anything.
    fn disinherit(&mut self, account: Uin, at: Moment) -> bool {
        let Some(last) = self.last_inheritance(account) else { return false };
        last.until = Some(at);
        let from = last.from;
        if let Some(heirs) = self.catalogue.heirs.get_mut(&from) {
            *heirs -= 1;
            if *heirs == 0 {
                self.catalogue.heirs.remove(&from);
            }
        }
        true
    }
}
