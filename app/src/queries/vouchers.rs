//! Vouchers and what they paid, for the platform, for the partners that issued them and for the customers that have them
//! (R111-R122).

use crate::commands::Caller;
use crate::failure::Failure;
use crate::start::App;
use credere_core::access::{Action, Actor};
use credere_core::book::Rejection;
use credere_core::channel::{Uin, VoucherId};
use credere_core::ledger::Month;
use credere_store::contract::{VoucherFilter, VoucherMonthRow, VoucherRow, VoucherUseRow};

/// A page of what a voucher paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoucherUses {
    /// The voucher.
    pub voucher: VoucherRow,
    /// The payments of this page, newest first.
    pub uses: Vec<VoucherUseRow>,
    /// How often it paid and how much, by month, newest first.
    pub months: Vec<VoucherMonthRow>,
}

impl App {
    /// One voucher.
    ///
    /// # Errors
    /// [`Failure`]; refused when there is none that the caller may see.
    pub async fn voucher(&self, caller: Caller, id: VoucherId) -> Result<VoucherRow, Failure> {
        self.may_see_vouchers(caller).await?;
        let row = self.engine.history(move |store| store.voucher(id.0)).await?;
        let row = row.filter(|row| match caller.actor {
            Actor::Account(own) => row.owner == own || row.issuer == Some(own),
            Actor::Platform { .. } | Actor::System => true,
        });
        row.ok_or(Failure::refused(Rejection::VoucherNotFound))
    }

    /// Vouchers that match, newest first, before `before_id` and after skipping `skip`, at most `limit`; and how many
    /// match in all. A partner sees those that it issued, a customer its own.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn vouchers(
        &self,
        caller: Caller,
        filter: VoucherFilter,
        before_id: Option<u64>,
        skip: u64,
        limit: usize,
    ) -> Result<(Vec<VoucherRow>, u64), Failure> {
        let action = self.may_see_vouchers(caller).await?;
        let filter = match (action, caller.actor) {
            (Action::ReadOwnVouchers, Actor::Account(own)) => VoucherFilter { owner: Some(own), ..filter },
            (_, Actor::Account(own)) => VoucherFilter { issuer: Some(own), ..filter },
            (_, Actor::Platform { .. } | Actor::System) => filter,
        };
        self.engine
            .history(move |store| {
                let page = store.vouchers(&filter, before_id, skip, limit)?;
                Ok((page, store.voucher_count(&filter)?))
            })
            .await
    }

    /// What a voucher paid, newest first, in one month where given, after skipping `skip`, at most `limit`.
    ///
    /// # Errors
    /// As [`App::voucher`].
    pub async fn voucher_uses(
        &self,
        caller: Caller,
        id: VoucherId,
        month: Option<Month>,
        skip: u64,
        limit: usize,
    ) -> Result<VoucherUses, Failure> {
        let voucher = self.voucher(caller, id).await?;
        let (uses, months) = self
            .engine
            .history(move |store| Ok((store.voucher_uses(id.0, month, skip, limit)?, store.voucher_use_months(id.0)?)))
            .await?;
        Ok(VoucherUses { voucher, uses, months })
    }

    /// What is left on an account's usable vouchers (R20), in units of 10^-8.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn voucher_balance(&self, owner: Uin) -> Result<i128, Failure> {
        let clock = self.engine.clock();
        self.read(|book| book.voucher_balance(owner, clock.now(book.now()))).await
    }

    /// As what the caller sees vouchers: as a customer its own, else as whoever issues them.
    async fn may_see_vouchers(&self, caller: Caller) -> Result<Action, Failure> {
        let action = self
            .read(|book| match caller.actor {
                Actor::Account(own) if book.customer(own).is_some() => Action::ReadOwnVouchers,
                Actor::Account(_) | Actor::Platform { .. } | Actor::System => Action::ReadVouchers,
            })
            .await?;
        self.read_as(caller, action, None, |_| Ok(())).await?;
        Ok(action)
    }
}
