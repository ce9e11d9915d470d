//! The test clock, which only a sandbox has: shown, and moved. And the machine's clock, accepted after a jump.

use crate::body::Json;
use crate::call::{Answer, Call, changed, shown};
use crate::problem::Problem;
use crate::state::Platform;
use crate::wire::{Text, Time, present, quoted};
use credere_core::access::Action;
use credere_core::ledger::Moment;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const TAG: &str = "Clock";

/// The units of a span, the largest first, in seconds.
const UNITS: [(char, i64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

pub(crate) fn routes() -> OpenApiRouter<Platform> {
    OpenApiRouter::new().routes(routes!(show_clock)).routes(routes!(advance_clock)).routes(routes!(accept_clock))
}

/// Business time.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Clock)]
pub(crate) struct ClockBody {
    #[schema(format = DateTime)]
    now: String,
}

/// Where the clock goes: exactly one of the two.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ClockAdvance, example = json!({ "by": "2h30m1s" }))]
pub(crate) struct AdvanceBody {
    /// To this moment.
    #[serde(default, deserialize_with = "present")]
    #[schema(nullable = false)]
    to: Option<Time>,
    /// By this span: days, hours, minutes, seconds, each at most once and in this order.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = String, required = false, pattern = "^(?=.)([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$")]
    by: Option<Text<1, 64>>,
}

/// Shows business time.
///
/// Only in a sandbox; 404 otherwise.
#[utoipa::path(
    get,
    path = "/v1/clock",
    tag = TAG,
    responses(
        (status = 200, description = "Business time", body = ClockBody),
        (status = 404, description = "`not_found`: this is no sandbox"),
    )
)]
pub(crate) async fn show_clock(call: Call) -> Answer {
    only_in_a_sandbox(&call)?;
    call.app().read_as(call.caller, Action::ReadClock, None, |_| Ok(())).await?;
    let now = call.app().now().await?;
    shown(&ClockBody { now: call.time(now) })
}

/// Moves the test clock.
///
/// Answers when everything that falls due up to then has been done. Only in a sandbox; 404 otherwise.
#[utoipa::path(
    post,
    path = "/v1/clock/advance",
    tag = TAG,
    request_body = AdvanceBody,
    responses(
        (status = 200, description = "Business time from now on", body = ClockBody),
        (status = 404, description = "`not_found`: this is no sandbox"),
        (status = 422, description = "`clock_goes_back`"),
    )
)]
pub(crate) async fn advance_clock(Json { call, value, bytes, .. }: Json<AdvanceBody>) -> Answer {
    only_in_a_sandbox(&call)?;
    let claim = call.claim(&bytes)?;
    let aim = match (value.to, value.by) {
        (Some(Time(to)), None) => Aim::To(to),
        (None, Some(Text(by))) => Aim::By(seconds_of(&by).ok_or_else(|| no_span(&by))?, by),
        (None, None) => return Err(Problem::missing("to")),
        (Some(_), Some(_)) => return Err(Problem::invalid("by", "there is `to` already, and one of them is enough")),
    };
    let app = call.app();
    // Where a span leads depends on where the clock stands, so whether it was asked for before comes first.
    let advanced = match app.clock_advanced(call.caller, claim.key).await {
        Ok(None) => app.advance_clock(call.caller, claim.key, aim.moment(app.now().await?)?).await,
        Ok(Some(done)) => Ok(done),
        Err(failure) => Err(failure),
    };
    let done = call.judged(advanced, &[("clock_goes_back", "to")])?;
    changed(&ClockBody { now: call.time(done.advanced_to()?) }, done.replayed)
}

/// Nothing is said: it is the clock's own word that is accepted.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ClockAcceptance, example = json!({}))]
pub(crate) struct AcceptBody {}

/// Accepts the machine's clock after a jump.
///
/// A machine's clock that jumps by more than a minute, or that lies too far from the last record at a start, stops writing:
/// writes are answered 503 `clock_jumped` and reads go on, until the clock is right again or this says that what it shows is
/// the time. Business time goes on from there, and never goes back. Needs a key with full access.
#[utoipa::path(
    post,
    path = "/v1/clock/accept",
    tag = TAG,
    request_body = AcceptBody,
    responses(
        (status = 200, description = "Business time from now on", body = ClockBody),
        (status = 409, description = "`clock_is_right`: there is no jump to accept"),
    )
)]
pub(crate) async fn accept_clock(Json { call, bytes, .. }: Json<AcceptBody>) -> Answer {
    let claim = call.claim(&bytes)?;
    let accepted = call.app().accept_clock(call.caller, claim.key).await;
    let done = call.judged(accepted, &[])?;
    changed(&ClockBody { now: call.time(done.at) }, done.replayed)
}

fn only_in_a_sandbox(call: &Call) -> Result<(), Problem> {
    if call.app().has_test_clock() { Ok(()) } else { Err(Problem::no_route()) }
}

/// Where the clock is to go.
enum Aim {
    To(Moment),
    /// So many seconds further, and how that was said.
    By(i64, String),
}

impl Aim {
    /// The moment that it is, with the clock where it is now.
    fn moment(self, now: Moment) -> Result<Moment, Problem> {
        let (seconds, span) = match self {
            Aim::To(to) => return Ok(to),
            Aim::By(seconds, span) => (seconds, span),
        };
        let to = seconds.checked_mul(1_000_000).and_then(|micros| now.micros().checked_add(micros));
        // Beyond what a date can say there is no moment either.
        let to = to.filter(|to| jiff::Timestamp::from_microsecond(*to).is_ok());
        to.map(Moment::from_micros).ok_or_else(|| no_span(&span))
    }
}

fn no_span(text: &str) -> Problem {
    Problem::invalid("by", format!("{} is not a span of time such as `2h30m1s`, or leads too far", quoted(text)))
}

fn seconds_of(span: &str) -> Option<i64> {
    let mut units = UNITS.iter();
    let mut seconds: i64 = 0;
    let mut rest = span;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit())?;
        let (digits, tail) = rest.split_at(end);
        let letter = tail.chars().next()?;
        // Only what stands later in the list may still follow.
        let (_, length) = units.by_ref().find(|(unit, _)| *unit == letter)?;
        seconds = seconds.checked_add(digits.parse::<i64>().ok()?.checked_mul(*length)?)?;
        rest = &tail[letter.len_utf8()..];
    }
    Some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_days_hours_minutes_and_seconds_in_this_order() {
        assert_eq!(seconds_of("2h30m1s"), Some(9_001));
        assert_eq!(seconds_of("1d1s"), Some(86_401));
        assert_eq!(seconds_of("3600s"), Some(3_600));
        for wrong in ["h", "1", "1x", "1s1m", "1h1h", "-1s", "1.5h", " 1s", "1sé", "99999999999999999999s"] {
            assert_eq!(seconds_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_span_stays_within_what_a_date_can_say() {
        let after =
            |now, span: &str| Aim::By(seconds_of(span).unwrap(), span.to_owned()).moment(Moment::from_micros(now));
        assert_eq!(after(5, "1s").unwrap(), Moment::from_micros(1_000_005));
        assert_eq!(after(5, "").unwrap(), Moment::from_micros(5));
        for wrong in ["4000000d", "9000000000000s"] {
            assert_eq!(after(0, wrong).unwrap_err().field(), Some("by"), "{wrong}");
        }
    }
}
