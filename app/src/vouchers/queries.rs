//! Vouchers and what they paid, for the platform, for the partners that issued them and for the customers that have them
//! (R111-R122).

use super::views::{CustomerVouchers, VoucherQuery, VoucherUseView, VoucherUses, VoucherView};
use crate::app::App;
use crate::caller::Caller;
use crate::failure::Failure;
use crate::parties::calling_account;
use crate::reading::skips_far;
use credere_core::access::Action;
use credere_core::access::scope::{self, VoucherScope};
use credere_core::book::{Rejection, vouchers};
use credere_core::channel::{ShownVouchers, Uin, VoucherId, VoucherStatus};
use credere_core::ledger::{Month, Shard};
use credere_core::money::{Amount, Overflow};
use credere_store::contract::{ShardStore, StoreError, VoucherFilter, VoucherRow};

/// Vouchers that are read at a time when all of a customer's are summed.
const READ_AHEAD: usize = 1_000;

impl App {
    /// One voucher. As a customer (`action` is [`Action::ReadOwnVouchers`]) an account sees its own, unless it is hidden
    /// from it (R121); as a partner ([`Action::ReadVouchers`]) those that it has or issued.
    ///
    /// # Errors
    /// [`Failure`]; refused when there is none that the caller may see.
    pub async fn voucher(&self, caller: Caller, action: Action, id: VoucherId) -> Result<VoucherView, Failure> {
        self.read_as(caller, action, None, |_| Ok(())).await?;
        let shown = self.shown(VoucherFilter::default()).await?;
        let look = move |store: &dyn ShardStore| {
            let row = row_of(store, id)?.filter(|row| match scope::vouchers(caller.actor, action) {
                VoucherScope::All => true,
                VoucherScope::IssuedBy(own) => row.owner == own || row.issuer == Some(own),
                VoucherScope::ShownTo(own) => row.owner == own && shown.matches(row),
            });
            row.map(|row| VoucherView::of_row(store.id(), row)).transpose()
        };
        let found = self.engine.history(look).await?;
        found.ok_or(Failure::refused(Rejection::Vouchers(vouchers::Reason::VoucherNotFound)))
    }

    /// Vouchers that match, newest first, before the number `before` within its shard, at most `limit`. As a partner an account sees those that it
    /// issued, as a customer its own that are not hidden from it (R121); see [`App::voucher`].
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn vouchers(
        &self,
        caller: Caller,
        action: Action,
        wanted: VoucherQuery,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<VoucherView>, Failure> {
        let Some(filter) = self.voucher_filter(caller, action, wanted).await? else { return Ok(Vec::new()) };
        // There is a list by owner and one by issuer, and none by anything else.
        let (owner, issuer) = (filter.owner, filter.issuer.filter(|_| filter.owner.is_none()));
        let passes_over = filter != VoucherFilter { owner, issuer, ..VoucherFilter::default() };
        let look = move |store: &dyn ShardStore| viewed(store, store.vouchers(&filter, before, 0, limit)?);
        self.engine.history_by(caller.actor, passes_over, look).await
    }

    /// Vouchers that match, newest first, after skipping `skip`, at most `limit`; and how many match in all. Who sees
    /// which is as for [`App::vouchers`].
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn vouchers_counted(
        &self,
        caller: Caller,
        action: Action,
        wanted: VoucherQuery,
        skip: u64,
        limit: usize,
    ) -> Result<(Vec<VoucherView>, u64), Failure> {
        let Some(filter) = self.voucher_filter(caller, action, wanted).await? else { return Ok((Vec::new(), 0)) };
        let look = move |store: &dyn ShardStore| {
            Ok((viewed(store, store.vouchers(&filter, None, skip, limit)?)?, store.voucher_count(&filter)?))
        };
        self.engine.long_history(caller.actor, look).await
    }

    /// A filter that means only what the caller sees; `None` where there can be none.
    async fn voucher_filter(
        &self,
        caller: Caller,
        action: Action,
        wanted: VoucherQuery,
    ) -> Result<Option<VoucherFilter>, Failure> {
        self.read_as(caller, action, None, |_| Ok(())).await?;
        let Some(filter) = wanted.filter(self.engine.store().id()) else { return Ok(None) };
        Ok(Some(match scope::vouchers(caller.actor, action) {
            VoucherScope::All => filter,
            VoucherScope::IssuedBy(own) => VoucherFilter { issuer: Some(own), ..filter },
            VoucherScope::ShownTo(own) => self.shown(VoucherFilter { owner: Some(own), ..filter }).await?,
        }))
    }

    /// The vouchers that the calling partner issued to each of some direct customers, in the order named, of one status
    /// where given, and what they come to. Those that were taken back are left out; of the others at most `limit` are
    /// shown for each customer.
    ///
    /// # Errors
    /// [`Failure`]; refused when one is not the caller's customer.
    pub async fn customers_vouchers(
        &self,
        caller: Caller,
        owners: Vec<Uin>,
        status: Option<VoucherStatus>,
        limit: usize,
    ) -> Result<Vec<CustomerVouchers>, Failure> {
        let accounts = self.own_customer_accounts(caller, Action::ReadVouchers, Some(owners)).await?;
        let issuer = Some(calling_account(caller)?);
        let now = self.now().await?;
        self.engine
            .long_history(caller.actor, move |store| {
                let of = |owner: Uin| {
                    // What another partner issued, before it was this one's customer or above it, is that partner's affair.
                    let wanted = VoucherQuery { owner: Some(owner), issuer, status, ..VoucherQuery::default() };
                    let nothing = Amount::ZERO;
                    let mut found =
                        CustomerVouchers { owner, count: 0, newest: vec![], amount: nothing, remaining: nothing };
                    let Some(filter) = wanted.filter(store.id()) else { return Ok(found) };
                    let mut before = None;
                    loop {
                        let page = store.vouchers(&filter, before, 0, READ_AHEAD)?;
                        before = page.last().map(|row| row.id);
                        let last = page.len() < READ_AHEAD;
                        let kept = |voucher: &VoucherView| voucher.status != VoucherStatus::Invalidated;
                        for voucher in viewed(store, page)?.into_iter().filter(kept) {
                            found.add(voucher, now, limit).map_err(|Overflow| too_large())?;
                        }
                        if last {
                            return Ok(found);
                        }
                    }
                };
                accounts.iter().map(|account| of(account.uin)).collect()
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
        action: Action,
        id: VoucherId,
        month: Option<Month>,
        skip: u64,
        limit: usize,
    ) -> Result<VoucherUses, Failure> {
        let voucher = self.voucher(caller, action, id).await?;
        let passes_over = skips_far(skip) || month.is_some();
        let look = move |store: &dyn ShardStore| {
            // It is of this shard, since it was found there.
            let rows = store.voucher_uses(Shard::within(id.0), month, skip, limit)?;
            let uses = rows.into_iter().map(|row| VoucherUseView::of_row(store.id(), row));
            Ok((uses.collect::<Result<_, _>>()?, store.voucher_use_months(Shard::within(id.0))?))
        };
        let (uses, months) = self.engine.history_by(caller.actor, passes_over, look).await?;
        Ok(VoucherUses { voucher, uses, months })
    }

    /// What a voucher paid, newest first, at most `limit`, each with how many payments are older than it: those with fewer
    /// than `older` of them, where given. Payments are only ever added, so that this number names one for good.
    ///
    /// # Errors
    /// As [`App::voucher`].
    pub async fn voucher_uses_before(
        &self,
        caller: Caller,
        action: Action,
        id: VoucherId,
        older: Option<u64>,
        limit: usize,
    ) -> Result<Vec<(u64, VoucherUseView)>, Failure> {
        self.voucher(caller, action, id).await?;
        let counted = move |store: &dyn ShardStore| -> Result<u64, StoreError> {
            Ok(store.voucher_use_months(Shard::within(id.0))?.iter().map(|month| month.uses).sum())
        };
        let total = self.engine.history(counted).await?;
        let passes_over = older.is_some_and(|older| skips_far(total.saturating_sub(older)));
        let page = move |store: &dyn ShardStore| {
            let mut total = counted(store)?;
            loop {
                let upto = older.unwrap_or(total).min(total);
                let uses = store.voucher_uses(Shard::within(id.0), None, total - upto, limit)?;
                // What was added in between would have moved the page.
                match counted(store)? {
                    now if now == total => {
                        let below = (0..upto).rev();
                        let view = |row| VoucherUseView::of_row(store.id(), row);
                        return below.zip(uses).map(|(older, row)| Ok((older, view(row)?))).collect();
                    }
                    now => total = now,
                }
            }
        };
        self.engine.history_by(caller.actor, passes_over, page).await
    }

    /// What is left on an account's usable vouchers (R20), in units of 10^-8.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn voucher_balance(&self, owner: Uin) -> Result<i128, Failure> {
        let clock = self.engine.clock();
        self.read(|book| book.voucher_balance(owner, clock.now(book.now()))).await
    }

    /// Of the vouchers that match, those that are not hidden from the customer that has them (R121).
    async fn shown(&self, filter: VoucherFilter) -> Result<VoucherFilter, Failure> {
        let ShownVouchers { expires_from, unless_whole } = ShownVouchers::at(self.now().await?, self.calendar());
        let unless_whole = Some(unless_whole.name().to_owned());
        Ok(VoucherFilter { expires_from: Some(expires_from), unless_whole, ..filter })
    }
}

fn viewed(store: &dyn ShardStore, rows: Vec<VoucherRow>) -> Result<Vec<VoucherView>, StoreError> {
    rows.into_iter().map(|row| VoucherView::of_row(store.id(), row)).collect()
}

/// The row of the voucher with this number; `None` for what is no voucher of the store's shard.
fn row_of(store: &dyn ShardStore, id: VoucherId) -> Result<Option<VoucherRow>, StoreError> {
    store.id().position_of(id.0).map_or(Ok(None), |number| store.voucher(number))
}

/// The voucher with this number, also when it has ended; `None` for what is no voucher of the store's shard.
///
/// # Errors
/// [`StoreError`]
pub(super) fn voucher_of(store: &dyn ShardStore, id: VoucherId) -> Result<Option<VoucherView>, StoreError> {
    row_of(store, id)?.map(|row| VoucherView::of_row(store.id(), row)).transpose()
}

fn too_large() -> StoreError {
    StoreError::corrupt("a sum of vouchers is out of the range of an amount")
}
