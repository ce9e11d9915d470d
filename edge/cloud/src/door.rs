//! The way in: one path, `/`, for GET and POST, and the order in which a request is looked at. Authentication first, then
//! version and action, repetition, rate limit and parameters, and only then the action itself, which checks role, existence
//! and the rules. Every answer has HTTP status 200 and a request id.

use crate::envelope::{Reply, answer};
use crate::error::{CloudError, ErrorCode};
use crate::incoming::Incoming;
use crate::limit::Limits;
use crate::params;
use crate::places::Places;
use crate::registry::{Action, Registry};
use crate::replay::Replays;
use crate::request::{Made, Request, authenticate};
use crate::sign::Caller;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, Method, Response, StatusCode, Uri};
use axum::routing::any;
use credere_app::random;
use credere_core::access::SecretId;
use credere_core::channel::Uin;
use std::error::Error;
use std::io;
use std::sync::Arc;
use uuid::Uuid;

/// Finds the caller of a secret id; `None` when there is no such credential or it is switched off.
pub type FindCaller = Box<dyn Fn(&str) -> Result<Option<Caller>, CloudError> + Send + Sync>;
/// The machine's clock, in whole seconds since 1970.
pub type WallClock = Box<dyn Fn() -> i64 + Send + Sync>;
/// Told about every call when its answer is ready: for metrics and the audit.
pub type Observe = Box<dyn Fn(&Outcome) + Send + Sync>;

/// Which actions a request may call whose signature leaves the body out (`UNSIGNED-PAYLOAD`): whoever records one may
/// send any body with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnsignedPayload {
    /// None.
    Off,
    /// Those that only read.
    #[default]
    Reads,
    /// All.
    All,
}

/// Everything that the door needs. `C` is the context that the actions run in.
pub struct Door<C> {
    /// The actions.
    pub registry: Registry<C>,
    /// What the actions run in.
    pub context: C,
    /// Finds callers.
    pub find_caller: FindCaller,
    /// Tells the time.
    pub wall_clock: WallClock,
    /// Rate limits; `None` switches them off.
    pub limits: Option<Limits>,
    /// Places for calls that are worked on.
    pub places: Places,
    /// The memory of signatures.
    pub replays: Arc<Replays>,
    /// What a request may do whose body is not signed.
    pub unsigned_payload: UnsignedPayload,
    /// Told about every call.
    pub observe: Observe,
}

/// What became of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// The id in the answer.
    pub request_id: Uuid,
    /// The calling account, once it is proven.
    pub caller: Option<Uin>,
    /// The credential, once it is proven.
    pub secret_id: Option<SecretId>,
    /// Version and name of the action, once it is found.
    pub action: Option<(&'static str, &'static str)>,
    /// Whether the action writes.
    pub writes: bool,
    /// The error code of a refusal or failure; `None` for success.
    pub refused: Option<ErrorCode>,
}

/// The route of the Cloud API, to be merged into a server. The server limits the size of bodies
/// (`axum::extract::DefaultBodyLimit`); a body over the limit is answered in the envelope as well.
pub fn router<C: Send + Sync + 'static>(door: Arc<Door<C>>) -> Router {
    Router::new().route("/", any(handle::<C>)).with_state(door)
}

async fn handle<C: Send + Sync + 'static>(
    State(door): State<Arc<Door<C>>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response<Body> {
    let request_id = random::id();
    let mut outcome = Outcome { request_id, caller: None, secret_id: None, action: None, writes: false, refused: None };
    let result = match &body {
        Ok(body) => {
            let incoming = Incoming { method: &method, uri: &uri, headers: &headers, body };
            door.call(incoming, &mut outcome).await
        }
        Err(rejection) => Err(unreadable(rejection)),
    };
    if let Err(error) = &result {
        outcome.refused = Some(error.code());
        if error.code() == ErrorCode::InternalError {
            let cause = error.source().map(ToString::to_string);
            tracing::error!(%request_id, action = ?outcome.action, caller = ?outcome.caller, cause, "a call failed");
        }
    }
    (door.observe)(&outcome);
    answer(&result, request_id)
}

/// Why a body did not arrive. The server says by the kind of the error that it gave up on it.
fn unreadable(rejection: &BytesRejection) -> CloudError {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return CloudError::new(ErrorCode::RequestSizeLimitExceeded, "the request body is too large");
    }
    let causes = std::iter::successors(rejection.source(), |error: &&(dyn Error + 'static)| (*error).source());
    match causes.filter_map(|error| error.downcast_ref::<io::Error>()).map(io::Error::kind).next() {
        Some(io::ErrorKind::ResourceBusy) => CloudError::busy(),
        Some(io::ErrorKind::TimedOut) => {
            CloudError::new(ErrorCode::InvalidRequest, "the request body took too long, or came too slowly")
        }
        _ => CloudError::new(ErrorCode::InvalidRequest, "the request body could not be read to its end"),
    }
}

impl<C: Send + Sync> Door<C> {
    /// Takes a request through all steps, noting in `outcome` how far it came.
    async fn call(&self, incoming: Incoming<'_>, outcome: &mut Outcome) -> Result<Reply, CloudError> {
        let now = (self.wall_clock)();
        let mut request = authenticate(incoming, now, &*self.find_caller)?;
        let caller = request.proof.caller;
        outcome.caller = Some(caller);
        outcome.secret_id = Some(request.proof.secret_id);

        let action = self.action(&request);
        let writes = action.as_ref().is_ok_and(|action| action.writes);
        // Whatever becomes of it, the signature belongs to this request from now on.
        let first = self.replays.admit(&request.proof, writes, now).await;
        request.no_token()?;
        let action = action?;
        outcome.action = Some((action.version, action.name));
        outcome.writes = action.writes;

        self.body_is_signed(&request, writes)?;
        // Whoever sends another's request again takes nothing away from whoever signed it.
        if writes {
            first?;
        }
        if let Some(limits) = &self.limits {
            limits.admit(caller, action.version, action.name, action.per_second)?;
        }
        let _place = self.places.take(caller).await?;

        let args = params::check(request.parameters()?, action.params)?;
        let made = Made { request_id: outcome.request_id, args };
        let call = request.into_call(action.service, action.version, action.name, made);
        (action.run)(&self.context, &call).await
    }

    fn action(&self, request: &Request<'_>) -> Result<&Action<C>, CloudError> {
        self.registry.find(request.proof.service, request.version()?, request.action()?)
    }

    /// Refuses a body that is not signed where it must be.
    fn body_is_signed(&self, request: &Request<'_>, writes: bool) -> Result<(), CloudError> {
        let why = match self.unsigned_payload {
            UnsignedPayload::Off => "this server takes no request whose body is not signed",
            UnsignedPayload::Reads if writes => "the body of a writing action must be signed",
            UnsignedPayload::Reads | UnsignedPayload::All => return Ok(()),
        };
        if request.proof.body_signed {
            return Ok(());
        }
        Err(CloudError::new(ErrorCode::SignatureFailure, format!("{why}; leave `UNSIGNED-PAYLOAD` out")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::extract::{FromRequest, Request};
    use futures_util::stream;

    #[tokio::test]
    async fn a_body_that_does_not_arrive_says_why() {
        for (kind, code) in [
            (io::ErrorKind::ResourceBusy, ErrorCode::ServiceBusy),
            (io::ErrorKind::TimedOut, ErrorCode::InvalidRequest),
            (io::ErrorKind::ConnectionReset, ErrorCode::InvalidRequest),
        ] {
            let broken = stream::iter([Ok(Bytes::from_static(b"{")), Err(io::Error::from(kind))]);
            let rejection = Bytes::from_request(Request::new(Body::from_stream(broken)), &()).await.unwrap_err();
            assert_eq!(unreadable(&rejection).code(), code, "{kind}");
        }
    }
}
