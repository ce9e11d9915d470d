//! The binary under test on a folder of its own: started, stopped by a signal, and run for its other commands.

use crate::client::{Client, failure};
use crate::organizations::MASTER_KEY;
use credere_core::book::Rules;
use credere_testkit::Failure;
use rustix::process::{Pid, Signal, kill_process};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use tempfile::TempDir;

/// The key that every server here is given.
pub(crate) const PLATFORM_KEY: &str = "cred_scenarios_know_this_key_0001";

/// A folder with a store, gone with its handle.
pub(crate) struct Folder {
    folder: TempDir,
    rules: Rules,
}

impl Folder {
    /// An empty folder, for servers that make these choices.
    pub(crate) fn new(rules: &Rules) -> Result<Folder, Failure> {
        Ok(Folder { folder: tempfile::tempdir().map_err(failure)?, rules: rules.clone() })
    }

    /// Where the store is.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The choices that its servers make.
    pub(crate) fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Starts a server and waits until it is ready.
    pub(crate) fn serve(&self) -> Result<(Server, Client), Failure> {
        let log = self.folder.path().join("log");
        let flag = |on: bool| if on { "true" } else { "false" };
        let mut child = command(&["serve", "--sandbox", "--listen", "127.0.0.1:0"], &self.data())
            .env("CREDERE_PLATFORM_KEY", PLATFORM_KEY)
            .env("CREDERE_MASTER_KEY", MASTER_KEY)
            .env("CREDERE_CLOUD_RATE_LIMITS", "false")
            .env("CREDERE_RULES_POOL_API_ALLOW_NEGATIVE", flag(self.rules.pool_allow_negative))
            .env(
                "CREDERE_RULES_PAY_ON_BEHALF_SKIPS_CUSTOMER_CHECK",
                flag(self.rules.pay_on_behalf_skips_customer_check),
            )
            .env("CREDERE_RULES_STRICT_EXIT", flag(self.rules.check.strict_exit))
            .env("CREDERE_RULES_CONSISTENT_ACCOUNT_CLASSES", flag(self.rules.check.consistent_classes))
            .env("CREDERE_RULES_ENTITY_ADMIN_PAYS", flag(self.rules.check.entity_admin_pays))
            .stdout(Stdio::piped())
            .stderr(File::create(&log).map_err(failure)?)
            .spawn()
            .map_err(failure)?;
        let mut lines = BufReader::new(child.stdout.take().ok_or_else(|| Failure::new("the server has no output"))?);
        let mut line = String::new();
        let read = lines.read_line(&mut line);
        let server = Server { child, _lines: lines };
        read.map_err(failure)?;
        let Some(address) = line.trim_end().strip_prefix("credere listens on http://") else {
            let log = std::fs::read_to_string(log).unwrap_or_default();
            return Err(Failure::new(format!("the server does not start: {line}{log}")));
        };
        let client = Client::new(address);
        client.ready()?;
        Ok((server, client))
    }

    /// Proves the store, which no server has open.
    pub(crate) fn verify(&self) -> Result<(), Failure> {
        let output = command(&["verify"], &self.data()).output().map_err(failure)?;
        if output.status.success() {
            return Ok(());
        }
        let text = [output.stdout, output.stderr].concat();
        Err(Failure::new(format!("`verify` ended with {}: {}", output.status, String::from_utf8_lossy(&text))))
    }
}

/// A command of the binary. It sees no settings but those given here.
fn command(words: &[&str], data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_credere"));
    command.args(words).arg("--data").arg(data).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CREDERE_") {
            command.env_remove(name);
        }
    }
    command
}

/// A running server; killed if it still runs when its handle goes.
pub(crate) struct Server {
    child: Child,
    /// Held open, so that the server can go on saying things.
    _lines: BufReader<ChildStdout>,
}

impl Server {
    /// SIGTERM, and an end as it should be.
    pub(crate) fn stop(mut self) -> Result<(), Failure> {
        kill_process(Pid::from_child(&self.child), Signal::TERM).map_err(failure)?;
        let status = self.child.wait().map_err(failure)?;
        if status.code() == Some(0) {
            Ok(())
        } else {
            Err(Failure::new(format!("a stopped server ended with {status}")))
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Neither succeeds for a server that has ended, and neither needs to.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
