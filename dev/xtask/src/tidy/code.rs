//! Rust text as tokens, so that a word in a comment or a string is no finding. Gives the names, macros, float literals
//! and paths of a file with their lines, `use` trees unfolded, and leaves out what is compiled for tests only. It is
//! no compiler: a path is what is written, and a renamed import counts where it is imported.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use std::str::FromStr;

/// A word of the code and its line, counted from 1.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// `Instant`, `println!`, or a float literal as written.
    pub(crate) text: String,
    /// Where it stands.
    pub(crate) line: usize,
    /// Whether it is a float literal.
    pub(crate) float: bool,
}

/// A path such as `crate::money::Amount`; a glob ends in `*`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CodePath {
    /// Its names, in order.
    pub(crate) segments: Vec<String>,
    /// The line of its last name.
    pub(crate) line: usize,
    /// What a `use` makes of it.
    pub(crate) import: Option<Import>,
}

/// A path that a `use` brings in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Import {
    /// The name that it has from there on; `*` for a glob.
    pub(crate) name: String,
    /// Whether it is handed on: `pub use`, or `pub(crate) use`.
    pub(crate) public: bool,
}

/// What a file says outside comments, strings and tests.
#[derive(Debug, Default)]
pub(crate) struct Code {
    /// Names, macros and float literals, in order.
    pub(crate) words: Vec<Word>,
    /// Every path, also those of a single name.
    pub(crate) paths: Vec<CodePath>,
    /// Modules in files of their own that are compiled for tests only: `#[cfg(test)] mod vectors;`.
    pub(crate) test_modules: Vec<String>,
    /// Lines that are compiled for tests only.
    pub(crate) test_lines: usize,
    /// Whether there is anything at all besides comments and attributes of the file.
    pub(crate) empty: bool,
}

impl Code {
    /// Reads a file.
    ///
    /// # Errors
    /// Says why the text is not Rust.
    pub(crate) fn read(text: &str) -> Result<Code, String> {
        let tokens: Vec<TokenTree> =
            TokenStream::from_str(text).map_err(|error| error.to_string())?.into_iter().collect();
        let mut code = Code { empty: without_inner_attributes(&tokens).is_empty(), ..Code::default() };
        if is_for_tests(&tokens) {
            code.test_lines = text.lines().count();
        } else {
            code.walk(&tokens);
        }
        Ok(code)
    }

    /// Whether the file defines a thing of this name.
    pub(crate) fn defines(&self, name: &str) -> bool {
        self.words.windows(2).any(|pair| DEFINING.contains(&pair[0].text.as_str()) && pair[1].text == name)
    }

    fn walk(&mut self, tokens: &[TokenTree]) {
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            at = match token {
                TokenTree::Punct(punct) if punct.as_char() == '#' => match test_item(&tokens[at..]) {
                    Some((length, module)) => {
                        self.test_modules.extend(module);
                        let last = tokens[at + length - 1].span().end().line;
                        self.test_lines += last - token.span().start().line + 1;
                        at + length
                    }
                    None => at + 1,
                },
                TokenTree::Punct(_) => at + 1,
                TokenTree::Group(group) => {
                    self.walk(&inside(group));
                    at + 1
                }
                TokenTree::Literal(literal) => {
                    let (text, line) = (literal.to_string(), literal.span().start().line);
                    if is_float(&text) {
                        self.words.push(Word { text, line, float: true });
                    }
                    at + 1
                }
                TokenTree::Ident(word) if word == "mod" => {
                    // The name of a module is no use of it.
                    for token in tokens[at..].iter().take(2) {
                        let (text, line) = (token.to_string(), token.span().start().line);
                        self.words.push(Word { text, line, float: false });
                    }
                    at + 2
                }
                TokenTree::Ident(name) if name == "use" && !is_punct(tokens.get(at + 1), '<') => {
                    self.words.push(Word { text: "use".to_owned(), line: name.span().start().line, float: false });
                    let end = tokens[at..].iter().position(|token| is_punct(Some(token), ';'));
                    let end = end.map_or(tokens.len(), |length| at + length);
                    self.imports(&tokens[at + 1..end], &[], is_public(&tokens[..at]));
                    end
                }
                TokenTree::Ident(_) => self.path(tokens, at, &[], None),
            };
        }
    }

    /// Reads the tree of a `use`, or one of its branches.
    fn imports(&mut self, tree: &[TokenTree], prefix: &[String], public: bool) {
        let mut at = 0;
        while let Some(token) = tree.get(at) {
            at = match token {
                TokenTree::Punct(star) if star.as_char() == '*' => {
                    self.push_path(prefix, "*", star.span().start().line, Some(public));
                    at + 1
                }
                TokenTree::Ident(_) => self.path(tree, at, prefix, Some(public)),
                TokenTree::Group(_) | TokenTree::Literal(_) | TokenTree::Punct(_) => at + 1,
            };
        }
    }

    /// Reads the path that starts at `at` and gives the place after it; `import` says of one in a `use` whether it is
    /// handed on.
    fn path(&mut self, tokens: &[TokenTree], mut at: usize, prefix: &[String], import: Option<bool>) -> usize {
        let mut segments = prefix.to_vec();
        let mut line = 0;
        while let Some(TokenTree::Ident(name)) = tokens.get(at) {
            let text = name.to_string();
            let text = text.strip_prefix("r#").unwrap_or(&text).to_owned();
            line = name.span().start().line;
            at += 1;
            let is_macro = is_punct(tokens.get(at), '!') && !is_punct(tokens.get(at + 1), '=');
            let word = if is_macro { format!("{text}!") } else { text.clone() };
            self.words.push(Word { text: word, line, float: false });
            if text != "self" || segments.is_empty() {
                segments.push(text);
            }
            if !(is_punct(tokens.get(at), ':') && is_punct(tokens.get(at + 1), ':')) {
                break;
            }
            match tokens.get(at + 2) {
                Some(TokenTree::Ident(_)) => at += 2,
                Some(TokenTree::Punct(star)) if star.as_char() == '*' => {
                    self.push_path(&segments, "*", line, import);
                    return at + 3;
                }
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                    self.imports(&inside(group), &segments, import == Some(true));
                    return at + 3;
                }
                _ => {
                    at += 2;
                    break;
                }
            }
        }
        let renamed = match tokens.get(at..at + 2) {
            Some([TokenTree::Ident(word), TokenTree::Ident(name)]) if import.is_some() && word == "as" => {
                at += 2;
                Some(name.to_string())
            }
            _ => None,
        };
        let import =
            import.and_then(|public| Some(Import { name: renamed.or_else(|| segments.last().cloned())?, public }));
        self.paths.push(CodePath { segments, line, import });
        at
    }

    fn push_path(&mut self, prefix: &[String], last: &str, line: usize, import: Option<bool>) {
        let segments = prefix.iter().cloned().chain([last.to_owned()]).collect();
        let import = import.map(|public| Import { name: last.to_owned(), public });
        self.paths.push(CodePath { segments, line, import });
    }
}

/// The words before the name of what a file defines.
const DEFINING: [&str; 8] = ["const", "enum", "fn", "static", "struct", "trait", "type", "union"];

fn inside(group: &Group) -> Vec<TokenTree> {
    group.stream().into_iter().collect()
}

/// Whether what comes next is `pub`, or `pub` within some bounds.
fn is_public(before: &[TokenTree]) -> bool {
    match before {
        [.., TokenTree::Ident(word)] => word == "pub",
        [.., TokenTree::Ident(word), TokenTree::Group(_)] => word == "pub",
        _ => false,
    }
}

fn is_punct(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == wanted)
}

/// `1.5`, `1e3`, `1f64`, but not `0xe3`, `1_u8` or a text.
fn is_float(literal: &str) -> bool {
    let number = literal.starts_with(|first: char| first.is_ascii_digit());
    let other_base = ["0x", "0o", "0b"].iter().any(|base| literal.starts_with(base));
    number && !other_base && (literal.contains(['.', 'e', 'E']) && !literal.ends_with("size") || literal.contains('f'))
}

fn attribute(tokens: &[TokenTree]) -> Option<String> {
    match tokens {
        [TokenTree::Punct(hash), TokenTree::Group(group), ..]
            if hash.as_char() == '#' && group.delimiter() == Delimiter::Bracket =>
        {
            Some(group.stream().to_string().split_whitespace().collect())
        }
        _ => None,
    }
}

fn means_test(attribute: &str) -> bool {
    attribute == "test" || attribute == "cfg(test)" || attribute.starts_with("cfg(all(test,")
}

/// The number of tokens of an item that is compiled for tests only, and its name when it is a module in another file.
fn test_item(tokens: &[TokenTree]) -> Option<(usize, Option<String>)> {
    if !attribute(tokens).is_some_and(|text| means_test(&text)) {
        return None;
    }
    let mut at = 2;
    while attribute(&tokens[at..]).is_some() {
        at += 2;
    }
    let start = at;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return Some((at, None)),
            TokenTree::Punct(punct) if punct.as_char() == ';' => {
                let module = match &tokens[start..at] {
                    [.., TokenTree::Ident(word), TokenTree::Ident(name), _] if word == "mod" => Some(name.to_string()),
                    _ => None,
                };
                return Some((at, module));
            }
            _ => {}
        }
    }
    Some((at, None))
}

/// Whether the whole file says `#![cfg(test)]`.
fn is_for_tests(mut tokens: &[TokenTree]) -> bool {
    while let [TokenTree::Punct(hash), TokenTree::Punct(bang), TokenTree::Group(group), rest @ ..] = tokens {
        if hash.as_char() != '#' || bang.as_char() != '!' {
            break;
        }
        if means_test(&group.stream().to_string().split_whitespace().collect::<String>()) {
            return true;
        }
        tokens = rest;
    }
    false
}

fn without_inner_attributes(mut tokens: &[TokenTree]) -> &[TokenTree] {
    while let [TokenTree::Punct(hash), TokenTree::Punct(bang), TokenTree::Group(_), rest @ ..] = tokens {
        if hash.as_char() != '#' || bang.as_char() != '!' {
            break;
        }
        tokens = rest;
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(text: &str) -> Vec<String> {
        Code::read(text).unwrap().paths.iter().map(|path| path.segments.join("::")).collect()
    }

    fn words(text: &str) -> Vec<String> {
        Code::read(text).unwrap().words.into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn use_trees_are_unfolded() {
        assert_eq!(
            paths("use std::{fmt, time::{self, Instant as I}, io::*}; use crate::{*, money::Amount};"),
            ["std::fmt", "std::time", "std::time::Instant", "std::io::*", "crate::*", "crate::money::Amount"]
        );
    }

    #[test]
    fn imports_have_names_and_are_handed_on_or_not() {
        let code = Code::read("use a::{self, b as c, d::*}; pub use e; pub(crate) use f::g as h; fn i() { j::k }");
        let code = code.unwrap();
        let imports: Vec<_> = code.paths.iter().filter_map(|path| path.import.as_ref()).collect();
        let names: Vec<(&str, bool)> = imports.iter().map(|import| (import.name.as_str(), import.public)).collect();
        assert_eq!(names, [("a", false), ("c", false), ("*", false), ("e", true), ("h", true)]);
    }

    #[test]
    fn what_a_file_defines_is_known() {
        let code = Code::read("pub struct A { b: u8 } pub(crate) const fn c() {} use d::E;").unwrap();
        assert!(code.defines("A") && code.defines("c"));
        assert!(!code.defines("b") && !code.defines("E"));
    }

    #[test]
    fn comments_and_strings_hold_no_words() {
        assert_eq!(words("/* f64 */ fn a() { b!(\"std::fs\"); } // tokio"), ["fn", "a", "b!"]);
    }

    #[test]
    fn generics_and_calls_do_not_hide_a_path() {
        assert!(
            paths("fn a() -> Vec<crate::book::Event> { x(super::y::z::<u8>()) }")
                .contains(&"crate::book::Event".into())
        );
        assert!(paths("fn a() { x(super::y::z::<u8>()) }").contains(&"super::y::z".into()));
    }

    #[test]
    fn what_is_for_tests_is_left_out() {
        let code = Code::read("#[cfg(test)] mod vectors;\n#[cfg(test)] #[allow(x)] mod tests { use a::b; }\nfn c() {}");
        let code = code.unwrap();
        assert_eq!(code.test_modules, ["vectors"]);
        assert_eq!(code.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>(), ["fn", "c"]);
        assert_eq!(code.test_lines, 2);
        assert!(words("#![cfg(test)] fn a() {}").is_empty());
    }

    #[test]
    fn floats_are_told_from_other_numbers() {
        for float in ["1.5", "1e3", "2f64", "1_000.0"] {
            assert!(is_float(float), "{float}");
        }
        for other in ["1", "0xef", "1_usize", "10_isize", "'1'", "\"1.5\"", "0b1"] {
            assert!(!is_float(other), "{other}");
        }
    }

    #[test]
    fn lines_are_counted_from_one() {
        let code = Code::read("//! Text.\n\nuse a::\n  b;\n").unwrap();
        assert_eq!(code.paths.last().map(|path| path.line), Some(4));
    }

    #[test]
    fn a_file_of_comments_alone_is_empty() {
        assert!(Code::read("//! Text.\n// more\n").unwrap().empty);
        assert!(!Code::read("//! Text.\nfn main() {}").unwrap().empty);
    }
}
