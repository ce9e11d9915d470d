//! Bills: sums by whatever they are grouped by, resources, tags, and lines (R75-R86). A partner sees what was charged
//! under bindings to it (a distributor also what was charged under its second-level resellers, R84), a customer sees its
//! own, the platform everything. What each must not see on a line is left out at the edges.

use super::views::{Bill, BillPartView, BillSum, BillView, LineQuery, LineView, NamedPartView, View};
use crate::app::App;
use crate::caller::Caller;
use crate::failure::Failure;
use credere_core::access::scope;
use credere_core::book::{Book, Rejection, parties};
use credere_core::channel::{ActionType, Uin};
use credere_core::ledger::{Moment, Month};
use credere_core::money::{Amount, Overflow};
use credere_core::organization::Permission;
use credere_store::contract::{DayTotalRow, LineRow, ReceiptRow, ShardStore, StoreError};
use std::collections::{BTreeMap, HashSet};

impl App {
    /// A bill's sums, complete or still growing.
    ///
    /// # Errors
    /// [`Failure`]; refused when the caller may not see that account's bills.
    pub async fn bill(&self, caller: Caller, bill: Bill) -> Result<BillView, Failure> {
        let (managing, issued_at) = self.may_see_bill(caller, bill).await?;
        let seen = move |whose: Option<Uin>| {
            managing.as_ref().is_none_or(|partners| whose.is_some_and(|partner| partners.contains(&partner)))
        };
        let look = move |store: &dyn ShardStore| {
            // Receipts first: what they confirm is among what is summed up after them.
            let mut receipts = store.receipts(bill)?;
            receipts.retain(|receipt| seen(Some(receipt.operator)));
            let mut parts = store.bill_totals(bill)?;
            parts.retain(|part| seen(part.managing));
            let confirmed = if receipts.is_empty() || is_whole(store, bill)? {
                receipts.iter().try_fold(Amount::ZERO, |sum, receipt| sum.plus(receipt.returned))
            } else {
                confirmed_in(store, bill, &receipts, &parts)?
            };
            Ok((parts, confirmed))
        };
        let (parts, confirmed) = self.engine.history(look).await?;
        let sums = || -> Result<(BillSum, Amount, Amount), Overflow> {
            let total = parts.iter().try_fold(BillSum::default(), |sum, part| sum.plus(part))?;
            let confirmed = confirmed?;
            // What money of one's own paid, and a partner's own use, is nobody's to confirm.
            let mut confirmable = parts.iter().filter(|part| part.managing.is_some());
            let to_confirm = confirmable.try_fold(BillSum::default(), |sum, part| sum.plus(part))?.amount;
            Ok((total, confirmed, to_confirm.minus(confirmed)?))
        };
        let (total, confirmed, unconfirmed) = sums().map_err(too_large)?;
        let invoiceable = if bill.view == View::PaidByOthers { Amount::ZERO } else { total.amount };
        Ok(BillView { bill, issued_at, parts, total, confirmed, unconfirmed, invoiceable })
    }

    /// Lines of a bill that match, oldest first, after the one at journal position `after_seq`, at most `limit`.
    ///
    /// # Errors
    /// As [`App::bill`].
    pub async fn bill_lines(
        &self,
        caller: Caller,
        bill: Bill,
        filter: LineQuery,
        after_seq: Option<u64>,
        limit: usize,
    ) -> Result<Vec<LineView>, Failure> {
        let filter = self.line_filter(caller, bill, filter).await?;
        let passes_over = filter.confirmed.is_some();
        let look = move |store: &dyn ShardStore| viewed(store, store.lines(bill, &filter, after_seq, 0, limit)?);
        self.engine.history_by(caller.actor, passes_over, look).await
    }

    /// Lines of a bill that match, oldest first, after skipping `skip`, at most `limit`; and how many match in all.
    ///
    /// # Errors
    /// As [`App::bill`].
    pub async fn bill_lines_counted(
        &self,
        caller: Caller,
        bill: Bill,
        filter: LineQuery,
        skip: u64,
        limit: usize,
    ) -> Result<(Vec<LineView>, u64), Failure> {
        let filter = self.line_filter(caller, bill, filter).await?;
        let passes_over = filter.confirmed.is_some();
        let look = move |store: &dyn ShardStore| {
            Ok((viewed(store, store.lines(bill, &filter, None, skip, limit)?)?, store.line_count(bill, &filter)?))
        };
        self.engine.history_by(caller.actor, passes_over, look).await
    }

    /// A filter that means only what the caller sees.
    async fn line_filter(&self, caller: Caller, bill: Bill, filter: LineQuery) -> Result<LineQuery, Failure> {
        let (managing, _) = self.may_see_bill(caller, bill).await?;
        Ok(LineQuery { managing: managing.or(filter.managing), ..filter })
    }

    /// What the lines of a bill that match come to: from the kept sums, but for lines that were confirmed one by one.
    ///
    /// # Errors
    /// As [`App::bill`].
    pub async fn bill_sum(&self, caller: Caller, bill: Bill, filter: LineQuery) -> Result<BillSum, Failure> {
        let filter = self.line_filter(caller, bill, filter).await?;
        let passes_over = filter.confirmed.is_some();
        let look = move |store: &dyn ShardStore| {
            // First: what they confirm is among what is summed up after them.
            let receipts = filter.confirmed.map(|_| store.receipts(bill)).transpose()?;
            let mut parts = Vec::new();
            match filter.day {
                Some(day) => parts.extend(store.day_totals(bill, day)?.iter().map(SummedPart::of_day)),
                None => parts.extend(store.bill_totals(bill)?.iter().map(SummedPart::of_bill)),
            }
            parts.retain(|part| is_wanted(&filter, part.managing, part.action));
            let Some((confirmed, receipts)) = filter.confirmed.zip(receipts) else {
                return Ok(sum_of(&parts));
            };
            // What was confirmed as a whole is told by the kept sums, the rest of what was by its single lines.
            let whole = whole_parts(&receipts);
            let covered = |binding_seq, action| whole.contains(&(binding_seq, action));
            let lines = store.lines_by_seq(bill, &single_lines(&receipts))?;
            let mut lines = lines.iter().filter(|line| {
                is_wanted(&filter, line.managing, line.action)
                    && filter.day.is_none_or(|day| day == line.day)
                    && !covered(line.binding_seq, line.action)
            });
            parts.retain(|part| covered(part.binding_seq, part.action) == confirmed);
            let sum = sum_of(&parts);
            Ok(sum.and_then(|sum| {
                lines.try_fold(sum, |sum, line| if confirmed { sum.plus_line(line) } else { sum.minus_line(line) })
            }))
        };
        self.engine.history_by(caller.actor, passes_over, look).await?.map_err(too_large)
    }

    /// A bill's sums by resource (L2), in the order of their names, after `after`, at most `limit`.
    ///
    /// # Errors
    /// As [`App::bill`].
    pub async fn bill_resources(
        &self,
        caller: Caller,
        bill: Bill,
        after: Option<String>,
        limit: usize,
    ) -> Result<Vec<NamedPartView>, Failure> {
        let (managing, _) = self.may_see_bill(caller, bill).await?;
        let look =
            move |store: &dyn ShardStore| store.resource_totals(bill, managing.as_deref(), after.as_deref(), limit);
        self.engine.history(look).await
    }

    /// A bill's sums by the values of one tag, in their order, after `after`, at most `limit`; lines without it come under
    /// the empty value.
    ///
    /// # Errors
    /// As [`App::bill`].
    pub async fn bill_tags(
        &self,
        caller: Caller,
        bill: Bill,
        tag: String,
        after: Option<String>,
        limit: usize,
    ) -> Result<Vec<(String, BillSum)>, Failure> {
        let (managing, _) = self.may_see_bill(caller, bill).await?;
        let look =
            move |store: &dyn ShardStore| store.tag_totals(bill, managing.as_deref(), &tag, after.as_deref(), limit);
        let mut sums: Vec<(String, BillSum)> = Vec::new();
        for part in self.engine.history(look).await? {
            let own = BillSum::from(&part);
            match sums.last_mut().filter(|(value, _)| *value == part.name) {
                Some((_, sum)) => *sum = sum.plus_sum(&own).map_err(too_large)?,
                None => sums.push((part.name, own)),
            }
        }
        Ok(sums)
    }

    /// For each of some tags a bill's sums by its value and by product, in that order; lines without the tag come under
    /// the empty value. There may be as many values as lines. Each tag is told of its own moment.
    ///
    /// # Errors
    /// As [`App::bill`].
    pub async fn bill_tag_products(
        &self,
        caller: Caller,
        bill: Bill,
        tags: Vec<String>,
    ) -> Result<Vec<BTreeMap<(String, String), BillSum>>, Failure> {
        let (managing, _) = self.may_see_bill(caller, bill).await?;
        let look = move |store: &dyn ShardStore| {
            let of_tag = |tag: &String| {
                let parts = store.tag_totals(bill, managing.as_deref(), tag, None, usize::MAX)?.into_iter();
                Ok(parts.map(|part| (BillSum::from(&part), part)).map(|(sum, part)| ((part.name, part.product), sum)))
            };
            tags.iter().map(|tag| of_tag(tag).map(Iterator::collect)).collect()
        };
        self.engine.long_history(caller.actor, look).await
    }

    /// The months for which an account has lines that it pays or owns, newest first.
    ///
    /// # Errors
    /// As [`App::bill`].
    pub async fn bill_months(&self, caller: Caller, account: Uin) -> Result<Vec<Month>, Failure> {
        let now = self.now().await?;
        let month = self.read(|book| book.calendar().month(now)).await?;
        self.may_see_bill(caller, Bill::paid(account, month)).await?;
        self.engine.history(move |store| store.bill_months(account)).await
    }

    /// Under bindings to whom the caller sees lines (`None`: all), and when the bill was issued. What a member pays itself its
    /// admin sees as well, where the member permits it (O86, O97).
    pub(super) async fn may_see_bill(
        &self,
        caller: Caller,
        bill: Bill,
    ) -> Result<(Option<Vec<Uin>>, Option<Moment>), Failure> {
        let (clock, Bill { account, month, view }) = (self.engine.clock(), bill);
        let look = |book: &Book| {
            let own = caller.actor.account().ok();
            let is_admin = |admin| book.is_permitted_by(admin, account, Permission::ViewBills);
            let as_admin = view == View::Own && own.is_some_and(is_admin);
            if !as_admin {
                book.permit(caller.actor, scope::reading_bills(caller.actor, account), Some(account))?;
            }
            book.account(account)
                .ok_or(Rejection::Parties(parties::Reason::PartyNotFound(parties::Party::Account, account)))?;
            let partner = own.and_then(|own| book.partner(own));
            let below = partner.map_or(&[][..], |partner| partner.second_levels.as_slice());
            let managing = if as_admin { None } else { scope::bill_lines(caller.actor, account, below).partners() };
            let calendar = book.calendar();
            let issued = calendar.issued(month, clock.now(book.now()));
            Ok((managing, issued.then(|| calendar.issued_at(month))))
        };
        self.read(look).await?.map_err(Failure::refused)
    }
}

/// Whether all that a bill's payer paid in its month is in the bill, so that its receipts are for nothing else.
fn is_whole(store: &dyn ShardStore, bill: Bill) -> Result<bool, StoreError> {
    match bill.view {
        View::Paid => Ok(true),
        View::Own => Ok(store.bill_totals(bill.viewed(View::OnBehalf))?.is_empty()),
        View::OnBehalf | View::OnBehalfOf(_) | View::PaidByOthers => Ok(false),
    }
}

/// What receipts have confirmed of a bill that has only some of the lines that they are for.
fn confirmed_in(
    store: &dyn ShardStore,
    bill: Bill,
    receipts: &[ReceiptRow],
    parts: &[BillPartView],
) -> Result<Result<Amount, Overflow>, StoreError> {
    let whole = whole_parts(receipts);
    let covered = |binding_seq, action| whole.contains(&(binding_seq, action));
    let lines = store.lines_by_seq(bill, &single_lines(receipts))?;
    let single = lines.iter().filter(|line| !covered(line.binding_seq, line.action)).map(|line| line.amount);
    let mut amounts =
        parts.iter().filter(|part| covered(part.binding_seq, part.action)).map(|part| part.amount).chain(single);
    Ok(amounts.try_fold(Amount::ZERO, |sum, amount| sum.plus(amount)))
}

/// What was confirmed as a whole.
fn whole_parts(receipts: &[ReceiptRow]) -> HashSet<(u64, ActionType)> {
    receipts.iter().flat_map(|receipt| &receipt.parts).map(|part| (part.binding_seq, part.action)).collect()
}

/// The lines that were confirmed one by one.
fn single_lines(receipts: &[ReceiptRow]) -> Vec<u64> {
    receipts.iter().flat_map(|receipt| receipt.line_seqs.iter().copied()).collect()
}

pub(super) fn viewed(store: &dyn ShardStore, rows: Vec<LineRow>) -> Result<Vec<LineView>, StoreError> {
    rows.into_iter().map(|row| LineView::of_row(store.id(), row)).collect()
}

/// Whether a filter means lines of this partner and type; says nothing of the day and of confirmation.
fn is_wanted(filter: &LineQuery, managing: Option<Uin>, action: ActionType) -> bool {
    filter.pay_mode.is_none_or(|mode| action.pay_mode() == mode)
        && filter.action.is_none_or(|only| action == only)
        && filter.managing.as_ref().is_none_or(|partners| managing.is_some_and(|under| partners.contains(&under)))
}

/// A part of a bill, of the whole month or of a day, as far as filters look at it.
struct SummedPart {
    binding_seq: u64,
    managing: Option<Uin>,
    action: ActionType,
    sum: BillSum,
}

impl SummedPart {
    fn of_bill(part: &BillPartView) -> SummedPart {
        let BillPartView { binding_seq, managing, action, .. } = *part;
        SummedPart { binding_seq, managing, action, sum: BillSum::from(part) }
    }

    fn of_day(part: &DayTotalRow) -> SummedPart {
        let DayTotalRow { binding_seq, managing, action, .. } = *part;
        SummedPart { binding_seq, managing, action, sum: BillSum::from(part) }
    }
}

fn sum_of(parts: &[SummedPart]) -> Result<BillSum, Overflow> {
    parts.iter().try_fold(BillSum::default(), |sum, part| sum.plus_sum(&part.sum))
}

pub(super) fn too_large(Overflow: Overflow) -> Failure {
    Failure::Store(StoreError::corrupt("a bill's sum is out of the range of an amount"))
}
