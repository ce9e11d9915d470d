//! How many rows the directory should have, sealed and in a table of its own, so that a row that has gone is damage and
//! not somebody who is not known. Where there are many, they are counted in parts that are small enough to be counted
//! again whenever something is not found: accounts by their numbers, credentials by the beginning of their identifiers.

use super::FILE;
use super::rows::Stamped;
use crate::contract::{CredentialRow, StoreError};
use crate::sqlite::errors::{Within, read, stored};
use crate::sqlite::rows::{Clash, Fields, Inserter, Stored, each, select, stored};
use crate::sqlite::shard::of as rows_of;
use credere_core::channel::Uin;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, params};
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// Accounts whose numbers agree but for so many bits are counted together.
const UIN_BITS: u32 = 10;

/// The same of bindings: they are counted again with each change of an account that has none.
const BINDING_BITS: u32 = 6;

/// Credentials whose identifiers begin with the same so many characters are counted together: four that are always the
/// same, and three that may be any of 62: so few that they are soon read, also for a stranger who asks for nobody.
const PREFIX: usize = 7;

/// What is counted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part<'a> {
    /// Credentials like this one.
    Credentials(&'a str),
    /// An account's credentials.
    CredentialsOf(Uin),
    /// All platform keys.
    PlatformKeys,
    /// All versions of webhooks.
    Webhooks,
    /// All versions of the profiles of accounts near this one.
    Profiles(Uin),
    /// All versions of the bindings of accounts near this one.
    Bindings(Uin),
    /// A partner's loose customers.
    Loose(Uin),
    /// The entries on a partner's sheets of one field.
    Sheets(Uin, u8),
}

impl Part<'_> {
    fn key(self) -> (&'static str, String) {
        match self {
            Part::Credentials(id) => ("credentials", prefix(id).unwrap_or(id).to_owned()),
            Part::CredentialsOf(uin) => ("credentials_of", uin.to_string()),
            Part::PlatformKeys => ("platform_keys", String::new()),
            Part::Webhooks => ("webhooks", String::new()),
            Part::Profiles(uin) => ("profiles", (uin.number() >> UIN_BITS).to_string()),
            Part::Bindings(uin) => ("bindings", (uin.number() >> BINDING_BITS).to_string()),
            Part::Loose(partner) => (LOOSE, partner.to_string()),
            Part::Sheets(partner, field) => ("sheets", format!("{partner} {field}")),
        }
    }
}

/// What loose customers are counted as.
pub(super) const LOOSE: &str = "loose";

/// What everything is counted as that customers are found by.
pub(super) const SEARCHED: [&str; 3] = ["bindings", LOOSE, "sheets"];

struct Counted {
    what: String,
    part: String,
    entries: u64,
}

stored! { Counted: "counted",
    what, part, entries
}

/// How many there should be.
pub(super) fn of(connection: &Connection, part: Part<'_>) -> Result<u64, StoreError> {
    let (what, part) = part.key();
    let found: Option<Counted> = select(connection, FILE, "AND what = ? AND part = ?", &[&what, &part])?.pop();
    Ok(found.map_or(0, |row| row.entries))
}

/// Counts so many more, or fewer.
pub(super) fn add(connection: &Connection, part: Part<'_>, more: i64) -> Result<(), StoreError> {
    if more == 0 { Ok(()) } else { add_up(connection, part, more).map(drop) }
}

/// Counts so many more, or fewer; answers how many there are then.
pub(super) fn add_up(connection: &Connection, part: Part<'_>, more: i64) -> Result<u64, StoreError> {
    let before = of(connection, part)?;
    if more == 0 {
        return Ok(before);
    }
    let entries = before.checked_add_signed(more);
    let entries = entries.ok_or_else(|| StoreError::corrupt(format!("{FILE}: {part:?} are fewer than none")))?;
    let (what, part) = part.key();
    let row = Counted { what: what.to_owned(), part, entries };
    Inserter::new::<Counted>(connection, FILE, Clash::Replaces, &[])?.put(&[], &row)?;
    Ok(entries)
}

/// The partners that have more than so many loose customers.
pub(super) fn crowded(connection: &Connection, most: u64) -> Result<Vec<Uin>, StoreError> {
    let rows: Vec<Counted> = select(connection, FILE, "AND what = ? AND entries > ?", &[&LOOSE, &stored(most)?])?;
    let partner = |row: Counted| row.part.parse().ok().and_then(|number| Uin::new(number).ok());
    let wrong = || StoreError::corrupt(format!("{FILE}: loose customers are nobody's"));
    rows.into_iter().map(|row| partner(row).ok_or_else(wrong)).collect()
}

/// Checks that each partner has as many loose customers as it should.
pub(super) fn agree_on_loose(connection: &Connection, found: &BTreeMap<Uin, u64>) -> Result<(), StoreError> {
    let rows: Vec<Counted> = select(connection, FILE, "AND what = ?", &[&LOOSE])?;
    found.iter().try_for_each(|(&partner, &count)| agree("loose", count, of(connection, Part::Loose(partner))?))?;
    agree("loose", found.values().sum(), rows.iter().map(|row| row.entries).sum())
}

/// The first and the last number of the accounts whose bindings are counted with this one's.
pub(super) fn near_bindings(uin: Uin) -> (u64, u64) {
    let first = uin.number() >> BINDING_BITS << BINDING_BITS;
    (first, first | ((1 << BINDING_BITS) - 1))
}

/// Checks that as many were found as there should be.
///
/// # Errors
/// [`StoreError::Corrupt`]
pub(super) fn agree(table: &str, found: u64, expected: u64) -> Result<(), StoreError> {
    if found == expected {
        return Ok(());
    }
    Err(StoreError::corrupt(format!("{FILE}: {table} has {found} rows where {expected} belong")))
}

/// Checks that a credential that was not found is not there: as many like it are there as should be, and none is it. An
/// index that is damaged may not lead to it and still lead to those around it. An identifier that is too short to be like
/// another one is counted alone: nobody makes the server read more than the few that begin in the same way.
pub(super) fn check_credentials(connection: &Connection, id: &str) -> Result<(), StoreError> {
    let expected = of(connection, Part::Credentials(id))?;
    let Some(first) = prefix(id) else { return agree("credential", 0, expected) };
    // No identifier that begins in this way comes after the beginning and the last of all characters.
    let end = format!("{first}{}", char::MAX);
    let tail = "AND secret_id >= ? AND secret_id < ?";
    let mut alike = 0;
    each(connection, FILE, tail, &[&first, &end], |near: Stamped<CredentialRow>| {
        if near.row.secret_id == id {
            return Err(StoreError::corrupt(format!("{FILE}: an index of credential leads astray")));
        }
        alike += 1;
        Ok(ControlFlow::Continue(()))
    })?;
    agree("credential", alike, expected)
}

/// Checks that no account near this one lacks its profile.
pub(super) fn check_profiles(connection: &Connection, uin: Uin) -> Result<(), StoreError> {
    let first = uin.number() >> UIN_BITS << UIN_BITS;
    let sql = format!("SELECT count(*) {}", rows_of("profile", "AND uin BETWEEN ? AND ?"));
    let mut statement = connection.prepare_cached(&sql).within(FILE)?;
    let range = params![stored(first)?, stored(first | ((1 << UIN_BITS) - 1))?];
    let found: i64 = statement.query_row(range, |row| row.get(0)).within(FILE)?;
    agree("profile", read(found, FILE)?, of(connection, Part::Profiles(uin))?)
}

/// The characters by which credentials are counted; `None` for an identifier that has fewer of them.
fn prefix(id: &str) -> Option<&str> {
    let mut ends = id.char_indices().map(|(at, character)| at + character.len_utf8());
    ends.nth(PREFIX - 1).map(|end| &id[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_together_begins_with_seven_characters() {
        for (id, first) in [
            ("", None),
            ("AKID12", None),
            ("AKID123", Some("AKID123")),
            ("AKID1234", Some("AKID123")),
            ("äöüäöüäö", Some("äöüäöüä")),
        ] {
            assert_eq!(prefix(id), first);
        }
    }
}
