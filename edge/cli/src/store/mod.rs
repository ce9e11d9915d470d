//! Commands that work on a data folder without a server: check it, build history anew, copy it, bring it back.

pub(crate) mod backup;
pub(crate) mod reindex;
pub(crate) mod verify;

use crate::args::StoreOptions;
use crate::exit::Failed;
use crate::serve::{log_to_stderr, open_options};
use crate::settings::Settings;
use credere_store::sqlite::SqliteStore;

/// The store that the options name, opened for this process alone.
fn open(options: &StoreOptions) -> Result<SqliteStore, Failed> {
    let settings = Settings::resolve(&options.as_serve())?;
    log_to_stderr(&settings)?;
    Ok(SqliteStore::open(settings.data(), open_options(&settings, false))?)
}
