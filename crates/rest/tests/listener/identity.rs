//! Who the peer is, and when it is refused.

use rcgen::date_time_ymd;
use rest::{ClientError, Method};

use super::authority::{Authority, extension};
use super::*;

async fn whoami(client: &Client, server: &Server) -> Result<String, ClientError> {
    let answer = client.send(Method::GET, &server.url("/whoami"), [], Default::default()).await?;
    Ok(answer.ok()?.text())
}

#[tokio::test]
async fn the_certificate_names_the_peer() {
    let server = Server::start().await;
    let node = server.authority.issue("web.example.com", 0x1f, |params| {
        params.custom_extensions = vec![extension(&[1, 3, 6, 1, 4, 1, 34380, 1, 1, 13], "db")];
    });
    assert_eq!(
        whoami(&server.client(&node), &server).await.unwrap(),
        r#"web.example.com 001F "web.example.com,localhost" {"1.3.6.1.4.1.34380.1.1.13": "db"}"#
    );
    assert_eq!(whoami(&server.anonymous(), &server).await.unwrap(), r#"nobody - "" {}"#);
}

#[tokio::test]
async fn both_tls_versions_work() {
    let server = Server::start().await;
    let node = server.authority.node("web.example.com", 10);
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let template = client_config(&server.authority, Some(&node));
        let mut config = rustls::ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .unwrap()
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_client_cert_resolver(template.client_auth_cert_resolver.clone());
        config.dangerous().set_certificate_verifier(trusting(&server));
        let mut raw = Raw::connect(server.address, Arc::new(config)).await.unwrap();
        raw.write("GET /whoami HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
        let answer = raw.read_to_end().await;
        assert!(answer.contains("web.example.com"), "{version:?}: {answer}");
        assert_eq!(raw.0.get_ref().1.protocol_version(), Some(version.version));
    }
}

fn trusting(server: &Server) -> Arc<dyn rustls::client::danger::ServerCertVerifier> {
    use rustls::pki_types::pem::PemObject;
    let mut roots = rustls::RootCertStore::empty();
    for certificate in rustls::pki_types::CertificateDer::pem_slice_iter(server.authority.bundle().as_bytes())
    {
        roots.add(certificate.unwrap()).unwrap();
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    rustls::client::WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap()
}

#[tokio::test]
async fn bad_certificates_are_refused() {
    let server = Server::start().await;
    let stranger = Authority::new().node("web.example.com", 10);
    let expired = server.authority.issue("web.example.com", 11, |params| {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
    });
    let server_only = server.authority.issue("web.example.com", 12, |params| {
        params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ServerAuth];
    });
    for node in [stranger, expired, server_only] {
        let refused = whoami(&server.client(&node), &server).await.unwrap_err();
        assert!(matches!(refused, ClientError::Broken { .. } | ClientError::Tls { .. }), "{refused}");
    }
    wait_until("the failures are counted", || server.metrics.handshakes_failed.value() == 3).await;
    assert_eq!(server.metrics.requests.value(), 0);
}

#[tokio::test]
async fn revoked_peers_are_refused() {
    let server = Server::start().await;
    let (good, bad) = (server.authority.node("good", 20), server.authority.node("bad", 21));
    server.replace_lists(&server.authority.lists(&[21]));
    assert!(whoami(&server.client(&good), &server).await.is_ok());
    assert!(whoami(&server.client(&bad), &server).await.is_err());
    // The whole chain counts: the root may have revoked the authority that signs nodes.
    server.replace_lists(&server.authority.lists_without_signer());
    assert!(whoami(&server.client(&good), &server).await.is_err());
    // A chain whose status nobody knows is not good.
    server.replace_lists(&server.authority.list_of_signer());
    assert!(whoami(&server.client(&good), &server).await.is_err());
    server.replace_lists(&server.authority.lists(&[]));
    assert!(whoami(&server.client(&bad), &server).await.is_ok());
}

#[tokio::test]
async fn material_that_cannot_be_used_changes_nothing() {
    let server = Server::start().await;
    let node = server.authority.node("web", 20);
    let other = server.authority.node("other", 21);
    let (bundle, lists) = (server.authority.bundle(), server.authority.lists(&[]));
    let mixed = Node { certificate: node.certificate.clone(), key: other.key.clone() };
    assert!(server.tls.replace(&material(&mixed, &bundle, &lists)).is_err());
    let no_key = Node { certificate: node.certificate.clone(), key: "SECRET".to_owned() };
    let error = server.tls.replace(&material(&no_key, &bundle, &lists)).unwrap_err().to_string();
    assert_eq!(error, "could not read the private key: it holds no PEM block of an unencrypted private key");
    assert!(server.tls.replace(&material(&node, "", &lists)).is_err());
    assert!(whoami(&server.client(&node), &server).await.is_ok());
}

#[tokio::test]
async fn a_live_connection_of_a_revoked_peer_is_refused() {
    let server = Server::start().await;
    let (good, bad) = (server.authority.node("good", 20), server.authority.node("bad", 21));
    let (good, bad) = (server.client(&good), server.client(&bad));
    whoami(&good, &server).await.unwrap();
    whoami(&bad, &server).await.unwrap();
    assert_eq!(server.metrics.connections.value(), 2);

    server.replace_lists(&server.authority.lists(&[21]));
    let refused = whoami(&bad, &server).await.unwrap_err();
    assert!(
        matches!(&refused, ClientError::Status { message, status, .. }
            if *status == 403 && message == "Forbidden request: the certificate of bad is no longer valid"),
        "{refused}"
    );
    // The other one's connection goes on.
    whoami(&good, &server).await.unwrap();
    assert_eq!(server.metrics.connections.value(), 2);
    // The refused connection was closed, and a new one is not let in.
    assert!(matches!(whoami(&bad, &server).await, Err(ClientError::Broken { .. } | ClientError::Tls { .. })));
}

#[tokio::test]
async fn sessions_are_not_resumed_across_a_change() {
    let server = Server::start().await;
    let node = server.authority.node("web", 21);
    // One configuration keeps the sessions of all its connections.
    let config = client_config(&server.authority, Some(&node));
    let ask = async || -> std::io::Result<(String, Option<rustls::HandshakeKind>)> {
        let mut raw = Raw::connect(server.address, config.clone()).await?;
        raw.write("GET /whoami HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
        let answer = raw.read_to_end().await;
        Ok((answer, raw.0.get_ref().1.handshake_kind()))
    };
    let (_, first) = ask().await.unwrap();
    assert_eq!(first, Some(rustls::HandshakeKind::Full));
    let (answer, second) = ask().await.unwrap();
    assert_eq!(second, Some(rustls::HandshakeKind::Resumed));
    assert!(answer.contains("web 0015"), "{answer}");

    server.replace_lists(&server.authority.lists(&[21]));
    // The client offers its session; the server does not know it and wants to see the certificate again.
    let answer = ask().await.map(|(answer, _)| answer).unwrap_or_default();
    assert_eq!(answer, "");
    let counted = server.metrics.requests.value();
    assert_eq!(counted, 0, "the bare service does not count");
    wait_until("the handshake failed", || server.metrics.handshakes_failed.value() == 1).await;
}

#[tokio::test]
async fn the_client_verifies_the_server() {
    let server = Server::start().await;
    let bundle = server.authority.bundle();
    let other = Authority::new();
    let stranger = ClientTls::anonymous(other.bundle().as_bytes(), other.lists(&[]).as_bytes()).unwrap();
    assert!(matches!(whoami(&Client::new(&stranger), &server).await, Err(ClientError::Tls { .. })));
    // The server's own certificate has serial number 3.
    let revoked = ClientTls::anonymous(bundle.as_bytes(), server.authority.lists(&[3]).as_bytes()).unwrap();
    assert!(matches!(whoami(&Client::new(&revoked), &server).await, Err(ClientError::Tls { .. })));
    let wrong_name = format!("https://127.0.0.1:{}/whoami", server.address.port());
    let answer = server.anonymous().send(Method::GET, &wrong_name, [], Default::default()).await;
    assert!(matches!(answer, Err(ClientError::Tls { .. })));
}
