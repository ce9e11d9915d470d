//! Scenarios on the core alone: a book, the events that made it, and a clock that stands where the scenario puts it.
//! What follows from a step happens right after it, and what falls due does so at its moment. Histories, bills and
//! everything that is closed are read from the events, as the app reads them from its tables.

use crate::names::Names;
use crate::past::Past;
use crate::scenario::{By, Name, Operation, ReceiptPart};
use crate::world::{AuthorizationView, Failure, OrderView, Outcome, PartyView, View, World};
use credere_core::access::{Actor, KeyAccess};
use credere_core::book::{
    Book, Command, Context, Event, Rejection, Rules, bills, buying, check_laws, decide, deployment, metering, vouchers,
};
use credere_core::channel::{AuthorizationId, Order, OrderId, OrderState, Uin};
use credere_core::ledger::Moment;

/// 2026-01-01T00:00:00Z, in microseconds since the epoch: any moment would do.
const BEGINNING: i64 = 1_767_225_600_000_000;

/// The core as a world.
#[derive(Debug)]
pub struct CoreWorld {
    rules: Rules,
    book: Book,
    now: Moment,
    past: Past,
    names: Names,
}

impl CoreWorld {
    /// An empty world with these choices, and the product `cvm`.
    pub fn new(rules: Rules) -> CoreWorld {
        let mut world = CoreWorld {
            rules,
            book: Book::new(),
            now: Moment::from_micros(BEGINNING),
            past: Past::default(),
            names: Names::default(),
        };
        world.perform(&Operation::product("cvm"), None).expect("an empty book takes a product");
        world
    }

    fn decide(&self, actor: Actor, command: &Command) -> Result<Event, Rejection> {
        let context = Context { now: self.now, actor, rules: &self.rules };
        decide(&self.book, command, &context).map(|decision| decision.event)
    }

    /// Applies an event, and whatever follows from it at once.
    fn apply(&mut self, actor: Actor, event: Event) -> Result<u64, Failure> {
        self.must_explain(actor, &event)?;
        let seq = self.book.seq() + 1;
        self.book.evolve(seq, self.now, &event).map_err(|error| Failure::new(error.to_string()))?;
        let touched = event.touches();
        self.past.add(event);
        if let Some(account) = touched
            && let Some(follows) = self.book.consequence(account, self.now)
        {
            self.obey(&follows)?;
        }
        Ok(seq)
    }

    /// Whether the decision can be taken again from its event, which is how decisions are explained.
    fn must_explain(&self, actor: Actor, event: &Event) -> Result<(), Failure> {
        let Some(asked) = event.asked(&self.book) else { return Ok(()) };
        match self.decide(actor, &asked) {
            Ok(again) if again == *event => Ok(()),
            other => Err(Failure::new(format!("{event:?} comes out again of {asked:?} as {other:?}"))),
        }
    }

    /// Does what Credere has to do by itself.
    fn obey(&mut self, duty: &Command) -> Result<(), Failure> {
        let event = self
            .decide(Actor::System, duty)
            .map_err(|refused| Failure::new(format!("{duty:?} is due and refused: {}", refused.code())))?;
        self.apply(Actor::System, event).map(drop)
    }

    /// Does everything that is due up to a moment, each thing at its own.
    fn pass(&mut self, until: Moment) -> Result<(), Failure> {
        while let Some(due) = self.book.next_due().filter(|due| *due <= until) {
            self.now = self.now.max(due);
            let duty = self.book.duty(self.now);
            self.obey(&duty.ok_or_else(|| Failure::new("nothing is due at the moment that was named"))?)?;
        }
        Ok(())
    }

    /// The command that an operation is, or why it cannot even be asked for: what it is about was never there.
    fn command(&self, operation: &Operation) -> Result<Result<(Actor, Command), Rejection>, Failure> {
        let platform = Actor::Platform { key: 1, access: KeyAccess::Full };
        Ok(match operation {
            Operation::RefundOrder { order, amount, .. } => match self.past.order(self.names.order(order)) {
                Some(order) => Ok((
                    platform,
                    Command::from(buying::RefundOrder { order: Box::new(order.clone()), amount: *amount }),
                )),
                None => Err(Rejection::Buying(buying::Reason::OrderNotFound)),
            },
            Operation::ConfirmReceipt { by, customer, month, part: ReceiptPart::Lines(lines) } => {
                let customer = self.names.uin(customer);
                let actor = match by {
                    By::Platform => platform,
                    By::Account(name) => Actor::Account(self.names.uin(name)),
                };
                let named = lines.iter().map(|name| self.past.named_line(self.names.line(name), customer, *month));
                match named.collect::<Option<Vec<_>>>() {
                    Some(named) => {
                        let lines = bills::ReceiptLines::Named(named);
                        Ok((actor, Command::from(bills::ConfirmReceipt { customer, month: *month, lines })))
                    }
                    None => Err(Rejection::Bills(bills::Reason::LineNotFound)),
                }
            }
            _ => Ok(self.names.command(operation, self.now)?),
        })
    }

    fn party(&self, uin: Uin) -> Result<PartyView, Failure> {
        let account = self.book.account(uin).ok_or_else(|| Failure::unknown(&self.names.name(uin)))?;
        let (partner, has_credit) = (self.book.partner(uin), self.book.has_credit(uin));
        self.names.party(account, partner, has_credit, Some(self.past.allocations(uin)))
    }

    /// The book forgets what is closed; who asks for it is told how it ended, and not that it never was.
    fn explained(&self, command: &Command, refused: Rejection) -> Rejection {
        let ended = match (command, &refused) {
            (
                Command::Buying(buying::Command::PayOrder(buying::PayOrder { order, .. })),
                Rejection::Buying(buying::Reason::OrderNotFound),
            ) => self.closed_order(*order, OrderState::ToBePaid),
            (
                Command::Buying(buying::Command::CancelOrder(buying::CancelOrder { order })),
                Rejection::Buying(buying::Reason::OrderNotFound),
            ) => self.closed_order(*order, OrderState::Canceled),
            (
                Command::Buying(buying::Command::DeliverOrder(buying::DeliverOrder { order })),
                Rejection::Buying(buying::Reason::OrderNotFound),
            ) => self.closed_order(*order, OrderState::Processing),
            (
                Command::Metering(metering::Command::ResizeResource(metering::ResizeResource { name, .. }))
                | Command::Metering(metering::Command::TerminateResource(metering::TerminateResource { name, .. })),
                Rejection::Metering(metering::Reason::ResourceNotFound),
            ) => self
                .past
                .resource(name)
                .map(|resource| Rejection::Metering(metering::Reason::ResourceNotActive(resource.state))),
            (
                Command::Vouchers(vouchers::Command::InvalidateVoucher(vouchers::InvalidateVoucher { id })),
                Rejection::Vouchers(vouchers::Reason::VoucherNotFound),
            ) => self
                .past
                .voucher(*id)
                .map(|voucher| Rejection::Vouchers(vouchers::Reason::VoucherNotIssued(voucher.status))),
            _ => None,
        };
        ended.unwrap_or(refused)
    }

    fn closed_order(&self, id: OrderId, needed: OrderState) -> Option<Rejection> {
        self.past.order(id).map(|order| Rejection::Buying(buying::Reason::OrderNot { state: order.state, needed }))
    }

    fn shown(&self, order: &Order) -> OrderView {
        OrderView {
            customer: self.names.name(order.account),
            pays: self.names.pays(order.paying),
            state: order.state.name().to_owned(),
            list: order.price.list,
            amount: order.price.customer,
            partner_amount: order.price.partner,
            voucher_amount: order.voucher_amount().ok(),
            refunded: Some(order.refunded),
        }
    }

    fn authorization_view(&self, id: AuthorizationId) -> AuthorizationView {
        let opening = self.past.opening(id);
        AuthorizationView {
            state: self.past.end_of(id).unwrap_or("open").to_owned(),
            pays: opening.map(|opening| self.names.pays(opening.paying)),
            list: opening.map(|opening| opening.price.list),
            amount: opening.map(|opening| opening.price.customer),
            partner_amount: opening.map(|opening| opening.price.partner),
        }
    }
}

impl World for CoreWorld {
    fn has_keys(&self) -> bool {
        false
    }

    fn perform(&mut self, operation: &Operation, _key: Option<&str>) -> Result<Outcome, Failure> {
        let (actor, command) = match self.command(operation)? {
            Ok(asked) => asked,
            Err(refused) => return Ok(self.names.refusal(&refused)),
        };
        let event = match self.decide(actor, &command) {
            Ok(event) => event,
            Err(refused) => return Ok(self.names.refusal(&self.explained(&command, refused))),
        };
        let outcome = Names::outcome(&event);
        if matches!(operation, Operation::PlaceOrder(order) if order.preview) {
            return Ok(outcome);
        }
        if let Event::Deployment(deployment::Event::ClockAdvanced(deployment::ClockAdvanced { to })) = event {
            self.pass(to)?;
            self.now = to;
        }
        let seq = self.apply(actor, event.clone())?;
        self.names.remember(operation, seq, &event);
        self.pass(self.now)?;
        Ok(outcome)
    }

    fn view(&mut self) -> Result<View, Failure> {
        let party = |(name, uin): (&Name, Uin)| Ok((name.clone(), self.party(uin)?));
        let order = |(name, id): (&Name, OrderId)| {
            let order = self.past.order(id).ok_or_else(|| Failure::unknown(name))?;
            Ok((name.clone(), self.shown(order)))
        };
        let authorization = |(name, id): (&Name, AuthorizationId)| (name.clone(), self.authorization_view(id));
        Ok(View {
            parties: self.names.accounts().map(party).collect::<Result<_, Failure>>()?,
            orders: self.names.orders().map(order).collect::<Result<_, Failure>>()?,
            authorizations: self.names.authorizations().map(authorization).collect(),
            resources: self.past.resources(&self.names),
            vouchers: self.past.vouchers(&self.names),
            lines: Some(self.past.lines(&self.names, &self.book)?),
            notices: Some(self.past.notices(&self.names, self.book.calendar())),
        })
    }

    fn check_laws(&mut self) -> Result<(), Failure> {
        check_laws(&self.book).map_err(|broken| {
            let all: Vec<String> = broken.iter().map(ToString::to_string).collect();
            Failure::new(all.join("; "))
        })
    }
}
