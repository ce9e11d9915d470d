//! Webhooks in the directory, in versions as [`super::profiles`] are. They are few, so they are read all together: that one
//! is missing shows only by their number.

use super::FILE;
use super::counts::{self, Part};
use super::rows::WebhookVersion;
use crate::contract::{StoreError, WebhookRow};
use crate::sqlite::errors::{Within, bound, stored};
use crate::sqlite::rows::{Clash, Inserter, select};
use crate::sqlite::shard::delete;
use credere_core::channel::WebhookId;
use rusqlite::Connection;

/// The webhooks that are not removed, oldest first.
pub(super) fn shown(
    connection: &Connection,
    last: i64,
) -> Result<impl Iterator<Item = WebhookRow> + use<>, StoreError> {
    let versions: Vec<WebhookVersion> = select(connection, FILE, "ORDER BY id, seq", &[])?;
    counts::agree("webhook", versions.len() as u64, counts::of(connection, Part::Webhooks)?)?;
    let mut found: Vec<WebhookVersion> = Vec::new();
    for version in versions.into_iter().filter(|version| bound(version.seq) <= last) {
        match found.last_mut().filter(|before| before.row.id == version.row.id) {
            Some(before) => *before = version,
            None => found.push(version),
        }
    }
    Ok(found.into_iter().filter(|version| !version.removed).map(|version| version.row))
}

/// Writes a new version of a webhook, or that it is removed where there is no row.
pub(super) fn change(
    connection: &Connection,
    id: WebhookId,
    seq: u64,
    row: Option<&WebhookRow>,
) -> Result<(), StoreError> {
    let versions: Vec<WebhookVersion> = select(connection, FILE, "AND id = ? ORDER BY seq DESC", &[&bound(id.0)])?;
    let (newest, mut more) = (versions.into_iter().next(), 1);
    if let Some(newest) = &newest {
        let key = [stored(id.0)?, stored(newest.seq)?];
        if newest.seq < seq {
            let dropped = connection
                .prepare_cached(&delete("webhook", "AND id = ? AND seq < ?"))
                .and_then(|mut statement| statement.execute(key))
                .within(FILE)?;
            more -= stored(dropped as u64)?;
        } else {
            more = 0;
        }
    }
    let version = match (row, newest) {
        (Some(row), _) => WebhookVersion::new(seq, false, row.clone()),
        // A removed webhook keeps nothing that was secret.
        (None, Some(newest)) => WebhookVersion::new(seq, true, WebhookRow { sealed: Vec::new(), ..newest.row }),
        (None, None) => return Ok(()),
    };
    counts::add(connection, Part::Webhooks, more)?;
    Inserter::new::<WebhookVersion>(connection, FILE, Clash::Replaces, &[])?.put(&[], &version)
}

/// Deletes all versions of webhooks but the newest, and that too where the webhook has been removed.
pub(super) fn forget_old(connection: &Connection) -> Result<(), StoreError> {
    let versions: Vec<WebhookVersion> = select(connection, FILE, "ORDER BY id, seq", &[])?;
    let mut removed = 0;
    for of_one in versions.chunk_by(|one, next| one.row.id == next.row.id) {
        let Some((newest, older)) = of_one.split_last() else { continue };
        for version in older.iter().chain(Some(newest).filter(|newest| newest.removed)) {
            connection
                .execute(
                    &delete("webhook", "AND id = ? AND seq = ?"),
                    [stored(version.row.id.0)?, stored(version.seq)?],
                )
                .within(FILE)?;
            removed += 1;
        }
    }
    counts::add(connection, Part::Webhooks, -removed)
}
