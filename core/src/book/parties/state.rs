//! The part of the book about who there is: accounts, partners, customers, and what was handed down.

use crate::book::Book;
use crate::book::pages::{PageKey, Pages, Register, Registered};
use crate::channel::{Account, Customer, FormerBinding, Partner, PayerInterval, Uin};

/// Accounts, partners, customers and what was handed down.
#[derive(Debug, Clone, Default)]
pub(in crate::book) struct State {
    pub(in crate::book) accounts: Register<Account>,
    pub(in crate::book) partners: Register<Partner>,
    /// Bindings that have ended, oldest first: their partners may still see and confirm what was charged then, and what
    /// was used then is charged under them (R141).
    pub(in crate::book) former: Pages<Uin, Vec<FormerBinding>>,
    /// Who paid on behalf of an account and when, oldest first. No command makes any yet: they come with the organization.
    pub(in crate::book) payers: Pages<Uin, Vec<PayerInterval>>,
}

impl Book {
    /// One account.
    pub fn account(&self, uin: Uin) -> Option<&Account> {
        self.parties.accounts.get(uin)
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

    /// Whether the account is a customer with a line of credit. The customers of an agent are not: they pay the platform
    /// themselves (R4).
    pub fn has_credit(&self, uin: Uin) -> bool {
        let managing = self.customer(uin).and_then(|customer| self.partner(customer.partner));
        managing.is_some_and(|managing| managing.kind.manages_credit())
    }

    /// One partner.
    pub fn partner(&self, uin: Uin) -> Option<&Partner> {
        self.parties.partners.get(uin)
    }

    /// All partners, in the order in which they became partners.
    pub fn partners(&self) -> impl DoubleEndedIterator<Item = &Partner> {
        self.parties.partners.iter()
    }

    /// An account's bindings that have ended, oldest first.
    pub fn former_bindings(&self, account: Uin) -> &[FormerBinding] {
        self.parties.former.get(&account).map_or(&[], Vec::as_slice)
    }

    /// The number that the next account gets unless the caller names one.
    pub fn next_uin(&self) -> Option<Uin> {
        let mut candidate = self.deployment.next_uin.map_or(Uin::FIRST_GIVEN, Uin::number);
        loop {
            let uin = Uin::new(candidate).ok()?;
            if self.parties.accounts.get(uin).is_none() {
                return Some(uin);
            }
            candidate += 1;
        }
    }

    /// The paying partner of a managing partner's customers, Q(c) of R7: the distributor above a second-level reseller,
    /// else the partner itself. Also whose spend line a partner's own purchases use.
    pub fn paying_partner(&self, managing: &Partner) -> Option<&Partner> {
        match managing.distributor {
            Some(distributor) => self.parties.partners.get(distributor),
            None => self.parties.partners.get(managing.uin),
        }
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
