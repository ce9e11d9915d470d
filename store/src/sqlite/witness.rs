//! Holding the files of a folder against its journal. All but the directory are written from what is durable in the
//! journal, so one that knows more than the journal has witnessed a tail that is lost. The directory is written right
//! before its frame: it may be one frame ahead, the one that a crash has lost, and no more, and not where anything else
//! knows of a loss. Nothing is changed here.

use super::connect::{self, Access};
use super::folder::{self, Folder};
use super::manifest::{self, Manifest};
use super::places::{self, Name};
use super::{directory, history, journal, keys, outbox, snapshots};
use crate::contract::StoreError;
use crate::frame::Position;
use crate::tail::{Evidence, TailLost, Witness};
use rusqlite::Connection;
use std::path::Path;

/// Looks at every file. A file that cannot be read because it is damaged witnesses nothing; its own opening tells. The
/// folder is claimed, so that nothing changes meanwhile.
pub(super) fn examine(folder: &Folder) -> Result<Option<TailLost>, StoreError> {
    let journal = connect::reader(&folder.file(journal::FILE), journal::FILE, 0, Access::Look)?;
    let end = journal::newest(&journal)?;
    let mut witnesses = followers(folder, Some(&journal), &end)?;
    witnesses.extend(logs_gone(folder.path()));
    let path = folder.file(directory::FILE);
    let tells = if path.is_file() {
        let directory = connect::reader(&path, directory::FILE, 0, Access::Look)?;
        directory_tells(&directory, &journal, &end, Ahead::of(&witnesses))?
    } else {
        Some(Evidence::Missing)
    };
    witnesses.extend(tells.map(|tells| Witness { file: directory::FILE, tells }));
    Ok((!witnesses.is_empty()).then_some(TailLost { ends: end.seq, witnesses, older: false }))
}

/// The files whose log was deleted after a process that had them open was killed. Nothing need be claimed: a process
/// has logs for as long as its mark is there.
pub(super) fn logs_gone(folder: &Path) -> Vec<Witness> {
    let marked = || folder::is_marked(folder);
    // Every opening writes to the journal's log, which never gets empty again before it is closed. The directory's is
    // emptied now and then, but it stays.
    let (journal, directory) = (folder.join(journal::FILE), folder.join(directory::FILE));
    let before = marked();
    let logs = [
        (journal::FILE, connect::log_bytes(&journal) > 0 && !folder::says_log_gone(folder)),
        (directory::FILE, connect::has_log(&directory) || !directory.is_file()),
    ];
    // Asked again, since it may have been closed in between.
    if !before || !marked() {
        return Vec::new();
    }
    let gone = logs.into_iter().filter(|(_, there)| !there);
    gone.map(|(file, _)| Witness { file, tells: Evidence::LogGone }).collect()
}

/// What knows of records in a folder that has no journal.
pub(super) fn without_a_journal(folder: &Folder) -> Result<Vec<Witness>, StoreError> {
    let mut witnesses = followers(folder, None, &Position::default())?;
    let standing = readable(folder, directory::FILE, |connection| {
        places::kept(connection, directory::FILE, Name::Frame).map(|at| vec![at])
    })?;
    let reached = standing.into_iter().filter(|at| at.seq > 0);
    witnesses.extend(reached.map(|at| Witness { file: directory::FILE, tells: Evidence::Reached(at.seq) }));
    Ok(witnesses)
}

/// The files that are written from what is durable in the journal.
fn followers(folder: &Folder, journal: Option<&Connection>, end: &Position) -> Result<Vec<Witness>, StoreError> {
    let mut witnesses = Vec::new();
    for file in [history::FILE, keys::FILE, outbox::FILE, snapshots::FILE] {
        let known = readable(folder, file, |connection| match file {
            snapshots::FILE => snapshots::places(connection),
            _ => places::kept(connection, file, Name::Reached).map(|at| vec![at]),
        })?;
        // One witness a file: the furthest.
        let told = known.iter().map(|at| tells(journal, end, at)).collect::<Result<Vec<_>, _>>()?;
        let furthest = told.into_iter().flatten().max_by_key(|(seq, _)| *seq);
        witnesses.extend(furthest.map(|(_, tells)| Witness { file, tells }));
    }
    if let Some(Manifest { end: at, .. }) = manifest::read(folder.path())? {
        witnesses.extend(tells(journal, end, &at)?.map(|(_, tells)| Witness { file: manifest::FILE, tells }));
    }
    Ok(witnesses)
}

/// What a file tells that knows this place.
pub(super) fn tells(
    journal: Option<&Connection>,
    end: &Position,
    at: &Position,
) -> Result<Option<(u64, Evidence)>, StoreError> {
    if at.seq > end.seq {
        return Ok(Some((at.seq, Evidence::Reached(at.seq))));
    }
    if at.seq == 0 || at == end {
        return Ok(None);
    }
    let hash = journal.map_or(Ok(None), |journal| journal::hash_at(journal, at.seq))?;
    Ok((hash != Some(at.hash)).then_some((at.seq, Evidence::AnotherJournal(at.seq))))
}

/// What a directory that is one frame ahead of the journal comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ahead {
    /// A crash between the two flushes of one commit, as far as anybody knows.
    Crash,
    /// A tail that is lost: something else has witnessed that, so the frame is not taken back as if it had never been.
    Loss,
}

impl Ahead {
    /// What it comes from where the other files have witnessed this.
    pub(super) fn of(witnesses: &[Witness]) -> Ahead {
        if witnesses.is_empty() { Ahead::Crash } else { Ahead::Loss }
    }
}

/// What the directory tells.
pub(super) fn directory_tells(
    directory: &Connection,
    journal: &Connection,
    end: &Position,
    ahead: Ahead,
) -> Result<Option<Evidence>, StoreError> {
    let stands = places::kept(directory, directory::FILE, Name::Frame)?;
    let should = places::kept(journal, journal::FILE, Name::Directory)?;
    Ok(if stands == should {
        None
    } else if stands.seq > end.seq {
        let before = places::kept(directory, directory::FILE, Name::Before)?;
        (ahead == Ahead::Loss || before != *end).then_some(Evidence::Reached(stands.seq))
    } else if stands.seq < should.seq && journal::hash_at(journal, stands.seq)?.unwrap_or_default() == stands.hash {
        Some(Evidence::Behind { at: stands.seq, newest: should.seq })
    } else {
        Some(Evidence::AnotherJournal(stands.seq))
    })
}

/// What a file knows; nothing where it is not there, or damaged.
fn readable(
    folder: &Folder,
    file: &'static str,
    read: impl FnOnce(&Connection) -> Result<Vec<Position>, StoreError>,
) -> Result<Vec<Position>, StoreError> {
    let path = folder.file(file);
    if !path.is_file() {
        return Ok(Vec::new());
    }
    match connect::reader(&path, file, 0, Access::Look).and_then(|connection| read(&connection)) {
        Err(StoreError::Corrupt(damage)) if folder.access() == Access::Write => {
            tracing::warn!(%damage, "{file} cannot be held against the journal");
            Ok(Vec::new())
        }
        known => known,
    }
}
