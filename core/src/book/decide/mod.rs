//! Deciding: permission first, then existence, state, and the numbers last. One file a group of commands; each function
//! reads the book and answers with the one event that the command comes to. Nothing in here changes anything.

mod accounts;
mod allocation;
mod authorizations;
mod binding;
mod buyer;
mod catalogue;
mod orders;
mod partners;
mod receipts;
mod resources;
mod standing;
mod usage;
mod vouchers;

use super::because::Because;
use super::command::Command;
use super::event::Event;
use super::rejection::Rejection;
use super::state::Book;
use crate::access::{Actor, KeyAccess};
use crate::channel::ResourceStep;
use crate::ledger::Moment;

/// What a decision needs besides the book and the command.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Business time.
    pub now: Moment,
    /// Who asks.
    pub actor: Actor,
    /// The deployment's choices.
    pub rules: &'a Rules,
}

/// The deployment's choices where the specification leaves one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Whether a pool may be pulled from with a negative amount (A7).
    pub pool_allow_negative: bool,
    /// Whether a partner that pays on behalf may push a customer below zero (A5).
    pub pay_on_behalf_skips_customer_check: bool,
}

impl Default for Rules {
    fn default() -> Rules {
        Rules { pool_allow_negative: true, pay_on_behalf_skips_customer_check: false }
    }
}

/// A command that goes through: the fact that it becomes, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// What happens. It has the journal position after the book's.
    pub event: Event,
    /// Which figures were compared.
    pub because: Because,
}

impl From<Event> for Decision {
    fn from(event: Event) -> Decision {
        Decision { event, because: Because::new() }
    }
}

/// Decides a command against the book. Without [`Book::evolve`] afterwards this is a preview.
///
/// # Errors
/// The [`Rejection`], the first one in the order of the list.
pub fn decide(book: &Book, command: &Command, context: &Context<'_>) -> Result<Decision, Rejection> {
    let (action, target) = command.action();
    book.permit(context.actor, action, target)?;
    match command {
        Command::OpenAccount { uin, class, verification, tier } => {
            accounts::open(book, *uin, *class, *verification, *tier)
        }
        Command::ChangeAccount { uin, class, verification, tier } => {
            accounts::change(book, *uin, *class, *verification, *tier)
        }
        Command::IssueCredential { uin, secret_id } => accounts::issue_credential(book, *uin, secret_id),
        Command::RevokeCredential { uin, secret_id } => accounts::revoke_credential(book, *uin, secret_id),
        Command::IssuePlatformKey { access } => accounts::issue_platform_key(book, *access),
        Command::RevokePlatformKey { key } => accounts::revoke_platform_key(book, *key),
        Command::AdvanceClock { to } => accounts::advance_clock(context, *to),
        Command::AcceptClock { expected, found } => {
            Ok(Event::ClockAccepted { expected: *expected, found: *found }.into())
        }
        Command::ResetPlatformKey => accounts::issue_platform_key(book, KeyAccess::Full),
        Command::AcceptLoss { from_seq, upto_seq } => {
            Ok(Event::LossAccepted { from_seq: *from_seq, upto_seq: *upto_seq }.into())
        }
        Command::RegisterPartner { .. } => partners::register(book, command),
        Command::ChangePartner { .. } => partners::change(book, command),
        Command::AllocatePool { second_level, amount, remark } => {
            allocation::pool(book, context, *second_level, *amount, remark)
        }
        Command::AllocateCredit { customer, amount, remark } => allocation::credit(book, *customer, *amount, remark),
        Command::NoteCustomer { customer } => binding::note(book, *customer),
        Command::BindCustomer { customer, partner } => binding::bind(book, *customer, *partner),
        Command::UnbindCustomer { customer } => binding::unbind(book, *customer),
        Command::AddProduct { .. } => catalogue::add_product(book, command),
        Command::ChangeProduct { .. } => catalogue::change_product(book, command),
        Command::SetDiscount(terms) => catalogue::set_discount(book, terms),
        Command::EndDiscount { id } => catalogue::end_discount(book, *id),
        Command::PlaceOrder(order) => orders::place(book, context, order),
        Command::PayOrder { order, by } => orders::pay(book, context, *order, *by),
        Command::DeliverOrder { order } => orders::deliver(book, context, *order),
        Command::CancelOrder { order } => orders::cancel(book, context, *order),
        Command::RefundOrder { order, amount } => orders::refund(book, context, order, *amount),
        Command::ActivateResource(new) => resources::activate(book, context, new),
        Command::ResizeResource { name, unit_price, quantity } => {
            resources::resize(book, context, name, *unit_price, *quantity)
        }
        Command::TerminateResource { name, final_amount } => resources::terminate(book, context, name, *final_amount),
        Command::ResumeResource { id } => resources::step(book, context, *id, ResourceStep::Resume),
        Command::SuspendResource { id } => resources::step(book, context, *id, ResourceStep::Suspend),
        Command::DeleteResource { id } => resources::step(book, context, *id, ResourceStep::Delete),
        Command::SettleUsage(record) => usage::settle(book, context, record),
        Command::IssueVoucher(terms) => vouchers::issue(book, context, terms),
        Command::InvalidateVoucher { id } => vouchers::invalidate(book, *id),
        Command::ExpireVoucher { id } => vouchers::expire(book, context, *id),
        Command::PayPlatform { partner, amount } => receipts::pay_platform(book, *partner, *amount),
        Command::ConfirmReceipt { customer, month, lines } => {
            receipts::confirm(book, context, *customer, *month, lines)
        }
        Command::ChangeCustomer { .. } => standing::change(book, command),
        Command::ForceSuspension { customer, forced } => standing::force(book, context, *customer, *forced),
        Command::ReviewCustomer { customer } => standing::review(book, context, *customer),
        Command::Subscribe { uin, subscription } => standing::subscribe(book, *uin, *subscription),
        Command::AddWebhook { account, kinds } => standing::add_webhook(book, *account, kinds),
        Command::RotateWebhookSecret { id } => standing::rotate_webhook_secret(book, *id),
        Command::RemoveWebhook { id } => standing::remove_webhook(book, *id),
        Command::IssueBills { month } => standing::issue_bills(book, context, *month),
        Command::Authorize { account, product, amount, expires_at } => {
            authorizations::authorize(book, context, *account, product, *amount, *expires_at)
        }
        Command::Capture { authorization, amount } => authorizations::capture(book, context, *authorization, *amount),
        Command::Release { authorization } => authorizations::release(book, context, *authorization),
        Command::Expire { authorization } => authorizations::expire(book, context, *authorization),
    }
}
