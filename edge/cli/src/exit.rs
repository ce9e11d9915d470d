//! How a command ends: a line on standard error, and a code that scripts can rely on.

use crate::terminal::{complain, marked, say_json, show_plain};
use serde_json::{Value, json};
use std::process::ExitCode;
use thiserror::Error;

/// Why a command did not succeed. The numbers are documented in the help text and stay.
#[derive(Debug, Error)]
pub(crate) enum Failed {
    /// 1: the server refused, or something went wrong that has no code of its own.
    #[error("{0}")]
    Refused(String),
    /// 1: what was printed already says that it failed, to programs too.
    #[error("{0}")]
    Reported(String),
    /// 2: the command line, the settings file or the environment is wrong; nothing was done.
    #[error("{0}")]
    Usage(String),
    /// 3: the store cannot be used: in use, damaged, incomplete, of another format, full.
    #[error("{0}")]
    Store(String),
    /// 4: the check found something broken.
    #[error("{0}")]
    Broken(String),
    /// 5: the server cannot be reached, or is not ready.
    #[error("{0}")]
    Unreachable(String),
    /// 1, or 5 for the status 503: the server answered with a problem document.
    #[error("{}", problem(*.0, .1))]
    Problem(u16, Value),
}

/// A problem document in one or two lines: the detail, the figures behind it, and the request that it belongs to.
fn problem(status: u16, document: &Value) -> String {
    let text = |name: &str| marked(document.get(name).and_then(Value::as_str).unwrap_or_default());
    let mut message = match (text("code"), text("detail")) {
        (code, _) if code.is_empty() => format!("the server answered {status}"),
        (code, detail) if detail.is_empty() => code,
        (code, detail) => format!("{detail} ({code})"),
    };
    let because = document.get("because").and_then(Value::as_array).into_iter().flatten();
    for because in because.filter(|because| because.get("passed") != Some(&Value::Bool(true))) {
        let part = |name: &str| because.get(name).map(show_plain).unwrap_or_default();
        let needed = because.get("required").map(|required| format!(", needed {}", show_plain(required)));
        message.push_str(&format!(
            "\n  because {}: {} of {} is {}{}",
            part("rule"),
            part("figure"),
            part("account_uin"),
            part("found"),
            needed.unwrap_or_default()
        ));
    }
    if !text("request_id").is_empty() {
        message.push_str(&format!("\n  request {}", text("request_id")));
    }
    message
}

/// The text that every help ends with.
pub(crate) const EXIT_CODES: &str = "Exit codes:\n  0  done\n  1  refused, or failed for another reason\n  \
2  wrong command line, settings or environment; nothing was done\n  3  the store cannot be used (in use, damaged, \
incomplete, of another format, full)\n  4  verify found something broken\n  5  the server cannot be reached or is not ready";

impl Failed {
    /// The exit code, and its name for programs.
    fn number(&self) -> (u8, &'static str) {
        match self {
            Failed::Refused(_) | Failed::Reported(_) => (1, "failed"),
            Failed::Usage(_) => (2, "wrong_usage"),
            Failed::Store(_) => (3, "store_unusable"),
            Failed::Broken(_) => (4, "broken"),
            Failed::Unreachable(_) | Failed::Problem(503, _) => (5, "unreachable"),
            Failed::Problem(..) => (1, "refused"),
        }
    }

    /// Whether the same may succeed a little later.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(self, Failed::Unreachable(_) | Failed::Problem(503, _))
    }

    /// What programs are told: the server's problem document as it came, or one of this program's own making.
    fn document(&self) -> Value {
        match self {
            Failed::Problem(_, document) if document.is_object() => document.clone(),
            Failed::Problem(status, _) => {
                json!({ "code": self.number().1, "detail": self.to_string(), "status": status })
            }
            _ => json!({ "code": self.number().1, "detail": self.to_string() }),
        }
    }
}

impl From<credere_store::contract::StoreError> for Failed {
    fn from(error: credere_store::contract::StoreError) -> Failed {
        Failed::Store(error.to_string())
    }
}

impl From<credere_app::StartError> for Failed {
    fn from(error: credere_app::StartError) -> Failed {
        match error {
            credere_app::StartError::Store(error) => error.into(),
            other => Failed::Usage(other.to_string()),
        }
    }
}

/// Says what went wrong, to people on standard error and with `as_json` to programs on standard output, and gives the code.
pub(crate) fn code(done: Result<(), Failed>, as_json: bool) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            if as_json && !matches!(failed, Failed::Reported(_)) {
                say_json(&failed.document());
            }
            complain(format_args!("credere: {failed}"));
            ExitCode::from(failed.number().0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_told_to_people_in_lines_and_to_programs_whole() {
        let document = json!({
            "code": "insufficient_credit", "detail": "too\u{1b}[2J little", "request_id": "r-1", "side": "customer",
            "because": [{ "rule": "R55", "figure": "customer_available", "account_uin": 7, "found": "1", "required": "2" }],
        });
        let refused = Failed::Problem(402, document.clone());
        let told = "too␛[2J little (insufficient_credit)\n  because R55: customer_available of 7 is 1, needed 2\n  request r-1";
        assert_eq!(refused.to_string(), told);
        assert_eq!((refused.number().0, refused.may_pass(), refused.document()), (1, false, document));
        let busy = Failed::Problem(503, Value::String("<html>".to_owned()));
        assert_eq!((busy.number().0, busy.may_pass()), (5, true));
        let own = json!({ "code": "unreachable", "detail": "the server answered 503", "status": 503 });
        assert_eq!(busy.document(), own);
        let broken = Failed::Broken("a law is broken".to_owned());
        assert_eq!(broken.document(), json!({ "code": "broken", "detail": "a law is broken" }));
    }
}
