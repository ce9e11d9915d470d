//! A small market, the same in every test: a distributor with two second-level resellers, a reseller, an agent and an
//! account that belongs to nobody, each with its customers and a credential; strangers besides. Business time stands still.

use crate::signer::{Api, Credential, PARTNER_CENTER, signed_to};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use credere_app::Caller;
use credere_app::clock::{Clock, machine_now};
use credere_app::engine::EngineOptions;
use credere_app::metering::{UsageRequest, UsageStatus};
use credere_app::parties::{AccountChange, NewAccount};
use credere_app::random;
use credere_app::{App, MasterKey, Options, Quiet};
use credere_cloud::actions::{EVERY_CALL, reference};
use credere_cloud::{CloudOptions, door};
use credere_core::access::{Actor, Face, KeyAccess};
use credere_core::book::{Command, KeyUse, buying, catalogue, metering, parties, vouchers};
use credere_core::channel::{
    AccountClass, ActionType, AllowlistItem, DiscountScope, FreezeModel, FreezeTerms, OrderKind, PartnerKind,
    Settlement, Tier, Uin, Verification, VoucherId, VoucherMode, VoucherUsage,
};
use credere_core::ledger::{Moment, Shard};
use credere_core::money::{Amount, Factor};
use credere_store::contract::ProfilePatch;
use credere_store::memory::MemoryStore;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tower::ServiceExt;

/// 2100-01-01 08:00:00 in the market's zone, in seconds since 1970.
pub(crate) const OPENED: i64 = 4_102_444_800;
/// Seconds in a day.
pub(crate) const DAY: i64 = 86_400;

pub(crate) const DISTRIBUTOR: u64 = 200_000_000_001;
pub(crate) const DISTRIBUTORS_CUSTOMER: u64 = 200_000_000_011;
pub(crate) const DISTRIBUTORS_SECOND: u64 = 200_000_000_012;
pub(crate) const SECOND_LEVEL: u64 = 200_000_000_002;
pub(crate) const SECOND_LEVELS_CUSTOMER: u64 = 200_000_000_021;
pub(crate) const SECOND_LEVELS_SECOND: u64 = 200_000_000_022;
pub(crate) const SIBLING: u64 = 200_000_000_003;
pub(crate) const SIBLINGS_CUSTOMER: u64 = 200_000_000_031;
pub(crate) const RESELLER: u64 = 300_000_000_001;
pub(crate) const RESELLERS_CUSTOMER: u64 = 300_000_000_011;
pub(crate) const AGENT: u64 = 400_000_000_001;
pub(crate) const UNAFFILIATED: u64 = 500_000_000_001;
/// Nobody's either; some tests make it somebody's for a while.
pub(crate) const FORMER: u64 = 500_000_000_002;
pub(crate) const STRANGER: u64 = 600_000_000_001;
pub(crate) const STRANGERS_SECOND_LEVEL: u64 = 600_000_000_002;
pub(crate) const STRANGERS_CUSTOMER: u64 = 600_000_000_011;
/// An account number that nobody has.
pub(crate) const NOBODY: u64 = 999_999_999_999;

pub(crate) struct Market {
    pub(crate) app: Arc<App>,
    pub(crate) store: Arc<MemoryStore>,
    router: Router,
    credentials: BTreeMap<u64, Credential>,
}

pub(crate) fn uin(number: u64) -> Uin {
    Uin::new(number).unwrap()
}

pub(crate) fn moment(seconds: i64) -> Moment {
    Moment::from_micros(seconds * 1_000_000)
}

pub(crate) fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

/// The market's platform.
pub(crate) fn platform() -> Caller {
    let actor = Actor::Platform { key: 1, access: KeyAccess::Full };
    Caller { request_id: random::id(), actor, face: Face::Platform }
}

/// The machine's time in seconds.
pub(crate) fn now() -> i64 {
    machine_now().micros().div_euclid(1_000_000)
}

impl Market {
    /// A market without rate limits.
    pub(crate) async fn open() -> Market {
        Market::open_with(CloudOptions { rate_limits: false, ..CloudOptions::default() }).await
    }

    pub(crate) async fn open_with(options: CloudOptions) -> Market {
        let store = Arc::new(MemoryStore::new());
        let app = {
            let store = store.clone();
            let options = Options {
                currency: "USD".to_owned(),
                zone: "+08:00".to_owned(),
                master_key: MasterKey::random().unwrap(),
                platform_key: None,
                clock_ahead: false,
                engine: EngineOptions {
                    clock: Clock::Test,
                    // However busy the machine is: no test here is about history that trails.
                    history_lag_max: Duration::from_secs(3_600),
                    ..EngineOptions::default()
                },
            };
            // The start waits for its first records, which may not be done on a thread of the runtime.
            tokio::task::spawn_blocking(move || App::start(store, options, &Quiet)).await.unwrap().unwrap()
        };
        let router = door(app.clone(), options);
        let mut market = Market { app, store, router, credentials: BTreeMap::new() };
        market.wait_until(OPENED).await;
        market.furnish().await;
        market
    }

    async fn furnish(&mut self) {
        use PartnerKind::{Agent, Distributor, Reseller, SecondLevelReseller};
        self.partner(DISTRIBUTOR, "Dawn Distribution", Distributor, None, "10000").await;
        self.partner(SECOND_LEVEL, "Second Level", SecondLevelReseller, Some(DISTRIBUTOR), "3000").await;
        self.partner(SIBLING, "Sibling", SecondLevelReseller, Some(DISTRIBUTOR), "500").await;
        self.partner(RESELLER, "Rivers Resale", Reseller, None, "1050.1").await;
        self.partner(AGENT, "Agent", Agent, None, "0").await;
        self.partner(STRANGER, "Stranger", Distributor, None, "1000").await;
        self.partner(STRANGERS_SECOND_LEVEL, "Far Away", SecondLevelReseller, Some(STRANGER), "100").await;
        self.account(UNAFFILIATED, "Nobody's", Verification::Personal).await;
        self.account(FORMER, "Gone", Verification::Personal).await;
        let mut at = OPENED;
        for (customer, name, partner, verification) in [
            (DISTRIBUTORS_CUSTOMER, "Acme", DISTRIBUTOR, Verification::Enterprise),
            (DISTRIBUTORS_SECOND, "acme Two", DISTRIBUTOR, Verification::None),
            (SECOND_LEVELS_CUSTOMER, "Inner", SECOND_LEVEL, Verification::Personal),
            (SECOND_LEVELS_SECOND, "", SECOND_LEVEL, Verification::Personal),
            (SIBLINGS_CUSTOMER, "Next Door", SIBLING, Verification::Personal),
            (RESELLERS_CUSTOMER, "Riverside", RESELLER, Verification::Enterprise),
            (STRANGERS_CUSTOMER, "Elsewhere", STRANGER, Verification::Enterprise),
        ] {
            self.account(customer, name, verification).await;
            at += 60;
            self.wait_until(at).await;
            self.platform(Command::from(parties::BindCustomer { customer: uin(customer), partner: uin(partner) }))
                .await;
        }
        let frozen = FreezeTerms { model: FreezeModel::Coefficient, coefficient: Factor::ONE, amount: Amount::ZERO };
        self.product("cvm", "CVM", Settlement::Hourly, FreezeTerms::default()).await;
        self.product("cdb", "", Settlement::Daily, FreezeTerms::default()).await;
        self.product("tke", "Clusters", Settlement::Hourly, frozen).await;
    }

    async fn product(&self, code: &str, name: &str, settlement: Settlement, freeze: FreezeTerms) {
        let code = code.parse().unwrap();
        let name = name.to_owned();
        let (grace_hours, retention_days) = (None, None);
        self.platform(Command::from(catalogue::AddProduct {
            code,
            name,
            settlement,
            grace_hours,
            retention_days,
            freeze,
            inheritable: true,
        }))
        .await;
    }

    /// Moves business time to a moment in seconds since 1970, and does what is due until then.
    pub(crate) async fn wait_until(&self, seconds: i64) {
        self.app.advance_clock(platform(), None, moment(seconds)).await.unwrap();
    }

    pub(crate) async fn platform(&self, command: Command) {
        self.app.command(platform(), None, command).await.unwrap();
    }

    async fn account(&mut self, number: u64, name: &str, verification: Verification) {
        let text = |text: &str| Some(Some(text.to_owned()));
        let profile = ProfilePatch {
            name: (!name.is_empty()).then(|| Some(name.to_owned())),
            email: text(&format!("{number}@example.com")),
            phone: text(&format!("+1{number}")),
            ..ProfilePatch::default()
        };
        let class = AccountClass::External;
        let new = NewAccount { uin: Some(uin(number)), class, verification, tier: Tier::None, site: None, profile };
        self.app.open_account(platform(), None, new).await.unwrap();
        let given = self.app.issue_credential(platform(), None, uin(number)).await.unwrap();
        let secret_key = given.secret_key.unwrap().expose().to_owned();
        self.credentials.insert(number, Credential { secret_id: given.secret_id, secret_key });
    }

    /// An account that is verified as an enterprise, the one with this identifier.
    pub(crate) async fn enterprise(&mut self, number: u64, name: &str, entity: &str) {
        self.account(number, name, Verification::Enterprise).await;
        let text = |text: &str| Some(Some(text.to_owned()));
        let profile = ProfilePatch {
            entity_id: text(entity),
            entity_name: text(&format!("{entity} Ltd")),
            ..ProfilePatch::default()
        };
        let change = AccountChange { profile, ..AccountChange::default() };
        self.app.change_account(platform(), None, uin(number), change).await.unwrap();
    }

    async fn partner(&mut self, number: u64, name: &str, kind: PartnerKind, above: Option<u64>, quota: &str) {
        self.account(number, name, Verification::Enterprise).await;
        self.platform(Command::from(parties::RegisterPartner {
            uin: uin(number),
            kind,
            distributor: above.map(uin),
            allocation_quota: amount(quota),
            spend_line: None,
            voucher_quota: amount("250"),
            // One of them may not suspend its customers by force.
            allowlist: if number == SIBLING { Vec::new() } else { vec![AllowlistItem::ForceSuspension] },
        }))
        .await;
    }

    /// A delivered purchase of a customer.
    pub(crate) async fn buy(&self, customer: u64, price: &str) {
        self.order(customer, price, true).await;
    }

    /// A prepaid order of a customer that is paid and waits for delivery.
    pub(crate) async fn reserve(&self, customer: u64, price: &str) {
        self.order(customer, price, false).await;
    }

    async fn order(&self, customer: u64, price: &str, capture: bool) {
        self.platform(Command::from(buying::PlaceOrder {
            account: uin(customer),
            product: "cvm".parse().unwrap(),
            kind: OrderKind::Purchase,
            amount: amount(price),
            capture,
            park: false,
            resource: None,
            details: "{}".to_owned(),
        }))
        .await;
    }

    /// A usage record of a customer: how much of which product, as what, from when, in seconds since 1970, for an hour or
    /// until everybody in the market is bound.
    pub(crate) async fn uses(
        &self,
        customer: u64,
        (price, product): (&str, &str),
        action: Option<ActionType>,
        from: i64,
        details: &str,
    ) {
        self.settles(metering::SettleUsage {
            account: uin(customer),
            product: product.parse().unwrap(),
            amount: amount(price),
            units: None,
            period_start: moment(from),
            period_end: moment((from + 3_600).max(OPENED + 600)),
            resource: None,
            action,
            details: details.to_owned(),
        })
        .await;
    }

    /// A usage record that settles.
    pub(crate) async fn settles(&self, record: metering::SettleUsage) {
        let key = KeyUse { key: *random::id().as_bytes(), content: [0; 16] };
        let settled = self.app.settle_usage(platform(), vec![UsageRequest { key, record }]).await.unwrap();
        assert!(matches!(settled[..], [(UsageStatus::Settled { .. }, false)]), "{settled:?}");
    }

    /// A resource of a customer that freezes its price for an hour.
    pub(crate) async fn activate(&self, customer: u64, name: &str, unit_price: &str) {
        self.platform(Command::from(metering::ActivateResource {
            account: uin(customer),
            name: name.parse().unwrap(),
            product: "tke".parse().unwrap(),
            unit_price: amount(unit_price),
            quantity: Factor::ONE,
            details: "{}".to_owned(),
        }))
        .await;
    }

    /// A voucher that a customer's partner issues for anything but one product, valid for so many days from now on.
    pub(crate) async fn issue(&self, customer: u64, price: &str, days: i64) -> VoucherId {
        let now = self.app.now().await.unwrap();
        let terms = vouchers::IssueVoucher {
            kind: vouchers::NewVoucherKind::Customer(None),
            owner: uin(customer),
            amount: amount(price),
            usage: VoucherUsage::CustomerOffer,
            mode: VoucherMode::All,
            products: vouchers::NewVoucherProducts::Except(vec!["cdb".parse().unwrap()]),
            effective_at: now,
            expires_at: now.plus_seconds(days * DAY),
        };
        self.issue_as(terms).await
    }

    /// A voucher with these terms.
    pub(crate) async fn issue_as(&self, terms: vouchers::IssueVoucher) -> VoucherId {
        let done = self.app.command(platform(), None, Command::from(terms)).await.unwrap();
        VoucherId::issued_at(Shard::FIRST, done.seq).unwrap()
    }

    /// A part of the list price for one party, of every product, from now on.
    pub(crate) async fn discount(&self, scope: DiscountScope, partner: u64, rate: &str) {
        self.platform(Command::from(catalogue::SetDiscount {
            scope,
            partner: uin(partner),
            product: None,
            rate: rate.parse().unwrap(),
            starts_at: None,
            ends_at: None,
        }))
        .await;
    }

    /// Credit from a customer's managing partner.
    pub(crate) async fn allocate(&self, customer: u64, credit: &str) {
        let (customer, amount) = (uin(customer), amount(credit));
        self.platform(Command::from(parties::AllocateCredit { customer, amount, remark: None })).await;
    }

    pub(crate) fn credential(&self, number: u64) -> &Credential {
        &self.credentials[&number]
    }

    /// Calls an action as an account; gives the whole body, its request id replaced by `ID`.
    pub(crate) async fn call(&self, caller: u64, action: &str, body: &str) -> String {
        self.call_in(PARTNER_CENTER, caller, action, body).await
    }

    /// The same in any service and version.
    pub(crate) async fn call_in(&self, api: Api, caller: u64, action: &str, body: &str) -> String {
        self.send(action, signed_to(api, self.credential(caller), action, body, now())).await
    }

    /// The same market behind a door that remembers nothing, as after a restart.
    pub(crate) fn behind_another_door(self) -> Market {
        let router = door(self.app.clone(), CloudOptions { rate_limits: false, ..CloudOptions::default() });
        Market { router, ..self }
    }

    /// Sends a request; the error code must be one that the reference has for the action.
    pub(crate) async fn send(&self, action: &str, request: Request<Body>) -> String {
        let version = request.headers()["X-TC-Version"].to_str().unwrap().to_owned();
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let body: serde_json::Value = serde_json::from_str(&text).unwrap();
        if let Some(code) = body["Response"]["Error"]["Code"].as_str() {
            let known = reference().into_iter().find(|known| known.name == action && known.version == version);
            let known = known.map(|known| known.errors);
            let mut codes = known.unwrap_or_default().iter().chain(EVERY_CALL);
            assert!(codes.any(|known| known.name() == code), "{action} has no code {code}");
        }
        text.replace(body["Response"]["RequestId"].as_str().unwrap(), "ID")
    }

    /// The error code of a call, `ok` if none.
    pub(crate) async fn code(&self, caller: u64, action: &str, body: &str) -> String {
        code_of(&self.call(caller, action, body).await)
    }
}

/// The body of an answer with these fields.
pub(crate) fn response(fields: &str) -> String {
    let fields: String = fields.lines().map(str::trim).collect();
    format!("{{\"Response\":{{{fields},\"RequestId\":\"ID\"}}}}")
}

/// The error code in a body, `ok` if none.
pub(crate) fn code_of(body: &str) -> String {
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    body["Response"]["Error"]["Code"].as_str().unwrap_or("ok").to_owned()
}
