//! What a decision carries besides its figures: why it came out so, which number a new thing gets, and when it changed;
//! and the edges in time and number that a random draw hardly ever meets.

#![expect(clippy::unwrap_used, reason = "all values are written here, by hand")]

mod set_up;

use credere_core::access::{Action, Actor, Denial};
use credere_core::book::{
    Book, Command, Context, Decision, Event, Figure, Finding, Named, Rejection, Rule, Rules, buying, decide, metering,
    parties, standing, vouchers,
};
use credere_core::channel::{
    AuthorizationId, FreezeTerms, Order, OrderId, OrderState, PartnerKind, RefundScope, Side, Tier, Verification,
    VoucherUse,
};
use credere_core::ledger::{Moment, Shard};
use credere_testkit::commands;
use set_up::{PLATFORM, add_cvm, moment, obey, open, register, uin, whole};

const DISTRIBUTOR: u64 = 1;
const SECOND_LEVEL: u64 = 2;
const CUSTOMER: u64 = 3;

/// A book and its clock.
struct World {
    book: Book,
    now: Moment,
}

impl World {
    /// A distributor with 1,000.00, a second-level reseller with a pool of 300.00, and its customer with 100.00.
    fn new() -> World {
        let mut world = World { book: Book::new(), now: moment(0) };
        for number in [DISTRIBUTOR, SECOND_LEVEL, CUSTOMER] {
            world.obey(&open(number));
        }
        for command in [
            register(DISTRIBUTOR, PartnerKind::Distributor, None, 1_000),
            register(SECOND_LEVEL, PartnerKind::SecondLevelReseller, Some(DISTRIBUTOR), 300),
            Command::from(parties::BindCustomer { customer: uin(CUSTOMER), partner: uin(SECOND_LEVEL) }),
            allocate(100),
            add_cvm(FreezeTerms::default()),
        ] {
            world.obey(&command);
        }
        world
    }

    fn ask(&self, actor: Actor, command: &Command) -> Result<Decision, Rejection> {
        decide(&self.book, command, &Context { now: self.now, actor, rules: &Rules::default() })
    }

    fn obey(&mut self, command: &Command) -> Decision {
        obey(&mut self.book, self.now, PLATFORM, command)
    }

    /// What a refusal compared.
    fn refused(&self, command: &Command) -> Vec<Finding> {
        self.ask(PLATFORM, command).unwrap_err().because().to_vec()
    }
}

fn allocate(amount: i64) -> Command {
    commands::allocate(uin(CUSTOMER), whole(amount)).into()
}

fn pool(amount: i64) -> Command {
    commands::pool(uin(SECOND_LEVEL), whole(amount)).into()
}

fn buy(amount: i64, capture: bool, park: bool) -> Command {
    buying::PlaceOrder { capture, park, ..commands::order(uin(CUSTOMER), "cvm", whole(amount)) }.into()
}

fn authorize(amount: i64, expires_at: Option<Moment>) -> Command {
    buying::Authorize { expires_at, ..commands::authorize(uin(CUSTOMER), "cvm", whole(amount)) }.into()
}

/// What was needed of a figure and found; the code is that of the refusal if that is too little.
fn finding(rule: Rule, account: u64, figure: Figure, required: i64, found: i64) -> Finding {
    let code = match rule {
        Rule::R32 => "exceeds_allocatable",
        Rule::R33 => "exceeds_available",
        Rule::R48 => "exceeds_pool",
        _ => "insufficient_credit",
    };
    Finding::at_least(rule, (uin(account), figure), whole(required), whole(found), code)
}

fn order(decision: &Decision) -> &Order {
    match &decision.event {
        Event::Buying(buying::Event::OrderChanged(buying::OrderChanged { order, .. })) => order,
        other => panic!("{} is not about an order", other.name()),
    }
}

#[test]
fn a_purchase_says_what_both_sides_had() {
    let mut world = World::new();
    let both = [
        finding(Rule::R55, CUSTOMER, Figure::CustomerAvailable, 40, 100),
        finding(Rule::R56, DISTRIBUTOR, Figure::SpendAvailable, 40, 1_000),
    ];
    assert_eq!(world.obey(&buy(40, true, false)).because.as_slice(), both);
    let both = [
        finding(Rule::R55, CUSTOMER, Figure::CustomerAvailable, 60, 60),
        finding(Rule::R56, DISTRIBUTOR, Figure::SpendAvailable, 60, 960),
    ];
    assert_eq!(world.obey(&authorize(60, None)).because.as_slice(), both);
}

#[test]
fn a_partners_own_purchase_has_one_side() {
    let world = World::new();
    let own = Command::from(commands::authorize(uin(SECOND_LEVEL), "cvm", whole(40)));
    let spend = [finding(Rule::R56, DISTRIBUTOR, Figure::SpendAvailable, 40, 1_000)];
    assert_eq!(world.ask(PLATFORM, &own).unwrap().because.as_slice(), spend);
}

#[test]
fn a_refused_purchase_says_which_side_fell_short() {
    let mut world = World::new();
    let both = [
        finding(Rule::R55, CUSTOMER, Figure::CustomerAvailable, 101, 100),
        finding(Rule::R56, DISTRIBUTOR, Figure::SpendAvailable, 101, 1_000),
    ];
    assert_eq!(world.refused(&buy(101, true, false)), both);
    assert_eq!(world.refused(&authorize(101, None)), both);
    assert_eq!(world.obey(&buy(101, true, true)).because.as_slice(), both, "a parked order says it as well");
    let spend_line = Some(whole(30));
    world.obey(&parties::ChangePartner { spend_line, ..commands::change_partner(uin(DISTRIBUTOR)) }.into());
    let short = |required| {
        [
            finding(Rule::R55, CUSTOMER, Figure::CustomerAvailable, required, 100),
            finding(Rule::R56, DISTRIBUTOR, Figure::SpendAvailable, required, 30),
        ]
    };
    assert_eq!(world.refused(&buy(31, true, false)), short(31));
    assert_eq!(world.refused(&buy(101, true, false)), short(101), "both fall short, and both are told");
    let refused = world.ask(PLATFORM, &buy(31, true, false)).unwrap_err();
    assert!(matches!(refused, Rejection::Buying(buying::Reason::InsufficientCredit { side: Side::Partner, .. })));
}

#[test]
fn handing_down_says_what_was_left_and_taking_back_what_was_there() {
    let world = World::new();
    for (command, expected) in [
        (allocate(200), finding(Rule::R32, SECOND_LEVEL, Figure::Allocatable, 200, 200)),
        (allocate(-100), finding(Rule::R33, CUSTOMER, Figure::CustomerAvailable, 100, 100)),
        (pool(700), finding(Rule::R32, DISTRIBUTOR, Figure::Allocatable, 700, 700)),
        (pool(-200), finding(Rule::R48, SECOND_LEVEL, Figure::PoolRemaining, 200, 200)),
    ] {
        assert_eq!(world.ask(PLATFORM, &command).unwrap().because.as_slice(), [expected], "{command:?}");
        assert!(expected.passed());
    }
    for (command, expected) in [
        (allocate(201), finding(Rule::R32, SECOND_LEVEL, Figure::Allocatable, 201, 200)),
        (allocate(-101), finding(Rule::R33, CUSTOMER, Figure::CustomerAvailable, 101, 100)),
        (pool(701), finding(Rule::R32, DISTRIBUTOR, Figure::Allocatable, 701, 700)),
        (pool(-201), finding(Rule::R48, SECOND_LEVEL, Figure::PoolRemaining, 201, 200)),
    ] {
        assert_eq!(world.refused(&command), [expected], "{command:?}");
        assert!(!expected.passed());
    }
}

#[test]
fn who_was_a_customer_once_reads_what_was_its_own_whatever_it_has_become() {
    let mut world = World::new();
    world.obey(&Command::from(parties::UnbindCustomer { customer: uin(CUSTOMER) }));
    world.obey(&register(CUSTOMER, PartnerKind::Reseller, None, 100));
    let signer = |account| Actor::signed(uin(account), "AKIDexample".parse().unwrap());
    let asks = |account, action, target| world.book.permit(signer(account), action, Some(uin(target)));
    let wrong_role = Err(Rejection::NotPermitted(Denial::WrongRole));
    for action in [Action::ReadOwnBills, Action::ReadOwnVouchers] {
        assert_eq!(asks(CUSTOMER, action, CUSTOMER), Ok(()));
        assert_eq!(asks(CUSTOMER, action, SECOND_LEVEL), wrong_role, "another's");
        assert_eq!(asks(SECOND_LEVEL, action, SECOND_LEVEL), wrong_role, "never was a customer");
    }
    assert_eq!(asks(CUSTOMER, Action::ReadOwnCredit, CUSTOMER), wrong_role, "it has none");
    assert_eq!(asks(CUSTOMER, Action::ReadOwnPartner, CUSTOMER), Ok(()));
}

#[test]
fn a_new_order_has_the_number_of_its_position() {
    let mut world = World::new();
    let position = world.book.seq() + 1;
    assert_eq!(order(&world.obey(&buy(1, false, false))).id, OrderId(position));
    assert!(world.book.open_order(OrderId(position)).is_some());
}

#[test]
fn how_an_order_ended_is_told_as_it_was_found_unless_the_book_has_it() {
    let mut world = World::new();
    let id = order(&world.obey(&buy(50, false, false))).id;
    let deliver = |id, ended| Command::from(buying::DeliverOrder { order: Named { id, ended } });
    let refused = |world: &World, id, ended| match world.ask(PLATFORM, &deliver(id, ended)) {
        Err(Rejection::Buying(reason)) => reason,
        other => panic!("{other:?}"),
    };
    let not = |state| buying::Reason::OrderNot { state, needed: OrderState::Processing };
    assert!(world.ask(PLATFORM, &deliver(id, Some(OrderState::Canceled))).is_ok(), "it is open");
    world.obey(&deliver(id, None));
    assert_eq!(refused(&world, id, Some(OrderState::Delivered)), not(OrderState::Delivered));
    assert_eq!(refused(&world, id, None), buying::Reason::OrderNotFound, "nobody knows of it");
}

#[test]
fn an_order_tells_when_it_was_placed_and_when_it_last_changed() {
    for then in [
        |id: OrderId| Command::from(buying::DeliverOrder { order: id.into() }),
        |id: OrderId| Command::from(buying::CancelOrder { order: id.into() }),
        |id: OrderId| Command::from(buying::PayOrder { order: id.into(), by: buying::PayBy::Customer }),
    ] {
        let mut world = World::new();
        world.now = moment(10);
        let parks = matches!(then(OrderId(0)), Command::Buying(buying::Command::PayOrder(_)));
        let placed = world.obey(&buy(if parks { 150 } else { 50 }, false, true));
        let id = order(&placed).id;
        assert_eq!((order(&placed).created_at, order(&placed).updated_at), (moment(10), moment(10)));
        world.obey(&allocate(100));
        world.now = moment(20);
        let changed = world.obey(&then(id));
        assert_eq!((order(&changed).created_at, order(&changed).updated_at), (moment(10), moment(20)));
    }
    let mut world = World::new();
    world.now = moment(10);
    let bought = order(&world.obey(&buy(50, true, false))).clone();
    world.now = moment(20);
    let order = Named { id: bought.id, ended: Some(Box::new(bought)) };
    match world
        .obey(&Command::from(buying::RefundOrder { order, amount: whole(1), scope: RefundScope::Order, capture: true }))
        .event
    {
        Event::Buying(buying::Event::OrderRefunded(buying::OrderRefunded { order, .. })) => {
            assert_eq!((order.created_at, order.updated_at), (moment(10), moment(20)));
        }
        other => panic!("{} is not a refund", other.name()),
    }
}

#[test]
fn an_order_that_is_paid_later_keeps_which_vouchers_paid_it() {
    let mut world = World::new();
    let parked = order(&world.obey(&buy(150, false, true))).id;
    let mut issue = |kind, owner, amount| {
        let (effective_at, expires_at) = (world.now, world.now.plus_seconds(60));
        let voucher = commands::voucher(kind, uin(owner), whole(amount), (effective_at, expires_at));
        let issued = world.obey(&voucher.into());
        match issued.event {
            Event::Vouchers(vouchers::Event::VoucherIssued(issued)) => {
                VoucherUse { voucher: issued.voucher.id, amount: whole(amount) }
            }
            other => panic!("{} is not an issue", other.name()),
        }
    };
    let own = issue(vouchers::NewVoucherKind::Customer(Some(uin(DISTRIBUTOR))), CUSTOMER, 60);
    let partners = issue(vouchers::NewVoucherKind::PartnerAll, DISTRIBUTOR, 5);
    let early = Command::from(vouchers::ExpireVoucher { id: own.voucher });
    assert_eq!(world.ask(Actor::System, &early), Err(Rejection::NothingDue), "its time is not over");
    let paid = world.obey(&Command::from(buying::PayOrder { order: parked.into(), by: buying::PayBy::Customer }));
    assert_eq!((&*order(&paid).vouchers, &*order(&paid).partner_vouchers), (&[own][..], &[partners][..]));
    world.obey(&Command::from(buying::DeliverOrder { order: parked.into() }));
    assert_eq!(
        [own, partners].map(|one| world.book.voucher(one.voucher).cloned()),
        [None, None],
        "nothing is set aside"
    );
}

#[test]
fn a_partner_is_told_what_changes_of_it_and_not_what_stays() {
    let mut world = World::new();
    let change = |number, spend_line: Option<i64>, voucher_quota: Option<i64>| {
        let (spend_line, voucher_quota) = (spend_line.map(whole), voucher_quota.map(whole));
        let nothing = commands::change_partner(uin(number));
        Command::from(parties::ChangePartner { spend_line, voucher_quota, ..nothing })
    };
    for spend_line in [None, Some(1_000)] {
        let stays = world.ask(PLATFORM, &change(DISTRIBUTOR, spend_line, None)).unwrap();
        match (stays.event, stays.because.as_slice()) {
            (Event::Parties(parties::Event::PartnerChanged(changed)), []) => {
                assert_eq!(changed.spend_line, Some(whole(1_000)));
            }
            other => panic!("{other:?}"),
        }
    }
    world.obey(&change(SECOND_LEVEL, None, Some(10)));
    let (kind, pays) = (vouchers::NewVoucherKind::Customer(None), (world.now, world.now.plus_seconds(60)));
    world.obey(&commands::voucher(kind, uin(CUSTOMER), whole(5), pays).into());
    assert_eq!(world.book.partner(uin(SECOND_LEVEL)).unwrap().vouchers_count, 1);
    assert!(world.ask(PLATFORM, &change(SECOND_LEVEL, None, Some(5))).is_ok(), "as much as it has issued");
    let (partner, requested, issued) = (uin(SECOND_LEVEL), whole(4), whole(5));
    let refused = parties::Reason::BelowIssued { partner, requested, issued };
    assert_eq!(world.ask(PLATFORM, &change(SECOND_LEVEL, None, Some(4))), Err(refused.into()));
}

#[test]
fn an_account_is_verified_since_it_became_what_it_is() {
    let mut world = World::new();
    let mut verified_at = |second, verification| {
        world.now = moment(second);
        let (uin, class, tier) = (uin(CUSTOMER), None, Some(Tier::Key));
        world.obey(&Command::from(parties::ChangeAccount {
            uin,
            class,
            verification,
            tier,
            entity: None,
            followed: None,
        }));
        world.book.account(uin).unwrap().verified_at
    };
    assert_eq!(verified_at(10, Some(Verification::Enterprise)), Some(moment(10)));
    assert_eq!(verified_at(20, None), Some(moment(10)));
    assert_eq!(verified_at(30, Some(Verification::Enterprise)), Some(moment(10)));
    assert_eq!(verified_at(40, Some(Verification::None)), None);
}

#[test]
fn a_resource_grows_by_its_price_times_its_quantity() {
    let mut world = World::new();
    let factor = |quantity: i64| quantity.to_string().parse().unwrap();
    let one = commands::activate(uin(CUSTOMER), "server", "cvm", whole(1));
    world.obey(&metering::ActivateResource { quantity: factor(5), ..one }.into());
    let id = world.book.resource(&"server".parse().unwrap()).unwrap().id;
    let resize = |unit_price, quantity| {
        let (unit_price, quantity) = (Some(whole(unit_price)), Some(factor(quantity)));
        Command::from(metering::ResizeResource { resource: Some(id.into()), unit_price, quantity })
    };
    world.obey(&Command::from(standing::ForceSuspension { customer: uin(CUSTOMER), forced: true }));
    let suspended = Err(Rejection::Buying(buying::Reason::AccountSuspended(uin(CUSTOMER))));
    assert_eq!(world.ask(PLATFORM, &resize(2, 3)), suspended, "6 for 5");
    assert!(world.ask(PLATFORM, &resize(5, 1)).is_ok(), "5 for 5");
    assert!(world.ask(PLATFORM, &resize(4, 1)).is_ok(), "4 for 5");
    // It is stopped at once, and is neither stopped before nor deleted instead.
    let suspend = Command::from(metering::SuspendResource { id });
    assert_eq!(world.book.duty(world.now), Some(suspend.clone()));
    assert!(world.ask(Actor::System, &suspend).is_ok());
    let delete = Command::from(metering::DeleteResource { id });
    assert_eq!(world.ask(Actor::System, &delete), Err(Rejection::NothingDue));
    world.now = moment(-1);
    assert_eq!(world.ask(Actor::System, &suspend), Err(Rejection::NothingDue));
}

#[test]
fn an_authorization_can_be_used_until_it_expires_and_not_at_that_moment() {
    let mut world = World::new();
    world.obey(&authorize(10, Some(moment(60))));
    let authorization = AuthorizationId { account: uin(CUSTOMER), opened_seq: world.book.seq() };
    let use_it = [
        Command::from(buying::Capture { authorization, amount: None }),
        Command::from(buying::Release { authorization }),
    ];
    let expire = Command::from(buying::Expire { authorization });
    world.now = moment(60).plus_seconds(-1);
    assert!(use_it.iter().all(|command| world.ask(PLATFORM, command).is_ok()));
    assert_eq!(world.ask(Actor::System, &expire), Err(Rejection::Buying(buying::Reason::AuthorizationNotDue)));
    assert_eq!(world.book.duty(world.now), None);
    world.now = moment(60);
    for command in &use_it {
        assert_eq!(world.ask(PLATFORM, command), Err(Rejection::Buying(buying::Reason::AuthorizationNotOpen)));
    }
    assert!(world.ask(Actor::System, &expire).is_ok());
    assert_eq!(world.book.duty(world.now), Some(expire));
}

#[test]
fn an_authorization_may_be_open_for_thirty_days_and_no_longer() {
    let world = World::new();
    let month = 30 * 86_400;
    assert!(world.ask(PLATFORM, &authorize(10, Some(moment(month)))).is_ok());
    for wrong in [0, -1, month + 1] {
        let refused = Rejection::Buying(buying::Reason::ExpiryOutOfRange { latest: moment(month) });
        assert_eq!(world.ask(PLATFORM, &authorize(10, Some(moment(wrong)))), Err(refused));
    }
    match world.ask(PLATFORM, &authorize(10, None)).unwrap().event {
        Event::Buying(buying::Event::AuthorizationOpened(buying::AuthorizationOpened { expires_at, .. })) => {
            assert_eq!(expires_at, moment(7 * 86_400))
        }
        other => panic!("{} is not an opening", other.name()),
    }
}

#[test]
fn a_number_beyond_the_journal_was_never_an_authorization() {
    let world = World::new();
    let last = world.book.seq();
    let elsewhere = Shard::LAST.number_at(last).unwrap();
    let not_open = buying::Reason::AuthorizationNotOpen;
    let never = |number| (number, false, buying::Reason::AuthorizationNotFound);
    for (opened_seq, may, reason) in [(last, true, not_open), never(last + 1), never(elsewhere), never(u64::MAX)] {
        let authorization = AuthorizationId { account: uin(CUSTOMER), opened_seq };
        assert_eq!(world.book.may_have_opened(authorization), may);
        assert_eq!(world.ask(PLATFORM, &buying::Release { authorization }.into()), Err(reason.into()));
    }
}

#[test]
fn an_authorization_belongs_to_the_account_in_its_name() {
    let mut world = World::new();
    world.obey(&authorize(10, None));
    let opened_seq = world.book.seq();
    let of = |account| AuthorizationId { account: uin(account), opened_seq };
    assert!(world.book.open_authorization(of(CUSTOMER)).is_some());
    assert_eq!(world.book.open_authorization(of(DISTRIBUTOR)), None);
    let release = Command::from(buying::Release { authorization: of(DISTRIBUTOR) });
    assert_eq!(world.ask(PLATFORM, &release), Err(Rejection::Buying(buying::Reason::AuthorizationNotOpen)));
}

#[test]
fn what_is_due_comes_earliest_first() {
    let mut world = World::new();
    let bills = world.book.next_due();
    let mut ids = Vec::new();
    for second in [30, 10, 20, 40] {
        world.obey(&authorize(1, Some(moment(second))));
        ids.push(AuthorizationId { account: uin(CUSTOMER), opened_seq: world.book.seq() });
    }
    let expire = |at: usize| Some(Command::from(buying::Expire { authorization: ids[at] }));
    assert_eq!((world.book.next_due(), world.book.open_authorizations()), (Some(moment(10)), 4));
    assert_eq!(world.book.duty(moment(9)), None);
    assert_eq!(world.book.duty(moment(30)), expire(1));
    world.obey(&Command::from(buying::Release { authorization: ids[1] }));
    assert_eq!((world.book.next_due(), world.book.open_authorizations()), (Some(moment(20)), 3));
    for (second, at) in [(20, 2), (30, 0), (40, 3)] {
        world.now = moment(second);
        let due = world.book.duty(world.now);
        assert_eq!(due, expire(at));
        let event = world.ask(Actor::System, &due.unwrap()).unwrap().event;
        world.book.evolve(world.book.seq() + 1, world.now, &event).unwrap();
    }
    assert_eq!(world.book.next_due(), bills, "what is left is to issue the month's bills");
}
