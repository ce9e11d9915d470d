//! The rules that the preloaded library `dev/faults` follows, and the library itself, compiled once for all tests of a
//! run. Rules are replaced as a whole, so that a server never reads half of them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The rules for the servers of one test.
#[derive(Debug, Clone)]
pub(crate) struct Faults {
    control: PathBuf,
}

impl Faults {
    /// No faults yet; the files that say so lie in `folder`.
    pub(crate) fn none_yet(folder: &Path) -> Faults {
        let faults = Faults { control: folder.join("faults.control") };
        faults.clear();
        faults
    }

    /// From now on, what these lines say. The lines are explained in `dev/faults/faults.c`.
    pub(crate) fn set(&self, lines: &[&str]) {
        let _ = std::fs::remove_file(self.hits_path());
        let text: String = lines.iter().chain(&["end"]).map(|line| format!("{line}\n")).collect();
        let new = self.control.with_extension("new");
        std::fs::write(&new, text).and_then(|()| std::fs::rename(&new, &self.control)).expect("rules can be written");
    }

    /// From now on, nothing fails.
    pub(crate) fn clear(&self) {
        self.set(&[]);
    }

    /// How many calls have failed since the rules were set.
    pub(crate) fn hits(&self) -> usize {
        std::fs::read_to_string(self.hits_path()).map_or(0, |hits| hits.lines().count())
    }

    fn hits_path(&self) -> PathBuf {
        let mut name = self.control.as_os_str().to_owned();
        name.push(".hits");
        PathBuf::from(name)
    }

    /// From now on, the time of day is this many seconds wrong.
    pub(crate) fn set_clock_off_by(&self, seconds: i64) {
        let (file, new) = (self.clock_path(), self.control.with_extension("clock.new"));
        std::fs::write(&new, seconds.to_string())
            .and_then(|()| std::fs::rename(&new, file))
            .expect("it can be written");
    }

    fn clock_path(&self) -> PathBuf {
        self.control.with_extension("clock")
    }

    /// Has a command run with the library.
    pub(crate) fn preload(&self, command: &mut Command) {
        command.env("LD_PRELOAD", library());
        command.env("FAULTS_CONTROL", &self.control).env("FAULTS_CLOCK", self.clock_path());
    }
}

fn library() -> &'static Path {
    static LIBRARY: OnceLock<PathBuf> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dev/faults/faults.c");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        // Another run of the tests may be using the library that is there: it is replaced, not written over.
        let (library, new) = (folder.join("faults.so"), folder.join(format!("faults-{}.so", std::process::id())));
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o"]).arg(&new).arg(source);
        let compiled = compiler.args(["-ldl", "-lpthread"]).status().expect("a C compiler is installed");
        assert!(compiled.success(), "the library of faults compiles");
        std::fs::rename(&new, &library).expect("the library can be put in its place");
        library
    })
}
