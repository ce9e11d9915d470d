//! A letter's subject in its header. The library encodes what is not ASCII and leaves everything else as it is; a text
//! that looks as if it were encoded already would arrive as something else, so that it is encoded here (RFC 2047).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lettre::message::header::{HeaderName, HeaderValue};

/// Bytes of text in one encoded word: with what goes around them it has at most 75 characters.
const WORD_MAX: usize = 45;

/// The header of a subject, which arrives as it is given. It must be in one line.
pub(super) fn subject(text: String) -> HeaderValue {
    let name = HeaderName::new_from_ascii_str("Subject");
    if !text.contains("=?") {
        return HeaderValue::new(name, text);
    }
    let encoded = encoded(&text);
    HeaderValue::dangerous_new_pre_encoded(name, text, encoded)
}

/// All of a text as encoded words, one a line.
fn encoded(text: &str) -> String {
    let (mut words, mut rest) = (Vec::new(), text);
    while !rest.is_empty() {
        let (word, after) = rest.split_at(rest.floor_char_boundary(WORD_MAX));
        words.push(format!("=?utf-8?b?{}?=", STANDARD.encode(word)));
        rest = after;
    }
    words.join("\r\n ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_encoded_is_encoded_in_words_that_fit() {
        let text = format!("Credit of =?utf-8?q?Paid=21?= {} is below 25 %", "é".repeat(60));
        let words: Vec<String> = encoded(&text).split("\r\n ").map(str::to_owned).collect();
        assert!(words.len() > 2 && words.iter().all(|word| word.len() <= 75), "{words:?}");
        let bytes = words.iter().flat_map(|word| {
            STANDARD.decode(word.strip_prefix("=?utf-8?b?").unwrap().strip_suffix("?=").unwrap()).unwrap()
        });
        assert_eq!(String::from_utf8(bytes.collect()).unwrap(), text);
    }
}
