//! The problems of this face's own making, one closed list: what is wrong with a request before the rules see it, and
//! what the server could not do. The refusals of the rules are the core's list.

use axum::http::StatusCode;

/// A problem that no rule makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Own {
    InvalidJson,
    InvalidValue,
    MissingField,
    UnknownField,
    DuplicateField,
    DuplicateHeader,
    IncompleteBody,
    KeyInvalid,
    Unauthenticated,
    NotFound,
    MethodNotAllowed,
    BodyTimeout,
    KeyInUse,
    BodyTooLarge,
    UnsupportedMediaType,
    ComponentsDoNotSum,
    OutcomeUnknown,
    Internal,
    Overloaded,
    NotReady,
    ClockJumped,
    StoreDamaged,
}

impl Own {
    /// All of them, by status.
    pub(crate) const ALL: [Own; 22] = [
        Own::InvalidJson,
        Own::InvalidValue,
        Own::MissingField,
        Own::UnknownField,
        Own::DuplicateField,
        Own::DuplicateHeader,
        Own::IncompleteBody,
        Own::KeyInvalid,
        Own::Unauthenticated,
        Own::NotFound,
        Own::MethodNotAllowed,
        Own::BodyTimeout,
        Own::KeyInUse,
        Own::BodyTooLarge,
        Own::UnsupportedMediaType,
        Own::ComponentsDoNotSum,
        Own::OutcomeUnknown,
        Own::Internal,
        Own::Overloaded,
        Own::NotReady,
        Own::ClockJumped,
        Own::StoreDamaged,
    ];

    /// Status, code and title.
    pub(crate) const fn row(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Own::InvalidJson => (StatusCode::BAD_REQUEST, "invalid_json", "The body is not JSON"),
            Own::InvalidValue => (StatusCode::BAD_REQUEST, "invalid_value", "A value is not what its field takes"),
            Own::MissingField => (StatusCode::BAD_REQUEST, "missing_field", "A required field is missing"),
            Own::UnknownField => (StatusCode::BAD_REQUEST, "unknown_field", "A field is not known"),
            Own::DuplicateField => (StatusCode::BAD_REQUEST, "duplicate_field", "A field is there more than once"),
            Own::DuplicateHeader => (StatusCode::BAD_REQUEST, "duplicate_header", "A header is there more than once"),
            Own::IncompleteBody => (StatusCode::BAD_REQUEST, "incomplete_body", "The body is not complete"),
            Own::KeyInvalid => (StatusCode::BAD_REQUEST, "idempotency_key_invalid", "The idempotency key is not valid"),
            Own::Unauthenticated => {
                (StatusCode::UNAUTHORIZED, "unauthenticated", "The platform key is missing or not known")
            }
            Own::NotFound => (StatusCode::NOT_FOUND, "not_found", "There is nothing here"),
            Own::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "The method is not known here")
            }
            Own::BodyTimeout => (StatusCode::REQUEST_TIMEOUT, "body_timeout", "The body took too long"),
            Own::KeyInUse => (StatusCode::CONFLICT, "idempotency_key_in_use", "The idempotency key is in use"),
            Own::BodyTooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large"),
            Own::UnsupportedMediaType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "The body is not sent as plain JSON")
            }
            Own::ComponentsDoNotSum => {
                (StatusCode::UNPROCESSABLE_ENTITY, "components_do_not_sum", "The components do not sum up")
            }
            Own::OutcomeUnknown => (StatusCode::INTERNAL_SERVER_ERROR, "outcome_unknown", "The outcome is not known"),
            Own::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "The server failed"),
            Own::Overloaded => (StatusCode::SERVICE_UNAVAILABLE, "overloaded", "The server is overloaded"),
            Own::NotReady => (StatusCode::SERVICE_UNAVAILABLE, "not_ready", "The server is not ready"),
            Own::ClockJumped => (StatusCode::SERVICE_UNAVAILABLE, "clock_jumped", "The machine's clock has jumped"),
            Own::StoreDamaged => (StatusCode::SERVICE_UNAVAILABLE, "store_damaged", "What is stored is damaged"),
        }
    }
}
