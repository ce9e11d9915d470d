//! Scenarios on the core alone: a book, the events that made it, and a clock that stands where the scenario puts it.
//! Histories and closed orders are read from the events, as the app reads them from its tables.

use crate::scenario::{By, DiscountFor, Name, Operation, OrderWord, PartnerWord, PlaceOrder, SettlementWord, Span};
use crate::world::{
    AllocationView, AuthorizationView, CreditView, CustomerSums, Failure, OrderView, Outcome, PartnerView, PartyView,
    PoolView, SpendView, View, World,
};
use credere_core::access::{Actor, KeyAccess};
use credere_core::book::{
    Book, Command, Context, DiscountTerms, Event, NewOrder, PayBy, Rejection, Rules, check_laws, decide,
};
use credere_core::channel::{
    AccountClass, AuthorizationId, DiscountId, DiscountScope, Order, OrderId, OrderKind, PartnerKind, ProductCode,
    Settlement, Tier, Uin, Verification,
};
use credere_core::ledger::Moment;
use credere_core::money::Amount;
use std::collections::BTreeMap;

/// 2026-01-01T00:00:00Z, in microseconds since the epoch: any moment would do.
const BEGINNING: i64 = 1_767_225_600_000_000;
/// A number that no account of a scenario has.
const NOBODY: u64 = 999_999;
/// A journal position that no scenario reaches.
const NEVER: u64 = 999_999_999;

/// The core as a world.
#[derive(Debug)]
pub struct CoreWorld {
    rules: Rules,
    book: Book,
    now: Moment,
    events: Vec<Event>,
    accounts: BTreeMap<Name, Uin>,
    orders: BTreeMap<Name, OrderId>,
    authorizations: BTreeMap<Name, AuthorizationId>,
    discounts: BTreeMap<Name, DiscountId>,
}

impl CoreWorld {
    /// An empty world with these choices, and the product `cvm`.
    pub fn new(rules: Rules) -> CoreWorld {
        let mut world = CoreWorld {
            rules,
            book: Book::new(),
            now: Moment::from_micros(BEGINNING),
            events: Vec::new(),
            accounts: BTreeMap::new(),
            orders: BTreeMap::new(),
            authorizations: BTreeMap::new(),
            discounts: BTreeMap::new(),
        };
        world
            .perform(&Operation::AddProduct { code: "cvm".to_owned(), settlement: SettlementWord::Hourly }, None)
            .expect("an empty book takes a product");
        world
    }

    fn uin(&self, name: &str) -> Uin {
        self.accounts.get(name).copied().unwrap_or(Uin::new(NOBODY).expect("the number is in range"))
    }

    fn name(&self, uin: Uin) -> Name {
        self.accounts.iter().find(|(_, known)| **known == uin).map_or_else(|| uin.to_string(), |(name, _)| name.clone())
    }

    fn order(&self, name: &str) -> OrderId {
        self.orders.get(name).copied().unwrap_or(OrderId(NEVER))
    }

    fn authorization(&self, name: &str) -> AuthorizationId {
        self.authorizations.get(name).copied().unwrap_or(AuthorizationId { account: self.uin(name), opened_seq: NEVER })
    }

    fn in_span(&self, span: Span) -> Moment {
        self.now.plus_seconds(span.0)
    }

    /// The command that an operation is, and who gives it.
    fn command(&self, operation: &Operation) -> Result<(Actor, Command), Failure> {
        let platform = Actor::Platform { key: 1, access: KeyAccess::Full };
        let actor = match operation {
            Operation::Allocate { by: By::Account(name), .. }
            | Operation::AllocatePool { by: By::Account(name), .. } => Actor::Account(self.uin(name)),
            _ => platform,
        };
        let verification = |verified: &bool| match verified {
            true => Verification::Enterprise,
            false => Verification::None,
        };
        let change_partner = |partner: &str, quota, line| Command::ChangePartner {
            uin: self.uin(partner),
            allocation_quota: quota,
            spend_line: line,
            voucher_quota: None,
            allowlist: None,
        };
        let command = match operation {
            Operation::OpenAccount { verified, number, .. } => Command::OpenAccount {
                uin: number.map(Uin::new).transpose().map_err(|error| Failure::new(error.to_string()))?,
                class: AccountClass::External,
                verification: verification(verified),
                tier: Tier::None,
            },
            Operation::SetVerified { account, verified } => Command::ChangeAccount {
                uin: self.uin(account),
                class: None,
                verification: Some(verification(verified)),
                tier: None,
            },
            Operation::RegisterPartner { account, kind, distributor, quota, spend } => Command::RegisterPartner {
                uin: self.uin(account),
                kind: match kind {
                    PartnerWord::Reseller => PartnerKind::Reseller,
                    PartnerWord::Distributor => PartnerKind::Distributor,
                    PartnerWord::SecondLevel => PartnerKind::SecondLevelReseller,
                    PartnerWord::Agent => PartnerKind::Agent,
                },
                distributor: distributor.as_deref().map(|name| self.uin(name)),
                allocation_quota: *quota,
                spend_line: *spend,
                voucher_quota: Amount::ZERO,
                allowlist: Vec::new(),
            },
            Operation::ChangeQuota { partner, quota } => change_partner(partner, Some(*quota), None),
            Operation::ChangeSpendLine { partner, line } => change_partner(partner, None, Some(*line)),
            Operation::AllocatePool { second_level, amount, .. } => {
                Command::AllocatePool { second_level: self.uin(second_level), amount: *amount, remark: None }
            }
            Operation::Bind { account, partner } => {
                Command::BindCustomer { customer: self.uin(account), partner: self.uin(partner) }
            }
            Operation::Unbind { customer } => Command::UnbindCustomer { customer: self.uin(customer) },
            Operation::Allocate { customer, amount, remark, .. } => {
                Command::AllocateCredit { customer: self.uin(customer), amount: *amount, remark: remark.clone() }
            }
            Operation::AddProduct { code, settlement } => Command::AddProduct {
                code: product(code)?,
                name: code.clone(),
                settlement: match settlement {
                    SettlementWord::Hourly => Settlement::Hourly,
                    SettlementWord::Daily => Settlement::Daily,
                    SettlementWord::Monthly => Settlement::Monthly,
                },
                grace_hours: None,
            },
            Operation::SetDiscount { whose, product: only, rate, from, until, .. } => {
                let (scope, partner) = match whose {
                    DiscountFor::Partner(partner) => (DiscountScope::Partner(self.uin(partner)), partner),
                    DiscountFor::Customer { customer, partner } => {
                        (DiscountScope::Customer(self.uin(customer)), partner)
                    }
                };
                Command::SetDiscount(DiscountTerms {
                    scope,
                    partner: self.uin(partner),
                    product: only.as_deref().map(product).transpose()?,
                    rate: *rate,
                    starts_at: from.map(|span| self.in_span(span)),
                    ends_at: until.map(|span| self.in_span(span)),
                })
            }
            Operation::EndDiscount { discount } => {
                Command::EndDiscount { id: self.discounts.get(discount).copied().unwrap_or(DiscountId(NEVER)) }
            }
            Operation::PlaceOrder(order) => Command::PlaceOrder(Box::new(self.new_order(order)?)),
            Operation::PayOrder { order, by_partner } => Command::PayOrder {
                order: self.order(order),
                by: if *by_partner { PayBy::Partner } else { PayBy::Customer },
            },
            Operation::DeliverOrder { order } => Command::DeliverOrder { order: self.order(order) },
            Operation::CancelOrder { order } => Command::CancelOrder { order: self.order(order) },
            Operation::Authorize { account, product: code, amount, until, .. } => Command::Authorize {
                account: self.uin(account),
                product: product(code)?,
                amount: *amount,
                expires_at: until.map(|span| self.in_span(span)),
            },
            Operation::Capture { authorization, amount } => {
                Command::Capture { authorization: self.authorization(authorization), amount: *amount }
            }
            Operation::Release { authorization } => {
                Command::Release { authorization: self.authorization(authorization) }
            }
            Operation::Advance { by } => Command::AdvanceClock { to: self.in_span(*by) },
        };
        Ok((actor, command))
    }

    fn new_order(&self, order: &PlaceOrder) -> Result<NewOrder, Failure> {
        Ok(NewOrder {
            account: self.uin(&order.account),
            product: product(&order.product)?,
            kind: match order.kind {
                OrderWord::Purchase => OrderKind::Purchase,
                OrderWord::Renew => OrderKind::Renew,
                OrderWord::Upgrade => OrderKind::Upgrade,
                OrderWord::Downgrade => OrderKind::Downgrade,
            },
            amount: order.amount,
            capture: order.capture,
            park: order.park,
            details: "{}".to_owned(),
        })
    }

    fn decide(&self, actor: Actor, command: &Command) -> Result<Event, Rejection> {
        let context = Context { now: self.now, actor, rules: &self.rules };
        decide(&self.book, command, &context).map(|decision| decision.event)
    }

    fn apply(&mut self, event: Event) -> Result<u64, Failure> {
        let seq = self.book.seq() + 1;
        self.book.evolve(seq, self.now, &event).map_err(|error| Failure::new(error.to_string()))?;
        self.events.push(event);
        Ok(seq)
    }

    /// Ends every authorization whose time is over.
    fn run_what_is_due(&mut self) -> Result<(), Failure> {
        loop {
            let due = self.book.due_to_expire(self.now, 100);
            if due.is_empty() {
                return Ok(());
            }
            for authorization in due {
                let event = self
                    .decide(Actor::System, &Command::Expire { authorization })
                    .map_err(|refused| Failure::new(format!("what is due does not expire: {}", refused.code())))?;
                self.apply(event)?;
            }
        }
    }

    /// Gives what came of an operation its name.
    fn remember(&mut self, operation: &Operation, seq: u64, event: &Event) {
        match (operation, event) {
            (Operation::OpenAccount { account, .. }, Event::AccountOpened { uin, .. }) => {
                self.accounts.insert(account.clone(), *uin);
            }
            (Operation::SetDiscount { name: Some(name), .. }, _) => {
                self.discounts.insert(name.clone(), DiscountId(seq));
            }
            (Operation::PlaceOrder(PlaceOrder { name: Some(name), .. }), Event::OrderChanged { order, .. }) => {
                self.orders.insert(name.clone(), order.id);
            }
            (Operation::Authorize { name: Some(name), .. }, Event::AuthorizationOpened { account, .. }) => {
                self.authorizations.insert(name.clone(), AuthorizationId { account: *account, opened_seq: seq });
            }
            _ => {}
        }
    }

    fn outcome(&self, event: &Event) -> Outcome {
        match event {
            Event::CreditAllocated { total_after, available_after, .. } => {
                Outcome::done("done").with("total", *total_after).with("available", *available_after)
            }
            Event::PoolAllocated { total_after, remaining_after, .. } => {
                Outcome::done("done").with("total", *total_after).with("remaining", *remaining_after)
            }
            Event::OrderChanged { order, .. } => Outcome::done(order.state.name()),
            Event::AuthorizationOpened { .. } => Outcome::done("approved"),
            Event::AuthorizationCaptured { .. } => Outcome::done("captured"),
            Event::AuthorizationReleased { .. } => Outcome::done("released"),
            _ => Outcome::done("done"),
        }
    }

    fn refusal(&self, refused: &Rejection) -> Outcome {
        let outcome = Outcome::refused(refused.code());
        match refused {
            Rejection::InsufficientCredit { side, account, required, available } => Outcome {
                side: Some(side.name().to_owned()),
                account: Some(self.name(*account)),
                ..outcome.with("required", *required).with("available", *available)
            },
            Rejection::ExceedsAllocatable { partner, requested, allocatable } => Outcome {
                account: Some(self.name(*partner)),
                ..outcome.with("requested", *requested).with("allocatable", *allocatable)
            },
            Rejection::ExceedsAvailable { customer, requested, available } => Outcome {
                account: Some(self.name(*customer)),
                ..outcome.with("requested", *requested).with("available", *available)
            },
            Rejection::ExceedsPool { second_level, requested, remaining } => Outcome {
                account: Some(self.name(*second_level)),
                ..outcome.with("requested", *requested).with("remaining", *remaining)
            },
            Rejection::BelowAllocated { requested, allocated } => {
                outcome.with("requested", *requested).with("allocated", *allocated)
            }
            Rejection::ExceedsAuthorization { requested, open } => {
                outcome.with("requested", *requested).with("open", *open)
            }
            Rejection::PoolAmountOutOfRange { limit } => outcome.with("limit", *limit),
            Rejection::Overdue { customer, available } => {
                Outcome { account: Some(self.name(*customer)), ..outcome.with("available", *available) }
            }
            _ => outcome,
        }
    }

    fn party(&self, uin: Uin) -> PartyView {
        let account = self.book.account(uin);
        let customer = self.book.customer(uin);
        PartyView {
            verified: account.is_some_and(|account| account.verification != Verification::None),
            bound_to: customer.map(|customer| self.name(customer.partner)),
            credit: customer.map(|customer| CreditView {
                total: customer.line.limit(),
                used: customer.line.used(),
                prepay_frozen: customer.line.prepay_frozen(),
                postpay_frozen: customer.line.postpay_frozen(),
                available: customer.line.available(),
                state: if customer.overdue() { "overdue" } else { "normal" }.to_owned(),
            }),
            partner: self.book.partner(uin).map(|partner| PartnerView {
                kind: partner.kind.name().to_owned(),
                distributor: partner.distributor.map(|above| self.name(above)),
                quota: partner.allocation_quota,
                allocated: partner.allocated,
                allocatable: partner.allocatable().expect("allocated is within the quota"),
                spend: partner.spend.map(|line| SpendView {
                    line: line.limit(),
                    used: line.used(),
                    frozen: line.frozen(),
                    available: line.available(),
                }),
                pool: partner.distributor.map(|_| PoolView {
                    total: partner.allocation_quota,
                    remaining: partner.allocatable().expect("allocated is within the quota"),
                }),
                customers: Some(CustomerSums {
                    total: partner.customers_total,
                    available: Amount::from_wide(partner.customers_available)
                        .expect("the few customers of a scenario sum up to an amount"),
                }),
            }),
            allocations: Some(self.allocations(uin)),
        }
    }

    fn allocations(&self, uin: Uin) -> Vec<AllocationView> {
        let record = |event: &Event| match event {
            Event::CreditAllocated { customer, amount, total_after, available_after, remark, .. }
                if *customer == uin =>
            {
                Some(AllocationView {
                    amount: *amount,
                    total_after: *total_after,
                    available_after: *available_after,
                    remark: remark.clone(),
                })
            }
            Event::CustomerUnbound { customer, returned, .. } if *customer == uin && *returned != Amount::ZERO => {
                Some(AllocationView {
                    amount: returned.negated().expect("a total is not the lowest number"),
                    total_after: Amount::ZERO,
                    available_after: Amount::ZERO,
                    remark: None,
                })
            }
            _ => None,
        };
        self.events.iter().filter_map(record).collect()
    }

    fn order_view(&self, id: OrderId) -> Option<OrderView> {
        let latest = |event: &Event| match event {
            Event::OrderChanged { order, .. } if order.id == id => Some(self.shown(order)),
            _ => None,
        };
        self.events.iter().rev().find_map(latest)
    }

    fn shown(&self, order: &Order) -> OrderView {
        OrderView {
            customer: self.name(order.account),
            payer: self.name(order.paying_partner),
            state: order.state.name().to_owned(),
            list: order.price.list,
            amount: order.price.customer,
            partner_amount: order.price.partner,
        }
    }

    fn authorization_view(&self, id: AuthorizationId) -> AuthorizationView {
        let end = |event: &Event| match event {
            Event::AuthorizationCaptured { id: of, .. } if *of == id => Some("captured"),
            Event::AuthorizationReleased { id: of, .. } if *of == id => Some("released"),
            Event::AuthorizationExpired { id: of, .. } if *of == id => Some("expired"),
            _ => None,
        };
        let opened = usize::try_from(id.opened_seq).ok().and_then(|seq| self.events.get(seq.checked_sub(1)?));
        let price = match opened {
            Some(Event::AuthorizationOpened { price, .. }) => Some(*price),
            _ => None,
        };
        AuthorizationView {
            state: self.events.iter().find_map(end).unwrap_or("open").to_owned(),
            list: price.map(|price| price.list),
            amount: price.map(|price| price.customer),
            partner_amount: price.map(|price| price.partner),
        }
    }
}

fn product(code: &str) -> Result<ProductCode, Failure> {
    code.parse().map_err(|_| Failure::new(format!("`{code}` is not a product code")))
}

impl World for CoreWorld {
    fn has_keys(&self) -> bool {
        false
    }

    fn perform(&mut self, operation: &Operation, _key: Option<&str>) -> Result<Outcome, Failure> {
        let (actor, command) = self.command(operation)?;
        let event = match self.decide(actor, &command) {
            Ok(event) => event,
            Err(refused) => return Ok(self.refusal(&refused)),
        };
        let outcome = self.outcome(&event);
        if matches!(operation, Operation::PlaceOrder(order) if order.preview) {
            return Ok(outcome);
        }
        if let Event::ClockAdvanced { to } = event {
            self.now = to;
        }
        let seq = self.apply(event.clone())?;
        self.remember(operation, seq, &event);
        self.run_what_is_due()?;
        Ok(outcome)
    }

    fn view(&mut self) -> Result<View, Failure> {
        let order = |(name, id): (&Name, &OrderId)| {
            let view = self.order_view(*id).ok_or_else(|| Failure::unknown(name))?;
            Ok((name.clone(), view))
        };
        Ok(View {
            parties: self.accounts.iter().map(|(name, uin)| (name.clone(), self.party(*uin))).collect(),
            orders: self.orders.iter().map(order).collect::<Result<_, Failure>>()?,
            authorizations: self
                .authorizations
                .iter()
                .map(|(name, id)| (name.clone(), self.authorization_view(*id)))
                .collect(),
        })
    }

    fn check_laws(&mut self) -> Result<(), Failure> {
        check_laws(&self.book).map_err(|broken| {
            let all: Vec<String> = broken.iter().map(ToString::to_string).collect();
            Failure::new(all.join("; "))
        })
    }
}
