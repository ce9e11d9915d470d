//! The Rust files that are compiled outside tests, read as tokens, each with its place in its crate's tree of modules.
//! Text that is not Rust is a finding of [`super::text`], and left out here.

use super::{
    code::Code,
    tree::{File, Tree},
};

/// One such file.
pub(crate) struct Source<'a> {
    /// The file.
    pub(crate) file: &'a File,
    /// What it says outside tests.
    pub(crate) code: Code,
    /// The folder of its crate: `edge/cloud`.
    pub(crate) krate: &'a str,
    /// Its module: `[channel, ids]`; empty for `lib.rs` and `main.rs`.
    pub(crate) module: Vec<String>,
}

/// All of them, in the order of their paths.
pub(crate) fn sources(tree: &Tree) -> Vec<Source<'_>> {
    let read: Vec<Source<'_>> = tree
        .rust()
        .filter_map(|file| {
            let (krate, below) = file.path.split_once("/src/")?;
            Some(Source { file, code: Code::read(&file.text).ok()?, krate, module: module(below) })
        })
        .collect();
    let for_tests: Vec<(&str, Vec<String>)> = read
        .iter()
        .flat_map(|source| {
            source
                .code
                .test_modules
                .iter()
                .map(|name| (source.krate, [source.module.as_slice(), std::slice::from_ref(name)].concat()))
        })
        .collect();
    let tested = |source: &Source<'_>| {
        for_tests.iter().any(|(krate, module)| *krate == source.krate && source.module.starts_with(module))
    };
    read.into_iter().filter(|source| !tested(source)).collect()
}

fn module(below: &str) -> Vec<String> {
    let bare = below.strip_suffix(".rs").unwrap_or(below);
    let home = bare.strip_suffix("/mod").unwrap_or(bare);
    if matches!(home, "lib" | "main") { Vec::new() } else { home.split('/').map(str::to_owned).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_modules() {
        let tree = Tree::of(&[
            ("core/src/channel/ids.rs", ""),
            ("core/src/channel/mod.rs", ""),
            ("core/src/lib.rs", ""),
            ("edge/cli/src/main.rs", ""),
            ("edge/cli/tests/main.rs", ""),
        ]);
        let found: Vec<(&str, String)> =
            sources(&tree).into_iter().map(|one| (one.krate, one.module.join("::"))).collect();
        let expected = [("core", "channel::ids"), ("core", "channel"), ("core", ""), ("edge/cli", "")];
        assert_eq!(found, expected.map(|(krate, module)| (krate, module.to_owned())));
    }

    #[test]
    fn what_is_for_tests_is_left_out_with_all_below() {
        let tree = Tree::of(&[
            ("app/src/money.rs", "#[cfg(test)] mod vectors;"),
            ("app/src/money/vectors.rs", ""),
            ("app/src/money/vectors/more.rs", ""),
            ("app/src/money/vectorless.rs", ""),
            ("store/src/money/vectors.rs", ""),
        ]);
        let found: Vec<&str> = sources(&tree).iter().map(|one| one.file.path.as_str()).collect();
        assert_eq!(found, ["app/src/money.rs", "app/src/money/vectorless.rs", "store/src/money/vectors.rs"]);
    }
}
