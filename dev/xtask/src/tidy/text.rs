//! House rules on files, words and names: how a file opens, what it may not say, what a room may not be called, and that
//! no room is empty.

use super::code::Code;
use super::finding::Finding;
use super::tree::{File, Tree};

/// Names under which everything and nothing fits.
const VAGUE: [&str; 9] = ["common", "util", "utils", "helper", "helpers", "manager", "managers", "misc", "stuff"];

/// Words for work left undone, written apart so that this file does not find itself.
const UNDONE_WORDS: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
/// Macros for the same.
const UNDONE_MACROS: [&str; 2] = [concat!("to", "do!"), concat!("unimple", "mented!")];

/// File endings of code, in which no work is left undone.
const CODE_ENDINGS: [&str; 11] = [".rs", ".toml", ".sh", ".py", ".js", ".mjs", ".ts", ".css", ".html", ".sql", ".c"];

/// Runs every rule of this file.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust() {
        findings.extend(opening(file));
        findings.extend(code(file));
    }
    for file in &tree.files {
        if CODE_ENDINGS.iter().any(|ending| file.path.ends_with(ending)) {
            findings.extend(undone(file));
        }
    }
    findings.extend(names(tree));
    findings.extend(empty_folders(tree));
    findings
}

fn opening(file: &File) -> Option<Finding> {
    (!file.text.starts_with("//! ")).then(|| {
        Finding::at(
            &file.path,
            1,
            "the file does not open with `//!`",
            "open with two to five sentences: what lives here, why, and what does not belong here",
        )
    })
}

fn undone(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (number, line) in file.text.lines().enumerate() {
        let mut words = line.split(|sign: char| !sign.is_alphanumeric() && sign != '_');
        if let Some(word) = words.find(|word| UNDONE_WORDS.contains(word)) {
            findings.push(Finding::at(
                &file.path,
                number + 1,
                format!("`{word}` leaves work undone"),
                "do it now, or file an issue and describe the present state in a plain sentence",
            ));
        }
    }
    findings
}

fn code(file: &File) -> Vec<Finding> {
    let code = match Code::read(&file.text) {
        Ok(code) => code,
        Err(reason) => {
            return vec![Finding::new(&file.path, format!("the file is not Rust: {reason}"), "make it compile")];
        }
    };
    let mut findings = Vec::new();
    if code.empty {
        findings.push(Finding::new(
            &file.path,
            "the file holds nothing but comments",
            "a room exists when it has something in it: fill the file or remove it",
        ));
    }
    for word in &code.words {
        if word.text == concat!("un", "safe") {
            findings.push(Finding::at(
                &file.path,
                word.line,
                "unchecked code",
                "write it without; where the machine must be touched, take a well-kept crate that does it",
            ));
        }
        if UNDONE_MACROS.contains(&word.text.as_str()) {
            findings.push(Finding::at(
                &file.path,
                word.line,
                format!("`{}` leaves work undone", word.text),
                "do it now, or leave the item out until it can be done",
            ));
        }
    }
    findings
}

fn names(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let paths = tree.rust().map(|file| file.path.as_str()).chain(tree.folders.iter().map(String::as_str));
    for path in paths {
        let name = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".rs");
        if name.split(['_', '-', '.']).any(|part| VAGUE.contains(&part)) {
            findings.push(Finding::new(
                path,
                format!("`{name}` says nothing about what is inside"),
                "name it after its subject with a word from GLOSSARY.md, or move its parts to where they are used",
            ));
        }
    }
    findings
}

/// Folders without any file in them, at any depth.
fn empty_folders(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for folder in &tree.folders {
        let below = format!("{folder}/");
        if !tree.files.iter().map(|file| &file.path).chain(&tree.binaries).any(|path| path.starts_with(&below)) {
            findings.push(Finding::new(
                folder,
                "the folder is empty",
                "a room exists when it has something in it: fill the folder or remove it",
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLEAN: &str = "//! A subject.\n\nfn a() {}\n";

    fn found(path: &str, text: &str) -> Vec<String> {
        check(&Tree::of(&[(path, text)])).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn a_clean_file_passes() {
        assert!(found("core/src/money/amount.rs", CLEAN).is_empty());
    }

    #[test]
    fn a_file_without_an_opening_is_found() {
        assert_eq!(found("app/src/a.rs", "fn a() {}").len(), 1);
        assert_eq!(found("app/src/a.rs", "// Not a doc comment.\nfn a() {}").len(), 1);
    }

    #[test]
    fn work_left_undone_is_found() {
        for word in UNDONE_WORDS {
            assert_eq!(found("app/src/a.rs", &format!("{CLEAN}// {word}: later\n")).len(), 1, "{word}");
            assert_eq!(found("dev/a.py", &format!("# {word}\n")).len(), 1, "{word}");
            assert!(found("docs/a.md", word).is_empty());
            assert!(found("app/src/a.rs", &format!("{CLEAN}// {word}S\n")).is_empty(), "another word");
        }
        for name in UNDONE_MACROS {
            assert_eq!(found("app/src/a.rs", &format!("{CLEAN}fn b() {{ {name}() }}")).len(), 1, "{name}");
        }
    }

    #[test]
    fn unchecked_code_is_found_but_not_the_lint_that_forbids_it() {
        let word = concat!("un", "safe");
        assert_eq!(found("app/src/a.rs", &format!("{CLEAN}{word} fn b() {{}}")).len(), 1);
        assert!(found("app/src/a.rs", &format!("{CLEAN}#[forbid({word}_code)] mod b {{ fn c() {{}} }}")).is_empty());
    }

    #[test]
    fn vague_names_are_found() {
        for path in ["app/src/utils.rs", "app/src/common/mod.rs", "app/src/session_manager.rs", "dev/misc/a.rs"] {
            assert_eq!(found(path, CLEAN).len(), 1, "{path}");
        }
        assert!(found("app/src/commons_fund.rs", CLEAN).is_empty());
    }

    #[test]
    fn empty_rooms_are_found() {
        assert_eq!(found("app/src/room.rs", "//! Soon.\n").len(), 1);
        let mut tree = Tree::of(&[("app/src/a.rs", CLEAN)]);
        tree.folders.push("app/src/room".into());
        tree.folders.push("docs".into());
        assert_eq!(check(&tree).len(), 2);
    }

    #[test]
    fn text_that_is_not_rust_is_found() {
        assert_eq!(found("app/src/a.rs", "//! A subject.\nfn a( {").len(), 1);
    }
}
