//! Between the thread that turns records into history and the one that queues deliveries: what may have to be told, up to
//! which position. Telling costs next to nothing where there is nothing to tell, and it never waits: what does not fit, or
//! does not join what was told before, leaves a gap, which whoever takes closes from the journal.

use super::occurrence::{Occurrence, changes_webhooks, occurrences};
use credere_core::book::Record;
use credere_core::ledger::Moment;
use parking_lot::{Condvar, Mutex};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

/// Occurrences that wait in memory at most; more of them are read from the journal.
const WAITING_MAX: usize = 10_000;

/// What became durable since somebody last asked.
#[derive(Debug, Default)]
pub(crate) struct Feed {
    following: AtomicBool,
    waiting: Mutex<Waiting>,
    wake: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    stretch: Option<Stretch>,
    stop: bool,
}

/// A stretch of the journal.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stretch {
    /// The position right before it.
    pub(super) from: u64,
    /// Its last position.
    pub(super) upto: u64,
    /// What happened in it, unless it has a gap.
    pub(super) occurrences: Vec<Occurrence>,
    /// Something is missing.
    pub(super) gap: bool,
    /// A webhook was added or removed.
    pub(super) webhooks_changed: bool,
}

impl Feed {
    /// Tells of a commit that is durable. The first record is at `first_seq`, all were decided at `at`.
    pub(crate) fn tell(&self, first_seq: u64, at: Moment, records: &[Record]) {
        if !self.following.load(Relaxed) {
            return;
        }
        let mut found = Vec::new();
        occurrences(first_seq, at, records, &mut found);
        let webhooks_changed = changes_webhooks(records);
        let wakes = webhooks_changed || !found.is_empty();
        let from = first_seq.saturating_sub(1);
        self.join(Stretch {
            from,
            upto: from + records.len() as u64,
            occurrences: found,
            gap: false,
            webhooks_changed,
        });
        if wakes {
            self.wake.notify_one();
        }
    }

    /// Tells that the journal reaches this far, whatever is in it.
    pub(crate) fn reaches(&self, upto_seq: u64) {
        if self.following.load(Relaxed) {
            let (from, upto) = (upto_seq, upto_seq);
            self.join(Stretch { from, upto, occurrences: Vec::new(), gap: true, webhooks_changed: true });
            self.wake.notify_one();
        }
    }

    fn join(&self, new: Stretch) {
        let mut waiting = self.waiting.lock();
        let Some(before) = &mut waiting.stretch else {
            waiting.stretch = Some(new);
            return;
        };
        before.gap |= new.gap || new.from != before.upto;
        before.upto = before.upto.max(new.upto);
        before.webhooks_changed |= new.webhooks_changed;
        if before.gap || before.occurrences.len() + new.occurrences.len() > WAITING_MAX {
            (before.gap, before.occurrences) = (true, Vec::new());
        } else {
            before.occurrences.extend(new.occurrences);
        }
    }

    /// From now on somebody takes what is told.
    pub(super) fn follow(&self) {
        self.following.store(true, Relaxed);
    }

    /// What was told since the last time, as soon as it is worth looking at, or after `patience`; `None` where that is
    /// nothing. Also says whether this was the last time.
    pub(super) fn take(&self, patience: Duration) -> (Option<Stretch>, bool) {
        let mut waiting = self.waiting.lock();
        let worth = |stretch: &Stretch| stretch.gap || stretch.webhooks_changed || !stretch.occurrences.is_empty();
        if !waiting.stop && !waiting.stretch.as_ref().is_some_and(worth) {
            self.wake.wait_for(&mut waiting, patience);
        }
        (waiting.stretch.take(), waiting.stop)
    }

    /// Waits; answers whether the end has come meanwhile.
    pub(super) fn ended_within(&self, pause: Duration) -> bool {
        let mut waiting = self.waiting.lock();
        let until = crate::clock::ticks() + pause;
        while !waiting.stop && !self.wake.wait_until(&mut waiting, until).timed_out() {}
        waiting.stop
    }

    /// Ends the following: whoever takes is given the rest.
    pub(super) fn stop(&self) {
        self.following.store(false, Relaxed);
        self.waiting.lock().stop = true;
        self.wake.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use credere_core::book::{Event, standing};
    use credere_core::channel::{Notice, NoticeKind, Standing, Subscription, Uin};
    use credere_core::ledger::Day;
    use credere_core::money::Amount;

    fn record(notices: usize) -> Record {
        let uin = Uin::new(1).unwrap();
        let notice =
            Notice { recipient: uin, kind: NoticeKind::Resumed, level: None, channels: Subscription::default() };
        let event = Event::from(standing::CustomerReviewed {
            customer: uin,
            day: Day(0),
            overdue_since: None,
            available: Amount::ZERO,
            total: Amount::ZERO,
            notices: vec![notice; notices],
            suspension: Standing::Normal,
            payer: None,
        });
        Record::Operated { key: None, outcome: Ok(event) }
    }

    fn take(feed: &Feed) -> Option<(u64, u64, usize, bool)> {
        let (stretch, _) = feed.take(Duration::ZERO);
        stretch.map(|stretch| (stretch.from, stretch.upto, stretch.occurrences.len(), stretch.gap))
    }

    #[test]
    fn stretches_that_join_become_one() {
        let feed = Feed::default();
        feed.tell(1, Moment::default(), &[record(1)]);
        assert_eq!(take(&feed), None, "nobody follows yet");
        feed.follow();
        feed.tell(2, Moment::default(), &[record(1), record(2)]);
        feed.tell(4, Moment::default(), &[record(0)]);
        assert_eq!(take(&feed), Some((1, 4, 3, false)));
        assert_eq!(take(&feed), None);
    }

    #[test]
    fn what_does_not_join_or_fit_leaves_a_gap() {
        let feed = Feed::default();
        feed.follow();
        feed.tell(2, Moment::default(), &[record(1)]);
        feed.tell(4, Moment::default(), &[record(1)]);
        assert_eq!(take(&feed), Some((1, 4, 0, true)));
        feed.tell(5, Moment::default(), &[record(WAITING_MAX)]);
        feed.tell(6, Moment::default(), &[record(1)]);
        assert_eq!(take(&feed), Some((4, 6, 0, true)));
        feed.reaches(9);
        assert_eq!(take(&feed), Some((9, 9, 0, true)));
    }

    #[test]
    fn the_rest_comes_with_the_end() {
        let feed = Feed::default();
        feed.follow();
        feed.tell(1, Moment::default(), &[record(1)]);
        feed.stop();
        let (rest, last) = feed.take(Duration::from_secs(3_600));
        assert_eq!((rest.map(|rest| rest.upto), last), (Some(1), true));
    }
}
