//! Customers that have changed since their partner's sheets were written: each is looked at by itself, as its profile and
//! its binding are shown, until there are enough of them to write sheets anew. So the sheets only hold what is durable,
//! and a frame that is lost leaves no trace in them.

use super::super::FILE;
use super::super::counts::{self, Part};
use super::super::profiles;
use super::bindings;
use super::needle::ended;
use super::sheets::{Entry, Stack};
use super::{FIELDS, number_of};
use crate::contract::{CustomerSearch, StoreError};
use crate::profile::{Matcher, field};
use crate::sqlite::errors::{Within, bound, stored};
use crate::sqlite::rows::{Clash, Fields, Inserter, Stored, select, stored};
use crate::sqlite::shard::delete;
use credere_core::channel::{Binding, Uin};
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const TABLE: &str = "
    CREATE TABLE IF NOT EXISTS loose (shard INTEGER NOT NULL, partner INTEGER NOT NULL, uin INTEGER NOT NULL,
        placed_seq INTEGER, seq INTEGER NOT NULL, seal INTEGER NOT NULL,
        PRIMARY KEY (shard, partner, uin)) WITHOUT ROWID;";

/// A customer that is, or was, a partner's, and has changed.
pub(super) struct Loose {
    pub(super) partner: Uin,
    pub(super) uin: Uin,
    /// Under which binding the partner's sheets have it, if they do.
    pub(super) placed_seq: Option<u64>,
    /// The last event of the frame that changed it first.
    seq: u64,
}

stored! { Loose: "loose",
    partner, uin, placed_seq, seq
}

/// What a search must know of the partner's loose customers.
pub(super) struct Seen {
    /// Those that match, in the order of their bindings.
    pub(super) matching: Vec<(u64, Uin)>,
    /// The bindings under which sheets say something else of them.
    pub(super) placed: BTreeSet<u64>,
}

/// Notes that a customer changes with this frame; answers how many loose ones the partner has then. What was noted by an
/// earlier frame stays.
pub(super) fn note(
    connection: &Connection,
    partner: Uin,
    uin: Uin,
    placed_seq: Option<u64>,
    seq: u64,
) -> Result<u64, StoreError> {
    let row = Loose { partner, uin, placed_seq, seq };
    let is_new = Inserter::new::<Loose>(connection, FILE, Clash::Stays, &[])?.put_new(&[], &row)?;
    counts::add_up(connection, Part::Loose(partner), i64::from(is_new))
}

/// All of a partner's, out of as many as there should be.
fn of(connection: &Connection, partner: Uin) -> Result<Vec<Loose>, StoreError> {
    let rows: Vec<Loose> = select(connection, FILE, "AND partner = ? ORDER BY uin", &[&bound(partner.number())])?;
    counts::agree(Loose::TABLE, rows.len() as u64, counts::of(connection, Part::Loose(partner))?)?;
    Ok(rows)
}

/// Looks at all of the partner's.
pub(super) fn look(connection: &Connection, search: &CustomerSearch, last: i64) -> Result<Seen, StoreError> {
    let mut matcher = Matcher::new(&search.term);
    let mut seen = Seen { matching: Vec::new(), placed: BTreeSet::new() };
    for row in of(connection, search.partner)? {
        seen.placed.extend(row.placed_seq);
        let binding = bindings::of_customer(connection, row.uin, last)?;
        let Some(Binding { seq, .. }) = binding.filter(|binding| binding.partner == search.partner) else { continue };
        let profile = profiles::find(connection, row.uin, last)?.unwrap_or_default();
        if field(&profile, search.field).is_some_and(|text| matcher.matches(text)) {
            seen.matching.push((seq, row.uin));
        }
    }
    seen.matching.sort_unstable();
    Ok(seen)
}

/// Writes what is known of a partner's loose customers onto its sheets. Everything must be durable.
pub(super) fn place(connection: &Connection, partner: Uin, sheet_bytes: usize) -> Result<(), StoreError> {
    let rows = of(connection, partner)?;
    let mut changes: [BTreeMap<u64, Option<Entry>>; FIELDS.len()] = Default::default();
    for Loose { uin, placed_seq, .. } in &rows {
        if let Some(placed) = placed_seq {
            changes.iter_mut().for_each(|changes| drop(changes.insert(*placed, None)));
        }
        let binding = bindings::of_customer(connection, *uin, i64::MAX)?;
        let Some(Binding { seq, .. }) = binding.filter(|binding| binding.partner == partner) else { continue };
        let profile = profiles::find(connection, *uin, i64::MAX)?.unwrap_or_default();
        for (changes, searched) in changes.iter_mut().zip(FIELDS) {
            let entry = field(&profile, searched).map(|text| Entry { seq, uin: *uin, text: ended(text) });
            changes.insert(seq, entry);
        }
    }
    for (changes, searched) in changes.into_iter().zip(FIELDS) {
        Stack { partner, field: number_of(searched) }.change(connection, changes, sheet_bytes)?;
    }
    let placed = connection
        .prepare_cached(&delete(Loose::TABLE, "AND partner = ?"))
        .and_then(|mut statement| statement.execute([bound(partner.number())]))
        .within(FILE)?;
    counts::add(connection, Part::Loose(partner), -stored(placed as u64)?)
}

/// Forgets what was noted first by a frame after `last`.
pub(super) fn take_back(connection: &Connection, last: i64) -> Result<(), StoreError> {
    let rows: Vec<Loose> = select(connection, FILE, "AND seq > ?", &[&last])?;
    rows.iter().try_for_each(|row| counts::add(connection, Part::Loose(row.partner), -1))?;
    connection.execute(&delete(Loose::TABLE, "AND seq > ?"), [last]).within(FILE)?;
    Ok(())
}

/// Where sheets may have this customer that say something else of it by now.
pub(super) fn placed(connection: &Connection, uin: Uin) -> Result<Vec<Binding>, StoreError> {
    let rows: Vec<Loose> = select(connection, FILE, "AND uin = ?", &[&bound(uin.number())])?;
    Ok(rows.into_iter().filter_map(|row| Some(Binding { partner: row.partner, seq: row.placed_seq? })).collect())
}
