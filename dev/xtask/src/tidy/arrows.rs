//! Arrows between crates. The place of a crate in the tree gives its layer, the layer gives what it may depend on;
//! the table is [`MAY_USE`]. Reads the dependency graph of cargo, not the text.

use super::finding::Finding;
use cargo_metadata::{DependencyKind, Metadata};

/// A crate of the workspace, as far as its arrows matter.
pub(crate) struct Crate {
    /// The package's name.
    pub(crate) name: String,
    /// Its folder below the root, with `/`.
    pub(crate) folder: String,
    /// Every dependency, by package name; those from outside the workspace too.
    pub(crate) uses: Vec<Use>,
}

/// One dependency.
pub(crate) struct Use {
    /// The package's name.
    pub(crate) name: String,
    /// Whether it serves tests and benchmarks only.
    pub(crate) for_tests: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layer {
    Numbered,
    Core,
    Store,
    App,
    Edge,
    Binary,
    Auditor,
    Dev,
}

/// For each layer, the layers that it may depend on.
const MAY_USE: [(Layer, &[Layer]); 8] = [
    // A derive of the core's stored types, and nothing besides.
    (Layer::Numbered, &[]),
    (Layer::Core, &[Layer::Numbered]),
    (Layer::Store, &[Layer::Core]),
    (Layer::App, &[Layer::Core, Layer::Store]),
    // What the store has reaches an edge as views of the application.
    (Layer::Edge, &[Layer::Core, Layer::App]),
    (Layer::Binary, &[Layer::Core, Layer::Store, Layer::App, Layer::Edge]),
    // What judges knows nothing of what is judged but its plain types.
    (Layer::Auditor, &[Layer::Core]),
    (Layer::Dev, &[Layer::Core, Layer::Store, Layer::App, Layer::Edge, Layer::Binary, Layer::Auditor, Layer::Dev]),
];

/// The binary crate, which ties everything together.
const BINARY: &str = "edge/cli";
/// The rules written a second time.
const AUDITOR: &str = "dev/auditor";
/// The crate with test doubles and worlds: for tests only, outside `dev`.
const TESTKIT: &str = "dev/testkit";
/// What the binary may carry of `dev`: `credere bench` and `credere simulate`.
const CARRIED: [&str; 2] = ["dev/bench", "dev/sim"];

/// Crates from outside that carry a clock, randomness, threads or I/O, and so have no place in the core.
const NOT_IN_CORE: [&str; 16] = [
    "axum",
    "chrono",
    "fastrand",
    "getrandom",
    "hyper",
    "jiff",
    "mio",
    "parking_lot",
    "rand",
    "rayon",
    "reqwest",
    "rusqlite",
    "time",
    "tokio",
    "tokio-postgres",
    "tracing",
];

/// The crates of the workspace with their dependencies.
pub(crate) fn crates(metadata: &Metadata) -> Vec<Crate> {
    let root = metadata.workspace_root.as_path();
    metadata
        .workspace_packages()
        .into_iter()
        .map(|package| {
            let folder = package.manifest_path.parent().and_then(|folder| folder.strip_prefix(root).ok());
            Crate {
                name: package.name.to_string(),
                folder: folder.map(|folder| folder.as_str().replace('\\', "/")).unwrap_or_default(),
                uses: package
                    .dependencies
                    .iter()
                    .map(|used| Use { name: used.name.clone(), for_tests: used.kind == DependencyKind::Development })
                    .collect(),
            }
        })
        .collect()
}

/// Every arrow that points the wrong way.
pub(crate) fn check(crates: &[Crate]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for from in crates {
        let manifest = format!("{}/Cargo.toml", from.folder);
        let Some(layer) = layer(&from.folder) else {
            findings.push(Finding::new(
                &manifest,
                format!("`{}` lies in no layer", from.name),
                "put the crate into core, store, app, edge/ or dev/, or give its folder a layer in tidy/arrows.rs",
            ));
            continue;
        };
        for used in &from.uses {
            if let Some(to) = crates.iter().find(|to| to.name == used.name) {
                findings.extend(judge(from, layer, to, used.for_tests, &manifest));
            } else if layer == Layer::Core && !used.for_tests && NOT_IN_CORE.contains(&used.name.as_str()) {
                findings.push(Finding::new(
                    &manifest,
                    format!("the core depends on `{}`, which brings a clock, randomness, threads or I/O", used.name),
                    "let app or store do it and hand the result in as an argument",
                ));
            }
        }
    }
    findings
}

fn judge(from: &Crate, layer: Layer, to: &Crate, for_tests: bool, manifest: &str) -> Option<Finding> {
    let target = self::layer(&to.folder)?;
    let allowed = MAY_USE.iter().any(|(user, used)| *user == layer && used.contains(&target));
    let exception = match target {
        _ if to.folder == TESTKIT => for_tests,
        // The tests of an edge need a store to start the application on.
        Layer::Store => layer == Layer::Edge && for_tests,
        _ => layer == Layer::Binary && CARRIED.contains(&to.folder.as_str()),
    };
    if allowed || exception || from.name == to.name {
        return None;
    }
    let mend = match target {
        Layer::Dev if to.folder == TESTKIT => "list the testkit under [dev-dependencies]",
        _ if layer == Layer::Auditor => "let the auditor be told what it needs; it may use the core's types alone",
        Layer::Dev | Layer::Auditor => "move what is needed out of dev; only dev and the binary crate build on it",
        Layer::Store if layer == Layer::Edge => "let app answer a view of what the store has",
        Layer::Edge if layer == Layer::Edge => "edges do not know each other: move what both need into app",
        _ => "turn the arrow round: move the shared part down, or pass it in from above",
    };
    Some(Finding::new(manifest, format!("`{}` depends on `{}`, which its layer may not use", from.name, to.name), mend))
}

fn layer(folder: &str) -> Option<Layer> {
    match folder {
        "core/numbered" => Some(Layer::Numbered),
        "core" => Some(Layer::Core),
        "store" => Some(Layer::Store),
        "app" => Some(Layer::App),
        BINARY => Some(Layer::Binary),
        AUDITOR => Some(Layer::Auditor),
        _ if folder.starts_with("edge/") => Some(Layer::Edge),
        _ if folder.starts_with("dev/") => Some(Layer::Dev),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(arrows: &[(&str, &str, bool)]) -> Vec<Crate> {
        [
            "core",
            "store",
            "app",
            "edge/cloud",
            "edge/platform",
            "edge/cli",
            "dev/auditor",
            "dev/testkit",
            "dev/bench",
            "dev/xtask",
        ]
        .iter()
        .map(|&folder| Crate {
            name: folder.replace('/', "-"),
            folder: folder.to_owned(),
            uses: arrows
                .iter()
                .filter(|(from, ..)| *from == folder)
                .map(|&(_, to, for_tests)| Use { name: to.replace('/', "-"), for_tests })
                .collect(),
        })
        .collect()
    }

    fn wrong(from: &str, to: &str, for_tests: bool) -> bool {
        !check(&workspace(&[(from, to, for_tests)])).is_empty()
    }

    #[test]
    fn arrows_down_are_fine() {
        let down = [
            ("store", "core"),
            ("app", "core"),
            ("app", "store"),
            ("edge/cloud", "app"),
            ("edge/cloud", "core"),
            ("edge/cli", "edge/cloud"),
            ("edge/cli", "dev/bench"),
            ("dev/bench", "app"),
            ("dev/bench", "dev/testkit"),
            ("dev/auditor", "core"),
            ("dev/testkit", "dev/auditor"),
        ];
        for (from, to) in down {
            assert!(!wrong(from, to, false), "{from} -> {to}");
        }
    }

    #[test]
    fn arrows_up_and_sideways_are_found() {
        let up = [
            ("core", "store"),
            ("core", "app"),
            ("store", "app"),
            ("app", "edge/cloud"),
            ("edge/cloud", "edge/platform"),
            ("edge/platform", "edge/cli"),
            ("app", "dev/bench"),
            ("edge/cloud", "dev/bench"),
            ("edge/cli", "dev/xtask"),
            ("edge/cli", "dev/auditor"),
            ("dev/auditor", "store"),
            ("dev/auditor", "dev/bench"),
        ];
        for (from, to) in up {
            assert!(wrong(from, to, false), "{from} -> {to}");
            assert!(wrong(from, to, true), "{from} -> {to} in tests");
        }
    }

    #[test]
    fn the_testkit_is_for_tests_only() {
        for from in ["core", "store", "app", "edge/platform", "edge/cli"] {
            assert!(!wrong(from, "dev/testkit", true), "{from}");
            assert!(wrong(from, "dev/testkit", false), "{from}");
        }
    }

    #[test]
    fn edges_know_no_store_but_for_their_tests() {
        assert!(wrong("edge/platform", "store", false));
        assert!(!wrong("edge/platform", "store", true));
        assert!(!wrong("edge/cli", "store", false));
    }

    #[test]
    fn the_core_takes_no_clock_or_runtime_from_outside() {
        assert!(wrong("core", "tokio", false));
        assert!(wrong("core", "rand", false));
        assert!(!wrong("core", "rand", true));
        assert!(!wrong("core", "serde", false));
        assert!(!wrong("app", "tokio", false));
    }

    #[test]
    fn a_crate_outside_every_layer_is_found() {
        let stray = Crate { name: "stray".into(), folder: "tools".into(), uses: Vec::new() };
        assert_eq!(check(&[stray]).len(), 1);
    }
}
