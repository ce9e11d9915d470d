//! The file `directory.db`: profiles, API credentials, webhooks, platform keys. A frame's changes are committed here before the
//! frame is, each row stamped with the frame's last event; readers see only stamps that the journal has reached, and at
//! opening whatever bears a later stamp is taken back. So a frame and its directory changes are there together or not.

mod answers;
mod counts;
mod entries;
mod profiles;
mod rows;
mod search;
mod stamped;
mod taking_back;
mod versions;
mod webhooks;

use super::connect::{self, Access, Pool, Taken, Tuning};
use super::errors::{Within, bound, stored};
use super::journal::settle;
use super::places::{self, Name};
use super::rows::{Clash, Inserter, select};
use super::shard::{delete, insert};
use super::{READERS_OF_LISTS, SqliteStore};
use crate::contract::{
    CredentialRow, CustomerSearch, CustomersFound, Directory, DirectoryEntry, DirectoryWrite, KeptAnswer, KeyHash,
    PlatformKeyRow, Profile, ProfileField, SearchTerm, StoreError, WebhookRow,
};
use crate::frame::{Frame, Position};
use counts::Part;
use credere_core::channel::{Binding, Uin, WebhookId};
use parking_lot::Mutex;
pub(super) use rows::WebhookVersion;
use rows::{Erased, Stamped};
use rusqlite::{Connection, TransactionBehavior};
pub(super) use search::SearchCut;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use taking_back::{stand_at, take_back};

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
        channel_manager TEXT, remark TEXT, member_name TEXT, member_remark TEXT, seal INTEGER NOT NULL,
        PRIMARY KEY (shard, uin, seq)) WITHOUT ROWID;
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
    /// Partners whose sheets are to be written anew with the next frame.
    crowded: Mutex<BTreeSet<Uin>>,
    cut: SearchCut,
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
        cut: SearchCut,
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
            search::make_tables(&transaction)?;
            // A new directory has nothing yet that customers would not be found by.
            transaction
                .execute(&insert("INSERT OR IGNORE", "opening", &["number", "searchable"]), [0, 0])
                .within(FILE)?;
            transaction.execute_batch(places::TABLE).within(FILE)?;
            transaction.execute_batch(answers::TABLE).within(FILE)?;
            if newest_frame(&transaction)?.seq > end.last.seq {
                take_back(&transaction, end)?;
            }
            // Everything that is left is durable, so of each webhook the newest version is enough.
            if let Err(error) = webhooks::forget_old(&transaction) {
                // Nothing is thrown away by what may be the damage; whoever asks for the webhooks is told.
                tracing::error!(%error, "old versions of webhooks are kept");
            }
            search::place_crowded(&transaction, cut)?;
            transaction.commit().within(FILE)?;
            settle(&writer, FILE, &search::count_opening())?;
            // What was erased may still be in a log that a killed process left behind.
            emptied = connect::empty_log(&writer, FILE, Duration::ZERO)?;
        }
        Ok(DirectoryFile {
            writer: Mutex::new(writer),
            readers: Pool::open(path, FILE, READERS_OF_LISTS, cache_bytes / 8 * 3, access)?,
            credential_readers: Pool::open(path, FILE, CREDENTIAL_READERS, cache_bytes / 8, access)?,
            crowded: Mutex::default(),
            cut,
            erased_in_log: AtomicBool::new(!emptied),
        })
    }

    /// Commits the changes that belong to a frame.
    pub(super) fn write(&self, frame: &Frame, writes: &[DirectoryWrite]) -> Result<(), StoreError> {
        let seq = frame.last_seq;
        let (mut writer, mut crowded) = (self.writer.lock(), self.crowded.lock());
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate).within(FILE)?;
        let mut searched = search::Changes::begin(&transaction, seq, &mut crowded, self.cut)?;
        for write in writes {
            match write {
                DirectoryWrite::Profile { uin, patch } => {
                    profiles::patch(&transaction, *uin, patch, seq)?;
                    searched.profile(*uin)?;
                }
                DirectoryWrite::Bound { customer, binding } => searched.binding(*customer, Some(*binding))?,
                DirectoryWrite::Unbound { customer } => searched.binding(*customer, None)?,
                DirectoryWrite::Credential(row) => {
                    stamped::add(&transaction, &Stamped { row: row.clone(), seq, revoked_seq: None })?;
                    counts::add(&transaction, Part::Credentials(&row.secret_id), 1)?;
                    counts::add(&transaction, Part::CredentialsOf(row.uin), 1)?;
                }
                DirectoryWrite::CredentialRevoked { secret_id } => {
                    stamped::revoke::<CredentialRow>(&transaction, "secret_id", secret_id, seq)?;
                }
                DirectoryWrite::PlatformKey(row) => {
                    stamped::add(&transaction, &Stamped { row: row.clone(), seq, revoked_seq: None })?;
                    counts::add(&transaction, Part::PlatformKeys, 1)?;
                }
                DirectoryWrite::PlatformKeyRevoked { id } => {
                    stamped::revoke::<PlatformKeyRow>(&transaction, "id", id, seq)?;
                }
                DirectoryWrite::Webhook(row) => webhooks::change(&transaction, row.id, seq, Some(row))?,
                DirectoryWrite::WebhookRemoved { id } => webhooks::change(&transaction, *id, seq, None)?,
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

    /// Commits a change that belongs to no frame.
    fn change(&self, change: impl FnOnce(&Connection) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let mut writer = self.writer.lock();
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate).within(FILE)?;
        change(&transaction)?;
        transaction.commit().within(FILE)
    }

    /// Writes the sheets anew of whoever has many loose customers, if all that is here is durable.
    fn place_loose(&self, durable: &AtomicU64) -> Result<(), StoreError> {
        // In this order, as a commit takes them.
        let (mut writer, mut crowded) = (self.writer.lock(), self.crowded.lock());
        if crowded.is_empty() {
            return Ok(());
        }
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate).within(FILE)?;
        if newest_frame(&transaction)?.seq <= durable.load(Ordering::Acquire) {
            search::place(&transaction, crowded.iter().copied(), self.cut)?;
            transaction.commit().within(FILE)?;
            crowded.clear();
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
        self.look(durable, |connection, last| profiles::find(connection, uin, last))
    }

    fn profiles(&self, uins: &[Uin], durable: &AtomicU64) -> Result<Vec<Profile>, StoreError> {
        self.look(durable, |connection, last| {
            uins.iter().map(|&uin| Ok(profiles::find(connection, uin, last)?.unwrap_or_default())).collect()
        })
    }

    pub(super) fn credential(&self, id: &str, durable: &AtomicU64) -> Result<Option<CredentialRow>, StoreError> {
        look(&self.credential_readers, durable, |connection, last| {
            let found: Option<Stamped<CredentialRow>> = select(connection, FILE, "AND secret_id = ?", &[&id])?.pop();
            if found.is_none() {
                counts::check_credentials(connection, id)?;
            }
            Ok(found.and_then(|row| row.valid(last)))
        })
    }

    fn credentials_of(&self, uin: Uin, durable: &AtomicU64) -> Result<Vec<CredentialRow>, StoreError> {
        let (number, part) = (bound(uin.number()), Part::CredentialsOf(uin));
        self.look(durable, |connection, last| stamped::valid(connection, "AND uin = ?", &[&number], part, last))
    }

    pub(super) fn platform_keys(&self, durable: &AtomicU64) -> Result<Vec<PlatformKeyRow>, StoreError> {
        self.look(durable, |connection, last| stamped::valid(connection, "", &[], Part::PlatformKeys, last))
    }

    pub(super) fn webhooks(&self, durable: &AtomicU64) -> Result<Vec<WebhookRow>, StoreError> {
        self.look(durable, |connection, last| Ok(webhooks::shown(connection, last)?.collect()))
    }

    pub(super) fn webhook(&self, id: WebhookId, durable: &AtomicU64) -> Result<Option<WebhookRow>, StoreError> {
        self.look(durable, |connection, last| Ok(webhooks::shown(connection, last)?.find(|row| row.id == id)))
    }

    pub(super) fn kept_answer(&self, key: &KeyHash, durable: &AtomicU64) -> Result<Option<KeptAnswer>, StoreError> {
        self.look(durable, |connection, last| answers::find(connection, key, last))
    }

    /// Visits the platform keys and the platform's webhooks, checked.
    pub(super) fn deployment_entries(
        &self,
        durable: &AtomicU64,
        visit: &mut dyn FnMut(DirectoryEntry) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.look(durable, |connection, last| entries::of_deployment(connection, last, visit))
    }

    fn erase(&self, uin: Uin) -> Result<(), StoreError> {
        let mut writer = self.writer.lock();
        self.erased_in_log.store(true, Ordering::Relaxed);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate).within(FILE)?;
        search::erase(&transaction, uin, self.cut)?;
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

    fn look<T>(
        &self,
        durable: &AtomicU64,
        read: impl FnOnce(&Connection, i64) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        look(&self.readers, durable, read)
    }

    fn empty_log(&self, writer: &Connection, patience: Duration) -> Result<(), StoreError> {
        if connect::empty_log(writer, FILE, patience)? {
            self.erased_in_log.store(false, Ordering::Relaxed);
        }
        Ok(())
    }
}

impl Directory for SqliteStore {
    fn profile(&self, uin: Uin) -> Result<Option<Profile>, StoreError> {
        let files = self.files()?;
        files.directory.profile(uin, files.journal.durable())
    }

    fn profiles(&self, uins: &[Uin]) -> Result<Vec<Profile>, StoreError> {
        let files = self.files()?;
        files.directory.profiles(uins, files.journal.durable())
    }

    fn matching_profiles(&self, uins: &[Uin], field: ProfileField, term: &SearchTerm) -> Result<Vec<Uin>, StoreError> {
        let files = self.files()?;
        files
            .directory
            .look(files.journal.durable(), |connection, last| profiles::matching(connection, uins, field, term, last))
    }

    fn search_customers(&self, search: &CustomerSearch) -> Result<CustomersFound, StoreError> {
        let files = self.files()?;
        files.directory.look(files.journal.durable(), |connection, last| search::find(connection, search, last))
    }

    fn place_loose(&self) -> Result<(), StoreError> {
        let files = self.files()?;
        files.directory.place_loose(files.journal.durable())
    }

    fn is_searchable(&self) -> Result<bool, StoreError> {
        let files = self.files()?;
        files.directory.look(files.journal.durable(), |connection, _| search::is_searchable(connection))
    }

    fn make_searchable(&self, bindings: &mut dyn Iterator<Item = (Uin, Binding)>) -> Result<(), StoreError> {
        let files = self.files()?;
        files.directory.change(|transaction| search::make_anew(transaction, bindings, files.directory.cut))
    }

    fn credential(&self, secret_id: &str) -> Result<Option<CredentialRow>, StoreError> {
        let files = self.files()?;
        files.directory.credential(secret_id, files.journal.durable())
    }

    fn credentials_of(&self, uin: Uin) -> Result<Vec<CredentialRow>, StoreError> {
        let files = self.files()?;
        files.directory.credentials_of(uin, files.journal.durable())
    }

    fn webhooks(&self) -> Result<Vec<WebhookRow>, StoreError> {
        let files = self.files()?;
        let mut rows = files.directory.webhooks(files.journal.durable())?;
        rows.retain(|row| row.account.is_some());
        Ok(rows)
    }

    fn webhook(&self, id: WebhookId) -> Result<Option<WebhookRow>, StoreError> {
        let files = self.files()?;
        Ok(files.directory.webhook(id, files.journal.durable())?.filter(|row| row.account.is_some()))
    }

    fn kept_answer(&self, key: &KeyHash) -> Result<Option<KeptAnswer>, StoreError> {
        let files = self.files()?;
        files.directory.kept_answer(key, files.journal.durable())
    }

    fn erase_profile(&self, uin: Uin) -> Result<(), StoreError> {
        self.files()?.directory.erase(uin)
    }

    fn directory_entries(
        &self,
        visit: &mut dyn FnMut(DirectoryEntry) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let files = self.files()?;
        files.directory.look(files.journal.durable(), |connection, last| entries::of_shard(connection, last, visit))
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
