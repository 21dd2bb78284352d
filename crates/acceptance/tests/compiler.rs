//! Agents behind a compiler: what they see of the primary, and what others cannot pretend.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use acceptance::agent::{Agent, Applicant};
use acceptance::compiler::{Machine, cluster, code, facts, until};
use acceptance::stock_agent::StockAgent;
use rest::{Bytes, Client, ClientTls, HeaderName, HeaderValue, Method};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_stock_agent_knows_only_the_compiler() {
    let cluster = cluster("").await;
    let machine = Machine::enrolled(&cluster, "compiler.example.com", "");
    let compiler = machine.start().await;
    let Some(agent) = StockAgent::find("guest.example.com", machine.port()) else { return };
    code(
        &cluster,
        &compiler,
        "notify { \"by ${settings::certname}\": }\n@@notify { \"from ${trusted['certname']}\": tag => 'all' }\n",
    );
    let (agent, first) = agent.run_apart(&[]).await;
    assert!(first.code == 2 && first.says("by compiler.example.com"), "{}", first.output);
    let reports = cluster.rows("reports[certname, status, producer, catalog_uuid] {}").await;
    let catalogs = cluster.rows("catalogs[catalog_uuid] { certname = 'guest.example.com' }").await;
    let expected = json!({
        "certname": "guest.example.com", "status": "changed", "producer": "compiler.example.com",
        "catalog_uuid": catalogs[0]["catalog_uuid"],
    });
    assert_eq!(reports, [expected]);
    let told = cluster.rows("events[message] { resource_title ~ '^by' }").await;
    assert!(
        told[0]["message"].as_str().unwrap().contains("defined 'message' as 'by compiler.example.com'"),
        "{told:?}"
    );

    // What this one exports, others collect, whichever server compiles.
    code(&cluster, &compiler, "Notify <<| tag == 'all' |>>\n");
    let other = Agent::enrolled(&machine.url(), &cluster.authority(), "other.example.com").await;
    for agent in [&other, &other.at(&cluster.url())] {
        let catalog = agent.catalog(&facts("other.example.com"), "production").await.unwrap().ok().unwrap();
        assert!(catalog.text().contains("from guest.example.com"), "{}", catalog.text());
    }
    let query =
        "$rows = puppetdb_query('nodes[certname] { order by certname }')\nnotify { String($rows): }\n";
    code(&cluster, &compiler, query);
    let catalog = other.catalog(&facts("other.example.com"), "production").await.unwrap().ok().unwrap();
    assert!(
        catalog.text().contains("guest.example.com") && catalog.text().contains("other.example.com"),
        "{}",
        catalog.text()
    );

    // Revocation on the primary counts on the compiler.
    cluster.primary().authority().revoke(&["guest.example.com".to_owned()], "a test").unwrap();
    let identity = agent.ssl_file("certs");
    let key = agent.ssl_file("private_keys");
    let material = rest::TlsMaterial {
        chain: &std::fs::read(identity).unwrap(),
        key: &std::fs::read(key).unwrap(),
        authorities: &cluster.authority(),
        revocation_lists: b"",
        revocation: rest::Revocation::Off,
    };
    let revoked = ClientTls::new(&material).unwrap();
    let url = format!("{}/puppet/v3/environments", machine.url());
    until("the revoked certificate is let in", async || {
        match Client::new(&revoked).send(Method::GET, &url, [], Bytes::new()).await {
            Ok(answer) => answer.status == 403,
            Err(_) => true,
        }
    })
    .await;
    assert!(other.get("/puppet/v3/environments").await.unwrap().ok().is_ok());
    compiler.stop().await;
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_authority_is_reached_through_the_compiler() {
    let cluster = cluster("").await;
    let machine = Machine::enrolled(&cluster, "compiler.example.com", "");
    let compiler = machine.start().await;
    let url = format!("{}/puppet-ca/v1", machine.url());
    let anonymous = Client::new(&ClientTls::anonymous(&cluster.authority(), b"").unwrap());
    let get = async |path: &str, since: Option<HeaderValue>| {
        let headers = since.map(|since| (rest::header::IF_MODIFIED_SINCE, since));
        anonymous.send(Method::GET, &format!("{url}/{path}"), headers, Bytes::new()).await.unwrap()
    };
    let list = get("certificate_revocation_list/ca", None).await.ok().unwrap();
    let modified = list.headers.get(rest::header::LAST_MODIFIED).cloned();
    assert!(modified.is_some() && list.text().contains("BEGIN X509 CRL"));
    assert_eq!(get("certificate_revocation_list/ca", modified).await.status, 304);
    let missing = get("certificate/nobody", None).await;
    assert_eq!(
        (missing.status.as_u16(), missing.text()),
        (404, "Could not find certificate nobody".to_owned())
    );
    let submitted = Applicant::apply(&machine.url(), &cluster.authority(), "web.example.com").await;
    let again = submitted.put_request("nonsense".to_owned()).await;
    assert_eq!(again.status, 400, "{}", again.text());
    let agent = submitted.enrol(&cluster.authority()).await;

    // The renewal is of the agent's certificate, not of the compiler's.
    let renewed = agent.send(Method::POST, "/puppet-ca/v1/certificate_renewal", "text/plain", None).await;
    let renewed = pki::Certificate::from_pem(&renewed.unwrap().ok().unwrap().body).unwrap();
    assert_eq!(renewed.certname().as_deref(), Some("web.example.com"));
    // Nor may agents administer, or a compiler for them.
    for path in ["certificate_statuses/all", "certificate_status/web.example.com"] {
        let refused = agent.get(&format!("/puppet-ca/v1/{path}")).await.unwrap();
        assert_eq!(refused.status, 403, "{}", refused.text());
    }
    compiler.stop().await;
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_somebody_else_by_a_header() {
    let cluster = cluster("").await;
    let machine = Machine::enrolled(&cluster, "compiler.example.com", "");
    let compiler = machine.start().await;
    let victim = Agent::enrolled(&cluster.url(), &cluster.authority(), "victim.example.com").await;
    let admin = cluster.site().path("hostcert");
    let material = |who: &Machine, authority: &[u8]| {
        let ssl = who.folder().join("conf/ssl");
        let name = format!("{}.pem", who.certname());
        let (chain, key) = (
            std::fs::read(ssl.join("certs").join(&name)).unwrap(),
            std::fs::read(ssl.join("private_keys").join(&name)).unwrap(),
        );
        let material = rest::TlsMaterial {
            chain: &chain,
            key: &key,
            authorities: authority,
            revocation_lists: b"",
            revocation: rest::Revocation::Off,
        };
        Client::new(&ClientTls::new(&material).unwrap())
    };
    let claim = |name: &str, pem: &str| {
        [
            (HeaderName::from_static("x-client-verify"), HeaderValue::from_static("SUCCESS")),
            (HeaderName::from_static("x-client-dn"), HeaderValue::try_from(format!("CN={name}")).unwrap()),
            (
                HeaderName::from_static("x-client-cert"),
                HeaderValue::try_from(rest::path::percent_encode(pem)).unwrap(),
            ),
        ]
    };
    let issued = cluster.primary().authority().issued("victim.example.com").unwrap().unwrap();
    let pretend = claim("victim.example.com", &issued.to_pem());
    let anonymous = Client::new(&ClientTls::anonymous(&cluster.authority(), b"").unwrap());
    let catalog = "/puppet/v3/catalog/victim.example.com?environment=production";
    let renewal = "/puppet-ca/v1/certificate_renewal";
    for server in [machine.url(), cluster.url()] {
        let answer =
            anonymous.send(Method::GET, &format!("{server}{catalog}"), pretend.clone(), Bytes::new()).await;
        assert_eq!(answer.unwrap().status, 403);
        let answer =
            anonymous.send(Method::POST, &format!("{server}{renewal}"), pretend.clone(), Bytes::new()).await;
        assert_eq!(answer.unwrap().status, 403);
    }
    // Another agent gets its own certificate through the compiler, whatever it claims, and nothing at the primary.
    let folder = tempfile::tempdir().unwrap();
    let other = Agent::with(&machine.url(), &cluster.issue("other.example.com", folder.path()));
    let other = |server: String| other.at(&server);
    let answer = other(machine.url()).send_also(Method::POST, renewal, &pretend).await;
    let renewed = pki::Certificate::from_pem(&answer.ok().unwrap().body).unwrap();
    assert_eq!(renewed.certname().as_deref(), Some("other.example.com"));
    let answer = other(cluster.url()).send_also(Method::POST, renewal, &pretend).await;
    assert_eq!(answer.status, 400, "{}", answer.text());

    // The compiler itself may say for whom it asks, and gets no more than that agent could have.
    let itself = material(&machine, &cluster.authority());
    let ask = async |method: Method, path: &str, headers: &[(HeaderName, HeaderValue)]| {
        itself
            .send(method, &format!("{}{path}", cluster.url()), headers.to_vec(), Bytes::new())
            .await
            .unwrap()
    };
    let renewed = ask(Method::POST, renewal, &pretend).await.ok().unwrap();
    assert_eq!(
        pki::Certificate::from_pem(&renewed.body).unwrap().certname().as_deref(),
        Some("victim.example.com")
    );
    assert_eq!(ask(Method::GET, catalog, &pretend).await.status, 403);
    let as_admin = claim("primary.example.com", &std::fs::read_to_string(admin).unwrap());
    assert_eq!(ask(Method::GET, "/puppet-ca/v1/certificate_statuses/all", &as_admin).await.status, 403);
    // Passed on without a certificate, it is nobody's renewal.
    let nobody = [(HeaderName::from_static("x-client-verify"), HeaderValue::from_static("NONE"))];
    assert_eq!(ask(Method::POST, renewal, &nobody).await.status, 400);
    // The store takes from it what agents bring, and lets it delete nothing.
    let (store, _) = cluster.primary().puppetdb_addresses();
    let store = format!("https://localhost:{}", store.unwrap().port());
    let json = [(rest::header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    let delete = br#"{"command":"delete","version":1,"payload":{"certname":"victim.example.com"}}"#;
    let answer =
        itself.send(Method::POST, &format!("{store}/pdb/admin/v1/cmd"), json, delete.to_vec().into()).await;
    assert_eq!(answer.unwrap().status, 403);
    for command in ["?command=deactivate_node&version=3&certname=victim.example.com", ""] {
        let json = [(rest::header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        let url = format!("{store}/pdb/cmd/v1{command}");
        let document = br#"{"certname":"victim.example.com","command":"deactivate node","version":3,"payload":"victim.example.com"}"#;
        let answer = itself.send(Method::POST, &url, json, document.to_vec().into()).await.unwrap();
        assert_eq!(answer.status, 403, "{}", answer.text());
    }
    // Requests that compilers pass on do not go in circles.
    let url = format!("{}/puppet-ca/v1/certificate/ca", machine.url());
    let answer = itself.send(Method::GET, &url, nobody.to_vec(), Bytes::new()).await.unwrap();
    assert!(answer.status == 508 && answer.text().contains("compiler.primary"), "{}", answer.text());
    let answer = victim.at(&store).get("/pdb/query/v4/nodes").await.unwrap();
    assert_eq!(answer.status, 403, "{}", answer.text());
    compiler.stop().await;
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn compilers_have_the_whole_list_where_agents_have_the_short_one() {
    let cluster = cluster("enable-infra-crl = true\n").await;
    let machine = Machine::enrolled(&cluster, "compiler.example.com", "");
    let compiler = machine.start().await;
    let web = Agent::enrolled(&machine.url(), &cluster.authority(), "web.example.com").await;
    let serial = cluster.primary().authority().issued("web.example.com").unwrap().unwrap().serial();
    web.get("/puppet/v3/environments").await.unwrap().ok().unwrap();
    cluster.primary().authority().revoke(&["web.example.com".to_owned()], "a test").unwrap();
    until("the revoked certificate is let in", async || match web.get("/puppet/v3/environments").await {
        Ok(answer) => answer.status == 403,
        Err(_) => true,
    })
    .await;
    // What agents get, there and here, does not have it.
    let anonymous = Client::new(&ClientTls::anonymous(&cluster.authority(), b"").unwrap());
    for server in [cluster.url(), machine.url()] {
        let url = format!("{server}/puppet-ca/v1/certificate_revocation_list/ca");
        let answer = anonymous.send(Method::GET, &url, [], Bytes::new()).await.unwrap().ok().unwrap();
        assert!(
            pki::Crl::chain_from_pem(&answer.body).unwrap().iter().all(|crl| !crl.contains(&serial)),
            "{server}"
        );
    }
    let held = std::fs::read(machine.folder().join("data/revocation-lists.pem")).unwrap();
    assert!(pki::Crl::chain_from_pem(&held).unwrap().iter().any(|crl| crl.contains(&serial)));
    compiler.stop().await;
    cluster.stop().await;
}
