//! HTTP over TLS as Puppet agents and tools speak it: listener and client, the identity of the peer, the
//! authorization rules of `auth.conf`, requests, responses and problems.
//!
//! A service implements [`Service`] over plain values ([`Request`] in, [`Response`] out), so its handlers
//! run in tests without a socket. The product mounts services on a [`Router`] and puts a front before it that
//! does what every request needs: an id, the identity, the authorization rules, the access log, compression.
//!
//! This crate is the only one that knows hyper, rustls and tokio-rustls. It decides nothing about certificates,
//! catalogs or nodes.

pub mod access;
pub mod auth;
pub mod body;
pub mod client;
mod compress;
pub mod date;
pub mod front;
pub mod identity;
pub mod listen;
pub mod metrics;
pub mod params;
pub mod path;
pub mod peer;
pub mod problem;
pub mod request;
pub mod response;
pub mod router;
pub mod service;
pub mod tls;
pub mod upstream;

pub use auth::Rules;
pub use body::{FileBody, KeptBody, RequestBody, ResponseBody, StreamBody};
pub use bytes::Bytes;
pub use client::{Client, ClientError};
pub use front::Front;
pub use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
pub use listen::{Limits, Listening, listen, listen_plain};
pub use metrics::Metrics;
pub use params::{Param, Params};
pub use peer::{Compilers, Peer, PeerCertificate};
pub use problem::{IssueKind, Problem};
pub use request::{Origin, Request, RequestId};
pub use response::Response;
pub use router::Router;
pub use service::{BoxFuture, Service};
pub use tls::{ClientTls, Revocation, ServerTls, TlsError, TlsMaterial};
pub use upstream::Upstream;
