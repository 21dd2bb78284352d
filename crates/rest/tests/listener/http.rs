//! HTTP/1.1 as clients speak it.

use rest::{Method, header};

use super::*;

#[tokio::test]
async fn connections_are_reused() {
    let server = Server::start().await;
    let client = server.anonymous();
    for number in 0..3 {
        let url = server.url(&format!("/a/{number}?b=c"));
        let answer = client.send(Method::GET, &url, [], Default::default()).await.unwrap();
        assert_eq!(answer.text(), format!("GET /a/{number} b=c"));
    }
    assert_eq!(server.metrics.connections.value(), 1);
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let server = Server::start().await;
    let mut raw = server.raw().await;
    raw.write(
        "GET /one HTTP/1.1\r\nHost: x\r\n\r\n\
         PUT /body HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc\
         GET /three HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    )
    .await;
    let answer = raw.read_to_end().await;
    let places: Vec<_> = ["GET /one", "3 bytes", "GET /three"].iter().map(|text| answer.find(text)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{answer}");
}

#[tokio::test]
async fn paths_that_cannot_be_decoded_are_bad_requests() {
    let server = Server::start().await;
    let mut raw = server.raw().await;
    for (path, reason) in [
        ("/a%zz", "malformed percent-encoding at byte 2"),
        ("/%ff", "percent-encoded bytes are not valid UTF-8"),
        ("/a/../b", "relative path segment '..'"),
        ("/a/%2e%2e/b", "relative path segment '..'"),
    ] {
        raw.write(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n")).await;
        let answer = raw.read_until(reason).await;
        assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("x-request-id: "), "{answer}");
        assert!(answer.ends_with(&format!("Invalid request path: {reason}")), "{answer}");
    }
}

#[tokio::test]
async fn head_has_no_body() {
    let server = Server::start().await;
    let mut raw = server.raw().await;
    raw.write("HEAD /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    let answer = raw.read_to_end().await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.ends_with("\r\n\r\n"), "{answer}");
    assert!(answer.contains("content-length: 8\r\n"), "{answer}");
}

#[tokio::test]
async fn garbage_is_answered_and_closed() {
    let server = Server::start().await;
    for garbage in [&b"\x16\x03\x01\x02\x00\x01"[..], b"NOT HTTP\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"] {
        let mut raw = server.raw().await;
        raw.write(garbage).await;
        raw.0.shutdown().await.unwrap();
        let answer = raw.read_to_end().await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400 "), "{answer}");
    }
    // Plain HTTP to the TLS port.
    let mut plain = TcpStream::connect(server.address).await.unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP/1.1 2"));
}

#[tokio::test]
async fn a_request_smuggled_in_lengths_is_refused() {
    let server = Server::start().await;
    let mut raw = server.raw().await;
    raw.write(
        "PUT /body HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde\
         GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
    )
    .await;
    let answer = raw.read_to_end().await;
    assert!(answer.starts_with("HTTP/1.1 400 ") && !answer.contains("smuggled"), "{answer}");
}

#[tokio::test]
async fn an_answer_before_the_body_was_read_reaches_the_client() {
    let server = Server::start().await;
    let mut raw = server.raw().await;
    let body = vec![b'x'; 3 * 1024 * 1024];
    raw.write(format!("PUT /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", body.len())).await;
    raw.write(&body).await;
    // The connection is still good for the next request.
    raw.write("GET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    let answer = raw.read_to_end().await;
    assert!(answer.starts_with("HTTP/1.1 403 ") && answer.contains("GET /next"), "{answer}");
}

#[tokio::test]
async fn a_client_that_asks_first_sends_no_refused_body() {
    let server = Server::start().await;
    let mut raw = server.raw().await;
    raw.write("PUT /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n")
        .await;
    let answer = raw.read_to_end().await;
    assert!(answer.starts_with("HTTP/1.1 403 ") && !answer.contains("100 Continue"), "{answer}");

    let mut raw = server.raw().await;
    raw.write("PUT /body HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n")
        .await;
    assert!(raw.read_until("100 Continue\r\n\r\n").await.starts_with("HTTP/1.1 100 Continue"));
    raw.write("abc").await;
    assert!(raw.read_to_end().await.ends_with("3 bytes"));
}

#[tokio::test]
async fn the_client_gives_up_on_large_or_missing_answers() {
    let server = Server::start().await;
    let limits = rest::client::ClientLimits { answer_bytes_max: 1000, ..Default::default() };
    let client = server.anonymous().with_limits(limits);
    let error = client.send(Method::GET, &server.url("/big"), [], Default::default()).await.unwrap_err();
    assert!(matches!(error, rest::ClientError::TooLarge { limit: 1000, .. }), "{error}");

    let limits =
        rest::client::ClientLimits { answer_timeout: Duration::from_millis(50), ..Default::default() };
    let client = server.anonymous().with_limits(limits);
    let error = client.send(Method::GET, &server.url("/wait"), [], Default::default()).await.unwrap_err();
    assert!(matches!(error, rest::ClientError::Timeout { .. }), "{error}");

    let error = client.send(Method::GET, "http://localhost/", [], Default::default()).await.unwrap_err();
    assert_eq!(error.to_string(), "'http://localhost/' is no https address");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("https://localhost:{}/", closed.port());
    let error = server.anonymous().send(Method::GET, &url, [], Default::default()).await.unwrap_err();
    assert!(matches!(error, rest::ClientError::Connect { .. }), "{error}");
}

#[tokio::test]
async fn the_client_survives_a_connection_that_the_server_closed() {
    let limits = Limits { head_timeout: Duration::from_millis(100), ..Limits::default() };
    let server = Server::start_with(limits).await;
    let client = server.anonymous();
    for _ in 0..2 {
        client.send(Method::GET, &server.url("/x"), [], Default::default()).await.unwrap();
        wait_until("the idle connection is closed", || server.metrics.connections_open.value() == 0).await;
    }
    assert_eq!(server.metrics.connections.value(), 2);
}

#[tokio::test]
async fn statuses_become_errors_with_the_servers_words() {
    let server = Server::start().await;
    let client = server.anonymous();
    let answer = client.send(Method::GET, &server.url("/refuse"), [], Default::default()).await.unwrap();
    assert_eq!(answer.headers[header::CONTENT_TYPE], "text/plain; charset=utf-8");
    let error = answer.ok().unwrap_err().to_string();
    assert_eq!(error, format!("403 Forbidden from localhost:{}: no", server.address.port()));
}

#[tokio::test]
async fn files_are_sent_whole_or_not_at_all() {
    let server = Server::start().await;
    let client = server.anonymous();
    let url = |length: u64| server.url(&format!("/file?{length}"));
    let whole = client.send(Method::GET, &url(FILE_BYTES), [], Default::default()).await.unwrap();
    assert_eq!(whole.headers[header::CONTENT_LENGTH], "1000000");
    assert_eq!(whole.body.len() as u64, FILE_BYTES);
    let none = client.send(Method::GET, &url(0), [], Default::default()).await.unwrap();
    assert_eq!((none.status.as_u16(), none.body.len()), (200, 0));
    // The file is shorter than announced: an error, never a short file.
    let short = client.send(Method::GET, &url(FILE_BYTES + 1), [], Default::default()).await;
    assert!(matches!(short, Err(rest::ClientError::Broken { .. })), "{short:?}");
}
