//! Every kept input of every fuzz target, given to the same functions: what fuzzing has found once is not lost again.

use credere_fuzz::TARGETS;
use std::fs;
use std::path::Path;

#[test]
fn the_kept_inputs_of_every_target_hold() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (name, target) in TARGETS {
        let inputs = fs::read_dir(corpus.join(name)).expect("every target has a corpus");
        let mut count = 0;
        for input in inputs {
            let path = input.expect("the folder can be read").path();
            let data = fs::read(&path).expect("a kept input can be read");
            let held = std::panic::catch_unwind(|| target(&data));
            assert!(held.is_ok(), "{name}: {}", path.display());
            count += 1;
        }
        assert!(count >= 10, "the corpus of {name} has {count} inputs");
    }
}

#[test]
fn what_comes_over_a_connection_is_followed_alike_in_all_short_orders() {
    let parts = [
        "",
        "\r",
        "\n",
        "\r\n",
        "\r\n\r\n",
        "0",
        "0\r\n",
        "3\r\n",
        "a",
        "abc",
        "abc\r\n",
        ";x",
        " ",
        "x: y\r\n",
        "GET / HTTP/1.1\r\n",
        "Content-Length: 3\r\n",
        "Content-Length: x\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\n\r\n",
    ];
    let begins = [
        "",
        "POST / HTTP/1.1\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
    ];
    // Three of them in every order, each order being a number whose digits are their places.
    for order in 0..parts.len().pow(3) {
        let digit = |place: u32| parts[order / parts.len().pow(place) % parts.len()];
        for begin in begins {
            let text = format!("\u{5}{begin}{}{}{}", digit(2), digit(1), digit(0));
            credere_fuzz::framing(text.as_bytes());
        }
    }
}

#[test]
fn every_target_has_its_binary() {
    let targets = Path::new(env!("CARGO_MANIFEST_DIR")).join("targets/fuzz_targets");
    for (name, _) in TARGETS {
        let text = fs::read_to_string(targets.join(format!("{name}.rs"))).expect("the target is there");
        assert!(text.contains(&format!("credere_fuzz::{name}(data)")), "{name}");
    }
    assert_eq!(fs::read_dir(targets).expect("the folder is there").count(), TARGETS.len());
}
