//! The core holds no clock, file, socket, thread, randomness, async or float. What is forbidden, and why, are the two
//! tables; tests of the core are free.

use super::finding::Finding;
use super::rooms::core_files;
use super::sources::Source;
use super::tree::Tree;

/// Paths that the core may not reach, with what they bring in.
const PATHS: [(&str, &str); 17] = [
    ("std::time", "a clock; the moment is an argument"),
    ("std::fs", "files; the store reads and writes"),
    ("std::io", "input and output; app and store carry it"),
    ("std::net", "sockets; the edges speak to the network"),
    ("std::os", "the operating system"),
    ("std::env", "the environment; settings are arguments"),
    ("std::process", "processes"),
    ("std::thread", "threads; the book has one writer"),
    ("std::sync::Mutex", "locks; the book has one writer"),
    ("std::sync::RwLock", "locks; the book has one writer"),
    ("std::sync::Condvar", "locks; the book has one writer"),
    ("std::sync::mpsc", "threads; the book has one writer"),
    ("std::future", "async; the core answers at once"),
    (
        "std::collections::HashMap",
        "an order that differs from run to run; take a BTreeMap, or hashbrown with a fixed hasher",
    ),
    (
        "std::collections::HashSet",
        "an order that differs from run to run; take a BTreeSet, or hashbrown with a fixed hasher",
    ),
    ("std::hash::RandomState", "randomness; take a hasher with a fixed seed"),
    ("std::random", "randomness; identifiers are arguments"),
];

/// Words that the core may not use, wherever they come from.
const WORDS: [(&str, &str); 20] = [
    ("Instant", "a clock; the moment is an argument"),
    ("SystemTime", "a clock; the moment is an argument"),
    ("tokio", "async; the core answers at once"),
    ("async", "async; the core answers at once"),
    ("await", "async; the core answers at once"),
    ("rand", "randomness; identifiers are arguments"),
    ("getrandom", "randomness; identifiers are arguments"),
    ("fastrand", "randomness; identifiers are arguments"),
    ("RandomState", "randomness; take a hasher with a fixed seed"),
    ("new_v4", "randomness; identifiers are arguments"),
    ("now_v7", "randomness and a clock; identifiers are arguments"),
    ("f32", "floats; amounts and rates are exact"),
    ("f64", "floats; amounts and rates are exact"),
    ("print!", "output; the core gives values back"),
    ("println!", "output; the core gives values back"),
    ("eprint!", "output; the core gives values back"),
    ("eprintln!", "output; the core gives values back"),
    ("dbg!", "output; the core gives values back"),
    ("thread_local!", "threads; the book has one writer"),
    ("include_bytes!", "files; data comes in as an argument"),
];

/// Every impurity in the core.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for Source { file, code, .. } in core_files(tree) {
        let mut add = |line: usize, name: &str, brings: &str| {
            findings.push(Finding::at(
                &file.path,
                line,
                format!("`{name}` in the core brings in {brings}"),
                "let app or store do it and hand the result in; the core only decides",
            ));
        };
        for path in &code.paths {
            for (forbidden, brings) in PATHS {
                if reaches(&path.segments, forbidden) {
                    add(path.line, forbidden, brings);
                }
            }
        }
        for word in &code.words {
            if word.float {
                add(word.line, &word.text, "floats; amounts and rates are exact");
            }
            if let Some((name, brings)) = WORDS.iter().find(|(name, _)| *name == word.text) {
                add(word.line, name, brings);
            }
        }
    }
    findings
}

/// Whether a path leads to the forbidden one: to it, into it, or to a module or glob under which it would go unseen.
fn reaches(path: &[String], forbidden: &str) -> bool {
    let wanted: Vec<&str> = forbidden.split("::").collect();
    let glob = path.last().is_some_and(|last| last == "*");
    let named = &path[..path.len() - usize::from(glob)];
    let meets = named.iter().zip(&wanted).all(|(name, part)| name == part);
    meets && (named.len() >= wanted.len() || (glob && !named.is_empty()) || named.len() > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> usize {
        check(&Tree::of(&[("core/src/money/amount.rs", text)])).len()
    }

    #[test]
    fn each_forbidden_path_is_found() {
        for (path, _) in PATHS {
            assert!(found(&format!("use {path};")) > 0, "{path}");
            assert!(found(&format!("fn a() {{ {path}::x(); }}")) > 0, "{path}::x");
            assert!(found(&format!("pub use {path}::*;")) > 0, "{path}::*");
        }
    }

    #[test]
    fn each_forbidden_word_is_found() {
        for (word, _) in WORDS {
            let text = match word {
                "async" => "async fn a() {}".to_owned(),
                "await" => "fn a() { b.await }".to_owned(),
                _ if word.ends_with('!') => format!("fn a() {{ {word}(\"\") }}"),
                _ => format!("fn a(x: {word}) {{}}"),
            };
            assert!(found(&text) > 0, "{word}");
        }
    }

    #[test]
    fn a_module_or_glob_that_hides_them_is_found() {
        assert!(found("use std::collections;") > 0);
        assert!(found("use std::sync::*;") > 0);
        assert!(found("use std::*;") > 0);
        assert!(found("fn a() { let x = 1.5; }") > 0);
    }

    #[test]
    fn values_text_and_tests_are_fine() {
        for text in [
            "use std::{fmt, collections::BTreeMap, sync::Arc, str::FromStr};",
            "use hashbrown::HashMap;",
            "/// Takes no `f64` and no std::time::Instant.\nfn a() { b(\"println!\") }",
            "#[cfg(test)] mod tests { use std::collections::HashMap; fn a() -> f64 { 1.5 } }",
            "fn operand(random: u8, grand: u8) {}",
        ] {
            assert_eq!(found(text), 0, "{text}");
        }
        assert!(check(&Tree::of(&[("app/src/clock/machine.rs", "use std::time::SystemTime;")])).is_empty());
    }
}
