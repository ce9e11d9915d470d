//! Every recorded request of the official SDKs is accepted, gives the arguments that the SDK was called with, and is
//! refused as soon as anything that is signed changes.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod support;

use credere_cloud::error::ErrorCode;
use credere_cloud::params::{self, Args};
use credere_cloud::request::{Request, authenticate};
use credere_cloud::versions::Service;
use credere_core::money::Amount;
use support::*;

fn code(recorded: &Recorded) -> Option<ErrorCode> {
    authenticate(recorded.parts().incoming(), SIGNED_AT, &find_caller).err().map(|error| error.code())
}

fn arguments(request: &mut Request<'_>) -> Args {
    let defs = match request.action().unwrap() {
        "AllocateCustomerCredit" => ALLOCATE,
        "QueryCreditByUinList" => QUERY_LIST,
        "QueryPartnerCredit" => QUERY_PARTNER,
        other => panic!("{other}"),
    };
    params::check(request.parameters().unwrap(), defs).unwrap()
}

#[test]
fn each_is_accepted_with_the_arguments_that_the_sdk_was_given() {
    let all = recorded();
    assert_eq!(all.len(), 21);
    for recorded in all {
        let parts = recorded.parts();
        let mut request = authenticate(parts.incoming(), SIGNED_AT, &find_caller)
            .unwrap_or_else(|e| panic!("{}: {e}", recorded.name));
        assert_eq!(request.proof.caller.number(), CALLER);
        assert_eq!(request.proof.secret_id.as_str(), SECRET_ID);
        assert_eq!(request.version().unwrap(), "2022-09-28");
        let args = arguments(&mut request);
        match request.action().unwrap() {
            "AllocateCustomerCredit" => {
                assert_eq!(args.need::<u64>("ClientUin").unwrap(), 100_000_000_007, "{}", recorded.name);
                assert_eq!(args.need::<Amount>("AddedCredit").unwrap().units(), 1, "{}", recorded.name);
                assert_eq!(args.need::<&str>("Remark").unwrap(), "héllo wörld ¥/&=+~'()*!", "{}", recorded.name);
                if recorded.name.contains("Hmac") {
                    assert!(args.need::<bool>("Flag").unwrap());
                    assert_eq!(args.need::<Vec<u64>>("UinList").unwrap(), [1, 2]);
                    let filter = args.need::<Vec<&Args>>("Filter").unwrap();
                    assert_eq!(filter[0].need::<&str>("Name").unwrap(), "x");
                    assert_eq!(filter[0].need::<Vec<&str>>("Values").unwrap(), ["p q"]);
                }
            }
            "QueryCreditByUinList" => {
                assert_eq!(args.need::<Vec<u64>>("UinList").unwrap(), [100_000_000_007, 100_000_000_008]);
                assert_eq!(args.need::<&str>("Remark").unwrap(), "a b~'()*!é");
            }
            _ if recorded.name.contains("underscores") => {
                assert_eq!(args.need::<&str>("snake_case_a").unwrap(), "1");
                assert_eq!(args.need::<&Args>("snake").unwrap().need::<&str>("b").unwrap(), "2");
            }
            _ => assert_eq!(args.get::<bool>("Flag").unwrap().is_some(), recorded.target.contains("Flag")),
        }
    }
}

#[test]
fn the_scope_names_the_service_or_does_not() {
    let service = |name: &str| {
        let parts = recorded_as(name).parts();
        authenticate(parts.incoming(), SIGNED_AT, &find_caller).unwrap().proof.service
    };
    assert_eq!(service("python tc3 post"), Some(Service::Intlpartnersmgt));
    assert_eq!(service("node tc3 post, 127.0.0.1"), None);
    assert_eq!(service("node tc3 post, localhost"), None);
    assert_eq!(service("python HmacSHA1 get"), None);
}

#[test]
fn each_is_refused_with_another_host_method_or_signature() {
    for recorded in recorded() {
        let name = recorded.name.clone();
        let host = recorded.header("Host").to_owned();
        for other in [host.replace("7070", "7071x"), format!("{host}.example"), format!("x{host}")] {
            assert_eq!(
                code(&recorded.clone().set("Host", &other)),
                Some(ErrorCode::SignatureFailure),
                "{name} {other}"
            );
        }
        let changed = match recorded.headers.iter().find(|(name, _)| name == "Authorization") {
            Some((_, value)) => {
                let (head, signature) = value.split_once("Signature=").unwrap();
                let turned: String = signature.chars().rev().collect();
                assert_eq!(
                    code(
                        &recorded
                            .clone()
                            .set("Authorization", &format!("{head}Signature={}", signature.to_uppercase()))
                    ),
                    Some(ErrorCode::SignatureFailure),
                    "{name}"
                );
                recorded.clone().set("Authorization", &format!("{head}Signature={turned}"))
            }
            None => recorded.clone().replace("&Signature=", "&Signature=A"),
        };
        assert_eq!(code(&changed), Some(ErrorCode::SignatureFailure), "{name}");
    }
}

#[test]
fn tc3_binds_query_body_content_type_and_time() {
    let post = recorded_as("python tc3 post");
    assert_eq!(code(&post.clone().replace("1e-08", "1e+08")), Some(ErrorCode::SignatureFailure));
    assert_eq!(
        code(&post.clone().set("Content-Type", "application/json; charset=utf-8")),
        Some(ErrorCode::SignatureFailure)
    );
    assert_eq!(code(&post.clone().set("X-TC-Timestamp", "1700000001")), Some(ErrorCode::SignatureFailure));
    assert_eq!(code(&post.clone().set("X-TC-Content-SHA256", "UNSIGNED-PAYLOAD")), Some(ErrorCode::SignatureFailure));
    let unsigned = recorded_as("python tc3 post unsigned payload");
    assert_eq!(code(&unsigned.clone().replace("1e-08", "1e+08")), None);
    assert_eq!(code(&unsigned.without("X-TC-Content-SHA256")), Some(ErrorCode::SignatureFailure));
    for name in ["python tc3 get with a list", "node tc3 get with a list"] {
        let get = recorded_as(name);
        assert_eq!(code(&get.clone().replace("100000000008", "100000000009")), Some(ErrorCode::SignatureFailure));
        let mut with_body = get;
        with_body.body = "{}".to_owned();
        assert_eq!(code(&with_body), Some(ErrorCode::SignatureFailure));
    }
}

#[test]
fn only_the_port_of_a_plain_host_may_be_left_out_of_tc3() {
    // The Node SDK signed `127.0.0.1`, so any port in the header is fine, and so is none.
    let node = recorded_as("node tc3 post, 127.0.0.1");
    for host in ["127.0.0.1:7070", "127.0.0.1:9", "127.0.0.1"] {
        assert_eq!(code(&node.clone().set("Host", host)), None, "{host}");
    }
    for host in ["http://127.0.0.1:7070", "127.0.0.2:7070", "127.0.0.1:70:70", "localhost"] {
        assert_eq!(code(&node.clone().set("Host", host)), Some(ErrorCode::SignatureFailure), "{host}");
    }
    // What was signed with its port or scheme stays bound to it.
    let python = recorded_as("python tc3 post");
    assert_eq!(code(&python.set("Host", "127.0.0.1")), Some(ErrorCode::SignatureFailure));
    let tccli = recorded_as("python tc3 post, host with scheme as tccli sends it");
    assert_eq!(code(&tccli.set("Host", "127.0.0.1:7070")), Some(ErrorCode::SignatureFailure));
}

#[test]
fn the_form_signature_binds_every_parameter() {
    for name in ["python HmacSHA1 get", "python HmacSHA256 post", "node HmacSHA1 post", "node HmacSHA256 get"] {
        let form = recorded_as(name);
        for (from, to) in [
            ("AddedCredit=1e-", "AddedCredit=1e"),
            ("Action=Allocate", "Action=Reclaim"),
            ("Flag=", "Flagg="),
            ("Nonce=", "Nonce=1"),
            ("Timestamp=1700000000", "Timestamp=1700000001"),
            ("&Version=2022-09-28", ""),
            ("&Language=en-US", "&Language=en-US&More=1"),
        ] {
            assert_eq!(code(&form.clone().replace(from, to)), Some(ErrorCode::SignatureFailure), "{name} {from}");
        }
    }
    // The order in which they are sent is not signed.
    let form = recorded_as("python HmacSHA1 post");
    let mut pairs: Vec<&str> = form.body.split('&').collect();
    pairs.reverse();
    let turned = Recorded { body: pairs.join("&"), ..form.clone() };
    assert_eq!(code(&turned), None);
}

#[test]
fn the_method_of_the_form_signature_is_part_of_it_and_defaults_to_sha1() {
    let form = recorded_as("python HmacSHA256 get");
    assert_eq!(code(&form.clone().replace("HmacSHA256", "HmacSHA1")), Some(ErrorCode::SignatureFailure));
    assert_eq!(code(&form.replace("HmacSHA256", "HmacMD5")), Some(ErrorCode::InvalidAuthorization));
    // Computed with Python's hmac over the same text without `SignatureMethod`.
    let bare =
        "Action=GetCountryCodes&Nonce=7&SecretId=AKIDcredereTestVector0001&Timestamp=1700000000&Version=2022-09-28";
    let request = Recorded {
        name: String::new(),
        method: "GET".to_owned(),
        target: format!("/?{bare}&Signature=/IMtbJ6hvTDUHVAmlXXaB6P%2BzRI%3D"),
        headers: vec![("Host".to_owned(), "credere.example".to_owned())],
        body: String::new(),
    };
    assert_eq!(code(&request), None);
}

#[test]
fn further_signed_headers_are_signed_in_lower_case() {
    // Computed with Python's hmac: SignedHeaders=content-type;host;x-tc-action, the action written in lower case.
    let request = Recorded {
        name: String::new(),
        method: "POST".to_owned(),
        target: "/".to_owned(),
        headers: [
            ("Host", "intlpartnersmgt.credere.example"),
            ("Content-Type", "application/json; charset=utf-8"),
            ("X-TC-Action", "QueryPartnerCredit"),
            ("X-TC-Version", "2022-09-28"),
            ("X-TC-Timestamp", "1700000000"),
            (
                "Authorization",
                "TC3-HMAC-SHA256 Credential=AKIDcredereTestVector0001/2023-11-14/intlpartnersmgt/tc3_request, \
                 SignedHeaders=content-type;host;x-tc-action, Signature=390a6966a6be77ce52d7e83a5979f68908fbfcdbf1a1039f42fc6020feb18eff",
            ),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec(),
        body: "{}".to_owned(),
    };
    assert_eq!(code(&request), None);
    assert_eq!(code(&request.clone().set("X-TC-Action", "GetCountryCodes")), Some(ErrorCode::SignatureFailure));
    assert_eq!(code(&request.without("X-TC-Action")), Some(ErrorCode::InvalidAuthorization));
}
