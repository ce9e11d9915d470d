//! `credere customer`: accounts that are bound to a partner, and how they are suspended and warned.

use crate::client::calls::{Page, delete, get, list, patch, post, put, said, text};
use crate::client::http::Call;
use clap::Subcommand;
use serde_json::json;

#[derive(Debug, Subcommand)]
pub(crate) enum CustomerCommand {
    /// Bind an account to a partner.
    Bind { uin: u64, partner: u64 },
    /// End a binding.
    Unbind { uin: u64 },
    /// Show a customer's credit.
    Show { uin: u64 },
    /// Change how a customer is suspended and warned.
    Change {
        uin: u64,
        /// Whether what is paid before use runs on while it is overdue.
        #[arg(long, value_name = "BOOL")]
        non_stop_prepaid: Option<bool>,
        /// Whether what is paid after use runs on while it is overdue.
        #[arg(long, value_name = "BOOL")]
        non_stop_postpaid: Option<bool>,
        /// Whether its resources stop without grace while it is overdue.
        #[arg(long, value_name = "BOOL")]
        special_suspension: Option<bool>,
        /// The level that its partner is warned at besides 25, 10 and 0, or `none`.
        #[arg(long, value_name = "PERCENT")]
        partner_warning: Option<Percent>,
        /// The level that it is warned at itself besides, or `none`.
        #[arg(long, value_name = "PERCENT")]
        own_warning: Option<Percent>,
    },
    /// Suspend a customer by force.
    Suspend { uin: u64 },
    /// End a suspension by force.
    Resume { uin: u64 },
    /// List a partner's customers.
    List {
        partner: u64,
        #[command(flatten)]
        page: Page,
    },
}

/// A warning level, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Percent(Option<u8>);

impl std::str::FromStr for Percent {
    type Err = String;

    fn from_str(text: &str) -> Result<Percent, String> {
        if text == "none" {
            return Ok(Percent(None));
        }
        let percent = text.parse().ok().filter(|percent: &u8| *percent <= 100);
        percent.map(|percent| Percent(Some(percent))).ok_or_else(|| "a level is 0 to 100, or `none`".to_owned())
    }
}

impl CustomerCommand {
    pub(super) fn call(self) -> Call {
        match self {
            CustomerCommand::Bind { uin, partner } => {
                post("/v1/customers".to_owned(), json!({ "uin": uin, "partner_uin": partner }))
            }
            CustomerCommand::Unbind { uin } => delete(format!("/v1/customers/{uin}")),
            CustomerCommand::Show { uin } => get(format!("/v1/accounts/{uin}")),
            CustomerCommand::Change {
                uin,
                non_stop_prepaid,
                non_stop_postpaid,
                special_suspension,
                partner_warning,
                own_warning,
            } => {
                let non_stop = said(json!({ "prepaid": non_stop_prepaid, "postpaid": non_stop_postpaid }));
                let non_stop = (non_stop != json!({})).then_some(non_stop);
                let mut body = said(json!({ "non_stop": non_stop, "special_suspension": special_suspension }));
                // A level that is to be none is said as `null`.
                for (name, level) in
                    [("partner_warning_percent", partner_warning), ("own_warning_percent", own_warning)]
                {
                    if let Some(Percent(level)) = level {
                        body[name] = level.into();
                    }
                }
                patch(format!("/v1/customers/{uin}"), body)
            }
            CustomerCommand::Suspend { uin } => {
                put(format!("/v1/customers/{uin}/suspension"), json!({ "forced": true }))
            }
            CustomerCommand::Resume { uin } => {
                put(format!("/v1/customers/{uin}/suspension"), json!({ "forced": false }))
            }
            CustomerCommand::List { partner, page } => {
                list("/v1/customers", page, [("partner_uin", Some(text(partner)))])
            }
        }
    }
}
