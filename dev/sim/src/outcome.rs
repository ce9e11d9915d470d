//! Holding what an act came to against what the auditor says it must come to: done or refused, with which code and
//! figures, and what was charged or came back.

use crate::subject::Outcome;
use crate::tamper::{Falsified, Tamper, falsified, falsifies};
use credere_app::engine::Answer;
use credere_auditor::facts::total;
use credere_auditor::{Auditor, Difference, Judged, Refusal, expect_equal, units};
use credere_core::book::Rejection;
use credere_core::channel::Paying;

/// What differs between the two.
pub(crate) fn check(
    world: &Auditor,
    judged: &Judged,
    replayed: bool,
    outcome: &Outcome,
    (tamper, act): (Option<&Tamper>, u64),
) -> Vec<Difference> {
    let mut all = Vec::new();
    let mut found = judgement(&outcome.result);
    match &mut found {
        Ok(()) if falsifies(tamper, act, Falsified::Outcome) => found = Err(Refusal::plain("falsified")),
        Err(refusal) if falsifies(tamper, act, Falsified::Code) => refusal.code = "falsified",
        Err(Refusal { code, figures, .. }) => {
            let short = *code == "insufficient_credit";
            let what = if short { Falsified::Shortage } else { Falsified::RefusedFigure };
            if let Some((_, figure)) = figures.last_mut().filter(|_| falsifies(tamper, act, what)) {
                *figure += 1;
            }
        }
        Ok(()) => {}
    }
    expect_equal(&mut all, "the outcome", judged, &found);
    expect_equal(&mut all, "whether it is a repeat", &replayed, &outcome.replayed);
    if replayed || judged.is_err() {
        return all;
    }
    match &outcome.result {
        Ok(Answer::Settled { amount, voucher_amount, paying }) => {
            let line = world.lines.last().filter(|line| line.seq == outcome.seq);
            let expected = line.map(|line| {
                let pays = Paying { payer: line.buyer.payer, partner: line.buyer.partner };
                (line.amount(), total(&line.uses.customer), pays)
            });
            let found = Some((units(*amount), units(*voucher_amount), *paying));
            expect_equal(&mut all, "what is settled", &expected, &found);
        }
        Ok(Answer::Done(event)) => match tamper.filter(|tamper| tamper.from_act <= act) {
            Some(tamper) => all.extend(world.check_event(outcome.seq, &falsified(event, tamper))),
            None => all.extend(world.check_event(outcome.seq, event)),
        },
        Ok(Answer::Opened(_) | Answer::Captured(_) | Answer::Released(_) | Answer::Refused(_) | Answer::Kept)
        | Err(_) => {}
    }
    all
}

/// What the application says, in the auditor's words.
pub(crate) fn judgement<T>(result: &Result<T, Rejection>) -> Judged {
    result.as_ref().map(|_| ()).map_err(Refusal::from)
}
