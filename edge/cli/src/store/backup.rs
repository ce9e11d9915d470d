//! `credere backup` and `credere restore`. The master key is not part of a backup: whoever holds both can read every
//! API secret, so they are kept apart.

use crate::args::{BackupOptions, RestoreOptions};
use crate::exit::Failed;
use crate::progress::bar;
use crate::settings::Settings;
use crate::terminal::say;
use credere_store::sqlite;

pub(crate) fn backup(options: &BackupOptions) -> Result<(), Failed> {
    let settings = Settings::resolve(&options.store.as_serve())?;
    let shown = bar("copying pages", 0);
    sqlite::backup(settings.data(), &options.target, &mut |done, total| {
        shown.set_length(total);
        shown.set_position(done);
    })?;
    shown.finish_and_clear();
    say(format_args!("the backup is in {}", options.target.display()));
    say("keep the master key (master.key in the data folder, or CREDERE_MASTER_KEY) in another place");
    Ok(())
}

pub(crate) fn restore(options: &RestoreOptions) -> Result<(), Failed> {
    let settings = Settings::resolve(&options.store.as_serve())?;
    let target = settings.data();
    let shown = bar("copying and checking", 0);
    sqlite::restore(&options.backup, &target, &mut |done, total| {
        shown.set_length(total);
        shown.set_position(done);
    })?;
    shown.finish_and_clear();
    say(format_args!("the data is in {}; the next start fills history", target.display()));
    say("put master.key there before it (or set CREDERE_MASTER_KEY), or the start is refused");
    Ok(())
}
