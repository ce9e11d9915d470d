//! An HTTP request as it arrived: its parts as both signature families and the reading of parameters look at them. What is
//! sent once only, and which content types there are, is said here; nothing is proven yet.

use crate::error::{CloudError, ErrorCode, quoted};
use axum::http::{HeaderMap, Method, Uri, header};

/// An HTTP request as it arrived. Whoever reads the body limits its size.
#[derive(Debug, Clone, Copy)]
pub struct Incoming<'a> {
    /// GET or POST; anything else is refused.
    pub method: &'a Method,
    /// Path and raw query.
    pub uri: &'a Uri,
    /// All headers.
    pub headers: &'a HeaderMap,
    /// The whole body.
    pub body: &'a [u8],
}

impl<'a> Incoming<'a> {
    /// The bytes of a header that may be sent once.
    ///
    /// # Errors
    /// `InvalidRequest` when it is sent more than once.
    pub fn header_bytes(&self, name: &str) -> Result<Option<&'a [u8]>, CloudError> {
        let mut values = self.headers.get_all(name).iter();
        let first = values.next();
        if values.next().is_some() {
            let message = format!("the header {} is sent more than once", quoted(name));
            return Err(CloudError::new(ErrorCode::InvalidRequest, message));
        }
        Ok(first.map(|value| value.as_bytes()))
    }

    /// The text of a header that may be sent once.
    ///
    /// # Errors
    /// `InvalidRequest` when it is sent more than once or is not text.
    pub fn header(&self, name: &str) -> Result<Option<&'a str>, CloudError> {
        let text = self.header_bytes(name)?.map(std::str::from_utf8).transpose();
        text.map_err(|_| {
            CloudError::new(ErrorCode::InvalidRequest, format!("the header {} is not UTF-8 text", quoted(name)))
        })
    }

    /// The host as the client named it: the raw `Host` header, or what stands in its place in HTTP/2.
    ///
    /// # Errors
    /// `AuthFailure.InvalidAuthorization` when there is none, because both signatures include it.
    pub fn host(&self) -> Result<&'a [u8], CloudError> {
        let authority = || self.uri.authority().map(|authority| authority.as_str().as_bytes());
        self.header_bytes(header::HOST.as_str())?.or_else(authority).ok_or_else(|| {
            CloudError::new(ErrorCode::InvalidAuthorization, "the request has no `Host` header, which must be signed")
        })
    }

    /// What the head comes to: the target, and each header with the four bytes that part its name, value and line.
    pub(crate) fn head_bytes(&self) -> usize {
        let line = |name: usize, value: usize| name.saturating_add(value).saturating_add(4);
        let query = self.uri.query().unwrap_or_default();
        let target = line(self.uri.path().len(), query.len());
        let headers = self.headers.iter().map(|(name, value)| line(name.as_str().len(), value.len()));
        headers.fold(target, usize::saturating_add)
    }

    pub(crate) fn content_type(&self) -> Result<ContentType<'a>, CloudError> {
        Ok(ContentType::of(self.header(header::CONTENT_TYPE.as_str())?.unwrap_or_default()))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ContentType<'a> {
    Json,
    Form,
    Other(&'a str),
}

impl<'a> ContentType<'a> {
    /// Reads `application/json; charset=utf-8`. Another parameter, or another character set, is another type.
    fn of(text: &'a str) -> ContentType<'a> {
        let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
        let utf8 = |parameter: &str| {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            name.trim().eq_ignore_ascii_case("charset") && value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        };
        let plain = parameters.split(';').map(str::trim).filter(|p| !p.is_empty()).all(utf8);
        let is = |name: &str| plain && essence.trim().eq_ignore_ascii_case(name);
        match () {
            () if is("application/json") => ContentType::Json,
            () if is("application/x-www-form-urlencoded") => ContentType::Form,
            () => ContentType::Other(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_types_are_read_with_their_charset() {
        for text in [
            "application/json",
            "Application/JSON",
            "application/json; charset=utf-8",
            "application/json;charset=\"UTF-8\"",
        ] {
            assert_eq!(ContentType::of(text), ContentType::Json, "{text}");
        }
        assert_eq!(ContentType::of("application/x-www-form-urlencoded; charset=UTF-8"), ContentType::Form);
        for text in [
            "",
            "text/plain",
            "multipart/form-data; boundary=x",
            "application/octet-stream",
            "application/json; charset=latin-1",
            "application/json; version=1",
            "application/jsonp",
        ] {
            assert_eq!(ContentType::of(text), ContentType::Other(text), "{text}");
        }
    }
}
