//! Orders as they stand, and closed authorizations. Orders are listed by account and found by state; authorizations close
//! in any order, so they have no numbers and are counted by where they opened.

use super::lists::{Page, belongs, last_of_each};
use super::marked::Marked;
use super::tally::{self, Kind, List, Tallies};
use super::walk::Walk;
use super::{FILE, HistoryFile};
use crate::contract::{AuthorizationRow, BuyingHistory, OrderFilter, OrderRow, StoreError};
use crate::sqlite::SqliteStore;
use crate::sqlite::errors::{bound, stored};
use crate::sqlite::rows::{Clash, Fields, Inserter, Stored, select, stored};
use rusqlite::Connection;
use rusqlite::types::ValueRef;

pub(super) const TABLES: &str = "
    CREATE TABLE order_row (shard INTEGER NOT NULL CHECK (shard = 0), nth INTEGER NOT NULL, seq INTEGER PRIMARY KEY,
        account INTEGER NOT NULL, payer INTEGER NOT NULL, partner INTEGER, product TEXT NOT NULL, kind TEXT NOT NULL,
        state TEXT NOT NULL, list_amount INTEGER NOT NULL, discount_rate INTEGER NOT NULL,
        voucher_amount INTEGER NOT NULL, amount INTEGER NOT NULL, partner_amount INTEGER NOT NULL,
        refunded_amount INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
        details TEXT NOT NULL, facts BLOB NOT NULL, seal INTEGER NOT NULL);
    CREATE INDEX order_by_state ON order_row (state, shard);
    CREATE TABLE order_of (shard INTEGER NOT NULL, nth INTEGER NOT NULL, segment INTEGER NOT NULL,
        account INTEGER NOT NULL,
        seq INTEGER NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (shard, segment, account, seq)) WITHOUT ROWID;
    CREATE TABLE authorization_row (shard INTEGER NOT NULL CHECK (shard = 0), opened_seq INTEGER PRIMARY KEY,
        account INTEGER NOT NULL, payer INTEGER NOT NULL, partner INTEGER, product TEXT NOT NULL, state TEXT NOT NULL,
        list_amount INTEGER NOT NULL, amount INTEGER NOT NULL, partner_amount INTEGER NOT NULL, captured_list_amount INTEGER NOT NULL,
        captured_amount INTEGER NOT NULL, captured_partner_amount INTEGER NOT NULL, opened_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL, closed_at INTEGER NOT NULL, seal INTEGER NOT NULL);";

const ORDERS: Walk = Walk { table: "order_row", rows: None, within: &[], order: &["seq"] };
const ORDERS_OF: Walk = Walk {
    table: "order_of",
    rows: Some(("LEFT JOIN order_row AS r ON r.seq = o.seq", "r.")),
    within: &["segment", "account"],
    order: &["seq"],
};

const ORDERS_IN: Marked = Marked { kind: Kind::OrdersIn, table: "order_row", index: "order_by_state", column: "state" };

/// Closed authorizations are counted by so many bits of the positions at which they opened.
const AUTHORIZATION_BITS: u32 = 10;

impl BuyingHistory for SqliteStore {
    fn order(&self, seq: u64) -> Result<Option<OrderRow>, StoreError> {
        self.read_history(|_, connection| {
            let found: Option<OrderRow> = select(connection, FILE, "AND seq = ?", &[&bound(seq)])?.pop();
            if found.is_none() {
                tally::never_there::<OrderRow>(connection, Kind::Orders, "seq", bound(seq))?;
            }
            Ok(found)
        })
    }

    fn orders(
        &self,
        wanted: OrderFilter<'_>,
        before_seq: Option<u64>,
        limit: usize,
    ) -> Result<Vec<OrderRow>, StoreError> {
        self.read_history(|history, connection| {
            let mut page = Page::new(limit, |row: &OrderRow| wanted.matches(row));
            let before = before_seq.map(|before| [bound(before)]);
            let before = before.as_ref().map(|before| &before[..]);
            match (wanted.account, wanted.state) {
                (None, None) => {
                    ORDERS.newest_first(connection, List::whole(Kind::Orders), &[], before, 0, |row| page.take(row))?;
                }
                (None, Some(state)) => {
                    let seqs = 0..before_seq.unwrap_or(history.position().saturating_add(1));
                    ORDERS_IN.newest_first(connection, history.span_bits(), state, &seqs, |row| page.take(row))?;
                }
                (Some(account), _) => {
                    history.walk_segments(
                        connection,
                        &ORDERS_OF,
                        Kind::OrdersOf,
                        account,
                        before_seq,
                        before,
                        |row: OrderRow| {
                            belongs(&ORDERS_OF, [row.account], account)?;
                            page.take(row)
                        },
                    )?;
                }
            }
            Ok(page.rows)
        })
    }

    fn closed_authorization(&self, seq: u64) -> Result<Option<AuthorizationRow>, StoreError> {
        self.read_history(|_, connection| {
            let found: Option<AuthorizationRow> = select(connection, FILE, "AND opened_seq = ?", &[&bound(seq)])?.pop();
            if found.is_none() {
                // They close in any order, so they have no numbers: all that opened near it are counted.
                let tail = "AND opened_seq BETWEEN ? AND ?";
                let first = bound(seq) >> AUTHORIZATION_BITS << AUTHORIZATION_BITS;
                let last = first | ((1 << AUTHORIZATION_BITS) - 1);
                let near: Vec<AuthorizationRow> = select(connection, FILE, tail, &[&first, &last])?;
                let expected = tally::entries(connection, authorizations_in(bound(seq).unsigned_abs())?)?;
                tally::agree("authorization_row", near.len() as u64, expected)?;
            }
            Ok(found)
        })
    }
}

impl HistoryFile {
    pub(super) fn write_orders(
        &self,
        tallies: &mut Tallies<'_>,
        connection: &Connection,
        rows: &mut Vec<OrderRow>,
        position: u64,
    ) -> Result<(), StoreError> {
        last_of_each(rows, |row| row.seq);
        let mut into = Inserter::new::<OrderRow>(connection, FILE, Clash::Replaces, &["nth"])?;
        let mut new = Vec::new();
        for row in rows.iter() {
            let there = if row.seq <= position { ORDERS_IN.there(connection, stored(row.seq)?)? } else { None };
            let before = there.as_ref().map(|(_, state)| state.as_str());
            ORDERS_IN.sum_up(tallies, self.span_bits(), row.seq, before, &row.state)?;
            let nth = match there {
                Some((nth, _)) => nth,
                None => {
                    new.push((row.seq, row.account));
                    tallies.next(List::whole(Kind::Orders))?
                }
            };
            into.put(&[nth], row)?;
        }
        let mut index = self.index(new.into_iter())?;
        let list = |row: &[i64; 3]| List::of(Kind::OrdersOf, row[0], row[1]);
        tallies.index("order_of", ["segment", "account", "seq"], &mut index, list)
    }

    /// A closed authorization never changes; one that is there already is from a fold that is written again.
    pub(super) fn write_authorizations(
        &self,
        tallies: &mut Tallies<'_>,
        connection: &Connection,
        rows: &mut [AuthorizationRow],
    ) -> Result<(), StoreError> {
        rows.sort_by_key(|row| row.opened_seq);
        let mut into = Inserter::new::<AuthorizationRow>(connection, FILE, Clash::Stays, &[])?;
        for row in rows.iter() {
            if into.put_new(&[], row)? {
                tallies.next(authorizations_in(row.opened_seq)?)?;
            }
        }
        Ok(())
    }
}

/// The closed authorizations that opened near this position.
fn authorizations_in(opened_seq: u64) -> Result<List, StoreError> {
    Ok(List::of(Kind::Authorizations, stored(opened_seq >> AUTHORIZATION_BITS)?, 0))
}

stored! { OrderRow: "order_row",
    seq, account, payer, partner, product, kind, state, list_amount, discount_rate, voucher_amount, amount,
    partner_amount, refunded_amount, created_at, updated_at, details, facts
}

stored! { AuthorizationRow: "authorization_row",
    opened_seq, account, payer, partner, product, state, list_amount, amount, partner_amount,
    captured_list_amount, captured_amount, captured_partner_amount, opened_at, expires_at, closed_at
}
