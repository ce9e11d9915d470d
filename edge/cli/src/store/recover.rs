//! `credere recover`: what is missing in a folder whose files do not go together, and going on without it. Without
//! `--accept-loss` it only says what is missing and what it would do.

use crate::args::RecoverOptions;
use crate::exit::Failed;
use crate::progress::Bars;
use crate::serve::{log_to_stderr, open_options};
use crate::settings::Settings;
use credere_app::clock::machine_now;
use credere_app::recover::{Taken, finish, told};
use credere_store::contract::Store;
use credere_store::sqlite::Recovery;
use std::sync::Arc;

pub(crate) fn run(options: &RecoverOptions) -> Result<(), Failed> {
    let settings = Settings::resolve(&options.store.as_serve())?;
    log_to_stderr(&settings)?;
    let data = settings.data();
    let aside = format!("recovered-{}", machine_now().micros() / 1_000_000);
    let recovery = Recovery::begin(&data, open_options(&settings, false))?;
    let Some(lost) = recovery.lost().cloned() else {
        println!("nothing is missing: the files in {} go together", data.display());
        // A recovery that was broken off may have left something without a secret.
        return if options.accept_loss { go_on(Arc::new(recovery.accept(&aside, &told)?)) } else { Ok(()) };
    };
    let missing = lost.missing();
    println!("the journal ends at record {}; at least {missing} records are missing", lost.ends);
    for witness in &lost.witnesses {
        println!("  {witness}");
    }
    if !options.accept_loss {
        println!("with --accept-loss the journal would hold as it is:");
        println!("  these files would be kept in a folder recovered-... within {}", data.display());
        println!("  history, older keys and the directory would be made again, as far as is known");
        println!("  credentials, platform keys and webhooks whose secret is not known would be taken back");
        return Err(Failed::Refused("nothing was changed; repeat with --accept-loss to go on without them".to_owned()));
    }
    let store: Arc<dyn Store> = Arc::new(recovery.accept(&aside, &told)?);
    tracing::warn!(ends = lost.ends, missing, "going on without a lost tail");
    store.fix_fact(&aside, &format!("{lost}; at least {missing} records are missing, and are done without"))?;
    println!("what knew more is in {}", data.join(&aside).display());
    go_on(store)?;
    println!("numbers of records that are missing will be given out again: tell whoever has seen them");
    Ok(())
}

fn go_on(store: Arc<dyn Store>) -> Result<(), Failed> {
    let done = finish(&store, &Bars::default())?;
    for taken in &done.taken {
        println!("taken back, since its secret is lost: {}", shown(taken));
    }
    for (taken, why) in &done.kept {
        println!("without a secret, and still there ({why}): {}", shown(taken));
    }
    println!("the journal holds as it is, and ends at record {}", done.seq);
    Ok(())
}

fn shown(taken: &Taken) -> String {
    match taken {
        Taken::Credential { uin, secret_id } => format!("credential {secret_id} of account {}", uin.number()),
        Taken::PlatformKey(number) => format!("platform key key_{number}"),
        Taken::Webhook(id) => format!("webhook whk_{}", id.0),
    }
}
