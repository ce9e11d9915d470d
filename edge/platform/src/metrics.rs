//! Figures for Prometheus: what came in over HTTP, what was decided, and how the engine stands. The faces beside this
//! one put theirs into the registry that the options carry.

use axum::http::{Method, StatusCode};
use credere_app::App;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric};
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    route: String,
    method: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
    method: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabels {
    outcome: &'static str,
}

/// Half a millisecond to four seconds, each bucket twice the one before.
fn latency() -> Histogram {
    Histogram::new(exponential_buckets(0.000_5, 2.0, 14))
}

/// What was decided, by outcome.
#[derive(Debug, Clone, Default)]
pub(crate) struct Decided(Family<OutcomeLabels, Counter>);

impl Decided {
    /// Counts operations that came to this: `done`, `approved`, `captured`, `released`, or a refusal's code.
    pub(crate) fn count(&self, outcome: &'static str, operations: u64) {
        self.0.get_or_create(&OutcomeLabels { outcome }).inc_by(operations);
    }
}

/// The families that this face writes to, and the registry that shows all.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    latencies: Family<RouteLabels, Histogram, fn() -> Histogram>,
    /// What was decided.
    pub(crate) decided: Decided,
}

impl Metrics {
    /// Adds the families of this face and the engine's figures to a registry.
    pub(crate) fn new(mut registry: Registry, app: &Arc<App>) -> Metrics {
        let requests = Family::default();
        let latencies = Family::new_with_constructor(latency as fn() -> Histogram);
        let decided = Decided::default();
        let version = vec![("version", env!("CARGO_PKG_VERSION"))];
        registry.register("credere_build", "The running build", Info::new(version));
        registry.register("credere_http_requests", "Requests that were answered", requests.clone());
        registry.register("credere_http_request_seconds", "Time from request to answer", latencies.clone());
        registry.register("credere_decisions", "Commands and operations by outcome", decided.0.clone());
        registry.register_collector(Box::new(EngineFigures(Arc::downgrade(app))));
        Metrics { registry, requests, latencies, decided }
    }

    /// Notes one answered request. `route` is the route's template, so that the number of series is bounded.
    pub(crate) fn answered(&self, route: &str, method: &Method, status: StatusCode, took: Duration) {
        // Anybody may invent a method; those that HTTP defines are enough to tell apart.
        let known = [Method::GET, Method::POST, Method::PATCH, Method::PUT, Method::DELETE, Method::HEAD];
        let method = if known.contains(method) { method.as_str() } else { "other" };
        let (route, method) = (route.to_owned(), method.to_owned());
        let labels = RequestLabels { route: route.clone(), method: method.clone(), status: status.as_u16() };
        self.requests.get_or_create(&labels).inc();
        self.latencies.get_or_create(&RouteLabels { route, method }).observe(took.as_secs_f64());
    }

    /// Everything in Prometheus' text format.
    ///
    /// # Errors
    /// When a figure cannot be written.
    pub(crate) fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// Asks the engine and what sends notices for their figures whenever somebody looks.
struct EngineFigures(Weak<App>);

impl fmt::Debug for EngineFigures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EngineFigures")
    }
}

impl Collector for EngineFigures {
    fn encode(&self, mut to: DescriptorEncoder) -> Result<(), fmt::Error> {
        let Some(app) = self.0.upgrade() else { return Ok(()) };
        let (figures, notices) = (app.engine().gauges(), app.notice_gauges());
        let jumped = u64::from(app.engine().clock().jump().is_some());
        let gauges = [
            ("credere_ready", "Whether requests are served", u64::from(app.engine().ready())),
            ("credere_clock_jumped", "Whether the machine's clock has jumped, so that nothing is written", jumped),
            ("credere_journal_position", "Last durable journal position", figures.durable_seq),
            ("credere_history_position", "Journal position that history has reached", figures.history_seq),
            ("credere_snapshot_position", "Journal position of the last snapshot", figures.snapshot_seq),
            (
                "credere_snapshot_proven_position",
                "Journal position of the last snapshot that was proven to be what the journal says",
                figures.snapshot_proven_seq,
            ),
            ("credere_operations_waiting", "Operations that wait for a decision", figures.waiting),
            ("credere_open_authorizations", "Authorizations that are open", figures.open_authorizations),
            ("credere_accounts", "Accounts", figures.accounts),
            ("credere_outbox_position", "Journal position up to which deliveries are queued", notices.queued_seq),
            ("credere_deliveries_waiting", "Deliveries that wait for an attempt", notices.waiting),
            ("credere_deliveries_in_flight", "Attempts to deliver that are under way", notices.in_flight),
        ];
        for (name, help, value) in gauges {
            let gauge = ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX));
            gauge.encode(to.encode_descriptor(name, help, None, gauge.metric_type())?)?;
        }
        let counters = [
            ("credere_commits", "Commits since the start", figures.commits),
            ("credere_journal_records", "Journal records written since the start", figures.records),
            ("credere_commit_failures", "Commits that failed since the start", figures.failures),
            (
                "credere_snapshots_refuted",
                "Snapshots that were not what the journal says since the start",
                figures.snapshots_refuted,
            ),
            ("credere_clock_jumps", "Times at which the machine's clock jumped since the start", figures.clock_jumps),
            ("credere_overloads", "Requests turned away as overloaded since the start", figures.overloads),
            ("credere_usage_paced", "Batches of usage that waited for history since the start", figures.paced),
            ("credere_delivery_attempts", "Attempts to deliver since the start", notices.attempts),
            ("credere_deliveries_arrived", "Deliveries that arrived since the start", notices.delivered),
            ("credere_deliveries_failed", "Deliveries that were given up since the start", notices.failed),
            ("credere_deliveries_skipped", "Deliveries that had nobody to go to since the start", notices.skipped),
        ];
        for (name, help, value) in counters {
            let counter = ConstCounter::new(value);
            counter.encode(to.encode_descriptor(name, help, None, counter.metric_type())?)?;
        }
        Ok(())
    }
}
