//! The API's own document: it is what it was, it describes every route, and everything in it is complete.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use axum::http::StatusCode;
use serde_json::Value;
use support::World;

fn document() -> Value {
    serde_json::from_str(&credere_platform::openapi_json().unwrap()).unwrap()
}

/// Method, path and operation of everything in the document.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            all.push((method.to_uppercase(), path.clone(), operation.clone()));
        }
    }
    all
}

#[test]
fn the_document_is_what_it_was() {
    insta::assert_snapshot!("openapi", credere_platform::openapi_json().unwrap());
}

#[tokio::test]
async fn the_server_shows_the_document_and_pages_for_it() {
    let world = World::new();
    let shown = world.ask("GET", "/openapi.json").without("authorization").send().await;
    assert_eq!(shown.is(200), document());
    assert_eq!(shown.json()["openapi"], "3.1.0");
    let moved = world.ask("GET", "/docs").without("authorization").send().await;
    assert_eq!((moved.status, moved.header("location")), (StatusCode::SEE_OTHER, "/docs/"));
    let page = world.ask("GET", "/docs/").without("authorization").send().await;
    assert_eq!(page.status, StatusCode::OK);
    for link in ["http://", "https://", "//cdn"] {
        assert!(!page.text.contains(link), "the page fetches from elsewhere: {}", page.text);
    }
    let start = world.ask("GET", "/docs/swagger-initializer.js").without("authorization").send().await.text;
    assert!(start.contains("/openapi.json") && start.contains("\"validatorUrl\": \"none\""), "{start}");
}

#[tokio::test]
async fn everything_in_the_document_is_a_route() {
    let world = World::new();
    for (method, path, _) in operations(&document()) {
        // Whatever a path names, without a key the answer is the same.
        let named = path.split('/').map(|part| if part.contains('{') { "7" } else { part });
        let named = named.collect::<Vec<_>>().join("/");
        let answer = world.ask(&method, &named).without("authorization").send().await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}: {}", answer.text);
    }
}

#[test]
fn every_route_comes_with_its_description() {
    // Routes that are added without `routes!` would be missing in the document. These few are not part of `/v1`.
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let mut plain = Vec::new();
    let mut folders = vec![std::path::PathBuf::from(source)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            plain.extend(
                text.match_indices(".route(\"").filter_map(|(at, call)| {
                    text[at + call.len()..].split_once('"').map(|(route, _)| route.to_owned())
                }),
            );
        }
    }
    plain.sort_unstable();
    assert_eq!(plain, ["/healthz", "/metrics", "/openapi.json", "/readyz"]);
}

#[test]
fn every_operation_says_what_it_does_and_how_it_may_end() {
    let document = document();
    for (method, path, operation) in operations(&document) {
        let name = format!("{method} {path}");
        for text in ["summary", "description", "operationId"] {
            assert!(operation[text].as_str().is_some_and(|text| !text.is_empty()), "{name} has no {text}");
        }
        let responses = operation["responses"].as_object().unwrap();
        for status in ["401", "500", "503"] {
            assert!(responses.contains_key(status), "{name} does not say {status}");
        }
        if method != "GET" {
            assert!(responses.contains_key("403"), "{name} does not say 403");
        }
        let takes_keys = matches!(&*method, "POST" | "PATCH" | "DELETE");
        if takes_keys && path != "/v1/authorizations" && path != "/v1/usage" {
            for status in ["409", "422"] {
                assert!(responses.contains_key(status), "{name} does not say {status}");
            }
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            assert!(parameters.into_iter().any(|one| one["name"] == "Idempotency-Key"), "{name} takes no key");
        }
        for (status, response) in responses {
            let response = match response["$ref"].as_str() {
                Some(shared) => document.pointer(&shared[1..]).unwrap_or_else(|| panic!("{shared} is not described")),
                None => response,
            };
            assert!(response["description"].as_str().is_some_and(|text| !text.is_empty()), "{name} {status}");
            if !status.starts_with('2') {
                assert_eq!(
                    response["content"]["application/problem+json"]["schema"]["$ref"], "#/components/schemas/Problem",
                    "{name} {status}"
                );
                // What Swagger shows is one of the problems that this status stands for here.
                let example = &response["content"]["application/problem+json"]["example"];
                assert_eq!(example["status"].to_string(), *status, "{name}");
                let code = example["code"].as_str().unwrap();
                assert!(response["description"].as_str().unwrap().contains(&format!("`{code}`")), "{name} {status}");
            }
        }
    }
    let mut wanted = Vec::new();
    references(&document, &mut wanted);
    for reference in wanted {
        assert!(document.pointer(&reference[1..]).is_some(), "{reference} is not described");
    }
}

#[test]
fn what_an_operation_says_of_a_status_stands_beside_what_all_may_answer() {
    let response = document()["paths"]["/v1/customers/{uin}"]["patch"]["responses"]["403"].clone();
    let told = response["description"].as_str().unwrap();
    assert!(told.contains("`not_allowlisted`") && told.contains("`read_only_key`"), "{told}");
}

#[test]
fn every_problem_of_this_face_is_named_in_the_document() {
    let text = credere_platform::openapi_json().unwrap();
    // Those that are no operation's: no route was found, or the connection broke.
    let of_no_operation = ["not_found", "method_not_allowed", "incomplete_body"];
    for kind in credere_platform::own_problems() {
        let named = text.contains(&format!("`{}`", kind.code));
        assert!(named || of_no_operation.contains(&kind.code), "{kind:?}");
    }
    let mut codes: Vec<_> = credere_platform::own_problems().map(|kind| kind.code).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), credere_platform::own_problems().count());
}

fn references(value: &Value, to: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, to)),
        Value::Object(fields) => {
            for (name, item) in fields {
                match item.as_str() {
                    Some(reference) if name == "$ref" => to.push(reference.to_owned()),
                    _ => references(item, to),
                }
            }
        }
        _ => {}
    }
}
