//! Arrows between the rooms of the core. A room uses only rooms that stand before it in [`ROOMS`]; the file `lib.rs`
//! belongs to none. Tests may look anywhere.

use super::{
    Finding,
    code::Code,
    tree::{File, Tree},
};

/// The rooms from the ground up.
const ROOMS: [&str; 7] = ["money", "ledger", "channel", "organization", "identity", "access", "book"];
/// Where they are.
const CORE: &str = "core/src/";

/// The files of the core that are compiled outside tests, with their code. Text that is not Rust is a finding of
/// [`super::text`], and skipped here.
pub(crate) fn core_files(tree: &Tree) -> Vec<(&File, Code)> {
    let read: Vec<(&File, Code)> = tree
        .rust()
        .filter(|file| file.path.starts_with(CORE))
        .filter_map(|file| Some((file, Code::read(&file.text).ok()?)))
        .collect();
    let for_tests: Vec<String> = read
        .iter()
        .flat_map(|(file, code)| code.test_modules.iter().map(|name| format!("{}/{name}", home(&file.path))))
        .collect();
    read.into_iter()
        .filter(|(file, _)| {
            let below = |place: &String| {
                file.path.strip_prefix(place.as_str()).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
            };
            !for_tests.iter().any(below)
        })
        .collect()
}

/// Every use of a room that stands above the user's.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, code) in core_files(tree) {
        let module = module(&file.path);
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
            if ROOMS.iter().position(|known| *known == target).is_some_and(|other| other > height) {
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

/// The folder that holds the modules of a file: `core/src/channel` for `channel/mod.rs` and for `channel.rs`.
fn home(path: &str) -> &str {
    let bare = path.trim_end_matches(".rs");
    bare.strip_suffix("/mod").or_else(|| bare.strip_suffix("/lib")).unwrap_or(bare)
}

/// The module path of a file of the core: `[channel, ids]`; empty for `lib.rs`.
fn module(path: &str) -> Vec<String> {
    home(path).strip_prefix(CORE).map(|below| below.split('/').map(str::to_owned).collect()).unwrap_or_default()
}

/// The room that a path leads to, if it starts at `crate` or `super`.
fn target(module: &[String], path: &[String]) -> Option<String> {
    let supers = path.iter().take_while(|segment| *segment == "super").count();
    if supers > 0 {
        let base = &module[..module.len().checked_sub(supers)?];
        return base.first().or_else(|| path.get(supers)).cloned();
    }
    match path {
        [first, room, ..] if first == "crate" => Some(room.clone()),
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
