//! Clients that are slow, greedy or never end, and the end of the listener itself.

use rest::Method;

use super::*;

fn short(change: impl FnOnce(&mut Limits)) -> Limits {
    let mut limits = Limits::default();
    change(&mut limits);
    limits
}

#[tokio::test]
async fn slow_handshakes_are_ended() {
    let server =
        Server::start_with(short(|limits| limits.handshake_timeout = Duration::from_millis(50))).await;
    let mut silent = TcpStream::connect(server.address).await.unwrap();
    let mut bytes = Vec::new();
    let _ = silent.read_to_end(&mut bytes).await;
    assert_eq!(server.metrics.handshakes_failed.value(), 1);
}

#[tokio::test]
async fn slow_heads_are_ended() {
    let server = Server::start_with(short(|limits| limits.head_timeout = Duration::from_millis(100))).await;
    let mut raw = server.raw().await;
    raw.write("GET /x HTTP/1.1\r\nHost: x\r\nX-Slow: ").await;
    raw.read_to_end().await;
    wait_until("the connection is gone", || server.metrics.connections_open.value() == 0).await;
}

#[tokio::test]
async fn large_heads_are_refused() {
    let server = Server::start().await;
    let long = format!("GET /x HTTP/1.1\r\nHost: x\r\nX-Long: {}\r\n\r\n", "a".repeat(70 * 1024));
    let many = format!("GET /x HTTP/1.1\r\nHost: x\r\n{}\r\n", "X-Many: 1\r\n".repeat(200));
    for head in [long, many] {
        let mut raw = server.raw().await;
        // The server may close before all is written.
        let _ = raw.0.write_all(head.as_bytes()).await;
        let _ = raw.0.flush().await;
        let answer = raw.read_to_end().await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer}");
    }
    let fits = format!(
        "GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Long: {}\r\n\r\n",
        "a".repeat(20 * 1024)
    );
    let mut raw = server.raw().await;
    raw.write(fits).await;
    assert!(raw.read_to_end().await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn large_bodies_are_refused_with_words() {
    let server = Server::start().await;
    let body = vec![b'x'; 2 * 1024 * 1024];
    // With the length said before, and without.
    let announced =
        server.anonymous().send(Method::PUT, &server.url("/body"), [], body.clone().into()).await.unwrap();
    assert_eq!(announced.status, 413);
    assert_eq!(announced.text(), "Request body is larger than the limit of 1000 bytes");

    let mut raw = server.raw().await;
    raw.write("PUT /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
        .await;
    for _ in 0..20 {
        raw.write(format!("{:x}\r\n{}\r\n", 1000, "x".repeat(1000))).await;
    }
    raw.write("0\r\n\r\n").await;
    let answer = raw.read_to_end().await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[tokio::test]
async fn a_body_without_end_is_not_read_for_ever() {
    let server = Server::start_with(short(|limits| limits.drain_bytes_max = 100_000)).await;
    let mut raw = server.raw().await;
    raw.write("PUT /refuse HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n").await;
    let chunk = format!("{:x}\r\n{}\r\n", 10_000, "x".repeat(10_000));
    while raw.0.write_all(chunk.as_bytes()).await.is_ok() && raw.0.flush().await.is_ok() {}
    wait_until("the connection is gone", || server.metrics.connections_open.value() == 0).await;
}

#[tokio::test]
async fn a_body_that_breaks_off_is_no_request() {
    let server = Server::start().await;
    let mut raw = server.raw().await;
    raw.write("PUT /body HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc").await;
    raw.0.shutdown().await.unwrap();
    let answer = raw.read_to_end().await;
    assert!(!answer.contains("200 OK"), "{answer}");
}

#[tokio::test]
async fn a_client_that_does_not_read_is_dropped() {
    let server = Server::start_with(short(|limits| limits.write_timeout = Duration::from_millis(100))).await;
    let mut raw = server.raw().await;
    raw.write("GET /big HTTP/1.1\r\nHost: x\r\n\r\n").await;
    wait_until("the connection is gone", || server.metrics.connections_open.value() == 0).await;
}

#[tokio::test]
async fn connections_beyond_the_limit_wait() {
    let server = Server::start_with(short(|limits| limits.connections_max = 1)).await;
    let first = server.raw().await;
    let second = server.raw();
    tokio::pin!(second);
    // The second handshake makes no progress while the first connection is there.
    tokio::select! {
        _ = &mut second => panic!("two connections"),
        () = tokio::time::sleep(Duration::from_millis(100)) => {}
    }
    assert_eq!(server.metrics.connections.value(), 1);
    drop(first);
    second.await;
}

#[tokio::test]
async fn stopping_lets_requests_finish() {
    let mut server = Server::start().await;
    let client = server.anonymous();
    let url = server.url("/wait");
    let request = tokio::spawn(async move { client.send(Method::GET, &url, [], Default::default()).await });
    let idle = server.raw().await;
    let _ = server.echo.waiting.acquire().await.unwrap();

    let listening = server.listening.take().unwrap();
    let stopped = tokio::spawn(listening.stop(Duration::from_secs(60)));
    // The idle connection ends at once, and nobody new gets in.
    wait_until("one connection is left", || server.metrics.connections_open.value() == 1).await;
    wait_until("the port is closed", || std::net::TcpStream::connect(server.address).is_err()).await;
    assert!(!stopped.is_finished());
    server.echo.gate.add_permits(1);
    assert_eq!(request.await.unwrap().unwrap().text(), "done");
    assert!(stopped.await.unwrap());
    drop(idle);
}

#[tokio::test]
async fn stopping_has_a_deadline() {
    let mut server = Server::start().await;
    let client = server.anonymous();
    let url = server.url("/wait");
    let request = tokio::spawn(async move { client.send(Method::GET, &url, [], Default::default()).await });
    let _ = server.echo.waiting.acquire().await.unwrap();
    let listening = server.listening.take().unwrap();
    assert!(!listening.stop(Duration::from_millis(50)).await);
    assert!(matches!(request.await.unwrap(), Err(rest::ClientError::Broken { .. })));
    assert_eq!(server.metrics.connections_open.value(), 0);
}
