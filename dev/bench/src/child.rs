//! Child processes: a fresh one shows what a start takes and what memory it leaves, a loaded one can be killed without
//! harm. Parent and child talk in lines; a child ends when its parent does, since its input ends then.

use crate::load::{approved, authorization};
use crate::options::{ChildMode, Options};
use crate::place::open_app_as_served;
use crate::spread::key_use;
use crate::world::World;
use anyhow::{Context, anyhow, bail};
use credere_app::buying::{OperationRequest, OperationStatus};
use credere_app::{App, Failure};
use credere_core::book::Command as Ask;
use credere_core::book::buying;
use credere_core::channel::AuthorizationId;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

const READY: &str = "ready";
/// Requests that wait at once under the load.
const WAITING: u64 = 8;
const BATCH: u64 = 1_000;

/// Plays a child's part, until the parent ends or kills it.
pub(crate) fn play(mode: ChildMode, options: &Options) -> anyhow::Result<()> {
    let folder = options.data.as_deref().context("a child needs a data folder")?;
    let app = open_app_as_served(folder)?;
    say(READY)?;
    match mode {
        ChildMode::Idle => {
            std::io::stdin().read_to_end(&mut Vec::new())?;
            Ok(())
        }
        ChildMode::Load => {
            std::thread::spawn(|| {
                let _ = std::io::stdin().read_to_end(&mut Vec::new());
                std::process::exit(0);
            });
            tokio::runtime::Runtime::new()?.block_on(work_for_ever(&app))
        }
    }
}

fn say(line: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// Opens authorizations and captures each in the request after, so that the book stays of one size; says now and then
/// how many operations were answered.
async fn work_for_ever(app: &Arc<App>) -> anyhow::Result<()> {
    let world = World { customers: app.read(|book| book.accounts_len() as u64).await? - 1 };
    let answered = Arc::new(AtomicU64::new(0));
    let salt = app.engine().gauges().durable_seq;
    let mut callers = tokio::task::JoinSet::new();
    for caller in 0..WAITING {
        let (app, answered) = (app.clone(), answered.clone());
        callers.spawn(async move {
            let product = World::product();
            let mut at = caller << 40;
            loop {
                let open = |at: u64| (at..at + BATCH).map(|at| authorization(world, &product, salt, at)).collect();
                let opened = approved(operate(&app, at, open).await?)?;
                answered.fetch_add(BATCH, Relaxed);
                let capture = |at: u64| {
                    let capture = |(place, id): (u64, &AuthorizationId)| OperationRequest {
                        key: key_use(!salt, at + place),
                        command: Ask::from(buying::Capture { authorization: *id, amount: None }),
                    };
                    (0..).zip(&opened).map(capture).collect()
                };
                let captured = operate(&app, at, capture).await?;
                if captured.iter().any(|(status, _)| !matches!(status, OperationStatus::Captured(_))) {
                    bail!("a capture was refused");
                }
                answered.fetch_add(BATCH, Relaxed);
                at += BATCH;
            }
        });
    }
    loop {
        match tokio::time::timeout(Duration::from_millis(50), callers.join_next()).await {
            Ok(Some(ended)) => return ended?,
            Ok(None) => bail!("nobody works"),
            Err(_) => say(&answered.load(Relaxed).to_string())?,
        }
    }
}

async fn operate(
    app: &App,
    at: u64,
    operations: impl Fn(u64) -> Vec<OperationRequest>,
) -> Result<Vec<(OperationStatus, bool)>, Failure> {
    loop {
        match app.operate(World::caller(at), operations(at)).await {
            Err(Failure::Overloaded) => tokio::time::sleep(Duration::from_millis(2)).await,
            answers => return answers,
        }
    }
}

/// A running child, seen from the parent. Dropping it kills it.
pub(crate) struct Running {
    child: Child,
    lines: BufReader<ChildStdout>,
    /// How long it took from its start until it was ready.
    pub(crate) ready_after: Duration,
}

impl Running {
    /// Starts a child on a data folder and waits until it is ready.
    pub(crate) fn start(options: &Options, mode: ChildMode, folder: &Path) -> anyhow::Result<Running> {
        let mode = match mode {
            ChildMode::Idle => "idle",
            ChildMode::Load => "load",
        };
        let mut command = Command::new(options.program.path()?);
        command.args(options.program.words()).arg("--child").arg(mode).arg("--data").arg(folder);
        let started = Instant::now();
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let lines = BufReader::new(child.stdout.take().context("a child has an output")?);
        let mut running = Running { child, lines, ready_after: Duration::ZERO };
        let first = running.line()?;
        if first != READY {
            return Err(anyhow!("a child began with `{first}`"));
        }
        running.ready_after = started.elapsed();
        Ok(running)
    }

    fn line(&mut self) -> anyhow::Result<String> {
        let mut line = String::new();
        if self.lines.read_line(&mut line)? == 0 {
            let status = self.child.wait()?;
            bail!("a child ended early: {status}");
        }
        Ok(line.trim_end().to_owned())
    }

    /// How many operations the load has seen answered, as of its next word.
    pub(crate) fn answered(&mut self) -> anyhow::Result<u64> {
        Ok(self.line()?.parse()?)
    }

    /// Its resident memory in bytes.
    pub(crate) fn resident(&self) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no resident size is told")?;
        let kib = line.trim().trim_end_matches(" kB").parse::<u64>().context("the resident size is no number")?;
        Ok(kib * 1024)
    }

    /// Kills it (SIGKILL) and waits until it is gone.
    pub(crate) fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
