//! A bill's lines one after the other, for writing them into a file. Nobody holds them all; whoever reads slowly slows
//! nobody but itself; and a file that is under way is read to its end, whoever else has long reads meanwhile.

use crate::commands::Caller;
use crate::engine::{LongRead, Turn};
use crate::failure::Failure;
use crate::start::App;
use credere_store::contract::{Bill, LineFilter, LineRow, StoreError};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

/// Lines that wait for whoever reads a stream of them.
const STREAM_AHEAD: usize = 1_024;
/// Lines that there is to be room for before a stream that has come to a halt goes on.
const ROOM: usize = STREAM_AHEAD / 2;
/// How long a stream keeps its place while whoever reads it is behind: longer than a program needs that does something
/// with each line, and not as long as a network may take.
const READER_WITHIN: Duration = Duration::from_millis(20);
/// Lines after which a stream lets the others have a turn; they take about as long as another long read.
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
    ) -> Result<mpsc::Receiver<Result<LineRow, Failure>>, Failure> {
        let (managing, _) = self.may_see_bill(caller, bill.account, bill.month).await?;
        let read = self.engine.uncounted_read(caller.actor);
        // The barrier: everything answered before is in history.
        self.engine.until_history().await?;
        let (send, receive) = mpsc::channel(STREAM_AHEAD);
        let store = self.store.clone();
        let turn = Some(self.engine.first_turn(&read).await?);
        tokio::task::spawn_blocking(move || {
            let filter = LineFilter { managing, ..LineFilter::default() };
            let mut lines = Lines { send, read, turn, in_turn: 0, stopped: None };
            let walked = store.visit_lines(bill, &filter, &mut |line| lines.put(line));
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
    send: mpsc::Sender<Result<LineRow, Failure>>,
    read: LongRead,
    turn: Option<Turn>,
    /// Lines since this turn began.
    in_turn: usize,
    stopped: Option<Failure>,
}

impl Lines {
    /// Hands a line to the reader.
    fn put(&mut self, line: LineRow) -> Result<(), StoreError> {
        if self.in_turn == LINES_OF_TURN {
            self.turn = None;
            self.take_turn()?;
        }
        self.in_turn += 1;
        match self.send.try_send(Ok(line)) {
            Ok(()) => Ok(()),
            Err(mpsc::error::TrySendError::Full(line)) => {
                self.wait_for_room()?;
                self.send.try_send(line).map_err(|_| ends_early())
            }
            Err(mpsc::error::TrySendError::Closed(_)) => Err(ends_early()),
        }
    }

    /// Waits until the reader has taken enough: with the place for a moment, and then without it.
    fn wait_for_room(&mut self) -> Result<(), StoreError> {
        let runtime = Handle::current();
        let room = || self.send.reserve_many(ROOM);
        match runtime.block_on(async { tokio::time::timeout(READER_WITHIN, room()).await }) {
            Ok(room) => return room.map(drop).map_err(|_| ends_early()),
            Err(_) => self.turn = None,
        }
        runtime.block_on(room()).map(drop).map_err(|_| ends_early())?;
        self.take_turn()
    }

    fn take_turn(&mut self) -> Result<(), StoreError> {
        match Handle::current().block_on(self.read.next_turn()) {
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
    StoreError::Io("the lines are no longer read".to_owned())
}
