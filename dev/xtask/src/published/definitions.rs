//! The published definitions as they are read: actions, objects and their members. Everything that this reader does not
//! know is an error, so that a change of the format is noticed here and not by a caller.

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// A service in one of its versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Service {
    /// The name by which hosts and signatures call it.
    pub(super) name: &'static str,
    /// The version as requests name it, such as `2022-09-28`.
    pub(super) version: &'static str,
    /// Whether no newer version is spoken.
    pub(super) newest: bool,
}

impl Service {
    /// The folder of the version: `v20220928`.
    pub(super) fn folder(&self) -> String {
        format!("v{}", self.version.replace('-', ""))
    }

    /// The Rust module: `intlpartnersmgt_v20220928`.
    pub(super) fn module(&self) -> String {
        format!("{}_{}", self.name, self.folder())
    }
}

/// All of one service's actions and objects.
#[derive(Debug)]
pub(super) struct Definitions {
    /// The actions by name.
    pub(super) actions: BTreeMap<String, Action>,
    /// The objects by name; requests and responses are objects too.
    pub(super) objects: BTreeMap<String, Vec<Member>>,
}

/// Members that are published as unsigned and are sent below zero all the same, by service, version, object and name: an
/// expired invitation has -1 (O39).
const BELOW_ZERO: [(&str, &str, &str, &str); 1] = [("organization", "2018-12-25", "OrgInvitation", "Status")];

/// What an action takes and gives, as names of objects.
#[derive(Debug, Deserialize)]
pub(super) struct Action {
    /// The object of its parameters.
    pub(super) input: String,
    /// The object of its answer.
    pub(super) output: String,
}

/// A member of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    /// The published name.
    pub(super) name: String,
    /// What it holds.
    pub(super) shape: Shape,
    /// Sent by the caller, it must be there.
    pub(super) required: bool,
    /// Sent by the server, it is always there.
    pub(super) always_sent: bool,
    /// Sent by the server, it may be null.
    pub(super) nullable: bool,
}

/// What a member holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    /// Text; dates are text too.
    Text,
    /// A signed whole number.
    Signed,
    /// An unsigned whole number.
    Unsigned,
    /// A decimal number.
    Decimal,
    /// True or false.
    Flag,
    /// An object of this name.
    Object(String),
    /// A list of one shape.
    List(Box<Shape>),
}

impl Shape {
    /// The object that is held, in a list or not.
    pub(super) fn object(&self) -> Option<&str> {
        match self {
            Shape::Object(name) => Some(name),
            Shape::List(item) => item.object(),
            Shape::Text | Shape::Signed | Shape::Unsigned | Shape::Decimal | Shape::Flag => None,
        }
    }
}

#[derive(Deserialize)]
struct RawDefinitions {
    actions: BTreeMap<String, Action>,
    objects: BTreeMap<String, RawObject>,
    metadata: RawMetadata,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawMetadata {
    api_version: String,
    service_short_name: String,
}

#[derive(Deserialize)]
struct RawObject {
    #[serde(default)]
    members: Vec<RawMember>,
}

#[derive(Deserialize)]
struct RawMember {
    name: String,
    #[serde(rename = "type")]
    container: String,
    member: String,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    output_required: bool,
    #[serde(default)]
    value_allowed_null: bool,
}

impl Definitions {
    /// Reads the definitions of a service.
    ///
    /// # Errors
    /// When the text is not what the service publishes, or of a shape that is not known.
    pub(super) fn read(text: &str, service: &Service) -> Result<Definitions> {
        let raw: RawDefinitions = serde_json::from_str(text)?;
        ensure!(
            raw.metadata.service_short_name == service.name && raw.metadata.api_version == service.version,
            "these are the definitions of `{}` {}",
            raw.metadata.service_short_name,
            raw.metadata.api_version
        );
        let mut objects = BTreeMap::new();
        for (name, object) in &raw.objects {
            let members = object.members.iter().map(|member| {
                let read = read_member(member, &raw.objects);
                let read = read.with_context(|| format!("member `{}` of `{name}`", member.name))?;
                let signed = BELOW_ZERO.contains(&(service.name, service.version, name.as_str(), read.name.as_str()));
                Ok(if signed { Member { shape: Shape::Signed, ..read } } else { read })
            });
            objects.insert(name.clone(), members.collect::<Result<Vec<Member>>>()?);
        }
        for (name, action) in &raw.actions {
            for object in [&action.input, &action.output] {
                ensure!(objects.contains_key(object), "action `{name}` names the unknown object `{object}`");
            }
        }
        Ok(Definitions { actions: raw.actions, objects })
    }

    /// The members of an object; none when the object is not known.
    pub(super) fn members(&self, object: &str) -> &[Member] {
        self.objects.get(object).map_or(&[], Vec::as_slice)
    }

    /// Every object below these, themselves left out unless they lie below one of them.
    pub(super) fn below<'a>(&'a self, roots: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
        let mut found = BTreeSet::new();
        let mut open: Vec<&str> = roots.into_iter().collect();
        while let Some(object) = open.pop() {
            for held in self.members(object).iter().filter_map(|member| member.shape.object()) {
                if found.insert(held) {
                    open.push(held);
                }
            }
        }
        found
    }
}

fn read_member(raw: &RawMember, objects: &BTreeMap<String, RawObject>) -> Result<Member> {
    let item = match raw.member.as_str() {
        "string" | "datetime" => Shape::Text,
        "int64" => Shape::Signed,
        "uint64" => Shape::Unsigned,
        "float" => Shape::Decimal,
        "bool" => Shape::Flag,
        name if objects.contains_key(name) => Shape::Object(name.to_owned()),
        name => bail!("the type `{name}` is not known"),
    };
    let shape = match (raw.container.as_str(), item) {
        ("list", item) => Shape::List(Box::new(item)),
        ("string", Shape::Text) => Shape::Text,
        ("int", whole @ (Shape::Signed | Shape::Unsigned)) => whole,
        ("float", Shape::Decimal) => Shape::Decimal,
        ("bool", Shape::Flag) => Shape::Flag,
        ("object", object @ Shape::Object(_)) => object,
        (container, item) => bail!("a `{container}` cannot hold {item:?}"),
    };
    Ok(Member {
        name: raw.name.clone(),
        shape,
        required: raw.required,
        // Objects that are shared say `required` for both directions.
        always_sent: raw.required || raw.output_required,
        nullable: raw.value_allowed_null,
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// An invented service that has one of everything.
    pub(in crate::published) const SERVICE: Service = Service { name: "shop", version: "2020-01-02", newest: true };

    /// Its definitions.
    pub(in crate::published) const TEXT: &str = r#"{
        "version": "1.0",
        "metadata": {"apiVersion": "2020-01-02", "serviceShortName": "shop"},
        "actions": {
            "BuyThing": {"document": "Buys.", "input": "BuyThingRequest", "output": "BuyThingResponse"},
            "Ping": {"input": "PingRequest", "output": "PingResponse"}
        },
        "objects": {
            "PingRequest": {"members": []},
            "PingResponse": {"members": [{"name": "RequestId", "type": "string", "member": "string"}]},
            "BuyThingRequest": {"type": "object", "members": [
                {"name": "Uin", "type": "int", "member": "uint64", "required": true},
                {"name": "Price", "type": "float", "member": "float", "required": false},
                {"name": "Type", "type": "string", "member": "datetime", "required": false},
                {"name": "UinList", "type": "list", "member": "int64", "required": true},
                {"name": "Names", "type": "list", "member": "string"},
                {"name": "Filter", "type": "list", "member": "Rule"},
                {"name": "Tag", "type": "object", "member": "Tag", "required": true}
            ]},
            "Rule": {"members": [
                {"name": "Rules", "type": "list", "member": "Rule"},
                {"name": "On", "type": "bool", "member": "bool", "required": true}
            ]},
            "Tag": {"members": [{"name": "Key", "type": "string", "member": "string", "required": true}]},
            "BuyThingResponse": {"members": [
                {"name": "TotalCost", "type": "float", "member": "float", "output_required": true},
                {"name": "IOS2", "type": "string", "member": "string", "output_required": true, "value_allowed_null": true},
                {"name": "Tags", "type": "list", "member": "Tag"},
                {"name": "RequestId", "type": "string", "member": "string"}
            ]}
        }
    }"#;

    #[test]
    fn members_are_read_in_their_order_with_their_shape() {
        let definitions = Definitions::read(TEXT, &SERVICE).unwrap();
        let shapes: Vec<_> = definitions
            .members("BuyThingRequest")
            .iter()
            .map(|member| (member.shape.clone(), member.required))
            .collect();
        let list = |item| Shape::List(Box::new(item));
        assert_eq!(
            shapes,
            [
                (Shape::Unsigned, true),
                (Shape::Decimal, false),
                (Shape::Text, false),
                (list(Shape::Signed), true),
                (list(Shape::Text), false),
                (list(Shape::Object("Rule".into())), false),
                (Shape::Object("Tag".into()), true),
            ]
        );
        let reply = definitions.members("BuyThingResponse");
        assert_eq!((reply[0].always_sent, reply[0].nullable), (true, false));
        assert_eq!((reply[1].always_sent, reply[1].nullable), (true, true));
        assert!(!reply[2].always_sent);
    }

    #[test]
    fn what_is_sent_below_zero_is_signed() {
        let text = r#"{
            "metadata": {"apiVersion": "2018-12-25", "serviceShortName": "organization"},
            "actions": {},
            "objects": {
                "OrgInvitation": {"members": [
                    {"name": "Id", "type": "int", "member": "uint64"},
                    {"name": "Status", "type": "int", "member": "uint64"}
                ]},
                "OrgMember": {"members": [{"name": "Status", "type": "int", "member": "uint64"}]}
            }
        }"#;
        let service = Service { name: "organization", version: "2018-12-25", newest: false };
        let definitions = Definitions::read(text, &service).unwrap();
        let shapes = |object| definitions.members(object).iter().map(|member| member.shape.clone()).collect::<Vec<_>>();
        assert_eq!(shapes("OrgInvitation"), [Shape::Unsigned, Shape::Signed]);
        assert_eq!(shapes("OrgMember"), [Shape::Unsigned]);
    }

    #[test]
    fn objects_below_are_found_once_even_in_a_circle() {
        let definitions = Definitions::read(TEXT, &SERVICE).unwrap();
        assert_eq!(definitions.below(["BuyThingRequest"]).into_iter().collect::<Vec<_>>(), ["Rule", "Tag"]);
        assert!(definitions.below(["Rule"]).contains("Rule"));
        assert!(definitions.below(["PingRequest"]).is_empty());
    }

    #[test]
    fn what_is_not_known_is_an_error() {
        for (part, other, reason) in [
            (r#""member": "uint64""#, r#""member": "complex""#, "the type `complex` is not known"),
            (r#""type": "float", "member": "float""#, r#""type": "int", "member": "float""#, "a `int` cannot hold"),
            (r#""input": "PingRequest""#, r#""input": "PongRequest""#, "unknown object `PongRequest`"),
            ("2020-01-02", "2020-01-03", "definitions of `shop` 2020-01-03"),
        ] {
            let error = Definitions::read(&TEXT.replacen(part, other, 1), &SERVICE).unwrap_err();
            assert!(format!("{error:#}").contains(reason), "{error:#}");
        }
    }
}
