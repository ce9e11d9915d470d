//! Opening and changing accounts, and their API credentials.

use super::command::{ChangeAccount, IssueCredential, OpenAccount, RevokeCredential};
use super::event::{AccountChanged, AccountOpened, CredentialIssued, CredentialRevoked};
use super::reason::Reason;
use crate::book::{Book, Decision, Figure, Finding, Rejection, Rule};
use crate::channel::Verification;

type Decided = Result<Decision, Rejection>;

pub(super) fn open(book: &Book, asked: &OpenAccount) -> Decided {
    let OpenAccount { uin, class, verification, tier } = *asked;
    let uin = match uin {
        Some(named) if book.account(named).is_some() => return Err(Reason::AccountExists(named).into()),
        Some(named) => named,
        None => book.next_uin().ok_or(Rejection::AmountOverflow)?,
    };
    Ok(AccountOpened { uin, class, verification, tier }.into())
}

pub(super) fn change(book: &Book, asked: &ChangeAccount) -> Decided {
    let ChangeAccount { uin, class, verification, tier } = *asked;
    let account = book.existing_account(uin)?;
    let verification = verification.unwrap_or(account.verification);
    let verified = |verification| verification != Verification::None;
    let of = (uin, Figure::Verified);
    let changed = (verified(verification) != verified(account.verification))
        .then(|| Finding::becomes(Rule::R58, of, verified(account.verification), verified(verification)));
    let event =
        AccountChanged { uin, class: class.unwrap_or(account.class), verification, tier: tier.unwrap_or(account.tier) };
    Ok(Decision { event: event.into(), because: changed.into_iter().collect() })
}

pub(super) fn issue_credential(book: &Book, asked: &IssueCredential) -> Decided {
    let IssueCredential { uin, secret_id } = asked;
    book.existing_account(*uin)?;
    Ok(CredentialIssued { uin: *uin, secret_id: secret_id.clone() }.into())
}

pub(super) fn revoke_credential(book: &Book, asked: &RevokeCredential) -> Decided {
    let RevokeCredential { uin, secret_id } = asked;
    book.existing_account(*uin)?;
    Ok(CredentialRevoked { uin: *uin, secret_id: secret_id.clone() }.into())
}
