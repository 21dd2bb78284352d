//! What all `/puppet/v3` requests have in common: the key in the path and the environment in the parameters
//! (Puppet's `IndirectedRoutes`).

use rest::{IssueKind, Params, Problem, Request, StatusCode};

use crate::environments::is_name;

/// The name of the environment a request is about: required, and a name.
pub(crate) fn environment(params: &Params) -> Result<String, Problem> {
    let bad = |text: String| Problem::ruby(StatusCode::BAD_REQUEST, text, IssueKind::RuntimeError);
    match params.text("environment") {
        None => Err(bad("An environment parameter must be specified".into())),
        Some(name) if !is_name(name) => {
            Err(bad(format!("The environment must be purely alphanumeric, not '{}'", short(name))))
        }
        Some(name) => Ok(name.to_owned()),
    }
}

/// The key: what follows the name of the indirection in the path.
pub(crate) fn key<'a>(request: &Request, key: &'a str) -> Result<&'a str, Problem> {
    if key.is_empty() {
        let text = format!("No request key specified in {}", request.canonical_path());
        return Err(Problem::ruby(StatusCode::BAD_REQUEST, text, IssueKind::RuntimeError));
    }
    Ok(key)
}

/// A failure of the server itself, with the text agents print.
pub(crate) fn failed(text: impl std::fmt::Display) -> Problem {
    Problem::ruby(StatusCode::INTERNAL_SERVER_ERROR, text, IssueKind::RuntimeError)
}

/// An environment that is not there.
pub(crate) fn no_environment(name: &str) -> Problem {
    Problem::ruby(
        StatusCode::NOT_FOUND,
        format!("Could not find environment '{name}'"),
        IssueKind::RuntimeError,
    )
}

/// The beginning of a text that a client sent, for messages.
fn short(text: &str) -> String {
    text.chars().take(100).collect()
}
