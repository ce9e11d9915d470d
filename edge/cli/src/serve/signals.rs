//! Signals: SIGTERM and SIGINT stop the server; SIGHUP reads the TLS certificate and the log filter anew and never ends it.

use super::log::LogFilter;
use super::tls::Tls;
use crate::args::ServeOptions;
use crate::exit::Failed;
use crate::settings::Settings;
use std::path::Path;
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

/// Reads anew at every SIGHUP what can be changed while the server runs.
pub(super) async fn reload_at(mut hangups: Signal, options: &ServeOptions, log: &LogFilter, tls: Option<Tls>) {
    while hangups.recv().await.is_some() {
        match reload(options, log, tls.as_ref()) {
            Ok(()) => tracing::info!("SIGHUP: certificate and log filter were read anew"),
            Err(error) => tracing::error!(%error, "SIGHUP: what cannot be read anew stays as it was"),
        }
    }
}

fn reload(options: &ServeOptions, log: &LogFilter, tls: Option<&Tls>) -> Result<(), Failed> {
    let settings = Settings::resolve(options)?;
    log.set(&settings)?;
    match (tls, settings.text("tls_cert"), settings.text("tls_key")) {
        (Some(tls), Some(cert), Some(key)) => tls.reload(Path::new(cert), Path::new(key)),
        (None, None, None) => Ok(()),
        _ => Err(Failed::Usage("whether the port speaks TLS is decided at the start".to_owned())),
    }
}
