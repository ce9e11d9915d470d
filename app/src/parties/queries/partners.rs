//! Partners and a distributor's second-level resellers.

use super::accounts::without_lists;
use super::customers::{PageOrder, calling_account};
use crate::app::App;
use crate::caller::Caller;
use crate::failure::Failure;
use crate::parties::views::SecondLevelView;
use credere_core::access::Action;
use credere_core::book::{Rejection, parties};
use credere_core::channel::{Partner, Uin};
use credere_store::contract::{ProfileField, SearchTerm, ShardStore};
use std::collections::HashSet;

/// Which second-level resellers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecondLevelFilter {
    /// This one.
    Uin(Uin),
    /// The one that has this customer.
    Customer(Uin),
    /// Those whose profile matches.
    Profile(ProfileField, SearchTerm),
}

impl App {
    /// One partner.
    ///
    /// # Errors
    /// [`Failure`]; refused when it is none.
    pub async fn partner(&self, caller: Caller, uin: Uin) -> Result<Partner, Failure> {
        self.read_as(caller, Action::ReadPartners, Some(uin), |book| {
            without_lists(book, uin)
                .ok_or(Rejection::Parties(parties::Reason::PartyNotFound(parties::Party::Partner, uin)))
        })
        .await
    }

    /// All partners in the order of their registration, after the one registered at `after_seq`, at most `limit`, and
    /// whether there are more.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn partners(
        &self,
        caller: Caller,
        after_seq: u64,
        limit: usize,
    ) -> Result<(Vec<Partner>, bool), Failure> {
        self.read_as(caller, Action::ReadPartners, None, |book| {
            let mut rest = book.partners_after(after_seq);
            let page = rest.by_ref().take(limit).filter_map(|partner| without_lists(book, partner.uin)).collect();
            Ok((page, rest.next().is_some()))
        })
        .await
    }

    /// The calling account's own figures as a partner.
    ///
    /// # Errors
    /// [`Failure`]; refused when it is none that has credit.
    pub async fn own_partner(&self, caller: Caller) -> Result<Partner, Failure> {
        let uin = calling_account(caller)?;
        self.read_as(caller, Action::ReadOwnPartner, Some(uin), |book| {
            without_lists(book, uin)
                .ok_or(Rejection::Parties(parties::Reason::PartyNotFound(parties::Party::Partner, uin)))
        })
        .await
    }

    /// The calling distributor's second-level resellers, a page of them, and how many match in all.
    ///
    /// # Errors
    /// [`Failure`]; refused when the caller is no distributor.
    pub async fn second_levels(
        &self,
        caller: Caller,
        filter: Option<SecondLevelFilter>,
        order: PageOrder,
        skip: usize,
        limit: usize,
    ) -> Result<(Vec<SecondLevelView>, usize), Failure> {
        let distributor = calling_account(caller)?;
        self.read_as(caller, Action::ReadSecondLevels, None, |_| Ok(())).await?;
        let matching: Option<HashSet<Uin>> = match &filter {
            Some(SecondLevelFilter::Profile(field, term)) => {
                let (field, term) = (*field, term.clone());
                let own = self
                    .read_as(caller, Action::ReadSecondLevels, None, |book| {
                        Ok(book.partner(distributor).map(|own| own.second_levels.clone()).unwrap_or_default())
                    })
                    .await?;
                let look = move |store: &dyn ShardStore| store.matching_profiles(&own, field, &term);
                Some(self.engine.long_directory(caller.actor, look).await?.into_iter().collect())
            }
            _ => None,
        };
        let (page, total) = self
            .read_as(caller, Action::ReadSecondLevels, None, |book| {
                let own = book.partner(distributor).map(|own| own.second_levels.clone()).unwrap_or_default();
                let wanted = |uin: &Uin| match &filter {
                    None => true,
                    Some(SecondLevelFilter::Uin(only)) => uin == only,
                    Some(SecondLevelFilter::Customer(customer)) => {
                        book.customer(*customer).is_some_and(|customer| customer.partner == *uin)
                    }
                    Some(SecondLevelFilter::Profile(..)) => matching.as_ref().is_some_and(|set| set.contains(uin)),
                };
                let mut found: Vec<Uin> = own.into_iter().filter(wanted).collect();
                if order == PageOrder::NewestFirst {
                    found.reverse();
                }
                let total = found.len();
                let page: Vec<(Partner, usize)> = found
                    .into_iter()
                    .skip(skip)
                    .take(limit)
                    .filter_map(|uin| Some((without_lists(book, uin)?, book.customers_of(uin).len())))
                    .collect();
                Ok((page, total))
            })
            .await?;
        let profiles = self.profiles(page.iter().map(|(partner, _)| partner.uin).collect()).await?;
        let views = page.into_iter().zip(profiles);
        let views = views.map(|((partner, customers), profile)| SecondLevelView { partner, customers, profile });
        Ok((views.collect(), total))
    }
}
