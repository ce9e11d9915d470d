//! A partner's customers and their credit.

use super::accounts::{Figures, figures};
use crate::app::App;
use crate::caller::Caller;
use crate::clock::BusinessClock;
use crate::failure::Failure;
use crate::parties::views::AccountView;
use credere_core::access::{Action, Denial};
use credere_core::book::{Book, Rejection, parties};
use credere_core::channel::{Account, Binding, ChannelRole, CustomerList, Uin};
use credere_store::contract::{CustomerSearch, CustomersFound, ProfileField, SearchTerm};

/// So often a page is looked for, where a customer on it leaves the partner meanwhile; after that the page is shorter.
const SEARCHES_MAX: usize = 3;

/// By time of binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageOrder {
    /// The latest binding first.
    NewestFirst,
    /// The earliest binding first.
    OldestFirst,
}

/// Which customers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CustomerFilter {
    /// This one.
    Uin(Uin),
    /// Those whose profile matches.
    Profile(ProfileField, SearchTerm),
}

/// A customer and when it was bound, as a position in the journal.
pub type CustomerEntry = (u64, AccountView);

/// A page of customers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerPage {
    /// The customers on it.
    pub customers: Vec<AccountView>,
    /// How many match in all.
    pub total: usize,
}

impl App {
    /// One bound customer, for the platform or its managing partner.
    ///
    /// # Errors
    /// [`Failure`]; refused when it is not bound, or not the caller's.
    pub async fn customer(&self, caller: Caller, uin: Uin) -> Result<AccountView, Failure> {
        let clock = self.engine.clock();
        let found = self
            .read_as(caller, Action::ReadCustomers, Some(uin), |book| {
                let account = book.account(uin).filter(|account| account.customer.is_some());
                let account =
                    account.ok_or(Rejection::Parties(parties::Reason::PartyNotFound(parties::Party::Customer, uin)))?;
                Ok(figures(book, &clock, account, None))
            })
            .await?;
        Ok(self.with_profiles(vec![found]).await?.remove(0))
    }

    /// Customers of one partner for the platform, oldest binding first, after the one bound at `after_seq`, at most
    /// `limit`, and whether there are more.
    ///
    /// # Errors
    /// [`Failure`]; refused when there is no such partner.
    pub async fn customers_of(
        &self,
        caller: Caller,
        partner: Uin,
        after_seq: u64,
        limit: usize,
    ) -> Result<(Vec<AccountView>, bool), Failure> {
        let clock = self.engine.clock();
        let (found, more) = self
            .read_as(caller, Action::ReadPartners, None, |book| {
                let mut rest = customers_of(book, partner)?.after(after_seq).map(|(_, uin)| *uin);
                Ok((accounts(book, &clock, rest.by_ref().take(limit)), rest.next().is_some()))
            })
            .await?;
        Ok((self.with_profiles(found).await?, more))
    }

    /// All customers for the platform, whoever manages them, in the order of their accounts' opening: from a position
    /// among the accounts on, at most `limit`; and the position after the last one when there are more.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn customers(
        &self,
        caller: Caller,
        from: usize,
        limit: usize,
    ) -> Result<(Vec<AccountView>, Option<usize>), Failure> {
        let clock = self.engine.clock();
        let (found, next) = self
            .read_as(caller, Action::ReadAccounts, None, |book| {
                let rest = (from..).zip(book.accounts_from(from));
                let mut customers = rest.filter(|(_, account)| account.customer.is_some());
                let page: Vec<_> = customers.by_ref().take(limit).collect();
                let after = page.last().map(|(position, _)| position + 1);
                let next = after.filter(|_| customers.next().is_some());
                Ok((page.into_iter().map(|(_, account)| figures(book, &clock, account, None)).collect(), next))
            })
            .await?;
        Ok((self.with_profiles(found).await?, next))
    }

    /// A page of the calling partner's direct customers.
    ///
    /// # Errors
    /// [`Failure`]; refused when the caller has no customers to manage.
    pub async fn own_customers(
        &self,
        caller: Caller,
        filter: Option<CustomerFilter>,
        order: PageOrder,
        skip: usize,
        limit: usize,
    ) -> Result<CustomerPage, Failure> {
        let (own, action) = (calling_account(caller)?, Action::ReadCustomers);
        match filter {
            None => self.page(caller, action, None, own, order, skip, limit).await,
            Some(CustomerFilter::Uin(only)) => self.only(caller, own, only, skip, limit).await,
            Some(CustomerFilter::Profile(field, term)) => {
                self.searched(caller, own, (field, term), order, skip, limit).await
            }
        }
    }

    /// A page of the customers of one of the calling distributor's second-level resellers (R53).
    ///
    /// # Errors
    /// [`Failure`]; refused when the caller is no distributor, or that is not its second-level reseller.
    pub async fn indirect_customers(
        &self,
        caller: Caller,
        second_level: Uin,
        skip: usize,
        limit: usize,
    ) -> Result<CustomerPage, Failure> {
        let action = Action::ReadIndirectCustomers;
        let order = PageOrder::NewestFirst;
        self.page(caller, action, Some(second_level), second_level, order, skip, limit).await
    }

    /// All direct customers of the calling partner, or those named, in the order named: every one must be its own
    /// (A21). Without names.
    ///
    /// # Errors
    /// [`Failure`]; refused when one is not.
    pub async fn own_customer_accounts(
        &self,
        caller: Caller,
        action: Action,
        named: Option<Vec<Uin>>,
    ) -> Result<Vec<Account>, Failure> {
        let own = calling_account(caller)?;
        self.read_as(caller, action, None, |book| {
            let uins = match named {
                Some(named) => {
                    for uin in &named {
                        book.permit(caller.actor, action, Some(*uin))?;
                    }
                    named
                }
                None => customers_of(book, own)?.iter().rev().map(|(_, uin)| *uin).collect(),
            };
            Ok(uins.into_iter().filter_map(|uin| book.account(uin).cloned()).collect())
        })
        .await
    }

    /// The calling customer's own account.
    ///
    /// # Errors
    /// [`Failure`]; refused when the caller is no customer.
    pub async fn own_credit(&self, caller: Caller) -> Result<Account, Failure> {
        let own = calling_account(caller)?;
        self.read_as(caller, Action::ReadOwnCredit, Some(own), |book| {
            let account = book
                .account(own)
                .ok_or(Rejection::Parties(parties::Reason::PartyNotFound(parties::Party::Account, own)))?;
            // An agent's customers take no part in credit (R4).
            if matches!(book.channel_role(own), ChannelRole::AgentCustomer { .. }) {
                return Err(Rejection::NotPermitted(Denial::WrongRole));
            }
            Ok(account.clone())
        })
        .await
    }

    /// Those of the partner's customers whose profile matches. The directory finds them as of what was durable then; one
    /// that has left the partner since is on no page of its.
    async fn searched(
        &self,
        caller: Caller,
        partner: Uin,
        (field, term): (ProfileField, SearchTerm),
        order: PageOrder,
        skip: usize,
        limit: usize,
    ) -> Result<CustomerPage, Failure> {
        let action = Action::ReadCustomers;
        self.read_as(caller, action, None, |book| customers_of(book, partner).map(|_| ())).await?;
        let newest_first = order == PageOrder::NewestFirst;
        let search = CustomerSearch { partner, field, term, newest_first, skip, limit };
        let mut searches = 0;
        loop {
            searches += 1;
            let search = search.clone();
            let CustomersFound { page, total } =
                self.engine.long_directory(caller.actor, move |store| store.search_customers(&search)).await?;
            let clock = self.engine.clock();
            let found = self
                .read_as(caller, action, None, |book| {
                    let is_own = |&&(seq, uin): &&(u64, Uin)| {
                        book.customer(uin).is_some_and(|found| found.binding() == Binding { partner, seq })
                    };
                    Ok(accounts(book, &clock, page.iter().filter(is_own).map(|(_, uin)| *uin)))
                })
                .await?;
            let left = page.len() - found.len();
            if left == 0 || searches == SEARCHES_MAX {
                return Ok(CustomerPage { customers: self.with_profiles(found).await?, total: total - left });
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one query, private to this file")]
    async fn page(
        &self,
        caller: Caller,
        action: Action,
        target: Option<Uin>,
        partner: Uin,
        order: PageOrder,
        skip: usize,
        limit: usize,
    ) -> Result<CustomerPage, Failure> {
        let clock = self.engine.clock();
        let (found, total) = self
            .read_as(caller, action, target, |book| {
                let list = customers_of(book, partner)?;
                let entries: Box<dyn Iterator<Item = &(u64, Uin)>> = match order {
                    PageOrder::NewestFirst => Box::new(list.iter().rev()),
                    PageOrder::OldestFirst => Box::new(list.iter()),
                };
                let page = entries.skip(skip).take(limit).map(|(_, uin)| *uin);
                Ok((accounts(book, &clock, page), list.len()))
            })
            .await?;
        Ok(CustomerPage { customers: self.with_profiles(found).await?, total })
    }

    /// One customer as a list of its partner's, or nobody where it is not the partner's.
    async fn only(
        &self,
        caller: Caller,
        partner: Uin,
        only: Uin,
        skip: usize,
        limit: usize,
    ) -> Result<CustomerPage, Failure> {
        let clock = self.engine.clock();
        let (found, total) = self
            .read_as(caller, Action::ReadCustomers, None, |book| {
                customers_of(book, partner)?;
                let own = book.customer(only).filter(|customer| customer.partner == partner).map(|_| only);
                let page = own.into_iter().skip(skip).take(limit);
                Ok((accounts(book, &clock, page), usize::from(own.is_some())))
            })
            .await?;
        Ok(CustomerPage { customers: self.with_profiles(found).await?, total })
    }
}

pub(crate) fn calling_account(caller: Caller) -> Result<Uin, Failure> {
    caller.actor.account().map_err(|denial| Failure::refused(Rejection::NotPermitted(denial)))
}

/// The customers of a partner, which must be one.
fn customers_of(book: &Book, uin: Uin) -> Result<&CustomerList, Rejection> {
    let known = book.partner(uin).map(|_| book.customers_of(uin));
    known.ok_or(Rejection::Parties(parties::Reason::PartyNotFound(parties::Party::Partner, uin)))
}

fn accounts(book: &Book, clock: &BusinessClock, uins: impl Iterator<Item = Uin>) -> Vec<Figures> {
    uins.filter_map(|uin| Some(figures(book, clock, book.account(uin)?, None))).collect()
}
