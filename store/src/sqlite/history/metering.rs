//! Resources as they stand, found by account and by name. A name is looked for by a short hash of it, segment by segment
//! from the newest: names are chosen by callers, and an index over the names themselves would grow without bound.

use super::lists::{Page, belongs, last_of_each};
use super::marked::Marked;
use super::tally::{self, Kind, List, Tallies};
use super::walk::Walk;
use super::{FILE, HistoryFile, short_hash};
use crate::contract::{MeteringHistory, ResourceRow, StoreError};
use crate::sqlite::SqliteStore;
use crate::sqlite::errors::{bound, stored};
use crate::sqlite::rows::{Clash, Fields, Inserter, Stored, stored};
use credere_core::channel::Uin;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use std::ops::ControlFlow;

pub(super) const TABLES: &str = "
    CREATE TABLE resource_row (shard INTEGER NOT NULL CHECK (shard = 0), nth INTEGER NOT NULL, seq INTEGER PRIMARY KEY,
        name TEXT NOT NULL, account INTEGER NOT NULL, payer INTEGER NOT NULL, partner INTEGER, product TEXT NOT NULL,
        unit_price INTEGER NOT NULL,
        quantity INTEGER NOT NULL, frozen INTEGER NOT NULL, partner_frozen INTEGER NOT NULL, state TEXT NOT NULL,
        since INTEGER NOT NULL, activated_at INTEGER NOT NULL, details TEXT NOT NULL, seal INTEGER NOT NULL);
    CREATE INDEX resource_by_state ON resource_row (state, shard);
    CREATE TABLE resource_of (shard INTEGER NOT NULL, nth INTEGER NOT NULL, segment INTEGER NOT NULL,
        account INTEGER NOT NULL,
        seq INTEGER NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (shard, segment, account, seq)) WITHOUT ROWID;
    CREATE TABLE resource_name (shard INTEGER NOT NULL, nth INTEGER NOT NULL, segment INTEGER NOT NULL,
        hash INTEGER NOT NULL,
        seq INTEGER NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (shard, segment, hash, seq)) WITHOUT ROWID;";

const ROW: &str = "LEFT JOIN resource_row AS r ON r.seq = o.seq";
const RESOURCES: Walk = Walk { table: "resource_row", rows: None, within: &[], order: &["seq"] };
const RESOURCES_OF: Walk =
    Walk { table: "resource_of", rows: Some((ROW, "r.")), within: &["segment", "account"], order: &["seq"] };
const NAMED: Walk =
    Walk { table: "resource_name", rows: Some((ROW, "r.")), within: &["segment", "hash"], order: &["seq"] };
const RESOURCES_IN: Marked =
    Marked { kind: Kind::ResourcesIn, table: "resource_row", index: "resource_by_state", column: "state" };

impl MeteringHistory for SqliteStore {
    fn resource(&self, name: &str) -> Result<Option<ResourceRow>, StoreError> {
        self.read_history(|history, connection| {
            let hash = short_hash(name);
            let mut found = None;
            for segment in history.segments_before(None) {
                let owner = [bound(segment), hash];
                let list = List::of(Kind::ResourceNames, owner[0], owner[1]);
                NAMED.newest_first(connection, list, &owner, None, 0, |row: ResourceRow| {
                    if short_hash(&row.name) != hash {
                        return Err(tally::gap(NAMED.table));
                    }
                    if row.name != name {
                        return Ok(ControlFlow::Continue(()));
                    }
                    found = Some(row);
                    Ok(ControlFlow::Break(()))
                })?;
                if found.is_some() {
                    break;
                }
            }
            Ok(found)
        })
    }

    fn resources(
        &self,
        account: Option<Uin>,
        state: Option<&str>,
        before_seq: Option<u64>,
        limit: usize,
    ) -> Result<Vec<ResourceRow>, StoreError> {
        self.read_history(|history, connection| {
            let mut page = Page::new(limit, |row: &ResourceRow| state.is_none_or(|state| row.state == state));
            let before = before_seq.map(|before| [bound(before)]);
            let before = before.as_ref().map(|before| &before[..]);
            match (account, state) {
                (None, None) => {
                    let list = List::whole(Kind::Resources);
                    RESOURCES.newest_first(connection, list, &[], before, 0, |row| page.take(row))?;
                }
                (None, Some(state)) => {
                    let seqs = 0..before_seq.unwrap_or(history.position().saturating_add(1));
                    RESOURCES_IN.newest_first(connection, history.span_bits(), state, &seqs, |row| page.take(row))?;
                }
                (Some(account), _) => {
                    let visit = |row: ResourceRow| {
                        belongs(&RESOURCES_OF, [row.account], account)?;
                        page.take(row)
                    };
                    let kind = Kind::ResourcesOf;
                    history.walk_segments(connection, &RESOURCES_OF, kind, account, before_seq, before, visit)?;
                }
            }
            Ok(page.rows)
        })
    }
}

impl HistoryFile {
    pub(super) fn write_resources(
        &self,
        tallies: &mut Tallies<'_>,
        connection: &Connection,
        rows: &mut Vec<ResourceRow>,
        position: u64,
    ) -> Result<(), StoreError> {
        last_of_each(rows, |row| row.seq);
        let mut into = Inserter::new::<ResourceRow>(connection, FILE, Clash::Replaces, &["nth"])?;
        let (mut of, mut names) = (Vec::new(), Vec::new());
        for row in rows.iter() {
            let (segment, seq) = (stored(self.segment(row.seq))?, stored(row.seq)?);
            let there = if row.seq <= position { RESOURCES_IN.there(connection, seq)? } else { None };
            let before = there.as_ref().map(|(_, state)| state.as_str());
            RESOURCES_IN.sum_up(tallies, self.span_bits(), row.seq, before, &row.state)?;
            let nth = match there {
                Some((nth, _)) => nth,
                None => {
                    of.push([segment, stored(row.account.number())?, seq]);
                    names.push([segment, short_hash(&row.name), seq]);
                    tallies.next(List::whole(Kind::Resources))?
                }
            };
            into.put(&[nth], row)?;
        }
        let list = |kind| move |row: &[i64; 3]| List::of(kind, row[0], row[1]);
        tallies.index("resource_of", ["segment", "account", "seq"], &mut of, list(Kind::ResourcesOf))?;
        tallies.index("resource_name", ["segment", "hash", "seq"], &mut names, list(Kind::ResourceNames))
    }
}

stored! { ResourceRow: "resource_row",
    seq, name, account, payer, partner, product, unit_price, quantity, frozen, partner_frozen, state, since,
    activated_at, details
}
