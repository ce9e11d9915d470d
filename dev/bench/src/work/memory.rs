//! What an idle customer costs in memory: a fresh process on a folder with a million of them (or so), less one on an empty
//! folder.

use super::run::Run;
use crate::child::Running;
use crate::options::ChildMode;
use crate::report::{Figure, Quantity, Verdict, grouped};
use std::path::Path;
use std::time::Duration;

const TARGET: u64 = 200;

pub(super) fn measure(run: &mut Run<'_>) -> anyhow::Result<Vec<Figure>> {
    let customers = run.many().customers;
    let full = run.copy_of_many("memory")?;
    let empty = run.path("empty");
    run.reporter.begin("memory of an idle process", 2);
    let (with_none, _) = resident(run, &empty)?;
    let (with_all, ready_after) = resident(run, &full)?;
    run.reporter.end();
    std::fs::remove_dir_all(full)?;
    std::fs::remove_dir_all(empty)?;
    let each = with_all.saturating_sub(with_none) / customers.max(1);
    let parameters =
        format!("{} bound customers, {} MiB less {} MiB empty", grouped(customers), with_all >> 20, with_none >> 20);
    let verdict = if run.options.quick {
        // A few customers cost less than the noise of a process.
        Verdict::NoTarget
    } else {
        Verdict::of(each < TARGET, format!("under {}", Quantity::Bytes(TARGET)))
    };
    Ok(vec![Figure {
        measured: Some(Quantity::Bytes(each)),
        verdict,
        ..Figure::new("memory per idle customer", parameters, customers, ready_after)
    }])
}

/// Resident memory of a fresh process on this folder, once it has come to rest, and how long its start took.
fn resident(run: &Run<'_>, folder: &Path) -> anyhow::Result<(u64, Duration)> {
    let running = Running::start(run.options, ChildMode::Idle, folder)?;
    std::thread::sleep(Duration::from_millis(run.options.size(200, 3_000)));
    let resident = running.resident()?;
    let ready_after = running.ready_after;
    running.kill()?;
    run.reporter.advance(1);
    Ok((resident, ready_after))
}
