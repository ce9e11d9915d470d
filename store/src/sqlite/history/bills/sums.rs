//! What a bill comes to, from what is kept of it in each closed segment, and the recent lines besides. Of what there may
//! be as many of as lines, resources and values of tags, only a page is looked at in each segment.

use super::super::tally;
use super::cut::Cut;
use super::keys::{self, ANY_VALUE, Kept, KeyReader, ONE_VALUE, put_after_text, put_number, put_partner, put_text};
use super::packed::Unpacker;
use super::page_cache::PageCache;
use super::pages::{Source, broken, scan};
use super::receipts::receipts_of;
use crate::bill::{
    BillPart, Confirmations, DayPart, Ledger, LedgerKind, NamedSums, Sums, day_rows, is_under, tags_of, total_rows,
};
use crate::contract::{Bill, BillTotalRow, DayTotalRow, LineRow, NamedTotalRow, ReceiptRow, StoreError};
use credere_core::channel::Uin;
use credere_core::ledger::Month;
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;

/// A bill, and all that is known of it at one moment.
pub(super) struct Reading<'c> {
    pub(super) connection: &'c Connection,
    /// Pages that were read lately.
    pub(super) pages: &'c PageCache,
    pub(super) cut: Cut,
    /// Its ledgers, in their order.
    pub(super) ledgers: Vec<Ledger>,
    /// The closed segments in which its month has lines, oldest first.
    pub(super) sources: Vec<Source>,
    /// Its lines that are in none of them.
    pub(super) recent: Arc<Vec<LineRow>>,
}

impl<'c> Reading<'c> {
    /// Reads a bill that has lines in these sources, and for some of its ledgers recent ones.
    pub(super) fn new(
        (connection, pages): (&'c Connection, &'c PageCache),
        cut: Cut,
        bill: Bill,
        sources: Vec<Source>,
        mut recent: Vec<(Ledger, Arc<Vec<LineRow>>)>,
    ) -> Result<Reading<'c>, StoreError> {
        let ledgers = match Ledger::of_bill(bill) {
            Some(ledgers) => ledgers,
            None => {
                let mut owned: BTreeSet<Ledger> = recent.iter().map(|(ledger, _)| *ledger).collect();
                for source in &sources {
                    paid_by_others((connection, pages), source, bill, &mut owned)?;
                }
                owned.into_iter().collect()
            }
        };
        let recent = if recent.len() > 1 {
            let mut all: Vec<LineRow> = recent.iter().flat_map(|(_, lines)| lines.iter().cloned()).collect();
            all.sort_unstable_by_key(|line| line.seq);
            Arc::new(all)
        } else {
            recent.pop().map(|(_, lines)| lines).unwrap_or_default()
        };
        Ok(Reading { connection, pages, cut, ledgers, sources, recent })
    }

    /// The receipts for whatever its payers paid in its month, oldest first.
    pub(super) fn receipts(&self) -> Result<Vec<ReceiptRow>, StoreError> {
        let paid: BTreeSet<(Uin, Month)> = self.ledgers.iter().map(|ledger| (ledger.payer(), ledger.month)).collect();
        let mut found = Vec::new();
        for (payer, month) in paid {
            found.extend(receipts_of(self.connection, payer, month)?);
        }
        found.sort_by_key(|receipt| receipt.seq);
        Ok(found)
    }

    /// What these have confirmed.
    pub(super) fn confirmations(&self) -> Result<Confirmations, StoreError> {
        Ok(Confirmations::of(&self.receipts()?))
    }

    /// By everything that it is grouped by.
    pub(super) fn totals(&self) -> Result<Vec<BillTotalRow>, StoreError> {
        let mut parts: BTreeMap<BillPart, Sums> = BTreeMap::new();
        let mut add = |part: BillPart, sums: &Sums| {
            let all = parts.entry(part).or_default();
            *all = all.plus(sums)?;
            Ok(())
        };
        self.each_part(|part, sums| add(part, &sums))?;
        self.recent.iter().try_for_each(|line| add(BillPart::of(line), &Sums::of(line)))?;
        total_rows(parts)
    }

    /// The parts in each closed segment.
    fn each_part(&self, mut visit: impl FnMut(BillPart, Sums) -> Result<(), StoreError>) -> Result<(), StoreError> {
        for ledger in &self.ledgers {
            let head = keys::head(*ledger, Kept::Parts);
            for source in &self.sources {
                self.each_sum(source, &head, &head, |key, sums| {
                    visit(part(key).ok_or_else(broken)?, sums).map(ControlFlow::Continue)
                })?;
            }
        }
        Ok(())
    }

    /// Of one day.
    pub(super) fn of_day(&self, day: u8) -> Result<Vec<DayTotalRow>, StoreError> {
        let mut parts: BTreeMap<DayPart, Sums> = BTreeMap::new();
        let mut add = |part: DayPart, sums: &Sums| {
            let all = parts.entry(part).or_default();
            *all = all.plus(sums)?;
            Ok(())
        };
        for source in &self.sources {
            self.each_day(source, Some(day), |_, part, sums| add(part, &sums))?;
        }
        let recent = self.recent.iter().filter(|line| line.day == day);
        recent.into_iter().try_for_each(|line| add((line.binding_seq, line.managing, line.action), &Sums::of(line)))?;
        day_rows(parts)
    }

    /// What the lines of each day, or of one, come to in a closed segment.
    pub(super) fn each_day(
        &self,
        source: &Source,
        day: Option<u8>,
        mut visit: impl FnMut(u8, DayPart, Sums) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        for ledger in &self.ledgers {
            let head = keys::head(*ledger, Kept::Days);
            let from = [&head[..], day.as_slice()].concat();
            self.each_sum(source, &head, &from, |key, sums| {
                let mut found = || Some((key.byte()?, (key.number()?, key.partner()?, key.action()?)));
                let (of, part) = found().ok_or_else(broken)?;
                if day.is_some_and(|day| of != day) {
                    return Ok(ControlFlow::Break(()));
                }
                visit(of, part, sums).map(ControlFlow::Continue)
            })?;
        }
        Ok(())
    }

    /// A page by resource and product.
    pub(super) fn by_resource(
        &self,
        managing: Option<&[Uin]>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<NamedTotalRow>, StoreError> {
        let mut page = NamedSums::new(after, limit);
        for ledger in &self.ledgers {
            let head = keys::head(*ledger, Kept::Resources);
            for source in &self.sources {
                self.under_each(source, &head, managing, |under| self.named(source, under, after, &mut page))?;
            }
        }
        for line in self.recent.iter().filter(|line| is_under(line.managing, managing)) {
            page.add(&line.resource, &line.product, &Sums::of(line))?;
        }
        page.rows()
    }

    /// A page by the values of a tag and product.
    pub(super) fn by_tag(
        &self,
        managing: Option<&[Uin]>,
        tag: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<NamedTotalRow>, StoreError> {
        let mut page = NamedSums::new(after, limit);
        let heads = self.heads_of_tag(tag);
        if after.is_none() {
            for (product, sums) in self.without_tag(managing, &heads)? {
                page.add("", &product, &sums)?;
            }
        }
        for head in &heads {
            for source in &self.sources {
                self.under_each(source, head, managing, |under| {
                    under.push(ONE_VALUE);
                    self.named(source, under, after, &mut page)
                })?;
            }
        }
        for line in self.recent.iter().filter(|line| is_under(line.managing, managing)) {
            let value = tags_of(line).remove(tag).unwrap_or_default();
            page.add(&value, &line.product, &Sums::of(line))?;
        }
        page.rows()
    }

    /// The keys that begin all of a tag.
    fn heads_of_tag(&self, tag: &str) -> Vec<Vec<u8>> {
        let head = |ledger: &Ledger| {
            let mut head = keys::head(*ledger, Kept::Tags);
            put_text(&mut head, tag);
            head
        };
        self.ledgers.iter().map(head).collect()
    }

    /// What the lines of closed segments come to that have not the tag that these keys begin with, by product.
    fn without_tag(&self, managing: Option<&[Uin]>, heads: &[Vec<u8>]) -> Result<BTreeMap<String, Sums>, StoreError> {
        let mut products: BTreeMap<String, Sums> = BTreeMap::new();
        self.each_part(|part, sums| {
            if is_under(part.managing, managing) {
                let all = products.entry(part.product).or_default();
                *all = all.plus(&sums)?;
            }
            Ok(())
        })?;
        for (head, source) in heads.iter().flat_map(|head| self.sources.iter().map(move |source| (head, source))) {
            self.under_each(source, head, managing, |under| {
                under.push(ANY_VALUE);
                self.each_sum(source, under, under, |key, sums| {
                    let product = key.text().ok_or_else(broken)?;
                    let rest = products.get(&product).and_then(|all| all.less(&sums));
                    products.insert(product, rest.ok_or_else(|| tally::gap("bill_page"))?);
                    Ok(ControlFlow::Continue(()))
                })
            })?;
        }
        products.retain(|_, sums| sums.lines > 0);
        Ok(products)
    }

    /// Adds what lies in a segment under a key, by name and product, to a page, until that wants no more.
    fn named(
        &self,
        source: &Source,
        under: &[u8],
        after: Option<&str>,
        page: &mut NamedSums<'_>,
    ) -> Result<(), StoreError> {
        let mut from = under.to_vec();
        after.into_iter().for_each(|after| put_after_text(&mut from, after));
        self.each_sum(source, under, &from, |key, sums| {
            let mut names = || Some((key.text()?, key.text()?));
            let (name, product) = names().ok_or_else(broken)?;
            Ok(if page.add(&name, &product, &sums)? { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })
    }

    /// Visits each managing partner that a segment has something of under a key, or those that are asked for: with the key
    /// that begins what it has.
    fn under_each(
        &self,
        source: &Source,
        head: &[u8],
        managing: Option<&[Uin]>,
        mut visit: impl FnMut(&mut Vec<u8>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut under = head.to_vec();
        let mut under_partner = |partner: Option<Uin>| {
            under.truncate(head.len());
            put_partner(&mut under, partner);
            visit(&mut under)
        };
        if let Some(partners) = managing {
            let mut partners = partners.to_vec();
            partners.sort_unstable();
            partners.dedup();
            return partners.into_iter().try_for_each(|partner| under_partner(Some(partner)));
        }
        let mut next = 0;
        loop {
            let (mut from, mut found) = (head.to_vec(), None);
            put_number(&mut from, next);
            scan((self.connection, self.pages), source, head, &from, |key, _| {
                found = Some(key.get(head.len()..).and_then(|rest| KeyReader(rest).partner()).ok_or_else(broken)?);
                Ok(ControlFlow::Break(()))
            })?;
            let Some(partner) = found else { return Ok(()) };
            under_partner(partner)?;
            next = partner.map_or(0, Uin::number) + 1;
        }
    }

    /// Visits the sums whose keys begin like this, from a key on, each with what follows in its key.
    fn each_sum(
        &self,
        source: &Source,
        prefix: &[u8],
        from: &[u8],
        mut visit: impl FnMut(&mut KeyReader<'_>, Sums) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        scan((self.connection, self.pages), source, prefix, from, |key, value| {
            let mut packed = Unpacker(value);
            let sums = packed.sums().filter(|_| packed.is_empty()).ok_or_else(broken)?;
            visit(&mut KeyReader(key.get(prefix.len()..).ok_or_else(broken)?), sums)
        })
    }
}

/// Whether a closed segment has lines of an account's month.
pub(super) fn is_any(
    (connection, pages): (&Connection, &PageCache),
    sources: &[Source],
    account: Uin,
    month: Month,
) -> Result<bool, StoreError> {
    let (head, mut any) = (keys::of_month(account, month), false);
    for source in sources.iter().rev() {
        scan((connection, pages), source, &head, &head, |_, _| {
            any = true;
            Ok(ControlFlow::Break(()))
        })?;
        if any {
            break;
        }
    }
    Ok(any)
}

/// Adds the ledgers of a closed segment with what others pay for an account: one for each that does, and few do in a month.
fn paid_by_others(
    (connection, pages): (&Connection, &PageCache),
    source: &Source,
    bill: Bill,
    found: &mut BTreeSet<Ledger>,
) -> Result<(), StoreError> {
    let head = keys::of_month(bill.account, bill.month);
    let mut last = None;
    loop {
        let (from, mut next) = (keys::paid_by_after(bill.account, bill.month, last), None);
        scan((connection, pages), source, &head, &from, |key, _| {
            next = Some(keys::ledger_of(key).ok_or_else(broken)?);
            Ok(ControlFlow::Break(()))
        })?;
        let Some(ledger @ Ledger { kind: LedgerKind::PaidBy(payer), .. }) = next else { return Ok(()) };
        found.insert(ledger);
        last = Some(payer);
    }
}

fn part(key: &mut KeyReader<'_>) -> Option<BillPart> {
    Some(BillPart {
        binding_seq: key.number()?,
        managing: key.partner()?,
        action: key.action()?,
        product: key.text()?,
        region: key.text()?,
        project: key.text()?,
    })
}
