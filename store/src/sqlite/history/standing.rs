//! Notices, in order of their numbers, and by those whom they concern: the recipient and the customer.

use super::lists::{Page, belongs};
use super::tally::{Kind, List, Tallies};
use super::walk::Walk;
use super::{FILE, HistoryFile};
use crate::contract::{NoticeFilter, NoticeKey, NoticeRow, StandingHistory, StoreError};
use crate::sqlite::SqliteStore;
use crate::sqlite::errors::{bound, stored};
use crate::sqlite::rows::{Clash, Fields, Inserter, Stored, value};
use credere_core::channel::{NoticeKind, OrderId, Subscription};
use rusqlite::Connection;
use rusqlite::types::ValueRef;

pub(super) const TABLES: &str = "
    CREATE TABLE notice_row (shard INTEGER NOT NULL, nth INTEGER NOT NULL, seq INTEGER NOT NULL, place INTEGER NOT NULL,
        recipient INTEGER NOT NULL, customer INTEGER NOT NULL, kind TEXT NOT NULL, level INTEGER,
        available INTEGER NOT NULL, total INTEGER NOT NULL, channels INTEGER NOT NULL, order_id INTEGER, at INTEGER NOT NULL,
        seal INTEGER NOT NULL, PRIMARY KEY (shard, seq, place)) WITHOUT ROWID;
    CREATE TABLE notice_of (shard INTEGER NOT NULL, nth INTEGER NOT NULL, segment INTEGER NOT NULL,
        account INTEGER NOT NULL,
        seq INTEGER NOT NULL, place INTEGER NOT NULL,
        seal INTEGER NOT NULL, PRIMARY KEY (shard, segment, account, seq, place)) WITHOUT ROWID;";

const NOTICES: Walk = Walk { table: "notice_row", rows: None, within: &[], order: &["seq", "place"] };
const NOTICES_OF: Walk = Walk {
    table: "notice_of",
    rows: Some(("LEFT JOIN notice_row AS n ON n.shard = o.shard AND n.seq = o.seq AND n.place = o.place", "n.")),
    within: &["segment", "account"],
    order: &["seq", "place"],
};

impl StandingHistory for SqliteStore {
    fn notices(
        &self,
        filter: &NoticeFilter,
        before: Option<NoticeKey>,
        limit: usize,
    ) -> Result<Vec<NoticeRow>, StoreError> {
        self.read_history(|history, connection| {
            let mut page = Page::new(limit, |row: &NoticeRow| filter.matches(row));
            let key = before.map(|before| [bound(before.seq), i64::from(before.place)]);
            let key = key.as_ref().map(|key| &key[..]);
            // Of two parties the customer's notices are fewer.
            match filter.customer.or(filter.recipient) {
                None => {
                    NOTICES.newest_first(connection, List::whole(Kind::Notices), &[], key, 0, |row| page.take(row))?;
                }
                Some(party) => {
                    // The notice itself is not asked for, but others of its position may be.
                    let newest = before.map(|before| before.seq.saturating_add(1));
                    let kind = Kind::NoticesOf;
                    history.walk_segments(connection, &NOTICES_OF, kind, party, newest, key, |row: NoticeRow| {
                        belongs(&NOTICES_OF, [row.recipient, row.customer], party)?;
                        page.take(row)
                    })?;
                }
            }
            Ok(page.rows)
        })
    }
}

impl HistoryFile {
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

impl Stored for NoticeRow {
    const TABLE: &'static str = "notice_row";
    const COLUMNS: &'static [&'static str] =
        &["seq", "place", "recipient", "customer", "kind", "level", "available", "total", "channels", "order_id", "at"];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        Ok(vec![
            value::whole(self.key.seq)?,
            value::small(self.key.place),
            value::uin(self.recipient)?,
            value::uin(self.customer)?,
            value::text(self.kind.name()),
            self.level.map_or(ValueRef::Null, value::small),
            value::amount(self.available),
            value::amount(self.total),
            value::small(bits(self.channels)),
            self.order.map_or(Ok(ValueRef::Null), |order| value::whole(order.0))?,
            value::moment(self.at),
        ])
    }

    fn read(fields: &mut Fields<'_>) -> Result<NoticeRow, StoreError> {
        Ok(NoticeRow {
            key: NoticeKey { seq: fields.whole()?, place: fields.small()? },
            recipient: fields.uin()?,
            customer: fields.uin()?,
            kind: fields.decoded(|name| NoticeKind::from_name(name.as_str().ok()?))?,
            level: fields.decoded(|level| match level {
                ValueRef::Null => Some(None),
                level => u8::try_from(level.as_i64().ok()?).ok().map(Some),
            })?,
            available: fields.amount()?,
            total: fields.amount()?,
            channels: fields.decoded(|bits| subscription(bits.as_i64().ok()?))?,
            order: fields.decoded(|order| match order {
                ValueRef::Null => Some(None),
                order => u64::try_from(order.as_i64().ok()?).ok().map(|order| Some(OrderId(order))),
            })?,
            at: fields.moment()?,
        })
    }
}

fn bits(channels: Subscription) -> u8 {
    let Subscription { channel_service, message_center, email, webhook } = channels;
    u8::from(channel_service) | u8::from(message_center) << 1 | u8::from(email) << 2 | u8::from(webhook) << 3
}

fn subscription(bits: i64) -> Option<Subscription> {
    (0..16).contains(&bits).then_some(Subscription {
        channel_service: bits & 1 != 0,
        message_center: bits & 2 != 0,
        email: bits & 4 != 0,
        webhook: bits & 8 != 0,
    })
}
