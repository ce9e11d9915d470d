//! The audit: one entry a request, with what came of it, and for a refusal the figures that did not suffice.

use credere_core::access::{Action, Actor, Face};
use credere_core::book::{Record, Rejection, RequestInfo};
use credere_core::channel::Uin;
use credere_core::ledger::Moment;
use credere_store::contract::{AuditRow, HistoryFold};
use uuid::Uuid;

/// Adds the entry of one record, where a request ends with it.
pub(crate) fn add(fold: &mut HistoryFold, seq: u64, at: Moment, record: &Record) {
    match record {
        Record::Decided { request, action, target, outcome, .. } => {
            let (outcome, code, detail) = match outcome {
                Ok(event) => ("done", None, serde_json::json!({ "event": event.name() })),
                Err(rejection) => ("refused", Some(rejection.code().to_owned()), reasons(rejection)),
            };
            let action = action.0.name().to_owned();
            fold.audit.push(audit(seq, at, request, action, *target, outcome, code, detail));
        }
        Record::BatchClosed { request, action, target, done, refused, replayed, .. } => {
            let action = match (request.face, action.0) {
                (Face::System, action) => action.name(),
                (Face::Platform | Face::Cloud, Action::SettleUsage) => "usage",
                (Face::Platform | Face::Cloud, _) => "authorizations",
            };
            let detail = serde_json::json!({ "done": done, "refused": refused, "replayed": replayed });
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
        actor: match request.actor {
            Actor::Platform { key, .. } => format!("platform:key_{key}"),
            Actor::Account(uin) => format!("account:{uin}"),
            Actor::System => "system".to_owned(),
        },
        face: match request.face {
            Face::Platform => "platform",
            Face::Cloud => "cloud",
            Face::System => "system",
        }
        .to_owned(),
        action,
        account,
        outcome: outcome.to_owned(),
        code,
        detail: detail.to_string(),
    }
}

/// The comparison behind a refusal, for the audit.
fn reasons(rejection: &Rejection) -> serde_json::Value {
    let because: Vec<_> = rejection
        .because()
        .iter()
        .map(|finding| {
            serde_json::json!({
                "rule": finding.rule.to_string(),
                "account_uin": finding.account.number(),
                "figure": finding.figure.name(),
                "required": finding.required.to_string(),
                "found": finding.found.to_string(),
            })
        })
        .collect();
    serde_json::json!({ "because": because })
}
