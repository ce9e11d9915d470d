//! `credere usage send`: usage records from a file, in batches. Keys make it repeatable: what was settled before is
//! settled once, so a file may be sent again after anything went wrong. Rejected records are told with their lines.

use super::http::{Call, Client};
use super::show::table;
use crate::exit::Failed;
use crate::progress::bar;
use crate::terminal::{marked, say, say_json, show_plain};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How often a batch is sent again while the server says that it is overloaded.
const ATTEMPTS: u32 = 30;
/// How long to wait before that.
const PAUSE: Duration = Duration::from_secs(1);
/// Rejected records that are shown one by one.
const SHOWN: usize = 50;

#[derive(Debug, Subcommand)]
pub(crate) enum UsageCommand {
    /// Send usage records from a file, one JSON object a line, as `POST /v1/usage` takes them.
    Send(Sending),
}

#[derive(Debug, Args)]
pub(crate) struct Sending {
    /// The file; `-` is standard input.
    file: PathBuf,
    /// Records a request.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    batch: u16,
}

/// What became of the records.
#[derive(Debug, Default)]
struct Tally {
    settled: u64,
    /// Of them, those that had been settled before.
    replayed: u64,
    rejected: Vec<Rejected>,
}

/// A record that was not settled.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Rejected {
    line: u64,
    key: String,
    code: String,
    detail: String,
}

/// Records that go out together, with their lines.
#[derive(Debug, Default)]
struct Batch {
    lines: Vec<u64>,
    records: Vec<Value>,
}

/// Sends the file and says what became of it.
///
/// # Errors
/// When anything was rejected, the file cannot be read, or the server refuses a whole request.
pub(super) fn send(client: &Client, sending: &Sending, as_json: bool) -> Result<(), Failed> {
    let unreadable = |error: std::io::Error| Failed::Usage(format!("{}: {error}", sending.file.display()));
    let bar = bar("sending usage", count_lines(&sending.file).map_err(unreadable)?);
    let (mut tally, mut batch) = (Tally::default(), Batch::default());
    for (number, line) in (1..).zip(open(&sending.file).map_err(unreadable)?.lines()) {
        let line = line.map_err(unreadable)?;
        if line.trim().is_empty() {
            continue;
        }
        match serde_json::from_str::<Value>(&line) {
            Ok(record) if record.is_object() => {
                batch.lines.push(number);
                batch.records.push(record);
            }
            Ok(_) => tally.rejected.push(Rejected::unreadable(number, "it is no JSON object".to_owned())),
            Err(error) => tally.rejected.push(Rejected::unreadable(number, error.to_string())),
        }
        if batch.records.len() >= usize::from(sending.batch) {
            send_batch(client, &mut batch, &mut tally)?;
            bar.set_position(number);
        }
    }
    if !batch.records.is_empty() {
        send_batch(client, &mut batch, &mut tally)?;
    }
    bar.finish_and_clear();
    tally.rejected.sort_by_key(|rejected| rejected.line);
    report(&tally, as_json);
    match tally.rejected.len() {
        0 => Ok(()),
        count => Err(Failed::Reported(format!("{count} of {} records were not settled", tally.settled + count as u64))),
    }
}

fn open(file: &Path) -> std::io::Result<Box<dyn BufRead>> {
    if file == Path::new("-") {
        return Ok(Box::new(std::io::stdin().lock()));
    }
    Ok(Box::new(BufReader::new(File::open(file)?)))
}

/// Lines of a file that can be read twice; 0 of one that cannot.
fn count_lines(file: &Path) -> std::io::Result<u64> {
    if file == Path::new("-") || !file.metadata()?.is_file() {
        return Ok(0);
    }
    let (mut reader, mut lines) = (BufReader::new(File::open(file)?), 0);
    loop {
        let part = reader.fill_buf()?;
        if part.is_empty() {
            return Ok(lines);
        }
        lines += part.iter().filter(|byte| **byte == b'\n').count() as u64;
        let length = part.len();
        reader.consume(length);
    }
}

fn send_batch(client: &Client, batch: &mut Batch, tally: &mut Tally) -> Result<(), Failed> {
    let Batch { lines, records } = std::mem::take(batch);
    let call = Call { method: "POST", path: "/v1/usage".to_owned(), body: Some(json!({ "records": records })) };
    let mut attempt = 1;
    let answer = loop {
        match client.call(&call) {
            // Settled or not: the keys see to it that it happens once.
            Err(failed) if failed.may_pass() && attempt < ATTEMPTS => {
                attempt += 1;
                std::thread::sleep(PAUSE);
            }
            Err(failed) => return Err(at_lines(failed, &lines)),
            Ok(answer) => break answer,
        }
    };
    let results = answer["results"].as_array().filter(|results| results.len() == lines.len());
    let results = results.ok_or_else(|| Failed::Refused("the answer has not one result a record".to_owned()))?;
    for (line, result) in lines.iter().zip(results) {
        tally.take(*line, result);
    }
    Ok(())
}

/// A request that was refused as a whole, with the lines that it was made of.
fn at_lines(failed: Failed, lines: &[u64]) -> Failed {
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return failed };
    match failed {
        Failed::Problem(status, mut document) if document["detail"].is_string() => {
            let named = document["field"].as_str().and_then(place_of).and_then(|place| lines.get(place));
            let at = named.map_or_else(|| format!("lines {first} to {last}"), |line| format!("line {line}"));
            let detail = document["detail"].as_str().unwrap_or_default();
            document["detail"] = format!("{at}: {detail}").into();
            Failed::Problem(status, document)
        }
        other => other,
    }
}

/// The place in `records[3].key`.
fn place_of(field: &str) -> Option<usize> {
    let rest = field.strip_prefix("records[")?;
    rest.split_once(']')?.0.parse().ok()
}

impl Tally {
    fn take(&mut self, line: u64, result: &Value) {
        if result["status"] == "settled" {
            self.settled += 1;
            self.replayed += u64::from(result["replayed"] == true);
            return;
        }
        let [key, code, detail] = ["key", "code", "detail"].map(|name| text_of(&result[name]));
        self.rejected.push(Rejected { line, key, code, detail });
    }
}

impl Rejected {
    fn unreadable(line: u64, detail: String) -> Rejected {
        Rejected { line, key: "-".to_owned(), code: "unreadable".to_owned(), detail }
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| show_plain(value), str::to_owned)
}

fn report(tally: &Tally, as_json: bool) {
    let Tally { settled, replayed, rejected } = tally;
    if as_json {
        let rejected: Vec<Value> = rejected
            .iter()
            .map(|one| json!({ "line": one.line, "key": one.key, "code": one.code, "detail": one.detail }))
            .collect();
        say_json(&json!({ "settled": settled, "replayed": replayed, "rejected": rejected }));
        return;
    }
    say(format_args!("{settled} settled, {replayed} of them before; {} rejected", rejected.len()));
    if rejected.is_empty() {
        return;
    }
    let mut rows = table(&["line", "key", "code", "detail"]);
    for one in rejected.iter().take(SHOWN) {
        rows.add_row([one.line.to_string(), marked(&one.key), marked(&one.code), marked(&one.detail)]);
    }
    say(rows);
    if rejected.len() > SHOWN {
        say(format_args!("(and {} more; --json shows them all)", rejected.len() - SHOWN));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_counted_and_rejections_keep_their_line() {
        let mut tally = Tally::default();
        tally.take(3, &json!({ "key": "a", "status": "settled", "amount": "1" }));
        tally.take(4, &json!({ "key": "b", "status": "settled", "replayed": true }));
        tally.take(9, &json!({ "key": "c", "status": "rejected", "code": "empty_period", "detail": "ends early" }));
        let detail = "ends early".to_owned();
        let rejected = Rejected { line: 9, key: "c".into(), code: "empty_period".into(), detail };
        assert_eq!((tally.settled, tally.replayed, tally.rejected), (2, 1, vec![rejected]));
    }

    #[test]
    fn a_whole_request_is_told_by_the_line_at_fault() {
        let refused = |field: Value, detail: &str| {
            let document = json!({ "code": "c", "field": field, "detail": detail });
            at_lines(Failed::Problem(400, document), &[11, 12, 14]).to_string()
        };
        assert_eq!(refused("records[2].key".into(), "it is missing"), "line 14: it is missing (c)");
        assert_eq!(refused(Value::Null, "too large"), "lines 11 to 14: too large (c)");
    }

    #[test]
    fn lines_are_counted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("usage.jsonl");
        std::fs::write(&path, "{}\n{}\n").unwrap();
        assert_eq!(count_lines(&path).unwrap(), 2);
        assert_eq!(count_lines(Path::new("-")).unwrap(), 0);
    }
}
