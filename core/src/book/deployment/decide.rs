//! Platform keys, and the test clock.

use super::event::{ClockAdvanced, PlatformKeyIssued, PlatformKeyRevoked};
use super::reason::Reason;
use crate::access::KeyAccess;
use crate::book::{Book, Context, Decision, Rejection};
use crate::ledger::Moment;

pub(super) fn issue_platform_key(book: &Book, access: KeyAccess) -> Result<Decision, Rejection> {
    Ok(PlatformKeyIssued { key: book.deployment.next_platform_key.max(1), access }.into())
}

pub(super) fn revoke_platform_key(book: &Book, key: u32) -> Result<Decision, Rejection> {
    let access = book.platform_keys().get(&key).ok_or(Reason::PlatformKeyNotFound)?;
    let full = book.platform_keys().values().filter(|access| **access == KeyAccess::Full).count();
    if *access == KeyAccess::Full && full == 1 {
        return Err(Reason::LastFullKey.into());
    }
    Ok(PlatformKeyRevoked { key }.into())
}

pub(super) fn advance_clock(context: &Context<'_>, to: Moment) -> Result<Decision, Rejection> {
    if to < context.now {
        return Err(Reason::ClockGoesBack { now: context.now }.into());
    }
    Ok(ClockAdvanced { to }.into())
}
