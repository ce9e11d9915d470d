//! What is to be measured and where; also how a child process of a benchmark is told its part.

use std::ffi::OsString;
use std::path::PathBuf;

/// Which benchmarks run, how large, and where their files go.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Options {
    /// Run only these (all by default), separated by commas.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "WORK")]
    pub only: Vec<Work>,
    /// Run everything small, to see that it works; the figures mean nothing then.
    #[arg(long)]
    pub quick: bool,
    /// How many customers the folder has that size, memory and start are measured on [default: 1,000,000].
    #[arg(long, value_name = "CUSTOMERS", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub customers: Option<u64>,
    /// How many seconds usage records are sent over HTTP [default: 60].
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub usage_seconds: Option<u64>,
    /// How many usage records a second are sent over HTTP, beside those of who asks for bills [default: as many as four
    /// connections can].
    #[arg(long, value_name = "RECORDS", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub usage_rate: Option<u64>,
    /// Folder for temporary data [default: the system's folder for such if it is on the disk of the current folder, else
    /// the current folder].
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The `credere` program whose server is measured over HTTP [default: this one].
    #[arg(long, value_name = "PATH")]
    pub credere: Option<PathBuf>,
    /// Plays the part of a child process.
    #[arg(long, value_enum, hide = true)]
    pub child: Option<ChildMode>,
    /// How to start this program again as a child.
    #[arg(skip)]
    pub program: Program,
}

/// One benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Work {
    /// Raw append and fdatasync, the yardstick.
    Raw,
    /// Authorizations on one hot distributor, in process.
    Authorize,
    /// Authorizations over HTTP, in batches and one by one.
    Http,
    /// Authorizations of 1 to 5,000 a request, in process and over HTTP.
    Sweep,
    /// A PostgreSQL transaction per purchase.
    Naive,
    /// A million customers against ten thousand.
    Size,
    /// Memory per idle customer.
    Memory,
    /// Start after a kill under load.
    Start,
    /// Usage records, in process.
    Usage,
    /// Usage records over HTTP for a minute, and how soon their lines can be asked for.
    UsageHttp,
    /// Closing a month of a million lines, and asking for its bills.
    MonthClose,
    /// What is asked of one bill of a million lines.
    BillSums,
    /// Short reads over HTTP beside many callers of a large bill's lines, against the same alone.
    Reads,
    /// Authorizations with warnings armed on every customer, against none.
    WarningsArmed,
    /// Each kind of command on books of which everything has up to a million; only when it is named, since that takes 8 GB.
    Shapes,
    /// Finding a partner's customers by a part of their names.
    Search,
}

impl Work {
    /// Every benchmark, in the order of the report.
    pub const ALL: [Work; 16] = [
        Work::Raw,
        Work::Authorize,
        Work::Http,
        Work::Sweep,
        Work::Naive,
        Work::Size,
        Work::Memory,
        Work::Start,
        Work::Usage,
        Work::UsageHttp,
        Work::MonthClose,
        Work::BillSums,
        Work::Reads,
        Work::WarningsArmed,
        Work::Shapes,
        Work::Search,
    ];
}

/// What a child process does with the data folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum ChildMode {
    /// Opens it, says so, and waits.
    Idle,
    /// Opens it and works on it until it is killed.
    Load,
}

/// The program that children are started with, and the words before the benchmark's own flags.
#[derive(Debug, Clone, Default)]
pub struct Program {
    /// Its path; this program where absent.
    pub path: Option<PathBuf>,
    /// `bench` where that is a subcommand; found from this process's own arguments where absent.
    pub words: Option<Vec<OsString>>,
}

impl Program {
    /// The path to start.
    ///
    /// # Errors
    /// When the system does not say where this program lies.
    pub fn path(&self) -> std::io::Result<PathBuf> {
        self.path.clone().map_or_else(std::env::current_exe, Ok)
    }

    /// The words before the flags.
    pub fn words(&self) -> Vec<OsString> {
        let found = || std::env::args_os().skip(1).filter(|word| word == "bench").take(1).collect();
        self.words.clone().unwrap_or_else(found)
    }
}

impl Options {
    /// Whether this benchmark is asked for.
    pub fn wants(&self, work: Work) -> bool {
        // The shapes need more memory than many machines have.
        if self.only.is_empty() { work != Work::Shapes } else { self.only.contains(&work) }
    }

    /// The first where everything is small, else the second.
    pub(crate) fn size(&self, quick: u64, full: u64) -> u64 {
        if self.quick { quick } else { full }
    }
}
