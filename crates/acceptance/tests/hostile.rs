//! Malformed input at every door: a clear error of the right status, nothing written, and the server goes on.

#![allow(clippy::unwrap_used, clippy::type_complexity, reason = "a test that cannot go on may stop")]

use acceptance::agent::{Agent, Applicant, facts_of};
use acceptance::cluster::{Cluster, Options};
use rest::Method;

async fn status(
    agent: &Agent,
    method: Method,
    path: &str,
    content: Option<(&'static str, Vec<u8>)>,
) -> (u16, String) {
    let answer = agent.send(method, path, "application/json", content).await.unwrap();
    (answer.status.as_u16(), answer.text())
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_requests_get_clear_errors() {
    let cluster = Cluster::start().await;
    let authority = cluster.authority();
    let agent = Agent::enrolled(&cluster.url(), &authority, "a.example.com").await;
    let json = |text: &str| Some(("application/json", text.as_bytes().to_vec()));
    let form = |text: &str| Some(("application/x-www-form-urlencoded", text.as_bytes().to_vec()));
    let catalog = "/puppet/v3/catalog/a.example.com";
    let report = "/puppet/v3/report/a.example.com?environment=production";
    let cases: Vec<(Method, String, Option<(&'static str, Vec<u8>)>, u16, &str)> = vec![
        // Names of environments.
        (Method::GET, format!("{catalog}?environment=../x"), None, 400, "must be purely alphanumeric"),
        (Method::GET, catalog.into(), None, 400, "environment"),
        (
            Method::GET,
            "/puppet/v3/node/a.example.com?environment=nope".into(),
            None,
            404,
            "Could not find environment 'nope'",
        ),
        // Certificates for another name.
        (
            Method::GET,
            "/puppet/v3/catalog/b.example.com?environment=production".into(),
            None,
            403,
            "Forbidden request",
        ),
        (
            Method::PUT,
            "/puppet/v3/report/b.example.com?environment=production".into(),
            json("{}"),
            403,
            "Forbidden request",
        ),
        // Bodies.
        (Method::PUT, report.into(), json("{\"host\":"), 400, "The request body is invalid"),
        (Method::PUT, report.into(), json("[]"), 400, "The request body is invalid"),
        (Method::PUT, report.into(), Some(("text/html", b"x".to_vec())), 415, "mime-type"),
        (Method::PUT, report.into(), None, 400, "No Content-Type header"),
        (
            Method::PUT,
            "/puppet/v3/facts/a.example.com?environment=production".into(),
            json("{\"name\":\"b\",\"values\":{}}"),
            400,
            "invalid",
        ),
        (
            Method::POST,
            format!("{catalog}?environment=production"),
            form("facts_format=application%2Fjson&facts=%257B"),
            500,
            "Could not intern",
        ),
        (
            Method::POST,
            format!("{catalog}?environment=production"),
            form("facts=%257B%257D"),
            500,
            "no fact format",
        ),
        (
            Method::POST,
            format!("{catalog}?environment=production"),
            form("facts=%zz&facts_format=pson"),
            400,
            "Invalid parameter",
        ),
        // Paths.
        (
            Method::GET,
            "/puppet/v3/file_content/modules/profile/../../../../etc/passwd?environment=production".into(),
            None,
            400,
            "",
        ),
        (
            Method::GET,
            "/puppet/v3/file_metadata/modules/profile/%2e%2e/x?environment=production".into(),
            None,
            400,
            "",
        ),
        (Method::GET, "/puppet/v3/catalog/%ff%fe?environment=production".into(), None, 400, ""),
        (Method::GET, "/puppet/v3/no%00thing/x?environment=production".into(), None, 400, ""),
        (Method::GET, "/nowhere".into(), None, 403, ""),
    ];
    for (method, path, content, expected, text) in cases {
        let (code, body) = status(&agent, method.clone(), &path, content).await;
        assert_eq!(code, expected, "{method} {path}: {body}");
        assert!(body.contains(text), "{method} {path}: {body}");
    }
    // The server goes on, and nothing of the above was stored.
    assert_eq!(
        agent.catalog(&facts_of("laptop.example.com", "a.example.com"), "production").await.unwrap().status,
        200
    );
    assert!(cluster.primary().store().reports(None, 10).await.unwrap().is_empty());
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_beyond_the_limit_are_refused() {
    let cluster = Cluster::start().await;
    let authority = cluster.authority();
    let agent = Agent::enrolled(&cluster.url(), &authority, "a.example.com").await;
    let huge = vec![b'x'; 64 << 20];
    let path = "/puppet/v3/report/a.example.com?environment=production";
    let answer = agent.send(Method::PUT, path, "application/json", Some(("application/json", huge))).await;
    // A client that is still writing may see the connection close instead of the answer.
    if let Ok(answer) = answer {
        assert_eq!(answer.status, 413, "{}", answer.text());
    }
    assert_eq!(agent.get("/puppet/v3/node/a.example.com?environment=production").await.unwrap().status, 200);
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_certificate_requests_are_refused_and_not_kept() {
    let cluster = Cluster::start().await;
    let authority = cluster.authority();
    let applicant = Applicant::apply(&cluster.url(), &authority, "a.example.com").await;
    // The certificate is there already.
    let good = pki::CsrBuilder::new("a.example.com").unwrap();
    let key = pki::KeyPair::generate(pki::KeyKind::EcP256).unwrap();
    let good = good.sign(&key).unwrap().to_pem();
    let answer = applicant.put_request(good.clone()).await;
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("a.example.com already has a signed certificate"), "{}", answer.text());

    let requests = cluster.site().path("csrdir");
    let client = rest::Client::new(&rest::ClientTls::anonymous(&authority, b"").unwrap());
    let truncated = &good[..good.len() / 2];
    for (name, body) in [
        ("b.example.com", truncated),
        ("b.example.com", &good),
        ("B.example.com", &good),
        ("b", ""),
        ("b*", &good),
    ] {
        let url = format!("{}/puppet-ca/v1/certificate_request/{name}", cluster.url());
        let text = rest::HeaderValue::from_static("text/plain");
        let headers = [(rest::header::CONTENT_TYPE, text.clone()), (rest::header::ACCEPT, text)];
        let answer = client.send(Method::PUT, &url, headers, body.to_owned().into()).await.unwrap();
        assert_eq!(answer.status, 400, "{name}: {}", answer.text());
        assert!(!answer.text().is_empty());
    }
    let kept: Vec<_> = std::fs::read_dir(&requests).unwrap().collect();
    assert!(kept.is_empty(), "{kept:?}");
    cluster.stop().await;
}

/// With a short list for agents the server's own is still whole.
#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_node_is_refused_though_agents_do_not_hear_of_it() {
    let toml = "enable-infra-crl = true".to_owned();
    let cluster = Cluster::start_with(Options { toml, ..Options::default() }).await;
    let infra_names = cluster.site().path("cadir").join("infra_inventory.txt");
    std::fs::write(infra_names, "compiler.example.com\n").unwrap();
    let mut agents = Vec::new();
    for name in ["web.example.com", "compiler.example.com", "db.example.com"] {
        agents.push(Agent::enrolled(&cluster.url(), &cluster.authority(), name).await);
    }
    let [web, compiler, db] = <[Agent; 3]>::try_from(agents).unwrap_or_else(|_| unreachable!());
    let serials = async || {
        let path = "/puppet-ca/v1/certificate_revocation_list/ca";
        let answer = db.send(Method::GET, path, "text/plain", None).await.unwrap();
        pki::Crl::chain_from_pem(&answer.body).unwrap()[0].serials().len()
    };
    let is_served = async |agent: &Agent| {
        let path = format!("/puppet/v3/node/{}?environment=production", agent.certname);
        agent.get(&path).await.is_ok_and(|answer| answer.status == 200)
    };
    assert!(is_served(&web).await && is_served(&compiler).await);
    for (agent, listed) in [(&web, 0), (&compiler, 1)] {
        cluster.primary().authority().revoke(std::slice::from_ref(&agent.certname), "test").unwrap();
        // The new list is put into force by a task of its own.
        while is_served(agent).await {
            tokio::task::yield_now().await;
        }
        assert_eq!(serials().await, listed, "{}", agent.certname);
    }
    assert!(is_served(&db).await);
    cluster.stop().await;
}
