//! Agents behind a compiler: what they see of the primary, what others cannot pretend, what an outage does not lose.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use acceptance::agent::{Agent, Applicant, facts_of};
use acceptance::cluster::{Cluster, Options};
use acceptance::compiler::{self, Machine};
use acceptance::stock_agent::{Run, StockAgent};
use bunraku::serve::compiler::Compiler;
use rest::{Bytes, Client, ClientTls, HeaderName, HeaderValue, Method};
use serde_json::{Value, json};

async fn start(more: &str) -> Cluster {
    let toml = format!("{}allow-auto-renewal = true\n{more}", compiler::TOML);
    Cluster::start_with(Options { toml, ..Options::default() }).await
}

fn code(cluster: &Cluster, compiler: &Compiler, text: &str) {
    std::fs::write(cluster.environment("production").join("manifests/site.pp"), text).unwrap();
    cluster.primary().flush();
    compiler.flush();
}

fn facts(certname: &str) -> Vec<u8> {
    facts_of(&acceptance::examples::nodes()[0], certname)
}

async fn run(agent: StockAgent) -> (StockAgent, Run) {
    let running = tokio::task::spawn_blocking(move || {
        let run = agent.run(&[]);
        (agent, run)
    });
    running.await.unwrap()
}

async fn until(what: &str, mut done: impl AsyncFnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(120);
    while !done().await {
        assert!(Instant::now() < end, "{what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn status(cluster: &Cluster, machine: &Machine, path: &str) -> (u16, String) {
    let client = Client::new(&ClientTls::anonymous(&cluster.authority(), b"").unwrap());
    let url = format!("{}/status/v1/{path}", machine.url());
    let answer = client.send(Method::GET, &url, [], Bytes::new()).await.unwrap();
    (answer.status.as_u16(), answer.text())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stock_agent_knows_only_the_compiler() {
    let cluster = start("").await;
    let machine = Machine::enrolled(&cluster, "compiler.example.com", "");
    let compiler = machine.start().await;
    let Some(agent) = StockAgent::find("guest.example.com", machine.port()) else { return };
    code(
        &cluster,
        &compiler,
        "notify { \"by ${settings::certname}\": }\n@@notify { \"from ${trusted['certname']}\": tag => 'all' }\n",
    );
    let (agent, first) = run(agent).await;
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
    let cluster = start("").await;
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
    let cluster = start("").await;
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
async fn runs_go_on_while_the_primary_is_away() {
    let mut cluster = start("").await;
    let machine = Machine::enrolled(&cluster, "compiler.example.com", "");
    let compiler = machine.start().await;
    code(
        &cluster,
        &compiler,
        "notify { \"at ${facts['clientcert']}\": }\n@@notify { \"x ${trusted['certname']}\": }\n",
    );
    let mut agents = Vec::new();
    for number in 0..3 {
        let name = format!("n{number}.example.com");
        agents.push(Agent::enrolled(&machine.url(), &cluster.authority(), &name).await);
    }
    let run_all = async |agents: &[Agent]| {
        for agent in agents {
            agent.run_anew(&facts(&agent.certname)).await.unwrap();
        }
    };
    run_all(&agents).await;
    assert_eq!(compiler.queued(), 0);
    cluster.down().await;
    run_all(&agents).await;
    run_all(&agents).await;
    // Reports of all runs, and facts and catalogs at least of the last one of each node.
    let waiting = 12..=18;
    assert!(waiting.contains(&compiler.queued()), "{}", compiler.queued());
    let (code_of, text) = status(&cluster, &machine, "simple").await;
    assert_eq!((code_of, text.as_str()), (200, "running"));
    let (_, text) = status(&cluster, &machine, "services/puppetdb-proxy").await;
    let told: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(told["active_alerts"][0]["severity"], "warning", "{told}");
    assert!(waiting.contains(&(told["status"]["queue_depth"].as_u64().unwrap() as usize)), "{told}");
    // What needs the primary says so.
    let new = Client::new(&ClientTls::anonymous(&cluster.authority(), b"").unwrap());
    let url = format!("{}/puppet-ca/v1/certificate/ca", machine.url());
    let answer = new.send(Method::GET, &url, [], Bytes::new()).await.unwrap();
    assert!(answer.status == 502 && answer.text().contains("did not answer"), "{}", answer.text());
    std::fs::write(cluster.environment("production").join("manifests/site.pp"), "Notify <<| |>>\n").unwrap();
    compiler.flush();
    let answer = agents[0].catalog(&facts(&agents[0].certname), "production").await.unwrap();
    let reason = "Could not retrieve resources from the PuppetDB at https://localhost:";
    assert!(answer.status == 500 && answer.text().contains(reason), "{}", answer.text());

    // Nor does its own end lose anything.
    compiler.stop().await;
    let compiler = machine.start().await;
    assert!(compiler.queued() >= 12, "{}", compiler.queued());
    cluster.up().await;
    until("not all is sent", async || compiler.queued() == 0).await;
    until("not all is stored", async || {
        let rows = cluster.rows("reports[count()] {}").await;
        rows == [json!({"count": 9})]
    })
    .await;
    let exported = cluster.rows("resources[certname] { exported = true order by certname }").await;
    assert_eq!(exported.len(), 3, "{exported:?}");
    // The catalog of a node is that of its newest report.
    let catalogs = cluster.rows("catalogs[certname, catalog_uuid] { order by certname }").await;
    let newest = "reports[certname, catalog_uuid] { latest_report? = true order by certname }";
    assert_eq!(cluster.rows(newest).await, catalogs);
    compiler.stop().await;
    cluster.stop().await;
}

/// The program, as users start it.
fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_bunraku-under-test"))
}

async fn until_it_answers(cluster: &Cluster, machine: &Machine) {
    let client = Client::new(&ClientTls::anonymous(&cluster.authority(), b"").unwrap());
    let url = format!("{}/status/v1/simple", machine.url());
    until("the compiler does not answer", async || {
        client.send(Method::GET, &url, [], Bytes::new()).await.is_ok_and(|answer| answer.status == 200)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_outlives_a_kill() {
    let mut cluster = start("").await;
    let machine = Machine::enrolled(&cluster, "compiler.example.com", "");
    let killed = machine.spawn(program());
    until_it_answers(&cluster, &machine).await;
    let mut agents = Vec::new();
    for number in 0..4 {
        let name = format!("n{number}.example.com");
        agents.push(Agent::enrolled(&machine.url(), &cluster.authority(), &name).await);
    }
    cluster.down().await;
    // Agents run until the kill hits one of them; each counts what it was told is stored.
    let stored = Arc::new(AtomicUsize::new(0));
    let mut running = Vec::new();
    for agent in agents {
        let stored = stored.clone();
        running.push(tokio::spawn(async move {
            let mut runs = 0;
            while agent.run_anew(&facts(&agent.certname)).await.is_ok() {
                stored.fetch_add(1, Ordering::Relaxed);
                runs += 1;
            }
            (agent.certname, runs)
        }));
    }
    until("the runs do not go on", async || stored.load(Ordering::Relaxed) >= 12).await;
    killed.kill();
    let mut told = Vec::new();
    for agent in running {
        told.push(agent.await.unwrap());
    }
    let again = machine.spawn(program());
    until_it_answers(&cluster, &machine).await;
    cluster.up().await;
    until("not all is sent", async || {
        let (_, text) = status(&cluster, &machine, "services/puppetdb-proxy").await;
        let told: Value = serde_json::from_str(&text).unwrap();
        told["status"]["queue_depth"] == 0
    })
    .await;
    // Accepted is not stored yet.
    let count = async |certname: &str| {
        let query = format!("reports[count()] {{ certname = '{certname}' }}");
        cluster.rows(query).await[0]["count"].as_u64().unwrap()
    };
    for (certname, runs) in &told {
        until("a report is lost", async || count(certname).await >= *runs).await;
        // The one on its way when the kill came may be on disk without its agent knowing.
        assert!(count(certname).await <= runs + 1, "{certname}: {} of {runs}", count(certname).await);
    }
    again.kill();
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compiler_that_stops_fails_no_run() {
    let cluster = start("").await;
    let machines = ["a.example.com", "b.example.com"]
        .map(|name| Machine::enrolled(&cluster, name, "[log]\nlevel = 'warn'\n"));
    let [going, staying] = &machines;
    let servers = [going.spawn(program()), staying.spawn(program())];
    for machine in &machines {
        until_it_answers(&cluster, machine).await;
    }
    // As a balancer does: each run goes to a server whose status was good a moment ago.
    let is_good = Arc::new(AtomicBool::new(true));
    let (stop, runs) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let mut running = Vec::new();
    for number in 0..4 {
        let name = format!("n{number}.example.com");
        let agent = Agent::enrolled(&going.url(), &cluster.authority(), &name).await;
        let other = agent.at(&staying.url());
        let (is_good, stop, runs) = (is_good.clone(), stop.clone(), runs.clone());
        running.push(tokio::spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                let to = if is_good.load(Ordering::Relaxed) { &agent } else { &other };
                to.run_anew(&facts(&agent.certname)).await.unwrap();
                runs.fetch_add(1, Ordering::Relaxed);
            }
        }));
    }
    let some_runs = async || {
        let goal = runs.load(Ordering::Relaxed) + 8;
        until("the runs do not go on", async || {
            assert!(running.iter().all(|agent| !agent.is_finished()), "a run has failed");
            runs.load(Ordering::Relaxed) >= goal
        })
        .await;
    };
    some_runs().await;
    let [stopping, other] = servers;
    stopping.signal("TERM");
    until("the status does not change", async || {
        status(&cluster, going, "simple").await == (503, "stopping".to_owned())
    })
    .await;
    // Requests are answered still.
    some_runs().await;
    is_good.store(false, Ordering::Relaxed);
    some_runs().await;
    // The rest of the time is for balancers that are slower.
    stopping.signal("TERM");
    let ended = tokio::task::spawn_blocking(move || stopping.wait()).await.unwrap();
    assert!(ended, "{}", going.log());
    some_runs().await;
    stop.store(true, Ordering::Relaxed);
    for agent in running {
        agent.await.unwrap();
    }
    let expected = runs.load(Ordering::Relaxed);
    until("a report is missing", async || {
        let rows = cluster.rows("reports[count()] {}").await;
        rows[0]["count"].as_u64().unwrap() as usize == expected
    })
    .await;
    drop(other);
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_twice_is_there_once_and_what_has_no_room_is_refused() {
    let mut cluster = start("").await;
    let machines = ["a.example.com", "b.example.com"]
        .map(|name| Machine::enrolled(&cluster, name, "[puppetdb]\nmax-queued-commands = 2\n"));
    let compilers = [machines[0].start().await, machines[1].start().await];
    let agent = Agent::enrolled(&machines[0].url(), &cluster.authority(), "web.example.com").await;
    let report = |number: u32| {
        let time = jiff::Timestamp::now().to_string();
        json!({
            "host": "web.example.com", "time": time, "configuration_version": number, "transaction_uuid": number.to_string(),
            "report_format": 12, "puppet_version": "8.10.0", "status": "unchanged", "transaction_completed": true, "noop": false,
            "environment": "production", "logs": [], "resource_statuses": {}, "metrics": {},
        })
        .to_string()
        .into_bytes()
    };
    let path = "/puppet/v3/report/web.example.com?environment=production";
    let put = async |machine: &Machine, report: &[u8]| {
        let content = Some(("application/json", report.to_vec()));
        agent.at(&machine.url()).send(Method::PUT, path, "application/json", content).await.unwrap()
    };
    let first = report(1);
    // The agent heard nothing, and tries the next server.
    for machine in machines.iter().chain(&machines) {
        put(machine, &first).await.ok().unwrap();
    }
    cluster.down().await;
    let second = report(2);
    for machine in machines.iter().chain(&machines) {
        put(machine, &second).await.ok().unwrap();
    }
    let full = put(&machines[0], &report(3)).await;
    assert_eq!(full.status, 503, "{}", full.text());
    assert!(
        full.headers.contains_key("retry-after") && full.text().contains("The command queue is full"),
        "{}",
        full.text()
    );
    let (code, text) = status(&cluster, &machines[0], "simple").await;
    assert_eq!((code, text.as_str()), (503, "error"));
    cluster.up().await;
    until("not all is sent", async || compilers.iter().all(|compiler| compiler.queued() == 0)).await;
    until("not all is stored", async || cluster.rows("reports[count()] {}").await == [json!({"count": 2})])
        .await;
    put(&machines[0], &report(3)).await.ok().unwrap();
    until("it is not well again", async || status(&cluster, &machines[0], "simple").await.0 == 200).await;
    until("not all is stored", async || cluster.rows("reports[count()] {}").await == [json!({"count": 3})])
        .await;
    for compiler in compilers {
        compiler.stop().await;
    }
    cluster.stop().await;
}

/// What is stored of a node, without what a second run must change.
async fn stored(cluster: &Cluster, certname: &str) -> Vec<(&'static str, Vec<Value>)> {
    let mut all = Vec::new();
    for (entity, columns) in [
        ("facts", "name, value, environment"),
        ("package_inventory", "package_name, version, provider"),
        ("resources", "type, title, exported, file, line, tags, parameters, resource"),
        ("edges", "source_type, source_title, target_type, target_title, relationship"),
        ("catalogs", "version, transaction_uuid, code_id, job_id, environment"),
        ("catalog_inputs", "inputs"),
        (
            "events",
            "status, timestamp, run_start_time, run_end_time, resource_type, resource_title, property, name, new_value, old_value, \
             message, file, line, containment_path, containing_class, corrective_change",
        ),
        (
            "reports",
            "start_time, end_time, puppet_version, report_format, status, noop, noop_pending, corrective_change, transaction_uuid, \
             environment, type, metrics, logs, configuration_version, cached_catalog_status",
        ),
    ] {
        let columns: Vec<&str> = columns.split(',').map(str::trim).collect();
        let mut rows =
            cluster.rows(json!(["from", entity, ["extract", columns, ["=", "certname", certname]]])).await;
        for row in &mut rows {
            // The addresses of the parts have the hash of the report, which has its time.
            for part in ["metrics", "logs"] {
                if let Some(part) = row.get_mut(part).and_then(Value::as_object_mut) {
                    part.remove("href");
                }
            }
            if let Some(inputs) = row.get_mut("inputs").and_then(Value::as_array_mut) {
                inputs.sort_by_key(Value::to_string);
            }
        }
        rows.sort_by_key(Value::to_string);
        all.push((entity, rows));
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn the_store_gets_the_same_from_a_compiler() {
    let cluster = start("[compile]\ntrack-lookups = true\n").await;
    let machine = Machine::enrolled(&cluster, "compiler.example.com", "[compile]\ntrack-lookups = true\n");
    let compiler = machine.start().await;
    let version = cluster.environment("production").join("version.sh");
    std::fs::write(&version, "#!/bin/sh\necho v1\n").unwrap();
    std::fs::set_permissions(&version, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    std::fs::write(
        cluster.environment("production").join("environment.conf"),
        format!("config_version = {}\n", version.display()),
    )
    .unwrap();
    code(
        &cluster,
        &compiler,
        "class c($p = 1, $q = Sensitive('s3cret')) {\n  file { '/tmp/a': ensure => file, content => $q, mode => '0644' }\n  \
         file { 'b': path => '/tmp/b/', ensure => directory, tag => ['x', 'Y'], require => File['/tmp/a'] }\n}\ninclude c\n\
         notify { 'n': message => { 'k' => [1, 2.5, undef, true] }, before => [File['b'], Class['c']], alias => 'm' }\n\
         @@notify { \"für ${trusted['certname']}\": tag => 'all' }\n@notify { 'virtual': }\n",
    );
    let folder = tempfile::tempdir().unwrap();
    let here = Agent::with(&cluster.url(), &cluster.issue("web.example.com", folder.path()));
    let mut facts: Value = serde_json::from_slice(&facts("web.example.com")).unwrap();
    facts["values"]["_puppet_inventory_1"] =
        json!({"packages": [["bash", "5.2", "apt"], ["zsh", "5.9", "apt"]]});
    facts["values"]["odd"] =
        json!({"null": null, "deep": [[], {}, "\u{1}é"], "big": 9_007_199_254_740_993_i64});
    let facts = facts.to_string().into_bytes();
    let event = json!({
        "audited": false, "property": "ensure", "previous_value": "absent", "desired_value": "file", "message": "created",
        "name": "file_created", "status": "success", "time": "2026-01-02T03:04:06.123456+00:00", "corrective_change": false,
    });
    let resource = |title: &str, skipped: bool, events: Vec<Value>| {
        json!({
            "title": title, "file": "/x/site.pp", "line": 2, "resource": format!("File[{title}]"), "resource_type": "File",
            "containment_path": ["Stage[main]", "C", format!("File[{title}]")], "evaluation_time": 0.1, "tags": ["file"],
            "time": "2026-01-02T03:04:05.5+00:00", "failed": false, "changed": !events.is_empty(), "out_of_sync": !events.is_empty(),
            "skipped": skipped, "change_count": events.len(), "out_of_sync_count": events.len(), "events": events,
            "corrective_change": false,
        })
    };
    let report = json!({
        "host": "web.example.com", "time": jiff::Timestamp::now().to_string(), "configuration_version": "v1", "transaction_uuid": "t",
        "report_format": 12, "puppet_version": "8.10.0", "status": "changed", "transaction_completed": true, "noop": false,
        "noop_pending": false, "environment": "production", "corrective_change": false, "cached_catalog_status": "not_used",
        "logs": [{"level": "notice", "message": "m", "source": "Puppet", "tags": ["notice"], "time": "2026-01-02T03:04:06+00:00",
            "file": null, "line": null}],
        "metrics": {"time": {"name": "time", "label": "Time", "values": [["total", "Total", 1.25]]},
            "resources": {"name": "resources", "label": "Resources", "values": [["total", "Total", 9], ["changed", "Changed", 1]]}},
        "resource_statuses": {
            "File[/tmp/a]": resource("/tmp/a", false, vec![event]),
            "File[b]": resource("b", true, Vec::new()),
            "File[c]": resource("c", false, Vec::new()),
        },
    })
    .to_string()
    .into_bytes();
    let mut seen = Vec::new();
    for agent in [here.at(&cluster.url()), here.at(&machine.url())] {
        for round in 0..2 {
            agent.catalog(&facts, "production").await.unwrap().ok().unwrap();
            let path = "/puppet/v3/report/web.example.com?environment=production";
            let content = Some(("application/json", report.clone()));
            agent.send(Method::PUT, path, "application/json", content).await.unwrap().ok().unwrap();
            until("the second catalog is not stored", async || {
                let producer = cluster.rows("catalogs[producer] { certname = 'web.example.com' }").await;
                let reports = cluster.rows("reports[count()] { certname = 'web.example.com' }").await;
                let wanted =
                    if agent.is_at(&machine.url()) { "compiler.example.com" } else { "primary.example.com" };
                producer == [json!({"producer": wanted})] && reports == [json!({"count": 1})]
            })
            .await;
            seen.push((agent.is_at(&machine.url()), round, stored(&cluster, "web.example.com").await));
        }
        // The same report, told by another server, would be a second one.
        let delete = json!({"command": "delete", "version": 1, "payload": {"certname": "web.example.com"}})
            .to_string();
        let json = [(rest::header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
        let url = format!("{}/pdb/admin/v1/cmd", cluster.store_url());
        let deleted = Client::without_tls().send(Method::POST, &url, json, delete.into()).await.unwrap();
        assert_eq!(deleted.status, 200);
    }
    let (_, _, first) = seen[0].clone();
    assert!(first.iter().all(|(_, rows)| !rows.is_empty()), "{first:#?}");
    for (by_compiler, round, rows) in seen {
        for ((entity, expected), (_, found)) in first.iter().zip(rows) {
            assert_eq!(*expected, found, "{entity}, by the compiler: {by_compiler}, run {round}");
        }
    }
    compiler.stop().await;
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn haproxy_balances_with_the_configuration_that_is_written() {
    let Some(haproxy) = acceptance::peers::find("/usr/sbin/haproxy", "the configuration of HAProxy") else {
        return;
    };
    let cluster = start("").await;
    let machines = ["a.example.com", "b.example.com"].map(|name| Machine::enrolled(&cluster, name, ""));
    let [going, staying] = [machines[0].start().await, machines[1].start().await];
    let folder = tempfile::tempdir().unwrap();
    let ca_file = folder.path().join("ca.pem");
    std::fs::write(&ca_file, cluster.authority()).unwrap();
    let port = acceptance::process::free_port();
    let write = |more: &[String]| {
        let mut command = std::process::Command::new(program());
        command.args(["config", "haproxy", "--config"]).arg(cluster.config());
        command
            .args(["--agents-only", "--listen", &format!("127.0.0.1:{port}"), "--ca-file"])
            .arg(&ca_file)
            .args(more);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    // It knows them by their certificates.
    let known = write(&[]);
    assert!(
        known.contains("server a.example.com a.example.com:8140") && known.contains("server b.example.com "),
        "{known}"
    );
    let named: Vec<String> = machines
        .iter()
        .flat_map(|machine| {
            ["--compiler".to_owned(), format!("{}=127.0.0.1:{}", machine.certname(), machine.port())]
        })
        .collect();
    let config = folder.path().join("haproxy.cfg");
    std::fs::write(&config, write(&named)).unwrap();
    let checked = std::process::Command::new(&haproxy).arg("-c").arg("-f").arg(&config).output().unwrap();
    let said = String::from_utf8_lossy(&checked.stderr).into_owned();
    assert!(checked.status.success() && !said.contains("WARNING"), "{said}");

    let mut command = std::process::Command::new(&haproxy);
    command.arg("-db").arg("-f").arg(&config);
    let _balancer =
        acceptance::process::Process::start("haproxy", &mut command, &folder.path().join("log")).unwrap();
    let balanced = format!("https://localhost:{port}");
    let anonymous = || Client::new(&ClientTls::anonymous(&cluster.authority(), b"").unwrap());
    let log = || std::fs::read_to_string(folder.path().join("log")).unwrap();
    until("nobody answers behind the balancer", async || {
        let url = format!("{balanced}/status/v1/simple");
        anonymous().send(Method::GET, &url, [], Bytes::new()).await.is_ok_and(|answer| answer.status == 200)
    })
    .await;
    let mut agents = Vec::new();
    for number in 0..4 {
        let name = format!("n{number}.example.com");
        agents.push(Agent::enrolled(&balanced, &cluster.authority(), &name).await);
    }
    let mut runs = 0;
    for agent in &agents {
        agent.run_anew(&facts(&agent.certname)).await.unwrap();
        runs += 1;
    }
    // One says that it stops: the balancer sees it, and runs go on meanwhile and afterwards.
    going.drain();
    let end = Instant::now() + Duration::from_secs(8);
    while Instant::now() < end {
        for agent in &agents {
            agent.run_anew(&facts(&agent.certname)).await.unwrap();
            runs += 1;
        }
    }
    assert!(log().contains("Server agents/a.example.com is DOWN"), "{}", log());
    going.stop().await;
    for agent in &agents {
        agent.run_anew(&facts(&agent.certname)).await.unwrap();
        runs += 1;
    }
    until("a report is missing", async || {
        cluster.rows("reports[count()] {}").await == [json!({"count": runs})]
    })
    .await;
    staying.stop().await;
    cluster.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn compilers_have_the_whole_list_where_agents_have_the_short_one() {
    let cluster = start("enable-infra-crl = true\n").await;
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

#[tokio::test(flavor = "multi_thread")]
async fn what_the_store_refuses_is_set_aside() {
    let toml = format!("{}allow-auto-renewal = true\n", compiler::TOML);
    let puppetdb = "max-command-size = 20000".to_owned();
    let mut cluster = Cluster::start_with(Options { toml, puppetdb, ..Options::default() }).await;
    let machine = Machine::enrolled(&cluster, "compiler.example.com", "");
    let compiler = machine.start().await;
    let agent = Agent::enrolled(&machine.url(), &cluster.authority(), "web.example.com").await;
    let new = Agent::enrolled(&cluster.url(), &cluster.authority(), "new.example.com").await;
    let put = async |number: usize, text: &str| {
        let report = json!({
            "host": "web.example.com", "time": jiff::Timestamp::now().to_string(), "configuration_version": number,
            "report_format": 12, "puppet_version": "8.10.0", "status": "unchanged", "transaction_completed": true, "noop": false,
            "environment": "production", "logs": [{"level": "notice", "message": text, "source": "x", "tags": [],
                "time": "2026-01-01T00:00:00Z"}], "resource_statuses": {}, "metrics": {},
        });
        let content = Some(("application/json", report.to_string().into_bytes()));
        let path = "/puppet/v3/report/web.example.com?environment=production";
        agent.send(Method::PUT, path, "application/json", content).await.unwrap()
    };
    let long = "x".repeat(30_000);
    // One that keeps nothing refuses while the store is away, and goes on when it is back.
    let other = Machine::enrolled(&cluster, "other.example.com", "[puppetdb]\nmax-queued-commands = 0\n");
    let keeping_nothing = other.start().await;
    let to_other = async |version: &str| {
        let report = json!({
            "host": "new.example.com", "time": jiff::Timestamp::now().to_string(), "configuration_version": version,
            "report_format": 12, "puppet_version": "8.10.0", "status": "unchanged", "environment": "production", "logs": [],
            "resource_statuses": {}, "metrics": {},
        });
        let content = Some(("application/json", report.to_string().into_bytes()));
        let path = "/puppet/v3/report/new.example.com?environment=production";
        new.at(&other.url())
            .send(Method::PUT, path, "application/json", content)
            .await
            .unwrap()
            .status
            .as_u16()
    };
    // Somebody hears it.
    let refused = put(1, &long).await;
    assert!(refused.status == 400 && refused.text().contains("Command size exceeds"), "{}", refused.text());
    // Nobody does, so it is kept, and what follows is not held up.
    cluster.down().await;
    put(2, &long).await.ok().unwrap();
    put(3, "short").await.ok().unwrap();
    assert_eq!(to_other("1").await, 503);
    cluster.up().await;
    assert_eq!(to_other("2").await, 200);
    keeping_nothing.stop().await;
    until("not all is sent", async || compiler.queued() == 0).await;
    until("not all is stored", async || {
        let rows = cluster.rows("reports[configuration_version] { certname = 'web.example.com' }").await;
        rows == [json!({"configuration_version": "3"})]
    })
    .await;
    let mut command = std::process::Command::new(program());
    let output = command.args(["store", "failed", "--config"]).arg(machine.config()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(told.contains("web.example.com") && told.contains("Command size exceeds"), "{told}");
    compiler.stop().await;
    cluster.stop().await;
}
