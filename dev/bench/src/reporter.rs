//! Who is told how far a benchmark has come: a terminal with bars, or nobody.

use indicatif::{ProgressBar, ProgressStyle};
use std::sync::Mutex;

/// Is told how far the work has come, one stretch at a time.
pub trait Reporter: Send + Sync {
    /// A stretch of this many steps begins.
    fn begin(&self, what: &str, steps: u64);
    /// This many more steps are done.
    fn advance(&self, steps: u64);
    /// The stretch is over.
    fn end(&self);
}

/// Shows nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Reporter for Silent {
    fn begin(&self, _: &str, _: u64) {}
    fn advance(&self, _: u64) {}
    fn end(&self) {}
}

/// Shows a bar on standard error, where that is a terminal.
#[derive(Debug, Default)]
pub struct Bars(Mutex<Option<ProgressBar>>);

impl Bars {
    fn with(&self, act: impl FnOnce(&mut Option<ProgressBar>)) {
        act(&mut self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }
}

impl Reporter for Bars {
    fn begin(&self, what: &str, steps: u64) {
        let bar = ProgressBar::new(steps).with_message(what.to_owned());
        let style = "{msg:44} {wide_bar} {human_pos}/{human_len} {eta:>4}";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        self.with(|current| *current = Some(bar));
    }

    fn advance(&self, steps: u64) {
        self.with(|current| current.iter().for_each(|bar| bar.inc(steps)));
    }

    fn end(&self) {
        self.with(|current| current.take().iter().for_each(ProgressBar::finish_and_clear));
    }
}
