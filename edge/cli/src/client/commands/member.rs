//! `credere member`: who pays for whom in an organization.

use crate::client::calls::{Page, list, post, text};
use crate::client::http::Call;
use clap::Subcommand;
use serde_json::{Value, json};

#[derive(Debug, Subcommand)]
pub(crate) enum MemberCommand {
    /// Tell whether an account may pay on behalf of another, or end that, and everything that is in the way.
    Check {
        /// Who is to pay: the organization's admin.
        admin: u64,
        /// Who is to be paid for.
        member: u64,
        /// Look at the conditions for leaving instead of those for joining.
        #[arg(long, conflicts_with_all = ["permissions", "payer", "no_payer"])]
        leaving: bool,
        /// What the admin is to be allowed, 1 to 10; 7 is to pay.
        #[arg(long, value_delimiter = ',', default_values_t = [1, 2, 7])]
        permissions: Vec<u64>,
        /// Who is to pay, where that is not the admin.
        #[arg(long, conflicts_with = "no_payer")]
        payer: Option<u64>,
        /// Nobody is said to pay.
        #[arg(long)]
        no_payer: bool,
    },
    /// List who paid for whom, and when.
    Payers {
        /// For this account.
        #[arg(long)]
        member: Option<u64>,
        /// By this one.
        #[arg(long)]
        payer: Option<u64>,
        /// At this moment, such as 2026-01-31T08:00:00+08:00.
        #[arg(long)]
        at: Option<String>,
        #[command(flatten)]
        page: Page,
    },
}

impl MemberCommand {
    pub(super) fn call(self) -> Call {
        match self {
            MemberCommand::Check { admin, member, leaving, permissions, payer, no_payer } => {
                let direction = if leaving { "disable" } else { "enable" };
                let mut body = json!({ "admin_uin": admin, "member_uin": member, "direction": direction });
                if !leaving {
                    body["permission_ids"] = json!(permissions);
                }
                if no_payer {
                    body["pay_uin"] = Value::Null;
                } else if let Some(payer) = payer {
                    body["pay_uin"] = json!(payer);
                }
                post("/v1/pay-on-behalf/check".to_owned(), body)
            }
            MemberCommand::Payers { member, payer, at, page } => {
                let filters = [("member_uin", member.map(text)), ("payer_uin", payer.map(text)), ("at", at)];
                list("/v1/pay-on-behalf", page, filters)
            }
        }
    }
}
