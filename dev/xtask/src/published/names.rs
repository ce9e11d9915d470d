//! From published names to Rust names. A field that bears a keyword is written raw; the few keywords that cannot be
//! raw get an underscore.

use heck::{ToPascalCase, ToShoutySnakeCase, ToSnakeCase};

const KEYWORDS: [&str; 42] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "use",
    "where",
];
const NEVER_RAW: [&str; 3] = ["crate", "self", "super"];

/// The field for a member: `SubAgentUin` gives `sub_agent_uin`, `Type` gives `r#type`.
pub(super) fn field(member: &str) -> String {
    let name = member.to_snake_case();
    match name.as_str() {
        keyword if KEYWORDS.contains(&keyword) => format!("r#{keyword}"),
        keyword if NEVER_RAW.contains(&keyword) => format!("{keyword}_"),
        _ => name,
    }
}

/// Whether serde's PascalCase turns the field back into the member, so that no rename is needed.
pub(super) fn is_plain(member: &str) -> bool {
    let capitalised: String = field(member)
        .trim_start_matches("r#")
        .split('_')
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
        })
        .collect();
    capitalised == member
}

/// The type for an object.
pub(super) fn type_name(object: &str) -> String {
    // heck would also change capitals inside a name (`ForceQN`); only names that are no Rust type names are touched.
    match object.chars().next() {
        Some(first) if first.is_ascii_uppercase() && !object.contains('_') => object.to_owned(),
        _ => object.to_pascal_case(),
    }
}

/// A constant about a member or object: `UIN_LIST_LENGTH`.
pub(super) fn constant(name: &str, suffix: &str) -> String {
    format!("{}_{suffix}", name.to_shouty_snake_case())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_snake_case_and_no_keywords() {
        for (member, name) in [
            ("SubAgentUin", "sub_agent_uin"),
            ("IOS2", "ios2"),
            ("RICost", "ri_cost"),
            ("C", "c"),
            ("Type", "r#type"),
            ("Self", "self_"),
        ] {
            assert_eq!(field(member), name);
        }
    }

    #[test]
    fn only_regular_names_go_without_a_rename() {
        for (member, plain) in [("SubAgentUin", true), ("Type", true), ("IOS2", false), ("RICost", false), ("a", false)]
        {
            assert_eq!(is_plain(member), plain, "{member}");
        }
    }

    #[test]
    fn types_and_constants() {
        assert_eq!(type_name("ForceQNRequest"), "ForceQNRequest");
        assert_eq!(type_name("zone_info"), "ZoneInfo");
        assert_eq!(constant("UinList", "LENGTH"), "UIN_LIST_LENGTH");
    }
}
