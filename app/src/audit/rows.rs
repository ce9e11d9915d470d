//! The audit: one entry a request, with what came of it, and for a refusal the figures that did not suffice.

use credere_core::access::{Action, Face};
use credere_core::book::{Finding, Record, Rejection, RequestInfo, members};
use credere_core::channel::Uin;
use credere_core::ledger::Moment;
use credere_core::organization::{Condition, Failure};
use credere_store::contract::{AuditRow, HistoryFold};
use uuid::Uuid;

/// How many refused operations the audit of a batch names; `GET /v1/decisions` tells all of them.
const REFUSALS_NAMED: usize = 20;

/// Adds the entry of one record, where a request ends with it; `before` are the records before it in its commit.
pub(crate) fn add(fold: &mut HistoryFold, (seq, at): (u64, Moment), record: &Record, before: &[Record]) {
    match record {
        Record::Decided { request, action, target, outcome, .. } => {
            let (outcome, code, detail) = match outcome {
                Ok(event) => ("done", None, serde_json::json!({ "event": event.name() })),
                Err(rejection) => ("refused", Some(rejection.code().to_owned()), reasons(rejection)),
            };
            let action = action.0.name().to_owned();
            fold.audit.push(audit(seq, at, request, action, *target, outcome, code, detail));
        }
        Record::BatchClosed { request, action, target, done, refused, replayed, records } => {
            let action = match (request.face, action.0) {
                (Face::System, action) => action.name(),
                (_, Action::SettleUsage) => "usage",
                (_, _) => "authorizations",
            };
            let own = before.len().saturating_sub(*records as usize);
            let mut detail = serde_json::json!({ "done": done, "refused": refused, "replayed": replayed });
            if *refused > 0 {
                detail["refusals"] = refusals(seq - (before.len() - own) as u64, &before[own..]);
            }
            fold.audit.push(audit(seq, at, request, action.to_owned(), *target, "done", None, detail));
        }
        Record::Operated { .. } | Record::Followed { .. } | Record::Kept { .. } => {}
    }
}

#[expect(clippy::too_many_arguments, reason = "a row's columns, each named at the call by its binding")]
fn audit(
    seq: u64,
    at: Moment,
    request: &RequestInfo,
    action: String,
    account: Option<Uin>,
    outcome: &str,
    code: Option<String>,
    detail: serde_json::Value,
) -> AuditRow {
    AuditRow {
        seq,
        at,
        request_id: Uuid::from_bytes(request.id).to_string(),
        actor: request.actor.to_string(),
        by: request.actor.by().map(|by| by.to_string()),
        face: request.face.name().to_owned(),
        action,
        account,
        outcome: outcome.to_owned(),
        code,
        detail: detail.to_string(),
    }
}

/// What a refusal rests on, for the audit.
fn reasons(rejection: &Rejection) -> serde_json::Value {
    let reason = |finding: &Finding| {
        let mut reason = serde_json::json!({
            "rule": finding.rule.to_string(),
            "account_uin": finding.account.number(),
            "figure": finding.figure.name(),
            "found": finding.found.to_string(),
            "passed": finding.passed(),
        });
        if let Some(required) = finding.required() {
            reason["required"] = required.to_string().into();
        }
        reason
    };
    let mut told = serde_json::json!({ "because": rejection.because().iter().map(reason).collect::<Vec<_>>() });
    if let Rejection::Members(members::Reason::ConditionsNotMet(failed)) = rejection {
        let check = |(condition, failure): &(Condition, Failure)| serde_json::json!({ "rule": condition.to_string(), "code": failure.code() });
        told["checks"] = failed.iter().map(check).collect();
    }
    told
}

/// The first operations of a batch that were refused, for the audit.
fn refusals(first_seq: u64, operations: &[Record]) -> serde_json::Value {
    let declined = (first_seq..).zip(operations).filter_map(|(seq, record)| match record {
        Record::Operated { outcome: Err(declined), .. } => Some((seq, declined)),
        Record::Operated { outcome: Ok(_), .. }
        | Record::Decided { .. }
        | Record::BatchClosed { .. }
        | Record::Followed { .. }
        | Record::Kept { .. } => None,
    });
    let named = declined.take(REFUSALS_NAMED).map(|(seq, declined)| {
        serde_json::json!({
            "journal_position": seq,
            "action": declined.action.0.name(),
            "account_uin": declined.account.map(Uin::number),
            "code": declined.rejection.code(),
        })
    });
    named.collect()
}
