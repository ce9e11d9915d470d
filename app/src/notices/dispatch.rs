//! Sending what is queued. Each receiver is a lane: within one, a delivery waits for the one before it, and lanes take
//! turns, so that a receiver that hangs or fails holds up nobody but itself. Nothing is kept in memory but which lane is
//! due when; the deliveries themselves stay on disk until their attempt.

use super::attempt::{After, AttemptResult, Outcome, after};
use super::figures::Figures;
use super::mail::{self, Correspondents, MailServer};
use super::occurrence::NoticeId;
use super::registered::find_webhook;
use super::routes::{NO_SERVER, SWITCHED_OFF};
use super::schedule::later;
use super::webhook::{Caller, Endpoint};
use crate::clock::BusinessClock;
use crate::secrets::MasterKey;
use credere_core::channel::{Uin, WebhookId};
use credere_core::ledger::Moment;
use credere_store::contract::{DeploymentStore, NoticeKey, ShardStore, StoreError};
use credere_store::outbox::{Channel, DeliveryRow, DeliveryState, Lane};
use parking_lot::Mutex;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

/// Attempts that are under way at once, over all lanes.
pub(super) const IN_FLIGHT_MAX: usize = 128;
/// Of these, so many may go to receivers whose last attempt failed, so that however many hang there is room for others.
const FAILING_MAX: usize = IN_FLIGHT_MAX / 2;
/// The longest sleep: the machine's clock may be set meanwhile.
const SLEEP_MAX: Duration = Duration::from_secs(60);
/// How long to wait before looking again whether the machine's clock, which has jumped, is right again.
const WHILE_JUMPED: Duration = Duration::from_secs(1);
/// What is under way at the end has this long.
const FINISH_WITHIN: Duration = Duration::from_secs(3);
/// A lane whose attempt ended in a panic rests for this long.
const REST_AFTER_PANIC: Duration = Duration::from_secs(60);
/// How long settled deliveries are kept: 90 days.
const KEPT_SECONDS: i64 = 90 * 86_400;
/// How often old ones are looked for.
const FORGET_EVERY: Duration = Duration::from_secs(3_600);
/// So many are forgotten in one transaction.
const FORGOTTEN_AT_ONCE: usize = 1_000;

/// Tells the dispatcher in which lanes something has been queued.
#[derive(Debug, Default)]
pub(super) struct Wake {
    lanes: Mutex<BTreeSet<Lane>>,
    notify: Notify,
}

impl Wake {
    pub(super) fn lanes(&self, lanes: impl IntoIterator<Item = Lane>) {
        let mut waiting = self.lanes.lock();
        waiting.extend(lanes);
        if !waiting.is_empty() {
            self.notify.notify_one();
        }
    }

    fn take(&self) -> BTreeSet<Lane> {
        std::mem::take(&mut *self.lanes.lock())
    }
}

/// What sending needs.
pub(super) struct DispatchContext {
    pub(super) clock: BusinessClock,
    pub(super) store: Arc<dyn ShardStore>,
    pub(super) deployment: Arc<dyn DeploymentStore>,
    pub(super) master_key: MasterKey,
    pub(super) caller: Caller,
    pub(super) mail: Option<MailServer>,
    pub(super) currency: String,
    pub(super) figures: Arc<Figures>,
}

/// Which lanes are due, and what is under way.
struct Dispatcher {
    means: Arc<DispatchContext>,
    lanes: BTreeMap<Lane, LaneState>,
    /// Lanes whose time comes later.
    timers: BTreeSet<(Moment, Lane)>,
    /// Lanes whose time has come, in the order of their turn.
    ready: VecDeque<Lane>,
    attempts: JoinSet<Finished>,
    /// What each of them is.
    flights: HashMap<tokio::task::Id, Flight>,
    failing_in_flight: usize,
}

#[derive(Debug, Default)]
struct LaneState {
    /// Where it stands in `timers`.
    timer: Option<Moment>,
    /// Whether it stands in `ready`.
    ready: bool,
    in_flight: Vec<NoticeKey>,
    /// The last attempt failed.
    failing: bool,
    /// Its receiver is left alone until then.
    rests_until: Moment,
}

/// An attempt that is under way.
struct Flight {
    lane: Lane,
    notice: NoticeKey,
    /// Its receiver's last attempt had failed.
    failing: bool,
}

/// An attempt that is over and written down.
struct Finished {
    failed: bool,
    rests_until: Option<Moment>,
}

/// Sends until `stop` says so or is gone.
pub(super) async fn run(means: Arc<DispatchContext>, wake: Arc<Wake>, mut stop: watch::Receiver<bool>) {
    let mut dispatcher = Dispatcher {
        means,
        lanes: BTreeMap::new(),
        timers: BTreeSet::new(),
        ready: VecDeque::new(),
        attempts: JoinSet::new(),
        flights: HashMap::new(),
        failing_in_flight: 0,
    };
    tokio::select! {
        () = dispatcher.work(&wake) => {}
        // An error means that whoever could stop it is gone.
        _ = stop.wait_for(|stop| *stop) => {}
    }
    // What is not done by then is sent again by the next start.
    let finishing = async { while dispatcher.attempts.join_next().await.is_some() {} };
    if *stop.borrow() && tokio::time::timeout(FINISH_WITHIN, finishing).await.is_err() {
        tracing::info!("some deliveries were not answered in time; the next start sends them again");
    }
}

impl Dispatcher {
    async fn work(&mut self, wake: &Wake) {
        let lanes = self.patiently(|store| store.waiting_lanes()).await;
        let now = self.means.clock.time_of_day();
        for (lane, next_at) in lanes {
            self.plan(lane, Some(next_at), now);
        }
        let mut forget = tokio::time::interval(FORGET_EVERY);
        loop {
            self.start_due().await;
            let sleep = self.until_next_timer();
            tokio::select! {
                Some(finished) = self.attempts.join_next_with_id() => {
                    let (task, finished) = match finished {
                        Ok((task, finished)) => (task, Some(finished)),
                        Err(error) => {
                            tracing::error!(%error, "an attempt to deliver ended in a panic");
                            (error.id(), None)
                        }
                    };
                    if let Some(flight) = self.flights.remove(&task) {
                        self.finish(flight, finished).await;
                    }
                }
                () = wake.notify.notified() => {
                    for lane in wake.take() {
                        self.look_at(lane).await;
                    }
                }
                () = tokio::time::sleep(sleep) => {}
                _ = forget.tick() => self.forget_old().await,
            }
        }
    }

    /// Asks the store, on a thread for blocking work, as often as it takes.
    async fn patiently<T: Send + 'static>(
        &self,
        ask: impl Fn(&dyn ShardStore) -> Result<T, StoreError> + Send + Sync + Clone + 'static,
    ) -> T {
        patiently(&self.means.store, ask).await
    }

    fn until_next_timer(&self) -> Duration {
        if self.means.clock.jump().is_some() {
            return WHILE_JUMPED;
        }
        let Some((first, _)) = self.timers.first() else { return SLEEP_MAX };
        let micros = first.micros().saturating_sub(self.means.clock.time_of_day().micros());
        Duration::from_micros(u64::try_from(micros).unwrap_or(0)).min(SLEEP_MAX)
    }

    /// Notes when a lane is due next.
    fn plan(&mut self, lane: Lane, next_at: Option<Moment>, now: Moment) {
        let state = self.lanes.entry(lane).or_default();
        if let Some(timer) = state.timer.take() {
            self.timers.remove(&(timer, lane));
        }
        match next_at.map(|next_at| next_at.max(state.rests_until)) {
            _ if state.ready => {}
            Some(due) if due <= now => {
                state.ready = true;
                self.ready.push_back(lane);
            }
            Some(due) => {
                state.timer = Some(due);
                self.timers.insert((due, lane));
            }
            // Nothing waits: nothing is to be remembered but that its receiver was in trouble or rests.
            None if state.in_flight.is_empty() && !state.failing && state.rests_until <= now => {
                self.lanes.remove(&lane);
            }
            None => {}
        }
    }

    async fn look_at(&mut self, lane: Lane) {
        let next_at = self.patiently(move |store| store.next_due(lane)).await;
        self.plan(lane, next_at, self.means.clock.time_of_day());
    }

    /// Starts what is due, as far as there is room, one lane after the other.
    async fn start_due(&mut self) {
        // What is due cannot be told, and what comes of an attempt would be written down under a wrong time.
        if self.means.clock.jump().is_some() {
            return;
        }
        let now = self.means.clock.time_of_day();
        while let Some(&(due, lane)) = self.timers.first().filter(|(due, _)| *due <= now) {
            self.plan(lane, Some(due), now);
        }
        let mut passed_over = VecDeque::new();
        while self.flights.len() < IN_FLIGHT_MAX {
            let Some(lane) = self.ready.pop_front() else { break };
            let state = self.lanes.entry(lane).or_default();
            if state.failing && self.failing_in_flight >= FAILING_MAX {
                passed_over.push_back(lane);
                continue;
            }
            state.ready = false;
            let room = at_once(lane).saturating_sub(state.in_flight.len());
            let (limit, flying) = (at_once(lane), state.in_flight.clone());
            if room == 0 {
                // Its turn comes again when one of them is over.
                continue;
            }
            let due = self.patiently(move |store| store.due_deliveries(lane, now, limit)).await;
            for row in due.into_iter().filter(|row| !flying.contains(&row.key.notice)).take(room) {
                self.start(row);
            }
            // What is due later, where nothing is under way that would look for it when it is over.
            if self.lanes.get(&lane).is_some_and(|state| state.in_flight.is_empty()) {
                self.look_at(lane).await;
            }
        }
        self.ready.extend(passed_over);
    }

    fn start(&mut self, row: DeliveryRow) {
        let (lane, notice) = (row.key.lane, row.key.notice);
        let state = self.lanes.entry(lane).or_default();
        state.in_flight.push(notice);
        let failing = state.failing;
        self.failing_in_flight += usize::from(failing);
        self.means.figures.in_flight.fetch_add(1, Relaxed);
        let task = self.attempts.spawn(deliver(self.means.clone(), row));
        self.flights.insert(task.id(), Flight { lane, notice, failing });
    }

    /// `finished` is absent where the attempt ended in a panic: what it was about is tried again after a while.
    async fn finish(&mut self, flight: Flight, finished: Option<Finished>) {
        let Flight { lane, notice, failing } = flight;
        self.failing_in_flight -= usize::from(failing);
        self.means.figures.in_flight.fetch_sub(1, Relaxed);
        let finished = finished.unwrap_or_else(|| Finished {
            failed: true,
            rests_until: Some(later(self.means.clock.time_of_day(), REST_AFTER_PANIC)),
        });
        let state = self.lanes.entry(lane).or_default();
        state.in_flight.retain(|flying| *flying != notice);
        state.failing = finished.failed;
        if let Some(rests_until) = finished.rests_until {
            state.rests_until = rests_until;
        }
        self.look_at(lane).await;
    }

    async fn forget_old(&self) {
        // A clock that is years ahead for a moment would make everything old.
        if self.means.clock.jump().is_some() {
            return;
        }
        loop {
            let before = self.means.clock.time_of_day().plus_seconds(-KEPT_SECONDS);
            let store = self.means.store.clone();
            let asked = tokio::task::spawn_blocking(move || store.forget_deliveries(before, FORGOTTEN_AT_ONCE)).await;
            match asked {
                Ok(Ok(count)) if count == FORGOTTEN_AT_ONCE => {}
                Ok(Err(error)) => return tracing::warn!(%error, "old deliveries cannot be forgotten"),
                _ => break,
            }
        }
        // Counted step by step, it may have drifted where a lane was ended while an attempt was under way.
        let waiting = self.patiently(|store| store.waiting_deliveries()).await;
        self.means.figures.waiting.store(i64::try_from(waiting).unwrap_or(i64::MAX), Relaxed);
    }
}

/// How many deliveries of a lane are under way at once.
fn at_once(lane: Lane) -> usize {
    match lane.channel {
        Channel::Webhook => 1,
        Channel::Email => mail::AT_ONCE as usize,
    }
}

/// Asks the store, on a thread for blocking work, as often as it takes.
async fn patiently<T: Send + 'static>(
    store: &Arc<dyn ShardStore>,
    ask: impl Fn(&dyn ShardStore) -> Result<T, StoreError> + Send + Sync + Clone + 'static,
) -> T {
    let mut pause = Duration::from_millis(100);
    loop {
        let (store, ask) = (store.clone(), ask.clone());
        match tokio::task::spawn_blocking(move || ask(&*store)).await {
            Ok(Ok(answer)) => return answer,
            Ok(Err(error)) => tracing::error!(%error, "the outbox cannot be read or written yet"),
            Err(error) => tracing::error!(%error, "asking the outbox ended in a panic"),
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(10));
    }
}

/// One attempt, and writing down what came of it.
async fn deliver(means: Arc<DispatchContext>, row: DeliveryRow) -> Finished {
    let (lane, began) = (row.key.lane, means.clock.time_of_day());
    let (tried, host) = match (NoticeId::of(means.store.id(), row.key.notice), lane.channel) {
        (Ok(id), Channel::Webhook) => call_webhook(&means, &row, id, began).await,
        (Ok(id), Channel::Email) => (write_mail(&means, &row, id).await, String::new()),
        (Err(error), _) => (AttemptResult::failed(error.to_string()), String::new()),
    };
    let schedule = match (lane.channel, &means.mail) {
        (Channel::Email, Some(mail)) => &mail.retries,
        _ => &means.caller.options.retries,
    };
    let gone = tried.outcome == Outcome::Gone;
    let failed = !matches!(tried.outcome, Outcome::Delivered | Outcome::Skipped);
    let now = means.clock.time_of_day();
    let After { row, attempt, rests_until } = after(&row, tried, schedule, began, now);
    if row.state == DeliveryState::Failed {
        tracing::warn!(
            channel = lane.channel.name(),
            target = lane.target,
            host,
            reason = row.reason,
            "a delivery is given up"
        );
    }
    let figures = &means.figures;
    let settled = match row.state {
        DeliveryState::Waiting(_) => None,
        DeliveryState::Delivered => Some(&figures.delivered),
        DeliveryState::Failed => Some(&figures.failed),
        DeliveryState::Skipped => Some(&figures.skipped),
    };
    let attempts = u64::from(attempt.is_some());
    // Until it is written the lane waits: what was sent must not be sent again only because the disk is full.
    patiently(&means.store, move |store| store.settle_delivery(&row, attempt.as_ref())).await;
    figures.attempts.fetch_add(attempts, Relaxed);
    if let Some(settled) = settled {
        settled.fetch_add(1, Relaxed);
        figures.waiting.fetch_sub(1, Relaxed);
    }
    if gone {
        tracing::warn!(target = lane.target, host, "a webhook is switched off: its receiver is gone");
        let left = patiently(&means.store, move |store| {
            store.switch_lane(lane, Some(now))?;
            store.end_lane(lane, &DeliveryState::Skipped, SWITCHED_OFF, now)?;
            store.waiting_deliveries()
        });
        figures.waiting.store(i64::try_from(left.await).unwrap_or(i64::MAX), Relaxed);
    }
    Finished { failed, rests_until }
}

/// Calls a webhook; answers also its host, for the log.
async fn call_webhook(
    means: &DispatchContext,
    row: &DeliveryRow,
    id: NoticeId,
    now: Moment,
) -> (AttemptResult, String) {
    let lane = row.key.lane;
    let deployment = means.deployment.clone();
    let known = patiently(&means.store, move |store| {
        let off = store.lanes_off()?.iter().any(|(known, _)| *known == lane);
        Ok((find_webhook(store, &*deployment, WebhookId(lane.target))?, off))
    });
    let endpoint = match known.await {
        (_, true) => return (AttemptResult::of(Outcome::Skipped, SWITCHED_OFF), String::new()),
        (None, _) => return (AttemptResult::of(Outcome::Skipped, "the webhook was removed"), String::new()),
        (Some(webhook), _) => Endpoint::open(&webhook, &means.master_key),
    };
    let Some(endpoint) = endpoint else {
        return (AttemptResult::failed("the webhook's secret does not open under the master key"), String::new());
    };
    let tried = means.caller.call(&endpoint, id, &row.message, now).await;
    (tried, endpoint.host())
}

async fn write_mail(means: &DispatchContext, row: &DeliveryRow, id: NoticeId) -> AttemptResult {
    let Some(server) = &means.mail else { return AttemptResult::of(Outcome::Skipped, NO_SERVER) };
    let Some(recipient) = row.recipient else { return AttemptResult::of(Outcome::Skipped, "there is no recipient") };
    let about: Option<Uin> = mail::customer_of(&row.message);
    let profiles = patiently(&means.store, move |store| {
        let customer = about.map(|uin| store.profile(uin)).transpose()?.flatten();
        Ok((store.profile(recipient)?, customer))
    });
    let (recipient, customer) = profiles.await;
    let to = Correspondents {
        address: recipient.and_then(|profile| profile.email).filter(|address| !address.is_empty()),
        customer_name: customer.and_then(|profile| profile.name).filter(|name| !name.is_empty()),
        currency: means.currency.clone(),
    };
    server.send(to, id, &row.message).await
}
