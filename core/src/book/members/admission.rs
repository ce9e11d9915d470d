//! What an organization and an account must fulfil before the account is, or stays, a member.

use super::reason::Reason;
use crate::book::conditions::Entry;
use crate::book::{Book, Context, Rejection};
use crate::channel::Uin;
use crate::organization::{Condition, Organization, Verdict};

/// Whether one more account may be in an organization; the admin counts (O32).
pub(super) fn has_room(book: &Book, organization: &Organization) -> Result<(), Rejection> {
    let accounts = book.members_len(organization.id) + 1;
    if reaches(accounts, organization.settings.quotas.accounts) { Err(Reason::TooManyMembers.into()) } else { Ok(()) }
}

/// Whether there are as many as a quota allows.
pub(super) fn reaches(count: usize, quota: u32) -> bool {
    usize::try_from(quota).is_ok_and(|quota| count >= quota)
}

/// Every condition for joining, and what is not met of them.
pub(super) fn may_join(
    book: &Book,
    context: &Context<'_>,
    organization: &Organization,
    member: Uin,
    entry: Entry,
) -> Result<(), Rejection> {
    let facts = book.existing_facts(member, context.now)?;
    met(&book.check_entry(context.rules, context.now, organization.admin, &facts, entry)?, |_| true)
}

/// Whether the conditions that count here are met.
pub(super) fn met(verdict: &Verdict, counts: impl Fn(Condition) -> bool) -> Result<(), Rejection> {
    let failed: Vec<_> = verdict.failures().filter(|(condition, _)| counts(*condition)).collect();
    if failed.is_empty() { Ok(()) } else { Err(Reason::ConditionsNotMet(failed).into()) }
}
