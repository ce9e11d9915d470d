//! Reads what a step looks at.

use super::words::{ParseError, Word, Words, is_name};
use super::{BillLines, Check, ExpectedAllocation, Name, Thing, organizing};
use credere_core::channel::ActionType;

pub(super) fn checks(words: &mut Words<'_>) -> Result<Vec<Check>, ParseError> {
    let mut checks = vec![check(words)?];
    while words.take(&Word::Semicolon) {
        checks.push(check(words)?);
    }
    Ok(checks)
}

/// What is found by its name: the word for it, and which of its fields are amounts and which are texts.
const THINGS: [(&str, Thing, &[&str], &[&str]); 6] = [
    (
        "order",
        Thing::Order,
        &["list", "amount", "partner_amount", "voucher_amount", "refunded"],
        &["state", "payer", "paying_partner", "customer"],
    ),
    (
        "authorization",
        Thing::Authorization,
        &["list", "amount", "partner_amount"],
        &["state", "payer", "paying_partner"],
    ),
    (
        "resource",
        Thing::Resource,
        &["frozen", "partner_frozen", "unit_price"],
        &["state", "quantity", "account", "payer", "paying_partner"],
    ),
    ("voucher", Thing::Voucher, &["amount", "remaining"], &["status", "owner"]),
    ("pack", Thing::Pack, &["units", "remaining"], &["state", "account", "product"]),
    (
        "line",
        Thing::Line,
        &["amount", "list", "voucher_amount", "partner_amount"],
        &["account", "month", "type", "product", "confirmed", "payer", "paying_partner"],
    ),
];

fn check(words: &mut Words<'_>) -> Result<Check, ParseError> {
    let find = |word: &str| THINGS.into_iter().find(|(known, ..)| *known == word);
    if let Some((what, of, amounts, texts)) = words.maybe(find) {
        let name = words.name(&format!("the name of this {what}"))?;
        return Ok(Check::Fields { of, name, fields: fields(words, "", amounts, texts)? });
    }
    if let Some(check) = organizing::check(words)? {
        return Ok(check);
    }
    let party = words.name(
        "a party, `order`, `authorization`, `resource`, `voucher`, `pack`, `line`, `member`, `organization`, \
                            `invitation`, `creation`, `entity` or `payers`",
    )?;
    if words.accept("history") {
        return Ok(Check::History { customer: party, records: history(words)? });
    }
    if words.accept("bill") {
        let month = words.month()?;
        let lines = if words.accept("self") {
            BillLines::Own
        } else if words.accept("payer") {
            BillLines::OnBehalf
        } else if words.accept("member") {
            BillLines::PaidByOthers
        } else if words.accept("for") {
            BillLines::OnBehalfOf(words.name("a member that is paid for")?)
        } else {
            BillLines::Owned
        };
        return Ok(Check::Bill { customer: party, month, lines, sums: sums(words)? });
    }
    if words.accept("notices") {
        let day = words.day()?;
        return Ok(Check::Notices { customer: party, day, told: notices(words)? });
    }
    let figures = if words.accept("bound") {
        words.word("to")?;
        let whom =
            words.read("a partner or `nobody`", |word| (is_name(word) || word == "nobody").then(|| word.to_owned()))?;
        vec![("bound to".to_owned(), whom)]
    } else if words.accept("credit") {
        words.word("none")?;
        vec![("credit".to_owned(), "none".to_owned())]
    } else if words.accept("finance") {
        if words.accept("none") {
            vec![("finance".to_owned(), "none".to_owned())]
        } else {
            let amounts = ["cash", "granted", "credit_limit", "credit_used", "frozen", "overdue_amount", "available"];
            fields(words, "finance ", &amounts, &["state", "inherits_offers_from"])?
        }
    } else if words.accept("spend") {
        fields(words, "spend ", &["line", "used", "frozen", "available"], &[])?
    } else if words.accept("vouchers") {
        fields(words, "vouchers ", &["quota", "issued", "remaining"], &[])?
    } else if words.accept("pool") {
        fields(words, "pool ", &["total", "remaining"], &[])?
    } else if words.accept("customers") {
        fields(words, "customers ", &["total", "available"], &[])?
    } else {
        let amounts = [
            "total",
            "used",
            "prepay_frozen",
            "postpay_frozen",
            "available",
            "remaining_voucher",
            "quota",
            "allocated",
            "allocatable",
        ];
        fields(words, "", &amounts, &["state", "kind", "under"])?
    };
    Ok(Check::Figures { party, figures })
}

/// Pairs of a name and a value, at least one; `group` goes before each name.
fn fields(
    words: &mut Words<'_>,
    group: &str,
    amounts: &[&str],
    texts: &[&str],
) -> Result<Vec<(String, String)>, ParseError> {
    let known = [amounts, texts].concat().join("`, `");
    let mut fields = Vec::new();
    loop {
        let name = words.read(&format!("one of `{known}`"), |word| {
            (amounts.contains(&word) || texts.contains(&word)).then(|| word.to_owned())
        })?;
        let value =
            if amounts.contains(&name.as_str()) { words.amount()?.to_string() } else { words.plain("a value")? };
        fields.push((format!("{group}{name}"), value));
        if words.peek().is_none() {
            return Ok(fields);
        }
    }
}

fn history(words: &mut Words<'_>) -> Result<Vec<ExpectedAllocation>, ParseError> {
    let mut records = Vec::new();
    if words.accept("empty") {
        return Ok(records);
    }
    loop {
        records.push(ExpectedAllocation {
            amount: words.amount()?,
            total_after: words.amount()?,
            available_after: words.amount()?,
            remark: words.maybe_quoted(),
        });
        if !words.take(&Word::Comma) {
            return Ok(records);
        }
    }
}

/// Pairs of what is summed and its value, at least one.
fn sums(words: &mut Words<'_>) -> Result<Vec<(String, String)>, ParseError> {
    let mut sums = Vec::new();
    loop {
        if words.accept("lines") {
            sums.push(("lines".to_owned(), words.read("a number", |word| word.parse::<u32>().ok())?.to_string()));
        } else {
            let name = if words.accept("product") {
                format!("product {}", words.code()?)
            } else {
                let plain = ["total", "list", "confirmed", "unconfirmed", "prePay", "postPay"];
                words.read("a sum over a bill, a type of line, or `product`", |word| {
                    (plain.contains(&word) || ActionType::from_name(word).is_some()).then(|| word.to_owned())
                })?
            };
            sums.push((name, words.amount()?.to_string()));
        }
        if words.peek().is_none() {
            return Ok(sums);
        }
    }
}

/// Kinds of notices besides levels.
const KINDS: [&str; 5] = ["custom", "suspended", "resumed", "order_to_be_paid", "payment_requested"];

fn notices(words: &mut Words<'_>) -> Result<Vec<(Name, String)>, ParseError> {
    let mut told = Vec::new();
    if words.accept("none") {
        return Ok(told);
    }
    loop {
        let whom = words.name("who was told, or `none`")?;
        let what = words.read(
            "a level, `custom`, `suspended`, `resumed`, `order_to_be_paid` or `payment_requested`",
            |word| {
                let known = word.parse::<u8>().is_ok() || KINDS.contains(&word);
                known.then(|| word.to_owned())
            },
        )?;
        told.push((whom, what));
        if !words.take(&Word::Comma) {
            return Ok(told);
        }
    }
}
