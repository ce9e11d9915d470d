//! One line of a scenario as words, read from the left, with errors that say what was expected where.

use super::{Name, Span, Time};
use credere_core::ledger::{Calendar, Day, Moment, Month};
use credere_core::money::{Amount, Rate};
use std::path::PathBuf;
use thiserror::Error;

/// A scenario file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ParseError {
    /// A line does not follow the format.
    #[error("{file}:{line}: expected {expected}, found {found}")]
    Line {
        /// The file as it was named.
        file: String,
        /// Counted from 1.
        line: usize,
        /// What the format asks for.
        expected: String,
        /// What stands there.
        found: String,
    },
    /// The file or folder cannot be read at all.
    #[error("cannot read `{path}`: {reason}")]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
}

/// A word, or a text in quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    Plain(String),
    Quoted(String),
    Arrow,
    Semicolon,
    Comma,
}

impl Word {
    fn shown(&self) -> String {
        match self {
            Word::Plain(text) => format!("`{text}`"),
            Word::Quoted(text) => format!("`\"{text}\"`"),
            Word::Arrow => "`->`".to_owned(),
            Word::Semicolon => "`;`".to_owned(),
            Word::Comma => "`,`".to_owned(),
        }
    }
}

/// The words of one line, and how far they are read.
pub(super) struct Words<'a> {
    file: &'a str,
    line: usize,
    words: Vec<Word>,
    at: usize,
}

impl<'a> Words<'a> {
    /// Splits a line; a `#` outside quotes begins a comment.
    pub(super) fn of(file: &'a str, line: usize, text: &str) -> Result<Words<'a>, ParseError> {
        let mut words = Vec::new();
        let mut characters = text.chars().peekable();
        while let Some(first) = characters.next() {
            match first {
                '#' => break,
                ';' => words.push(Word::Semicolon),
                ',' => words.push(Word::Comma),
                '"' => {
                    let mut quoted = String::new();
                    loop {
                        match characters.next() {
                            Some('"') => break,
                            Some(inside) => quoted.push(inside),
                            None => return Err(error(file, line, "a closing quote", "the end of the line")),
                        }
                    }
                    words.push(Word::Quoted(quoted));
                }
                space if space.is_whitespace() => {}
                _ => {
                    let mut plain = String::from(first);
                    let ends = |c: &char| c.is_whitespace() || matches!(c, ';' | ',' | '#' | '"');
                    while let Some(next) = characters.next_if(|c| !ends(c)) {
                        plain.push(next);
                    }
                    words.push(if plain == "->" { Word::Arrow } else { Word::Plain(plain) });
                }
            }
        }
        Ok(Words { file, line, words, at: 0 })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    pub(super) fn at_end(&self) -> bool {
        self.at == self.words.len()
    }

    /// The error for what stands here.
    pub(super) fn expected(&self, expected: &str) -> ParseError {
        let found = self.words.get(self.at).map_or_else(|| "the end of the line".to_owned(), Word::shown);
        error(self.file, self.line, expected, &found)
    }

    pub(super) fn end(&self) -> Result<(), ParseError> {
        if self.at_end() { Ok(()) } else { Err(self.expected("the end of the line")) }
    }

    pub(super) fn take(&mut self, wanted: &Word) -> bool {
        let there = self.words.get(self.at) == Some(wanted);
        self.at += usize::from(there);
        there
    }

    pub(super) fn accept(&mut self, word: &str) -> bool {
        let there = self.peek() == Some(word);
        self.at += usize::from(there);
        there
    }

    pub(super) fn word(&mut self, wanted: &str) -> Result<(), ParseError> {
        if self.accept(wanted) { Ok(()) } else { Err(self.expected(&format!("`{wanted}`"))) }
    }

    pub(super) fn peek(&self) -> Option<&str> {
        match self.words.get(self.at) {
            Some(Word::Plain(text)) => Some(text),
            _ => None,
        }
    }

    /// The next word where `read` makes sense of it; otherwise it stays.
    pub(super) fn maybe<T>(&mut self, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let read = self.peek().and_then(read)?;
        self.at += 1;
        Some(read)
    }

    /// The next word if `read` makes sense of it; `expected` names it otherwise.
    pub(super) fn read<T>(&mut self, expected: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<T, ParseError> {
        self.maybe(read).ok_or_else(|| self.expected(expected))
    }

    pub(super) fn plain(&mut self, expected: &str) -> Result<String, ParseError> {
        self.read(expected, |word| Some(word.to_owned()))
    }

    pub(super) fn quoted(&mut self, expected: &str) -> Result<String, ParseError> {
        match self.words.get(self.at) {
            Some(Word::Quoted(text)) => {
                let text = text.clone();
                self.at += 1;
                Ok(text)
            }
            _ => Err(self.expected(expected)),
        }
    }

    pub(super) fn maybe_quoted(&mut self) -> Option<String> {
        self.quoted("").ok()
    }

    /// A name begins with a capital letter.
    pub(super) fn name(&mut self, expected: &str) -> Result<Name, ParseError> {
        self.read(&format!("{expected} (a name beginning with a capital letter)"), |word| {
            is_name(word).then(|| word.to_owned())
        })
    }

    pub(super) fn amount(&mut self) -> Result<Amount, ParseError> {
        self.read("an amount", |word| word.strip_prefix('+').unwrap_or(word).parse().ok())
    }

    pub(super) fn maybe_amount(&mut self) -> Option<Amount> {
        self.amount().ok()
    }

    pub(super) fn rate(&mut self) -> Result<Rate, ParseError> {
        self.read("a rate above 0 and at most 10", |word| word.parse().ok())
    }

    pub(super) fn code(&mut self) -> Result<String, ParseError> {
        self.read("a product code in lower case", |word| (!is_name(word)).then(|| word.to_owned()))
    }

    pub(super) fn on_or_off(&mut self) -> Result<bool, ParseError> {
        self.read("`on` or `off`", |word| match word {
            "on" => Some(true),
            "off" => Some(false),
            _ => None,
        })
    }

    /// A whole number with its unit, such as `2h`.
    pub(super) fn counted(&mut self, unit: char, expected: &str) -> Result<u32, ParseError> {
        self.read(expected, |word| word.strip_suffix(unit)?.parse().ok())
    }

    pub(super) fn month(&mut self) -> Result<Month, ParseError> {
        self.read("a month such as `2031-10`", |word| word.parse().ok())
    }

    /// A day, as it was written.
    pub(super) fn day(&mut self) -> Result<String, ParseError> {
        self.read("a day such as `2031-10-03`", |word| read_day(word).map(|_| word.to_owned()))
    }

    /// A day where one stands here, as it was written.
    pub(super) fn maybe_day(&mut self) -> Option<String> {
        self.maybe(|word| read_day(word).map(|_| word.to_owned()))
    }

    /// A day and a time of day, in the zone of the rules.
    pub(super) fn moment(&mut self) -> Result<Moment, ParseError> {
        let day = self.read("a day such as `2031-10-03`", read_day)?;
        let seconds = self.read("a time such as `09:30`", |word| {
            let (hours, minutes) = word.split_once(':')?;
            let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
            ((0..24).contains(&hours) && (0..60).contains(&minutes)).then_some(hours * 3_600 + minutes * 60)
        })?;
        Ok(Calendar::default().start_of(day).plus_seconds(seconds))
    }

    /// A span from now, or a moment.
    pub(super) fn time(&mut self) -> Result<Time, ParseError> {
        if self.peek().and_then(read_day).is_some() {
            self.moment().map(Time::At)
        } else {
            self.span().map(Time::FromNow)
        }
    }

    pub(super) fn span(&mut self) -> Result<Span, ParseError> {
        self.read("a span of time such as `7d` or `2h30m`", read_span)
    }
}

fn error(file: &str, line: usize, expected: &str, found: &str) -> ParseError {
    ParseError::Line { file: file.to_owned(), line, expected: expected.to_owned(), found: found.to_owned() }
}

pub(super) fn is_name(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_uppercase())
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Reads `2031-10-03`.
fn read_day(word: &str) -> Option<Day> {
    let (month, day) = word.split_at_checked(7)?;
    let month: Month = month.parse().ok()?;
    let number: i32 = day.strip_prefix('-').filter(|day| day.len() == 2)?.parse().ok()?;
    let calendar = Calendar::default();
    let day = Day(calendar.day(calendar.start_of_month(month)).0 + number - 1);
    let there = number > 0 && calendar.month(calendar.start_of(day)) == month;
    there.then_some(day)
}

/// Reads `2h30m1s`, with an optional minus in front.
fn read_span(word: &str) -> Option<Span> {
    let (sign, mut rest) = match word.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, word),
    };
    if rest.is_empty() {
        return None;
    }
    let mut seconds: i64 = 0;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let count: i64 = rest.get(..digits)?.parse().ok()?;
        let unit = match rest.as_bytes().get(digits)? {
            b'd' => 86_400,
            b'h' => 3_600,
            b'm' => 60,
            b's' => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(count.checked_mul(unit)?)?;
        rest = rest.get(digits + 1..)?;
    }
    Some(Span(sign * seconds))
}

/// The name that a thing is given: `as NAME`.
pub(super) fn called(words: &mut Words<'_>) -> Result<Option<Name>, ParseError> {
    if words.accept("as") { words.name("what to call it").map(Some) } else { Ok(None) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_days() {
        let day = |word| read_day(word).map(|day| day.0);
        assert_eq!(day("1970-01-01"), Some(0));
        assert_eq!(day("2032-02-29"), Some(22_704));
        for wrong in ["2031-02-29", "2031-10-00", "2031-10-32", "2031-10-3", "2031-1003", "2031-10", "C", "7d"] {
            assert_eq!(day(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn reads_spans() {
        assert_eq!(read_span("2h30m1s"), Some(Span(9_001)));
        assert_eq!(read_span("-7d"), Some(Span(-604_800)));
        for wrong in ["", "-", "7", "d", "7w", "1.5h", "+7d"] {
            assert_eq!(read_span(wrong), None, "{wrong:?}");
        }
    }
}
