//! The check of a parameter tree against the published definition of its action. Unknown names are found first, then each
//! definition is looked at in its published order, so that a request with several mistakes always gets the same answer.

use super::args::{Arg, Args, missing};
use super::decimal::{Parts, read_amount};
use super::{Kind, ParamDef, Value};
use crate::error::{CloudError, ErrorCode, quoted};
use std::collections::BTreeMap;

/// Checks and types the parameters of a call.
///
/// # Errors
/// `UnknownParameter`, `MissingParameter`, `InvalidParameter` for a wrong type, `InvalidParameterValue` for a number out of
/// range or with more than eight places. The message names the parameter by its path.
pub fn check(tree: BTreeMap<String, Value>, defs: &'static [ParamDef]) -> Result<Args, CloudError> {
    check_members("", tree, defs)
}

fn check_members(path: &str, mut tree: BTreeMap<String, Value>, defs: &'static [ParamDef]) -> Result<Args, CloudError> {
    let full = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    if let Some(name) = tree.keys().find(|name| !defs.iter().any(|def| def.name == name.as_str())) {
        let message = format!("the parameter {} is not known to this action", quoted(&full(name)));
        return Err(CloudError::new(ErrorCode::UnknownParameter, message));
    }
    let mut args = Vec::with_capacity(tree.len());
    for def in defs {
        match tree.remove(def.name) {
            Some(value) => args.push((def.name, check_value(&full(def.name), value, &def.kind)?)),
            None if def.required => return Err(missing(&full(def.name))),
            None => {}
        }
    }
    Ok(Args(args))
}

fn check_value(path: &str, value: Value, kind: &'static Kind) -> Result<Arg, CloudError> {
    match (kind, value) {
        (Kind::Str, Value::Text(text) | Value::Plain(text)) => Ok(Arg::Str(text)),
        (Kind::Int, Value::Number(text) | Value::Plain(text)) => read_whole(path, &text, "an integer").map(Arg::Int),
        (Kind::Uint, Value::Number(text) | Value::Plain(text)) => {
            read_whole(path, &text, "an unsigned integer").map(Arg::Uint)
        }
        (Kind::Float, Value::Number(text) | Value::Plain(text)) => read_amount(path, &text).map(Arg::Float),
        (Kind::Bool, Value::Bool(flag)) => Ok(Arg::Bool(flag)),
        // Python writes booleans into a query with a capital letter, Node without.
        (Kind::Bool, Value::Plain(text)) => match text.as_str() {
            "true" | "True" => Ok(Arg::Bool(true)),
            "false" | "False" => Ok(Arg::Bool(false)),
            _ => Err(wrong_type(path, kind)),
        },
        (Kind::Object(defs), Value::Object(members)) => check_members(path, members, defs).map(Arg::Object),
        (Kind::List(item), Value::List(values)) => {
            let items = values.into_iter().enumerate();
            items
                .map(|(n, value)| check_value(&format!("{path}.{n}"), value, item))
                .collect::<Result<_, _>>()
                .map(Arg::List)
        }
        (
            Kind::Str | Kind::Int | Kind::Uint | Kind::Float | Kind::Bool | Kind::Object(_) | Kind::List(_),
            Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::Plain(_) | Value::List(_) | Value::Object(_),
        ) => Err(wrong_type(path, kind)),
    }
}

fn wrong_type(path: &str, kind: &Kind) -> CloudError {
    let wanted = match kind {
        Kind::Str => "a string",
        Kind::Int => "an integer",
        Kind::Uint => "an unsigned integer",
        Kind::Float => "a number",
        Kind::Bool => "a boolean",
        Kind::Object(_) => "an object",
        Kind::List(_) => "a list",
    };
    CloudError::new(ErrorCode::InvalidParameter, format!("the parameter {} must be {wanted}", quoted(path)))
}

/// Reads a whole number: digits with an optional minus, no point, no exponent.
fn read_whole<N: std::str::FromStr>(path: &str, text: &str, wanted: &str) -> Result<N, CloudError> {
    if !Parts::split(text).is_some_and(|parts| parts.is_integer()) {
        let message = format!("the parameter {} must be {wanted}, not {}", quoted(path), quoted(text));
        return Err(CloudError::new(ErrorCode::InvalidParameter, message));
    }
    // The text is an integer, so the only way to fail is its size; a minus before zero is dropped for unsigned numbers.
    let digits = if text == "-0" { "0" } else { text };
    digits.parse().map_err(|_| {
        let message = format!("the parameter {} is out of the range of {wanted}: {}", quoted(path), quoted(text));
        CloudError::new(ErrorCode::InvalidParameterValue, message)
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Pairs, fold, read_json};
    use super::*;
    use credere_core::money::Amount;

    const FILTER: &[ParamDef] =
        &[ParamDef::required("Name", Kind::Str), ParamDef::optional("Values", Kind::List(&Kind::Str))];
    const DEFS: &[ParamDef] = &[
        ParamDef::required("Uin", Kind::Uint),
        ParamDef::optional("Credit", Kind::Float),
        ParamDef::optional("Offset", Kind::Int),
        ParamDef::optional("Flag", Kind::Bool),
        ParamDef::optional("Remark", Kind::Str),
        ParamDef::optional("UinList", Kind::List(&Kind::Uint)),
        ParamDef::optional("Filter", Kind::List(&Kind::Object(FILTER))),
        ParamDef::optional("Range", Kind::Object(FILTER)),
    ];

    fn json(body: &str) -> Result<Args, CloudError> {
        read_json(body.as_bytes()).and_then(|tree| check(tree, DEFS))
    }

    fn query(encoded: &str) -> Result<Args, CloudError> {
        Pairs::decode(encoded).and_then(fold).and_then(|tree| check(tree, DEFS))
    }

    #[track_caller]
    fn refused(read: Result<Args, CloudError>, code: ErrorCode, part: &str) {
        let error = read.unwrap_err();
        assert_eq!(error.code(), code, "{error}");
        assert!(error.message().contains(part), "{error}");
    }

    #[test]
    fn json_and_query_give_the_same_arguments() {
        let from_json = json(
            r#"{"Uin": 7, "Credit": 1e-08, "Offset": -3, "Flag": true, "Remark": "1", "UinList": [1, 2],
                "Filter": [{"Name": "x", "Values": ["p q"]}], "Range": {"Name": "y"}}"#,
        )
        .unwrap();
        for flag in ["true", "True"] {
            let encoded = format!(
                "Uin=7&Credit=1e-08&Offset=-3&Flag={flag}&Remark=1&UinList.0=1&UinList.1=2\
                 &Filter.0.Name=x&Filter.0.Values.0=p+q&Range.Name=y"
            );
            assert_eq!(query(&encoded).unwrap(), from_json);
        }
        assert_eq!(from_json.need::<u64>("Uin").unwrap(), 7);
        assert_eq!(from_json.need::<Amount>("Credit").unwrap().units(), 1);
        assert_eq!(from_json.get::<i64>("Offset").unwrap(), Some(-3));
        assert!(from_json.need::<bool>("Flag").unwrap());
        assert_eq!(from_json.need::<&str>("Remark").unwrap(), "1");
        assert_eq!(from_json.need::<Vec<u64>>("UinList").unwrap(), [1, 2]);
        let filters = from_json.need::<Vec<&Args>>("Filter").unwrap();
        assert_eq!(filters[0].need::<Vec<&str>>("Values").unwrap(), ["p q"]);
        assert_eq!(from_json.need::<&Args>("Range").unwrap().get::<Vec<&str>>("Values").unwrap(), None);
    }

    #[test]
    fn reading_another_type_is_the_actions_mistake() {
        let args = json(r#"{"Uin":7}"#).unwrap();
        assert_eq!(args.get::<i64>("Uin").unwrap_err().code(), ErrorCode::InternalError);
        assert_eq!(args.need::<&str>("Remark").unwrap_err().code(), ErrorCode::MissingParameter);
    }

    #[test]
    fn unknown_names_are_found_before_anything_else() {
        refused(json(r#"{"Uni": 7}"#), ErrorCode::UnknownParameter, "`Uni`");
        refused(json(r#"{"uin": 7}"#), ErrorCode::UnknownParameter, "`uin`");
        refused(json(r#"{"Uin":7,"Filter":[{"Name":"a"},{"Nme":1}]}"#), ErrorCode::UnknownParameter, "`Filter.1.Nme`");
        refused(query("Uin=7&Range.X=1"), ErrorCode::UnknownParameter, "`Range.X`");
    }

    #[test]
    fn missing_and_null_are_the_same() {
        refused(json("{}"), ErrorCode::MissingParameter, "`Uin`");
        refused(json(r#"{"Uin":null}"#), ErrorCode::MissingParameter, "`Uin`");
        refused(json(r#"{"Uin":1,"Range":{}}"#), ErrorCode::MissingParameter, "`Range.Name`");
        refused(query("Uin=1&Filter.0.Values.0=a"), ErrorCode::MissingParameter, "`Filter.0.Name`");
    }

    #[test]
    fn json_types_are_strict() {
        for (body, part) in [
            (r#"{"Uin":"7"}"#, "`Uin` must be an unsigned integer"),
            (r#"{"Uin":1.0}"#, "`Uin` must be an unsigned integer"),
            (r#"{"Uin":1e2}"#, "`Uin` must be an unsigned integer"),
            (r#"{"Uin":true}"#, "`Uin` must be"),
            (r#"{"Uin":1,"Offset":-1.0}"#, "`Offset` must be an integer"),
            (r#"{"Uin":1,"Credit":"1"}"#, "`Credit` must be a number"),
            (r#"{"Uin":1,"Flag":"true"}"#, "`Flag` must be a boolean"),
            (r#"{"Uin":1,"Flag":1}"#, "`Flag` must be a boolean"),
            (r#"{"Uin":1,"Remark":5}"#, "`Remark` must be a string"),
            (r#"{"Uin":1,"UinList":5}"#, "`UinList` must be a list"),
            (r#"{"Uin":1,"UinList":{"0":5}}"#, "`UinList` must be a list"),
            (r#"{"Uin":1,"UinList":[5,"x"]}"#, "`UinList.1` must be"),
            (r#"{"Uin":1,"Range":[]}"#, "`Range` must be an object"),
        ] {
            refused(json(body), ErrorCode::InvalidParameter, part);
        }
    }

    #[test]
    fn query_texts_must_read_as_their_type() {
        for encoded in [
            "Uin=",
            "Uin=x",
            "Uin=1.0",
            "Uin=+1",
            "Uin=01",
            "Uin=1&Flag=1",
            "Uin=1&Flag=TRUE",
            "Uin=1&Credit=inf",
            "Uin=1&Credit=",
            "Uin=1&UinList=5",
            "Uin.0=5",
            "Uin=1&Remark.0=5",
        ] {
            refused(query(encoded), ErrorCode::InvalidParameter, "must be");
        }
    }

    #[test]
    fn numbers_out_of_range_are_a_value_error() {
        for body in [
            r#"{"Uin":-1}"#,
            r#"{"Uin":18446744073709551616}"#,
            r#"{"Uin":1,"Offset":9223372036854775808}"#,
            r#"{"Uin":1,"Offset":-9223372036854775809}"#,
            r#"{"Uin":1,"Credit":92000000001}"#,
            r#"{"Uin":1,"Credit":1e-9}"#,
        ] {
            refused(json(body), ErrorCode::InvalidParameterValue, "`");
        }
        let edge = json(r#"{"Uin":18446744073709551615,"Offset":-9223372036854775808}"#).unwrap();
        assert_eq!((edge.need("Uin").unwrap(), edge.need("Offset").unwrap()), (u64::MAX, i64::MIN));
        assert_eq!(json(r#"{"Uin":-0}"#).unwrap().need::<u64>("Uin").unwrap(), 0);
    }

    #[test]
    fn an_integer_is_a_fine_float() {
        assert_eq!(json(r#"{"Uin":1,"Credit":50}"#).unwrap().need::<Amount>("Credit").unwrap(), Amount::whole(50));
    }
}
