//! The outbox in memory: ordered maps, walked whole. Small enough for tests, and as exact as the one on disk.

use super::MemoryStore;
use crate::contract::{NoticeKey, StoreError};
use crate::outbox::{ATTEMPTS_KEPT, AttemptRow, DeliveryKey, DeliveryRow, DeliveryState, Lane, Outbox};
use credere_core::ledger::Moment;
use std::collections::BTreeMap;

/// What is to be sent and was.
#[derive(Default)]
pub(super) struct Queued {
    seq: u64,
    rows: BTreeMap<DeliveryKey, DeliveryRow>,
    attempts: BTreeMap<DeliveryKey, BTreeMap<u32, AttemptRow>>,
    off: BTreeMap<Lane, Moment>,
}

impl Queued {
    /// Takes back what the journal lost, whose numbers are given out again.
    pub(super) fn take_back(&mut self, last: u64) {
        self.seq = self.seq.min(last);
        self.rows.retain(|key, _| key.notice.seq <= last);
        self.attempts.retain(|key, _| key.notice.seq <= last);
    }

    /// What waits, with the moment at which it is due.
    fn waiting(&self) -> impl Iterator<Item = (&DeliveryRow, Moment)> {
        self.rows.values().filter_map(|row| match row.state {
            DeliveryState::Waiting(next_at) => Some((row, next_at)),
            DeliveryState::Delivered | DeliveryState::Failed | DeliveryState::Skipped => None,
        })
    }
}

impl Outbox for MemoryStore {
    fn outbox_seq(&self) -> Result<u64, StoreError> {
        Ok(self.inner.lock().queued.seq)
    }

    fn queue_deliveries(&self, upto_seq: u64, rows: Vec<DeliveryRow>) -> Result<(), StoreError> {
        let mut inner = self.inner.lock();
        inner.check_end(upto_seq)?;
        let queued = &mut inner.queued;
        let mut new = BTreeMap::new();
        for row in rows.into_iter().filter(|row| row.key.notice.seq > queued.seq) {
            let key = row.key;
            if queued.rows.contains_key(&key) || new.insert(key, row).is_some() {
                return Err(StoreError::io(format!("a delivery at event {} is there already", key.notice.seq)));
            }
        }
        queued.rows.extend(new);
        queued.seq = queued.seq.max(upto_seq);
        Ok(())
    }

    fn waiting_lanes(&self) -> Result<Vec<(Lane, Moment)>, StoreError> {
        let mut lanes = BTreeMap::new();
        for (row, next_at) in self.inner.lock().queued.waiting() {
            lanes.entry(row.key.lane).and_modify(|first: &mut Moment| *first = next_at.min(*first)).or_insert(next_at);
        }
        Ok(lanes.into_iter().collect())
    }

    fn due_deliveries(&self, lane: Lane, now: Moment, limit: usize) -> Result<Vec<DeliveryRow>, StoreError> {
        let inner = self.inner.lock();
        let due = inner.queued.waiting().filter(|(row, next_at)| row.key.lane == lane && *next_at <= now);
        let mut due: Vec<_> = due.map(|(row, next_at)| (next_at, row.clone())).collect();
        due.sort_by_key(|(next_at, row)| (*next_at, row.key.notice));
        Ok(due.into_iter().take(limit).map(|(_, row)| row).collect())
    }

    fn next_due(&self, lane: Lane) -> Result<Option<Moment>, StoreError> {
        let inner = self.inner.lock();
        Ok(inner.queued.waiting().filter(|(row, _)| row.key.lane == lane).map(|(_, next_at)| next_at).min())
    }

    fn settle_delivery(&self, row: &DeliveryRow, attempt: Option<&AttemptRow>) -> Result<(), StoreError> {
        let queued = &mut self.inner.lock().queued;
        let Some(known) = queued.rows.get_mut(&row.key) else { return Ok(()) };
        *known = row.clone();
        if let Some(attempt) = attempt {
            let kept = queued.attempts.entry(row.key).or_default();
            kept.insert(attempt.number, attempt.clone());
            kept.retain(|&number, _| number > attempt.number.saturating_sub(ATTEMPTS_KEPT));
        }
        Ok(())
    }

    fn delivery(&self, key: &DeliveryKey) -> Result<Option<DeliveryRow>, StoreError> {
        Ok(self.inner.lock().queued.rows.get(key).cloned())
    }

    fn deliveries(&self, lane: Lane, before: Option<NoticeKey>, limit: usize) -> Result<Vec<DeliveryRow>, StoreError> {
        let inner = self.inner.lock();
        let newest_first = inner.queued.rows.values().rev();
        let wanted = |row: &&DeliveryRow| row.key.lane == lane && before.is_none_or(|before| row.key.notice < before);
        Ok(newest_first.filter(wanted).take(limit).cloned().collect())
    }

    fn deliveries_of(&self, notices: &[NoticeKey]) -> Result<Vec<DeliveryRow>, StoreError> {
        let inner = self.inner.lock();
        let mut found: Vec<DeliveryRow> =
            inner.queued.rows.values().filter(|row| notices.contains(&row.key.notice)).cloned().collect();
        found.sort_by_key(|row| (row.key.notice, row.key.lane));
        Ok(found)
    }

    fn attempts(&self, key: &DeliveryKey) -> Result<Vec<AttemptRow>, StoreError> {
        let inner = self.inner.lock();
        Ok(inner.queued.attempts.get(key).map(|kept| kept.values().cloned().collect()).unwrap_or_default())
    }

    fn end_lane(&self, lane: Lane, state: &DeliveryState, reason: &str, now: Moment) -> Result<(), StoreError> {
        let queued = &mut self.inner.lock().queued;
        let waits = |row: &&mut DeliveryRow| row.key.lane == lane && matches!(row.state, DeliveryState::Waiting(_));
        for row in queued.rows.values_mut().filter(waits) {
            (row.state, row.reason, row.changed_at) = (state.clone(), Some(reason.to_owned()), now);
        }
        Ok(())
    }

    fn switch_lane(&self, lane: Lane, off_since: Option<Moment>) -> Result<(), StoreError> {
        let queued = &mut self.inner.lock().queued;
        match off_since {
            Some(since) => {
                queued.off.entry(lane).or_insert(since);
            }
            None => {
                queued.off.remove(&lane);
            }
        }
        Ok(())
    }

    fn lanes_off(&self) -> Result<Vec<(Lane, Moment)>, StoreError> {
        Ok(self.inner.lock().queued.off.iter().map(|(lane, since)| (*lane, *since)).collect())
    }

    fn forget_deliveries(&self, before: Moment, limit: usize) -> Result<usize, StoreError> {
        let queued = &mut self.inner.lock().queued;
        let old = |row: &&DeliveryRow| !matches!(row.state, DeliveryState::Waiting(_)) && row.changed_at < before;
        let old: Vec<DeliveryKey> = queued.rows.values().filter(old).take(limit).map(|row| row.key).collect();
        for key in &old {
            queued.rows.remove(key);
            queued.attempts.remove(key);
        }
        Ok(old.len())
    }

    fn waiting_deliveries(&self) -> Result<u64, StoreError> {
        Ok(self.inner.lock().queued.waiting().count() as u64)
    }

    fn check_deliveries(&self) -> Result<u64, StoreError> {
        Ok(self.inner.lock().queued.rows.len() as u64)
    }
}
