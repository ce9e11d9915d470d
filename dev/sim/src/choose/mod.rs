//! What happens next: random acts that fit the world as it stands, and some that do not. Everything is thrown with the
//! world's own dice and looked up in the auditor's account, so that the application has no part in the choice.

mod channel;
mod creating;
mod foundation;
mod offers;
mod organizing;
mod running;
mod spending;
mod terms;

pub(crate) use terms::deployment_rules;

use crate::act::{Act, Asked, PLATFORM, signer};
use crate::dice::Dice;
use crate::options::Size;
use credere_auditor::{Auditor, NEVER, ONE, Step, Units, amount};
use credere_core::access::Actor;
use credere_core::book::{Command, buying, catalogue, deployment, metering, notices, parties, vouchers};
use credere_core::channel::{PartnerKind, ProductCode, ResourceName, Uin};
use credere_core::money::Amount;
use std::collections::VecDeque;

const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;
/// Keyed acts that may be repeated later.
const REMEMBERED: usize = 40;

/// Whoever makes the choices of one world.
pub(crate) struct Chooser {
    pub(crate) dice: Dice,
    size: Size,
    pub(crate) partners: Vec<Uin>,
    pub(crate) customers: Vec<Uin>,
    strangers: Vec<Uin>,
    /// Whoever was opened for an organization.
    created: Vec<Uin>,
    products: Vec<ProductCode>,
    next_key: u64,
    recent: VecDeque<Act>,
}

/// An account number that must be possible.
fn uin(number: u64) -> Uin {
    Uin::new(number).unwrap_or(Uin::LOWEST)
}

fn code(text: &str) -> Option<ProductCode> {
    text.parse().ok()
}

impl Chooser {
    pub(crate) fn new(seed: u64, size: Size) -> Chooser {
        let numbers = |from: u64, many: u32| (0..u64::from(many)).map(|n| uin(from + n)).collect();
        Chooser {
            dice: Dice::new(seed),
            size,
            partners: numbers(1_001, size.partners),
            customers: numbers(2_001, size.customers),
            strangers: numbers(3_001, 3),
            created: Vec::new(),
            products: Vec::new(),
            next_key: 1,
            recent: VecDeque::new(),
        }
    }

    /// The next act.
    pub(crate) fn next(&mut self, world: &Auditor) -> Act {
        if self.dice.chance(3, 100)
            && let Some(act) = self.again()
        {
            return act;
        }
        // Purchases, what is open, refunds, authorizations, usage, resources, credit, receipts, payments, vouchers,
        // discounts, standing, notices, binding, terms, money of one's own, organizations, offers and packs, nonsense.
        let act = match self.dice.weighted(&[22, 9, 5, 14, 16, 9, 8, 6, 3, 4, 2, 4, 2, 2, 2, 5, 12, 4, 2]) {
            0 => self.purchase(world),
            1 => self.on_open_order(world),
            2 => self.refund(world),
            3 => self.operations(world),
            4 => self.usage(world),
            5 => self.on_resource(world),
            6 => self.credit(world),
            7 => self.receipt(world),
            8 => self.payment(world),
            9 => self.voucher(world),
            10 => self.discount(world),
            11 => self.standing(world),
            12 => self.subscription(),
            13 => self.binding(world),
            14 => self.terms(world),
            15 => self.own_money(world),
            16 => self.organizing(world),
            17 => self.offers(world),
            _ => self.nonsense(world),
        };
        if !matches!(&act.asked, Asked::One(None, _)) {
            self.recent.push_back(act.clone());
            if self.recent.len() > REMEMBERED {
                self.recent.pop_front();
            }
        }
        act
    }

    /// An act from before, word for word or with the same key for something else (I9: the same key, the same answer).
    fn again(&mut self) -> Option<Act> {
        let at = self.dice.below(self.recent.len() as u64);
        let mut act = self.recent.get(usize::try_from(at).ok()?)?.clone();
        if self.dice.chance(1, 4) {
            let other = self.some_amount(10 * ONE);
            let change = |step: &mut Step| match step {
                Step::Command(Command::Buying(buying::Command::PlaceOrder(order))) => order.amount = other,
                Step::Command(
                    Command::Buying(buying::Command::Authorize(buying::Authorize { amount, .. }))
                    | Command::Parties(parties::Command::AllocateCredit(parties::AllocateCredit { amount, .. })),
                )
                | Step::Refund { amount, .. } => *amount = other,
                Step::Command(Command::Metering(metering::Command::SettleUsage(record))) => record.amount = other,
                Step::Command(_) | Step::Resize { .. } | Step::Terminate { .. } | Step::ConfirmLines { .. } => {}
            };
            match &mut act.asked {
                Asked::One(_, step) => change(step),
                Asked::Batch(steps) => steps.iter_mut().for_each(|(_, step)| change(step)),
            }
        }
        Some(act)
    }

    fn key(&mut self) -> u64 {
        let key = self.next_key;
        self.next_key += 1;
        key
    }

    /// The platform asks for one thing, sometimes under a key.
    fn asks(&mut self, step: impl Into<Step>) -> Act {
        let key = self.dice.chance(1, 4).then(|| self.key());
        Act { actor: PLATFORM, asked: Asked::One(key, step.into()) }
    }

    /// A customer as a rule; at times a partner, a stranger, or a number that nobody has.
    fn account(&mut self) -> Uin {
        let from = match self.dice.weighted(&[900, 60, 25, 15]) {
            0 => &self.customers,
            1 => &self.partners,
            2 => &self.strangers,
            _ => return uin(9_999),
        };
        self.dice.pick(from).copied().unwrap_or(uin(9_999))
    }

    fn customer(&mut self) -> Uin {
        if self.dice.chance(2, 100) {
            return self.account();
        }
        let some = if !self.created.is_empty() && self.dice.chance(1, 15) { &self.created } else { &self.customers };
        self.dice.pick(some).copied().unwrap_or(uin(9_999))
    }

    fn partner(&mut self) -> Uin {
        match self.dice.weighted(&[95, 3, 2]) {
            0 => self.dice.pick(&self.partners).copied().unwrap_or(uin(9_999)),
            1 => self.agent(),
            _ => self.account(),
        }
    }

    /// The agent among the strangers, who takes no part in credit (R4).
    fn agent(&self) -> Uin {
        uin(3_001)
    }

    fn product(&mut self) -> ProductCode {
        let unknown = self.dice.chance(1, 100);
        let known = self.dice.pick(&self.products).cloned();
        match (known, code("unheard-of")) {
            (Some(known), _) if !unknown => known,
            (known, unheard) => unheard.or(known).unwrap_or_else(|| unreachable!("the code is well-formed")),
        }
    }

    /// Whoever may do this to the customer, and at times somebody who may not.
    fn seller_for(&mut self, world: &Auditor, customer: Uin) -> Actor {
        match self.dice.weighted(&[60, 32, 4, 2, 2]) {
            0 => PLATFORM,
            1 => self.manager_of(world, customer).map_or(PLATFORM, signer),
            2 => signer(self.partner()),
            3 => signer(customer),
            _ => signer(self.account()),
        }
    }

    fn manager_of(&self, world: &Auditor, customer: Uin) -> Option<Uin> {
        Some(world.accounts.get(&customer)?.bound.as_ref()?.partner)
    }

    /// An amount around a limit: mostly well below, now and then exactly there, one unit above, nothing, or negative.
    fn some_amount(&mut self, limit: Units) -> Amount {
        let around = if limit > 0 { limit } else { 10 * ONE };
        let thousandth = i128::from(self.dice.between(1, 250));
        let fine = around * thousandth / 1_000;
        amount(match self.dice.weighted(&[50, 14, 10, 6, 8, 5, 3, 2, 2]) {
            0 => (fine / (ONE / 100)).max(1) * (ONE / 100),
            1 => fine.max(1),
            2 => (fine / 1_000).max(1) * 1_000,
            3 => around,
            4 => around + 1,
            5 => around + fine,
            6 => i128::from(self.dice.between(1, 99)),
            7 => 0,
            _ => -fine,
        })
    }

    /// What whoever pays for an account has.
    fn available(&self, world: &Auditor, account: Uin) -> Units {
        let account = world.payer_of(account).unwrap_or(account);
        match (world.accounts.get(&account), world.partners.get(&account).and_then(|it| it.spend)) {
            (_, Some(spend)) => spend.available() / 50,
            (Some(known), None) => known.available(),
            (None, None) => 0,
        }
    }

    /// Customers and strangers that pay for themselves.
    fn pay_for_themselves(&self, world: &Auditor) -> Vec<Uin> {
        let all = self.customers.iter().chain(&self.strangers);
        all.copied().filter(|account| world.pays_for_itself(*account)).collect()
    }

    /// Details that history tells by: mostly none.
    fn details(&mut self) -> String {
        match self.dice.weighted(&[6, 2, 1]) {
            0 => "{}".to_owned(),
            1 => r#"{"region":"ap-east","project":"one"}"#.to_owned(),
            _ => r#"{"region":"eu-west","tags":{"team":"blue"}}"#.to_owned(),
        }
    }

    /// What is against the rules in ways that the others are not.
    fn nonsense(&mut self, world: &Auditor) -> Act {
        let account = self.account();
        let step: Step = match self.dice.below(12) {
            0 => Command::from(self.order(world, uin(9_998))).into(),
            1 => Command::from(buying::DeliverOrder { order: credere_core::channel::OrderId(NEVER).into() }).into(),
            2 => {
                let authorization = credere_core::channel::AuthorizationId { account, opened_seq: NEVER };
                Command::from(buying::Release { authorization }).into()
            }
            3 => Command::from(vouchers::InvalidateVoucher { voucher: credere_core::channel::VoucherId(NEVER).into() })
                .into(),
            4 => Command::from(catalogue::EndDiscount { id: credere_core::channel::DiscountId(NEVER) }).into(),
            5 => Command::from(deployment::AdvanceClock { to: world.now.plus_seconds(-1) }).into(),
            6 => Step::Refund {
                order: credere_core::channel::OrderId(NEVER),
                amount: amount(ONE),
                scope: credere_core::channel::RefundScope::Order,
                capture: true,
            },
            7 => Command::from(parties::BindCustomer { customer: account, partner: self.partner() }).into(),
            8 | 9 => self.no_partner(account).into(),
            10 => Command::from(notices::Subscribe { uin: uin(9_999), subscription: Default::default() }).into(),
            _ => self.opened_again(account),
        };
        Act { actor: PLATFORM, asked: Asked::One(None, step) }
    }

    fn kind_of(&self, world: &Auditor, partner: Uin) -> Option<PartnerKind> {
        world.partners.get(&partner).map(|partner| partner.kind)
    }

    fn prepaid_name(&mut self, account: Uin) -> Option<ResourceName> {
        format!("prepaid-{account}-{}", self.dice.below(3)).parse().ok()
    }

    fn resource_name(&mut self, account: Uin) -> Option<ResourceName> {
        format!("res-{account}-{}", self.dice.below(4)).parse().ok()
    }
}
