//! Audit entries by request. Requests' identifiers are random, so one index over them would soon be larger than memory
//! and cost a read and a write of the disk for each entry. Instead there are parts, each a sorted table of short hashes
//! for some half a million requests (9 MB): a fold goes into the newest part, which fits into memory, and a question asks
//! the parts one after the other, 200 of them at a hundred million requests, some microseconds each. Filters in memory
//! would answer faster and cost 200 MB; nobody asks for a request often enough for that.

use super::{FILE, HistoryFile, short_hash, write_index};
use crate::contract::{AuditRow, StoreError};
use crate::sqlite::errors::{Within, read, stored};
use crate::sqlite::rows::select;
use rusqlite::{Connection, OptionalExtension, params};

/// A part with 2 to the power of this many requests is full (or fewer, where segments are smaller).
const PART_BITS: u32 = 19;

impl HistoryFile {
    pub(super) fn audit_of_request(&self, request_id: &str) -> Result<Option<AuditRow>, StoreError> {
        let connection = self.readers.take();
        let transaction = connection.unchecked_transaction().within(FILE)?;
        // One statement walks the parts, the newest first, and ends where the caller does.
        let sql = "SELECT q.seq FROM request_part AS p CROSS JOIN request AS q
            ON q.shard = 0 AND q.part = p.part AND q.hash = ? WHERE p.shard = 0 ORDER BY p.part DESC, q.seq DESC";
        let mut statement = transaction.prepare_cached(sql).within(FILE)?;
        let mut seqs = statement.query([short_hash(request_id)]).within(FILE)?;
        while let Some(row) = seqs.next().within(FILE)? {
            let seq: i64 = row.get(0).within(FILE)?;
            let entry: Option<AuditRow> =
                select(&transaction, FILE, "", "FROM audit_row WHERE shard = 0 AND seq = ?", &[&seq])?.pop();
            if let Some(entry) = entry.filter(|entry| entry.request_id == request_id) {
                return Ok(Some(entry));
            }
        }
        Ok(None)
    }

    /// Writes the requests of entries that were not there before this fold.
    pub(super) fn write_requests<'r>(
        &self,
        connection: &Connection,
        rows: impl Iterator<Item = &'r AuditRow>,
    ) -> Result<(), StoreError> {
        let (newest, requests) = newest_part(connection)?;
        let full = requests >> PART_BITS.min(self.segment_bits) > 0;
        let (part, before) = if full { (newest + 1, 0) } else { (newest, requests) };
        let place = |row: &AuditRow| Ok([stored(part)?, short_hash(&row.request_id), stored(row.seq)?]);
        let mut index: Vec<[i64; 3]> = rows.map(place).collect::<Result<_, StoreError>>()?;
        if index.is_empty() {
            return Ok(());
        }
        write_index(connection, "request (shard, part, hash, seq)", &mut index)?;
        let requests = stored(before + index.len() as u64)?;
        let sql = "INSERT OR REPLACE INTO request_part (shard, part, requests) VALUES (0, ?, ?)";
        connection.prepare_cached(sql).within(FILE)?.execute(params![stored(part)?, requests]).within(FILE)?;
        Ok(())
    }
}

/// The newest part's number, and how many requests it has.
fn newest_part(connection: &Connection) -> Result<(u64, u64), StoreError> {
    let sql = "SELECT part, requests FROM request_part WHERE shard = 0 ORDER BY part DESC LIMIT 1";
    let mut statement = connection.prepare_cached(sql).within(FILE)?;
    let newest: Option<(i64, i64)> =
        statement.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional().within(FILE)?;
    let (part, requests) = newest.unwrap_or_default();
    Ok((read(part, FILE)?, read(requests, FILE)?))
}
