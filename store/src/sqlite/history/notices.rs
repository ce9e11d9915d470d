//! Notices, in order of their numbers, and by those whom they concern: the recipient and the customer.

use super::lists::across;
use super::{FILE, HistoryFile, write_index};
use crate::contract::{NoticeFilter, NoticeKey, NoticeRow, StoreError};
use crate::sqlite::errors::{Within, bound, stored};
use crate::sqlite::rows::{Clash, Inserter, select};
use credere_core::channel::NoticeKind;
use rusqlite::Connection;

impl HistoryFile {
    pub(super) fn notices(
        &self,
        filter: &NoticeFilter,
        before: Option<NoticeKey>,
        limit: usize,
    ) -> Result<Vec<NoticeRow>, StoreError> {
        let connection = self.readers.take();
        let transaction = connection.unchecked_transaction().within(FILE)?;
        let (seq, place) = before.map_or((i64::MAX, 0), |before| (bound(before.seq), i64::from(before.place)));
        let number = |uin: credere_core::channel::Uin| bound(uin.number());
        let (recipient, customer) = (filter.recipient.map(number), filter.customer.map(number));
        let kind = filter.kind.map(NoticeKind::name);
        let matches = "(n.seq, n.place) < (?1, ?2) AND n.recipient = ifnull(?3, n.recipient)
            AND n.customer = ifnull(?4, n.customer) AND n.kind = ifnull(?5, n.kind)";
        // Of two parties the customer's notices are fewer.
        let Some(party) = customer.or(recipient) else {
            let tail = format!(
                "FROM notice_row AS n WHERE n.shard = 0 AND {matches} ORDER BY n.seq DESC, n.place DESC LIMIT ?6"
            );
            let limit = bound(limit as u64);
            return select(&transaction, FILE, "n.", &tail, &[&seq, &place, &recipient, &customer, &kind, &limit]);
        };
        let tail = format!(
            "FROM notice_of AS o CROSS JOIN notice_row AS n ON n.shard = 0 AND n.seq = o.seq AND n.place = o.place
            WHERE o.shard = 0 AND o.segment = ?7 AND o.account = ?8 AND (o.seq, o.place) < (?1, ?2) AND {matches}
            ORDER BY o.seq DESC, o.place DESC LIMIT ?6"
        );
        let within = |segment, _: u64, limit: usize| {
            let (limit, segment) = (bound(limit as u64), bound(segment));
            let parameters: [&dyn rusqlite::ToSql; 8] =
                [&seq, &place, &recipient, &customer, &kind, &limit, &segment, &party];
            select(&transaction, FILE, "n.", &tail, &parameters)
        };
        // The notice itself is not asked for, but others of its position may be.
        let newest = before.map(|before| before.seq.saturating_add(1));
        across(self.segments_before(newest), 0, limit, |_| Ok(0), within)
    }

    pub(super) fn write_notices(&self, connection: &Connection, rows: &mut [NoticeRow]) -> Result<(), StoreError> {
        rows.sort_by_key(|row| row.key);
        let mut into = Inserter::new::<NoticeRow>(connection, FILE, Clash::Replaces, &[])?;
        let mut index = Vec::new();
        for row in rows.iter() {
            into.put(&[], row)?;
            let (segment, seq) = (stored(self.segment(row.key.seq))?, stored(row.key.seq)?);
            for party in [row.recipient, row.customer] {
                index.push([segment, stored(party.number())?, seq, row.key.place.into()]);
            }
        }
        write_index(connection, "notice_of (shard, segment, account, seq, place)", &mut index)
    }
}
