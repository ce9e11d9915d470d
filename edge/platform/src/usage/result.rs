//! The results of a batch of usage records, as they stand in the answer, and why a record was rejected.

use crate::batch::Results;
use crate::problem::Problem;
use credere_app::metering::UsageStatus;
use credere_core::book::{Rejection, catalogue};
use credere_core::money::Amount;
use std::borrow::Cow;
use std::io::Write;

/// Why a record was rejected.
#[derive(Debug)]
pub(super) struct Refused {
    code: &'static str,
    /// The field at fault within the record.
    field: Option<String>,
    detail: String,
}

impl Refused {
    /// By its form.
    pub(super) fn malformed(problem: &Problem) -> Refused {
        let field = problem.field().map(str::to_owned);
        Refused { code: problem.code(), field, detail: problem.detail().to_owned() }
    }

    /// It names a product that cannot exist.
    pub(super) fn no_product() -> Refused {
        Refused::by_rule(&Rejection::Catalogue(catalogue::Reason::ProductNotFound))
    }

    /// By the rules.
    fn by_rule(rejection: &Rejection) -> Refused {
        let problem = Problem::refused(rejection);
        let field = field_of(problem.code()).map(str::to_owned);
        Refused { code: problem.code(), field, detail: problem.detail().to_owned() }
    }
}

/// Which field a refusal by the rules is about.
fn field_of(code: &str) -> Option<&'static str> {
    Some(match code {
        "account_not_found" | "no_credit" => "account_uin",
        "product_not_found" => "product_code",
        "resource_of_other_account" => "resource_id",
        "empty_period" => "period_end",
        "period_too_old" | "period_too_early" => "period_start",
        "action_type_not_metered" => "action_type",
        "amount_negative" | "amount_overflow" => "amount",
        "units_not_positive" | "compensation_has_units" => "units",
        "idempotency_key_reused" => "key",
        _ => return None,
    })
}

impl Results {
    /// Adds what the engine said of a record, and whether it repeats itself.
    pub(super) fn settled(&mut self, key: &str, status: &UsageStatus, replayed: bool) {
        match status {
            UsageStatus::Settled { amount, voucher_amount, paying, line } => {
                self.begin(key);
                let partner = paying.partner.map_or(Cow::Borrowed("null"), |partner| partner.to_string().into());
                // Writing into memory does not fail.
                let _ = write!(
                    self.body,
                    ",\"status\":\"settled\",\"amount\":\"{amount}\",\"voucher_amount\":\"{voucher_amount}\",\
                     \"payer_uin\":{},\"partner_uin\":{partner},\"line_id\":\"{line}\"",
                    paying.payer
                );
                self.end("settled", replayed);
            }
            UsageStatus::Rejected(rejection) => self.rejected(key, &Refused::by_rule(rejection), replayed),
        }
    }

    /// Adds a record that was rejected.
    pub(super) fn rejected(&mut self, key: &str, refused: &Refused, replayed: bool) {
        self.begin(key);
        // Nothing was charged, and nobody pays.
        let nothing = Amount::ZERO;
        let _ = write!(
            self.body,
            ",\"status\":\"rejected\",\"amount\":\"{nothing}\",\"voucher_amount\":\"{nothing}\",\"payer_uin\":null,\
             \"partner_uin\":null,\"code\":\"{}\"",
            refused.code
        );
        if let Some(field) = &refused.field {
            self.body.extend(b",\"field\":");
            self.text(field);
        }
        self.body.extend(b",\"detail\":");
        self.text(&refused.detail);
        self.end(refused.code, replayed);
    }
}
