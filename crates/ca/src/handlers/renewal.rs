//! `certificate_renewal`: whose certificate is it?
//!
//! Ordinarily that of the connection. Behind a proxy that ends TLS it is the one that the proxy vouches for.
//! And a compile server passes on the requests of its agents over its own connection with the agent's
//! certificate in `X-Client-Cert`; it is believed if it is known as a compiler, or its certname is in the inventory of
//! infrastructure nodes. Anybody else who sends that header is refused, and whatever comes by header is checked against our
//! key and our list, since no handshake has done it.

use pki::Certificate;
use rest::{Origin, PeerCertificate, Problem, Request, Response, StatusCode};

use super::{Handlers, TEXT, actor};
use crate::files;

impl Handlers {
    pub(super) async fn renew(&self, request: &Request) -> Result<Response, Problem> {
        if !self.authority.settings().allow_auto_renewal {
            return Err(Problem::not_found("Not Found"));
        }
        let Some(certificate) = self.certificate_to_renew(request).await? else {
            return Err(Problem::bad_request("No valid certificate found in renewal request"));
        };
        if !self.authority.signed(&certificate) {
            return Err(Problem::plain(
                StatusCode::FORBIDDEN,
                "Certificate present, but does not match signature",
            ));
        }
        tracing::info!("Certificate present, processing renewal request");
        let actor = actor(request);
        let renewed = self.blocking(move |authority| authority.renew(&certificate, &actor)).await??;
        Ok(Response::bytes(StatusCode::OK, TEXT, renewed.to_pem()))
    }

    async fn certificate_to_renew(&self, request: &Request) -> Result<Option<Certificate>, Problem> {
        // With `allow_header_cert_info` this is the certificate that the proxy vouches for.
        let of_peer = request.peer.certificate().filter(|_| request.peer.is_authenticated());
        let Some(of_peer) = of_peer else {
            tracing::warn!("Request is missing a certificate for an endpoint that requires a certificate.");
            return Ok(None);
        };
        let certificate = match request.claimed_certificate() {
            None if request.origin() == Origin::ThroughCompiler => {
                tracing::warn!(
                    "A compiler passed on a renewal request without the certificate of its client."
                );
                return Ok(None);
            }
            None => decode(of_peer)?,
            Some(claimed) => {
                let name = request.peer.certname().unwrap_or_default();
                if request.origin() == Origin::Peer && !self.is_infrastructure(name).await? {
                    tracing::warn!(
                        "Rejecting certificate request because the x-client-cert header was specified, but the client \
                         making the request was not in the allow list."
                    );
                    return Ok(None);
                }
                decode(&claimed?)?
            }
        };
        if !self.authority.in_force(&certificate) {
            tracing::warn!(
                "Rejecting certificate request because the certificate is revoked or has expired."
            );
            return Ok(None);
        }
        Ok(Some(certificate))
    }

    async fn is_infrastructure(&self, certname: &str) -> Result<bool, Problem> {
        let file = self.authority.settings().paths.infra_inventory.clone();
        let names = self.blocking(move |_| files::read_list(&file)).await??.unwrap_or_default();
        Ok(String::from_utf8_lossy(&names).lines().any(|name| name == certname))
    }
}

fn decode(certificate: &PeerCertificate) -> Result<Certificate, Problem> {
    Certificate::from_der(&certificate.der).map_err(|error| {
        Problem::bad_request("No valid certificate found in renewal request").with_cause(error)
    })
}
