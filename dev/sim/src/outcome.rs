//! Holding what an act came to against what the auditor says it must come to: done or refused, with which code and
//! figures, and what was charged or came back.

use crate::auditor::{Auditor, Judged, Refusal, units};
use crate::failure::{Difference, expect_equal};
use crate::subject::Outcome;
use crate::tamper::{Falsified, Tamper, falsifies};
use credere_app::engine::Answer;
use credere_core::book::{Event, Rejection, bills, buying, metering};
use credere_core::channel::Side;

/// What differs between the two.
pub(crate) fn check(
    world: &Auditor,
    judged: &Judged,
    replayed: bool,
    outcome: &Outcome,
    (tamper, act): (Option<&Tamper>, u64),
) -> Vec<Difference> {
    let mut all = Vec::new();
    let mut found = told(&outcome.result);
    match &mut found {
        Ok(()) if falsifies(tamper, act, Falsified::Outcome) => {
            found = Err(Refusal { code: "falsified", shortage: None });
        }
        Err(refusal) if falsifies(tamper, act, Falsified::Code) => refusal.code = "falsified",
        Err(Refusal { shortage: Some((.., available)), .. }) if falsifies(tamper, act, Falsified::Shortage) => {
            *available += 1;
        }
        Ok(()) | Err(_) => {}
    }
    expect_equal(&mut all, "the outcome", judged, &found);
    expect_equal(&mut all, "whether it is a repeat", &replayed, &outcome.replayed);
    if replayed || judged.is_err() || outcome.result.is_err() {
        return all;
    }
    let line = world.lines.last().filter(|line| line.seq == outcome.seq);
    match &outcome.result {
        Ok(Answer::Settled { amount, voucher_amount }) => {
            let expected = line.map(|line| (line.amount, line.vouchers));
            let found = Some((units(*amount), units(*voucher_amount)));
            expect_equal(&mut all, "what is settled", &expected, &found);
        }
        Ok(Answer::Done(event)) => {
            if let Event::Bills(bills::Event::ReceiptConfirmed(bills::ReceiptConfirmed { returned, lines, .. })) =
                &**event
            {
                let mut returned = units(*returned);
                if falsifies(tamper, act, Falsified::Returned) {
                    returned += 1;
                }
                expect_equal(&mut all, "what comes back", &world.last_receipt, &(returned, *lines));
            }
            if let Event::Metering(metering::Event::ResourceTerminated(metering::ResourceTerminated {
                released, ..
            })) = &**event
            {
                let released = (units(released.customer), units(released.partner));
                expect_equal(&mut all, "what is released", &world.last_release, &released);
            }
            let mut charge = event.charge().map(|charge| {
                let both = [charge.amount(), charge.partner_amount()].map(|side| side.ok().map(units));
                (charge.month, charge.action, charge.paying_partner, both)
            });
            if let (Event::Buying(buying::Event::OrderRefunded(buying::OrderRefunded { order, .. })), Some((.., both))) =
                (&**event, &mut charge)
                && !order.vouchers.is_empty()
                && falsifies(tamper, act, Falsified::PartnersPart)
            {
                both[1] = both[0];
            }
            let expected =
                line.map(|line| (line.month, line.action, line.paying, [Some(line.amount), Some(line.partner_amount)]));
            expect_equal(&mut all, "what is charged", &expected, &charge);
        }
        Ok(Answer::Opened(_) | Answer::Captured(_) | Answer::Released(_) | Answer::Refused(_) | Answer::Kept)
        | Err(_) => {}
    }
    all
}

/// What the application says, in the auditor's words.
pub(crate) fn told<T>(result: &Result<T, Rejection>) -> Judged {
    let Err(rejection) = result else { return Ok(()) };
    let shortage = match rejection {
        Rejection::Buying(buying::Reason::InsufficientCredit { side, account, required, available }) => {
            let side = if *side == Side::Customer { Side::Customer } else { Side::Partner };
            Some((side, *account, units(*required), units(*available)))
        }
        _ => None,
    };
    Err(Refusal { code: rejection.code(), shortage })
}
