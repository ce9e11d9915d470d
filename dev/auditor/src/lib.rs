//! The auditor: the rules written a second time, from their text alone. It keeps its own account of a whole world, says of
//! every act what must come of it (which figures, which notices, or which refusal with which figures), and holds a book
//! and its events against that. The simulator drives it with an application, the property tests of the laws with the core
//! alone; nothing here is part of the server.
//!
//! Of the core it uses plain types (numbers, amounts, the commands themselves) and none of its decisions or arithmetic.

mod accounts;
mod arithmetic;
mod bills;
mod buying;
mod difference;
mod events;
mod expected;
pub mod facts;
mod figures;
mod found;
mod lending;
mod permission;
mod price;
mod range;
mod recount;
mod refusal;
mod running;
mod standing;
mod step;
mod time;
mod vouchers;
pub mod zone;

pub use arithmetic::{ONE, Units};
pub use buying::NEVER;
pub use difference::{Difference, expect_equal};
pub use figures::{Seen, differences};
pub use refusal::{Judged, Refusal, refuse};
pub use step::Step;

use credere_core::access::{Actor, KeyAccess};
use credere_core::book::{self, Command, catalogue, deployment, metering, notices, parties};
use credere_core::channel::{ProductCode, ResourceName, Uin};
use credere_core::ledger::{Moment, Month};
use credere_core::money::Amount;
use facts::{
    Account, Authorization, BillLine, Discount, DueNotice, Former, Order, Partner, PrepaidResource, Product, Resource,
    Voucher,
};
use standing::Due;
use std::collections::{BTreeMap, BTreeSet};

/// The deployment's choices that a world is run with.
#[derive(Debug, Clone, Copy)]
pub struct Choices {
    /// Whether a pool may be pulled from (A7).
    pub pool_allow_negative: bool,
    /// Whether a partner that pays on behalf may push a customer below zero (A5).
    pub pay_on_behalf_skips_customer_check: bool,
}

/// The auditor's account of the world.
#[derive(Debug, Clone)]
pub struct Auditor {
    choices: Choices,
    /// Business time.
    pub now: Moment,
    /// Every account there is.
    pub accounts: BTreeMap<Uin, Account>,
    /// Whoever sells.
    pub partners: BTreeMap<Uin, Partner>,
    /// Every product, by its number.
    pub products: Vec<Product>,
    numbers: BTreeMap<ProductCode, u32>,
    /// Discounts that were not ended, by number.
    pub discounts: BTreeMap<u64, Discount>,
    /// Discounts that were ended, by themselves or with their customer's binding.
    pub ended_discounts: BTreeSet<u64>,
    /// Every order, by number.
    pub orders: BTreeMap<u64, Order>,
    /// Those that are to be paid or processing.
    pub open_orders: BTreeSet<u64>,
    /// What was paid for prepaid resources and is not given back, on both sides (R82, R87).
    pub paid: BTreeMap<PrepaidResource, (Units, Units)>,
    /// Open authorizations, by the position at which they were opened.
    pub authorizations: BTreeMap<u64, Authorization>,
    expiries: BTreeSet<(Moment, u64)>,
    /// Resources that run or are stopped.
    pub resources: BTreeMap<ResourceName, Resource>,
    /// Every voucher, by number.
    pub vouchers: BTreeMap<u64, Voucher>,
    /// Vouchers that may still pay or are set aside, by owner.
    live_vouchers: BTreeMap<Uin, Vec<u64>>,
    voucher_ends: BTreeSet<(Moment, u64)>,
    /// Everything that was charged, in order.
    pub lines: Vec<BillLine>,
    /// The places of each account's lines that are not confirmed, oldest first.
    pub unpaid: BTreeMap<Uin, Vec<usize>>,
    /// The bindings of each account that have ended, oldest first.
    pub former: BTreeMap<Uin, Vec<Former>>,
    /// The places of each bill's lines.
    pub bill_lines: BTreeMap<(Uin, Month), Vec<usize>>,
    /// The last month whose bills are issued.
    pub last_issued: Month,
    /// When the next day begins.
    midnight: Moment,
    /// The slots that are used up today (R99): recipient, customer, level.
    slots: BTreeSet<(Uin, Uin, u8)>,
    /// What was told and not taken from here: who holds it against what was found takes it.
    pub due_notices: Vec<DueNotice>,
    /// Orders that have changed, likewise.
    pub changed_orders: BTreeSet<u64>,
    /// Vouchers that have changed.
    pub changed_vouchers: BTreeSet<u64>,
    /// Resources that have ended, their number and how.
    pub ended_resources: Vec<(ResourceName, u64, &'static str)>,
    /// Names of resources that once ran.
    pub ended_names: BTreeSet<ResourceName>,
    /// Platform keys that are there; `keys_made` were made in all, and each keeps its number.
    keys: BTreeMap<u32, KeyAccess>,
    keys_made: u32,
    webhooks: BTreeSet<u64>,
    removed_webhooks: BTreeSet<u64>,
    /// Whose figures the last act may have changed.
    pub touched: BTreeSet<Uin>,
    /// Resources whose figures it may have changed.
    pub touched_resources: BTreeSet<ResourceName>,
    /// Whose credit the step at hand has changed: what follows from that comes when it is done.
    changed: Vec<Uin>,
    /// What the last receipt returned and the lines that it confirmed.
    last_receipt: (Units, Vec<u64>),
    /// What the last termination released, on both sides.
    last_release: (Units, Units),
}

impl Auditor {
    /// Nothing yet, at this moment.
    pub fn new(choices: Choices, now: Moment) -> Auditor {
        let this = zone::month(now);
        let last = if zone::is_issued(this.previous(), now) { this.previous() } else { this.previous().previous() };
        Auditor {
            choices,
            now,
            accounts: BTreeMap::new(),
            partners: BTreeMap::new(),
            products: Vec::new(),
            numbers: BTreeMap::new(),
            discounts: BTreeMap::new(),
            ended_discounts: BTreeSet::new(),
            orders: BTreeMap::new(),
            open_orders: BTreeSet::new(),
            paid: BTreeMap::new(),
            authorizations: BTreeMap::new(),
            expiries: BTreeSet::new(),
            resources: BTreeMap::new(),
            vouchers: BTreeMap::new(),
            live_vouchers: BTreeMap::new(),
            voucher_ends: BTreeSet::new(),
            lines: Vec::new(),
            unpaid: BTreeMap::new(),
            former: BTreeMap::new(),
            bill_lines: BTreeMap::new(),
            last_issued: last,
            midnight: zone::next_midnight(now),
            slots: BTreeSet::new(),
            due_notices: Vec::new(),
            changed_orders: BTreeSet::new(),
            changed_vouchers: BTreeSet::new(),
            ended_resources: Vec::new(),
            keys: BTreeMap::new(),
            keys_made: 0,
            webhooks: BTreeSet::new(),
            removed_webhooks: BTreeSet::new(),
            ended_names: BTreeSet::new(),
            touched: BTreeSet::new(),
            touched_resources: BTreeSet::new(),
            changed: Vec::new(),
            last_receipt: (0, Vec::new()),
            last_release: (0, 0),
        }
    }

    /// Carries out one step in the auditor's own account, as the record at `seq`, and what follows from it at once.
    ///
    /// # Errors
    /// The [`Refusal`] that it must get; nothing has changed then.
    pub fn step(&mut self, seq: u64, actor: Actor, step: &Step) -> Judged {
        self.judge(seq, actor, step)?;
        self.follow();
        Ok(())
    }

    /// The same for a world whose figures may leave the range of an amount, which is refused. It is copied first, so this
    /// is for small ones.
    ///
    /// # Errors
    /// As [`Auditor::step`].
    pub fn step_within_range(&mut self, seq: u64, actor: Actor, step: &Step) -> Judged {
        let mut then = self.clone();
        then.judge(seq, actor, step)?;
        if !then.is_within_range() {
            return refuse("amount_overflow");
        }
        then.follow();
        *self = then;
        Ok(())
    }

    fn judge(&mut self, seq: u64, actor: Actor, step: &Step) -> Judged {
        self.permit(actor, step)?;
        match step {
            Step::Command(command) => self.command(seq, actor, command),
            Step::Refund { order, amount } => self.refund(seq, *order, units(*amount)),
            Step::Resize { name, unit_price, quantity } => {
                self.resize(name, unit_price.map(units), quantity.map(|factor| Units::from(factor.units())))
            }
            Step::Terminate { name, final_amount } => self.terminate(seq, name, final_amount.map(units)),
            Step::ConfirmLines { customer, month, lines } => self.confirm_lines(actor, *customer, *month, lines),
        }
    }

    fn command(&mut self, seq: u64, actor: Actor, command: &Command) -> Judged {
        match command {
            Command::Parties(parties::Command::OpenAccount(parties::OpenAccount { uin, verification, .. })) => {
                self.open_account(*uin, *verification)
            }
            Command::Parties(parties::Command::ChangeAccount(parties::ChangeAccount { uin, verification, .. })) => {
                self.change_account(*uin, *verification)
            }
            Command::Parties(parties::Command::RegisterPartner(_)) => self.register_partner(command),
            Command::Parties(parties::Command::ChangePartner(_)) => self.change_partner(command),
            Command::Parties(parties::Command::AllocatePool(parties::AllocatePool {
                second_level, amount, ..
            })) => self.allocate_pool(*second_level, units(*amount)),
            Command::Parties(parties::Command::BindCustomer(parties::BindCustomer { customer, partner })) => {
                self.bind(seq, *customer, *partner)
            }
            Command::Parties(parties::Command::UnbindCustomer(parties::UnbindCustomer { customer })) => {
                self.unbind(*customer)
            }
            Command::Parties(parties::Command::AllocateCredit(parties::AllocateCredit {
                customer, amount, ..
            })) => self.allocate(*customer, units(*amount)),
            Command::Parties(parties::Command::NoteCustomer(parties::NoteCustomer { customer })) => {
                self.bound(*customer).map(|_| ())
            }
            Command::Catalogue(catalogue::Command::AddProduct(_)) => self.add_product(command),
            Command::Catalogue(catalogue::Command::ChangeProduct(_)) => self.change_product(command),
            Command::Catalogue(catalogue::Command::SetDiscount(terms)) => self.set_discount(seq, terms),
            Command::Catalogue(catalogue::Command::EndDiscount(catalogue::EndDiscount { id })) => {
                self.end_discount(id.0)
            }
            Command::Buying(book::buying::Command::PlaceOrder(order)) => self.place_order(seq, order),
            Command::Buying(book::buying::Command::PayOrder(book::buying::PayOrder { order, by })) => {
                self.pay_order(seq, order.id.0, *by)
            }
            Command::Buying(book::buying::Command::DeliverOrder(book::buying::DeliverOrder { order })) => {
                self.deliver_order(seq, order.id.0)
            }
            Command::Buying(book::buying::Command::CancelOrder(book::buying::CancelOrder { order })) => {
                self.cancel_order(order.id.0)
            }
            Command::Buying(book::buying::Command::Authorize(book::buying::Authorize {
                account,
                product,
                amount,
                expires_at,
            })) => self.authorize(seq, *account, product, units(*amount), *expires_at),
            Command::Buying(book::buying::Command::Capture(book::buying::Capture { authorization, amount })) => {
                self.capture(seq, *authorization, amount.map(units))
            }
            Command::Buying(book::buying::Command::Release(book::buying::Release { authorization })) => {
                self.release(*authorization)
            }
            Command::Metering(metering::Command::ActivateResource(new)) => self.activate(seq, new),
            // Whoever asks for these names the resource: [`Step::Resize`], [`Step::Terminate`].
            Command::Metering(metering::Command::ResizeResource(_))
            | Command::Metering(metering::Command::TerminateResource(_)) => refuse("resource_not_found"),
            Command::Metering(metering::Command::SettleUsage(record)) => self.settle(seq, record),
            Command::Vouchers(book::vouchers::Command::IssueVoucher(terms)) => self.issue_voucher(seq, terms),
            Command::Vouchers(book::vouchers::Command::InvalidateVoucher(book::vouchers::InvalidateVoucher {
                voucher,
            })) => self.invalidate_voucher(voucher.id.0),
            Command::Bills(book::bills::Command::PayPlatform(book::bills::PayPlatform { partner, amount })) => {
                self.pay_platform(*partner, units(*amount))
            }
            Command::Bills(book::bills::Command::ConfirmReceipt(book::bills::ConfirmReceipt {
                customer,
                month,
                lines,
            })) => self.confirm(actor, *customer, *month, lines),
            Command::Standing(book::standing::Command::ChangeCustomer(_)) => self.change_customer(command),
            Command::Standing(book::standing::Command::ForceSuspension(book::standing::ForceSuspension {
                customer,
                forced,
            })) => self.force(actor, *customer, *forced),
            Command::Notices(notices::Command::Subscribe(notices::Subscribe { uin, subscription })) => {
                self.subscribe(*uin, subscription.channel_service)
            }
            Command::Deployment(deployment::Command::AdvanceClock(deployment::AdvanceClock { to })) => {
                self.advance(*to)
            }
            Command::Buying(book::buying::Command::RefundOrder(book::buying::RefundOrder { order, amount })) => {
                self.refund(seq, order.id, units(*amount))
            }
            Command::Deployment(deployment::Command::IssuePlatformKey(deployment::IssuePlatformKey { access })) => {
                self.issue_key(*access)
            }
            Command::Deployment(deployment::Command::ResetPlatformKey(_)) => self.issue_key(KeyAccess::Full),
            Command::Deployment(deployment::Command::RevokePlatformKey(deployment::RevokePlatformKey { key })) => {
                self.revoke_key(*key)
            }
            Command::Parties(parties::Command::IssueCredential(parties::IssueCredential { uin, .. }))
            | Command::Parties(parties::Command::RevokeCredential(parties::RevokeCredential { uin, .. })) => {
                self.known(*uin)
            }
            Command::Notices(notices::Command::AddWebhook(notices::AddWebhook { account, .. })) => {
                self.add_webhook(seq, *account)
            }
            Command::Notices(notices::Command::RotateWebhookSecret(notices::RotateWebhookSecret { id })) => {
                self.webhook(id.0)
            }
            Command::Notices(notices::Command::RemoveWebhook(notices::RemoveWebhook { id })) => {
                self.remove_webhook(id.0)
            }
            // What falls due by itself happens when the clock moves; this is what comes of asking for it again.
            Command::Buying(book::buying::Command::Expire(book::buying::Expire { authorization })) => {
                self.expire_now(*authorization)
            }
            Command::Standing(book::standing::Command::ReviewCustomer(book::standing::ReviewCustomer { customer })) => {
                self.review_now(*customer)
            }
            Command::Metering(metering::Command::ResumeResource(metering::ResumeResource { id })) => {
                self.take_now(id.0, Due::Start)
            }
            Command::Metering(metering::Command::SuspendResource(metering::SuspendResource { id })) => {
                self.take_now(id.0, Due::Stop)
            }
            Command::Metering(metering::Command::DeleteResource(metering::DeleteResource { id })) => {
                self.take_now(id.0, Due::Delete)
            }
            Command::Vouchers(book::vouchers::Command::ExpireVoucher(book::vouchers::ExpireVoucher { id })) => {
                self.expire_voucher_now(id.0)
            }
            Command::Bills(book::bills::Command::IssueBills(book::bills::IssueBills { month })) => {
                self.issue_bills_now(*month)
            }
            Command::Deployment(deployment::Command::AcceptLoss(_))
            | Command::Deployment(deployment::Command::AcceptClock(_)) => Ok(()),
        }
    }
}

/// An amount in the auditor's units.
pub fn units(amount: Amount) -> Units {
    Units::from(amount.units())
}

/// Units as an amount, for telling and for asking; the largest where they do not fit.
pub fn amount(units: Units) -> Amount {
    Amount::from_wide(units).unwrap_or(Amount::INPUT_MAX)
}
