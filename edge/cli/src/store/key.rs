//! `credere key reset`: a platform key for whoever has the data folder and lost the keys to it.

use crate::args::{KeyResetOptions, ServeOptions};
use crate::exit::Failed;
use crate::progress::Bars;
use crate::serve::{GivenKeys, app_options, log_to_stderr, open_options};
use crate::settings::Settings;
use crate::terminal::{say, tell};
use credere_app::clock::Clock;
use credere_app::deployment::OtherKeys;
use credere_app::{App, Deployment, Failure, Options};
use credere_store::sqlite::SqliteStore;
use std::sync::Arc;

pub(crate) fn reset(options: &KeyResetOptions) -> Result<(), Failed> {
    let serve = ServeOptions { clock_ahead: options.clock_ahead, ..options.store.as_serve() };
    let settings = Settings::resolve(&serve)?;
    log_to_stderr(&settings)?;
    let (given, data) = (GivenKeys::read()?, settings.data());
    let store = Arc::new(SqliteStore::open(&data, open_options(&settings, false))?);
    let unused = || Failed::Usage(format!("{} was never started; its first start makes a key", data.display()));
    let Deployment { currency, zone, sandbox } = Deployment::of(&*store)?.ok_or_else(unused)?;
    // What was fixed at the first start is not asked for again.
    let mut chosen = Options { currency, zone, ..app_options(&settings, &serve, given, &data, false)? };
    chosen.engine.clock = if sandbox { Clock::Test } else { Clock::System };
    let app = App::start(store, chosen, &Bars::default())?;
    let others = if options.revoke_others { OtherKeys::Revoke } else { OtherKeys::Leave };
    let reset = app.reset_platform_key(others);
    app.close();
    let reset = reset.map_err(|failure| match failure {
        Failure::ClockJumped => {
            let message = "the machine's clock lies too far from the last record; set it, or say that it is right with \
                           --clock-ahead; no key was made";
            Failed::Refused(message.to_owned())
        }
        other => Failed::Store(format!("no key can be recorded: {other}")),
    })?;
    tell(format_args!("a new platform key (key_{}), shown this once: {}", reset.number, reset.key.expose())).map_err(
        |error| {
            let again = "repeat the command where its output arrives, and take that key back";
            Failed::Refused(format!("key_{} was made and could not be shown ({error}): {again}", reset.number))
        },
    )?;
    let named: Vec<String> = reset.others.iter().map(|number| format!("key_{number}")).collect();
    match (options.revoke_others, named.is_empty()) {
        (_, true) => {}
        (true, false) => say(format_args!("taken back: {}", named.join(", "))),
        (false, false) => {
            say(format_args!("still accepted: {}; --revoke-others takes them back", named.join(", ")));
        }
    }
    Ok(())
}
