//! What the parsers that strangers reach must keep to, whatever bytes they are given: one function a parser, which panics
//! when it does not. The fuzz targets in `targets` call these functions, and so does the test over the kept corpus, which
//! needs nothing but stable Rust. How to run them: `docs/howto/fuzz-a-parser.md`.

// The server is a program, of which nothing can be used from outside but its text.
#[path = "../../../edge/cli/src/serve/framing.rs"]
mod framing;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use credere_cloud::error::CloudError;
use credere_cloud::incoming::Incoming;
use credere_cloud::params::{
    Args, Kind, MAX_DEPTH, MAX_VALUES, Pairs, ParamDef, Value, check, fold, read_amount, read_json,
};
use credere_cloud::request::{HEAD_MAX, authenticate};
use credere_cloud::sign::{Caller, Secret};
use credere_core::channel::Uin;
use credere_core::money::Amount;
use framing::{Followed, Framing, Owed};

/// A function that is given any bytes.
pub type Target = fn(&[u8]);

/// Every target, by the name of its binary and of its corpus.
pub const TARGETS: [(&str, Target); 5] =
    [("framing", framing), ("signature", signature), ("form", form), ("number", number), ("cursor", cursor)];

/// The machine's clock in all targets, in seconds since 1970.
const NOW: i64 = 1_700_000_000;
/// The longest text of a refusal: what the caller sent is cut before it is quoted.
const MESSAGE_MAX: usize = 1_024;

/// One parameter of each kind.
const DEFS: &[ParamDef] = &[
    ParamDef::optional("F", Kind::Float),
    ParamDef::optional("I", Kind::Int),
    ParamDef::optional("U", Kind::Uint),
    ParamDef::optional("S", Kind::Str),
    ParamDef::optional("B", Kind::Bool),
    ParamDef::optional("L", Kind::List(&Kind::Float)),
    ParamDef::optional("O", Kind::Object(&[ParamDef::optional("F", Kind::Float)])),
];

/// What comes of a connection's bytes in pieces of this size: where they lose their meaning, if they do; the requests that
/// are complete; and what is owed.
fn followed(bytes: &[u8], size: usize) -> (Followed, u64, Owed) {
    let mut framing = Framing::default();
    let mut complete = 0;
    for (piece, before) in bytes.chunks(size).zip((0..).step_by(size)) {
        let wrong = match framing.follow(piece) {
            Followed::Well => None,
            Followed::BareLineFeed(at) => Some(Followed::BareLineFeed(before + at)),
            Followed::Lost(at) => Some(Followed::Lost(before + at)),
        };
        assert!(framing.complete >= complete, "a request that was complete stays so");
        complete = framing.complete;
        if let Some(wrong) = wrong {
            return (wrong, framing.complete, framing.owed());
        }
    }
    (Followed::Well, framing.complete, framing.owed())
}

/// What comes over a connection, whose requests are told apart whichever way it is cut into pieces; the first byte is the
/// size of some of them. Of a head that is longer than permitted nothing is promised: the parser refuses it.
pub fn framing(data: &[u8]) {
    let Some((size, bytes)) = data.split_first() else { return };
    let bytes = &bytes[..bytes.len().min(HEAD_MAX)];
    let whole = followed(bytes, HEAD_MAX);
    for size in [1, 2, 3, usize::from(*size).max(1)] {
        assert_eq!(followed(bytes, size), whole, "in pieces of {size}");
    }
    match whole {
        // The shortest request is a line and an empty one.
        (Followed::Well, complete, _) => assert!(complete * 5 <= bytes.len() as u64),
        // A carriage return before it may be the last byte of a body.
        (Followed::BareLineFeed(at), ..) => assert_eq!(bytes[at], b'\n'),
        (Followed::Lost(at), _, owed) => assert!(at < bytes.len() && owed == Owed::Body),
    }
}

/// A refusal is a published code and a short text.
fn refusal(error: &CloudError) {
    assert!(!error.message().is_empty() && error.message().len() <= MESSAGE_MAX, "{} bytes", error.message().len());
    assert!(error.code().name() != "InternalError", "{error}");
}

fn caller(secret_id: &str) -> Result<Option<Caller>, CloudError> {
    let known = Uin::new(7).ok().map(|uin| Caller { uin, secret: Secret::new("a-secret-that-no-input-can-know") });
    Ok(known.filter(|_| secret_id == "AKID"))
}

/// A request before its sender is known: lines of headers, an empty line, a body. None of them is signed with the secret.
pub fn signature(data: &[u8]) {
    let split = data.windows(2).position(|two| two == b"\n\n");
    let (head, body) = split.map_or((data, &[][..]), |at| (&data[..at], &data[at + 2..]));
    let mut headers = HeaderMap::new();
    for line in head.split(|byte| *byte == b'\n') {
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let (name, value) = (&line[..colon], line.get(colon + 1..).unwrap_or_default());
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value.trim_ascii())) {
            headers.append(name, value);
        }
    }
    let uri = Uri::from_static("/");
    for method in [Method::POST, Method::GET] {
        let incoming = Incoming { method: &method, uri: &uri, headers: &headers, body };
        refusal(&authenticate(incoming, NOW, &caller).expect_err("nothing here is signed with the secret"));
    }
}

/// A form: decoded, folded into a tree, checked; and as the body of a request in the older signature family.
pub fn form(data: &[u8]) {
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/x-www-form-urlencoded"));
    headers.insert("host", HeaderValue::from_static("localhost"));
    let incoming = Incoming { method: &Method::POST, uri: &Uri::from_static("/"), headers: &headers, body: data };
    refusal(&authenticate(incoming, NOW, &caller).expect_err("nothing here is signed with the secret"));

    let Ok(text) = std::str::from_utf8(data) else { return };
    let pairs = match Pairs::decode(text) {
        Ok(pairs) => pairs,
        Err(error) => return refusal(&error),
    };
    let names: Vec<&str> = pairs.iter().map(|(name, _)| name).collect();
    assert!(names.is_sorted_by(|one, next| one < next) && names.len() <= MAX_VALUES);
    for (name, value) in pairs.iter() {
        assert_eq!(pairs.get(name), Some(value));
    }
    let count = names.len();
    let tree = match fold(pairs) {
        Ok(tree) => tree,
        Err(error) => return refusal(&error),
    };
    assert_eq!(tree.values().map(leaves).sum::<usize>(), count);
    assert!(tree.values().map(depth).max().unwrap_or(0) <= MAX_DEPTH);
    if let Err(error) = check(tree, DEFS) {
        refusal(&error);
    }
}

fn leaves(value: &Value) -> usize {
    match value {
        Value::List(items) => items.iter().map(leaves).sum(),
        Value::Object(members) => members.values().map(leaves).sum(),
        Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Plain(_) => 1,
    }
}

fn depth(value: &Value) -> usize {
    let below = match value {
        Value::List(items) => items.iter().map(depth).max(),
        Value::Object(members) => members.values().map(depth).max(),
        Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Plain(_) => return 0,
    };
    below.unwrap_or(0) + 1
}

/// A JSON body; or one number, which a JSON body, a form and the reader of amounts must take alike.
pub fn number(data: &[u8]) {
    if data.first() == Some(&b'{') {
        match read_json(data) {
            Ok(tree) => {
                // Numbers beyond every double keep their text, so that JSON's own reader is no measure.
                assert!(tree.values().map(depth).max().unwrap_or(0) <= MAX_DEPTH);
                if let Err(error) = check(tree, DEFS) {
                    refusal(&error);
                }
            }
            Err(error) => refusal(&error),
        }
        return;
    }
    // What would end the value belongs to no number.
    let Ok(text) = std::str::from_utf8(data) else { return };
    if text.bytes().any(|byte| !byte.is_ascii_alphanumeric() && !b"+-._ ".contains(&byte)) {
        return;
    }
    let amount = read_amount("F", text);
    let json = |name: &str| {
        let body = format!("{{\"{name}\":{text}}}");
        read_json(body.as_bytes()).and_then(|tree| check(tree, DEFS))
    };
    // Blanks around a value are JSON's business.
    let bare = text == text.trim_ascii();
    let of_json = json("F").and_then(|args| args.get::<Amount>("F"));
    match &amount {
        Ok(amount) => {
            assert_eq!(of_json.ok().flatten(), Some(*amount));
            near(text, *amount);
        }
        Err(error) => {
            refusal(error);
            // JSON knows words that are no numbers.
            assert!(!bare || !matches!(of_json, Ok(Some(_))), "{text}");
        }
    }
    let plain = |name: &str| {
        let body = format!("{name}={}", text.replace('+', "%2B").replace(' ', "%20"));
        Pairs::decode(&body).and_then(fold).and_then(|tree| check(tree, DEFS))
    };
    assert_eq!(plain("F").and_then(|args| args.get::<Amount>("F")).ok().flatten(), amount.ok());
    if bare {
        whole::<i64>(text, "I", json("I"), plain("I"));
        whole::<u64>(text, "U", json("U"), plain("U"));
    }
}

/// An amount reads as itself, and what was read as it differs from it by a few doubles at most.
fn near(text: &str, amount: Amount) {
    let written = amount.to_string();
    assert_eq!(read_amount("F", &written).ok(), Some(amount));
    assert!(amount.units().abs() <= Amount::INPUT_MAX.units());
    let bits = |text: &str| text.parse::<f64>().map(|double| double.abs().to_bits()).unwrap_or_default();
    // From 2^24 on, a unit is less than four steps of a double. Where the steps halve, four are eight.
    if amount.units().abs() < (1 << 24) * 100_000_000 {
        assert!(bits(text).abs_diff(bits(&written)) <= 9, "{text} is read as {written}");
    }
}

/// A whole number is read from JSON and from a form alike, and is the number that it spells.
fn whole<N: for<'a> credere_cloud::params::FromArg<'a> + std::str::FromStr + PartialEq + std::fmt::Debug>(
    text: &str,
    name: &str,
    json: Result<Args, CloudError>,
    plain: Result<Args, CloudError>,
) {
    let read = |args: Result<Args, CloudError>| args.and_then(|args| args.get::<N>(name)).ok().flatten();
    let (json, plain) = (read(json), read(plain));
    assert_eq!(json, plain, "{text}");
    if let Some(number) = json {
        let spelt = if text == "-0" { "0" } else { text };
        assert_eq!(spelt.parse().ok(), Some(number), "{text}");
    }
}

/// The cursor of a list: the first byte says which list, the rest is the text. What is read is written as it was.
pub fn cursor(data: &[u8]) {
    let Some((letter, text)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    for written in credere_platform::cursors_read_and_written(*letter, text).into_iter().flatten() {
        assert_eq!(written, text);
    }
}
