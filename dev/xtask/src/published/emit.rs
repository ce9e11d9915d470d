//! From definitions to Rust text. One file a service and version: for each action a request struct with its parameter
//! table and a reader, and a response struct; then the objects that they hold. Besides, the list of all action names.
//! The text is laid out by rustfmt at the end, so nothing here cares for beauty.

use super::definitions::{Definitions, Member, Service, Shape};
use super::limits::{self, Limit};
use super::names;
use crate::tidy::GENERATED;
use anyhow::{Context, Result, bail, ensure};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

/// Given with every answer by the envelope, so it is no field of a response.
const REQUEST_ID: &str = "RequestId";

/// Where the names that the generated text may use come from.
const IMPORTS: [(&str, &[&str]); 6] = [
    ("crate::envelope", &["Cents", "Figure"]),
    ("crate::error", &["CloudError"]),
    ("crate::params", &["Args", "Kind", "ParamDef"]),
    ("credere_core::money", &["Amount"]),
    ("serde", &["Serialize"]),
    ("std::ops", &["RangeFrom", "RangeInclusive"]),
];

/// The files to write, by name, not yet laid out. `wanted` gives the actions by module.
///
/// # Errors
/// When two types would bear one name, an object holds itself without a list between, or a limit fits no parameter.
pub(super) fn files(
    published: &[(Service, Definitions)],
    wanted: &BTreeMap<String, BTreeSet<String>>,
) -> Result<BTreeMap<String, String>> {
    let mut files = BTreeMap::new();
    let mut modules = vec!["catalogue".to_owned()];
    for (service, definitions) in published {
        let Some(actions) = wanted.get(&service.module()).filter(|actions| !actions.is_empty()) else { continue };
        let text = Writer::new(service, definitions, actions)?.file()?;
        files.insert(format!("{}.rs", service.module()), text);
        modules.push(service.module());
    }
    modules.sort();
    files.insert("mod.rs".to_owned(), module_file(&modules));
    files.insert("catalogue.rs".to_owned(), catalogue(published));
    Ok(files)
}

/// Lays text out with rustfmt and the workspace's settings.
///
/// # Errors
/// When rustfmt is missing or refuses the text.
pub(super) fn format(root: &Path, text: &str) -> Result<String> {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start `rustfmt`")?;
    if let Some(mut input) = rustfmt.stdin.take() {
        input.write_all(text.as_bytes())?;
    }
    let done = rustfmt.wait_with_output()?;
    ensure!(done.status.success(), "rustfmt refuses the generated text");
    Ok(String::from_utf8(done.stdout)?)
}

fn module_file(modules: &[String]) -> String {
    let mut text = format!(
        "//! {GENERATED} published`; do not edit. The published definitions of the Cloud API as Rust types, a module a\n\
         //! service and version, and the names of all its actions. What an action does lives in `actions`.\n\n"
    );
    for module in modules {
        let _ = writeln!(text, "pub(crate) mod {module};");
    }
    text
}

fn catalogue(published: &[(Service, Definitions)]) -> String {
    let mut text = format!(
        "//! {GENERATED} published`; do not edit. The names of all published actions, so that an action which this server\n\
         //! does not offer yet is told from one that does not exist. Sorted, to be searched by halves.\n\n\
         /// One version of a service.\n\
         #[derive(Debug, Clone, Copy, PartialEq, Eq)]\n\
         pub(crate) struct PublishedService {{\n\
         /// The name by which hosts and signatures call it.\n\
         pub(crate) name: &'static str,\n\
         /// The version as requests name it.\n\
         pub(crate) version: &'static str,\n\
         /// The names of its actions, sorted.\n\
         pub(crate) actions: &'static [&'static str],\n\
         }}\n\n\
         impl PublishedService {{\n\
         /// Whether an action of this name is published.\n\
         pub(crate) fn has(&self, action: &str) -> bool {{ self.actions.binary_search(&action).is_ok() }}\n\
         }}\n\n\
         /// Every published service and version.\n\
         pub(crate) const SERVICES: &[PublishedService] = &["
    );
    for (service, definitions) in published {
        let _ =
            write!(text, "PublishedService {{ name: {:?}, version: {:?}, actions: &[", service.name, service.version);
        for action in definitions.actions.keys() {
            let _ = write!(text, "{action:?},");
        }
        text.push_str("] },");
    }
    text.push_str("];\n");
    text
}

/// In which direction an object travels.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    In,
    Out,
}

struct Writer<'a> {
    service: &'a Service,
    definitions: &'a Definitions,
    actions: &'a BTreeSet<String>,
    /// Objects that travel both ways somewhere in the service; their two types need two names.
    both_ways: BTreeSet<&'a str>,
}

impl<'a> Writer<'a> {
    fn new(service: &'a Service, definitions: &'a Definitions, actions: &'a BTreeSet<String>) -> Result<Writer<'a>> {
        let inputs = definitions.below(definitions.actions.values().map(|action| action.input.as_str()));
        let outputs = definitions.below(definitions.actions.values().map(|action| action.output.as_str()));
        let both_ways = inputs.intersection(&outputs).copied().collect();
        Ok(Writer { service, definitions, actions, both_ways })
    }

    fn file(&self) -> Result<String> {
        let mut body = String::new();
        let (mut inputs, mut outputs) = (BTreeSet::new(), BTreeSet::new());
        let mut names = BTreeSet::new();
        for name in self.actions {
            let Some(action) = self.definitions.actions.get(name) else {
                bail!("the action `{name}` is not published")
            };
            inputs.extend(self.definitions.below([action.input.as_str()]));
            outputs.extend(self.definitions.below([action.output.as_str()]));
            ensure!(names.insert(self.name(&action.input, Way::In)), "two types are called `{}`", action.input);
            ensure!(names.insert(self.name(&action.output, Way::Out)), "two types are called `{}`", action.output);
            body += &self.input(&action.input, &self.limits(name, &action.input)?)?;
            body += &self.output(&action.output)?;
        }
        for (objects, way) in [(&inputs, Way::In), (&outputs, Way::Out)] {
            for object in objects {
                ensure!(names.insert(self.name(object, way)), "two types are called `{object}`");
                body += &match way {
                    Way::In => self.input(object, "")?,
                    Way::Out => self.output(object)?,
                };
            }
        }
        Ok(self.head(&body) + &body)
    }

    fn head(&self, body: &str) -> String {
        let mut head = format!(
            "//! {GENERATED} published`; do not edit. Names, types, requiredness and limits of the actions of `{}`\n\
             //! {} that this server offers, as they are published. What the actions do lives in `actions`.\n\n\
             #![allow(dead_code, reason = \"an action takes what it needs of its published definition\")]\n\n",
            self.service.name, self.service.version
        );
        let letter = |sign: char| sign.is_alphanumeric() || sign == '_';
        let words: BTreeSet<&str> = body.split(|sign: char| !letter(sign)).collect();
        for (path, names) in IMPORTS {
            let used: Vec<&str> = names.iter().copied().filter(|name| words.contains(name)).collect();
            match used.as_slice() {
                [] => {}
                [name] => drop(writeln!(head, "use {path}::{name};")),
                names => drop(writeln!(head, "use {path}::{{{}}};", names.join(", "))),
            }
        }
        head.push('\n');
        head
    }

    /// The type of an object. One that travels both ways is called by its name on the way out.
    fn name(&self, object: &str, way: Way) -> String {
        let name = names::type_name(object);
        if way == Way::In && self.both_ways.contains(object) { format!("{name}Argument") } else { name }
    }

    fn limits(&self, action: &str, object: &str) -> Result<String> {
        let mut text = String::new();
        for (parameter, limit) in limits::of(self.service, action) {
            let member = self.definitions.members(object).iter().find(|member| member.name == parameter);
            let Some(member) = member.filter(|member| limit.fits(&member.shape)) else {
                bail!("the limit on `{parameter}` of `{action}` fits no parameter");
            };
            let number = plain_type(&member.shape).unwrap_or("i64");
            let _ = match limit {
                Limit::Range(from, to) => {
                    let name = names::constant(parameter, "RANGE");
                    writeln!(text, "pub(crate) const {name}: RangeInclusive<{number}> = {from}..={to};")
                }
                Limit::AtLeast(from) => {
                    let name = names::constant(parameter, "RANGE");
                    writeln!(text, "pub(crate) const {name}: RangeFrom<{number}> = {from}..;")
                }
                Limit::Length(from, to) => {
                    let name = names::constant(parameter, "LENGTH");
                    writeln!(text, "pub(crate) const {name}: RangeInclusive<usize> = {from}..={to};")
                }
                Limit::OneOf(values) => {
                    let name = names::constant(parameter, "VALUES");
                    writeln!(text, "pub(crate) const {name}: &'static [&'static str] = &{values:?};")
                }
            };
        }
        Ok(text)
    }

    /// A struct with a parameter table and a reader.
    fn input(&self, object: &str, limits: &str) -> Result<String> {
        let name = self.name(object, Way::In);
        let members = self.definitions.members(object);
        let (mut fields, mut table, mut reads) = (String::new(), String::new(), String::new());
        for member in members {
            self.refuse_itself(object, member)?;
            let (field, published) = (names::field(&member.name), &member.name);
            let held = self.rust_type(&member.shape, Way::In);
            let (held, need) =
                if member.required { (held, "required") } else { (format!("Option<{held}>"), "optional") };
            let _ = writeln!(fields, "pub(crate) {field}: {held},");
            let _ = writeln!(table, "ParamDef::{need}({published:?}, {}),", self.kind(&member.shape));
            let _ = writeln!(reads, "{field}: {},", self.reader(member));
        }
        let args = if members.is_empty() { "_args" } else { "args" };
        let table_name = names::constant(&name, "PARAMS");
        // A constant cannot mention itself, a static can be pointed at from within.
        let (before, table) = if self.holds_itself(object) {
            let array = format!("static {table_name}: [ParamDef; {}] = [{table}];\n", members.len());
            (array, format!("&{table_name}"))
        } else {
            (String::new(), format!("&[{table}]"))
        };
        Ok(format!(
            "#[derive(Debug, Clone, PartialEq, Eq)]\npub(crate) struct {name} {{\n{fields}}}\n\n{before}\n\
             impl {name} {{\npub(crate) const PARAMS: &'static [ParamDef] = {table};\n{limits}\n\
             pub(crate) fn read({args}: &Args) -> Result<{name}, CloudError> {{ Ok({name} {{ {reads} }}) }}\n}}\n\n"
        ))
    }

    /// A struct that becomes JSON.
    fn output(&self, object: &str) -> Result<String> {
        let name = self.name(object, Way::Out);
        let mut fields = String::new();
        for member in self.definitions.members(object).iter().filter(|member| member.name != REQUEST_ID) {
            self.refuse_itself(object, member)?;
            let mut attributes = Vec::new();
            if !names::is_plain(&member.name) {
                attributes.push(format!("rename = {:?}", member.name));
            }
            let mut held = self.rust_type(&member.shape, Way::Out);
            if !member.always_sent || member.nullable {
                held = format!("Option<{held}>");
            }
            if !member.always_sent {
                attributes.push("skip_serializing_if = \"Option::is_none\"".to_owned());
            }
            if !attributes.is_empty() {
                let _ = writeln!(fields, "#[serde({})]", attributes.join(", "));
            }
            let _ = writeln!(fields, "pub(crate) {}: {held},", names::field(&member.name));
        }
        Ok(format!(
            "#[derive(Debug, Clone, PartialEq, Eq, Serialize)]\n#[serde(rename_all = \"PascalCase\")]\n\
             pub(crate) struct {name} {{\n{fields}}}\n\n"
        ))
    }

    fn rust_type(&self, shape: &Shape, way: Way) -> String {
        match shape {
            // What this service says with a fraction it says in hundredths.
            Shape::Decimal if way == Way::Out && self.service.name == "billing" => "Cents".to_owned(),
            Shape::Decimal if way == Way::Out => "Figure".to_owned(),
            Shape::Object(object) => self.name(object, way),
            Shape::List(item) => format!("Vec<{}>", self.rust_type(item, way)),
            plain => plain_type(plain).unwrap_or_default().to_owned(),
        }
    }

    fn kind(&self, shape: &Shape) -> String {
        match shape {
            Shape::Text => "Kind::Str".to_owned(),
            Shape::Signed => "Kind::Int".to_owned(),
            Shape::Unsigned => "Kind::Uint".to_owned(),
            Shape::Decimal => "Kind::Float".to_owned(),
            Shape::Flag => "Kind::Bool".to_owned(),
            Shape::Object(object) if self.holds_itself(object) => {
                format!("Kind::Object(&{})", names::constant(&self.name(object, Way::In), "PARAMS"))
            }
            Shape::Object(object) => format!("Kind::Object({}::PARAMS)", self.name(object, Way::In)),
            Shape::List(item) => format!("Kind::List(&{})", self.kind(item)),
        }
    }

    fn reader(&self, member: &Member) -> String {
        let name = &member.name;
        let take = |kind: &str| match (member.required, kind) {
            (true, "") => format!("args.need({name:?})?"),
            (false, "") => format!("args.get({name:?})?"),
            (true, kind) => format!("args.need::<{kind}>({name:?})?"),
            (false, kind) => format!("args.get::<{kind}>({name:?})?"),
        };
        let each = |convert: &str| format!("into_iter().map({convert}).collect");
        match (&member.shape, member.required) {
            (Shape::Text, true) => take("&str") + ".to_owned()",
            (Shape::Text, false) => take("&str") + ".map(str::to_owned)",
            (Shape::Object(object), true) => format!("{}::read({})?", self.name(object, Way::In), take("&Args")),
            (Shape::Object(object), false) => {
                format!("{}.map({}::read).transpose()?", take("&Args"), self.name(object, Way::In))
            }
            (Shape::List(item), required) => match (&**item, required) {
                (Shape::Text, true) => format!("{}.{}()", take("Vec<&str>"), each("str::to_owned")),
                (Shape::Text, false) => {
                    format!("{}.map(|items| items.{}())", take("Vec<&str>"), each("str::to_owned"))
                }
                (Shape::Object(object), true) => {
                    let read = each(&format!("{}::read", self.name(object, Way::In)));
                    format!("{}.{read}::<Result<_, _>>()?", take("Vec<&Args>"))
                }
                (Shape::Object(object), false) => {
                    let read = each(&format!("{}::read", self.name(object, Way::In)));
                    format!("{}.map(|items| items.{read}::<Result<_, _>>()).transpose()?", take("Vec<&Args>"))
                }
                _ => take(""),
            },
            _ => take(""),
        }
    }

    fn holds_itself(&self, object: &str) -> bool {
        self.definitions.below([object]).contains(object)
    }

    fn refuse_itself(&self, object: &str, member: &Member) -> Result<()> {
        if let Shape::Object(held) = &member.shape {
            ensure!(
                held != object && !self.definitions.below([held.as_str()]).contains(object),
                "`{object}` holds itself through `{}` without a list between",
                member.name
            );
        }
        Ok(())
    }
}

/// The type of a shape that is neither an object nor a list, as a caller sends it.
fn plain_type(shape: &Shape) -> Option<&'static str> {
    match shape {
        Shape::Text => Some("String"),
        Shape::Signed => Some("i64"),
        Shape::Unsigned => Some("u64"),
        Shape::Decimal => Some("Amount"),
        Shape::Flag => Some("bool"),
        Shape::Object(_) | Shape::List(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::definitions::tests::{SERVICE, TEXT};
    use super::*;

    fn generated(actions: &[&str]) -> BTreeMap<String, String> {
        let published = [(SERVICE, Definitions::read(TEXT, &SERVICE).unwrap())];
        let actions = actions.iter().map(|&action| action.to_owned()).collect();
        files(&published, &BTreeMap::from([(SERVICE.module(), actions)])).unwrap()
    }

    #[track_caller]
    fn has(text: &str, parts: &[&str]) {
        for part in parts {
            assert!(text.contains(part), "{part} is not in:\n{text}");
        }
    }

    #[test]
    fn a_request_has_typed_fields_a_table_and_a_reader() {
        let files = generated(&["BuyThing"]);
        has(
            &files["shop_v20200102.rs"],
            &[
                "pub(crate) uin: u64,",
                "pub(crate) price: Option<Amount>,",
                "pub(crate) r#type: Option<String>,",
                "pub(crate) uin_list: Vec<i64>,",
                "pub(crate) filter: Option<Vec<Rule>>,",
                "pub(crate) tag: TagArgument,",
                "ParamDef::required(\"Uin\", Kind::Uint),",
                "ParamDef::optional(\"Price\", Kind::Float),",
                "ParamDef::required(\"UinList\", Kind::List(&Kind::Int)),",
                "ParamDef::required(\"Tag\", Kind::Object(TagArgument::PARAMS)),",
                "uin: args.need(\"Uin\")?,",
                "r#type: args.get::<&str>(\"Type\")?.map(str::to_owned),",
                "tag: TagArgument::read(args.need::<&Args>(\"Tag\")?)?,",
            ],
        );
    }

    #[test]
    fn an_object_that_holds_itself_has_a_static_table() {
        let files = generated(&["BuyThing"]);
        has(
            &files["shop_v20200102.rs"],
            &[
                "static RULE_PARAMS: [ParamDef; 2] = [",
                "Kind::List(&Kind::Object(&RULE_PARAMS))",
                "pub(crate) const PARAMS: &'static [ParamDef] = &RULE_PARAMS;",
            ],
        );
        let text = TEXT.replacen(r#""type": "list", "member": "Rule""#, r#""type": "object", "member": "Rule""#, 2);
        let published = [(SERVICE, Definitions::read(&text, &SERVICE).unwrap())];
        let wanted = BTreeMap::from([(SERVICE.module(), BTreeSet::from(["BuyThing".to_owned()]))]);
        let error = files_error(&published, &wanted);
        assert!(error.contains("without a list between"), "{error}");
    }

    fn files_error(published: &[(Service, Definitions)], wanted: &BTreeMap<String, BTreeSet<String>>) -> String {
        files(published, wanted).unwrap_err().to_string()
    }

    #[test]
    fn a_response_leaves_out_the_request_id_and_what_may_be_missing() {
        let files = generated(&["BuyThing", "Ping"]);
        let text = &files["shop_v20200102.rs"];
        has(
            text,
            &[
                "pub(crate) total_cost: Figure,",
                "#[serde(rename = \"IOS2\")]\npub(crate) ios2: Option<String>,",
                "#[serde(skip_serializing_if = \"Option::is_none\")]\npub(crate) tags: Option<Vec<Tag>>,",
                "pub(crate) struct PingResponse {\n}",
                "pub(crate) fn read(_args: &Args)",
            ],
        );
        assert!(!text.contains("request_id"));
    }

    #[test]
    fn no_sentence_and_no_unused_action_is_taken_over() {
        let files = generated(&["Ping"]);
        assert!(!files["shop_v20200102.rs"].contains("BuyThing"));
        assert!(!files["shop_v20200102.rs"].contains("use crate::envelope"));
        assert!(files.values().all(|text| !text.contains("Buys.")));
        has(&files["catalogue.rs"], &["name: \"shop\", version: \"2020-01-02\"", "\"BuyThing\",\"Ping\","]);
        has(&files["mod.rs"], &["pub(crate) mod catalogue;\npub(crate) mod shop_v20200102;"]);
    }

    #[test]
    fn without_actions_only_the_names_are_written() {
        assert_eq!(generated(&[]).keys().collect::<Vec<_>>(), ["catalogue.rs", "mod.rs"]);
    }
}
