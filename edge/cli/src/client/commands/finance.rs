//! `credere finance`: the money of accounts that pay for themselves, accounts' cards, and whose offers they have.

use crate::client::calls::{Page, delete, encode, list, patch, post, put, said};
use crate::client::http::Call;
use clap::Subcommand;
use serde_json::json;

#[derive(Debug, Subcommand)]
pub(crate) enum FinanceCommand {
    /// Pay money into an account, or give it some.
    TopUp {
        account: u64,
        /// How much; above zero.
        amount: String,
        /// A gift, which pays before cash and repays nothing.
        #[arg(long)]
        granted: bool,
    },
    /// Change how much an account may owe, or what is said of its overdue bills.
    Change {
        account: u64,
        /// How much it may owe.
        #[arg(long, required_unless_present = "overdue_amount")]
        credit_limit: Option<String>,
        /// Its unpaid bills that are overdue.
        #[arg(long)]
        overdue_amount: Option<String>,
    },
    /// Add a card to an account: that it has one counts when it leaves whoever paid for it.
    AddCard {
        account: u64,
        /// The last four digits.
        last4: String,
        /// The last month in which it is good, `2027-04`.
        expires: String,
    },
    /// List an account's cards.
    Cards {
        account: u64,
        #[command(flatten)]
        page: Page,
    },
    /// Take a card away.
    RemoveCard { account: u64, card: String },
    /// Give an account another one's offers instead of its own.
    Inherit {
        account: u64,
        /// Whose offers.
        #[arg(value_name = "UIN")]
        from: u64,
    },
    /// Leave an account its own offers again.
    EndInheritance { account: u64 },
}

impl FinanceCommand {
    pub(super) fn call(self) -> Call {
        match self {
            FinanceCommand::TopUp { account, amount, granted } => {
                let kind = if granted { "granted" } else { "cash" };
                post(format!("/v1/accounts/{account}/top-ups"), json!({ "amount": amount, "kind": kind }))
            }
            FinanceCommand::Change { account, credit_limit, overdue_amount } => {
                let body = json!({ "credit_limit": credit_limit, "overdue_amount": overdue_amount });
                patch(format!("/v1/accounts/{account}/finance"), said(body))
            }
            FinanceCommand::AddCard { account, last4, expires } => {
                post(format!("/v1/accounts/{account}/cards"), json!({ "last4": last4, "expires": expires }))
            }
            FinanceCommand::Cards { account, page } => list(&format!("/v1/accounts/{account}/cards"), page, []),
            FinanceCommand::RemoveCard { account, card } => {
                delete(format!("/v1/accounts/{account}/cards/{}", encode(&card)))
            }
            FinanceCommand::Inherit { account, from } => {
                put(format!("/v1/accounts/{account}/offer-inheritance"), json!({ "from_uin": from }))
            }
            FinanceCommand::EndInheritance { account } => delete(format!("/v1/accounts/{account}/offer-inheritance")),
        }
    }
}
