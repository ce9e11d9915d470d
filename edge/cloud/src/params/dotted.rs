//! Parameters of a query or form: decoding the pairs, and folding dotted names (`UinList.0`, `Filter.0.Name`) into the
//! same tree that a JSON body gives. The pairs themselves are also what the older signature is computed over, which is why
//! decoding and folding are two steps.

use super::{MAX_DEPTH, MAX_VALUES, Value};
use crate::error::{CloudError, ErrorCode, quoted};
use percent_encoding::percent_decode_str;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Decoded names and values, in the order of the names, each name once. What was sent in plain is not copied: the pairs
/// are read before anybody is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pairs<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'a> Pairs<'a> {
    /// Decodes `a=1&b=x+y`.
    ///
    /// # Errors
    /// `InvalidParameter` when a name is empty or given twice, a text is not UTF-8, or there are more than [`MAX_VALUES`].
    pub fn decode(encoded: &'a str) -> Result<Pairs<'a>, CloudError> {
        let texts = || encoded.split('&').filter(|pair| !pair.is_empty());
        let count = texts().take(MAX_VALUES + 1).count();
        if count > MAX_VALUES {
            return Err(invalid(format!("the request has more than {MAX_VALUES} parameters")));
        }
        let mut pairs = Vec::with_capacity(count);
        for pair in texts() {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decode(name)?, decode(value)?);
            if name.is_empty() {
                return Err(invalid("a parameter has no name"));
            }
            pairs.push((name, value));
        }
        pairs.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        match pairs.windows(2).find(|two| two[0].0 == two[1].0) {
            Some(two) => Err(invalid(format!("the parameter {} is given twice", quoted(&two[0].0)))),
            None => Ok(Pairs(pairs)),
        }
    }

    /// The value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.binary_search_by(|(known, _)| known.as_ref().cmp(name)).ok()?;
        Some(&self.0[found].1)
    }

    /// Every name with its value, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value.as_ref()))
    }

    /// The same without these names.
    pub fn without(mut self, names: &[&str]) -> Pairs<'a> {
        self.0.retain(|(name, _)| !names.contains(&name.as_ref()));
        self
    }
}

fn decode(text: &str) -> Result<Cow<'_, str>, CloudError> {
    let not_text = |_| invalid("a parameter is not UTF-8 text");
    if text.contains('+') {
        let spaced = text.replace('+', " ");
        let decoded = match percent_decode_str(&spaced).decode_utf8().map_err(not_text)? {
            Cow::Owned(decoded) => Some(decoded),
            Cow::Borrowed(_) => None,
        };
        return Ok(Cow::Owned(decoded.unwrap_or(spaced)));
    }
    percent_decode_str(text).decode_utf8().map_err(not_text)
}

fn invalid(message: impl Into<String>) -> CloudError {
    CloudError::new(ErrorCode::InvalidParameter, message)
}

/// A tree whose lists are still branches with numbers for names.
enum Node {
    Leaf(String),
    Branch(BTreeMap<String, Node>),
}

/// Folds dotted names into a tree whose scalars are [`Value::Plain`].
///
/// # Errors
/// `InvalidParameter` when a name has an empty part, nests deeper than [`MAX_DEPTH`], is both a value and a container, or
/// when a list does not count 0, 1, 2, ... without a gap.
pub fn fold(pairs: Pairs<'_>) -> Result<BTreeMap<String, Value>, CloudError> {
    let mut root = BTreeMap::new();
    for (name, value) in pairs.0 {
        insert(&mut root, &name, value.into_owned())?;
    }
    root.into_iter().map(|(name, node)| Ok((name.clone(), settle(&name, node)?))).collect()
}

fn insert(root: &mut BTreeMap<String, Node>, name: &str, value: String) -> Result<(), CloudError> {
    // One level for each dot below the outermost name, as in a JSON body.
    if name.bytes().filter(|&b| b == b'.').count() > MAX_DEPTH {
        return Err(invalid(format!("the parameter {} nests deeper than {MAX_DEPTH} levels", quoted(name))));
    }
    let mut branch = root;
    let (path, last) = name.rsplit_once('.').map_or(("", name), |(path, last)| (path, last));
    if name.split('.').any(str::is_empty) {
        return Err(invalid(format!("the parameter name {} has an empty part", quoted(name))));
    }
    let clash = || invalid(format!("the parameter {} is both a value and a list or object", quoted(name)));
    for part in path.split('.').filter(|part| !part.is_empty()) {
        let next = branch.entry(part.to_owned()).or_insert_with(|| Node::Branch(BTreeMap::new()));
        branch = match next {
            Node::Branch(inner) => inner,
            Node::Leaf(_) => return Err(clash()),
        };
    }
    match branch.insert(last.to_owned(), Node::Leaf(value)) {
        None => Ok(()),
        Some(_) => Err(clash()),
    }
}

/// Turns branches with numbers for names into lists.
fn settle(path: &str, node: Node) -> Result<Value, CloudError> {
    let members = match node {
        Node::Leaf(text) => return Ok(Value::Plain(text)),
        Node::Branch(members) => members,
    };
    let is_number = |name: &String| name.bytes().all(|b| b.is_ascii_digit());
    if !members.keys().any(is_number) {
        let settled = members.into_iter().map(|(name, node)| {
            let value = settle(&format!("{path}.{name}"), node)?;
            Ok((name, value))
        });
        return settled.collect::<Result<_, _>>().map(Value::Object);
    }
    let mut members = members;
    let count = members.len();
    let mut list = Vec::with_capacity(count);
    for index in 0..count {
        let gap = || invalid(format!("the list {} must count its items from 0 without a gap", quoted(path)));
        let node = members.remove(&index.to_string()).ok_or_else(gap)?;
        list.push(settle(&format!("{path}.{index}"), node)?);
    }
    Ok(Value::List(list))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(encoded: &str) -> Result<BTreeMap<String, Value>, String> {
        Pairs::decode(encoded).and_then(fold).map_err(|error| {
            assert_eq!(error.code(), ErrorCode::InvalidParameter);
            error.message().to_owned()
        })
    }

    fn plain(text: &str) -> Value {
        Value::Plain(text.to_owned())
    }

    #[test]
    fn lists_and_objects_unfold() {
        let read = tree("UinList.0=1&UinList.1=2&Filter.0.Name=x&Filter.0.Values.0=p+q&Remark=a%26b%3D%C3%A9").unwrap();
        assert_eq!(read["UinList"], Value::List(vec![plain("1"), plain("2")]));
        let filter = [("Name".to_owned(), plain("x")), ("Values".to_owned(), Value::List(vec![plain("p q")]))];
        assert_eq!(read["Filter"], Value::List(vec![Value::Object(filter.into())]));
        assert_eq!(read["Remark"], plain("a&b=é"));
    }

    #[test]
    fn a_list_of_twelve_counts_by_number_not_by_text() {
        let pairs: Vec<_> = (0..12).rev().map(|n| format!("L.{n}={n}")).collect();
        let items: Vec<_> = (0..12).map(|n: i32| plain(&n.to_string())).collect();
        assert_eq!(tree(&pairs.join("&")).unwrap()["L"], Value::List(items));
    }

    #[test]
    fn nothing_gives_an_empty_tree() {
        assert_eq!(tree("").unwrap(), BTreeMap::new());
        assert_eq!(tree("&&").unwrap(), BTreeMap::new());
    }

    #[test]
    fn refuses_lists_with_a_gap() {
        for encoded in ["L.1=a", "L.0=a&L.2=b", "L.00=a", "L.0=a&L.x=b", "L.18446744073709551616=a"] {
            assert!(tree(encoded).unwrap_err().contains("`L` must count"), "{encoded}");
        }
    }

    #[test]
    fn refuses_names_that_do_not_fit_together() {
        for encoded in ["A=1&A.0=2", "A.0=2&A=1", "A.B=1&A.B.C=2"] {
            assert!(tree(encoded).unwrap_err().contains("both a value"), "{encoded}");
        }
        for encoded in ["A=1&A=2", "A.0=1&A%2E0=1"] {
            assert!(tree(encoded).unwrap_err().contains("twice"), "{encoded}");
        }
        for encoded in [".A=1", "A.=1", "A..B=1", ".=1"] {
            assert!(tree(encoded).unwrap_err().contains("empty part"), "{encoded}");
        }
        assert!(tree("=1").unwrap_err().contains("no name"));
        assert!(tree("A=%ff").unwrap_err().contains("UTF-8"));
    }

    #[test]
    fn depth_and_number_are_bounded() {
        let deep = |parts: usize| format!("{}=1", vec!["A"; parts].join("."));
        assert!(tree(&deep(MAX_DEPTH + 1)).is_ok());
        assert!(tree(&deep(MAX_DEPTH + 2)).unwrap_err().contains("deeper"));
        assert!(tree(&deep(1 << 16)).unwrap_err().contains("deeper"));
        let many = |count: usize| (0..count).map(|n| format!("P{n}=1")).collect::<Vec<_>>().join("&");
        assert_eq!(tree(&many(MAX_VALUES)).unwrap().len(), MAX_VALUES);
        assert!(tree(&many(MAX_VALUES + 1)).unwrap_err().contains("more than"));
    }
}
