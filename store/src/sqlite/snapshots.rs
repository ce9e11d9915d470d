//! The file `snapshots.db`: images of the book in chunks. An image counts once its header says that it is complete,
//! and is believed only if its chunks still have the hash that the header holds. The header has a seal of its own: a start
//! asks it for its place in the journal, and does not read the chunks for that.

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
const LAYOUT: i64 = 2;

/// How much is written in one transaction, so that the log stays small beside an image of any size.
const COMMIT_BYTES: usize = 16 << 20;

/// How many images are kept: the newest, and the one before in case the newest is damaged.
const KEPT: i64 = 2;

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS image (id INTEGER PRIMARY KEY AUTOINCREMENT, shard INTEGER NOT NULL,
        seq INTEGER NOT NULL, hash BLOB NOT NULL, checksum BLOB, complete INTEGER NOT NULL, seal INTEGER);
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
    at: Position,
    checksum: Hash,
}

impl Stored for Header {
    const TABLE: &'static str = "image";
    const COLUMNS: &'static [&'static str] = &["id", "seq", "hash", "checksum"];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        let Header { id, at, checksum } = self;
        Ok(vec![value::small(*id), value::whole(at.seq)?, ValueRef::Blob(&at.hash), ValueRef::Blob(checksum)])
    }

    fn read(fields: &mut Fields<'_>) -> Result<Header, StoreError> {
        let (id, seq) = (fields.integer()?, fields.whole()?);
        Ok(Header { id, at: Position { seq, hash: fields.bytes()? }, checksum: fields.bytes()? })
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

    pub(super) fn keep(&self, at: &Position, chunks: &mut dyn Iterator<Item = Vec<u8>>) -> Result<(), StoreError> {
        let mut writer = self.writer.lock();
        // What an earlier failure left behind goes first; it may be what fills the disk.
        drop_images(&writer, "complete = 0")?;
        let kept = write_image(&mut writer, at, chunks);
        if kept.is_err() {
            // If this fails too, the next opening or the next image does it.
            let _ = drop_images(&writer, "complete = 0");
        }
        kept
    }

    /// Drops images that were found to be damaged.
    pub(super) fn forget(&self, damaged: &[i64]) -> Result<(), StoreError> {
        let writer = self.writer.lock();
        damaged.iter().try_for_each(|id| drop_images(&writer, &format!("id = {id}")))
    }
}

impl Snapshots for SqliteStore {
    fn keep_snapshot(&self, at: &Position, chunks: &mut dyn Iterator<Item = Vec<u8>>) -> Result<(), StoreError> {
        self.folder.check_place()?;
        let files = self.files()?;
        if files.journal.position_at(at.seq)? != *at {
            return Err(StoreError::corrupt(format!("{}: the journal has another frame at {}", FILE, at.seq)));
        }
        files.snapshots.as_ref().ok_or_else(closed)?.keep(at, chunks)
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
    let (whole, broken): (Vec<_>, Vec<_>) = headers(&transaction)?.into_iter().partition(|(_, header)| header.is_ok());
    for (id, header) in broken.into_iter().chain(whole) {
        if header.as_ref().is_ok_and(|header| header.at.seq > not_after_seq) {
            continue;
        }
        match header.and_then(|header| check(&transaction, header)) {
            Ok(header) => {
                each_chunk(&transaction, header.id, visit)?;
                return Ok(Some(header.at));
            }
            Err(StoreError::Corrupt(damage)) if access == Access::Write => {
                tracing::warn!(%damage, "a snapshot is damaged and is passed over");
                damaged.push(id);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

fn write_image(
    writer: &mut Connection,
    at: &Position,
    chunks: &mut dyn Iterator<Item = Vec<u8>>,
) -> Result<(), StoreError> {
    let mut transaction = writer.transaction().within(FILE)?;
    transaction
        .execute(
            &insert("INSERT", "image", &["seq", "hash", "complete"]),
            params![stored(at.seq)?, &at.hash[..], false],
        )
        .within(FILE)?;
    let image = transaction.last_insert_rowid();
    let mut checksum = Checksum::new(at);
    let mut pending = 0;
    for chunk in chunks {
        if pending >= COMMIT_BYTES {
            transaction.commit().within(FILE)?;
            transaction = writer.transaction().within(FILE)?;
            pending = 0;
        }
        checksum.add(&chunk);
        pending += chunk.len();
        transaction
            .prepare_cached(&insert("INSERT", "chunk", &["image", "body"]))
            .and_then(|mut statement| statement.execute(params![image, &chunk[..]]))
            .within(FILE)?;
    }
    let header = Header { id: image, at: *at, checksum: checksum.done() };
    let sql = "UPDATE image SET checksum = ?, complete = 1, seal = ? WHERE id = ?";
    let seal = seal(Header::TABLE, &header.values()?);
    transaction.execute(sql, params![&header.checksum[..], seal, image]).within(FILE)?;
    let newest = format!("AND complete = 1 ORDER BY id DESC LIMIT {KEPT}");
    let newest = format!("SELECT id {}", of("image", &newest));
    drop_images(&transaction, &format!("id NOT IN ({newest})"))?;
    transaction.commit().within(FILE)
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

/// The header, where its image is what was written.
fn check(connection: &Connection, header: Header) -> Result<Header, StoreError> {
    let mut checksum = Checksum::new(&header.at);
    each_chunk(connection, header.id, &mut |chunk| {
        checksum.add(chunk);
        Ok(())
    })?;
    if checksum.done() == header.checksum {
        return Ok(header);
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
