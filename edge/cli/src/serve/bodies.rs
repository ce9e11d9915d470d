//! Bodies of requests, for all faces at once: what arrives is counted as it arrives, against room of which one caller
//! gets at most half, and it must arrive within a time as a whole and at a least rate. A body that does not is an error to
//! whoever reads it: [`io::ErrorKind::TimedOut`] or [`io::ErrorKind::ResourceBusy`], which each face puts into its own words.
//!
//! Nobody is known here. The platform API reads a body only once its key is proven, so the key that a request shows stands
//! for its caller, read by the same function as for the proof; the Cloud API must read a body to prove who signed it, so
//! all its callers together count as one.

use super::pace::{Alarm, Patience};
use super::wire::Times;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use credere_app::random;
use credere_app::shares::{Share, Shares};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use parking_lot::Mutex;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::sync::watch;
use tokio::time::Instant;

/// Bytes of all bodies that are held at once, beyond what each may have anyway.
const BODIES_MAX: usize = 256 * 1024 * 1024;
/// Bytes of each body that are not counted, so that small requests pass whatever large ones do: with every connection's,
/// 64 MiB.
const UNCOUNTED: usize = 16 * 1024;
/// What a piece of a body is counted with besides its bytes: a body of pieces of a byte each would otherwise take far more
/// memory than it is counted with.
const PIECE_COST: usize = 64;
/// The unit in which bytes are counted.
const BLOCK: usize = 64 * 1024;
/// Bytes a second that must come of a body over time.
const BODY_RATE_MIN: u32 = 1024;

/// The room for bodies, and how long bodies are waited for.
#[derive(Debug)]
pub(super) struct Bodies {
    room: Shares<Sender>,
    times: Times,
    stopping: watch::Receiver<bool>,
    keys: RandomState,
}

/// Whose half of the room a body counts against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Sender {
    /// Everybody at the Cloud API, since nobody is known before the body is.
    Cloud,
    /// Whoever shows the platform key with this hash.
    Key(u64),
}

impl Bodies {
    pub(super) fn new(times: Times, stopping: watch::Receiver<bool>) -> Bodies {
        Bodies::with(BODIES_MAX, times, stopping)
    }

    fn with(bytes: usize, times: Times, stopping: watch::Receiver<bool>) -> Bodies {
        Bodies { room: Shares::new(bytes / BLOCK), times, stopping, keys: random::hasher() }
    }

    fn sender(&self, request: &Request) -> Sender {
        if request.uri().path() == "/" {
            Sender::Cloud
        } else {
            Sender::Key(self.keys.hash_one(credere_platform::bearer(request.headers())))
        }
    }
}

/// The layer: puts the counting body in the place of the one that came, and keeps what was taken for it until there is
/// an answer.
pub(super) async fn counted(State(bodies): State<Arc<Bodies>>, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let sender = bodies.sender(&request);
    let taken = Arc::new(Mutex::new(None));
    let request = request.map(|body| {
        Body::new(Counted {
            body,
            sender,
            seen: 0,
            taken: taken.clone(),
            ends: None,
            stop: None,
            alarm: Alarm::default(),
            patience: Patience::new(bodies.times.silence, BODY_RATE_MIN),
            bodies,
        })
    });
    let response = next.run(request).await;
    drop(taken);
    response
}

/// A stop of the server, as a body that is waited for sees it.
enum Stop {
    /// Wakes the reader when it begins.
    Awaited(Pin<Box<dyn Future<Output = ()> + Send>>),
    /// It has begun, and what is missing must be there by then.
    Begun(Instant),
}

/// A body that is counted and timed while it is read.
struct Counted {
    body: Body,
    bodies: Arc<Bodies>,
    sender: Sender,
    seen: usize,
    taken: Arc<Mutex<Option<(Share, usize)>>>,
    /// When all of it must be there; set when it is first waited for.
    ends: Option<Instant>,
    stop: Option<Stop>,
    alarm: Alarm,
    patience: Patience,
}

impl Counted {
    /// Takes as much room as a piece of so many bytes needs beyond what was taken before.
    fn count(&mut self, bytes: usize) -> io::Result<()> {
        self.seen = self.seen.saturating_add(bytes).saturating_add(PIECE_COST);
        let needed = self.seen.saturating_sub(UNCOUNTED).div_ceil(BLOCK);
        let mut taken = self.taken.lock();
        let held = taken.as_ref().map_or(0, |(_, blocks)| *blocks);
        let Some(more) = needed.checked_sub(held).filter(|more| *more > 0) else { return Ok(()) };
        let busy = || io::Error::new(io::ErrorKind::ResourceBusy, "too many bytes of bodies are in flight");
        let blocks = u32::try_from(more).map_err(|_| busy())?;
        let share = self.bodies.room.try_take(self.sender, blocks).ok_or_else(busy)?;
        match &mut *taken {
            Some((all, blocks)) => {
                all.join(share);
                *blocks = needed;
            }
            none => *none = Some((share, needed)),
        }
        Ok(())
    }

    /// When all of the body must be there. The task is woken when a stop makes that earlier.
    fn ends(&mut self, cx: &mut Context<'_>) -> Instant {
        let Bodies { times, stopping, .. } = &*self.bodies;
        let ends = *self.ends.get_or_insert_with(|| Instant::now() + times.body);
        let stop = self.stop.get_or_insert_with(|| {
            let mut stopping = stopping.clone();
            Stop::Awaited(Box::pin(async move {
                if stopping.wait_for(|stopping| *stopping).await.is_err() {
                    // Nobody is left who could stop the server.
                    std::future::pending().await
                }
            }))
        });
        if let Stop::Awaited(begin) = stop
            && begin.as_mut().poll(cx).is_ready()
        {
            *stop = Stop::Begun(Instant::now() + times.at_stop);
        }
        match stop {
            Stop::Awaited(_) => ends,
            Stop::Begun(last) => ends.min(*last),
        }
    }
}

impl HttpBody for Counted {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::BoxError>>> {
        let this = &mut *self;
        match Pin::new(&mut this.body).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                this.patience.moved(bytes);
                // A piece is a slice of what was read ahead, and whoever keeps it keeps all of that, however small it is.
                // A copy is what it is counted as.
                let copied = |()| frame.map_data(|piece| Bytes::copy_from_slice(&piece));
                Poll::Ready(Some(this.count(bytes).map(copied).map_err(Into::into)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error.into()))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => {
                let ends = this.ends(cx);
                let late = this.alarm.poll(ends, cx).is_ready() || this.patience.poll(cx).is_ready();
                if late {
                    let error = io::Error::new(io::ErrorKind::TimedOut, "the body came too slowly");
                    return Poll::Ready(Some(Err(error.into())));
                }
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::super::attacks::PATIENT;
    use super::*;
    use axum::Router;
    use axum::http::StatusCode;
    use axum::middleware::from_fn_with_state;
    use axum::routing::post;
    use futures_util::stream;
    use std::error::Error;
    use std::time::Duration;
    use tower::ServiceExt;

    /// What passes without being counted.
    const SMALL: usize = UNCOUNTED - PIECE_COST;
    const SOON: Duration = Duration::from_millis(2);

    /// So much room, and times that never come.
    fn room(bytes: usize) -> Bodies {
        Bodies::with(bytes, PATIENT, watch::channel(false).1)
    }

    /// Reads bodies to their end and says what came of it.
    fn reader(bodies: Bodies) -> Router {
        let read = async |body: Body| match axum::body::to_bytes(body, usize::MAX).await {
            Ok(bytes) => (StatusCode::OK, bytes.len().to_string()),
            Err(error) => {
                let kind =
                    std::iter::successors(Some(&error as &(dyn Error + 'static)), |error: &&(dyn Error + 'static)| {
                        (*error).source()
                    })
                    .find_map(|error| error.downcast_ref::<io::Error>().map(io::Error::kind));
                (StatusCode::BAD_REQUEST, format!("{kind:?}"))
            }
        };
        Router::new()
            .route("/", post(read))
            .route("/v1/usage", post(read))
            .layer(from_fn_with_state(Arc::new(bodies), counted))
    }

    async fn ask(router: &Router, path: &str, key: &str, body: Body) -> String {
        let request = Request::builder().method("POST").uri(path).header("authorization", key).body(body).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        let text = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        String::from_utf8(text.to_vec()).unwrap()
    }

    /// A body that begins with so many bytes and then goes on for ever without any.
    fn unfinished(bytes: usize) -> (Body, tokio::sync::oneshot::Receiver<()>) {
        let (read, begun) = tokio::sync::oneshot::channel();
        let rest = async move {
            let _ = read.send(());
            std::future::pending().await
        };
        let parts = stream::once(async move { Ok::<_, io::Error>(Bytes::from(vec![b' '; bytes])) });
        (Body::from_stream(futures_util::StreamExt::chain(parts, stream::once(rest))), begun)
    }

    #[tokio::test]
    async fn a_caller_holds_at_most_half_and_small_bodies_pass() {
        let router = reader(room(4 * BLOCK));
        let mut held = Vec::new();
        for (path, key) in [("/v1/usage", "Bearer a"), ("/", "signed one way")] {
            for _ in 0..2 {
                let (body, begun) = unfinished(BLOCK);
                let (router, path, key) = (router.clone(), path.to_owned(), key.to_owned());
                held.push(tokio::spawn(async move { ask(&router, &path, &key, body).await }));
                begun.await.unwrap();
            }
            // Its half is used up, whoever else it says it is at the Cloud API.
            let large = || Body::from(vec![b' '; BLOCK]);
            assert_eq!(ask(&router, path, "Bearer a", large()).await, "Some(ResourceBusy)");
            assert_eq!(ask(&router, path, "Bearer a", Body::from(vec![b' '; SMALL])).await, SMALL.to_string());
        }
        assert_eq!(ask(&router, "/v1/usage", "Bearer b", Body::from(vec![b' '; BLOCK])).await, "Some(ResourceBusy)");
        for ask in held {
            ask.abort();
            assert!(ask.await.unwrap_err().is_cancelled());
        }
        assert_eq!(ask(&router, "/v1/usage", "Bearer b", Body::from(vec![b' '; BLOCK])).await, BLOCK.to_string());
    }

    /// A body that says how long it is, as one does whose request has a `Content-Length`.
    struct Announced(Body, u64);

    impl HttpBody for Announced {
        type Data = Bytes;
        type Error = axum::Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            cx: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
            Pin::new(&mut self.0).poll_frame(cx)
        }

        fn size_hint(&self) -> SizeHint {
            SizeHint::with_exact(self.1)
        }
    }

    #[tokio::test]
    async fn what_is_announced_is_not_counted() {
        const LENGTH: u64 = 8 * 1024 * 1024;
        let router = reader(room(2 * BLOCK));
        let mut held = Vec::new();
        for _ in 0..33 {
            let (body, begun) = unfinished(SMALL);
            let request =
                Request::post("/v1/usage").header("authorization", "Bearer a").header("content-length", LENGTH);
            let request = request.body(Body::new(Announced(body, LENGTH))).unwrap();
            held.push(tokio::spawn(router.clone().oneshot(request)));
            begun.await.unwrap();
        }
        let large = Body::from(vec![b' '; BLOCK]);
        assert_eq!(ask(&router, "/v1/usage", "Bearer a", large).await, BLOCK.to_string());
        held.iter().for_each(tokio::task::JoinHandle::abort);
    }

    #[tokio::test]
    async fn many_pieces_are_counted_as_what_they_take() {
        let router = reader(room(2 * BLOCK));
        let pieces = |count: usize| stream::iter((0..count).map(|_| Ok::<_, io::Error>(Bytes::from_static(b" "))));
        assert_eq!(ask(&router, "/", "a", Body::from_stream(pieces(1_000))).await, "1000");
        assert_eq!(ask(&router, "/", "a", Body::from_stream(pieces(2_000))).await, "Some(ResourceBusy)");
    }

    #[tokio::test]
    async fn a_body_that_stays_away_is_an_error() {
        for times in [Times { body: SOON, ..PATIENT }, Times { silence: SOON, ..PATIENT }] {
            let router = reader(Bodies::with(4 * BLOCK, times, watch::channel(false).1));
            assert_eq!(ask(&router, "/", "a", unfinished(1).0).await, "Some(TimedOut)");
        }
    }

    #[tokio::test]
    async fn at_a_stop_the_rest_of_a_body_has_a_time_of_its_own() {
        let (stop, stopping) = watch::channel(false);
        let router = reader(Bodies::with(4 * BLOCK, Times { at_stop: SOON, ..PATIENT }, stopping));
        let (body, begun) = unfinished(1);
        let (told, ()) = tokio::join!(ask(&router, "/", "a", body), async {
            begun.await.unwrap();
            stop.send_replace(true);
        });
        assert_eq!(told, "Some(TimedOut)");
        // One that comes is read all the same.
        assert_eq!(ask(&router, "/", "a", Body::from("x")).await, "1");
    }

    #[tokio::test]
    async fn a_key_is_one_caller_however_its_header_is_written() {
        let router = reader(room(4 * BLOCK));
        let (body, begun) = unfinished(2 * BLOCK);
        let held = tokio::spawn({
            let router = router.clone();
            async move { ask(&router, "/v1/usage", "Bearer a", body).await }
        });
        begun.await.unwrap();
        let large = || Body::from(vec![b' '; BLOCK]);
        for same in ["bearer a", "BEARER a", "Bearer   a", "bEARER \ta  "] {
            assert_eq!(ask(&router, "/v1/usage", same, large()).await, "Some(ResourceBusy)", "{same:?}");
        }
        assert_eq!(ask(&router, "/v1/usage", "Bearer b", large()).await, BLOCK.to_string());
        held.abort();
    }
}
