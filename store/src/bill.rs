//! What every store works out of bill lines and receipts in the same way: which lines a filter means, which of them are
//! confirmed, and what they come to. Sums are kept wider than an amount, so that adding never fails; only what is told
//! must fit. No rule of the channel is here, and nothing is read or written.

use crate::contract::{
    Bill, BillTotalRow, DayTotalRow, HistoryFold, LineFilter, LineRow, NamedTotalRow, ReceiptRow, StoreError, View,
};
use credere_core::channel::{ActionType, Details, Uin};
use credere_core::ledger::{Month, Shard};
use credere_core::money::Amount;
use std::collections::{BTreeMap, HashSet};

/// What some lines come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Sums {
    /// How many lines.
    pub(crate) lines: u64,
    pub(crate) list_amount: i128,
    pub(crate) voucher_amount: i128,
    pub(crate) amount: i128,
    pub(crate) partner_amount: i128,
}

/// Lines of one account and month that are kept and summed together. A line that its owner pays is in one ledger, another
/// one in two: its payer's and its owner's. A bill is the lines of one ledger or of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Ledger {
    pub(crate) account: Uin,
    pub(crate) month: Month,
    pub(crate) kind: LedgerKind,
}

/// Whose lines a ledger has. The order is that of their keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum LedgerKind {
    /// The account's own, which it pays itself.
    Own,
    /// The account's own, which this one pays.
    PaidBy(Uin),
    /// Those of others, which the account pays.
    OnBehalf,
}

impl Ledger {
    /// Where a line is kept: with its payer, and with its owner where that is another one.
    pub(crate) fn of(line: &LineRow) -> (Ledger, Option<Ledger>) {
        let LineRow { account, owner, month, .. } = *line;
        if owner == account {
            return (Ledger { account, month, kind: LedgerKind::Own }, None);
        }
        let owned = Ledger { account: owner, month, kind: LedgerKind::PaidBy(account) };
        (Ledger { account, month, kind: LedgerKind::OnBehalf }, Some(owned))
    }

    /// Each of these.
    pub(crate) fn each_of(line: &LineRow) -> impl Iterator<Item = Ledger> {
        let (payers, owners) = Ledger::of(line);
        [payers].into_iter().chain(owners)
    }

    /// Those that make a bill up, in their order; `None` where there is one for each that pays.
    pub(crate) fn of_bill(bill: Bill) -> Option<Vec<Ledger>> {
        let Bill { account, month, view } = bill;
        let own = |kind| Ledger { account, month, kind };
        Some(match view {
            View::Paid => vec![own(LedgerKind::Own), own(LedgerKind::OnBehalf)],
            View::Own => vec![own(LedgerKind::Own)],
            View::OnBehalf => vec![own(LedgerKind::OnBehalf)],
            View::OnBehalfOf(owner) => vec![Ledger { account: owner, month, kind: LedgerKind::PaidBy(account) }],
            View::PaidByOthers => return None,
        })
    }

    /// Who pays what is in it.
    pub(crate) fn payer(&self) -> Uin {
        match self.kind {
            LedgerKind::Own | LedgerKind::OnBehalf => self.account,
            LedgerKind::PaidBy(payer) => payer,
        }
    }

    /// Whether it is its payer's: each line is in one of these.
    pub(crate) fn is_payers(&self) -> bool {
        !matches!(self.kind, LedgerKind::PaidBy(_))
    }
}

/// What a bill is summed by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BillPart {
    pub(crate) binding_seq: u64,
    pub(crate) managing: Option<Uin>,
    pub(crate) action: ActionType,
    pub(crate) product: String,
    pub(crate) region: String,
    pub(crate) project: String,
}

/// What the lines of a day are summed by: binding, managing partner and type.
pub(crate) type DayPart = (u64, Option<Uin>, ActionType);

/// What a filter looks at in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LineFacts {
    pub(crate) seq: u64,
    pub(crate) day: u8,
    pub(crate) managing: Option<Uin>,
    pub(crate) binding_seq: u64,
    pub(crate) action: ActionType,
}

/// What the receipts for one bill have confirmed.
#[derive(Debug, Default)]
pub(crate) struct Confirmations {
    parts: HashSet<(u64, ActionType)>,
    lines: HashSet<u64>,
}

/// Checks that a fold does not lie before what is there, and that its lines and invitations are within it: a line beyond its
/// end would be passed over by the fold that it belongs to, and a bill's sums be told too early; an invitation would be in no
/// list, since these go no further than history.
///
/// # Errors
/// [`StoreError::Corrupt`]
pub(crate) fn check_fold(fold: &HistoryFold, position: u64, file: &str) -> Result<(), StoreError> {
    let upto = fold.upto_seq;
    if upto < position {
        return Err(StoreError::corrupt(format!(
            "{file}: a fold up to event {upto} comes after one up to event {position}"
        )));
    }
    let lines = fold.lines.iter().map(|row| row.seq);
    let uses = fold.voucher_uses.iter().map(|row| row.line_seq);
    let sent = fold.invitations.iter().map(|row| Shard::within(row.id.0));
    let mut seqs = lines.chain(uses).chain(sent);
    match seqs.find(|seq| *seq > upto) {
        Some(seq) => Err(StoreError::corrupt(format!("{file}: a fold up to event {upto} has a row at event {seq}"))),
        None => Ok(()),
    }
}

impl Sums {
    /// What one line comes to.
    pub(crate) fn of(line: &LineRow) -> Sums {
        let wide = |amount: Amount| i128::from(amount.units());
        Sums {
            lines: 1,
            list_amount: wide(line.list_amount),
            voucher_amount: wide(line.voucher_amount),
            amount: wide(line.amount),
            partner_amount: wide(line.partner_amount),
        }
    }

    /// As amounts: list price, paid by vouchers, charged, and charged to the partner.
    ///
    /// # Errors
    /// [`StoreError::Io`] where one does not fit.
    fn amounts(&self) -> Result<[Amount; 4], StoreError> {
        Ok([
            narrow(self.list_amount)?,
            narrow(self.voucher_amount)?,
            narrow(self.amount)?,
            narrow(self.partner_amount)?,
        ])
    }

    /// The rest, where `part` is taken from these; `None` where it is none of them.
    pub(crate) fn less(&self, part: &Sums) -> Option<Sums> {
        Some(Sums {
            lines: self.lines.checked_sub(part.lines)?,
            list_amount: self.list_amount.checked_sub(part.list_amount)?,
            voucher_amount: self.voucher_amount.checked_sub(part.voucher_amount)?,
            amount: self.amount.checked_sub(part.amount)?,
            partner_amount: self.partner_amount.checked_sub(part.partner_amount)?,
        })
    }

    /// Both together.
    ///
    /// # Errors
    /// [`StoreError::Io`] beyond 128 bits, which no number of lines reaches.
    pub(crate) fn plus(&self, other: &Sums) -> Result<Sums, StoreError> {
        let add = |one: i128, two: i128| one.checked_add(two).ok_or_else(too_large);
        Ok(Sums {
            lines: self.lines.checked_add(other.lines).ok_or_else(too_large)?,
            list_amount: add(self.list_amount, other.list_amount)?,
            voucher_amount: add(self.voucher_amount, other.voucher_amount)?,
            amount: add(self.amount, other.amount)?,
            partner_amount: add(self.partner_amount, other.partner_amount)?,
        })
    }
}

fn too_large() -> StoreError {
    StoreError::io("a sum is larger than an amount can be")
}

/// A wide sum as an amount.
///
/// # Errors
/// [`StoreError::Io`] where it does not fit.
pub(crate) fn narrow(sum: i128) -> Result<Amount, StoreError> {
    Amount::from_wide(sum).map_err(|_| too_large())
}

/// A bill's parts as rows.
///
/// # Errors
/// [`StoreError::Io`] where a sum does not fit into an amount.
pub(crate) fn total_rows(parts: BTreeMap<BillPart, Sums>) -> Result<Vec<BillTotalRow>, StoreError> {
    let row = |(part, sums): (BillPart, Sums)| {
        let [list_amount, voucher_amount, amount, partner_amount] = sums.amounts()?;
        Ok(BillTotalRow {
            binding_seq: part.binding_seq,
            managing: part.managing,
            action: part.action,
            product: part.product,
            region: part.region,
            project: part.project,
            lines: sums.lines,
            list_amount,
            voucher_amount,
            amount,
            partner_amount,
        })
    };
    parts.into_iter().map(row).collect()
}

/// A day's parts as rows.
///
/// # Errors
/// [`StoreError::Io`] where a sum does not fit into an amount.
pub(crate) fn day_rows(parts: BTreeMap<DayPart, Sums>) -> Result<Vec<DayTotalRow>, StoreError> {
    let row = |((binding_seq, managing, action), sums): (DayPart, Sums)| {
        let [list_amount, voucher_amount, amount, partner_amount] = sums.amounts()?;
        Ok(DayTotalRow {
            binding_seq,
            managing,
            action,
            lines: sums.lines,
            list_amount,
            voucher_amount,
            amount,
            partner_amount,
        })
    };
    parts.into_iter().map(row).collect()
}

/// What a line's tags are. Hardly a line has any, and whether it has shows without reading its details.
pub(crate) fn tags_of(line: &LineRow) -> BTreeMap<String, String> {
    if line.details.contains("\"tags\"") { Details::read(&line.details).tags } else { BTreeMap::new() }
}

/// Whether lines under this partner are meant, where only those of some partners are.
pub(crate) fn is_under(managing: Option<Uin>, partners: Option<&[Uin]>) -> bool {
    partners.is_none_or(|partners| managing.is_some_and(|under| partners.contains(&under)))
}

impl BillPart {
    /// The part that a line is in.
    pub(crate) fn of(line: &LineRow) -> BillPart {
        BillPart {
            binding_seq: line.binding_seq,
            managing: line.managing,
            action: line.action,
            product: line.product.clone(),
            region: line.region.clone(),
            project: line.project.clone(),
        }
    }
}

impl LineFacts {
    /// What a filter looks at in this line.
    pub(crate) fn of(line: &LineRow) -> LineFacts {
        let LineRow { seq, day, managing, binding_seq, action, .. } = *line;
        LineFacts { seq, day, managing, binding_seq, action }
    }
}

impl Confirmations {
    /// What these receipts have confirmed together.
    pub(crate) fn of<'r>(receipts: impl IntoIterator<Item = &'r ReceiptRow>) -> Confirmations {
        let mut all = Confirmations::default();
        for receipt in receipts {
            all.parts.extend(receipt.parts.iter().map(|part| (part.binding_seq, part.action)));
            all.lines.extend(&receipt.line_seqs);
        }
        all
    }

    /// Whether this line's payment has been confirmed.
    pub(crate) fn cover(&self, line: &LineFacts) -> bool {
        self.cover_part(line.binding_seq, line.action) || self.lines.contains(&line.seq)
    }

    /// Whether all lines of this binding and type have been confirmed as a whole.
    pub(crate) fn cover_part(&self, binding_seq: u64, action: ActionType) -> bool {
        self.parts.contains(&(binding_seq, action))
    }

    /// The lines that were confirmed one by one.
    pub(crate) fn single_lines(&self) -> &HashSet<u64> {
        &self.lines
    }
}

/// Whether a filter means a line that is, or is not, confirmed.
pub(crate) fn matches(filter: &LineFilter, line: &LineFacts, confirmed: bool) -> bool {
    matches_part(filter, line.managing, line.action)
        && filter.day.is_none_or(|day| day == line.day)
        && filter.confirmed.is_none_or(|wanted| wanted == confirmed)
}

/// Whether a filter means lines of this partner and type; says nothing of the day and of confirmation.
pub(crate) fn matches_part(filter: &LineFilter, managing: Option<Uin>, action: ActionType) -> bool {
    filter.pay_mode.is_none_or(|mode| mode == action.pay_mode())
        && filter.action.is_none_or(|wanted| wanted == action)
        && is_under(managing, filter.managing.as_deref())
}

/// Sums a bill by names (of resources, or the values of a tag) and products, and holds no more of it than one page.
pub(crate) struct NamedSums<'a> {
    after: Option<&'a str>,
    limit: usize,
    sums: BTreeMap<String, BTreeMap<String, Sums>>,
}

impl<'a> NamedSums<'a> {
    /// For the first `limit` names after `after`.
    pub(crate) fn new(after: Option<&'a str>, limit: usize) -> NamedSums<'a> {
        NamedSums { after, limit, sums: BTreeMap::new() }
    }

    /// Takes sums in. Answers whether the page may still want names that come after this one.
    ///
    /// # Errors
    /// As [`Sums::plus`].
    pub(crate) fn add(&mut self, name: &str, product: &str, more: &Sums) -> Result<bool, StoreError> {
        if self.after.is_some_and(|after| name <= after) {
            return Ok(true);
        }
        if !self.sums.contains_key(name) {
            let beyond = |last: &String| last.as_str() < name;
            if self.sums.len() >= self.limit && self.sums.keys().next_back().is_none_or(beyond) {
                return Ok(false);
            }
            self.sums.insert(name.to_owned(), BTreeMap::new());
            // INVARIANT: a name that leaves the page never comes back, for the page's last name only ever gets smaller;
            // so what stays has been summed from the first on.
            if self.sums.len() > self.limit {
                self.sums.pop_last();
            }
        }
        let Some(products) = self.sums.get_mut(name) else { return Ok(false) };
        let sums = match products.get_mut(product) {
            Some(sums) => sums,
            None => products.entry(product.to_owned()).or_default(),
        };
        *sums = sums.plus(more)?;
        Ok(true)
    }

    /// The page.
    ///
    /// # Errors
    /// [`StoreError::Io`] where a sum does not fit into an amount.
    pub(crate) fn rows(self) -> Result<Vec<NamedTotalRow>, StoreError> {
        let mut rows = Vec::new();
        for (name, products) in self.sums {
            for (product, sums) in products {
                let [list_amount, voucher_amount, amount, partner_amount] = sums.amounts()?;
                rows.push(NamedTotalRow {
                    name: name.clone(),
                    product,
                    lines: sums.lines,
                    list_amount,
                    voucher_amount,
                    amount,
                    partner_amount,
                });
            }
        }
        Ok(rows)
    }
}
