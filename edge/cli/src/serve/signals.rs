//! Signals: SIGTERM and SIGINT stop the server; SIGHUP reads the TLS certificate and the log filter anew and never ends it.

use super::log::LogFilter;
use super::tls::Tls;
use crate::args::ServeOptions;
use crate::exit::Failed;
use crate::settings::Settings;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Resolves at SIGTERM or SIGINT.
pub(crate) fn stop_signal() -> Result<impl Future<Output = ()>, Failed> {
    let (mut terminate, mut interrupt) = (caught(SignalKind::terminate())?, caught(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Keeps SIGHUP from ending the process from now on. Only inside the runtime.
pub(super) fn hangups() -> Result<Signal, Failed> {
    caught(SignalKind::hangup())
}

fn caught(kind: SignalKind) -> Result<Signal, Failed> {
    signal(kind).map_err(|error| Failed::Refused(format!("cannot wait for signals: {error}")))
}

/// Reads anew at every SIGHUP what can be changed while the server runs. Each part by itself, and the certificate first,
/// from the files that were named at the start: whatever is wrong with the settings, a certificate that was renewed in
/// time must not run out.
pub(super) async fn reload_at(mut hangups: Signal, options: &ServeOptions, log: &LogFilter, tls: Option<Tls>) {
    while hangups.recv().await.is_some() {
        if let Some(tls) = &tls {
            log_outcome(&format!("the certificate in {}", tls.cert().display()), tls.reload());
        }
        log_outcome("the log filter", Settings::resolve(options).and_then(|settings| log.set(&settings)));
    }
}

fn log_outcome(what: &str, outcome: Result<(), Failed>) {
    match outcome {
        Ok(()) => tracing::info!("SIGHUP: {what} was read anew"),
        Err(error) => tracing::error!(%error, "SIGHUP: {what} stays as it was"),
    }
}
