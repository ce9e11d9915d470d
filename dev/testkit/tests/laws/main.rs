//! Random command sequences, valid, borderline and absurd, decided by the core and judged by the auditor. After every
//! step both agree on what happens, on who is told what and on every figure of everybody, and the laws hold; at the end
//! the book is rebuilt from its events and from its snapshots, byte for byte.

mod asked;
mod changes;
mod creations;
mod known;
mod offers;
mod organizations;
mod prelude;
mod scene;
mod terms;
mod workload;

use changes::{conserved, handed_over, laws_of_a_change, reviewed_as_its_payer, unchanged};
use credere_auditor::facts::DueNotice;
use credere_auditor::{Auditor, Choices, Difference, Refusal, Seen, Step as Asked, differences, units};
use credere_core::access::{Actor, Face, KeyAccess};
use credere_core::book::{
    ActionName, Book, BookReader, Command, Context, Event, KeyUse, Record, Rejection, RequestInfo, Rules, bills,
    buying, catalogue, check_laws, decide, deployment, members, metering, notices, parties, standing, vouchers,
};
use credere_core::channel::{
    AuthorizationId, DiscountId, LineId, NoticeKind, Order, OrderState, RefundScope, ResourceName, Side, Uin, WebhookId,
};
use credere_core::ledger::Moment;
use credere_core::organization::{CheckRules, InvitationId, OrganizationId, RecordId, RelationId};
use known::Known;
use offers::{ON_OFFERS, on_offers};
use organizations::{ON_BEHALF, on_behalf};
use prelude::{paid_from_outside, prelude};
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestRng, TestRunner};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use workload::{Step, steps};

pub(crate) type Checked = Result<(), TestCaseError>;

/// The name of an event, or the code of a refusal. Some names are both.
type Outcome = Result<&'static str, &'static str>;

/// 2026-01-01T00:00:00Z.
const BEGINNING: Moment = Moment::from_micros(1_767_225_600_000_000);

/// The core and the auditor side by side, and everything that happened.
struct Both {
    rules: Rules,
    book: Book,
    world: Auditor,
    now: Moment,
    known: Known,
    records: Vec<(Moment, Record)>,
    /// What commands came to.
    seen: Vec<Outcome>,
    /// What the core has told whom since both were compared.
    due_notices: Vec<DueNotice>,
    /// Whether refusals take a journal position, as they do in the app.
    keeps_refusals: bool,
}

impl Both {
    fn new(rules: Rules, keeps_refusals: bool) -> Both {
        let choices = Choices {
            pool_allow_negative: rules.pool_allow_negative,
            pay_on_behalf_skips_customer_check: rules.pay_on_behalf_skips_customer_check,
            site: rules.site,
            check: rules.check.clone(),
        };
        Both {
            rules,
            book: Book::new(),
            world: Auditor::new(choices, BEGINNING),
            now: BEGINNING,
            known: Known::default(),
            records: Vec::new(),
            seen: Vec::new(),
            due_notices: Vec::new(),
            keeps_refusals,
        }
    }

    fn begin(&mut self) -> Checked {
        let platform = Actor::Platform { key: 1, access: KeyAccess::Full };
        for mut command in prelude() {
            self.known.name_the_last(&mut command);
            prop_assert!(self.perform(platform, &command.clone().into())?, "the prelude is refused: {command:?}");
        }
        if self.rules.check.entity_admin_pays {
            for command in paid_from_outside(self.known.organizations[0], self.known.relations[0]) {
                let mut command = command;
                self.known.name_the_last_record(&mut command);
                prop_assert!(self.perform(platform, &command.clone().into())?, "it is refused: {command:?}");
            }
        }
        Ok(())
    }

    fn take(&mut self, step: &Step) -> Checked {
        self.pass(self.now.plus_seconds(i64::from(step.minutes) * 60))?;
        let (actor, asked) = step.made_concrete(&self.known, &self.book, &self.world, self.now);
        if let (
            Asked::Command(Command::Deployment(deployment::Command::AdvanceClock(clock))),
            Actor::Platform { access: KeyAccess::Full, .. } | Actor::System,
        ) = (&asked, actor)
        {
            self.pass(clock.to)?;
        }
        self.perform(actor, &asked)?;
        Ok(())
    }

    /// Time passes, and everything that falls due happens at its moment, which both sides agree on.
    fn pass(&mut self, until: Moment) -> Checked {
        loop {
            let due = self.book.next_due();
            prop_assert_eq!(due, self.world.next_due(), "when something falls due next");
            let Some(due) = due.filter(|due| *due <= until) else { break };
            self.set_clock(self.now.max(due))?;
            let mut duty = self.book.duty(self.now);
            prop_assert!(duty.is_some(), "nothing is due at the moment that was named");
            while let Some(command) = duty {
                self.do_duty(&command)?;
                duty = self.book.duty(self.now);
            }
            self.agree(&"the clock")?;
        }
        self.set_clock(self.now.max(until))
    }

    /// The auditor does by itself whatever falls due on the way.
    fn set_clock(&mut self, to: Moment) -> Checked {
        self.now = to;
        let moved = self.world.step(0, Actor::System, &Command::from(deployment::AdvanceClock { to }).into());
        prop_assert_eq!(moved, Ok(()));
        Ok(())
    }

    /// One thing that is asked for on both, and what follows from it at once. Tells whether it went through.
    fn perform(&mut self, actor: Actor, asked: &Asked) -> Result<bool, TestCaseError> {
        let seq = self.book.seq() + 1;
        let command = &self.known.looked_up(asked, &self.world);
        let judged = self.world.step_within_range(seq, actor, asked);
        let outcome = self.decide(actor, command)?;
        let found = outcome.as_ref().map(|_| ()).map_err(Refusal::from);
        prop_assert_eq!(found, judged, "by {:?}: {:?}", actor, command);
        if let Ok(event) = &outcome {
            none(self.world.check_event(seq, event), command)?;
        }
        let done = outcome.is_ok();
        self.carry_out(actor, command, outcome)?;
        self.agree(command)?;
        // What a change made due at once is done before anything else.
        if done && actor != Actor::System {
            self.pass(self.now)?;
        }
        Ok(done)
    }

    /// What falls due or follows, which the auditor has done already.
    fn do_duty(&mut self, command: &Command) -> Checked {
        let outcome = self.decide(Actor::System, command)?;
        prop_assert!(outcome.is_ok(), "what is due is refused: {:?}", command);
        self.carry_out(Actor::System, command, outcome)
    }

    /// What follows at once from a change to an account, and from what that changes of those that it pays for.
    fn follow(&mut self, account: Uin) -> Checked {
        while let Some(command) = self.book.consequence(account, self.now) {
            let outcome = self.decide(Actor::System, &command)?;
            prop_assert!(outcome.is_ok(), "what follows is refused: {:?}", command);
            let other = outcome.as_ref().ok().and_then(Event::account).filter(|other| *other != account);
            self.apply(Actor::System, &command, outcome, true)?;
            other.map_or(Ok(()), |other| self.follow(other))?;
        }
        Ok(())
    }

    fn decide(&self, actor: Actor, command: &Command) -> Result<Result<Event, Rejection>, TestCaseError> {
        let context = Context { now: self.now, actor, rules: &self.rules };
        let decided = decide(&self.book, command, &context);
        prop_assert_eq!(&decided, &decide(&self.book, command, &context), "the same question, the same answer");
        let Ok(decision) = decided else { return Ok(decided.map(|decision| decision.event)) };
        let parked = matches!(&decision.event, Event::Buying(buying::Event::OrderChanged(changed))
            if changed.order.state == OrderState::ToBePaid);
        let passed = decision.because.iter().all(|finding| finding.passed());
        prop_assert_eq!(passed, !parked, "what went through says why it could");
        Ok(Ok(decision.event))
    }

    /// Applies what was decided, with everything that follows from it at once.
    fn carry_out(&mut self, actor: Actor, command: &Command, outcome: Result<Event, Rejection>) -> Checked {
        let touched: Vec<Uin> = outcome.iter().flat_map(Event::touches).collect();
        self.apply(actor, command, outcome, false)?;
        touched.into_iter().try_for_each(|account| self.follow(account))
    }

    fn apply(&mut self, actor: Actor, command: &Command, outcome: Result<Event, Rejection>, follows: bool) -> Checked {
        let failed = |error: String| TestCaseError::fail(format!("{command:?}: {error}"));
        let (before, seq) = (self.book.clone(), self.book.seq() + 1);
        match &outcome {
            Ok(event) => {
                self.book.evolve(seq, self.now, event).map_err(|error| failed(error.to_string()))?;
                if let Event::Buying(buying::Event::OrderChanged(changed)) = event
                    && changed.change == buying::OrderChange::Placed
                {
                    prop_assert_eq!(changed.order.id.0, seq, "an order has the number of its position");
                }
                self.remember(seq, event);
                laws_of_a_change(&before, &self.book, command, event, &self.rules)?;
                reviewed_as_its_payer(&self.book, event)?;
                handed_over(&self.book, event)?;
                conserved(&before, &self.book, event)?;
            }
            Err(_) => {
                if self.keeps_refusals {
                    self.book.skip(seq, self.now).map_err(|error| failed(error.to_string()))?;
                }
                unchanged(&before, &self.book)?;
            }
        }
        self.seen.push(outcome.as_ref().map(Event::name).map_err(Rejection::code));
        self.seen.extend(own_money(&outcome).map(Ok));
        if let Ok(event) = &outcome {
            self.seen.extend(on_behalf(&self.book, event).chain(on_offers(&self.book, event)).map(Ok));
        }
        self.record(actor, command, outcome, follows);
        Ok(())
    }

    /// A payer is told of a member's order.
    fn told(&mut self, recipient: Uin, customer: Uin, kind: NoticeKind) {
        self.due_notices.push(DueNotice { recipient, customer, kind, level: None });
    }

    fn remember(&mut self, seq: u64, event: &Event) {
        if let Some(charge) = event.charge()
            && let (Some(binding), Ok(amount)) = (charge.binding, charge.amount())
        {
            let line = bills::NamedLine { id: LineId(seq), binding_seq: binding.seq, action: charge.action, amount };
            self.known.lines.push((charge.paying.payer, charge.month, line));
        }
        match event {
            Event::Buying(buying::Event::OrderChanged(buying::OrderChanged { order, .. }))
            | Event::Buying(buying::Event::OrderRefunded(buying::OrderRefunded { order, .. })) => {
                if let Some(refund) = order.refund.as_deref().filter(|_| !order.state.open()) {
                    // How it stands once a promised refund has come back; the book knows what is left of one given up.
                    if event.charge().is_some() && refund.scope == RefundScope::Order {
                        self.known.latest.insert(refund.of.id, refund.of.clone());
                    }
                }
                if let Event::Buying(buying::Event::OrderChanged(fact)) = event
                    && fact.payer_told.is_some()
                {
                    self.told(order.paying.payer, order.account, NoticeKind::OrderToBePaid);
                }
                self.known.latest.insert(order.id, Order::clone(order));
                if order.id.0 == seq {
                    self.known.orders.push(order.id);
                }
            }
            Event::Metering(metering::Event::ResourceTerminated(metering::ResourceTerminated { resource, .. }))
            | Event::Metering(metering::Event::ResourceDeleted(metering::ResourceDeleted { resource, .. })) => {
                self.known.ended.insert(resource.id, resource.state);
            }
            Event::Metering(metering::Event::ResourceActivated(fact)) => {
                self.known.resources.push((fact.resource.id, fact.resource.name.clone()));
            }
            Event::Vouchers(vouchers::Event::VoucherIssued(fact)) => {
                self.known
                    .vouchers
                    .extend(std::iter::once(&fact.voucher).chain(&fact.linked).map(|voucher| voucher.id));
            }
            Event::Notices(notices::Event::PaymentRequested(fact)) => {
                self.told(fact.payer, fact.order.account, NoticeKind::PaymentRequested);
                self.known.requested.push(fact.order.id);
            }
            Event::Notices(notices::Event::WebhookAdded(_)) => self.known.webhooks.push(WebhookId(seq)),
            Event::Buying(buying::Event::AuthorizationOpened(fact)) => {
                self.known.authorizations.push(AuthorizationId { account: fact.account, opened_seq: seq });
            }
            Event::Catalogue(catalogue::Event::DiscountSet(_)) => self.known.discounts.push(DiscountId(seq)),
            Event::Members(members::Event::OrganizationCreated(_)) => {
                self.known.organizations.push(OrganizationId(seq));
            }
            Event::Members(members::Event::InvitationSent(sent)) => {
                self.known.invitations.push(InvitationId(seq));
                self.known.relations.extend(sent.applied.as_ref().map(|relation| relation.id));
            }
            Event::Members(members::Event::EntityAssociated(_)) => self.known.relations.push(RelationId(seq)),
            Event::Members(members::Event::MemberCreated(_)) => self.known.creations.push(RecordId(seq)),
            Event::Deployment(deployment::Event::ClockAdvanced(fact)) => self.now = fact.to,
            Event::Standing(standing::Event::CustomerReviewed(fact)) => {
                self.due_notices.extend(fact.notices.iter().map(|notice| DueNotice {
                    recipient: notice.recipient,
                    customer: fact.customer,
                    kind: notice.kind,
                    level: notice.level,
                }));
            }
            _ => {}
        }
    }

    /// Every figure of everybody is the same on both sides, whoever had to be told was told, and the laws hold; the
    /// auditor's own figures are the sums of their parts.
    fn agree(&mut self, after: &dyn Debug) -> Checked {
        let accounts: Vec<Uin> = self.world.accounts.keys().copied().collect();
        let resources: Vec<ResourceName> = self.world.resources.keys().cloned().collect();
        let mut expected = self.world.expected(&accounts, &resources);
        self.world.expect_book(&mut expected);
        let mut found = Seen::default();
        accounts.iter().for_each(|uin| found.account(&self.book, *uin, self.now));
        resources.iter().for_each(|name| found.resource(&self.book, name));
        found.book(&self.book);
        none(differences(&expected, &found), after)?;
        none(self.world.recount(), after)?;
        let (mut expected, mut found) =
            (std::mem::take(&mut self.world.due_notices), std::mem::take(&mut self.due_notices));
        expected.sort_unstable();
        found.sort_unstable();
        prop_assert_eq!(found, expected, "who is told what, after {:?}", after);
        check_laws(&self.book).map_err(|broken| TestCaseError::fail(format!("{after:?}: {broken:?}")))
    }

    fn record(&mut self, actor: Actor, command: &Command, outcome: Result<Event, Rejection>, follows: bool) {
        if outcome.is_err() && !self.keeps_refusals {
            return;
        }
        let position = self.records.len() as u64;
        let key = KeyUse { key: u128::from(position).to_be_bytes(), content: [7; 16] };
        let (action, target) = command.action();
        let request = Box::new(RequestInfo { id: [position as u8; 16], actor, face: Face::Platform });
        let operated = matches!(
            command,
            Command::Buying(buying::Command::Authorize(_))
                | Command::Buying(buying::Command::Capture(_))
                | Command::Metering(metering::Command::SettleUsage(_))
        );
        let record = match outcome {
            Ok(event) if follows => Record::Followed { event },
            outcome if operated || actor == Actor::System => Record::operated(Some(key), (action, target), outcome),
            outcome => Record::Decided { request, key: Some(key), action: ActionName(action), target, outcome },
        };
        self.records.push((self.now, record));
    }
}

/// Nothing differs.
fn none(differences: Vec<Difference>, after: &dyn Debug) -> Checked {
    let shown = |one: &Difference| format!("{}: expected {}, found {}", one.what, one.expected, one.found);
    let all: Vec<String> = differences.iter().map(shown).collect();
    prop_assert!(all.is_empty(), "after {:?}: {:#?}", after, all);
    Ok(())
}

pub(crate) fn pieces(book: &Book) -> Vec<Vec<u8>> {
    book.to_pieces().collect()
}

fn read_back(pieces: &[Vec<u8>]) -> Result<Book, TestCaseError> {
    let failed = |error: credere_core::book::SnapshotError| TestCaseError::fail(error.to_string());
    let mut reader = BookReader::default();
    for piece in pieces {
        reader.take(piece).map_err(failed)?;
    }
    reader.finish().map_err(failed)
}

fn replay(book: &mut Book, records: &[(Moment, Record)]) -> Checked {
    for (at, record) in records {
        let seq = book.seq() + 1;
        let done = match record.event() {
            Some(event) => book.evolve(seq, *at, event),
            None => book.skip(seq, *at),
        };
        done.map_err(|error| TestCaseError::fail(error.to_string()))?;
    }
    Ok(())
}

/// I2: what a customer was allocated under its binding comes to its total.
fn allocations_sum_up(both: &Both) -> Checked {
    let mut sums: BTreeMap<Uin, i128> = BTreeMap::new();
    for event in both.records.iter().filter_map(|(_, record)| record.event()) {
        match event {
            Event::Parties(parties::Event::CreditAllocated(fact)) => {
                let sum = sums.entry(fact.customer).or_default();
                *sum += units(fact.amount);
                prop_assert_eq!(*sum, units(fact.total_after));
            }
            Event::Parties(parties::Event::CustomerUnbound(fact)) => {
                *sums.entry(fact.customer).or_default() -= units(fact.returned);
            }
            _ => {}
        }
    }
    for (customer, sum) in sums {
        let total = both.book.customer(customer).map_or(0, |there| units(there.line.limit()));
        prop_assert_eq!(sum, total);
    }
    Ok(())
}

/// One draw: the steps, the deployment's choices, whether refusals are kept, and where a snapshot is taken.
type Draw = (Vec<Step>, Rules, bool, usize);

fn draws() -> impl Strategy<Value = Draw> {
    let rarely = || proptest::bool::weighted(0.15);
    let rules = (proptest::bool::weighted(0.8), any::<bool>(), rarely(), rarely(), any::<bool>()).prop_map(
        |(pool_allow_negative, skips, strict_exit, consistent_classes, entity_admin_pays)| Rules {
            pool_allow_negative,
            pay_on_behalf_skips_customer_check: skips,
            check: CheckRules { strict_exit, consistent_classes, entity_admin_pays, ..CheckRules::default() },
            ..Rules::default()
        },
    );
    (steps(80), rules, any::<bool>(), 0..90_usize)
}

/// Lives through one draw and rebuilds the book at the end. Answers what happened.
fn live((steps, rules, keeps_refusals, snapshot_after): Draw) -> Result<Vec<Outcome>, TestCaseError> {
    let failed = |error: String| TestCaseError::fail(error);
    let mut both = Both::new(rules, keeps_refusals);
    both.begin()?;
    let mut snapshot = (pieces(&both.book), both.records.len());
    for step in &steps {
        both.take(step)?;
        if both.records.len() <= snapshot_after {
            snapshot = (pieces(&both.book), both.records.len());
        }
    }
    allocations_sum_up(&both)?;
    let whole = pieces(&both.book);

    let mut replayed = Book::new();
    replay(&mut replayed, &both.records)?;
    prop_assert_eq!(&pieces(&replayed), &whole, "replaying the events gives the same book");

    prop_assert_eq!(&pieces(&read_back(&whole)?), &whole, "a snapshot reads back as it was written");
    let (earlier, position) = snapshot;
    let mut resumed = read_back(&earlier)?;
    replay(&mut resumed, &both.records[position..])?;
    prop_assert_eq!(&pieces(&resumed), &whole, "a snapshot and the tail give the same book");
    check_laws(&resumed).map_err(|broken| failed(format!("{broken:?}")))?;

    let records: Vec<Record> = both.records.into_iter().map(|(_, record)| record).collect();
    let payload = Record::payload(&records).map_err(|error| failed(error.to_string()))?;
    let read = Record::read_payload(&payload).map_err(|error| failed(error.to_string()))?;
    prop_assert_eq!(read, records, "records read back as they were written");
    Ok(both.seen)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    /// The core does what the auditor says, step by step, and can be rebuilt at the end.
    #[test]
    fn the_core_and_the_auditor_agree(draw in draws()) {
        live(draw)?;
    }
}

/// A property that is never put to the test proves nothing: the draws reach everything that can happen. The same seed
/// every time, so that this does not come and go.
#[test]
fn the_draws_reach_everything_that_can_happen() {
    let seen = std::cell::RefCell::new(BTreeMap::<Outcome, usize>::new());
    let config = ProptestConfig { cases: 800, failure_persistence: None, ..ProptestConfig::default() };
    let rng = TestRng::deterministic_rng(config.rng_algorithm);
    TestRunner::new_with_rng(config, rng)
        .run(&draws(), |draw| {
            for what in live(draw)? {
                *seen.borrow_mut().entry(what).or_default() += 1;
            }
            Ok(())
        })
        .expect("every draw keeps the laws");
    let seen = seen.into_inner();
    let everything = events().chain(ON_OWN_MONEY).chain(ON_BEHALF).chain(ON_OFFERS).map(Ok).chain(refusals().map(Err));
    let missing: Vec<Outcome> = everything.filter(|what| !seen.contains_key(what)).collect();
    assert!(missing.is_empty(), "never seen: {missing:?} in {seen:?}");
}

/// The names of all events that a command can come to, but for what is accepted of a store that was damaged.
fn events() -> impl Iterator<Item = &'static str> {
    let apart = ["order_changed", "clock_accepted", "loss_accepted"];
    let kinds = Event::kinds().filter(move |kind| !apart.contains(kind));
    kinds.chain(buying::OrderChange::ALL.map(buying::OrderChange::name))
}

/// What else becomes of accounts' own money.
const ON_OWN_MONEY: [&str; 8] = [
    "a gift pays",
    "cash pays",
    "own credit pays",
    "a gift comes back",
    "cash comes back",
    "own credit comes back",
    "a voucher of the platform pays",
    "own money is short",
];

/// Which of that has come of a command.
fn own_money(outcome: &Result<Event, Rejection>) -> impl Iterator<Item = &'static str> {
    let charge = outcome.as_ref().ok().and_then(Event::charge);
    let parts = charge.and_then(|charge| charge.parts).unwrap_or_default();
    let parts = [parts.granted, parts.cash, parts.credit];
    let paid = parts.map(|part| part.is_positive());
    let back = parts.map(|part| part.is_negative());
    let voucher = charge.is_some_and(|charge| charge.parts.is_some() && !charge.vouchers.is_empty());
    let short = matches!(outcome, Err(Rejection::Buying(buying::Reason::InsufficientCredit { side: Side::Payer, .. })));
    let happened = paid.into_iter().chain(back).chain([voucher, short]);
    ON_OWN_MONEY.into_iter().zip(happened).filter_map(|(name, happened)| happened.then_some(name))
}

/// The codes of all refusals that a command can come to here: the others are about what only the application knows, or
/// about numbers that no draw uses up.
fn refusals() -> impl Iterator<Item = &'static str> {
    let apart = [
        "clock_is_right",
        "credential_not_found",
        "decision_not_found",
        "delivery_not_found",
        "idempotency_key_reused",
        "line_not_found",
        "numbers_exhausted",
        "too_many_cards",
        "too_many_relations",
    ];
    let codes: BTreeSet<_> = Rejection::catalogue().iter().map(Rejection::code).collect();
    codes.into_iter().filter(move |code| !apart.contains(code))
}
