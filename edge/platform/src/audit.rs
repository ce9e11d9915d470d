//! The audit: who did what to whom, from which face, and what came of it.

use crate::call::{Answer, Call, shown};
use crate::page::{List, Page, list_query};
use crate::problem::Problem;
use crate::query::Query;
use crate::state::Platform;
use crate::wire::{AccountNumber, read_time};
use credere_app::audit::{AuditFilter, AuditView};
use credere_core::ledger::Moment;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

const TAG: &str = "Audit";

/// Cursors hold the journal position of an entry.
const LIST: List = List(b'u');

pub(crate) fn routes() -> OpenApiRouter<Platform> {
    OpenApiRouter::new().routes(routes!(list_audit))
}

list_query! {
    /// Which entries.
    pub(crate) struct AuditQuery {
        /// Done to this account.
        #[param(inline)]
        account_uin: Option<AccountNumber>,
        /// This action, such as `allocate_credit`; a batch of operations is `authorizations`, one of usage records `usage`.
        action: Option<String>,
        /// Not before this moment.
        #[param(format = DateTime)]
        from: Option<String>,
        /// Before this moment.
        #[param(format = DateTime)]
        to: Option<String>,
    }
}

/// What one request did.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditEntry, example = json!({
    "journal_position": 42, "at": "2026-01-31T08:00:00+08:00", "request_id": "01931c5e-7a60-7000-8000-000000000000",
    "actor": "platform:key_1", "by": null, "face": "platform", "action": "allocate_credit", "account_uin": 100_000_000_777_u64,
    "outcome": "refused", "code": "exceeds_allocatable",
    "detail": { "because": [{ "rule": "R32", "account_uin": 100_000_000_001_u64, "figure": "allocatable",
        "found": "700.00", "required": "700.01", "passed": false }] }
}))]
pub(crate) struct AuditEntryBody {
    /// Where it stands in the journal.
    journal_position: u64,
    #[schema(format = DateTime)]
    at: String,
    /// The identifier in the answer's `X-Request-Id`.
    request_id: String,
    /// `platform:` and a key's id, `account:` and a number, or `system`.
    actor: String,
    /// By whom an account acted: `credential:` and the credential's `secret_id`.
    by: Option<String>,
    /// `platform`, `cloud`, `system`, `console`, `scim` or `sso`.
    face: String,
    action: String,
    /// To whom it was done, where that is one account.
    account_uin: Option<AccountNumber>,
    /// `done` or `refused`.
    outcome: String,
    /// The refusal's code.
    code: Option<String>,
    /// The event; a batch's counts and the first 20 of its operations that were refused; or what a refusal rests on.
    #[schema(value_type = Object)]
    detail: Option<Box<RawValue>>,
}

fn moment(field: &'static str, text: Option<String>) -> Result<Option<Moment>, Problem> {
    // A plus sign that was not escaped arrives as a space.
    let read = |text: String| read_time(&text.replace(' ', "+")).map_err(|detail| Problem::invalid(field, detail));
    Ok(text.map(read).transpose()?.map(|time| time.0))
}

/// Lists the audit.
///
/// One entry a request, newest first; refusals with their reasons. Reads leave none.
#[utoipa::path(
    get,
    path = "/v1/audit",
    tag = TAG,
    params(AuditQuery),
    responses((status = 200, description = "A page of entries", body = Page<AuditEntryBody>))
)]
pub(crate) async fn list_audit(call: Call, Query(query): Query<AuditQuery>) -> Answer {
    let wanted = LIST.wanted(query.limit.as_deref(), query.cursor.as_deref())?;
    let filter = AuditFilter {
        account: query.account_uin.map(|number| number.0),
        action: query.action,
        from: moment("from", query.from)?,
        to: moment("to", query.to)?,
    };
    let found = call.app().audit(call.caller, filter, wanted.from, wanted.limit + 1).await?;
    let view = |row: AuditView| AuditEntryBody {
        journal_position: row.seq,
        at: call.time(row.at),
        request_id: row.request_id,
        actor: row.actor,
        by: row.by,
        face: row.face,
        action: row.action,
        account_uin: row.account.map(AccountNumber),
        outcome: row.outcome,
        code: row.code,
        detail: RawValue::from_string(row.detail).ok(),
    };
    shown(&LIST.page(wanted, found, |row| row.seq, view))
}
