//! From symbols to commands: who and what is meant as things stand.
//! Mostly something that suits the command, so that most draws get as far as the figures; sometimes anything at all.

use crate::known::Known;
use crate::workload::{Lines, Money, Sketch, Step, Who};
use credere_auditor::facts::{Account, Bound, Partner};
use credere_auditor::{Auditor, NEVER, Step as Asked};
use credere_core::access::{Actor, KeyAccess};
use credere_core::book::{
    Book, Command, bills, buying, catalogue, deployment, finance, metering, notices, parties, standing, vouchers,
};
use credere_core::channel::{
    AccountClass, ActionType, AllowlistItem, AuthorizationId, CardId, DiscountId, DiscountScope, FreezeChange,
    FreezeModel, FreezeTerms, NonStopChange, Order, OrderId, OrderKind, OrderState, PaidFor, PartnerKind, PayMode,
    ProductCode, ResourceId, ResourceName, Settlement, Site, Subscription, Tier, TopUpKind, Uin, Verification,
    VoucherId, VoucherMode, VoucherUsage, WebhookId,
};
use credere_core::ledger::Moment;
use credere_core::money::{Amount, Factor, Rate};
use credere_testkit::signer;

const PLATFORM: Actor = Actor::Platform { key: 1, access: KeyAccess::Full };

/// One of `things`, or something that was never made.
pub(crate) fn pick<T: Copy>(things: &[T], which: u8, never: T) -> T {
    let at = usize::from(which) % (things.len() + 1);
    things.get(at).copied().unwrap_or(never)
}

pub(crate) fn uin(number: u64) -> Uin {
    Uin::new(number).expect("the numbers of the tests are in range")
}

pub(crate) fn product_code(which: u8) -> ProductCode {
    ["cvm", "cvm", "cvm", "cvm", "cos", "cos", "cos", "cdn"][usize::from(which) % 8]
        .parse()
        .expect("the codes of the tests are codes")
}

impl Step {
    /// What is asked for and who does, as things stand.
    pub(crate) fn made_concrete(&self, known: &Known, book: &Book, world: &Auditor, now: Moment) -> (Actor, Asked) {
        let scene = Scene { known, book, world, now };
        let asked = scene.asked(&self.sketch);
        let actor = match self.who {
            Who::Platform => PLATFORM,
            Who::Reader => Actor::Platform { key: 2, access: KeyAccess::Read },
            Who::System => Actor::System,
            Who::Party(party) => signer(scene.party(party)),
            Who::Fitting => scene.fitting(&asked),
        };
        (actor, asked)
    }
}

pub(crate) struct Scene<'a> {
    pub(crate) known: &'a Known,
    book: &'a Book,
    pub(crate) world: &'a Auditor,
    now: Moment,
}

impl Scene<'_> {
    /// Any account, or one that does not exist.
    pub(crate) fn party(&self, which: u8) -> Uin {
        let all: Vec<Uin> = self.world.accounts.keys().copied().collect();
        pick(&all, which, uin(404))
    }

    /// Mostly an account that suits, sometimes any.
    pub(crate) fn mostly(&self, which: u8, suits: impl Fn(Uin) -> bool) -> Uin {
        let suitable: Vec<Uin> = self.world.accounts.keys().copied().filter(|uin| suits(*uin)).collect();
        match suitable.get(usize::from(which / 8) % suitable.len().max(1)) {
            Some(uin) if !which.is_multiple_of(8) => *uin,
            _ => self.party(which / 8),
        }
    }

    /// What an account is as a customer.
    pub(crate) fn bound(&self, account: Uin) -> Option<&Bound> {
        self.world.accounts.get(&account)?.bound.as_ref()
    }

    /// What an account is as a partner.
    fn sells(&self, account: Uin) -> Option<&Partner> {
        self.world.partners.get(&account)
    }

    pub(crate) fn customer(&self, which: u8) -> Uin {
        self.mostly(which, |uin| self.bound(uin).is_some())
    }

    fn partner(&self, which: u8) -> Uin {
        self.mostly(which, |uin| self.sells(uin).is_some())
    }

    fn outsider(&self, which: u8) -> Uin {
        self.mostly(which, |uin| self.bound(uin).is_none() && self.sells(uin).is_none())
    }

    /// Somebody that pays for itself: nobody's customer, an agent, or an agent's customer.
    fn pays_for_itself(&self, which: u8) -> Uin {
        self.mostly(which, |uin| self.world.pays_for_itself(uin))
    }

    /// Somebody that may buy: a customer, often who pays for itself or is paid for, or once in a while a partner.
    fn buyer(&self, which: u8) -> Uin {
        match which {
            0..24 => self.partner(which * 8 + 1),
            _ if which % 3 == 1 => self.mostly(which, |uin| self.world.payer_of(uin).is_some()),
            _ if which.is_multiple_of(3) => self.pays_for_itself(which),
            _ => self.customer(which),
        }
    }

    fn kind(&self, which: u8, kind: PartnerKind) -> Uin {
        self.mostly(which, |uin| self.sells(uin).is_some_and(|partner| partner.kind == kind))
    }

    /// Mostly an order in such a state, sometimes any.
    pub(crate) fn order(&self, which: u8, states: &[OrderState]) -> OrderId {
        let suits = |id: &&OrderId| self.book.open_order(**id).is_some_and(|order| states.contains(&order.state));
        let suitable: Vec<OrderId> = self.known.orders.iter().filter(suits).copied().collect();
        match suitable.get(usize::from(which / 8) % suitable.len().max(1)) {
            Some(id) if !which.is_multiple_of(8) => *id,
            _ => pick(&self.known.orders, which / 8, OrderId(NEVER)),
        }
    }

    /// Mostly an open authorization, sometimes any.
    fn authorization(&self, which: u8) -> AuthorizationId {
        let open = |id: &&AuthorizationId| self.book.open_authorization(**id).is_some();
        let open: Vec<AuthorizationId> = self.known.authorizations.iter().filter(open).copied().collect();
        let never = AuthorizationId { account: uin(404), opened_seq: NEVER };
        match open.get(usize::from(which / 8) % open.len().max(1)) {
            Some(id) if !which.is_multiple_of(8) => *id,
            _ => pick(&self.known.authorizations, which / 8, never),
        }
    }

    /// An amount in a command about this party.
    pub(crate) fn amount(&self, money: &Money, about: Uin) -> Amount {
        match money {
            Money::Units(units) => Amount::from_units(*units),
            Money::Near { whose, figure, delta } => {
                // Of who is paid for mostly what its payer has.
                let about = self.world.payer_of(about).filter(|_| whose % 16 < 12).unwrap_or(about);
                let managing = self.bound(about).map(|bound| bound.partner);
                let above = self.sells(about).and_then(|partner| partner.above);
                let whose = match (whose % 8, managing.or(above)) {
                    (0..=3, _) | (4..=6, None) => about,
                    (4..=6, Some(partner)) => partner,
                    _ => self.party(whose / 8),
                };
                let of_credit = self.world.accounts.get(&whose).and_then(Account::lent);
                let of_credit = of_credit.map(|c| [c.available(), c.total, c.used, c.frozen]);
                let own = self.world.accounts.get(&whose).filter(|_| self.world.pays_for_itself(whose));
                let of_own = own.map(|known| {
                    let own = &known.own;
                    [own.available(), own.cash, own.owed, own.held + own.frozen]
                });
                let of_partner = self.sells(whose).map(|p| {
                    let spend = p.spend;
                    [
                        p.quota - p.allocated,
                        spend.map_or(p.quota, |spend| spend.available()),
                        p.allocated,
                        spend.map_or(0, |spend| spend.line),
                    ]
                });
                let known = of_credit.or(of_own).or(of_partner).unwrap_or([0; 4])[usize::from(*figure) % 4];
                let bound = i128::from(Amount::INPUT_MAX.units());
                Amount::from_wide((known + i128::from(*delta)).clamp(-bound, bound)).expect("what can be sent fits")
            }
        }
    }

    /// An amount that goes down, or comes back.
    fn signed(&self, money: &Money, about: Uin, back: bool) -> Amount {
        let amount = self.amount(money, about);
        if back { amount.negated().expect("what can be sent has an opposite") } else { amount }
    }

    fn later(&self, hours: i64) -> Moment {
        self.now.plus_seconds(hours * 3_600)
    }

    fn fitting(&self, asked: &Asked) -> Actor {
        let Asked::Command(command) = asked else { return PLATFORM };
        let bound_to = |customer: &Uin| self.bound(*customer).map(|bound| bound.partner);
        let above = |partner: &Uin| self.sells(*partner)?.above;
        match command {
            Command::Parties(parties::Command::AllocateCredit(parties::AllocateCredit { customer, .. }))
            | Command::Parties(parties::Command::NoteCustomer(parties::NoteCustomer { customer }))
            | Command::Bills(bills::Command::ConfirmReceipt(bills::ConfirmReceipt { customer, .. }))
            | Command::Standing(standing::Command::ForceSuspension(standing::ForceSuspension { customer, .. })) => {
                bound_to(customer).map_or(PLATFORM, signer)
            }
            Command::Parties(parties::Command::AllocatePool(asked)) => {
                above(&asked.second_level).map_or(PLATFORM, signer)
            }
            Command::Buying(buying::Command::Expire(_))
            | Command::Standing(standing::Command::ReviewCustomer(_))
            | Command::Metering(metering::Command::SuspendResource(_))
            | Command::Metering(metering::Command::ResumeResource(_))
            | Command::Metering(metering::Command::DeleteResource(_))
            | Command::Vouchers(vouchers::Command::ExpireVoucher(_))
            | Command::Bills(bills::Command::IssueBills(_)) => Actor::System,
            Command::Members(command) if self.now.micros() / 1_000_000 % 2 == 0 => {
                self.speaks(command).map_or(PLATFORM, signer)
            }
            _ => PLATFORM,
        }
    }

    fn asked(&self, sketch: &Sketch) -> Asked {
        let verification = |verified: bool, person: bool| match (verified, person) {
            (true, true) => Verification::Personal,
            (true, false) => Verification::Enterprise,
            (false, _) => Verification::None,
        };
        let entity = |verified: bool, name: &str| verified.then(|| name.parse().expect("it is an identifier"));
        let vouchers = |whole: i8| Amount::whole(i64::from(whole));
        let command = match sketch {
            Sketch::Open { number, verified } => Command::from(parties::OpenAccount {
                uin: number.map(|number| uin(100_000_000_001 + u64::from(number % 6))),
                class: AccountClass::External,
                verification: verification(*verified, *number == Some(3)),
                tier: Tier::None,
                site: number.filter(|number| number % 4 == 0).map(|_| Site::Cn),
                entity: entity(*verified, "E1"),
                followed: number.is_some(),
            }),
            Sketch::Verify { party, verified } => Command::from(parties::ChangeAccount {
                uin: self.party(*party),
                class: Some(AccountClass::Internal(4 + party % 2)),
                verification: verified.map(|verified| verification(verified, party % 4 == 1)),
                tier: Some(Tier::Mid),
                entity: verified.map(|verified| entity(verified, if party % 3 == 0 { "E2" } else { "E1" })),
                followed: *verified,
            }),
            Sketch::Card { party, months, which } => {
                let account = match which {
                    Some(_) => self.mostly(*party, |uin| !self.book.account_facts(uin).cards.is_empty()),
                    None => self.party(*party),
                };
                match which {
                    Some(which) => {
                        let cards: Vec<CardId> =
                            self.book.account_facts(account).cards.iter().map(|card| card.id).collect();
                        Command::from(finance::RemoveCard { account, card: pick(&cards, *which, CardId(NEVER)) })
                    }
                    None => {
                        // One that is over already, that is good for this month, or longer.
                        let mut expires = self.book.calendar().month(self.now).previous();
                        (0..*months).for_each(|_| expires = expires.next());
                        let last4 = "4242".parse().expect("these are four digits");
                        Command::from(finance::AddCard { account, last4, expires })
                    }
                }
            }
            Sketch::Register { party, kind, above, quota, spend, vouchers: issue } => {
                let account = self.outsider(*party);
                let kind = PartnerKind::ALL[usize::from(*kind)];
                // A second-level reseller mostly names its distributor, the others mostly do not.
                let needed = kind == PartnerKind::SecondLevelReseller;
                let above = above.filter(|above| needed || above % 8 == 0);
                Command::from(parties::RegisterPartner {
                    uin: account,
                    kind,
                    distributor: above.map(|above| self.kind(above, PartnerKind::Distributor)),
                    allocation_quota: self.amount(quota, account),
                    spend_line: spend.as_ref().filter(|_| !needed).map(|spend| self.amount(spend, account)),
                    voucher_quota: vouchers(*issue),
                    allowlist: vec![AllowlistItem::Invitations, AllowlistItem::ForceSuspension],
                })
            }
            Sketch::Change { party, quota, spend, vouchers: issue } => {
                let partner = self.partner(*party);
                Command::from(parties::ChangePartner {
                    uin: partner,
                    allocation_quota: quota.as_ref().map(|quota| self.amount(quota, partner)),
                    spend_line: spend.as_ref().map(|spend| self.amount(spend, partner)),
                    voucher_quota: issue.map(vouchers),
                    allowlist: Some(vec![AllowlistItem::CreateAccount]),
                })
            }
            Sketch::Pool { party, amount, back } => {
                let second_level = self.kind(*party, PartnerKind::SecondLevelReseller);
                Command::from(parties::AllocatePool {
                    second_level,
                    amount: self.signed(amount, second_level, *back),
                    remark: Some("pool".to_owned()),
                })
            }
            Sketch::Bind { party, partner } => Command::from(parties::BindCustomer {
                customer: self.outsider(*party),
                partner: self.partner(*partner),
            }),
            Sketch::Unbind { party } => self.unbinding(*party),
            Sketch::Allocate { party, amount, back } => {
                let customer = self.customer(*party);
                Command::from(parties::AllocateCredit {
                    customer,
                    amount: self.signed(amount, customer, *back),
                    remark: None,
                })
            }
            Sketch::TopUp { party, amount, granted } => {
                let account = self.pays_for_itself(*party);
                let kind = if *granted { TopUpKind::Granted } else { TopUpKind::Cash };
                // Who is overdue is mostly paid in what is missing.
                let missing = self.world.accounts.get(&account).map_or(0, |known| -known.available());
                let amount = match amount {
                    Money::Near { delta, .. } if missing > 0 => near(credere_auditor::amount(missing), *delta),
                    _ => self.amount(amount, account),
                };
                Command::from(finance::TopUp { account, amount, kind })
            }
            Sketch::Finance { party, limit, overdue } => {
                let account = self.pays_for_itself(*party);
                Command::from(finance::ChangeFinance {
                    account,
                    credit_limit: limit.as_ref().map(|limit| self.amount(limit, account)),
                    overdue_amount: overdue.as_ref().map(|overdue| self.amount(overdue, account)),
                })
            }
            Sketch::Note { party } => Command::from(parties::NoteCustomer { customer: self.customer(*party) }),
            Sketch::AddProduct { code, freeze: terms } => Command::from(catalogue::AddProduct {
                code: product_code(*code),
                name: "a product".to_owned(),
                settlement: [Settlement::Daily, Settlement::Monthly, Settlement::Hourly][usize::from(terms % 3)],
                grace_hours: None,
                retention_days: None,
                freeze: freeze(*terms),
            }),
            Sketch::ChangeProduct { code, freeze: terms } => Command::from(catalogue::ChangeProduct {
                code: product_code(*code),
                name: Some("another name".to_owned()),
                settlement: (code % 4 == 0)
                    .then_some([Settlement::Daily, Settlement::Hourly][usize::from(code / 4 % 2)]),
                grace_hours: (code % 3 != 0).then_some(u32::from(code % 9)),
                retention_days: Some(u32::from(code % 20)),
                freeze: terms.map(freeze_change).unwrap_or_default(),
            }),
            Sketch::Discount { party, partners, by, product: only, rate, from, until } => {
                let whose = if *partners { self.partner(*party) } else { self.customer(*party) };
                // Most draws name a partner that fits, since few would by chance.
                let bound_to = self.bound(whose).map(|bound| bound.partner);
                let fitting = if *partners { Some(whose) } else { bound_to };
                Command::from(catalogue::SetDiscount {
                    scope: if *partners { DiscountScope::Partner(whose) } else { DiscountScope::Customer(whose) },
                    partner: fitting.filter(|_| by % 4 != 0).unwrap_or(self.party(*by)),
                    product: only.map(product_code),
                    rate: Rate::from_units(*rate).expect("a drawn rate is in range"),
                    starts_at: from.map(|hours| self.later(hours.into())),
                    ends_at: until.map(|hours| self.later(hours.into())),
                })
            }
            Sketch::EndDiscount { which } => {
                Command::from(catalogue::EndDiscount { id: pick(&self.known.discounts, *which, DiscountId(NEVER)) })
            }
            Sketch::Order { party, product: code, kind, amount, capture, park } => {
                let kind = OrderKind::ALL.get(usize::from(*kind)).copied().unwrap_or(OrderKind::Purchase);
                let account = self.buyer(*party);
                let immediate = kind == OrderKind::Downgrade && party % 4 != 0;
                // Few prepaid resources, so that what becomes smaller was mostly paid for; some orders name none.
                let resource = (code % 8 != 0).then(|| name(200 + party % 2));
                let amount = match (amount, &resource) {
                    (Money::Near { delta, .. }, Some(resource)) if kind == OrderKind::Downgrade => {
                        near(self.paid(account, resource.clone()), *delta)
                    }
                    _ => self.amount(amount, account),
                };
                Command::from(buying::PlaceOrder {
                    account,
                    product: product_code(*code),
                    kind,
                    amount,
                    capture: *capture || immediate,
                    park: *park && !immediate,
                    resource,
                    details: "{\"region\":\"here\"}".to_owned(),
                })
            }
            Sketch::Pay { which, by } => {
                let order = self.order(*which, &[OrderState::ToBePaid]);
                let account = self.book.open_order(order).map(|order| order.account);
                let paid_for = account.is_some_and(|account| self.world.payer_of(account).is_some());
                let by = match by {
                    1..5 if paid_for => buying::PayBy::Payer,
                    0 => buying::PayBy::Payer,
                    1..4 => buying::PayBy::Partner,
                    _ => buying::PayBy::Customer,
                };
                Command::from(buying::PayOrder { order: order.into(), by })
            }
            Sketch::Request { which } => self.request_of_payment(*which),
            Sketch::Deliver { which } => {
                Command::from(buying::DeliverOrder { order: self.order(*which, &[OrderState::Processing]).into() })
            }
            Sketch::Cancel { which } => Command::from(buying::CancelOrder {
                order: self.order(*which, &[OrderState::Processing, OrderState::ToBePaid]).into(),
            }),
            Sketch::Authorize { party, product: code, amount, hours } => {
                let account = self.buyer(*party);
                Command::from(buying::Authorize {
                    account,
                    product: product_code(*code),
                    amount: self.amount(amount, account),
                    expires_at: hours.map(|hours| self.later(hours.into())),
                })
            }
            Sketch::Capture { which, part } => {
                let authorization = self.authorization(*which);
                let amount = part.as_ref().map(|part| self.amount(part, authorization.account));
                Command::from(buying::Capture { authorization, amount })
            }
            Sketch::Release { which } => Command::from(buying::Release { authorization: self.authorization(*which) }),
            Sketch::Expire { which } => Command::from(buying::Expire { authorization: self.authorization(*which) }),
            Sketch::Credential { party, revoke } => {
                let (uin, secret_id) = (self.party(*party), "AKID".to_owned());
                if *revoke {
                    Command::from(parties::RevokeCredential { uin, secret_id })
                } else {
                    Command::from(parties::IssueCredential { uin, secret_id })
                }
            }
            Sketch::MakeKey { full } => Command::from(deployment::IssuePlatformKey {
                access: if *full { KeyAccess::Full } else { KeyAccess::Read },
            }),
            Sketch::RevokeKey { key } => Command::from(deployment::RevokePlatformKey { key: u32::from(key % 6) }),
            Sketch::Clock { hours } => Command::from(deployment::AdvanceClock { to: self.later((*hours).into()) }),
            Sketch::Refund { which, amount } => {
                let closed: Vec<&Order> = self.known.latest.values().filter(|order| !order.state.open()).collect();
                let any: Vec<&Order> = self.known.latest.values().collect();
                // Now and then one that somebody has paid who pays for the account no more.
                let payer = |order: &Order| self.world.payer_of(order.account).unwrap_or(order.account);
                let others = |order: &&Order| order.paying.payer != order.account && order.paying.payer != payer(order);
                let former: Vec<&Order> = closed.iter().copied().filter(others).collect();
                let orders = match which % 8 {
                    0 => any,
                    1..4 if !former.is_empty() => former,
                    _ if closed.is_empty() => any,
                    _ => closed,
                };
                // Once in a while one that never was.
                let order = orders.get(usize::from(which / 8) % orders.len().max(1)).filter(|_| which % 64 != 32);
                let amount = match amount {
                    Money::Near { delta, .. } => {
                        near(order.and_then(|order| order.amount().ok()).unwrap_or_default(), *delta)
                    }
                    Money::Units(units) => Amount::from_units(*units),
                };
                return Asked::Refund { order: order.map_or(OrderId(NEVER), |order| order.id), amount };
            }
            Sketch::Activate { party, product: code, price, quantity } => {
                let account = self.buyer(*party);
                Command::from(metering::ActivateResource {
                    account,
                    name: name(quantity % 16),
                    product: product_code(*code),
                    unit_price: self.amount(price, account),
                    quantity: times(*quantity),
                    details: "{}".to_owned(),
                })
            }
            Sketch::Resize { which, price, quantity } => {
                let (name, account) = self.resource(*which);
                let unit_price = price.as_ref().map(|price| self.amount(price, account));
                return Asked::Resize { name, unit_price, quantity: quantity.map(times) };
            }
            Sketch::Terminate { which, last } => {
                let (name, account) = self.resource(*which);
                return Asked::Terminate { name, final_amount: last.as_ref().map(|last| self.amount(last, account)) };
            }
            Sketch::Use { party, product: code, amount, by, action, from, hours } => {
                let resource = by.map(|by| self.resource(by));
                // Mostly whoever runs the resource.
                let owner = resource.as_ref().filter(|_| party % 8 != 0).map(|(_, owner)| *owner);
                let account = owner.unwrap_or_else(|| self.buyer(*party));
                // Now and then somebody that was unbound or has moved, up to the very moments at which that was so.
                let turns: Vec<(Uin, [Moment; 2])> = self.turns();
                let late = turns.get(usize::from(party / 8) % turns.len().max(1)).filter(|_| party % 8 > 4);
                let account = late.map_or(account, |(uin, _)| *uin);
                let ends = |until: Moment, from| [until, from, until.plus_seconds(-60), until.plus_seconds(-3_600)];
                let end = late.map(|(_, [from, until])| ends(*until, *from)[usize::from(hours.unsigned_abs() % 4)]);
                let length = i64::from(*hours) * 3_600;
                let period_start = end.map_or(self.later((*from).into()), |end| end.plus_seconds(-length));
                Command::from(metering::SettleUsage {
                    account,
                    product: product_code(*code),
                    amount: self.amount(amount, account),
                    period_start,
                    period_end: period_start.plus_seconds(length),
                    resource: resource.map(|(name, _)| name),
                    action: action.map(|action| ActionType::ALL[usize::from(action) % ActionType::ALL.len()]),
                    details: "{}".to_owned(),
                })
            }
            Sketch::Voucher { party, kind, issuer, amount, trial, shape, from, until } => {
                let codes = vec![product_code(shape / 9), product_code(shape / 3)];
                let mut issuers = issuer.map(|issuer| self.partner(issuer));
                let (kind, owner) = match kind % 8 {
                    0 => (vouchers::NewVoucherKind::PartnerAll, self.partner(*party)),
                    1 | 2 => {
                        let customer = self.customer(*party);
                        (
                            vouchers::NewVoucherKind::PartnerCustomer(customer),
                            self.payer(customer).unwrap_or(self.partner(*party)),
                        )
                    }
                    3 => (vouchers::NewVoucherKind::Customer(None), self.pays_for_itself(*party)),
                    _ => {
                        let owner = self.customer(*party);
                        if issuer.is_some_and(|issuer| issuer % 4 != 0) {
                            issuers = self.payer(owner);
                        }
                        (vouchers::NewVoucherKind::Customer(issuers), owner)
                    }
                };
                Command::from(vouchers::IssueVoucher {
                    kind,
                    owner,
                    amount: match amount {
                        Money::Units(units) => Amount::from_units(*units),
                        Money::Near { delta, .. } => near(self.quota(owner), *delta),
                    },
                    usage: if *trial { VoucherUsage::ProductTrial } else { VoucherUsage::CustomerOffer },
                    mode: VoucherMode::ALL[usize::from(shape % 3)],
                    products: match shape / 3 % 4 {
                        0 => vouchers::NewVoucherProducts::Only(codes),
                        1 => vouchers::NewVoucherProducts::Except(codes),
                        _ => vouchers::NewVoucherProducts::All,
                    },
                    effective_at: self.later((*from).into()),
                    expires_at: self.later((*until).into()),
                })
            }
            Sketch::Invalidate { which } => Command::from(vouchers::InvalidateVoucher {
                voucher: pick(&self.known.vouchers, *which, VoucherId(NEVER)).into(),
            }),
            Sketch::PayPlatform { party, amount } => {
                let partner = self.partner(*party);
                Command::from(bills::PayPlatform { partner, amount: self.amount(amount, partner) })
            }
            Sketch::Receipt { party, back, what } => {
                let customer = self.mostly(*party, |uin| self.world.unpaid.contains_key(&uin));
                let mut month = self.book.calendar().month(self.now);
                for _ in 0..(back % 3) {
                    month = month.previous();
                }
                let open = self.world.unpaid.get(&customer).into_iter().flatten().map(|at| &self.world.lines[*at]);
                if back % 8 != 0
                    && let Some((_, oldest)) = open.map(|line| (line.buyer.binding(), line.month)).min()
                {
                    month = oldest;
                }
                let theirs = || self.known.lines.iter().filter(|(whose, on, _)| *whose == customer && *on == month);
                let lines = match what {
                    Lines::All => bills::ReceiptLines::All { pay_mode: None, action: None },
                    Lines::OfMode(pre) => {
                        let pay_mode = if *pre { PayMode::PrePay } else { PayMode::PostPay };
                        bills::ReceiptLines::All { pay_mode: Some(pay_mode), action: None }
                    }
                    Lines::OfType(which) => {
                        let action = theirs().nth(usize::from(which % 4)).map(|(_, _, line)| line.action);
                        bills::ReceiptLines::All { pay_mode: None, action: action.or(Some(ActionType::ReconDeduct)) }
                    }
                    Lines::Some(bits) => {
                        let chosen = theirs().enumerate().filter(|(at, _)| bits >> (at % 8) & 1 == 1);
                        bills::ReceiptLines::Named(chosen.map(|(_, (_, _, line))| *line).collect())
                    }
                };
                Command::from(bills::ConfirmReceipt { customer, month, lines })
            }
            Sketch::Customer { party, non_stop, special, level } => {
                let (partners, own) = match level {
                    Some((true, level)) => (Some(*level), None),
                    Some((false, level)) => (None, Some(*level)),
                    None => (None, None),
                };
                Command::from(standing::ChangeCustomer {
                    customer: self.customer(*party),
                    non_stop: NonStopChange { prepaid: non_stop.0, postpaid: non_stop.1 },
                    special_suspension: *special,
                    partner_warning: partners,
                    own_warning: own,
                })
            }
            Sketch::Force { party, forced } => {
                let suspended = |uin: Uin| self.bound(uin).is_some_and(|bound| bound.spending.forced_since.is_some());
                let customer = if *forced { self.customer(*party) } else { self.mostly(*party, suspended) };
                Command::from(standing::ForceSuspension { customer, forced: *forced })
            }
            Sketch::Subscribe { party, on } => Command::from(notices::Subscribe {
                uin: self.party(*party),
                subscription: Subscription { channel_service: *on, ..Subscription::default() },
            }),
            Sketch::Webhook { which, what } => {
                let id = pick(&self.known.webhooks, *which, WebhookId(NEVER));
                match what % 4 {
                    0 => Command::from(notices::RotateWebhookSecret { id }),
                    1 => Command::from(notices::RemoveWebhook { id }),
                    2 => Command::from(notices::AddWebhook { account: None, kinds: Vec::new() }),
                    _ => Command::from(notices::AddWebhook { account: Some(self.party(*which)), kinds: Vec::new() }),
                }
            }
            Sketch::Organization(sketch) => self.on_organization(sketch),
            Sketch::Duty { which, what } => {
                let resources: Vec<ResourceId> = self.known.resources.iter().map(|(id, _)| *id).collect();
                let id = pick(&resources, *which, ResourceId(NEVER));
                match what % 6 {
                    0 => Command::from(standing::ReviewCustomer { customer: self.buyer(*which) }),
                    1 => Command::from(metering::SuspendResource { id }),
                    2 => Command::from(metering::ResumeResource { id }),
                    3 => Command::from(metering::DeleteResource { id }),
                    4 => Command::from(vouchers::ExpireVoucher {
                        id: pick(&self.known.vouchers, *which, VoucherId(NEVER)),
                    }),
                    _ => Command::from(bills::IssueBills { month: self.book.calendar().month(self.now) }),
                }
            }
        };
        command.into()
    }

    /// Mostly a resource that runs or is stopped, and its account.
    fn resource(&self, which: u8) -> (ResourceName, Uin) {
        let running: Vec<_> = self.book.resources().collect();
        match running.get(usize::from(which / 8) % running.len().max(1)) {
            Some(resource) if !which.is_multiple_of(8) => (resource.name.clone(), resource.account),
            _ => (name(which), self.customer(which)),
        }
    }

    /// Who pays the platform for a customer.
    fn payer(&self, customer: Uin) -> Option<Uin> {
        let managing = self.bound(customer)?.partner;
        Some(self.sells(managing)?.above.unwrap_or(managing))
    }

    /// From when until when accounts were bound to somebody, the last time that has ended, or paid for, the last time.
    fn turns(&self) -> Vec<(Uin, [Moment; 2])> {
        let accounts = self.book.accounts().map(|account| account.uin);
        let turns = accounts.flat_map(|uin| {
            let left = self.book.former_bindings(uin).last().map(|left| [left.from, left.until]);
            let paid_for = self.book.payer_intervals(uin).last();
            let paid_for = paid_for.map(|it| [it.from, it.until.map_or(self.now, |(until, _)| until)]);
            [left, paid_for].into_iter().flatten().map(move |turn| (uin, turn))
        });
        turns.collect()
    }

    /// What an account has paid for a prepaid resource and not got back.
    fn paid(&self, account: Uin, resource: ResourceName) -> Amount {
        let buyer = self.world.buyer(account);
        let (payer, binding_seq) = buyer.map_or((account, 0), |buyer| (buyer.payer, buyer.purse()));
        let paid = self.book.paid(&PaidFor { account, payer, binding_seq, resource });
        Amount::from_wide(paid.customer).unwrap_or_default()
    }

    /// What a customer's managing partner may still issue in vouchers.
    fn quota(&self, customer: Uin) -> Amount {
        let managing = self.bound(customer).and_then(|bound| self.sells(bound.partner));
        let left = managing.map_or(0, |partner| partner.voucher_quota - partner.vouchers_issued);
        Amount::from_wide(left).unwrap_or_default()
    }
}

/// A little more or less than an amount.
fn near(amount: Amount, delta: i8) -> Amount {
    amount.plus(Amount::from_units(delta.into())).unwrap_or(amount)
}

pub(crate) fn name(which: u8) -> ResourceName {
    format!("vm-{which}").parse().expect("the names of the tests are names")
}

fn times(quantity: u8) -> Factor {
    Factor::from_units(u64::from(quantity % 24) * 25_000_000).expect("the quantities of the tests are in range")
}

/// A part of these terms: any of the seven, and all.
fn freeze_change(which: u8) -> FreezeChange {
    let whole = FreezeChange::from(freeze(which));
    FreezeChange {
        model: whole.model.filter(|_| which & 0x10 == 0),
        coefficient: whole.coefficient.filter(|_| which & 0x20 == 0),
        amount: whole.amount.filter(|_| which & 0x40 == 0),
    }
}

fn freeze(which: u8) -> FreezeTerms {
    let model = FreezeModel::ALL[usize::from(which) % 5];
    // Once in a while a fee below zero, which no product has.
    let amount = Amount::from_units(if which == 255 { -1 } else { i64::from(which) * 12_345_678 });
    let coefficient = Factor::from_units(u64::from(which % 16) * 12_500_000).expect("in range");
    FreezeTerms { model, coefficient, amount }
}
