//! A lookup that no code asks for: that of the command line.

use std::cell::OnceCell;

use hiera::{Explanation, LookupError, Request};
use pcore::Value;
use syntax::location::Namespace;

use super::Window;
use crate::NodeInput;
use crate::compile::{CompileError, with_deep_stack};
use crate::eval::call::CallSite;
use crate::image::{Dialect, Image, parse_text};
use crate::log::LogEntry;
use crate::scope::TOP;
use crate::session::Session;
use crate::world::World;

/// What to look up, and how.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// Names, merge, default.
    pub request: Request,
    /// The type that the value must have, as text of the language.
    pub value_type: Option<String>,
    /// Whether the steps are wanted.
    pub explain: Option<Explain>,
    /// Whether the node's catalog is compiled before, so that data can use variables of the code.
    pub compile: bool,
}

/// Which steps are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Explain {
    /// All.
    Everything,
    /// Those that find `lookup_options`.
    Options,
}

/// What was found.
#[derive(Debug)]
pub struct Answer {
    /// The value; `None` if there is none.
    pub result: Result<Option<Value>, LookupError>,
    /// The steps, if they were wanted.
    pub explanation: Option<Explanation>,
    /// What was said on the way.
    pub logs: Vec<LogEntry>,
}

/// Looks a key up as code at the top level of the node's catalog would.
///
/// # Errors
/// The type is none, or the compile that was asked for fails. What fails in the lookup itself is in the answer.
pub fn look_up(
    image: &Image,
    world: &dyn World,
    node: &NodeInput,
    question: &Question,
) -> Result<Answer, CompileError> {
    with_deep_stack(|| answer(image, world, node, question))
}

fn answer(
    image: &Image,
    world: &dyn World,
    node: &NodeInput,
    question: &Question,
) -> Result<Answer, CompileError> {
    let mut request = question.request.clone();
    if let Some(text) = &question.value_type {
        let failed =
            |error: crate::Error| CompileError { message: error.message().to_owned(), logs: Vec::new() };
        request.value_type = Some(image.parse_type(text).map_err(failed)?);
    }
    let spare = OnceCell::new();
    let mut session = Session::new(image, world, node, &spare);
    let ready = if question.compile { session.compile().map(|_| ()) } else { session.prepare() };
    if let Err(control) = ready {
        let message = session.describe(control);
        return Err(CompileError { message, logs: session.logs });
    }
    // Functions that the data calls are called from somewhere: an empty program stands in for it.
    let at = parse_text(None, "undef", None, Dialect::default(), &Namespace::Any).ok().map(|code| {
        let id = code.ast.root;
        CallSite { code: session.keep(code), id, scope: TOP }
    });
    let lookups = session.lookups();
    let mut window = Window { session: &mut session, scope: TOP, at, raised: None };
    let (result, explanation) = match question.explain {
        None => (lookups.lookup(&mut window, &request), None),
        Some(explain) => {
            let explained = lookups.explain(&mut window, &request, explain == Explain::Options);
            (explained.result, Some(explained.explanation))
        }
    };
    Ok(Answer { result, explanation, logs: session.logs })
}
