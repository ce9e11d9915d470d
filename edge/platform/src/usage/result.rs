//! The results of a batch of usage records, written straight into the body: at this rate a value tree in between would
//! be what costs most. The text is ours but for keys and details, which are escaped.

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
        "idempotency_key_reused" => "key",
        _ => return None,
    })
}

/// The body of an answer in the making.
pub(super) struct Results {
    body: Vec<u8>,
    first: bool,
}

impl Results {
    /// Room for this many results.
    pub(super) fn with_room(records: usize) -> Results {
        let mut body = Vec::with_capacity(32 + records * 128);
        body.extend(b"{\"results\":[");
        Results { body, first: true }
    }

    /// Adds what the engine said of a record, and whether it repeats itself. Gives the outcome's name for the metrics.
    pub(super) fn add(&mut self, key: &str, status: &UsageStatus, replayed: bool) -> &'static str {
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
                self.end(replayed);
                "settled"
            }
            UsageStatus::Rejected(rejection) => self.refused(key, &Refused::by_rule(rejection), replayed),
        }
    }

    /// Adds a record that the engine never saw.
    pub(super) fn reject(&mut self, key: &str, refused: &Refused) -> &'static str {
        self.refused(key, refused, false)
    }

    fn refused(&mut self, key: &str, refused: &Refused, replayed: bool) -> &'static str {
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
        self.end(replayed);
        refused.code
    }

    fn begin(&mut self, key: &str) {
        if !std::mem::take(&mut self.first) {
            self.body.push(b',');
        }
        self.body.extend(b"{\"key\":");
        self.text(key);
    }

    fn end(&mut self, replayed: bool) {
        if replayed {
            self.body.extend(b",\"replayed\":true");
        }
        self.body.push(b'}');
    }

    fn text(&mut self, text: &str) {
        let plain = text.bytes().all(|b| b >= 0x20 && b != b'"' && b != b'\\');
        if plain {
            self.body.push(b'"');
            self.body.extend(text.as_bytes());
            self.body.push(b'"');
        } else {
            // A text always has a JSON form, and memory takes it.
            let _ = serde_json::to_writer(&mut self.body, text);
        }
    }

    /// The finished body.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.body.extend(b"]}");
        self.body
    }
}
