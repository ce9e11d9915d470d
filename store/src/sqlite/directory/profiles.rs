//! Profiles in the directory. A change is a new version with the stamp of its frame; the one before stays for as long as
//! the new one is not durable, since only that may be shown until then.

use super::FILE;
use super::counts::{self, Part};
use super::rows::ProfileRow;
use crate::contract::{Profile, ProfileField, ProfilePatch, SearchTerm, StoreError};
use crate::profile::{Matcher, field};
use crate::sqlite::errors::{Within, bound, stored};
use crate::sqlite::rows::{Clash, Inserter, each, select};
use crate::sqlite::shard::delete;
use credere_core::channel::Uin;
use rusqlite::Connection;
use std::ops::ControlFlow;

/// A profile as it is shown; `None` where there is none, which there must not have been before either.
pub(super) fn find(connection: &Connection, uin: Uin, last: i64) -> Result<Option<Profile>, StoreError> {
    let found = shown(versions_of(connection, uin)?, last)?;
    if found.is_none() {
        counts::check_profiles(connection, uin)?;
    }
    Ok(found.map(|row| row.profile))
}

/// The accounts whose profiles, as they are shown, match. Reads all of them: a look at a million takes about a second, and
/// there is no index to slow down writing.
pub(super) fn search(
    connection: &Connection,
    searched: ProfileField,
    term: &SearchTerm,
    last: i64,
) -> Result<Vec<Uin>, StoreError> {
    let (mut matcher, mut found) = (Matcher::new(term), Vec::new());
    let (mut versions, mut count): (Vec<ProfileRow>, u64) = (Vec::new(), 0);
    let mut judge = |versions: &mut Vec<ProfileRow>| -> Result<(), StoreError> {
        let shown = shown(versions.drain(..), last)?.filter(|row| {
            let text = field(&row.profile, searched);
            text.is_some_and(|text| matcher.matches(text))
        });
        found.extend(shown.map(|row| row.uin));
        Ok(())
    };
    each(connection, FILE, "ORDER BY uin, seq", &[], |row: ProfileRow| {
        count += 1;
        if versions.first().is_some_and(|first| first.uin != row.uin) {
            judge(&mut versions)?;
        }
        versions.push(row);
        Ok(ControlFlow::Continue(()))
    })?;
    judge(&mut versions)?;
    counts::agree("profile", count, counts::all_profiles(connection)?)?;
    Ok(found)
}

/// Writes a new version of a profile, in which what the patch names is changed.
pub(super) fn patch(connection: &Connection, uin: Uin, patch: &ProfilePatch, seq: u64) -> Result<(), StoreError> {
    let mut into = Inserter::new::<ProfileRow>(connection, FILE, Clash::Replaces, &[])?;
    let (mut profile, mut more) = (Profile::default(), 1);
    if let Some(newest) = shown(versions_of(connection, uin)?, i64::MAX)? {
        if newest.seq < seq {
            // The newest one is durable, its frame came before this one; what is older still nobody can ask for.
            let key = [stored(uin.number())?, stored(newest.seq)?];
            let dropped = connection
                .prepare_cached(&delete("profile", "AND uin = ? AND seq < ?"))
                .and_then(|mut statement| statement.execute(key))
                .within(FILE)?;
            more -= stored(dropped as u64)?;
            let replaced = ProfileRow { replaced_seq: Some(seq), ..newest };
            into.put(&[], &replaced)?;
            profile = replaced.profile;
        } else {
            // This frame has changed the profile already: the durable one is that before, and stays.
            more = 0;
            profile = newest.profile;
        }
    }
    patch.apply(&mut profile);
    counts::add(connection, Part::Profiles(uin), more)?;
    into.put(&[], &ProfileRow { uin, seq, replaced_seq: None, profile })
}

/// All versions of a profile, oldest first: the newest, and the one before it while that may still be asked for.
fn versions_of(connection: &Connection, uin: Uin) -> Result<Vec<ProfileRow>, StoreError> {
    select(connection, FILE, "AND uin = ? ORDER BY seq", &[&stored(uin.number())?])
}

/// Which of a profile's versions held at `last`, if one did; each must be the one that replaced the one before.
fn shown(versions: impl IntoIterator<Item = ProfileRow>, last: i64) -> Result<Option<ProfileRow>, StoreError> {
    let (mut found, mut replaced_seq) = (None, None);
    for (number, version) in versions.into_iter().enumerate() {
        if number > 0 && replaced_seq != Some(version.seq) {
            return Err(missing_version());
        }
        replaced_seq = version.replaced_seq;
        if bound(version.seq) <= last {
            found = Some(version);
        }
    }
    if replaced_seq.is_some() { Err(missing_version()) } else { Ok(found) }
}

fn missing_version() -> StoreError {
    StoreError::corrupt(format!("{FILE}: a version of a profile is missing"))
}
