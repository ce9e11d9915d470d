//! Accounts with their names.

use crate::app::App;
use crate::caller::Caller;
use crate::clock::BusinessClock;
use crate::failure::Failure;
use crate::parties::views::AccountView;
use credere_core::access::Action;
use credere_core::book::{Book, Rejection, parties};
use credere_core::channel::{Account, Card, ChannelRole, Partner, Site, Uin};
use credere_store::contract::Profile;

/// What the book says of an account.
pub(super) struct Figures {
    pub(super) account: Account,
    pub(super) partner: Option<Partner>,
    pub(super) channel: ChannelRole,
    pub(super) voucher_balance: i128,
    pub(super) site: Site,
    pub(super) inherits_from: Option<Uin>,
}

impl App {
    /// One account.
    ///
    /// # Errors
    /// [`Failure`]; refused when there is none.
    pub async fn account(&self, caller: Caller, uin: Uin) -> Result<AccountView, Failure> {
        let clock = self.engine.clock();
        let found = self
            .read_as(caller, Action::ReadAccounts, Some(uin), |book| {
                let account = book.account(uin).ok_or(missing(uin))?;
                Ok(figures(book, &clock, account, without_lists(book, uin)))
            })
            .await?;
        Ok(self.with_profiles(vec![found]).await?.remove(0))
    }

    /// Accounts in the order of their opening, from a position on, at most `limit`; and the position after the last
    /// one when there are more.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn accounts(
        &self,
        caller: Caller,
        from: usize,
        limit: usize,
    ) -> Result<(Vec<AccountView>, Option<usize>), Failure> {
        let clock = self.engine.clock();
        let (found, next) = self
            .read_as(caller, Action::ReadAccounts, None, |book| {
                let page: Vec<_> = book
                    .accounts_from(from)
                    .take(limit)
                    .map(|account| figures(book, &clock, account, without_lists(book, account.uin)))
                    .collect();
                let next = (book.accounts_len() > from.saturating_add(page.len())).then_some(from + page.len());
                Ok((page, next))
            })
            .await?;
        Ok((self.with_profiles(found).await?, next))
    }

    /// An account's cards, oldest first.
    ///
    /// # Errors
    /// [`Failure`]; refused when there is no such account.
    pub async fn cards(&self, caller: Caller, uin: Uin) -> Result<Vec<Card>, Failure> {
        self.read_as(caller, Action::ReadAccounts, Some(uin), |book| {
            book.account(uin).ok_or(missing(uin))?;
            Ok(book.account_facts(uin).cards.clone())
        })
        .await
    }

    pub(super) async fn with_profiles(&self, found: Vec<Figures>) -> Result<Vec<AccountView>, Failure> {
        let uins: Vec<Uin> = found.iter().map(|figures| figures.account.uin).collect();
        let profiles = self.profiles(uins).await?;
        let view = |(Figures { account, partner, channel, voucher_balance, site, inherits_from }, profile)| {
            AccountView { account, profile, partner, channel, voucher_balance, site, inherits_from }
        };
        Ok(found.into_iter().zip(profiles).map(view).collect())
    }

    /// Names and contact data of several accounts, in the order asked.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn profiles(&self, uins: Vec<Uin>) -> Result<Vec<Profile>, Failure> {
        self.engine.directory(move |store| store.profiles(&uins)).await
    }
}

fn missing(uin: Uin) -> Rejection {
    Rejection::Parties(parties::Reason::PartyNotFound(parties::Party::Account, uin))
}

pub(super) fn figures(book: &Book, clock: &BusinessClock, account: &Account, partner: Option<Partner>) -> Figures {
    Figures {
        account: account.clone(),
        partner,
        channel: book.channel_role(account.uin),
        voucher_balance: book.voucher_balance(account.uin, clock.now(book.now())),
        site: book.account_facts(account.uin).site,
        inherits_from: book.inherits_offers_from(account.uin),
    }
}

/// A partner's own figures, without the lists of whom it has.
pub(super) fn without_lists(book: &Book, uin: Uin) -> Option<Partner> {
    book.partner(uin).map(|partner| Partner {
        second_levels: Vec::new(),
        allowlist: partner.allowlist.clone(),
        ..*partner
    })
}
