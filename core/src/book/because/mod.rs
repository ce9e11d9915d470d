//! Why a decision came out as it did: which figures of whom were looked at under which rule, in the order in which they
//! were judged. The first that failed is the refusal. Every decision carries the list, so its first few findings lie in
//! place and only longer ones go to the heap; text is made at the edge.

mod figure;
mod rule;

pub use figure::{Figure, Value};
pub use rule::Rule;

use crate::channel::Uin;
use smallvec::SmallVec;

/// What was looked at, in the order in which it was judged. As many as a hot decision has lie in place.
pub type Because = SmallVec<[Finding; 3]>;

/// One figure that a decision looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// Under which rule.
    pub rule: Rule,
    /// Whose figure.
    pub account: Uin,
    /// Which figure.
    pub figure: Figure,
    /// What it was before the decision.
    pub found: Value,
    /// What it had to be, or has become.
    pub judged: Judged,
}

/// What a figure meant to a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    /// This was needed of it, and there was.
    Passed(Value),
    /// This was needed of it, and there was not.
    Failed {
        /// What was needed.
        required: Value,
        /// The code of the refusal that this is.
        code: &'static str,
    },
    /// This was set against it, and it did not have to suffice: the rule does not apply to the case, or never refuses.
    Waived(Value),
    /// It becomes this.
    Becomes(Value),
    /// It is only told.
    Noted,
}

impl Finding {
    /// A figure that must not be below what is needed of it; `code` is the refusal otherwise.
    pub fn at_least<T: Ord + Into<Value>>(
        rule: Rule,
        (account, figure): (Uin, Figure),
        required: T,
        found: T,
        code: &'static str,
    ) -> Finding {
        let passed = required <= found;
        Finding::needed(rule, (account, figure), required.into(), found.into(), passed, code)
    }

    /// A condition that must be as it is needed; `code` is the refusal otherwise.
    pub fn must_be(
        rule: Rule,
        (account, figure): (Uin, Figure),
        required: bool,
        found: bool,
        code: &'static str,
    ) -> Finding {
        Finding::needed(rule, (account, figure), required.into(), found.into(), required == found, code)
    }

    fn needed(
        rule: Rule,
        (account, figure): (Uin, Figure),
        required: Value,
        found: Value,
        passed: bool,
        code: &'static str,
    ) -> Finding {
        let judged = if passed { Judged::Passed(required) } else { Judged::Failed { required, code } };
        Finding { rule, account, figure, found, judged }
    }

    /// A figure against which something was set that it did not have to cover.
    pub fn waived(
        rule: Rule,
        (account, figure): (Uin, Figure),
        required: impl Into<Value>,
        found: impl Into<Value>,
    ) -> Finding {
        Finding { rule, account, figure, found: found.into(), judged: Judged::Waived(required.into()) }
    }

    /// A figure that the decision changes.
    pub fn becomes<T: Into<Value>>(rule: Rule, (account, figure): (Uin, Figure), before: T, after: T) -> Finding {
        Finding { rule, account, figure, found: before.into(), judged: Judged::Becomes(after.into()) }
    }

    /// A figure that is only told.
    pub fn noted(rule: Rule, (account, figure): (Uin, Figure), found: impl Into<Value>) -> Finding {
        Finding { rule, account, figure, found: found.into(), judged: Judged::Noted }
    }

    /// What was needed of the figure or set against it.
    pub fn required(&self) -> Option<Value> {
        match self.judged {
            Judged::Passed(required) | Judged::Waived(required) | Judged::Failed { required, .. } => Some(required),
            Judged::Becomes(_) | Judged::Noted => None,
        }
    }

    /// What the figure is after the decision, where that is what it is about.
    pub fn after(&self) -> Option<Value> {
        match self.judged {
            Judged::Becomes(after) => Some(after),
            Judged::Passed(_) | Judged::Failed { .. } | Judged::Waived(_) | Judged::Noted => None,
        }
    }

    /// Whether the figure had to suffice; otherwise it is only told.
    pub fn applies(&self) -> bool {
        match self.judged {
            Judged::Passed(_) | Judged::Failed { .. } => true,
            Judged::Waived(_) | Judged::Becomes(_) | Judged::Noted => false,
        }
    }

    /// Whether the figure sufficed, or did not have to.
    pub fn passed(&self) -> bool {
        self.code().is_none()
    }

    /// The code of the refusal that it is, where the figure did not suffice.
    pub fn code(&self) -> Option<&'static str> {
        match self.judged {
            Judged::Failed { code, .. } => Some(code),
            Judged::Passed(_) | Judged::Waived(_) | Judged::Becomes(_) | Judged::Noted => None,
        }
    }
}
