//! `URI[...]`: types of URIs, by patterns for their parts.

use std::sync::{Arc, LazyLock};

use super::error::{Result, arity_named, not_type};
use crate::ty::{Size, StructElement};
use crate::uri::Uri;
use crate::{Hash, Type, Value, matches};

/// `URI['http://host']`, `URI[{scheme => 'http'}]`
pub(super) fn uri(keys: &[&Value]) -> Result<Type> {
    match keys {
        [Value::Str(text)] if !text.is_empty() => Ok(Type::Uri(uri_parts(&Uri { text: text.to_string() }))),
        [parts @ Value::Hash(hash)] if matches::is_instance(&URI_PARTS, parts) => {
            Ok(Type::Uri((!hash.is_empty()).then(|| Arc::new((*parts).clone()))))
        }
        [other] => Err(not_type("URI-Type", 0, other)),
        keys => Err(arity_named("URI-Type", 1, Some(1), keys.len())),
    }
}

/// The parts of a URI that tell it from others; `None` if there is none.
pub fn uri_parts(uri: &Uri) -> Option<Arc<Value>> {
    let text = |name: &str| uri_part(uri, name).and_then(|part| part.as_str().map(str::to_owned));
    let scheme = text("scheme").map(|scheme| scheme.to_lowercase());
    let port = uri_part(uri, "port")
        .and_then(|port| port.as_int())
        .filter(|port| !matches!((scheme.as_deref(), port), (Some("http"), 80) | (Some("https"), 443)));
    let parts = [
        ("scheme", scheme),
        ("userinfo", text("userinfo")),
        ("host", text("host").filter(|host| !host.is_empty()).map(|host| host.to_lowercase())),
        ("port", port.map(|port| port.to_string())),
        ("path", text("path").filter(|path| !path.is_empty())),
        ("query", text("query")),
        ("fragment", text("fragment")),
        ("opaque", text("opaque")),
    ];
    let parts: Hash = parts
        .into_iter()
        .filter_map(|(name, part)| part.map(|part| (Value::from(name), Value::from(part))))
        .collect();
    (!parts.is_empty()).then(|| Arc::new(Value::hash(parts)))
}

/// What `URI[{...}]` takes: patterns for parts.
static URI_PARTS: LazyLock<Type> = LazyLock::new(|| {
    let type_of = |ty: Type| Type::type_of(ty);
    let presence = [type_of(Type::not_undef(Type::Any)), type_of(Type::Undef)];
    let text = Type::optional(Type::variant(
        [
            Type::String(Size::at_least(1)),
            Type::Regexp(None),
            type_of(Type::Pattern(Arc::new([]))),
            type_of(Type::enumeration(Vec::<crate::Str>::new(), false)),
        ]
        .into_iter()
        .chain(presence.clone()),
    ));
    let number = Type::optional(Type::variant([Type::Integer(0, i64::MAX)].into_iter().chain(presence)));
    let element =
        |name: &str, value: &Type| StructElement { name: name.into(), optional: true, value: value.clone() };
    Type::structure(vec![
        element("scheme", &text),
        element("userinfo", &text),
        element("host", &text),
        element("port", &number),
        element("path", &text),
        element("query", &text),
        element("fragment", &text),
        element("opaque", &text),
    ])
});

/// A part of a URI by name (RFC 3986, appendix B): `scheme`, `userinfo`, `host`, `port`, `path`, `query`,
/// `fragment`, `opaque`. A port that is not written is that of the scheme, if it is a known one.
pub(crate) fn uri_part(uri: &Uri, name: &str) -> Option<Value> {
    let (rest, fragment) = split(&uri.text, '#');
    let (rest, query) = split(rest, '?');
    let (scheme, rest) = match rest.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) => (Some(scheme), rest),
        _ => (None, rest),
    };
    let hierarchy = rest.strip_prefix("//");
    let (authority, path) = match hierarchy {
        Some(rest) => rest.find('/').map_or((Some(rest), ""), |slash| (Some(&rest[..slash]), &rest[slash..])),
        None => (None, rest),
    };
    let is_opaque = scheme.is_some() && authority.is_none() && !path.starts_with('/');
    let (userinfo, address) = match authority.map(|authority| authority.rsplit_once('@')) {
        Some(Some((user, address))) => (Some(user), Some(address)),
        Some(None) => (None, authority),
        None => (None, None),
    };
    let (host, port) = match address.map(|address| address.rsplit_once(':')) {
        Some(Some((host, port))) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
            (Some(host), port.parse().ok())
        }
        _ => (address, None),
    };
    match name {
        "scheme" => scheme.map(Value::from),
        "userinfo" => userinfo.map(Value::from),
        "host" => host.map(Value::from),
        "port" => port.or_else(|| default_port(scheme?)).map(Value::Int),
        "path" => (!is_opaque).then(|| Value::from(path)),
        "query" => query.map(Value::from),
        "fragment" => fragment.map(Value::from),
        "opaque" => is_opaque.then(|| Value::from(path)),
        _ => None,
    }
}

fn split(text: &str, separator: char) -> (&str, Option<&str>) {
    text.split_once(separator).map_or((text, None), |(before, after)| (before, Some(after)))
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

fn default_port(scheme: &str) -> Option<i64> {
    match scheme.to_ascii_lowercase().as_str() {
        "http" => Some(80),
        "https" => Some(443),
        "ftp" => Some(21),
        "ldap" => Some(389),
        "ldaps" => Some(636),
        _ => None,
    }
}
