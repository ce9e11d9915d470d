//! Scenarios on the core alone: a book, the events that made it, and a clock that stands where the scenario puts it.
//! What follows from a step happens right after it, and what falls due does so at its moment. Histories, bills and
//! everything that is closed are read from the events, as the app reads them from its tables.

use crate::names::{Names, signer};
use crate::past::Past;
use crate::scenario::{By, Name, Operation, ReceiptPart};
use crate::terms::resource;
use crate::world::{
    AuthorizationView, Failure, OrderView, OrganizationsView, Outcome, PackView, PartyView, View, World,
};
use credere_core::access::{Actor, KeyAccess};
use credere_core::book::{
    Book, Command, Context, Event, Named, Rejection, Rules, bills, buying, check_laws, decide, deployment, metering,
    notices, vouchers,
};
use credere_core::channel::{AuthorizationId, Order, OrderId, Pack, PackId, ResourceId, ResourceState, Uin};
use credere_core::ledger::Moment;
use std::collections::BTreeMap;

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
        let touched: Vec<Uin> = event.touches().collect();
        self.past.add(self.now, event);
        for account in touched {
            while let Some(follows) = self.book.consequence(account, self.now) {
                self.obey(&follows)?;
            }
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

    /// The command that an operation is, with what the book forgets, or why it cannot even be asked for.
    fn command(&self, operation: &Operation) -> Result<Result<(Actor, Command), Rejection>, Failure> {
        let platform = Actor::Platform { key: 1, access: KeyAccess::Full };
        Ok(match operation {
            Operation::RefundOrder { order, amount, scope, promised, .. } => {
                let id = self.names.order(order);
                let order = Named { id, ended: self.past.order(id).cloned().map(Box::new) };
                Ok((
                    platform,
                    buying::RefundOrder { order, amount: *amount, scope: *scope, capture: promised.is_none() }.into(),
                ))
            }
            Operation::ResizeResource { resource, unit_price, quantity } => {
                let (resource, unit_price, quantity) = (self.resource(resource)?, *unit_price, *quantity);
                Ok((platform, metering::ResizeResource { resource, unit_price, quantity }.into()))
            }
            Operation::TerminateResource { resource, final_amount } => {
                let (resource, final_amount) = (self.resource(resource)?, *final_amount);
                Ok((platform, metering::TerminateResource { resource, final_amount }.into()))
            }
            Operation::ConfirmReceipt { by, customer, month, part: ReceiptPart::Lines(lines) } => {
                let customer = self.names.uin(customer);
                let actor = match by {
                    By::Platform => platform,
                    By::Account(name) => signer(self.names.uin(name)),
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
            _ => {
                let (actor, command) = self.names.command(operation, self.now)?;
                Ok((actor, self.looked_up(command)))
            }
        })
    }

    fn party(&self, uin: Uin) -> Result<PartyView, Failure> {
        let account = self.book.account(uin).ok_or_else(|| Failure::unknown(&self.names.name(uin)))?;
        let (partner, allocations) = (self.book.partner(uin), Some(self.past.allocations(uin)));
        let balance = self.book.voucher_balance(uin, self.now);
        let credit = (self.book.channel_role(uin), balance, self.book.inherits_offers_from(uin));
        self.names.party(account, partner, credit, allocations)
    }

    fn packs(&self) -> BTreeMap<Name, PackView> {
        let named = |pack: &Pack| {
            let product = self.book.product_numbered(pack.product)?.code.to_string();
            self.names.pack(pack, product, pack.state(self.now))
        };
        self.book.packs_after(PackId(0)).filter_map(named).collect()
    }

    fn organizations(&self) -> OrganizationsView {
        let invitations = Some(self.past.invitations(&self.names, self.now));
        let mut view = OrganizationsView { invitations, ..OrganizationsView::default() };
        for organization in self.book.organizations() {
            let mut listed = Vec::new();
            for member in self.book.members_of(organization.id) {
                let name = self.names.name(member.uin);
                let shown = self.names.member(member, organization.admin, self.book.payer_of(member.uin));
                view.members.insert(name.clone(), shown);
                listed.push(name);
            }
            for creation in self.book.creations_of(organization.id) {
                view.creations.insert(self.names.name(creation.uin), self.names.creation(creation, organization.admin));
            }
            for relation in self.book.entity_relations_of(organization.id) {
                let name = self.names.name_of_relation(relation.id);
                view.entities.insert(name, self.names.entity(relation, organization.admin));
            }
            view.organizations.insert(self.names.name(organization.admin), listed);
        }
        for (member, _, interval) in self.book.all_payer_intervals(None) {
            let shown = self.names.paid(&interval, self.book.calendar());
            view.payers.entry(self.names.name(member)).or_default().push(shown);
        }
        view
    }

    /// Whoever asks for something by name says what had it last, and how that ended.
    fn resource(&self, name: &str) -> Result<Option<Named<ResourceId, ResourceState>>, Failure> {
        let newest = self.past.resource(&resource(name)?);
        Ok(newest.map(|it| Named { id: it.id, ended: Some(it.state).filter(|state| state.ended()) }))
    }

    /// The command with how what it names ended, which the book forgets.
    fn looked_up(&self, mut command: Command) -> Command {
        match &mut command {
            Command::Buying(
                buying::Command::PayOrder(buying::PayOrder { order, .. })
                | buying::Command::DeliverOrder(buying::DeliverOrder { order })
                | buying::Command::CancelOrder(buying::CancelOrder { order }),
            )
            | Command::Notices(notices::Command::RequestPayment(notices::RequestPayment { order })) => {
                order.ended = self.past.order(order.id).map(|order| order.state);
            }
            Command::Vouchers(vouchers::Command::InvalidateVoucher(vouchers::InvalidateVoucher { voucher })) => {
                voucher.ended = self.past.voucher(voucher.id).map(|voucher| voucher.status);
            }
            _ => {}
        }
        command
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
            Err(refused) => return Ok(self.names.refusal(&refused)),
        };
        let outcome = Names::outcome(&event);
        if matches!(operation, Operation::PlaceOrder(order) if order.preview) {
            return Ok(outcome);
        }
        if let Event::Deployment(deployment::Event::ClockAdvanced(advanced)) = &event {
            self.pass(advanced.to)?;
            self.now = advanced.to;
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
            resources: self.past.resources(&self.names, &self.book),
            vouchers: self.past.vouchers(&self.names),
            packs: self.packs(),
            lines: Some(self.past.lines(&self.names, &self.book)?),
            notices: Some(self.past.notices(&self.names, self.book.calendar())),
            organizations: Some(self.organizations()),
        })
    }

    fn check_laws(&mut self) -> Result<(), Failure> {
        check_laws(&self.book).map_err(|broken| {
            let all: Vec<String> = broken.iter().map(ToString::to_string).collect();
            Failure::new(all.join("; "))
        })
    }
}
