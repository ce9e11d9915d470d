//! The store in SQLite files: `journal.db` is the truth, `directory.db` holds what may be erased, `snapshots.db`,
//! `history.db` and `keys.db` can be made again from the journal, and `outbox.db` is what is to be sent. The folder that
//! they are in is locked, so that no second process writes to it. Here the files are opened together, once they are found
//! to go together; each file's tables, and what of the contract it keeps, are known to its own module only.

mod backup;
mod behind;
mod bloom;
mod compare;
mod connect;
mod directory;
mod errors;
mod folder;
mod history;
mod journal;
mod key_pages;
mod key_rows;
mod keys;
mod manifest;
mod outbox;
mod places;
mod recover;
mod rows;
mod shard;
mod signatures;
mod snapshots;
pub mod upgrade;
mod witness;

pub use backup::{backup, restore};
pub use recover::Recovery;

use crate::contract::{
    DeploymentStore, DirectoryEntry, PlatformKeyRow, ShardId, ShardStore, Store, StoreError, Visit, WebhookRow,
};
use crate::frame::Position;
use connect::Access;
use directory::{DirectoryFile, JournalEnd, SearchCut};
use folder::Folder;
use history::HistoryFile;
use journal::JournalFile;
use keys::{Cut, KeysFile};
use outbox::OutboxFile;
use parking_lot::{MappedRwLockReadGuard, RwLock, RwLockReadGuard};
use shard::SHARD;
use signatures::SignaturesFile;
use snapshots::SnapshotsFile;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Connections for reading a file, of history and of the directory each: so many reads go on at once, and others wait.
pub const READERS_OF_LISTS: u32 = 8;

/// How a data folder is opened.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// Makes a new store where the folder holds none; otherwise that is an error.
    pub create: bool,
    /// Cap of all page caches together, in bytes. 48 MiB by default.
    pub page_cache_bytes: u64,
    /// Cap of the key filters in memory, in bytes; one that is not in memory is asked on disk. 256 MiB by default, which
    /// is enough for 134 million keys.
    pub key_filter_bytes: u64,
    /// History is cut into segments of 2 to the power of this many journal positions: 1 to 40, by default 20. A history
    /// file keeps the cut that it was made with.
    pub segment_bits: u32,
    /// So many keys share a filter (of 2 bytes a key), by default 2,097,152. A file keeps what it was made with.
    pub keys_per_group: u64,
    /// Runs of keys below this many are merged with the one before. 65,536 by default.
    pub small_run: u64,
    /// So many changed customers of one partner are searched by themselves, before their names are listed anew. 32 by
    /// default.
    pub loose_max: u64,
    /// Bytes of names that are listed together for searching. 16 KiB by default.
    pub sheet_bytes: usize,
    /// How long an opening waits for whoever has the folder: a check that looks at it for a moment, or a process that is
    /// about to end. 2 seconds by default.
    pub patience: Duration,
}

impl Default for OpenOptions {
    fn default() -> OpenOptions {
        let SearchCut { loose_max, sheet_bytes } = SearchCut::default();
        OpenOptions {
            create: false,
            page_cache_bytes: 48 << 20,
            key_filter_bytes: 256 << 20,
            segment_bits: 20,
            keys_per_group: 1 << 21,
            small_run: 1 << 16,
            loose_max,
            sheet_bytes,
            patience: Duration::from_secs(2),
        }
    }
}

/// A store in a folder of SQLite files. Only one process has it open at a time. A folder has one shard, so this is the handle
/// for that, and for the deployment.
pub struct SqliteStore {
    folder: Folder,
    options: OpenOptions,
    /// Absent while opening anew has failed.
    files: RwLock<Option<Files>>,
    signatures: SignaturesFile,
}

struct Files {
    journal: JournalFile,
    directory: DirectoryFile,
    /// Absent where the folder is only looked at.
    snapshots: Option<SnapshotsFile>,
    /// Absent while making it anew has failed, and in a folder that is only looked at and has none.
    history: Option<HistoryFile>,
    /// Likewise.
    keys: Option<KeysFile>,
    /// Absent in a folder that is only looked at and has none.
    outbox: Option<OutboxFile>,
}

impl SqliteStore {
    /// Opens the store in `folder`, and makes it where `options` say so.
    ///
    /// # Errors
    /// [`StoreError::InUse`] where another process has it open; [`StoreError::OtherFormat`], and
    /// [`StoreError::TailLost`] where the files do not go together, before anything is changed; [`StoreError::Io`]
    /// where there is no store and none is to be made; [`StoreError::Corrupt`], [`StoreError::Full`].
    pub fn open(folder: impl AsRef<Path>, options: OpenOptions) -> Result<SqliteStore, StoreError> {
        let options = options.in_range();
        let folder = Folder::claim(folder.as_ref(), options.create, Access::Write, options.patience)?;
        folder.make_where_absent()?;
        let files = Files::open(&folder, &options)?;
        manifest::remove(folder.path())?;
        folder.mark_in_use()?;
        Ok(SqliteStore::over(folder, options, files))
    }

    /// Opens the store in `folder` to be read as it lies there: nothing is written, mended or made anew, so that a backup
    /// on a medium that cannot be written to can be proven. Whatever would write fails. Derived files that are not there
    /// (a backup has neither history nor keys) reach as far as record 0.
    ///
    /// # Errors
    /// As [`SqliteStore::open`], and [`StoreError::Corrupt`] for a damaged file that would be made anew there.
    pub fn look(folder: impl AsRef<Path>, options: OpenOptions) -> Result<SqliteStore, StoreError> {
        let options = options.in_range();
        let folder = Folder::claim(folder.as_ref(), false, Access::Look, Duration::ZERO)?;
        folder.make_where_absent()?;
        let files = Files::open(&folder, &options)?;
        Ok(SqliteStore::over(folder, options, files))
    }

    /// Leaves flushing to the end: for a store that is being made of another one, and does not count before that.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn hurry(&self) -> Result<(), StoreError> {
        let files = self.files()?;
        files.directory.hurry()?;
        files.journal.hurry()
    }

    fn over(folder: Folder, options: OpenOptions, files: Files) -> SqliteStore {
        let signatures = SignaturesFile::at(folder.file(signatures::FILE));
        SqliteStore { folder, options, files: RwLock::new(Some(files)), signatures }
    }

    fn files(&self) -> Result<MappedRwLockReadGuard<'_, Files>, StoreError> {
        RwLockReadGuard::try_map(self.files.read(), Option::as_ref).map_err(|_| closed())
    }

    /// Throws one file away, which takes no time whatever its size, and makes it anew.
    fn make_anew(
        &self,
        file: &'static str,
        close: impl FnOnce(&mut Files),
        open: impl FnOnce(&mut Files) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        if self.folder.access() == Access::Look {
            return Err(StoreError::io(format!("{file}: the folder is only looked at")));
        }
        self.folder.check_place()?;
        let mut guard = self.files.write();
        let files = guard.as_mut().ok_or_else(closed)?;
        close(files);
        connect::remove(&self.folder.file(file), file)?;
        open(files)?;
        self.folder.sync()
    }

    fn part<T>(
        &self,
        name: &str,
        pick: impl FnOnce(&Files) -> Option<&T>,
    ) -> Result<MappedRwLockReadGuard<'_, T>, StoreError> {
        MappedRwLockReadGuard::try_map(self.files()?, pick)
            .map_err(|_| StoreError::io(format!("{name}: not there, or could not be made anew")))
    }

    /// Whether a derived file is absent because the folder has none and is only looked at.
    fn has_none(&self, file: &'static str) -> bool {
        self.folder.access() == Access::Look && !self.folder.file(file).is_file()
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        // Before the files are closed: a mark without logs would say that they were deleted.
        if self.folder.access() == Access::Write
            && let Err(error) = self.folder.unmark()
        {
            tracing::warn!(%error, "that the store was closed in order cannot be noted");
            // Left open, the logs stay, and the next opening finds everything.
            std::mem::forget(self.files.write().take());
        }
    }
}

fn closed() -> StoreError {
    StoreError::io("the store could not be opened anew and is closed")
}

impl Files {
    fn open(folder: &Folder, options: &OpenOptions) -> Result<Files, StoreError> {
        let access = folder.access();
        if access == Access::Write {
            folder.settle_logs()?;
        }
        if let Some(lost) = witness::examine(folder)? {
            return Err(StoreError::TailLost(lost));
        }
        if access == Access::Write {
            // From here on files may be closed, and their logs deleted, before all of them are open.
            folder.unmark()?;
        }
        let journal = JournalFile::open(&folder.file(journal::FILE), options.cache_share(4), access)?;
        let end = JournalEnd { last: journal.last()?, directory: journal.directory_place()? };
        let directory = DirectoryFile::open(
            &folder.file(directory::FILE),
            &end,
            options.search_cut(),
            options.cache_share(12),
            access,
        )?;
        let wanted = |file: &str| access == Access::Write || folder.file(file).is_file();
        let snapshots = (access == Access::Write)
            .then(|| {
                again_if_damaged(folder, snapshots::FILE, |path| SnapshotsFile::open(path, options.cache_share(2)))
            })
            .transpose()?;
        let history = wanted(history::FILE).then(|| open_history(folder, options)).transpose()?;
        let keys = wanted(keys::FILE).then(|| open_keys(folder, options)).transpose()?;
        let outbox = wanted(outbox::FILE).then(|| open_outbox(folder, options, &end.last)).transpose()?;
        Ok(Files { journal, directory, snapshots, history, keys, outbox })
    }
}

impl OpenOptions {
    fn in_range(self) -> OpenOptions {
        OpenOptions {
            segment_bits: self.segment_bits.clamp(1, 40),
            keys_per_group: self.keys_per_group.max(1),
            sheet_bytes: self.sheet_bytes.max(1),
            ..self
        }
    }

    fn search_cut(&self) -> SearchCut {
        SearchCut { loose_max: self.loose_max, sheet_bytes: self.sheet_bytes }
    }

    /// So many 48ths of the page caches. History takes most: its folds and lists touch the most pages.
    fn cache_share(&self, of_48: u64) -> u64 {
        self.page_cache_bytes / 48 * of_48
    }
}

fn open_history(folder: &Folder, options: &OpenOptions) -> Result<HistoryFile, StoreError> {
    again_if_damaged(folder, history::FILE, |path| {
        HistoryFile::open(path, options.segment_bits, options.cache_share(23), folder.access())
    })
}

fn open_keys(folder: &Folder, options: &OpenOptions) -> Result<KeysFile, StoreError> {
    again_if_damaged(folder, keys::FILE, |path| {
        let cut = Cut { keys_per_group: options.keys_per_group, small_run: options.small_run };
        KeysFile::open(path, cut, options.cache_share(6), options.key_filter_bytes, folder.access())
    })
}

/// What was sent stands nowhere else, so a damaged outbox is kept for whoever wants to look into it.
fn open_outbox(folder: &Folder, options: &OpenOptions, last: &Position) -> Result<OutboxFile, StoreError> {
    let path = folder.file(outbox::FILE);
    match OutboxFile::open(&path, last, options.cache_share(1), folder.access()) {
        Err(StoreError::Corrupt(damage)) if folder.access() == Access::Write => {
            tracing::error!(%damage, "{} is set aside; what waited in it is not sent", outbox::FILE);
            connect::move_to(&path, &connect::beside(&path, ".damaged"), outbox::FILE)?;
            OutboxFile::open(&path, last, options.cache_share(1), folder.access())
        }
        opened => opened,
    }
}

/// Opens a file whose content can be made again from the journal. A damaged one is thrown away.
fn again_if_damaged<T>(
    folder: &Folder,
    file: &'static str,
    open: impl Fn(&Path) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let path = folder.file(file);
    match open(&path) {
        Err(StoreError::Corrupt(damage)) if folder.access() == Access::Write => {
            tracing::warn!(%damage, "{file} is thrown away and made anew from the journal");
            connect::remove(&path, file)?;
            open(&path)
        }
        opened => opened,
    }
}

impl Store for SqliteStore {
    fn shard(self: Arc<Self>, shard: ShardId) -> Result<Arc<dyn ShardStore>, StoreError> {
        if shard == SHARD { Ok(self) } else { Err(StoreError::io(format!("there is no shard {shard} in this store"))) }
    }

    fn deployment(self: Arc<Self>) -> Arc<dyn DeploymentStore> {
        self
    }
}

impl ShardStore for SqliteStore {
    fn id(&self) -> ShardId {
        SHARD
    }

    fn reopen(&self) -> Result<(), StoreError> {
        let mut files = self.files.write();
        // First, while the connections still hold the logs, whatever a failed flush has left in them is put on disk:
        // closing the last connection moves the log into the database, and that must find nothing that is not durable.
        self.folder.check_place()?;
        self.folder.settle_logs()?;
        self.folder.unmark()?;
        *files = None;
        *files = Some(Files::open(&self.folder, &self.options)?);
        self.folder.mark_in_use()
    }
}

impl DeploymentStore for SqliteStore {
    fn fact(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.files()?.journal.fact(name)
    }

    fn fix_fact(&self, name: &str, value: &str) -> Result<String, StoreError> {
        self.files()?.journal.fix_fact(name, value)
    }

    fn platform_keys(&self) -> Result<Vec<PlatformKeyRow>, StoreError> {
        let files = self.files()?;
        files.directory.platform_keys(files.journal.durable())
    }

    fn platform_webhooks(&self) -> Result<Vec<WebhookRow>, StoreError> {
        let files = self.files()?;
        let mut rows = files.directory.webhooks(files.journal.durable())?;
        rows.retain(|row| row.account.is_none());
        Ok(rows)
    }

    fn deployment_entries(&self, visit: Visit<'_, DirectoryEntry>) -> Result<(), StoreError> {
        let files = self.files()?;
        files.directory.deployment_entries(files.journal.durable(), visit)
    }
}
