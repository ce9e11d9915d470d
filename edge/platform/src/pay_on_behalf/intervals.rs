//! `GET /v1/pay-on-behalf`: when accounts were paid for by others.

use super::TAG;
use crate::call::{Answer, Call, shown};
use crate::page::{NamedList, Page, list_query};
use crate::problem::Problem;
use crate::query::Query;
use crate::wire::{AccountNumber, names, read_time};
use credere_app::payers::IntervalQuery;
use credere_core::channel::Uin;
use credere_core::organization::{EndedBy, PayerInterval, StartedBy};
use serde::Serialize;
use utoipa::ToSchema;

/// Cursors hold who was paid for, and the place of an interval among that one's.
const LIST: NamedList = NamedList(b'i');

list_query! {
    /// Which intervals.
    pub(crate) struct IntervalsQuery {
        /// In which this account was paid for.
        #[param(inline)]
        member_uin: Option<AccountNumber>,
        /// In which this account paid.
        #[param(inline)]
        payer_uin: Option<AccountNumber>,
        /// That were in force at this moment: the start lies inside, the end outside.
        #[param(format = DateTime)]
        at: Option<String>,
    }
}

names! {
    /// What made somebody begin to pay.
    #[schema(as = PayerStartedBy)]
    pub(crate) enum StartedByName of StartedBy {
        /// The member was created.
        Create,
        /// It accepted an invitation.
        Accept,
        /// It had paid for itself before.
        Update,
    }
}

names! {
    /// What made somebody cease to pay.
    #[schema(as = PayerEndedBy)]
    pub(crate) enum EndedByName of EndedBy {
        /// The admin removed the member.
        Remove,
        /// The member left.
        Quit,
        /// Its account was closed.
        Close,
        /// It pays for itself since then.
        Update,
    }
}

/// A time in which somebody else paid for an account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PayerInterval, example = json!({
    "member_uin": 100_000_000_002_u64, "payer_uin": 100_000_000_001_u64, "org_id": 101,
    "starts_at": "2026-01-31T08:00:00+08:00", "ends_at": null, "started_by": "accept", "ended_by": null
}))]
pub(crate) struct IntervalBody {
    member_uin: AccountNumber,
    payer_uin: AccountNumber,
    /// The organization that both were in.
    org_id: u64,
    #[schema(format = DateTime)]
    starts_at: String,
    /// `null` while it lasts.
    #[schema(format = DateTime)]
    ends_at: Option<String>,
    started_by: StartedByName,
    ended_by: Option<EndedByName>,
}

impl IntervalBody {
    fn new(call: &Call, member: Uin, interval: PayerInterval) -> IntervalBody {
        let (ends_at, ended_by) = interval.until.unzip();
        IntervalBody {
            member_uin: AccountNumber(member),
            payer_uin: AccountNumber(interval.payer),
            org_id: interval.organization.0,
            starts_at: call.time(interval.from),
            ends_at: ends_at.map(|at| call.time(at)),
            started_by: interval.started_by.into(),
            ended_by: ended_by.map(EndedByName::from),
        }
    }
}

/// Lists when accounts were paid for by others.
///
/// For ever: what is charged late, or given back, is told by it. Of one member the oldest interval first; of several by the
/// member's number.
#[utoipa::path(
    get,
    path = "/v1/pay-on-behalf",
    tag = TAG,
    params(IntervalsQuery),
    responses((status = 200, description = "A page of intervals", body = Page<IntervalBody>))
)]
pub(crate) async fn list_intervals(call: Call, Query(query): Query<IntervalsQuery>) -> Answer {
    let at = query.at.as_deref().map(read_time).transpose().map_err(|wrong| Problem::invalid("at", wrong))?;
    let (limit, after) = LIST.wanted(query.limit.as_deref(), query.cursor.as_deref())?;
    let after = after.map(|text| position(&text)).transpose()?;
    let member = query.member_uin.map(|number| number.0);
    let payer = query.payer_uin.map(|number| number.0);
    let wanted = IntervalQuery { member, payer, at: at.map(|time| time.0) };
    let mut found = call.app().payer_intervals(call.caller, wanted, after, limit + 1).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let last = found.last().filter(|_| more);
    let next_cursor = last.map(|(member, place, _)| LIST.cursor(&format!("{member} {place}")));
    let data = found.into_iter().map(|(member, _, interval)| IntervalBody::new(&call, member, interval)).collect();
    shown(&Page { data, next_cursor })
}

/// The interval that a cursor holds.
fn position(text: &str) -> Result<(Uin, usize), Problem> {
    let read = || {
        let (member, place) = text.split_once(' ')?;
        Some((member.parse().ok()?, place.parse().ok()?))
    };
    read().ok_or_else(|| Problem::invalid("cursor", "the cursor is not one that this list gave out"))
}
