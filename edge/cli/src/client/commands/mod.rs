//! The client part's commands: one file a noun, which says what may be typed and which call that is. Here they are one list.

mod account;
mod audit;
mod bill;
mod clock;
mod credit;
mod customer;
mod decision;
mod discount;
mod finance;
mod member;
mod notice;
mod order;
mod organization;
mod pack;
mod partner;
mod product;
mod receipt;
mod resource;
mod voucher;
mod webhook;

use super::export::Export;
use super::http::Call;
use super::usage::{Sending, UsageCommand};
use account::AccountCommand;
use audit::AuditFilter;
use bill::BillCommand;
use clap::Subcommand;
use clock::ClockCommand;
use credit::CreditCommand;
use customer::CustomerCommand;
use decision::DecisionCommand;
use discount::DiscountCommand;
use finance::FinanceCommand;
use member::MemberCommand;
use notice::NoticeFilter;
use order::OrderCommand;
use organization::OrganizationCommand;
use pack::PackCommand;
use partner::PartnerCommand;
use product::ProductCommand;
use receipt::ReceiptCommand;
use resource::ResourceCommand;
use voucher::VoucherCommand;
use webhook::WebhookCommand;

#[derive(Debug, Subcommand)]
pub(crate) enum ClientCommand {
    /// Accounts and their API credentials.
    #[command(subcommand)]
    Account(AccountCommand),
    /// Partners: resellers, distributors, second-level resellers.
    #[command(subcommand)]
    Partner(PartnerCommand),
    /// Customers: accounts that are bound to a partner.
    #[command(subcommand)]
    Customer(CustomerCommand),
    /// Credit that is handed to customers, and taken back.
    #[command(subcommand)]
    Credit(CreditCommand),
    /// Money of accounts that pay for themselves, and whose offers accounts have.
    #[command(subcommand)]
    Finance(FinanceCommand),
    /// List and show organizations, and change what they are granted.
    #[command(subcommand)]
    Organization(OrganizationCommand),
    /// Members of organizations: who pays for whom.
    #[command(subcommand)]
    Member(MemberCommand),
    /// Products.
    #[command(subcommand)]
    Product(ProductCommand),
    /// Discounts and offers.
    #[command(subcommand)]
    Discount(DiscountCommand),
    /// Prepaid orders.
    #[command(subcommand)]
    Order(OrderCommand),
    /// Postpaid resources.
    #[command(subcommand)]
    Resource(ResourceCommand),
    /// Metering.
    #[command(subcommand)]
    Usage(UsageCommand),
    /// Vouchers.
    #[command(subcommand)]
    Voucher(VoucherCommand),
    /// Packs: units of a product that were bought ahead.
    #[command(subcommand)]
    Pack(PackCommand),
    /// Bills: sums, lines, files.
    #[command(subcommand)]
    Bill(BillCommand),
    /// Receipts: what customers have paid.
    #[command(subcommand)]
    Receipt(ReceiptCommand),
    /// What was told to whom.
    Notice(NoticeFilter),
    /// Webhooks and what was sent to them.
    #[command(subcommand)]
    Webhook(WebhookCommand),
    /// Why something was decided as it was.
    #[command(subcommand)]
    Decision(DecisionCommand),
    /// Who did what.
    Audit(AuditFilter),
    /// The test clock of a sandbox, and the machine's clock after a jump.
    #[command(subcommand)]
    Clock(ClockCommand),
}

/// What a command does: one call, or work of its own.
#[derive(Debug)]
pub(crate) enum Work {
    /// One call, whose answer is shown.
    Call(Call),
    /// Sending a file of usage records.
    Send(Sending),
    /// Writing a bill into a file.
    Export(Export),
    /// Telling why something was decided.
    Explain(Call),
}

impl ClientCommand {
    /// What this does.
    pub(crate) fn work(self) -> Work {
        Work::Call(match self {
            ClientCommand::Account(command) => command.call(),
            ClientCommand::Partner(command) => command.call(),
            ClientCommand::Customer(command) => command.call(),
            ClientCommand::Credit(command) => command.call(),
            ClientCommand::Finance(command) => command.call(),
            ClientCommand::Organization(command) => command.call(),
            ClientCommand::Member(command) => command.call(),
            ClientCommand::Product(command) => command.call(),
            ClientCommand::Discount(command) => command.call(),
            ClientCommand::Order(command) => command.call(),
            ClientCommand::Resource(command) => command.call(),
            ClientCommand::Usage(UsageCommand::Send(sending)) => return Work::Send(sending),
            ClientCommand::Voucher(command) => command.call(),
            ClientCommand::Pack(command) => command.call(),
            ClientCommand::Bill(BillCommand::Export(export)) => return Work::Export(export),
            ClientCommand::Bill(BillCommand::Look(command)) => command.call(),
            ClientCommand::Receipt(command) => command.call(),
            ClientCommand::Notice(filter) => filter.call(),
            ClientCommand::Webhook(command) => command.call(),
            ClientCommand::Decision(command) => return Work::Explain(command.call()),
            ClientCommand::Audit(filter) => filter.call(),
            ClientCommand::Clock(command) => command.call(),
        })
    }
}
