//! Clients that mean no good, or are only slow, against the port itself: over streams in memory where one connection is
//! enough, over the loopback address where places are the matter. Times are either so short that they end at once, or so
//! long that they never do.

use super::bodies::{Bodies, counted};
use super::listen::{accepted_on, serve};
use super::places::{Phase, Places, Seat};
use super::tls::Tls;
use super::wire::Times;
use crate::args::ServeOptions;
use crate::settings::Settings;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use futures_util::{TryStreamExt, stream};
use prometheus_client::registry::Registry;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

const NEVER: Duration = Duration::from_secs(3_600);
const SOON: Duration = Duration::from_millis(2);
pub(super) const PATIENT: Times = Times {
    handshake: NEVER,
    keep_alive: NEVER,
    head: NEVER,
    body: NEVER,
    silence: NEVER,
    answer: NEVER,
    at_stop: NEVER,
    rest: NEVER,
};

const GET: &str = "GET /ok HTTP/1.1\r\nhost: a\r\n\r\n";

/// Tells that a request has begun, and lets it go on.
#[derive(Debug, Default, Clone)]
struct Gate {
    begun: Arc<Notify>,
    go: Arc<Notify>,
}

impl Gate {
    async fn wait(self) {
        self.begun.notify_one();
        self.go.notified().await;
    }
}

/// Keeps every piece of a body, and says how many there are and how many bytes of memory they keep.
async fn keep(body: Body) -> String {
    let pieces: Vec<Bytes> = body.into_data_stream().try_collect().await.unwrap();
    let count = pieces.len();
    // A piece that is the last one of its memory can have all of it.
    let kept = pieces.into_iter().map(|piece| piece.try_into_mut().map_or(usize::MAX, |whole| whole.capacity()));
    let kept = kept.fold(0, usize::saturating_add);
    format!("{count} pieces keep {kept} bytes")
}

/// A few routes: a short answer, one without end, one that waits to be let go, one that does not read its body, one that
/// does, and one that keeps its pieces.
fn routes(gate: Gate, bodies: Bodies) -> Router {
    let endless = || stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from_static(&[b'x'; 4_096])));
    Router::new()
        .route("/ok", get(async || "ok"))
        .route("/endless", get(async move || Body::from_stream(endless())))
        .route("/wait", get(async move || gate.wait().await))
        .route("/refuse", post(async || "no"))
        .route("/read", post(async |body: Bytes| body.len().to_string()))
        .route("/keep", post(keep))
        .layer(from_fn_with_state(Arc::new(bodies), counted))
}

/// One connection in memory, with so many bytes on their way at most.
struct Line {
    client: DuplexStream,
    stop: watch::Sender<bool>,
    served: JoinHandle<()>,
    seat: Arc<Seat>,
}

impl Line {
    fn open(times: Times, room: usize) -> Line {
        Line::open_with(None, times, room)
    }

    fn open_with(tls: Option<Tls>, times: Times, room: usize) -> Line {
        let (client, server) = duplex(room);
        let (stop, stopped) = watch::channel(false);
        let place = Places::new(1, &mut Registry::default()).take().unwrap();
        let seat = place.seat.clone();
        let served = tokio::spawn(async move {
            let routes = routes(Gate::default(), Bodies::new(times, stopped.clone()));
            accepted_on(server, tls, routes, times, stopped, &place).await;
        });
        Line { client, stop, served, seat }
    }

    async fn send(&mut self, text: &str) {
        self.client.write_all(text.as_bytes()).await.unwrap();
    }

    /// What the server says until it closes.
    async fn rest(mut self) -> String {
        let mut text = Vec::new();
        self.client.read_to_end(&mut text).await.unwrap();
        drop(self.client);
        self.served.await.unwrap();
        String::from_utf8(text).unwrap()
    }

    /// The next answer, whose body is as long as it says.
    async fn answer(&mut self) -> String {
        answer(&mut self.client).await
    }
}

async fn answer(stream: &mut (impl AsyncReadExt + Unpin)) -> String {
    let mut text = String::new();
    while !text.ends_with("\r\n\r\n") {
        text.push(char::from(stream.read_u8().await.unwrap()));
    }
    let length = text.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()).unwrap();
    let mut body = vec![0; length.parse().unwrap()];
    stream.read_exact(&mut body).await.unwrap();
    text + &String::from_utf8(body).unwrap()
}

#[tokio::test]
async fn requests_are_answered_one_after_the_other() {
    let mut line = Line::open(PATIENT, 1 << 16);
    let chunked =
        "POST /read HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    let length = "POST /read HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\n\n\n\n";
    // All at once, and byte by byte.
    line.send(&format!("{GET}{chunked}\r\n{length}{GET}")).await;
    for wanted in ["ok", "5", "3", "ok"] {
        assert!(line.answer().await.ends_with(&format!("\r\n\r\n{wanted}")));
    }
    for byte in format!("{chunked}{length}").bytes() {
        line.client.write_u8(byte).await.unwrap();
        tokio::task::yield_now().await;
    }
    for wanted in ["5", "3"] {
        assert!(line.answer().await.ends_with(&format!("\r\n\r\n{wanted}")));
    }
    line.stop.send_replace(true);
    assert_eq!(line.rest().await, "", "an idle connection ends at a stop");
}

#[tokio::test]
async fn a_bare_line_feed_in_a_head_is_a_400_and_the_end() {
    for head in ["GET /ok HTTP/1.1\nhost: a\n\n", "GET /ok HTTP/1.1\r\nhost: a\n\r\n", "\nGET /ok HTTP/1.1\r\n"] {
        for before in ["", GET] {
            for piecewise in [false, true] {
                let mut line = Line::open(PATIENT, 1 << 16);
                if piecewise {
                    for byte in format!("{before}{head}").bytes() {
                        if line.client.write_u8(byte).await.is_err() {
                            break;
                        }
                        tokio::task::yield_now().await;
                    }
                } else {
                    line.send(&format!("{before}{head}{GET}")).await;
                }
                if !before.is_empty() {
                    assert!(line.answer().await.ends_with("ok"));
                }
                let rest = line.rest().await;
                assert!(rest.starts_with("HTTP/1.1 400"), "{head:?} behind {before:?}: {rest}");
                assert_eq!(rest.matches("HTTP/1.1").count(), 1, "nothing behind it is answered: {rest}");
            }
        }
    }
}

#[tokio::test]
async fn a_head_has_a_size_and_so_many_lines_and_no_more_of_it_is_read() {
    let head = |lines: usize, width: usize| {
        let mut head = "GET /ok HTTP/1.1\r\n".to_owned();
        (0..lines).for_each(|line| head += &format!("x-{line}: {}\r\n", "y".repeat(width)));
        head + "\r\n"
    };
    for (text, status) in
        [(head(32, 990), 200), (head(64, 1), 200), (head(65, 1), 431), (head(1, 33_000), 431), (head(33, 1_000), 431)]
    {
        let mut line = Line::open(PATIENT, 1 << 16);
        line.send(&text).await;
        let answer = line.answer().await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{} bytes: {answer}", text.len());
    }
    // A head without an end: what the server takes of it is bounded, whatever is sent.
    let mut line = Line::open(PATIENT, 1_024);
    let mut taken = 0;
    while line.client.write_all(&[b'a'; 1_024]).await.is_ok() {
        taken += 1_024;
        assert!(taken < 256 * 1_024, "more and more is read");
    }
}

#[tokio::test]
async fn who_is_idle_or_slow_with_a_head_is_let_go() {
    let idle = Line::open(Times { keep_alive: SOON, ..PATIENT }, 1_024);
    assert_eq!(idle.rest().await, "");
    let mut idle = Line::open(Times { keep_alive: SOON, ..PATIENT }, 1_024);
    idle.send(GET).await;
    assert!(idle.rest().await.ends_with("ok"), "it was answered first");
    let mut slow = Line::open(Times { head: SOON, ..PATIENT }, 1_024);
    slow.send("GET /ok HT").await;
    assert_eq!(slow.rest().await, "");
    // An empty line behind a request begins no head, nor does half of one.
    for empty in ["\r\n", "\r", "\r\n\r"] {
        let mut idle = Line::open(Times { keep_alive: SOON, ..PATIENT }, 1_024);
        idle.send(&format!("{GET}{empty}")).await;
        assert!(idle.rest().await.ends_with("ok"), "{empty:?}");
        let mut new = Line::open(Times { keep_alive: SOON, ..PATIENT }, 1_024);
        new.send(empty).await;
        assert_eq!(new.rest().await, "");
    }
    // The one does not shorten the other.
    let mut line = Line::open(Times { head: SOON, ..PATIENT }, 1_024);
    line.send(GET).await;
    assert!(line.answer().await.ends_with("ok"));
    line.send(GET).await;
    assert!(line.answer().await.ends_with("ok"));
}

#[tokio::test]
async fn who_does_not_take_its_answer_is_let_go() {
    let mut line = Line::open(Times { answer: SOON, ..PATIENT }, 1_024);
    line.send("GET /endless HTTP/1.1\r\nhost: a\r\n\r\n").await;
    line.served.await.unwrap();
}

#[tokio::test]
async fn a_stop_waits_for_what_is_in_flight_and_not_for_those_who_never_read() {
    let mut line = Line::open(Times { at_stop: SOON, ..PATIENT }, 1_024);
    line.send("GET /endless HTTP/1.1\r\nhost: a\r\n\r\n").await;
    line.client.read_u8().await.unwrap();
    while line.seat.phase() != Phase::Stalled {
        tokio::task::yield_now().await;
    }
    line.stop.send_replace(true);
    line.served.await.unwrap();
    let mut slow = Line::open(Times { at_stop: SOON, ..PATIENT }, 1_024);
    slow.send("GET /ok HT").await;
    slow.stop.send_replace(true);
    assert_eq!(slow.rest().await, "");
    // Two bytes are on their way at most, so that empty lines have been read when more of them are sent.
    let mut nothing = Line::open(Times { at_stop: SOON, ..PATIENT }, 2);
    nothing.send("\r\n\r\n").await;
    nothing.stop.send_replace(true);
    assert_eq!(nothing.rest().await, "");
    let mut trickling = Line::open(Times { at_stop: SOON, ..PATIENT }, 1_024);
    trickling.send("POST /read HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n1").await;
    while trickling.seat.phase() != Phase::Body {
        tokio::task::yield_now().await;
    }
    trickling.stop.send_replace(true);
    assert!(trickling.rest().await.starts_with("HTTP/1.1 400"));
    let stored = |file| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls").join(file);
    let options = ServeOptions {
        tls_cert: Some(stored("first.pem")),
        tls_key: Some(stored("first.key")),
        ..ServeOptions::default()
    };
    let tls = Tls::read(&Settings::resolve(&options).unwrap()).unwrap().unwrap();
    let handshake = Line::open_with(Some(tls), PATIENT, 1_024);
    handshake.stop.send_replace(true);
    assert_eq!(handshake.rest().await, "");
    let mut line = Line::open(PATIENT, 1_024);
    line.send("POST /read HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n").await;
    let mut asked = [0; 25];
    line.client.read_exact(&mut asked).await.unwrap();
    assert!(asked.starts_with(b"HTTP/1.1 100"));
    line.stop.send_replace(true);
    line.send("ab").await;
    assert!(line.rest().await.ends_with("\r\n\r\n2"));
}

#[tokio::test]
async fn a_body_that_trickles_takes_no_more_memory_than_it_is_counted_with() {
    for (head, body) in [
        ("content-length: 500", "x".repeat(500)),
        ("transfer-encoding: chunked", "1\r\nx\r\n".repeat(500) + "0\r\n\r\n"),
    ] {
        // One byte is on its way at most, so that each is read by itself.
        let mut line = Line::open(PATIENT, 1);
        line.send(&format!("POST /keep HTTP/1.1\r\nhost: a\r\n{head}\r\n\r\n{body}")).await;
        let answer = line.answer().await;
        assert!(answer.ends_with("\r\n\r\n500 pieces keep 500 bytes"), "{answer}");
    }
}

#[tokio::test]
async fn the_line_before_a_chunk_has_an_end() {
    for (begin, fill) in [("", "0"), ("1", " "), ("1;", "x")] {
        let mut line = Line::open(PATIENT, 1 << 16);
        let head = "POST /read HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n";
        line.send(&format!("{head}{begin}{}", fill.repeat(2_000))).await;
        assert!(line.answer().await.starts_with("HTTP/1.1 400"), "{begin:?} and then {fill:?}");
    }
}

#[tokio::test]
async fn who_is_still_sending_what_nobody_wants_gets_the_answer() {
    let mut line = Line::open(PATIENT, 1_024);
    line.send("POST /refuse HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\n").await;
    line.send(&"x".repeat(1_000_000)).await;
    assert!(line.rest().await.ends_with("\r\n\r\nno"));
    // Not for ever, though.
    let mut line = Line::open(Times { rest: SOON, ..PATIENT }, 1_024);
    line.send("POST /refuse HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\n").await;
    line.served.await.unwrap();
    let mut line = Line::open(PATIENT, 1_024);
    line.send("POST /refuse HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000000\r\n\r\n").await;
    let mut sent = 0;
    while line.client.write_all(&[b'x'; 1_024]).await.is_ok() {
        sent += 1_024;
        assert!(sent < 16 * 1_024 * 1_024, "no more than a body may have is passed over");
    }
}

/// A port with so many places.
struct Port {
    address: SocketAddr,
    places: Arc<Places>,
    gate: Gate,
}

impl Port {
    async fn open(places: usize) -> Port {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, gate) = (listener.local_addr().unwrap(), Gate::default());
        let places = Places::new(places, &mut Registry::default());
        let (stopping, stopped) = watch::channel(false);
        let routes = routes(gate.clone(), Bodies::new(PATIENT, stopped));
        tokio::spawn(serve(listener, None, routes, places.clone(), PATIENT, stopping, std::future::pending()));
        Port { address, places, gate }
    }

    async fn connect(&self, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        stream
    }
}

#[tokio::test]
async fn idle_connections_and_unfinished_requests_make_room_for_new_ones() {
    let port = Port::open(8).await;
    let mut held = Vec::new();
    for text in ["", "GET /o", "POST /read HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n1"] {
        for _ in 0..9 {
            held.push(port.connect(text).await);
        }
        // More are there than there are places, and a new one is served all the same, again and again.
        for _ in 0..3 {
            assert!(answer(&mut port.connect(GET).await).await.ends_with("ok"));
        }
    }
    assert!(port.places.open() <= 8);
    let mut end = Vec::new();
    // The oldest of all has been let go.
    let _ = held[0].read_to_end(&mut end).await;
    assert!(end.is_empty());
}

#[tokio::test]
async fn who_sits_in_an_unfinished_request_makes_room_before_those_who_have_just_come() {
    let port = Port::open(8).await;
    for text in ["GET /o", "POST /read HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n1"] {
        let mut sitting = Vec::new();
        for _ in 0..8 {
            sitting.push(port.connect(text).await);
        }
        let mut new = Vec::new();
        for _ in 0..8 {
            new.push(port.connect("").await);
        }
        // All of them have come before the first one says anything.
        for stream in &mut new {
            stream.write_all(GET.as_bytes()).await.unwrap();
            assert!(answer(stream).await.ends_with("ok"), "{text:?}");
        }
    }
}

#[tokio::test]
async fn who_is_being_served_keeps_its_place_and_a_new_one_is_told_to_come_again() {
    let port = Port::open(1).await;
    let mut served = port.connect("GET /wait HTTP/1.1\r\nhost: a\r\n\r\n").await;
    port.gate.begun.notified().await;
    let mut told = String::new();
    port.connect("").await.read_to_string(&mut told).await.unwrap();
    assert!(told.starts_with("HTTP/1.1 503") && told.contains("retry-after: 1"), "{told}");
    port.gate.go.notify_one();
    assert!(answer(&mut served).await.starts_with("HTTP/1.1 200"));
    assert!(answer(&mut port.connect(GET).await).await.ends_with("ok"), "and then there is room");
}
