//! A limit: what it is of, where its figure comes from, and how that is shown.

use super::super::page::grouped;
use super::declared::{declaring, value_of};
use anyhow::{Context, Result};
use credere_core::money::Amount;
use std::path::Path;

/// Where a limit's figure comes from.
pub(super) enum Figure {
    /// From the crate itself, as it is shown.
    Known(String),
    /// From the text of the constant, shown with this unit.
    Read(Unit),
}

/// How a figure is shown.
#[derive(Clone, Copy)]
pub(super) enum Unit {
    Count,
    Bytes,
    Seconds,
}

/// One limit. Its constant is declared once below `place`, a folder or a file.
pub(super) struct Limit {
    what: &'static str,
    figure: Figure,
    place: &'static str,
    constant: &'static str,
    beyond: &'static str,
}

/// A limit whose figure the crate shows itself.
pub(super) fn known(
    what: &'static str,
    figure: impl ToString,
    place: &'static str,
    constant: &'static str,
    beyond: &'static str,
) -> Limit {
    Limit { what, figure: Figure::Known(figure.to_string()), place, constant, beyond }
}

/// A limit whose figure is read from the text of its constant.
pub(super) fn read(
    what: &'static str,
    unit: Unit,
    place: &'static str,
    constant: &'static str,
    beyond: &'static str,
) -> Limit {
    Limit { what, figure: Figure::Read(unit), place, constant, beyond }
}

impl Limit {
    /// Its row on the page.
    pub(super) fn row(&self, root: &Path) -> Result<Vec<String>> {
        let Limit { what, figure, place, constant, beyond } = self;
        let (file, text) = declaring(root, place, constant).with_context(|| format!("the limit of {what}"))?;
        let figure = match figure {
            Figure::Known(figure) => figure.clone(),
            Figure::Read(unit) => unit.show(value_of(&text, constant).with_context(|| format!("in `{file}`"))?),
        };
        Ok(vec![(*what).to_owned(), figure, (*beyond).to_owned(), format!("`{constant}` in `{file}`")])
    }
}

impl Unit {
    fn show(self, value: u64) -> String {
        match self {
            Unit::Count => grouped(value),
            Unit::Bytes => bytes(value),
            Unit::Seconds => seconds(value),
        }
    }
}

pub(super) fn shown(amount: Amount) -> String {
    whole(&amount.to_string())
}

/// A decimal without its places where they are zeros.
pub(super) fn whole(text: &str) -> String {
    text.strip_suffix(".00").and_then(|whole| whole.parse().ok()).map_or(text.to_owned(), grouped)
}

pub(super) fn bytes(number: u64) -> String {
    const KIB: u64 = 1 << 10;
    const MIB: u64 = 1 << 20;
    if number.is_multiple_of(MIB) {
        format!("{} MiB", grouped(number / MIB))
    } else if number.is_multiple_of(KIB) {
        format!("{} KiB", grouped(number / KIB))
    } else {
        format!("{} bytes", grouped(number))
    }
}

pub(super) fn seconds(number: u64) -> String {
    const DAY: u64 = 86_400;
    if number >= DAY && number.is_multiple_of(DAY) {
        format!("{} days", number / DAY)
    } else {
        format!("{} s", grouped(number))
    }
}

pub(super) fn duration(duration: std::time::Duration) -> String {
    if duration.subsec_millis() == 0 { seconds(duration.as_secs()) } else { format!("{} ms", duration.as_millis()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_units() {
        assert_eq!([bytes(8 << 20), bytes(32 << 10), bytes(100)], ["8 MiB", "32 KiB", "100 bytes"]);
        assert_eq!((seconds(300).as_str(), seconds(604_800).as_str()), ("300 s", "7 days"));
        assert_eq!(shown(Amount::INPUT_MAX), "92,000,000,000");
    }
}
