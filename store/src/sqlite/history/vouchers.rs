//! Vouchers and what they paid. A voucher's row is replaced as it changes; its payments are rows of their own, and each
//! voucher remembers for each month how many there are and between which positions they lie.

use super::channel_rows::{MonthOfUses, VoucherColumns};
use super::lists::{Page, belongs};
use super::tally::{self, Kind, List, Tallies, Walk};
use super::{FILE, HistoryFile};
use crate::bill::narrow;
use crate::contract::{StoreError, VoucherFilter, VoucherMonthRow, VoucherRow, VoucherUseRow};
use crate::sqlite::errors::{Within, bound, read, stored};
use crate::sqlite::rows::{Clash, Inserter, Wide, select};
use credere_core::ledger::Month;
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeMap;
use std::ops::ControlFlow;

const VOUCHERS: Walk = Walk { table: "voucher_row", rows: None, within: &[], order: &["id"] };
const VOUCHERS_OF: Walk = Walk {
    table: "voucher_of",
    rows: Some(("LEFT JOIN voucher_row AS v ON v.id = o.id", "v.")),
    within: &["segment", "account"],
    order: &["id"],
};
const USES_OF: Walk = Walk { table: "voucher_use", rows: None, within: &["segment", "voucher"], order: &["line_seq"] };

impl HistoryFile {
    pub(super) fn voucher(&self, id: u64) -> Result<Option<VoucherRow>, StoreError> {
        let connection = self.readers.take();
        let transaction = connection.unchecked_transaction().within(FILE)?;
        let tail = "FROM voucher_row WHERE shard = 0 AND id = ?";
        let found: Option<VoucherColumns> = select(&transaction, FILE, "", tail, &[&bound(id)])?.pop();
        if found.is_none() {
            tally::never_there::<VoucherColumns>(&transaction, Kind::Vouchers, "id", bound(id))?;
        }
        Ok(found.map(|row| row.voucher))
    }

    pub(super) fn vouchers(
        &self,
        filter: &VoucherFilter,
        before_id: Option<u64>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<VoucherRow>, StoreError> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let mut page = Page::new(limit, |_: &VoucherRow| true).after(skip);
        self.matching(filter, before_id, |row| page.take(row))?;
        Ok(page.rows)
    }

    pub(super) fn voucher_count(&self, filter: &VoucherFilter) -> Result<u64, StoreError> {
        if *filter == VoucherFilter::default() {
            let connection = self.readers.take();
            let transaction = connection.unchecked_transaction().within(FILE)?;
            return VOUCHERS.top::<VoucherColumns>(&transaction, List::whole(Kind::Vouchers), &[], None);
        }
        let mut count = 0;
        self.matching(filter, None, |_| {
            count += 1;
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(count)
    }

    /// Visits the vouchers that match, newest first. Each is checked before it is judged.
    fn matching(
        &self,
        filter: &VoucherFilter,
        before_id: Option<u64>,
        mut take: impl FnMut(VoucherRow) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        let connection = self.readers.take();
        let transaction = connection.unchecked_transaction().within(FILE)?;
        // One voucher's number is a list from it to itself.
        let end = before_id.unwrap_or(u64::MAX).min(filter.id.map_or(u64::MAX, |id| id.saturating_add(1)));
        let mut visit = |row: VoucherColumns| {
            let row = row.voucher;
            if filter.id.is_some_and(|id| row.id < id) {
                return Ok(ControlFlow::Break(()));
            }
            if filter.matches(&row) { take(row) } else { Ok(ControlFlow::Continue(())) }
        };
        // Of two parties the owner's vouchers are fewer.
        let Some(party) = filter.owner.or(filter.issuer) else {
            let list = List::whole(Kind::Vouchers);
            VOUCHERS.newest_first(&transaction, list, &[], Some(&[bound(end)]), 0, visit)?;
            return Ok(());
        };
        for segment in self.voucher_segments(&transaction, end)? {
            let owner = [bound(segment), bound(party.number())];
            let list = List::of(Kind::VouchersOf, owner[0], owner[1]);
            let of = |row: VoucherColumns| {
                let parties = [row.voucher.owner, row.voucher.issuer.unwrap_or(row.voucher.owner)];
                belongs(&VOUCHERS_OF, parties, party)?;
                visit(row)
            };
            if VOUCHERS_OF.newest_first(&transaction, list, &owner, Some(&[bound(end)]), 0, of)? {
                break;
            }
        }
        Ok(())
    }

    pub(super) fn voucher_uses(
        &self,
        voucher: u64,
        month: Option<Month>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<VoucherUseRow>, StoreError> {
        let connection = self.readers.take();
        let transaction = connection.unchecked_transaction().within(FILE)?;
        let mut months = months_of(&transaction, voucher)?;
        months.retain(|row| month.is_none_or(|month| row.month == month));
        let first = months.iter().map(|row| row.first_seq).min();
        let last = months.iter().map(|row| row.last_seq).max();
        let (Some(first), Some(last)) = (first, last) else { return Ok(Vec::new()) };
        let mut page = Page::new(limit, |row: &VoucherUseRow| month.is_none_or(|month| row.month == month));
        let mut skip = skip;
        if month.is_some() {
            page = page.after(std::mem::take(&mut skip));
        }
        for segment in (self.segment(first)..=self.segment(last)).rev() {
            let owner = [bound(segment), bound(voucher)];
            let list = List::of(Kind::UsesOf, owner[0], owner[1]);
            let here = USES_OF.top::<VoucherUseRow>(&transaction, list, &owner, None)?;
            if here <= skip {
                skip -= here;
                continue;
            }
            let passed = std::mem::take(&mut skip);
            if USES_OF.newest_first(&transaction, list, &owner, None, passed, |row| page.take(row))? {
                break;
            }
        }
        Ok(page.rows)
    }

    pub(super) fn voucher_use_months(&self, voucher: u64) -> Result<Vec<VoucherMonthRow>, StoreError> {
        let told = |row: MonthOfUses| {
            Ok(VoucherMonthRow { month: row.month, uses: row.uses, amount: narrow(row.amount.number())? })
        };
        let connection = self.readers.take();
        let transaction = connection.unchecked_transaction().within(FILE)?;
        months_of(&transaction, voucher)?.into_iter().map(told).collect()
    }

    pub(super) fn write_vouchers(
        &self,
        tallies: &mut Tallies<'_>,
        connection: &Connection,
        mut rows: Vec<VoucherRow>,
    ) -> Result<(), StoreError> {
        // Stable: of two rows of one voucher the later comes second, and takes the first one's place.
        rows.sort_by_key(|row| row.id);
        let mut index = Vec::new();
        let mut into = Inserter::new::<VoucherColumns>(connection, FILE, Clash::Replaces, &["nth"])?;
        for row in rows {
            let (segment, id) = (stored(self.segment(row.id))?, stored(row.id)?);
            let nth = match tally::number_in(connection, "SELECT nth FROM voucher_row WHERE shard = 0 AND id = ?", id)?
            {
                Some(nth) => nth,
                None => {
                    let issuer = row.issuer.filter(|issuer| *issuer != row.owner);
                    for party in [Some(row.owner), issuer].into_iter().flatten() {
                        index.push([segment, stored(party.number())?, id]);
                    }
                    tallies.next(List::whole(Kind::Vouchers))?
                }
            };
            into.put(&[nth], &VoucherColumns::new(row)?)?;
        }
        let list = |row: &[i64; 3]| List::of(Kind::VouchersOf, row[0], row[1]);
        tallies.index("voucher_of", ["segment", "account", "id"], &mut index, list)
    }

    /// Writes payments that are not there yet, and adds them to their months.
    pub(super) fn write_voucher_uses(
        &self,
        tallies: &mut Tallies<'_>,
        connection: &Connection,
        rows: &mut Vec<VoucherUseRow>,
    ) -> Result<(), StoreError> {
        rows.sort_by_key(|row| (self.segment(row.line_seq), row.voucher, row.line_seq));
        rows.dedup_by_key(|row| (row.voucher, row.line_seq));
        let mut into = Inserter::new::<VoucherUseRow>(connection, FILE, Clash::Replaces, &["nth", "segment"])?;
        let mut months: BTreeMap<(u64, Month), MonthOfUses> = BTreeMap::new();
        for row in rows.iter() {
            let segment = stored(self.segment(row.line_seq))?;
            into.put(&[tallies.next(List::of(Kind::UsesOf, segment, stored(row.voucher)?))?, segment], row)?;
            let one = MonthOfUses {
                voucher: row.voucher,
                month: row.month,
                uses: 1,
                amount: Wide::new(row.amount.units().into()),
                first_seq: row.line_seq,
                last_seq: row.line_seq,
            };
            let all = match months.get(&(row.voucher, row.month)) {
                Some(all) => together(all, &one)?,
                None => one,
            };
            months.insert((row.voucher, row.month), all);
        }
        let mut into = Inserter::new::<MonthOfUses>(connection, FILE, Clash::Replaces, &[])?;
        for ((voucher, month), new) in months {
            let tail = "FROM voucher_month WHERE shard = 0 AND voucher = ? AND month = ?";
            let there: Option<MonthOfUses> =
                select(connection, FILE, "", tail, &[&stored(voucher)?, &month.number()])?.pop();
            let all = match there {
                Some(there) => together(&there, &new)?,
                None => {
                    tallies.next(List::of(Kind::MonthsOfUses, 0, stored(voucher)?))?;
                    new
                }
            };
            into.put(&[], &all)?;
        }
        Ok(())
    }

    /// The segments that may hold vouchers before this number, newest first. A voucher's number is no journal position, so
    /// these are segments of numbers.
    fn voucher_segments(
        &self,
        connection: &Connection,
        end: u64,
    ) -> Result<impl Iterator<Item = u64> + use<>, StoreError> {
        VOUCHERS.top::<VoucherColumns>(connection, List::whole(Kind::Vouchers), &[], None)?;
        let sql = "SELECT id FROM voucher_row WHERE shard = 0 ORDER BY id DESC LIMIT 1";
        let mut statement = connection.prepare_cached(sql).within(FILE)?;
        let newest: Option<i64> = statement.query_row([], |row| row.get(0)).optional().within(FILE)?;
        Ok((0..=self.segment(read(newest.unwrap_or(0), FILE)?.min(end))).rev())
    }
}

/// A voucher's months, newest first.
fn months_of(connection: &Connection, voucher: u64) -> Result<Vec<MonthOfUses>, StoreError> {
    let tail = "FROM voucher_month WHERE shard = 0 AND voucher = ? ORDER BY month DESC";
    let months: Vec<MonthOfUses> = select(connection, FILE, "", tail, &[&bound(voucher)])?;
    let expected = tally::entries(connection, List::of(Kind::MonthsOfUses, 0, bound(voucher)))?;
    tally::agree("voucher_month", months.len() as u64, expected)?;
    Ok(months)
}

fn together(one: &MonthOfUses, other: &MonthOfUses) -> Result<MonthOfUses, StoreError> {
    let too_many = || StoreError::Io(format!("{FILE}: a voucher's payments cannot be summed"));
    let amount = one.amount.number().checked_add(other.amount.number()).ok_or_else(too_many)?;
    Ok(MonthOfUses {
        voucher: one.voucher,
        month: one.month,
        uses: one.uses.checked_add(other.uses).ok_or_else(too_many)?,
        amount: Wide::new(amount),
        first_seq: one.first_seq.min(other.first_seq),
        last_seq: one.last_seq.max(other.last_seq),
    })
}
