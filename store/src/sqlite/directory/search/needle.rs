//! What is looked for among the texts of a sheet. They stand one behind the other, folded as they are compared, each with a
//! byte at its end that no text has, so that thousands are looked at in one go.

use crate::contract::SearchTerm;
use crate::profile::fold;
use memchr::memchr2;
use memchr::memmem::Finder;

/// Ends a text that is as it was written.
const END: u8 = 0xff;

/// Ends a text that was written in other letters.
const END_FOLDED: u8 = 0xfe;

/// A search term made ready for sheets.
pub(super) enum Needle {
    /// Every text holds it.
    Empty,
    /// Folded.
    Part(Finder<'static>),
    /// A whole text: folded, and with its end.
    Whole(Finder<'static>),
}

impl Needle {
    pub(super) fn new(term: &SearchTerm) -> Needle {
        match term {
            SearchTerm::Contains(part) => {
                let mut folded = String::new();
                fold(part, &mut folded);
                if folded.is_empty() { Needle::Empty } else { Needle::Part(Finder::new(&folded).into_owned()) }
            }
            SearchTerm::Exact(whole) => Needle::Whole(Finder::new(&ended(whole)).into_owned()),
        }
    }

    /// Whether a text that matches need not be the one that is looked for: two may fold to the same.
    pub(super) fn is_doubtful(&self) -> bool {
        matches!(self, Needle::Whole(finder) if finder.needle().last() == Some(&END_FOLDED))
    }

    /// How many of these texts match; there are `texts` of them.
    pub(super) fn count(&self, mut bytes: &[u8], texts: u64) -> u64 {
        let mut count = 0;
        match self {
            Needle::Empty => count = texts,
            Needle::Part(finder) => {
                while let Some(at) = finder.find(bytes) {
                    count += 1;
                    bytes = after_end(&bytes[at..]);
                }
            }
            Needle::Whole(finder) => {
                let all = bytes;
                let mut from = 0;
                while let Some(at) = all.get(from..).and_then(|rest| finder.find(rest)) {
                    let begin = from + at;
                    count += u64::from(begin == 0 || is_end(all[begin - 1]));
                    from = begin + 1;
                }
            }
        }
        count
    }

    /// Whether this text matches, which has its end.
    pub(super) fn matches(&self, ended: &[u8]) -> bool {
        match self {
            Needle::Empty => true,
            Needle::Part(finder) => finder.find(ended).is_some(),
            Needle::Whole(finder) => finder.needle() == ended,
        }
    }
}

/// A text as it stands in a sheet.
pub(super) fn ended(text: &str) -> Vec<u8> {
    let mut folded = String::new();
    fold(text, &mut folded);
    let end = if folded == text { END } else { END_FOLDED };
    let mut bytes = folded.into_bytes();
    bytes.push(end);
    bytes
}

/// The texts of a sheet, each with its end; what is left behind the last end, too.
pub(super) fn texts(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|byte| is_end(*byte))
}

fn is_end(byte: u8) -> bool {
    byte >= END_FOLDED
}

fn after_end(bytes: &[u8]) -> &[u8] {
    memchr2(END_FOLDED, END, bytes).map_or(&[], |end| &bytes[end + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(texts: &[&str]) -> Vec<u8> {
        texts.iter().flat_map(|text| ended(text)).collect()
    }

    #[test]
    fn as_many_are_counted_as_match_one_by_one() {
        let written = ["Ann", "ann", "Joann and Ann", "", "ANN", "an", "nan", "张伟", "小张伟店", "👩‍💻", "annann"];
        let bytes = sheet(&written);
        let terms = ["ann", "ANN", "n", "", "a", "张伟", "伟", "👩", "nna", "nx", "annann", "an"];
        for text in terms {
            for term in [SearchTerm::Contains(text.into()), SearchTerm::Exact(text.into())] {
                let needle = Needle::new(&term);
                let one_by_one = texts(&bytes).filter(|ended| needle.matches(ended)).count() as u64;
                assert_eq!(needle.count(&bytes, written.len() as u64), one_by_one, "{term:?}");
            }
        }
        assert_eq!(texts(&bytes).count(), written.len());
    }

    #[test]
    fn a_whole_text_is_told_from_its_part_and_from_other_letters() {
        let found = |text: &str, term: &str| Needle::new(&SearchTerm::Exact(term.into())).matches(&ended(text));
        assert!(found("ann", "ann") && !found("annie", "ann") && !found("joann", "ann"));
        assert!(!found("Ann", "ann") && !found("ann", "Ann"));
        // Both were written in other letters than they are compared by.
        assert!(found("ANN", "Ann") && Needle::new(&SearchTerm::Exact("Ann".into())).is_doubtful());
        assert!(!Needle::new(&SearchTerm::Exact("ann".into())).is_doubtful());
    }
}
