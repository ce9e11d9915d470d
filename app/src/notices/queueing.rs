//! From occurrences to queued deliveries, on a thread of its own, behind the commit. What is queued and how far the
//! journal has been looked through are written in one transaction, so each occurrence is queued once for each receiver,
//! whenever the process dies. What was missed is read from the journal.

use super::dispatch::Wake;
use super::feed::{Feed, Stretch};
use super::figures::Figures;
use super::occurrence::{NoticeId, Occurrence, occurrences};
use super::routes::Routes;
use crate::clock::BusinessClock;
use credere_core::book::Record;
use credere_core::channel::Uin;
use credere_store::contract::{DeploymentStore, Fault, ShardStore, StoreError};
use credere_store::outbox::{DeliveryRow, DeliveryState};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// How long nothing is done when nothing happens.
const IDLE: Duration = Duration::from_secs(5);
/// Records without an occurrence after which the position is written all the same, so that a start need not look through
/// more of them again.
const POSITION_EVERY: u64 = 100_000;
/// Occurrences that are queued in one transaction at most, while catching up.
const AT_ONCE: usize = 1_000;

/// What the book knows about an occurrence besides.
pub(super) struct Seen {
    /// The managing partner of the account that runs the resource, or the admin of the organization.
    pub(super) managing: Option<Uin>,
    /// The message, as a JSON object.
    pub(super) message: String,
}

/// Asks the book about the occurrence with this number; `None` once there is none any more.
pub(super) type Look = Box<dyn Fn(NoticeId, &Occurrence) -> Option<Seen> + Send>;

/// What the thread works with.
pub(super) struct Queueing {
    pub(super) clock: BusinessClock,
    pub(super) store: Arc<dyn ShardStore>,
    pub(super) deployment: Arc<dyn DeploymentStore>,
    pub(super) look: Look,
    pub(super) wake: Arc<Wake>,
    pub(super) figures: Arc<Figures>,
    /// Whether there is a mail server.
    pub(super) mail: bool,
}

/// Why a step was not done.
enum Broken {
    Store(StoreError),
    /// The application is gone.
    Gone,
}

impl From<StoreError> for Broken {
    fn from(error: StoreError) -> Broken {
        Broken::Store(error)
    }
}

/// How far the thread is.
struct Place {
    /// Everything up to here was looked at.
    seen: u64,
    /// So far says the store.
    stored: u64,
    routes: Routes,
}

impl Queueing {
    /// Follows the feed until it ends. What a failing store kept from being queued is tried again, and after the end
    /// left to the next start.
    pub(super) fn run(&self, feed: &Feed) {
        let Some(mut place) = self.until_done(feed, || self.begin()) else { return };
        loop {
            let (stretch, last) = feed.take(IDLE);
            if let Some(stretch) = stretch
                && self.until_done(feed, || self.step(&mut place, &stretch)).is_none()
            {
                return;
            }
            if last {
                if place.seen > place.stored
                    && let Err(error) = self.write(&mut place, Vec::new())
                {
                    tracing::warn!(%error, "how far deliveries are queued cannot be written; the next start looks again");
                }
                return;
            }
        }
    }

    /// Repeats until it succeeds; `None` when the end comes first.
    fn until_done<T>(&self, feed: &Feed, mut work: impl FnMut() -> Result<T, Broken>) -> Option<T> {
        let mut pause = Duration::from_millis(100);
        loop {
            match work() {
                Ok(done) => return Some(done),
                Err(Broken::Gone) => return None,
                Err(Broken::Store(error)) => tracing::error!(%error, "deliveries cannot be queued yet"),
            }
            if feed.ended_within(pause) {
                return None;
            }
            pause = (pause * 2).min(Duration::from_secs(5));
        }
    }

    /// Looks through what the journal has beyond the outbox.
    fn begin(&self) -> Result<Place, Broken> {
        let stored = self.store.outbox_seq()?;
        let routes = self.routes()?;
        let mut place = Place { seen: stored, stored, routes };
        let end = self.store.last()?.seq;
        self.catch_up(&mut place, end)?;
        Ok(place)
    }

    fn routes(&self) -> Result<Routes, StoreError> {
        Routes::load(&*self.store, &*self.deployment, self.mail)
    }

    fn step(&self, place: &mut Place, stretch: &Stretch) -> Result<(), Broken> {
        if stretch.webhooks_changed {
            place.routes = self.routes()?;
        }
        if stretch.upto <= place.seen {
            return Ok(());
        }
        if stretch.gap || stretch.from > place.seen {
            return self.catch_up(place, stretch.upto);
        }
        let seen = place.seen;
        let new: Vec<&Occurrence> = stretch.occurrences.iter().filter(|found| found.key.seq > seen).collect();
        place.seen = stretch.upto;
        if new.is_empty() && place.seen - place.stored < POSITION_EVERY {
            return Ok(());
        }
        let queued = self.queue(place, &new);
        if queued.is_err() {
            place.seen = seen;
        }
        queued
    }

    /// Reads the journal up to a frame's end.
    fn catch_up(&self, place: &mut Place, upto_seq: u64) -> Result<(), Broken> {
        let mut found = Vec::new();
        let mut gone = false;
        let from = place.seen;
        self.store
            .frames(from, upto_seq, &mut |frame| {
                let records =
                    Record::read_payload(&frame.payload).map_err(|error| StoreError::corrupt(Fault::of(error)))?;
                occurrences(frame.first_seq, frame.at, &records, &mut found);
                place.seen = frame.last_seq;
                if found.len() >= AT_ONCE || place.seen - place.stored >= POSITION_EVERY {
                    let waiting: Vec<&Occurrence> = found.iter().collect();
                    match self.queue(place, &waiting) {
                        Ok(()) => found.clear(),
                        Err(Broken::Store(error)) => return Err(error),
                        Err(Broken::Gone) => {
                            gone = true;
                            return Err(StoreError::io("the application has ended"));
                        }
                    }
                }
                Ok(())
            })
            .map_err(|error| {
                // What was looked at but not written is looked at again.
                place.seen = place.stored;
                if gone { Broken::Gone } else { Broken::Store(error) }
            })?;
        let waiting: Vec<&Occurrence> = found.iter().collect();
        if waiting.is_empty() {
            return Ok(());
        }
        self.queue(place, &waiting).inspect_err(|_| place.seen = place.stored)
    }

    /// Queues the deliveries of these occurrences, which are all there are between what is stored and what was seen.
    fn queue(&self, place: &mut Place, occurrences: &[&Occurrence]) -> Result<(), Broken> {
        if !occurrences.is_empty() {
            place.routes.see_switches(&*self.store)?;
        }
        let now = self.clock.time_of_day();
        let mut rows = Vec::new();
        for occurrence in occurrences {
            let seen = (self.look)(NoticeId::of(self.store.id(), occurrence.key)?, occurrence).ok_or(Broken::Gone)?;
            rows.extend(place.routes.deliveries(occurrence, seen.managing, &seen.message, now));
        }
        // Where nobody is told there is nothing to flush for: looked at again, the same occurrences tell nobody again.
        if rows.is_empty() && place.seen - place.stored < POSITION_EVERY {
            return Ok(());
        }
        Ok(self.write(place, rows)?)
    }

    fn write(&self, place: &mut Place, rows: Vec<DeliveryRow>) -> Result<(), StoreError> {
        let (mut lanes, mut waiting, mut skipped) = (Vec::new(), 0, 0);
        for row in &rows {
            match row.state {
                DeliveryState::Waiting(_) => {
                    lanes.push(row.key.lane);
                    waiting += 1;
                }
                _ => skipped += 1,
            }
        }
        self.store.queue_deliveries(place.seen, rows)?;
        place.stored = place.seen;
        self.figures.queued_seq.store(place.stored, Relaxed);
        self.figures.waiting.fetch_add(waiting, Relaxed);
        self.figures.skipped.fetch_add(skipped, Relaxed);
        self.wake.lanes(lanes);
        Ok(())
    }
}
