//! One request as the handlers see it: who asks (proved by the platform key), under which request identifier and
//! idempotency key, and the ways to the application. A handler cannot reach the application without a [`Call`], so none
//! can forget to ask who is there.

use crate::idempotency::{self, Claim};
use crate::metrics::Decided;
use crate::problem::{Fields, Own, Problem, REPLAYED, Reason};
use crate::state::Platform;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use credere_app::engine::Kept;
use credere_app::idempotency::KeyMaker;
use credere_app::shares::Share;
use credere_app::{App, Failure, Fault, StoreError};
use credere_app::{Caller, Done};
use credere_core::access::{Action, Actor, Face, KeyAccess};
use credere_core::book::{Command, Event, KeyHash, KeyUse, parties};
use credere_core::channel::Uin;
use credere_core::ledger::Moment;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use uuid::Uuid;

/// The request's identifier, given by the outermost layer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RequestId(pub(crate) Uuid);

/// One request of somebody who is known.
pub(crate) struct Call {
    platform: Platform,
    /// Who asks.
    pub(crate) caller: Caller,
    platform_key: u32,
    access: KeyAccess,
    method: Method,
    path: String,
    idempotency_key: Option<HeaderValue>,
    /// The key under which version 2 answered the request, if it did.
    answered_by_v2: Option<KeyHash>,
    /// Among the requests that are worked on; held until the answer is there.
    place: Option<Share>,
}

impl FromRequestParts<Platform> for Call {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &Platform) -> Result<Call, Problem> {
        let mut call = Call::identify(parts, state)?;
        call.take_place()?;
        Ok(call)
    }
}

/// Headers that say one thing or nothing.
const SAID_ONCE: [HeaderName; 4] = [header::AUTHORIZATION, header::CONTENT_TYPE, header::HOST, idempotency::KEY];

/// Whoever passes a request on might look at another one of them than this server does.
fn said_once(headers: &HeaderMap) -> Result<(), Problem> {
    match SAID_ONCE.iter().find(|name| headers.get_all(*name).iter().nth(1).is_some()) {
        Some(name) => {
            let detail = format!("the header `{name}` is there more than once");
            Err(Problem::own(Own::DuplicateHeader, detail).at(name.as_str()))
        }
        None => Ok(()),
    }
}

/// The platform key that a request shows, whether or not there is one like it. However its header is written, the same
/// key is the same text.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, key) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

fn unauthenticated() -> Problem {
    let detail = "send a platform key that has not been taken back: `Authorization: Bearer <platform key>`";
    Problem::own(Own::Unauthenticated, detail)
}

impl Call {
    /// Proves who asks.
    ///
    /// # Errors
    /// `duplicate_header`, `unauthenticated`
    pub(crate) fn identify(parts: &Parts, state: &Platform) -> Result<Call, Problem> {
        let request_id = parts.extensions.get::<RequestId>().ok_or_else(Problem::internal)?.0;
        said_once(&parts.headers)?;
        let found = bearer(&parts.headers).and_then(|key| state.0.app.platform_key(key));
        let (key, access) = found.ok_or_else(unauthenticated)?;
        Ok(Call {
            platform: state.clone(),
            caller: Caller { request_id, actor: Actor::Platform { key, access }, face: Face::Platform },
            platform_key: key,
            access,
            method: parts.method.clone(),
            path: parts.uri.path().to_owned(),
            idempotency_key: parts.headers.get(idempotency::KEY).cloned(),
            answered_by_v2: None,
            place: None,
        })
    }

    /// Whether the key may write at all. Whose things it may change is judged by the rules.
    ///
    /// # Errors
    /// `read_only_key`
    pub(crate) fn may_write(&self) -> Result<(), Problem> {
        match self.access {
            KeyAccess::Full => Ok(()),
            KeyAccess::Read => {
                let (key, request_id) = (self.platform_key, self.caller.request_id);
                tracing::warn!(key, %request_id, "a platform key that may only read was used to write");
                Err(Problem::read_only_key())
            }
        }
    }

    /// Takes a place among the requests that are worked on, until the answer is there.
    ///
    /// # Errors
    /// `overloaded` when there is none, or the key has its half of them.
    pub(crate) fn take_place(&mut self) -> Result<(), Problem> {
        let place = self.platform.0.in_flight.try_take(self.platform_key, 1);
        self.place = Some(place.ok_or_else(Problem::overloaded)?);
        Ok(())
    }

    /// The application.
    pub(crate) fn app(&self) -> &App {
        &self.platform.0.app
    }

    /// The application, for an answer that is still being written when the handler is done.
    pub(crate) fn app_handle(&self) -> Arc<App> {
        self.platform.0.app.clone()
    }

    /// A place among the files that are downloaded at once.
    ///
    /// # Errors
    /// `overloaded` when there is none, or the key has its half of them.
    pub(crate) fn file_place(&self) -> Result<Share, Problem> {
        self.platform.0.files.try_take(self.platform_key, 1).ok_or_else(Problem::overloaded)
    }

    /// The metrics.
    pub(crate) fn decided(&self) -> &Decided {
        &self.platform.0.metrics.decided
    }

    /// A time as it is shown.
    pub(crate) fn time(&self, at: Moment) -> String {
        self.app().rfc3339(at)
    }

    /// Finds out whether version 2 answered the request under its idempotency key: it made other keys, and its answers count
    /// for as long as those of today.
    ///
    /// # Errors
    /// When that cannot be found out.
    pub(crate) async fn recall(&mut self) -> Result<(), Problem> {
        // Whoever may only read is refused by the rules, which puts it into the audit.
        let counts = self.access == KeyAccess::Full && self.app().knows_keys_of_v2();
        let Some(header) = self.idempotency_key.as_ref().filter(|_| counts) else { return Ok(()) };
        // One that is no key is refused when it is claimed.
        let Ok(text) = idempotency::checked(header) else { return Ok(()) };
        let method = self.method.as_str();
        let key = KeyMaker::default().of_request_v2(text, self.platform_key, method, &self.path);
        self.answered_by_v2 = self.app().is_used(self.caller, key).await?.then_some(key);
        Ok(())
    }

    /// Holds the request's idempotency key, if it has one, until the answer is there.
    ///
    /// # Errors
    /// `idempotency_key_invalid`, `idempotency_key_in_use`
    pub(crate) fn claim(&self, body: &[u8]) -> Result<Claim<'_>, Problem> {
        let key = match &self.idempotency_key {
            Some(header) => {
                let asked = idempotency::key_use(header, self.method.as_str(), &self.path, body)?;
                Some(KeyUse { key: self.answered_by_v2.unwrap_or(asked.key), ..asked })
            }
            None => None,
        };
        self.platform.0.in_use.claim(key)
    }

    /// Carries a command out.
    ///
    /// # Errors
    /// The refusal or failure; `fields` says which refusal is about which field.
    pub(crate) async fn decide(&self, key: Option<KeyUse>, command: Command, fields: &Fields) -> Result<Done, Problem> {
        self.judged(self.app().command(self.caller, key, command).await, fields)
    }

    /// A request's claim, and what it says of a thing by its form, as [`Call::formal`] takes it.
    ///
    /// # Errors
    /// As [`Call::claim`] and [`Call::formal`].
    pub(crate) async fn claim_of<T>(&self, body: &[u8], read: Result<T, Problem>) -> Result<(Claim<'_>, T), Problem> {
        let claim = self.claim(body)?;
        let read = self.formal(&claim, read).await?;
        Ok((claim, read))
    }

    /// What a request says of a thing by its form. One that cannot name anything is refused like one that names nothing,
    /// and kept like it: the form alone says how, so that only the key's use is remembered.
    ///
    /// # Errors
    /// The problem; `idempotency_key_reused`.
    pub(crate) async fn formal<T>(&self, claim: &Claim<'_>, read: Result<T, Problem>) -> Result<T, Problem> {
        let problem = match read {
            Ok(value) => return Ok(value),
            Err(problem) => problem,
        };
        self.may_write()?;
        match claim.key.filter(|_| problem.is_kept()) {
            Some(key) => Err(problem.again(self.app().keep_answer(self.caller, key, Kept::Implied).await?)),
            None => Err(problem),
        }
    }

    /// The first answer to a request, where it was kept word for word.
    ///
    /// # Errors
    /// The first refusal again; `idempotency_key_reused`; that the caller may not do this.
    pub(crate) async fn kept(
        &self,
        claim: &Claim<'_>,
        what: (Action, Option<Uin>),
        fields: &Fields,
    ) -> Result<Option<Response>, Problem> {
        let found = self.app().kept_answer(self.caller, claim.key, what).await;
        let found = found.map_err(|failure| Problem::of(failure, fields))?;
        Ok(found.map(told_again))
    }

    /// Answers what shows more than the request changed, and keeps that word for word, so that a repetition shows it as
    /// it was; `account` is whose names it may show.
    ///
    /// # Errors
    /// When it cannot be kept; [`Problem::after_change`] tells that where the change was made all the same.
    pub(crate) async fn answer_shown<T: Serialize>(
        &self,
        claim: &Claim<'_>,
        account: Option<Uin>,
        body: &T,
        replayed: bool,
    ) -> Result<Response, Failure> {
        let unwritten = |error| {
            Failure::Store(StoreError::io(Fault::new(format!("an answer cannot be written as JSON: {error}"), error)))
        };
        let body = serde_json::to_vec(body).map_err(unwritten)?;
        if let Some(key) = claim.key {
            self.app().keep_answer(self.caller, key, Kept::Shown { account, body: body.clone() }).await?;
        }
        Ok(marked(json(StatusCode::OK, body), replayed))
    }

    /// Answers with what a command would come to, which is kept word for word like its refusal; `shown` makes the answer of
    /// what would happen and the figures that were compared.
    ///
    /// # Errors
    /// The refusal or failure.
    pub(crate) async fn tried<T: Serialize>(
        &self,
        claim: &Claim<'_>,
        command: &Command,
        fields: &Fields,
        shown: impl FnOnce(&Event, Vec<Reason>) -> Result<T, Failure>,
    ) -> Answer {
        let (action, account) = command.action();
        if let Some(first) = self.kept(claim, (action, account), fields).await? {
            return Ok(first);
        }
        match self.app().preview(self.caller, command).await {
            Ok(decision) => {
                let because = decision.because.iter().map(Reason::from).collect();
                Ok(self.answer_shown(claim, account, &shown(&decision.event, because)?, false).await?)
            }
            Err(failure) => Err(self.refuse_kept(claim, failure, fields).await),
        }
    }

    /// The problem that a refusal is which no command came to, kept under the key.
    pub(crate) async fn refuse_kept(&self, claim: &Claim<'_>, failure: Failure, fields: &Fields) -> Problem {
        let refused = match &failure {
            Failure::Refused { rejection, .. } => Some(Kept::Refused(rejection.clone())),
            _ => None,
        };
        let problem = Problem::of(failure, fields);
        let (Some(key), Some(refused), true) = (claim.key, refused, problem.is_kept()) else { return problem };
        match self.app().keep_answer(self.caller, key, refused).await {
            Ok(replayed) => problem.again(replayed),
            Err(other) => other.into(),
        }
    }

    /// Counts what a command came to.
    ///
    /// # Errors
    /// As [`Call::decide`].
    pub(crate) fn judged<T>(&self, outcome: Result<T, Failure>, fields: &Fields) -> Result<T, Problem> {
        match outcome {
            Ok(done) => {
                self.decided().count("done", 1);
                Ok(done)
            }
            Err(failure) => {
                let problem = Problem::of(failure, fields);
                self.decided().count(problem.code(), 1);
                Err(problem)
            }
        }
    }
}

/// What a path names.
pub(crate) struct At<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<Platform> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &Platform) -> Result<At<T>, Problem> {
        let named = Path::from_request_parts(parts, state).await;
        named.map(|Path(names)| At(names)).map_err(|_| Problem::no_route())
    }
}

/// The account that a path names.
///
/// # Errors
/// 404: what is not a number of an account is no account's.
pub(crate) fn uin_in_path(text: &str, party: parties::Party) -> Result<Uin, Problem> {
    text.parse().map_err(|_| Problem::no_party(party, text))
}

/// What a handler gives: an answer, or the problem that is one.
pub(crate) type Answer = Result<Response, Problem>;

fn answer<T: Serialize>(status: StatusCode, body: &T, replayed: bool) -> Answer {
    match serde_json::to_vec(body) {
        Ok(body) => Ok(marked(json(status, body), replayed)),
        Err(error) => {
            tracing::error!(%error, "an answer cannot be written as JSON");
            Err(Problem::internal())
        }
    }
}

/// What was asked for.
pub(crate) fn shown<T: Serialize>(body: &T) -> Answer {
    answer(StatusCode::OK, body, false)
}

/// What a request changed, which may have been a repeat.
pub(crate) fn changed<T: Serialize>(body: &T, replayed: bool) -> Answer {
    answer(StatusCode::OK, body, replayed)
}

/// What a request made, which may have been a repeat.
pub(crate) fn created<T: Serialize>(body: &T, replayed: bool) -> Answer {
    answer(StatusCode::CREATED, body, replayed)
}

/// The same where it shows a secret, which nobody on the way may keep.
pub(crate) fn created_once<T: Serialize>(body: &T, replayed: bool) -> Answer {
    let mut response = created(body, replayed)?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// An answer that was kept word for word, again.
pub(crate) fn told_again(body: Vec<u8>) -> Response {
    marked(json(StatusCode::OK, body), true)
}

/// The answer that something is gone.
pub(crate) fn gone(replayed: bool) -> Answer {
    Ok(marked(StatusCode::NO_CONTENT.into_response(), replayed))
}

fn json(status: StatusCode, body: Vec<u8>) -> Response {
    let kind = HeaderValue::from_static("application/json");
    (status, [(header::CONTENT_TYPE, kind)], body).into_response()
}

fn marked(mut response: Response, replayed: bool) -> Response {
    if replayed {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}
