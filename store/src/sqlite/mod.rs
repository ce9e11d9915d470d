//! The store in SQLite files: `journal.db` is the truth, `directory.db` holds what may be erased, `snapshots.db`,
//! `history.db` and `keys.db` can be made again from the journal, `outbox.db` is what is to be sent, and `lock` keeps a
//! second process out. Here the files are opened
//! together and the contract's parts are passed on to them; each file's tables are known to its own module only.

mod backup;
mod behind;
mod bloom;
mod connect;
mod directory;
mod errors;
mod folder;
mod history;
mod journal;
mod key_pages;
mod keys;
mod outbox;
mod rows;
mod snapshots;

pub use backup::{backup, restore};

use crate::contract::{
    CredentialRow, Directory, DirectoryWrite, Journal, KeyHash, KeyRow, Keys, NoticeKey, PlatformKeyRow, Profile,
    ProfileField, SearchTerm, Snapshots, Store, StoreError, WebhookRow,
};
use crate::frame::{Frame, Position};
use crate::outbox::{AttemptRow, DeliveryKey, DeliveryRow, DeliveryState, Lane, Outbox};
use credere_core::channel::{Uin, WebhookId};
use credere_core::ledger::Moment;
use directory::DirectoryFile;
use folder::Folder;
use history::HistoryFile;
use journal::JournalFile;
use keys::{Cut, KeysFile};
use outbox::OutboxFile;
use parking_lot::{MappedRwLockReadGuard, RwLock, RwLockReadGuard};
use snapshots::SnapshotsFile;
use std::path::Path;

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
    /// History is cut into segments of 2 to the power of this many journal positions: 1 to 40, by default 22. A history
    /// file keeps the cut that it was made with.
    pub segment_bits: u32,
    /// So many keys share a filter (of 2 bytes a key), by default 2,097,152. A file keeps what it was made with.
    pub keys_per_group: u64,
    /// Runs of keys below this many are merged with the one before. 65,536 by default.
    pub small_run: u64,
}

impl Default for OpenOptions {
    fn default() -> OpenOptions {
        OpenOptions {
            create: false,
            page_cache_bytes: 48 << 20,
            key_filter_bytes: 256 << 20,
            segment_bits: 22,
            keys_per_group: 1 << 21,
            small_run: 1 << 16,
        }
    }
}

/// A store in a folder of SQLite files. Only one process has it open at a time.
pub struct SqliteStore {
    folder: Folder,
    options: OpenOptions,
    /// Absent while opening anew has failed.
    files: RwLock<Option<Files>>,
}

struct Files {
    journal: JournalFile,
    directory: DirectoryFile,
    snapshots: SnapshotsFile,
    /// Absent while making it anew has failed.
    history: Option<HistoryFile>,
    /// Likewise.
    keys: Option<KeysFile>,
    outbox: OutboxFile,
}

impl SqliteStore {
    /// Opens the store in `folder`, and makes it where `options` say so.
    ///
    /// # Errors
    /// [`StoreError::InUse`] where another process has it open, [`StoreError::NewerFormat`] before anything is changed,
    /// [`StoreError::Io`] where there is no store and none is to be made, [`StoreError::Corrupt`], [`StoreError::Full`].
    pub fn open(folder: impl AsRef<Path>, options: OpenOptions) -> Result<SqliteStore, StoreError> {
        let options = OpenOptions {
            segment_bits: options.segment_bits.clamp(1, 40),
            keys_per_group: options.keys_per_group.max(1),
            ..options
        };
        let folder = Folder::claim(folder.as_ref(), options.create)?;
        folder.make_where_absent()?;
        let files = Files::open(&folder, &options)?;
        folder.sync()?;
        Ok(SqliteStore { folder, options, files: RwLock::new(Some(files)) })
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
        let mut guard = self.files.write();
        let files = guard.as_mut().ok_or_else(closed)?;
        close(files);
        connect::remove(&self.folder.file(file), file)?;
        open(files)?;
        self.folder.sync()
    }

    fn keys(&self) -> Result<MappedRwLockReadGuard<'_, KeysFile>, StoreError> {
        MappedRwLockReadGuard::try_map(self.files()?, |files| files.keys.as_ref())
            .map_err(|_| StoreError::Io("the keys could not be made anew and are closed".into()))
    }
}

fn closed() -> StoreError {
    StoreError::Io("the store could not be opened anew and is closed".into())
}

impl Files {
    fn open(folder: &Folder, options: &OpenOptions) -> Result<Files, StoreError> {
        let journal = JournalFile::open(&folder.file(journal::FILE), options.cache_share(4))?;
        let last = journal.last()?.seq;
        let directory = DirectoryFile::open(&folder.file(directory::FILE), last, options.cache_share(12))?;
        let snapshots =
            again_if_damaged(folder, snapshots::FILE, |path| SnapshotsFile::open(path, options.cache_share(2)))?;
        let history = Some(open_history(folder, options, last)?);
        let keys = Some(open_keys(folder, options, last)?);
        let outbox = open_outbox(folder, options, last)?;
        Ok(Files { journal, directory, snapshots, history, keys, outbox })
    }
}

impl OpenOptions {
    /// So many 48ths of the page caches. History takes most: its folds and lists touch the most pages.
    fn cache_share(&self, of_48: u64) -> u64 {
        self.page_cache_bytes / 48 * of_48
    }
}

fn open_history(folder: &Folder, options: &OpenOptions, last: u64) -> Result<HistoryFile, StoreError> {
    again_if_damaged(folder, history::FILE, |path| {
        let history = HistoryFile::open(path, options.segment_bits, options.cache_share(23))?;
        not_ahead(history::FILE, history.position(), last)?;
        Ok(history)
    })
}

fn open_keys(folder: &Folder, options: &OpenOptions, last: u64) -> Result<KeysFile, StoreError> {
    again_if_damaged(folder, keys::FILE, |path| {
        let cut = Cut { keys_per_group: options.keys_per_group, small_run: options.small_run };
        let keys = KeysFile::open(path, cut, options.cache_share(6), options.key_filter_bytes)?;
        not_ahead(keys::FILE, keys.position(), last)?;
        Ok(keys)
    })
}

/// What was sent stands nowhere else, so a damaged outbox is kept for whoever wants to look into it.
fn open_outbox(folder: &Folder, options: &OpenOptions, last: u64) -> Result<OutboxFile, StoreError> {
    let path = folder.file(outbox::FILE);
    match OutboxFile::open(&path, last, options.cache_share(1)) {
        Err(StoreError::Corrupt(damage)) => {
            tracing::error!(%damage, "{} is set aside; what waited in it is not sent", outbox::FILE);
            outbox::set_aside(&path)?;
            OutboxFile::open(&path, last, options.cache_share(1))
        }
        opened => opened,
    }
}

/// A file that reaches further than the journal was made from another one, or from one that was longer once.
fn not_ahead(file: &str, position: u64, last: u64) -> Result<(), StoreError> {
    if position > last { Err(StoreError::Corrupt(format!("{file} is ahead of the journal"))) } else { Ok(()) }
}

/// Opens a file whose content can be made again from the journal. A damaged one is thrown away.
fn again_if_damaged<T>(
    folder: &Folder,
    file: &'static str,
    open: impl Fn(&Path) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let path = folder.file(file);
    match open(&path) {
        Err(StoreError::Corrupt(damage)) => {
            tracing::warn!(%damage, "{file} is thrown away and made anew from the journal");
            connect::remove(&path, file)?;
            open(&path)
        }
        opened => opened,
    }
}

impl Store for SqliteStore {
    fn reopen(&self) -> Result<(), StoreError> {
        let mut files = self.files.write();
        // First, while the connections still hold the logs, whatever a failed flush has left in them is put on disk:
        // closing the last connection moves the log into the database, and that must find nothing that is not durable.
        for file in [journal::FILE, directory::FILE, snapshots::FILE, history::FILE, keys::FILE, outbox::FILE] {
            connect::settle_log(&self.folder.file(file), file)?;
        }
        *files = None;
        *files = Some(Files::open(&self.folder, &self.options)?);
        Ok(())
    }

    fn fact(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.files()?.journal.fact(name)
    }

    fn fix_fact(&self, name: &str, value: &str) -> Result<String, StoreError> {
        self.files()?.journal.fix_fact(name, value)
    }
}

impl Journal for SqliteStore {
    fn last(&self) -> Result<Position, StoreError> {
        self.files()?.journal.last()
    }

    fn append(&self, frame: &Frame, directory: &[DirectoryWrite]) -> Result<(), StoreError> {
        let files = self.files()?;
        files.journal.append(frame, || files.directory.write(frame.last_seq, directory))
    }

    fn frame_with(&self, seq: u64) -> Result<Option<Frame>, StoreError> {
        self.files()?.journal.frame_with(seq)
    }

    fn frames(
        &self,
        after_seq: u64,
        upto_seq: u64,
        visit: &mut dyn FnMut(Frame) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut place = self.files()?.journal.position_at(after_seq)?;
        while place.seq < upto_seq {
            // Nothing is held while the visitor works: it may take its time.
            let frames = self.files()?.journal.frames_after(&place)?;
            let Some(last) = frames.last() else { return Ok(()) };
            place = last.position();
            frames.into_iter().take_while(|frame| frame.last_seq <= upto_seq).try_for_each(&mut *visit)?;
        }
        Ok(())
    }
}

impl Snapshots for SqliteStore {
    fn keep_snapshot(&self, at: &Position, chunks: &mut dyn Iterator<Item = Vec<u8>>) -> Result<(), StoreError> {
        self.files()?.snapshots.keep(at, chunks)
    }

    fn snapshot(
        &self,
        not_after_seq: u64,
        visit: &mut dyn FnMut(&[u8]) -> Result<(), StoreError>,
    ) -> Result<Option<Position>, StoreError> {
        snapshots::newest(&self.folder.file(snapshots::FILE), not_after_seq, visit)
    }
}

impl Keys for SqliteStore {
    fn sealed_keys_seq(&self) -> Result<u64, StoreError> {
        Ok(self.keys()?.position())
    }

    fn seal_keys(&self, upto_seq: u64, rows: Vec<KeyRow>) -> Result<(), StoreError> {
        self.keys()?.seal(upto_seq, rows)
    }

    fn find_keys(&self, keys: &[KeyHash]) -> Result<Vec<Option<KeyRow>>, StoreError> {
        self.keys()?.find(keys)
    }

    fn forget_keys(&self, before: Moment, lasting_before: Moment) -> Result<(), StoreError> {
        self.keys()?.forget(before, lasting_before)
    }

    fn clear_keys(&self) -> Result<(), StoreError> {
        self.make_anew(
            keys::FILE,
            |files| files.keys = None,
            |files| {
                files.keys = Some(open_keys(&self.folder, &self.options, u64::MAX)?);
                Ok(())
            },
        )
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

    fn search_profiles(&self, field: ProfileField, term: &SearchTerm) -> Result<Vec<Uin>, StoreError> {
        let files = self.files()?;
        files.directory.search(field, term, files.journal.durable())
    }

    fn credential(&self, secret_id: &str) -> Result<Option<CredentialRow>, StoreError> {
        let files = self.files()?;
        files.directory.credential(secret_id, files.journal.durable())
    }

    fn credentials_of(&self, uin: Uin) -> Result<Vec<CredentialRow>, StoreError> {
        let files = self.files()?;
        files.directory.credentials_of(uin, files.journal.durable())
    }

    fn platform_keys(&self) -> Result<Vec<PlatformKeyRow>, StoreError> {
        let files = self.files()?;
        files.directory.platform_keys(files.journal.durable())
    }

    fn webhooks(&self) -> Result<Vec<WebhookRow>, StoreError> {
        let files = self.files()?;
        files.directory.webhooks(files.journal.durable())
    }

    fn webhook(&self, id: WebhookId) -> Result<Option<WebhookRow>, StoreError> {
        let files = self.files()?;
        files.directory.webhook(id, files.journal.durable())
    }

    fn erase_profile(&self, uin: Uin) -> Result<(), StoreError> {
        self.files()?.directory.erase(uin)
    }
}

impl Outbox for SqliteStore {
    fn outbox_seq(&self) -> Result<u64, StoreError> {
        self.files()?.outbox.position()
    }

    fn queue_deliveries(&self, upto_seq: u64, rows: Vec<DeliveryRow>) -> Result<(), StoreError> {
        self.files()?.outbox.queue(upto_seq, &rows)
    }

    fn waiting_lanes(&self) -> Result<Vec<(Lane, Moment)>, StoreError> {
        self.files()?.outbox.waiting_lanes()
    }

    fn due_deliveries(&self, lane: Lane, now: Moment, limit: usize) -> Result<Vec<DeliveryRow>, StoreError> {
        self.files()?.outbox.due(lane, now, limit)
    }

    fn next_due(&self, lane: Lane) -> Result<Option<Moment>, StoreError> {
        self.files()?.outbox.next_due(lane)
    }

    fn settle_delivery(&self, row: &DeliveryRow, attempt: Option<&AttemptRow>) -> Result<(), StoreError> {
        self.files()?.outbox.settle(row, attempt)
    }

    fn delivery(&self, key: &DeliveryKey) -> Result<Option<DeliveryRow>, StoreError> {
        self.files()?.outbox.delivery(key)
    }

    fn deliveries(&self, lane: Lane, before: Option<NoticeKey>, limit: usize) -> Result<Vec<DeliveryRow>, StoreError> {
        self.files()?.outbox.deliveries(lane, before, limit)
    }

    fn deliveries_of(&self, notices: &[NoticeKey]) -> Result<Vec<DeliveryRow>, StoreError> {
        self.files()?.outbox.deliveries_of(notices)
    }

    fn attempts(&self, key: &DeliveryKey) -> Result<Vec<AttemptRow>, StoreError> {
        self.files()?.outbox.attempts(key)
    }

    fn end_lane(&self, lane: Lane, state: &DeliveryState, reason: &str, now: Moment) -> Result<(), StoreError> {
        self.files()?.outbox.end_lane(lane, state, reason, now)
    }

    fn switch_lane(&self, lane: Lane, off_since: Option<Moment>) -> Result<(), StoreError> {
        self.files()?.outbox.switch_lane(lane, off_since)
    }

    fn lanes_off(&self) -> Result<Vec<(Lane, Moment)>, StoreError> {
        self.files()?.outbox.lanes_off()
    }

    fn forget_deliveries(&self, before: Moment, limit: usize) -> Result<usize, StoreError> {
        self.files()?.outbox.forget(before, limit)
    }

    fn waiting_deliveries(&self) -> Result<u64, StoreError> {
        self.files()?.outbox.waiting()
    }
}
