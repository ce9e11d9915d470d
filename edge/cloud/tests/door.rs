//! The door as a client sees it: each refusal of the protocol, the order in which they come, and that a refused request
//! runs nothing.

mod support;

use credere_cloud::UnsignedPayload;
use std::sync::atomic::Ordering;
use support::*;

#[tokio::test]
async fn every_recorded_request_of_the_sdks_gets_through() {
    for recorded in recorded() {
        let house = House::new(true);
        let response = house.send(&recorded).await;
        assert_eq!(response.get("Error"), None, "{}: {response}", recorded.name);
        assert_eq!(house.ran().len(), 1);
        if recorded.name.contains("post") && house.ran()[0].contains("Allocate") {
            assert_eq!(response["TotalCredit"].to_string(), "1e-8");
            assert_eq!(response["Remark"], "héllo wörld ¥/&=+~'()*!");
        }
    }
}

#[tokio::test]
async fn who_signed_is_looked_at_first() {
    let post = recorded_as("python tc3 post");
    let form = recorded_as("python HmacSHA1 post");
    let bad_scope = "TC3-HMAC-SHA256 Credential=x, SignedHeaders=content-type;host, Signature=y";
    let multiple = {
        let mut twice = post.clone();
        twice.headers.push(("X-TC-Timestamp".to_owned(), "1700000000".to_owned()));
        twice
    };
    for (request, code) in [
        (post.clone().replace(SECRET_ID, "AKIDnobody"), "AuthFailure.SecretIdNotFound"),
        (form.clone().replace(SECRET_ID, "AKIDnobody"), "AuthFailure.SecretIdNotFound"),
        (post.clone().replace("Signature=5", "Signature=6"), "AuthFailure.SignatureFailure"),
        (post.clone().set("X-TC-Timestamp", "1699999699"), "AuthFailure.SignatureExpire"),
        (form.clone().replace("1700000000", "1700000301"), "AuthFailure.SignatureExpire"),
        (post.clone().set("X-TC-Timestamp", "soon"), "InvalidParameter"),
        (post.clone().without("X-TC-Timestamp"), "MissingParameter"),
        (post.clone().replace("2023-11-14", "2023-11-15"), "AuthFailure.InvalidAuthorization"),
        (post.clone().set("Authorization", "SKIP"), "AuthFailure.InvalidAuthorization"),
        (post.clone().set("Authorization", bad_scope), "AuthFailure.InvalidAuthorization"),
        (post.clone().without("Authorization"), "AuthFailure.InvalidAuthorization"),
        (post.clone().without("Host"), "AuthFailure.InvalidAuthorization"),
        (post.clone().without("Content-Type"), "AuthFailure.InvalidAuthorization"),
        (multiple, "InvalidRequest"),
        (form.clone().replace("SecretId=", "SecretIdent="), "MissingParameter"),
        (form.clone().replace("Nonce=", "Once="), "MissingParameter"),
        (form.clone().replace("Timestamp=", "Time="), "MissingParameter"),
        (form.clone().replace("&Signature=", "&Sign="), "MissingParameter"),
        (form.clone().replace("Nonce=", "Nonce=-"), "InvalidParameter"),
        (form.clone().replace("Nonce=", "Nonce=123456789012"), "InvalidParameter"),
        (form.clone().replace("Flag=True", "Flag=True&Flag=True"), "InvalidParameter"),
        (form.clone().replace("Flag=True", "Flag=%ff"), "InvalidParameter"),
    ] {
        let house = House::new(true);
        assert_eq!(house.code(&request).await, code, "{request:?}");
        assert!(house.ran().is_empty());
        assert_eq!(*house.observed.lock().unwrap(), [format!("- - {code}")]);
    }
}

#[tokio::test]
async fn methods_and_content_types_that_are_not_spoken() {
    let post = recorded_as("python tc3 post");
    let form = recorded_as("python HmacSHA1 post");
    for method in ["PUT", "DELETE", "OPTIONS", "PATCH"] {
        let request = Recorded { method: method.to_owned(), ..post.clone() };
        assert_eq!(House::new(true).code(&request).await, "UnsupportedProtocol", "{method}");
    }
    for encoding in ["gzip", "br", "identity, gzip", ""] {
        for request in [&post, &form] {
            let encoded = request.clone().set("Content-Encoding", encoding);
            assert_eq!(House::new(true).code(&encoded).await, "UnsupportedProtocol", "{encoding}");
        }
    }
    for content_type in ["multipart/form-data; boundary=x", "application/octet-stream", "text/plain"] {
        assert_eq!(House::new(true).code(&form.clone().set("Content-Type", content_type)).await, "UnsupportedProtocol");
        // With TC3 the content type is signed, so a changed one is a wrong signature before it is a wrong type.
        let signed = post.clone().set("Content-Type", content_type);
        assert_eq!(House::new(true).code(&signed).await, "AuthFailure.SignatureFailure");
    }
    // Signed over `multipart/form-data; boundary=x` with Python's hmac.
    let multipart = post.clone().set("Content-Type", "multipart/form-data; boundary=x").set(
        "Authorization",
        "TC3-HMAC-SHA256 Credential=AKIDcredereTestVector0001/2023-11-14/intlpartnersmgt/tc3_request, \
         SignedHeaders=content-type;host, Signature=ac14fcbb955b78ee4c0197ea395a13c584394c4a49ef42f1ad850c2a34e84d97",
    );
    let response = House::new(true).send(&multipart).await;
    assert_eq!(response["Error"]["Code"], "UnsupportedProtocol");
    assert!(response["Error"]["Message"].as_str().unwrap().contains("`multipart/form-data; boundary=x`"));
}

#[tokio::test]
async fn a_token_is_refused_because_none_are_issued() {
    let post = recorded_as("python tc3 post").set("X-TC-Token", "abc");
    assert_eq!(House::new(true).code(&post).await, "AuthFailure.TokenFailure");
}

#[tokio::test]
async fn version_and_action_come_after_the_signature_and_before_the_rest() {
    // The SDKs do not sign these headers, so that they can be changed here.
    let post = recorded_as("python tc3 post");
    for (request, code) in [
        (post.clone().set("X-TC-Version", "2017-03-12"), "NoSuchVersion"),
        (post.clone().set("X-TC-Version", "2018-07-09"), "NoSuchVersion"),
        (post.clone().set("X-TC-Version", ""), "MissingParameter"),
        (post.clone().without("X-TC-Version"), "MissingParameter"),
        (post.clone().set("X-TC-Action", "RunInstances"), "InvalidAction"),
        (post.clone().without("X-TC-Action"), "MissingParameter"),
    ] {
        let house = House::new(true);
        assert_eq!(house.code(&request).await, code);
        assert_eq!(*house.observed.lock().unwrap(), [format!("{SECRET_ID} - {code}")]);
        let wrong = request.replace("Signature=5", "Signature=6");
        assert_eq!(house.code(&wrong).await, "AuthFailure.SignatureFailure");
    }
    // Under a scope that names no service of ours the version decides.
    let node = recorded_as("node tc3 post, 127.0.0.1").set("X-TC-Version", "2018-07-09");
    assert_eq!(House::new(true).code(&node).await, "InvalidAction");
}

#[tokio::test]
async fn parameters_are_checked_before_the_action_runs() {
    let unsigned = recorded_as("python tc3 post unsigned payload");
    for (body, code) in [
        ("{\"ClientUin\": 1, \"AddedCredit\": 1, \"Extra\": 1}", "UnknownParameter"),
        ("{\"ClientUin\": 1}", "MissingParameter"),
        ("{\"ClientUin\": \"1\", \"AddedCredit\": 1}", "InvalidParameter"),
        ("{\"ClientUin\": 1, \"AddedCredit\": 0.000000001}", "InvalidParameterValue"),
        ("{\"ClientUin\": 1, \"AddedCredit\": 1e999999999}", "InvalidParameterValue"),
        ("{\"ClientUin\": 1, \"AddedCredit\": 1, \"ClientUin\": 1}", "InvalidParameter"),
        ("", "InvalidParameter"),
    ] {
        let house = House::new(true);
        let request = Recorded { body: body.to_owned(), ..unsigned.clone() };
        assert_eq!(house.code(&request).await, code, "{body}");
        assert!(house.ran().is_empty());
        assert_eq!(*house.observed.lock().unwrap(), [format!("{SECRET_ID} AllocateCustomerCredit {code}")]);
    }
}

#[tokio::test]
async fn a_writing_request_acts_once() {
    for name in ["python tc3 post", "node tc3 post, localhost", "python HmacSHA1 get", "node HmacSHA256 post"] {
        let house = House::new(false);
        let request = recorded_as(name);
        assert_eq!(house.code(&request).await, "ok", "{name}");
        for later in [0, 1, 300] {
            house.clock.store(SIGNED_AT + later, Ordering::SeqCst);
            assert_eq!(house.code(&request).await, "RequestLimitExceeded", "{name}");
        }
        house.clock.store(SIGNED_AT + 301, Ordering::SeqCst);
        assert_eq!(house.code(&request).await, "AuthFailure.SignatureExpire", "{name}");
        assert_eq!(house.ran().len(), 1);
    }
}

#[tokio::test]
async fn a_request_from_the_future_is_remembered_until_it_expires() {
    let house = House::new(false);
    let request = recorded_as("python tc3 post");
    house.clock.store(SIGNED_AT - 300, Ordering::SeqCst);
    assert_eq!(house.code(&request).await, "ok");
    house.clock.store(SIGNED_AT + 300, Ordering::SeqCst);
    assert_eq!(house.code(&request).await, "RequestLimitExceeded");
}

/// The action is in no SDK's signature, so that a captured request can be sent as another.
#[tokio::test]
async fn a_signature_writes_once_and_only_if_it_came_with_nothing_before() {
    let as_action = |action: &str| recorded_as("python tc3 post").set("X-TC-Action", action);
    for first in ["AllocateCustomerCredit", "QueryPartnerCredit", "GetCountryCodes", "RunInstances", ""] {
        let house = House::new(false);
        house.send(&as_action(first)).await;
        let ran = house.ran().len();
        for later in ["AllocateCustomerCredit", "AllocateCreditPool"] {
            assert_eq!(house.code(&as_action(later)).await, "RequestLimitExceeded", "{first}, then {later}");
        }
        assert_eq!(house.code(&as_action("QueryCreditByUinList")).await, "UnknownParameter", "{first}, then a read");
        assert_eq!(house.ran().len(), ran);
    }
    // Also where it could not act in any case.
    let house = House::new(false);
    let lacking = Recorded { body: "{\"ClientUin\": 1}".to_owned(), ..recorded_as("python tc3 post unsigned payload") };
    assert_eq!(house.code(&lacking.clone().set("X-TC-Action", "QueryPartnerCredit")).await, "UnknownParameter");
    assert_eq!(house.code(&lacking).await, "RequestLimitExceeded");
    // A request that was refused before its action was looked at is no better.
    let house = House::new(false);
    let with_token = as_action("AllocateCustomerCredit").set("X-TC-Token", "abc");
    assert_eq!(house.code(&with_token).await, "AuthFailure.TokenFailure");
    assert_eq!(house.code(&as_action("AllocateCustomerCredit")).await, "RequestLimitExceeded");
}

#[tokio::test]
async fn a_body_that_is_not_signed_goes_with_what_the_deployment_permits() {
    use UnsignedPayload::{All, Off, Reads};
    let write = recorded_as("python tc3 post unsigned payload");
    let body = "{\"UinList\": [1]}".to_owned();
    let read = Recorded { body, ..write.clone() }.set("X-TC-Action", "QueryCreditByUinList");
    for (permitted, reads, writes) in [
        (All, "ok", "ok"),
        (Reads, "ok", "AuthFailure.SignatureFailure"),
        (Off, "AuthFailure.SignatureFailure", "AuthFailure.SignatureFailure"),
    ] {
        assert_eq!(House::with(true, permitted).code(&read).await, reads, "{permitted:?}");
        let house = House::with(true, permitted);
        let answer = house.send(&write).await;
        assert_eq!(answer["Error"]["Code"].as_str().unwrap_or("ok"), writes, "{permitted:?}");
        if writes != "ok" {
            assert!(answer["Error"]["Message"].as_str().unwrap().contains("`UNSIGNED-PAYLOAD`"), "{answer}");
            assert!(house.ran().is_empty());
        }
        assert_eq!(House::with(true, permitted).code(&recorded_as("python tc3 post")).await, "ok");
        assert_eq!(House::with(true, permitted).code(&recorded_as("python HmacSHA1 post")).await, "ok");
    }
}

#[tokio::test]
async fn a_head_is_bounded_in_bytes() {
    let post = recorded_as("python tc3 post");
    for (request, code) in [
        (post.clone().set("X-More", &"x".repeat(31 * 1024)), "ok"),
        (post.clone().set("X-More", &"x".repeat(32 * 1024)), "RequestSizeLimitExceeded"),
        (Recorded { target: format!("/?{}", "x".repeat(32 * 1024)), ..post.clone() }, "RequestSizeLimitExceeded"),
    ] {
        assert_eq!(House::new(true).code(&request).await, code);
    }
}

#[tokio::test]
async fn equal_reads_are_never_refused_as_repetitions() {
    let house = House::new(false);
    for name in ["python tc3 get with a list", "python HmacSHA256 post, underscores and host with scheme"] {
        for _ in 0..50 {
            assert_eq!(house.code(&recorded_as(name)).await, "ok", "{name}");
        }
    }
    assert_eq!(house.ran().len(), 100);
}

#[tokio::test]
async fn the_rate_limit_is_looked_at_before_parameters() {
    let house = House::new(true);
    let broken = Recorded { body: "{".to_owned(), ..recorded_as("python tc3 post unsigned payload") };
    let mut codes = Vec::new();
    for _ in 0..100 {
        codes.push(house.code(&broken.clone().set("X-TC-Action", "QueryPartnerCredit")).await);
    }
    // Five a second: a hundred calls would have to take almost twenty seconds for all of them to be let in.
    assert_eq!(codes[..5], ["InvalidParameter"; 5]);
    assert!(codes[5..].iter().any(|code| code == "RequestLimitExceeded"));
    assert!(house.ran().is_empty());
}

#[tokio::test]
async fn a_write_that_is_sent_again_takes_nothing_from_whoever_signed_it() {
    let house = House::new(true);
    let captured = recorded_as("python tc3 post");
    assert_eq!(house.code(&captured).await, "ok");
    for _ in 0..100 {
        let answer = house.send(&captured).await;
        assert!(answer["Error"]["Message"].as_str().unwrap().contains("received before"), "{answer}");
    }
    // The same account calls the same action, of which five a second are let in, and one was.
    for own in ["node tc3 post, localhost", "python HmacSHA1 post", "node HmacSHA256 post"] {
        assert_eq!(house.code(&recorded_as(own)).await, "ok", "{own}");
    }
}

#[tokio::test]
async fn a_failure_tells_the_caller_nothing_but_the_request_id() {
    let house = House::new(true);
    let request = Recorded { body: "{}".to_owned(), ..recorded_as("python tc3 post unsigned payload") };
    let response = house.send(&request.set("X-TC-Action", "GetCountryCodes")).await;
    assert_eq!(response["Error"]["Code"], "InternalError");
    assert!(!response.to_string().contains("fire"));
    assert_eq!(*house.observed.lock().unwrap(), [format!("{SECRET_ID} GetCountryCodes InternalError")]);
}

#[tokio::test]
async fn a_body_over_the_servers_limit_is_answered_in_the_envelope() {
    use axum::body::Body;
    use axum::extract::DefaultBodyLimit;
    use axum::http::Request;
    use tower::ServiceExt;
    let house = House::new(true);
    let router = credere_cloud::door::router(house.door.clone()).layer(DefaultBodyLimit::max(10));
    let request = Request::post("/").body(Body::from("12345678901")).unwrap();
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    assert!(String::from_utf8(body.to_vec()).unwrap().contains("\"RequestSizeLimitExceeded\""));
}
