//! What people see of this program: lines on standard output and standard error. Names, remarks and messages are somebody
//! else's text, and a terminal obeys what it is told: whatever is not to be seen is shown as a mark, here and nowhere else.

use serde_json::Value;
use std::fmt::Write as _;
use std::io::{self, Write};

/// A text with a mark for each character that a terminal would obey instead of showing it: control characters (line ends
/// too), what turns the direction of writing around, and the separators of lines and paragraphs.
pub(crate) fn marked(text: &str) -> String {
    mark(text, false)
}

/// A value in one line, for people.
pub(crate) fn show_plain(value: &Value) -> String {
    match value {
        Value::String(text) => marked(text),
        Value::Null => "-".to_owned(),
        other => marked(&other.to_string()),
    }
}

/// Writes lines to standard output. Whoever reads them may stop before the end (`| head`); that is no failure.
pub(crate) fn say(lines: impl std::fmt::Display) {
    let _ = tell(lines);
}

/// The same for what is lost when nobody has it.
///
/// # Errors
/// Where it cannot be written.
pub(crate) fn tell(lines: impl std::fmt::Display) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{}", mark(&lines.to_string(), true))?;
    out.flush()
}

/// Writes a text of this program's own for programs, as it is.
pub(crate) fn say_raw(text: &[u8]) {
    let _ = io::stdout().write_all(text);
}

/// Writes lines to standard error.
pub(crate) fn complain(lines: impl std::fmt::Display) {
    let _ = writeln!(io::stderr(), "{}", mark(&lines.to_string(), true));
}

/// Writes a value to standard output as JSON for programs, which people may look at too: what would be a mark is written
/// as an escape, so that it is the same value.
pub(crate) fn say_json(value: &Value) {
    let _ = writeln!(io::stdout(), "{}", escaped(value));
}

fn escaped(value: &Value) -> String {
    let mut text = String::new();
    for c in format!("{value:#}").chars() {
        match c {
            // The breaks between the lines; within a text they are escapes already.
            '\n' => text.push(c),
            // All of them have one unit of UTF-16.
            c if obeyed(c) => drop(write!(text, "\\u{:04x}", u32::from(c))),
            c => text.push(c),
        }
    }
    text
}

fn mark(text: &str, lines: bool) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match (u32::from(c), c) {
            (_, '\n') if lines => shown.push(c),
            // Pictures of these: they stand in the same order.
            (code @ 0..=0x1f, _) => shown.extend(char::from_u32(0x2400 + code)),
            (0x7f, _) => shown.push('\u{2421}'),
            (code, c) if obeyed(c) => drop(write!(shown, "<U+{code:04X}>")),
            (_, c) => shown.push(c),
        }
    }
    shown
}

fn obeyed(c: char) -> bool {
    let turns = ['\u{61c}', '\u{200e}', '\u{200f}'];
    c.is_control()
        || turns.contains(&c)
        || ('\u{2028}'..='\u{202e}').contains(&c)
        || ('\u{2066}'..='\u{2069}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_a_mark() {
        assert_eq!(marked("a\u{1b}[31mb\0\t\r\n\u{7f}"), "a␛[31mb␀␉␍␊␡");
        assert_eq!(marked("\u{9b}31m \u{85}"), "<U+009B>31m <U+0085>");
        assert_eq!(marked("Paid\u{202e}13.00 \u{2066}x\u{2069} \u{200f}\u{2028}"), {
            "Paid<U+202E>13.00 <U+2066>x<U+2069> <U+200F><U+2028>"
        });
        for plain in ["", "Café 咖啡 ☕ │ ─", "عربي", "\u{a0}"] {
            assert_eq!(marked(plain), plain);
        }
    }

    #[test]
    fn json_is_the_same_value_without_what_a_terminal_would_obey() {
        let value = serde_json::json!({ "n\u{9b}": "a\u{1b}\u{7f}\u{85}\u{202e}\n\"\\b", "list": [1, "é"] });
        let text = escaped(&value);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        assert_eq!(marked(&text.replace('\n', "")), text.replace('\n', ""));
        assert!(text.contains("\\u001b\\u007f\\u0085\\u202e"), "{text}");
    }

    #[test]
    fn lines_stay_lines_where_they_are_meant() {
        assert_eq!(mark("a\nb\u{1b}c", true), "a\nb␛c");
        assert_eq!(mark("a\nb", false), "a␊b");
    }
}
