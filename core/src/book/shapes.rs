//! Bad shapes, each with a test that finds it again: what an operation looks at must not grow with what lies about. Counted
//! are the members of collections that are judged one by one, on a book with few of everything and on one with many.

use crate::access::{Actor, By, KeyAccess};
use crate::book::{
    Book, BookReader, Command, Context, Event, Rules, bills, catalogue, check_laws, decide, deployment, metering,
    notices, parties, standing, vouchers,
};
use crate::channel::{
    AccountClass, DiscountScope, FreezeChange, FreezeTerms, NonStopChange, PartnerKind, Settlement, Subscription, Tier,
    Uin, Verification, VoucherMode, VoucherUsage, looks_of,
};
use crate::ledger::Moment;
use crate::money::{Amount, Factor, Rate};

const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;
const PLATFORM: Actor = Actor::Platform { key: 1, access: KeyAccess::Full };
/// How many of everything there are.
const SIZES: [u64; 2] = [20, 700];

const RESELLER: u64 = 1;
const OTHER: u64 = 2;
const CUSTOMER: u64 = 3;
/// The first of many.
const MANY: u64 = 1_000;

fn uin(number: u64) -> Uin {
    Uin::new(number).unwrap()
}

struct World {
    book: Book,
    now: Moment,
    size: u64,
    /// Members that were looked at since this was last set to nothing.
    looks: u64,
}

impl World {
    /// Two resellers, a customer of the first with 1,000,000.00, the products `cvm` and `cdn`.
    fn new(size: u64) -> World {
        let mut world = World { book: Book::new(), now: Moment::default().plus_seconds(20_000 * DAY), size, looks: 0 };
        for partner in [RESELLER, OTHER] {
            world.open(partner);
            let (uin, kind, distributor) = (uin(partner), PartnerKind::Reseller, None);
            let (allocation_quota, voucher_quota) = (Amount::whole(1_000_000_000), Amount::ZERO);
            let (spend_line, allowlist) = (None, Vec::new());
            world.obey(parties::RegisterPartner {
                uin,
                kind,
                distributor,
                allocation_quota,
                spend_line,
                voucher_quota,
                allowlist,
            });
        }
        world.customer(CUSTOMER, 1_000_000);
        for code in ["cvm", "cdn"] {
            world.obey(catalogue::AddProduct {
                code: code.parse().unwrap(),
                name: String::new(),
                settlement: Settlement::Hourly,
                grace_hours: None,
                retention_days: None,
                freeze: FreezeTerms::default(),
                inheritable: true,
            });
        }
        world
    }

    fn open(&mut self, number: u64) {
        let (class, verification, tier) = (AccountClass::External, Verification::Personal, Tier::None);
        self.obey(parties::OpenAccount {
            uin: Some(uin(number)),
            class,
            verification,
            tier,
            site: None,
            entity: None,
            followed: false,
        });
    }

    fn customer(&mut self, number: u64, credit: i64) {
        self.open(number);
        self.obey(parties::BindCustomer { customer: uin(number), partner: uin(RESELLER) });
        self.obey(parties::AllocateCredit { customer: uin(number), amount: Amount::whole(credit), remark: None });
    }

    fn act(&mut self, actor: Actor, command: &Command) -> Event {
        let context = Context { now: self.now, actor, rules: &Rules::default() };
        let (event, looks) = looks_of(|| {
            let event = decide(&self.book, command, &context).unwrap_or_else(|no| panic!("{command:?}: {no:?}")).event;
            self.book.evolve(self.book.seq() + 1, self.now, &event).unwrap();
            event
        });
        self.looks += looks;
        event
    }

    fn obey(&mut self, command: impl Into<Command>) {
        let event = self.act(PLATFORM, &command.into());
        event.touches().for_each(|account| while self.follow(account) {});
    }

    /// Does one thing that follows from how an account stands, if anything does.
    fn follow(&mut self, account: Uin) -> bool {
        let (next, looks) = looks_of(|| self.book.consequence(account, self.now));
        self.looks += looks;
        next.map(|next| self.act(Actor::System, &next)).is_some()
    }

    /// Does what is due, and answers how much that was.
    fn wait(&mut self, seconds: i64) -> u64 {
        self.now = self.now.plus_seconds(seconds);
        let mut done = 0;
        loop {
            let (duty, looks) = looks_of(|| self.book.duty(self.now));
            self.looks += looks;
            let Some(duty) = duty else { return done };
            self.act(Actor::System, &duty);
            done += 1;
        }
    }

    fn usage(&self, account: u64, amount: i64) -> metering::SettleUsage {
        metering::SettleUsage {
            account: uin(account),
            product: "cvm".parse().unwrap(),
            amount: Amount::whole(amount),
            units: None,
            period_start: self.now,
            period_end: self.now,
            resource: None,
            action: None,
            details: String::new(),
        }
    }

    /// As many resources of the customer's.
    fn with_resources(size: u64) -> World {
        let mut world = World::new(size);
        for at in 0..size {
            world.obey(metering::ActivateResource {
                account: uin(CUSTOMER),
                name: format!("ins-{at}").parse().unwrap(),
                product: if at % 2 == 0 { "cvm" } else { "cdn" }.parse().unwrap(),
                unit_price: Amount::whole(1),
                quantity: Factor::ONE,
                details: String::new(),
            });
        }
        world
    }

    /// The laws hold, and the book is the same when it is read again.
    fn is_sound(&self) {
        check_laws(&self.book).unwrap();
        let pieces: Vec<_> = self.book.to_pieces().collect();
        let mut reader = BookReader::default();
        pieces.iter().for_each(|piece| reader.take(piece).unwrap());
        let again = reader.finish().unwrap();
        assert!(again.to_pieces().eq(pieces));
        check_laws(&again).unwrap();
        assert_eq!(again.next_due(), self.book.next_due());
    }
}

/// What an operation looks at on a book with few of everything, and on one with many: as much, and no more than `most`.
#[track_caller]
fn as_much(most: u64, grow: impl Fn(u64) -> World, act: impl Fn(&mut World)) {
    let looks = SIZES.map(|size| {
        let mut world = grow(size);
        world.is_sound();
        world.looks = 0;
        act(&mut world);
        let looks = world.looks;
        world.is_sound();
        looks
    });
    assert!(looks[0] == looks[1] && looks[1] <= most, "{looks:?} looks on books of {SIZES:?}");
}

/// A customer in arrears with as many resources, which stop two hours later.
fn in_arrears(size: u64) -> World {
    let mut world = World::with_resources(size);
    world.obey(world.usage(CUSTOMER, 1_000_001));
    world
}

#[test]
fn crossing_zero_looks_at_the_first_resource_of_each_product() {
    as_much(40, World::with_resources, |world| world.obey(world.usage(CUSTOMER, 1_000_001)));
}

#[test]
fn a_review_a_switch_and_force_look_at_the_first_resources() {
    as_much(40, in_arrears, |world| {
        world.now = world.now.plus_seconds(DAY);
        world.act(Actor::System, &standing::ReviewCustomer { customer: uin(CUSTOMER) }.into());
    });
    // With the review that follows.
    as_much(40, in_arrears, |world| {
        world.act(PLATFORM, &standing::ForceSuspension { customer: uin(CUSTOMER), forced: true }.into());
        assert!(world.follow(uin(CUSTOMER)));
    });
    as_much(40, in_arrears, |world| {
        let non_stop = NonStopChange { postpaid: Some(true), ..NonStopChange::default() };
        let (special_suspension, partner_warning, own_warning) = (None, None, None);
        let customer = uin(CUSTOMER);
        let change = standing::ChangeCustomer { customer, non_stop, special_suspension, partner_warning, own_warning };
        world.act(PLATFORM, &change.into());
        assert!(world.follow(uin(CUSTOMER)));
    });
}

#[test]
fn each_resource_that_stops_starts_or_goes_is_found_by_itself() {
    for size in SIZES {
        let mut world = in_arrears(size);
        let pass = |world: &mut World, seconds, most| {
            world.looks = 0;
            let done = world.wait(seconds);
            assert!((size..size + 20).contains(&done), "{done} of {size}");
            assert!(world.looks <= most * done, "{} looks at {done}", world.looks);
            world.is_sound();
        };
        pass(&mut world, 2 * HOUR, 12);
        // What it owes is paid, and all start again at once.
        let more = Amount::whole(10);
        world.looks = 0;
        world.obey(parties::AllocateCredit { customer: uin(CUSTOMER), amount: more, remark: None });
        assert!((1..=14 * size + 40).contains(&world.looks), "{} looks at {size}", world.looks);
        world.is_sound();
        world.obey(world.usage(CUSTOMER, 100));
        pass(&mut world, 2 * HOUR, 12);
        pass(&mut world, 15 * DAY, 12);
        assert_eq!(world.book.resources().count(), 0);
    }
}

#[test]
fn new_arrears_while_some_have_not_started_again_start_them_at_once() {
    let mut world = in_arrears(20);
    world.wait(2 * HOUR);
    // A part of what has to start does, and then there are new arrears, with a grace of their own.
    let allocate =
        |amount| parties::AllocateCredit { customer: uin(CUSTOMER), amount: Amount::whole(amount), remark: None };
    world.act(PLATFORM, &allocate(10).into());
    (0..5).for_each(|_| assert!(world.follow(uin(CUSTOMER))));
    world.act(PLATFORM, &world.usage(CUSTOMER, 100).into());
    assert!(world.follow(uin(CUSTOMER)), "the review");
    assert_eq!(world.book.next_due(), Some(Moment::default()), "what is stopped starts at once");
    world.is_sound();
    // Too late for that, and they go when it is time.
    let later = world.now.plus_seconds(2 * HOUR);
    let first = world.book.duty(later);
    assert!(matches!(first, Some(Command::Metering(metering::Command::SuspendResource(_)))), "{first:?}");
    while world.follow(uin(CUSTOMER)) {}
    assert_eq!(world.book.next_due(), Some(later));
    world.is_sound();
}

#[test]
fn a_products_terms_look_at_no_resource() {
    let change = |grace_hours| catalogue::ChangeProduct {
        code: "cvm".parse().unwrap(),
        name: None,
        settlement: None,
        grace_hours: Some(grace_hours),
        retention_days: Some(3),
        freeze: FreezeChange::default(),
        inheritable: None,
    };
    as_much(0, in_arrears, |world| {
        world.obey(change(1));
        assert_eq!(world.book.next_due(), Some(world.now.plus_seconds(HOUR)));
    });
    // What is stopped for a grace that is longer by now starts again.
    let mut world = in_arrears(20);
    world.wait(2 * HOUR);
    world.obey(change(5));
    assert_eq!(world.book.next_due(), Some(Moment::default()));
    world.is_sound();
    assert_eq!(world.wait(0), 10);
    world.is_sound();
}

/// As many discounts on both prices: over, to come, of another product.
fn with_discounts(size: u64) -> World {
    let mut world = World::new(size);
    let (over, to_come) = (world.now.plus_seconds(1), world.now.plus_seconds(DAY));
    for scope in [DiscountScope::Customer(uin(CUSTOMER)), DiscountScope::Partner(uin(RESELLER))] {
        let partner = uin(RESELLER);
        let (product, rate) = (None, Rate::ONE);
        let discount = catalogue::SetDiscount { scope, partner, product, rate, starts_at: None, ends_at: None };
        for _ in 0..world.size {
            world.obey(catalogue::SetDiscount { ends_at: Some(over), ..discount.clone() });
            world.obey(catalogue::SetDiscount { starts_at: Some(to_come), ..discount.clone() });
            world.obey(catalogue::SetDiscount { product: Some("cdn".parse().unwrap()), ..discount.clone() });
        }
    }
    world.wait(1);
    // As many records as it takes for those that are over to leave.
    (0..world.size).for_each(|_| world.obey(world.usage(CUSTOMER, 1)));
    world
}

#[test]
fn a_purchase_looks_at_no_discount_that_does_not_count() {
    as_much(4, with_discounts, |world| world.obey(world.usage(CUSTOMER, 1)));
}

/// As many vouchers of the customer's, none of which is for what it uses.
fn with_vouchers(size: u64) -> World {
    let mut world = World::new(size);
    let effective_at = world.now;
    for at in 0..size {
        let expires_at = world.now.plus_seconds(DAY + i64::try_from(at).unwrap());
        let products = vouchers::NewVoucherProducts::Only(vec!["cdn".parse().unwrap()]);
        let (usage, mode, amount) = (VoucherUsage::CustomerOffer, VoucherMode::All, Amount::whole(1));
        let own = (vouchers::NewVoucherKind::Customer(None), uin(CUSTOMER));
        for (kind, owner) in [own, (vouchers::NewVoucherKind::PartnerAll, uin(RESELLER))] {
            let products = products.clone();
            let voucher =
                vouchers::IssueVoucher { kind, owner, amount, usage, mode, products, effective_at, expires_at };
            world.obey(voucher);
        }
    }
    world
}

#[test]
fn what_is_used_looks_at_no_voucher_that_does_not_fit_and_a_balance_at_none() {
    as_much(16, with_vouchers, |world| {
        world.obey(world.usage(CUSTOMER, 1));
        let product = "cdn".parse().unwrap();
        world.obey(metering::SettleUsage { product, ..world.usage(CUSTOMER, 2) });
        let (balance, looks) = looks_of(|| world.book.voucher_balance(uin(CUSTOMER), world.now));
        let left = i64::try_from(world.size).unwrap() - 2;
        assert_eq!((balance, looks), (i128::from(Amount::whole(left).units()), 0));
    });
}

/// One that was bound as often, once to the other partner, with a bill left each time.
fn with_bindings(size: u64) -> World {
    let mut world = World::new(size);
    world.open(MANY);
    for at in 0..size {
        let partner = if at == size / 2 { OTHER } else { RESELLER };
        world.obey(parties::BindCustomer { customer: uin(MANY), partner: uin(partner) });
        world.obey(parties::AllocateCredit { customer: uin(MANY), amount: Amount::whole(2), remark: None });
        world.obey(world.usage(MANY, 1));
        world.now = world.now.plus_seconds(60);
        world.obey(parties::UnbindCustomer { customer: uin(MANY) });
    }
    world
}

#[test]
fn what_comes_late_looks_at_the_binding_of_its_time() {
    as_much(2, with_bindings, |world| {
        let then = world.book.former_bindings(uin(MANY))[3].from;
        let late = metering::SettleUsage { period_start: then, period_end: then, ..world.usage(MANY, 1) };
        world.obey(late);
    });
}

#[test]
fn a_receipt_looks_at_the_bills_that_it_is_for() {
    as_much(2, with_bindings, |world| {
        let month = world.book.calendar().month(world.now);
        world.now = world.book.calendar().issued_at(month);
        let lines = bills::ReceiptLines::All { pay_mode: None, action: None };
        let partner = Actor::Account { uin: uin(OTHER), by: By::NotRecorded };
        let receipt = bills::ConfirmReceipt { customer: uin(MANY), month, lines };
        let Event::Bills(bills::Event::ReceiptConfirmed(confirmed)) = world.act(partner, &receipt.into()) else {
            panic!("a receipt came to something else");
        };
        assert_eq!((confirmed.lines, confirmed.returned), (1, Amount::whole(1)));
    });
}

#[test]
fn issuing_bills_looks_at_nobody_who_was_warned() {
    let warned = |size| {
        let mut world = World::new(size);
        for number in MANY..MANY + size {
            world.customer(number, 100);
            world.obey(world.usage(number, 95));
        }
        world
    };
    as_much(0, warned, |world| {
        let month = world.book.issued().unwrap().next();
        world.now = world.book.calendar().issued_at(month);
        world.act(Actor::System, &bills::IssueBills { month }.into());
    });
}

#[test]
fn a_key_is_revoked_without_a_look_at_the_others() {
    let mut world = World::new(1);
    let issue = |access| deployment::IssuePlatformKey { access };
    for access in [KeyAccess::Full, KeyAccess::Read, KeyAccess::Full] {
        world.obey(issue(access));
    }
    assert_eq!(world.book.deployment.full_keys, 2);
    world.obey(deployment::RevokePlatformKey { key: 2 });
    world.obey(deployment::RevokePlatformKey { key: 3 });
    assert_eq!(world.book.deployment.full_keys, 1);
    let context = Context { now: world.now, actor: PLATFORM, rules: &Rules::default() };
    let last = deployment::RevokePlatformKey { key: 1 }.into();
    assert_eq!(decide(&world.book, &last, &context), Err(deployment::Reason::LastFullKey.into()));
}

#[test]
fn time_stops_for_months_with_charges_and_days_on_which_somebody_is_told() {
    let mut world = World::new(1);
    let calendar = world.book.calendar();
    // Nothing was charged and nobody is low: there is nothing to stop for, though bills are due.
    assert!(world.book.next_due().is_some());
    assert_eq!(world.book.next_stop(), None);
    world.obey(world.usage(CUSTOMER, 1));
    let issued_at = calendar.issued_at(calendar.month(world.now));
    assert_eq!(world.book.next_stop(), Some(calendar.issued_at(calendar.month(world.now).previous())));
    world.wait(62 * DAY);
    assert!(world.now > issued_at);
    assert_eq!(world.book.next_stop(), None);
    // Somebody low is told each day, unless nobody wants to know.
    world.obey(world.usage(CUSTOMER, 900_000));
    let tomorrow = calendar.start_of(crate::ledger::Day(calendar.day(world.now).0 + 1));
    assert_eq!(world.book.next_stop(), Some(tomorrow));
    for account in [RESELLER, CUSTOMER] {
        let subscription = Subscription { channel_service: false, ..Subscription::default() };
        world.obey(notices::Subscribe { uin: uin(account), subscription });
    }
    assert_eq!(world.book.next_stop(), Some(calendar.issued_at(calendar.month(world.now))));
    world.wait(62 * DAY);
    assert_eq!((world.book.next_stop(), world.book.next_due().is_some()), (None, true));
}

#[test]
fn where_many_are_low_time_stops_without_a_look_at_them() {
    let mut world = World::new(1);
    let subscription = Subscription { channel_service: false, ..Subscription::default() };
    world.obey(notices::Subscribe { uin: uin(RESELLER), subscription });
    // Each has used its credit up, and nobody wants to know.
    let low = |world: &mut World, numbers: std::ops::Range<u64>| {
        for number in numbers.map(|number| MANY + number) {
            world.customer(number, 100);
            world.obey(notices::Subscribe { uin: uin(number), subscription });
            world.obey(world.usage(number, 100));
        }
    };
    low(&mut world, 0..1_000);
    world.wait(62 * DAY);
    assert_eq!(looks_of(|| world.book.next_stop()), (None, 1_000));
    low(&mut world, 1_000..1_001);
    world.wait(62 * DAY);
    let (stop, looks) = looks_of(|| world.book.next_stop());
    assert!(stop.is_some());
    assert_eq!(looks, 0);
}
