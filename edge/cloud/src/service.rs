//! The Cloud API over a running application: its actions, its credentials and the machine's clock put together into a door.

use crate::actions;
use crate::door::{Door, Observe, UnsignedPayload, router};
use crate::error::CloudError;
use crate::limit::Limits;
use crate::places::Places;
use crate::replay::{Bounds, Replays};
use crate::sign::{Caller, Secret};
use axum::Router;
use credere_app::App;
use credere_core::ledger::Moment;
use std::sync::Arc;

/// What a deployment chooses about its Cloud API.
pub struct CloudOptions {
    /// Whether accounts are held to the published calls per second.
    pub rate_limits: bool,
    /// What a request may do whose body is not signed.
    pub unsigned_payload: UnsignedPayload,
    /// Told about every call: for metrics and logs.
    pub observe: Observe,
}

impl Default for CloudOptions {
    /// With rate limits, unsigned bodies for reads alone, and nobody told.
    fn default() -> CloudOptions {
        CloudOptions { rate_limits: true, unsigned_payload: UnsignedPayload::default(), observe: Box::new(|_| {}) }
    }
}

/// The route of the Cloud API over `app`, to be merged into a server, which limits the size of bodies.
pub fn door(app: Arc<App>, options: CloudOptions) -> Router {
    let registry = actions::registry();
    let limits = options.rate_limits.then(|| Limits::new(registry.iter().map(|action| action.per_second)));
    let (credentials, clock) = (app.clone(), app.engine().clock());
    // Where the clock is in doubt at the start, nothing is forgotten for it.
    let remembered = clock.jump().map_or(clock.time_of_day(), |jump| jump.expected.min(jump.found));
    let wall_clock = move || seconds(clock.time_of_day());
    let replays = Replays::recall(app.signatures(), Bounds::default(), seconds(remembered));
    router(Arc::new(Door {
        registry,
        context: app,
        find_caller: Box::new(move |secret_id| {
            let found = credentials.credential_secret(secret_id).map_err(CloudError::internal)?;
            Ok(found.map(|(uin, secret)| Caller { uin, secret: Secret::new(secret.expose()) }))
        }),
        wall_clock: Box::new(wall_clock),
        limits,
        places: Places::default(),
        replays,
        unsigned_payload: options.unsigned_payload,
        observe: options.observe,
    }))
}

fn seconds(at: Moment) -> i64 {
    at.micros().div_euclid(1_000_000)
}
