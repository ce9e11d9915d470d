//! Explaining a decision: the record says who asked and what came of it, and the decision is taken again on the book as
//! it stood before, so that it can say which rules and figures decided. Nothing of that is stored as text.

use super::queries::AuditView;
use crate::app::App;
use crate::caller::Caller;
use crate::engine::{book_before, records_behind, records_of};
use crate::failure::Failure;
use crate::idempotency::{KeyMaker, PastBatch};
use crate::notices::NoticeId;
use credere_core::access::{Action, Actor};
use credere_core::book::{
    ActionName, Because, Book, Command, Context, Event, KeyHash, Record, Rejection, Rules, decide, deployment, standing,
};
use credere_core::channel::{Notice, Uin};
use credere_core::ledger::{Calendar, Moment};
use credere_store::contract::{NoticeKey, ShardId, ShardStore, StoreError};

/// A decision and what it was based on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionView {
    /// Who asked for what, when, as which request, and what came of it; for a batch, of the batch.
    pub request: AuditView,
    /// The operation of the batch that was asked about, or the command itself.
    pub decided: Option<Decided>,
}

/// One command or operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// Journal position of its record.
    pub seq: u64,
    /// Business time of it.
    pub at: Moment,
    /// What was asked, where that is known: of an operation that went through its event tells.
    pub action: Option<Action>,
    /// To whom, where that is one account.
    pub account: Option<Uin>,
    /// What happened, or why nothing did.
    pub outcome: Result<Box<Event>, Rejection>,
    /// The comparisons behind it, in the order in which they were made.
    pub because: Because,
    /// What followed from it at once.
    pub followed: Vec<Followed>,
}

/// Something that followed from a decision at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// Journal position of its record.
    pub seq: u64,
    /// What happened.
    pub event: Event,
    /// The notices that it brought, with their numbers.
    pub notices: Vec<(NoticeId, Notice)>,
}

impl Followed {
    fn at(shard: ShardId, seq: u64, event: Event) -> Result<Followed, StoreError> {
        let notices = match &event {
            Event::Standing(standing::Event::CustomerReviewed(fact)) => fact.notices.as_slice(),
            _ => &[],
        };
        let numbered = |(place, notice): (u32, &Notice)| Ok((NoticeId::of(shard, NoticeKey { seq, place })?, *notice));
        let notices = (0..).zip(notices).map(numbered).collect::<Result<_, StoreError>>()?;
        Ok(Followed { seq, event, notices })
    }
}

impl App {
    /// Explains the decision on a request; of a batch, on the operation that was sent with this key.
    ///
    /// # Errors
    /// [`Failure`]; refused with [`Rejection::Deployment(deployment::Reason::DecisionNotFound)`] when there is no such request or operation.
    pub async fn decision(
        &self,
        caller: Caller,
        request_id: String,
        key: Option<String>,
    ) -> Result<DecisionView, Failure> {
        self.read_as(caller, Action::ReadDecisions, None, |_| Ok(())).await?;
        let (rules, calendar) = (self.engine.rules().clone(), self.calendar());
        let look = move |store: &dyn ShardStore| explain(store, &request_id, key.as_deref(), &rules, calendar);
        let found = self.engine.explanation(caller.actor, look).await?;
        found.ok_or(Failure::refused(Rejection::Deployment(deployment::Reason::DecisionNotFound)))
    }
}

fn explain(
    store: &dyn ShardStore,
    request_id: &str,
    key: Option<&str>,
    rules: &Rules,
    calendar: Calendar,
) -> Result<Option<DecisionView>, StoreError> {
    let Some(request) = store.audit_of_request(request_id)? else { return Ok(None) };
    let batch = records_of(store, request.seq)?;
    let Some((_, at, last)) = batch.last() else { return Ok(None) };
    let (actor, at) = (actor_of(last).unwrap_or(Actor::System), *at);
    let place = match (last, key) {
        (Record::Decided { .. }, _) => Some(batch.iter().position(|(seq, ..)| *seq == request.seq).unwrap_or(0)),
        (_, None) => None,
        (_, Some(key)) => match find(&batch, key, calendar) {
            Some(place) => Some(place),
            None => return Ok(None),
        },
    };
    let Some(place) = place else { return Ok(Some(DecisionView { request, decided: None })) };
    let (seq, _, record) = &batch[place];
    let Some(outcome) = record.outcome() else { return Ok(None) };
    let (asked, because) = match outcome {
        Ok(event) => {
            let before = book_before(store, *seq, calendar)?;
            let command = event.asked(&before);
            let because = command.as_ref().map(|command| decide_again(&before, command, event, at, actor, rules));
            (command.map(|command| command.action()), because.unwrap_or_default())
        }
        Err(rejection) => (None, rejection.because()),
    };
    let (action, account) = match record {
        Record::Decided { action, target, .. } => (Some(action.0), *target),
        Record::Operated { outcome: Err(declined), .. } => (Some(declined.action.0), declined.account),
        Record::Operated { outcome: Ok(_), .. }
        | Record::Followed { .. }
        | Record::BatchClosed { .. }
        | Record::Kept { .. } => (asked.map(|(action, _)| action), asked.and_then(|(_, account)| account)),
    };
    let outcome = outcome.map(|event| Box::new(event.clone())).map_err(Rejection::clone);
    let followed = followed_by(store, *seq, &batch[place + 1..])?;
    let decided = Decided { seq: *seq, at, action, account, outcome, because, followed };
    Ok(Some(DecisionView { request, decided: Some(decided) }))
}

/// Takes the decision again; it must come to the same event.
fn decide_again(before: &Book, asked: &Command, event: &Event, now: Moment, actor: Actor, rules: &Rules) -> Because {
    let again = decide(before, asked, &Context { now, actor, rules }).ok();
    // A setting may have changed since; then the figures are told by the event alone.
    let same = again.filter(|decision| decision.event == *event);
    same.map(|decision| decision.because).unwrap_or_default()
}

/// The place of the operation with this key: its account is told by what happened, or by the refusal.
fn find(batch: &[(u64, Moment, Record)], key: &str, calendar: Calendar) -> Option<usize> {
    let (_, at, last) = batch.last()?;
    let kind = match last {
        Record::BatchClosed { action: ActionName(Action::SettleUsage), .. } => PastBatch::Usage(*at, calendar),
        _ => PastBatch::Operations,
    };
    let keys: Vec<Option<KeyHash>> = batch.iter().map(|(_, _, record)| key_in(record)).collect();
    let mut maker = KeyMaker::default();
    let mut place_of = |account: Uin| {
        let wanted = maker.of_past(key.as_bytes(), account, kind);
        keys.iter().position(|there| there.is_some_and(|key| wanted.contains(&key)))
    };
    batch.iter().filter_map(|(_, _, record)| account_in(record)).find_map(&mut place_of)
}

fn account_in(record: &Record) -> Option<Uin> {
    match record {
        Record::Operated { outcome: Err(declined), .. } => declined.account,
        Record::Operated { outcome: Ok(event), .. } => event.account(),
        Record::Decided { .. } | Record::BatchClosed { .. } | Record::Followed { .. } | Record::Kept { .. } => None,
    }
}

fn key_in(record: &Record) -> Option<KeyHash> {
    match record {
        Record::Decided { key, .. } | Record::Operated { key, .. } => key.map(|key| key.key),
        Record::BatchClosed { .. } | Record::Followed { .. } | Record::Kept { .. } => None,
    }
}

fn actor_of(record: &Record) -> Option<Actor> {
    match record {
        Record::Decided { request, .. } | Record::BatchClosed { request, .. } => Some(request.actor),
        Record::Operated { .. } | Record::Followed { .. } | Record::Kept { .. } => None,
    }
}

/// What followed at once from the record at `seq`: in its batch, or right behind it in its commit.
fn followed_by(store: &dyn ShardStore, seq: u64, rest: &[(u64, Moment, Record)]) -> Result<Vec<Followed>, StoreError> {
    let mut followed = Vec::new();
    let behind;
    let rest = if rest.is_empty() {
        behind = records_behind(store, seq)?;
        &behind
    } else {
        rest
    };
    for (seq, _, record) in rest {
        match record {
            Record::Followed { event } => followed.push(Followed::at(store.id(), *seq, event.clone())?),
            Record::Decided { .. } | Record::Operated { .. } | Record::BatchClosed { .. } | Record::Kept { .. } => {
                break;
            }
        }
    }
    Ok(followed)
}
