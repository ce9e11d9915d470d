//! Going on with a folder whose files do not go together, once somebody has decided that the journal as it is shall hold.
//! What knows more is kept aside and never thrown away; what can be made again is; and the directory is told anew from
//! the journal, with whatever the old one still knows.

use super::connect::{self, Access};
use super::directory::{self, DirectoryFile, JournalEnd};
use super::errors::Within;
use super::folder::{self, Folder};
use super::places::{self, Name};
use super::{Files, OpenOptions, SqliteStore, journal, manifest, outbox, witness};
use crate::contract::{DirectoryWrite, Profile, ProfilePatch, StoreError};
use crate::frame::{Frame, Position};
use crate::tail::{AcceptedLoss, Evidence, TailLost, Witness};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::atomic::AtomicU64;

/// What was lost, in the folder of the witnesses, for whoever reads it later.
const NOTE: &str = "lost.txt";

/// A folder that was claimed to be brought in order.
pub struct Recovery {
    folder: Folder,
    options: OpenOptions,
    lost: Option<TailLost>,
}

impl Recovery {
    /// Claims a folder and looks at it. Nothing is changed.
    ///
    /// # Errors
    /// As [`SqliteStore::open`], but not that files do not go together.
    pub fn begin(folder: impl AsRef<Path>, options: OpenOptions) -> Result<Recovery, StoreError> {
        let folder = Folder::claim(folder.as_ref(), false, Access::Write, options.patience)?;
        folder.make_where_absent()?;
        folder.settle_logs()?;
        let lost = witness::examine(&folder)?;
        Ok(Recovery { folder, options: OpenOptions { create: false, ..options.in_range() }, lost })
    }

    /// What does not go together, if anything.
    pub fn lost(&self) -> Option<&TailLost> {
        self.lost.as_ref()
    }

    /// A name that nothing in the data folder has yet: the wanted one, or that with a number.
    pub fn free_name(&self, wanted: &str) -> String {
        let numbered = (2_u64..).map(|number| format!("{wanted}-{number}"));
        let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
        names.find(|name| !self.folder.file(name).exists()).expect("a folder does not hold all names")
    }

    /// Lets the journal hold as it is, and notes in it that this loss is accepted, before anything else is changed. The
    /// witnesses go into the new folder `aside` in the data folder; `told` says what a frame did in the directory as
    /// far as the journal knows, with secrets and kept answers empty, which the old directory may still have, if there
    /// is one. An entry whose secret is lost, or was taken back in the records that are lost, is left without one; an
    /// answer that is lost is left out.
    ///
    /// # Errors
    /// [`StoreError`], and [`StoreError::Io`] where `aside` is there already. What was begun can be begun again with
    /// another folder, and until it is done nothing else opens the folder.
    pub fn accept(
        self,
        aside: &str,
        writes_of: &dyn Fn(&Frame) -> Result<Vec<DirectoryWrite>, StoreError>,
    ) -> Result<SqliteStore, StoreError> {
        let Recovery { folder, options, lost } = self;
        if let Some(lost) = lost {
            let place = folder.file(aside);
            folder::make_new(&place)?;
            note(&place, &lost)?;
            if lost.witnesses.contains(&Witness { file: journal::FILE, tells: Evidence::LogGone }) {
                folder.mark_log_gone()?;
            }
            journal::note_loss(&folder.file(journal::FILE), &AcceptedLoss::from(&lost))?;
            // The directory first: were it the only witness left after a stop, what it knows more would be taken for
            // what a crash leaves. Each file once: two things may be told of one.
            let mut files: Vec<&'static str> = lost.witnesses.iter().map(|witness| witness.file).collect();
            files.sort_unstable_by_key(|file| (*file != directory::FILE, *file));
            files.dedup();
            for file in files {
                let (path, kept) = (folder.file(file), place.join(file));
                let mut tells = lost.witnesses.iter().filter(|witness| witness.file == file);
                let reached = tells.all(|witness| matches!(witness.tells, Evidence::Reached(_)));
                match file {
                    // The journal's log is gone, and there is nothing of it to keep.
                    journal::FILE => {}
                    directory::FILE if path.is_file() => {
                        connect::fold_log(&path, file)?;
                        copy(&path, &kept, file)?;
                        tell_directory_anew(&folder, &options, Some(&kept), writes_of)?;
                    }
                    directory::FILE => {
                        move_log_aside(&folder, file, &place)?;
                        tell_directory_anew(&folder, &options, None, writes_of)?;
                    }
                    manifest::FILE => move_aside(&path, &kept, file)?,
                    // What waits in it and belongs to the journal is still sent.
                    outbox::FILE if reached => {
                        connect::fold_log(&path, file)?;
                        copy(&path, &kept, file)?;
                        take_back_deliveries(&folder)?;
                    }
                    _ => {
                        connect::fold_log(&path, file)?;
                        move_aside(&path, &kept, file)?;
                    }
                }
            }
            connect::sync_folder(&place)?;
            folder.unmark()?;
            folder.sync()?;
        }
        let files = Files::open(&folder, &options)?;
        folder.mark_in_use()?;
        Ok(SqliteStore::over(folder, options, files))
    }
}

fn note(place: &Path, lost: &TailLost) -> Result<(), StoreError> {
    let mut private = std::fs::OpenOptions::new();
    private.write(true).create(true).truncate(true).mode(connect::PRIVATE);
    let mut file = private.open(place.join(NOTE)).within(NOTE)?;
    let text = format!("{lost}\nat least {} records are missing\n", lost.missing());
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).within(NOTE)
}

/// Copies a file that has no log.
fn copy(path: &Path, kept: &Path, file: &str) -> Result<(), StoreError> {
    std::fs::copy(path, kept).within(file)?;
    connect::set_mode(kept, connect::PRIVATE).within(file)?;
    std::fs::File::open(kept).and_then(|copy| copy.sync_all()).within(file)
}

/// Moves a file that has no log: it is here or there, whenever that is stopped.
fn move_aside(path: &Path, kept: &Path, file: &str) -> Result<(), StoreError> {
    std::fs::rename(path, kept).within(file)
}

fn end_of(folder: &Folder) -> Result<JournalEnd, StoreError> {
    let journal = connect::reader(&folder.file(journal::FILE), journal::FILE, 0, Access::Look)?;
    let directory = places::kept(&journal, journal::FILE, Name::Directory)?;
    Ok(JournalEnd { last: journal::newest(&journal)?, directory })
}

fn take_back_deliveries(folder: &Folder) -> Result<(), StoreError> {
    let end = end_of(folder)?.last;
    let tuning = connect::Tuning {
        file: outbox::FILE,
        page_bytes: 4096,
        synchronous: "FULL",
        checkpoint_pages: 0,
        cache_bytes: 0,
        access: Access::Write,
    };
    let mut connection = connect::writer(&folder.file(outbox::FILE), &tuning)?;
    let transaction = connection.transaction().within(outbox::FILE)?;
    outbox::take_back(&transaction, &end)?;
    transaction.commit().within(outbox::FILE)
}

/// Makes a directory of what the journal tells, with what the old one (which is kept aside) still knows, beside the one
/// that is there, and exchanges the two when it is complete: by one rename, since neither has a log.
fn tell_directory_anew(
    folder: &Folder,
    options: &OpenOptions,
    old: Option<&Path>,
    writes_of: &dyn Fn(&Frame) -> Result<Vec<DirectoryWrite>, StoreError>,
) -> Result<(), StoreError> {
    let end = end_of(folder)?;
    let start = JournalEnd { last: Position::default(), directory: Position::default() };
    let (cut, cache_bytes) = (options.search_cut(), options.cache_share(6));
    let old = old.map(|old| DirectoryFile::open(old, &start, cut, cache_bytes, Access::Look)).transpose()?;
    let new_path = folder.file("directory.new");
    connect::remove(&new_path, directory::FILE)?;
    let new = DirectoryFile::open(&new_path, &start, cut, cache_bytes, Access::Write)?;
    new.hurry()?;
    let journal = connect::reader(&folder.file(journal::FILE), journal::FILE, 0, Access::Look)?;
    let mut place = Position::default();
    loop {
        let frames = journal::frames_after(&journal, &place)?;
        let Some(last) = frames.last() else { break };
        place = last.position();
        for frame in frames {
            let writes = writes_of(&frame)?.into_iter().filter_map(|write| known(old.as_ref(), write).transpose());
            let writes = writes.collect::<Result<Vec<_>, StoreError>>()?;
            if !writes.is_empty() {
                new.write(&frame, &writes)?;
            }
        }
    }
    new.close_at(&end.directory)?;
    drop(old);
    std::fs::File::open(&new_path).and_then(|file| file.sync_all()).within(directory::FILE)?;
    std::fs::rename(&new_path, folder.file(directory::FILE)).within(directory::FILE)?;
    folder.sync()
}

/// Moves the log of a database aside that is not there itself: SQLite would take it for that of the next one under the
/// name, and play its pages into it.
fn move_log_aside(folder: &Folder, file: &'static str, place: &Path) -> Result<(), StoreError> {
    for ending in ["-wal", "-shm"] {
        let [log, kept] = [folder.file(file), place.join(file)].map(|database| connect::beside(&database, ending));
        match std::fs::rename(log, kept) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error).within(file),
            _ => {}
        }
    }
    folder.sync()
}

/// The change that leaves exactly this profile.
pub(super) fn whole(profile: Profile) -> ProfilePatch {
    ProfilePatch {
        name: Some(profile.name),
        email: Some(profile.email),
        phone: Some(profile.phone),
        entity_id: Some(profile.entity_id),
        entity_name: Some(profile.entity_name),
        channel_manager: Some(profile.channel_manager),
        remark: Some(profile.remark),
        member_name: Some(profile.member_name),
        member_remark: Some(profile.member_remark),
    }
}

/// What the journal tells, with what the old directory knows of the same thing; nothing of an answer that it has not.
fn known(old: Option<&DirectoryFile>, write: DirectoryWrite) -> Result<Option<DirectoryWrite>, StoreError> {
    let Some(old) = old else {
        return Ok(Some(write).filter(|write| !matches!(write, DirectoryWrite::Answer(_))));
    };
    // Whatever the old directory has, however late.
    let all = AtomicU64::new(u64::MAX);
    Ok(Some(match write {
        DirectoryWrite::Profile { uin, patch: _ } => {
            DirectoryWrite::Profile { uin, patch: whole(old.profile(uin, &all)?.unwrap_or_default()) }
        }
        DirectoryWrite::Credential(write) => {
            let row = old.credential(&write.secret_id, &all)?.filter(|row| row.uin == write.uin);
            let sealed_key = row.map_or(write.sealed_key, |row| row.sealed_key);
            DirectoryWrite::Credential(crate::contract::CredentialRow { sealed_key, ..write })
        }
        DirectoryWrite::PlatformKey(write) => {
            let row = old.platform_keys(&all)?.into_iter().find(|row| row.id == write.id && row.access == write.access);
            let row = row.filter(|row| row.created_at == write.created_at);
            DirectoryWrite::PlatformKey(row.unwrap_or(write))
        }
        DirectoryWrite::Webhook(write) => {
            let row = old.webhook(write.id, &all)?.filter(|row| row.created_at == write.created_at);
            DirectoryWrite::Webhook(row.unwrap_or(write))
        }
        DirectoryWrite::Answer(write) => {
            // Given by another request under the same key, it would be another answer.
            let row = old.kept_answer(&write.key, &all)?.filter(|row| row.at == write.at);
            return Ok(row.map(DirectoryWrite::Answer));
        }
        gone => gone,
    }))
}
