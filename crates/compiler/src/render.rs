//! A template rendered for itself: that of the command line.

use std::cell::OnceCell;
use std::path::PathBuf;

use pcore::{Hash, Value};
use syntax::location::Namespace;

use crate::NodeInput;
use crate::compile::{CompileError, with_deep_stack};
use crate::error::{Control, Error};
use crate::image::{Dialect, Image, parse_text};
use crate::log::LogEntry;
use crate::scope::TOP;
use crate::session::Session;
use crate::world::World;

/// What to render.
#[derive(Clone, Debug)]
pub enum Template {
    /// The text of a template.
    Text(String),
    /// A template of a module (`module/file`), or else the file of this path.
    File(String, Option<PathBuf>),
}

/// A template and what it is given.
#[derive(Clone, Debug)]
pub struct Rendering {
    /// The template.
    pub template: Template,
    /// Values of its parameters; `None` as if it were called without.
    pub values: Option<Hash>,
    /// Code whose variables are global and whose values, hashes or undef, are values of parameters too, the later the
    /// stronger: each with the name that messages show and how they call it.
    pub code: Vec<ValueCode>,
}

/// Code that gives values.
#[derive(Clone, Debug)]
pub struct ValueCode {
    /// Name of the file.
    pub path: PathBuf,
    /// The code.
    pub text: String,
    /// What messages call it, such as `--values`.
    pub label: &'static str,
}

/// A rendered template.
#[derive(Debug)]
pub struct Rendered {
    /// The text. What was Sensitive is shown, since who asks is who gave it.
    pub text: String,
    /// What was said on the way.
    pub logs: Vec<LogEntry>,
}

/// Renders a template as code at the top level of the node's catalog would.
///
/// # Errors
/// A template that is not there or does not parse, code or values that are wrong, and whatever the template raises.
pub fn render(
    image: &Image,
    world: &dyn World,
    node: &NodeInput,
    rendering: &Rendering,
) -> Result<Rendered, CompileError> {
    with_deep_stack(|| {
        let spare = OnceCell::new();
        let mut session = Session::new(image, world, node, &spare);
        match session.render_template(rendering) {
            Ok(text) => Ok(Rendered { text, logs: session.logs }),
            Err(Control::Error(error)) => {
                Err(CompileError { message: error.to_string(), logs: session.logs })
            }
            Err(control) => {
                let message = session.describe(control);
                Err(CompileError { message, logs: session.logs })
            }
        }
    })
}

impl Session<'_> {
    fn render_template(&mut self, rendering: &Rendering) -> Result<String, Control> {
        self.prepare()?;
        let mut values = rendering.values.clone();
        for ValueCode { path, text, label } in &rendering.code {
            let dialect = Dialect::of(&self.image.options);
            let code = parse_text(Some(path.clone()), text.as_str(), None, dialect, &Namespace::Any)
                .map_err(|error| error.error())?;
            let code = self.keep(code);
            match self.eval(code, code.ast.root, TOP)? {
                Value::Undef => {}
                Value::Hash(given) => {
                    values
                        .get_or_insert_with(Hash::new)
                        .extend(given.iter().map(|(k, v)| (k.clone(), v.clone())));
                }
                other => {
                    let kind = pcore::infer::general_name(&other);
                    let kind = kind.split('[').next().unwrap_or_default();
                    let text = format!("{label} option must evaluate to a Hash or undef, got: '{kind}'");
                    return Err(Error::new(text).into());
                }
            }
        }
        let rendered = match &rendering.template {
            Template::Text(text) => self.epp_text(text, values.as_ref(), TOP)?,
            Template::File(name, path) => {
                let known = [name.clone(), format!("{name}.epp")]
                    .iter()
                    .any(|name| self.module_file("templates", name).is_some());
                let path = path.as_ref().filter(|_| !known).map(|path| path.to_string_lossy());
                self.epp_file(path.as_deref().unwrap_or(name), values.as_ref(), TOP)?
            }
        };
        Ok(match rendered {
            Value::Sensitive(inner) => pcore::format::to_s(&inner).to_string(),
            other => pcore::format::to_s(&other).to_string(),
        })
    }
}
