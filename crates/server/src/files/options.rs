//! What a request says about the files it wants.
//!
//! Puppet looks at each parameter when it needs it, so a file that is not there is told before a parameter that makes no sense; callers
//! keep that order. Texts are those that agents of a Puppet Server see.

use rest::{Param, Params};
use stdx::fnmatch::Pattern;
use wire::metadata::Links;

use super::fileset::{FilesMax, Selection};
use super::metadata::Query;
use super::{Algorithm, FileError};

/// How one file is described.
pub(super) fn query(params: &Params, default_algorithm: Algorithm) -> Result<Query, FileError> {
    let links = links(params)?;
    let algorithm = match params.value("checksum_type") {
        None => default_algorithm,
        Some(Param::Text(name)) => match Algorithm::named(name) {
            Some(algorithm) => algorithm,
            None => return invalid(format!("Unsupported checksum type {}", short(name))),
        },
        Some(other) => return invalid(format!("Unsupported checksum type {}", inspect(&other))),
    };
    let own_permissions = match params.text("source_permissions") {
        None | Some("ignore") => false,
        Some("use" | "use_when_creating") => true,
        Some(other) => return invalid(format!("Unsupported source_permission {}", short(other))),
    };
    Ok(Query { links, algorithm, own_permissions })
}

/// Whether links are followed.
pub(super) fn links(params: &Params) -> Result<Links, FileError> {
    match params.text("links") {
        None | Some("manage" | "ignore") => Ok(Links::Manage),
        Some("follow") => Ok(Links::Follow),
        Some(_) => invalid(":links can only be set to :manage or :follow"),
    }
}

/// What of a directory is found.
pub(super) fn selection(params: &Params) -> Result<Selection, FileError> {
    let links = match params.text("links") {
        None | Some("manage") => Links::Manage,
        Some("follow") => Links::Follow,
        Some(other) => return invalid(format!("Invalid :links value '{}'", short(other))),
    };
    let recurse = match params.value("recurse") {
        None | Some(Param::Bool(false)) => false,
        Some(Param::Int(_)) => {
            return invalid(
                "Fileset recurse parameter must not be a number anymore, please use recurselimit",
            );
        }
        Some(_) => true,
    };
    let levels_max = match params.value("recurselimit") {
        None => None,
        Some(value) => match number(&value) {
            Some(number) => Some(number),
            None => return invalid(format!("comparison of Integer with {} failed", class(&value))),
        },
    };
    // The handler of Puppet leaves negative numbers text.
    let files_max = match params.value("max_files") {
        None => FilesMax::Warned,
        Some(Param::Text("-1")) => FilesMax::Unlimited,
        Some(value) => match number(&value) {
            Some(0.0) => FilesMax::Warned,
            Some(number) => FilesMax::Limited(number),
            None => return invalid(format!("comparison of {} with 0 failed", class(&value))),
        },
    };
    let ignore = params.all("ignore").map(Pattern::new).collect();
    Ok(Selection { links, recurse, levels_max, ignore, files_max })
}

/// The parameters in Ruby's notation, with the key first.
pub(super) fn inspect_all(params: &Params, key: &str) -> String {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in params.iter() {
        if name != "environment" && !names.contains(&name) {
            names.push(name);
        }
    }
    let pairs = names.into_iter().filter_map(|name| Some((name, inspect(&params.value(name)?))));
    let rest = ("rest", format!("{:?}", short(key)));
    let pairs: Vec<String> =
        std::iter::once(rest).chain(pairs).map(|(name, value)| format!(":{name}=>{value}")).collect();
    format!("{{{}}}", pairs.join(", "))
}

fn inspect(value: &Param<'_>) -> String {
    match value {
        Param::Bool(value) => value.to_string(),
        Param::Int(number) => number.to_string(),
        Param::Float(number) => format!("{number:?}"),
        Param::Text(text) => format!("{:?}", short(text)),
        Param::List(items) => {
            let items: Vec<_> = items.iter().map(inspect).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

fn number(value: &Param<'_>) -> Option<f64> {
    match value {
        Param::Int(number) => Some(*number as f64),
        Param::Float(number) => Some(*number),
        _ => None,
    }
}

/// Ruby's class of a value.
fn class(value: &Param<'_>) -> &'static str {
    match value {
        Param::Bool(true) => "true",
        Param::Bool(false) => "false",
        Param::Int(_) => "Integer",
        Param::Float(_) => "Float",
        Param::Text(_) => "String",
        Param::List(_) => "Array",
    }
}

/// The beginning of a text that a client sent, for messages.
pub(super) fn short(text: &str) -> String {
    const CHARS_MAX: usize = 200;
    text.chars().take(CHARS_MAX).collect()
}

fn invalid<T>(message: impl Into<String>) -> Result<T, FileError> {
    Err(FileError::Invalid(message.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selected(query: &str) -> Result<Selection, String> {
        selection(&Params::parse(query).unwrap()).map_err(|error| error.to_string())
    }

    #[test]
    fn selections() {
        let plugins =
            selected("recurse=true&max_files=-1&ignore=.svn&ignore=CVS&links=follow&recurselimit=2").unwrap();
        assert!(plugins.recurse && plugins.links == Links::Follow && plugins.ignore.len() == 2);
        assert_eq!((plugins.levels_max, plugins.files_max), (Some(2.0), FilesMax::Unlimited));
        let nothing = selected("").unwrap();
        assert_eq!((nothing.recurse, nothing.levels_max, nothing.files_max), (false, None, FilesMax::Warned));
        assert_eq!(selected("max_files=7").unwrap().files_max, FilesMax::Limited(7.0));
        for (query, message) in [
            ("recurselimit=-1", "comparison of Integer with String failed"),
            ("recurselimit=1&recurselimit=2", "comparison of Integer with Array failed"),
            ("recurselimit=99999999999999999999999", "comparison of Integer with String failed"),
            ("max_files=-2", "comparison of String with 0 failed"),
            ("links=ignore", "Invalid :links value 'ignore'"),
        ] {
            assert_eq!(selected(query).unwrap_err(), message, "{query}");
        }
    }

    #[test]
    fn ruby_notation() {
        let params =
            Params::parse("environment=x&a=true&b=1&c=1.5&d=%22q%22&ignore=.svn&ignore=7&environment=y")
                .unwrap();
        assert_eq!(
            inspect_all(&params, "k/x"),
            r#"{:rest=>"k/x", :a=>true, :b=>1, :c=>1.5, :d=>"\"q\"", :ignore=>[".svn", 7]}"#
        );
    }

    proptest::proptest! {
        #[test]
        fn no_parameters_panic(query in "((links|recurse|recurselimit|max_files|ignore|checksum_type)=[a-z0-9.%-]{0,6}&){0,6}") {
            if let Ok(params) = Params::parse(&query) {
                let _ = (selection(&params), super::query(&params, Algorithm::Sha256), inspect_all(&params, "k"));
            }
        }
    }
}
