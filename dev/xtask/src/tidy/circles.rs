//! Circles of imports between the files of one crate: two files that use each other, directly or over others, are one
//! subject in two places, or two subjects that cannot be read apart. A file uses another when it names something that is
//! defined there; a re-export only hands on, naming a module uses nothing of it, and what a folder's own file defines is
//! there for the files of the folder. Circles that stay are listed in [`PERMITTED`] with their reason.

use super::code::{Code, CodePath};
use super::finding::Finding;
use super::sources::{Source, sources};
use super::tree::Tree;
use std::collections::{BTreeMap, BTreeSet};

/// A circle that may stay, and why. All its files must lie in one of these places: files, and folders with a slash behind.
struct Permitted {
    places: &'static [&'static str],
    reason: &'static str,
}

const PERMITTED: [Permitted; 7] = [
    Permitted {
        places: &[
            "core/src/book/state.rs",
            "core/src/book/parties/state.rs",
            "core/src/book/catalogue/state.rs",
            "core/src/book/buying/state.rs",
            "core/src/book/metering/state.rs",
            "core/src/book/vouchers/state.rs",
            "core/src/book/packs/state.rs",
            "core/src/book/bills/state.rs",
            "core/src/book/notices/state.rs",
            "core/src/book/deployment/state.rs",
            "core/src/book/members/state.rs",
            "core/src/book/payers/state.rs",
            "core/src/book/transfers/state.rs",
        ],
        reason: "the book is the list of its areas' states, and each area reads the whole book",
    },
    Permitted {
        places: &["core/src/book/context.rs", "core/src/book/event.rs"],
        reason: "a decision is an event and why, and an event by itself is a decision that needs no explanation",
    },
    Permitted {
        places: &["dev/auditor/src/"],
        reason: "the account is the sum of its parts, and each part looks at the whole account",
    },
    Permitted {
        places: &["store/src/contract.rs", "store/src/contract/", "store/src/outbox.rs", "store/src/tail.rs"],
        reason: "the contract tells its errors by what it holds, and what it holds is read through it",
    },
    Permitted {
        places: &["store/src/sqlite/compare.rs", "store/src/sqlite/history/mod.rs"],
        reason: "history is compared with a second one of its kind",
    },
    Permitted {
        places: &["store/src/sqlite/folder.rs", "store/src/sqlite/manifest.rs", "store/src/sqlite/witness.rs"],
        reason: "a folder is what its witness and its manifest say, and they say it of a folder",
    },
    Permitted {
        places: &["store/src/sqlite/key_pages.rs", "store/src/sqlite/key_rows.rs", "store/src/sqlite/keys.rs"],
        reason: "keys lie in rows on pages, and each of the three is read by the next",
    },
];

impl Permitted {
    fn covers(&self, file: &str) -> bool {
        self.places.iter().any(|place| lies_in(file, place))
    }
}

fn lies_in(file: &str, place: &str) -> bool {
    file == place || (place.ends_with('/') && file.starts_with(place))
}

/// Steps from one name to the next that are followed at most: re-exports may go in circles themselves.
const STEPS_MAX: usize = 16;

/// Every circle that is not permitted, and everything that is permitted without need.
pub(crate) fn check(tree: &Tree) -> Vec<Finding> {
    judge(tree, &PERMITTED)
}

fn judge(tree: &Tree, permitted: &[Permitted]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut needed: BTreeSet<&str> = BTreeSet::new();
    for krate in crates(sources(tree)).values() {
        let uses = krate.uses();
        for circle in circles(&uses) {
            let files: Vec<&str> = circle.iter().map(|place| krate.sources[*place].file.path.as_str()).collect();
            match permitted.iter().find(|known| files.iter().all(|file| known.covers(file))) {
                Some(known) => {
                    needed.extend(known.places.iter().filter(|place| files.iter().any(|file| lies_in(file, place))))
                }
                None => findings.push(krate.finding(&circle, &uses)),
            }
        }
    }
    for Permitted { places, reason } in permitted {
        findings.extend(places.iter().filter(|place| !needed.contains(*place)).map(|place| {
            Finding::new(
                place,
                format!("no circle is here any more, and one is permitted because {reason}"),
                "take the place out of the list in tidy/circles.rs",
            )
        }));
    }
    findings
}

/// The files of one crate, found by their modules.
#[derive(Default)]
struct Crate<'a> {
    sources: Vec<Source<'a>>,
    by_module: BTreeMap<Vec<String>, usize>,
}

/// What a path leads to.
enum Target {
    /// A module, and nothing in it.
    Module(Vec<String>),
    /// Something that is defined in this file.
    Thing(usize),
    /// Another crate.
    Outside,
}

/// Which file uses which others, and in which line first.
type Uses = BTreeMap<usize, BTreeMap<usize, usize>>;

fn crates(sources: Vec<Source<'_>>) -> BTreeMap<&str, Crate<'_>> {
    let mut crates: BTreeMap<&str, Crate<'_>> = BTreeMap::new();
    for source in sources {
        let krate = crates.entry(source.krate).or_default();
        // A crate with a library and a program has two roots; paths lead to the library, which comes first.
        krate.by_module.entry(source.module.clone()).or_insert(krate.sources.len());
        krate.sources.push(source);
    }
    crates
}

impl Crate<'_> {
    fn uses(&self) -> Uses {
        let mut uses = Uses::new();
        for (from, source) in self.sources.iter().enumerate() {
            let handed_on = |path: &CodePath| path.import.as_ref().is_some_and(|import| import.public);
            for path in source.code.paths.iter().filter(|path| !handed_on(path)) {
                if let Some(Target::Thing(to)) = self.target(from, &path.segments, 0)
                    && to != from
                    && !self.lies_below(from, to)
                {
                    uses.entry(from).or_default().entry(to).or_insert(path.line);
                }
            }
        }
        uses
    }

    /// Whether a file is a part of the other one's subject: what a folder's own file defines is there for everything in the
    /// folder. The root of a crate has the whole crate below it, and is no subject.
    fn lies_below(&self, file: usize, folder: usize) -> bool {
        let (below, above) = (&self.sources[file].module, &self.sources[folder].module);
        !above.is_empty() && above.len() < below.len() && below.starts_with(above)
    }

    /// Where a path leads that is written in a file; `None` when that is not to be told from its text.
    fn target(&self, from: usize, path: &[String], steps: usize) -> Option<Target> {
        let module = &self.sources[from].module;
        let supers = path.iter().take_while(|name| *name == "super").count();
        match path {
            _ if supers > 0 => self.below(&module[..module.len().checked_sub(supers)?], &path[supers..], true, steps),
            [first, rest @ ..] if first == "crate" => self.below(&[], rest, true, steps),
            [first, rest @ ..] if first == "self" && !rest.is_empty() => self.below(module, rest, true, steps),
            _ => self.below(module, path, false, steps),
        }
    }

    /// Where a path leads from a module on; `certain` says that what it names is there.
    fn below(&self, module: &[String], path: &[String], certain: bool, steps: usize) -> Option<Target> {
        let Some((name, rest)) = path.split_first().filter(|(name, _)| *name != "*") else {
            return Some(Target::Module(module.to_vec()));
        };
        let child = [module, std::slice::from_ref(name)].concat();
        let child = self.by_module.contains_key(&child).then_some(child);
        if let Some(child) = child.as_ref().filter(|_| !rest.is_empty()) {
            return self.below(child, rest, true, steps);
        }
        let Some(&file) = self.by_module.get(module) else { return child.map(Target::Module) };
        let code = &self.sources[file].code;
        if code.defines(name) {
            return Some(Target::Thing(file));
        }
        // A function may have the name of the module that it comes from, so what is imported goes first.
        match (self.imported(file, code, name, steps), child) {
            (Some(Target::Module(module)), _) if !rest.is_empty() => self.below(&module, rest, true, steps + 1),
            (Some(target), _) => Some(target),
            (None, Some(child)) => Some(Target::Module(child)),
            (None, None) => certain.then_some(Target::Thing(file)),
        }
    }

    /// Where a name leads that a file imports, by itself or with a glob.
    fn imported(&self, file: usize, code: &Code, name: &str, steps: usize) -> Option<Target> {
        let imports = code.paths.iter().filter_map(|path| Some((path.import.as_ref()?.name.as_str(), &path.segments)));
        for (known, path) in imports.filter(|_| steps < STEPS_MAX) {
            if known == name {
                return Some(self.target(file, path, steps + 1).unwrap_or(Target::Outside));
            }
            if known == "*"
                && let Some(Target::Module(module)) = self.target(file, path, steps + 1)
                && let Some(target) = self.below(&module, &[name.to_owned()], false, steps + 1)
            {
                return Some(target);
            }
        }
        None
    }

    fn finding(&self, circle: &BTreeSet<usize>, uses: &Uses) -> Finding {
        let shown = |place: usize| {
            let path = &self.sources[place].file.path;
            path.split_once("/src/").map_or(path.as_str(), |(_, below)| below)
        };
        let edges: Vec<String> = circle
            .iter()
            .flat_map(|from| uses[from].iter().map(move |(to, line)| (from, to, line)))
            .filter(|(_, to, _)| circle.contains(to))
            .map(|(from, to, line)| format!("{}:{line} uses {}", shown(*from), shown(*to)))
            .collect();
        let first = circle.first().map_or("", |place| self.sources[*place].file.path.as_str());
        Finding::new(
            first,
            format!("{} files use each other in a circle: {}", circle.len(), edges.join(", ")),
            "move what both need into a file of its own that uses neither, or hand it in as an argument",
        )
    }
}

/// The sets of files that all lead to each other.
fn circles(uses: &Uses) -> Vec<BTreeSet<usize>> {
    let reached: BTreeMap<usize, BTreeSet<usize>> = uses.keys().map(|from| (*from, reach(uses, *from))).collect();
    let mut circles: Vec<BTreeSet<usize>> = Vec::new();
    for (from, there) in &reached {
        let back = there.iter().filter(|to| reached.get(to).is_some_and(|back| back.contains(from)));
        let circle: BTreeSet<usize> = back.copied().collect();
        if !circle.is_empty() && !circles.contains(&circle) {
            circles.push(circle);
        }
    }
    circles
}

/// Everything that a file leads to.
fn reach(uses: &Uses, from: usize) -> BTreeSet<usize> {
    let (mut reached, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(place) = open.pop() {
        open.extend(uses.get(&place).into_iter().flat_map(BTreeMap::keys).filter(|to| reached.insert(**to)));
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uses(files: &[(&str, &str)]) -> Vec<(String, String)> {
        let tree = Tree::of(files);
        let crates = crates(sources(&tree));
        let mut all = Vec::new();
        for krate in crates.values() {
            let path = |place: &usize| krate.sources[*place].module.join("::");
            for (from, to) in krate.uses() {
                all.extend(to.keys().map(|to| (path(&from), path(to))));
            }
        }
        all
    }

    fn one(from: &str, to: &str) -> Vec<(String, String)> {
        vec![(from.to_owned(), to.to_owned())]
    }

    #[test]
    fn every_way_of_writing_a_use_is_seen() {
        let files =
            |text: &'static str| [("app/src/a/b.rs", text), ("app/src/a/c.rs", "struct D;"), ("app/src/a.rs", "")];
        for text in [
            "use crate::a::c::D;",
            "use super::{c::{self, D as E}};",
            "use super::c; fn f(d: c::D) {}",
            "use super::c as e; fn f() { e::D::new() }",
            "use super::c::*; fn f() -> D { g() }",
            "fn f() -> Vec<crate::a::c::D> { g() }",
            "use crate::a; fn f(d: a::c::D) {}",
        ] {
            assert_eq!(uses(&files(text)), one("a::b", "a::c"), "{text}");
        }
        for text in
            ["use super::c;", "use super::c::*;", "pub use super::c::D;", "use other::a::c::D;", "// super::c::D"]
        {
            assert!(uses(&files(text)).is_empty(), "{text}");
        }
    }

    #[test]
    fn what_is_handed_on_is_used_where_it_comes_from() {
        let files = |parent: &'static str, text: &'static str| {
            [("app/src/a.rs", parent), ("app/src/a/b.rs", "pub struct C;"), ("app/src/d.rs", text)]
        };
        for parent in ["mod b; pub use b::C;", "mod b; pub use b::*;", "pub(crate) use self::b::{C};"] {
            for text in ["use crate::a::C;", "use crate::a::*; fn f(c: C) {}", "fn f() { crate::a::C::new() }"] {
                assert_eq!(uses(&files(parent, text)), one("d", "a::b"), "{parent} {text}");
            }
        }
        assert_eq!(uses(&files("pub use b::C as E;", "use crate::a::E;")), one("d", "a::b"));
        assert_eq!(uses(&files("pub fn c() {}", "use crate::a::c;")), one("d", "a"));
        assert!(uses(&files("use std::fmt::Debug;", "use crate::a::Debug;")).is_empty());
        // A macro may have the name of a function.
        assert_eq!(uses(&files("use x::c; fn c() { c!() }", "fn f() { crate::a::c() }")), one("d", "a"));
    }

    #[test]
    fn a_parent_uses_what_it_names_and_not_what_it_declares() {
        let files =
            |parent: &'static str| [("app/src/a.rs", parent), ("app/src/a/b.rs", "pub struct C; pub fn b() {}")];
        for text in ["mod b;", "pub mod b; pub use b::C;", "mod b; fn f(b: u8) -> u8 { b }"] {
            assert!(uses(&files(text)).is_empty(), "{text}");
        }
        for text in ["mod b; use b::C;", "mod b; pub use b::C; fn f(c: C) {}", "mod b; pub use b::b; fn f() { b() }"] {
            assert_eq!(uses(&files(text)), one("a", "a::b"), "{text}");
        }
    }

    #[test]
    fn what_a_folder_has_in_common_may_lie_in_its_own_file() {
        let files =
            |child: &'static str| [("app/src/a.rs", "mod b; use b::B; pub struct A;"), ("app/src/a/b.rs", child)];
        assert_eq!(uses(&files("use super::A; pub struct B;")), one("a", "a::b"));
        let root =
            [("app/src/lib.rs", "mod b; use b::B; pub struct A;"), ("app/src/b.rs", "use crate::A; pub struct B;")];
        assert_eq!(found(&root, &[]).len(), 1, "not in that of the crate");
    }

    fn found(files: &[(&str, &str)], permitted: &[Permitted]) -> Vec<String> {
        judge(&Tree::of(files), permitted).into_iter().map(|finding| finding.what).collect()
    }

    /// Two of them use each other, the third and fourth over the fifth; one more only looks on.
    const CIRCLES: [(&str, &str); 6] = [
        ("app/src/a.rs", "use crate::b::B; pub struct A;"),
        ("app/src/b.rs", "use crate::a::A; use crate::c::C; pub struct B;"),
        ("app/src/c.rs", "use crate::d::D; pub struct C;"),
        ("app/src/d.rs", "use crate::e::E; pub struct D;"),
        ("app/src/e.rs", "use crate::c::C; pub struct E;"),
        ("app/src/f.rs", "use crate::a::A; use crate::c::C;"),
    ];

    #[test]
    fn each_circle_is_told_once_with_its_edges() {
        assert_eq!(
            found(&CIRCLES, &[]),
            [
                "2 files use each other in a circle: a.rs:1 uses b.rs, b.rs:1 uses a.rs",
                "3 files use each other in a circle: c.rs:1 uses d.rs, d.rs:1 uses e.rs, e.rs:1 uses c.rs",
            ]
        );
        let apart = [("app/src/a.rs", "use crate::b::B; pub struct A;"), ("store/src/b.rs", "use crate::a::A;")];
        assert!(found(&apart, &[]).is_empty());
    }

    #[test]
    fn tests_may_go_in_circles() {
        let files = [
            ("app/src/a.rs", "use crate::b::B; pub struct A;"),
            ("app/src/b.rs", "pub struct B; #[cfg(test)] mod tests { use crate::a::A; } #[cfg(test)] mod c;"),
            ("app/src/b/c.rs", "use crate::a::A;"),
        ];
        assert!(found(&files, &[]).is_empty());
    }

    fn permitted(places: &'static [&'static str]) -> [Permitted; 1] {
        [Permitted { places, reason: "they are one" }]
    }

    #[test]
    fn a_circle_may_be_permitted_as_long_as_it_is_one() {
        let two = permitted(&["app/src/a.rs", "app/src/b.rs"]);
        assert_eq!(found(&CIRCLES[..3], &two), Vec::<String>::new());
        assert_eq!(found(&CIRCLES[1..3], &two).len(), 2, "neither is in a circle");
        assert_eq!(found(&CIRCLES[..3], &permitted(&["app/src/a.rs", "app/src/b.rs", "app/src/c.rs"])).len(), 1);
        assert_eq!(found(&CIRCLES[2..], &permitted(&["app/src/c.rs", "app/src/d.rs"])).len(), 3, "it is larger");
    }

    #[test]
    fn all_circles_of_a_folder_may_be_permitted() {
        assert!(found(&CIRCLES, &permitted(&["app/src/"])).is_empty());
        assert_eq!(found(&CIRCLES, &permitted(&["app/src"])).len(), 3, "a file of that name");
        assert_eq!(found(&CIRCLES[2..3], &permitted(&["app/src/"])).len(), 1);
    }
}
