//! `bunraku ca sign`, `revoke` and `clean`

use std::io::IsTerminal as _;
use std::process::ExitCode;

use rest::{Bytes, Method, StatusCode};
use serde_json::{Value, json};

use super::online::{Answer, Api, path};
use super::{PARTIAL, fail};
use crate::config::Site;

/// Sign certificate requests
///
/// Compare the fingerprint that `list` shows with that of `puppet ssl show` on the machine before.
#[derive(clap::Args, Debug)]
pub struct SignArgs {
    /// The names of the requests
    #[arg(long, value_name = "NAME[,NAME]", value_delimiter = ',')]
    certname: Vec<String>,
    /// All pending requests
    #[arg(long)]
    all: bool,
    /// Life of the certificates: a number of seconds, or with one of s, m, h, d, y
    #[arg(long, value_name = "TIME")]
    ttl: Option<String>,
    /// The requests are of compilers: allow them the alternative names and the role pp_auth_role = pe_compiler that they ask for,
    /// whatever the authority's settings say
    #[arg(long, conflicts_with = "all")]
    compiler: bool,
    /// Allow the requests the alternative names that they ask for, whatever the authority's settings say
    #[arg(long, conflicts_with = "all")]
    allow_alt_names: bool,
}

/// What is allowed to a request beside what the settings allow to all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Allowed {
    alt_names: bool,
    compiler_role: bool,
}

/// Certnames
#[derive(clap::Args, Debug)]
pub struct Names {
    /// The names of the certificates
    #[arg(long, value_name = "NAME[,NAME]", value_delimiter = ',')]
    certname: Vec<String>,
}

/// What became of one certname, worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Success,
    Invalid,
    NotFound,
    Error,
}

pub(super) async fn sign(args: SignArgs, site: &Site) -> anyhow::Result<ExitCode> {
    match (args.certname.is_empty(), args.all) {
        (false, true) => return fail(["--all and --certname cannot be used together"]),
        (true, false) => return fail(["No arguments given"]),
        _ => {}
    }
    let ttl = match args.ttl.as_deref().map(seconds).transpose() {
        Ok(ttl) => ttl,
        Err(lines) => return fail(lines),
    };
    let api = Api::new(site)?;
    let allowed = Allowed { alt_names: args.compiler || args.allow_alt_names, compiler_role: args.compiler };
    if ttl.is_none() && allowed == Allowed::default() && api.signs_in_bulk().await? {
        return sign_in_bulk(&api, &args).await;
    }
    let mut certnames = args.certname;
    if args.all {
        certnames = match api.statuses(true).await? {
            Ok(statuses) => statuses.iter().filter_map(|s| s["name"].as_str().map(str::to_owned)).collect(),
            Err(answer) => {
                return fail([
                    format!("    code: {}", answer.status.as_u16()),
                    format!("    body: {}", answer.body),
                ]);
            }
        };
        if certnames.is_empty() {
            fail(["    No waiting certificate requests to sign"])?;
            return Ok(ExitCode::from(PARTIAL));
        }
    }
    let mut good = true;
    for certname in &certnames {
        good &= sign_one(&api, certname, ttl, allowed).await?;
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Signs one request and says so; `false` if it could not be signed.
pub(super) async fn sign_one(
    api: &Api,
    certname: &str,
    ttl: Option<u64>,
    allowed: Allowed,
) -> anyhow::Result<bool> {
    let mut body = json!({"desired_state": "signed"});
    for (key, is_allowed) in
        [("allow_subject_alt_names", allowed.alt_names), ("allow_compiler_role", allowed.compiler_role)]
    {
        if is_allowed {
            body[key] = true.into();
        }
    }
    if let Some(ttl) = ttl {
        body["cert_ttl"] = ttl.into();
    }
    let answer = api.ask(Method::PUT, &path("certificate_status", certname), body.to_string()).await?;
    match answer.status {
        StatusCode::NO_CONTENT => {
            println!("Successfully signed certificate request for {certname}");
            Ok(true)
        }
        StatusCode::NOT_FOUND => {
            fail([format!("    Could not find certificate request for {certname}")])?;
            Ok(false)
        }
        _ => {
            let what = format!("When attempting to sign certificate request '{certname}', received");
            unexpected(&what, &answer)?;
            Ok(false)
        }
    }
}

async fn sign_in_bulk(api: &Api, args: &SignArgs) -> anyhow::Result<ExitCode> {
    let (path, body, what) = match args.all {
        true => ("/puppet-ca/v1/sign/all", json!({}), "sign all certificate requests"),
        false => ("/puppet-ca/v1/sign", json!({"certnames": args.certname}), "sign certificate requests"),
    };
    let answer = api.ask(Method::POST, path, body.to_string()).await?;
    if answer.status != StatusCode::OK {
        return unexpected(&format!("When attempting to {what}, received:"), &answer);
    }
    let Ok(outcome) = serde_json::from_str::<Value>(&answer.body) else {
        return fail([
            format!(
                "    Unable to parse the response from the {} endpoint.",
                path.trim_start_matches("/puppet-ca/v1")
            ),
            format!("      body {}", answer.body),
        ]);
    };
    let names = |key: &str| -> Vec<String> {
        let list = outcome[key].as_array();
        list.into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect()
    };
    let (signed, without, failed) = (names("signed"), names("no-csr"), names("signing-errors"));
    if !signed.is_empty() {
        println!("Successfully signed the following certificate requests:");
        signed.iter().for_each(|name| println!("  {name}"));
    }
    let mut errors = Vec::new();
    for (names, text) in [
        (&without, "No certificate request found for the following nodes when attempting to sign:"),
        (
            &failed,
            "Error encountered when attempting to sign the certificate request for the following nodes:",
        ),
    ] {
        if !names.is_empty() {
            errors.push(format!("    {text}"));
            errors.extend(names.iter().map(|name| format!("      {name}")));
        }
    }
    if !errors.is_empty() {
        fail(errors)?;
        let mut good = without.is_empty();
        for certname in &failed {
            good &= sign_on_demand(api, certname).await?;
        }
        return Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    if signed.is_empty() {
        eprintln!("No waiting certificate requests to sign.");
        return Ok(ExitCode::from(PARTIAL));
    }
    Ok(ExitCode::SUCCESS)
}

/// A request that wants more than the settings allow: says what, and on a terminal asks whether it shall have it. True if it has.
async fn sign_on_demand(api: &Api, certname: &str) -> anyhow::Result<bool> {
    let answer = api.ask(Method::GET, &path("certificate_status", certname), Bytes::new()).await?;
    let status: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let Some((wish, allowed, option)) = wish(certname, &status) else { return Ok(false) };
    eprintln!("{certname} asks {wish}.");
    let hint = format!("bunraku ca sign --certname {certname} {option}");
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        eprintln!("To allow it for this request: {hint}");
        return Ok(false);
    }
    eprint!("Sign it? [y/N] ");
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    if !matches!(line.trim(), "y" | "Y" | "yes") {
        return Ok(false);
    }
    sign_one(api, certname, None, allowed).await
}

/// What a request wants that an administrator can allow it, in words, with the option that does; nothing if it wants something else.
fn wish(certname: &str, status: &Value) -> Option<(String, Allowed, &'static str)> {
    let own = format!("DNS:{certname}");
    let names = status["subject_alt_names"].as_array();
    let names: Vec<&str> =
        names.into_iter().flatten().filter_map(Value::as_str).filter(|name| *name != own).collect();
    let extensions = status["authorization_extensions"].as_object()?;
    let compiler_role = match extensions.len() {
        0 => false,
        1 if extensions.get("pp_auth_role").is_some_and(|role| role == "pe_compiler") => true,
        _ => return None,
    };
    let allowed = Allowed { alt_names: !names.is_empty(), compiler_role };
    // Whoever sent the request chose them.
    let names = names.join(", ").replace(char::is_control, "?");
    match (compiler_role, allowed.alt_names) {
        (false, false) => None,
        (true, false) => Some(("to be a compiler".to_owned(), allowed, "--compiler")),
        (true, true) => Some((format!("to be a compiler, with the names {names}"), allowed, "--compiler")),
        (false, true) => Some((format!("for the names {names}"), allowed, "--allow-alt-names")),
    }
}

pub(super) async fn revoke(names: Names, site: &Site) -> anyhow::Result<ExitCode> {
    if names.certname.is_empty() {
        return fail(["  At least one certname is required to revoke"]);
    }
    let api = Api::new(site)?;
    let mut worst = Outcome::Success;
    for certname in &names.certname {
        let answer = revocation(&api, certname).await?;
        let outcome = match answer.status {
            StatusCode::OK | StatusCode::NO_CONTENT => {
                println!("Certificate for {certname} has been revoked");
                Outcome::Success
            }
            StatusCode::NOT_FOUND => {
                fail([format!("    Could not find certificate for {certname}")])?;
                Outcome::NotFound
            }
            StatusCode::CONFLICT => {
                fail([format!("    Could not revoke unsigned csr for {certname}")])?;
                Outcome::Invalid
            }
            _ => {
                unexpected(
                    &format!("When attempting to revoke certificate '{certname}', received:"),
                    &answer,
                )?;
                Outcome::Error
            }
        };
        worst = worst.max(outcome);
    }
    Ok(exit_code(worst))
}

pub(super) async fn clean(names: Names, site: &Site) -> anyhow::Result<ExitCode> {
    if names.certname.is_empty() {
        return fail(["  At least one certname is required to clean"]);
    }
    let api = Api::new(site)?;
    let mut worst = Outcome::Success;
    for certname in &names.certname {
        worst = worst.max(clean_one(&api, certname).await?);
    }
    Ok(exit_code(worst))
}

async fn clean_one(api: &Api, certname: &str) -> anyhow::Result<Outcome> {
    let answer = revocation(api, certname).await?;
    let revoked = match answer.status {
        StatusCode::OK | StatusCode::NO_CONTENT => {
            println!("Certificate for {certname} has been revoked");
            Outcome::Success
        }
        // A request without a certificate: its file goes all the same.
        StatusCode::CONFLICT => Outcome::Invalid,
        StatusCode::NOT_FOUND => Outcome::Success,
        _ => {
            unexpected(&format!("When attempting to revoke certificate '{certname}', received:"), &answer)?;
            return Ok(Outcome::Error);
        }
    };
    let answer = api.ask(Method::DELETE, &path("certificate_status", certname), Bytes::new()).await?;
    match answer.status {
        StatusCode::OK | StatusCode::NO_CONTENT => {
            println!("Cleaned files related to {certname}");
            Ok(revoked)
        }
        StatusCode::NOT_FOUND => {
            fail([format!("    Could not find files to clean for {certname}")])?;
            Ok(Outcome::Error)
        }
        _ => {
            unexpected(&format!("When attempting to clean certificate '{certname}', received:"), &answer)?;
            Ok(Outcome::Error)
        }
    }
}

async fn revocation(api: &Api, certname: &str) -> anyhow::Result<Answer> {
    let body = json!({"desired_state": "revoked"}).to_string();
    api.ask(Method::PUT, &path("certificate_status", certname), body).await
}

fn exit_code(worst: Outcome) -> ExitCode {
    match worst {
        Outcome::Success => ExitCode::SUCCESS,
        Outcome::Invalid => ExitCode::from(PARTIAL),
        Outcome::NotFound | Outcome::Error => ExitCode::FAILURE,
    }
}

/// Prints an answer that nobody expected.
pub(super) fn unexpected(what: &str, answer: &Answer) -> anyhow::Result<ExitCode> {
    fail([
        format!("    {what}"),
        format!("      code: {}", answer.status.as_u16()),
        format!("      body: {}", answer.body),
    ])
}

/// A `--ttl` in seconds.
pub(super) fn seconds(text: &str) -> Result<u64, [String; 2]> {
    crate::config::puppet_conf::parse_duration(text)
        .filter(|seconds| *seconds > 0 && !text.starts_with('+'))
        .ok_or_else(|| {
            [
                format!(" '{text}' is an invalid ttl value"),
                "Value should match regex \"^(\\d+)(s|m|h|d|y)?$\"".to_owned(),
            ]
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_allowed_is_offered() {
        let offered = |names: &[&str], extensions: Value| {
            let status = json!({"subject_alt_names": names, "authorization_extensions": extensions});
            wish("a", &status).map(|(text, _, option)| format!("{text}: {option}"))
        };
        let role = || json!({"pp_auth_role": "pe_compiler"});
        assert_eq!(offered(&["DNS:a"], json!({})), None);
        assert_eq!(offered(&["DNS:a"], role()).unwrap(), "to be a compiler: --compiler");
        let both = offered(&["DNS:a", "DNS:puppet", "IP:10.0.0.1"], role()).unwrap();
        assert_eq!(both, "to be a compiler, with the names DNS:puppet, IP:10.0.0.1: --compiler");
        let names = offered(&["DNS:www"], json!({})).unwrap();
        assert_eq!(names, "for the names DNS:www: --allow-alt-names");
        assert_eq!(offered(&["DNS:www"], json!({"pp_authorization": "x"})), None);
        assert_eq!(offered(&["DNS:www"], json!({"pp_auth_role": "other"})), None);
    }

    #[test]
    fn ttls() {
        assert_eq!(seconds("90"), Ok(90));
        assert_eq!(seconds("2h"), Ok(7200));
        assert_eq!(seconds("1y"), Ok(31_536_000));
        for bad in ["", "x", "-1", "+1", "1w", "0"] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_worst_outcome_decides() {
        let worst = [Outcome::Invalid, Outcome::Error, Outcome::Success].into_iter().max();
        assert_eq!(worst, Some(Outcome::Error));
        assert!(Outcome::NotFound > Outcome::Invalid);
    }
}
