//! What comes in at the door, said byte by byte.

use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::routing::{get, post};
use rstest::rstest;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

use super::*;

/// A server whose router tells the length of what it was sent.
async fn open(bounds: Bounds) -> (SocketAddr, CancellationToken) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    tokio::spawn(serve(listener, None, router(), bounds, stop.clone()));
    (address, stop)
}

fn router() -> Router {
    Router::new()
        .route("/", get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() }))
        .route("/echo", post(|body: Bytes| async move { format!("[{}]", String::from_utf8_lossy(&body)) }))
        .route("/large", get(|| async { vec![b'x'; 64 << 20] }))
}

async fn say(address: SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream
}

/// Everything that comes until the other side closes.
async fn hear(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut heard = Vec::new();
    let listening = stream.read_to_end(&mut heard);
    // A connection that is cut off is closed as well.
    let _ = tokio::time::timeout(Duration::from_secs(120), listening).await.expect("the server does not close");
    String::from_utf8_lossy(&heard).into_owned()
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or_default()
}

/// A connection in memory, as it is after it was accepted. Where time stands still until nobody has anything to do, only what is
/// waited for takes any.
fn connected() -> DuplexStream {
    let (theirs, ours) = tokio::io::duplex(1 << 16);
    let bounds = Bounds::default();
    let turnstile = Arc::new(Turnstile::new(&bounds));
    let door = Door { tls: None, router: router(), bounds, turnstile, stop: CancellationToken::new() };
    tokio::spawn(async move { door.converse(Box::new(ours), ([127, 0, 0, 1], 9).into()).await });
    theirs
}

#[tokio::test(start_paused = true)]
async fn a_head_that_never_ends_is_not_waited_for() {
    for said in ["GET / HTTP/1.1\r\nhost: a.example\r\nx-slow: ", ""] {
        let mut stream = connected();
        let begun = tokio::time::Instant::now();
        stream.write_all(said.as_bytes()).await.unwrap();
        assert_eq!(hear(&mut stream).await, "", "{said}");
        assert_eq!(begun.elapsed().as_secs(), Bounds::default().first_head.as_secs(), "{said}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_lies_idle_is_closed_and_one_that_is_used_is_not() {
    let mut stream = connected();
    let mut answered = tokio::time::Instant::now();
    // For longer than the first head may take: that is over once a head has come.
    for _ in 0..4 {
        stream.write_all(b"GET / HTTP/1.1\r\nhost: a.example\r\n\r\n").await.unwrap();
        let mut heard = Vec::new();
        while !String::from_utf8_lossy(&heard).ends_with("127.0.0.1") {
            assert_ne!(stream.read_buf(&mut heard).await.unwrap(), 0, "it is closed while it is used");
        }
        answered = tokio::time::Instant::now();
        tokio::time::sleep(Bounds::default().first_head).await;
    }
    assert_eq!(hear(&mut stream).await, "");
    assert_eq!(answered.elapsed().as_secs(), Bounds::default().further_head.as_secs());
}

#[rstest]
#[case::many_headers(&"x-a: b\r\n".repeat(101), "/", 431)]
#[case::a_large_header(&format!("x-a: {}\r\n", "b".repeat(33 * 1024)), "/", 431)]
#[case::a_long_address("", &format!("/{}", "a".repeat(33 * 1024)), 431)]
#[case::what_fits(&"x-a: b\r\n".repeat(90), "/", 200)]
#[tokio::test]
async fn a_head_that_is_too_large_is_refused(#[case] headers: &str, #[case] path: &str, #[case] expected: u16) {
    let (address, _stop) = open(Bounds::default()).await;
    let head = format!("GET {path} HTTP/1.1\r\nhost: a.example\r\nconnection: close\r\n{headers}\r\n");
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The server may have closed before the last byte was sent.
    let _ = stream.write_all(head.as_bytes()).await;
    assert_eq!(status(&hear(&mut stream).await), expected);
}

/// Two readings of one request are how a request is smuggled past a proxy: what can be read in two ways is refused.
#[rstest]
#[case::two_lengths("content-length: 3\r\ncontent-length: 4\r\n\r\nabcd")]
#[case::two_lengths_in_one("content-length: 3, 4\r\n\r\nabcd")]
#[case::a_signed_length("content-length: +3\r\n\r\nabc")]
#[case::a_length_in_hex("content-length: 0x3\r\n\r\nabc")]
#[case::a_coding_that_is_unknown("transfer-encoding: xchunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")]
#[case::a_coding_after_chunks("transfer-encoding: chunked, identity\r\n\r\n3\r\nabc\r\n0\r\n\r\n")]
#[case::a_space_before_the_colon("content-length : 3\r\n\r\nabc")]
#[case::a_folded_header("x-a: b\r\n content-length: 3\r\n\r\nabc")]
#[case::a_bare_return("x-a: b\rcontent-length: 3\r\n\r\nabc")]
#[case::a_nul("x-a: b\0c\r\ncontent-length: 3\r\n\r\nabc")]
#[case::a_chunk_of_no_size("transfer-encoding: chunked\r\n\r\nz\r\nabc\r\n0\r\n\r\n")]
#[tokio::test]
async fn what_can_be_read_in_two_ways_is_refused(#[case] rest: &str) {
    let (address, _stop) = open(Bounds::default()).await;
    let request = format!("POST /echo HTTP/1.1\r\nhost: a.example\r\n{rest}GET / HTTP/1.1\r\nhost: a.example\r\n\r\n");
    let mut stream = say(address, request.as_bytes()).await;
    let answer = hear(&mut stream).await;
    assert_eq!(status(&answer), 400, "{answer}");
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "nothing that follows is taken for a request: {answer}");
}

#[tokio::test]
async fn of_a_length_and_chunks_the_chunks_count_and_the_line_is_closed_behind_them() {
    let (address, _stop) = open(Bounds::default()).await;
    let request = "POST /echo HTTP/1.1\r\nhost: a.example\r\ncontent-length: 6\r\ntransfer-encoding: chunked\r\n\r\n\
                   3\r\nabc\r\n0\r\n\r\nGET / HTTP/1.1\r\nhost: a.example\r\n\r\n";
    let mut stream = say(address, request.as_bytes()).await;
    let answer = hear(&mut stream).await;
    assert!(status(&answer) == 400 || answer.contains("[abc]"), "{answer}");
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{answer}");
}

#[tokio::test]
async fn one_too_many_is_told_when_to_come_back_and_comes_in_when_there_is_room() {
    let (address, _stop) = open(Bounds { connections: 1, ..Bounds::default() }).await;
    let mut first = say(address, b"GET / HTTP/1.1\r\nhost: a.example\r\n\r\n").await;
    let mut answer = [0; 512];
    assert!(first.read(&mut answer).await.unwrap() > 0);
    let mut second = say(address, b"GET / HTTP/1.1\r\nhost: a.example\r\n\r\n").await;
    let refused = hear(&mut second).await;
    assert_eq!(status(&refused), 503, "{refused}");
    assert!(refused.contains("retry-after: 5") && refused.contains("as many connections"), "{refused}");
    drop(first);
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let mut third = say(address, b"GET / HTTP/1.1\r\nhost: a.example\r\nconnection: close\r\n\r\n").await;
        if status(&hear(&mut third).await) == 200 {
            break;
        }
        assert!(Instant::now() < until, "the place is not given back");
    }
}

#[tokio::test]
async fn who_reads_nothing_is_let_go() {
    let bounds = Bounds { unread: Duration::from_millis(200), connections: 1, ..Bounds::default() };
    let (address, _stop) = open(bounds).await;
    let unread = say(address, b"GET /large HTTP/1.1\r\nhost: a.example\r\n\r\n").await;
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let mut next = say(address, b"GET / HTTP/1.1\r\nhost: a.example\r\nconnection: close\r\n\r\n").await;
        if status(&hear(&mut next).await) == 200 {
            break;
        }
        assert!(Instant::now() < until, "its place is still taken");
    }
    drop(unread);
}

#[tokio::test]
async fn an_idle_connection_does_not_hold_up_the_end() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let router = Router::new().route("/", get(|| async { "here" }));
    let bounds = Bounds { further_head: Duration::from_secs(3_600), ..Bounds::default() };
    let serving = tokio::spawn(serve(listener, None, router, bounds, stop.clone()));
    let mut idle = say(address, b"GET / HTTP/1.1\r\nhost: a.example\r\n\r\n").await;
    let mut answer = [0; 512];
    assert!(idle.read(&mut answer).await.unwrap() > 0);
    stop.cancel();
    serving.await.unwrap().unwrap();
    // One whose time has run out lives on until the process ends; this one was told.
    assert_eq!(hear(&mut idle).await, "");
}
