//! What the crates declare, read from their text: constants, and the bounds in the types of fields.

use anyhow::{Context, Result, ensure};
use ignore::WalkBuilder;
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::{fs, path::Path};

/// The one file below a place that declares the constant, and its text.
pub(super) fn declaring(root: &Path, place: &str, constant: &str) -> Result<(String, String)> {
    let mut found = Vec::new();
    for (file, text) in sources(root, place)? {
        if declares(&text, constant) {
            found.push((file, text));
        }
    }
    let files: Vec<&str> = found.iter().map(|(file, _)| file.as_str()).collect();
    ensure!(found.len() == 1, "`{constant}` must be declared once below `{place}`, and is in {files:?}");
    found.pop().context("there is one")
}

/// The Rust files below a place, which may be one itself, by their path below the root.
pub(super) fn sources(root: &Path, place: &str) -> Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for entry in WalkBuilder::new(root.join(place)).build() {
        let entry = entry?;
        if entry.path().extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(entry.path())?;
            files.push((entry.path().strip_prefix(root)?.to_string_lossy().replace('\\', "/"), text));
        }
    }
    Ok(files)
}

/// Whether a constant or a field of this name is declared in the text.
fn declares(text: &str, name: &str) -> bool {
    let declared = |word: &str| text.contains(&format!("{word} {name}:"));
    declared("const") || declared("pub")
}

/// The value of a constant, from its text: whole numbers, `*`, `<<`, and the constructors of amounts and durations.
pub(super) fn value_of(text: &str, constant: &str) -> Result<u64> {
    let declaration = Regex::new(&format!(r"const {constant}: [^=]+= ([^;]+);"))?;
    let found = declaration.captures(text).with_context(|| format!("there is no constant `{constant}`"))?;
    let inner = Regex::new(r"^(?:Duration::from_secs|Amount::whole)\((.*)\)$")?;
    let expression = found[1].trim();
    let expression = inner.captures(expression).map_or(expression.to_owned(), |inside| inside[1].to_owned());
    let not_understood = || format!("`{constant}` is `{expression}`, which this page does not understand");
    let mut shifted = expression.split("<<");
    let product = |text: &str| -> Option<u64> {
        text.split('*')
            .map(|factor| factor.trim().replace('_', "").parse::<u64>().ok())
            .try_fold(1_u64, |all, factor| all.checked_mul(factor?))
    };
    let first = shifted.next().and_then(product).with_context(not_understood)?;
    shifted.try_fold(first, |all, by| all.checked_shl(u32::try_from(product(by)?).ok()?)).with_context(not_understood)
}

/// The lengths of texts, by the field that they are in: they stand in the type of each field.
pub(super) fn texts(root: &Path, place: &str) -> Result<Vec<Vec<String>>> {
    let mut lengths: BTreeMap<String, BTreeSet<(u64, u64)>> = BTreeMap::new();
    for (_, text) in sources(root, place)? {
        read_texts(&text, &mut lengths)?;
    }
    ensure!(!lengths.is_empty(), "no field of a bounded text was found; is `Text<MIN, MAX>` still its type?");
    let row = |(field, lengths): (String, BTreeSet<(u64, u64)>)| {
        let lengths: Vec<String> = lengths.iter().map(|(least, most)| format!("{least} to {most}")).collect();
        vec![format!("`{field}`"), lengths.join(", or ")]
    };
    Ok(lengths.into_iter().map(row).collect())
}

fn read_texts(text: &str, lengths: &mut BTreeMap<String, BTreeSet<(u64, u64)>>) -> Result<()> {
    let field = Regex::new(r"(?m)^\s+(?:pub(?:\([a-z]+\))? )?([a-z_]+): (?:Option<)*Text<(\d+), (\d+)>")?;
    for found in field.captures_iter(text) {
        lengths.entry(found[1].to_owned()).or_default().insert((found[2].parse()?, found[3].parse()?));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constant_is_read_from_its_text() {
        for (expression, value) in [
            ("255", 255),
            ("30_000", 30_000),
            ("8 * 1024 * 1024", 8 << 20),
            ("1 << 18", 1 << 18),
            ("31 * 86_400", 31 * 86_400),
            ("Duration::from_secs(30)", 30),
            ("Amount::whole(1_000_000)", 1_000_000),
        ] {
            let text = format!("/// A bound.\npub(crate) const BOUND: usize = {expression};\n");
            assert_eq!(value_of(&text, "BOUND").unwrap(), value, "{expression}");
        }
    }

    #[test]
    fn what_is_not_understood_stops_the_run() {
        for text in ["", "const OTHER: u8 = 1;", "const BOUND: u8 = some();", "const BOUND: u64 = 2 * OTHER;"] {
            assert!(value_of(text, "BOUND").is_err(), "{text}");
        }
        assert!(!declares("const BOUNDED: u8 = 1;", "BOUND") && declares("pub bound: u8,", "bound"));
    }

    #[test]
    fn lengths_are_read_from_the_fields() {
        let mut lengths = BTreeMap::new();
        let fields = "struct Body {\n    name: Text<1, 256>,\n    pub(crate) email: Option<Option<Text<0, 254>>>,\n}\n";
        read_texts(fields, &mut lengths).unwrap();
        let expected =
            [("email", (0, 254)), ("name", (1, 256))].map(|(field, range)| (field.to_owned(), [range].into()));
        assert_eq!(lengths, BTreeMap::from(expected));
    }
}
