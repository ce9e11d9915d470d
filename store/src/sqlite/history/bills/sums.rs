//! What a bill comes to, from what is kept of it in each closed segment, and the recent lines besides. Of what there may
//! be as many of as lines, resources and values of tags, only a page is looked at in each segment.

use super::super::tally;
use super::cut::Cut;
use super::keys::{self, ANY_VALUE, Kept, KeyReader, ONE_VALUE, put_after_text, put_number, put_partner, put_text};
use super::packed::Unpacker;
use super::page_cache::PageCache;
use super::pages::{Source, broken, scan};
use crate::bill::{BillPart, DayPart, NamedSums, Sums, day_rows, is_under, tags_of, total_rows};
use crate::contract::{Bill, BillTotalRow, DayTotalRow, LineRow, NamedTotalRow, StoreError};
use credere_core::channel::Uin;
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

/// A bill, and all that is known of it at one moment.
pub(super) struct Reading<'c> {
    pub(super) connection: &'c Connection,
    /// Pages that were read lately.
    pub(super) pages: &'c PageCache,
    pub(super) cut: Cut,
    pub(super) bill: Bill,
    /// The closed segments in which its month has lines, oldest first.
    pub(super) sources: Vec<Source>,
    /// Its lines that are in none of them.
    pub(super) recent: Arc<Vec<LineRow>>,
}

impl Reading<'_> {
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

    /// Whether there is such a bill.
    pub(super) fn is_any(&self) -> Result<bool, StoreError> {
        let mut any = !self.recent.is_empty();
        let head = keys::head(self.bill, Kept::Lines);
        for source in self.sources.iter().rev() {
            if any {
                break;
            }
            scan((self.connection, self.pages), source, &head, &head, |_, _| {
                any = true;
                Ok(ControlFlow::Break(()))
            })?;
        }
        Ok(any)
    }

    /// The parts in each closed segment.
    fn each_part(&self, mut visit: impl FnMut(BillPart, Sums) -> Result<(), StoreError>) -> Result<(), StoreError> {
        let head = keys::head(self.bill, Kept::Parts);
        for source in &self.sources {
            self.each_sum(source, &head, &head, |key, sums| {
                visit(part(key).ok_or_else(broken)?, sums).map(ControlFlow::Continue)
            })?;
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
        let head = keys::head(self.bill, Kept::Days);
        let from = [&head[..], day.as_slice()].concat();
        self.each_sum(source, &head, &from, |key, sums| {
            let mut found = || Some((key.byte()?, (key.number()?, key.partner()?, key.action()?)));
            let (of, part) = found().ok_or_else(broken)?;
            if day.is_some_and(|day| of != day) {
                return Ok(ControlFlow::Break(()));
            }
            visit(of, part, sums).map(ControlFlow::Continue)
        })
    }

    /// A page by resource and product.
    pub(super) fn by_resource(
        &self,
        managing: Option<&[Uin]>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<NamedTotalRow>, StoreError> {
        let mut page = NamedSums::new(after, limit);
        let head = keys::head(self.bill, Kept::Resources);
        for source in &self.sources {
            self.under_each(source, &head, managing, |under| self.named(source, under, after, &mut page))?;
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
        let mut head = keys::head(self.bill, Kept::Tags);
        put_text(&mut head, tag);
        if after.is_none() {
            for (product, sums) in self.without_tag(managing, &head)? {
                page.add("", &product, &sums)?;
            }
        }
        for source in &self.sources {
            self.under_each(source, &head, managing, |under| {
                under.push(ONE_VALUE);
                self.named(source, under, after, &mut page)
            })?;
        }
        for line in self.recent.iter().filter(|line| is_under(line.managing, managing)) {
            let value = tags_of(line).remove(tag).unwrap_or_default();
            page.add(&value, &line.product, &Sums::of(line))?;
        }
        page.rows()
    }

    /// What the lines of closed segments come to that have not the tag that a key begins with, by product.
    fn without_tag(&self, managing: Option<&[Uin]>, head: &[u8]) -> Result<BTreeMap<String, Sums>, StoreError> {
        let mut products: BTreeMap<String, Sums> = BTreeMap::new();
        self.each_part(|part, sums| {
            if is_under(part.managing, managing) {
                let all = products.entry(part.product).or_default();
                *all = all.plus(&sums)?;
            }
            Ok(())
        })?;
        for source in &self.sources {
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
