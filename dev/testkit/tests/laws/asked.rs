//! From symbols to commands: what is asked for, of whom and over how much.

use crate::scene::{Scene, name, pick, product_code, uin};
use crate::terms::{freeze, freeze_change};
use crate::workload::{Lines, Money, Sketch};
use credere_auditor::{NEVER, Step as Asked};
use credere_core::access::KeyAccess;
use credere_core::book::{
    Command, bills, buying, catalogue, deployment, finance, metering, notices, parties, standing, vouchers,
};
use credere_core::channel::{
    AccountClass, ActionType, AllowlistItem, CardId, DiscountId, DiscountScope, NonStopChange, Order, OrderId,
    OrderKind, OrderState, PartnerKind, PayMode, RefundScope, ResourceId, Settlement, Site, Subscription, Tier,
    TopUpKind, Uin, Verification, VoucherId, VoucherMode, VoucherUsage, WebhookId,
};
use credere_core::ledger::Moment;
use credere_core::money::{Amount, Factor, Rate};

impl Scene<'_> {
    /// What a symbol asks for.
    pub(crate) fn asked(&self, sketch: &Sketch) -> Asked {
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
                customer: if party % 4 == 3 { self.pays_from_outside(*party) } else { self.outsider(*party) },
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
                inheritable: terms % 4 != 0,
            }),
            Sketch::ChangeProduct { code, freeze: terms } => Command::from(catalogue::ChangeProduct {
                code: product_code(*code),
                name: Some("another name".to_owned()),
                settlement: (code % 4 == 0)
                    .then_some([Settlement::Daily, Settlement::Hourly][usize::from(code / 4 % 2)]),
                grace_hours: (code % 3 != 0).then_some(u32::from(code % 9)),
                retention_days: Some(u32::from(code % 20)),
                freeze: terms.map(freeze_change).unwrap_or_default(),
                inheritable: (code % 5 == 0).then_some(code % 2 == 0),
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
                        let left = self.world.left_to_downgrade(account, resource);
                        near(Amount::from_wide(left).unwrap_or_default(), *delta)
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
                let order = self.order_to_pay(*which);
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
            Sketch::Refund { which, amount, scope, capture } => {
                let closed: Vec<&Order> = self.known.latest.values().filter(|order| !order.state.open()).collect();
                let any: Vec<&Order> = self.known.latest.values().collect();
                // Now and then one that somebody has paid who pays for the account no more.
                let payer = |order: &Order| self.world.payer_of(order.account).unwrap_or(order.account);
                let others = |order: &&Order| order.paying.payer != order.account && order.paying.payer != payer(order);
                let former: Vec<&Order> = closed.iter().copied().filter(others).collect();
                let two = |order: &&Order| order.prepaid().is_some_and(|what| self.book.purses(&what).len() > 1);
                let shared: Vec<&Order> = closed.iter().copied().filter(two).collect();
                let orders = match which % 8 {
                    0 => any,
                    4..7 if *scope == RefundScope::Resource && !shared.is_empty() => shared,
                    1..4 if !former.is_empty() => former,
                    _ if closed.is_empty() => any,
                    _ => closed,
                };
                // Once in a while one that never was.
                let order = orders.get(usize::from(which / 8) % orders.len().max(1)).filter(|_| which % 64 != 32);
                let resource = order.and_then(|order| Some((order.account, order.resource.as_ref()?)));
                let amount = match amount {
                    Money::Near { delta, .. } => {
                        let left = resource.map(|(account, name)| self.world.unrefunded(account, name));
                        let own = order.and_then(|order| order.amount().ok()).unwrap_or_default();
                        let left = left.filter(|_| *scope == RefundScope::Resource);
                        near(left.map_or(own, |left| Amount::from_wide(left).unwrap_or_default()), *delta)
                    }
                    Money::Units(units) => Amount::from_units(*units),
                };
                let (order, scope, capture) = (order.map_or(OrderId(NEVER), |order| order.id), *scope, *capture);
                return Asked::Refund { order, amount, scope, capture };
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
                    units: None,
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
            Sketch::Offers(sketch) => self.on_offers(sketch),
            Sketch::Creation(sketch) => self.on_creation(sketch),
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
}

/// A little more or less than an amount.
fn near(amount: Amount, delta: i8) -> Amount {
    amount.plus(Amount::from_units(delta.into())).unwrap_or(amount)
}

fn times(quantity: u8) -> Factor {
    Factor::from_units(u64::from(quantity % 24) * 25_000_000).expect("the quantities of the tests are in range")
}
