//! Secrets and single variables, as they are read from the environment and from files. A line end at the end belongs to
//! how the value was written down, not to the value; whatever else is not meant to be in it refuses the start, since a
//! secret that is taken with a blank too many locks its owner out without a word. A secret is taken over in the memory that
//! it was read into, so that no copy of it is left behind.

use super::kind::clean;
use crate::exit::Failed;
use credere_app::SecretText;
use std::ffi::{OsStr, OsString};
use zeroize::Zeroizing;

/// The value of an environment variable without a line end; `None` where it is not set, or empty.
///
/// # Errors
/// [`Failed::Usage`] where it is not UTF-8.
pub(crate) fn variable(name: &str) -> Result<Option<String>, Failed> {
    std::env::var_os(name).as_deref().map_or(Ok(None), |value| read(name, value))
}

fn read(name: &str, value: &OsStr) -> Result<Option<String>, Failed> {
    let text = value.to_str().ok_or_else(|| Failed::Usage(format!("the variable {name} is not UTF-8")))?;
    let text = without_line_end(text);
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// A secret from an environment variable; `None` where it is not set, or empty.
///
/// # Errors
/// [`Failed::Usage`] where it is not UTF-8, or [`checked`] refuses it.
pub(crate) fn secret_variable(name: &str) -> Result<Option<SecretText>, Failed> {
    std::env::var_os(name).map_or(Ok(None), |value| secret_in_variable(name, value))
}

fn secret_in_variable(name: &str, value: OsString) -> Result<Option<SecretText>, Failed> {
    let from = format!("the variable {name}");
    let text = secret_text(value.into_encoded_bytes(), &from)?;
    if text.expose().is_empty() { Ok(None) } else { checked(text, &from).map(Some) }
}

/// A secret from the bytes of a file; `from` says which, for people.
///
/// # Errors
/// [`Failed::Usage`] where there is none in it, it is not UTF-8, or [`checked`] refuses it.
pub(crate) fn secret_in_file(bytes: Vec<u8>, from: &str) -> Result<SecretText, Failed> {
    let text = secret_text(bytes, from)?;
    if text.expose().is_empty() { Err(Failed::Usage(format!("{from} is empty"))) } else { checked(text, from) }
}

/// The bytes as a secret, without one line end at its end. Whatever becomes of them, they are overwritten.
fn secret_text(bytes: Vec<u8>, from: &str) -> Result<SecretText, Failed> {
    match String::from_utf8(bytes) {
        Ok(mut text) => {
            text.truncate(without_line_end(&text).len());
            Ok(SecretText::new(text))
        }
        Err(error) => {
            drop(Zeroizing::new(error.into_bytes()));
            Err(Failed::Usage(format!("{from} is not UTF-8")))
        }
    }
}

/// The text without one line end at its end.
pub(crate) fn without_line_end(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}

/// The text never shows in the error.
fn checked(text: SecretText, from: &str) -> Result<SecretText, Failed> {
    if clean(text.expose()) {
        Ok(text)
    } else {
        let rule = "must have no control characters, and no blanks at its ends (one line end at its end is dropped)";
        Err(Failed::Usage(format!("{from} {rule}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStrExt;

    #[test]
    fn one_line_end_is_dropped() {
        for (given, left) in [("x\n", "x"), ("x\r\n", "x"), ("x", "x"), ("x\n\n", "x\n"), ("\n", ""), ("x\r", "x")] {
            assert_eq!(without_line_end(given), left, "{given:?}");
        }
    }

    #[test]
    fn a_variable_that_is_no_text_is_refused_not_passed_over() {
        let no_text = OsStr::from_bytes(b"\xff");
        let refused = |message: &str| message == "the variable CREDERE_PLATFORM_KEY is not UTF-8";
        let read_as_text = read("CREDERE_PLATFORM_KEY", no_text);
        assert!(matches!(read_as_text, Err(Failed::Usage(message)) if refused(&message)));
        let read_as_secret = secret_in_variable("CREDERE_PLATFORM_KEY", no_text.to_owned());
        assert!(matches!(read_as_secret, Err(Failed::Usage(message)) if refused(&message)));
        assert!(matches!(read("X", OsStr::new("")), Ok(None)));
        assert!(matches!(read("X", OsStr::new("y\n")), Ok(Some(text)) if text == "y"));
    }

    #[test]
    fn a_secret_stays_in_the_memory_that_it_was_read_into() {
        let read = b"two words\r\n".to_vec();
        let place = read.as_ptr();
        let taken = secret_in_file(read, "the file").unwrap();
        assert_eq!((taken.expose(), taken.expose().as_ptr()), ("two words", place));
        let value = OsString::from("two words\n");
        let place = value.as_encoded_bytes().as_ptr();
        let taken = secret_in_variable("X", value).unwrap().unwrap();
        assert_eq!((taken.expose(), taken.expose().as_ptr()), ("two words", place));
        assert!(secret_in_variable("X", OsString::from("\n")).unwrap().is_none());
    }

    #[test]
    fn a_secret_with_what_nobody_meant_is_refused_without_showing_it() {
        for wrong in ["s3cret ", " s3cret", "s3\tcret", "s3cret\n\n", "\u{feff}s3cret", ""] {
            match secret_in_file(wrong.as_bytes().to_vec(), "the file") {
                Err(Failed::Usage(message)) => {
                    assert!(message.starts_with("the file ") && !message.contains("s3"), "{message}");
                }
                other => panic!("{wrong:?}: {other:?}"),
            }
        }
        let taken = secret_in_file(b"two words\r\n".to_vec(), "the file");
        assert_eq!(taken.map(|secret| secret.expose().to_owned()).ok().as_deref(), Some("two words"));
    }
}
