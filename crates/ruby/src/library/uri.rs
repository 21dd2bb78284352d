//! The library `uri`, as far as templates take addresses apart: `URI(...)`, `URI.parse` and the parts of what they give, which is what
//! a `URI` of the Puppet language is, too.

use std::sync::Arc;

use pcore::Value as Puppet;
use pcore::uri::Uri;

use crate::class::Class;
use crate::eval::Interp;
use crate::eval::call::Args;
use crate::flow::{Eval, unsupported};
use crate::name::M;
use crate::value::Value;

/// `URI(value)`
pub(crate) fn function(it: &mut Interp<'_>, args: &Args<'_>) -> Eval {
    match args.one(it)? {
        Value::Text(text) => parse(it, &text.share()),
        uri @ Value::Puppet(value) if matches!(**value, Puppet::Uri(_)) => Ok(uri.clone()),
        _ => Err(it.raise(Class::ArgumentError, "bad argument (expected URI object or URI string)")),
    }
}

/// Methods of the module `URI` that read text.
pub(crate) fn class_method(it: &mut Interp<'_>, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    if id != M::Parse {
        return Ok(None);
    }
    match args.one(it)? {
        Value::Text(text) => parse(it, &text.share()).map(Some),
        other => {
            let shown = it.inspect(other)?;
            Err(it.raise(Class::InvalidUriError, format!("bad URI(is not URI?): {shown}")))
        }
    }
}

fn parse(it: &mut Interp<'_>, text: &str) -> Eval {
    let uri = Uri::parse(text).map_err(|error| it.raise(Class::InvalidUriError, error.to_string()))?;
    // Ruby keeps an empty host or user, which a `Uri` does not tell from none.
    let is_lossy =
        text.contains("//") && uri.opaque.is_none() && uri.host.as_deref().is_none_or(str::is_empty);
    if text.contains("//@") || (is_lossy && uri.scheme.as_deref() != Some("file")) {
        return Err(unsupported("a URI with an empty host or user"));
    }
    Ok(Value::Puppet(Puppet::Uri(Arc::new(uri)).into()))
}

/// The name of the class that Ruby has for the scheme, behind `URI::`.
fn class_name(uri: &Uri) -> &'static str {
    match uri.scheme.as_deref() {
        Some("http") => "HTTP",
        Some("https") => "HTTPS",
        Some("ftp") => "FTP",
        Some("ldap") => "LDAP",
        Some("ldaps") => "LDAPS",
        Some("mailto") => "MailTo",
        Some("file") => "File",
        Some("ws") => "WS",
        Some("wss") => "WSS",
        _ => "Generic",
    }
}

/// What `inspect` gives.
pub(crate) fn inspect(uri: &Uri) -> String {
    format!("#<URI::{} {}>", class_name(uri), uri.text)
}

/// Calls a method of a URI.
pub(crate) fn call(it: &mut Interp<'_>, uri: &Uri, id: M, args: &Args<'_>) -> Eval<Option<Value>> {
    let text = |part: Option<&str>| part.map_or(Value::Nil, Value::text);
    let user =
        uri.userinfo.as_deref().map(|info| info.split_once(':').map_or((info, None), |(a, b)| (a, Some(b))));
    let value = match id {
        M::Scheme => text(uri.scheme.as_deref()),
        M::Userinfo => text(uri.userinfo.as_deref()),
        M::User => text(user.map(|(name, _)| name)),
        M::Password => text(user.and_then(|(_, password)| password)),
        M::Host => text(uri.host.as_deref()),
        M::Hostname => text(uri.host.as_deref().map(without_brackets)),
        M::Port => uri.port.map_or(Value::Nil, |port| Value::Int(port.into())),
        M::Path => text(uri.path.as_deref()),
        M::Query => text(uri.query.as_deref()),
        M::Fragment => text(uri.fragment.as_deref()),
        M::Opaque => text(uri.opaque.as_deref()),
        M::AbsoluteIs => Value::Bool(uri.scheme.is_some()),
        M::RelativeIs => Value::Bool(uri.scheme.is_none()),
        M::RequestUri if matches!(class_name(uri), "HTTP" | "HTTPS" | "WS" | "WSS") => match &uri.path {
            None => Value::Nil,
            Some(path) => {
                let slash = if path.starts_with('/') { "" } else { "/" };
                let query = uri.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
                Value::string(format!("{slash}{path}{query}"))
            }
        },
        // Only the general class is known here.
        M::Class | M::InstanceOfIs if class_name(uri) != "Generic" => {
            return Err(unsupported(format!("the class URI::{}", class_name(uri))));
        }
        _ => return Ok(None),
    };
    args.none(it)?;
    Ok(Some(value))
}

/// An address of version 6 without its brackets.
fn without_brackets(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}
