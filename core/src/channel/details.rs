//! What an order, a resource or a usage record carries along besides what the rules look at: where it runs, whom inside the
//! account it belongs to, what it is made up of. Bills show it. It is kept as a text, which is JSON, and here is the one
//! place that writes and reads it. Stored, so that a field once there stays readable, under the name that it has.

use super::Uin;
use crate::money::{Amount, Factor};
use std::collections::BTreeMap;
use std::fmt::{Display, Write};

/// Everything that may be carried along; each kind of thing has its part of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// Where it runs.
    pub region: Option<String>,
    /// The part of the region.
    pub zone: Option<String>,
    /// What it belongs to inside the account.
    pub project: Option<String>,
    /// What the account sorts its things by.
    pub tags: BTreeMap<String, String>,
    /// What people call the resource.
    pub resource_name: Option<String>,
    /// Who acted, where that was not the account itself.
    pub operator_uin: Option<Uin>,
    /// What the amount of a usage record is made up of.
    pub components: Vec<Component>,
}

/// One component of what was used: its list price, times how much of it, times for how long (R79).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Its code.
    pub code: String,
    /// What people call it; may be empty.
    pub name: String,
    /// For one unit, and one unit of time.
    pub list_price: Amount,
    /// How many units.
    pub usage: Factor,
    /// What it is counted in; may be empty.
    pub unit: String,
    /// How many units of time.
    pub duration: Factor,
    /// What time is counted in; may be empty.
    pub duration_unit: String,
}

impl Details {
    /// As it is kept. Of what says nothing, `{}`.
    pub fn text(&self) -> String {
        let Details { region, zone, project, tags, resource_name, operator_uin, components } = self;
        let mut object = Object::begin();
        object.text_if_any("region", region);
        object.text_if_any("zone", zone);
        object.text_if_any("project", project);
        if !tags.is_empty() {
            let mut pairs = Object::begin();
            tags.iter().for_each(|(key, value)| pairs.text(key, value));
            object.plain("tags", pairs.end());
        }
        object.text_if_any("resource_name", resource_name);
        if let Some(uin) = operator_uin {
            object.plain("operator_uin", uin);
        }
        if !components.is_empty() {
            let each: Vec<String> = components.iter().map(Component::text).collect();
            object.plain("components", format_args!("[{}]", each.join(",")));
        }
        object.end()
    }

    /// What was written by [`Details::text`], by this version or another: fields that are not known are passed over. Should a
    /// text ever not read, the thing is shown without it.
    pub fn read(text: &str) -> Details {
        Reader { rest: text }.details().unwrap_or_default()
    }
}

impl Component {
    /// What it comes to at list price, in parts of 10^-24; `None` for a list price below zero, and for what does not fit
    /// into 128 bits, which is more than 10^14 and beyond any amount.
    pub fn product(&self) -> Option<i128> {
        if self.list_price.is_negative() {
            return None;
        }
        let once = i128::from(self.list_price.units()).checked_mul(i128::from(self.usage.units()))?;
        once.checked_mul(i128::from(self.duration.units()))
    }

    fn text(&self) -> String {
        let Component { code, name, list_price, usage, unit, duration, duration_unit } = self;
        let mut object = Object::begin();
        object.text("code", code);
        object.text("name", name);
        object.text("list_price", &list_price.to_string());
        object.text("usage", &usage.to_string());
        object.text("unit", unit);
        object.text("duration", &duration.to_string());
        object.text("duration_unit", duration_unit);
        object.end()
    }
}

/// A field of a kept text that [`Details`] does not know: older builds kept more there.
pub(crate) fn kept_text(text: &str, wanted: &str) -> Option<String> {
    let mut found = None;
    Reader { rest: text }.object(|reader, name| {
        if name == wanted {
            found = reader.optional(Reader::string)?
        } else {
            reader.pass_over()?
        }
        Some(())
    })?;
    found
}

/// A JSON object that is being written.
struct Object(String);

impl Object {
    fn begin() -> Object {
        Object("{".to_owned())
    }

    fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }

    fn name(&mut self, name: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        quote(name, &mut self.0);
        self.0.push(':');
    }

    fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        quote(value, &mut self.0);
    }

    fn text_if_any(&mut self, name: &str, value: &Option<String>) {
        if let Some(value) = value {
            self.text(name, value);
        }
    }

    /// A value that is JSON as it is.
    fn plain(&mut self, name: &str, value: impl Display) {
        self.name(name);
        write!(self.0, "{value}").expect("a string takes whatever is written");
    }
}

/// Writes a JSON string in the shortest way.
fn quote(text: &str, to: &mut String) {
    to.push('"');
    for c in text.chars() {
        match c {
            '"' => to.push_str("\\\""),
            '\\' => to.push_str("\\\\"),
            '\n' => to.push_str("\\n"),
            '\r' => to.push_str("\\r"),
            '\t' => to.push_str("\\t"),
            '\u{8}' => to.push_str("\\b"),
            '\u{c}' => to.push_str("\\f"),
            '\0'..' ' => write!(to, "\\u{:04x}", u32::from(c)).expect("a string takes whatever is written"),
            plain => to.push(plain),
        }
    }
    to.push('"');
}

/// Reads JSON front to back; each step answers `None` where the text is not as it was written.
struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn details(mut self) -> Option<Details> {
        let mut details = Details::default();
        self.object(|reader, name| {
            match name {
                "region" => details.region = reader.optional(Reader::string)?,
                "zone" => details.zone = reader.optional(Reader::string)?,
                "project" => details.project = reader.optional(Reader::string)?,
                "tags" => reader.object(|reader, key| {
                    details.tags.insert(key.to_owned(), reader.string()?);
                    Some(())
                })?,
                "resource_name" => details.resource_name = reader.optional(Reader::string)?,
                "operator_uin" => details.operator_uin = reader.optional(Reader::uin)?,
                "components" => reader.list('[', ']', |reader| {
                    details.components.push(reader.component()?);
                    Some(())
                })?,
                _ => reader.pass_over()?,
            }
            Some(())
        })?;
        self.peek().is_none().then_some(details)
    }

    fn component(&mut self) -> Option<Component> {
        let (mut code, mut list_price) = (None, None);
        let (mut usage, mut duration) = (Factor::ONE, Factor::ONE);
        let (mut name, mut unit, mut duration_unit) = (String::new(), String::new(), String::new());
        self.object(|reader, field| {
            match field {
                "code" => code = Some(reader.string()?),
                "name" => name = reader.string()?,
                "list_price" => list_price = Some(reader.string()?.parse().ok()?),
                "usage" => usage = reader.string()?.parse().ok()?,
                "unit" => unit = reader.string()?,
                "duration" => duration = reader.string()?.parse().ok()?,
                "duration_unit" => duration_unit = reader.string()?,
                _ => reader.pass_over()?,
            }
            Some(())
        })?;
        Some(Component { code: code?, name, list_price: list_price?, usage, unit, duration, duration_unit })
    }

    /// The next character that is no blank; it stays.
    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
        self.rest.chars().next()
    }

    fn take(&mut self, wanted: char) -> Option<()> {
        self.peek().filter(|found| *found == wanted)?;
        self.rest = &self.rest[wanted.len_utf8()..];
        Some(())
    }

    fn word(&mut self) -> &str {
        self.peek();
        let length = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && !"+-.".contains(c));
        let (word, rest) = self.rest.split_at(length.unwrap_or(self.rest.len()));
        self.rest = rest;
        word
    }

    /// What may be `null`.
    fn optional<T>(&mut self, read: impl Fn(&mut Self) -> Option<T>) -> Option<Option<T>> {
        match self.peek()? {
            'n' => (self.word() == "null").then_some(None),
            _ => read(self).map(Some),
        }
    }

    fn uin(&mut self) -> Option<Uin> {
        self.word().parse().ok()
    }

    fn string(&mut self) -> Option<String> {
        self.take('"')?;
        let mut text = String::new();
        loop {
            let end = self.rest.find(['"', '\\'])?;
            text.push_str(&self.rest[..end]);
            let mut special = self.rest[end..].chars();
            let quoted = special.next()? == '\\';
            if quoted {
                text.push(match special.next()? {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    'u' => {
                        let (code, rest) = special.as_str().split_at_checked(4)?;
                        special = rest.chars();
                        // Two of them make one character beyond the first plane, which is never written so.
                        char::from_u32(u32::from_str_radix(code, 16).ok()?)?
                    }
                    itself @ ('"' | '\\' | '/') => itself,
                    _ => return None,
                });
            }
            self.rest = special.as_str();
            if !quoted {
                return Some(text);
            }
        }
    }

    fn object(&mut self, mut field: impl FnMut(&mut Self, &str) -> Option<()>) -> Option<()> {
        self.list('{', '}', |reader| {
            let name = reader.string()?;
            reader.take(':')?;
            field(reader, &name)
        })
    }

    fn list(&mut self, begin: char, end: char, mut one: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.take(begin)?;
        if self.take(end).is_some() {
            return Some(());
        }
        loop {
            one(self)?;
            if self.take(',').is_none() {
                return self.take(end);
            }
        }
    }

    /// Passes over one value of any kind, however deep it is.
    fn pass_over(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                '"' => drop(self.string()?),
                begin @ ('{' | '[') => {
                    self.take(begin)?;
                    depth += 1;
                }
                end @ ('}' | ']') => {
                    self.take(end)?;
                    depth = depth.checked_sub(1)?;
                }
                between @ (',' | ':') if depth > 0 => self.take(between)?,
                _ => drop(Some(self.word()).filter(|word| !word.is_empty())?),
            }
            if depth == 0 {
                return Some(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::Serialize;

    fn component(list_price: &str, usage: &str, duration: &str) -> Component {
        Component {
            code: "x".to_owned(),
            name: String::new(),
            list_price: list_price.parse().unwrap(),
            usage: usage.parse().unwrap(),
            unit: String::new(),
            duration: duration.parse().unwrap(),
            duration_unit: String::new(),
        }
    }

    #[test]
    fn a_component_comes_to_its_exact_product() {
        assert_eq!(component("0.00000001", "0.00000001", "0.00000001").product(), Some(1));
        assert_eq!(component("0.05", "2", "3").product(), Some(3 * 10_i128.pow(23)));
        assert_eq!(component("92000000000", "1000000000", "0.00000001").product(), Some(92 * 10_i128.pow(34)));
        assert_eq!(component("92000000000", "1000000000", "1000000000").product(), None);
        assert_eq!(component("-0.01", "1", "1").product(), None);
    }

    #[test]
    fn what_is_kept_stays_as_it_is() {
        assert_eq!(Details::default().text(), "{}");
        let details = Details {
            region: Some("ap-east".to_owned()),
            tags: [("team".to_owned(), "\"blue\"\\".to_owned())].into(),
            operator_uin: Uin::new(7).ok(),
            components: vec![component("0.05", "2", "3.5")],
            ..Details::default()
        };
        let text = r#"{"region":"ap-east","tags":{"team":"\"blue\"\\"},"operator_uin":7,"components":[{"code":"x","name":"","list_price":"0.05","usage":"2.00","unit":"","duration":"3.50","duration_unit":""}]}"#;
        assert_eq!(details.text(), text);
        assert_eq!(Details::read(text), details);
    }

    #[test]
    fn what_is_not_known_is_passed_over() {
        let text = r#" { "new" : [ {"a":["}",1.5e3,true,null]} , "x" ], "zone":"z" , "region":null, "newer":{} } "#;
        assert_eq!(Details::read(text), Details { zone: Some("z".to_owned()), ..Details::default() });
    }

    #[test]
    fn what_does_not_read_says_nothing() {
        let nested = "[".repeat(100_000);
        for wrong in [
            "",
            "not written by this server",
            "[]",
            "{",
            "{}x",
            r#"{"zone":"z""#,
            r#"{"zone":"z",}"#,
            r#"{"zone":1}"#,
            r#"{"zone":"\ud800"}"#,
            r#"{"zone":"z","operator_uin":0}"#,
            r#"{"zone":"z","components":[{"code":"x"}]}"#,
            r#"{"zone":"z","new":}"#,
            r#"{"zone":"z","new":1,,"a":2}"#,
            &format!(r#"{{"zone":"z","new":{nested}"#),
        ] {
            assert_eq!(Details::read(wrong), Details::default(), "{wrong:.60}");
        }
    }

    /// The same as a JSON library writes it.
    #[derive(Serialize)]
    struct Mirror<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        region: Option<&'a str>,
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        tags: &'a BTreeMap<String, String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        operator_uin: Option<u64>,
    }

    proptest! {
        #[test]
        fn any_text_comes_back_and_is_written_as_json(
            region in any::<Option<String>>(),
            tags in any::<BTreeMap<String, String>>(),
            operator in proptest::option::of(1..=Uin::MAX),
        ) {
            let operator_uin = operator.and_then(|number| Uin::new(number).ok());
            let details = Details { region, tags, operator_uin, ..Details::default() };
            let mirror = Mirror { region: details.region.as_deref(), tags: &details.tags, operator_uin: operator };
            prop_assert_eq!(details.text(), serde_json::to_string(&mirror).unwrap());
            prop_assert_eq!(Details::read(&details.text()), details);
        }

        #[test]
        fn whatever_is_read_neither_panics_nor_hangs(text in r#"[\[\]{}",:\\unzoe0 ]{0,40}"#) {
            Details::read(&text);
        }
    }
}
