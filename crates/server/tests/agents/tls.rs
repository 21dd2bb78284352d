//! Everything at once: TLS, identity, the shipped rules, a catalog.

use std::net::SocketAddr;

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, DnType, IsCa,
    KeyIdMethod, KeyPair, KeyUsagePurpose, SerialNumber, date_time_ymd,
};
use rest::{Client, ClientTls, Front, Limits, Metrics, Revocation, Router, Rules, ServerTls, TlsMaterial};

use super::*;

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "Puppet CA");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn certificate(authority: &CertifiedIssuer<'static, KeyPair>, certname: &str) -> (String, String) {
    let mut params = CertificateParams::new(vec![certname.to_owned(), "localhost".to_owned()]).unwrap();
    params.distinguished_name = Default::default();
    params.distinguished_name.push(DnType::CommonName, certname);
    let key = KeyPair::generate().unwrap();
    (params.signed_by(&key, authority).unwrap().pem(), key.serialize_pem())
}

#[tokio::test]
async fn an_agent_gets_its_catalog_over_tls() {
    let site = Site::new();
    let authority = authority();
    let list = CertificateRevocationListParams {
        this_update: date_time_ymd(2024, 1, 1),
        next_update: date_time_ymd(2124, 1, 1),
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: Vec::new(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    let list = list.signed_by(&authority).unwrap().pem().unwrap();
    let bundle = authority.pem();
    let (ours, agents) = (certificate(&authority, "puppet.example.com"), certificate(&authority, NODE));
    let material = |(chain, key): &(String, String)| -> (Vec<u8>, Vec<u8>) {
        (chain.clone().into(), key.clone().into())
    };
    let (chain, key) = material(&ours);
    let tls = |chain: &[u8], key: &[u8], make: &dyn Fn(&TlsMaterial<'_>)| {
        make(&TlsMaterial {
            chain,
            key,
            authorities: bundle.as_bytes(),
            revocation_lists: list.as_bytes(),
            revocation: Revocation::Chain,
        });
    };
    let server_tls = std::cell::OnceCell::new();
    tls(&chain, &key, &|material| drop(server_tls.set(ServerTls::new(material).unwrap())));
    let client_tls = std::cell::OnceCell::new();
    let (chain, key) = material(&agents);
    tls(&chain, &key, &|material| drop(client_tls.set(ClientTls::new(material).unwrap())));

    let router = Router::new().mount("/puppet", site.server.clone());
    let front = Arc::new(Front::new(Arc::new(router), Rules::default()));
    let address = SocketAddr::from(([127, 0, 0, 1], 0));
    let listening = rest::listen(
        address,
        server_tls.get().unwrap().clone(),
        front,
        Limits::default(),
        Arc::new(Metrics::default()),
    );
    let listening = listening.await.unwrap();
    let client = Client::new(client_tls.get().unwrap());
    let url = |path: &str| format!("https://localhost:{}{path}", listening.address().port());

    let accept = [(header::ACCEPT, HeaderValue::from_static("application/json, text/pson"))];
    let node = "/puppet/v3/node/web.example.com?environment=production";
    let answer = client.send(Method::GET, &url(node), accept.clone(), Default::default()).await.unwrap();
    assert_eq!(
        (answer.status.as_u16(), answer.text().as_str()),
        (200, r#"{"name":"web.example.com","environment":"production"}"#)
    );

    let headers = [
        (header::ACCEPT, HeaderValue::from_static("application/vnd.puppet.rich+json, application/json")),
        (header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded")),
    ];
    let form = "facts_format=application%2Fjson&environment=production&facts=%257B%2522name%2522%253A%2522web.example.com\
                %2522%252C%2522values%2522%253A%257B%257D%257D";
    let catalog = "/puppet/v3/catalog/web.example.com?environment=production";
    let answer = client.send(Method::POST, &url(catalog), headers, form.into()).await.unwrap().ok().unwrap();
    let catalog: serde_json::Value = answer.json().unwrap();
    assert_eq!(catalog["name"], NODE);

    let other = "/puppet/v3/catalog/other.example.com?environment=production";
    let answer = client.send(Method::GET, &url(other), accept, Default::default()).await.unwrap();
    assert_eq!(answer.status, 403);
    assert_eq!(
        answer.text(),
        "Forbidden request: /puppet/v3/catalog/other.example.com (method :get). Please see the server logs for details."
    );
    assert!(listening.stop(Duration::from_secs(10)).await);
}
