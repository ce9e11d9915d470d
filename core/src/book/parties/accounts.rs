//! Opening and changing accounts, and their API credentials.

use super::command::{ChangeAccount, IssueCredential, OpenAccount, RevokeCredential};
use super::event::{AccountChanged, AccountOpened, CredentialIssued, CredentialRevoked};
use super::reason::Reason;
use crate::book::{Book, Decision, Figure, Finding, Rejection, Rule, Rules};
use crate::channel::Verification;

type Decided = Result<Decision, Rejection>;

pub(super) fn open(book: &Book, rules: &Rules, asked: &OpenAccount) -> Decided {
    let OpenAccount { uin, class, verification, tier, site, ref entity, followed } = *asked;
    let uin = match uin {
        Some(named) if book.account(named).is_some() => return Err(Reason::AccountExists(named).into()),
        Some(named) => named,
        None => book.next_uin().ok_or(Rejection::NumbersExhausted)?,
    };
    let site = site.unwrap_or(rules.site);
    Ok(AccountOpened { uin, class, verification, tier, site, entity: entity.clone(), followed }.into())
}

pub(super) fn change(book: &Book, asked: &ChangeAccount) -> Decided {
    let ChangeAccount { uin, class, verification, tier, ref entity, followed } = *asked;
    let (account, facts) = (book.existing_account(uin)?, book.account_facts(uin));
    let verification = verification.unwrap_or(account.verification);
    let verified = |verification| verification != Verification::None;
    let of = (uin, Figure::Verified);
    let changed = (verified(verification) != verified(account.verification))
        .then(|| Finding::becomes(Rule::R58, of, verified(account.verification), verified(verification)));
    let event = AccountChanged {
        uin,
        class: class.unwrap_or(account.class),
        verification,
        tier: tier.unwrap_or(account.tier),
        entity: entity.as_ref().unwrap_or(&facts.entity).clone(),
        followed: followed.unwrap_or(facts.followed),
    };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::{AccountClass, Tier, Uin, Verification};
    use crate::ledger::Moment;

    #[test]
    fn who_names_no_number_is_refused_when_none_is_left() {
        let last = Uin::new(Uin::MAX).expect("the last one is a number");
        let asked = |uin| OpenAccount {
            uin,
            class: AccountClass::External,
            verification: Verification::None,
            tier: Tier::None,
            site: None,
            entity: None,
            followed: false,
        };
        let mut book = Book::new();
        let decision = super::open(&book, &Rules::default(), &asked(Some(last))).expect("it is free");
        book.evolve(1, Moment::from_micros(0), &decision.event).expect("the account is new");
        book.deployment.next_uin = Some(last);
        assert_eq!(super::open(&book, &Rules::default(), &asked(None)), Err(Rejection::NumbersExhausted));
    }
}
