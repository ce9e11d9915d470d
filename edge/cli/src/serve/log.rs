//! Log lines go to standard error, in the format and from the level that the settings say; the level can be read anew
//! while the server runs.

use crate::exit::Failed;
use crate::settings::{Settings, log_filter};
use std::io::IsTerminal;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Registry, fmt, reload};

/// The filter that holds, which can be changed.
pub(crate) struct LogFilter(reload::Handle<EnvFilter, Registry>);

impl LogFilter {
    /// Takes the filter of these settings from now on.
    ///
    /// # Errors
    /// When it is no filter; then the one before stays.
    pub(super) fn set(&self, settings: &Settings) -> Result<(), Failed> {
        self.0.reload(filter(settings)?).map_err(|error| Failed::Refused(error.to_string()))
    }
}

/// Begins to log.
pub(crate) fn log_to_stderr(settings: &Settings) -> Result<LogFilter, Failed> {
    let (filter, handle) = reload::Layer::new(filter(settings)?);
    let lines = fmt::layer().with_ansi(std::io::stderr().is_terminal()).with_writer(std::io::stderr);
    let filtered = tracing_subscriber::registry().with(filter);
    if settings.text("log.format") == Some("json") {
        filtered.with(lines.json()).init();
    } else {
        filtered.with(lines).init();
    }
    Ok(LogFilter(handle))
}

fn filter(settings: &Settings) -> Result<EnvFilter, Failed> {
    let level = settings.text("log.level").unwrap_or("info");
    log_filter(level).ok_or_else(|| settings.wrong("log.level", "is no filter"))
}
