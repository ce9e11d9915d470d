//! The file `directory.db`: profiles, API credentials, platform keys. A frame's changes are committed here before the
//! frame is, each row stamped with the frame's last event; readers see only stamps that the journal has reached, and at
//! opening whatever bears a later stamp is taken back. So a frame and its directory changes are there together or not.

use super::answers;
use super::connect::{self, Access, Pool, Taken, Tuning};
use super::errors::{Within, bound, stored};
use super::journal::settle;
use super::places::{self, Name};
use super::rows::{Clash, Fields, Inserter, Stored, columns, read_row, select, value};
use crate::contract::{
    CredentialRow, DirectoryWrite, KeptAnswer, KeyHash, PlatformKeyRow, Profile, ProfileField, ProfilePatch,
    SearchTerm, StoreError, WebhookRow,
};
use crate::frame::{Frame, Position};
use crate::profile::{Matcher, field};
use credere_core::channel::{Uin, WebhookId};
use parking_lot::Mutex;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ToSql, TransactionBehavior, params};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

pub(super) const FILE: &str = "directory.db";
const READERS: u32 = 4;

/// How long erasing waits for readers to be done, so that what was erased can leave the log at once.
const ERASE_PATIENCE: Duration = Duration::from_secs(2);

/// The newest stamp is kept as a place, so that an opening need not look through all rows to know that none is too new.
/// Credentials and keys stay in the order in which they were made, which is that of their row numbers.
const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS opening (shard INTEGER PRIMARY KEY, number INTEGER NOT NULL);
    INSERT OR IGNORE INTO opening VALUES (0, 0);
    CREATE TABLE IF NOT EXISTS profile (shard INTEGER NOT NULL, uin INTEGER NOT NULL, seq INTEGER NOT NULL,
        name TEXT, email TEXT, phone TEXT, entity_id TEXT, entity_name TEXT, channel_manager TEXT, remark TEXT,
        seal INTEGER NOT NULL, PRIMARY KEY (shard, uin, seq)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS credential (shard INTEGER NOT NULL, secret_id TEXT NOT NULL, uin INTEGER NOT NULL,
        sealed_key BLOB NOT NULL, created_at INTEGER NOT NULL, seq INTEGER NOT NULL, seal INTEGER NOT NULL,
        revoked_seq INTEGER, UNIQUE (shard, secret_id));
    CREATE INDEX IF NOT EXISTS credential_of ON credential (shard, uin);
    CREATE TABLE IF NOT EXISTS platform_key (shard INTEGER NOT NULL, id TEXT NOT NULL, name TEXT NOT NULL,
        access TEXT NOT NULL, digest BLOB NOT NULL, created_at INTEGER NOT NULL, seq INTEGER NOT NULL,
        seal INTEGER NOT NULL, revoked_seq INTEGER, UNIQUE (shard, id));
    CREATE TABLE IF NOT EXISTS webhook (shard INTEGER NOT NULL, id INTEGER NOT NULL, seq INTEGER NOT NULL,
        removed INTEGER NOT NULL, account INTEGER, kinds TEXT NOT NULL, sealed BLOB NOT NULL,
        created_at INTEGER NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (shard, id, seq)) WITHOUT ROWID;";

const FORGET_OLD_WEBHOOKS: &str = "
    DELETE FROM webhook WHERE shard = 0 AND EXISTS (SELECT 1 FROM webhook AS newer
        WHERE newer.shard = 0 AND newer.id = webhook.id AND newer.seq > webhook.seq);
    DELETE FROM webhook WHERE shard = 0 AND removed = 1;";

/// What is visible at `?1`, the last durable event.
const VALID: &str = "seq <= ?1 AND (revoked_seq IS NULL OR revoked_seq > ?1)";

/// The directory's connections.
pub(super) struct DirectoryFile {
    readers: Pool,
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
            transaction.execute_batch(places::TABLE).within(FILE)?;
            transaction.execute_batch(answers::TABLE).within(FILE)?;
            if newest_frame(&transaction)?.seq > end.last.seq {
                take_back(&transaction, end)?;
            }
            // Everything that is left is durable, so of each webhook the newest version is enough, and of a removed one
            // none.
            transaction.execute_batch(FORGET_OLD_WEBHOOKS).within(FILE)?;
            transaction.commit().within(FILE)?;
            settle(&writer, FILE, "UPDATE opening SET number = number + 1 WHERE shard = 0")?;
            // What was erased may still be in a log that a killed process left behind.
            emptied = connect::empty_log(&writer, FILE, Duration::ZERO)?;
        }
        Ok(DirectoryFile {
            writer: Mutex::new(writer),
            readers: Pool::open(path, FILE, READERS, cache_bytes / 2, access)?,
            erased_in_log: AtomicBool::new(!emptied),
        })
    }

    /// Commits the changes that belong to a frame.
    pub(super) fn write(&self, frame: &Frame, writes: &[DirectoryWrite]) -> Result<(), StoreError> {
        let seq = frame.last_seq;
        let stamp = stored(seq)?;
        let mut writer = self.writer.lock();
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate).within(FILE)?;
        for write in writes {
            match write {
                DirectoryWrite::Profile { uin, patch } => patch_profile(&transaction, *uin, patch, seq)?,
                DirectoryWrite::Credential(row) => insert_new(&transaction, &Stamped { row: row.clone(), seq })?,
                DirectoryWrite::CredentialRevoked { secret_id } => {
                    revoke(&transaction, "credential", "secret_id", secret_id, stamp)?;
                }
                DirectoryWrite::PlatformKey(row) => insert_new(&transaction, &Stamped { row: row.clone(), seq })?,
                DirectoryWrite::PlatformKeyRevoked { id } => revoke(&transaction, "platform_key", "id", id, stamp)?,
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
        let DirectoryFile { readers, writer, .. } = self;
        drop(readers);
        let mut writer = writer.into_inner();
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate).within(FILE)?;
        stand_at(&transaction, frame)?;
        transaction.commit().within(FILE)?;
        if !connect::empty_log(&writer, FILE, ERASE_PATIENCE)? {
            return Err(StoreError::Io(format!("{FILE}: its log cannot be emptied")));
        }
        writer.close().map_err(|(_, error)| error).within(FILE)
    }

    pub(super) fn profile(&self, uin: Uin, durable: &AtomicU64) -> Result<Option<Profile>, StoreError> {
        self.look(durable, |connection, last| {
            newest_profile(connection, uin, last).map(|row| row.map(|row| row.profile))
        })
    }

    pub(super) fn profiles(&self, uins: &[Uin], durable: &AtomicU64) -> Result<Vec<Profile>, StoreError> {
        self.look(durable, |connection, last| {
            let one = |&uin| Ok(newest_profile(connection, uin, last)?.map(|row| row.profile).unwrap_or_default());
            uins.iter().map(one).collect()
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
            let sql = format!(
                "SELECT {} FROM profile WHERE shard = 0 AND seq <= ? ORDER BY uin, seq",
                columns::<ProfileRow>("")
            );
            let mut statement = connection.prepare_cached(&sql).within(FILE)?;
            let mut rows = statement.query([last]).within(FILE)?;
            let (mut matcher, mut found) = (Matcher::new(term), Vec::new());
            let mut newest: Option<(Uin, bool)> = None;
            while let Some(row) = rows.next().within(FILE)? {
                let row: ProfileRow = read_row(row, FILE)?;
                if let Some((uin, true)) = newest.filter(|(uin, _)| *uin != row.uin) {
                    found.push(uin);
                }
                newest = Some((row.uin, field(&row.profile, searched).is_some_and(|text| matcher.matches(text))));
            }
            found.extend(newest.and_then(|(uin, matches)| matches.then_some(uin)));
            Ok(found)
        })
    }

    pub(super) fn credential(&self, id: &str, durable: &AtomicU64) -> Result<Option<CredentialRow>, StoreError> {
        self.stamped("shard = 0 AND secret_id = ?2", &id, durable).map(|rows| rows.into_iter().next())
    }

    pub(super) fn credentials_of(&self, uin: Uin, durable: &AtomicU64) -> Result<Vec<CredentialRow>, StoreError> {
        self.stamped("shard = 0 AND uin = ?2", &bound(uin.number()), durable)
    }

    pub(super) fn platform_keys(&self, durable: &AtomicU64) -> Result<Vec<PlatformKeyRow>, StoreError> {
        self.stamped("shard = ?2", &0, durable)
    }

    pub(super) fn webhooks(&self, durable: &AtomicU64) -> Result<Vec<WebhookRow>, StoreError> {
        self.look(durable, |connection, last| {
            let tail = "FROM webhook WHERE shard = 0 AND seq <= ? ORDER BY id, seq";
            let versions: Vec<WebhookVersion> = select(connection, FILE, "", tail, &[&last])?;
            let mut found: Vec<WebhookVersion> = Vec::new();
            for version in versions {
                match found.last_mut().filter(|before| before.row.id == version.row.id) {
                    Some(before) => *before = version,
                    None => found.push(version),
                }
            }
            Ok(found.into_iter().filter(|version| !version.removed).map(|version| version.row).collect())
        })
    }

    pub(super) fn webhook(&self, id: WebhookId, durable: &AtomicU64) -> Result<Option<WebhookRow>, StoreError> {
        self.look(durable, |connection, last| {
            let newest = newest_webhook(connection, id, last)?;
            Ok(newest.filter(|version| !version.removed).map(|version| version.row))
        })
    }

    pub(super) fn kept_answer(&self, key: &KeyHash, durable: &AtomicU64) -> Result<Option<KeptAnswer>, StoreError> {
        self.look(durable, |connection, last| answers::find(connection, key, last))
    }

    pub(super) fn erase(&self, uin: Uin) -> Result<(), StoreError> {
        let mut writer = self.writer.lock();
        self.erased_in_log.store(true, Ordering::Relaxed);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate).within(FILE)?;
        transaction.execute("DELETE FROM profile WHERE shard = 0 AND uin = ?", [stored(uin.number())?]).within(FILE)?;
        answers::erase(&transaction, uin)?;
        transaction.commit().within(FILE)?;
        self.empty_log(&writer, ERASE_PATIENCE)?;
        if self.erased_in_log.load(Ordering::Relaxed) {
            tracing::warn!("somebody reads the directory; what was erased leaves its log with a later change");
        }
        Ok(())
    }

    fn empty_log(&self, writer: &Connection, patience: Duration) -> Result<(), StoreError> {
        if connect::empty_log(writer, FILE, patience)? {
            self.erased_in_log.store(false, Ordering::Relaxed);
        }
        Ok(())
    }

    fn stamped<R>(&self, which: &str, key: &dyn ToSql, durable: &AtomicU64) -> Result<Vec<R>, StoreError>
    where
        Stamped<R>: Stored,
    {
        self.look(durable, |connection, last| {
            let tail = format!("FROM {} WHERE {which} AND {VALID} ORDER BY seq, rowid", <Stamped<R> as Stored>::TABLE);
            let rows: Vec<Stamped<R>> = select(connection, FILE, "", &tail, &[&last, key])?;
            Ok(rows.into_iter().map(|row| row.row).collect())
        })
    }

    /// Reads in one transaction, of what the journal had reached when the transaction began.
    fn look<T>(
        &self,
        durable: &AtomicU64,
        read: impl FnOnce(&Connection, i64) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let connection: Taken<'_> = self.readers.take();
        let transaction = connection.unchecked_transaction().within(FILE)?;
        // The order matters: the first read fixes what this transaction sees, and that is at most one frame ahead of
        // what is durable by then, so the version before the newest is enough. Asked earlier, the answer could be
        // frames behind, and the version that belongs to it gone.
        transaction.query_row("SELECT count(*) FROM opening", [], |_| Ok(())).within(FILE)?;
        let last = bound(durable.load(Ordering::Acquire));
        read(&transaction, last)
    }
}

/// Takes back what frames did that are not in the journal.
pub(super) fn take_back(connection: &Connection, end: &JournalEnd) -> Result<(), StoreError> {
    let last = stored(end.last.seq)?;
    for sql in [
        "DELETE FROM profile WHERE shard = 0 AND seq > ?",
        "DELETE FROM credential WHERE shard = 0 AND seq > ?",
        "UPDATE credential SET revoked_seq = NULL WHERE shard = 0 AND revoked_seq > ?",
        "DELETE FROM platform_key WHERE shard = 0 AND seq > ?",
        "UPDATE platform_key SET revoked_seq = NULL WHERE shard = 0 AND revoked_seq > ?",
        "DELETE FROM webhook WHERE shard = 0 AND seq > ?",
        "DELETE FROM kept_answer WHERE shard = 0 AND seq > ?",
    ] {
        connection.execute(sql, [last]).within(FILE)?;
    }
    stand_at(connection, &end.directory)
}

/// Says that the directory has the changes of the frames up to this one.
pub(super) fn stand_at(connection: &Connection, frame: &Position) -> Result<(), StoreError> {
    places::keep(connection, FILE, Name::Before, frame)?;
    places::keep(connection, FILE, Name::Frame, frame)
}

fn newest_profile(connection: &Connection, uin: Uin, last: i64) -> Result<Option<ProfileRow>, StoreError> {
    let tail = "FROM profile WHERE shard = 0 AND uin = ? AND seq <= ? ORDER BY seq DESC LIMIT 1";
    Ok(select(connection, FILE, "", tail, &[&stored(uin.number())?, &last])?.pop())
}

fn patch_profile(connection: &Connection, uin: Uin, patch: &ProfilePatch, seq: u64) -> Result<(), StoreError> {
    let mut profile = Profile::default();
    if let Some(newest) = newest_profile(connection, uin, i64::MAX)? {
        // The newest one is durable, its frame came before this one; what is older still nobody can ask for. Where this
        // frame has changed the profile already, the durable one is that before, and stays.
        if newest.seq < seq {
            let key = [stored(uin.number())?, stored(newest.seq)?];
            connection
                .prepare_cached("DELETE FROM profile WHERE shard = 0 AND uin = ? AND seq < ?")
                .and_then(|mut statement| statement.execute(key))
                .within(FILE)?;
        }
        profile = newest.profile;
    }
    patch.apply(&mut profile);
    Inserter::new::<ProfileRow>(connection, FILE, Clash::Replaces, &[])?.put(&[], &ProfileRow { uin, seq, profile })
}

fn insert_new<T: Stored>(connection: &Connection, row: &T) -> Result<(), StoreError> {
    Inserter::new::<T>(connection, FILE, Clash::Fails, &[])?.put(&[], row)
}

fn revoke(connection: &Connection, table: &str, column: &str, name: &str, stamp: i64) -> Result<(), StoreError> {
    let sql = format!("UPDATE {table} SET revoked_seq = ? WHERE shard = 0 AND {column} = ? AND revoked_seq IS NULL");
    connection.prepare_cached(&sql).and_then(|mut statement| statement.execute(params![stamp, name])).within(FILE)?;
    Ok(())
}

fn newest_webhook(connection: &Connection, id: WebhookId, last: i64) -> Result<Option<WebhookVersion>, StoreError> {
    let tail = "FROM webhook WHERE shard = 0 AND id = ? AND seq <= ? ORDER BY seq DESC LIMIT 1";
    Ok(select(connection, FILE, "", tail, &[&bound(id.0), &last])?.pop())
}

/// Writes a new version of a webhook, as [`patch_profile`] does of a profile.
fn change_webhook(
    connection: &Connection,
    id: WebhookId,
    seq: u64,
    row: Option<&WebhookRow>,
) -> Result<(), StoreError> {
    let newest = newest_webhook(connection, id, i64::MAX)?;
    if let Some(newest) = newest.as_ref().filter(|newest| newest.seq < seq) {
        let key = [stored(id.0)?, stored(newest.seq)?];
        connection
            .prepare_cached("DELETE FROM webhook WHERE shard = 0 AND id = ? AND seq < ?")
            .and_then(|mut statement| statement.execute(key))
            .within(FILE)?;
    }
    let version = match (row, newest) {
        (Some(row), _) => WebhookVersion::new(seq, false, row.clone()),
        // A removed webhook keeps nothing that was secret.
        (None, Some(newest)) => WebhookVersion::new(seq, true, WebhookRow { sealed: Vec::new(), ..newest.row }),
        (None, None) => return Ok(()),
    };
    Inserter::new::<WebhookVersion>(connection, FILE, Clash::Replaces, &[])?.put(&[], &version)
}

/// One version of a webhook.
struct WebhookVersion {
    seq: u64,
    removed: bool,
    /// The row's kinds with a space between two.
    kinds: String,
    row: WebhookRow,
}

impl WebhookVersion {
    fn new(seq: u64, removed: bool, row: WebhookRow) -> WebhookVersion {
        WebhookVersion { seq, removed, kinds: row.kinds.join(" "), row }
    }
}

impl Stored for WebhookVersion {
    const TABLE: &'static str = "webhook";
    const COLUMNS: &'static [&'static str] = &["id", "seq", "removed", "account", "kinds", "sealed", "created_at"];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        let WebhookRow { id, account, kinds: _, sealed, created_at } = &self.row;
        Ok(vec![
            value::whole(id.0)?,
            value::whole(self.seq)?,
            value::small(self.removed),
            value::optional_uin(*account)?,
            value::text(&self.kinds),
            ValueRef::Blob(sealed),
            value::moment(*created_at),
        ])
    }

    fn read(fields: &mut Fields<'_>) -> Result<WebhookVersion, StoreError> {
        let (id, seq, removed) = (WebhookId(fields.whole()?), fields.whole()?, fields.integer()? != 0);
        let (account, kinds) = (fields.optional_uin()?, fields.text()?);
        let sealed = fields.blob()?.to_vec();
        let row = WebhookRow {
            id,
            account,
            kinds: kinds.split_whitespace().map(str::to_owned).collect(),
            sealed,
            created_at: fields.moment()?,
        };
        Ok(WebhookVersion { seq, removed, kinds, row })
    }
}

/// One version of a profile.
struct ProfileRow {
    uin: Uin,
    seq: u64,
    profile: Profile,
}

impl Stored for ProfileRow {
    const TABLE: &'static str = "profile";
    const COLUMNS: &'static [&'static str] =
        &["uin", "seq", "name", "email", "phone", "entity_id", "entity_name", "channel_manager", "remark"];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        let Profile { name, email, phone, entity_id, entity_name, channel_manager, remark } = &self.profile;
        let texts = [name, email, phone, entity_id, entity_name, channel_manager, remark];
        let key = [value::uin(self.uin)?, value::whole(self.seq)?];
        Ok(key.into_iter().chain(texts.map(value::optional_text)).collect())
    }

    fn read(fields: &mut Fields<'_>) -> Result<ProfileRow, StoreError> {
        let (uin, seq) = (fields.uin()?, fields.whole()?);
        let profile = Profile {
            name: fields.optional_text()?,
            email: fields.optional_text()?,
            phone: fields.optional_text()?,
            entity_id: fields.optional_text()?,
            entity_name: fields.optional_text()?,
            channel_manager: fields.optional_text()?,
            remark: fields.optional_text()?,
        };
        Ok(ProfileRow { uin, seq, profile })
    }
}

/// A row with the last event of the frame that made it.
struct Stamped<R> {
    row: R,
    seq: u64,
}

impl Stored for Stamped<CredentialRow> {
    const TABLE: &'static str = "credential";
    const COLUMNS: &'static [&'static str] = &["secret_id", "uin", "sealed_key", "created_at", "seq"];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        let CredentialRow { secret_id, uin, sealed_key, created_at } = &self.row;
        Ok(vec![
            value::text(secret_id),
            value::uin(*uin)?,
            ValueRef::Blob(sealed_key),
            value::moment(*created_at),
            value::whole(self.seq)?,
        ])
    }

    fn read(fields: &mut Fields<'_>) -> Result<Self, StoreError> {
        let row = CredentialRow {
            secret_id: fields.text()?,
            uin: fields.uin()?,
            sealed_key: fields.blob()?.to_vec(),
            created_at: fields.moment()?,
        };
        Ok(Stamped { row, seq: fields.whole()? })
    }
}

impl Stored for Stamped<PlatformKeyRow> {
    const TABLE: &'static str = "platform_key";
    const COLUMNS: &'static [&'static str] = &["id", "name", "access", "digest", "created_at", "seq"];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        let PlatformKeyRow { id, name, access, digest, created_at } = &self.row;
        Ok(vec![
            value::text(id),
            value::text(name),
            value::text(access),
            ValueRef::Blob(digest),
            value::moment(*created_at),
            value::whole(self.seq)?,
        ])
    }

    fn read(fields: &mut Fields<'_>) -> Result<Self, StoreError> {
        let row = PlatformKeyRow {
            id: fields.text()?,
            name: fields.text()?,
            access: fields.text()?,
            digest: fields.bytes()?,
            created_at: fields.moment()?,
        };
        Ok(Stamped { row, seq: fields.whole()? })
    }
}
