//! The command line as clap reads it. Flags that are settings too are resolved in `settings`.

use crate::client::ClientCommand;
use crate::exit::EXIT_CODES;
use clap::{Args, Parser, Subcommand};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Credere decides in real time whether a purchase made through sales partners may go through, and who pays.
#[derive(Debug, Parser)]
#[command(name = "credere", version, after_help = EXIT_CODES, propagate_version = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) connection: Connection,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// How the client part finds a server. Used by the commands that talk to one only.
#[derive(Debug, Args)]
pub(crate) struct Connection {
    /// The server to talk to.
    #[arg(long, global = true, env = "CREDERE_SERVER", default_value = "http://127.0.0.1:7070", value_name = "URL")]
    pub(crate) server: String,
    /// The platform key to talk with.
    #[arg(long = "key", global = true, env = "CREDERE_PLATFORM_KEY", hide_env_values = true, value_name = "KEY")]
    pub(crate) platform_key: Option<String>,
    /// Certificates (PEM) of the authorities that are trusted instead of the public ones, for a server at https://.
    #[arg(long, global = true, env = "SSL_CERT_FILE", value_name = "FILE")]
    ca: Option<OsString>,
    /// Print JSON instead of tables; a refusal is its problem document.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

impl Connection {
    /// The file of the authorities that are trusted, where it is not the public ones.
    pub(crate) fn authorities(&self) -> Option<&Path> {
        // An empty variable is one that is not set.
        self.ca.as_deref().filter(|file| !file.is_empty()).map(Path::new)
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the server.
    Serve(ServeOptions),
    /// Run a sandbox with a believable world and live traffic, and print how to look at it.
    Demo(DemoOptions),
    /// Print the effective settings and where each value comes from.
    Config(ConfigOptions),
    /// Check the journal's chain, replay it, check every law, and compare all other files with it, row by row; exits 0
    /// when all of it holds.
    Verify(VerifyOptions),
    /// Build history anew from the journal (the server must be stopped).
    Reindex(StoreOptions),
    /// Copy the data of a running (or stopped) server into a new folder.
    Backup(BackupOptions),
    /// Make a data folder from a backup.
    Restore(RestoreOptions),
    /// Say what is missing in a folder whose files do not go together, and go on without it (the server must be stopped).
    Recover(RecoverOptions),
    /// Make a folder that version 2 wrote one of this version (the server must be stopped). The folder that it was is kept.
    Upgrade(UpgradeOptions),
    /// Keys of the platform API, for whoever has the data folder.
    #[command(subcommand)]
    Key(KeyCommand),
    /// Measure this machine: the figures of docs/operating/performance.md.
    Bench(credere_bench::Options),
    /// Let a random world live through a random year, from one integer, and hold every figure against an auditor's.
    Simulate(credere_sim::Options),
    /// Print a completion script for a shell.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// Write man pages into a folder.
    Man {
        /// Where to.
        dir: PathBuf,
    },
    #[command(flatten)]
    Client(ClientCommand),
}

/// Options of `serve`; each is a setting too.
#[derive(Debug, Args, Default)]
pub(crate) struct ServeOptions {
    /// Settings file (TOML). Also `CREDERE_CONFIG`.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Data folder (embedded SQLite). Also `CREDERE_DATA`; default `./credere-data`.
    #[arg(long, value_name = "DIR", conflicts_with = "database")]
    pub(crate) data: Option<PathBuf>,
    /// PostgreSQL address. Not offered by this version.
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
    /// Address to listen on. Also `CREDERE_LISTEN`; default `127.0.0.1:7070`.
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<String>,
    /// TLS certificate chain (PEM).
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// TLS private key (PEM).
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Add the test clock, which stands still until it is advanced.
    #[arg(long)]
    pub(crate) sandbox: bool,
    /// Take what the machine's clock shows for the time, even where it lies too far from the last record. No setting: it is
    /// said for one start.
    #[arg(long)]
    pub(crate) clock_ahead: bool,
}

/// What is done about keys without a server.
#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a new platform key with full access when the old one is lost, and print it once (the server must be stopped).
    Reset(KeyResetOptions),
}

#[derive(Debug, Args)]
pub(crate) struct KeyResetOptions {
    #[command(flatten)]
    pub(crate) store: StoreOptions,
    /// Take back every other platform key; without it they go on.
    #[arg(long)]
    pub(crate) revoke_others: bool,
    /// Take what the machine's clock shows for the time, even where it lies too far from the last record.
    #[arg(long)]
    pub(crate) clock_ahead: bool,
}

/// Options of `config`.
#[derive(Debug, Args)]
pub(crate) struct ConfigOptions {
    #[command(flatten)]
    pub(crate) serve: ServeOptions,
    /// Print every setting there is, for the reference page, instead of the effective ones.
    #[arg(long, hide = true)]
    pub(crate) reference: bool,
}

/// Options of the commands that work on a store.
#[derive(Debug, Args, Default)]
pub(crate) struct StoreOptions {
    /// Settings file (TOML). Also `CREDERE_CONFIG`.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Data folder. Also `CREDERE_DATA`; default `./credere-data`.
    #[arg(long, value_name = "DIR", conflicts_with = "database")]
    pub(crate) data: Option<PathBuf>,
    /// PostgreSQL address. Not offered by this version.
    #[arg(long, value_name = "URL")]
    pub(crate) database: Option<String>,
}

impl StoreOptions {
    /// The same as the server's, for resolving settings.
    pub(crate) fn as_serve(&self) -> ServeOptions {
        ServeOptions {
            config: self.config.clone(),
            data: self.data.clone(),
            database: self.database.clone(),
            ..ServeOptions::default()
        }
    }
}

#[derive(Debug, Args)]
pub(crate) struct VerifyOptions {
    #[command(flatten)]
    pub(crate) store: StoreOptions,
    /// Where to build a second history, to compare the first one with: it needs as much room as `history.db`. By default
    /// the system's folder for temporary files.
    #[arg(long, value_name = "DIR")]
    pub(crate) scratch: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct BackupOptions {
    #[command(flatten)]
    pub(crate) store: StoreOptions,
    /// The folder to make. It must not exist.
    pub(crate) target: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct RestoreOptions {
    #[command(flatten)]
    pub(crate) store: StoreOptions,
    /// The backup to read.
    pub(crate) backup: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct RecoverOptions {
    #[command(flatten)]
    pub(crate) store: StoreOptions,
    /// Let the journal hold as it is. What knows more is kept in a folder `recovered-...` within the data folder.
    #[arg(long)]
    pub(crate) accept_loss: bool,
}

#[derive(Debug, Args)]
pub(crate) struct UpgradeOptions {
    #[command(flatten)]
    pub(crate) store: StoreOptions,
    /// What the old folder is called in the end, on the same file system. It must not exist. By default the data folder's
    /// name with `.v2-backup` behind it.
    #[arg(long, value_name = "PATH")]
    pub(crate) backup: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct DemoOptions {
    /// Keep the demo's data in this folder; by default it lives in a temporary one and is gone afterwards.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Address to listen on.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7070")]
    pub(crate) listen: String,
    /// How many customers the world has.
    #[arg(long, value_name = "N", default_value_t = 40, value_parser = clap::value_parser!(u32).range(6..=10_000))]
    pub(crate) customers: u32,
    /// Purchases a second; 0 makes the world and then stays quiet.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(0..=1_000))]
    pub(crate) traffic: u32,
}
