//! What the property tests do to a book: commands in symbols, drawn at random, that become concrete (see `scene`) only
//! when it is their turn. So a draw can say "one unit more than the customer has by then", and shrinking keeps its sense.

use crate::{creations, offers, organizations};
use credere_core::channel::RefundScope;
use credere_core::money::Amount;
use proptest::bool::weighted;
use proptest::option::of as maybe;
use proptest::prelude::*;

/// An amount, once it is clear how things stand.
#[derive(Debug, Clone)]
pub(crate) enum Money {
    /// This many units of 10^-8.
    Units(i64),
    /// A figure of the party in question, of its partner, or of somebody else, and a little more or less.
    Near { whose: u8, figure: u8, delta: i8 },
}

/// Who gives a command.
#[derive(Debug, Clone)]
pub(crate) enum Who {
    Platform,
    Reader,
    System,
    Party(u8),
    /// Whoever the rules have in mind: the managing partner, the distributor above, the platform, the clock.
    Fitting,
}

/// A command in symbols. Numbers of parties, orders, ... are taken modulo what there is, and one beyond.
#[derive(Debug, Clone)]
pub(crate) enum Sketch {
    Open {
        number: Option<u8>,
        verified: bool,
    },
    Verify {
        party: u8,
        verified: Option<bool>,
    },
    Register {
        party: u8,
        kind: u8,
        above: Option<u8>,
        quota: Money,
        spend: Option<Money>,
        vouchers: i8,
    },
    Change {
        party: u8,
        quota: Option<Money>,
        spend: Option<Money>,
        vouchers: Option<i8>,
    },
    Pool {
        party: u8,
        amount: Money,
        back: bool,
    },
    Bind {
        party: u8,
        partner: u8,
    },
    Unbind {
        party: u8,
    },
    Allocate {
        party: u8,
        amount: Money,
        back: bool,
    },
    TopUp {
        party: u8,
        amount: Money,
        granted: bool,
    },
    Finance {
        party: u8,
        limit: Option<Money>,
        overdue: Option<Money>,
    },
    Note {
        party: u8,
    },
    Card {
        party: u8,
        months: u8,
        which: Option<u8>,
    },
    AddProduct {
        code: u8,
        freeze: u8,
    },
    ChangeProduct {
        code: u8,
        freeze: Option<u8>,
    },
    Discount {
        party: u8,
        partners: bool,
        by: u8,
        product: Option<u8>,
        rate: u32,
        from: Option<i8>,
        until: Option<i8>,
    },
    EndDiscount {
        which: u8,
    },
    Order {
        party: u8,
        product: u8,
        kind: u8,
        amount: Money,
        capture: bool,
        park: bool,
    },
    Request {
        which: u8,
    },
    Pay {
        which: u8,
        by: u8,
    },
    Deliver {
        which: u8,
    },
    Cancel {
        which: u8,
    },
    Authorize {
        party: u8,
        product: u8,
        amount: Money,
        hours: Option<i16>,
    },
    Capture {
        which: u8,
        part: Option<Money>,
    },
    Release {
        which: u8,
    },
    Expire {
        which: u8,
    },
    Credential {
        party: u8,
        revoke: bool,
    },
    MakeKey {
        full: bool,
    },
    RevokeKey {
        key: u8,
    },
    Clock {
        hours: i8,
    },
    Refund {
        which: u8,
        amount: Money,
        scope: RefundScope,
        capture: bool,
    },
    Activate {
        party: u8,
        product: u8,
        price: Money,
        quantity: u8,
    },
    Resize {
        which: u8,
        price: Option<Money>,
        quantity: Option<u8>,
    },
    Terminate {
        which: u8,
        last: Option<Money>,
    },
    Use {
        party: u8,
        product: u8,
        amount: Money,
        by: Option<u8>,
        action: Option<u8>,
        from: i16,
        hours: i8,
    },
    Voucher {
        party: u8,
        kind: u8,
        issuer: Option<u8>,
        amount: Money,
        trial: bool,
        shape: u8,
        from: i8,
        until: i16,
    },
    Invalidate {
        which: u8,
    },
    PayPlatform {
        party: u8,
        amount: Money,
    },
    Receipt {
        party: u8,
        back: u8,
        what: Lines,
    },
    Customer {
        party: u8,
        non_stop: (Option<bool>, Option<bool>),
        special: Option<bool>,
        level: Option<(bool, Option<u8>)>,
    },
    Force {
        party: u8,
        forced: bool,
    },
    Subscribe {
        party: u8,
        on: bool,
    },
    Webhook {
        which: u8,
        what: u8,
    },
    Duty {
        which: u8,
        what: u8,
    },
    Organization(organizations::Sketch),
    Creation(creations::Sketch),
    Offers(offers::Sketch),
}

/// Which lines of a bill a receipt is for.
#[derive(Debug, Clone)]
pub(crate) enum Lines {
    All,
    OfMode(bool),
    OfType(u8),
    /// Each line of the bill for which the bit at its place is set.
    Some(u8),
}

/// One thing to try: time passes, then somebody gives a command.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) who: Who,
    pub(crate) sketch: Sketch,
    /// How many minutes pass before it.
    pub(crate) minutes: u16,
}

pub(crate) fn money() -> impl Strategy<Value = Money> {
    let near = (any::<u8>(), any::<u8>(), -1..=1_i8);
    prop_oneof![
        12 => (1..30_000_i64).prop_map(|cents| Money::Units(cents * 1_000_000)),
        6 => (1..2_000_000_000_i64).prop_map(Money::Units),
        14 => near.prop_map(|(whose, figure, delta)| Money::Near { whose, figure, delta }),
        1 => Just(Money::Units(0)),
        1 => (1..30_000_i64).prop_map(|cents| Money::Units(-cents * 1_000_000)),
        1 => prop_oneof![Just(1_i64), Just(-1)].prop_map(|sign| Money::Units(sign * Amount::INPUT_MAX.units())),
        1 => (-Amount::INPUT_MAX.units()..Amount::INPUT_MAX.units()).prop_map(Money::Units),
    ]
}

pub(crate) fn rate() -> impl Strategy<Value = u32> {
    prop_oneof![
        4 => Just(100_000_000_u32),
        4 => (1..=20_u32).prop_map(|twentieths| twentieths * 5_000_000),
        2 => 1..=100_000_000_u32,
        1 => 100_000_001..=1_000_000_000_u32,
    ]
}

/// Hours until an authorization expires, also some that are not permitted.
fn weighted_hours() -> impl Strategy<Value = i16> {
    prop_oneof![6 => 1..=300_i16, 1 => -1..=0_i16, 1 => 715..=725_i16]
}

fn prepaid() -> impl Strategy<Value = Sketch> {
    let n = any::<u8>;
    let flag = any::<bool>;
    prop_oneof![
        3 => (maybe(n()), flag()).prop_map(|(number, verified)| Sketch::Open { number, verified }),
        1 => (n(), maybe(flag())).prop_map(|(party, verified)| Sketch::Verify { party, verified }),
        2 => (n(), 0..4_u8, maybe(n()), money(), maybe(money()), -1..20_i8).prop_map(
            |(party, kind, above, quota, spend, vouchers)| Sketch::Register { party, kind, above, quota, spend, vouchers }
        ),
        5 => (n(), maybe(money()), maybe(money()), maybe(-1..20_i8)).prop_map(
            |(party, quota, spend, vouchers)| Sketch::Change { party, quota, spend, vouchers }
        ),
        6 => (n(), money(), weighted(0.3)).prop_map(|(party, amount, back)| Sketch::Pool { party, amount, back }),
        2 => (n(), n()).prop_map(|(party, partner)| Sketch::Bind { party, partner }),
        8 => n().prop_map(|party| Sketch::Unbind { party }),
        12 => (n(), money(), weighted(0.3)).prop_map(|(party, amount, back)| Sketch::Allocate { party, amount, back }),
        3 => (n(), money(), flag()).prop_map(|(party, amount, granted)| Sketch::TopUp { party, amount, granted }),
        2 => (n(), maybe(money()), maybe(money())).prop_map(
            |(party, limit, overdue)| Sketch::Finance { party, limit, overdue }
        ),
        1 => n().prop_map(|party| Sketch::Note { party }),
        4 => (n(), 0..3_u8, maybe(n())).prop_map(|(party, months, which)| Sketch::Card { party, months, which }),
        1 => (n(), n()).prop_map(|(code, freeze)| Sketch::AddProduct { code, freeze }),
        1 => (n(), maybe(n())).prop_map(|(code, freeze)| Sketch::ChangeProduct { code, freeze }),
        4 => (n(), flag(), n(), maybe(n()), rate(), maybe(-5..20_i8), maybe(-5..20_i8)).prop_map(
            |(party, partners, by, product, rate, from, until)| {
                Sketch::Discount { party, partners, by, product, rate, from, until }
            }
        ),
        2 => n().prop_map(|which| Sketch::EndDiscount { which }),
        16 => (n(), n(), 0..6_u8, money(), flag(), weighted(0.3)).prop_map(
            |(party, product, kind, amount, capture, park)| Sketch::Order { party, product, kind, amount, capture, park }
        ),
        10 => (n(), 0..6_u8).prop_map(|(which, by)| Sketch::Pay { which, by }),
        4 => n().prop_map(|which| Sketch::Request { which }),
        4 => n().prop_map(|which| Sketch::Deliver { which }),
        3 => n().prop_map(|which| Sketch::Cancel { which }),
        14 => (n(), n(), money(), maybe(weighted_hours())).prop_map(
            |(party, product, amount, hours)| Sketch::Authorize { party, product, amount, hours }
        ),
        7 => (n(), maybe(money())).prop_map(|(which, part)| Sketch::Capture { which, part }),
        5 => n().prop_map(|which| Sketch::Release { which }),
        4 => n().prop_map(|which| Sketch::Expire { which }),
        1 => (n(), flag()).prop_map(|(party, revoke)| Sketch::Credential { party, revoke }),
        2 => flag().prop_map(|full| Sketch::MakeKey { full }),
        4 => n().prop_map(|key| Sketch::RevokeKey { key }),
        2 => (-3..30_i8).prop_map(|hours| Sketch::Clock { hours }),
    ]
}

/// Hours from now at which usage began: mostly lately, sometimes almost or more than 18 months ago, or in a month.
fn began() -> impl Strategy<Value = i16> {
    prop_oneof![8 => -100..=0_i16, 2 => -1_600..=0_i16, 1 => -14_000..=-12_900_i16, 1 => 735..=750_i16]
}

fn lines() -> impl Strategy<Value = Lines> {
    prop_oneof![
        4 => Just(Lines::All),
        2 => any::<bool>().prop_map(Lines::OfMode),
        2 => any::<u8>().prop_map(Lines::OfType),
        3 => any::<u8>().prop_map(Lines::Some),
    ]
}

/// Everything about resources, usage, vouchers, receipts, and how customers stand.
fn postpaid() -> impl Strategy<Value = Sketch> {
    let n = any::<u8>;
    let flag = any::<bool>;
    prop_oneof![
        6 => (n(), money(), weighted(0.5), weighted(0.7)).prop_map(|(which, amount, of_resource, capture)| {
            Sketch::Refund { which, amount, scope: scope_of(of_resource), capture }
        }),
        8 => (n(), n(), money(), n()).prop_map(
            |(party, product, price, quantity)| Sketch::Activate { party, product, price, quantity }
        ),
        6 => (n(), maybe(money()), maybe(n())).prop_map(
            |(which, price, quantity)| Sketch::Resize { which, price, quantity }
        ),
        3 => (n(), maybe(money())).prop_map(|(which, last)| Sketch::Terminate { which, last }),
        18 => (n(), n(), money(), maybe(n()), maybe(n()), began(), -1..60_i8).prop_map(
            |(party, product, amount, by, action, from, hours)| {
                Sketch::Use { party, product, amount, by, action, from, hours }
            }
        ),
        9 => (n(), n(), maybe(n()), money(), weighted(0.3), n(), -20..40_i8, -30..900_i16).prop_map(
            |(party, kind, issuer, amount, trial, shape, from, until)| {
                Sketch::Voucher { party, kind, issuer, amount, trial, shape, from, until }
            }
        ),
        6 => n().prop_map(|which| Sketch::Invalidate { which }),
        2 => (n(), money()).prop_map(|(party, amount)| Sketch::PayPlatform { party, amount }),
        9 => (n(), n(), lines()).prop_map(|(party, back, what)| Sketch::Receipt { party, back, what }),
        5 => (n(), (maybe(flag()), maybe(flag())), maybe(flag()), maybe((flag(), maybe(0..110_u8)))).prop_map(
            |(party, non_stop, special, level)| Sketch::Customer { party, non_stop, special, level }
        ),
        4 => (n(), flag()).prop_map(|(party, forced)| Sketch::Force { party, forced }),
        2 => (n(), flag()).prop_map(|(party, on)| Sketch::Subscribe { party, on }),
        6 => (n(), n()).prop_map(|(which, what)| Sketch::Webhook { which, what }),
        2 => (n(), n()).prop_map(|(which, what)| Sketch::Duty { which, what }),
    ]
}

fn sketch() -> impl Strategy<Value = Sketch> {
    prop_oneof![12 => prepaid(), 12 => postpaid(), 11 => organizing(), 2 => offers::sketch().prop_map(Sketch::Offers)]
}

fn step() -> impl Strategy<Value = Step> {
    let who = prop_oneof![
        40 => Just(Who::Fitting),
        6 => Just(Who::Platform),
        1 => Just(Who::Reader),
        1 => Just(Who::System),
        2 => any::<u8>().prop_map(Who::Party),
    ];
    let minutes = prop_oneof![60 => Just(0_u16), 16 => 0..600_u16, 6 => 0..3_000_u16, 3 => 0..60_000_u16];
    (who, sketch(), minutes).prop_map(|(who, sketch, minutes)| Step { who, sketch, minutes })
}

/// A sequence of steps.
pub(crate) fn steps(longest: usize) -> impl Strategy<Value = Vec<Step>> {
    proptest::collection::vec(step(), 1..longest)
}

/// What is done to organizations, their members, and the accounts and entities that come to them from elsewhere.
fn organizing() -> impl Strategy<Value = Sketch> {
    prop_oneof![
        5 => organizations::sketch().prop_map(Sketch::Organization),
        2 => creations::sketch().prop_map(Sketch::Creation),
    ]
}

fn scope_of(resource: bool) -> RefundScope {
    if resource { RefundScope::Resource } else { RefundScope::Order }
}
