//! The idempotency keys of a world, as the auditor remembers them: the same key gives the same answer, and for something
//! else it is refused (law 5).

use credere_auditor::{Judged, Step};
use credere_core::book::KeyUse;
use std::collections::HashMap;

/// The idempotency keys of a world: what was asked under each, and what the first of it came to.
#[derive(Default)]
pub(crate) struct Keys {
    asked: HashMap<u64, Vec<Step>>,
    first: HashMap<u64, (Step, Judged)>,
}

impl Keys {
    /// A key as the application is given it: what is asked under it counts by its place among all that was.
    pub(crate) fn key_use(&mut self, key: u64, step: &Step) -> KeyUse {
        let asked = self.asked.entry(key).or_default();
        let place = asked.iter().position(|other| other == step).unwrap_or_else(|| {
            asked.push(step.clone());
            asked.len() - 1
        });
        KeyUse { key: u128::from(key).to_le_bytes(), content: (place as u128).to_le_bytes() }
    }

    /// The first use of a key.
    pub(crate) fn first(&self, key: u64) -> Option<&(Step, Judged)> {
        self.first.get(&key)
    }

    /// Keeps what the first use of a key came to.
    pub(crate) fn remember(&mut self, key: u64, step: &Step, judged: &Judged) {
        self.first.insert(key, (step.clone(), judged.clone()));
    }
}

/// Whether an answer is kept under its key: all are but that somebody may not ask.
pub(crate) fn remembered(judged: &Judged) -> bool {
    judged.as_ref().err().is_none_or(|refusal| !matches!(refusal.code, "wrong_role" | "not_yours" | "not_the_admin"))
}

/// Whether a step that came to this has left a record that a repeat finds.
pub(crate) fn repeatable(judged: &Judged) -> bool {
    judged.as_ref().err().is_none_or(|refusal| refusal.code != "idempotency_key_reused")
}
