//! What all requests of this face share. The router makes it, and each request reaches it by its call.

use crate::idempotency::InUse;
use crate::metrics::Metrics;
use credere_app::App;
use credere_app::shares::Shares;
use std::sync::Arc;

/// Files that are downloaded at once, of which one key gets at most half; requests beyond are turned away as overloaded.
const FILES_MAX: usize = 32;

/// What all requests share.
#[derive(Clone)]
pub(crate) struct Platform(pub(crate) Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) app: Arc<App>,
    pub(crate) metrics: Metrics,
    pub(crate) in_use: InUse,
    /// Places for requests that are worked on, by the number of the platform key.
    pub(crate) in_flight: Shares<u32>,
    /// Places for files that are being downloaded: each keeps a thread and a walk through history busy.
    pub(crate) files: Shares<u32>,
}

impl Platform {
    /// Over this application; `in_flight_max` requests are worked on at once.
    pub(crate) fn new(app: Arc<App>, metrics: Metrics, in_flight_max: usize) -> Platform {
        Platform(Arc::new(Shared {
            app,
            metrics,
            in_use: InUse::default(),
            in_flight: Shares::new(in_flight_max),
            files: Shares::new(FILES_MAX),
        }))
    }
}
