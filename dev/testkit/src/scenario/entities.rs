//! Reads what the platform tells of the entities that an organization trusts, and of accounts that are opened under them.

use super::Name;
use super::operation::Operation;
use super::organization::Organizing;
use super::words::{ParseError, Words, called};

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
