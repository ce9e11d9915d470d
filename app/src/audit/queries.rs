//! The audit: who did what to whom, and what came of it.

use crate::app::App;
use crate::caller::Caller;
use crate::failure::Failure;
use credere_core::access::Action;

pub use credere_store::contract::AuditFilter;

/// Who did what, and what came of it, one entry a request: as history has it.
pub use credere_store::contract::AuditRow as AuditView;

impl App {
    /// Audit entries, newest first, before `before_seq`, at most `limit`.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn audit(
        &self,
        caller: Caller,
        filter: AuditFilter,
        before_seq: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditView>, Failure> {
        self.read_as(caller, Action::ReadAudit, None, |_| Ok(())).await?;
        self.engine.long_history(caller.actor, move |store| store.audit(&filter, before_seq, limit)).await
    }
}
