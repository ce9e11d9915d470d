//! The part of the book about who there is: accounts, partners, customers, and what was handed down.

use crate::book::fit::{Fit, Misfit};
use crate::book::map::Map;
use crate::book::pages::{PageKey, Pages, Register, Registered};
use crate::book::{Book, Figure};
use crate::channel::{
    Account, AccountFacts, ChannelRole, Customer, CustomerList, FormerBinding, Partner, Spender, Uin,
};
use crate::ledger::Moment;
use std::collections::BTreeSet;

/// Accounts, partners, customers and what was handed down.
#[derive(Debug, Clone, Default)]
pub(in crate::book) struct State {
    pub(in crate::book) accounts: Register<Account>,
    pub(in crate::book) partners: Register<Partner>,
    /// Each partner's directly bound customers.
    pub(in crate::book) customers: Map<Uin, CustomerList>,
    /// Bindings that have ended, oldest first: their partners may still see and confirm what was charged then, and what
    /// was used then is charged under them (R141).
    pub(in crate::book) former: Pages<Uin, Vec<FormerBinding>>,
    /// Whose customer an account was once: the account, and the partner.
    former_partners: BTreeSet<(Uin, Uin)>,
    /// What is told of accounts, where it is anything.
    pub(in crate::book) facts: Pages<Uin, AccountFacts>,
}

impl State {
    pub(in crate::book) fn customer_mut(&mut self, uin: Uin) -> Fit<&mut Customer> {
        self.accounts.get_mut(uin).and_then(|account| account.customer.as_mut()).ok_or(Misfit("no such customer"))
    }
}

impl Book {
    /// One account.
    pub fn account(&self, uin: Uin) -> Option<&Account> {
        self.parties.accounts.get(uin)
    }

    /// What is told of an account.
    pub fn account_facts(&self, uin: Uin) -> &AccountFacts {
        self.parties.facts.get(&uin).unwrap_or(const { &AccountFacts::NOTHING })
    }

    /// This is told of an account from now on.
    pub(in crate::book) fn tell(&mut self, uin: Uin, facts: AccountFacts) {
        if facts == AccountFacts::NOTHING {
            self.parties.facts.remove(&uin);
        } else {
            self.parties.facts.insert(uin, facts);
        }
    }

    /// All accounts in the order of their opening. The position in this list is stable.
    pub fn accounts(&self) -> impl DoubleEndedIterator<Item = &Account> {
        self.parties.accounts.iter()
    }

    /// The accounts from a position in that list on.
    pub fn accounts_from(&self, position: usize) -> impl Iterator<Item = &Account> {
        self.parties.accounts.from(position)
    }

    /// How many accounts there are.
    pub fn accounts_len(&self) -> usize {
        self.parties.accounts.len()
    }

    /// A bound customer.
    pub fn customer(&self, uin: Uin) -> Option<&Customer> {
        self.parties.accounts.get(uin)?.customer.as_ref()
    }

    /// Whoever spends what a partner handed down to it, or money of its own. Resellers' own use is nobody's here.
    pub fn spender(&self, uin: Uin) -> Option<Spender> {
        self.spender_of(self.account(uin)?)
    }

    /// The same of an account that has been found.
    pub(in crate::book) fn spender_of(&self, account: &Account) -> Option<Spender> {
        let spends = account.customer.is_some() || self.channel_role(account.uin).pays_for_itself();
        spends.then(|| account.spender())
    }

    /// The figure that says what an account that spends has available.
    pub(in crate::book) fn available_figure(&self, uin: Uin) -> Figure {
        let on_credit = self.account(uin).is_some_and(|account| account.on_credit().is_some());
        if on_credit { Figure::CustomerAvailable } else { Figure::PayerAvailable }
    }

    /// An account's place in the channel (O2).
    pub fn channel_role(&self, uin: Uin) -> ChannelRole {
        if let Some(partner) = self.partner(uin) {
            return ChannelRole::of_partner(partner.kind);
        }
        let managing = self.customer(uin).and_then(|customer| self.partner(customer.partner));
        managing.map_or(ChannelRole::Direct, |managing| ChannelRole::of_customer(managing.uin, managing.kind))
    }

    /// One partner.
    pub fn partner(&self, uin: Uin) -> Option<&Partner> {
        self.parties.partners.get(uin)
    }

    /// The partners after the one that became one at this journal position, in the order in which they did.
    pub fn partners_after(&self, registered_seq: u64) -> impl Iterator<Item = &Partner> {
        let partners = &self.parties.partners;
        partners.from(partners.partition_point(|partner| partner.registered_seq <= registered_seq))
    }

    /// All partners, in the order in which they became partners.
    pub fn partners(&self) -> impl DoubleEndedIterator<Item = &Partner> {
        self.parties.partners.iter()
    }

    /// A partner's directly bound customers.
    pub fn customers_of(&self, partner: Uin) -> &CustomerList {
        self.parties.customers.get(&partner).unwrap_or(const { &CustomerList::EMPTY })
    }

    /// An account's bindings that have ended, oldest first.
    pub fn former_bindings(&self, account: Uin) -> &[FormerBinding] {
        self.parties.former.get(&account).map_or(&[], Vec::as_slice)
    }

    /// Whether an account was a customer of this partner once, under a binding that has ended.
    pub(in crate::book) fn was_customer_of(&self, account: Uin, partner: Uin) -> bool {
        self.parties.former_partners.contains(&(account, partner))
    }

    /// The binding of an account that has ended and was in force at a moment.
    pub(in crate::book) fn former_binding_at(&self, account: Uin, at: Moment) -> Option<&FormerBinding> {
        // INVARIANT: each ends before the next one begins.
        let theirs = self.former_bindings(account);
        let begun = theirs.partition_point(|former| former.from <= at);
        theirs[..begun].last().filter(|former| former.in_force(at))
    }

    pub(in crate::book) fn index_former(&mut self, account: Uin, former: FormerBinding) {
        self.parties.former_partners.insert((account, former.binding.partner));
        self.parties.former.get_or_insert_with(&account, Vec::new).push(former);
    }

    /// The paying partner of a managing partner's customers, Q(c) of R7: the distributor above a second-level reseller,
    /// else the partner itself. Also whose spend line a partner's own purchases use.
    pub fn paying_partner(&self, managing: &Partner) -> Option<&Partner> {
        match managing.distributor {
            Some(distributor) => self.parties.partners.get(distributor),
            None => self.parties.partners.get(managing.uin),
        }
    }

    /// Makes customers findable by their partners, accounts by whose customers they were once, and numbers that are taken.
    pub(in crate::book) fn index_parties(&mut self) {
        let State { accounts, former, former_partners, customers, .. } = &mut self.parties;
        let bound = |account: &Account| account.customer.as_ref().map(|it| (it.bound_seq, it.partner, account.uin));
        let mut all: Vec<(u64, Uin, Uin)> = accounts.iter().filter_map(bound).collect();
        all.sort_unstable();
        for (bound_seq, partner, customer) in all {
            customers.entry(partner).or_default().push(bound_seq, customer);
        }
        for (account, theirs) in former.iter() {
            former_partners.extend(theirs.iter().map(|former| (*account, former.binding.partner)));
        }
        self.index_numbers();
    }
}

impl PageKey for Uin {
    fn number(&self) -> u64 {
        Uin::number(*self)
    }
}

impl Registered for Account {
    fn uin(&self) -> Uin {
        self.uin
    }
}

impl Registered for Partner {
    fn uin(&self) -> Uin {
        self.uin
    }
}
