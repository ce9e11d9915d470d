//! What the directory has that the journal knows of as well, visited and checked for whoever compares the two.

use super::rows::{Erased, ProfileRow, Stamped};
use super::{FILE, answers, search, webhooks};
use crate::contract::{CredentialRow, DirectoryEntry, PlatformKeyRow, StoreError, WebhookRow};
use crate::sqlite::connect;
use crate::sqlite::rows::each;
use rusqlite::Connection;
use std::ops::ControlFlow;

/// Visits the platform keys and the platform's webhooks, checked.
pub(super) fn of_deployment(
    connection: &Connection,
    last: i64,
    visit: &mut dyn FnMut(DirectoryEntry) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    each(connection, FILE, "", &[], |row: Stamped<PlatformKeyRow>| {
        let PlatformKeyRow { id, access, created_at, .. } = row.row;
        let (made_seq, revoked_seq) = (row.seq, row.revoked_seq);
        visit(DirectoryEntry::PlatformKey { id, access, created_at, made_seq, revoked_seq })?;
        Ok(ControlFlow::Continue(()))
    })?;
    let mut own = webhooks::shown(connection, last)?.filter(|row| row.account.is_none());
    own.try_for_each(|row| visit(webhook_entry(row)))
}

/// Visits everything of the shard, checked, of what the journal knows as well; see [`DirectoryEntry`].
pub(super) fn of_shard(
    connection: &Connection,
    last: i64,
    visit: &mut dyn FnMut(DirectoryEntry) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    connect::check_structure(connection, FILE)?;
    let mut next = |entry| visit(entry).map(ControlFlow::Continue);
    each(connection, FILE, "", &[], |row: Stamped<CredentialRow>| {
        let CredentialRow { secret_id, uin, created_at, .. } = row.row;
        let (made_seq, revoked_seq) = (row.seq, row.revoked_seq);
        next(DirectoryEntry::Credential { secret_id, uin, created_at, made_seq, revoked_seq })
    })?;
    for row in webhooks::shown(connection, last)?.filter(|row| row.account.is_some()) {
        let _goes_on = next(webhook_entry(row))?;
    }
    let mut before = None;
    each(connection, FILE, "ORDER BY uin, seq", &[], |row: ProfileRow| {
        if before.replace(row.uin) == Some(row.uin) {
            return Ok(ControlFlow::Continue(()));
        }
        next(DirectoryEntry::Profile { uin: row.uin })
    })?;
    answers::each_kept(connection, |key, at, made_seq| next(DirectoryEntry::Answer { key, at, made_seq }))?;
    each(connection, FILE, "", &[], |Erased(uin)| next(DirectoryEntry::Erased { uin }))?;
    if search::is_searchable(connection)? {
        search::prove(connection)?;
        search::each_binding(connection, last, &mut |customer, binding| {
            let _goes_on = next(DirectoryEntry::Bound { customer, binding })?;
            Ok(())
        })?;
    }
    Ok(())
}

fn webhook_entry(WebhookRow { id, account, kinds, created_at, .. }: WebhookRow) -> DirectoryEntry {
    DirectoryEntry::Webhook { id, account, kinds, created_at }
}
