//! What draws do about offers, whose an account has, and packs: mostly of accounts that pay for themselves and their members,
//! so that prices differ and usage is covered; sometimes of anybody.

use crate::scene::{Scene, product_code};
use crate::workload::{Money, money, rate};
use credere_core::book::{Book, Command, Event, catalogue, finance, members, metering, packs};
use credere_core::channel::{ActionType, DiscountScope, OfferLevel, Uin};
use credere_core::money::{Factor, Rate};
use proptest::bool::weighted;
use proptest::option::of as maybe;
use proptest::prelude::*;

/// A command about offers or packs in symbols.
#[derive(Debug, Clone)]
pub(crate) enum Sketch {
    Offer { party: u8, alone: bool, product: Option<u8>, rate: u32, from: Option<i8>, until: Option<i8> },
    Inherit { party: u8, from: u8 },
    End { party: u8 },
    Pack { party: u8, product: u8, units: u8, until: i16 },
    Use { party: u8, product: u8, amount: Money, units: u8, hours: i8, lowers: bool },
}

pub(crate) fn sketch() -> impl Strategy<Value = Sketch> {
    let n = any::<u8>;
    prop_oneof![
        4 => (n(), weighted(0.2), maybe(n()), rate(), maybe(-5..20_i8), maybe(-5..20_i8)).prop_map(
            |(party, alone, product, rate, from, until)| Sketch::Offer { party, alone, product, rate, from, until }
        ),
        3 => (n(), n()).prop_map(|(party, from)| Sketch::Inherit { party, from }),
        2 => n().prop_map(|party| Sketch::End { party }),
        5 => (n(), n(), n(), -30..900_i16).prop_map(
            |(party, product, units, until)| Sketch::Pack { party, product, units, until }
        ),
        6 => (n(), n(), money(), n(), 0..60_i8, weighted(0.05)).prop_map(
            |(party, product, amount, units, hours, lowers)| Sketch::Use { party, product, amount, units, hours, lowers }
        ),
    ]
}

/// Thirds and whole ones, and now and then none.
fn units(which: u8) -> Factor {
    Factor::from_units(u64::from(which % 32) * 133_333_333).expect("the units of the tests are in range")
}

impl Scene<'_> {
    /// Mostly a member, or somebody that has packs or another one's offers.
    fn of_offers(&self, which: u8) -> Uin {
        match which % 4 {
            0 => self.mostly(which, |uin| self.world.members.contains_key(&uin) && self.world.pays_for_itself(uin)),
            1 => self.mostly(which, |uin| self.world.heir_now(uin).is_some()),
            _ => self.pays_for_itself(which),
        }
    }

    /// Whether anybody has this account's offers.
    fn passes_on(&self, account: Uin) -> bool {
        self.world.heritage.keys().any(|heir| self.world.heir_now(*heir) == Some(account))
    }

    pub(crate) fn on_offers(&self, sketch: &Sketch) -> Command {
        match *sketch {
            Sketch::Offer { party, alone, product, rate, from, until } => {
                let account = match party % 4 {
                    0 => self.mostly(party, |uin| self.world.organization_of_admin(uin).is_some()),
                    1 | 2 => self.mostly(party, |uin| self.passes_on(uin)),
                    _ => self.of_offers(party),
                };
                let level = if alone { OfferLevel::Account } else { OfferLevel::Billing };
                Command::from(catalogue::SetDiscount {
                    scope: DiscountScope::Account(account, level),
                    partner: account,
                    product: product.map(product_code),
                    rate: Rate::from_units(rate).expect("a drawn rate is in range"),
                    starts_at: from.map(|hours| self.later(hours.into())),
                    ends_at: until.map(|hours| self.later(hours.into())),
                })
            }
            Sketch::Inherit { party, from } => {
                let account = if party % 4 == 3 { self.of_offers(party) } else { self.pays_for_itself(party) };
                let offered = |uin| self.world.discounts.values().any(|one| one.party == uin && one.by == uin);
                let from = if from % 4 == 0 { self.pays_for_itself(from) } else { self.mostly(from, offered) };
                Command::from(finance::InheritOffers { account, from: if party == 255 { account } else { from } })
            }
            Sketch::End { party } => {
                let account = self.mostly(party, |uin| self.world.heir_now(uin).is_some());
                Command::from(finance::EndInheritance { account })
            }
            Sketch::Pack { party, product, units: number, until } => Command::from(packs::AddPack {
                account: self.of_offers(party),
                product: product_code(product),
                units: units(number),
                expires_at: self.later(until.into()),
            }),
            Sketch::Use { party, product, ref amount, units: number, hours, lowers } => {
                let has_packs = |uin| self.world.packs.values().any(|pack| pack.account == uin && pack.remaining > 0);
                let account = match party % 3 {
                    0 => self.mostly(party, |uin| self.world.heir_now(uin).is_some()),
                    _ => self.mostly(party, has_packs),
                };
                let theirs = self.world.packs.values().find(|pack| pack.account == account && pack.remaining > 0);
                let code = theirs.and_then(|pack| self.world.products.get(pack.product as usize));
                let code = code.filter(|_| product % 4 != 0).map(|product| product.code.clone());
                Command::from(metering::SettleUsage {
                    account,
                    product: code.unwrap_or(product_code(product)),
                    amount: self.amount(amount, account),
                    units: Some(units(number)),
                    period_start: self.later(-i64::from(hours)),
                    period_end: self.later(0),
                    resource: None,
                    action: lowers.then_some(ActionType::ReconIncrease),
                    details: "{}".to_owned(),
                })
            }
        }
    }
}

/// What becomes of offers and packs, besides what events and refusals are called.
pub(crate) const ON_OFFERS: [&str; 6] = [
    "another account's offer makes a price",
    "who is paid for has its payer's offers",
    "who has left keeps what it inherits",
    "packs cover all that was used",
    "packs cover a part of what was used",
    "no pack covers what was used",
];

/// Which of that has come of an event, once the book knows of it.
pub(crate) fn on_offers(book: &Book, event: &Event) -> impl Iterator<Item = &'static str> {
    let inherits = |uin: &Uin| book.inherits_offers_from(*uin);
    let priced = event.charge().is_some_and(|charge| {
        charge.paying.partner.is_none()
            && inherits(&charge.account).is_some()
            && charge.price.customer_rate != Rate::ONE
    });
    let member = match event {
        Event::Members(members::Event::MemberJoined(fact)) => Some(fact.invitation.member),
        Event::Members(members::Event::PermissionsDecided(fact)) => Some(fact.member),
        _ => None,
    };
    let payers = member.is_some_and(|uin| inherits(&uin).is_some() && inherits(&uin) == book.payer_of(uin));
    let left = match event {
        Event::Members(members::Event::MembersLeft(fact)) => fact.members.as_slice(),
        _ => &[],
    };
    let covered = match event {
        Event::Metering(metering::Event::UsageSettled(fact)) => fact.covered.as_deref(),
        _ => None,
    };
    let open = covered.map(|covered| (covered.covered().is_positive(), covered.open().is_positive()));
    let happened = [
        priced,
        payers,
        left.iter().any(|(member, _)| inherits(member).is_some()),
        open == Some((true, false)),
        open == Some((true, true)),
        open == Some((false, true)),
    ];
    ON_OFFERS.into_iter().zip(happened).filter_map(|(name, happened)| happened.then_some(name))
}
