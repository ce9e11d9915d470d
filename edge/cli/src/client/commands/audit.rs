//! `credere audit`: who did what.

use crate::client::calls::{Page, list, text};
use crate::client::http::Call;
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct AuditFilter {
    /// Done to this account.
    #[arg(long, value_name = "UIN")]
    account: Option<u64>,
    /// This command, such as allocate_credit.
    #[arg(long)]
    action: Option<String>,
    #[command(flatten)]
    page: Page,
}

impl AuditFilter {
    pub(super) fn call(self) -> Call {
        let AuditFilter { account, action, page } = self;
        list("/v1/audit", page, [("account_uin", account.map(text)), ("action", action)])
    }
}
