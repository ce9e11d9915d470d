//! Why a body or a query does not read, told by the field at fault. The message is the reader's own, cut to a length
//! that a log can bear; the path comes from reading a second time with an eye on it, which only malformed requests pay.

use super::{Own, Problem};
use serde_path_to_error::{Path, Segment};

/// Characters of a detail that repeats what the reader said.
const DETAIL_MAX: usize = 300;

/// Reads a body a second time to say where it is wrong.
pub(crate) fn body<'de, T: serde::Deserialize<'de>>(bytes: &'de [u8]) -> Problem {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let (path, error) = match serde_path_to_error::deserialize::<_, T>(&mut reader) {
        Ok(_) => (String::new(), reader.end().err()),
        Err(error) => (known(error.path()), Some(error.into_inner())),
    };
    let Some(error) = error else { return Problem::internal() };
    let text = error.to_string();
    // The reader adds ` at line 1 column 5`.
    let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
    if error.is_data() {
        return data(path, message);
    }
    let detail = format!("the body is not JSON: {text}");
    let problem = Problem::own(Own::InvalidJson, detail);
    if path.is_empty() { problem } else { problem.at(path) }
}

/// The path as far as the reader knew where it was: what breaks off has places without a name.
pub(crate) fn known(path: &Path) -> String {
    let mut known = String::new();
    for segment in path.iter() {
        match segment {
            Segment::Seq { index } => known.push_str(&format!("[{index}]")),
            Segment::Map { key: name } | Segment::Enum { variant: name } if known.is_empty() => known.push_str(name),
            Segment::Map { key: name } | Segment::Enum { variant: name } => known.push_str(&format!(".{name}")),
            Segment::Unknown => break,
        }
    }
    known
}

/// A problem from the place and the message of a reader.
pub(crate) fn data(path: String, message: &str) -> Problem {
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    if let Some(name) = named(message, "missing field `") {
        return Problem::missing(below(name));
    }
    if let Some(name) = named(message, "duplicate field `") {
        let field = below(name);
        let detail = format!("the field `{field}` is there more than once");
        return Problem::own(Own::DuplicateField, detail).at(field);
    }
    if message.starts_with("unknown field `") {
        return Problem::unknown(path);
    }
    let message: String = message.chars().take(DETAIL_MAX).collect();
    if path.is_empty() { Problem::own(Own::InvalidValue, message) } else { Problem::invalid(path, message) }
}

fn named<'a>(message: &'a str, before: &str) -> Option<&'a str> {
    let rest = message.strip_prefix(before)?;
    Some(rest.rsplit_once('`').map_or(rest, |(name, _)| name))
}
