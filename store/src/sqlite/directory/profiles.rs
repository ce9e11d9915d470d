//! Profiles in the directory, in [`versions`].

use super::counts::{self, Part};
use super::rows::ProfileRow;
use super::versions;
use crate::contract::{Profile, ProfileField, ProfilePatch, SearchTerm, StoreError};
use crate::profile::{Matcher, field};
use credere_core::channel::Uin;
use rusqlite::Connection;

/// A profile as it is shown; `None` where there is none, which there must not have been before either.
pub(super) fn find(connection: &Connection, uin: Uin, last: i64) -> Result<Option<Profile>, StoreError> {
    let found: Option<ProfileRow> = versions::shown(versions::of(connection, uin)?, last)?;
    if found.is_none() {
        counts::check_profiles(connection, uin)?;
    }
    Ok(found.map(|row| row.profile))
}

/// Those of these accounts whose profiles, as they are shown, match.
pub(super) fn matching(
    connection: &Connection,
    uins: &[Uin],
    searched: ProfileField,
    term: &SearchTerm,
    last: i64,
) -> Result<Vec<Uin>, StoreError> {
    let (mut matcher, mut found) = (Matcher::new(term), Vec::new());
    for &uin in uins {
        let profile = find(connection, uin, last)?.unwrap_or_default();
        if field(&profile, searched).is_some_and(|text| matcher.matches(text)) {
            found.push(uin);
        }
    }
    Ok(found)
}

/// Writes a new version of a profile, in which what the patch names is changed.
pub(super) fn patch(connection: &Connection, uin: Uin, patch: &ProfilePatch, seq: u64) -> Result<(), StoreError> {
    let more = versions::add(connection, uin, seq, |newest: Option<&ProfileRow>| {
        let mut profile = newest.map(|row| row.profile.clone()).unwrap_or_default();
        patch.apply(&mut profile);
        ProfileRow { uin, seq, replaced_seq: None, profile }
    })?;
    counts::add(connection, Part::Profiles(uin), more)
}
