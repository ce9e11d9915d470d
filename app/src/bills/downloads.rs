//! A bill's lines one after the other, for writing them into a file. Nobody holds them all; whoever reads slowly slows
//! nobody but itself; and a file that is under way is read to its end, whoever else has long reads meanwhile.

use super::views::LineView;
use crate::app::App;
use crate::caller::Caller;
use crate::engine::{LongRead, Turn};
use crate::failure::Failure;
use credere_store::contract::{Bill, LineFilter, StoreError};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

/// Lines that wait for whoever reads a stream of them.
const STREAM_AHEAD: usize = 1_024;
/// Lines that there is to be room for before a stream that has come to a halt goes on.
const ROOM: usize = STREAM_AHEAD / 2;
/// How long a stream keeps its place while whoever reads it is behind and nobody else wants it: longer than a program
/// needs that does something with each line, and not as long as a network may take.
const READER_WITHIN: Duration = Duration::from_millis(20);
/// Lines after which a stream lets the others have a turn though its reader keeps up; they take about as long as another
/// long read.
const LINES_OF_TURN: usize = 65_536;

impl App {
    /// All lines of a bill, oldest first. Whoever asks bounds how many of these are read at once; they count among
    /// nobody's long reads, and take their turns with them.
    ///
    /// # Errors
    /// As [`App::bill`]; what fails later comes through the channel.
    pub async fn bill_stream(
        &self,
        caller: Caller,
        bill: Bill,
    ) -> Result<mpsc::Receiver<Result<LineView, Failure>>, Failure> {
        let (managing, _) = self.may_see_bill(caller, bill).await?;
        let read = self.engine.uncounted_read(caller.actor);
        // The barrier: everything answered before is in history.
        self.engine.until_history().await?;
        let (send, receive) = mpsc::channel(STREAM_AHEAD);
        let store = self.engine.store();
        let turn = Some(self.engine.first_turn(&read).await?);
        tokio::task::spawn_blocking(move || {
            let filter = LineFilter { managing, ..LineFilter::default() };
            let mut lines = Lines { send, read, turn, in_turn: 0, stopped: None };
            let walked = store.visit_lines(bill, &filter, &mut |line| lines.put(LineView::of_row(store.id(), line)?));
            let Lines { send, turn, stopped, .. } = lines;
            drop(turn);
            if let Some(failure) = stopped.or(walked.err().map(Failure::from)) {
                // Nobody is there to be told when the reader itself has gone.
                let _ = send.blocking_send(Err(failure));
            }
        });
        Ok(receive)
    }
}

/// A stream of lines on a thread of its own.
struct Lines {
    send: mpsc::Sender<Result<LineView, Failure>>,
    read: LongRead,
    turn: Option<Turn>,
    /// Lines since this turn began.
    in_turn: usize,
    stopped: Option<Failure>,
}

impl Lines {
    /// Hands a line to the reader.
    fn put(&mut self, line: LineView) -> Result<(), StoreError> {
        if self.in_turn == LINES_OF_TURN {
            self.turn = None;
            Handle::current().block_on(self.take_turn())?;
        }
        self.in_turn += 1;
        match self.send.try_send(Ok(line)) {
            Ok(()) => Ok(()),
            Err(mpsc::error::TrySendError::Full(line)) => {
                Handle::current().block_on(self.wait_for_room())?;
                self.send.try_send(line).map_err(|_| ends_early())
            }
            Err(mpsc::error::TrySendError::Closed(_)) => Err(ends_early()),
        }
    }

    /// Waits until the reader has taken enough: without the place when somebody else wants it, and otherwise with it for a
    /// moment.
    async fn wait_for_room(&mut self) -> Result<(), StoreError> {
        let room = || self.send.reserve_many(ROOM);
        if self.turn.as_ref().is_some_and(|turn| !turn.wanted())
            && let Ok(room) = tokio::time::timeout(READER_WITHIN, room()).await
        {
            return room.map(drop).map_err(|_| ends_early());
        }
        self.turn = None;
        room().await.map(drop).map_err(|_| ends_early())?;
        self.take_turn().await
    }

    async fn take_turn(&mut self) -> Result<(), StoreError> {
        match self.read.next_turn().await {
            Ok(turn) => {
                (self.turn, self.in_turn) = (Some(turn), 0);
                Ok(())
            }
            Err(failure) => {
                self.stopped = Some(failure);
                Err(ends_early())
            }
        }
    }
}

/// Ends a walk over lines whose reader has gone, or that got no further turn.
fn ends_early() -> StoreError {
    StoreError::io("the lines are no longer read")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::LongReads;
    use credere_core::access::Asker;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    /// What a future has now.
    fn now<F: Future>(future: std::pin::Pin<&mut F>) -> Option<F::Output> {
        match future.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(done) => Some(done),
            Poll::Pending => None,
        }
    }

    #[tokio::test]
    async fn a_file_that_waits_for_its_reader_leaves_its_place_to_whoever_wants_it() {
        let lane = LongReads::new(1, 8, Duration::from_secs(3_600));
        let key = Asker::Key(1);
        let (send, mut receive) = mpsc::channel(STREAM_AHEAD);
        for _ in 0..STREAM_AHEAD {
            assert!(send.try_send(Err(Failure::NotReady)).is_ok());
        }
        let read = lane.counted_elsewhere(key);
        let turn = Some(read.turn().await.unwrap());
        let mut lines = Lines { send, read, turn, in_turn: 9, stopped: None };
        let sum = lane.admit(key).unwrap();
        let mut summing = pin!(sum.turn());
        assert!(now(summing.as_mut()).is_none());
        {
            let mut going_on = pin!(lines.wait_for_room());
            assert!(now(going_on.as_mut()).is_none());
            // Its reader has taken nothing, and no time has passed.
            let turn = now(summing.as_mut()).unwrap().unwrap();
            for _ in 0..ROOM {
                assert!(receive.try_recv().is_ok());
            }
            assert!(now(going_on.as_mut()).is_none(), "there is room, and another has the place");
            drop(turn);
            assert!(now(going_on.as_mut()).is_some_and(|went_on| went_on.is_ok()));
        }
        assert!(lines.turn.is_some() && lines.in_turn == 0);
    }

    #[tokio::test]
    async fn a_file_keeps_its_place_for_a_moment_when_nobody_wants_it() {
        let lane = LongReads::new(1, 8, Duration::from_secs(3_600));
        let (send, mut receive) = mpsc::channel(STREAM_AHEAD);
        for _ in 0..STREAM_AHEAD {
            assert!(send.try_send(Err(Failure::NotReady)).is_ok());
        }
        let read = lane.counted_elsewhere(Asker::Key(1));
        let turn = Some(read.turn().await.unwrap());
        let mut lines = Lines { send, read, turn, in_turn: 9, stopped: None };
        for _ in 0..ROOM {
            assert!(receive.try_recv().is_ok());
        }
        assert!(now(pin!(lines.wait_for_room())).is_some_and(|went_on| went_on.is_ok()));
        assert!(lines.turn.is_some() && lines.in_turn == 9, "the turn goes on");
    }
}
