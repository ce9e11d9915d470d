//! Bodies of requests, for all faces at once: what arrives is counted as it arrives, against room of which one caller
//! gets at most half, and it must arrive within a time as a whole and at a least rate. A body that does not is an error to
//! whoever reads it: [`io::ErrorKind::TimedOut`] or [`io::ErrorKind::ResourceBusy`], which each face puts into its own words.
//!
//! Nobody is known here. The platform API reads a body only once its key is proven, so the header stands for the key;
//! the Cloud API must read a body to prove who signed it, so all its callers together count as one.

use super::pace::{Alarm, Patience};
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use credere_app::shares::{Share, Shares};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use parking_lot::Mutex;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
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
/// A body must be there within this, whatever its size.
const BODY_WITHIN: Duration = Duration::from_secs(30);
/// How long nothing of a body may come.
const BODY_SILENCE_MAX: Duration = Duration::from_secs(10);
/// Bytes a second that must come of a body over time.
const BODY_RATE_MIN: u32 = 1024;

/// The room for bodies, and how long bodies are waited for.
#[derive(Debug)]
pub(super) struct Bodies {
    room: Shares<Sender>,
    within: Duration,
    silence: Duration,
    keys: RandomState,
}

/// Whose half of the room a body counts against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Sender {
    /// Everybody at the Cloud API, since nobody is known before the body is.
    Cloud,
    /// Whoever authorises itself by the header with this hash.
    Key(u64),
}

impl Bodies {
    pub(super) fn new() -> Bodies {
        Bodies::with(BODIES_MAX, BODY_WITHIN, BODY_SILENCE_MAX)
    }

    fn with(bytes: usize, within: Duration, silence: Duration) -> Bodies {
        Bodies { room: Shares::new(bytes / BLOCK), within, silence, keys: RandomState::new() }
    }

    fn sender(&self, request: &Request) -> Sender {
        if request.uri().path() == "/" {
            Sender::Cloud
        } else {
            Sender::Key(self.keys.hash_one(request.headers().get(header::AUTHORIZATION)))
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
            alarm: Alarm::default(),
            patience: Patience::new(bodies.silence, BODY_RATE_MIN),
            bodies,
        })
    });
    let response = next.run(request).await;
    drop(taken);
    response
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
                Poll::Ready(Some(this.count(bytes).map(|()| frame).map_err(Into::into)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error.into()))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending => {
                let ends = *this.ends.get_or_insert_with(|| Instant::now() + this.bodies.within);
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
    use super::*;
    use axum::Router;
    use axum::http::StatusCode;
    use axum::middleware::from_fn_with_state;
    use axum::routing::post;
    use futures_util::stream;
    use std::error::Error;
    use tower::ServiceExt;

    /// What passes without being counted.
    const SMALL: usize = UNCOUNTED - PIECE_COST;
    const HOUR: Duration = Duration::from_secs(3_600);

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
        let router = reader(Bodies::with(4 * BLOCK, HOUR, HOUR));
        let mut held = Vec::new();
        for (path, key) in [("/v1/usage", "a"), ("/", "signed one way")] {
            for _ in 0..2 {
                let (body, begun) = unfinished(BLOCK);
                let (router, path, key) = (router.clone(), path.to_owned(), key.to_owned());
                held.push(tokio::spawn(async move { ask(&router, &path, &key, body).await }));
                begun.await.unwrap();
            }
            // Its half is used up, whoever else it says it is at the Cloud API.
            let large = || Body::from(vec![b' '; BLOCK]);
            assert_eq!(ask(&router, path, "a", large()).await, "Some(ResourceBusy)");
            assert_eq!(ask(&router, path, "a", Body::from(vec![b' '; SMALL])).await, SMALL.to_string());
        }
        assert_eq!(ask(&router, "/v1/usage", "b", Body::from(vec![b' '; BLOCK])).await, "Some(ResourceBusy)");
        for ask in held {
            ask.abort();
            assert!(ask.await.unwrap_err().is_cancelled());
        }
        assert_eq!(ask(&router, "/v1/usage", "b", Body::from(vec![b' '; BLOCK])).await, BLOCK.to_string());
    }

    #[tokio::test]
    async fn what_is_announced_is_not_counted() {
        let router = reader(Bodies::with(2 * BLOCK, HOUR, HOUR));
        let mut held = Vec::new();
        for _ in 0..33 {
            let (body, begun) = unfinished(SMALL);
            let router = router.clone();
            held.push(tokio::spawn(async move { ask(&router, "/v1/usage", "a", body).await }));
            begun.await.unwrap();
        }
        assert_eq!(ask(&router, "/v1/usage", "a", Body::from(vec![b' '; BLOCK])).await, BLOCK.to_string());
        held.iter().for_each(tokio::task::JoinHandle::abort);
    }

    #[tokio::test]
    async fn many_pieces_are_counted_as_what_they_take() {
        let router = reader(Bodies::with(2 * BLOCK, HOUR, HOUR));
        let pieces = |count: usize| stream::iter((0..count).map(|_| Ok::<_, io::Error>(Bytes::from_static(b" "))));
        assert_eq!(ask(&router, "/", "a", Body::from_stream(pieces(1_000))).await, "1000");
        assert_eq!(ask(&router, "/", "a", Body::from_stream(pieces(2_000))).await, "Some(ResourceBusy)");
    }

    #[tokio::test]
    async fn a_body_that_stays_away_is_an_error() {
        for (within, silence) in [(Duration::from_millis(2), HOUR), (HOUR, Duration::from_millis(2))] {
            let router = reader(Bodies::with(4 * BLOCK, within, silence));
            assert_eq!(ask(&router, "/", "a", unfinished(1).0).await, "Some(TimedOut)");
        }
    }
}
