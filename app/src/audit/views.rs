//! Requests as the audit shows them.

use credere_core::channel::Uin;
use credere_core::ledger::Moment;
use credere_store::contract::AuditRow;

/// Who did what, and what came of it: one entry a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditView {
    /// Journal position.
    pub seq: u64,
    /// When it was decided.
    pub at: Moment,
    /// The request's identifier, as the caller was told it.
    pub request_id: String,
    /// `platform:key_1`, `account:100000000001`, `system`.
    pub actor: String,
    /// By whom an account acted: `credential:` and its public half.
    pub by: Option<String>,
    /// `platform`, `cloud`, `system`, `console`, `scim`, `sso`.
    pub face: String,
    /// The command's name, `allocate_credit`; of a batch `authorizations` or `usage`.
    pub action: String,
    /// The account that it was done to, where it was one.
    pub account: Option<Uin>,
    /// `done` or `refused`; a batch is done, whatever came of its operations.
    pub outcome: String,
    /// The refusal's code, where there was one.
    pub code: Option<String>,
    /// What happened, what a refusal rests on, or a batch's counts, as a JSON object.
    pub detail: String,
}

impl From<AuditRow> for AuditView {
    fn from(row: AuditRow) -> AuditView {
        let AuditRow { seq, at, request_id, actor, by, face, action, account, outcome, code, detail } = row;
        AuditView { seq, at, request_id, actor, by, face, action, account, outcome, code, detail }
    }
}
