//! The OpenAPI document of `/v1`: what the operations say about themselves, and what all of them share, added in one
//! place: the key, the headers, and the errors that any request may end in. Shown at `/docs` by pages that the binary
//! carries, so that nothing is fetched from elsewhere.

use crate::problem::{Problem, ProblemBody};
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use utoipa::openapi::content::{Content, ContentBuilder};
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{Components, ComponentsBuilder, ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{self, HttpMethod, InfoBuilder, LicenseBuilder, OpenApi, Ref, RefOr, Required};
use utoipa::{PartialSchema, ToSchema};
use utoipa_swagger_ui::{Config, SwaggerUi};

const PROBLEM: &str = "application/problem+json";

const ABOUT: &str = "\
What the cloud vendor's own systems call: the order system, metering, the account system, the CRM.

- **Keys**: every request carries a platform key, `Authorization: Bearer <platform key>`.
- **Bodies** are JSON, UTF-8, `snake_case`, and read strictly: an unknown field, a field that is there twice, or one of \
another type is a 400 that names it. A body has at most 8 MiB, and a batch at most 10,000 operations.
- **Money** is a decimal string with up to 8 places, within ±92,000,000,000. **Times** are RFC 3339 with an offset.
- **Idempotency**: POST, PATCH and DELETE take `Idempotency-Key`. The same key, method, path and JSON value give the first \
answer again, refusals included, with `Idempotency-Replayed: true`, whichever platform key asks; secrets in it are `null`. \
400, 401, 403, 429 and 5xx are not remembered.
- **Errors** are `application/problem+json` (RFC 9457) with a stable `code`, the `field` at fault, and the figures.
- **Lists** have `?limit=` and `?cursor=`, and answer `data` and `next_cursor`; pages stay stable while things are added.
- **Reads** see everything that was answered before they were sent, on any connection.
- Every answer has `X-Request-Id`; the audit finds the request by it.

The numbers in brackets (R55) are those of the rules in the specification.";

const TAGS: [(&str, &str); 21] = [
    ("Accounts", "Whoever buys or sells, and the credentials that sign Cloud API calls for them."),
    ("Partners", "Who hands credit down and who pays the platform: resellers, distributors, second-level resellers."),
    ("Customers", "Accounts that are bound to a partner, and the credit that it gives them."),
    ("Products", "What can be bought."),
    ("Discounts", "At which part of the list price."),
    ("Vouchers", "Money that pays before credit does, for customers and for partners."),
    ("Packs", "Units of a product that were bought ahead, and cover their account's usage."),
    ("Orders", "Prepaid purchases, judged on the customer's credit and on the paying partner's spend line."),
    ("Authorizations", "Holds on both sides at a high rate: authorized, captured once, released, or expired."),
    ("Resources", "Postpaid resources, and what is frozen for them while they run."),
    ("Usage", "Metering: what was used, many records at once, settled and never refused for lack of credit."),
    ("Bills", "What a month comes to, by whatever its lines are grouped by, line by line, and as a file."),
    ("Receipts", "That a customer paid its partner, which makes its credit available again."),
    ("Organizations", "An admin and its members, what it may do for them, and what it is granted."),
    ("Pay on behalf", "Whether an admin may pay for a member, what is in the way, and who paid for whom when."),
    ("Platform keys", "The keys to this API."),
    ("Notices", "The message center: what was told to whom, and how it arrived."),
    ("Webhooks", "Addresses that are told of notices and of resources, and the log of what was sent to them."),
    ("Decisions", "Why a request came out as it did: rules, figures, and what followed."),
    ("Audit", "Who did what to whom, and what came of it."),
    ("Clock", "Business time in a sandbox, where it moves only when it is told to; and a machine's clock that jumped."),
];

/// Completes what the operations said.
pub(crate) fn complete(collected: OpenApi) -> OpenApi {
    let mut document = collected;
    let license = LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build();
    document.info = InfoBuilder::new()
        .title("Credere Platform API")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .license(Some(license))
        .build();
    let tag = |(name, about): (&str, &str)| TagBuilder::new().name(name).description(Some(about)).build();
    document.tags = Some(TAGS.into_iter().map(tag).collect());
    document.security = Some(vec![SecurityRequirement::new("platform_key", Vec::<String>::new())]);
    let mut components = document.components.take().unwrap_or_else(|| ComponentsBuilder::new().build());
    let mut schemas = Vec::new();
    ProblemBody::schemas(&mut schemas);
    components.schemas.extend(schemas);
    components.schemas.insert("Problem".to_owned(), ProblemBody::schema());
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("A platform key.")).build();
    for (name, at_most) in FIELDS_NEEDED {
        if let Some(RefOr::T(openapi::Schema::Object(object))) = components.schemas.get_mut(name) {
            (object.min_properties, object.max_properties) = (Some(1), at_most);
        }
    }
    components.security_schemes.insert("platform_key".to_owned(), RefOr::T(SecurityScheme::Http(scheme)));
    share_components(&mut components);
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            if let Some(RefOr::T(body)) = &mut operation.request_body {
                let may_be_left_out = body.content.values().all(|content| asks_for_nothing(content, &components));
                body.required = Some(if may_be_left_out { Required::False } else { Required::True });
            }
            share(path, &method, operation);
        }
    }
    document.components = Some(components);
    document
}

/// Bodies without a required field that must have one all the same, and how many they may have.
const FIELDS_NEEDED: [(&str, Option<usize>); 2] = [("ResourceChange", None), ("ClockAdvance", Some(1))];

/// Whether a body has no field that must be there: nothing at all is read as an object without fields.
fn asks_for_nothing(content: &RefOr<Content>, components: &Components) -> bool {
    let RefOr::T(Content { schema: Some(RefOr::Ref(reference)), .. }) = content else { return false };
    let name = reference.ref_location.rsplit('/').next().unwrap_or_default();
    matches!(components.schemas.get(name), Some(RefOr::T(openapi::Schema::Object(object))) if object.required.is_empty() && object.min_properties.is_none())
}

fn operations(item: &mut PathItem) -> Vec<(HttpMethod, &mut Operation)> {
    let PathItem { get, put, post, patch, delete, .. } = item;
    let all = [
        (HttpMethod::Get, get),
        (HttpMethod::Put, put),
        (HttpMethod::Post, post),
        (HttpMethod::Patch, patch),
        (HttpMethod::Delete, delete),
    ];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?))).collect()
}

/// Errors that any request may end in, by status: the name of the shared response, and what it says.
const SHARED: [(&str, &str, &str); 6] = [
    ("401", "Unauthenticated", "`unauthenticated`: the platform key is missing, not known, or taken back"),
    ("403", "ReadOnlyKey", "`read_only_key`: the platform key may only read"),
    ("408", "BodyTimeout", "`body_timeout`: the body took too long to arrive"),
    ("413", "BodyTooLarge", "`body_too_large`: more than 8 MiB"),
    ("415", "NotSentAsJson", "`unsupported_media_type`: not sent as JSON, or in a `Content-Encoding`"),
    (
        "503",
        "Unavailable",
        "`overloaded`, `not_ready`, `clock_jumped`: nothing was done; try again after `Retry-After`. `store_damaged`: what is asked for is not shown, since what is stored of it is damaged",
    ),
];

/// Headers that answers share.
const HEADERS: [(&str, &str); 3] = [
    (REQUEST_ID, "The request's identifier; the audit finds the request by it."),
    (REPLAYED, "`true` when this is the first answer under the same key again."),
    (RETRY_AFTER, "Seconds after which to try again."),
];
const REQUEST_ID: &str = "X-Request-Id";
const REPLAYED: &str = "Idempotency-Replayed";
const RETRY_AFTER: &str = "Retry-After";

fn share_components(components: &mut Components) {
    for (name, about) in HEADERS {
        let schema = ObjectBuilder::new().schema_type(Type::String);
        let header = HeaderBuilder::new().schema(Some(schema)).description(Some(about)).build();
        components.headers.insert(name.to_owned(), RefOr::T(header));
    }
    for (status, name, about) in SHARED {
        let mut response = ResponseBuilder::new().description(about).build();
        answers_with(&mut response, REQUEST_ID);
        if status == "503" {
            answers_with(&mut response, RETRY_AFTER);
        }
        is_problem(&mut response);
        components.responses.insert(name.to_owned(), RefOr::T(response));
    }
}

fn answers_with(response: &mut openapi::Response, header: &str) {
    let shared = Ref::new(format!("#/components/headers/{header}"));
    response.headers.insert(header.to_owned(), RefOr::Ref(shared));
}

/// Gives a response the shape of a problem, and the first of those that it names as its example.
fn is_problem(response: &mut openapi::Response) {
    let first = response.description.split('`').nth(1).and_then(Problem::example);
    let schema = RefOr::<openapi::Schema>::Ref(Ref::from_schema_name("Problem"));
    let problem = ContentBuilder::new().schema(Some(schema)).example(first).build();
    response.content.insert(PROBLEM.to_owned(), RefOr::T(problem));
}

/// Where a header key is not looked at: operations have keys of their own.
const NOT_REMEMBERED: [&str; 2] = ["/v1/authorizations", "/v1/usage"];

/// What any operation may answer besides.
fn share(path: &str, method: &HttpMethod, operation: &mut Operation) {
    let reads = *method == HttpMethod::Get;
    let has_body = operation.request_body.is_some();
    let takes_keys = matches!(method, HttpMethod::Post | HttpMethod::Patch | HttpMethod::Delete);
    let remembered = takes_keys && !NOT_REMEMBERED.contains(&path);
    let mut own =
        vec![("400", "`duplicate_header`: a header that says one thing is there more than once, named in `field`")];
    if reads && operation.parameters.as_ref().is_some_and(|all| all.iter().any(in_query)) {
        own.push(("400", "`invalid_value`, `unknown_field`, `duplicate_field`: a parameter, named in `field`"));
    }
    if has_body {
        let about =
            "`invalid_json`, `invalid_value`, `unknown_field`, `duplicate_field`, `missing_field`: named in `field`";
        own.push(("400", about));
    }
    if *method == HttpMethod::Delete && !has_body {
        own.push(("400", "`unknown_field`: there is a body, and nothing is to be said in it"));
    }
    if remembered {
        own.extend([
            ("400", "`idempotency_key_invalid`: not 1 to 255 visible ASCII characters"),
            ("409", "`idempotency_key_in_use`: the first request with this key is still running"),
            ("422", "`idempotency_key_reused`: the key was used with another body"),
        ]);
        let key = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some("1 to 255 visible ASCII characters, scoped to method and path."))
            .schema(Some(
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .min_length(Some(1))
                    .max_length(Some(255))
                    .pattern(Some("^[!-~]*$")),
            ))
            .build();
        operation.parameters.get_or_insert_default().push(RefOr::T(key));
    }
    if !reads {
        own.push(("500", "`outcome_unknown`: the commit failed; repeat with the same key to learn its outcome"));
    }
    own.push(("500", "`internal_error`: the server failed; its log has the cause"));
    let responses = &mut operation.responses.responses;
    let applies = |status: &str| match status {
        "403" => !reads,
        "408" | "413" | "415" => has_body,
        _ => true,
    };
    // What an operation says of such a status by itself stands before what all say of it.
    own.extend(
        SHARED
            .iter()
            .filter(|(status, ..)| applies(status) && responses.contains_key(*status))
            .map(|(status, _, about)| (*status, *about)),
    );
    for (status, what) in own {
        let entry = responses.entry(status.to_owned());
        let entry = entry.or_insert_with(|| RefOr::T(ResponseBuilder::new().build()));
        if let RefOr::T(response) = entry {
            let before = std::mem::take(&mut response.description);
            response.description = if before.is_empty() { what.to_owned() } else { format!("{before}; {what}") };
        }
    }
    for (status, response) in responses.iter_mut() {
        let RefOr::T(response) = response else { continue };
        answers_with(response, REQUEST_ID);
        if status == "503" {
            answers_with(response, RETRY_AFTER);
        }
        if remembered && ["200", "201", "204", "402", "404", "409", "422"].contains(&status.as_str()) {
            answers_with(response, REPLAYED);
        }
        if !status.starts_with('2') {
            is_problem(response);
        }
    }
    for (status, name, _) in SHARED {
        if applies(status) && !responses.contains_key(status) {
            responses.insert(status.to_owned(), RefOr::Ref(Ref::from_response_name(name)));
        }
    }
}

fn in_query(parameter: &RefOr<Parameter>) -> bool {
    matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query)
}

/// What a page may do: run and show what comes from here, and ask nobody else. Nothing that is written into the page
/// itself runs, whoever wrote it there, and no other page may frame it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The headers of everything that a browser shows as a page or loads for one.
const SHIELD: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

async fn shield(mut response: Response) -> Response {
    for (name, value) in SHIELD {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// The routes that show the document: `/openapi.json`, and `/docs` for people.
///
/// # Errors
/// When the document cannot be written as JSON.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>(document: &OpenApi) -> Result<Router<S>, serde_json::Error> {
    let text = Bytes::from(document.to_pretty_json()?);
    let show = async move || -> Response {
        ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], text.clone()).into_response()
    };
    // The pages would otherwise ask a validator on the internet about the document.
    let pages = Config::new(["/openapi.json"]).validator_url("none").persist_authorization(false);
    let pages: Router<S> = SwaggerUi::new("/docs").config(pages).into();
    let pages = pages.layer(map_response(shield));
    Ok(Router::new().route("/openapi.json", get(show)).merge(pages))
}
