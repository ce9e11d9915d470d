//! Arrows between the rooms of the core. A room uses only rooms that stand before it in [`ROOMS`]; the file `lib.rs`
//! belongs to none. Tests may look anywhere.

use super::finding::Finding;
use super::sources::{Source, sources};
use super::tree::Tree;

/// The rooms from the ground up.
const ROOMS: [&str; 7] = ["money", "ledger", "channel", "organization", "identity", "access", "book"];
/// Where they are.
const CORE: &str = "core";

/// The files of the core that are compiled outside tests.
pub(crate) fn core_files(tree: &Tree) -> impl Iterator<Item = Source<'_>> {
    sources(tree).into_iter().filter(|source| source.krate == CORE)
}

/// Every use of a room that stands above the user's.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for Source { file, code, module, .. } in core_files(tree) {
        let Some(room) = module.first() else { continue };
        let Some(height) = ROOMS.iter().position(|known| known == room) else {
            findings.push(Finding::new(
                &file.path,
                format!("`{room}` is not a room of the core"),
                "move the file into the room that owns its subject, or give a new room its place in tidy/rooms.rs and design",
            ));
            continue;
        };
        for path in &code.paths {
            let Some(target) = target(&module, &path.segments) else {
                continue;
            };
            if ROOMS.iter().position(|known| known == target).is_some_and(|other| other > height) {
                findings.push(Finding::at(
                    &file.path,
                    path.line,
                    format!("the room `{room}` uses `{target}`, which stands above it"),
                    "move what both need down, or let the upper room call this one and pass it in",
                ));
            }
        }
    }
    findings
}

/// The room that a path leads to, if it starts at `crate` or `super`.
fn target<'a>(module: &'a [String], path: &'a [String]) -> Option<&'a String> {
    let supers = path.iter().take_while(|segment| *segment == "super").count();
    if supers > 0 {
        let base = &module[..module.len().checked_sub(supers)?];
        return base.first().or_else(|| path.get(supers));
    }
    match path {
        [first, room, ..] if first == "crate" => Some(room),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(files: &[(&str, &str)]) -> Vec<String> {
        check(&Tree::of(files)).into_iter().map(|finding| finding.place).collect()
    }

    #[test]
    fn arrows_down_are_fine() {
        let text = "use crate::{money::Amount, ledger::Line}; use super::ids::Id; fn a(x: crate::channel::Y) {}";
        assert!(places(&[("core/src/channel/partner.rs", text), ("core/src/lib.rs", "pub mod book;")]).is_empty());
    }

    #[test]
    fn an_arrow_up_is_found_in_every_way_of_writing_it() {
        for text in [
            "use crate::book::{Event};",
            "use crate::{money::Amount, book::Event};",
            "fn a(x: crate::book::Event) {}",
            "use super::super::book;",
            "use super::super::{ledger, book::*};",
        ] {
            assert_eq!(places(&[("core/src/channel/partner.rs", text)]), ["core/src/channel/partner.rs:1"], "{text}");
        }
        assert_eq!(places(&[("core/src/money/mod.rs", "use super::ledger;")]), ["core/src/money/mod.rs:1"]);
    }

    #[test]
    fn a_room_that_nobody_listed_is_found() {
        assert_eq!(places(&[("core/src/attic/mod.rs", "fn a() {}")]), ["core/src/attic/mod.rs"]);
    }

    #[test]
    fn tests_may_look_anywhere() {
        let files = [
            ("core/src/money/mod.rs", "#[cfg(test)] mod vectors; #[cfg(test)] mod tests { use crate::book::{Event}; }"),
            ("core/src/money/vectors.rs", "use crate::book::{Event};"),
        ];
        assert!(places(&files).is_empty());
    }
}
