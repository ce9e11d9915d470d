//! What a stranger's request costs before anybody is known: memory is counted at the allocator, in bytes and in pieces,
//! and stands to the size of the request. One test, since the counts are the whole process's.

mod support;

use credere_cloud::request::authenticate;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;
use support::*;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// What any refusal may cost besides: its message, a signature's hashes.
const FIXED_BYTES: usize = 16 * 1024;
/// Bytes that may be asked for, for each byte of the request.
const BYTES_PER_BYTE: usize = 2;
/// A parameter of a form is kept as two texts, whatever its length.
const BYTES_PER_PARAMETER: usize = 256;
/// Each of its texts is copied when it is escaped, and once more when blanks are written as `+`.
const PIECES_PER_PARAMETER: usize = 4;

fn size(parts: &Parts) -> usize {
    let headers: usize = parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    parts.uri.to_string().len() + headers + parts.body.len()
}

fn refused(what: &str, request: &Recorded, code: &str) {
    let parts = request.parts();
    let size = size(&parts);
    let is_form = request.header("Content-Type").contains("form");
    let parameters = if is_form { request.body.matches('&').count().min(10_000) + 1 } else { 0 };
    let region = Region::new(ALLOCATOR);
    let outcome = authenticate(parts.incoming(), SIGNED_AT, &find_caller);
    let cost = region.change();
    let error = outcome.map(|_| ()).expect_err("nothing here is signed with the secret");
    assert_eq!(error.code().name(), code, "{what}");
    let asked = cost.bytes_allocated;
    let most = FIXED_BYTES + BYTES_PER_BYTE * size + BYTES_PER_PARAMETER * parameters;
    assert!(asked <= most, "{what}: a request of {size} bytes costs {asked}, more than {most}");
    let pieces = cost.allocations + cost.reallocations;
    assert!(pieces <= 100 + PIECES_PER_PARAMETER * parameters, "{what}: {pieces} allocations");
}

#[test]
fn nothing_before_authentication_costs_more_than_a_small_multiple_of_the_request() {
    let post = recorded_as("python tc3 post");
    let form = recorded_as("python HmacSHA1 post");
    let failure = "AuthFailure.SignatureFailure";
    let malformed = "AuthFailure.InvalidAuthorization";
    let too_large = "RequestSizeLimitExceeded";
    let wrong = post.clone().replace("Signature=5", "Signature=6");
    let signing = |headers: &str| post.clone().replace("SignedHeaders=", &format!("SignedHeaders={headers}"));
    let wrong_form = |more: &str| {
        let request = form.clone().replace("SecretId=", "SecretIdent=x&SecretId=");
        Recorded { body: format!("{}&{more}", request.body), ..request }
    };
    let numbered = |count: usize, pair: &dyn Fn(usize) -> String| (0..count).map(pair).collect::<Vec<_>>().join("&");

    // One header of 14 KiB, signed four thousand times; many different ones; as many as may be signed.
    let long = "x".repeat(14 * 1024);
    refused("one header again and again", &signing(&"x-a;".repeat(4_000)).set("X-A", &long), malformed);
    let distinct: String = (0..4_000).map(|n| format!("x-{n};")).collect();
    refused("thousands of headers", &signing(&distinct), malformed);
    let mut many = signing(&(0..18).map(|n| format!("x-{n};")).collect::<String>());
    for n in 0..18 {
        many = many.set(&format!("X-{n}"), &"X".repeat(1_500));
    }
    refused("twenty long headers", &many, failure);
    refused("a head of 240 KiB", &signing(&"x-a;".repeat(60_000)), too_large);
    refused(
        "a long credential",
        &post.clone().replace("Credential=", &format!("Credential={}", "/".repeat(30_000))),
        malformed,
    );
    refused(
        "many parts",
        &post.clone().replace("Credential=", &format!("Credential={}", ",".repeat(30_000))),
        malformed,
    );
    let unknown = format!("Credential={}/2023", "A".repeat(30_000));
    let unknown = post.clone().replace(&format!("Credential={SECRET_ID}/2023"), &unknown);
    refused("a long secret id", &unknown, "AuthFailure.SecretIdNotFound");

    // Bodies.
    let body = "x".repeat(8 << 20);
    refused("a body of 8 MiB", &Recorded { body: body.clone(), ..wrong.clone() }, failure);
    let port = Recorded { body, ..wrong.set("Host", "localhost:7070") };
    refused("the same where the host is computed twice", &port, failure);
    let deep = "[".repeat(8 << 20);
    refused("deep JSON", &Recorded { body: deep, ..post.clone() }.without("Authorization"), malformed);

    // Forms, which must be taken apart to be proven.
    let fill = |more: usize, with: &str| with.repeat((1 << 20) - form.body.len() - 100 - more);
    refused("one long value", &wrong_form(&format!("Long={}", fill(0, "x"))), failure);
    let escaped = "%41".repeat(300_000);
    refused("a value that is escaped", &wrong_form(&format!("Long={escaped}")), failure);
    refused("a value with blanks", &wrong_form(&format!("Long={}", fill(0, "+"))), failure);
    refused("a name with underscores", &wrong_form(&format!("{}=x", fill(0, "_"))), failure);
    refused("many parameters", &wrong_form(&numbered(9_900, &|n| format!("P_{n}={n}"))), failure);
    refused("many short parameters", &wrong_form(&numbered(9_900, &|n| format!("{n:x}"))), failure);
    refused("many escaped parameters", &wrong_form(&numbered(9_900, &|n| format!("%50{n}=%50+"))), failure);
    refused(
        "too many parameters",
        &wrong_form(&numbered(200_000, &|n| n.to_string()[..1].to_owned())),
        "InvalidParameter",
    );
    refused("a form of 8 MiB", &wrong_form(&format!("Long={}", "+".repeat(8 << 20))), failure);
}
