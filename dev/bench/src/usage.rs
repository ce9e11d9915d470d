//! Usage records in process: of several products and regions, spread over the customers or all of one of them, each
//! under a key that was never used. Amounts are small beside what customers may spend.

use crate::spread::{key_use, mixed};
use crate::world::{REGIONS, World};
use anyhow::bail;
use credere_app::metering::{UsageRequest, UsageStatus};
use credere_core::book::metering;
use credere_core::channel::{ProductCode, Uin};
use credere_core::ledger::Moment;
use credere_core::money::Amount;

/// How long each record's period is.
const PERIOD_SECONDS: i64 = 3_600;
/// The list price is one to so many cents.
const CENTS: u64 = 99;
/// One cent.
const CENT: i64 = 1_000_000;

/// Whose usage, and of when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Metering {
    /// Only this customer's; everybody's in turn where absent.
    pub(crate) only: Option<Uin>,
    /// When every period began.
    pub(crate) from: Moment,
}

impl Metering {
    /// The record at this place of a load.
    pub(crate) fn record(self, world: World, products: &[ProductCode], salt: u64, at: u64) -> UsageRequest {
        let drawn = mixed(at ^ salt.rotate_left(17));
        let of = |shift: u32, count: usize| ((drawn >> shift) % count as u64) as usize;
        let cents = 1 + (drawn >> 32) % CENTS;
        let record = metering::SettleUsage {
            account: self.only.unwrap_or_else(|| World::customer(drawn % world.customers)),
            product: products[of(40, products.len())].clone(),
            amount: Amount::from_units(cents as i64 * CENT),
            units: None,
            period_start: self.from,
            period_end: self.from.plus_seconds(PERIOD_SECONDS),
            resource: None,
            action: None,
            details: format!(r#"{{"region":"{}","resource_name":"machine"}}"#, REGIONS[of(48, REGIONS.len())]),
        };
        UsageRequest { key: key_use(salt, at), record }
    }
}

/// Checks that every record was settled, for the first time.
///
/// # Errors
/// At the first answer that says otherwise.
pub(crate) fn settled(answers: Vec<(UsageStatus, bool)>) -> anyhow::Result<()> {
    match answers.into_iter().find(|answer| !matches!(answer, (UsageStatus::Settled { .. }, false))) {
        Some(other) => bail!("a usage record came to {other:?}"),
        None => Ok(()),
    }
}
