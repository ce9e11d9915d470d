//! Moving the test clock, and everything that falls due on the way; and accepting the machine's clock after a jump.

use crate::app::App;
use crate::caller::Caller;
use crate::clock::Jump;
use crate::command::{Done, afterwards, unexpected};
use crate::failure::Failure;
use credere_core::access::Action;
use credere_core::book::{Command, Event, KeyUse, Rejection, deployment};
use credere_core::ledger::Moment;

impl App {
    /// Business time.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn now(&self) -> Result<Moment, Failure> {
        let clock = self.engine.clock();
        self.read(|book| clock.now(book.now())).await
    }

    /// The time of day; see [`crate::clock::BusinessClock::time_of_day`].
    pub fn time_of_day(&self) -> Moment {
        self.engine.clock().time_of_day()
    }

    /// Says that what the machine's clock shows after a jump is the time: business time goes on from there, or where it is
    /// later already, from where it is.
    ///
    /// # Errors
    /// [`Failure`]; refused with [`Rejection::Deployment(deployment::Reason::ClockIsRight)`] when the clock has not jumped.
    pub async fn accept_clock(&self, caller: Caller, key: Option<KeyUse>) -> Result<Done, Failure> {
        let what = (Action::AcceptClock, None);
        self.engine.peek(|book| book.permit(caller.actor, what.0, what.1)).map_err(Failure::refused)?;
        let Some(Jump { expected, found }) = self.engine.clock().jump() else {
            // It may be the repetition of the request that put an end to the jump.
            if let Some(done) = self.answered(caller, key).await? {
                return Ok(done);
            }
            return Err(self.refuse(caller, key, what, Rejection::Deployment(deployment::Reason::ClockIsRight)).await);
        };
        self.command(caller, key, Command::from(deployment::AcceptClock { expected, found })).await
    }

    /// Whether the clock is a test clock.
    pub fn has_test_clock(&self) -> bool {
        self.engine.clock().is_test()
    }

    /// What moving the test clock came to before, under the same key; `None` when it is the first time. For whoever must
    /// look at the clock to know where it is to go.
    ///
    /// # Errors
    /// As [`App::advance_clock`].
    pub async fn clock_advanced(&self, caller: Caller, key: Option<KeyUse>) -> Result<Option<Done>, Failure> {
        self.engine.peek(|book| book.permit(caller.actor, Action::AdvanceClock, None)).map_err(Failure::refused)?;
        self.answered(caller, key).await
    }

    /// Moves the test clock and answers when everything due up to then has been done; the event says to when. Without a
    /// test clock the answer is [`Failure::Internal`]; the faces do not offer it then.
    ///
    /// # Errors
    /// [`Failure`]; refused when it would go back.
    pub async fn advance_clock(&self, caller: Caller, key: Option<KeyUse>, to: Moment) -> Result<Done, Failure> {
        if !self.has_test_clock() {
            return Err(Failure::Internal("a clock that is no test clock was to be moved"));
        }
        // Nothing happens on the way of a request whose key has an answer already. One that would go back has no way, and
        // is refused by the command itself.
        if let Some(done) = self.clock_advanced(caller, key).await? {
            return Ok(done);
        }
        self.do_duties_until(to).await.map_err(afterwards)?;
        let done = self.command(caller, key, Command::from(deployment::AdvanceClock { to })).await?;
        self.do_duties().await.map_err(afterwards)?;
        Ok(done)
    }
}

impl Done {
    /// Where the test clock was moved.
    ///
    /// # Errors
    /// [`Failure::Internal`] when it was not.
    pub fn advanced_to(&self) -> Result<Moment, Failure> {
        match &*self.event {
            Event::Deployment(deployment::Event::ClockAdvanced(fact)) => Ok(fact.to),
            _ => Err(unexpected()),
        }
    }
}
