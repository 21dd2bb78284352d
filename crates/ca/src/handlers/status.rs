//! `certificate_status` and `certificate_statuses`.
//!
//! Puppet Server has these two on a library for REST resources, so they negotiate and answer where the other
//! endpoints do not: 405, 406, 415, and a fixed order of checks.

use std::time::Duration;

use rest::{Method, Problem, Request, Response, StatusCode, header};
use serde_json::Value;

use super::{Handlers, actor, json_body};
use crate::authority::State;
use crate::error::Error;
use crate::policy::Grants;

const MEDIA_TYPES: [&str; 3] = ["application/json", "text/pson", "pson"];

/// What a PUT wants.
enum Wanted {
    Signed(Option<Duration>, Grants),
    Revoked,
}

impl Handlers {
    pub(super) async fn certificate_status(
        &self,
        request: &mut Request,
        subject: &str,
    ) -> Result<Response, Problem> {
        match request.method {
            Method::GET => self.show(request, subject).await,
            Method::PUT => self.change(request, subject).await,
            Method::DELETE => self.delete(request, subject).await,
            _ => Err(Problem::method_not_allowed("GET, PUT, DELETE")),
        }
    }

    pub(super) async fn certificate_statuses(&self, request: &Request) -> Result<Response, Problem> {
        if request.method != Method::GET {
            return Err(Problem::method_not_allowed("GET"));
        }
        let media_type = acceptable(request)?;
        let params = request.query_params()?;
        let only = match params.text("state") {
            Some("requested") => Some(State::Requested),
            Some("signed") => Some(State::Signed),
            Some("revoked") => Some(State::Revoked),
            _ => None,
        };
        let statuses = self.blocking(move |authority| authority.statuses(only)).await??;
        document(media_type, &statuses)
    }

    async fn show(&self, request: &Request, subject: &str) -> Result<Response, Problem> {
        let media_type = acceptable(request)?;
        let certname = subject.to_owned();
        match self.blocking(move |authority| authority.status(&certname)).await?? {
            Some(status) => document(media_type, &status),
            None => Err(not_found()),
        }
    }

    async fn change(&self, request: &mut Request, subject: &str) -> Result<Response, Problem> {
        let wanted = wanted(json_body(request).await?, subject)?;
        if request.media_type().is_some_and(|found| !MEDIA_TYPES.contains(&found)) {
            return Err(Problem::plain(StatusCode::UNSUPPORTED_MEDIA_TYPE, "Unsupported media type."));
        }
        acceptable(request)?;
        let (certname, actor) = (subject.to_owned(), actor(request));
        let outcome = self
            .blocking(move |authority| {
                let issued = authority.was_issued(&certname)?;
                if !issued && !authority.has_request(&certname) {
                    return Ok(None);
                }
                match wanted {
                    Wanted::Signed(ttl, grants) => {
                        authority.sign_with(&certname, ttl, grants, &actor).map(|_| Some(()))
                    }
                    Wanted::Revoked if issued => authority.revoke(&[certname], &actor).map(Some),
                    Wanted::Revoked => Err(Error::NoCertificate(certname)),
                }
            })
            .await?;
        match outcome {
            Ok(Some(())) => Ok(Response::empty(StatusCode::NO_CONTENT)),
            Ok(None) => Err(Problem::not_found("Invalid certificate subject.")),
            Err(Error::Refused { message, .. }) => Err(Problem::plain(StatusCode::CONFLICT, message)),
            Err(error) => Err(error.into()),
        }
    }

    async fn delete(&self, request: &Request, subject: &str) -> Result<Response, Problem> {
        acceptable(request)?;
        let certname = subject.to_owned();
        let known = self
            .blocking(move |authority| {
                let known = authority.was_issued(&certname)? || authority.has_request(&certname);
                if known {
                    authority.delete(&certname)?;
                }
                Ok(known)
            })
            .await??;
        if known { Ok(Response::empty(StatusCode::NO_CONTENT)) } else { Err(not_found()) }
    }
}

fn not_found() -> Problem {
    Problem::not_found("Resource not found.")
}

fn wanted(body: Option<Value>, subject: &str) -> Result<Wanted, Problem> {
    let body = body.ok_or_else(|| Problem::bad_request("Request body is not JSON."))?;
    let state = body.get("desired_state").and_then(Value::as_str);
    let state = state.ok_or_else(|| Problem::bad_request("Missing required parameter \"desired_state\""))?;
    let ttl = match body.get("cert_ttl") {
        None | Some(Value::Null) => Ok(None),
        Some(ttl) => match ttl.as_u64().filter(|seconds| *seconds > 0) {
            Some(seconds) => Ok(Some(Duration::from_secs(seconds))),
            None => Err(match ttl {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            }),
        },
    };
    match (state, ttl) {
        ("signed" | "revoked", Err(ttl)) => Err(Problem::bad_request(format!(
            "cert_ttl specified for host {subject} must be an integer, not \"{ttl}\""
        ))),
        ("signed", Ok(ttl)) => Ok(Wanted::Signed(
            ttl,
            Grants {
                alt_names: flag(&body, "allow_subject_alt_names")?,
                compiler_role: flag(&body, "allow_compiler_role")?,
            },
        )),
        ("revoked", Ok(_)) => Ok(Wanted::Revoked),
        (other, _) => Err(Problem::bad_request(format!(
            "State {other} invalid; Must specify desired state of 'signed' or 'revoked' for host {subject}."
        ))),
    }
}

/// What Puppet Server does not know: an administrator's word for this one request.
fn flag(body: &Value, name: &str) -> Result<bool, Problem> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => Err(Problem::bad_request(format!("{name} must be true or false"))),
    }
}

/// The media type to answer in, by `Accept`: JSON, or the same under PSON's name for very old tools.
fn acceptable(request: &Request) -> Result<&'static str, Problem> {
    let Some(accept) = request.header(header::ACCEPT) else { return Ok("application/json") };
    for wanted in accept.split(',').map(|range| range.split(';').next().unwrap_or_default().trim()) {
        match wanted {
            "application/json" | "*/*" | "application/*" => return Ok("application/json"),
            "text/pson" | "text/*" => return Ok("text/pson"),
            "pson" => return Ok("pson"),
            _ => {}
        }
    }
    Err(Problem::plain(StatusCode::NOT_ACCEPTABLE, "No acceptable resource available."))
}

fn document(media_type: &'static str, document: &impl serde::Serialize) -> Result<Response, Problem> {
    let text = serde_json::to_vec(document).map_err(Problem::internal)?;
    Ok(match media_type {
        "application/json" => Response::json_bytes(StatusCode::OK, text),
        other => Response::bytes(StatusCode::OK, other, text),
    })
}
