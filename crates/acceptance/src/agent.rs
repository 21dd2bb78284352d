//! A simulated agent: its own key and certificate, and the requests of a stock agent's run.

use pki::{CsrBuilder, KeyKind, KeyPair};
use rest::client::{Answer, ClientError};
use rest::{Bytes, Client, ClientTls, HeaderName, HeaderValue, Method, Revocation, TlsMaterial, header};

/// Characters that `puppet` leaves as they are in a query.
const UNRESERVED: &str = "-_.~";

/// An agent with a certificate.
pub struct Agent {
    /// Its name.
    pub certname: String,
    url: String,
    client: Client,
}

/// An agent's identity before it is signed.
pub struct Applicant {
    certname: String,
    key: KeyPair,
    url: String,
    client: Client,
}

impl Applicant {
    /// Makes a key and hands in a request. The authority's certificate is what `authority` says.
    pub async fn apply(url: &str, authority: &[u8], certname: &str) -> Applicant {
        let key = KeyPair::generate(KeyKind::EcP256).unwrap();
        let csr = CsrBuilder::new(certname).unwrap().sign(&key).unwrap();
        let client = Client::new(&ClientTls::anonymous(authority, b"").unwrap());
        let applicant = Applicant { certname: certname.into(), key, url: url.into(), client };
        let answer = applicant.put_request(csr.to_pem()).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        applicant
    }

    /// Hands in a request as text.
    pub async fn put_request(&self, pem: String) -> Answer {
        let url = format!("{}/puppet-ca/v1/certificate_request/{}", self.url, self.certname);
        let text = HeaderValue::from_static("text/plain");
        let headers = [(header::ACCEPT, text.clone()), (header::CONTENT_TYPE, text)];
        self.client.send(Method::PUT, &url, headers, Bytes::from(pem)).await.unwrap()
    }

    /// Fetches the certificate; nothing while it is not signed.
    pub async fn certificate(&self) -> Option<String> {
        let url = format!("{}/puppet-ca/v1/certificate/{}", self.url, self.certname);
        let accept = [(header::ACCEPT, HeaderValue::from_static("text/plain"))];
        let answer = self.client.send(Method::GET, &url, accept, Bytes::new()).await.unwrap();
        match answer.status.as_u16() {
            200 => Some(String::from_utf8(answer.body.to_vec()).unwrap()),
            404 => None,
            other => panic!("GET certificate: {other} {}", answer.text()),
        }
    }

    /// The agent, once its certificate is there.
    pub async fn enrol(self, authority: &[u8]) -> Agent {
        let certificate = self.certificate().await.expect("the request is signed");
        let key = self.key.to_pem().unwrap();
        let material = TlsMaterial {
            chain: certificate.as_bytes(),
            key: key.as_bytes(),
            authorities: authority,
            revocation_lists: b"",
            revocation: Revocation::Off,
        };
        let client = Client::new(&ClientTls::new(&material).unwrap());
        Agent { certname: self.certname, url: self.url, client }
    }
}

impl Agent {
    /// Applies and enrols at a server that signs every request.
    pub async fn enrolled(url: &str, authority: &[u8], certname: &str) -> Agent {
        Applicant::apply(url, authority, certname).await.enrol(authority).await
    }

    /// An agent with a certificate that it has already.
    pub fn with(url: &str, identity: &crate::puppetserver::Identity) -> Agent {
        let read = |path: &std::path::Path| std::fs::read(path).unwrap();
        let (chain, key) = (read(&identity.certificate), read(&identity.key));
        let material = TlsMaterial {
            chain: &chain,
            key: &key,
            authorities: &read(&identity.authority),
            revocation_lists: b"",
            revocation: Revocation::Off,
        };
        let client = Client::new(&ClientTls::new(&material).unwrap());
        Agent { certname: identity.certname.clone(), url: url.to_owned(), client }
    }

    /// The same agent at another listener.
    pub fn at(&self, url: &str) -> Agent {
        Agent { certname: self.certname.clone(), url: url.to_owned(), client: self.client.clone() }
    }

    /// Whether it asks this listener.
    pub fn is_at(&self, url: &str) -> bool {
        self.url == url
    }

    /// Any request with the agent's certificate; `path` begins with `/`.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        accept: &'static str,
        content: Option<(&'static str, Vec<u8>)>,
    ) -> Result<Answer, ClientError> {
        self.send_with(method, path, headers(accept), content).await
    }

    /// A request with more headers.
    pub async fn send_also(&self, method: Method, path: &str, more: &[(HeaderName, HeaderValue)]) -> Answer {
        let mut headers = headers("text/plain");
        headers.extend(more.iter().cloned());
        self.send_with(method, path, headers, None).await.unwrap()
    }

    async fn send_with(
        &self,
        method: Method,
        path: &str,
        mut headers: Vec<(HeaderName, HeaderValue)>,
        content: Option<(&'static str, Vec<u8>)>,
    ) -> Result<Answer, ClientError> {
        let body = match content {
            Some((content_type, body)) => {
                headers.push((header::CONTENT_TYPE, HeaderValue::from_static(content_type)));
                body
            }
            None => Vec::new(),
        };
        self.client.send(method, &format!("{}{path}", self.url), headers, body.into()).await
    }

    /// A GET that wants JSON.
    pub async fn get(&self, path: &str) -> Result<Answer, ClientError> {
        self.send(Method::GET, path, "application/json, text/pson", None).await
    }

    /// Asks for the catalog with facts (JSON of `{name, values}`).
    pub async fn catalog(&self, facts: &[u8], environment: &str) -> Result<Answer, ClientError> {
        let form = catalog_form(facts, environment);
        self.send(
            Method::POST,
            &format!("/puppet/v3/catalog/{}?environment={environment}", self.certname),
            "application/vnd.puppet.rich+json, application/json, text/pson",
            Some(("application/x-www-form-urlencoded", form)),
        )
        .await
    }

    /// The requests of a regular run, in the order of a stock agent's, with a report of no changes.
    pub async fn run(&self, facts: &[u8]) -> Result<(), ClientError> {
        self.run_at("2026-01-01T00:00:00.000000000+00:00", facts).await
    }

    /// The same, now by the agent's clock, so that no report is like another one.
    pub async fn run_anew(&self, facts: &[u8]) -> Result<(), ClientError> {
        self.run_at(&jiff::Timestamp::now().to_string(), facts).await
    }

    async fn run_at(&self, time: &str, facts: &[u8]) -> Result<(), ClientError> {
        let certname = &self.certname;
        let run = "environment=production&configured_environment=production&transaction_uuid=6d1f6c5e-0b7a-4c55-9d43-6f4f8e7a1b2c";
        self.get(&format!("/puppet/v3/node/{certname}?{run}")).await?.ok()?;
        let search = "recurse=true&max_files=-1&ignore=.svn&ignore=CVS&ignore=.git&ignore=.hg&links=follow\
                      &checksum_type=sha256&environment=production";
        for (mount, permissions) in [("pluginfacts", "use"), ("plugins", "ignore")] {
            let path = format!("/puppet/v3/file_metadatas/{mount}?{search}&source_permissions={permissions}");
            let mut headers = headers("application/json, text/pson");
            // As every stock agent; what is in the answer is not looked at here.
            let gzip = HeaderValue::from_static("gzip;q=1.0,deflate;q=0.6,identity;q=0.3");
            headers.push((header::ACCEPT_ENCODING, gzip));
            self.send_with(Method::GET, &path, headers, None).await?.ok()?;
        }
        let catalog = self.catalog(facts, "production").await?.ok()?;
        let catalog: serde_json::Value = catalog.json()?;
        assert_eq!(catalog["name"], certname.as_str());
        let report = unchanged_report(certname, time, &catalog);
        let path = format!("/puppet/v3/report/{certname}?environment=production");
        self.send(Method::PUT, &path, "application/json", Some(("application/json", report))).await?.ok()?;
        Ok(())
    }
}

fn headers(accept: &'static str) -> Vec<(HeaderName, HeaderValue)> {
    vec![
        (header::ACCEPT, HeaderValue::from_static(accept)),
        (HeaderName::from_static("x-puppet-version"), HeaderValue::from_static("8.10.0")),
    ]
}

/// The form of a catalog request: facts are percent-encoded, and then once more as a form value.
pub fn catalog_form(facts: &[u8], environment: &str) -> Vec<u8> {
    let facts = encode(encode(facts).as_bytes());
    format!(
        "facts_format=application%2Fjson&facts={facts}&environment={environment}&configured_environment={environment}\
         &check_environment=true&transaction_uuid=6d1f6c5e-0b7a-4c55-9d43-6f4f8e7a1b2c&job_uuid=&static_catalog=true\
         &checksum_type=sha256.sha384.sha512.sha224.md5"
    )
    .into_bytes()
}

/// Facts of an example node under another name.
pub fn facts_of(example: &str, certname: &str) -> Vec<u8> {
    let mut values = crate::examples::facts(example);
    values.insert("clientcert", certname);
    let facts = wire::facts::Facts { name: certname.into(), values, ..wire::facts::Facts::default() };
    let mut text = Vec::new();
    facts.write_json(&mut text);
    text
}

fn unchanged_report(certname: &str, time: &str, catalog: &serde_json::Value) -> Vec<u8> {
    let resources = catalog["resources"].as_array().map_or(0, Vec::len);
    serde_json::json!({
        "host": certname, "time": time, "configuration_version": catalog["version"],
        "transaction_uuid": catalog["catalog_uuid"], "report_format": 12, "puppet_version": "8.10.0", "status": "unchanged",
        "transaction_completed": true, "noop": false, "noop_pending": false, "environment": "production",
        "corrective_change": false, "catalog_uuid": catalog["catalog_uuid"], "cached_catalog_status": "not_used",
        "logs": [], "resource_statuses": {},
        "metrics": {"resources": {"name": "resources", "label": "Resources", "values": [["total", "Total", resources]]}},
    })
    .to_string()
    .into_bytes()
}

fn encode(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for &byte in text {
        if byte.is_ascii_alphanumeric() || UNRESERVED.as_bytes().contains(&byte) {
            out.push(byte.into());
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
