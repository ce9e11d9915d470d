//! What each kind of command is decided on, as one table: every kind goes through once, and is refused once where a figure
//! can refuse it. A kind that the table leaves out fails the test.

#![expect(clippy::unwrap_used, reason = "all values are written here, by hand")]

mod set_up;

use credere_core::access::{Action, Actor, KeyAccess};
use credere_core::book::{
    Because, Book, BookReader, Command, Context, Event, Home, Judged, Named, Rules, bills, buying, catalogue, decide,
    deployment, finance, members, metering, notices, parties, standing, transfers, vouchers,
};
use credere_core::channel::{
    ActionType, AllowlistItem, AuthorizationId, CardId, DiscountId, DiscountScope, EntityId, FreezeModel, FreezeTerms,
    LineId, NonStopChange, OfferLevel, Order, OrderId, OrderKind, PartnerKind, RefundScope, ResourceId, Site,
    Subscription, TopUpKind, TransferId, Uin, Verification, VoucherId, WebhookId,
};
use credere_core::ledger::{Moment, Month, Shard};
use credere_core::money::{Factor, Rate};
use credere_core::organization::{
    Feature, InvitationId, OrganizationId, Permission, Permissions, QuotasChange, RecordId, RelationId,
};
use credere_testkit::commands;
use set_up::{PLATFORM, add_cvm, moment, obey, open, register, uin, whole};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

const DISTRIBUTOR: u64 = 1;
const SECOND_LEVEL: u64 = 2;
const CUSTOMER: u64 = 3;
const OTHER: u64 = 4;
const ADMIN: u64 = 5;
const MEMBER: u64 = 6;
const DAY: i64 = 86_400;

/// Which kind of command it is.
fn kind(command: &Command) -> Action {
    command.action().0
}

/// A book, its clock, and what was told so far.
struct Table {
    book: Book,
    now: Moment,
    told: String,
    kinds: BTreeSet<&'static str>,
    /// Orders by number, as they were placed.
    orders: BTreeMap<u64, Order>,
}

impl Table {
    fn line(&mut self, command: &Command, came: &str, because: &Because) {
        self.kinds.insert(kind(command).name());
        writeln!(self.told, "{:?} {came}", kind(command)).unwrap();
        for finding in because {
            let (rule, figure) = (finding.rule, finding.figure.name());
            let judged = match finding.judged {
                Judged::Passed(required) => format!(", needed {required}"),
                Judged::Failed { required, code } => format!(", needed {required}: {code}"),
                Judged::Waived(required) => format!(", against {required}"),
                Judged::Becomes(after) => format!(", becomes {after}"),
                Judged::Noted => String::new(),
            };
            writeln!(self.told, "  {rule} {figure} of {} is {}{judged}", finding.account, finding.found).unwrap();
        }
    }

    /// Decides as somebody, and applies what comes of it. What is decided again from the event alone, as explanations are,
    /// comes to the same.
    #[track_caller]
    fn done_by(&mut self, actor: Actor, command: impl Into<Command>) -> u64 {
        let command = command.into();
        let context = Context { now: self.now, actor, rules: &Rules::default() };
        if let Home::Id(number) = command.home() {
            assert_eq!(Shard::of(number), Some(self.book.shard()), "{command:?} is about what this book has made");
        }
        let decision = decide(&self.book, &command, &context)
            .unwrap_or_else(|refused| panic!("{}{command:?}: {refused:?}", self.told));
        if let Some(asked) = decision.event.asked(&self.book) {
            assert_eq!(kind(&asked), kind(&command));
            assert_eq!(decide(&self.book, &asked, &context).as_ref(), Ok(&decision), "{command:?}");
        } else {
            assert!(decision.because.is_empty(), "{command:?} looked at something that nobody can be told later");
        }
        self.line(&command, "goes through", &decision.because);
        let number = self.book.shard().number_at(self.book.seq() + 1).unwrap();
        obey(&mut self.book, self.now, actor, &command);
        if let Event::Buying(buying::Event::OrderChanged(changed)) = &decision.event {
            self.orders.insert(number, (*changed.order).clone());
        }
        for account in decision.event.touches() {
            while let Some(next) = self.book.consequence(account, self.now) {
                self.done_by(Actor::System, next);
            }
        }
        number
    }

    #[track_caller]
    fn done(&mut self, command: impl Into<Command>) -> u64 {
        self.done_by(PLATFORM, command)
    }

    #[track_caller]
    fn refused_to(&mut self, actor: Actor, command: impl Into<Command>) {
        let command = command.into();
        let context = Context { now: self.now, actor, rules: &Rules::default() };
        let refused = decide(&self.book, &command, &context).unwrap_err();
        let because = refused.because();
        let first = because.iter().find_map(|finding| finding.code());
        assert!(because.is_empty() || first == Some(refused.code()), "the first that failed is the refusal");
        self.line(&command, &format!("is refused, {}", refused.code()), &because);
    }

    #[track_caller]
    fn refused(&mut self, command: impl Into<Command>) {
        self.refused_to(PLATFORM, command);
    }

    /// Does everything that falls due until then.
    fn wait(&mut self, days: i64) {
        self.now = self.now.plus_seconds(days * DAY);
        while let Some(duty) = self.book.duty(self.now) {
            self.done_by(Actor::System, duty);
        }
    }
}

fn allocate(amount: i64) -> parties::AllocateCredit {
    commands::allocate(uin(CUSTOMER), whole(amount))
}

fn pool(amount: i64) -> parties::AllocatePool {
    commands::pool(uin(SECOND_LEVEL), whole(amount))
}

fn change_partner(number: u64) -> parties::ChangePartner {
    commands::change_partner(uin(number))
}

fn verify(verification: Verification) -> parties::ChangeAccount {
    parties::ChangeAccount { verification: Some(verification), ..commands::change_account(uin(CUSTOMER)) }
}

fn order(kind: OrderKind, amount: i64, capture: bool, park: bool) -> buying::PlaceOrder {
    buying::PlaceOrder { kind, capture, park, ..commands::order(uin(CUSTOMER), "cvm", whole(amount)) }
}

fn for_resource(order: buying::PlaceOrder) -> buying::PlaceOrder {
    buying::PlaceOrder { resource: Some("server".parse().unwrap()), ..order }
}

fn authorize(amount: i64) -> buying::Authorize {
    commands::authorize(uin(CUSTOMER), "cvm", whole(amount))
}

fn activate(resource: &str, unit_price: i64) -> metering::ActivateResource {
    commands::activate(uin(CUSTOMER), resource, "frozen", whole(unit_price))
}

fn levels(partner_warning: Option<u8>, own_warning: Option<u8>) -> standing::ChangeCustomer {
    let (partner_warning, own_warning) = (Some(partner_warning), Some(own_warning));
    standing::ChangeCustomer { partner_warning, own_warning, ..commands::change_customer(uin(CUSTOMER)) }
}

fn force(forced: bool) -> standing::ForceSuspension {
    standing::ForceSuspension { customer: uin(CUSTOMER), forced }
}

fn receipt(month: Month, lines: bills::ReceiptLines) -> bills::ConfirmReceipt {
    bills::ConfirmReceipt { customer: uin(CUSTOMER), month, lines }
}

const EVERY_LINE: bills::ReceiptLines = bills::ReceiptLines::All { pay_mode: None, action: None };

fn the_channel(table: &mut Table) {
    for number in [DISTRIBUTOR, SECOND_LEVEL, CUSTOMER, OTHER] {
        table.done(open(number));
    }
    table.done(register(DISTRIBUTOR, PartnerKind::Distributor, None, 1_000));
    table.done(register(SECOND_LEVEL, PartnerKind::SecondLevelReseller, Some(DISTRIBUTOR), 300));
    table.done(parties::BindCustomer { customer: uin(CUSTOMER), partner: uin(SECOND_LEVEL) });
    table.refused(parties::BindCustomer { customer: uin(CUSTOMER), partner: uin(DISTRIBUTOR) });
    table.done(allocate(200));
    table.refused(allocate(101));
    table.done(allocate(-50));
    table.refused(allocate(-151));
    table.done(pool(50));
    table.refused(pool(651));
    table.done(pool(-10));
    table.refused(pool(-191));
    table.done(parties::ChangePartner { spend_line: Some(whole(900)), ..change_partner(DISTRIBUTOR) });
    table.done(parties::ChangePartner { allocation_quota: Some(whole(700)), ..change_partner(SECOND_LEVEL) });
    table.refused(parties::ChangePartner { allocation_quota: Some(whole(149)), ..change_partner(SECOND_LEVEL) });
    table.refused(parties::ChangePartner { allocation_quota: Some(whole(1_001)), ..change_partner(SECOND_LEVEL) });
    table.done(parties::ChangePartner { voucher_quota: Some(whole(30)), ..change_partner(SECOND_LEVEL) });
    table.done(verify(Verification::None));
    table.done(parties::NoteCustomer { customer: uin(CUSTOMER) });
    table.done(parties::IssueCredential { uin: uin(CUSTOMER), secret_id: "id".to_owned() });
    table.done(parties::RevokeCredential { uin: uin(CUSTOMER), secret_id: "id".to_owned() });
}

fn the_catalogue(table: &mut Table) {
    table.done(add_cvm(FreezeTerms::default()));
    let freeze = FreezeTerms { model: FreezeModel::Coefficient, ..FreezeTerms::default() };
    table.done(catalogue::AddProduct { freeze, ..commands::add_product("frozen") });
    table.done(catalogue::ChangeProduct { name: Some("server".to_owned()), ..commands::change_product("cvm") });
    let discount = |customer| commands::discount(DiscountScope::Customer(uin(customer)), uin(DISTRIBUTOR), Rate::ONE);
    let set = table.done(discount(CUSTOMER));
    table.done(catalogue::EndDiscount { id: DiscountId(set) });
    table.done(register(OTHER, PartnerKind::Reseller, None, 10));
    table.refused(catalogue::SetDiscount { partner: uin(OTHER), ..discount(CUSTOMER) });
}

fn the_buying(table: &mut Table) {
    table.refused(order(OrderKind::Purchase, 1, true, false));
    table.done(verify(Verification::Personal));
    let bought = table.done(for_resource(order(OrderKind::Purchase, 40, true, false)));
    let bought = table.orders[&bought].clone();
    table.refused(order(OrderKind::Purchase, 111, true, false));
    table.done(for_resource(order(OrderKind::Downgrade, 5, true, false)));
    table.refused(for_resource(order(OrderKind::Downgrade, 36, true, false)));
    let refund = |amount| {
        let order = Named { id: bought.id, ended: Some(Box::new(bought.clone())) };
        buying::RefundOrder { order, amount: whole(amount), scope: RefundScope::Order, capture: true }
    };
    table.done(refund(10));
    table.refused(refund(26));
    let held = table.done(order(OrderKind::Purchase, 20, false, false));
    table.done(buying::DeliverOrder { order: OrderId(held).into() });
    let held = table.done(order(OrderKind::Purchase, 20, false, false));
    table.done(buying::CancelOrder { order: OrderId(held).into() });
    let parked = table.done(order(OrderKind::Purchase, 200, true, true));
    table.refused(buying::PayOrder { order: OrderId(parked).into(), by: buying::PayBy::Customer });
    table.done(allocate(95));
    table.done(buying::PayOrder { order: OrderId(parked).into(), by: buying::PayBy::Partner });
    table.done(allocate(20));
    let id = |opened_seq| AuthorizationId { account: uin(CUSTOMER), opened_seq };
    table.refused(authorize(1_000));
    let captured = id(table.done(authorize(3)));
    table.refused(buying::Capture { authorization: captured, amount: Some(whole(4)) });
    table.done(buying::Capture { authorization: captured, amount: Some(whole(2)) });
    let released = id(table.done(authorize(3)));
    table.done(buying::Release { authorization: released });
    table.done(authorize(3));
    table.wait(8);
}

fn the_vouchers(table: &mut Table) {
    let now = table.now;
    let voucher =
        |kind, owner, amount| commands::voucher(kind, uin(owner), whole(amount), (now, now.plus_seconds(DAY)));
    let own = vouchers::NewVoucherKind::Customer(None);
    let first = table.done(voucher(own, CUSTOMER, 20));
    table.refused(voucher(own, CUSTOMER, 11));
    table.done(voucher(vouchers::NewVoucherKind::PartnerAll, DISTRIBUTOR, 5));
    let first = VoucherId::issued_at(table.book.shard(), OrderId(first).position()).unwrap();
    table.done(vouchers::InvalidateVoucher { voucher: first.into() });
    table.wait(2);
}

fn the_metering(table: &mut Table) {
    let one = ResourceId(table.done(activate("one", 10)));
    table.refused(activate("two", 1_000));
    let resize = |unit_price| metering::ResizeResource {
        resource: Some(one.into()),
        unit_price: Some(whole(unit_price)),
        quantity: None,
    };
    table.done(resize(12));
    table.done(resize(8));
    table.refused(resize(1_000));
    let now = table.now;
    let use_up = |amount| commands::usage(uin(CUSTOMER), "cvm", whole(amount), (now, now));
    table.done(use_up(3));
    table.done(metering::TerminateResource { resource: Some(one.into()), final_amount: Some(whole(2)) });
    table.done(activate("three", 1));
    table.done(use_up(100));
    table.wait(1);
    table.done(allocate(150));
    table.done(allocate(-50));
    table.done(use_up(60));
    table.wait(1);
    table.wait(30);
}

fn the_bills(table: &mut Table) {
    let now = table.now;
    let month = table.book.calendar().month(now);
    table.done(allocate(100));
    table.refused(receipt(month, EVERY_LINE));
    let bought = table.done(order(OrderKind::Purchase, 6, true, false));
    table.done(order(OrderKind::Renew, 7, true, false));
    table.wait(40);
    let binding_seq = table.book.customer(uin(CUSTOMER)).unwrap().bound_seq;
    let line =
        bills::NamedLine { id: LineId(bought), binding_seq, action: ActionType::PrepayPurchase, amount: whole(6) };
    table.done(receipt(month, bills::ReceiptLines::Named(vec![line])));
    table.done(receipt(month, EVERY_LINE));
    table.done(bills::PayPlatform { partner: uin(DISTRIBUTOR), amount: whole(30) });
}

fn the_standing(table: &mut Table) {
    table.done(levels(Some(50), None));
    table.done(levels(Some(50), Some(90)));
    table.done(levels(None, None));
    let special = || standing::ChangeCustomer {
        non_stop: NonStopChange { prepaid: Some(true), postpaid: None },
        special_suspension: Some(true),
        ..commands::change_customer(uin(CUSTOMER))
    };
    table.refused(special());
    let partner = Actor::signed(uin(SECOND_LEVEL), "AKIDexample".parse().unwrap());
    table.refused_to(partner, force(true));
    let allowlist = Some(vec![AllowlistItem::ForceSuspension, AllowlistItem::SpecialSuspension]);
    table.done(parties::ChangePartner { allowlist, ..change_partner(SECOND_LEVEL) });
    table.done(special());
    table.done_by(partner, force(true));
    table.refused(order(OrderKind::Purchase, 1, true, false));
    table.refused(parties::UnbindCustomer { customer: uin(CUSTOMER) });
    table.done(force(false));
    table.refused(parties::UnbindCustomer { customer: uin(CUSTOMER) });
    let non_stop = NonStopChange { prepaid: Some(false), postpaid: None };
    table.done(standing::ChangeCustomer { non_stop, ..levels(None, None) });
    table.done(parties::UnbindCustomer { customer: uin(CUSTOMER) });
}

fn the_finance(table: &mut Table) {
    // Bound to nobody any more, it pays for itself.
    let account = uin(CUSTOMER);
    table.done(commands::top_up(account, whole(300)));
    table.done(finance::TopUp { kind: TopUpKind::Granted, ..commands::top_up(account, whole(20)) });
    table.done(finance::ChangeFinance {
        credit_limit: Some(whole(200)),
        overdue_amount: Some(whole(10)),
        ..commands::change_finance(account)
    });
    table.done(commands::change_finance(account));
    table.refused(commands::top_up(uin(SECOND_LEVEL), whole(1)));
    table.done(commands::order(account, "cvm", whole(10)));
    table.refused(commands::order(account, "cvm", whole(10_000)));
    table.done(commands::authorize(account, "cvm", whole(10)));
    let card = CardId(table.done(commands::add_card(account)));
    table.done(finance::RemoveCard { account, card });
    table.refused(finance::RemoveCard { account, card });
}

fn the_offers_and_packs(table: &mut Table) {
    let (account, from) = (uin(CUSTOMER), uin(ADMIN));
    let (entity, verification) = ("E1".parse().ok(), Verification::Enterprise);
    table.done(parties::OpenAccount { entity, verification, ..commands::open(from) });
    let offer = |rate: &str| {
        let scope = DiscountScope::Account(from, OfferLevel::Billing);
        commands::discount(scope, from, rate.parse().unwrap())
    };
    table.done(offer("0.5"));
    table.refused(catalogue::SetDiscount {
        scope: DiscountScope::Account(uin(SECOND_LEVEL), OfferLevel::Account),
        ..offer("0.5")
    });
    table.done(finance::InheritOffers { account, from });
    table.refused(finance::InheritOffers { account, from: account });
    table.refused(finance::InheritOffers { account, from: uin(SECOND_LEVEL) });
    table.done(commands::order(account, "cvm", whole(10)));
    table.done(finance::EndInheritance { account });
    table.refused(finance::EndInheritance { account });
    let units = |number: u64| Factor::from_units(number * 100_000_000).unwrap();
    let later = table.now.plus_seconds(DAY);
    table.done(commands::add_pack(account, "cvm", units(20), later));
    table.refused(commands::add_pack(account, "cvm", Factor::ZERO, later));
    table.refused(commands::add_pack(account, "cvm", units(20), table.now));
    let used = |number| metering::SettleUsage {
        units: Some(units(number)),
        ..commands::usage(account, "cvm", whole(3), (table.now, table.now))
    };
    let (more, other) = (used(30), metering::SettleUsage { action: Some(ActionType::ReconIncrease), ..used(1) });
    table.done(more.clone());
    table.done(more);
    table.refused(other);
}

fn the_organization(table: &mut Table) {
    let (admin, member, stranger) = (uin(ADMIN), uin(MEMBER), uin(MEMBER + 1));
    for uin in [member, stranger] {
        let entity = "E1".parse().ok();
        let verification = Verification::Enterprise;
        table.done(parties::OpenAccount { entity, verification, ..commands::open(uin) });
    }
    let organization = OrganizationId(table.done(members::CreateOrganization { admin }));
    table.refused(members::CreateOrganization { admin });
    let quotas = QuotasChange { accounts: Some(3), ..QuotasChange::default() };
    let (features, member_deletion) = (Some(vec![Feature::FundAllocation]), Some(true));
    table.done(members::ChangeOrganization { organization, features, quotas, member_deletion });
    let [self_paid, paid] = [&[1, 2][..], &[1, 2, 7]].map(permissions);
    let invite = |permissions, payer| members::InviteMember {
        admin,
        member,
        permissions,
        payer,
        allow_quit: false,
        applied: None,
    };
    table.refused(invite(paid, None));
    let canceled = InvitationId(table.done(invite(self_paid, None)));
    table.done(members::CancelInvitation { admin, invitation: canceled });
    let denied = InvitationId(table.done(invite(self_paid, None)));
    table.done(members::DenyInvitation { member, invitation: denied });
    let invitation = InvitationId(table.done(invite(self_paid, None)));
    table.refused(members::AcceptInvitation { member: stranger, invitation });
    table.done(members::AcceptInvitation { member, invitation });
    table.done(commands::activate(member, "members", "frozen", whole(0)));
    let change = |permissions, allow_quit| {
        let payer = Some(admin);
        members::ChangeMember { admin, member, permissions, payer, allow_quit }
    };
    let decide = |accept| members::DecidePermissions { member, organization, accept };
    table.done(change(Some(paid), None));
    table.refused(change(Some(self_paid), None));
    table.done(decide(false));
    table.done(change(Some(paid), None));
    table.done(decide(true));
    table.refused(change(None, Some(true)));
    table.refused(members::QuitOrganization { member, organization });
    table.refused(commands::order(member, "frozen", whole(0)));
    let parked = table.done(for_resource(commands::order(member, "frozen", whole(10))));
    table.refused(buying::PayOrder { order: OrderId(parked).into(), by: buying::PayBy::Customer });
    table.done(notices::RequestPayment { order: OrderId(parked).into() });
    table.refused(notices::RequestPayment { order: OrderId(parked).into() });
    table.refused(members::RemoveMembers { admin, members: vec![member] });
    table.done(commands::top_up(admin, whole(10)));
    let paid = table.done(buying::PayOrder { order: OrderId(parked).into(), by: buying::PayBy::Payer });
    let paid = table.orders[&paid].clone();
    let refund = |amount, scope, capture| {
        let order = Named { id: paid.id, ended: Some(Box::new(paid.clone())) };
        buying::RefundOrder { order, amount: whole(amount), scope, capture }
    };
    table.refused(refund(11, RefundScope::Resource, true));
    table.done(refund(1, RefundScope::Resource, true));
    let promised = table.done(refund(2, RefundScope::Resource, false));
    table.refused(refund(8, RefundScope::Order, true));
    table.refused(members::RemoveMembers { admin, members: vec![member] });
    table.done(buying::DeliverOrder { order: OrderId(promised).into() });
    let promised = table.done(refund(7, RefundScope::Order, false));
    table.done(buying::CancelOrder { order: OrderId(promised).into() });
    table.refused(members::DeleteOrganization { admin });
    table.done(members::RemoveMembers { admin, members: vec![member] });
    table.done(commands::top_up(member, whole(10)));
    table.done(for_resource(commands::order(member, "frozen", whole(7))));
    table.done(refund(4, RefundScope::Resource, true));
    table.done(for_resource(buying::PlaceOrder {
        kind: OrderKind::Downgrade,
        ..commands::order(member, "frozen", whole(2))
    }));
    let invitation = InvitationId(table.done(invite(self_paid, None)));
    table.done(members::AcceptInvitation { member, invitation });
    table.done(change(None, Some(true)));
    table.done(members::QuitOrganization { member, organization });
    the_transfers(table, organization, (admin, member));
    table.done(invite(self_paid, None));
    table.done(members::DeleteOrganization { admin });
    entities_and_creations(table);
}

/// Entities that are trusted, and accounts that are opened under the admin's and under them.
fn entities_and_creations(table: &mut Table) {
    let (admin, answers, applies) = (uin(MEMBER + 2), uin(MEMBER + 3), uin(MEMBER + 4));
    let verification = Verification::Enterprise;
    for (uin, entity) in [(admin, "E1"), (answers, "E2"), (applies, "E3")] {
        let (entity, site) = (entity.parse().ok(), Some(Site::Cn));
        table.done(parties::OpenAccount { entity, site, verification, ..commands::open(uin) });
    }
    let organization = OrganizationId(table.done(members::CreateOrganization { admin }));
    let entity: EntityId = "E2".parse().unwrap();
    let associate = |admin| {
        let name = "Example Holding".to_owned();
        members::AssociateEntity { organization, entity: entity.clone(), name, admin }
    };
    table.refused(associate(Some(admin)));
    let relation = RelationId(table.done(associate(None)));
    table.refused(members::DecideEntity { organization, relation, approve: true });
    let [self_paid, paid] = [&[1, 2][..], &[1, 2, 7]].map(permissions);
    let create = |relation, permissions, payer| members::CreateMember { admin, permissions, payer, relation };
    table.refused(create(Some(relation), self_paid, None));
    table.done(members::ChangeEntity { organization, relation, admin: Some(answers) });
    table.refused(create(Some(relation), paid, Some(admin)));
    let record = RecordId(table.done(create(Some(relation), self_paid, None)));
    let created = table.book.creation(record).unwrap().uin;
    let verify = |verification| parties::ChangeAccount {
        uin: created,
        class: None,
        verification: Some(verification),
        tier: None,
        entity: None,
        followed: None,
    };
    let retry = members::RetryCreation { admin, record, permissions: self_paid, payer: None };
    table.refused(retry.clone());
    table.done(verify(Verification::Personal));
    table.done(members::DecideCreation { organization, record, approve: true });
    table.refused(members::DecideCreation { organization, record, approve: false });
    table.refused(retry.clone());
    table.done(verify(verification));
    table.done(retry);
    table.done(create(None, paid, Some(admin)));
    table.refused(members::RemoveMembers { admin, members: vec![created] });
    table.refused(members::QuitOrganization { member: created, organization });
    table.done(members::EndEntity { organization, relation });
    let applied = RelationId(table.done(members::InviteMember {
        admin,
        member: applies,
        permissions: self_paid,
        payer: None,
        allow_quit: false,
        applied: Some("Example Works".to_owned()),
    }));
    table.done(members::DecideEntity { organization, relation: applied, approve: true });
}

/// Money for a member that pays for itself.
fn the_transfers(table: &mut Table, organization: OrganizationId, (admin, member): (Uin, Uin)) {
    let hand = |amount| transfers::TransferFunds { organization, member, amount: whole(amount) };
    table.refused(hand(10));
    let invite = commands::invite(admin, member, permissions(&[1, 2, 3]));
    let invitation = InvitationId(table.done(invite));
    table.done(members::AcceptInvitation { member, invitation });
    table.done(commands::top_up(admin, whole(30)));
    table.refused(hand(0));
    table.refused(hand(1_000));
    let transfer = TransferId(table.done(hand(30)));
    let back = |amount| transfers::ReturnTransfer { organization, transfer, amount: whole(amount) };
    table.refused(back(31));
    table.done(back(20));
    table.done(commands::remove_member(admin, member));
    table.refused(back(10));
}

fn permissions(ids: &[u64]) -> Permissions {
    ids.iter().filter_map(|id| Permission::from_id(*id)).collect()
}

fn the_rest(table: &mut Table) {
    table.done(notices::Subscribe { uin: uin(CUSTOMER), subscription: Subscription::default() });
    let id = WebhookId(table.done(notices::AddWebhook { account: None, kinds: Vec::new() }));
    table.done(notices::RotateWebhookSecret { id });
    table.done(notices::RemoveWebhook { id });
    table.done(deployment::IssuePlatformKey { access: KeyAccess::Full });
    table.done(deployment::IssuePlatformKey { access: KeyAccess::Read });
    table.done(deployment::RevokePlatformKey { key: 2 });
    table.done_by(Actor::System, deployment::ResetPlatformKey);
    table.done(deployment::AdvanceClock { to: table.now });
    let (expected, found) = (table.now, table.now.plus_seconds(-1));
    table.done_by(Actor::System, deployment::AcceptClock { expected, found });
    table.done_by(Actor::System, deployment::AcceptLoss { from_seq: 1, upto_seq: 2 });
}

#[test]
fn every_kind_of_command_says_what_it_was_decided_on() {
    let told = everything_in(Shard::FIRST);
    insta::assert_snapshot!(told);
    let shard = Shard::new(3).unwrap();
    assert_eq!(everything_in(shard), told, "in another shard all is the same, but for the numbers");
}

fn everything_in(shard: Shard) -> String {
    let mut table = Table {
        book: Book::new().in_shard(shard),
        now: moment(0),
        told: String::new(),
        kinds: BTreeSet::new(),
        orders: BTreeMap::new(),
    };
    the_channel(&mut table);
    the_catalogue(&mut table);
    the_buying(&mut table);
    the_vouchers(&mut table);
    the_metering(&mut table);
    the_bills(&mut table);
    the_standing(&mut table);
    the_finance(&mut table);
    the_offers_and_packs(&mut table);
    the_organization(&mut table);
    the_rest(&mut table);
    assert_eq!(table.kinds, Command::kinds().collect());
    let mut reader = BookReader::default();
    table.book.to_pieces().for_each(|piece| reader.take(&piece).unwrap());
    assert_eq!(reader.finish().unwrap().shard(), shard, "an image says whose it is");
    table.told
}
