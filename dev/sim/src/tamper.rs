//! Falsified findings: proof that the auditor sees. A run can be told to read one figure, outcome, notice or row of
//! history wrongly from some act on; it must then end with a failure that names it.

/// What is falsified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Falsified {
    /// A figure of the book, by the name that failures give it: one unit is added.
    Figure(&'static str),
    /// What an act came to: a success is told as a refusal.
    Outcome,
    /// A refusal's code.
    Code,
    /// The figures of a refusal for lack of credit.
    Shortage,
    /// A notice is missing from the list.
    NoticeMissing,
    /// A notice is listed twice.
    NoticeTwice,
    /// A sum of a bill.
    BillTotal,
    /// A line's payment status.
    LineConfirmed,
    /// An order's state.
    OrderState,
    /// An order's refunded amount.
    OrderRefunded,
    /// A voucher's status in history.
    VoucherRow,
    /// What a receipt says came back.
    Returned,
    /// What a refund of an order that vouchers paid gives back to the partner: as much as to the customer.
    PartnersPart,
    /// Whose usage it is that comes when its binding has ended: whoever the account is bound to now is charged.
    LateUsage,
}

/// One falsification, from one act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tamper {
    /// From which act of the run on.
    pub from_act: u64,
    /// What.
    pub what: Falsified,
}

impl Tamper {
    /// Whether it is about this figure.
    pub(crate) fn is_about(&self, figure: &str) -> bool {
        matches!(self.what, Falsified::Figure(name) if name == figure)
    }
}

/// Whether this is to be falsified now.
pub(crate) fn falsifies(tamper: Option<&Tamper>, act: u64, what: Falsified) -> bool {
    tamper.is_some_and(|tamper| tamper.from_act <= act && tamper.what == what)
}
