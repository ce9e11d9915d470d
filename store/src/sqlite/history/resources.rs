//! Resources as they stand, found by account and by name. A name is looked for by a short hash of it, segment by segment
//! from the newest: names are chosen by callers, and an index over the names themselves would grow without bound.

use super::lists::across;
use super::{FILE, HistoryFile, short_hash, write_index};
use crate::contract::{ResourceRow, StoreError};
use crate::sqlite::errors::{Within, bound, stored};
use crate::sqlite::rows::{Clash, Inserter, select};
use credere_core::channel::Uin;
use rusqlite::Connection;

impl HistoryFile {
    pub(super) fn resource(&self, name: &str) -> Result<Option<ResourceRow>, StoreError> {
        let connection = self.readers.take();
        let transaction = connection.unchecked_transaction().within(FILE)?;
        let hash = short_hash(name);
        for segment in self.segments_before(None) {
            let tail = "FROM resource_name AS n CROSS JOIN resource_row AS r ON r.seq = n.seq
                WHERE n.shard = 0 AND n.segment = ? AND n.hash = ? AND r.name = ? ORDER BY n.seq DESC LIMIT 1";
            let found = select(&transaction, FILE, "r.", tail, &[&bound(segment), &hash, &name])?.pop();
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    pub(super) fn resources(
        &self,
        account: Option<Uin>,
        state: Option<&str>,
        before_seq: Option<u64>,
        limit: usize,
    ) -> Result<Vec<ResourceRow>, StoreError> {
        let connection = self.readers.take();
        let transaction = connection.unchecked_transaction().within(FILE)?;
        let before = bound(before_seq.unwrap_or(u64::MAX));
        let all = bound(limit as u64);
        match (account, state) {
            (None, None) => {
                let tail = "FROM resource_row WHERE shard = 0 AND seq < ? ORDER BY seq DESC LIMIT ?";
                select(&transaction, FILE, "", tail, &[&before, &all])
            }
            (None, Some(state)) => {
                let tail = "FROM resource_row INDEXED BY resource_by_state
                    WHERE shard = 0 AND state = ? AND seq < ? ORDER BY seq DESC LIMIT ?";
                select(&transaction, FILE, "", tail, &[&state, &before, &all])
            }
            (Some(account), state) => {
                let account = bound(account.number());
                let tail = "FROM resource_of AS o CROSS JOIN resource_row AS r ON r.seq = o.seq
                    WHERE o.shard = 0 AND o.segment = ? AND o.account = ? AND o.seq < ?
                    AND r.state = ifnull(?, r.state) ORDER BY o.seq DESC LIMIT ?";
                let within = |segment, _: u64, limit: usize| {
                    let limit = bound(limit as u64);
                    select(&transaction, FILE, "r.", tail, &[&bound(segment), &account, &before, &state, &limit])
                };
                across(self.segments_before(before_seq), 0, limit, |_| Ok(0), within)
            }
        }
    }

    pub(super) fn write_resources(&self, connection: &Connection, rows: &mut [ResourceRow]) -> Result<(), StoreError> {
        // Stable: of two rows of one resource the later comes second, and takes the first one's place.
        rows.sort_by_key(|row| row.seq);
        let mut into = Inserter::new::<ResourceRow>(connection, FILE, Clash::Replaces, &[])?;
        let (mut of, mut names) = (Vec::new(), Vec::new());
        for row in rows.iter() {
            into.put(&[], row)?;
            let (segment, seq) = (stored(self.segment(row.seq))?, stored(row.seq)?);
            of.push([segment, stored(row.account.number())?, seq]);
            names.push([segment, short_hash(&row.name), seq]);
        }
        write_index(connection, "resource_of (shard, segment, account, seq)", &mut of)?;
        write_index(connection, "resource_name (shard, segment, hash, seq)", &mut names)
    }
}
