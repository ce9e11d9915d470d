//! Conditions of pay-on-behalf that were not met, as a refusal shows them.

use credere_core::organization::{Condition, Failure};
use serde_json::{Value, json};

/// Each by its rule, with its code in the Cloud API.
pub(crate) fn unmet(failed: &[(Condition, Failure)]) -> Value {
    let row = |(condition, failure): &(Condition, Failure)| json!({ "rule": condition.to_string(), "gist": condition.gist(), "code": failure.code() });
    failed.iter().map(row).collect()
}
