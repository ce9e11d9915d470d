//! The channel that benchmarks run on: one distributor, its customers, one product. Built through the application's own
//! use cases, with many requests waiting at once. Everybody's number follows from its place, so that another process
//! can work on the same folder.

use crate::reporter::Reporter;
use anyhow::{Context, bail};
use credere_app::parties::NewAccount;
use credere_app::{App, Failure};
use credere_app::{Caller, Done};
use credere_core::access::{Actor, Face, KeyAccess};
use credere_core::book::{Command, catalogue, parties};
use credere_core::channel::{AccountClass, FreezeTerms, PartnerKind, ProductCode, Settlement, Tier, Uin, Verification};
use credere_core::money::Amount;
use credere_store::contract::ProfilePatch;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use tokio::task::JoinSet;
use uuid::Uuid;

/// The product that everybody buys.
pub(crate) const PRODUCT: &str = PRODUCTS[0];
/// Every product; usage is of all of them. Codes of one length, so that requests keep theirs.
pub(crate) const PRODUCTS: [&str; 4] = ["cvm", "cdn", "cos", "vpc"];
/// Where usage happens.
pub(crate) const REGIONS: [&str; 3] = ["ap-singapore", "eu-frankfurt", "sa-saopaulo"];
/// What each customer may spend, in whole currency units: far more than any benchmark does, and so little that it is an
/// amount what ten million of them may.
pub(crate) const CREDIT: i64 = 5_000;

/// Requests that wait at once while something is done for every customer.
const WORKERS: u64 = 4_000;

/// One distributor with this many customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct World {
    /// How many.
    pub customers: u64,
}

impl World {
    /// The distributor that all of them are bound to.
    pub fn distributor() -> Uin {
        Uin::new(Uin::FIRST_GIVEN).expect("the first number that is given out is one")
    }

    /// The customer at this place, counted from 0.
    ///
    /// # Panics
    /// Beyond 2^52, which no world has.
    pub fn customer(place: u64) -> Uin {
        Uin::new(Uin::FIRST_GIVEN + 1 + place).expect("a world has far fewer customers than there are numbers")
    }

    /// The product.
    pub fn product() -> ProductCode {
        PRODUCT.parse().expect("the product's code is one")
    }

    /// Every product.
    pub(crate) fn products() -> [ProductCode; PRODUCTS.len()] {
        PRODUCTS.map(|code| code.parse().expect("the products' codes are codes"))
    }

    /// Who asks for everything: the first platform key.
    pub(crate) fn caller(request: u64) -> Caller {
        Caller {
            request_id: Uuid::from_u64_pair(request, 0),
            actor: Actor::Platform { key: 1, access: KeyAccess::Full },
            face: Face::Platform,
        }
    }

    /// Opens, binds and funds everybody in an empty book. Each customer has a name, an e-mail address, a phone number
    /// and a verified identity, and one allocation.
    ///
    /// # Errors
    /// When something is refused or fails.
    pub async fn build(self, app: &Arc<App>, reporter: &dyn Reporter) -> anyhow::Result<()> {
        let quota = Amount::whole(CREDIT).units().checked_mul(i64::try_from(self.customers + 1)?);
        let quota = Amount::from_units(quota.context("so many customers may spend more than an amount can be")?);
        let caller = World::caller(0);
        for code in World::products() {
            app.command(caller, None, add_product(code)).await?;
        }
        app.open_account(caller, None, account(World::distributor(), u64::MAX)).await?;
        app.command(caller, None, register(World::distributor(), PartnerKind::Distributor, quota)).await?;
        self.for_each(app, "opening", reporter, |app, place| async move { make_customer(&app, place).await }).await?;
        let found = app.read(|book| book.accounts_len() as u64).await?;
        if found != self.customers + 1 {
            bail!("the world has {found} accounts instead of {}", self.customers + 1);
        }
        Ok(())
    }

    /// Does something for every customer, with many requests waiting at once.
    ///
    /// # Errors
    /// The first that occurs.
    pub(crate) async fn for_each<F: Future<Output = anyhow::Result<()>> + Send + 'static>(
        self,
        app: &Arc<App>,
        what: &str,
        reporter: &dyn Reporter,
        act: impl Fn(Arc<App>, u64) -> F + Copy + Send + 'static,
    ) -> anyhow::Result<()> {
        reporter.begin(&format!("{what} {} customers", self.customers), self.customers);
        let (done, next) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let mut workers = JoinSet::new();
        for _ in 0..WORKERS.min(self.customers) {
            let (app, done, next) = (app.clone(), done.clone(), next.clone());
            workers.spawn(async move {
                loop {
                    let place = next.fetch_add(1, Relaxed);
                    if place >= self.customers {
                        return anyhow::Ok(());
                    }
                    act(app.clone(), place).await?;
                    done.fetch_add(1, Relaxed);
                }
            });
        }
        let mut shown = 0;
        let all = loop {
            match tokio::time::timeout(Duration::from_millis(200), workers.join_next()).await {
                Ok(Some(Ok(Ok(())))) | Err(_) => {}
                Ok(Some(Ok(Err(error)))) => break Err(error),
                Ok(Some(Err(panic))) => break Err(panic.into()),
                Ok(None) => break Ok(()),
            }
            let now = done.load(Relaxed);
            reporter.advance(now - shown);
            shown = now;
        };
        reporter.end();
        all
    }
}

async fn make_customer(app: &App, place: u64) -> anyhow::Result<()> {
    let (caller, customer) = (World::caller(place), World::customer(place));
    patiently(|| app.open_account(caller, None, account(customer, place))).await.context("opening")?;
    let bind = Command::from(parties::BindCustomer { customer, partner: World::distributor() });
    patiently(|| app.command(caller, None, bind.clone())).await.context("binding")?;
    let allocate = Command::from(parties::AllocateCredit { customer, amount: Amount::whole(CREDIT), remark: None });
    patiently(|| app.command(caller, None, allocate.clone())).await.context("allocating")?;
    Ok(())
}

/// Tries again while the engine says that it is overloaded, as a client does on 503.
pub(crate) async fn patiently<F: Future<Output = Result<Done, Failure>>>(
    attempt: impl Fn() -> F,
) -> Result<Done, Failure> {
    loop {
        match attempt().await {
            Err(Failure::Overloaded) => tokio::time::sleep(Duration::from_millis(5)).await,
            answer => return answer,
        }
    }
}

/// Adds a product that is settled by the month.
pub(crate) fn add_product(code: ProductCode) -> Command {
    Command::from(catalogue::AddProduct {
        code,
        name: "Machines".to_owned(),
        settlement: Settlement::Monthly,
        grace_hours: None,
        retention_days: None,
        freeze: FreezeTerms::default(),
        inheritable: true,
    })
}

/// Makes an account a partner that may hand down so much.
pub(crate) fn register(uin: Uin, kind: PartnerKind, allocation_quota: Amount) -> Command {
    Command::from(parties::RegisterPartner {
        uin,
        kind,
        distributor: None,
        allocation_quota,
        spend_line: None,
        voucher_quota: Amount::ZERO,
        allowlist: Vec::new(),
    })
}

fn account(uin: Uin, place: u64) -> NewAccount {
    NewAccount {
        uin: Some(uin),
        class: AccountClass::External,
        verification: Verification::Enterprise,
        tier: Tier::None,
        site: None,
        profile: ProfilePatch {
            name: Some(Some(format!("Customer {place} Ltd"))),
            email: Some(Some(format!("billing@customer-{place}.example.test"))),
            phone: Some(Some(format!("+65{:08}", place % 100_000_000))),
            entity_id: Some(Some(format!("ENT{place:010}"))),
            entity_name: Some(Some(format!("Customer {place} Holding Ltd"))),
            ..ProfilePatch::default()
        },
    }
}
