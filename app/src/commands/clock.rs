//! Moving the test clock, and everything that falls due on the way; and accepting the machine's clock after a jump.

use super::{Caller, Done};
use crate::clock::Jump;
use crate::failure::Failure;
use crate::start::App;
use credere_core::access::Action;
use credere_core::book::{Command, KeyUse, Rejection};
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
    /// [`Failure`]; refused with [`Rejection::ClockIsRight`] when the clock has not jumped.
    pub async fn accept_clock(&self, caller: Caller, key: Option<KeyUse>) -> Result<Done, Failure> {
        let what = (Action::AcceptClock, None);
        self.engine.peek(|book| book.permit(caller.actor, what.0, what.1)).map_err(Failure::refused)?;
        let Some(Jump { expected, found }) = self.engine.clock().jump() else {
            // It may be the repetition of the request that put an end to the jump.
            if let Some(done) = self.answered(caller, key).await? {
                return Ok(done);
            }
            return Err(self.refuse(caller, key, what, Rejection::ClockIsRight).await);
        };
        self.command(caller, key, Command::AcceptClock { expected, found }).await
    }

    /// Whether the clock is a test clock.
    pub fn has_test_clock(&self) -> bool {
        self.engine.clock().is_test()
    }

    /// Moves the test clock and answers when everything due up to then has been done; the event says to when. Without a
    /// test clock the answer is [`Failure::NotReady`]; the faces do not offer it then.
    ///
    /// # Errors
    /// [`Failure`]; refused when it would go back.
    pub async fn advance_clock(&self, caller: Caller, key: Option<KeyUse>, to: Moment) -> Result<Done, Failure> {
        if !self.has_test_clock() {
            return Err(Failure::NotReady);
        }
        self.engine.peek(|book| book.permit(caller.actor, Action::AdvanceClock, None)).map_err(Failure::refused)?;
        // Nothing happens on the way of a request whose key has an answer already. One that would go back has no way, and
        // is refused by the command itself.
        if let Some(done) = self.answered(caller, key).await? {
            return Ok(done);
        }
        self.do_duties_until(to).await?;
        let done = self.command(caller, key, Command::AdvanceClock { to }).await?;
        self.do_duties().await?;
        Ok(done)
    }
}
