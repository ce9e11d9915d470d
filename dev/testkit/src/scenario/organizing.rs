//! Reads the operations about organizations, and the things about them that are looked at.

use super::operation::{Operation, Profile};
use super::organization::{MemberTerms, Organizing};
use super::words::{ParseError, Word, Words, called};
use super::{Check, ExpectedInterval, Name, Thing};
use credere_core::book::buying::PayBy;
use credere_core::channel::{AccountClass, Site, Tier, Verification};
use credere_core::organization::{EndedBy, Feature, Permission, Permissions, StartedBy};

/// What an account does in an organization, where the next word is such a thing.
pub(super) fn acts(words: &mut Words<'_>, account: &Name) -> Result<Option<Vec<Operation>>, ParseError> {
    let verbs = ["makes", "ends", "invites", "joins", "accepts", "denies", "cancels", "changes", "agrees", "creates"];
    let others = ["disagrees", "removes", "quits", "retries", "transfers", "takes"];
    let known = |word: &str| (verbs.contains(&word) || others.contains(&word)).then(|| word.to_owned());
    let Some(verb) = words.maybe(known) else { return Ok(None) };
    let account = account.clone();
    let act = match verb.as_str() {
        "makes" | "ends" => {
            words.word("organization")?;
            if verb == "makes" { Organizing::Make { admin: account } } else { Organizing::End { admin: account } }
        }
        "invites" => invites(words, account)?,
        "joins" => return joins(words, account).map(Some),
        "accepts" | "denies" => {
            let named = words.accept("invitation");
            let invitation = if named { words.name("an invitation")? } else { account.clone() };
            match verb.as_str() {
                "accepts" => Organizing::Accept { member: account, invitation },
                _ => Organizing::Deny { member: account, invitation },
            }
        }
        "cancels" => {
            words.word("invitation")?;
            Organizing::Cancel { admin: account, invitation: words.name("an invitation")? }
        }
        "changes" => {
            let member = words.name("a member")?;
            Organizing::ChangeMember { admin: account, member, terms: terms(words)? }
        }
        "agrees" | "disagrees" => {
            words.word("with")?;
            Organizing::Decide { member: account, admin: words.name("an admin")?, agrees: verb == "agrees" }
        }
        "creates" | "retries" => creates(words, account, verb == "retries")?,
        "transfers" => transfers(words, account)?,
        "takes" => {
            words.word("back")?;
            let amount = words.amount()?;
            words.word("of")?;
            Organizing::TakeBack { admin: account, amount, transfer: words.name("a transfer")? }
        }
        "removes" => Organizing::Remove { admin: account, members: names(words, "a member")? },
        _ => Organizing::Quit { member: account, admin: words.name("an admin")? },
    };
    Ok(Some(vec![Operation::Organize(act)]))
}

fn invites(words: &mut Words<'_>, admin: Name) -> Result<Organizing, ParseError> {
    let member = words.name("an account")?;
    let terms = asked(&admin, terms(words)?);
    let applying = if words.accept("applying") { Some(words.name("what to call the entity")?) } else { None };
    let invitation = called(words)?.unwrap_or_else(|| member.clone());
    Ok(Organizing::Invite { invitation, admin, member, terms, applying })
}

/// What an admin opens, or tries again.
fn creates(words: &mut Words<'_>, admin: Name, again: bool) -> Result<Organizing, ParseError> {
    let member = words.name("an account")?;
    let terms = asked(&admin, terms(words)?);
    if again {
        return Ok(Organizing::Retry { member, admin, terms });
    }
    let under = if words.accept("under") { Some(words.name("an entity")?) } else { None };
    Ok(Organizing::Create { member, admin, terms, under })
}

fn transfers(words: &mut Words<'_>, admin: Name) -> Result<Organizing, ParseError> {
    let amount = words.amount()?;
    words.word("to")?;
    let member = words.name("a member")?;
    let transfer = called(words)?.unwrap_or_else(|| member.clone());
    Ok(Organizing::Transfer { transfer, admin, member, amount })
}

/// It is invited, and accepts.
fn joins(words: &mut Words<'_>, member: Name) -> Result<Vec<Operation>, ParseError> {
    let admin = words.name("an admin")?;
    let terms = asked(&admin, terms(words)?);
    let invitation = member.clone();
    let applying = None;
    let invite = Organizing::Invite { invitation: invitation.clone(), admin, member: member.clone(), terms, applying };
    Ok([invite, Organizing::Accept { member, invitation }].map(Operation::Organize).into())
}

/// The usual terms where none are named: the admin sees, and pays.
fn asked(admin: &Name, terms: MemberTerms) -> MemberTerms {
    if terms.permissions.is_some() {
        return terms;
    }
    let usual = Permissions::ALWAYS.into_iter().chain([Permission::PayOnBehalf]).collect();
    let payer = terms.payer.or_else(|| Some(admin.clone()));
    MemberTerms { permissions: Some(usual), payer, ..terms }
}

fn terms(words: &mut Words<'_>) -> Result<MemberTerms, ParseError> {
    let mut terms = MemberTerms::default();
    loop {
        if words.accept("permissions") {
            terms.permissions = Some(permissions(words)?);
        } else if words.accept("payer") {
            terms.payer = Some(words.name("who pays")?);
        } else if words.accept("may-quit") {
            terms.may_quit = Some(true);
        } else if words.accept("may-not-quit") {
            terms.may_quit = Some(false);
        } else {
            return Ok(terms);
        }
    }
}

fn permissions(words: &mut Words<'_>) -> Result<Permissions, ParseError> {
    let one = |words: &mut Words<'_>| {
        words.read("the number of a permission", |word| Permission::from_id(word.parse().ok()?))
    };
    let mut permissions = Permissions::default().with(one(words)?);
    while words.take(&Word::Comma) {
        permissions = permissions.with(one(words)?);
    }
    Ok(permissions)
}

fn names(words: &mut Words<'_>, expected: &str) -> Result<Vec<Name>, ParseError> {
    let mut names = vec![words.name(expected)?];
    while words.take(&Word::Comma) {
        names.push(words.name(expected)?);
    }
    Ok(names)
}

/// What is granted to an organization, which was named already.
pub(super) fn granted(words: &mut Words<'_>, admin: Name) -> Result<Organizing, ParseError> {
    let (mut accounts, mut invitations, mut creations, mut features) = (None, None, None, None);
    let number = |words: &mut Words<'_>| words.read("a number", |word| word.parse().ok());
    loop {
        if words.accept("accounts") {
            accounts = Some(number(words)?);
        } else if words.accept("invitations") {
            invitations = Some(number(words)?);
        } else if words.accept("creations") {
            creations = Some(number(words)?);
        } else if words.accept("features") {
            let mut granted = Vec::new();
            while !words.accept("none") {
                granted.push(words.read("a feature such as `fund_allocation`, or `none`", Feature::from_name)?);
                if !words.take(&Word::Comma) {
                    break;
                }
            }
            features = Some(granted);
        } else {
            return Ok(Organizing::Grant { admin, accounts, invitations, creations, features });
        }
    }
}

/// What is told of an account; nothing where nothing of it follows.
pub(super) fn profile(words: &mut Words<'_>) -> Result<Profile, ParseError> {
    let mut profile = Profile::default();
    loop {
        if let Some(verification) = words.maybe(verification) {
            profile.verification = Some(verification);
        } else if words.accept("entity") {
            profile.entity = Some(words.plain("an entity")?);
        } else if words.accept("external") {
            profile.class = Some(AccountClass::External);
        } else if words.accept("internal") {
            let kind = words.read("an internal type", |word| word.parse().ok())?;
            profile.class = Some(AccountClass::Internal(kind));
        } else if words.accept("tier") {
            profile.tier = Some(words.read("`none`, `key`, `mid` or `long_tail`", tier)?);
        } else if let Some(followed) = words.maybe(followed) {
            profile.followed = Some(followed);
        } else if words.accept("site") {
            profile.site = Some(words.read("`intl` or `cn`", Site::from_name)?);
        } else {
            return Ok(profile);
        }
    }
}

fn verification(word: &str) -> Option<Verification> {
    match word {
        "unverified" => Some(Verification::None),
        "personal" => Some(Verification::Personal),
        "enterprise" => Some(Verification::Enterprise),
        _ => None,
    }
}

fn tier(word: &str) -> Option<Tier> {
    match word {
        "none" => Some(Tier::None),
        "key" => Some(Tier::Key),
        "mid" => Some(Tier::Mid),
        "long_tail" => Some(Tier::LongTail),
        _ => None,
    }
}

fn followed(word: &str) -> Option<bool> {
    match word {
        "followed" => Some(true),
        "unfollowed" => Some(false),
        _ => None,
    }
}

/// Who pays a parked order.
pub(super) fn pay_by(word: &str) -> Option<PayBy> {
    match word {
        "customer" => Some(PayBy::Customer),
        "partner" => Some(PayBy::Partner),
        "payer" => Some(PayBy::Payer),
        _ => None,
    }
}

/// What is looked at of organizations, where the next word is such a thing.
pub(super) fn check(words: &mut Words<'_>) -> Result<Option<Check>, ParseError> {
    if words.accept("payers") {
        words.word("of")?;
        let member = words.name("an account")?;
        return Ok(Some(Check::Payers { member, intervals: intervals(words)? }));
    }
    let things = [
        ("member", Thing::Member),
        ("organization", Thing::Organization),
        ("invitation", Thing::Invitation),
        ("creation", Thing::Creation),
        ("entity", Thing::Entity),
    ];
    let Some((what, of)) = words.maybe(|word| things.into_iter().find(|(known, _)| *known == word)) else {
        return Ok(None);
    };
    let name = words.name(&format!("the name of this {what}"))?;
    Ok(Some(Check::Fields { of, name, fields: fields(words)? }))
}

/// Pairs of a name and a value, at least one. Lists are kept as they are shown: `1, 2, 7`.
fn fields(words: &mut Words<'_>) -> Result<Vec<(String, String)>, ParseError> {
    const KNOWN: [&str; 15] = [
        "of",
        "kind",
        "permissions",
        "asked",
        "may_quit",
        "payer",
        "members",
        "pays_for",
        "state",
        "member",
        "by",
        "code",
        "under",
        "named",
        "admin",
    ];
    let mut fields = Vec::new();
    loop {
        let name = words
            .read(&format!("one of `{}`", KNOWN.join("`, `")), |word| KNOWN.contains(&word).then(|| word.to_owned()))?;
        let mut values = vec![words.plain("a value")?];
        while words.take(&Word::Comma) {
            values.push(words.plain("a value")?);
        }
        fields.push((name, values.join(", ")));
        if words.peek().is_none() {
            return Ok(fields);
        }
    }
}

fn intervals(words: &mut Words<'_>) -> Result<Vec<ExpectedInterval>, ParseError> {
    let mut intervals = Vec::new();
    if words.accept("none") {
        return Ok(intervals);
    }
    loop {
        let payer = words.name("who paid, or `none`")?;
        words.word("from")?;
        let from = words.maybe_day();
        let started_by = words.read("what made it begin, such as `accept`", StartedBy::from_name)?;
        let until = if words.accept("until") {
            let day = words.maybe_day();
            Some((day, words.read("what made it end, such as `remove`", EndedBy::from_name)?))
        } else {
            None
        };
        intervals.push(ExpectedInterval { payer, from, started_by, until });
        if !words.take(&Word::Comma) {
            return Ok(intervals);
        }
    }
}
