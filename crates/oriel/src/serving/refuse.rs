//! What somebody is told for whom there is no room.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// So long may it take altogether.
const AT_MOST: Duration = Duration::from_secs(2);

const WORDS: &str = "Oriel has as many connections as it can hold. Try again in a moment.\n";

/// Answers 503. The request is read as far as it comes at once: closing over unread bytes would take the answer back.
pub async fn politely(mut stream: TcpStream) {
    let _ = timeout(AT_MOST, async {
        let mut head = [0; 4096];
        let _ = stream.read(&mut head).await;
        let answer = format!(
            "HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {}\r\n\
             retry-after: 5\r\ncache-control: no-store\r\nx-content-type-options: nosniff\r\nx-frame-options: DENY\r\n\
             content-security-policy: default-src 'none'; frame-ancestors 'none'\r\nconnection: close\r\n\r\n{WORDS}",
            WORDS.len()
        );
        let _ = stream.write_all(answer.as_bytes()).await;
        let _ = stream.shutdown().await;
        while matches!(stream.read(&mut head).await, Ok(read) if read > 0) {}
    })
    .await;
}
