//! Copies of a whole store, and the way back. A copy is taken while a server goes on writing; it holds the journal as it
//! stood at one moment, the directory that belongs to it, the snapshots, and the outbox, which may be a little behind.
//! History is left out: it is filled again. A manifest says where the journal ended and which files there are, so that a
//! file that was exchanged or lost afterwards is found.

use super::connect::{self, Access};
use super::errors::{Within, read};
use super::folder::{self, Folder, above};
use super::manifest::{self, Manifest};
use super::places::{self, Name};
use super::witness::{self, Ahead};
use super::{directory, history, journal, keys, outbox, snapshots};
use crate::contract::StoreError;
use crate::frame::Position;
use crate::tail::{Evidence, TailLost, Witness};
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// So many pages are copied between two reports of progress.
const STEP_PAGES: i32 = 256;

/// How often a moment is looked for at which the directory is not ahead of the journal. It is ahead only between the
/// two flushes of one commit, so that a few tries are enough even under load.
const TRIES: u32 = 10_000;

/// Copies the store in `source` to `target`, which must not exist. `progress` gets the pages done and the pages in all.
/// The server that has the store open need not be stopped; while the copy runs, its write-ahead log grows.
///
/// # Errors
/// [`StoreError::Io`] where the target exists or `source` holds no store, [`StoreError::TailLost`] where its files do
/// not go together, which would look whole as a backup, [`StoreError::OtherFormat`],
/// [`StoreError::Full`], [`StoreError::Corrupt`]. What was begun lies beside the target as `<target>.partial`.
pub fn backup(
    source: impl AsRef<Path>,
    target: impl AsRef<Path>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), StoreError> {
    let (source, target) = (source.as_ref(), target.as_ref());
    refuse(target.exists(), target, "exists already")?;
    check_format(source)?;
    refuse_torn(source)?;
    // These first: an image that is taken meanwhile would be ahead of the journal's copy, and so would the outbox.
    let mut behind = Vec::new();
    for file in [snapshots::FILE, outbox::FILE] {
        if source.join(file).is_file() {
            behind.push((hold(&source.join(file), file)?, file));
        }
    }
    let (journal, directory) = open_at_one_moment(source)?;
    let partial = begin(target)?;
    let mut copy = Copying { progress, done: 0, total: pages(&journal)? + pages(&directory)? };
    for (connection, _) in &behind {
        copy.total += pages(connection)?;
    }
    for (connection, file) in &behind {
        copy.file(connection, &partial, file)?;
    }
    copy.file(&directory, &partial, directory::FILE)?;
    copy.file(&journal, &partial, journal::FILE)?;
    let behind = behind.iter().map(|(_, file)| *file);
    let files = [journal::FILE, directory::FILE].into_iter().chain(behind).collect();
    manifest::write(&partial, &Manifest { end: journal::newest(&journal)?, files })?;
    examine(&partial)?;
    finish(&partial, target)
}

/// Makes a store in `target`, which must be empty or absent, from the backup in `backup_dir`. The copy's chain is
/// checked from its first frame to its last, and its files against one another, before it gets its name.
///
/// # Errors
/// [`StoreError::Corrupt`] where the backup is damaged, [`StoreError::TailLost`] where its files do not go together,
/// [`StoreError::Io`] where the target holds something or `backup_dir` no backup, [`StoreError::OtherFormat`],
/// [`StoreError::Full`].
pub fn restore(
    backup_dir: impl AsRef<Path>,
    target: impl AsRef<Path>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), StoreError> {
    let (source, target) = (backup_dir.as_ref(), target.as_ref());
    let name = target.display().to_string();
    let occupied = target.exists() && std::fs::read_dir(target).within(&name)?.next().is_some();
    refuse(occupied, target, "is not empty")?;
    check_format(source)?;
    let Some(manifest) = manifest::read(source)? else {
        return Err(StoreError::io(format!("`{}` holds no {}: it is no backup", source.display(), manifest::FILE)));
    };
    let mut files = Vec::new();
    // The journal last: its pages are read twice.
    for file in manifest.files.iter().copied().rev() {
        refuse(!source.join(file).is_file(), source, &format!("holds no {file}"))?;
        files.push((hold(&source.join(file), file)?, file));
    }
    let partial = begin(target)?;
    let mut total = 0;
    for (connection, _) in &files {
        total += pages(connection)?;
    }
    // Reading the copied frames again counts as much as copying them.
    let to_check = files.last().map_or(Ok(0), |(connection, _)| pages(connection))?;
    let mut copy = Copying { progress, done: 0, total: total + to_check };
    for (connection, file) in &files {
        copy.file(connection, &partial, file)?;
    }
    // While it has the manifest, which the store that comes of it shall not have.
    manifest::write(&partial, &manifest)?;
    check_copy(&partial, &mut |seq, of| (copy.progress)(total + to_check * seq / of.max(1), total + to_check))?;
    manifest::remove(&partial)?;
    finish(&partial, target)
}

/// Refuses a folder that holds no store of this format, before anything in it is opened to be written to.
fn check_format(source: &Path) -> Result<(), StoreError> {
    let journal = source.join(journal::FILE);
    refuse(!journal.is_file(), source, &format!("holds no {}", journal::FILE))?;
    match journal::format(&journal, Access::Look)? {
        Some(format) => journal::check_format(format),
        None => Err(StoreError::io(format!("`{}` holds no store", source.display()))),
    }
}

/// Refuses a folder whose files do not go together, as far as the directory and what is not copied show; what is copied
/// is examined as a copy, too. Nothing is claimed: a server may have the folder open, or be about to.
fn refuse_torn(source: &Path) -> Result<(), StoreError> {
    let mut witnesses = witness::logs_gone(source);
    // These before the journal, which they follow: where it is read later, none of them is ahead of it.
    let manifest = manifest::read(source)?;
    let mut known: Vec<_> = manifest.iter().map(|manifest| (manifest::FILE, manifest.end)).collect();
    for file in [history::FILE, keys::FILE] {
        let path = source.join(file);
        if !path.is_file() {
            continue;
        }
        match hold(&path, file).and_then(|connection| places::kept(&connection, file, Name::Reached)) {
            Ok(at) => known.push((file, at)),
            // What is damaged tells nothing, and is made again from the journal.
            Err(StoreError::Corrupt(_)) => {}
            Err(error) => return Err(error),
        }
    }
    let journal = hold(&source.join(journal::FILE), journal::FILE)?;
    let end = journal::newest(&journal)?;
    for (file, at) in known {
        let tells = witness::tells(Some(&journal), &end, &at)?;
        witnesses.extend(tells.map(|(_, tells)| Witness { file, tells }));
    }
    let tells = if source.join(directory::FILE).is_file() {
        let directory = hold(&source.join(directory::FILE), directory::FILE)?;
        // Where the journal has not moved meanwhile, a directory that is written to is one frame ahead of it at most.
        let stood = journal::newest(&hold(&source.join(journal::FILE), journal::FILE)?)? == end;
        witness::directory_tells(&directory, &journal, &end, Ahead::of(&witnesses))?.filter(|_| stood)
    } else {
        Some(Evidence::Missing)
    };
    witnesses.extend(tells.map(|tells| Witness { file: directory::FILE, tells }));
    if !witnesses.is_empty() {
        return Err(StoreError::TailLost(TailLost { ends: end.seq, witnesses, older: false }));
    }
    // A backup that has lost a file would look as if it had never had it.
    let mut had = manifest.iter().flat_map(|manifest| &manifest.files);
    had.try_for_each(|file| refuse(!source.join(file).is_file(), source, &format!("holds no {file}")))
}

/// Refuses a copy whose files do not go together.
fn examine(copy: &Path) -> Result<(), StoreError> {
    let folder = Folder::claim(copy, false, Access::Look, Duration::ZERO)?;
    witness::examine(&folder)?.map_or(Ok(()), |lost| Err(StoreError::TailLost(lost)))
}

fn refuse(wrong: bool, path: &Path, why: &str) -> Result<(), StoreError> {
    if wrong { Err(StoreError::io(format!("`{}` {why}", path.display()))) } else { Ok(()) }
}

/// Read transactions on journal and directory that belong together: every frame that the one shows has its changes in
/// the other, and none is there before its frame.
fn open_at_one_moment(source: &Path) -> Result<(Connection, Connection), StoreError> {
    for _ in 0..TRIES {
        // The journal first: a frame's changes are in the directory before the frame is in the journal.
        let journal = hold(&source.join(journal::FILE), journal::FILE)?;
        let directory = hold(&source.join(directory::FILE), directory::FILE)?;
        if directory::newest_frame(&directory)? == places::kept(&journal, journal::FILE, Name::Directory)? {
            return Ok((journal, directory));
        }
        std::thread::yield_now();
    }
    Err(StoreError::io("the directory was ahead of the journal each time it was looked at"))
}

/// Opens a file for reading and begins a transaction that fixes what is seen from now on.
fn hold(path: &Path, file: &'static str) -> Result<Connection, StoreError> {
    let connection = connect::reader(path, file, 1 << 20, Access::Write)?;
    connection.execute_batch("BEGIN").within(file)?;
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).within(file)?;
    Ok(connection)
}

fn pages(connection: &Connection) -> Result<u64, StoreError> {
    read(connection.query_row("PRAGMA page_count", [], |row| row.get(0)).within("backup")?, "backup")
}

/// An empty folder beside the target, for what is not complete yet.
fn begin(target: &Path) -> Result<PathBuf, StoreError> {
    let mut name = target.as_os_str().to_owned();
    name.push(".partial");
    let partial = PathBuf::from(name);
    let shown = partial.display().to_string();
    if partial.exists() {
        std::fs::remove_dir_all(&partial).within(&shown)?;
    }
    folder::make_private(&partial)?;
    Ok(partial)
}

/// Makes everything in the folder durable and gives it its name.
fn finish(partial: &Path, target: &Path) -> Result<(), StoreError> {
    let shown = partial.display().to_string();
    for entry in std::fs::read_dir(partial).within(&shown)? {
        let path = entry.within(&shown)?.path();
        File::open(&path).and_then(|file| file.sync_all()).within(&path.display().to_string())?;
    }
    connect::sync_folder(partial)?;
    std::fs::rename(partial, target).within(&target.display().to_string())?;
    connect::sync_folder(above(target))
}

struct Copying<'p> {
    progress: &'p mut dyn FnMut(u64, u64),
    done: u64,
    total: u64,
}

impl Copying<'_> {
    /// Copies what the connection sees into a file that needs no log beside it.
    fn file(&mut self, source: &Connection, folder: &Path, name: &'static str) -> Result<(), StoreError> {
        let path = folder.join(name);
        connect::make_private(&path, name)?;
        let mut target = Connection::open(path).within(name)?;
        // Nobody else sees the copy, and it is flushed as a whole at the end.
        target.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;").within(name)?;
        let copying = Backup::new(source, &mut target).within(name)?;
        let mut before = 0;
        loop {
            let step = copying.step(STEP_PAGES).within(name)?;
            let progress = copying.progress();
            let copied = read(i64::from(progress.pagecount - progress.remaining), name)?;
            self.done += copied.saturating_sub(before);
            before = copied;
            (self.progress)(self.done, self.total.max(self.done));
            match step {
                StepResult::Done => break,
                StepResult::More => {}
                _ => return Err(StoreError::io(format!("{name}: is locked by somebody else"))),
            }
        }
        drop(copying);
        let mode: String =
            target.pragma_update_and_check(None, "journal_mode", "delete", |row| row.get(0)).within(name)?;
        if mode != "delete" {
            return Err(StoreError::io(format!("{name}: the copy could not be closed for good")));
        }
        target.close().map_err(|(_, error)| error).within(name)
    }
}

/// Checks that the copy's journal is whole and that its files go together.
fn check_copy(copy: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<(), StoreError> {
    let journal = hold(&copy.join(journal::FILE), journal::FILE)?;
    let (mut place, last) = (Position::default(), journal::newest(&journal)?);
    loop {
        let frames = journal::frames_after(&journal, &place)?;
        let Some(frame) = frames.last() else { break };
        place = frame.position();
        progress(place.seq, last.seq);
    }
    examine(copy)
}
