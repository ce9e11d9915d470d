//! The pages for people: what a browser is told that they may do, and that they do nothing else.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod support;

use support::World;

#[tokio::test]
async fn a_page_runs_only_what_comes_from_here_and_is_framed_by_nobody() {
    let world = World::new();
    let mut pages = 0;
    for path in [
        "/docs",
        "/docs/",
        "/docs/index.html",
        "/docs/oauth2-redirect.html",
        "/docs/swagger-initializer.js",
        "/docs/swagger-ui-bundle.js",
        "/docs/swagger-ui.css",
        "/docs/nothing",
    ] {
        let answer = world.ask("GET", path).without("authorization").send().await;
        let policy = answer.header("content-security-policy");
        let directive = |name: &str| policy.split("; ").find_map(|one| one.strip_prefix(name)).map(str::trim);
        assert_eq!(directive("default-src"), Some("'none'"), "{path}: {policy}");
        assert_eq!(directive("frame-ancestors"), Some("'none'"), "{path}: {policy}");
        for directive in policy.split("; ") {
            let sources: Vec<&str> = directive.split(' ').skip(1).collect();
            assert!(sources.iter().all(|source| ["'none'", "'self'", "data:"].contains(source)), "{path}: {directive}");
            assert!(!sources.contains(&"data:") || directive.starts_with("img-src "), "{path}: {directive}");
        }
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        if answer.header("content-type").starts_with("text/html") {
            // What the policy would keep from running, the page would miss.
            let page = answer.text.to_ascii_lowercase();
            for script in page.split("<script").skip(1) {
                let tag = script.split('>').next().unwrap();
                assert!(tag.contains(" src="), "{path}: {tag}");
            }
            for inline in ["<style", " style=", " onload=", " onclick=", "javascript:"] {
                assert!(!page.contains(inline), "{path}: {inline}");
            }
            pages += 1;
        }
    }
    assert!(pages >= 3, "{pages} pages");
}
