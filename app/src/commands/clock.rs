//! Moving the test clock, and everything that falls due on the way.

use super::{Caller, Done};
use crate::clock::Clock;
use crate::engine::{Request, Work};
use crate::failure::Failure;
use crate::start::App;
use credere_core::access::Action;
use credere_core::book::{Command, KeyUse};
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

    /// Whether the clock is a test clock.
    pub fn has_test_clock(&self) -> bool {
        self.engine.clock() == Clock::Test
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
        let known = match key {
            Some(key) => self.engine.submit(Request { info: caller.info(), work: Work::Known(key) }).await?,
            None => Vec::new(),
        };
        if known.is_empty() {
            self.do_duties_until(to).await?;
        }
        let done = self.command(caller, key, Command::AdvanceClock { to }).await?;
        self.do_duties().await?;
        Ok(done)
    }
}
