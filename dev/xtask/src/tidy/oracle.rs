//! The auditor judges the core, so it takes nothing from it that decides or reckons: its types, and neither its functions
//! nor the types whose business is arithmetic. What is forbidden, and why, are the two tables.

use super::{code::Code, finding::Finding, tree::Tree};

/// Where the auditor is.
const AUDITOR: &str = "dev/auditor/src/";
/// The crate that it judges.
const JUDGED: &str = "credere_core";

/// Modules of the core that have types only.
const ROOMS: [&str; 11] = [
    "parties",
    "catalogue",
    "buying",
    "metering",
    "vouchers",
    "bills",
    "standing",
    "notices",
    "members",
    "transfers",
    "deployment",
];

/// Types of the core that reckon.
const TYPES: [(&str, &str); 4] = [
    ("Line", "what is available"),
    ("Calendar", "days and months"),
    ("Rounding", "how products are rounded"),
    ("Verdict", "who may buy"),
];

/// Methods of the core's types that reckon.
const METHODS: [(&str, &str); 4] =
    [("plus", "a sum"), ("minus", "a difference"), ("negated", "an opposite"), ("consequence", "what follows")];

/// Everything that the auditor reaches for and must not.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust().filter(|file| file.path.starts_with(AUDITOR)) {
        // Text that is not Rust is a finding of [`super::text`].
        let Ok(code) = Code::read(&file.text) else { continue };
        let mut add = |line: usize, what: String| {
            let mend = "write it in the auditor from the rule's own text, or both are wrong together";
            findings.push(Finding::at(&file.path, line, what, mend));
        };
        // What is reached over the imported book is as much of the core.
        let of_core = |first: &String| first == JUDGED || first == "book";
        for path in code.paths.iter().filter(|path| path.segments.first().is_some_and(of_core)) {
            let Some(last) = path.segments.last() else { continue };
            if let Some((name, of)) = TYPES.iter().find(|(name, _)| path.segments.iter().any(|part| part == name)) {
                add(path.line, format!("the auditor lets the core's `{name}` say {of}"));
            } else if !last.starts_with(char::is_uppercase) && last != "book" && !ROOMS.contains(&last.as_str()) {
                add(path.line, format!("the auditor takes `{last}` from the core, which is no type"));
            }
        }
        for word in &code.words {
            if let Some((name, of)) = METHODS.iter().find(|(name, _)| *name == word.text) {
                add(word.line, format!("the auditor lets the core's `{name}` reckon {of}"));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> usize {
        check(&Tree::of(&[("dev/auditor/src/price.rs", text)])).len()
    }

    #[test]
    fn what_decides_or_reckons_is_found() {
        for text in [
            "use credere_core::book::{Book, decide};",
            "use credere_core::ledger::Line;",
            "use credere_core::money::*;",
            "use credere_core::channel;",
            "fn a(x: Amount, y: Amount) { x.plus(y) }",
            "fn a() { credere_core::book::check_laws(b) }",
        ] {
            assert_eq!(found(text), 1, "{text}");
        }
    }

    #[test]
    fn plain_types_and_tests_are_fine() {
        for text in [
            "use credere_core::channel::{OrderState as Stands, Uin}; fn a(x: Stands) -> i64 { x.units() }",
            "fn a() { let line = 1; decide(line) }",
            "#[cfg(test)] mod tests { use credere_core::book::decide; }",
        ] {
            assert_eq!(found(text), 0, "{text}");
        }
        assert!(check(&Tree::of(&[("dev/sim/src/run.rs", "use credere_core::book::check_laws;")])).is_empty());
    }
}
