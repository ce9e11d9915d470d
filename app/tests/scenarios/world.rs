//! The application as a world: operations go through its use cases, figures come from its queries alone, so that reading
//! one's own writes is part of what each step shows. At the end the store is proven, and everything must look the same
//! after a restart, and again once history was told anew.

use crate::organizations::organizations;
use crate::support::{options, platform};
use credere_app::bills::ReceiptRequest;
use credere_app::buying::{OperationRequest, OperationStatus, RefundRequest};
use credere_app::check::{reindex, verify};
use credere_app::engine::EngineOptions;
use credere_app::members::{MemberLabel, MemberLabelChange, NewMemberLabel};
use credere_app::metering::{UsageRequest, UsageStatus};
use credere_app::parties::{AccountChange, NewAccount};
use credere_app::{App, Failure as AppFailure, Options, Quiet};
use credere_app::{Caller, Done};
use credere_core::access::Action;
use credere_core::book::{
    Book, Command, KeyHash, KeyUse, Rules, buying, deployment, members, metering, notices, parties, vouchers,
};
use credere_core::channel::{AuthorizationId, EntityId, LineId, OrderId, PackId, Paying, ResourceName, Uin, VoucherId};
use credere_core::ledger::Moment;
use credere_store::contract::{
    Bill, DeploymentStore, LineFilter, NoticeFilter, ProfilePatch, ShardId, ShardStore, Store, View as BillPart,
};
use credere_store::memory::MemoryStore;
use credere_store::sqlite::{OpenOptions, SqliteStore};
use credere_testkit::scenario::{BillLines, By, Name, Operation, ReceiptPart};
use credere_testkit::{
    AllocationView, AuthorizationView, Failure, LineView, Names, NoticeView, OrderView, Outcome, PartyView,
    ResourceView, View, VoucherView, World, signer,
};
use std::fmt::{Debug, Display};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// More allocation records, members or invitations than any scenario makes.
pub(crate) const RECORDS_MAX: usize = 1_000;
/// More bill lines or notices than any scenario makes.
const ROWS_MAX: usize = 10_000;
/// Journal records from one snapshot to the next: few, so that restarts read one and a tail.
const SNAPSHOT_EVERY: u64 = 8;

/// Where a world's store is.
pub(crate) trait Place {
    /// Opens the store, which nobody has open.
    fn open(&self) -> Result<Arc<dyn Store>, Failure>;
}

/// A store that is there as long as its world.
#[derive(Default)]
pub(crate) struct InMemory(Arc<MemoryStore>);

impl Place for InMemory {
    fn open(&self) -> Result<Arc<dyn Store>, Failure> {
        Ok(self.0.clone())
    }
}

/// SQLite files in a folder that goes with the world.
pub(crate) struct InFiles(TempDir);

impl InFiles {
    pub(crate) fn new() -> Result<InFiles, Failure> {
        tempfile::tempdir().map(InFiles).map_err(failure)
    }
}

impl Place for InFiles {
    fn open(&self) -> Result<Arc<dyn Store>, Failure> {
        let options = OpenOptions { create: true, ..OpenOptions::default() };
        Ok(Arc::new(SqliteStore::open(self.0.path(), options).map_err(failure)?))
    }
}

/// The application on a store.
pub(crate) struct AppWorld {
    place: Box<dyn Place>,
    rules: Rules,
    runtime: Runtime,
    /// Absent only while somebody else has the store.
    app: Option<Arc<App>>,
    names: Names,
    /// Counts the operations that came without a key to a door that needs one.
    unkeyed: u32,
}

/// What stays the same over a restart.
#[derive(PartialEq, Eq)]
struct Image {
    view: View,
    now: Moment,
    book: Vec<Vec<u8>>,
}

impl AppWorld {
    /// The application with these choices on a new store, and the product `cvm`.
    pub(crate) fn new(rules: &Rules, place: Box<dyn Place>) -> Result<AppWorld, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(failure)?;
        let app = Some(start(rules, place.open()?)?);
        let mut world = AppWorld { place, rules: rules.clone(), runtime, app, names: Names::default(), unkeyed: 0 };
        world.perform(&Operation::product("cvm"), None)?;
        Ok(world)
    }

    fn app(&self) -> Result<&App, Failure> {
        self.app.as_deref().ok_or_else(|| Failure::new("the application is closed"))
    }

    fn image(&self) -> Result<Image, Failure> {
        let app = self.app()?;
        let book = self.runtime.block_on(app.read(|book: &Book| book.to_pieces().collect())).map_err(failure)?;
        let now = self.runtime.block_on(app.now()).map_err(failure)?;
        Ok(Image { view: self.runtime.block_on(self.look(app))?, now, book })
    }

    fn close(&mut self) {
        if let Some(app) = self.app.take() {
            app.close();
        }
    }

    /// Closes the application, has `meanwhile` look at the store, and starts again: nothing may look different.
    fn restart(
        &mut self,
        before: &Image,
        meanwhile: impl FnOnce(&dyn ShardStore, &dyn DeploymentStore) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.close();
        let store = self.place.open()?;
        meanwhile(&*store.clone().shard(ShardId::FIRST).map_err(failure)?, &*store.deployment())?;
        self.app = Some(start(&self.rules, self.place.open()?)?);
        let after = self.image()?;
        if after.view != before.view {
            return Err(Failure::new(format!(
                "a restart changed what is shown, from {:?} to {:?}",
                before.view, after.view
            )));
        }
        if after != *before {
            return Err(Failure::new("a restart changed the book or the clock"));
        }
        Ok(())
    }

    /// The key that was given, or one of its own.
    fn key_text(&mut self, key: Option<&str>) -> String {
        key.map(str::to_owned).unwrap_or_else(|| {
            self.unkeyed += 1;
            format!("unkeyed {}", self.unkeyed)
        })
    }

    /// An operation of the high-rate path, whose door always wants a key.
    fn operate(
        &mut self,
        operation: &Operation,
        caller: Caller,
        key: Option<&str>,
        command: Command,
    ) -> Result<Outcome, Failure> {
        let text = self.key_text(key);
        let (_, account) = command.action();
        let key = key_use(&format!("operations of {account:?}"), &text, &command);
        let operations = vec![OperationRequest { key, command }];
        let mut results = self.runtime.block_on(self.app()?.operate(caller, operations)).map_err(failure)?;
        let (status, replayed) = results.pop().ok_or_else(|| Failure::new("an operation was not answered"))?;
        let outcome = match status {
            OperationStatus::Approved(id) => {
                self.names.remember_authorization(operation, id);
                Outcome::done("approved")
            }
            OperationStatus::Captured(id) => {
                // The answer does not name its line; it is the newest on the bills of whoever pays.
                let app = self.app()?;
                let opened = self.runtime.block_on(app.authorization(platform(), id)).map_err(failure)?;
                let lines = self.runtime.block_on(self.lines(app, opened.paying.payer))?;
                if let Some(seq) = lines.into_iter().map(|(seq, _)| seq).max() {
                    self.names.remember_line(operation, LineId(seq));
                }
                Outcome::done("captured")
            }
            OperationStatus::Released(_) => Outcome::done("released"),
            OperationStatus::Declined(rejection) => self.names.refusal(&rejection),
        };
        Ok(Outcome { replayed, ..outcome })
    }

    /// A usage record, whose door always wants a key.
    fn settle(
        &mut self,
        operation: &Operation,
        caller: Caller,
        key: Option<&str>,
        record: metering::SettleUsage,
    ) -> Result<Outcome, Failure> {
        let text = self.key_text(key);
        let key = key_use(&format!("usage of {}", record.account), &text, &record);
        let records = vec![UsageRequest { key, record }];
        let mut results = self.runtime.block_on(self.app()?.settle_usage(caller, records)).map_err(failure)?;
        let (status, replayed) = results.pop().ok_or_else(|| Failure::new("a record was not answered"))?;
        let outcome = match status {
            UsageStatus::Settled { amount, voucher_amount, line, .. } => {
                self.names.remember_line(operation, line);
                Outcome::done("done").with("amount", amount).with("voucher_amount", voucher_amount)
            }
            UsageStatus::Rejected(rejection) => self.names.refusal(&rejection),
        };
        Ok(Outcome { replayed, ..outcome })
    }

    /// What a use case answered, with the names that it gives.
    fn done(&mut self, operation: &Operation, done: Result<Done, AppFailure>) -> Result<Outcome, Failure> {
        if let Ok(done) = &done {
            self.names.remember(operation, done.seq, &done.event);
        }
        self.outcome(done.map(|done| Outcome { replayed: done.replayed, ..Names::outcome(&done.event) }))
    }

    async fn party(&self, app: &App, uin: Uin) -> Result<PartyView, Failure> {
        let found = app.account(platform(), uin).await.map_err(failure)?;
        let (records, _) = app.allocations(platform(), uin, None, 0, RECORDS_MAX).await.map_err(failure)?;
        let records = records.into_iter().rev().map(|record| AllocationView {
            amount: record.amount,
            total_after: record.total_after,
            available_after: record.available_after,
            remark: record.remark,
        });
        let credit = (found.channel, found.voucher_balance, found.inherits_from);
        self.names.party(&found.account, found.partner.as_ref(), credit, Some(records.collect()))
    }

    async fn order(&self, app: &App, id: OrderId) -> Result<OrderView, Failure> {
        let found = app.order(platform(), id).await.map_err(failure)?;
        Ok(OrderView {
            customer: self.names.name(found.order.account),
            pays: self.names.pays(found.order.paying),
            state: found.order.state.name().to_owned(),
            list: found.order.price.list,
            // Scenarios speak of the price before vouchers.
            amount: found.amount.plus(found.voucher_amount).map_err(failure)?,
            partner_amount: found.partner_amount,
            voucher_amount: Some(found.voucher_amount),
            refunded: Some(found.order.refunded),
        })
    }

    async fn resource(&self, app: &App, name: ResourceName) -> Result<ResourceView, Failure> {
        let found = app.resource(platform(), name).await.map_err(failure)?;
        Ok(ResourceView {
            account: self.names.name(found.account),
            pays: self.names.pays(found.paying),
            state: found.state.name().to_owned(),
            unit_price: found.unit_price,
            quantity: found.quantity,
            frozen: found.frozen,
            partner_frozen: Some(found.partner_frozen),
        })
    }

    async fn voucher(&self, app: &App, id: VoucherId) -> Result<VoucherView, Failure> {
        let row = app.voucher(platform(), Action::ReadVouchers, id).await.map_err(failure)?;
        Ok(VoucherView {
            owner: self.names.name(row.owner),
            amount: row.amount,
            remaining: row.remaining,
            status: row.status.name().to_owned(),
        })
    }

    /// Proves that each view of an account's bills has its lines, of all that there are, and comes to their sum.
    async fn views_have_their_lines(
        &self,
        app: &App,
        (name, account): (&Name, Uin),
        all: &[(u64, LineView)],
    ) -> Result<(), Failure> {
        for month in app.bill_months(platform(), account).await.map_err(failure)? {
            let views = [
                (BillPart::Own, BillLines::Own),
                (BillPart::OnBehalf, BillLines::OnBehalf),
                (BillPart::PaidByOthers, BillLines::PaidByOthers),
            ];
            for (view, which) in views {
                let bill = Bill { account, month, view };
                let rows = app.bill_lines(platform(), bill, LineFilter::default(), None, ROWS_MAX);
                let found: Vec<u64> = rows.await.map_err(failure)?.iter().map(|row| row.id.0).collect();
                let expected = all.iter().filter(|(_, line)| line.month == month && which.has(name, line));
                let shown = app.bill(platform(), bill).await.map_err(failure)?;
                let sum: i128 = expected.clone().map(|(_, line)| i128::from(line.amount.units())).sum();
                let confirmed = expected.clone().filter(|(_, line)| line.confirmed);
                let confirmed: i128 = confirmed.map(|(_, line)| i128::from(line.amount.units())).sum();
                let invoiceable = if view == BillPart::PaidByOthers { 0 } else { sum };
                let told = [shown.total.amount, shown.confirmed, shown.invoiceable];
                let same = told.map(|amount| i128::from(amount.units())) == [sum, confirmed, invoiceable];
                let expected: Vec<u64> = expected.map(|(id, _)| *id).collect();
                if !same || expected != found {
                    let text =
                        format!("{name}'s bill of {month} {which:?} has {found:?} and not {expected:?}: {shown:?}");
                    return Err(Failure::new(text));
                }
            }
        }
        Ok(())
    }

    /// Every bill line of an account, and proof that each bill is the sum of its lines.
    async fn lines(&self, app: &App, account: Uin) -> Result<Vec<(u64, LineView)>, Failure> {
        let mut shown = Vec::new();
        for month in app.bill_months(platform(), account).await.map_err(failure)? {
            let bill = Bill::paid(account, month);
            let all = LineFilter::default();
            let rows = app.bill_lines(platform(), bill, all, None, ROWS_MAX).await.map_err(failure)?;
            let view = app.bill(platform(), bill).await.map_err(failure)?;
            let sum = |confirmed: bool| {
                let rows = rows.iter().filter(|row| row.managing.is_some() && row.confirmed == confirmed);
                rows.map(|row| i128::from(row.amount.units())).sum::<i128>()
            };
            let told = (i128::from(view.confirmed.units()), i128::from(view.unconfirmed.units()));
            if told != (sum(true), sum(false)) || view.total.lines != rows.len() as u64 {
                return Err(Failure::new(format!("the bill of {month} is not the sum of its lines: {view:?}")));
            }
            for row in rows {
                let line = LineView {
                    name: self.names.name_of_line(row.id),
                    account: self.names.name(row.owner),
                    pays: self.names.pays(Paying { payer: row.account, partner: row.partner }),
                    month: row.month,
                    action: row.action,
                    product: row.product,
                    list: row.list_amount,
                    voucher_amount: row.voucher_amount,
                    amount: row.amount,
                    partner_amount: Some(row.partner_amount),
                    confirmed: row.confirmed,
                };
                shown.push((row.id.0, line));
            }
        }
        Ok(shown)
    }

    async fn notices(&self, app: &App) -> Result<Vec<NoticeView>, Failure> {
        let rows = app.notices(platform(), NoticeFilter::default(), None, ROWS_MAX).await.map_err(failure)?;
        let shown = rows.into_iter().rev().map(|row| NoticeView {
            customer: self.names.name(row.customer),
            day: app.local_time(row.at).chars().take(10).collect(),
            recipient: self.names.name(row.recipient),
            what: row.kind.name().strip_prefix("credit_below_").unwrap_or(row.kind.name()).to_owned(),
        });
        Ok(shown.collect())
    }

    async fn authorization(&self, app: &App, id: AuthorizationId) -> Result<AuthorizationView, Failure> {
        let found = app.authorization(platform(), id).await.map_err(failure)?;
        Ok(AuthorizationView {
            state: found.state.name().to_owned(),
            pays: Some(self.names.pays(found.paying)),
            list: Some(found.list_amount),
            amount: Some(found.amount),
            partner_amount: Some(found.partner_amount),
        })
    }

    fn outcome(&self, outcome: Result<Outcome, AppFailure>) -> Result<Outcome, Failure> {
        match outcome {
            Err(AppFailure::Refused { rejection, replayed }) => {
                Ok(Outcome { replayed, ..self.names.refusal(&rejection) })
            }
            other => other.map_err(failure),
        }
    }

    async fn look(&self, app: &App) -> Result<View, Failure> {
        let mut view = View::default();
        for (name, uin) in self.names.accounts() {
            view.parties.insert(name.clone(), self.party(app, uin).await?);
        }
        for (name, id) in self.names.orders() {
            view.orders.insert(name.clone(), self.order(app, id).await?);
        }
        for (name, id) in self.names.authorizations() {
            view.authorizations.insert(name.clone(), self.authorization(app, id).await?);
        }
        for (name, id) in self.names.resources() {
            view.resources.insert(name.clone(), self.resource(app, id.clone()).await?);
        }
        for (name, id) in self.names.vouchers() {
            view.vouchers.insert(name.clone(), self.voucher(app, id).await?);
        }
        let packs = app.packs(platform(), None, PackId(0), RECORDS_MAX).await.map_err(failure)?;
        view.packs = packs.into_iter().filter_map(|it| self.names.pack(&it.pack, it.product, it.state)).collect();
        let mut lines = Vec::new();
        for (_, uin) in self.names.accounts() {
            lines.extend(self.lines(app, uin).await?);
        }
        lines.sort_unstable_by_key(|(seq, _)| *seq);
        for (name, uin) in self.names.accounts() {
            self.views_have_their_lines(app, (name, uin), &lines).await?;
        }
        view.lines = Some(lines.into_iter().map(|(_, line)| line).collect());
        view.notices = Some(self.notices(app).await?);
        view.organizations = Some(organizations(app, &self.names).await?);
        Ok(view)
    }
}

impl World for AppWorld {
    fn has_keys(&self) -> bool {
        true
    }

    fn perform(&mut self, operation: &Operation, key: Option<&str>) -> Result<Outcome, Failure> {
        let app = self.app()?;
        let now = self.runtime.block_on(app.now()).map_err(failure)?;
        match operation {
            Operation::RefundOrder { order, amount, scope, promised, .. } => {
                let order = self.names.order(order);
                let asked = RefundRequest { amount: *amount, scope: *scope, capture: promised.is_none() };
                let key = key.map(|text| key_use("refunds", text, &(order, asked)));
                let done = self.runtime.block_on(app.refund_order(platform(), key, order, asked));
                return self.done(operation, done);
            }
            Operation::ResizeResource { resource, unit_price, quantity } => {
                let (name, unit_price, quantity): (ResourceName, _, _) =
                    (resource.parse().map_err(failure)?, *unit_price, *quantity);
                let key = key.map(|text| key_use("resize_resource", text, &(&name, unit_price, quantity)));
                let done = app.resize_resource(platform(), key, name, unit_price, quantity);
                return self.done(operation, self.runtime.block_on(done));
            }
            Operation::TerminateResource { resource, final_amount } => {
                let (name, last): (ResourceName, _) = (resource.parse().map_err(failure)?, *final_amount);
                let key = key.map(|text| key_use("terminate_resource", text, &(&name, last)));
                let done = app.terminate_resource(platform(), key, name, last);
                return self.done(operation, self.runtime.block_on(done));
            }
            Operation::ConfirmReceipt { by, customer, month, part } => {
                let actor = match by {
                    By::Platform => platform().actor,
                    By::Account(name) => signer(self.names.uin(name)),
                };
                let (pay_mode, action, lines) = match part {
                    ReceiptPart::Of { pay_mode, action } => (*pay_mode, *action, None),
                    ReceiptPart::Lines(names) => {
                        (None, None, Some(names.iter().map(|name| self.names.line(name)).collect()))
                    }
                };
                let customer = self.names.uin(customer);
                let receipt = ReceiptRequest { customer, month: *month, pay_mode, action, lines };
                let key = key.map(|text| key_use("receipts", text, &receipt));
                let done = self.runtime.block_on(app.confirm_receipt(Caller { actor, ..platform() }, key, receipt));
                return self.done(operation, done);
            }
            _ => {}
        }
        let (actor, command) = self.names.command(operation, now)?;
        let caller = Caller { actor, ..platform() };
        if let Command::Metering(metering::Command::SettleUsage(record)) = command {
            return self.settle(operation, caller, key, *record);
        }
        if matches!(
            command,
            Command::Buying(buying::Command::Authorize(_))
                | Command::Buying(buying::Command::Capture(_))
                | Command::Buying(buying::Command::Release(_))
        ) {
            return self.operate(operation, caller, key, command);
        }
        if matches!(operation, Operation::PlaceOrder(order) if order.preview) {
            let decision = self.runtime.block_on(app.preview(caller, &command));
            return self.outcome(decision.map(|decision| Names::outcome(&decision.event)));
        }
        let key = key.map(|text| key_use(command.action().0.name(), text, &command));
        let done = self.runtime.block_on(carry_out(app, caller, key, command));
        self.done(operation, done)
    }

    fn view(&mut self) -> Result<View, Failure> {
        self.runtime.block_on(self.look(self.app()?))
    }

    fn check_laws(&mut self) -> Result<(), Failure> {
        let before = self.image()?;
        let scratch = tempfile::tempdir().map_err(failure)?;
        self.restart(&before, |shard, deployment| {
            verify(shard, deployment, scratch.path(), &Quiet).map(drop).map_err(failure)
        })?;
        self.restart(&before, |shard, deployment| reindex(shard, deployment, &Quiet).map(drop).map_err(failure))?;
        self.close();
        Ok(())
    }
}

/// Carries a command out by the use case that is there for it.
async fn carry_out(app: &App, caller: Caller, key: Option<KeyUse>, command: Command) -> Result<Done, AppFailure> {
    match command {
        Command::Parties(parties::Command::OpenAccount(opened)) => {
            let parties::OpenAccount { uin, class, verification, tier, site, entity, followed } = opened;
            let name = Some(Some("Example Ltd".to_owned()));
            let profile = ProfilePatch { name, ..facts(entity.map(Some), followed.then_some(true)) };
            app.open_account(caller, key, NewAccount { uin, class, verification, tier, site, profile }).await
        }
        Command::Parties(parties::Command::ChangeAccount(asked)) => {
            let parties::ChangeAccount { uin, class, verification, tier, entity, followed } = asked;
            let change = AccountChange { class, verification, tier, profile: facts(entity, followed) };
            app.change_account(caller, key, uin, change).await
        }
        Command::Members(members::Command::InviteMember(asked)) => {
            let label = MemberLabel { name: "Example member".to_owned(), remark: None };
            app.invite_member(caller, key, asked, label).await
        }
        Command::Members(members::Command::CreateMember(asked)) => {
            let (name, account_name) = ("Example member".to_owned(), "Example Ltd".to_owned());
            app.create_member(caller, key, asked, NewMemberLabel { name, remark: None, account_name }).await
        }
        Command::Members(members::Command::RetryCreation(asked)) => {
            let label = MemberLabel { name: "Example member".to_owned(), remark: None };
            app.retry_creation(caller, key, asked, label).await
        }
        Command::Members(members::Command::ChangeMember(asked)) => {
            app.change_member(caller, key, asked, MemberLabelChange::default()).await
        }
        Command::Parties(parties::Command::UnbindCustomer(parties::UnbindCustomer { customer })) => {
            app.unbind_customer(caller, key, customer).await
        }
        Command::Buying(buying::Command::PayOrder(buying::PayOrder { order, by })) => {
            app.pay_order(caller, key, order.id, by).await
        }
        Command::Notices(notices::Command::RequestPayment(notices::RequestPayment { order })) => {
            app.request_payment(caller, key, order.id).await
        }
        Command::Buying(buying::Command::DeliverOrder(buying::DeliverOrder { order })) => {
            app.deliver_order(caller, key, order.id).await
        }
        Command::Buying(buying::Command::CancelOrder(buying::CancelOrder { order })) => {
            app.cancel_order(caller, key, order.id).await
        }
        Command::Deployment(deployment::Command::AdvanceClock(deployment::AdvanceClock { to })) => {
            app.advance_clock(caller, key, to).await
        }
        Command::Vouchers(vouchers::Command::InvalidateVoucher(vouchers::InvalidateVoucher { voucher })) => {
            app.invalidate_voucher(caller, key, voucher.id).await
        }
        other => app.command(caller, key, other).await,
    }
}

/// What a profile says of who the account is verified as, and of who follows it.
fn facts(entity: Option<Option<EntityId>>, followed: Option<bool>) -> ProfilePatch {
    ProfilePatch {
        entity_id: entity.map(|entity| entity.map(|entity| entity.as_str().to_owned())),
        channel_manager: followed.map(|followed| followed.then(|| "Example Manager".to_owned())),
        ..ProfilePatch::default()
    }
}

fn start(rules: &Rules, store: Arc<dyn Store>) -> Result<Arc<App>, Failure> {
    let engine = EngineOptions { rules: rules.clone(), snapshot_every: SNAPSHOT_EVERY, ..options().engine };
    App::start(store, Options { engine, ..options() }, &Quiet).map_err(failure)
}

/// What a door would make of a key: scoped to the door, with what was asked under it.
fn key_use(scope: &str, key: &str, asked: &impl Debug) -> KeyUse {
    let half = |text: String| -> KeyHash {
        let hash = blake3::hash(text.as_bytes());
        std::array::from_fn(|at| hash.as_bytes()[at])
    };
    KeyUse { key: half(format!("{scope:?} {key:?}")), content: half(format!("{asked:?}")) }
}

pub(crate) fn failure(error: impl Display) -> Failure {
    Failure::new(error.to_string())
}
