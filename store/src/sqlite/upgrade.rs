//! A folder of format 1, read for `credere upgrade`: its journal, its facts, what its directory knows that the journal does
//! not, and its outbox; and the exchange of the folder for the one that was made of it. History, keys and snapshots are
//! made again from the journal. Nothing in the old folder is changed but the index of a log that lies there: in the end it is
//! the backup.

use super::connect::{self, Access};
use super::errors::{Within, bound, read};
use super::folder::{self, Folder};
use super::outbox::{self, Attempted, lanes};
use super::recover::whole;
use super::rows::{Fields, read_sealed, select};
use super::shard::of;
use super::{directory, history, journal, signatures};
use crate::contract::{CredentialRow, DirectoryWrite, Fault, PlatformKeyRow, Profile, StoreError, UPGRADED_FORMAT};
use crate::frame::{Frame, Position};
use crate::outbox::{AttemptRow, DeliveryRow, Lane};
use crate::tail::{Evidence, TailLost, Witness};
use credere_core::ledger::Moment;
use rusqlite::{Connection, OptionalExtension, ToSql};
use rustix::fs::{CWD, RenameFlags};
use std::fs::{DirBuilder, DirEntry, File, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, lchown, symlink};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What a server of format 1 locked; one of today locks the folder itself.
const LOCK: &str = "lock";

/// Tells a folder that an upgrade makes from whatever else has its name. It stays until the folders are exchanged, so that
/// a next upgrade knows the folder of one that was stopped at any step.
const MARK: &str = "upgrading";

/// Where an outbox says up to where it has followed the journal.
const OUTBOX_PLACE: (&str, &str) = ("position", "seq");

/// So much of the old files is kept in memory, each.
const CACHE_BYTES: u64 = 8 << 20;

/// Where the folders of an upgrade are; all three are on one file system.
#[derive(Debug, Clone)]
pub struct Places {
    /// The data folder.
    pub data: PathBuf,
    /// Where the new folder is made, before it takes the data folder's place.
    pub upgrading: PathBuf,
    /// What the old folder is called in the end.
    pub backup: PathBuf,
}

/// Where an upgrade stands when it is begun.
pub enum Begun {
    /// The old folder is there, and claimed.
    Old(Box<OldFolder>),
    /// The data folder has today's format already.
    Done,
    /// It has, and the one before it has got its name as a backup only now.
    Finished,
}

/// A folder of format 1 that this process alone has.
pub struct OldFolder {
    folder: Folder,
    _lock: Option<File>,
    journal: Connection,
    directory: Connection,
    /// Absent where the folder has none.
    outbox: Option<Connection>,
    last_seq: u64,
}

/// What an old outbox holds.
#[derive(Debug, Default)]
pub struct OldOutbox {
    /// Up to which event deliveries have been queued.
    pub upto_seq: u64,
    /// Every delivery, with its attempts.
    pub deliveries: Vec<(DeliveryRow, Vec<AttemptRow>)>,
    /// The lanes that are switched off, and since when.
    pub off: Vec<(Lane, Moment)>,
}

/// Claims the data folder, and clears away what an upgrade left that was stopped.
///
/// # Errors
/// [`StoreError::InUse`]; [`StoreError::OtherFormat`]; [`StoreError::Io`] where there is no store, or the backup is there
/// already, or would be on another file system. The data folder is as it was.
pub fn begin(places: &Places) -> Result<Begun, StoreError> {
    let Places { data, upgrading, backup } = places;
    let folder = Folder::claim(data, false, Access::Look, Duration::ZERO)?;
    match format_in(data)? {
        Some(UPGRADED_FORMAT) => {}
        Some(found) => {
            journal::check_format(found)?;
            if format_in(upgrading)? != Some(UPGRADED_FORMAT) {
                return Ok(Begun::Done);
            }
            refuse_existing(backup)?;
            finish(places)?;
            return Ok(Begun::Finished);
        }
        None => return Err(StoreError::io(format!("there is no store in `{}`", data.display()))),
    }
    refuse_existing(backup)?;
    let device = |path: &Path| Ok::<_, StoreError>(std::fs::metadata(path).within(&path.display().to_string())?.dev());
    let own = device(data)?;
    for place in [data, backup] {
        if device(folder::above(place))? != own {
            return Err(StoreError::io(format!(
                "`{}` and the folder that `{}` is in are on two file systems, so that it cannot be renamed",
                data.display(),
                place.display()
            )));
        }
    }
    drop(folder);
    let old = OldFolder::open(Folder::claim(data, false, Access::Write, Duration::ZERO)?)?;
    make_empty(upgrading)?;
    Ok(Begun::Old(Box::new(old)))
}

/// Makes the folder for the new store, or empties the one that an upgrade left that was stopped: what is in that may be
/// torn, and is not read.
fn make_empty(upgrading: &Path) -> Result<(), StoreError> {
    let shown = upgrading.display().to_string();
    match DirBuilder::new().mode(folder::PRIVATE).create(upgrading) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error).within(&shown),
        _ => {}
    }
    let foreign = || StoreError::io(format!("`{shown}` is there and was not made by an upgrade; give it another name"));
    if !upgrading.symlink_metadata().within(&shown)?.is_dir() {
        return Err(foreign());
    }
    let left = entries(upgrading)?;
    let (marks, left): (Vec<_>, Vec<_>) = left.into_iter().partition(|entry| entry.file_name() == MARK);
    if marks.is_empty() && !left.is_empty() {
        return Err(foreign());
    }
    File::create(upgrading.join(MARK)).and_then(|mark| mark.sync_all()).within(&shown)?;
    connect::sync_folder(upgrading)?;
    for entry in left {
        let is_folder = entry.file_type().within(&shown)?.is_dir();
        let remove = if is_folder { std::fs::remove_dir_all } else { std::fs::remove_file };
        remove(entry.path()).within(&shown)?;
    }
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<DirEntry>, StoreError> {
    std::fs::read_dir(folder).and_then(Iterator::collect).within(&folder.display().to_string())
}

fn format_in(folder: &Path) -> Result<Option<u32>, StoreError> {
    let journal = folder.join(journal::FILE);
    if journal.is_file() { journal::format(&journal, Access::Look) } else { Ok(None) }
}

fn refuse_existing(backup: &Path) -> Result<(), StoreError> {
    match backup.symlink_metadata() {
        Ok(_) => Err(StoreError::io(format!("`{}` exists already", backup.display()))),
        Err(_) => Ok(()),
    }
}

/// Gives the old folder its name, once the two are exchanged.
fn finish(Places { data, upgrading, backup }: &Places) -> Result<(), StoreError> {
    let named = || -> Result<(), StoreError> {
        connect::sync_folder(folder::above(data))?;
        remove_file(&data.join(MARK))?;
        connect::sync_folder(data)?;
        let renamed = rustix::fs::renameat_with(CWD, upgrading, CWD, backup, RenameFlags::NOREPLACE);
        renamed.map_err(io::Error::from).within(&backup.display().to_string())?;
        connect::sync_folder(folder::above(upgrading))?;
        connect::sync_folder(folder::above(backup))
    };
    named().map_err(|error| {
        let text = format!(
            "`{}` is upgraded, but the folder that it was, `{}`, may not have its name as a backup yet: {error}",
            data.display(),
            upgrading.display()
        );
        StoreError::io(Fault::new(text, error))
    })
}

/// Removes a file that need not be there.
fn remove_file(path: &Path) -> Result<(), StoreError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        done => done.within(&path.display().to_string()),
    }
}

/// Up to which event a file has followed the journal, as its one row says; `None` where there is no such row.
fn followed(
    connection: &Connection,
    file: &'static str,
    (table, column): (&'static str, &str),
) -> Result<Option<u64>, StoreError> {
    let there = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?";
    if !connection.prepare(there).within(file)?.exists([table]).within(file)? {
        return Ok(None);
    }
    let sql = format!("SELECT {column} {}", of(table, ""));
    let seq: Option<i64> = connection.query_row(&sql, [], |row| row.get(0)).optional().within(file)?;
    seq.map(|seq| read(seq, file)).transpose()
}

/// Up to which event history goes. It is made anew, so that one that is damaged tells nothing.
fn history_followed(folder: &Folder) -> Result<Option<u64>, StoreError> {
    let path = folder.file(history::FILE);
    if !path.is_file() {
        return Ok(None);
    }
    let history = connect::reader(&path, history::FILE, 0, Access::Look);
    match history.and_then(|history| followed(&history, history::FILE, ("setup", "upto_seq"))) {
        Err(StoreError::Corrupt(damage)) => {
            tracing::warn!(%damage, "{} cannot be held against the journal", history::FILE);
            Ok(None)
        }
        known => known,
    }
}

impl OldFolder {
    fn open(folder: Folder) -> Result<OldFolder, StoreError> {
        let lock = match File::open(folder.file(LOCK)) {
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            lock => Some(lock.within(LOCK)?),
        };
        match lock.as_ref().map_or(Ok(()), File::try_lock) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreError::InUse(folder.path().display().to_string())),
            Err(TryLockError::Error(error)) => return Err(error).within(LOCK),
        }
        let open = |file| connect::reader(&folder.file(file), file, CACHE_BYTES, Access::Look);
        let (journal, directory) = (open(journal::FILE)?, open(directory::FILE)?);
        let outbox = folder.file(outbox::FILE).is_file().then(|| open(outbox::FILE)).transpose()?;
        let last_seq = journal::newest(&journal)?.seq;
        // Both follow what is durable: beyond its end, the journal has lost that. The directory may be a frame ahead.
        let told = outbox.as_ref().map_or(Ok(None), |outbox| followed(outbox, outbox::FILE, OUTBOX_PLACE))?;
        let followers = [(outbox::FILE, told), (history::FILE, history_followed(&folder)?)];
        let beyond = followers.into_iter().filter_map(|(file, seq)| Some((file, seq.filter(|seq| *seq > last_seq)?)));
        let witnesses: Vec<_> = beyond.map(|(file, seq)| Witness { file, tells: Evidence::Reached(seq) }).collect();
        if !witnesses.is_empty() {
            return Err(StoreError::TailLost(TailLost { ends: last_seq, witnesses, older: true }));
        }
        Ok(OldFolder { folder, _lock: lock, journal, directory, outbox, last_seq })
    }

    /// The last event.
    pub fn last_seq(&self) -> u64 {
        self.last_seq
    }

    /// The deployment's facts.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn facts(&self) -> Result<Vec<(String, String)>, StoreError> {
        let mut statement = self.journal.prepare(&format!("SELECT name {}", of("fact", ""))).within(journal::FILE)?;
        let names = statement.query_map([], |row| row.get(0)).within(journal::FILE)?;
        let names: Vec<String> = names.collect::<Result<_, _>>().within(journal::FILE)?;
        let fact = |name: String| {
            let value = journal::fact(&self.journal, &name)?.unwrap_or_default();
            Ok((name, value))
        };
        names.into_iter().map(fact).collect()
    }

    /// Visits all frames, in order.
    ///
    /// # Errors
    /// [`StoreError`], or the visitor's own.
    pub fn frames(&self, visit: &mut dyn FnMut(Frame) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let mut place = Position::default();
        loop {
            let frames = journal::frames_after(&self.journal, &place)?;
            let Some(last) = frames.last() else { return Ok(()) };
            place = last.position();
            frames.into_iter().try_for_each(&mut *visit)?;
        }
    }

    /// What the journal tells of a directory's change, with what the directory knows of the same thing.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn known(&self, write: DirectoryWrite) -> Result<DirectoryWrite, StoreError> {
        Ok(match write {
            DirectoryWrite::Profile { uin, patch } => {
                let names = ["name", "email", "phone", "entity_id", "entity_name", "channel_manager", "remark"];
                let columns = ["uin", "seq"].into_iter().chain(names).collect::<Vec<_>>();
                let of_account = "AND uin = ? AND seq <= ? ORDER BY seq DESC LIMIT 1";
                let found = self.find("profile", &columns, of_account, &bound(uin.number()), |fields| {
                    fields.uin()?;
                    fields.whole()?;
                    Ok(Profile {
                        name: fields.optional_text()?,
                        email: fields.optional_text()?,
                        phone: fields.optional_text()?,
                        entity_id: fields.optional_text()?,
                        entity_name: fields.optional_text()?,
                        channel_manager: fields.optional_text()?,
                        remark: fields.optional_text()?,
                        // There were no organizations.
                        ..Profile::default()
                    })
                })?;
                // One that was erased is not there.
                DirectoryWrite::Profile { uin, patch: found.map_or(patch, whole) }
            }
            DirectoryWrite::Credential(row) => {
                let columns = ["secret_id", "uin", "sealed_key", "created_at", "seq"];
                let found =
                    self.find("credential", &columns, "AND secret_id = ? AND seq <= ?", &row.secret_id, |fields| {
                        let (secret_id, uin) = (fields.text()?, fields.uin()?);
                        let (sealed_key, created_at) = (fields.blob()?.to_vec(), fields.moment()?);
                        Ok(CredentialRow { secret_id, uin, sealed_key, created_at })
                    })?;
                DirectoryWrite::Credential(found.ok_or_else(|| missing(&row.secret_id))?)
            }
            DirectoryWrite::PlatformKey(row) => {
                let columns = ["id", "name", "access", "digest", "created_at", "seq"];
                let found = self.find("platform_key", &columns, "AND id = ? AND seq <= ?", &row.id, |fields| {
                    let (id, name, access) = (fields.text()?, fields.text()?, fields.text()?);
                    Ok(PlatformKeyRow { id, name, access, digest: fields.bytes()?, created_at: fields.moment()? })
                })?;
                DirectoryWrite::PlatformKey(found.ok_or_else(|| missing(&row.id))?)
            }
            DirectoryWrite::Webhook(row) => {
                let newest = "AND id = ? AND seq <= ? ORDER BY seq DESC LIMIT 1";
                let (id, last) = (bound(row.id.0), bound(self.last_seq));
                let mut found: Vec<directory::WebhookVersion> =
                    select(&self.directory, directory::FILE, newest, &[&id, &last])?;
                // One that was removed since is not there, or without its secret.
                DirectoryWrite::Webhook(found.pop().map_or(row, |version| version.row))
            }
            as_told @ (DirectoryWrite::Bound { .. }
            | DirectoryWrite::Unbound { .. }
            | DirectoryWrite::CredentialRevoked { .. }
            | DirectoryWrite::PlatformKeyRevoked { .. }
            | DirectoryWrite::WebhookRemoved { .. }
            | DirectoryWrite::Answer(_)
            | DirectoryWrite::AnswersForgotten { .. }) => as_told,
        })
    }

    /// A row of the directory, by a key and the last event.
    fn find<T>(
        &self,
        table: &'static str,
        columns: &[&str],
        which: &str,
        key: &dyn ToSql,
        read: impl FnOnce(&mut Fields<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let sql = format!("SELECT {}, seal {}", columns.join(", "), of(table, which));
        let mut statement = self.directory.prepare_cached(&sql).within(directory::FILE)?;
        let parameters: [&dyn ToSql; 2] = [key, &bound(self.last_seq)];
        let mut rows = statement.query(parameters.as_slice()).within(directory::FILE)?;
        let row = rows.next().within(directory::FILE)?;
        row.map(|row| read_sealed(row, directory::FILE, (table, columns.len()), read)).transpose()
    }

    /// The outbox. One that is not there has told everything.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn outbox(&self) -> Result<OldOutbox, StoreError> {
        let Some(outbox) = &self.outbox else {
            return Ok(OldOutbox { upto_seq: self.last_seq, ..OldOutbox::default() });
        };
        let upto_seq = followed(outbox, outbox::FILE, OUTBOX_PLACE)?;
        let upto_seq = upto_seq.ok_or_else(|| StoreError::corrupt(format!("{}: no position", outbox::FILE)))?;
        let of_journal = "AND seq <= ? ORDER BY channel, target, seq, place";
        let rows: Vec<DeliveryRow> = select(outbox, outbox::FILE, of_journal, &[&bound(upto_seq)])?;
        let attempts: Vec<Attempted> =
            select(outbox, outbox::FILE, &format!("{of_journal}, number"), &[&bound(upto_seq)])?;
        let mut attempts = attempts.into_iter().peekable();
        let mut deliveries = Vec::with_capacity(rows.len());
        for row in rows {
            let own = std::iter::from_fn(|| attempts.next_if(|attempt| attempt.key == row.key)).map(|one| one.row);
            let own = own.collect();
            deliveries.push((row, own));
        }
        let off = lanes(outbox, &format!("SELECT channel, target, since {}", of("lane_off", "")))?;
        Ok(OldOutbox { upto_seq, deliveries, off })
    }

    /// Copies into a new folder what lies in this one and is not the store's: the master key, for one. A link stays a
    /// link. Answers what is neither and stays behind: folders, above all.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn copy_others(&self, to: &Path) -> Result<Vec<String>, StoreError> {
        let mut left = Vec::new();
        for entry in entries(self.folder.path())? {
            let name = entry.file_name();
            let text = name.to_string_lossy();
            if text == LOCK || folder::FILES.iter().any(|file| text.starts_with(file)) {
                continue;
            }
            let (kind, to) = (entry.file_type().within(&text)?, to.join(&name));
            if kind.is_file() {
                std::fs::copy(entry.path(), to).within(&text)?;
            } else if kind.is_symlink() {
                std::fs::read_link(entry.path()).and_then(|target| symlink(target, to)).within(&text)?;
            } else {
                left.push(text.into_owned());
            }
        }
        Ok(left)
    }

    /// Puts the folder that was made of this one, and is closed, in its place: by one step, after which this one gets its
    /// name as a backup. What is in the new folder belongs to whoever the old one belongs to.
    ///
    /// # Errors
    /// [`StoreError`]; the folders are in their places or exchanged, and a next upgrade goes on from there.
    pub fn exchange(self, places: &Places) -> Result<(), StoreError> {
        let Places { data, upgrading, .. } = places;
        // Which signatures the old server saw is not known, so that the file must not say that there were none.
        remove_file(&upgrading.join(signatures::FILE))?;
        let owner = std::fs::metadata(data).within(&data.display().to_string())?;
        let hand_over = |path: &Path| {
            let now = path.symlink_metadata()?;
            let same = (now.uid(), now.gid()) == (owner.uid(), owner.gid());
            if same { Ok(()) } else { lchown(path, Some(owner.uid()), Some(owner.gid())) }
        };
        for entry in entries(upgrading)? {
            let (path, shown) = (entry.path(), entry.path().display().to_string());
            hand_over(&path).within(&shown)?;
            if !entry.file_type().within(&shown)?.is_symlink() {
                File::open(&path).and_then(|file| file.sync_all()).within(&shown)?;
            }
        }
        hand_over(upgrading).within(&upgrading.display().to_string())?;
        connect::sync_folder(upgrading)?;
        self.folder.check_place()?;
        let exchanged = rustix::fs::renameat_with(CWD, upgrading, CWD, data, RenameFlags::EXCHANGE);
        exchanged.map_err(io::Error::from).within(&data.display().to_string())?;
        finish(places)
    }
}

fn missing(what: &str) -> StoreError {
    StoreError::corrupt(format!("{}: `{what}` is missing", directory::FILE))
}
