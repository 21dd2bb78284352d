//! A template, ready to be rendered.

use pcore::Str;

use crate::class::Class;
use crate::error::{CompileError, RenderError};
use crate::eval::Interp;
use crate::flow::Flow;
use crate::heap::Heap;
use crate::ir::Body;
use crate::scope::Scope;
use crate::value::Value;
use crate::{erb, lower, parse};

/// Local variables of Puppet's method that evaluates a template: the code in it sees them.
const LOCALS: &[&str] = &["string", "template_source", "escaped_template_source", "result", "template"];

/// A template that has been read.
#[derive(Debug)]
pub struct Template {
    source: Str,
    body: Body,
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// When it is no Ruby, or Ruby that the interpreter does not know.
    pub fn new(source: &str) -> Result<Template, CompileError> {
        let script = erb::compile(source).map_err(|encoding| CompileError::Unsupported {
            construct: format!("the encoding {encoding}"),
            line: 1,
        })?;
        let body = parse::with_tree(&script.code, LOCALS, |tree| lower::lower(&script, LOCALS, tree))?;
        Ok(Template { source: source.into(), body })
    }

    /// Renders the template. `file` is its path, if it is a file; `heap` holds what templates of this compile have
    /// changed before. Needs a stack of 64 MiB for templates that nest as deep as they may.
    ///
    /// # Errors
    /// Exceptions that the template does not rescue, limits, and what the interpreter does not know.
    pub fn render(
        &self,
        scope: &mut dyn Scope,
        heap: &Heap,
        file: Option<&str>,
    ) -> Result<String, RenderError> {
        heap.enter();
        let mut interp = Interp::new(scope, heap, file);
        let name = Str::from(file.unwrap_or("inline template"));
        let locals = vec![
            Value::text(self.source.clone()),
            Value::text(name.clone()),
            if name.contains('%') { Value::text(name.replace('%', "%%")) } else { Value::text(name) },
            Value::Nil,
            Value::Nil,
        ];
        let result = interp.run(&self.body, locals).and_then(|value| interp.join_result(&value));
        let line = interp.line;
        let rendered = match result {
            Ok(text) => Ok(text),
            Err(flow) => Err(render_error(&mut interp, *flow, line)),
        };
        heap.leave();
        rendered
    }
}

fn render_error(interp: &mut Interp<'_>, flow: Flow, line: u32) -> RenderError {
    match flow {
        Flow::Raise(exception) => {
            let value = Value::Exception(exception.clone());
            let message = interp.text_of(&value).unwrap_or_default();
            let class = exception.class;
            let is_standard = class.is_a(Class::StandardError);
            RenderError::Raised { class: class.name(), message, is_standard, line: exception.line.get() }
        }
        Flow::Unsupported(construct) => RenderError::Unsupported { construct, line },
        Flow::Limit(message) => RenderError::Limit { message, line },
        Flow::Stop(reason) => RenderError::Stopped(reason),
        // Jumps out of the template end where it is run; what gets here has nowhere to go.
        Flow::Break(_)
        | Flow::BreakFrom(..)
        | Flow::Next(_)
        | Flow::Retry
        | Flow::Return(..)
        | Flow::Throw(..) => {
            RenderError::Unsupported { construct: "a jump out of the template".to_owned(), line }
        }
    }
}
