//! Requests in history: who did what to whom, one entry each. What was decided is in the journal.

use super::super::StoreError;
use credere_core::channel::Uin;
use credere_core::ledger::Moment;

/// What history says of requests: one entry each, refusals included.
pub trait AuditHistory {
    /// The audit entry of one request.
    ///
    /// # Errors
    /// [`StoreError`]
    fn audit_of_request(&self, request_id: &str) -> Result<Option<AuditRow>, StoreError>;

    /// Audit entries, newest first, before `before_seq`, that match, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`]
    fn audit(&self, filter: &AuditFilter, before_seq: Option<u64>, limit: usize) -> Result<Vec<AuditRow>, StoreError>;
}

/// Who did what, and what came of it: one entry a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
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

/// Which audit entries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFilter {
    /// Done to this account.
    pub account: Option<Uin>,
    /// This command.
    pub action: Option<String>,
    /// Not before.
    pub from: Option<Moment>,
    /// Not at or after.
    pub to: Option<Moment>,
}

impl AuditFilter {
    /// Whether it means this entry.
    pub(crate) fn matches(&self, row: &AuditRow) -> bool {
        self.account.is_none_or(|account| row.account == Some(account))
            && self.action.as_ref().is_none_or(|action| row.action == *action)
            && self.from.is_none_or(|from| row.at >= from)
            && self.to.is_none_or(|to| row.at < to)
    }
}
