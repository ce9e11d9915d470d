//! Reads the operations about the entities that an organization trusts, and about accounts that are opened for it.

use super::Name;
use super::operation::Operation;
use super::organization::Organizing;
use super::organizing::{asked, terms};
use super::words::{ParseError, Words, called};

/// What an admin opens, or tries again.
pub(super) fn creates(words: &mut Words<'_>, admin: Name, again: bool) -> Result<Organizing, ParseError> {
    let member = words.name("an account")?;
    let terms = asked(&admin, terms(words)?);
    if again {
        return Ok(Organizing::Retry { member, admin, terms });
    }
    let under = if words.accept("under") { Some(words.name("an entity")?) } else { None };
    Ok(Organizing::Create { member, admin, terms, under })
}

/// An entity that the platform associates with an organization.
pub(super) fn associate(words: &mut Words<'_>) -> Result<Operation, ParseError> {
    let entity = words.plain("an entity")?;
    words.word("with")?;
    let admin = words.name("an admin")?;
    let answers = if words.accept("admin") { Some(words.name("who answers for it")?) } else { None };
    let relation = called(words)?.unwrap_or_else(|| entity.clone());
    Ok(Operation::Organize(Organizing::Associate { relation, admin, entity, answers }))
}

/// What the platform decides, for good or not.
pub(super) fn decide(words: &mut Words<'_>, approve: bool) -> Result<Operation, ParseError> {
    let entity = words.accept("entity");
    if !entity {
        words.word("creation")?;
    }
    let name = words.name("its name")?;
    let admin = of(words)?;
    Ok(Operation::Organize(if entity {
        Organizing::DecideEntity { admin, relation: name, approve }
    } else {
        Organizing::DecideCreation { admin, member: name, approve }
    }))
}

/// Who answers for an entity from now on.
pub(super) fn change(words: &mut Words<'_>) -> Result<Operation, ParseError> {
    let relation = words.name("an entity")?;
    let admin = of(words)?;
    words.word("admin")?;
    let answers = if words.accept("none") { None } else { Some(words.name("who answers for it, or `none`")?) };
    Ok(Operation::Organize(Organizing::ChangeEntity { admin, relation, answers }))
}

/// An entity that is trusted no longer.
pub(super) fn end(words: &mut Words<'_>) -> Result<Operation, ParseError> {
    let relation = words.name("an entity")?;
    let admin = of(words)?;
    Ok(Operation::Organize(Organizing::EndEntity { admin, relation }))
}

fn of(words: &mut Words<'_>) -> Result<Name, ParseError> {
    words.word("of")?;
    words.name("an admin")
}
