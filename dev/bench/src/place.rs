//! Where benchmarks keep their files, how they open a store there, and the yardstick itself: appending bytes to a file
//! and flushing it.

use crate::http::PLATFORM_KEY;
use anyhow::Context;
use credere_app::clock::Clock;
use credere_app::engine::EngineOptions;
use credere_app::{App, MasterKey, Options, Quiet, SecretText};
use credere_store::sqlite::{OpenOptions, SqliteStore};
use std::fs::File;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A folder for this run's files, which goes with it. Everybody may pass through it, since PostgreSQL runs as somebody
/// else.
pub(crate) fn folder(wanted: Option<&Path>) -> anyhow::Result<TempDir> {
    let here = std::env::current_dir()?;
    let temporary = std::env::temp_dir();
    let disk_of = |path: &Path| path.metadata().map(|found| found.dev()).ok();
    let parent = match wanted {
        Some(wanted) => wanted,
        None if disk_of(&temporary) == disk_of(&here) => &temporary,
        None => &here,
    };
    let made = tempfile::Builder::new().prefix("credere-bench-").tempdir_in(parent);
    let folder = made.with_context(|| format!("no folder can be made in `{}`", parent.display()))?;
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711))?;
    Ok(folder)
}

/// Opens the application on a data folder as `credere serve` does by default, but that history may trail: a machine that is
/// busy with something else ends no measurement. The folder is made where it is absent.
///
/// # Errors
/// When the store or the application does not start.
pub fn open_app(folder: &Path) -> anyhow::Result<Arc<App>> {
    open_app_by(folder, Clock::System)
}

/// The same by this clock.
///
/// # Errors
/// As [`open_app`].
pub(crate) fn open_app_by(folder: &Path, clock: Clock) -> anyhow::Result<Arc<App>> {
    let hour = Duration::from_secs(3_600);
    let engine = EngineOptions { clock, history_lag_paced: hour, history_lag_max: hour, ..EngineOptions::default() };
    open(folder, engine)
}

/// The same, in which history may trail no further than it may by default: for a start that is timed, which fills the rest.
///
/// # Errors
/// As [`open_app`].
pub(crate) fn open_app_as_served(folder: &Path) -> anyhow::Result<Arc<App>> {
    open(folder, EngineOptions::default())
}

fn open(folder: &Path, engine: EngineOptions) -> anyhow::Result<Arc<App>> {
    let store = SqliteStore::open(folder, OpenOptions { create: true, ..OpenOptions::default() })?;
    let master_key = MasterKey::from_text(&master_key()).map_err(anyhow::Error::msg)?;
    let options = Options {
        currency: "USD".to_owned(),
        zone: "+08:00".to_owned(),
        master_key,
        platform_key: Some(SecretText::new(PLATFORM_KEY.to_owned())),
        clock_ahead: false,
        engine,
    };
    Ok(App::start(Arc::new(store), options, &Quiet)?)
}

/// The master key of every folder that benchmarks make, as a text.
pub(crate) fn master_key() -> String {
    "A".repeat(43)
}

/// Copies a data folder that nobody has open.
pub(crate) fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        std::fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}

/// The bytes of all files in a folder and those below it.
pub(crate) fn bytes_in(folder: &Path) -> anyhow::Result<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        // A file may go while it is looked at.
        let Ok(found) = entry.metadata() else { continue };
        sum += if found.is_dir() { bytes_in(&entry.path())? } else { found.len() };
    }
    Ok(sum)
}

/// The processor time that a process, or this one, has taken with all its threads, as the system counts it: in hundredths
/// of a second.
pub(crate) fn processor_time(process: Option<u32>) -> anyhow::Result<Duration> {
    let process = process.map_or_else(|| "self".to_owned(), |id| id.to_string());
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name in brackets may have anything in it.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let mut ticks = fields.split_ascii_whitespace().skip(11).take(2).map(str::parse::<u64>);
    let (user, system) = (ticks.next().context("no user time")??, ticks.next().context("no system time")??);
    Ok(Duration::from_millis((user + system) * 10))
}

/// Appends `payload` to a new file and flushes it, over and over while `more` says so, given how often it was done and
/// for how long. Answers both.
///
/// # Errors
/// When the disk does not do it.
pub fn raw_append(
    folder: &Path,
    payload: &[u8],
    more: impl Fn(u64, Duration) -> bool,
) -> anyhow::Result<(u64, Duration)> {
    let path = folder.join("raw");
    let mut file = File::create(&path)?;
    let (mut times, started) = (0, Instant::now());
    while more(times, started.elapsed()) {
        file.write_all(payload)?;
        file.sync_data()?;
        times += 1;
    }
    let took = started.elapsed();
    drop(file);
    std::fs::remove_file(path)?;
    Ok((times, took))
}
