//! The data folder: claimed by one process at a time, private, made completely or not at all, and refused when a build
//! with another format has written it. What is locked is the folder itself: no file in it can be deleted to let a
//! second server in, and a folder that is renamed stays locked under its new name.

use super::connect::{self, Access};
use super::directory::{self, DirectoryFile, JournalEnd, SearchCut};
use super::errors::Within;
use super::signatures::{self, SignaturesFile};
use super::witness;
use super::{history, journal, keys, outbox, snapshots};
use crate::contract::StoreError;
use crate::frame::Position;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// All files of a store. The journal comes first: it is what the others are held against.
pub(super) const FILES: [&str; 6] =
    [journal::FILE, directory::FILE, snapshots::FILE, history::FILE, keys::FILE, outbox::FILE];

/// Nobody but the server's own user has business in the folder.
pub(super) const PRIVATE: u32 = 0o700;

/// There while a process has the store open for writing. Where it is and a log is not, the process was killed and its log
/// deleted afterwards: SQLite deletes logs only when it closes them in order.
const IN_USE: &str = "in-use";

/// How long a claim waits before it asks again whether whoever holds the folder has let go.
const PAUSE: Duration = Duration::from_millis(20);

/// A folder that is this process's own until this is dropped: to write to, or to look at with others who only look.
pub(super) struct Folder {
    path: PathBuf,
    access: Access,
    /// The folder itself. The operating system lets go of the lock when it is closed, also when the process is killed.
    held: File,
}

impl Folder {
    /// Claims a folder, and makes it where it is absent and `create` says so. Refuses one that holds no store, unless
    /// one is to be made. Whoever wants to write waits up to `patience` for those who look, or who are about to end.
    pub(super) fn claim(path: &Path, create: bool, access: Access, patience: Duration) -> Result<Folder, StoreError> {
        let shown = path.display().to_string();
        if create {
            make_private(path)?;
        } else if !path.join(journal::FILE).is_file() {
            return Err(StoreError::io(format!("there is no store in `{shown}`")));
        }
        let held = File::open(path).within(&shown)?;
        let mut waited = Duration::ZERO;
        loop {
            let locked = match access {
                Access::Write => held.try_lock(),
                Access::Look => held.try_lock_shared(),
            };
            match locked {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if access == Access::Write && waited < patience => {
                    std::thread::sleep(PAUSE);
                    waited += PAUSE;
                }
                Err(TryLockError::WouldBlock) => return Err(StoreError::InUse(shown)),
                Err(TryLockError::Error(error)) => return Err(error).within(&shown),
            }
        }
        let folder = Folder { path: path.to_owned(), access, held };
        folder.check_place()?;
        Ok(folder)
    }

    /// What the folder was claimed for.
    pub(super) fn access(&self) -> Access {
        self.access
    }

    /// The path of one of the store's files.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The folder's path.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Refuses to go on where the folder's name has come to mean another folder, in which files would be opened that
    /// nobody has claimed.
    pub(super) fn check_place(&self) -> Result<(), StoreError> {
        let shown = self.path.display().to_string();
        let (held, found) = (self.held.metadata().within(&shown)?, std::fs::metadata(&self.path).within(&shown)?);
        if (held.dev(), held.ino()) == (found.dev(), found.ino()) {
            return Ok(());
        }
        Err(StoreError::io(format!("`{shown}` is another folder now than the one that was opened")))
    }

    /// Makes directory and journal where there is no complete journal yet; checks the format where there is one, before
    /// anything is changed. The journal comes last, so that where it is, everything is.
    pub(super) fn make_where_absent(&self) -> Result<(), StoreError> {
        let (journal, directory) = (self.file(journal::FILE), self.file(directory::FILE));
        let format = if journal.is_file() { journal::format(&journal, Access::Look)? } else { None };
        format.map_or(Ok(()), journal::check_format)?;
        if self.access == Access::Write {
            self.keep_private()?;
        }
        if format.is_some() {
            return Ok(());
        }
        // What knows of records is no rest of a store half made.
        if let Some(witness) = witness::without_a_journal(self)?.first() {
            return Err(StoreError::corrupt(format!("{} is missing: {witness}", journal::FILE)));
        }
        if self.access == Access::Look {
            return Err(StoreError::io(format!("there is no store in `{}`", self.path.display())));
        }
        let start = JournalEnd { last: Position::default(), directory: Position::default() };
        DirectoryFile::open(&directory, &start, SearchCut::default(), 0, Access::Write)?;
        // A store that is being made has seen no signature.
        SignaturesFile::at(self.file(signatures::FILE)).replace(&[])?;
        journal::make(&journal)?;
        self.sync()
    }

    /// Makes what the logs seem to hold truly durable; see [`connect::settle_log`].
    pub(super) fn settle_logs(&self) -> Result<(), StoreError> {
        FILES.into_iter().try_for_each(|file| connect::settle_log(&self.file(file), file))
    }

    /// Notes that files are open for writing from here on.
    pub(super) fn mark_in_use(&self) -> Result<(), StoreError> {
        let mut private = OpenOptions::new();
        private.write(true).create(true).truncate(true).mode(connect::PRIVATE);
        private.open(self.file(IN_USE)).within(IN_USE)?;
        self.sync()
    }

    /// Notes in the mark that the journal's log is gone, whatever lies in its place from now on.
    pub(super) fn mark_log_gone(&self) -> Result<(), StoreError> {
        // Stopped in between, the mark is there without a text, and still no log beside it.
        let mut mark = OpenOptions::new().write(true).truncate(true).open(self.file(IN_USE)).within(IN_USE)?;
        mark.write_all(b"the journal's log is gone\n").and_then(|()| mark.sync_all()).within(IN_USE)
    }

    /// Notes that files are about to be closed in order.
    pub(super) fn unmark(&self) -> Result<(), StoreError> {
        match std::fs::remove_file(self.file(IN_USE)) {
            Ok(()) => self.sync(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error).within(IN_USE),
        }
    }

    /// Makes the names of the files in the folder durable.
    pub(super) fn sync(&self) -> Result<(), StoreError> {
        self.held.sync_all().within(&self.path.display().to_string())
    }

    /// Takes everybody else's permissions away, from a folder that was there already too.
    fn keep_private(&self) -> Result<(), StoreError> {
        let shown = self.path.display().to_string();
        match connect::set_mode(&self.path, PRIVATE) {
            // Somebody else's folder (a mounted volume): what is in it is private all the same.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                tracing::warn!("`{shown}` belongs to another user and cannot be made private");
            }
            done => done.within(&shown)?,
        }
        for entry in std::fs::read_dir(&self.path).within(&shown)? {
            let entry = entry.within(&shown)?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let ours = [IN_USE, signatures::FILE].contains(&&*name) || FILES.iter().any(|file| name.starts_with(file));
            if ours && entry.file_type().within(&name)?.is_file() {
                connect::set_mode(&entry.path(), connect::PRIVATE).within(&name)?;
            }
        }
        Ok(())
    }
}

/// Whether a folder's files are open for writing, or whoever had them open last did not close them.
pub(super) fn is_marked(folder: &Path) -> bool {
    folder.join(IN_USE).exists()
}

/// Whether the mark says that the journal's log is gone.
pub(super) fn says_log_gone(folder: &Path) -> bool {
    std::fs::metadata(folder.join(IN_USE)).is_ok_and(|mark| mark.len() > 0)
}

/// Makes a folder with those above it, durably, for the server's own user alone.
pub(super) fn make_private(path: &Path) -> Result<(), StoreError> {
    let is_new = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
    let made: Vec<&Path> = path.ancestors().take_while(is_new).collect();
    let shown = path.display().to_string();
    std::fs::DirBuilder::new().recursive(true).mode(PRIVATE).create(path).within(&shown)?;
    if !made.is_empty() {
        connect::set_mode(path, PRIVATE).within(&shown)?;
    }
    // A folder's name is in the one above it.
    made.into_iter().try_for_each(|folder| connect::sync_folder(above(folder)))
}

/// Makes one folder that is not there yet, durably, for the server's own user alone.
///
/// # Errors
/// [`StoreError::Io`] also where there is something under the name already.
pub(super) fn make_new(path: &Path) -> Result<(), StoreError> {
    let shown = path.display().to_string();
    std::fs::DirBuilder::new().mode(PRIVATE).create(path).within(&shown)?;
    connect::set_mode(path, PRIVATE).within(&shown)?;
    connect::sync_folder(above(path))
}

/// The folder in which this one is.
pub(super) fn above(folder: &Path) -> &Path {
    match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
