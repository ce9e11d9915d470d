//! Rows of accounts in versions. A change is a new version with the stamp of its frame; the one before stays for as long as
//! the new one is not durable, since only that may be shown until then, and says which one has replaced it, so that a
//! version that is missing shows.

use super::FILE;
use crate::contract::StoreError;
use crate::sqlite::errors::{Within, bound, stored};
use crate::sqlite::rows::{Clash, Inserter, Stored, each, select};
use crate::sqlite::shard::delete;
use credere_core::channel::Uin;
use rusqlite::Connection;
use std::ops::ControlFlow;

/// A version of something that each account has once.
pub(super) trait Version: Stored {
    /// Whose it is.
    fn uin(&self) -> Uin;

    /// The last event of the frame that made it.
    fn seq(&self) -> u64;

    /// The last event of the frame that made the next version, where there is one.
    fn replaced_seq(&self) -> Option<u64>;

    /// The same version, replaced by that frame, or by none.
    fn replaced(self, seq: Option<u64>) -> Self;
}

/// All versions of an account's, oldest first: the newest, and the one before it while that may still be asked for.
pub(super) fn of<V: Version>(connection: &Connection, uin: Uin) -> Result<Vec<V>, StoreError> {
    select(connection, FILE, "AND uin = ? ORDER BY seq", &[&stored(uin.number())?])
}

/// Which of an account's versions held at `last`, if one did; each must be the one that replaced the one before.
pub(super) fn shown<V: Version>(versions: impl IntoIterator<Item = V>, last: i64) -> Result<Option<V>, StoreError> {
    let (mut found, mut replaced_seq) = (None, None);
    for (number, version) in versions.into_iter().enumerate() {
        if number > 0 && replaced_seq != Some(version.seq()) {
            return Err(missing::<V>());
        }
        replaced_seq = version.replaced_seq();
        if bound(version.seq()) <= last {
            found = Some(version);
        }
    }
    if replaced_seq.is_some() { Err(missing::<V>()) } else { Ok(found) }
}

/// Visits what each account had at `last`, in order of number.
pub(super) fn each_shown<V: Version>(
    connection: &Connection,
    last: i64,
    visit: &mut dyn FnMut(V) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut versions: Vec<V> = Vec::new();
    let mut judge = |versions: &mut Vec<V>| match shown(versions.drain(..), last)? {
        Some(version) => visit(version),
        None => Ok(()),
    };
    each(connection, FILE, "ORDER BY uin, seq", &[], |version: V| {
        if versions.first().is_some_and(|first| first.uin() != version.uin()) {
            judge(&mut versions)?;
        }
        versions.push(version);
        Ok(ControlFlow::Continue(()))
    })?;
    judge(&mut versions)
}

/// Writes a version that is made of the newest one, if there is one; answers how many more there are.
pub(super) fn add<V: Version>(
    connection: &Connection,
    uin: Uin,
    seq: u64,
    next: impl FnOnce(Option<&V>) -> V,
) -> Result<i64, StoreError> {
    let newest = shown(of::<V>(connection, uin)?, i64::MAX)?;
    let version = next(newest.as_ref());
    let mut into = Inserter::new::<V>(connection, FILE, Clash::Replaces, &[])?;
    let mut more = 1;
    match newest {
        // The newest one is durable, its frame came before this one; what is older still nobody can ask for.
        Some(newest) if newest.seq() < seq => {
            let dropped = connection
                .prepare_cached(&delete(V::TABLE, "AND uin = ? AND seq < ?"))
                .and_then(|mut statement| statement.execute([bound(uin.number()), bound(newest.seq())]))
                .within(FILE)?;
            more -= stored(dropped as u64)?;
            into.put(&[], &newest.replaced(Some(seq)))?;
        }
        // This frame has changed it already: the durable one is that before, and stays.
        Some(_) => more = 0,
        None => {}
    }
    into.put(&[], &version)?;
    Ok(more)
}

/// Makes the newest again what was replaced later than `last`, once what replaced it is gone.
pub(super) fn restore<V: Version>(connection: &Connection, last: i64) -> Result<(), StoreError> {
    let replaced: Vec<V> = select(connection, FILE, "AND replaced_seq > ?", &[&last])?;
    let mut newest = Inserter::new::<V>(connection, FILE, Clash::Replaces, &[])?;
    replaced.into_iter().try_for_each(|row| newest.put(&[], &row.replaced(None)))
}

fn missing<V: Version>() -> StoreError {
    StoreError::corrupt(format!("{FILE}: a version in {} is missing", V::TABLE))
}
