//! `credere decision`: why something was decided as it was.

use crate::client::calls::{encode, get};
use crate::client::http::Call;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum DecisionCommand {
    /// Say who asked what, which rules and figures decided, and on which side it failed.
    Explain {
        /// The request, as `X-Request-Id` told it.
        request: String,
        /// The key of one operation of a batch.
        #[arg(long, value_name = "KEY")]
        operation: Option<String>,
    },
}

impl DecisionCommand {
    pub(super) fn call(self) -> Call {
        let DecisionCommand::Explain { request, operation } = self;
        let query = operation.map(|key| format!("?key={}", encode(&key))).unwrap_or_default();
        get(format!("/v1/decisions/{}{query}", encode(&request)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_asked_about_by_its_key() {
        let command = DecisionCommand::Explain { request: "r-1".into(), operation: Some("a&b".into()) };
        assert_eq!(command.call().path, "/v1/decisions/r-1?key=a%26b");
    }
}
