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
fn every_target_has_its_binary() {
    let targets = Path::new(env!("CARGO_MANIFEST_DIR")).join("targets/fuzz_targets");
    for (name, _) in TARGETS {
        let text = fs::read_to_string(targets.join(format!("{name}.rs"))).expect("the target is there");
        assert!(text.contains(&format!("credere_fuzz::{name}(data)")), "{name}");
    }
    assert_eq!(fs::read_dir(targets).expect("the folder is there").count(), TARGETS.len());
}
