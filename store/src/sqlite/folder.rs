//! The data folder: claimed by one process at a time, made completely or not at all, and refused when a newer build has
//! written it.

use super::connect;
use super::directory::{self, DirectoryFile};
use super::errors::Within;
use super::journal;
use crate::contract::StoreError;
use rusqlite::OptionalExtension;
use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

const LOCK: &str = "lock";

/// A folder that this process alone may write to, until this is dropped.
pub(super) struct Folder {
    path: PathBuf,
    /// The operating system lets go of the lock when the file is closed, also when the process is killed.
    _lock: File,
}

impl Folder {
    /// Claims a folder, and makes it where it is absent and `create` says so. Refuses one that holds no store, unless
    /// one is to be made.
    pub(super) fn claim(path: &Path, create: bool) -> Result<Folder, StoreError> {
        let shown = path.display().to_string();
        if create {
            make_folder(path)?;
        } else if !path.join(journal::FILE).is_file() {
            return Err(StoreError::Io(format!("there is no store in `{shown}`")));
        }
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(path.join(LOCK)).within(&shown)?;
        match lock.try_lock() {
            Ok(()) => Ok(Folder { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse(shown)),
            Err(TryLockError::Error(error)) => Err(error).within(&shown),
        }
    }

    /// The path of one of the store's files.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Makes directory and journal where there is no complete journal yet; checks the format where there is one. The
    /// journal comes last, so that where it is, everything is.
    pub(super) fn make_where_absent(&self) -> Result<(), StoreError> {
        let (journal, directory) = (self.file(journal::FILE), self.file(directory::FILE));
        let found = if journal.is_file() { journal::format(&journal)? } else { None };
        match found {
            Some(format) => {
                journal::check_format(format)?;
                if !directory.is_file() {
                    return Err(StoreError::Corrupt(format!("{} is missing beside the journal", directory::FILE)));
                }
                Ok(())
            }
            None => {
                if directory.is_file() && directory_in_use(&directory)? {
                    return Err(StoreError::Corrupt(format!("{} is missing beside the directory", journal::FILE)));
                }
                DirectoryFile::open(&directory, 0, 0)?;
                journal::make(&journal)?;
                self.sync()
            }
        }
    }

    /// Makes the names of the files in the folder durable.
    pub(super) fn sync(&self) -> Result<(), StoreError> {
        connect::sync_folder(&self.path)
    }
}

/// Whether a directory without a journal has ever been written to; it is then no rest of a store half made.
fn directory_in_use(path: &Path) -> Result<bool, StoreError> {
    let connection = connect::reader(path, directory::FILE, 0)?;
    let sql = "SELECT 1 FROM sqlite_schema WHERE name = 'latest'";
    let made: Option<i64> = connection.query_row(sql, [], |row| row.get(0)).optional().within(directory::FILE)?;
    Ok(made.is_some() && directory::latest(&connection)? > 0)
}

/// Makes a folder with those above it, durably.
fn make_folder(path: &Path) -> Result<(), StoreError> {
    let is_new = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
    let made: Vec<&Path> = path.ancestors().take_while(is_new).collect();
    // Names are in there in the clear: nobody but the server's own user has business in the folder.
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true).mode(0o700).create(path).within(&path.display().to_string())?;
    // A folder's name is in the one above it.
    made.into_iter().try_for_each(|folder| connect::sync_folder(above(folder)))
}

/// The folder in which this one is.
pub(super) fn above(folder: &Path) -> &Path {
    match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
