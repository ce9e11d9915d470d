//! The binary under test: started on a folder, watched until it is ready, killed or stopped, and run for its other
//! commands. Whatever a test leaves running is killed when its handle goes.

use crate::http::{BrokenOff, Client, Request};
use crate::preload::Faults;
use crate::world::PLATFORM_KEY;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long anything may take before the test fails. Nothing takes that long unless it hangs.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

/// Asks again and again, with a short pause, until there is an answer.
pub(crate) fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + DEADLINE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "gave up waiting until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// What a finished command left.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) output: String,
    pub(crate) errors: String,
}

/// A command of the binary. It sees no settings but those given here.
pub(crate) fn credere(words: &[&str], data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_credere"));
    command.args(words).arg("--data").arg(data).stdin(Stdio::null());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CREDERE_") {
            command.env_remove(name);
        }
    }
    command
}

/// The same command under a umask that takes nothing away.
pub(crate) fn generous(command: &Command) -> Command {
    behind("umask 000", command)
}

/// The same command, before which the shell does this to its process.
fn behind(first: &str, command: &Command) -> Command {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("{first} && exec \"$0\" \"$@\"")).arg(command.get_program()).args(command.get_args());
    shell.stdin(Stdio::null());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell
}

/// Runs a command to its end.
pub(crate) fn run(mut command: Command) -> Ended {
    let output = command.output().expect("the binary can be run");
    Ended {
        code: output.status.code(),
        output: String::from_utf8_lossy(&output.stdout).into_owned(),
        errors: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

impl Ended {
    /// The same where it ended with this exit code.
    #[track_caller]
    pub(crate) fn is(self, code: i32) -> Ended {
        assert_eq!(self.code, Some(code), "{self:?}");
        self
    }
}

/// Proves a folder; panics with what was found broken.
pub(crate) fn verify(data: &Path) {
    let ended = run(credere(&["verify"], data));
    assert_eq!(ended.code, Some(0), "verify of {}: {}{}", data.display(), ended.output, ended.errors);
}

/// How servers of one test are started.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    pub(crate) data: PathBuf,
    /// Journal records between snapshots.
    pub(crate) snapshot_every: u32,
    pub(crate) faults: Option<Faults>,
    /// Whether it is a sandbox.
    pub(crate) sandbox: bool,
    /// Flags besides those that every server here is given.
    pub(crate) flags: Vec<&'static str>,
    /// Environment variables besides those that every server here is given.
    pub(crate) variables: Vec<(String, String)>,
    /// Under a umask that takes nothing away.
    pub(crate) generous: bool,
    /// How many file descriptors the system gives.
    pub(crate) descriptors: Option<u32>,
}

impl Setup {
    /// A sandbox on `data`, with a snapshot after every 1,000 records (the least that can be set), without faults.
    pub(crate) fn on(data: impl Into<PathBuf>) -> Setup {
        Setup {
            data: data.into(),
            snapshot_every: 1_000,
            faults: None,
            sandbox: true,
            flags: Vec::new(),
            variables: Vec::new(),
            generous: false,
            descriptors: None,
        }
    }

    /// One on a folder of its own, which goes with what is given first, and a server that has been started on it.
    pub(crate) fn begun() -> (TempDir, Setup, Server) {
        let dir = tempfile::tempdir().expect("a folder can be made");
        let setup = Setup::on(dir.path().join("data"));
        let server = setup.start();
        (dir, setup, server)
    }

    /// What the servers on this folder said on standard error.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    fn log_path(&self) -> PathBuf {
        self.data.with_extension("log")
    }

    fn command(&self) -> Command {
        let mut command = credere(&["serve", "--listen", "127.0.0.1:0"], &self.data);
        if self.sandbox {
            command.arg("--sandbox");
        }
        command.args(&self.flags);
        if let Some(descriptors) = self.descriptors {
            command = behind(&format!("ulimit -n {descriptors}"), &command);
        }
        command
            .env("CREDERE_PLATFORM_KEY", PLATFORM_KEY)
            .env("CREDERE_STORE_SNAPSHOT_EVERY", self.snapshot_every.to_string())
            .env("CREDERE_LOG_LEVEL", "warn")
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        if let Some(faults) = &self.faults {
            faults.preload(&mut command);
        }
        command
    }

    /// Starts a server and waits until it says where it listens; or answers how it ended instead.
    pub(crate) fn try_start(&self) -> Result<Server, Ended> {
        let log = OpenOptions::new().create(true).append(true).open(self.log_path()).expect("the log can be written");
        let before = self.log().len();
        let mut child = self.spawn(log);
        let mut lines = BufReader::new(child.stdout.take().expect("a server has an output"));
        let mut line = String::new();
        lines.read_line(&mut line).expect("a server's output is text");
        let listens = line.trim_end().strip_prefix("credere listens on ").and_then(|url| url.split_once("://"));
        match listens {
            Some((_, address)) => {
                Ok(Server { pid: child.id(), child: Mutex::new(child), address: address.to_owned(), _lines: lines })
            }
            None => {
                let status = child.wait().expect("a child can be waited for");
                Err(Ended { code: status.code(), output: line, errors: self.log().split_off(before) })
            }
        }
    }

    /// Starts a server and waits until it is ready.
    pub(crate) fn start(&self) -> Server {
        let server = self.try_start().unwrap_or_else(|ended| panic!("the server does not start: {ended:?}"));
        server.until_ready();
        server
    }

    /// Starts a server without waiting for anything.
    pub(crate) fn begin(&self) -> Child {
        let log = OpenOptions::new().create(true).append(true).open(self.log_path()).expect("the log can be written");
        self.spawn(log)
    }

    fn spawn(&self, log: File) -> Child {
        let command = self.command();
        let mut command = if self.generous { generous(&command) } else { command };
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn().expect("the binary can be run")
    }
}

/// A running server.
pub(crate) struct Server {
    child: Mutex<Child>,
    pid: u32,
    pub(crate) address: String,
    /// Held open, so that the server can go on saying things.
    _lines: BufReader<ChildStdout>,
}

impl Server {
    pub(crate) fn client(&self) -> Client {
        Client::new(&self.address)
    }

    /// Whether `/readyz` says yes. The server must be there.
    pub(crate) fn ready(&self) -> bool {
        match self.client().ask(&Request::get("/readyz")).status {
            200 => true,
            503 => false,
            other => panic!("readiness was answered with {other}"),
        }
    }

    pub(crate) fn until_ready(&self) {
        until("the server is ready", || self.ready().then_some(()));
    }

    /// SIGKILL.
    pub(crate) fn kill(&self) {
        // A child that was waited for cannot be killed again, and need not.
        let _ = self.child.lock().unwrap_or_else(PoisonError::into_inner).kill();
    }

    /// SIGTERM.
    pub(crate) fn terminate(&self) {
        self.signal("TERM");
    }

    /// SIGHUP.
    pub(crate) fn hang_up(&self) {
        self.signal("HUP");
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("sh").arg("-c").arg(format!("kill -{name} {}", self.pid)).status();
        assert!(sent.is_ok_and(|status| status.success()), "the signal can be sent");
    }

    /// Waits until it is gone.
    pub(crate) fn wait(&self) -> ExitStatus {
        until("the server is gone", || {
            let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
            child.try_wait().expect("a child can be waited for")
        })
    }

    /// SIGTERM, and an end as it should be.
    pub(crate) fn stop(self) {
        self.terminate();
        assert_eq!(self.wait().code(), Some(0), "a stopped server ends well");
    }

    /// SIGKILL, and gone.
    pub(crate) fn end(self) {
        self.kill();
        self.wait();
    }

    /// Whether nobody accepts connections any more.
    pub(crate) fn refuses_connections(&self) -> bool {
        matches!(self.client().send(&Request::get("/healthz")), Err(BrokenOff))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = child.kill();
        let _ = child.wait();
    }
}
