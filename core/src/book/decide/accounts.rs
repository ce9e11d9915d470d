//! Accounts, their credentials, platform keys, and the test clock.

use super::super::event::Event;
use super::super::rejection::{Party, Rejection};
use super::super::state::Book;
use super::{Context, Decision};
use crate::access::KeyAccess;
use crate::channel::{Account, AccountClass, Tier, Uin, Verification};
use crate::ledger::Moment;

type Decided = Result<Decision, Rejection>;

pub(super) fn existing(book: &Book, uin: Uin) -> Result<&Account, Rejection> {
    book.account(uin).ok_or(Rejection::PartyNotFound(Party::Account, uin))
}

pub(super) fn open(
    book: &Book,
    uin: Option<Uin>,
    class: AccountClass,
    verification: Verification,
    tier: Tier,
) -> Decided {
    let uin = match uin {
        Some(named) if book.account(named).is_some() => return Err(Rejection::AccountExists(named)),
        Some(named) => named,
        None => book.next_uin().ok_or(Rejection::AmountOverflow)?,
    };
    Ok(Event::AccountOpened { uin, class, verification, tier }.into())
}

pub(super) fn change(
    book: &Book,
    uin: Uin,
    class: Option<AccountClass>,
    verification: Option<Verification>,
    tier: Option<Tier>,
) -> Decided {
    let account = existing(book, uin)?;
    Ok(Event::AccountChanged {
        uin,
        class: class.unwrap_or(account.class),
        verification: verification.unwrap_or(account.verification),
        tier: tier.unwrap_or(account.tier),
    }
    .into())
}

pub(super) fn issue_credential(book: &Book, uin: Uin, secret_id: &str) -> Decided {
    existing(book, uin)?;
    Ok(Event::CredentialIssued { uin, secret_id: secret_id.to_owned() }.into())
}

pub(super) fn revoke_credential(book: &Book, uin: Uin, secret_id: &str) -> Decided {
    existing(book, uin)?;
    Ok(Event::CredentialRevoked { uin, secret_id: secret_id.to_owned() }.into())
}

pub(super) fn issue_platform_key(book: &Book, access: KeyAccess) -> Decided {
    Ok(Event::PlatformKeyIssued { key: book.next_platform_key.max(1), access }.into())
}

pub(super) fn revoke_platform_key(book: &Book, key: u32) -> Decided {
    let access = book.platform_keys().get(&key).ok_or(Rejection::PlatformKeyNotFound)?;
    let full = book.platform_keys().values().filter(|access| **access == KeyAccess::Full).count();
    if *access == KeyAccess::Full && full == 1 {
        return Err(Rejection::LastFullKey);
    }
    Ok(Event::PlatformKeyRevoked { key }.into())
}

pub(super) fn advance_clock(context: &Context<'_>, to: Moment) -> Decided {
    if to < context.now {
        return Err(Rejection::ClockGoesBack { now: context.now });
    }
    Ok(Event::ClockAdvanced { to }.into())
}
