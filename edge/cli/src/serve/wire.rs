//! One connection between the socket and the HTTP parser. It watches what passes: a bare line feed in a head becomes a
//! byte that the parser refuses; whoever is idle, slow with a head, or does not take its answer is let go; and the
//! connection's seat learns what is going on, so that its place can be given to somebody else while nothing is.

use super::framing::{Followed, Framing, Owed};
use super::pace::{Alarm, Patience};
use super::places::{Phase, Seat};
use axum::body::{Body, Bytes};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::watch;
use tokio::time::Instant;

/// Bytes a second that a client must take of its answer over time.
const ANSWER_RATE_MIN: u32 = 8 * 1024;

/// Bytes of a body that are passed over when its request has been answered without it.
const REST_MAX: usize = 8 * 1024 * 1024;

/// What stands in the place of a bare line feed: a byte that no head may hold, and the end of one, so that the parser
/// answers 400 at once.
const REFUSED: &[u8] = b"\0\r\n\r\n";

/// How long clients are waited for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    /// Until TLS is set up.
    pub(super) handshake: Duration,
    /// Until the next request begins.
    pub(super) keep_alive: Duration,
    /// For a head, from its first byte to its last.
    pub(super) head: Duration,
    /// For a body, as a whole.
    pub(super) body: Duration,
    /// For any progress in a body.
    pub(super) silence: Duration,
    /// For any progress in taking an answer.
    pub(super) answer: Duration,
    /// For a head, for the rest of a body, and for any progress in taking an answer, when the server is stopping.
    pub(super) at_stop: Duration,
    /// For the rest of a body that nobody wants any more.
    pub(super) rest: Duration,
}

/// A watched connection.
pub(super) struct Wire<S> {
    stream: S,
    times: Times,
    stopping: watch::Receiver<bool>,
    seat: Arc<Seat>,
    framing: Framing,
    phase: Phase,
    since: Instant,
    /// Wakes the reading side when the client's time is up.
    alarm: Alarm,
    /// The client does not take what is written.
    blocked: bool,
    patience: Patience,
    /// Nothing more is written.
    closed: bool,
    /// Bytes of an unwanted body that are still passed over.
    rest: usize,
    /// What the parser still gets before the end, once the client has sent what has no meaning.
    last: Option<&'static [u8]>,
}

impl<S> Wire<S> {
    pub(super) fn new(stream: S, times: Times, stopping: watch::Receiver<bool>, seat: Arc<Seat>) -> Wire<S> {
        Wire {
            stream,
            times,
            stopping,
            seat,
            framing: Framing::default(),
            phase: Phase::New,
            since: Instant::now(),
            alarm: Alarm::default(),
            blocked: false,
            patience: Patience::new(times.answer, ANSWER_RATE_MIN),
            closed: false,
            rest: REST_MAX,
            last: None,
        }
    }

    /// Notes what is going on.
    ///
    /// # Errors
    /// When the place is gone.
    fn settle(&mut self) -> io::Result<()> {
        let phase = if self.blocked {
            Phase::Stalled
        } else if self.framing.complete > self.seat.answers() {
            Phase::Busy
        } else {
            match self.framing.owed() {
                Owed::Nothing if self.framing.complete == 0 => Phase::New,
                Owed::Nothing => Phase::Idle,
                Owed::Head => Phase::Head,
                Owed::Body => Phase::Body,
            }
        };
        if phase != self.phase {
            if !self.seat.enter(phase) {
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            self.phase = phase;
            self.since = Instant::now();
        }
        Ok(())
    }

    /// Ready when the client has taken too long to begin a request, or to send its head.
    fn overdue(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let within = match self.phase {
            Phase::New | Phase::Idle => self.times.keep_alive,
            Phase::Head => self.times.head,
            // A body's time is its reader's business, an answer's that of writing.
            Phase::Body | Phase::Stalled | Phase::Busy | Phase::Evicted => return Poll::Pending,
        };
        let within = if *self.stopping.borrow() { within.min(self.times.at_stop) } else { within };
        self.alarm.poll(self.since + within, cx)
    }

    /// Counts what came of writing or flushing.
    fn wrote<T>(&mut self, cx: &mut Context<'_>, polled: Poll<io::Result<T>>, bytes: usize) -> Poll<io::Result<T>> {
        self.blocked = polled.is_pending();
        if self.blocked {
            if *self.stopping.borrow() {
                self.patience.shorten(self.times.at_stop);
            }
            if self.patience.poll(cx).is_ready() {
                tracing::debug!("a client does not take its answer");
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
        } else {
            self.patience.moved(bytes);
        }
        self.settle()?;
        polled
    }
}

impl<S: AsyncRead + Unpin> Wire<S> {
    /// Passes over the rest of a body that nobody reads: a client that is still sending it when the connection closes
    /// would see it break, and not the answer.
    fn pass_over(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut bytes = [0; 8_192];
        while self.framing.owed() == Owed::Body && self.rest > 0 {
            let mut read = ReadBuf::new(&mut bytes);
            match Pin::new(&mut self.stream).poll_read(cx, &mut read) {
                Poll::Ready(Ok(())) if !read.filled().is_empty() => {
                    self.rest = self.rest.saturating_sub(read.filled().len());
                    self.framing.follow(read.filled());
                }
                Poll::Ready(_) => break,
                Poll::Pending => return self.alarm.poll(self.since + self.times.rest, cx),
            }
        }
        Poll::Ready(())
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let wire = &mut *self;
        wire.settle()?;
        if let Some(last) = &mut wire.last {
            let (now, later) = last.split_at(last.len().min(into.remaining()));
            into.put_slice(now);
            *last = later;
            return Poll::Ready(Ok(()));
        }
        let before = into.filled().len();
        match Pin::new(&mut wire.stream).poll_read(cx, into)? {
            Poll::Ready(()) => {}
            // Nothing more is read: to the parser it is as if the client had ended.
            Poll::Pending => return wire.overdue(cx).map(Ok),
        }
        match wire.framing.follow(&into.filled()[before..]) {
            Followed::Well => {}
            Followed::BareLineFeed(at) => {
                into.set_filled(before + at);
                wire.last = Some(REFUSED);
            }
            Followed::Lost(at) => {
                into.set_filled(before + at + 1);
                wire.last = Some(&[]);
            }
        }
        wire.settle().inspect_err(|_| into.set_filled(before))?;
        if into.filled().len() == before && wire.last.is_some() {
            return self.poll_read(cx, into);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        let written = if let Poll::Ready(Ok(written)) = &polled { *written } else { 0 };
        self.wrote(cx, polled, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, pieces);
        let written = if let Poll::Ready(Ok(written)) = &polled { *written } else { 0 };
        self.wrote(cx, polled, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let polled = Pin::new(&mut self.stream).poll_flush(cx);
        let polled = ready!(self.wrote(cx, polled, 0));
        // From here on the client's time runs, also when nothing is read any more before it sends something.
        if self.overdue(cx).is_ready() {
            cx.waker().wake_by_ref();
        }
        Poll::Ready(polled)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.closed {
            let polled = Pin::new(&mut self.stream).poll_shutdown(cx);
            ready!(self.wrote(cx, polled, 0))?;
            self.closed = true;
            self.since = Instant::now();
        }
        self.pass_over(cx).map(Ok)
    }
}

/// An answer's body that tells the seat when all of it has been handed over.
pub(super) struct Answer {
    body: Body,
    seat: Arc<Seat>,
}

impl Answer {
    pub(super) fn new(body: Body, seat: Arc<Seat>) -> Answer {
        Answer { body, seat }
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.seat.answered();
    }
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
