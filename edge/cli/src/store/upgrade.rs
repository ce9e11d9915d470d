//! `credere upgrade`: makes a folder of today's format out of one of version 2, beside it, proves it, and puts it in its
//! place. The old folder stays as it is and is the backup. Stopped at any moment, there is one of the two in its place, and
//! a second `credere upgrade` begins anew or finishes.

use crate::args::UpgradeOptions;
use crate::exit::Failed;
use crate::progress::Bars;
use crate::serve::{log_to_stderr, open_options};
use crate::settings::Settings;
use crate::terminal::say;
use credere_app::{check, upgrade};
use credere_store::contract::Store;
use credere_store::sqlite::SqliteStore;
use credere_store::sqlite::upgrade::{Begun, OldFolder, Places, begin};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) fn run(options: &UpgradeOptions) -> Result<(), Failed> {
    let settings = Settings::resolve(&options.store.as_serve())?;
    log_to_stderr(&settings)?;
    let data = settings.data();
    // A link to the folder would be exchanged itself.
    let data = data.canonicalize().map_err(|error| Failed::Store(format!("{}: {error}", data.display())))?;
    let places = Places {
        upgrading: beside(&data, ".upgrading"),
        backup: options.backup.clone().unwrap_or_else(|| beside(&data, ".v2-backup")),
        data,
    };
    let (data, backup) = (places.data.display(), places.backup.display());
    match begin(&places)? {
        Begun::Done => say(format_args!("{data} has the format of this build; there is nothing to do")),
        Begun::Finished => say(format_args!("{data} was upgraded before; the folder that it was is now {backup}")),
        Begun::Old(old) => {
            let records = old.last_seq();
            let left = make(&old, &places.upgrading, &settings)?;
            old.exchange(&places)?;
            say(format_args!("{data} is upgraded: {records} records, and everything in it is as the journal says"));
            say(format_args!("the folder that it was is now {backup}, unchanged"));
            for name in left {
                say(format_args!("`{name}` in it is neither a file nor a link, and is not in the new folder"));
            }
            say("to go back, stop the server, give the two folders each other's names, and start the build before");
        }
    }
    Ok(())
}

/// Makes the new folder, and proves it. Answers what of the old one is not in it.
fn make(old: &OldFolder, upgrading: &Path, settings: &Settings) -> Result<Vec<String>, Failed> {
    let store = SqliteStore::open(upgrading, open_options(settings, true))?;
    store.hurry()?;
    let store: Arc<dyn Store> = Arc::new(store);
    upgrade::upgrade(old, &store, &Bars::default())?;
    drop(store);
    let left = old.copy_others(upgrading)?;
    let scratch = tempfile::Builder::new().tempdir_in(upgrading);
    let scratch = scratch.map_err(|error| Failed::Store(format!("{}: {error}", upgrading.display())))?;
    let looked = SqliteStore::look(upgrading, open_options(settings, false))?;
    check::verify(&looked, &looked, scratch.path(), &Bars::default()).map_err(super::verify::broken)?;
    Ok(left)
}

fn beside(folder: &Path, ending: &str) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}
