//! The envelope of every answer: HTTP 200, `Content-Type` exactly `application/json` (the SDKs look for an error only
//! then), one `Response` object that carries the request id and either the action's fields or an error. Also the one way in
//! which exact figures become JSON numbers.

use crate::error::{CloudError, ErrorCode};
use axum::body::Body;
use axum::http::{HeaderValue, Response, header};
use credere_core::money::{Amount, Rate};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use uuid::Uuid;

/// What an action answers: the fields of the `Response` object, without the request id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply(String);

impl Reply {
    /// A reply with the fields of a struct.
    ///
    /// # Errors
    /// `InternalError` when the value does not become a JSON object.
    pub fn of(fields: &impl Serialize) -> Result<Reply, CloudError> {
        let text = serde_json::to_string(fields).map_err(CloudError::internal)?;
        if text.starts_with('{') && text.ends_with('}') {
            Ok(Reply(text))
        } else {
            Err(CloudError::internal("a reply must be a JSON object"))
        }
    }

    /// A reply without fields.
    pub fn empty() -> Reply {
        Reply("{}".to_owned())
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Refusal<'a> {
    error: Detail<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Detail<'a> {
    code: &'a str,
    message: &'a str,
}

/// The HTTP answer for a call.
pub fn answer(outcome: &Result<Reply, CloudError>, request_id: Uuid) -> Response<Body> {
    let refused;
    let fields = match outcome {
        Ok(reply) => &reply.0,
        Err(error) => {
            let error = Detail { code: error.code().name(), message: error.message() };
            // Two texts in a struct always serialise.
            refused = serde_json::to_string(&Refusal { error }).unwrap_or_else(|_| "{}".to_owned());
            &refused
        }
    };
    // INVARIANT: `fields` is a JSON object (`Reply` checks it), so its last byte is the brace that is moved behind the id.
    let open = &fields[..fields.len() - 1];
    let comma = if open.len() == 1 { "" } else { "," };
    let body = format!("{{\"Response\":{open}{comma}\"RequestId\":\"{request_id}\"}}}}");
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if outcome.as_ref().is_err_and(|error| error.code() == ErrorCode::ServiceBusy) {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

/// An exact amount as a JSON number with no digit more than it needs: `1000.1`, `50`, `0.00000001`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure(pub Amount);

impl Figure {
    fn digits(self) -> String {
        shortest(self.0.to_string())
    }
}

/// Hundredths of what an exact decimal with eight places says, as a JSON number with no digit more than it needs: of an amount
/// its cents, of a rate its percents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cents(i64);

impl Cents {
    /// Nothing.
    pub const ZERO: Cents = Cents(0);

    /// An amount in cents.
    pub fn of(amount: Amount) -> Cents {
        Cents(amount.units())
    }

    /// A rate in percents.
    pub fn of_rate(rate: Rate) -> Cents {
        Cents(i64::from(rate.units()))
    }

    fn digits(self) -> String {
        // Hundredths of a number with eight places have six.
        let (sign, units) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        shortest(format!("{sign}{}.{:06}", units / 1_000_000, units % 1_000_000))
    }
}

impl Serialize for Cents {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = RawValue::from_string(self.digits()).map_err(serde::ser::Error::custom)?;
        number.serialize(serializer)
    }
}

/// Decimal text with no digit more than it needs.
pub(crate) fn shortest(text: String) -> String {
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = RawValue::from_string(self.digits()).map_err(serde::ser::Error::custom)?;
        number.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    async fn body(outcome: Result<Reply, CloudError>) -> String {
        let response = answer(&outcome, Uuid::nil());
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/json");
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let _: serde_json::Value = serde_json::from_str(&text).unwrap();
        text
    }

    #[test]
    fn cents_are_exact() {
        for (amount, cents) in [
            ("0", "0"),
            ("12.5", "1250"),
            ("-0.01", "-1"),
            ("0.00000001", "0.000001"),
            ("-1.23456789", "-123.456789"),
            ("92000000000", "9200000000000"),
        ] {
            assert_eq!(Cents::of(amount.parse().unwrap()).digits(), cents);
        }
        assert_eq!(Cents::of_rate(Rate::ONE).digits(), "100");
    }

    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    struct Credit {
        total_credit: Figure,
    }

    const ID: &str = "00000000-0000-0000-0000-000000000000";

    #[tokio::test]
    async fn fields_stand_beside_the_request_id() {
        let reply = Reply::of(&Credit { total_credit: Figure("1000.10".parse().unwrap()) });
        assert_eq!(body(reply).await, format!(r#"{{"Response":{{"TotalCredit":1000.1,"RequestId":"{ID}"}}}}"#));
        assert_eq!(body(Ok(Reply::empty())).await, format!(r#"{{"Response":{{"RequestId":"{ID}"}}}}"#));
    }

    #[tokio::test]
    async fn errors_are_escaped_and_still_200() {
        let error = CloudError::new(ErrorCode::UnknownParameter, "the parameter `\"\n` is not known");
        let expected = format!(
            r#"{{"Response":{{"Error":{{"Code":"UnknownParameter","Message":"the parameter `\"\n` is not known"}},"RequestId":"{ID}"}}}}"#
        );
        assert_eq!(body(Err(error)).await, expected);
    }

    #[test]
    fn a_reply_must_be_an_object() {
        assert_eq!(Reply::of(&[1, 2]).unwrap_err().code(), ErrorCode::InternalError);
        assert_eq!(Reply::of(&"{}").unwrap_err().code(), ErrorCode::InternalError);
    }

    #[test]
    fn figures_are_exact_and_short() {
        for (text, number) in [
            ("0", "0"),
            ("50", "50"),
            ("100", "100"),
            ("1000.1", "1000.1"),
            ("-0.5", "-0.5"),
            ("0.00000001", "0.00000001"),
            ("-92000000000", "-92000000000"),
            ("91999999999.99999999", "91999999999.99999999"),
        ] {
            assert_eq!(serde_json::to_string(&Figure(text.parse().unwrap())).unwrap(), number);
        }
    }
}
