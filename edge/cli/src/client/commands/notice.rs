//! `credere notice`: what was told to whom.

use crate::client::calls::{Page, list, text};
use crate::client::http::Call;
use clap::Args;

#[derive(Debug, Args)]
pub(crate) struct NoticeFilter {
    /// Told to this account.
    #[arg(long, value_name = "UIN")]
    recipient: Option<u64>,
    /// About this customer.
    #[arg(long, value_name = "UIN")]
    customer: Option<u64>,
    /// Of this kind, such as credit_below_25.
    #[arg(long)]
    kind: Option<String>,
    #[command(flatten)]
    page: Page,
}

impl NoticeFilter {
    pub(super) fn call(self) -> Call {
        let NoticeFilter { recipient, customer, kind, page } = self;
        let filters = [("recipient_uin", recipient.map(text)), ("customer_uin", customer.map(text)), ("kind", kind)];
        list("/v1/notices", page, filters)
    }
}
