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
mod conditions;
mod creating;
mod difference;
mod entities;
mod events;
mod expected;
pub mod facts;
mod figures;
mod finance;
mod found;
mod lending;
mod members;
mod membership;
mod offers;
mod paid;
mod payers;
mod permission;
mod price;
mod range;
mod recount;
mod recount_creations;
mod recount_members;
mod refunds;
mod refusal;
mod running;
mod standing;
mod step;
mod time;
pub mod told;
mod transfers;
mod vouchers;
pub mod zone;

pub use arithmetic::{ONE, Units};
pub use buying::NEVER;
pub use difference::{Difference, expect_equal};
pub use figures::{Seen, differences};
pub use refusal::{Judged, Refusal, refuse};
pub use step::Step;

use credere_core::access::{Actor, KeyAccess};
use credere_core::book::{
    Command, bills::Command as Bills, buying::Command as Buying, catalogue::Command as Catalogue,
    deployment::Command as Deployment, finance::Command as Finance, members::Command as Members,
    metering::Command as Metering, notices::Command as Notices, packs::Command as Packs, parties::Command as Parties,
    standing::Command as Standing, transfers::Command as Transfers, vouchers::Command as Vouchers,
};
use credere_core::channel::{ProductCode, ResourceName, Site, TopUpKind, Uin};
use credere_core::ledger::{Moment, Month};
use credere_core::money::Amount;
use credere_core::organization::CheckRules;
use facts::{
    Account, Authorization, BillLine, Buyer, Creation, Discount, DueNotice, Former, Heritage, Interval, Invitation,
    Member, Order, Organization, Pack, Paid, Partner, PrepaidResource, Product, Relation, Resource, Voucher,
};
use standing::Due;
use std::collections::{BTreeMap, BTreeSet};

/// The deployment's choices that a world is run with.
#[derive(Debug, Clone)]
pub struct Choices {
    /// Whether a pool may be pulled from (A7).
    pub pool_allow_negative: bool,
    /// Whether a partner that pays on behalf may push a customer below zero (A5).
    pub pay_on_behalf_skips_customer_check: bool,
    /// Where an account is that is opened without a site.
    pub site: Site,
    /// What is looked at of who is to pay for others, or to be paid for (O57, O61, O65, O71).
    pub check: CheckRules,
}

/// The auditor's account of the world.
#[derive(Debug, Clone)]
pub struct Auditor {
    choices: Choices,
    /// Business time.
    pub now: Moment,
    /// Every account there is.
    pub accounts: BTreeMap<Uin, Account>,
    /// What is told of accounts.
    told: BTreeMap<Uin, told::Told>,
    /// Whoever sells.
    pub partners: BTreeMap<Uin, Partner>,
    /// Every organization, by its number.
    pub organizations: BTreeMap<u64, Organization>,
    /// Every member of one; admins are none.
    pub members: BTreeMap<Uin, Member>,
    /// The invitations that nobody has answered, by number.
    pub invitations: BTreeMap<u64, Invitation>,
    /// The accounts that were created for organizations that are there, by the number of the record.
    pub creations: BTreeMap<u64, Creation>,
    /// The entities that organizations trust, or are asked to, by the number of the relation.
    pub relations: BTreeMap<u64, Relation>,
    /// When somebody else paid for an account, oldest first, for ever.
    pub intervals: BTreeMap<Uin, Vec<Interval>>,
    /// What admins handed to members, by number, for ever.
    pub transfers: BTreeMap<u64, transfers::Transfer>,
    /// Every product, by its number.
    pub products: Vec<Product>,
    numbers: BTreeMap<ProductCode, u32>,
    /// Discounts that were not ended, by number.
    pub discounts: BTreeMap<u64, Discount>,
    /// Discounts that were ended, by themselves or with their customer's binding.
    pub ended_discounts: BTreeSet<u64>,
    /// Whose offers accounts have had, and when that changed.
    pub heritage: BTreeMap<Uin, Vec<Heritage>>,
    /// Every pack, by number.
    pub packs: BTreeMap<u64, Pack>,
    /// What packs have ever covered.
    pack_uses: Vec<(u64, Units)>,
    /// Every order, by number.
    pub orders: BTreeMap<u64, Order>,
    /// When somebody was last asked to pay one that is to be paid.
    requests: BTreeMap<u64, Moment>,
    /// Those that are to be paid or processing.
    pub open_orders: BTreeSet<u64>,
    /// What was paid for prepaid resources and is neither given back nor promised.
    pub paid: BTreeMap<PrepaidResource, Paid>,
    /// Who paid for each from that purse, and the position of the last payment.
    payments: BTreeMap<PrepaidResource, (Buyer, u64)>,
    /// What refunds of whole resources have given back at once.
    given_back: BTreeMap<PrepaidResource, Paid>,
    /// Whatever was paid in to an account or given to it, in order (O3).
    top_ups: Vec<(Uin, TopUpKind, Units)>,
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
    /// The places of the lines that are not confirmed, by who pays, oldest first.
    pub unpaid: BTreeMap<Uin, Vec<usize>>,
    /// The bindings of each account that have ended, oldest first.
    pub former: BTreeMap<Uin, Vec<Former>>,
    /// The places of each bill's lines, by who pays.
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
    /// Which packs covered how much of the last usage.
    last_covered: Vec<(u64, Units)>,
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
            told: BTreeMap::new(),
            partners: BTreeMap::new(),
            organizations: BTreeMap::new(),
            members: BTreeMap::new(),
            invitations: BTreeMap::new(),
            creations: BTreeMap::new(),
            relations: BTreeMap::new(),
            intervals: BTreeMap::new(),
            transfers: BTreeMap::new(),
            requests: BTreeMap::new(),
            products: Vec::new(),
            numbers: BTreeMap::new(),
            discounts: BTreeMap::new(),
            ended_discounts: BTreeSet::new(),
            heritage: BTreeMap::new(),
            packs: BTreeMap::new(),
            pack_uses: Vec::new(),
            orders: BTreeMap::new(),
            open_orders: BTreeSet::new(),
            paid: BTreeMap::new(),
            payments: BTreeMap::new(),
            given_back: BTreeMap::new(),
            top_ups: Vec::new(),
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
            last_covered: Vec::new(),
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
            Step::Refund { order, amount, scope, capture } => {
                self.refund(seq, *order, units(*amount), *scope, *capture)
            }
            Step::Resize { name, unit_price, quantity } => {
                self.resize(name, unit_price.map(units), quantity.map(|factor| Units::from(factor.units())))
            }
            Step::Terminate { name, final_amount } => self.terminate(seq, name, final_amount.map(units)),
            Step::ConfirmLines { customer, month, lines } => self.confirm_lines(actor, *customer, *month, lines),
        }
    }

    fn command(&mut self, seq: u64, actor: Actor, command: &Command) -> Judged {
        match command {
            Command::Parties(Parties::OpenAccount(new)) => {
                let uin = self.open_account(new.uin, new.verification)?;
                self.tell_first(uin, new);
                Ok(())
            }
            Command::Parties(Parties::ChangeAccount(asked)) => {
                self.change_account(asked.uin, asked.verification)?;
                self.tell(asked);
                Ok(())
            }
            Command::Parties(Parties::RegisterPartner(new)) => self.register_partner(new),
            Command::Parties(Parties::ChangePartner(asked)) => self.change_partner(asked),
            Command::Parties(Parties::AllocatePool(asked)) => {
                self.allocate_pool(asked.second_level, units(asked.amount))
            }
            Command::Parties(Parties::BindCustomer(asked)) => self.bind(seq, asked.customer, asked.partner),
            Command::Parties(Parties::UnbindCustomer(asked)) => self.unbind(asked.customer),
            Command::Parties(Parties::AllocateCredit(asked)) => self.allocate(asked.customer, units(asked.amount)),
            Command::Parties(Parties::NoteCustomer(asked)) => self.bound(asked.customer).map(|_| ()),
            Command::Parties(Parties::IssueCredential(asked)) => self.known(asked.uin),
            Command::Parties(Parties::RevokeCredential(asked)) => self.known(asked.uin),
            Command::Catalogue(Catalogue::AddProduct(new)) => self.add_product(new),
            Command::Catalogue(Catalogue::ChangeProduct(asked)) => self.change_product(asked),
            Command::Catalogue(Catalogue::SetDiscount(terms)) => self.set_discount(seq, terms),
            Command::Catalogue(Catalogue::EndDiscount(asked)) => self.end_discount(asked.id.0),
            Command::Buying(Buying::PlaceOrder(order)) => self.place_order(seq, order),
            Command::Buying(Buying::PayOrder(asked)) => self.pay_order(seq, actor, asked.order.id.0, asked.by),
            Command::Buying(Buying::DeliverOrder(asked)) => self.deliver_order(seq, asked.order.id.0),
            Command::Buying(Buying::CancelOrder(asked)) => self.cancel_order(asked.order.id.0),
            Command::Buying(Buying::RefundOrder(asked)) => {
                self.refund(seq, asked.order.id, units(asked.amount), asked.scope, asked.capture)
            }
            // What goes back to several payers has gone back at once.
            Command::Buying(Buying::ReturnShare(_)) => refuse("nothing_due"),
            Command::Buying(Buying::Authorize(asked)) => {
                self.authorize(seq, asked.account, &asked.product, units(asked.amount), asked.expires_at)
            }
            Command::Buying(Buying::Capture(asked)) => self.capture(seq, asked.authorization, asked.amount.map(units)),
            Command::Buying(Buying::Release(asked)) => self.release(asked.authorization),
            Command::Metering(Metering::ActivateResource(new)) => self.activate(seq, new),
            // Whoever asks for these names the resource: [`Step::Resize`], [`Step::Terminate`].
            Command::Metering(Metering::ResizeResource(_) | Metering::TerminateResource(_)) => {
                refuse("resource_not_found")
            }
            Command::Metering(Metering::SettleUsage(record)) => self.settle(seq, record),
            Command::Vouchers(Vouchers::IssueVoucher(terms)) => self.issue_voucher(seq, terms),
            Command::Vouchers(Vouchers::InvalidateVoucher(asked)) => self.invalidate_voucher(asked.voucher.id.0),
            Command::Bills(Bills::PayPlatform(asked)) => self.pay_platform(asked.partner, units(asked.amount)),
            Command::Bills(Bills::ConfirmReceipt(asked)) => {
                self.confirm(actor, asked.customer, asked.month, &asked.lines)
            }
            Command::Standing(Standing::ChangeCustomer(asked)) => self.change_customer(asked),
            Command::Standing(Standing::ForceSuspension(asked)) => self.force(actor, asked.customer, asked.forced),
            Command::Notices(Notices::Subscribe(asked)) => {
                self.subscribe(asked.uin, asked.subscription.channel_service)
            }
            Command::Notices(Notices::AddWebhook(new)) => self.add_webhook(seq, new.account),
            Command::Notices(Notices::RotateWebhookSecret(asked)) => self.webhook(asked.id.0),
            Command::Notices(Notices::RemoveWebhook(asked)) => self.remove_webhook(asked.id.0),
            Command::Notices(Notices::RequestPayment(asked)) => self.request_payment(asked.order.id.0),
            Command::Finance(Finance::TopUp(asked)) => self.top_up(asked.account, units(asked.amount), asked.kind),
            Command::Finance(Finance::AddCard(asked)) => self.add_card(seq, asked.account, asked.expires),
            Command::Finance(Finance::RemoveCard(asked)) => self.remove_card(asked.account, asked.card.0),
            Command::Finance(Finance::ChangeFinance(asked)) => {
                self.change_finance(asked.account, asked.credit_limit.map(units), asked.overdue_amount.map(units))
            }
            Command::Finance(Finance::InheritOffers(asked)) => self.inherit_offers(asked),
            Command::Finance(Finance::EndInheritance(asked)) => self.end_inheritance(asked.account),
            Command::Packs(Packs::AddPack(new)) => self.add_pack(seq, new),
            Command::Members(command) => self.member_command(seq, command),
            Command::Transfers(Transfers::TransferFunds(asked)) => {
                self.transfer(seq, asked.organization.0, asked.member, units(asked.amount))
            }
            Command::Transfers(Transfers::ReturnTransfer(asked)) => {
                self.return_transfer(asked.organization.0, asked.transfer.0, units(asked.amount))
            }
            Command::Deployment(Deployment::AdvanceClock(asked)) => self.advance(asked.to),
            Command::Deployment(Deployment::IssuePlatformKey(new)) => self.issue_key(new.access),
            Command::Deployment(Deployment::ResetPlatformKey(_)) => self.issue_key(KeyAccess::Full),
            Command::Deployment(Deployment::RevokePlatformKey(asked)) => self.revoke_key(asked.key),
            Command::Deployment(Deployment::AcceptLoss(_) | Deployment::AcceptClock(_)) => Ok(()),
            // What falls due by itself happens when the clock moves; this is what comes of asking for it again.
            Command::Buying(Buying::Expire(asked)) => self.expire_now(asked.authorization),
            Command::Standing(Standing::ReviewCustomer(asked)) => self.review_now(asked.customer),
            Command::Metering(Metering::ResumeResource(asked)) => self.take_now(asked.id.0, Due::Start),
            Command::Metering(Metering::SuspendResource(asked)) => self.take_now(asked.id.0, Due::Stop),
            Command::Metering(Metering::DeleteResource(asked)) => self.take_now(asked.id.0, Due::Delete),
            Command::Vouchers(Vouchers::ExpireVoucher(asked)) => self.expire_voucher_now(asked.id.0),
            Command::Bills(Bills::IssueBills(asked)) => self.issue_bills_now(asked.month),
        }
    }
}

impl Auditor {
    fn member_command(&mut self, seq: u64, command: &Members) -> Judged {
        match command {
            Members::CreateOrganization(asked) => self.create_organization(seq, asked.admin),
            Members::ChangeOrganization(asked) => self.change_organization(asked),
            Members::DeleteOrganization(asked) => self.delete_organization(asked.admin),
            Members::InviteMember(asked) => self.invite(seq, asked),
            Members::CancelInvitation(asked) => self.cancel_invitation(asked.admin, asked.invitation.0),
            Members::DenyInvitation(asked) => self.deny_invitation(asked.member, asked.invitation.0),
            Members::AcceptInvitation(asked) => self.accept_invitation(seq, asked.member, asked.invitation.0),
            Members::ChangeMember(asked) => self.change_member(asked),
            Members::DecidePermissions(asked) => {
                self.decide_permissions(asked.member, asked.organization.0, asked.accept)
            }
            Members::RemoveMembers(asked) => self.remove_members(asked.admin, &asked.members),
            Members::QuitOrganization(asked) => self.quit_organization(asked.member, asked.organization.0),
            Members::CreateMember(asked) => self.create_member(seq, asked),
            Members::RetryCreation(asked) => self.retry_creation(seq, asked),
            Members::DecideCreation(asked) => {
                self.decide_creation(seq, asked.organization.0, asked.record.0, asked.approve)
            }
            Members::AssociateEntity(asked) => self.associate_entity(seq, asked),
            Members::ChangeEntity(asked) => self.change_entity(asked.organization.0, asked.relation.0, asked.admin),
            Members::DecideEntity(asked) => self.decide_entity(asked.organization.0, asked.relation.0, asked.approve),
            Members::EndEntity(asked) => self.end_entity(asked.organization.0, asked.relation.0),
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
