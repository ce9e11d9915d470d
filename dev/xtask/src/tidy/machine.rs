//! No committed text holds an absolute path of somebody's machine: it would be wrong on every other one.

use super::finding::Finding;
use super::tree::Tree;
use regex::Regex;

/// Where such paths begin, written without slashes so that this file does not find itself.
const HOMES: [&str; 4] = ["work", "root", "home", "Users"];

/// Every line with such a path.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    // A slash in front of the name that follows no letter, digit, dot or slash: not the middle of an address or path.
    let pattern = format!(r"(?:^|[^\w./}}>\]-])(/(?:{})/[\w.-]*)", HOMES.join("|"));
    let Ok(machine) = Regex::new(&pattern) else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    for file in &tree.files {
        for (number, line) in file.text.lines().enumerate() {
            if let Some(path) = machine.captures(line).and_then(|found| found.get(1)) {
                findings.push(Finding::at(
                    &file.path,
                    number + 1,
                    format!("`{}` is a path of one machine", path.as_str()),
                    "use a path below the workspace root, a temporary folder, or a setting",
                ));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> usize {
        check(&Tree::of(&[("docs/a.md", line)])).len()
    }

    #[test]
    fn machine_paths_are_found() {
        for home in HOMES {
            for before in ["", "see ", "\"", "`", "(", "path=", "x:"] {
                assert_eq!(found(&format!("{before}/{home}/somebody/x")), 1, "{before} {home}");
            }
        }
    }

    #[test]
    fn addresses_and_relative_paths_pass() {
        for home in HOMES {
            for line in [
                format!("https://example.com/{home}/x"),
                format!("docs/{home}/x"),
                format!("../{home}/x"),
                format!("/{home}"),
            ] {
                assert_eq!(found(&line), 0, "{line}");
            }
        }
    }
}
