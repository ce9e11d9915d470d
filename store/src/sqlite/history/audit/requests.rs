//! Audit entries by request. Requests' identifiers are random, so one index over them would soon be larger than memory
//! and cost a read and a write of the disk for each entry. Instead there are parts, each a sorted table of short hashes
//! for some half a million requests (9 MB): a fold goes into the newest part, which fits into memory, and a question asks
//! the parts one after the other, 200 of them at a hundred million requests, some microseconds each. Filters in memory
//! would answer faster and cost 200 MB; nobody asks for a request often enough for that.

use super::super::tally::{self, Kind, List, Tallies, Traces};
use super::super::{FILE, HistoryFile, short_hash};
use crate::contract::{AuditRow, StoreError};
use crate::sqlite::errors::{Within, bound, stored};
use crate::sqlite::rows::select;
use crate::sqlite::shard::{insert, of};
use rusqlite::{Connection, params};

/// A part holds 2 to the power of this many requests (or fewer, where segments are smaller).
const PART_BITS: u32 = 19;

/// A part's requests are held together by the first 8 bits of their hashes: some 2,000 of a full part. Each bucket's
/// tally is the sum of what stands for its requests, which is read again when a request is not found.
const BUCKET_SHIFT: u32 = 56;

impl HistoryFile {
    pub(super) fn audit_of_request(
        &self,
        connection: &Connection,
        request_id: &str,
    ) -> Result<Option<AuditRow>, StoreError> {
        let hash = short_hash(request_id);
        let requests = tally::entries(connection, List::whole(Kind::Audit))?;
        let Some(newest) = requests.checked_sub(1).map(|last| last >> self.part_bits()) else { return Ok(None) };
        let sql = format!("SELECT seq {}", of("request", "AND part = ? AND hash = ? ORDER BY seq DESC"));
        let mut statement = connection.prepare_cached(&sql).within(FILE)?;
        for part in (0..=newest).rev() {
            let mut seqs = statement.query(params![bound(part), hash]).within(FILE)?;
            while let Some(row) = seqs.next().within(FILE)? {
                let seq: i64 = row.get(0).within(FILE)?;
                let entry: Option<AuditRow> = select(connection, FILE, "AND seq = ?", &[&seq])?.pop();
                let entry = entry.ok_or_else(|| tally::gap("audit_row"))?;
                if entry.request_id == request_id {
                    return Ok(Some(entry));
                }
                if short_hash(&entry.request_id) != hash {
                    return Err(tally::gap("request"));
                }
            }
        }
        // Nowhere: then everything that could be it must be something else.
        for part in 0..=newest {
            check_bucket(connection, bound(part), hash >> BUCKET_SHIFT)?;
        }
        Ok(None)
    }

    /// Writes the requests of entries, the first of which comes after `before` others.
    pub(super) fn write_requests(
        &self,
        tallies: &mut Tallies<'_>,
        connection: &Connection,
        before: u64,
        rows: &[AuditRow],
    ) -> Result<(), StoreError> {
        let mut places = Vec::with_capacity(rows.len());
        for (number, row) in (before..).zip(rows) {
            places.push([stored(number >> self.part_bits())?, short_hash(&row.request_id), stored(row.seq)?]);
        }
        places.sort_unstable();
        let sql = insert("INSERT OR REPLACE", "request", &["part", "hash", "seq"]);
        let mut statement = connection.prepare_cached(&sql).within(FILE)?;
        for place in places {
            let [part, hash, seq] = place;
            tallies.add_trace(List::of(Kind::Requests, part, hash >> BUCKET_SHIFT), tally::trace(&[hash, seq]))?;
            statement.execute(place).within(FILE)?;
        }
        Ok(())
    }

    fn part_bits(&self) -> u32 {
        PART_BITS.min(self.segment_bits)
    }
}

/// Checks that a part has the requests with such hashes that it should have.
fn check_bucket(connection: &Connection, part: i64, bucket: i64) -> Result<(), StoreError> {
    let first = bucket << BUCKET_SHIFT;
    let last = first | ((1 << BUCKET_SHIFT) - 1);
    let sql = format!("SELECT hash, seq {}", of("request", "AND part = ? AND hash BETWEEN ? AND ?"));
    let mut statement = connection.prepare_cached(&sql).within(FILE)?;
    let mut rows = statement.query(params![part, first, last]).within(FILE)?;
    let mut found = Traces::default();
    while let Some(row) = rows.next().within(FILE)? {
        found.add(tally::trace(&[row.get(0).within(FILE)?, row.get(1).within(FILE)?]));
    }
    found.agree("request", tally::entries(connection, List::of(Kind::Requests, part, bucket))?)
}
