//! Errors as RFC 9457 says: one [`Problem`] whatever went wrong, with a stable code, the field at fault where there is
//! one, and the figures. It travels as an extension of the response, and is written by the outermost layer, which knows
//! the request's identifier. [`malformed`] makes them from bodies that do not read, [`refusal`] from what the rules say.

pub(crate) mod malformed;
mod own;
mod refusal;

pub(crate) use own::Own;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use credere_app::{Failure, StoreError};
use credere_core::access::Denial;
use credere_core::book::{Finding, Rejection, parties};
use credere_core::ledger::Moment;
use credere_core::money::Amount;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

/// The header that says of any answer, a problem or not, that it repeats the first one under the same idempotency key.
pub(crate) const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Which field of a request a refusal is about: the refusal's code, and the field's path.
pub(crate) type Fields = [(&'static str, &'static str)];

/// What went wrong. Boxed, since almost every request ends without one.
#[derive(Debug, Clone)]
pub(crate) struct Problem(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: String,
    field: Option<String>,
    figures: Map<String, Value>,
    times: Vec<(&'static str, Moment)>,
    because: Vec<Reason>,
    replayed: bool,
}

/// One comparison of figures that a decision rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Reason {
    /// The rule of the specification.
    #[schema(example = "R55")]
    pub(crate) rule: String,
    /// Whose figure was looked at.
    pub(crate) account_uin: u64,
    /// Which, such as `customer_available`, `spend_available`, `allocatable` or `refundable`.
    #[schema(example = "customer_available")]
    pub(crate) figure: &'static str,
    /// What was needed of it or set against it: an amount, a percentage, or `yes` or `no`.
    #[schema(example = "100.01")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) required: Option<String>,
    /// What it was before the decision.
    #[schema(example = "100.00")]
    pub(crate) found: String,
    /// What it is after the decision, for what the decision changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) after: Option<String>,
    /// Whether it had to suffice; otherwise it is only told.
    pub(crate) applies: bool,
    /// Whether it sufficed, or did not have to.
    pub(crate) passed: bool,
    /// The refusal that it is, where it did not suffice. The first one is what was refused.
    #[schema(example = "insufficient_credit")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<&'static str>,
}

impl From<&Finding> for Reason {
    fn from(finding: &Finding) -> Reason {
        Reason {
            rule: finding.rule.to_string(),
            account_uin: finding.account.number(),
            figure: finding.figure.name(),
            required: finding.required().map(|required| required.to_string()),
            found: finding.found.to_string(),
            after: finding.after().map(|after| after.to_string()),
            applies: finding.applies(),
            passed: finding.passed(),
            code: finding.code(),
        }
    }
}

/// An error (RFC 9457). Further members carry the figures of a refusal, such as `requested` and `allocatable`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(title = "Problem", as = Problem, example = json!({
    "type": "urn:credere:problem:insufficient_credit",
    "title": "Credit does not suffice",
    "status": 402,
    "detail": "100.01 is needed of the customer's credit, and 100.00 is available (R55)",
    "code": "insufficient_credit",
    "request_id": "01931c5e-7a60-7000-8000-000000000000",
    "side": "customer",
    "account_uin": 100_000_000_001_u64,
    "required": "100.01",
    "available": "100.00"
}))]
pub(crate) struct ProblemBody<'a> {
    /// `urn:credere:problem:` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// What happened, the same for every problem with this code.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What happened this time, in a sentence for people.
    detail: &'a str,
    /// The stable name of what happened, for programs.
    code: &'static str,
    /// The request's identifier, also in `X-Request-Id` and in the audit.
    #[schema(format = "uuid")]
    request_id: String,
    /// The path of the field at fault, such as `operations[3].amount`.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
    #[serde(flatten)]
    #[schema(ignore)]
    figures: &'a Map<String, Value>,
    /// The comparisons that failed.
    #[serde(skip_serializing_if = "<[Reason]>::is_empty")]
    because: &'a [Reason],
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, title: &'static str, detail: impl Into<String>) -> Problem {
        Problem(Box::new(Parts {
            status,
            code,
            title,
            detail: detail.into(),
            field: None,
            figures: Map::new(),
            times: Vec::new(),
            because: Vec::new(),
            replayed: false,
        }))
    }

    /// A problem of this face's own, with what happened this time.
    pub(crate) fn own(what: Own, detail: impl Into<String>) -> Problem {
        let (status, code, title) = what.row();
        Problem::new(status, code, title, detail)
    }

    /// A value that is well-formed JSON but not what the field takes.
    pub(crate) fn invalid(field: impl Into<String>, detail: impl Into<String>) -> Problem {
        Problem::own(Own::InvalidValue, detail).at(field)
    }

    /// A field that must be there.
    pub(crate) fn missing(field: impl Into<String>) -> Problem {
        let field = field.into();
        Problem::own(Own::MissingField, format!("the field `{field}` is required")).at(field)
    }

    /// A field that has no place here.
    pub(crate) fn unknown(field: impl Into<String>) -> Problem {
        let field = field.into();
        Problem::own(Own::UnknownField, format!("there is no field `{field}` here")).at(field)
    }

    /// No such route.
    pub(crate) fn no_route() -> Problem {
        Problem::own(Own::NotFound, "this path is not known")
    }

    /// Too much at once.
    pub(crate) fn overloaded() -> Problem {
        Problem::own(Own::Overloaded, "too much is waiting already, nothing was done; try again shortly")
    }

    /// The server could not do its part.
    pub(crate) fn internal() -> Problem {
        let detail = "the server could not do its part; its log has the cause under this request's identifier";
        Problem::own(Own::Internal, detail)
    }

    /// Not ready, or no longer.
    pub(crate) fn not_ready() -> Problem {
        let detail = "the server is starting, stopping or bringing its store back, nothing was done; try again shortly";
        Problem::own(Own::NotReady, detail)
    }

    /// The machine's clock has jumped.
    pub(crate) fn clock_jumped() -> Problem {
        let detail = "the machine's clock has jumped, nothing was done; nothing is written until the clock is right again or \
                      accepted (`credere clock accept`), and reads go on";
        Problem::own(Own::ClockJumped, detail)
    }

    /// What a read-only key gets when it writes.
    pub(crate) fn read_only_key() -> Problem {
        refusal::problem(&Rejection::NotPermitted(Denial::ReadOnlyKey))
    }

    /// A refusal by the rules.
    pub(crate) fn refused(rejection: &Rejection) -> Problem {
        refusal::problem(rejection)
    }

    /// What a path names as an account is none, not even by its form.
    pub(crate) fn no_party(what: parties::Party, text: &str) -> Problem {
        let (code, title) = refusal::no_party(what);
        let detail = format!("{} is not the number of an account", crate::wire::quoted(text));
        Problem::new(StatusCode::NOT_FOUND, code, title, detail)
    }

    /// What came of a request that was not carried out; `fields` says which refusal is about which field.
    pub(crate) fn of(failure: Failure, fields: &Fields) -> Problem {
        match failure {
            Failure::Refused { rejection, replayed } => {
                let mut problem = refusal::problem(&rejection);
                let code = problem.code();
                if let Some((_, field)) = fields.iter().find(|(about, _)| *about == code) {
                    problem = problem.at(*field);
                }
                problem.0.replayed = replayed;
                problem
            }
            Failure::Overloaded => Problem::overloaded(),
            Failure::TooManyLongReads { most } => {
                let detail = format!(
                    "this key has {most} searches and sums at work or waiting, which is as many as it may; try again when \
                     one of them is done"
                );
                Problem::own(Own::Overloaded, detail)
            }
            Failure::NotReady => Problem::not_ready(),
            Failure::ClockJumped => Problem::clock_jumped(),
            Failure::OutcomeUnknown(cause) => {
                tracing::error!(cause, "a commit failed under a request");
                let detail = "the commit failed, and whether it holds is not known; repeat the request with the same \
                              idempotency key to learn it, or look at what it was to change if it had none";
                Problem::own(Own::OutcomeUnknown, detail)
            }
            Failure::Store(StoreError::Corrupt(damage)) => {
                tracing::error!(damage = damage.text(), "the store is damaged where a request reads it");
                let detail = "what the store has of this is not what was written, so it is not shown; the server's log \
                              names the place, and `credere verify` looks for all of them";
                Problem::own(Own::StoreDamaged, detail)
            }
            Failure::Store(error) => {
                tracing::error!(%error, "the store failed under a request");
                Problem::internal()
            }
            Failure::Internal(fault) => {
                tracing::error!(fault, "what cannot happen did under a request");
                Problem::internal()
            }
        }
    }

    /// What kept a change that was made from being shown. It says nothing of the change but that it has to be asked for again.
    pub(crate) fn after_change(failure: Failure) -> Problem {
        match failure {
            Failure::Refused { .. }
            | Failure::Overloaded
            | Failure::TooManyLongReads { .. }
            | Failure::NotReady
            | Failure::ClockJumped => {
                tracing::warn!(%failure, "a change was made and cannot be shown");
                let detail = "what was asked for may have been done, and cannot be shown now; repeat the request with the \
                              same idempotency key to learn what came of it, or look at what it was to change if it had none";
                Problem::own(Own::OutcomeUnknown, detail)
            }
            Failure::OutcomeUnknown(_) | Failure::Store(_) | Failure::Internal(_) => Problem::from(failure),
        }
    }

    /// The same problem about this field.
    pub(crate) fn at(mut self, field: impl Into<String>) -> Problem {
        self.0.field = Some(field.into());
        self
    }

    /// The same problem with one more figure.
    pub(crate) fn with(mut self, name: &str, figure: impl Into<Value>) -> Problem {
        self.0.figures.insert(name.to_owned(), figure.into());
        self
    }

    /// The same problem with a time, which is written in the deployment's zone.
    pub(crate) fn with_time(mut self, name: &'static str, at: Moment) -> Problem {
        self.0.times.push((name, at));
        self
    }

    /// The same problem with an amount of money.
    pub(crate) fn with_money(self, name: &str, amount: Amount) -> Problem {
        self.with(name, amount.to_string())
    }

    fn because(mut self, findings: &[Finding]) -> Problem {
        self.0.because = findings.iter().map(Reason::from).collect();
        self
    }

    /// Whether the request is answered so when it is repeated under its key. Malformed requests and failures are not.
    pub(crate) fn is_kept(&self) -> bool {
        matches!(self.0.status.as_u16(), 402 | 404 | 409 | 422)
    }

    /// The same problem, again or for the first time.
    pub(crate) fn again(mut self, replayed: bool) -> Problem {
        self.0.replayed = replayed;
        self
    }

    /// The stable code.
    pub(crate) fn code(&self) -> &'static str {
        self.0.code
    }

    /// What happened this time, in a sentence.
    pub(crate) fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The field at fault, where there is one.
    pub(crate) fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// The problem with this code as a document, for those who read about it; `None` where there is no such code.
    pub(crate) fn example(code: &str) -> Option<Value> {
        let refused = || {
            let found = Rejection::catalogue().into_iter().find(|rejection| rejection.code() == code)?;
            Some(refusal::problem(&found))
        };
        let own = || {
            let what = *Own::ALL.iter().find(|own| own.row().1 == code)?;
            let title = what.row().2;
            let (first, rest) = title.split_at(1);
            Some(Problem::own(what, format!("{}{rest}", first.to_ascii_lowercase())))
        };
        let problem = match code {
            "insufficient_credit" => Some(refusal::problem(&refusal::short_of_credit())),
            "invalid_value" => Some(Problem::invalid("amount", "`12,5` is not a decimal number such as `12.50`")),
            _ => refused().or_else(own),
        }?;
        let figures = problem.figures(|_| "2026-11-05T01:00:00+08:00".to_owned());
        serde_json::to_value(problem.body(Uuid::from_u128(0x0193_1c5e_7a60_7000_8000 << 48), &figures)).ok()
    }

    fn figures(&self, shown: impl Fn(Moment) -> String) -> Map<String, Value> {
        let mut figures = self.0.figures.clone();
        figures.extend(self.0.times.iter().map(|(name, at)| ((*name).to_owned(), shown(*at).into())));
        figures
    }

    fn body<'a>(&'a self, request_id: Uuid, figures: &'a Map<String, Value>) -> ProblemBody<'a> {
        let parts = &self.0;
        ProblemBody {
            kind: format!("urn:credere:problem:{}", parts.code),
            title: parts.title,
            status: parts.status.as_u16(),
            detail: &parts.detail,
            code: parts.code,
            request_id: request_id.to_string(),
            field: parts.field.as_deref(),
            figures,
            because: &parts.because,
        }
    }

    /// The answer, body and all; `shown` writes a time.
    pub(crate) fn write(&self, request_id: Uuid, shown: impl Fn(Moment) -> String) -> Response {
        let parts = &self.0;
        let figures = self.figures(shown);
        let body = serde_json::to_vec(&self.body(request_id, &figures));
        let body = body.expect("texts, numbers and lists of them are JSON");
        let mut response = (parts.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if parts.status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if parts.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if parts.replayed {
            headers.insert(REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Problem {
        Problem::of(failure, &[])
    }
}

impl IntoResponse for Problem {
    /// Status alone; the outermost layer writes the body.
    fn into_response(self) -> Response {
        let mut response = self.0.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_happen_is_the_servers_fault() {
        for problem in [Problem::from, Problem::after_change].map(|of| of(Failure::Internal("a read ended in a panic")))
        {
            assert_eq!((problem.0.status, problem.code()), (StatusCode::INTERNAL_SERVER_ERROR, "internal_error"));
            assert!(!problem.0.detail.contains("panic"));
        }
    }
}
