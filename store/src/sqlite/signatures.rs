//! The file of signatures: rows of one size, added by one write each and not flushed, which is cheap enough for every
//! request and outlives the process. It does not outlive the machine: the file names the machine's start, and after
//! another one it counts as incomplete. No SQLite here: a transaction for each read would cost more than the read.

use super::SqliteStore;
use super::errors::Within;
use crate::contract::{SignatureRow, Signatures, StoreError};
use credere_core::channel::Uin;
use parking_lot::Mutex;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

/// The file's name in the data folder.
pub(super) const FILE: &str = "signatures.log";
/// What the file begins with, before the machine's start.
const HEAD: &[u8; 8] = b"credsig1";
/// Bytes of a row: account, second, mark. Account 0 stands for everybody, a mark of zeros for what is forgotten.
const ROW: usize = 32;
/// Bytes before the first row.
const HEAD_LENGTH: usize = HEAD.len() + 32;

/// The rows, in their file.
pub(super) struct SignaturesFile {
    path: PathBuf,
    /// Opened when the first row is added.
    open: Mutex<Option<File>>,
}

impl SignaturesFile {
    /// The file at this place, which need not be there.
    pub(super) fn at(path: PathBuf) -> SignaturesFile {
        SignaturesFile { path, open: Mutex::new(None) }
    }

    /// All rows, if they are complete.
    pub(super) fn read(&self) -> Result<Option<Vec<SignatureRow>>, StoreError> {
        let bytes = match std::fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).within(FILE),
        };
        let Some(rows) = bytes.strip_prefix(head().as_slice()) else { return Ok(None) };
        // The write of a last row may have been cut off; its request was never answered and has done nothing.
        Ok(rows.chunks_exact(ROW).map(decode).collect())
    }

    /// Adds a row.
    pub(super) fn add(&self, row: &SignatureRow) -> Result<(), StoreError> {
        let mut open = self.open.lock();
        let added = match &mut *open {
            Some(file) => file.write_all(&encode(row)),
            none => {
                let opened = OpenOptions::new().append(true).open(&self.path);
                opened.and_then(|file| none.insert(file).write_all(&encode(row)))
            }
        };
        added.inspect_err(|_| self.give_up(&mut open)).within(FILE)
    }

    /// Writes the rows beside the file and puts that in its place, so that it is complete at every moment.
    pub(super) fn replace(&self, rows: &[SignatureRow]) -> Result<(), StoreError> {
        let mut open = self.open.lock();
        let new = self.path.with_extension("new");
        let mut bytes = Vec::with_capacity(HEAD_LENGTH + rows.len() * ROW);
        bytes.extend_from_slice(&head());
        rows.iter().for_each(|row| bytes.extend_from_slice(&encode(row)));
        let make = || -> std::io::Result<File> {
            let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
            file.write_all(&bytes)?;
            std::fs::rename(&new, &self.path)?;
            Ok(file)
        };
        let made = make().inspect_err(|_| self.give_up(&mut open));
        *open = Some(made.within(FILE)?);
        Ok(())
    }

    /// Removes the file: what lacks a row must not be taken for complete.
    fn give_up(&self, open: &mut Option<File>) {
        *open = None;
        // Where it cannot even be removed, the folder is out of reach, and so is the next start.
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Signatures for SqliteStore {
    fn signatures(&self) -> Result<Option<Vec<SignatureRow>>, StoreError> {
        self.signatures.read()
    }

    fn note_signature(&self, row: &SignatureRow) -> Result<(), StoreError> {
        self.signatures.add(row)
    }

    fn replace_signatures(&self, rows: &[SignatureRow]) -> Result<(), StoreError> {
        self.signatures.replace(rows)
    }
}

/// What a file of this machine's present start begins with.
fn head() -> [u8; HEAD_LENGTH] {
    let mut head = [0; HEAD_LENGTH];
    head[..HEAD.len()].copy_from_slice(HEAD);
    // Where the system does not tell, every start is the same one.
    let start = std::fs::read("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    head[HEAD.len()..].copy_from_slice(blake3::hash(&start).as_bytes());
    head
}

fn encode(row: &SignatureRow) -> [u8; ROW] {
    let (account, second, mark) = match *row {
        SignatureRow::Seen { account, signed_at, mark } => (account.number(), signed_at, mark),
        SignatureRow::Forgotten { account, upto } => (account.map_or(0, Uin::number), upto, [0; 16]),
    };
    let mut bytes = [0; ROW];
    bytes[..8].copy_from_slice(&account.to_be_bytes());
    bytes[8..16].copy_from_slice(&second.to_be_bytes());
    bytes[16..].copy_from_slice(&mark);
    bytes
}

/// A row, or `None` when no row looks like this.
fn decode(bytes: &[u8]) -> Option<SignatureRow> {
    let (account, rest) = bytes.split_first_chunk()?;
    let (second, mark) = rest.split_first_chunk()?;
    let (account, second) = (u64::from_be_bytes(*account), i64::from_be_bytes(*second));
    let mark = mark.try_into().ok()?;
    let account = if account == 0 { None } else { Some(Uin::new(account).ok()?) };
    match (mark == [0; 16], account) {
        (true, account) => Some(SignatureRow::Forgotten { account, upto: second }),
        (false, Some(account)) => Some(SignatureRow::Seen { account, signed_at: second, mark }),
        (false, None) => None,
    }
}
