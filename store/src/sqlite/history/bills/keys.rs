//! What is kept of bills beside their lines, and under which key: bytes whose order is that of what they say, the ledger
//! first, so that all that is kept of a ledger lies together, and a page of it is found by its key.
//!
//! | Kept | Key after the ledger and the kind | Value |
//! |---|---|---|
//! | lines | position of the last of them | their marks: see [`super::marks`] |
//! | parts | binding, managing partner, type, product, region, project | sums |
//! | days | day, binding, managing partner, type | sums |
//! | resources | managing partner, resource, product | sums |
//! | tags | tag, managing partner, 0, product | sums of all lines that have it |
//! | | tag, managing partner, 1, value, product | sums of those with that value |
//!
//! Lines that have not a tag are none of its rows: they are the parts less those that have it. An empty value is none.

use crate::bill::{Ledger, LedgerKind, Sums, tags_of};
use crate::contract::{LineRow, StoreError};
use credere_core::channel::{ActionType, Uin};
use credere_core::ledger::Month;
use std::collections::HashMap;

/// What an entry is about. The numbers are stored, and their order is the entries'.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    Lines = 1,
    Parts = 2,
    Days = 3,
    Resources = 4,
    Tags = 5,
}

/// Bytes of a key that say which ledger, and what about it.
pub(super) const HEAD: usize = 21;

/// What stands in a key for the ledger of what an account pays itself, and for that of what it pays on behalf of others;
/// between them lie those of what others pay for it, by the payer's number.
const OWN: u64 = 0;
const ON_BEHALF: u64 = u64::MAX;

/// Of a tag, all lines that have it; of a value, those with that value.
pub(super) const ANY_VALUE: u8 = 0;
pub(super) const ONE_VALUE: u8 = 1;

/// A text ends with these two bytes, and a zero byte within it is followed by one that never follows elsewhere, so that the
/// order of keys is that of the texts in them.
const END: [u8; 2] = [0, 1];
const ZERO: [u8; 2] = [0, 0xff];

/// Begins a key.
pub(super) fn begin(key: &mut Vec<u8>, ledger: Ledger, kept: Kept) {
    key.clear();
    put_account(key, ledger.account, ledger.month);
    let kind = match ledger.kind {
        LedgerKind::Own => OWN,
        LedgerKind::PaidBy(payer) => payer.number(),
        LedgerKind::OnBehalf => ON_BEHALF,
    };
    put_number(key, kind);
    key.push(kept as u8);
}

fn put_account(key: &mut Vec<u8>, account: Uin, month: Month) {
    put_number(key, account.number());
    key.extend(month.number().to_be_bytes());
}

/// The key that begins all of a kind.
pub(super) fn head(ledger: Ledger, kept: Kept) -> Vec<u8> {
    let mut key = Vec::with_capacity(64);
    begin(&mut key, ledger, kept);
    key
}

/// The key that begins all ledgers of an account's month.
pub(super) fn of_month(account: Uin, month: Month) -> Vec<u8> {
    let mut key = Vec::with_capacity(HEAD);
    put_account(&mut key, account, month);
    key
}

/// The key from which on there are those that others pay for an account, after that of one of them or all.
pub(super) fn paid_by_after(account: Uin, month: Month, payer: Option<Uin>) -> Vec<u8> {
    let mut key = of_month(account, month);
    put_number(&mut key, payer.map_or(OWN, Uin::number) + 1);
    key
}

/// The ledger that a key is of; `None` where it is no key.
pub(super) fn ledger_of(key: &[u8]) -> Option<Ledger> {
    let mut reader = KeyReader(key);
    let account = Uin::new(reader.number()?).ok()?;
    let month = Month::from_number(reader.take().map(u32::from_be_bytes)?);
    let kind = match reader.number()? {
        OWN => LedgerKind::Own,
        ON_BEHALF => LedgerKind::OnBehalf,
        payer => LedgerKind::PaidBy(Uin::new(payer).ok()?),
    };
    Some(Ledger { account, month, kind })
}

/// Whether a key is of this kind.
pub(super) fn is(key: &[u8], kept: Kept) -> bool {
    key.get(HEAD - 1) == Some(&(kept as u8))
}

pub(super) fn put_number(key: &mut Vec<u8>, number: u64) {
    key.extend(number.to_be_bytes());
}

/// No partner has the number 0.
pub(super) fn put_partner(key: &mut Vec<u8>, partner: Option<Uin>) {
    put_number(key, partner.map_or(0, Uin::number));
}

fn put_action(key: &mut Vec<u8>, action: ActionType) {
    key.extend(action.number().to_be_bytes());
}

pub(super) fn put_text(key: &mut Vec<u8>, text: &str) {
    for part in text.as_bytes().split_inclusive(|byte| *byte == 0) {
        match part.split_last() {
            Some((0, plain)) => {
                key.extend(plain);
                key.extend(ZERO);
            }
            _ => key.extend(part),
        }
    }
    key.extend(END);
}

/// What comes after everything that goes on with this text, and before every later text.
pub(super) fn put_after_text(key: &mut Vec<u8>, text: &str) {
    put_text(key, text);
    if let Some(last) = key.last_mut() {
        *last += 1;
    }
}

/// Sums that are being gathered.
pub(super) type SumsByKey = HashMap<Vec<u8>, Sums, foldhash::fast::RandomState>;

/// Adds a line to all that is kept in sums of a ledger that it is in.
///
/// # Errors
/// As [`Sums::plus`].
pub(super) fn sum_up(
    sums: &mut SumsByKey,
    key: &mut Vec<u8>,
    ledger: Ledger,
    line: &LineRow,
) -> Result<(), StoreError> {
    let own = Sums::of(line);
    let mut add = |key: &[u8]| {
        match sums.get_mut(key) {
            Some(sum) => *sum = sum.plus(&own)?,
            None => drop(sums.insert(key.to_vec(), own)),
        }
        Ok(())
    };
    begin(key, ledger, Kept::Parts);
    put_number(key, line.binding_seq);
    put_partner(key, line.managing);
    put_action(key, line.action);
    [&line.product, &line.region, &line.project].into_iter().for_each(|text| put_text(key, text));
    add(key)?;
    begin(key, ledger, Kept::Days);
    key.push(line.day);
    put_number(key, line.binding_seq);
    put_partner(key, line.managing);
    put_action(key, line.action);
    add(key)?;
    begin(key, ledger, Kept::Resources);
    put_partner(key, line.managing);
    put_text(key, &line.resource);
    put_text(key, &line.product);
    add(key)?;
    for (tag, value) in tags_of(line).iter().filter(|(_, value)| !value.is_empty()) {
        begin(key, ledger, Kept::Tags);
        put_text(key, tag);
        put_partner(key, line.managing);
        let tagged = key.len();
        key.push(ANY_VALUE);
        put_text(key, &line.product);
        add(key)?;
        key.truncate(tagged);
        key.push(ONE_VALUE);
        put_text(key, value);
        put_text(key, &line.product);
        add(key)?;
    }
    Ok(())
}

/// A key that is read front to back, behind its ledger and kind.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeyReader<'k>(pub(super) &'k [u8]);

impl<'k> KeyReader<'k> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.take().map(|[byte]: [u8; 1]| byte)
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        self.take().map(u64::from_be_bytes)
    }

    pub(super) fn partner(&mut self) -> Option<Option<Uin>> {
        match self.number()? {
            0 => Some(None),
            number => Uin::new(number).ok().map(Some),
        }
    }

    pub(super) fn action(&mut self) -> Option<ActionType> {
        ActionType::from_number(self.take().map(u32::from_be_bytes)?)
    }

    pub(super) fn text(&mut self) -> Option<String> {
        let mut bytes: Vec<u8> = Vec::new();
        loop {
            let zero = self.0.iter().position(|byte| *byte == 0)?;
            bytes.extend(&self.0[..zero]);
            self.0 = &self.0[zero..];
            match self.take()? {
                END => return String::from_utf8(bytes).ok(),
                ZERO => bytes.push(0),
                _ => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key_of(text: &str) -> Vec<u8> {
        let mut key = Vec::new();
        put_text(&mut key, text);
        key
    }

    #[test]
    fn keys_are_in_the_order_of_their_texts() {
        let mut texts = ["", "\0", "\0\0", "\0a", "\u{1}", "a", "a\0", "a\0b", "a\u{1}", "aa", "b", "é", "\u{10ffff}"];
        texts.sort_unstable();
        for pair in texts.windows(2) {
            let mut after = Vec::new();
            put_after_text(&mut after, pair[0]);
            // Whatever follows the text in a key lies before what comes after it.
            let followed = [key_of(pair[0]), vec![0xff; 4]].concat();
            assert!(followed < after && after < key_of(pair[1]), "{pair:?}");
        }
        for text in texts {
            let key = [key_of(text), key_of("next")].concat();
            let mut reader = KeyReader(&key);
            assert_eq!(reader.text().as_deref(), Some(text));
            assert_eq!(reader.text().as_deref(), Some("next"));
            assert_eq!(reader.text(), None);
        }
    }
}
