//! What a backup says of itself: where its journal ends, and which files it has. Without it an older journal that was
//! put into a backup could not be told from a backup that was made then. A store that is opened for writing is no backup
//! any more, and has none.

use super::connect;
use super::errors::Within;
use super::folder::FILES;
use crate::contract::StoreError;
use crate::frame::{Hash, Position};
use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

pub(super) const FILE: &str = "manifest";

/// The first line.
const TITLE: &str = "credere backup 1";

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Manifest {
    /// Where its journal ends.
    pub(super) end: Position,
    /// The files that it has.
    pub(super) files: Vec<&'static str>,
}

/// Writes a manifest into a folder that has none.
pub(super) fn write(folder: &Path, manifest: &Manifest) -> Result<(), StoreError> {
    let mut text = format!("{TITLE}\njournal {} ", manifest.end.seq);
    for byte in manifest.end.hash {
        // A text takes whatever is written to it.
        let _ = write!(text, "{byte:02x}");
    }
    text.push('\n');
    manifest.files.iter().for_each(|file| text.extend(["file ", file, "\n"]));
    let path = folder.join(FILE);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(connect::PRIVATE).open(&path).within(FILE)?;
    connect::set_mode(&path, connect::PRIVATE).within(FILE)?;
    file.write_all(text.as_bytes()).within(FILE)
}

/// Reads the manifest of a folder, if it has one.
///
/// # Errors
/// [`StoreError::Corrupt`] for something else under that name.
pub(super) fn read(folder: &Path) -> Result<Option<Manifest>, StoreError> {
    match std::fs::read_to_string(folder.join(FILE)) {
        Ok(text) => parse(&text).map(Some).ok_or_else(|| StoreError::corrupt(format!("{FILE}: does not read"))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).within(FILE),
    }
}

/// Removes the manifest of a folder that is no backup any more.
pub(super) fn remove(folder: &Path) -> Result<(), StoreError> {
    match std::fs::remove_file(folder.join(FILE)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error).within(FILE),
        _ => Ok(()),
    }
}

fn parse(text: &str) -> Option<Manifest> {
    let mut lines = text.lines();
    if lines.next()? != TITLE {
        return None;
    }
    let (seq, hash) = lines.next()?.strip_prefix("journal ")?.split_once(' ')?;
    let end = Position { seq: seq.parse().ok()?, hash: hash_of(hash)? };
    let known = |line: &str| {
        let name = line.strip_prefix("file ")?;
        FILES.into_iter().find(|file| *file == name)
    };
    Some(Manifest { end, files: lines.map(known).collect::<Option<_>>()? })
}

fn hash_of(text: &str) -> Option<Hash> {
    let mut hash = Hash::default();
    if text.len() != 2 * hash.len() {
        return None;
    }
    for (at, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_reads_back_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(folder.path()).unwrap(), None);
        let manifest = Manifest { end: Position { seq: 7, hash: [0xa5; 32] }, files: vec![FILES[0], FILES[5]] };
        write(folder.path(), &manifest).unwrap();
        assert_eq!(read(folder.path()).unwrap(), Some(manifest));
        let text = std::fs::read_to_string(folder.path().join(FILE)).unwrap();
        for wrong in ["", "journal", &text.replace("a5a5", "a5"), &text.replace("a5", "é"), &text.replace("file ", "")]
        {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
