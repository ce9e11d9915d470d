//! Measures how fast bill lines go into history, and how fast a large bill is told afterwards.
//! `cargo run --release -p credere-store --example bill_rate [folder] [folds] [accounts]`; writes into a folder of its own there.

use credere_core::channel::{ActionType, Uin};
use credere_core::ledger::{Moment, Month};
use credere_core::money::{Amount, Rate};
use credere_store::contract::{
    AuditHistory, AuditRow, Bill, BillsHistory, History, HistoryFold, Journal, LineFilter, LineRow, StoreError,
};
use credere_store::frame::Frame;
use credere_store::sqlite::{OpenOptions, SqliteStore};
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

/// Lines a fold, as the follower writes them.
const LINES: u64 = 30_000;

/// Every second line is this account's, the others are spread over so many as are asked for.
const LARGE: u64 = 1;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| ".".into());
    let folds: u64 = arguments.next().map_or(Ok(80), |folds| folds.parse())?;
    let accounts: u64 = arguments.next().map_or(Ok(100_000), |accounts| accounts.parse())?;
    let folder = Path::new(&folder).join("bill-rate");
    let _ = std::fs::remove_dir_all(&folder);
    let store = SqliteStore::open(&folder, OpenOptions { create: true, ..OpenOptions::default() })?;
    fill(&store, folds, accounts)?;
    let month = Month::new(2026, 10).ok_or("no month")?;
    ask(&store, folds * LINES, Bill::paid(Uin::new(LARGE)?, month))?;
    ask(&store, folds * LINES, Bill::paid(Uin::new(accounts / 2)?, month))?;
    drop(store);
    Ok(std::fs::remove_dir_all(&folder)?)
}

/// So many a second.
fn rate(count: u64, time: Duration) -> u64 {
    u64::try_from(u128::from(count) * 1_000_000 / time.as_micros().max(1)).unwrap_or(u64::MAX)
}

fn fill(store: &SqliteStore, folds: u64, accounts: u64) -> Result<(), Box<dyn Error>> {
    let (mut longest, mut all) = (Duration::ZERO, Duration::ZERO);
    for number in 0..folds {
        let first = number * LINES + 1;
        let mut fold = HistoryFold { upto_seq: first + LINES - 1, ..HistoryFold::default() };
        for seq in first..first + LINES {
            fold.lines.push(line(seq, accounts)?);
            // Records come a hundred to a request.
            if seq % 100 == 0 {
                fold.audit.push(audit(seq));
            }
        }
        // History follows the journal: where a fold ends a frame ends.
        store.append(&Frame::seal(&store.last()?, LINES, Moment::from_micros(0), Vec::new()), &[])?;
        let began = Instant::now();
        store.fold(fold)?;
        longest = longest.max(began.elapsed());
        all += began.elapsed();
        if (number + 1) % 20 == 0 {
            println!(
                "{} lines: {} /s so far, longest fold {} ms",
                (number + 1) * LINES,
                rate((number + 1) * LINES, all),
                longest.as_millis()
            );
        }
    }
    Ok(())
}

fn ask(store: &SqliteStore, lines: u64, bill: Bill) -> Result<(), Box<dyn Error>> {
    let told = |what: &str, began: Instant, found: usize| println!("  {what}: {found} in {:?}", began.elapsed());
    println!("account {}:", bill.account);
    let began = Instant::now();
    told("totals", began, store.bill_totals(bill)?.len());
    let began = Instant::now();
    told("lines counted", began, usize::try_from(store.line_count(bill, &LineFilter::default())?)?);
    let began = Instant::now();
    told("the first page", began, store.lines(bill, &LineFilter::default(), None, 0, 200)?.len());
    let began = Instant::now();
    told("a page in the middle", began, store.lines(bill, &LineFilter::default(), None, lines / 4, 200)?.len());
    let began = Instant::now();
    let mut visited = 0;
    store.visit_lines(bill, &LineFilter::default(), &mut |_| {
        visited += 1;
        Ok::<(), StoreError>(())
    })?;
    told("all lines", began, visited);
    let began = Instant::now();
    told("a page of resources", began, store.resource_totals(bill, None, Some("ins-2"), 50)?.len());
    let began = Instant::now();
    told("values of a tag", began, store.tag_totals(bill, None, "team", None, 50)?.len());
    let began = Instant::now();
    told("a day", began, store.day_totals(bill, 17)?.len());
    let began = Instant::now();
    let of_day = LineFilter { day: Some(17), ..LineFilter::default() };
    told("lines of a day", began, store.lines(bill, &of_day, None, lines / 200, 200)?.len());
    let began = Instant::now();
    let found = (1..=1_000).filter_map(|number| store.audit_of_request(&request(number * 100)).transpose());
    told("requests", began, found.collect::<Result<Vec<_>, _>>()?.len());
    Ok(())
}

fn request(seq: u64) -> String {
    blake3::hash(&seq.to_le_bytes()).to_hex()[..32].to_owned()
}

fn line(seq: u64, accounts: u64) -> Result<LineRow, Box<dyn Error>> {
    let spread = seq.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let account = if seq.is_multiple_of(2) { LARGE } else { 1 + spread % accounts };
    let (amount, at) = (Amount::from_units((seq % 1_000_000) as i64), Moment::from_micros(1_760_000_000_000_000));
    Ok(LineRow {
        seq,
        account: Uin::new(account)?,
        month: Month::new(2026, 10).ok_or("no month")?,
        day: 1 + (seq % 31) as u8,
        managing: Some(Uin::new(100_000_000_001)?),
        binding_seq: 1 + account,
        owner: Uin::new(account)?,
        partner: Some(Uin::new(100_000_000_001)?),
        product: ["cvm", "cdn", "cos", "vpc"][(spread % 4) as usize].into(),
        action: ActionType::PostpayDeductH,
        region: ["ap-singapore", "eu-frankfurt"][(spread / 4 % 2) as usize].into(),
        project: "0".into(),
        resource: format!("ins-{}", spread % 5_000),
        order_seq: None,
        period_start: at,
        period_end: at.plus_seconds(3_600),
        list_amount: amount,
        discount_rate: Rate::ONE,
        voucher_amount: Amount::ZERO,
        amount,
        partner_amount: amount,
        posted_at: at.plus_seconds(4_000),
        details: "{\"zone\":\"ap-singapore-1\"}".into(),
        confirmed: false,
    })
}

fn audit(seq: u64) -> AuditRow {
    AuditRow {
        seq,
        at: Moment::from_micros(seq as i64),
        request_id: request(seq),
        actor: "platform:key_1".into(),
        by: None,
        face: "platform".into(),
        action: "record_usage".into(),
        account: None,
        outcome: "done".into(),
        code: None,
        detail: "{}".into(),
    }
}
