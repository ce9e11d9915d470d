//! How Cloud API calls are counted: by action and by what came of them. The faces do not know each other, so their
//! figures meet here.

use credere_cloud::door::{Observe, Outcome};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    action: &'static str,
    code: &'static str,
}

/// Registers the counter and gives what the door calls for each answer.
pub(super) fn counter(registry: &mut Registry) -> Observe {
    let calls = Family::<Labels, Counter>::default();
    let help = "Cloud API calls by action (empty when it was not found) and error code (empty for success)";
    registry.register("credere_cloud_calls", help, calls.clone());
    Box::new(move |outcome: &Outcome| {
        let action = outcome.action.map_or("", |(_, name)| name);
        let code = outcome.refused.map_or("", |code| code.name());
        calls.get_or_create(&Labels { action, code }).inc();
    })
}
