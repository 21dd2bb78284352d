//! `URI[...]`: types of URIs, by patterns for their parts.

use std::sync::{Arc, LazyLock};

use super::error::{Result, TypeError, arity_named, not_type};
use crate::ty::{Size, StructElement};
use crate::uri::Uri;
use crate::{Hash, Type, Value, matches};

/// `URI['http://host']`, `URI[{scheme => 'http'}]`
pub(super) fn uri(keys: &[&Value]) -> Result<Type> {
    match keys {
        [Value::Str(text)] if !text.is_empty() => {
            let uri = Uri::parse(text).map_err(|error| TypeError::framed(error.message))?;
            Ok(Type::Uri(uri_parts(&uri)))
        }
        [parts @ Value::Hash(hash)] if matches::is_instance(&URI_PARTS, parts) => {
            Ok(Type::Uri((!hash.is_empty()).then(|| Arc::new((*parts).clone()))))
        }
        [other] => Err(not_type("URI-Type", 0, other)),
        keys => Err(arity_named("URI-Type", 1, Some(1), keys.len())),
    }
}

/// The parts of a URI that tell it from others; `None` if there is none.
pub fn uri_parts(uri: &Uri) -> Option<Arc<Value>> {
    let text = |name: &str| uri.part(name).and_then(|part| part.as_str().map(str::to_owned));
    let scheme = text("scheme").map(|scheme| scheme.to_lowercase());
    let port = uri
        .part("port")
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
