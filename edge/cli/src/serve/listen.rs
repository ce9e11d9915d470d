//! The port: accepts connections as long as there are places, with or without TLS, serves HTTP/1.1 on them, and at the
//! end stops accepting and finishes what is in flight. Whoever is slow is let go, so that nobody holds up others.

use super::places::{Place, Places};
use super::tls::{HANDSHAKE_WITHIN, Tls};
use super::wire::{Answer, Times, Wire};
use axum::Router;
use axum::body::Body;
use credere_cloud::request::HEAD_MAX;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tower::ServiceExt;

/// A head must be there within this, from its first byte on.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// Lines of a head; more than the SDKs and a few proxies send.
const HEADERS_MAX: usize = 64;
/// Bytes that are read ahead on one connection. More than a head.
const READ_AHEAD_MAX: usize = 64 * 1024;
/// A body must be there within this, whatever its size.
const BODY_WITHIN: Duration = Duration::from_secs(30);
/// How long nothing of a body may come.
const BODY_SILENCE_MAX: Duration = Duration::from_secs(10);
/// How long a client may take nothing of its answer.
const ANSWER_STALL_MAX: Duration = Duration::from_secs(30);
/// The same once the server is stopping, and how long a head or the rest of a body may take then.
const STALL_MAX_AT_STOP: Duration = Duration::from_secs(3);
/// How long the rest of a body is passed over whose request has been answered without it.
const REST_WITHIN: Duration = Duration::from_secs(2);
/// What is in flight at the end has this long.
const FINISH_WITHIN: Duration = Duration::from_secs(30);
/// Bytes of an answer that the system holds for a client. With more, a slow but honest client would be seen to take
/// something only now and then.
const SEND_BUFFER: usize = 256 * 1024;

/// Connections that the system keeps until they are accepted, which is at once.
const BACKLOG: i32 = 1_024;

/// What a connection is told for which there is no place.
const NO_PLACE: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// How long clients are waited for, where an idle connection is kept for `keep_alive`.
pub(super) fn times(keep_alive: Duration) -> Times {
    Times {
        handshake: HANDSHAKE_WITHIN,
        keep_alive,
        head: HEAD_WITHIN,
        body: BODY_WITHIN,
        silence: BODY_SILENCE_MAX,
        answer: ANSWER_STALL_MAX,
        at_stop: STALL_MAX_AT_STOP,
        rest: REST_WITHIN,
    }
}

/// Prepares a socket that listens; what it accepts inherits the size of its buffer.
///
/// # Errors
/// When the system refuses.
pub(super) fn prepare(socket: &std::net::TcpListener) -> std::io::Result<()> {
    socket.set_nonblocking(true)?;
    let socket = socket2::SockRef::from(socket);
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.listen(BACKLOG)
}

/// Serves until `stop`; whoever watches `stopping` learns of it.
pub(super) async fn serve(
    listener: TcpListener,
    tls: Option<Tls>,
    router: Router,
    places: Arc<Places>,
    times: Times,
    stopping: watch::Sender<bool>,
    stop: impl Future<Output = ()>,
) {
    // Everybody that runs holds a sender; when all have ended there is nothing to receive.
    let (runs, mut all_ended) = mpsc::channel::<()>(1);
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                // Out of file descriptors, most likely: let some connections end first.
                tracing::warn!(%error, "a connection cannot be accepted");
                places.make_room();
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let Some(place) = places.take() else {
            if tls.is_none() {
                // Whether it arrives is not waited for.
                let _ = stream.try_write(NO_PLACE);
            }
            continue;
        };
        // Small answers must not wait for more to come.
        let _ = stream.set_nodelay(true);
        let (tls, router, stopped, runs) = (tls.clone(), router.clone(), stopping.subscribe(), runs.clone());
        tokio::spawn(async move {
            tokio::select! {
                () = place.evicted() => {}
                () = accepted_on(stream, tls, router, times, stopped, &place) => {}
            }
            drop(runs);
        });
    }
    drop((listener, runs));
    tracing::info!("stopping: finishing what is in flight");
    stopping.send_replace(true);
    if tokio::time::timeout(FINISH_WITHIN, all_ended.recv()).await.is_err() {
        tracing::warn!("some connections did not finish in time");
    }
}

/// Serves one connection, once TLS is set up where the port speaks it.
pub(super) async fn accepted_on<S>(
    stream: S,
    tls: Option<Tls>,
    router: Router,
    times: Times,
    mut stopped: watch::Receiver<bool>,
    place: &Place,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let Some(tls) = tls else { return connection(stream, router, times, stopped, place).await };
    let handshake = tls.acceptor().accept(stream);
    let done = tokio::select! {
        done = tokio::time::timeout(times.handshake, handshake) => done,
        // Nothing has been asked for yet that a stop would have to finish.
        _ = stopped.wait_for(|stopping| *stopping) => return,
    };
    if let Ok(Ok(stream)) = done {
        connection(stream, router, times, stopped, place).await;
    }
}

/// Serves one connection to its end.
async fn connection<S>(stream: S, router: Router, times: Times, mut stopped: watch::Receiver<bool>, place: &Place)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let wire = Wire::new(stream, times, stopped.clone(), place.seat.clone());
    let service = service_fn(|request: Request<Incoming>| {
        let (answering, seat) = (router.clone().oneshot(request.map(Body::new)), place.seat.clone());
        async move { answering.await.map(|response| response.map(|body| Answer::new(body, seat))) }
    });
    let connection = http1::Builder::new()
        // The wire keeps the time.
        .header_read_timeout(None)
        .max_header_size(HEAD_MAX)
        .max_headers(HEADERS_MAX)
        .max_buf_size(READ_AHEAD_MAX)
        .serve_connection(TokioIo::new(wire), service);
    let mut connection = pin!(connection);
    // A client that breaks off is no event, nor is one that was let go.
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stopped.wait_for(|stopping| *stopping) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
