//! Vouchers and what they paid. A voucher's row is replaced as it changes; its payments are rows of their own, and each
//! voucher remembers for each month how many there are and between which positions they lie.

use super::lists::{Page, belongs};
use super::tally::{self, Kind, List, Tallies};
use super::walk::Walk;
use super::{FILE, HistoryFile};
use crate::bill::narrow;
use crate::contract::{Fault, StoreError, VoucherFilter, VoucherMonthRow, VoucherRow, VoucherUseRow, VouchersHistory};
use crate::sqlite::SqliteStore;
use crate::sqlite::errors::{Within, bound, read, stored};
use crate::sqlite::rows::{Clash, Fields, Inserter, Stored, Wide, select, stored, value};
use crate::sqlite::shard::of;
use credere_core::ledger::Month;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// The columns of sums have no type: they are whole numbers, or bytes where those are too small, and SQLite is to leave
/// them as they are.
pub(super) const TABLES: &str = "
    CREATE TABLE voucher_row (shard INTEGER NOT NULL CHECK (shard = 0), nth INTEGER NOT NULL, id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        owner INTEGER NOT NULL, customer INTEGER, issuer INTEGER, amount INTEGER NOT NULL,
        remaining INTEGER NOT NULL, status TEXT NOT NULL, usage TEXT NOT NULL, payment_mode TEXT NOT NULL,
        products_mode TEXT NOT NULL, products BLOB NOT NULL, effective_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL, issued_at INTEGER NOT NULL, changed_at INTEGER NOT NULL,
        seal INTEGER NOT NULL);
    CREATE TABLE voucher_of (shard INTEGER NOT NULL, nth INTEGER NOT NULL, segment INTEGER NOT NULL,
        account INTEGER NOT NULL,
        id INTEGER NOT NULL, seal INTEGER NOT NULL, PRIMARY KEY (shard, segment, account, id)) WITHOUT ROWID;
    CREATE TABLE voucher_use (shard INTEGER NOT NULL, nth INTEGER NOT NULL, segment INTEGER NOT NULL,
        voucher INTEGER NOT NULL,
        line_seq INTEGER NOT NULL, account INTEGER NOT NULL, order_seq INTEGER, product TEXT NOT NULL,
        action INTEGER NOT NULL, amount INTEGER NOT NULL, month INTEGER NOT NULL, at INTEGER NOT NULL,
        seal INTEGER NOT NULL, PRIMARY KEY (shard, segment, voucher, line_seq)) WITHOUT ROWID;
    CREATE TABLE voucher_month (shard INTEGER NOT NULL, voucher INTEGER NOT NULL, month INTEGER NOT NULL,
        uses INTEGER NOT NULL, amount NOT NULL, first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL,
        seal INTEGER NOT NULL, PRIMARY KEY (shard, voucher, month)) WITHOUT ROWID;";

const VOUCHERS: Walk = Walk { table: "voucher_row", rows: None, within: &[], order: &["id"] };
const VOUCHERS_OF: Walk = Walk {
    table: "voucher_of",
    rows: Some(("LEFT JOIN voucher_row AS v ON v.id = o.id", "v.")),
    within: &["segment", "account"],
    order: &["id"],
};
const USES_OF: Walk = Walk { table: "voucher_use", rows: None, within: &["segment", "voucher"], order: &["line_seq"] };

impl VouchersHistory for SqliteStore {
    fn voucher(&self, id: u64) -> Result<Option<VoucherRow>, StoreError> {
        self.read_history(|_, connection| {
            let found: Option<VoucherColumns> = select(connection, FILE, "AND id = ?", &[&bound(id)])?.pop();
            if found.is_none() {
                tally::never_there::<VoucherColumns>(connection, Kind::Vouchers, "id", bound(id))?;
            }
            Ok(found.map(|row| row.voucher))
        })
    }

    fn vouchers(
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
        self.read_history(|history, connection| history.matching(connection, filter, before_id, |row| page.take(row)))?;
        Ok(page.rows)
    }

    fn voucher_count(&self, filter: &VoucherFilter) -> Result<u64, StoreError> {
        self.read_history(|history, connection| {
            if *filter == VoucherFilter::default() {
                return VOUCHERS.top::<VoucherColumns>(connection, List::whole(Kind::Vouchers), &[], None);
            }
            let mut count = 0;
            history.matching(connection, filter, None, |_| {
                count += 1;
                Ok(ControlFlow::Continue(()))
            })?;
            Ok(count)
        })
    }

    fn voucher_uses(
        &self,
        voucher: u64,
        month: Option<Month>,
        skip: u64,
        limit: usize,
    ) -> Result<Vec<VoucherUseRow>, StoreError> {
        self.read_history(|history, connection| {
            let mut months = months_of(connection, voucher)?;
            months.retain(|row| month.is_none_or(|month| row.month == month));
            let first = months.iter().map(|row| row.first_seq).min();
            let last = months.iter().map(|row| row.last_seq).max();
            let (Some(first), Some(last)) = (first, last) else { return Ok(Vec::new()) };
            let mut page = Page::new(limit, |row: &VoucherUseRow| month.is_none_or(|month| row.month == month));
            let mut skip = skip;
            if month.is_some() {
                page = page.after(std::mem::take(&mut skip));
            }
            for segment in (history.segment(first)..=history.segment(last)).rev() {
                let owner = [bound(segment), bound(voucher)];
                let list = List::of(Kind::UsesOf, owner[0], owner[1]);
                let here = USES_OF.top::<VoucherUseRow>(connection, list, &owner, None)?;
                if here <= skip {
                    skip -= here;
                    continue;
                }
                let passed = std::mem::take(&mut skip);
                if USES_OF.newest_first(connection, list, &owner, None, passed, |row| page.take(row))? {
                    break;
                }
            }
            Ok(page.rows)
        })
    }

    fn voucher_use_months(&self, voucher: u64) -> Result<Vec<VoucherMonthRow>, StoreError> {
        let row_of = |row: MonthOfUses| {
            Ok(VoucherMonthRow { month: row.month, uses: row.uses, amount: narrow(row.amount.number())? })
        };
        self.read_history(|_, connection| months_of(connection, voucher)?.into_iter().map(row_of).collect())
    }
}

impl HistoryFile {
    /// Visits the vouchers that match, newest first. Each is checked before it is judged.
    fn matching(
        &self,
        connection: &Connection,
        filter: &VoucherFilter,
        before_id: Option<u64>,
        mut take: impl FnMut(VoucherRow) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
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
            VOUCHERS.newest_first(connection, list, &[], Some(&[bound(end)]), 0, visit)?;
            return Ok(());
        };
        for segment in self.voucher_segments(connection, end)? {
            let owner = [bound(segment), bound(party.number())];
            let list = List::of(Kind::VouchersOf, owner[0], owner[1]);
            let of = |row: VoucherColumns| {
                let parties = [row.voucher.owner, row.voucher.issuer.unwrap_or(row.voucher.owner)];
                belongs(&VOUCHERS_OF, parties, party)?;
                visit(row)
            };
            if VOUCHERS_OF.newest_first(connection, list, &owner, Some(&[bound(end)]), 0, of)? {
                break;
            }
        }
        Ok(())
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
            let nth = match tally::number_in::<VoucherColumns>(connection, "id", id)? {
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
            let there: Option<MonthOfUses> =
                select(connection, FILE, "AND voucher = ? AND month = ?", &[&stored(voucher)?, &month.number()])?.pop();
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
        let sql = format!("SELECT id {}", of(VOUCHERS.table, "ORDER BY id DESC LIMIT 1"));
        let mut statement = connection.prepare_cached(&sql).within(FILE)?;
        let newest: Option<i64> = statement.query_row([], |row| row.get(0)).optional().within(FILE)?;
        Ok((0..=self.segment(read(newest.unwrap_or(0), FILE)?.min(end))).rev())
    }
}

/// A voucher's months, newest first.
fn months_of(connection: &Connection, voucher: u64) -> Result<Vec<MonthOfUses>, StoreError> {
    let months: Vec<MonthOfUses> = select(connection, FILE, "AND voucher = ? ORDER BY month DESC", &[&bound(voucher)])?;
    let expected = tally::entries(connection, List::of(Kind::MonthsOfUses, 0, bound(voucher)))?;
    tally::agree("voucher_month", months.len() as u64, expected)?;
    Ok(months)
}

fn together(one: &MonthOfUses, other: &MonthOfUses) -> Result<MonthOfUses, StoreError> {
    let too_many = || StoreError::io(format!("{FILE}: a voucher's payments cannot be summed"));
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

/// A voucher with its products' codes as bytes.
struct VoucherColumns {
    voucher: VoucherRow,
    products: Vec<u8>,
}

impl VoucherColumns {
    fn new(voucher: VoucherRow) -> Result<VoucherColumns, StoreError> {
        let products = postcard::to_allocvec(&voucher.products)
            .map_err(|error| StoreError::io(Fault::new(format!("a voucher cannot be written: {error}"), error)))?;
        Ok(VoucherColumns { voucher, products })
    }
}

impl Stored for VoucherColumns {
    const TABLE: &'static str = "voucher_row";
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "kind",
        "owner",
        "customer",
        "issuer",
        "amount",
        "remaining",
        "status",
        "usage",
        "payment_mode",
        "products_mode",
        "products",
        "effective_at",
        "expires_at",
        "issued_at",
        "changed_at",
    ];

    fn values(&self) -> Result<Vec<ValueRef<'_>>, StoreError> {
        let VoucherColumns { voucher, products } = self;
        Ok(vec![
            value::whole(voucher.id)?,
            value::text(&voucher.kind),
            value::uin(voucher.owner)?,
            value::optional_uin(voucher.customer)?,
            value::optional_uin(voucher.issuer)?,
            value::amount(voucher.amount),
            value::amount(voucher.remaining),
            value::text(&voucher.status),
            value::text(&voucher.usage),
            value::text(&voucher.payment_mode),
            value::text(&voucher.products_mode),
            ValueRef::Blob(products),
            value::moment(voucher.effective_at),
            value::moment(voucher.expires_at),
            value::moment(voucher.issued_at),
            value::moment(voucher.changed_at),
        ])
    }

    fn read(fields: &mut Fields<'_>) -> Result<VoucherColumns, StoreError> {
        let (id, kind, owner) = (fields.whole()?, fields.text()?, fields.uin()?);
        let (customer, issuer) = (fields.optional_uin()?, fields.optional_uin()?);
        let (amount, remaining) = (fields.amount()?, fields.amount()?);
        let (status, usage, payment_mode, products_mode) =
            (fields.text()?, fields.text()?, fields.text()?, fields.text()?);
        let products = fields.blob()?.to_vec();
        let voucher = VoucherRow {
            id,
            kind,
            owner,
            customer,
            issuer,
            amount,
            remaining,
            status,
            usage,
            payment_mode,
            products_mode,
            products: postcard::from_bytes(&products).map_err(|error| {
                StoreError::corrupt(Fault::new("history.db: a voucher's products do not decode", error))
            })?,
            effective_at: fields.moment()?,
            expires_at: fields.moment()?,
            issued_at: fields.moment()?,
            changed_at: fields.moment()?,
        };
        Ok(VoucherColumns { voucher, products })
    }
}

stored! { VoucherUseRow: "voucher_use",
    voucher, line_seq, account, order_seq, product, action, amount, month, at
}

/// What a voucher paid in one month, and between which journal positions.
#[derive(Debug, Clone)]
struct MonthOfUses {
    voucher: u64,
    month: Month,
    uses: u64,
    amount: Wide,
    first_seq: u64,
    last_seq: u64,
}

stored! { MonthOfUses: "voucher_month",
    voucher, month, uses, amount, first_seq, last_seq
}
