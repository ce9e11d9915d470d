//! An account whose payer is somebody else: everything that it buys and uses is priced as its own, and is on the other's
//! credit, vouchers and bill; its own are left alone.

use crate::access::{Actor, KeyAccess};
use crate::book::{
    Book, BookReader, Command, Context, Event, Named, Rejection, Rules, bills, buying, catalogue, check_laws, decide,
    members, metering, parties, standing, vouchers,
};
use crate::channel::{
    AccountClass, AuthorizationId, Binding, Check, Customer, DiscountScope, FreezeModel, FreezeTerms, Order, OrderKind,
    OrderState, PartnerKind, Paying, RefundScope, ResourceId, ResourceState, Settlement, Side, Tier, Uin, Verification,
    VoucherId, VoucherMode, VoucherUsage,
};
use crate::ledger::{Line, Moment};
use crate::money::{Amount, Factor};
use crate::organization::{Condition, Failure, Permission};

const DAY: i64 = 86_400;

fn uin(number: u64) -> Uin {
    Uin::new(number).unwrap()
}

fn reseller() -> Uin {
    uin(1)
}

fn member() -> Uin {
    uin(2)
}

fn payer() -> Uin {
    uin(3)
}

fn whole(amount: i64) -> Amount {
    Amount::whole(amount)
}

/// A book and its clock.
struct World {
    book: Book,
    now: Moment,
}

impl World {
    /// A reseller with 100,000.00 at 0.8 of list price, and two of its customers: a member with 100.00 at half of list
    /// price, and its payer with 1,000.00, who has paid for it since an hour. A `cvm` freezes one unit's price, a `cdn` what
    /// its last cycle came to.
    fn new() -> World {
        let mut world = World { book: Book::new(), now: Moment::default().plus_seconds(DAY) };
        for uin in [reseller(), member(), payer()] {
            let (class, verification, tier) = (AccountClass::External, Verification::Enterprise, Tier::None);
            world.obey(parties::OpenAccount {
                uin: Some(uin),
                class,
                verification,
                tier,
                site: None,
                entity: "E1".parse().ok(),
                followed: false,
            });
        }
        world.obey(parties::RegisterPartner {
            uin: reseller(),
            kind: PartnerKind::Reseller,
            distributor: None,
            allocation_quota: whole(100_000),
            spend_line: None,
            voucher_quota: Amount::ZERO,
            allowlist: Vec::new(),
        });
        for (code, model) in [("cvm", FreezeModel::Coefficient), ("cdn", FreezeModel::ReEstimate)] {
            world.obey(catalogue::AddProduct {
                code: code.parse().unwrap(),
                name: code.to_owned(),
                settlement: Settlement::Hourly,
                grace_hours: None,
                retention_days: None,
                freeze: FreezeTerms { model, ..FreezeTerms::default() },
                inheritable: true,
            });
        }
        for (customer, amount) in [(member(), 100), (payer(), 1_000)] {
            world.obey(parties::BindCustomer { customer, partner: reseller() });
            world.obey(parties::AllocateCredit { customer, amount: whole(amount), remark: None });
        }
        for (scope, rate) in [
            (DiscountScope::Partner(reseller()), "0.8"),
            (DiscountScope::Customer(member()), "0.5"),
            (DiscountScope::Customer(payer()), "0.9"),
        ] {
            let (product, rate) = (None, rate.parse().unwrap());
            let partner = reseller();
            world.obey(catalogue::SetDiscount { scope, partner, product, rate, starts_at: None, ends_at: None });
        }
        world.obey(members::CreateOrganization { admin: payer() });
        world.now = world.now.plus_seconds(DAY);
        world.join();
        world.now = world.now.plus_seconds(3_600);
        world
    }

    /// The payer pays for the member from now on.
    fn join(&mut self) {
        let permissions = [Permission::ViewBills, Permission::ViewBalance, Permission::PayOnBehalf];
        let (admin, member) = (payer(), member());
        let (permissions, payer) = (permissions.into_iter().collect(), Some(admin));
        self.obey(members::InviteMember { admin, member, permissions, payer, allow_quit: false, applied: None });
        let invitation = self.book.invitation_to(member, self.now).unwrap().id;
        self.obey(members::AcceptInvitation { member, invitation });
    }

    fn leave_command() -> members::RemoveMembers {
        members::RemoveMembers { admin: payer(), members: vec![member()] }
    }

    /// The payer pays for the member no longer.
    fn leave(&mut self) {
        self.obey(World::leave_command());
    }

    /// The member has something open, so that it cannot leave.
    fn stays(&self) {
        let failed = vec![(Condition::O68, Failure::OrderInProgressExisted)];
        assert_eq!(self.refused(World::leave_command()), members::Reason::ConditionsNotMet(failed).into());
    }

    fn ask(&self, actor: Actor, command: &Command) -> Result<Event, Rejection> {
        decide(&self.book, command, &Context { now: self.now, actor, rules: &Rules::default() }).map(|done| done.event)
    }

    fn resource(&self, name: &str) -> Named<ResourceId, ResourceState> {
        self.book.resource(&name.parse().unwrap()).unwrap().id.into()
    }

    /// Obeys a command and what follows from it, and checks the laws and that the book is the same when it is read again.
    fn obey(&mut self, command: impl Into<Command>) -> Event {
        self.obey_as(PLATFORM, &command.into())
    }

    fn obey_as(&mut self, actor: Actor, command: &Command) -> Event {
        let event = self.ask(actor, command).unwrap();
        self.book.evolve(self.book.seq() + 1, self.now, &event).unwrap();
        self.follow(&event);
        check_laws(&self.book).unwrap();
        let pieces: Vec<_> = self.book.to_pieces().collect();
        let mut reader = BookReader::default();
        pieces.iter().for_each(|piece| reader.take(piece).unwrap());
        let again = reader.finish().unwrap();
        assert!(again.to_pieces().eq(pieces));
        assert!(again.payers.intervals.iter().eq(self.book.payers.intervals.iter()));
        event
    }

    fn follow(&mut self, event: &Event) {
        for account in event.touches() {
            while let Some(next) = self.book.consequence(account, self.now) {
                let event = self.ask(Actor::System, &next).unwrap();
                self.book.evolve(self.book.seq() + 1, self.now, &event).unwrap();
                self.follow(&event);
            }
        }
    }

    fn refused(&self, command: impl Into<Command>) -> Rejection {
        self.ask(PLATFORM, &command.into()).unwrap_err()
    }

    /// Places an order, which the payer pays.
    fn order(&mut self, amount: i64, capture: bool) -> Box<Order> {
        let placed = self.order_of(order(amount, capture));
        assert_eq!(placed.paying, paid_by_payer());
        placed
    }

    fn order_of(&mut self, command: impl Into<Command>) -> Box<Order> {
        let Event::Buying(buying::Event::OrderChanged(changed)) = self.obey(command) else { panic!() };
        changed.order
    }

    fn authorize(&mut self, amount: i64) -> AuthorizationId {
        self.obey(hold(amount));
        let (opened_seq, open) = self.book.buying.authorizations.iter().next_back().unwrap();
        assert_eq!(open.paying, paid_by_payer());
        AuthorizationId { account: member(), opened_seq: *opened_seq }
    }

    fn activate(&mut self, name: &str, product: &str) {
        let Event::Metering(metering::Event::ResourceActivated(activated)) = self.obey(metering::ActivateResource {
            account: member(),
            name: name.parse().unwrap(),
            product: product.parse().unwrap(),
            unit_price: whole(10),
            quantity: Factor::ONE,
            details: "{}".to_owned(),
        }) else {
            panic!()
        };
        assert_eq!(activated.resource.paying, paid_by_payer());
    }

    /// Settles what was used until a moment, and gives who pays for it.
    fn use_until(&mut self, period_end: Moment, amount: i64) -> Uin {
        self.settle(usage(period_end, amount))
    }

    fn settle(&mut self, usage: metering::SettleUsage) -> Uin {
        let Event::Metering(metering::Event::UsageSettled(settled)) = self.obey(usage) else { panic!() };
        settled.charge.paying.payer
    }

    fn voucher(&mut self, kind: vouchers::NewVoucherKind, owner: Uin, amount: i64) -> VoucherId {
        let Event::Vouchers(vouchers::Event::VoucherIssued(issued)) = self.obey(vouchers::IssueVoucher {
            kind,
            owner,
            amount: whole(amount),
            usage: VoucherUsage::CustomerOffer,
            mode: VoucherMode::All,
            products: vouchers::NewVoucherProducts::All,
            effective_at: self.now,
            expires_at: self.now.plus_seconds(100 * DAY),
        }) else {
            panic!()
        };
        issued.voucher.id
    }

    fn binding(&self, customer: Uin) -> Option<Binding> {
        self.book.customer(customer).map(Customer::binding)
    }

    fn line(&self, account: Uin) -> Line {
        self.book.customer(account).unwrap().line
    }

    /// What the payer has used, held and frozen, and what the reseller has.
    fn figures(&self) -> [[String; 3]; 2] {
        let spend = self.book.partner(reseller()).unwrap().spend.unwrap();
        [self.line(payer()), spend]
            .map(|line| [line.used(), line.prepay_frozen(), line.postpay_frozen()].map(|amount| amount.to_string()))
    }

    /// The member's own credit is as it was handed down, and nothing is on its bill.
    fn leaves_the_member_alone(&self) {
        assert_eq!(self.line(member()), Line::with_limit(whole(100)));
        assert!(self.book.open_bills(member()).next().is_none());
    }
}

const PLATFORM: Actor = Actor::Platform { key: 1, access: KeyAccess::Full };

fn paid_by_payer() -> Paying {
    Paying { payer: payer(), partner: Some(reseller()) }
}

fn order(amount: i64, capture: bool) -> buying::PlaceOrder {
    buying::PlaceOrder {
        account: member(),
        product: "cvm".parse().unwrap(),
        kind: OrderKind::Purchase,
        amount: whole(amount),
        capture,
        park: false,
        resource: Some("vm".parse().unwrap()),
        details: "{}".to_owned(),
    }
}

fn hold(amount: i64) -> buying::Authorize {
    let (account, product) = (member(), "cvm".parse().unwrap());
    buying::Authorize { account, product, amount: whole(amount), expires_at: None }
}

fn usage(period_end: Moment, amount: i64) -> metering::SettleUsage {
    metering::SettleUsage {
        account: member(),
        product: "cvm".parse().unwrap(),
        amount: whole(amount),
        units: None,
        period_start: period_end.plus_seconds(-60),
        period_end,
        resource: None,
        action: None,
        details: "{}".to_owned(),
    }
}

fn downgrade(amount: i64) -> buying::PlaceOrder {
    buying::PlaceOrder { kind: OrderKind::Downgrade, ..order(amount, true) }
}

#[test]
fn what_the_payer_held_is_captured_and_released_there() {
    let mut world = World::new();
    let (captured, released) = (world.authorize(40), world.authorize(6));
    assert_eq!(world.figures(), [["0.00", "23.00", "0.00"], ["0.00", "36.80", "0.00"]]);
    assert_eq!(world.book.customer(member()).unwrap().spending.open_authorizations, 2);
    let unbound = world.refused(parties::UnbindCustomer { customer: member() });
    assert_eq!(unbound, parties::Reason::InOrganization(member()).into());
    world.stays();
    world.obey(buying::Capture { authorization: captured, amount: Some(whole(20)) });
    world.obey(buying::Release { authorization: released });
    assert_eq!(world.figures(), [["10.00", "0.00", "0.00"], ["16.00", "0.00", "0.00"]]);
    assert_eq!(world.book.customer(member()).unwrap().spending.open_authorizations, 0);
    world.leaves_the_member_alone();
}

#[test]
fn the_payers_vouchers_pay_and_the_members_do_not() {
    let mut world = World::new();
    let kind = vouchers::NewVoucherKind::Customer(None);
    let (own, payers) = (world.voucher(kind, member(), 50), world.voucher(kind, payer(), 30));
    let (delivered, canceled) = (world.order(200, false), world.order(20, false));
    let left = |world: &World, id| world.book.voucher(id).map(|voucher| (voucher.remaining, voucher.reserved));
    assert_eq!(left(&world, payers), Some((whole(0), whole(30))));
    assert_eq!(world.figures(), [["0.00", "80.00", "0.00"], ["0.00", "176.00", "0.00"]]);
    assert_eq!(world.book.customer(member()).unwrap().spending.processing_orders, 2);
    world.stays();
    world.obey(buying::DeliverOrder { order: delivered.id.into() });
    world.obey(buying::CancelOrder { order: canceled.id.into() });
    assert_eq!(world.figures(), [["70.00", "0.00", "0.00"], ["160.00", "0.00", "0.00"]]);
    assert_eq!((left(&world, own), left(&world, payers)), (Some((whole(50), whole(0))), None));
    world.leaves_the_member_alone();
}

#[test]
fn of_the_partners_vouchers_those_for_the_payer_pay() {
    let mut world = World::new();
    for (customer, amount) in [(member(), 5), (payer(), 7)] {
        world.voucher(vouchers::NewVoucherKind::PartnerCustomer(customer), reseller(), amount);
    }
    world.order(200, true);
    assert_eq!(world.figures(), [["93.00", "0.00", "0.00"], ["153.00", "0.00", "0.00"]]);
    assert_eq!(world.book.voucher_balance(member(), world.now), 5 * i128::from(whole(1).units()));
}

#[test]
fn the_payer_is_judged_first_and_its_paying_partner_second() {
    let mut world = World::new();
    let short = |refused: Rejection| match refused {
        Rejection::Buying(buying::Reason::InsufficientCredit { side, account, required, available, other, .. }) => {
            (Check { side, account, required, available }, other)
        }
        _ => panic!("{refused:?}"),
    };
    let (failed, _) = short(world.refused(hold(2_002)));
    let required = whole(1_001);
    assert_eq!(failed, Check { side: Side::Payer, account: payer(), required, available: whole(1_000) });
    world.obey(parties::ChangePartner {
        uin: reseller(),
        allocation_quota: None,
        spend_line: Some(whole(100)),
        voucher_quota: None,
        allowlist: None,
    });
    let refused = world.refused(hold(200));
    assert_eq!(refused.because().iter().map(|found| found.account).collect::<Vec<_>>(), [payer(), reseller()]);
    let (failed, other) = short(refused);
    let available = whole(100);
    assert_eq!(failed, Check { side: Side::Partner, account: reseller(), required: whole(160), available });
    assert_eq!(other.map(|other| (other.side, other.required)), Some((Side::Payer, whole(100))));
    assert_eq!(world.figures(), [["0.00", "0.00", "0.00"], ["0.00", "0.00", "0.00"]]);
    world.leaves_the_member_alone();
}

#[test]
fn what_the_payer_cannot_pay_waits_for_it() {
    let mut world = World::new();
    let parked = world.order_of(order(2_002, true));
    assert_eq!((parked.state, parked.paying), (OrderState::ToBePaid, paid_by_payer()));
    world.stays();
    let pay = |by| buying::PayOrder { order: parked.id.into(), by };
    let others = buying::Reason::PaidOnBehalf { account: member(), payer: payer() };
    for by in [buying::PayBy::Customer, buying::PayBy::Partner] {
        assert_eq!(world.refused(pay(by)), others.clone().into());
    }
    assert_eq!(world.refused(pay(buying::PayBy::Payer)).code(), "insufficient_credit");
    world.obey(parties::AllocateCredit { customer: payer(), amount: whole(1), remark: None });
    let paid = world.order_of(pay(buying::PayBy::Payer));
    assert_eq!(
        (paid.state, paid.paying, paid.binding),
        (OrderState::Delivered, paid_by_payer(), world.binding(payer()))
    );
    assert_eq!(world.figures(), [["1001.00", "0.00", "0.00"], ["1601.60", "0.00", "0.00"]]);
    world.leaves_the_member_alone();
}

#[test]
fn a_suspended_payer_stops_what_it_would_pay_for() {
    let mut world = World::new();
    world.activate("vm-1", "cvm");
    let state = |world: &World| world.book.resource(&"vm-1".parse().unwrap()).unwrap().state;
    world.obey(standing::ForceSuspension { customer: payer(), forced: true });
    let suspended = |uin| Rejection::from(buying::Reason::AccountSuspended(uin));
    assert_eq!((world.refused(order(1, true)), state(&world)), (suspended(payer()), ResourceState::Suspended));
    world.leave();
    assert_eq!(state(&world), ResourceState::Active);
    world.obey(standing::ForceSuspension { customer: member(), forced: true });
    assert_eq!((world.refused(order(1, true)), state(&world)), (suspended(member()), ResourceState::Suspended));
}

/// O89, O90: below zero the payer's members stop, at zero its own resources start again, and above zero theirs.
#[test]
fn members_stop_below_zero_and_start_again_above_it() {
    let mut world = World::new();
    world.activate("vm-1", "cvm");
    world.obey(metering::ActivateResource {
        account: payer(),
        name: "own".parse().unwrap(),
        product: "cvm".parse().unwrap(),
        unit_price: whole(0),
        quantity: Factor::ONE,
        details: "{}".to_owned(),
    });
    let states = |world: &World| ["vm-1", "own"].map(|name| world.book.resource(&name.parse().unwrap()).unwrap().state);
    let (active, stopped) = (ResourceState::Active, ResourceState::Suspended);
    // 5.00 of 1,000.00 are frozen.
    world.settle(usage(world.now, 1_992));
    assert_eq!(states(&world), [active, active], "the grace is not over");
    world.now = world.now.plus_seconds(2 * DAY);
    while let Some(due) = world.book.duty(world.now) {
        world.obey_as(Actor::System, &due);
    }
    assert_eq!(states(&world), [stopped, stopped]);
    world.obey(parties::AllocateCredit { customer: payer(), amount: whole(1), remark: None });
    assert_eq!(states(&world), [stopped, active], "at zero");
    world.obey(parties::AllocateCredit { customer: payer(), amount: whole(1), remark: None });
    assert_eq!(states(&world), [active, active]);
    world.leaves_the_member_alone();
}

#[test]
fn a_freeze_moves_when_somebody_begins_or_ceases_to_pay() {
    let mut world = World::new();
    world.activate("vm-1", "cvm");
    assert_eq!(world.figures(), [["0.00", "0.00", "5.00"], ["0.00", "0.00", "8.00"]]);
    let resource = Some(world.resource("vm-1"));
    let quantity = "2".parse().ok();
    world.obey(metering::ResizeResource { resource: resource.clone(), unit_price: None, quantity });
    assert_eq!(world.figures(), [["0.00", "0.00", "10.00"], ["0.00", "0.00", "16.00"]]);
    world.leave();
    assert_eq!(world.figures(), [["0.00", "0.00", "0.00"], ["0.00", "0.00", "16.00"]]);
    assert_eq!(world.line(member()).postpay_frozen(), whole(10));
    world.join();
    assert_eq!(world.figures(), [["0.00", "0.00", "0.00"], ["0.00", "0.00", "0.00"]]);
    world.leaves_the_member_alone();
    world.obey(metering::TerminateResource { resource, final_amount: Some(whole(6)) });
    assert_eq!(world.figures(), [["3.00", "0.00", "0.00"], ["4.80", "0.00", "0.00"]]);
    world.leaves_the_member_alone();
}

#[test]
fn what_runs_is_frozen_in_full_also_below_zero() {
    let mut world = World::new();
    world.obey(metering::ActivateResource {
        account: member(),
        name: "large".parse().unwrap(),
        product: "cvm".parse().unwrap(),
        unit_price: whole(400),
        quantity: Factor::ONE,
        details: "{}".to_owned(),
    });
    world.leave();
    let left = world.book.customer(member()).unwrap();
    assert_eq!((left.line.available(), left.spending.overdue_since), (whole(-100), Some(world.now)));
}

#[test]
fn what_nothing_is_frozen_for_is_on_whoever_pays_now() {
    let mut world = World::new();
    world.activate("cdn-1", "cdn");
    let cycle = |world: &World, amount| {
        let (product, resource) = ("cdn".parse().unwrap(), "cdn-1".parse().ok());
        metering::SettleUsage { product, resource, ..usage(world.now, amount) }
    };
    world.now = world.now.plus_seconds(60);
    assert_eq!(world.settle(cycle(&world, 4)), payer());
    assert_eq!(world.figures(), [["2.00", "0.00", "2.00"], ["3.20", "0.00", "3.20"]]);
    // What freezes by its last cycle begins anew with nothing.
    let late = cycle(&world, 6);
    world.now = world.now.plus_seconds(3_600);
    world.leave();
    assert_eq!(world.figures(), [["2.00", "0.00", "0.00"], ["3.20", "0.00", "0.00"]]);
    // What the payer pays for later freezes nothing on it any more.
    assert_eq!(world.settle(late), payer());
    assert_eq!(world.figures(), [["5.00", "0.00", "0.00"], ["8.00", "0.00", "0.00"]]);
    assert_eq!(world.settle(cycle(&world, 5)), member());
    assert_eq!(world.figures(), [["5.00", "0.00", "0.00"], ["12.00", "0.00", "4.00"]]);
    let resource = Some(world.resource("cdn-1"));
    let ended = world.obey(metering::TerminateResource { resource, final_amount: Some(whole(5)) });
    assert_eq!(ended.payer(), Some(member()));
    assert_eq!((world.line(member()).used(), world.figures()[0][0].as_str()), (whole(5), "5.00"));
}

/// O80: the cycle in which a member joins is its payer's, and the one in which it leaves is its own.
#[test]
fn usage_is_paid_by_whoever_pays_when_its_cycle_ends() {
    let mut world = World::new();
    let joined = world.book.payer_intervals(member())[0].from;
    assert_eq!(world.use_until(joined, 2), member(), "it is of the cycle before");
    assert_eq!(world.use_until(joined.plus_seconds(1), 4), payer());
    world.now = world.now.plus_seconds(DAY + 1_800);
    // Half past: the cycle is not over, and counts as far as it has come.
    assert_eq!(world.use_until(world.now, 4), payer());
    world.leave();
    let left = world.now;
    assert_eq!(world.use_until(left, 8), member());
    world.now = left.plus_seconds(3_600);
    assert_eq!(world.use_until(left.plus_seconds(-60), 8), member());
    // The payer is told of what it owes, also by usage that comes late: the laws ask for it after each step.
    assert_eq!(world.use_until(left.plus_seconds(-1_800), 2_000), payer());
    assert_eq!(world.line(member()).used(), whole(9));
    assert_eq!(world.figures()[0], ["1004.00", "0.00", "0.00"]);
}

#[test]
fn a_refund_goes_back_to_whoever_paid() {
    let mut world = World::new();
    let bought = world.order(200, true);
    world.obey(downgrade(20));
    assert_eq!(world.figures(), [["90.00", "0.00", "0.00"], ["144.00", "0.00", "0.00"]]);
    let spent = [payer(), member()].map(|uin| world.book.customer(uin).unwrap().has_spent);
    assert_eq!(spent, [true, false]);
    world.leave();
    // What the payer paid for the resource is not the member's to have back, whoever makes it smaller.
    world.obey(downgrade(2));
    assert_eq!(world.figures(), [["89.00", "0.00", "0.00"], ["142.40", "0.00", "0.00"]]);
    let refund = |amount, scope, capture| {
        let order = Named { id: bought.id, ended: Some(bought.clone()) };
        buying::RefundOrder { order, amount: whole(amount), scope, capture }
    };
    world.obey(refund(25, RefundScope::Order, true));
    assert_eq!(world.figures(), [["64.00", "0.00", "0.00"], ["102.40", "0.00", "0.00"]]);
    let exceeds = |refused| matches!(refused, Rejection::Buying(buying::Reason::ExceedsUnrefunded { .. }));
    assert!(exceeds(world.refused(refund(65, RefundScope::Resource, false))));
    world.obey(refund(32, RefundScope::Resource, true));
    assert_eq!(world.figures(), [["32.00", "0.00", "0.00"], ["51.20", "0.00", "0.00"]]);
    world.leaves_the_member_alone();
}

#[test]
fn a_receipt_for_the_payer_covers_what_its_credit_paid() {
    let mut world = World::new();
    world.order(200, true);
    let month = world.book.calendar().month(world.now);
    world.now = world.now.plus_seconds(40 * DAY);
    while let Some(due) = world.book.duty(world.now) {
        world.obey_as(Actor::System, &due);
    }
    let receipt = |customer| {
        let lines = bills::ReceiptLines::All { pay_mode: None, action: None };
        bills::ConfirmReceipt { customer, month, lines }
    };
    let returned = |event| match event {
        Event::Bills(bills::Event::ReceiptConfirmed(confirmed)) => confirmed.returned,
        _ => panic!("{event:?}"),
    };
    assert_eq!(returned(world.obey(receipt(member()))), Amount::ZERO);
    assert_eq!(returned(world.obey(receipt(payer()))), whole(100));
    assert_eq!(world.figures()[0], ["0.00", "0.00", "0.00"]);
    world.leaves_the_member_alone();
}
