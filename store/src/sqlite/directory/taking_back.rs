//! Taking back what a frame did in the directory that did not make it into the journal.

use super::counts::{self, Part};
use super::rows::{ProfileRow, Stamped, WebhookVersion};
use super::versions;
use super::{FILE, JournalEnd, answers, search, stamped};
use crate::contract::{CredentialRow, PlatformKeyRow, StoreError};
use crate::frame::Position;
use crate::sqlite::errors::{Within, stored};
use crate::sqlite::places::{self, Name};
use crate::sqlite::rows::{Stored, select};
use crate::sqlite::shard::delete;
use rusqlite::Connection;

/// Takes back what frames did that are not in the journal.
pub(super) fn take_back(connection: &Connection, end: &JournalEnd) -> Result<(), StoreError> {
    let last = stored(end.last.seq)?;
    // Nothing is deleted by a stamp that may be the damage, so all that goes is read first; and counted.
    let profiles: Vec<ProfileRow> = later_rows(connection, last)?;
    profiles.iter().try_for_each(|row| counts::add(connection, Part::Profiles(row.uin), -1))?;
    let credentials: Vec<Stamped<CredentialRow>> = later_rows(connection, last)?;
    for Stamped { row, .. } in &credentials {
        counts::add(connection, Part::Credentials(&row.secret_id), -1)?;
        counts::add(connection, Part::CredentialsOf(row.uin), -1)?;
    }
    let webhooks: Vec<WebhookVersion> = later_rows(connection, last)?;
    counts::add(connection, Part::Webhooks, -stored(webhooks.len() as u64)?)?;
    let keys: Vec<Stamped<PlatformKeyRow>> = later_rows(connection, last)?;
    counts::add(connection, Part::PlatformKeys, -stored(keys.len() as u64)?)?;
    answers::check_later(connection, last)?;
    for table in ["profile", "credential", "webhook", "platform_key", "kept_answer"] {
        connection.execute(&delete(table, "AND seq > ?"), [last]).within(FILE)?;
    }
    stamped::restore::<CredentialRow>(connection, last)?;
    stamped::restore::<PlatformKeyRow>(connection, last)?;
    versions::restore::<ProfileRow>(connection, last)?;
    search::take_back(connection, last)?;
    stand_at(connection, &end.directory)
}

/// What is stamped later than `last`.
fn later_rows<T: Stored>(connection: &Connection, last: i64) -> Result<Vec<T>, StoreError> {
    select(connection, FILE, "AND seq > ?", &[&last])
}

/// Says that the directory has the changes of the frames up to this one.
pub(super) fn stand_at(connection: &Connection, frame: &Position) -> Result<(), StoreError> {
    places::keep(connection, FILE, Name::Before, frame)?;
    places::keep(connection, FILE, Name::Frame, frame)
}
