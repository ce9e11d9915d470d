//! What the tests of the wire protocol share: requests recorded from the unmodified official SDKs (clock and nonce held
//! still), the credential that they were signed with, and a door with a few actions that tell what they were called with.

#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri};
use credere_cloud::door::{Door, UnsignedPayload, router};
use credere_cloud::envelope::{Figure, Reply};
use credere_cloud::error::CloudError;
use credere_cloud::incoming::Incoming;
use credere_cloud::limit::{DEFAULT_PER_SECOND, Limits};
use credere_cloud::params::{Kind, ParamDef};
use credere_cloud::places::Places;
use credere_cloud::registry::{Action, Registry, Running};
use credere_cloud::replay::{Bounds, Replays};
use credere_cloud::request::Call;
use credere_cloud::sign::{Caller, Secret};
use credere_cloud::versions::Service;
use credere_core::channel::Uin;
use credere_core::money::Amount;
use credere_store::memory::MemoryStore;
use serde::Serialize;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use tower::ServiceExt;

/// The moment at which the recorded requests were signed: 2023-11-14 22:13:20 UTC.
pub(crate) const SIGNED_AT: i64 = 1_700_000_000;
pub(crate) const SECRET_ID: &str = "AKIDcredereTestVector0001";
pub(crate) const SECRET_KEY: &str = "Vq3xT9mWb7RkLz2YsD5hGn8PcJf4EaUo";
pub(crate) const CALLER: u64 = 100_000_000_003;

/// A request as it went over the wire.
#[derive(Debug, Clone, serde::Deserialize)]
pub(crate) struct Recorded {
    pub(crate) name: String,
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

pub(crate) fn recorded() -> Vec<Recorded> {
    serde_json::from_str(include_str!("../vectors/sdk_requests.json")).unwrap()
}

pub(crate) fn recorded_as(name: &str) -> Recorded {
    recorded().into_iter().find(|request| request.name == name).unwrap_or_else(|| panic!("no recording `{name}`"))
}

impl Recorded {
    pub(crate) fn set(mut self, header: &str, value: &str) -> Recorded {
        self.headers.retain(|(name, _)| !name.eq_ignore_ascii_case(header));
        self.headers.push((header.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, header: &str) -> Recorded {
        self.headers.retain(|(name, _)| !name.eq_ignore_ascii_case(header));
        self
    }

    pub(crate) fn header(&self, header: &str) -> &str {
        let found = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(header));
        found.map(|(_, value)| value.as_str()).unwrap()
    }

    /// Replaces text in target, headers and body; it must occur.
    pub(crate) fn replace(mut self, from: &str, to: &str) -> Recorded {
        let before = format!("{self:?}");
        self.target = self.target.replace(from, to);
        self.body = self.body.replace(from, to);
        for (_, value) in &mut self.headers {
            *value = value.replace(from, to);
        }
        assert_ne!(before, format!("{self:?}"), "{from} does not occur");
        self
    }

    pub(crate) fn parts(&self) -> Parts {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let name: HeaderName = name.parse().unwrap();
            headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        Parts {
            method: self.method.parse().unwrap(),
            uri: self.target.parse().unwrap(),
            headers,
            body: self.body.clone().into_bytes(),
        }
    }
}

pub(crate) struct Parts {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Parts {
    pub(crate) fn incoming(&self) -> Incoming<'_> {
        Incoming { method: &self.method, uri: &self.uri, headers: &self.headers, body: &self.body }
    }
}

pub(crate) fn find_caller(secret_id: &str) -> Result<Option<Caller>, CloudError> {
    let caller = Caller { uin: Uin::new(CALLER).unwrap(), secret: Secret::new(SECRET_KEY) };
    Ok((secret_id == SECRET_ID).then_some(caller))
}

const FILTER: &[ParamDef] =
    &[ParamDef::required("Name", Kind::Str), ParamDef::optional("Values", Kind::List(&Kind::Str))];
pub(crate) const ALLOCATE: &[ParamDef] = &[
    ParamDef::required("ClientUin", Kind::Uint),
    ParamDef::required("AddedCredit", Kind::Float),
    ParamDef::optional("Remark", Kind::Str),
    ParamDef::optional("Flag", Kind::Bool),
    ParamDef::optional("UinList", Kind::List(&Kind::Uint)),
    ParamDef::optional("Filter", Kind::List(&Kind::Object(FILTER))),
];
pub(crate) const QUERY_LIST: &[ParamDef] =
    &[ParamDef::required("UinList", Kind::List(&Kind::Uint)), ParamDef::optional("Remark", Kind::Str)];
pub(crate) const QUERY_PARTNER: &[ParamDef] = &[
    ParamDef::optional("Flag", Kind::Bool),
    ParamDef::optional("snake_case_a", Kind::Str),
    ParamDef::optional("snake", Kind::Object(&[ParamDef::optional("b", Kind::Str)])),
];

/// What the test actions run in: they note each call here.
#[derive(Default)]
pub(crate) struct Ran(pub(crate) Mutex<Vec<String>>);

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Allocated {
    total_credit: Figure,
    remark: String,
}

fn note(ran: &Ran, call: &Call) {
    ran.0.lock().unwrap().push(format!("{} {} by {}", call.version, call.action, call.caller));
}

fn allocate<'a>(ran: &'a Ran, call: &'a Call) -> Running<'a> {
    Box::pin(async {
        note(ran, call);
        let total_credit = Figure(call.args.need::<Amount>("AddedCredit")?);
        let remark = call.args.get::<&str>("Remark")?.unwrap_or_default().to_owned();
        Reply::of(&Allocated { total_credit, remark })
    })
}

fn query<'a>(ran: &'a Ran, call: &'a Call) -> Running<'a> {
    Box::pin(async {
        note(ran, call);
        Ok(Reply::empty())
    })
}

fn broken<'a>(_: &'a Ran, _: &'a Call) -> Running<'a> {
    Box::pin(async { Err(CloudError::internal("the disk is on fire")) })
}

type Run = for<'a> fn(&'a Ran, &'a Call) -> Running<'a>;

/// An action that may be called five times a second.
fn action(name: &'static str, writes: bool, params: &'static [ParamDef], run: Run) -> Action<Ran> {
    let (service, version) = (Service::Intlpartnersmgt, "2022-09-28");
    Action { name, service, version, writes, per_second: NonZeroU32::new(5).unwrap(), params, run }
}

pub(crate) fn registry() -> Registry<Ran> {
    let query_list = action("QueryCreditByUinList", false, QUERY_LIST, query);
    Registry::new([
        action("AllocateCustomerCredit", true, ALLOCATE, allocate),
        action("AllocateCreditPool", true, ALLOCATE, allocate),
        Action { per_second: DEFAULT_PER_SECOND, ..query_list },
        action("QueryPartnerCredit", false, QUERY_PARTNER, query),
        action("GetCountryCodes", false, &[], broken),
    ])
    .unwrap()
}

/// A door at a moment that the test may move.
pub(crate) struct House {
    pub(crate) door: Arc<Door<Ran>>,
    pub(crate) clock: Arc<AtomicI64>,
    pub(crate) observed: Arc<Mutex<Vec<String>>>,
}

impl House {
    pub(crate) fn new(limited: bool) -> House {
        House::with(limited, UnsignedPayload::All)
    }

    pub(crate) fn with(limited: bool, unsigned_payload: UnsignedPayload) -> House {
        let clock = Arc::new(AtomicI64::new(SIGNED_AT));
        let observed = Arc::new(Mutex::new(Vec::new()));
        let registry = registry();
        let limits = limited.then(|| Limits::new(registry.iter().map(|action| action.per_second)));
        let (time, seen) = (clock.clone(), observed.clone());
        let door = Door {
            registry,
            context: Ran::default(),
            find_caller: Box::new(find_caller),
            wall_clock: Box::new(move || time.load(Ordering::SeqCst)),
            limits,
            places: Places::default(),
            replays: Replays::recall(Arc::new(MemoryStore::new()), Bounds::default(), SIGNED_AT),
            unsigned_payload,
            observe: Box::new(move |outcome| {
                let action = outcome.action.map_or("-", |(_, name)| name);
                let refused = outcome.refused.map_or("ok", |code| code.name());
                let secret_id = outcome.secret_id.map_or("-".to_owned(), |id| id.to_string());
                seen.lock().unwrap().push(format!("{secret_id} {action} {refused}"));
            }),
        };
        House { door: Arc::new(door), clock, observed }
    }

    /// Sends a request; gives the `Response` object, after checking what every answer must have.
    pub(crate) async fn send(&self, recorded: &Recorded) -> serde_json::Value {
        let parts = recorded.parts();
        let mut request = Request::builder().method(parts.method).uri(parts.uri);
        *request.headers_mut().unwrap() = parts.headers;
        let request = request.body(Body::from(parts.body)).unwrap();
        let response = router(self.door.clone()).oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "application/json");
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let response = body["Response"].clone();
        assert_eq!(response["RequestId"].as_str().unwrap().len(), 36);
        response
    }

    /// The error code that a request is answered with, `ok` if none.
    pub(crate) async fn code(&self, recorded: &Recorded) -> String {
        let response = self.send(recorded).await;
        response["Error"]["Code"].as_str().unwrap_or("ok").to_owned()
    }

    pub(crate) fn ran(&self) -> Vec<String> {
        self.door.context.0.lock().unwrap().clone()
    }
}
