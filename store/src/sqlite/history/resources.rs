//! Resources as they stand, found by account and by name. A name is looked for by a short hash of it, segment by segment
//! from the newest: names are chosen by callers, and an index over the names themselves would grow without bound.

use super::lists::{Page, belongs};
use super::tally::{self, Kind, List, Marked, Tallies, Walk};
use super::{FILE, HistoryFile, last_of_each, short_hash};
use crate::contract::{ResourceRow, StoreError};
use crate::sqlite::errors::{Within, bound, stored};
use crate::sqlite::rows::{Clash, Inserter};
use credere_core::channel::Uin;
use rusqlite::Connection;
use std::ops::ControlFlow;

const ROW: &str = "LEFT JOIN resource_row AS r ON r.seq = o.seq";
const RESOURCES: Walk = Walk { table: "resource_row", rows: None, within: &[], order: &["seq"] };
const RESOURCES_OF: Walk =
    Walk { table: "resource_of", rows: Some((ROW, "r.")), within: &["segment", "account"], order: &["seq"] };
const NAMED: Walk =
    Walk { table: "resource_name", rows: Some((ROW, "r.")), within: &["segment", "hash"], order: &["seq"] };
const RESOURCES_IN: Marked =
    Marked { kind: Kind::ResourcesIn, table: "resource_row", index: "resource_by_state", column: "state" };

impl HistoryFile {
    pub(super) fn resource(&self, name: &str) -> Result<Option<ResourceRow>, StoreError> {
        let connection = self.readers.take();
        let transaction = connection.unchecked_transaction().within(FILE)?;
        let hash = short_hash(name);
        let mut found = None;
        for segment in self.segments_before(None) {
            let owner = [bound(segment), hash];
            let list = List::of(Kind::ResourceNames, owner[0], owner[1]);
            NAMED.newest_first(&transaction, list, &owner, None, 0, |row: ResourceRow| {
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
        let mut page = Page::new(limit, |row: &ResourceRow| state.is_none_or(|state| row.state == state));
        let before = before_seq.map(|before| [bound(before)]);
        let before = before.as_ref().map(|before| &before[..]);
        match (account, state) {
            (None, None) => {
                let list = List::whole(Kind::Resources);
                RESOURCES.newest_first(&transaction, list, &[], before, 0, |row| page.take(row))?;
            }
            (None, Some(state)) => {
                let seqs = 0..before_seq.unwrap_or(self.position().saturating_add(1));
                RESOURCES_IN.newest_first(&transaction, self.span_bits(), state, &seqs, |row| page.take(row))?;
            }
            (Some(account), _) => {
                let visit = |row: ResourceRow| {
                    belongs(&RESOURCES_OF, [row.account], account)?;
                    page.take(row)
                };
                let kind = Kind::ResourcesOf;
                self.walk_segments(&transaction, &RESOURCES_OF, kind, account, before_seq, before, visit)?;
            }
        }
        Ok(page.rows)
    }

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
            let there = if row.seq <= position { tally::marked_in(connection, &RESOURCES_IN, seq)? } else { None };
            let before = there.as_ref().map(|(_, state)| state.as_str());
            tallies.mark(&RESOURCES_IN, self.span_bits(), row.seq, before, &row.state)?;
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
