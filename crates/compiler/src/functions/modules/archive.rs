//! The module archive. Functions that ask an Artifactory server are not here: a compile makes no connections.

use pcore::format::ruby_to_s;
use pcore::regexp::Regexp;
use pcore::{Hash, Value};

use super::all;
use crate::context::Context;
use crate::error::Control;
use crate::functions::{Legacy, Native, OfModule, Overload, ruby};

pub(in crate::functions) const ARCHIVE: OfModule =
    all("archive", &[&ASSEMBLE_NEXUS_URL, &PARSE_ARTIFACTORY_URL], &[&OLD_ASSEMBLE_NEXUS_URL]);

/// The URL of an artifact in a Nexus server: its address, and the parameters of the query.
const ASSEMBLE_NEXUS_URL: Native = Native {
    name: "archive::assemble_nexus_url",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |context, arguments| {
        context.check_signatures(&["(Stdlib::HTTPUrl $nexus_url, Hash $params)"], arguments)?;
        nexus_url(arguments)
    })],
};

/// `archive::assemble_nexus_url` by its old name.
const OLD_ASSEMBLE_NEXUS_URL: Legacy =
    Legacy::value("assemble_nexus_url", -1, |_, arguments| nexus_url(arguments));

fn nexus_url(arguments: &[Value]) -> Result<Value, Control> {
    let url = arguments.first().map(ruby::legacy_to_s).unwrap_or_default();
    let mut query = Vec::new();
    for (name, value) in arguments.get(1).and_then(Value::as_hash).into_iter().flat_map(Hash::iter) {
        let Value::Str(text) = value else { return Err(ruby::no_conversion(value, "String").into()) };
        query.push(format!("{}={}", ruby_to_s(name), ruby::string::cgi_escape(text)));
    }
    Ok(format!("{url}/service/local/artifact/maven/content?{}", query.join("&")).into())
}

/// The parts of the URL of an artifact in an Artifactory server, or undef.
const PARSE_ARTIFACTORY_URL: Native = Native {
    name: "archive::parse_artifactory_url",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", parse_artifactory_url)],
};

/// Names of the groups of [`URL`], in order.
const PARTS: [&str; 9] = [
    "base_url",
    "repository",
    "org_path",
    "module",
    "base_rev",
    "folder_iteg_rev",
    "file_iteg_rev",
    "classifier",
    "ext",
];

const URL: &str = r"(.*/artifactory)/([^/]+)/(.+?)/([^/]+)/([^/]+?)(?:-(SNAPSHOT))?/\4-\5(?:-(SNAPSHOT|(?:(?:[0-9]{8}.[0-9]{6})-(?:[0-9]+))))?(?:-([^/]+?))?\.((?:(?!\d))[^\-/]+|7z)";

fn parse_artifactory_url(context: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    context.check_signatures(&["(Variant[Stdlib::HTTPUrl, Stdlib::HTTPSUrl] $url)"], arguments)?;
    let url = arguments.first().and_then(Value::as_str).unwrap_or_default();
    let Some(found) = Regexp::cached(URL)?.try_captures(url)? else { return Ok(Value::Undef) };
    let part = |(at, name): (usize, &&str)| (Value::from(*name), Value::from(found.get(at + 1)));
    Ok(PARTS.iter().enumerate().map(part).collect::<Hash>().into())
}
