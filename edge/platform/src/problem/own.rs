//! The problems of this face's own making, one closed list: what is wrong with a request before the rules see it, and
//! what the server could not do. The refusals of the rules are the core's list.

use axum::http::StatusCode;

macro_rules! problems {
    ($($name:ident: $status:ident, $code:literal, $title:literal;)+) => {
        /// A problem that no rule makes.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Own {
            $($name,)+
        }

        impl Own {
            /// All of them, by status.
            pub(crate) const ALL: &[Own] = &[$(Own::$name),+];

            /// Status, code and title.
            pub(crate) const fn row(self) -> (StatusCode, &'static str, &'static str) {
                match self {
                    $(Own::$name => (StatusCode::$status, $code, $title),)+
                }
            }
        }
    };
}

problems! {
    InvalidJson: BAD_REQUEST, "invalid_json", "The body is not JSON";
    InvalidValue: BAD_REQUEST, "invalid_value", "A value is not what its field takes";
    MissingField: BAD_REQUEST, "missing_field", "A required field is missing";
    UnknownField: BAD_REQUEST, "unknown_field", "A field is not known";
    DuplicateField: BAD_REQUEST, "duplicate_field", "A field is there more than once";
    DuplicateHeader: BAD_REQUEST, "duplicate_header", "A header is there more than once";
    IncompleteBody: BAD_REQUEST, "incomplete_body", "The body is not complete";
    KeyInvalid: BAD_REQUEST, "idempotency_key_invalid", "The idempotency key is not valid";
    Unauthenticated: UNAUTHORIZED, "unauthenticated", "The platform key is missing or not known";
    NotFound: NOT_FOUND, "not_found", "There is nothing here";
    MethodNotAllowed: METHOD_NOT_ALLOWED, "method_not_allowed", "The method is not known here";
    BodyTimeout: REQUEST_TIMEOUT, "body_timeout", "The body took too long";
    KeyInUse: CONFLICT, "idempotency_key_in_use", "The idempotency key is in use";
    BodyTooLarge: PAYLOAD_TOO_LARGE, "body_too_large", "The body is too large";
    UnsupportedMediaType: UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", "The body is not sent as plain JSON";
    ComponentsDoNotSum: UNPROCESSABLE_ENTITY, "components_do_not_sum", "The components do not sum up";
    OutcomeUnknown: INTERNAL_SERVER_ERROR, "outcome_unknown", "The outcome is not known";
    Internal: INTERNAL_SERVER_ERROR, "internal_error", "The server failed";
    Overloaded: SERVICE_UNAVAILABLE, "overloaded", "The server is overloaded";
    NotReady: SERVICE_UNAVAILABLE, "not_ready", "The server is not ready";
    ClockJumped: SERVICE_UNAVAILABLE, "clock_jumped", "The machine's clock has jumped";
    StoreDamaged: SERVICE_UNAVAILABLE, "store_damaged", "What is stored is damaged";
}
