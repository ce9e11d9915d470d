//! `credere bill`: sums, lines and files of bills.

use crate::client::calls::{BillView, Page, encode, get, list, with};
use crate::client::export::Export;
use crate::client::http::Call;
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum BillCommand {
    #[command(flatten)]
    Look(BillLook),
    /// Write a bill's lines into a file: CSV, or a spreadsheet where its name ends in .xlsx.
    Export(Export),
}

#[derive(Debug, Subcommand)]
pub(crate) enum BillLook {
    /// Show what a bill comes to, by everything that it is summed by.
    Show {
        uin: u64,
        month: String,
        #[command(flatten)]
        view: BillView,
    },
    /// List the months for which an account has a bill.
    Months {
        uin: u64,
        #[command(flatten)]
        page: Page,
    },
    /// List a bill's lines.
    Lines {
        uin: u64,
        month: String,
        #[command(flatten)]
        filter: LineFilter,
        #[command(flatten)]
        view: BillView,
        #[command(flatten)]
        page: Page,
    },
    /// List a bill's sums by resource.
    Resources {
        uin: u64,
        month: String,
        #[command(flatten)]
        view: BillView,
        #[command(flatten)]
        page: Page,
    },
}

#[derive(Debug, Args)]
pub(crate) struct LineFilter {
    /// prePay or postPay.
    #[arg(long, value_name = "MODE")]
    pub(super) pay_mode: Option<String>,
    /// One action type, such as prepay_purchase.
    #[arg(long, value_name = "TYPE")]
    pub(super) action_type: Option<String>,
}

impl BillLook {
    pub(super) fn call(self) -> Call {
        let place = |uin: u64, month: &str| format!("/v1/bills/{uin}/{}", encode(month));
        match self {
            BillLook::Show { uin, month, view } => get(with(place(uin, &month), view.parameters())),
            BillLook::Months { uin, page } => list(&format!("/v1/bills/{uin}"), page, []),
            BillLook::Lines { uin, month, filter, view, page } => {
                let [view, owner] = view.parameters();
                let filters = [("pay_mode", filter.pay_mode), ("action_type", filter.action_type), view, owner];
                list(&format!("{}/lines", place(uin, &month)), page, filters)
            }
            BillLook::Resources { uin, month, view, page } => {
                list(&format!("{}/resources", place(uin, &month)), page, view.parameters())
            }
        }
    }
}
