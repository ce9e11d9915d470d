//! Progress bars on standard error, for work that may take long. Nothing is drawn where nobody looks.

use credere_app::{Phase, Progress};
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::sync::Mutex;

/// Shows one bar at a time.
#[derive(Debug, Default)]
pub(crate) struct Bars(Mutex<Option<ProgressBar>>);

/// A bar of `total` steps under this name; hidden when standard error is not a terminal.
pub(crate) fn bar(name: &'static str, total: u64) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(total);
    if let Ok(style) = ProgressStyle::with_template("{msg:22} {bar:36} {percent:>3} %  {per_sec}  {eta} left") {
        bar.set_style(style);
    }
    bar.set_message(name);
    bar
}

impl Progress for Bars {
    fn begin(&self, phase: Phase, total: u64) {
        let name = match phase {
            Phase::Upgrade => "upgrading the journal",
            Phase::Replay => "replaying the journal",
            Phase::History => "filling history",
            Phase::Search => "listing names",
            Phase::Comparison => "comparing history",
        };
        if let Ok(mut current) = self.0.lock() {
            *current = Some(bar(name, total));
        }
    }

    fn reached(&self, done: u64) {
        if let Ok(current) = self.0.lock()
            && let Some(bar) = &*current
        {
            bar.set_position(done);
        }
    }

    fn end(&self) {
        if let Ok(mut current) = self.0.lock()
            && let Some(bar) = current.take()
        {
            bar.finish_and_clear();
        }
    }
}
