//! The file `outbox.db`: deliveries and their attempts. It is written behind the commit, but unlike history it is no copy
//! of anything: that something was sent stands nowhere else. So its commits are flushed one by one, a backup has it, and
//! a damaged file is set aside instead of being made again.

mod rows;

use super::SqliteStore;
use super::behind::{BehindWriter, Layout};
use super::connect::{self, Access, Pool};
use super::errors::{Within, bound, read, stored};
use super::places::{self, Name};
use super::rows::{Clash, Inserter, every, select};
use super::shard::{delete, of};
use crate::contract::{NoticeKey, StoreError};
use crate::frame::Position;
use crate::outbox::{ATTEMPTS_KEPT, AttemptRow, DeliveryKey, DeliveryRow, DeliveryState, Lane, Outbox};
use credere_core::ledger::Moment;
use parking_lot::{MappedRwLockReadGuard, Mutex};
pub(super) use rows::Attempted;
use rows::{LaneOff, lane_of};
use rusqlite::{Connection, params};
use std::ops::ControlFlow;
use std::path::Path;

pub(super) const FILE: &str = "outbox.db";
const READERS: u32 = 2;

/// `next_at` is set while a delivery waits, and only then; both partial indexes depend on it.
const TABLES: &str = "
    CREATE TABLE delivery (shard INTEGER NOT NULL, channel TEXT NOT NULL, target INTEGER NOT NULL, seq INTEGER NOT NULL,
        place INTEGER NOT NULL, recipient INTEGER, kind TEXT NOT NULL, message TEXT NOT NULL, at INTEGER NOT NULL,
        state TEXT NOT NULL, next_at INTEGER, reason TEXT, attempts INTEGER NOT NULL, retries INTEGER NOT NULL,
        changed_at INTEGER NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (shard, channel, target, seq, place))
        WITHOUT ROWID;
    CREATE INDEX delivery_waiting ON delivery (shard, channel, target, next_at) WHERE next_at IS NOT NULL;
    CREATE INDEX delivery_settled ON delivery (shard, changed_at) WHERE next_at IS NULL;
    CREATE INDEX delivery_of ON delivery (shard, seq, place);
    CREATE TABLE attempt (shard INTEGER NOT NULL, channel TEXT NOT NULL, target INTEGER NOT NULL, seq INTEGER NOT NULL,
        place INTEGER NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL, took_ms INTEGER NOT NULL, status INTEGER,
        error TEXT, answer TEXT, seal INTEGER NOT NULL, PRIMARY KEY (shard, channel, target, seq, place, number))
        WITHOUT ROWID;
    CREATE TABLE lane_off (shard INTEGER NOT NULL, channel TEXT NOT NULL, target INTEGER NOT NULL,
        since INTEGER NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (shard, channel, target)) WITHOUT ROWID;";

/// One delivery, by `?1` to `?4`.
const THIS: &str = "AND channel = ?1 AND target = ?2 AND seq = ?3 AND place = ?4";

/// The outbox's connections.
pub(super) struct OutboxFile {
    readers: Pool,
    writer: Mutex<BehindWriter>,
}

impl OutboxFile {
    /// Opens the outbox, and makes it where it is not there, as having told everything up to `last`.
    pub(super) fn open(
        path: &Path,
        last: &Position,
        cache_bytes: u64,
        access: Access,
    ) -> Result<OutboxFile, StoreError> {
        let tables = format!("{TABLES}{}", places::first(Name::Reached, last)?);
        let layout = Layout { file: FILE, page_bytes: 4096, number: 3, tables: &tables };
        let writer = BehindWriter::open(path, &layout, cache_bytes / 2, access)?;
        places::reached(writer.connection(), FILE)?;
        if access == Access::Write {
            writer.connection().pragma_update(None, "synchronous", "FULL").within(FILE)?;
        }
        Ok(OutboxFile {
            readers: Pool::open(path, FILE, READERS, cache_bytes / 2, access)?,
            writer: Mutex::new(writer),
        })
    }

    fn position(&self) -> Result<u64, StoreError> {
        Ok(places::reached(&self.readers.take(), FILE)?.seq)
    }

    fn write<T>(&self, work: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
        // Nothing of the file is kept in memory, so there is nothing to read again after a failure.
        self.writer.lock().write(|_| Ok(()), work)
    }

    fn queue(&self, reached: &Position, rows: &[DeliveryRow]) -> Result<(), StoreError> {
        self.write(|connection| {
            let before = places::reached(connection, FILE)?.seq;
            let mut put = Inserter::new::<DeliveryRow>(connection, FILE, Clash::Fails, &[])?;
            rows.iter().filter(|row| row.key.notice.seq > before).try_for_each(|row| put.put(&[], row))?;
            drop(put);
            if reached.seq >= before {
                places::keep(connection, FILE, Name::Reached, reached)?;
            }
            Ok(())
        })
    }

    /// Reads every row once, and what the rows do not show; answers how many deliveries there are.
    fn check(&self) -> Result<u64, StoreError> {
        let connection = self.readers.take();
        let transaction = connection.unchecked_transaction().within(FILE)?;
        connect::check_structure(&transaction, FILE)?;
        let mut deliveries = 0;
        every(&transaction, FILE, |_: DeliveryRow| {
            deliveries += 1;
            Ok(ControlFlow::Continue(()))
        })?;
        every(&transaction, FILE, |_: Attempted| Ok(ControlFlow::Continue(())))?;
        every(&transaction, FILE, |_: LaneOff| Ok(ControlFlow::Continue(())))?;
        Ok(deliveries)
    }
}

impl SqliteStore {
    fn outbox(&self) -> Result<MappedRwLockReadGuard<'_, OutboxFile>, StoreError> {
        self.part("the outbox", |files| files.outbox.as_ref())
    }
}

impl Outbox for SqliteStore {
    fn outbox_seq(&self) -> Result<u64, StoreError> {
        if self.has_none(FILE) { Ok(0) } else { self.outbox()?.position() }
    }

    fn queue_deliveries(&self, upto_seq: u64, rows: Vec<DeliveryRow>) -> Result<(), StoreError> {
        let upto = self.files()?.journal.position_at(upto_seq)?;
        self.outbox()?.queue(&upto, &rows)
    }

    fn waiting_lanes(&self) -> Result<Vec<(Lane, Moment)>, StoreError> {
        let waiting = of("delivery", "AND next_at IS NOT NULL GROUP BY channel, target");
        lanes(&self.outbox()?.readers.take(), &format!("SELECT channel, target, min(next_at) {waiting}"))
    }

    fn due_deliveries(&self, lane: Lane, now: Moment, limit: usize) -> Result<Vec<DeliveryRow>, StoreError> {
        let tail = "AND channel = ? AND target = ? AND next_at <= ?
            ORDER BY next_at, seq, place LIMIT ?";
        let (channel, target) = parts(lane)?;
        select(&self.outbox()?.readers.take(), FILE, tail, &[&channel, &target, &now.micros(), &bound(limit as u64)])
    }

    fn next_due(&self, lane: Lane) -> Result<Option<Moment>, StoreError> {
        let waiting = of("delivery", "AND channel = ? AND target = ? AND next_at IS NOT NULL");
        let (channel, target) = parts(lane)?;
        let outbox = self.outbox()?;
        let connection = outbox.readers.take();
        let mut statement = connection.prepare_cached(&format!("SELECT min(next_at) {waiting}")).within(FILE)?;
        let next: Option<i64> = statement.query_row(params![channel, target], |row| row.get(0)).within(FILE)?;
        Ok(next.map(Moment::from_micros))
    }

    fn settle_delivery(&self, row: &DeliveryRow, attempt: Option<&AttemptRow>) -> Result<(), StoreError> {
        self.outbox()?.write(|connection| {
            let (channel, target) = parts(row.key.lane)?;
            let (seq, place) = (stored(row.key.notice.seq)?, row.key.notice.place);
            let sql = format!("SELECT 1 {}", of("delivery", THIS));
            let mut there = connection.prepare_cached(&sql).within(FILE)?;
            if !there.exists(params![channel, target, seq, place]).within(FILE)? {
                return Ok(());
            }
            Inserter::new::<DeliveryRow>(connection, FILE, Clash::Replaces, &[])?.put(&[], row)?;
            let Some(attempt) = attempt else { return Ok(()) };
            let whole = Attempted { key: row.key, row: attempt.clone() };
            Inserter::new::<Attempted>(connection, FILE, Clash::Replaces, &[])?.put(&[], &whole)?;
            let sql = delete("attempt", &format!("{THIS} AND number <= ?5"));
            let dropped = attempt.number.saturating_sub(ATTEMPTS_KEPT);
            connection
                .prepare_cached(&sql)
                .and_then(|mut statement| statement.execute(params![channel, target, seq, place, dropped]))
                .within(FILE)?;
            Ok(())
        })
    }

    fn delivery(&self, key: &DeliveryKey) -> Result<Option<DeliveryRow>, StoreError> {
        let (channel, target) = parts(key.lane)?;
        let parameters: [&dyn rusqlite::ToSql; 4] = [&channel, &target, &bound(key.notice.seq), &key.notice.place];
        Ok(select(&self.outbox()?.readers.take(), FILE, THIS, &parameters)?.pop())
    }

    fn deliveries(&self, lane: Lane, before: Option<NoticeKey>, limit: usize) -> Result<Vec<DeliveryRow>, StoreError> {
        let (channel, target) = parts(lane)?;
        let before = before.unwrap_or(NoticeKey { seq: u64::MAX, place: 0 });
        let tail = "AND channel = ? AND target = ? AND (seq, place) < (?, ?)
            ORDER BY seq DESC, place DESC LIMIT ?";
        let parameters: [&dyn rusqlite::ToSql; 5] =
            [&channel, &target, &bound(before.seq), &before.place, &bound(limit as u64)];
        select(&self.outbox()?.readers.take(), FILE, tail, &parameters)
    }

    fn deliveries_of(&self, notices: &[NoticeKey]) -> Result<Vec<DeliveryRow>, StoreError> {
        let outbox = self.outbox()?;
        let connection = outbox.readers.take();
        let tail = "AND seq = ? AND place = ? ORDER BY channel, target";
        let mut sorted = notices.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        let mut found = Vec::new();
        for notice in sorted {
            found.extend(select(&connection, FILE, tail, &[&bound(notice.seq), &notice.place])?);
        }
        Ok(found)
    }

    fn attempts(&self, key: &DeliveryKey) -> Result<Vec<AttemptRow>, StoreError> {
        let (channel, target) = parts(key.lane)?;
        let tail = format!("{THIS} ORDER BY number");
        let parameters: [&dyn rusqlite::ToSql; 4] = [&channel, &target, &bound(key.notice.seq), &key.notice.place];
        let rows: Vec<Attempted> = select(&self.outbox()?.readers.take(), FILE, &tail, &parameters)?;
        Ok(rows.into_iter().map(|attempted| attempted.row).collect())
    }

    fn end_lane(&self, lane: Lane, state: &DeliveryState, reason: &str, now: Moment) -> Result<(), StoreError> {
        let (channel, target) = parts(lane)?;
        self.outbox()?.write(|connection| {
            let tail = "AND channel = ? AND target = ? AND next_at IS NOT NULL";
            let waiting: Vec<DeliveryRow> = select(connection, FILE, tail, &[&channel, &target])?;
            let mut put = Inserter::new::<DeliveryRow>(connection, FILE, Clash::Replaces, &[])?;
            for row in waiting {
                put.put(
                    &[],
                    &DeliveryRow { state: state.clone(), reason: Some(reason.to_owned()), changed_at: now, ..row },
                )?;
            }
            Ok(())
        })
    }

    fn switch_lane(&self, lane: Lane, off_since: Option<Moment>) -> Result<(), StoreError> {
        let (channel, target) = parts(lane)?;
        self.outbox()?.write(|connection| match off_since {
            Some(since) => {
                Inserter::new::<LaneOff>(connection, FILE, Clash::Stays, &[])?.put(&[], &LaneOff { lane, since })
            }
            None => connection
                .execute(&delete("lane_off", "AND channel = ? AND target = ?"), params![channel, target])
                .map(drop)
                .within(FILE),
        })
    }

    fn lanes_off(&self) -> Result<Vec<(Lane, Moment)>, StoreError> {
        let rows: Vec<LaneOff> = select(&self.outbox()?.readers.take(), FILE, "", &[])?;
        Ok(rows.into_iter().map(|row| (row.lane, row.since)).collect())
    }

    fn forget_deliveries(&self, before: Moment, limit: usize) -> Result<usize, StoreError> {
        self.outbox()?.write(|connection| {
            let tail = "AND next_at IS NULL AND changed_at < ? LIMIT ?";
            let old: Vec<DeliveryRow> = select(connection, FILE, tail, &[&before.micros(), &bound(limit as u64)])?;
            for table in ["attempt", "delivery"] {
                let mut delete = connection.prepare_cached(&delete(table, THIS)).within(FILE)?;
                for row in &old {
                    let (channel, target) = parts(row.key.lane)?;
                    let NoticeKey { seq, place } = row.key.notice;
                    delete.execute(params![channel, target, stored(seq)?, place]).within(FILE)?;
                }
            }
            Ok(old.len())
        })
    }

    fn waiting_deliveries(&self) -> Result<u64, StoreError> {
        let sql = format!("SELECT count(*) {}", of("delivery", "AND next_at IS NOT NULL"));
        read(self.outbox()?.readers.take().query_row(&sql, [], |row| row.get(0)).within(FILE)?, FILE)
    }

    fn check_deliveries(&self) -> Result<u64, StoreError> {
        if self.has_none(FILE) { Ok(0) } else { self.outbox()?.check() }
    }
}

/// Takes back what is later than the journal's end: the numbers of records that it lost are given out again.
pub(super) fn take_back(connection: &Connection, end: &Position) -> Result<(), StoreError> {
    for table in ["delivery", "attempt"] {
        connection.execute(&delete(table, "AND seq > ?"), [stored(end.seq)?]).within(FILE)?;
    }
    places::keep(connection, FILE, Name::Reached, end)
}

fn parts(lane: Lane) -> Result<(&'static str, i64), StoreError> {
    Ok((lane.channel.name(), stored(lane.target)?))
}

/// Lanes, each with a moment.
pub(super) fn lanes(connection: &Connection, sql: &str) -> Result<Vec<(Lane, Moment)>, StoreError> {
    let mut statement = connection.prepare_cached(sql).within(FILE)?;
    let mut rows = statement.query([]).within(FILE)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().within(FILE)? {
        let channel: String = row.get(0).within(FILE)?;
        let lane = lane_of(&channel, read(row.get(1).within(FILE)?, FILE)?)?;
        found.push((lane, Moment::from_micros(row.get(2).within(FILE)?)));
    }
    Ok(found)
}
