//! Notices, in order of their numbers, and by those whom they concern: the recipient and the customer.

use super::lists::{Page, belongs};
use super::tally::{Kind, List, Tallies, Walk};
use super::{FILE, HistoryFile};
use crate::contract::{NoticeFilter, NoticeKey, NoticeRow, StoreError};
use crate::sqlite::errors::{Within, bound, stored};
use crate::sqlite::rows::{Clash, Inserter};
use rusqlite::Connection;

const NOTICES: Walk = Walk { table: "notice_row", rows: None, within: &[], order: &["seq", "place"] };
const NOTICES_OF: Walk = Walk {
    table: "notice_of",
    rows: Some(("LEFT JOIN notice_row AS n ON n.shard = 0 AND n.seq = o.seq AND n.place = o.place", "n.")),
    within: &["segment", "account"],
    order: &["seq", "place"],
};

impl HistoryFile {
    pub(super) fn notices(
        &self,
        filter: &NoticeFilter,
        before: Option<NoticeKey>,
        limit: usize,
    ) -> Result<Vec<NoticeRow>, StoreError> {
        let connection = self.readers.take();
        let transaction = connection.unchecked_transaction().within(FILE)?;
        let mut page = Page::new(limit, |row: &NoticeRow| filter.matches(row));
        let key = before.map(|before| [bound(before.seq), i64::from(before.place)]);
        let key = key.as_ref().map(|key| &key[..]);
        // Of two parties the customer's notices are fewer.
        match filter.customer.or(filter.recipient) {
            None => {
                NOTICES.newest_first(&transaction, List::whole(Kind::Notices), &[], key, 0, |row| page.take(row))?;
            }
            Some(party) => {
                // The notice itself is not asked for, but others of its position may be.
                let newest = before.map(|before| before.seq.saturating_add(1));
                let kind = Kind::NoticesOf;
                self.walk_segments(&transaction, &NOTICES_OF, kind, party, newest, key, |row: NoticeRow| {
                    belongs(&NOTICES_OF, [row.recipient, row.customer], party)?;
                    page.take(row)
                })?;
            }
        }
        Ok(page.rows)
    }

    pub(super) fn write_notices(
        &self,
        tallies: &mut Tallies<'_>,
        connection: &Connection,
        rows: &mut [NoticeRow],
    ) -> Result<(), StoreError> {
        rows.sort_by_key(|row| row.key);
        let mut into = Inserter::new::<NoticeRow>(connection, FILE, Clash::Replaces, &["nth"])?;
        let mut index = Vec::new();
        for row in rows.iter() {
            into.put(&[tallies.next(List::whole(Kind::Notices))?], row)?;
            let (segment, seq) = (stored(self.segment(row.key.seq))?, stored(row.key.seq)?);
            let others = Some(row.customer).filter(|customer| *customer != row.recipient);
            for party in std::iter::once(row.recipient).chain(others) {
                index.push([segment, stored(party.number())?, seq, row.key.place.into()]);
            }
        }
        let list = |row: &[i64; 4]| List::of(Kind::NoticesOf, row[0], row[1]);
        tallies.index("notice_of", ["segment", "account", "seq", "place"], &mut index, list)
    }
}
