//! The file `directory.db`: profiles, API credentials, platform keys. A frame's changes are committed here before the
//! frame is, each row stamped with the frame's last event; readers see only stamps that the journal has reached, and at
//! opening whatever bears a later stamp is taken back. So a frame and its directory changes are there together or not.

use super::READERS_OF_LISTS;
use super::answers;
use super::connect::{self, Access, Pool, Taken, Tuning};
use super::counts::{self, Part};
use super::directory_rows::{Erased, ProfileRow, Stamped, WebhookVersion};
use super::errors::{Within, bound, stored};
use super::journal::settle;
use super::places::{self, Name};
use super::rows::{Clash, Inserter, Stored, each, seal, select};
use super::shard::{SHARD, delete, insert};
use crate::contract::{
    CredentialRow, DirectoryEntry, DirectoryWrite, KeptAnswer, KeyHash, PlatformKeyRow, Profile, ProfileField,
    ProfilePatch, SearchTerm, StoreError, WebhookRow,
};
use crate::frame::{Frame, Position};
use crate::profile::{Matcher, field};
use credere_core::channel::{Uin, WebhookId};
use parking_lot::Mutex;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql, TransactionBehavior, params};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

pub(super) const FILE: &str = "directory.db";

/// Connections that only look credentials up: whoever proves who it is waits for nobody who searches.
const CREDENTIAL_READERS: u32 = 2;

/// How long erasing waits for readers to be done, so that what was erased can leave the log at once.
const ERASE_PATIENCE: Duration = Duration::from_secs(2);

/// The newest stamp is kept as a place, so that an opening need not look through all rows to know that none is too new.
/// Credentials and keys stay in the order in which they were made, which is that of their row numbers.
const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS opening (shard INTEGER PRIMARY KEY, number INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS profile (shard INTEGER NOT NULL, uin INTEGER NOT NULL, seq INTEGER NOT NULL,
        replaced_seq INTEGER, name TEXT, email TEXT, phone TEXT, entity_id TEXT, entity_name TEXT,
        channel_manager TEXT, remark TEXT, seal INTEGER NOT NULL, PRIMARY KEY (shard, uin, seq)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS erased (shard INTEGER NOT NULL, uin INTEGER NOT NULL, seal INTEGER NOT NULL,
        PRIMARY KEY (shard, uin)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS credential (shard INTEGER NOT NULL, secret_id TEXT NOT NULL, uin INTEGER NOT NULL,
        sealed_key BLOB NOT NULL, created_at INTEGER NOT NULL, seq INTEGER NOT NULL, seal INTEGER NOT NULL,
        revoked_seq INTEGER, UNIQUE (shard, secret_id));
    CREATE INDEX IF NOT EXISTS credential_of ON credential (shard, uin);
    CREATE TABLE IF NOT EXISTS platform_key (shard INTEGER NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL,
        access TEXT NOT NULL, digest BLOB NOT NULL, created_at INTEGER NOT NULL, seq INTEGER NOT NULL,
        seal INTEGER NOT NULL, revoked_seq INTEGER, UNIQUE (shard, id));
    CREATE TABLE IF NOT EXISTS webhook (shard INTEGER NOT NULL, id INTEGER NOT NULL, seq INTEGER NOT NULL,
        removed INTEGER NOT NULL, account INTEGER, kinds TEXT NOT NULL, sealed BLOB NOT NULL,
        created_at INTEGER NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (shard, id, seq)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS counted (shard INTEGER NOT NULL, what TEXT NOT NULL, part TEXT NOT NULL,
        entries INTEGER NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (shard, what, part)) WITHOUT ROWID;";

/// The directory's connections.
pub(super) struct DirectoryFile {
    readers: Pool,
    credential_readers: Pool,
    writer: Mutex<Connection>,
    /// The log may still hold what was erased, because a reader was in the way of emptying it.
    erased_in_log: AtomicBool,
}

/// The frame whose changes are the newest in an open directory; its end is the newest stamp.
pub(super) fn newest_frame(connection: &Connection) -> Result<Position, StoreError> {
    places::kept(connection, FILE, Name::Frame)
}

/// Where the journal ends, and its newest frame with directory changes.
pub(super) struct JournalEnd {
    pub(super) last: Position,
    pub(super) directory: Position,
}

impl DirectoryFile {
    /// Opens the directory, whose log has been settled, and makes it where it is not there. What is later than the
    /// journal's end is taken back.
    pub(super) fn open(
        path: &Path,
        end: &JournalEnd,
        cache_bytes: u64,
        access: Access,
    ) -> Result<DirectoryFile, StoreError> {
        let tuning = Tuning {
            file: FILE,
            page_bytes: 4096,
            synchronous: "FULL",
            checkpoint_pages: 2000,
            cache_bytes: cache_bytes / 2,
            access,
        };
        let mut writer = connect::writer(path, &tuning)?;
        let mut emptied = true;
        if access == Access::Write {
            // What is deleted is overwritten, not just forgotten: erasing a person's data depends on it.
            writer.pragma_update_and_check(None, "secure_delete", true, |_| Ok(())).within(FILE)?;
            let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate).within(FILE)?;
            transaction.execute_batch(TABLES).within(FILE)?;
            transaction.execute(&insert("INSERT OR IGNORE", "opening", &["number"]), [0]).within(FILE)?;
            transaction.execute_batch(places::TABLE).within(FILE)?;
            transaction.execute_batch(answers::TABLE).within(FILE)?;
            if newest_frame(&transaction)?.seq > end.last.seq {
                take_back(&transaction, end)?;
            }
            // Everything that is left is durable, so of each webhook the newest version is enough.
            if let Err(error) = forget_old_webhooks(&transaction) {
                // Nothing is thrown away by what may be the damage; whoever asks for the webhooks is told.
                tracing::error!(%error, "old versions of webhooks are kept");
            }
            transaction.commit().within(FILE)?;
            settle(&writer, FILE, &format!("UPDATE opening SET number = number + 1 WHERE shard = {SHARD}"))?;
            // What was erased may still be in a log that a killed process left behind.
            emptied = connect::empty_log(&writer, FILE, Duration::ZERO)?;
        }
        Ok(DirectoryFile {
            writer: Mutex::new(writer),
            readers: Pool::open(path, FILE, READERS_OF_LISTS, cache_bytes / 8 * 3, access)?,
            credential_readers: Pool::open(path, FILE, CREDENTIAL_READERS, cache_bytes / 8, access)?,
            erased_in_log: AtomicBool::new(!emptied),
        })
    }

    /// Commits the changes that belong to a frame.
    pub(super) fn write(&self, frame: &Frame, writes: &[DirectoryWrite]) -> Result<(), StoreError> {
        let seq = frame.last_seq;
        let mut writer = self.writer.lock();
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate).within(FILE)?;
        for write in writes {
            match write {
                DirectoryWrite::Profile { uin, patch } => patch_profile(&transaction, *uin, patch, seq)?,
                DirectoryWrite::Credential(row) => {
                    insert_new(&transaction, &Stamped { row: row.clone(), seq, revoked_seq: None })?;
                    counts::add(&transaction, Part::Credentials(&row.secret_id), 1)?;
                    counts::add(&transaction, Part::CredentialsOf(row.uin), 1)?;
                }
                DirectoryWrite::CredentialRevoked { secret_id } => {
                    revoke::<CredentialRow>(&transaction, "secret_id", secret_id, seq)?;
                }
                DirectoryWrite::PlatformKey(row) => {
                    insert_new(&transaction, &Stamped { row: row.clone(), seq, revoked_seq: None })?;
                    counts::add(&transaction, Part::PlatformKeys, 1)?;
                }
                DirectoryWrite::PlatformKeyRevoked { id } => {
                    revoke::<PlatformKeyRow>(&transaction, "id", id, seq)?;
                }
                DirectoryWrite::Webhook(row) => change_webhook(&transaction, row.id, seq, Some(row))?,
                DirectoryWrite::WebhookRemoved { id } => change_webhook(&transaction, *id, seq, None)?,
                DirectoryWrite::Answer(answer) => answers::keep(&transaction, seq, answer)?,
                DirectoryWrite::AnswersForgotten { before } => answers::forget(&transaction, *before)?,
            }
        }
        // Which frame it was, and what it followed: where the frame is lost in a crash, the journal ends right there, and
        // anywhere else it has lost more than that.
        let before = Position { seq: frame.first_seq.saturating_sub(1), hash: frame.prev };
        places::keep(&transaction, FILE, Name::Before, &before)?;
        places::keep(&transaction, FILE, Name::Frame, &frame.position())?;
        transaction.commit().within(FILE)?;
        if self.erased_in_log.load(Ordering::Relaxed) {
            // A commit does not wait for those who read; what is in the way now is not for ever.
            self.empty_log(&writer, Duration::ZERO)?;
        }
        Ok(())
    }

    /// Leaves flushing to [`DirectoryFile::close_at`]: for a directory that does not count before that.
    pub(super) fn hurry(&self) -> Result<(), StoreError> {
        self.writer.lock().pragma_update(None, "synchronous", "OFF").within(FILE)
    }

    /// Says that the directory has the changes of the frames up to this one, and closes it without a log beside it.
    pub(super) fn close_at(self, frame: &Position) -> Result<(), StoreError> {
        let DirectoryFile { readers, credential_readers, writer, .. } = self;
        drop((readers, credential_readers));
        let mut writer = writer.into_inner();
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate).within(FILE)?;
        stand_at(&transaction, frame)?;
        transaction.commit().within(FILE)?;
        if !connect::empty_log(&writer, FILE, ERASE_PATIENCE)? {
            return Err(StoreError::io(format!("{FILE}: its log cannot be emptied")));
        }
        writer.close().map_err(|(_, error)| error).within(FILE)
    }

    pub(super) fn profile(&self, uin: Uin, durable: &AtomicU64) -> Result<Option<Profile>, StoreError> {
        self.look(durable, |connection, last| shown_profile(connection, uin, last))
    }

    pub(super) fn profiles(&self, uins: &[Uin], durable: &AtomicU64) -> Result<Vec<Profile>, StoreError> {
        self.look(durable, |connection, last| {
            uins.iter().map(|&uin| Ok(shown_profile(connection, uin, last)?.unwrap_or_default())).collect()
        })
    }

    /// Reads all profiles: a look at a million takes about a second, and there is no index to slow down writing.
    pub(super) fn search(
        &self,
        searched: ProfileField,
        term: &SearchTerm,
        durable: &AtomicU64,
    ) -> Result<Vec<Uin>, StoreError> {
        self.look(durable, |connection, last| {
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
        })
    }

    pub(super) fn credential(&self, id: &str, durable: &AtomicU64) -> Result<Option<CredentialRow>, StoreError> {
        look(&self.credential_readers, durable, |connection, last| {
            let tail = "AND secret_id = ?";
            let found: Option<Stamped<CredentialRow>> = select(connection, FILE, tail, &[&id])?.pop();
            if found.is_none() {
                counts::check_credentials(connection, id)?;
            }
            Ok(found.and_then(|row| row.valid(last)))
        })
    }

    pub(super) fn credentials_of(&self, uin: Uin, durable: &AtomicU64) -> Result<Vec<CredentialRow>, StoreError> {
        self.stamped("AND uin = ?", &[&bound(uin.number())], Part::CredentialsOf(uin), durable)
    }

    pub(super) fn platform_keys(&self, durable: &AtomicU64) -> Result<Vec<PlatformKeyRow>, StoreError> {
        self.stamped("", &[], Part::PlatformKeys, durable)
    }

    pub(super) fn webhooks(&self, durable: &AtomicU64) -> Result<Vec<WebhookRow>, StoreError> {
        self.look(durable, |connection, last| Ok(shown_webhooks(connection, last)?.collect()))
    }

    pub(super) fn webhook(&self, id: WebhookId, durable: &AtomicU64) -> Result<Option<WebhookRow>, StoreError> {
        // They are few, so all are read: that one is missing shows only by their number.
        self.look(durable, |connection, last| Ok(shown_webhooks(connection, last)?.find(|row| row.id == id)))
    }

    pub(super) fn kept_answer(&self, key: &KeyHash, durable: &AtomicU64) -> Result<Option<KeptAnswer>, StoreError> {
        self.look(durable, |connection, last| answers::find(connection, key, last))
    }

    pub(super) fn erase(&self, uin: Uin) -> Result<(), StoreError> {
        let mut writer = self.writer.lock();
        self.erased_in_log.store(true, Ordering::Relaxed);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate).within(FILE)?;
        let number = stored(uin.number())?;
        let versions = transaction.execute(&delete("profile", "AND uin = ?"), [number]).within(FILE)?;
        counts::add(&transaction, Part::Profiles(uin), -stored(versions as u64)?)?;
        Inserter::new::<Erased>(&transaction, FILE, Clash::Replaces, &[])?.put(&[], &Erased(uin))?;
        answers::erase(&transaction, uin)?;
        transaction.commit().within(FILE)?;
        self.empty_log(&writer, ERASE_PATIENCE)?;
        if self.erased_in_log.load(Ordering::Relaxed) {
            tracing::warn!("somebody reads the directory; what was erased leaves its log with a later change");
        }
        Ok(())
    }

    /// Visits everything, checked, of what the journal knows as well; see [`DirectoryEntry`].
    pub(super) fn entries(
        &self,
        durable: &AtomicU64,
        visit: &mut dyn FnMut(DirectoryEntry) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.look(durable, |connection, last| {
            connect::check_structure(connection, FILE)?;
            let mut next = |entry| visit(entry).map(ControlFlow::Continue);
            each(connection, FILE, "", &[], |row: Stamped<CredentialRow>| {
                let CredentialRow { secret_id, uin, created_at, .. } = row.row;
                let (made_seq, revoked_seq) = (row.seq, row.revoked_seq);
                next(DirectoryEntry::Credential { secret_id, uin, created_at, made_seq, revoked_seq })
            })?;
            each(connection, FILE, "", &[], |row: Stamped<PlatformKeyRow>| {
                let PlatformKeyRow { id, access, created_at, .. } = row.row;
                let (made_seq, revoked_seq) = (row.seq, row.revoked_seq);
                next(DirectoryEntry::PlatformKey { id, access, created_at, made_seq, revoked_seq })
            })?;
            for WebhookRow { id, account, kinds, created_at, .. } in shown_webhooks(connection, last)? {
                let _goes_on = next(DirectoryEntry::Webhook { id, account, kinds, created_at })?;
            }
            let mut before = None;
            each(connection, FILE, "ORDER BY uin, seq", &[], |row: ProfileRow| {
                if before.replace(row.uin) == Some(row.uin) {
                    return Ok(ControlFlow::Continue(()));
                }
                next(DirectoryEntry::Profile { uin: row.uin })
            })?;
            answers::each_kept(connection, |key, at, made_seq| next(DirectoryEntry::Answer { key, at, made_seq }))?;
            each(connection, FILE, "", &[], |Erased(uin)| next(DirectoryEntry::Erased { uin }))
        })
    }

    fn empty_log(&self, writer: &Connection, patience: Duration) -> Result<(), StoreError> {
        if connect::empty_log(writer, FILE, patience)? {
            self.erased_in_log.store(false, Ordering::Relaxed);
        }
        Ok(())
    }

    /// The rows that have not been revoked, oldest first, out of all that there should be.
    fn stamped<R>(
        &self,
        which: &str,
        key: &[&dyn ToSql],
        part: Part<'_>,
        durable: &AtomicU64,
    ) -> Result<Vec<R>, StoreError>
    where
        Stamped<R>: Stored,
    {
        self.look(durable, |connection, last| {
            let table = <Stamped<R> as Stored>::TABLE;
            let tail = format!("{which} ORDER BY seq, rowid");
            let rows: Vec<Stamped<R>> = select(connection, FILE, &tail, key)?;
            counts::agree(table, rows.len() as u64, counts::of(connection, part)?)?;
            Ok(rows.into_iter().filter_map(|row| row.valid(last)).collect())
        })
    }

    fn look<T>(
        &self,
        durable: &AtomicU64,
        read: impl FnOnce(&Connection, i64) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        look(&self.readers, durable, read)
    }
}

/// Reads in one transaction, of what the journal had reached when the transaction began.
fn look<T>(
    readers: &Pool,
    durable: &AtomicU64,
    read: impl FnOnce(&Connection, i64) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let connection: Taken<'_> = readers.take();
    let transaction = connection.unchecked_transaction().within(FILE)?;
    // The order matters: the first read fixes what this transaction sees, and that is at most one frame ahead of
    // what is durable by then, so the version before the newest is enough. Asked earlier, the answer could be
    // frames behind, and the version that belongs to it gone.
    transaction.query_row("SELECT count(*) FROM opening", [], |_| Ok(())).within(FILE)?;
    let last = bound(durable.load(Ordering::Acquire));
    read(&transaction, last)
}

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
    restore::<CredentialRow>(connection, last)?;
    restore::<PlatformKeyRow>(connection, last)?;
    let tail = "AND replaced_seq > ?";
    let replaced: Vec<ProfileRow> = select(connection, FILE, tail, &[&last])?;
    let mut newest = Inserter::new::<ProfileRow>(connection, FILE, Clash::Replaces, &[])?;
    replaced.into_iter().try_for_each(|row| newest.put(&[], &ProfileRow { replaced_seq: None, ..row }))?;
    drop(newest);
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

/// Deletes all versions of webhooks but the newest, and that too where the webhook has been removed.
fn forget_old_webhooks(connection: &Connection) -> Result<(), StoreError> {
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

/// A profile as it is shown; `None` where there is none, which there must not have been before either.
fn shown_profile(connection: &Connection, uin: Uin, last: i64) -> Result<Option<Profile>, StoreError> {
    let found = shown(versions_of(connection, uin)?, last)?;
    if found.is_none() {
        counts::check_profiles(connection, uin)?;
    }
    Ok(found.map(|row| row.profile))
}

/// All versions of a profile, oldest first: the newest, and the one before it while that may still be asked for.
fn versions_of(connection: &Connection, uin: Uin) -> Result<Vec<ProfileRow>, StoreError> {
    let tail = "AND uin = ? ORDER BY seq";
    select(connection, FILE, tail, &[&stored(uin.number())?])
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

/// The webhooks that are not removed, oldest first.
fn shown_webhooks(connection: &Connection, last: i64) -> Result<impl Iterator<Item = WebhookRow> + use<>, StoreError> {
    let tail = "ORDER BY id, seq";
    let versions: Vec<WebhookVersion> = select(connection, FILE, tail, &[])?;
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

fn patch_profile(connection: &Connection, uin: Uin, patch: &ProfilePatch, seq: u64) -> Result<(), StoreError> {
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

fn insert_new<T: Stored>(connection: &Connection, row: &T) -> Result<(), StoreError> {
    Inserter::new::<T>(connection, FILE, Clash::Fails, &[])?.put(&[], row)
}

/// Marks a row as taken back and seals it anew, unless it was taken back before.
fn revoke<R>(connection: &Connection, column: &str, name: &str, seq: u64) -> Result<(), StoreError>
where
    Stamped<R>: Stored,
{
    let tail = format!("AND {column} = ?");
    let row: Option<Stamped<R>> = select(connection, FILE, &tail, &[&name])?.pop();
    match row.filter(|row| row.revoked_seq.is_none()) {
        Some(row) => mark(connection, Stamped { revoked_seq: Some(seq), ..row }),
        None => Ok(()),
    }
}

/// Makes valid again what was taken back later than `last`.
fn restore<R>(connection: &Connection, last: i64) -> Result<(), StoreError>
where
    Stamped<R>: Stored,
{
    let rows: Vec<Stamped<R>> = select(connection, FILE, "AND revoked_seq > ?", &[&last])?;
    rows.into_iter().try_for_each(|row| mark(connection, Stamped { revoked_seq: None, ..row }))
}

/// Writes whether a row is taken back, with the seal that goes with it. The row keeps its place.
fn mark<R>(connection: &Connection, row: Stamped<R>) -> Result<(), StoreError>
where
    Stamped<R>: Stored,
{
    let (table, key) = (<Stamped<R> as Stored>::TABLE, <Stamped<R> as Stored>::COLUMNS[0]);
    let values = row.values()?;
    let name = values.first().copied().unwrap_or(ValueRef::Null);
    let sql = format!("UPDATE {table} SET revoked_seq = ?, seal = ? WHERE shard = {SHARD} AND {key} = ?");
    let mut statement = connection.prepare_cached(&sql).within(FILE)?;
    let revoked_seq = row.revoked_seq.map(stored).transpose()?;
    statement.execute(params![revoked_seq, seal(table, &values), ToSqlOutput::Borrowed(name)]).within(FILE)?;
    Ok(())
}

/// Writes a new version of a webhook, as [`patch_profile`] does of a profile. That one is missing shows by their number.
fn change_webhook(
    connection: &Connection,
    id: WebhookId,
    seq: u64,
    row: Option<&WebhookRow>,
) -> Result<(), StoreError> {
    let tail = "AND id = ? ORDER BY seq DESC";
    let versions: Vec<WebhookVersion> = select(connection, FILE, tail, &[&bound(id.0)])?;
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
