//! What becomes of a delivery after an attempt: pure, so that it can be looked at without a receiver.

use super::schedule::{Schedule, later, with_jitter};
use credere_core::ledger::Moment;
use credere_store::outbox::{AttemptRow, DeliveryRow, DeliveryState};
use std::time::Duration;

/// How long a receiver that throttles is left alone at most, unless it asks for longer.
const UNASKED_REST_MAX: Duration = Duration::from_secs(300);

/// How an attempt went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The receiver has it.
    Delivered,
    /// It did not work; it may work later.
    Failed,
    /// The receiver is asked too much of; it wants to be left alone, where it says so for this long.
    Throttled(Option<Duration>),
    /// The receiver wants nothing any more.
    Gone,
    /// It will never work.
    Refused,
    /// There was nobody to send it to.
    Skipped,
}

/// An attempt and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AttemptResult {
    pub(super) outcome: Outcome,
    /// The receiver's status code, where it answered.
    pub(super) status: Option<u16>,
    /// What went wrong.
    pub(super) error: Option<String>,
    /// The beginning of its answer.
    pub(super) answer: Option<String>,
}

impl AttemptResult {
    pub(super) fn of(outcome: Outcome, error: impl Into<String>) -> AttemptResult {
        AttemptResult { outcome, status: None, error: Some(error.into()), answer: None }
    }

    pub(super) fn failed(error: impl Into<String>) -> AttemptResult {
        AttemptResult::of(Outcome::Failed, error)
    }
}

/// What an attempt leaves: the delivery as it stands now, the attempt for the log, and until when its receiver is left
/// alone.
pub(super) struct After {
    pub(super) row: DeliveryRow,
    pub(super) attempt: Option<AttemptRow>,
    pub(super) rests_until: Option<Moment>,
}

/// Judges an attempt that began at `began` and ended at `now`.
pub(super) fn after(row: &DeliveryRow, tried: AttemptResult, schedule: &Schedule, began: Moment, now: Moment) -> After {
    let AttemptResult { outcome, status, error, answer } = tried;
    let mut row = DeliveryRow { changed_at: now, ..row.clone() };
    if outcome == Outcome::Skipped {
        (row.state, row.reason) = (DeliveryState::Skipped, error);
        return After { row, attempt: None, rests_until: None };
    }
    row.attempts += 1;
    let took = now.micros().saturating_sub(began.micros()).max(0);
    let attempt = AttemptRow {
        number: row.attempts,
        at: began,
        took_ms: took.unsigned_abs() / 1_000,
        status,
        error: error.clone(),
        answer,
    };
    let mut rests_until = None;
    match (&outcome, schedule.delay(row.retries)) {
        (Outcome::Delivered, _) => (row.state, row.reason) = (DeliveryState::Delivered, None),
        (Outcome::Failed | Outcome::Throttled(_), Some(delay)) => {
            let asked = match outcome {
                Outcome::Throttled(asked) => asked.unwrap_or_default(),
                _ => Duration::ZERO,
            };
            let next_at = later(now, with_jitter(delay.max(asked)));
            row.retries += 1;
            row.state = DeliveryState::Waiting(next_at);
            if matches!(outcome, Outcome::Throttled(_)) {
                // What else waits for this receiver waits with it.
                rests_until = Some(later(now, delay.min(UNASKED_REST_MAX).max(asked)));
            }
        }
        (Outcome::Failed | Outcome::Throttled(_) | Outcome::Gone | Outcome::Refused | Outcome::Skipped, _) => {
            (row.state, row.reason) = (DeliveryState::Failed, error);
        }
    }
    After { row, attempt: Some(attempt), rests_until }
}

#[cfg(test)]
mod tests {
    use super::*;
    use credere_store::contract::NoticeKey;
    use credere_store::outbox::{DeliveryKey, Lane};

    fn fresh() -> DeliveryRow {
        DeliveryRow {
            key: DeliveryKey { lane: Lane::webhook(1), notice: NoticeKey { seq: 2, place: 0 } },
            recipient: None,
            kind: "resumed".into(),
            message: "{}".into(),
            at: Moment::default(),
            state: DeliveryState::Waiting(Moment::default()),
            reason: None,
            attempts: 0,
            retries: 0,
            changed_at: Moment::default(),
        }
    }

    fn seconds(seconds: i64) -> Moment {
        Moment::default().plus_seconds(seconds)
    }

    fn judged(row: &DeliveryRow, outcome: Outcome) -> After {
        after(row, AttemptResult::of(outcome, "why"), &"1s 10s".parse().unwrap(), seconds(100), seconds(102))
    }

    #[test]
    fn failures_follow_the_schedule_and_are_given_up_after_it() {
        let first = judged(&fresh(), Outcome::Failed);
        let DeliveryState::Waiting(next_at) = first.row.state else { panic!("it should wait: {:?}", first.row) };
        assert!(next_at >= seconds(103) && next_at <= seconds(104), "{next_at:?}");
        assert_eq!(first.rests_until, None);
        let log = first.attempt.unwrap();
        assert_eq!((log.number, log.took_ms, log.error.as_deref()), (1, 2_000, Some("why")));
        let second = judged(&first.row, Outcome::Failed);
        assert!(matches!(second.row.state, DeliveryState::Waiting(at) if at >= seconds(112)));
        let third = judged(&second.row, Outcome::Failed);
        assert_eq!((third.row.state, third.row.reason.as_deref()), (DeliveryState::Failed, Some("why")));
        assert_eq!(third.row.attempts, 3);
    }

    #[test]
    fn a_throttling_receiver_is_left_alone_for_as_long_as_it_asks() {
        let asked = judged(&fresh(), Outcome::Throttled(Some(Duration::from_secs(60))));
        assert_eq!(asked.rests_until, Some(seconds(162)));
        assert!(matches!(asked.row.state, DeliveryState::Waiting(at) if at >= seconds(162)));
        let unasked = judged(&fresh(), Outcome::Throttled(None));
        assert_eq!(unasked.rests_until, Some(seconds(103)));
    }

    #[test]
    fn what_will_never_work_is_not_tried_again() {
        for outcome in [Outcome::Gone, Outcome::Refused] {
            assert_eq!(judged(&fresh(), outcome).row.state, DeliveryState::Failed);
        }
        let skipped = judged(&fresh(), Outcome::Skipped);
        assert_eq!((skipped.row.state, skipped.row.attempts), (DeliveryState::Skipped, 0));
        assert_eq!((skipped.row.reason.as_deref(), skipped.attempt), (Some("why"), None));
        assert_eq!(judged(&fresh(), Outcome::Delivered).row.reason, None);
    }
}
