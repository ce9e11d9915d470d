//! Scenarios on the core alone: a book, the events that made it, and a clock that stands where the scenario puts it.
//! Histories and closed orders are read from the events, as the app reads them from its tables.

use crate::names::Names;
use crate::scenario::{Name, Operation, SettlementWord};
use crate::world::{AllocationView, AuthorizationView, Failure, OrderView, Outcome, PartyView, View, World};
use credere_core::access::Actor;
use credere_core::book::{Book, Command, Context, Event, Rejection, Rules, check_laws, decide};
use credere_core::channel::{AuthorizationId, Order, OrderId, OrderState, Uin};
use credere_core::ledger::Moment;
use credere_core::money::Amount;

/// 2026-01-01T00:00:00Z, in microseconds since the epoch: any moment would do.
const BEGINNING: i64 = 1_767_225_600_000_000;

/// The core as a world.
#[derive(Debug)]
pub struct CoreWorld {
    rules: Rules,
    book: Book,
    now: Moment,
    events: Vec<Event>,
    names: Names,
}

impl CoreWorld {
    /// An empty world with these choices, and the product `cvm`.
    pub fn new(rules: Rules) -> CoreWorld {
        let mut world = CoreWorld {
            rules,
            book: Book::new(),
            now: Moment::from_micros(BEGINNING),
            events: Vec::new(),
            names: Names::default(),
        };
        world
            .perform(&Operation::AddProduct { code: "cvm".to_owned(), settlement: SettlementWord::Hourly }, None)
            .expect("an empty book takes a product");
        world
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

    fn party(&self, uin: Uin) -> Result<PartyView, Failure> {
        let account = self.book.account(uin).ok_or_else(|| Failure::unknown(&self.names.name(uin)))?;
        self.names.party(account, self.book.partner(uin), Some(self.allocations(uin)))
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

    /// An order as it stands.
    fn latest(&self, id: OrderId) -> Option<&Order> {
        self.events.iter().rev().find_map(|event| match event {
            Event::OrderChanged { order, .. } if order.id == id => Some(&**order),
            _ => None,
        })
    }

    /// The book forgets closed orders; who asks for one is told that it is closed, and not that it never was.
    fn explained(&self, command: &Command, refused: Rejection) -> Rejection {
        let (id, needed) = match command {
            Command::PayOrder { order, .. } | Command::CancelOrder { order } => (*order, OrderState::ToBePaid),
            Command::DeliverOrder { order } => (*order, OrderState::Processing),
            _ => return refused,
        };
        match (&refused, self.latest(id)) {
            (Rejection::OrderNotFound, Some(order)) => Rejection::OrderNot { state: order.state, needed },
            _ => refused,
        }
    }

    fn shown(&self, order: &Order) -> OrderView {
        OrderView {
            customer: self.names.name(order.account),
            payer: self.names.name(order.account),
            paying_partner: Some(self.names.name(order.paying_partner)),
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

impl World for CoreWorld {
    fn has_keys(&self) -> bool {
        false
    }

    fn perform(&mut self, operation: &Operation, _key: Option<&str>) -> Result<Outcome, Failure> {
        let (actor, command) = self.names.command(operation, self.now)?;
        let event = match self.decide(actor, &command) {
            Ok(event) => event,
            Err(refused) => return Ok(self.names.refusal(&self.explained(&command, refused))),
        };
        let outcome = Names::outcome(&event);
        if matches!(operation, Operation::PlaceOrder(order) if order.preview) {
            return Ok(outcome);
        }
        if let Event::ClockAdvanced { to } = event {
            self.now = to;
        }
        let seq = self.apply(event.clone())?;
        self.names.remember(operation, seq, &event);
        self.run_what_is_due()?;
        Ok(outcome)
    }

    fn view(&mut self) -> Result<View, Failure> {
        let party = |(name, uin): (&Name, Uin)| Ok((name.clone(), self.party(uin)?));
        let order = |(name, id): (&Name, OrderId)| {
            let order = self.latest(id).ok_or_else(|| Failure::unknown(name))?;
            Ok((name.clone(), self.shown(order)))
        };
        let authorization = |(name, id): (&Name, AuthorizationId)| (name.clone(), self.authorization_view(id));
        Ok(View {
            parties: self.names.accounts().map(party).collect::<Result<_, Failure>>()?,
            orders: self.names.orders().map(order).collect::<Result<_, Failure>>()?,
            authorizations: self.names.authorizations().map(authorization).collect(),
        })
    }

    fn check_laws(&mut self) -> Result<(), Failure> {
        check_laws(&self.book).map_err(|broken| {
            let all: Vec<String> = broken.iter().map(ToString::to_string).collect();
            Failure::new(all.join("; "))
        })
    }
}
