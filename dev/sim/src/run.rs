//! One world, day by day: choose an act, do it, judge it, look at every figure that it may have touched, and once a day
//! at everything. Now and then the application goes down, an append fails, or the clock jumps.

use crate::act::{Act, Asked, PLATFORM};
use crate::choose::{Chooser, deployment_rules};
use crate::failure::Failure;
use crate::history::{Looked, bills_of, check_bill, check_history};
use crate::keys::{Keys, remembered, repeatable};
use crate::machine::{self, Tally};
use crate::options::Plan;
use crate::outcome::{check, judgement};
use crate::subject::{BadAppend, Broken, Crash, Outcome, Subject};
use crate::summary::{Summary, Watcher};
use crate::tamper::{Tamper, falsify};
use credere_app::Failure as AppFailure;
use credere_auditor::{Auditor, Choices, Difference, Judged, Seen, Step, differences, refuse};
use credere_core::access::{Actor, KeyAccess};
use credere_core::book::{Command, deployment, parties};
use credere_core::channel::{ResourceName, Uin};
use credere_core::ledger::Moment;
use uuid::Uuid;

/// 2030-01-01 in UTC+8; each world begins on one of the days after it.
const BEGINNING: i64 = 1_893_427_200;
const DAY: i64 = 86_400;

/// Runs one world to its end, or to the first thing that is not as it must be.
///
/// # Errors
/// The [`Failure`].
pub fn run(plan: &Plan, tamper: Option<&Tamper>, watcher: &dyn Watcher) -> Result<Summary, Box<Failure>> {
    let mut run = Run::new(plan, tamper, watcher)?;
    let result = run.days().and_then(|summary| run.machine(summary));
    if let Some(subject) = run.subject.take() {
        let closed = subject.close();
        return result.and_then(|summary| run.sound(closed).map(|()| summary));
    }
    result
}

/// A run on its way.
struct Run<'a> {
    plan: &'a Plan,
    tamper: Option<&'a Tamper>,
    watcher: &'a dyn Watcher,
    world: Auditor,
    chooser: Chooser,
    /// Absent only while it goes down and comes up again.
    subject: Option<Subject>,
    keys: Keys,
    looked: Looked,
    day: u32,
    act: u64,
    activity: Activity,
    summary: Summary,
}

/// What a run is doing, told only when somebody wants to know.
enum Activity {
    Act(Act),
    Other(String),
}

impl std::fmt::Display for Activity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Activity::Act(act) => write!(f, "{act:?}"),
            Activity::Other(what) => f.write_str(what),
        }
    }
}

type Verdict = Result<(), Box<Failure>>;

impl<'a> Run<'a> {
    fn new(plan: &'a Plan, tamper: Option<&'a Tamper>, watcher: &'a dyn Watcher) -> Result<Run<'a>, Box<Failure>> {
        let mut chooser = Chooser::new(plan.seed, plan.size);
        let dice = &mut chooser.dice;
        let begin = BEGINNING + dice.between(0, 730) * DAY + dice.between(0, DAY - 1);
        let now = Moment::from_micros(begin * 1_000_000);
        let rules = deployment_rules(dice);
        let choices = Choices {
            pool_allow_negative: rules.pool_allow_negative,
            pay_on_behalf_skips_customer_check: rules.pay_on_behalf_skips_customer_check,
            site: rules.site,
            check: rules.check.clone(),
        };
        let snapshot_every = if dice.chance(1, 8) { 1_000_000 } else { 300 + dice.below(2_000) };
        let mut run = Run {
            plan,
            tamper,
            watcher,
            world: Auditor::new(choices, now),
            chooser,
            subject: None,
            keys: Keys::default(),
            looked: Looked::default(),
            day: 0,
            act: 0,
            activity: Activity::Other("the start".to_owned()),
            summary: Summary::default(),
        };
        match Subject::new(now, rules, snapshot_every) {
            Ok(subject) => run.subject = Some(subject),
            Err(broken) => return Err(run.broken(&broken)),
        }
        // The application makes a key for the platform at its first start.
        let first = Step::Command(Command::from(deployment::IssuePlatformKey { access: KeyAccess::Full }));
        let _ = run.world.step(0, Actor::System, &first);
        Ok(run)
    }

    fn days(&mut self) -> Result<Summary, Box<Failure>> {
        for act in self.chooser.foundation() {
            self.perform(&act)?;
        }
        self.look_at_everything()?;
        for day in 1..=self.plan.days {
            self.day = day;
            self.one_day()?;
            self.watcher.day();
        }
        let all: Vec<(Uin, credere_core::ledger::Month)> = self.world.bill_lines.keys().copied().collect();
        for bill in all {
            self.look_at_bill(bill)?;
        }
        let mut summary = std::mem::take(&mut self.summary);
        summary.days = u64::from(self.plan.days);
        summary.acts = self.act;
        summary.lines = self.world.lines.len() as u64;
        Ok(summary)
    }

    /// The machine of this run, whose clock jumps under an application of its own.
    fn machine(&mut self, mut summary: Summary) -> Result<Summary, Box<Failure>> {
        self.activity = Activity::Other("a machine whose clock jumps".to_owned());
        let lived = machine::run(self.plan.seed, self.plan.days);
        let Tally { refused, written } = self.sound(lived)?.map_err(|differences| self.failure(differences))?;
        summary.refused_by_clock = refused;
        self.watcher.act(&|| format!("a machine whose clock jumps: {written} written, {refused} refused"));
        Ok(summary)
    }

    fn one_day(&mut self) -> Verdict {
        let acts = u64::from(self.plan.size.acts);
        let dice = &mut self.chooser.dice;
        let begin = self.world.now;
        let many = 1 + dice.below(4);
        let mut moves: Vec<(u64, i64)> =
            (0..many).map(|_| (dice.below(acts), dice.between(1, DAY * 1_000_000))).collect();
        moves.sort_unstable();
        let mut offsets: Vec<i64> = moves.iter().map(|(_, offset)| *offset).collect();
        offsets.sort_unstable();
        // Coming back reads the whole journal, so that it happens more often while that is short.
        let rarely = if self.day <= 60 { 40 } else { 160 };
        let crash_at = dice.chance(1, rarely).then(|| dice.below(acts));
        let bad_at = dice.chance(1, rarely).then(|| dice.below(acts));
        for number in 0..acts {
            while let Some(place) = moves.iter().position(|(at, _)| *at == number) {
                moves.remove(place);
                let offset = offsets.remove(0);
                self.advance(Moment::from_micros(begin.micros() + offset))?;
            }
            if crash_at == Some(number) {
                self.crash()?;
            }
            let act = self.chooser.next(&self.world);
            if bad_at == Some(number) {
                self.perform_badly(act)?;
            } else {
                self.perform(&act)?;
            }
        }
        self.advance(begin.plus_seconds(DAY))?;
        let dice = &mut self.chooser.dice;
        if dice.chance(1, 30) {
            let by = match dice.weighted(&[3, 3, 2]) {
                0 => dice.between(60, 7_200),
                1 => dice.between(DAY, 4 * DAY),
                _ => dice.between(5 * DAY, 25 * DAY),
            };
            self.summary.jumped += by.unsigned_abs() / DAY.unsigned_abs();
            self.advance(self.world.now.plus_seconds(by))?;
        }
        self.look_at_everything()
    }

    /// Moves the clock, and sees to the bills that were issued on the way.
    fn advance(&mut self, to: Moment) -> Verdict {
        if to < self.world.now {
            return Ok(());
        }
        self.activity = Activity::Other("the clock moves".to_owned());
        let issued = self.world.last_issued;
        let done = self.subject()?.advance(to);
        self.sound(done)?;
        let step = Step::Command(Command::from(deployment::AdvanceClock { to }));
        let judged = self.world.step(0, PLATFORM, &step);
        self.watcher.act(&|| format!("the clock moves to {}: {judged:?}", stamp(to)));
        self.look_at_touched()?;
        if issued != self.world.last_issued {
            for bill in bills_of(&self.world, self.world.last_issued) {
                self.look_at_bill(bill)?;
            }
        }
        Ok(())
    }

    /// Takes the application down and up again, and looks whether it came back as it was.
    fn crash(&mut self) -> Verdict {
        // What loses most takes longest to come back from, and is rarer.
        let how = match self.chooser.dice.weighted(&[3, 4, 2, 1]) {
            0 => Crash::Stop,
            1 => Crash::Drop,
            2 => Crash::ImageLeft,
            _ => Crash::JournalLeft,
        };
        self.activity = Activity::Other(format!("a crash: {how:?}"));
        self.summary.crashes += 1;
        if let Some(subject) = self.subject.take() {
            let back = subject.crash(how);
            self.subject = Some(self.sound(back)?);
        }
        let asked = &self.activity;
        self.watcher.act(&|| asked.to_string());
        self.duties_are_done();
        self.look_at_book()
    }

    /// Something falls due without the clock's move when a product's terms change; the application sees to it after each
    /// command, and when it comes up.
    fn duties_are_done(&mut self) {
        let to = self.world.now;
        let _ = self.world.step(0, PLATFORM, &Step::Command(Command::from(deployment::AdvanceClock { to })));
    }

    /// Does an act whose append fails. What came of it is unknown; asking again with the same keys settles it.
    fn perform_badly(&mut self, mut act: Act) -> Verdict {
        if let Asked::One(key, step) = &mut act.asked {
            if matches!(
                step,
                Step::Command(
                    Command::Deployment(deployment::Command::AdvanceClock(_))
                        | Command::Parties(parties::Command::UnbindCustomer(_))
                )
            ) || act.actor != PLATFORM
                || key.is_some()
            {
                return self.perform(&act);
            }
            *key = Some(self.chooser.dice.bits() | 1 << 63);
        }
        let how = if self.chooser.dice.chance(1, 2) { BadAppend::Lost } else { BadAppend::Kept };
        let before = act.clone();
        self.activity = Activity::Other(format!("{how:?} append: {act:?}"));
        let id = self.request_id();
        let Some(subject) = &self.subject else { return self.no_subject() };
        subject.fail_next_append(how);
        let lost = submit(subject, &mut self.keys, id, &act);
        subject.until_ready();
        match lost {
            Err(Broken::App(AppFailure::OutcomeUnknown(_))) => self.summary.bad_appends += 1,
            // Nothing was written, so nothing failed: the fault waits for the next append. The clock's move is one; what
            // is known of its outcome does not matter, since it is asked for again.
            Ok(_) => {
                let to = self.world.now.plus_seconds(1);
                let _ = self.subject()?.advance(to);
                self.subject()?.until_ready();
                self.advance(to)?;
            }
            Err(broken) => return Err(self.broken(&broken)),
        }
        self.perform_known(&before, lost.is_err() && how == BadAppend::Kept)
    }

    fn perform(&mut self, act: &Act) -> Verdict {
        self.perform_known(act, false)
    }

    /// Does an act and judges what comes of it. `kept` says that it was done before under the same keys, although nobody
    /// was told.
    fn perform_known(&mut self, act: &Act, kept: bool) -> Verdict {
        self.act += 1;
        self.activity = Activity::Act(act.clone());
        let preview = self.preview(act)?;
        let id = self.request_id();
        let Some(subject) = &self.subject else { return self.no_subject() };
        let outcomes = submit(subject, &mut self.keys, id, act);
        let outcomes = self.sound(outcomes)?;
        let mut all = Vec::new();
        let steps: Vec<(Option<u64>, &Step)> = match &act.asked {
            Asked::One(key, step) => vec![(*key, step)],
            Asked::Batch(steps) => steps.iter().map(|(key, step)| (Some(*key), step)).collect(),
        };
        if steps.len() != outcomes.len() {
            let (expected, found) = (steps.len().to_string(), outcomes.len().to_string());
            all.push(Difference { what: "the number of answers".to_owned(), expected, found });
        }
        for ((key, step), outcome) in steps.into_iter().zip(&outcomes) {
            let (judged, replayed) = self.judge(act.actor, key, step, outcome.seq);
            all.extend(check(
                &self.world,
                &judged,
                replayed || (kept && repeatable(&judged)),
                outcome,
                (self.tamper, self.act),
            ));
            let code = judged.as_ref().map_or_else(|refusal| refusal.code, |()| "done");
            *self.summary.outcomes.entry((step.name(), code)).or_default() += 1;
            if let Some(preview) = &preview
                && !replayed
                && *preview != judged
            {
                let (expected, found) = (format!("{judged:?}"), format!("{preview:?}"));
                all.push(Difference { what: "the preview".to_owned(), expected, found });
            }
        }
        if matches!(act.asked, Asked::One(..)) {
            self.duties_are_done();
        }
        let asked = &self.activity;
        self.watcher.act(&|| format!("{asked}\n    {outcomes:?}"));
        if !all.is_empty() {
            return Err(self.failure(all));
        }
        self.look_at_touched()
    }

    /// What must come of a step, and whether it is a repeat of an earlier one.
    fn judge(&mut self, actor: Actor, key: Option<u64>, step: &Step, seq: u64) -> (Judged, bool) {
        let Some(key) = key else { return (self.world.step(seq, actor, step), false) };
        match self.keys.first(key) {
            Some((first, judged)) if first == step => (judged.clone(), true),
            Some(_) => (refuse("idempotency_key_reused"), false),
            None => {
                let judged = self.world.step(seq, actor, step);
                if remembered(&judged) {
                    self.keys.remember(key, step, &judged);
                }
                (judged, false)
            }
        }
    }

    /// Asks some acts beforehand what would come of them.
    fn preview(&mut self, act: &Act) -> Result<Option<Judged>, Box<Failure>> {
        let Some(command) = act.foretold().filter(|_| self.chooser.dice.chance(1, 10)) else { return Ok(None) };
        let id = self.request_id();
        let previewed = self.subject()?.preview(id, act.actor, command);
        Ok(Some(judgement(&self.sound(previewed)?)))
    }

    /// The figures of everybody and everything that the last step may have touched.
    fn look_at_touched(&mut self) -> Verdict {
        let accounts: Vec<Uin> = std::mem::take(&mut self.world.touched).into_iter().collect();
        let resources: Vec<ResourceName> = std::mem::take(&mut self.world.touched_resources).into_iter().collect();
        if self.plan.thorough {
            return self.look_at_book();
        }
        self.look(&accounts, &resources, false)
    }

    /// The whole book.
    fn look_at_book(&mut self) -> Verdict {
        let accounts: Vec<Uin> = self.world.accounts.keys().copied().collect();
        let resources: Vec<ResourceName> = self.world.resources.keys().cloned().collect();
        self.look(&accounts, &resources, true)
    }

    fn look(&mut self, accounts: &[Uin], resources: &[ResourceName], whole: bool) -> Verdict {
        let now = self.world.now;
        let found = self.subject()?.read(|book| {
            let mut seen = Seen::default();
            accounts.iter().for_each(|uin| seen.account(book, *uin, now));
            resources.iter().for_each(|name| seen.resource(book, name));
            if whole {
                seen.book(book);
                seen.clock(book);
            }
            seen
        });
        let mut found = self.sound(found)?;
        if let Some(tamper) = self.tamper.filter(|tamper| tamper.from_act <= self.act) {
            falsify(&mut found, tamper, &self.world);
        }
        let mut expected = self.world.expected(accounts, resources);
        if whole {
            self.world.expect_book(&mut expected);
            self.world.expect_clock(&mut expected);
        }
        self.unless(differences(&expected, &found))
    }

    /// The whole world: the book, its laws, the auditor's own sums, and history.
    fn look_at_everything(&mut self) -> Verdict {
        self.activity = Activity::Other("the whole world".to_owned());
        self.look_at_book()?;
        let laws = self.subject()?.laws();
        let laws = self.sound(laws)?;
        let broken = laws.into_iter().map(|law| Difference {
            what: "a law of the book".to_owned(),
            expected: "that it holds".to_owned(),
            found: law,
        });
        self.unless(broken.collect())?;
        self.unless(self.world.recount())?;
        self.summary.notices += self.world.due_notices.len() as u64;
        let at = (self.tamper, self.act);
        let Some(subject) = self.subject.take() else { return self.no_subject().map(|_: &Subject| ()) };
        let different = check_history(&mut self.world, &subject, &mut self.looked, at);
        self.subject = Some(subject);
        let different = self.sound(different)?;
        self.unless(different)?;
        let bills: Vec<_> = self.world.bill_lines.keys().copied().collect();
        match self.chooser.dice.pick(&bills).copied() {
            Some(bill) => self.look_at_bill(bill),
            None => Ok(()),
        }
    }

    fn look_at_bill(&mut self, bill: (Uin, credere_core::ledger::Month)) -> Verdict {
        let different = check_bill(&self.world, self.subject()?, bill, (self.tamper, self.act));
        let different = self.sound(different)?;
        self.unless(different)
    }

    fn request_id(&mut self) -> Uuid {
        Uuid::from_u64_pair(self.plan.seed, self.chooser.dice.bits())
    }

    fn subject(&self) -> Result<&Subject, Box<Failure>> {
        match &self.subject {
            Some(subject) => Ok(subject),
            None => self.no_subject(),
        }
    }

    fn no_subject<T>(&self) -> Result<T, Box<Failure>> {
        Err(self.failure(vec![Difference {
            what: "the application".to_owned(),
            expected: "that it runs".to_owned(),
            found: "it is down".to_owned(),
        }]))
    }

    fn sound<T>(&self, result: Result<T, Broken>) -> Result<T, Box<Failure>> {
        result.map_err(|broken| self.broken(&broken))
    }

    fn broken(&self, broken: &Broken) -> Box<Failure> {
        let (expected, found) = ("an answer".to_owned(), broken.to_string());
        self.failure(vec![Difference { what: "the application".to_owned(), expected, found }])
    }

    fn unless(&self, differences: Vec<Difference>) -> Verdict {
        if differences.is_empty() { Ok(()) } else { Err(self.failure(differences)) }
    }

    fn failure(&self, differences: Vec<Difference>) -> Box<Failure> {
        Box::new(Failure {
            seed: self.plan.seed,
            day: self.day,
            act: self.act,
            asked: self.activity.to_string(),
            at: stamp(self.world.now),
            differences,
            again: Plan { days: self.day.max(1), ..*self.plan }.again(),
        })
    }
}

fn submit(subject: &Subject, keys: &mut Keys, id: Uuid, act: &Act) -> Result<Vec<Outcome>, Broken> {
    match &act.asked {
        Asked::One(key, step) => {
            let key = key.map(|key| keys.key_use(key, step));
            Ok(vec![subject.one(id, act.actor, key, step)?])
        }
        Asked::Batch(steps) => {
            let operations = steps.iter().filter_map(|(key, step)| match step {
                Step::Command(command) => Some((keys.key_use(*key, step), command)),
                Step::Refund { .. } | Step::Resize { .. } | Step::Terminate { .. } | Step::ConfirmLines { .. } => None,
            });
            let operations: Vec<_> = operations.collect();
            subject.batch(id, act.actor, &operations)
        }
    }
}

fn stamp(at: Moment) -> String {
    let offset = jiff::tz::TimeZone::fixed(jiff::tz::Offset::constant(8));
    let at = jiff::Timestamp::from_microsecond(at.micros()).unwrap_or_default();
    at.to_zoned(offset).strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string()
}
