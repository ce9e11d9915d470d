//! `credere recover`: what is missing in a folder whose files do not go together, and going on without it. Without
//! `--accept-loss` it only says what is missing and what it would do.

use crate::args::RecoverOptions;
use crate::exit::Failed;
use crate::progress::Bars;
use crate::serve::{log_to_stderr, open_options};
use crate::settings::Settings;
use crate::terminal::say;
use credere_app::clock::machine_now;
use credere_app::recover::{Taken, directory_writes, finish};
use credere_store::contract::Store;
use credere_store::sqlite::Recovery;
use credere_store::tail::Evidence;
use std::sync::Arc;

pub(crate) fn run(options: &RecoverOptions) -> Result<(), Failed> {
    let settings = Settings::resolve(&options.store.as_serve())?;
    log_to_stderr(&settings)?;
    let data = settings.data();
    let recovery = Recovery::begin(&data, open_options(&settings, false))?;
    let aside = recovery.free_name(&format!("recovered-{}", machine_now().micros() / 1_000_000));
    let Some(lost) = recovery.lost().cloned() else {
        say(format_args!("nothing is missing: the files in {} go together", data.display()));
        // A recovery that was broken off may have left a loss unrecorded, or something without a secret.
        return if options.accept_loss { go_on(Arc::new(recovery.accept(&aside, &directory_writes)?)) } else { Ok(()) };
    };
    let missing = lost.missing();
    match missing {
        0 => say(format_args!("the journal ends at record {}, and no file knows of a later one", lost.ends)),
        _ => say(format_args!("the journal ends at record {}; at least {missing} records are missing", lost.ends)),
    }
    for witness in &lost.witnesses {
        say(format_args!("  {witness}"));
    }
    if !options.accept_loss {
        say("with --accept-loss the journal would hold as it is:");
        say(format_args!(
            "  what is there of these files would be kept in a folder recovered-... within {}",
            data.display()
        ));
        if lost.witnesses.iter().any(|witness| witness.tells == Evidence::Missing) {
            say("  every account would be without its texts: names, contact data and notes were in the directory only");
            say("  every credential, platform key and webhook would be taken back, since their secrets are lost");
            say("  requests whose answer was kept word for word would be answered 503 when they are repeated");
        } else {
            say("  history, older keys and the directory would be made again, as far as is known");
            say("  credentials, platform keys and webhooks whose secret is not known would be taken back");
        }
        return Err(Failed::Refused("nothing was changed; repeat with --accept-loss to go on without them".to_owned()));
    }
    let store: Arc<dyn Store> = Arc::new(recovery.accept(&aside, &directory_writes)?);
    tracing::warn!(ends = lost.ends, missing, "going on without a lost tail");
    say(format_args!("what knew more is in {}", data.join(&aside).display()));
    go_on(store)?;
    say("numbers of records that are missing will be given out again: tell whoever has seen them");
    Ok(())
}

fn go_on(store: Arc<dyn Store>) -> Result<(), Failed> {
    let done = finish(&store, &Bars::default())?;
    for taken in &done.taken {
        say(format_args!("taken back, since its secret is lost: {}", shown(taken)));
    }
    for (taken, why) in &done.kept {
        say(format_args!("without a secret, and still there ({why}): {}", shown(taken)));
        if matches!(taken, Taken::PlatformKey(_)) {
            say("`credere key reset` makes a platform key that opens");
        }
    }
    say(format_args!("the journal holds as it is, and ends at record {}", done.seq));
    Ok(())
}

fn shown(taken: &Taken) -> String {
    match taken {
        Taken::Credential { uin, secret_id } => format!("credential {secret_id} of account {}", uin.number()),
        Taken::PlatformKey(number) => format!("platform key key_{number}"),
        Taken::Webhook(id) => format!("webhook whk_{}", id.0),
    }
}
