//! Links in Markdown files that point into the repository lead somewhere, and ARCHITECTURE.md names every crate.
//! Links to the world outside are not followed.

use super::arrows::Crate;
use super::finding::Finding;
use super::tree::Tree;
use pulldown_cmark::{Event, Options, Parser, Tag};

/// The map of the house.
const MAP: &str = "ARCHITECTURE.md";

/// Every link or picture whose target is missing.
pub(crate) fn check_targets(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| file.path.ends_with(".md")) {
        for (event, range) in
            Parser::new_ext(&file.text, Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES).into_offset_iter()
        {
            let (Event::Start(Tag::Link { dest_url, .. }) | Event::Start(Tag::Image { dest_url, .. })) = event else {
                continue;
            };
            let Some(target) = inside(&file.path, &dest_url) else {
                continue;
            };
            if !target.as_deref().is_some_and(|target| tree.has(target)) {
                let line = file.text[..range.start].matches('\n').count() + 1;
                findings.push(Finding::at(
                    &file.path,
                    line,
                    format!("the link to `{dest_url}` leads nowhere"),
                    "point it at the file's present place, relative to this file",
                ));
            }
        }
    }
    findings
}

/// Every crate whose folder the map does not name. Says nothing while there is no map.
pub(crate) fn check_map(tree: &Tree, crates: &[Crate]) -> Vec<Finding> {
    let Some(map) = tree.files.iter().find(|file| file.path == MAP) else {
        return Vec::new();
    };
    crates
        .iter()
        .filter(|known| !names(&map.text, &known.folder))
        .map(|known| {
            Finding::new(
                MAP,
                format!("the crate folder `{}` is not on the map", known.folder),
                "say in a sentence what lives there and what does not",
            )
        })
        .collect()
}

/// Whether the text names a folder as a whole word: `app` is not named by `happy` or `edge/app`.
fn names(text: &str, folder: &str) -> bool {
    let joins = |sign: char| sign.is_alphanumeric() || sign == '_' || sign == '-';
    text.match_indices(folder).any(|(at, _)| {
        let before = text[..at].chars().next_back().is_none_or(|sign| !joins(sign) && sign != '/');
        let after = text[at + folder.len()..].chars().next().is_none_or(|sign| !joins(sign));
        before && after
    })
}

/// Where a link in `from` leads below the root: nothing when it leads outside on purpose (a scheme, or a place in the
/// same file), and `Some(None)` when it climbs out of the repository.
fn inside(from: &str, link: &str) -> Option<Option<String>> {
    let path = link.split(['#', '?']).next().unwrap_or(link);
    let scheme =
        path.split_once(':').is_some_and(|(scheme, _)| scheme.chars().all(|sign| sign.is_ascii_alphanumeric()));
    if path.is_empty() || scheme || path.starts_with("//") {
        return None;
    }
    let mut parts: Vec<&str> = match path.strip_prefix('/') {
        Some(_) => Vec::new(),
        None => from.split('/').rev().skip(1).collect::<Vec<_>>().into_iter().rev().collect(),
    };
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.pop().is_none() => return Some(None),
            ".." => {}
            name => parts.push(name),
        }
    }
    Some(Some(parts.join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(text: &str) -> Vec<String> {
        let tree = Tree::of(&[("docs/howto/a.md", text), ("docs/b.md", ""), ("README.md", "")]);
        check_targets(&tree).into_iter().map(|finding| finding.place).collect()
    }

    #[test]
    fn a_link_to_nothing_is_found_with_its_line() {
        for link in ["missing.md", "../c.md", "/docs/c.md", "../../../README.md", "b.md#part"] {
            assert_eq!(broken(&format!("Text.\n\nSee [it]({link}).\n")), ["docs/howto/a.md:3"], "{link}");
        }
        assert_eq!(broken("See [it][1].\n\n[1]: missing.md\n").len(), 1);
        assert_eq!(broken("![picture](missing.png)\n").len(), 1);
    }

    #[test]
    fn links_that_lead_somewhere_or_outside_pass() {
        for link in [
            "../b.md",
            "../b.md#part",
            "/README.md",
            "../../README.md",
            "../",
            "#here",
            "https://example.com/x",
            "mailto:a@b.c",
        ] {
            assert!(broken(&format!("[it]({link})\n")).is_empty(), "{link}");
        }
        assert!(broken("`[it](missing.md)`\n\n```\n[it](missing.md)\n```\n").is_empty());
    }

    #[test]
    fn a_crate_missing_from_the_map_is_found() {
        let crates =
            ["app", "edge/cloud"].map(|folder| Crate { name: folder.into(), folder: folder.into(), uses: vec![] });
        let found = |map: &str| check_map(&Tree::of(&[("ARCHITECTURE.md", map)]), &crates).len();
        assert_eq!(found("`app/` decides; `edge/cloud` speaks."), 0);
        assert_eq!(found("`edge/cloud` speaks, happy as the edge/app."), 1);
        assert_eq!(found(""), 2);
        assert!(check_map(&Tree::of(&[("README.md", "")]), &crates).is_empty());
    }
}
