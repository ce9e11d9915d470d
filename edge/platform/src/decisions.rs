//! Decisions explained: who asked for what, which figures of whom were compared under which rule, on which side it
//! failed, and what followed. The decision is taken again from the journal by the application; here it is put into words.

use crate::call::{Answer, At, Call, shown};
use crate::pay_on_behalf::unmet;
use crate::problem::{Problem, Reason};
use crate::query::Query;
use crate::state::Platform;
use crate::wire::AccountNumber;
use credere_app::audit::{AuditView, Decided, DecisionView, Followed};
use credere_app::notices::NoticeId;
use credere_core::book::{Finding, Rejection, buying, members};
use credere_core::channel::Notice;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

const TAG: &str = "Decisions";

pub(crate) fn routes() -> OpenApiRouter<Platform> {
    OpenApiRouter::new().routes(routes!(explain_decision))
}

/// Which operation of a batch.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecisionQuery {
    /// The key of one operation of `POST /v1/authorizations` or one record of `POST /v1/usage`.
    key: Option<String>,
}

/// A decision and what it rests on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Decision, example = json!({
    "request_id": "01931c5e-7a60-7000-8000-000000000000", "key": null, "journal_position": 42,
    "at": "2026-01-31T08:00:00+08:00", "actor": "platform:key_1", "face": "platform", "action": "place_order",
    "account_uin": 100_000_000_777_u64, "outcome": "refused", "code": "insufficient_credit",
    "detail": "100.01 is needed of the customer's credit, and 100.00 is available (R55)", "side": "customer",
    "event": null, "because": [{ "rule": "R55",
        "gist": "a purchase must not exceed the customer's available credit", "account_uin": 100_000_000_777_u64,
        "figure": "customer_available", "required": "100.01", "found": "100.00", "applies": true, "passed": false,
        "code": "insufficient_credit" }],
    "followed": [], "batch": null
}))]
pub(crate) struct DecisionBody {
    request_id: String,
    /// The operation that was asked about.
    key: Option<String>,
    /// Where it stands in the journal.
    journal_position: u64,
    #[schema(format = DateTime)]
    at: String,
    /// Who asked: `platform:` and a key's id, `account:` and a number, or `system`.
    actor: String,
    /// Through which face: `platform`, `cloud` or `system`.
    face: String,
    /// What was asked, such as `place_order`; `authorizations` or `usage` for a batch as a whole.
    action: String,
    /// To whom it was done, where that is one account.
    account_uin: Option<AccountNumber>,
    /// `done` or `refused`.
    outcome: String,
    /// The refusal's code.
    code: Option<String>,
    /// The refusal in a sentence.
    detail: Option<String>,
    /// On which side credit did not suffice: `customer` or `partner`.
    side: Option<&'static str>,
    /// What happened, such as `order_placed`.
    event: Option<&'static str>,
    /// The conditions of pay-on-behalf that were not met, each by its rule, and the first one's `code` in the Cloud API.
    #[schema(value_type = Vec<Object>)]
    checks: serde_json::Value,
    /// The comparisons, in the order in which they were made.
    because: Vec<Comparison>,
    /// What followed at once in the same commit.
    followed: Vec<Consequence>,
    /// Of a batch as a whole: how many operations were done, refused, and repeated, and the first that were refused.
    #[schema(value_type = Option<Object>)]
    batch: Option<Box<RawValue>>,
}

/// One comparison of figures.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Comparison)]
struct Comparison {
    /// The rule in a few words.
    gist: &'static str,
    #[serde(flatten)]
    reason: Reason,
}

impl From<&Finding> for Comparison {
    fn from(finding: &Finding) -> Comparison {
        Comparison { gist: finding.rule.gist(), reason: Reason::from(finding) }
    }
}

/// Something that followed from a decision.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Consequence)]
struct Consequence {
    journal_position: u64,
    /// What happened, such as `customer_reviewed` or `resource_suspended`.
    event: &'static str,
    account_uin: Option<AccountNumber>,
    /// The notices that it brought, as `GET /v1/notices` has them.
    notices: Vec<ToldNotice>,
}

/// A notice in short.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ToldNotice)]
struct ToldNotice {
    id: String,
    kind: &'static str,
    recipient_uin: AccountNumber,
    level: Option<u8>,
}

impl Consequence {
    fn new(followed: &Followed) -> Consequence {
        let short = |(id, notice): &(NoticeId, Notice)| ToldNotice {
            id: id.to_string(),
            kind: notice.kind.name(),
            recipient_uin: AccountNumber(notice.recipient),
            level: notice.level,
        };
        Consequence {
            journal_position: followed.seq,
            event: followed.event.name(),
            account_uin: followed.event.account().map(AccountNumber),
            notices: followed.notices.iter().map(short).collect(),
        }
    }
}

impl DecisionBody {
    /// What the audit has of the request alone: all there is to say of a batch as a whole.
    fn of_request(call: &Call, row: AuditView, key: Option<String>) -> DecisionBody {
        DecisionBody {
            request_id: row.request_id,
            key,
            journal_position: row.seq,
            at: call.time(row.at),
            actor: row.actor,
            face: row.face,
            action: row.action,
            account_uin: row.account.map(AccountNumber),
            outcome: row.outcome,
            code: row.code,
            detail: None,
            side: None,
            event: None,
            checks: serde_json::Value::Array(Vec::new()),
            because: Vec::new(),
            followed: Vec::new(),
            batch: None,
        }
    }

    fn new(call: &Call, view: DecisionView, key: Option<String>) -> DecisionBody {
        let DecisionView { request, decided } = view;
        let Some(Decided { seq, at, action, account, outcome, because, followed }) = decided else {
            let batch = RawValue::from_string(request.detail.clone()).ok();
            return DecisionBody { batch, ..DecisionBody::of_request(call, request, key) };
        };
        let body = DecisionBody {
            journal_position: seq,
            at: call.time(at),
            action: action.map_or(request.action.clone(), |action| action.name().to_owned()),
            account_uin: account.or(request.account).map(AccountNumber),
            because: because.iter().map(Comparison::from).collect(),
            followed: followed.iter().map(Consequence::new).collect(),
            ..DecisionBody::of_request(call, request, key)
        };
        match outcome {
            Ok(event) => {
                let account_uin = body.account_uin.or_else(|| event.account().map(AccountNumber));
                DecisionBody { account_uin, outcome: "done".to_owned(), event: Some(event.name()), ..body }
            }
            Err(rejection) => {
                let side = match rejection {
                    Rejection::Buying(buying::Reason::InsufficientCredit { side, .. }) => Some(side.name()),
                    _ => None,
                };
                let checks = match &rejection {
                    Rejection::Members(members::Reason::ConditionsNotMet(failed)) => unmet(failed),
                    _ => body.checks,
                };
                let problem = Problem::refused(&rejection);
                let (code, detail) = (Some(problem.code().to_owned()), Some(problem.detail().to_owned()));
                DecisionBody { outcome: "refused".to_owned(), code, detail, side, checks, ..body }
            }
        }
    }
}

/// Explains the decision on a request.
///
/// By the identifier in its `X-Request-Id`, whichever face it came through; of a batch the operation with `key`, or
/// without one the batch as a whole. The decision is taken again on the books as they stood before it. Requests that only
/// read, and those that were refused by their form alone, leave none.
#[utoipa::path(
    get,
    path = "/v1/decisions/{request_id}",
    tag = TAG,
    params(("request_id" = String, Path, description = "The request's identifier"), DecisionQuery),
    responses(
        (status = 200, description = "The decision", body = DecisionBody),
        (status = 404, description = "`decision_not_found`"),
    )
)]
pub(crate) async fn explain_decision(
    call: Call,
    At(request_id): At<String>,
    Query(query): Query<DecisionQuery>,
) -> Answer {
    // Whoever writes an identifier in capitals means the same.
    let request_id = Uuid::try_parse(&request_id).map(|id| id.to_string()).unwrap_or(request_id);
    let view = call.app().decision(call.caller, request_id, query.key.clone()).await?;
    shown(&DecisionBody::new(&call, view, query.key))
}
