//! The file `snapshots.db`: images of the book in chunks. A whole image begins a chain; each further one holds what
//! changed since the one before it, until a whole one begins the next. An image counts once its header says that it is
//! complete, and is believed only if its chunks, and those of all before it in its chain, still have the hash that the
//! header holds. The header has a seal of its own: a start asks it for its place in the journal, and does not read the
//! chunks for that.

use super::connect::{self, Access, Tuning};
use super::errors::{Within, stored};
use super::rows::{Fields, Stored, columns, read_row, seal, value};
use super::shard::{delete, insert, of};
use super::{SqliteStore, closed};
use crate::contract::{Snapshots, StoreError};
use crate::frame::{Hash, Position};
use parking_lot::Mutex;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, params};
use std::path::Path;

pub(super) const FILE: &str = "snapshots.db";

/// Raised when the tables change; images of another layout are dropped, they can be made again.
const LAYOUT: i64 = 3;

/// How much is written in one transaction, so that the log stays small beside an image of any size.
const COMMIT_BYTES: usize = 16 << 20;

/// How many chains are kept: the newest, and the one before in case something of the newest is damaged.
const KEPT: i64 = 2;

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS image (id INTEGER PRIMARY KEY AUTOINCREMENT, shard INTEGER NOT NULL,
        whole INTEGER, before INTEGER, seq INTEGER NOT NULL, hash BLOB NOT NULL, bytes INTEGER, checksum BLOB, complete INTEGER NOT NULL,
        seal INTEGER);
    CREATE TABLE IF NOT EXISTS chunk (id INTEGER PRIMARY KEY AUTOINCREMENT, shard INTEGER NOT NULL,
        image INTEGER NOT NULL, body BLOB NOT NULL);
    CREATE INDEX IF NOT EXISTS chunk_of ON chunk (shard, image);";

/// The connection that writes images.
pub(super) struct SnapshotsFile {
    writer: Mutex<Connection>,
}

/// A complete image, as its header says.
struct Header {
    id: i64,
    /// The whole image that its chain begins with: itself, if it is one.
    whole: i64,
    /// The image right before it in its chain: itself, if it is a whole one.
    before: i64,
    at: Position,
    /// Of its own chunks.
    bytes: u64,
    checksum: Hash,
}

impl Stored for Header {
    const TABLE: &'static str = "image";
    const COLUMNS: &'static [&'static str] = &["id", "whole", "before", "seq", "hash", "bytes", "checksum"];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        let Header { id, whole, before, at, bytes, checksum } = self;
        Ok(vec![
            value::small(*id),
            value::small(*whole),
            value::small(*before),
            value::whole(at.seq)?,
            ValueRef::Blob(&at.hash),
            value::whole(*bytes)?,
            ValueRef::Blob(checksum),
        ])
    }

    fn read(fields: &mut Fields<'_>) -> Result<Header, StoreError> {
        let (id, whole, before) = (fields.integer()?, fields.integer()?, fields.integer()?);
        let at = Position { seq: fields.whole()?, hash: fields.bytes()? };
        Ok(Header { id, whole, before, at, bytes: fields.whole()?, checksum: fields.bytes()? })
    }
}

impl SnapshotsFile {
    /// Opens the images, whose log has been settled, and makes the file where it is not there. Images half written are
    /// dropped.
    pub(super) fn open(path: &Path, cache_bytes: u64) -> Result<SnapshotsFile, StoreError> {
        let tuning = Tuning {
            file: FILE,
            page_bytes: 16384,
            synchronous: "FULL",
            checkpoint_pages: 2000,
            cache_bytes,
            access: Access::Write,
        };
        let writer = connect::writer(path, &tuning)?;
        let layout: i64 = writer.query_row("PRAGMA user_version", [], |row| row.get(0)).within(FILE)?;
        if layout != LAYOUT {
            writer.execute_batch("DROP TABLE IF EXISTS image; DROP TABLE IF EXISTS chunk;").within(FILE)?;
            writer.execute_batch(TABLES).within(FILE)?;
            writer.pragma_update(None, "user_version", LAYOUT).within(FILE)?;
        }
        drop_images(&writer, "complete = 0")?;
        Ok(SnapshotsFile { writer: Mutex::new(writer) })
    }

    pub(super) fn keep(
        &self,
        at: &Position,
        changed_since: Option<u64>,
        chunks: &mut dyn Iterator<Item = Vec<u8>>,
    ) -> Result<bool, StoreError> {
        let mut writer = self.writer.lock();
        // What an earlier failure left behind goes first; it may be what fills the disk.
        drop_images(&writer, "complete = 0")?;
        let base = changed_since.map(|since| base_of(&writer, since, at)).transpose()?;
        let kept = write_image(&mut writer, at, base, chunks).and_then(|header| outgrown(&writer, header.whole));
        if kept.is_err() {
            // If this fails too, the next opening or the next image does it.
            let _ = drop_images(&writer, "complete = 0");
        }
        kept
    }

    /// Drops images that are of no use.
    pub(super) fn forget(&self, damaged: &[i64]) -> Result<(), StoreError> {
        let writer = self.writer.lock();
        damaged.iter().try_for_each(|id| drop_images(&writer, &format!("id = {id}")))
    }

    fn forget_after(&self, seq: u64) -> Result<(), StoreError> {
        drop_images(&self.writer.lock(), &format!("seq > {}", stored(seq)?))
    }
}

impl Snapshots for SqliteStore {
    fn keep_snapshot(
        &self,
        at: &Position,
        changed_since: Option<u64>,
        chunks: &mut dyn Iterator<Item = Vec<u8>>,
    ) -> Result<bool, StoreError> {
        self.folder.check_place()?;
        let files = self.files()?;
        if files.journal.position_at(at.seq)? != *at {
            return Err(StoreError::corrupt(format!("{}: the journal has another frame at {}", FILE, at.seq)));
        }
        files.snapshots.as_ref().ok_or_else(closed)?.keep(at, changed_since, chunks)
    }

    fn snapshot(
        &self,
        not_after_seq: u64,
        visit: &mut dyn FnMut(&[u8]) -> Result<(), StoreError>,
    ) -> Result<Option<Position>, StoreError> {
        if self.has_none(FILE) {
            return Ok(None);
        }
        self.folder.check_place()?;
        let (path, mut damaged) = (self.folder.file(FILE), Vec::new());
        let found = newest(&path, self.folder.access(), not_after_seq, &mut damaged, visit)?;
        if !damaged.is_empty() {
            self.files()?.snapshots.as_ref().ok_or_else(closed)?.forget(&damaged)?;
        }
        Ok(found)
    }

    fn forget_snapshots(&self, after_seq: u64) -> Result<(), StoreError> {
        self.files()?.snapshots.as_ref().ok_or_else(closed)?.forget_after(after_seq)
    }
}

/// Visits the newest image that is not after a position. An image is read once in a start, so it gets a connection of
/// its own, and whoever visits it is free to ask the store anything meanwhile. A damaged one is passed over and added
/// to `damaged`, but not where the folder is only looked at. Where a header is damaged nobody knows of when its image
/// is: it is found whichever image is asked for.
pub(super) fn newest(
    path: &Path,
    access: Access,
    not_after_seq: u64,
    damaged: &mut Vec<i64>,
    visit: &mut dyn FnMut(&[u8]) -> Result<(), StoreError>,
) -> Result<Option<Position>, StoreError> {
    let reader = connect::reader(path, FILE, 0, access)?;
    // One transaction, so that an image cannot be replaced between checking and visiting it.
    let transaction = reader.unchecked_transaction().within(FILE)?;
    let mut whole = Vec::new();
    for (id, header) in headers(&transaction)? {
        match header {
            Ok(header) if header.at.seq > not_after_seq => {}
            Ok(header) => whole.push(header),
            Err(error) => pass_over(id, error, access, damaged)?,
        }
    }
    while let Some(newest) = whole.first() {
        let chain: Vec<&Header> = whole.iter().filter(|header| header.whole == newest.whole).collect();
        match check_chain(&transaction, &chain) {
            Ok(()) => {
                chain.iter().try_for_each(|header| each_chunk(&transaction, header.id, visit))?;
                return Ok(Some(newest.at));
            }
            Err((id, error)) => {
                pass_over(id, error, access, damaged)?;
                // With it goes what builds on it.
                let lost = chain.iter().map(|header| header.id).filter(|one| *one >= id).collect::<Vec<_>>();
                whole.retain(|header| !lost.contains(&header.id));
                damaged.extend(lost.into_iter().filter(|one| *one > id));
            }
        }
    }
    Ok(None)
}

/// Notes that an image is damaged; where the folder is only looked at, that is an error.
fn pass_over(id: i64, error: StoreError, access: Access, damaged: &mut Vec<i64>) -> Result<(), StoreError> {
    match error {
        StoreError::Corrupt(damage) if access == Access::Write => {
            tracing::warn!(%damage, "a snapshot is damaged and is passed over");
            damaged.push(id);
            Ok(())
        }
        error => Err(error),
    }
}

/// Whether a chain, the newest image first, goes down to its whole image and every chunk of it is what was written; else
/// which image is not.
fn check_chain(connection: &Connection, chain: &[&Header]) -> Result<(), (i64, StoreError)> {
    // From the whole one up, since what builds on a damaged one is lost with it.
    let mut before = None;
    for header in chain.iter().rev() {
        if header.before != before.unwrap_or(header.id) {
            let missing = format!("{FILE}: what the image at event {} builds on is missing", header.at.seq);
            return Err((header.id, StoreError::corrupt(missing)));
        }
        check(connection, header).map_err(|error| (header.id, error))?;
        before = Some(header.id);
    }
    Ok(())
}

/// The newest image, for another at a later place to build on; it must hold what happened up to `since`.
fn base_of(connection: &Connection, since: u64, at: &Position) -> Result<Header, StoreError> {
    let newest = headers(connection)?.into_iter().next();
    match newest.map(|(_, header)| header).transpose()? {
        Some(header) if header.at.seq >= since && header.at.seq < at.seq => Ok(header),
        Some(_) | None => {
            let missing = format!("{FILE}: there is no image from event {since} on and before {} to build on", at.seq);
            Err(StoreError::corrupt(missing))
        }
    }
}

/// Whether what builds on a whole image outweighs it.
fn outgrown(connection: &Connection, whole: i64) -> Result<bool, StoreError> {
    let (mut of_whole, mut of_others) = (0_u64, 0_u64);
    for (id, header) in headers(connection)? {
        let Ok(header) = header else { continue };
        if header.whole == whole {
            let sum = if id == whole { &mut of_whole } else { &mut of_others };
            *sum = sum.saturating_add(header.bytes);
        }
    }
    Ok(of_others > of_whole)
}

fn write_image(
    writer: &mut Connection,
    at: &Position,
    base: Option<Header>,
    chunks: &mut dyn Iterator<Item = Vec<u8>>,
) -> Result<Header, StoreError> {
    let mut transaction = writer.transaction().within(FILE)?;
    transaction
        .execute(
            &insert("INSERT", "image", &["seq", "hash", "complete"]),
            params![stored(at.seq)?, &at.hash[..], false],
        )
        .within(FILE)?;
    let image = transaction.last_insert_rowid();
    let mut checksum = Checksum::new(at);
    let (mut pending, mut bytes) = (0, 0);
    for chunk in chunks {
        if pending >= COMMIT_BYTES {
            transaction.commit().within(FILE)?;
            transaction = writer.transaction().within(FILE)?;
            pending = 0;
        }
        checksum.add(&chunk);
        pending += chunk.len();
        bytes += chunk.len() as u64;
        transaction
            .prepare_cached(&insert("INSERT", "chunk", &["image", "body"]))
            .and_then(|mut statement| statement.execute(params![image, &chunk[..]]))
            .within(FILE)?;
    }
    let (whole, before) = base.map_or((image, image), |base| (base.whole, base.id));
    let header = Header { id: image, whole, before, at: *at, bytes, checksum: checksum.done() };
    let sql = "UPDATE image SET whole = ?, before = ?, bytes = ?, checksum = ?, complete = 1, seal = ? WHERE id = ?";
    let seal = seal(Header::TABLE, &header.values()?);
    transaction.execute(sql, params![whole, before, stored(bytes)?, &header.checksum[..], seal, image]).within(FILE)?;
    let newest = format!("AND complete = 1 AND whole = id ORDER BY id DESC LIMIT {KEPT}");
    let newest = format!("SELECT id {}", of("image", &newest));
    drop_images(&transaction, &format!("whole NOT IN ({newest})"))?;
    transaction.commit().within(FILE)?;
    Ok(header)
}

fn drop_images(connection: &Connection, which: &str) -> Result<(), StoreError> {
    connection
        .execute_batch(&format!(
            "{}; {};",
            delete("image", &format!("AND ({which})")),
            delete("chunk", "AND image NOT IN (SELECT id FROM image)")
        ))
        .within(FILE)
}

/// The places of all complete images whose headers are what was written. A damaged one says nothing; that it is damaged
/// is for whoever asks for the [`newest`].
pub(super) fn places(connection: &Connection) -> Result<Vec<Position>, StoreError> {
    let mut places = Vec::new();
    for (_, header) in headers(connection)? {
        match header {
            Ok(header) => places.push(header.at),
            Err(StoreError::Corrupt(damage)) => {
                tracing::warn!(%damage, "a snapshot cannot be held against the journal")
            }
            Err(error) => return Err(error),
        }
    }
    Ok(places)
}

/// An image's number with its header, or what is wrong with that.
type Numbered = (i64, Result<Header, StoreError>);

/// The headers of complete images by their number, those of the newest first; of a damaged one what is wrong with it. None
/// where the images are of another layout, which will be dropped.
fn headers(connection: &Connection) -> Result<Vec<Numbered>, StoreError> {
    let layout: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).within(FILE)?;
    if layout != LAYOUT {
        return Ok(Vec::new());
    }
    let columns = columns::<Header>("");
    let sql = format!("SELECT {columns} {}", of("image", "AND complete = 1 ORDER BY seq DESC, id DESC"));
    let mut statement = connection.prepare_cached(&sql).within(FILE)?;
    let mut rows = statement.query([]).within(FILE)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().within(FILE)? {
        found.push((row.get(0).within(FILE)?, read_row(row, FILE)));
    }
    Ok(found)
}

/// Whether an image's own chunks are what was written.
fn check(connection: &Connection, header: &Header) -> Result<(), StoreError> {
    let mut checksum = Checksum::new(&header.at);
    each_chunk(connection, header.id, &mut |chunk| {
        checksum.add(chunk);
        Ok(())
    })?;
    if checksum.done() == header.checksum {
        return Ok(());
    }
    Err(StoreError::corrupt(format!("{FILE}: the image at event {} is not what was written", header.at.seq)))
}

fn each_chunk(
    connection: &Connection,
    image: i64,
    visit: &mut dyn FnMut(&[u8]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT body {}", of("chunk", "AND image = ? ORDER BY id"))).within(FILE)?;
    let mut rows = statement.query([image]).within(FILE)?;
    while let Some(row) = rows.next().within(FILE)? {
        let body = row.get_ref(0).within(FILE)?;
        visit(body.as_blob().map_err(|_| StoreError::corrupt(format!("{FILE}: a chunk is not made of bytes")))?)?;
    }
    Ok(())
}

/// A hash over the image's place and its chunks with their lengths, so that it also says where one ends.
struct Checksum(blake3::Hasher);

impl Checksum {
    fn new(at: &Position) -> Checksum {
        let mut hasher = blake3::Hasher::new_derive_key("credere snapshot chunks v1");
        hasher.update(&at.seq.to_le_bytes());
        hasher.update(&at.hash);
        Checksum(hasher)
    }

    fn add(&mut self, chunk: &[u8]) {
        self.0.update(&(chunk.len() as u64).to_le_bytes());
        self.0.update(chunk);
    }

    fn done(&self) -> Hash {
        *self.0.finalize().as_bytes()
    }
}
