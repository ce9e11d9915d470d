//! A PostgreSQL server of our own for the comparison: made in a temporary folder, listening on a free port of this
//! machine only, flushing as it does by default, and stopped by its own process number. It refuses to run as root, so
//! root starts it as `nobody`.

use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, geteuid, kill_process};
use std::fs::File;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio_postgres::{Client, NoTls};

/// The user and group that `nobody` has wherever PostgreSQL runs.
const NOBODY: u32 = 65_534;

/// A running server. Dropping it stops it.
pub(crate) struct Postgres {
    child: Child,
    port: u16,
    /// What it calls itself.
    pub(crate) version: String,
}

/// Where PostgreSQL's programs lie, if they are installed: in the search path, where `pg_config` says, or where Debian
/// puts them (the newest).
pub(crate) fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let told = Command::new("pg_config").arg("--bindir").output().ok().map(|output| output.stdout);
    let told = told.and_then(|told| String::from_utf8(told).ok()).map(|told| PathBuf::from(told.trim()));
    let version = |folder: &PathBuf| folder.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut installed: Vec<PathBuf> = installed.map(|entry| entry.path()).collect();
    installed.sort_by_key(|folder| std::cmp::Reverse(version(folder)));
    let installed = installed.into_iter().map(|folder| folder.join("bin"));
    let complete = |folder: &PathBuf| ["postgres", "initdb"].iter().all(|program| folder.join(program).is_file());
    std::env::split_paths(&path).chain(told).chain(installed).find(complete)
}

impl Postgres {
    /// Makes a cluster in `folder` (which is made) and starts it.
    pub(crate) fn start(programs: &Path, folder: &Path) -> anyhow::Result<Postgres> {
        std::fs::create_dir_all(folder)?;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
        if geteuid().is_root() {
            chown(folder, Some(NOBODY), Some(NOBODY))?;
        }
        let cluster = folder.join("cluster");
        let made = as_nobody(programs.join("initdb"), folder)
            .args(["--auth", "trust", "--username", "credere", "--encoding", "UTF8", "--locale", "C", "-D"])
            .arg(&cluster)
            .output()
            .context("`initdb` does not start")?;
        if !made.status.success() {
            bail!("`initdb` failed: {}", String::from_utf8_lossy(&made.stderr).trim());
        }
        // Taken and given back: nobody else is likely to take it in between.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let log = File::create(folder.join("log"))?;
        let settings = [
            "listen_addresses=127.0.0.1",
            "fsync=on",
            "synchronous_commit=on",
            "shared_buffers=512MB",
            "max_wal_size=4GB",
        ];
        let mut command = as_nobody(programs.join("postgres"), folder);
        command.arg("-D").arg(&cluster).arg("-p").arg(port.to_string()).arg("-k").arg(folder);
        settings.iter().for_each(|setting| {
            command.args(["-c", setting]);
        });
        let child = command.stdout(Stdio::from(log.try_clone()?)).stderr(Stdio::from(log)).spawn()?;
        Ok(Postgres { child, port, version: version(programs) })
    }

    /// A connection, as soon as there is one to be had.
    pub(crate) async fn connect(&self) -> anyhow::Result<Client> {
        let (settings, since) = (self.settings(), Instant::now());
        loop {
            match tokio_postgres::connect(&settings, NoTls).await {
                Ok((client, connection)) => {
                    // It ends with its client.
                    tokio::spawn(connection);
                    return Ok(client);
                }
                Err(error) if since.elapsed() > Duration::from_secs(20) => {
                    return Err(error).context("PostgreSQL was not ready within 20 s");
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    fn settings(&self) -> String {
        format!("host=127.0.0.1 port={} user=credere dbname=postgres", self.port)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGINT is its fast shutdown: it ends its sessions and stops.
        if kill_process(Pid::from_child(&self.child), Signal::INT).is_ok() {
            let _ = self.child.wait();
        }
    }
}

fn as_nobody(program: PathBuf, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env("HOME", folder).stdin(Stdio::null());
    if geteuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}

fn version(programs: &Path) -> String {
    let said = Command::new(programs.join("postgres")).arg("--version").output();
    let said = said.map(|said| String::from_utf8_lossy(&said.stdout).into_owned()).unwrap_or_default();
    let number = said.split(' ').find(|word| word.starts_with(|first: char| first.is_ascii_digit()));
    format!("PostgreSQL {}", number.unwrap_or_default().trim())
}
