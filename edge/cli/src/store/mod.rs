//! Commands that work on a data folder without a server: check it, build history anew, copy it, bring it back, go on
//! without what is lost, make it one of today, make a key to it.

pub(crate) mod backup;
pub(crate) mod key;
pub(crate) mod recover;
pub(crate) mod reindex;
pub(crate) mod upgrade;
pub(crate) mod verify;

use crate::args::StoreOptions;
use crate::exit::Failed;
use crate::serve::{log_to_stderr, open_options};
use crate::settings::Settings;
use credere_store::contract::StoreError;
use credere_store::sqlite::SqliteStore;

/// The store that the options name, opened for this process alone.
fn open(options: &StoreOptions) -> Result<SqliteStore, Failed> {
    let settings = Settings::resolve(&options.as_serve())?;
    log_to_stderr(&settings)?;
    Ok(SqliteStore::open(settings.data(), open_options(&settings, false))?)
}

/// The same to be looked at only: nothing in the folder is changed, so that it may be a backup on a medium that cannot be
/// written to. What does not go together, or is damaged, is what the check was to find.
fn look(options: &StoreOptions) -> Result<SqliteStore, Failed> {
    let settings = Settings::resolve(&options.as_serve())?;
    log_to_stderr(&settings)?;
    SqliteStore::look(settings.data(), open_options(&settings, false)).map_err(|error| match error {
        StoreError::Corrupt(_) | StoreError::TailLost(_) => Failed::Broken(error.to_string()),
        other => other.into(),
    })
}
