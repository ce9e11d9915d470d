//! The independent auditor. It knows the rules from their text alone, keeps its own account of the whole world, and says
//! of every act what must come of it: which figures, which notices, or which refusal. Of the core it uses plain types
//! (numbers, amounts, the commands themselves) and none of its decisions.

mod arithmetic;
mod bills;
mod buying;
mod compare;
mod facts;
mod history;
mod lending;
mod permission;
mod price;
mod recount;
mod running;
mod standing;
mod time;
mod vouchers;
mod zone;

pub(crate) use arithmetic::{ONE, Units};
pub(crate) use buying::NEVER;
pub(crate) use compare::{Seen, differences};
pub(crate) use facts::OrderState;
pub(crate) use history::Looked;
pub(crate) use zone::{issued_at, month};

use crate::act::Step;
use credere_core::access::Actor;
use credere_core::book::{self, Command, catalogue, deployment, metering, notices, parties};
use credere_core::channel::{ProductCode, ResourceName, Side, Uin, Verification};
use credere_core::ledger::{Moment, Month};
use credere_core::money::Amount;
use facts::{
    Account, Authorization, BillLine, Discount, Former, Order, Partner, PrepaidResource, Product, Resource, Told,
    Voucher,
};
use std::collections::{BTreeMap, BTreeSet};

/// Why an act must be refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The code.
    pub(crate) code: &'static str,
    /// Where credit does not suffice: whose side, which account, what is needed, what there is.
    pub(crate) shortage: Option<(Side, Uin, Units, Units)>,
}

/// What an act must come to.
pub(crate) type Judged = Result<(), Refusal>;

pub(crate) fn refuse<T>(code: &'static str) -> Result<T, Refusal> {
    Err(Refusal { code, shortage: None })
}

/// The deployment's choices that a world is run with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Choices {
    pub(crate) pool_allow_negative: bool,
    pub(crate) pay_on_behalf_skips_customer_check: bool,
}

/// The auditor's account of the world.
#[derive(Debug, Clone)]
pub(crate) struct Auditor {
    pub(crate) choices: Choices,
    pub(crate) now: Moment,
    pub(crate) accounts: BTreeMap<Uin, Account>,
    pub(crate) partners: BTreeMap<Uin, Partner>,
    pub(crate) products: Vec<Product>,
    pub(crate) numbers: BTreeMap<ProductCode, u32>,
    pub(crate) discounts: BTreeMap<u64, Discount>,
    pub(crate) ended_discounts: BTreeSet<u64>,
    pub(crate) orders: BTreeMap<u64, Order>,
    pub(crate) open_orders: BTreeSet<u64>,
    /// What was paid for prepaid resources and is not given back, on both sides (R82, R87).
    pub(crate) paid: BTreeMap<PrepaidResource, (Units, Units)>,
    pub(crate) authorizations: BTreeMap<u64, Authorization>,
    pub(crate) expiries: BTreeSet<(Moment, u64)>,
    pub(crate) resources: BTreeMap<ResourceName, Resource>,
    pub(crate) vouchers: BTreeMap<u64, Voucher>,
    /// Vouchers that may still pay or are set aside, by owner.
    pub(crate) live_vouchers: BTreeMap<Uin, Vec<u64>>,
    pub(crate) voucher_ends: BTreeSet<(Moment, u64)>,
    pub(crate) lines: Vec<BillLine>,
    /// The places of each account's lines that are not confirmed, oldest first.
    pub(crate) unpaid: BTreeMap<Uin, Vec<usize>>,
    /// The bindings of each account that have ended, oldest first.
    pub(crate) former: BTreeMap<Uin, Vec<Former>>,
    /// The places of each bill's lines.
    pub(crate) bill_lines: BTreeMap<(Uin, Month), Vec<usize>>,
    pub(crate) last_issued: Month,
    /// When the next day begins.
    pub(crate) midnight: Moment,
    /// The slots that are used up today (R99): recipient, customer, level.
    pub(crate) slots: BTreeSet<(Uin, Uin, u8)>,
    /// What was told since history was last looked at.
    pub(crate) told: Vec<Told>,
    /// Orders, vouchers and resources that changed since history was last looked at.
    pub(crate) changed_orders: BTreeSet<u64>,
    pub(crate) changed_vouchers: BTreeSet<u64>,
    pub(crate) ended_resources: Vec<(ResourceName, u64, &'static str)>,
    /// Names of resources that once ran.
    pub(crate) ended_names: BTreeSet<ResourceName>,
    /// Whose figures the last act may have changed.
    pub(crate) touched: BTreeSet<Uin>,
    pub(crate) touched_resources: BTreeSet<ResourceName>,
    /// What the last receipt returned and how many lines it confirmed, and what the last termination released.
    pub(crate) last_receipt: (Units, u32),
    pub(crate) last_release: (Units, Units),
    /// How often each kind of step came to each outcome, so that a run can be seen to reach everything.
    pub(crate) tally: BTreeMap<(&'static str, &'static str), u64>,
}

impl Auditor {
    /// Nothing yet, at this moment.
    pub(crate) fn new(choices: Choices, now: Moment) -> Auditor {
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
            told: Vec::new(),
            changed_orders: BTreeSet::new(),
            changed_vouchers: BTreeSet::new(),
            ended_resources: Vec::new(),
            ended_names: BTreeSet::new(),
            touched: BTreeSet::new(),
            touched_resources: BTreeSet::new(),
            last_receipt: (0, 0),
            last_release: (0, 0),
            tally: BTreeMap::new(),
        }
    }

    /// Carries out one step of an act in the auditor's own account, as the record at `seq`.
    ///
    /// # Errors
    /// The [`Refusal`] that it must get; nothing has changed then.
    pub(crate) fn step(&mut self, seq: u64, actor: Actor, step: &Step) -> Judged {
        self.permit(actor, step)?;
        match step {
            Step::Command(command) => self.command(seq, actor, command),
            Step::Refund { order, amount } => self.refund(seq, *order, units(*amount)),
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
                self.pay_order(seq, order.0, *by)
            }
            Command::Buying(book::buying::Command::DeliverOrder(book::buying::DeliverOrder { order })) => {
                self.deliver_order(seq, order.0)
            }
            Command::Buying(book::buying::Command::CancelOrder(book::buying::CancelOrder { order })) => {
                self.cancel_order(order.0)
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
            Command::Metering(metering::Command::ResizeResource(metering::ResizeResource {
                name,
                unit_price,
                quantity,
            })) => self.resize(name, unit_price.map(units), quantity.map(|factor| Units::from(factor.units()))),
            Command::Metering(metering::Command::TerminateResource(metering::TerminateResource {
                name,
                final_amount,
            })) => self.terminate(seq, name, final_amount.map(units)),
            Command::Metering(metering::Command::SettleUsage(record)) => self.settle(seq, record),
            Command::Vouchers(book::vouchers::Command::IssueVoucher(terms)) => self.issue_voucher(seq, terms),
            Command::Vouchers(book::vouchers::Command::InvalidateVoucher(book::vouchers::InvalidateVoucher { id })) => {
                self.invalidate_voucher(id.0)
            }
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
            // Nobody asks for these: what is due by itself is told by the clock, and secrets move no money.
            Command::Buying(book::buying::Command::RefundOrder(_))
            | Command::Buying(book::buying::Command::Expire(_))
            | Command::Notices(notices::Command::AddWebhook(_))
            | Command::Notices(notices::Command::RotateWebhookSecret(_))
            | Command::Notices(notices::Command::RemoveWebhook(_))
            | Command::Standing(book::standing::Command::ReviewCustomer(_))
            | Command::Metering(metering::Command::ResumeResource(_))
            | Command::Metering(metering::Command::SuspendResource(_))
            | Command::Metering(metering::Command::DeleteResource(_))
            | Command::Vouchers(book::vouchers::Command::ExpireVoucher(_))
            | Command::Bills(book::bills::Command::IssueBills(_))
            | Command::Parties(parties::Command::IssueCredential(_))
            | Command::Parties(parties::Command::RevokeCredential(_))
            | Command::Deployment(deployment::Command::IssuePlatformKey(_))
            | Command::Deployment(deployment::Command::RevokePlatformKey(_))
            | Command::Deployment(deployment::Command::ResetPlatformKey(_))
            | Command::Deployment(deployment::Command::AcceptLoss(_))
            | Command::Deployment(deployment::Command::AcceptClock(_)) => refuse("wrong_role"),
        }
    }

    fn open_account(&mut self, uin: Option<Uin>, verification: Verification) -> Judged {
        // The simulator names every account, so that its number does not depend on those before it.
        let Some(uin) = uin else { return refuse("account_exists") };
        if self.accounts.contains_key(&uin) {
            return refuse("account_exists");
        }
        let verified = verification != Verification::None;
        self.accounts.insert(uin, Account { verified, told: true, bound: None });
        Ok(())
    }

    fn change_account(&mut self, uin: Uin, verification: Option<Verification>) -> Judged {
        let Some(account) = self.accounts.get_mut(&uin) else { return refuse("account_not_found") };
        if let Some(verification) = verification {
            account.verified = verification != Verification::None;
        }
        Ok(())
    }
}

/// An amount in the auditor's units.
pub(crate) fn units(amount: Amount) -> Units {
    Units::from(amount.units())
}

/// Units as an amount, for telling and for asking; the largest where they do not fit.
pub(crate) fn amount(units: Units) -> Amount {
    Amount::from_wide(units).unwrap_or(Amount::INPUT_MAX)
}
