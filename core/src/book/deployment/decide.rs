//! Platform keys, and the test clock.

use super::event::{ClockAdvanced, PlatformKeyIssued, PlatformKeyRevoked};
use super::reason::Reason;
use crate::access::KeyAccess;
use crate::book::{Book, Context, Decision, Rejection};
use crate::ledger::Moment;

pub(super) fn issue_platform_key(book: &Book, access: KeyAccess) -> Result<Decision, Rejection> {
    let key = book.deployment.next_platform_key.max(1);
    // The last one is never given, so that the next is always beyond all that were.
    if key == u32::MAX {
        return Err(Rejection::NumbersExhausted);
    }
    Ok(PlatformKeyIssued { key, access }.into())
}

pub(super) fn revoke_platform_key(book: &Book, key: u32) -> Result<Decision, Rejection> {
    let access = book.platform_keys().get(&key).ok_or(Reason::PlatformKeyNotFound)?;
    if *access == KeyAccess::Full && book.deployment.full_keys == 1 {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_of_a_key_is_given_twice() {
        let mut book = Book::new();
        book.deployment.next_platform_key = u32::MAX - 1;
        let last = issue_platform_key(&book, KeyAccess::Full).expect("one is left");
        assert_eq!(last.event, PlatformKeyIssued { key: u32::MAX - 1, access: KeyAccess::Full }.into());
        book.evolve(1, Moment::from_micros(0), &last.event).expect("the key is new");
        assert_eq!(issue_platform_key(&book, KeyAccess::Full), Err(Rejection::NumbersExhausted));
    }
}
