//! EPP templates.

use std::borrow::Cow;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use pcore::{Hash, Type, Value};
use rustc_hash::FxHashMap;
use stdx::Symbol;
use syntax::ast::{Expr, ExprId, Parameter};
use syntax::location::Namespace;

use super::lambda::Owner;
use super::{BUFFER_MAX, Eval};
use crate::code::Code;
use crate::erb::TemplateFile;
use crate::error::{Control, Error};
use crate::image::{Dialect, SourceError, parse_text};
use crate::limits::LARGE_BYTES;
use crate::scope::ScopeId;
use crate::session::Session;

/// Files of templates by the names that they are asked for with.
#[derive(Default)]
pub(crate) struct Found<'i> {
    epp: FxHashMap<String, &'i Code>,
    pub(crate) erb: FxHashMap<String, Rc<TemplateFile>>,
}

/// What a template has given so far.
#[derive(Default)]
pub(crate) struct Rendered {
    text: String,
    /// Something in it was Sensitive.
    is_sensitive: bool,
}

impl<'i> Session<'i> {
    /// Adds text to the output of the template that is being rendered.
    pub(super) fn render_text(&mut self, text: &str) -> Result<(), Control> {
        if let Some(output) = self.rendering.last_mut() {
            self.limits.length((output.text.len() + text.len()) as u64)?;
            output.text.push_str(text);
        }
        Ok(())
    }

    /// Adds a text of a variable to the output, if it is one that need not be evaluated and is short.
    pub(super) fn render_peeked(&mut self, code: &Code, id: ExprId, scope: ScopeId) -> bool {
        let Some(mut output) = self.rendering.pop() else { return false };
        let is_short = match self.peek(code, id, scope) {
            Some(Value::Str(text))
                if text.len() <= LARGE_BYTES && self.limits.length(output.text.len() as u64).is_ok() =>
            {
                output.text.push_str(text);
                true
            }
            _ => false,
        };
        self.rendering.push(output);
        is_short
    }

    /// Adds a value to the output of the template that is being rendered.
    pub(super) fn render(&mut self, value: &Value) -> Result<(), Control> {
        let Some(mut output) = self.rendering.pop() else { return Ok(()) };
        let shown = match value {
            Value::Sensitive(inner) => {
                output.is_sensitive = true;
                &**inner
            }
            other => other,
        };
        let appended = self.append_text(&mut output.text, shown);
        let length = output.text.len() as u64;
        self.rendering.push(output);
        appended.and_then(|()| self.limits.length(length))
    }

    /// Renders the body of a template. If anything in it was Sensitive, the whole is.
    pub(super) fn eval_epp_body(&mut self, code: &'i Code, body: ExprId, scope: ScopeId) -> Eval {
        let text = std::mem::take(&mut self.spare_text);
        self.rendering.push(Rendered { text, is_sensitive: false });
        let result = self.eval(code, body, scope);
        let Rendered { mut text, is_sensitive } = self.rendering.pop().unwrap_or_default();
        let value = Value::from(text.as_str());
        self.limits.made(text.len());
        text.clear();
        text.shrink_to(BUFFER_MAX);
        self.spare_text = text;
        result?;
        Ok(if is_sensitive { Value::sensitive(value) } else { value })
    }

    /// `epp`: renders a file, which sees its parameters and global variables.
    ///
    /// # Errors
    /// A template that is not there or does not parse, wrong parameters, and whatever it raises.
    pub(crate) fn epp_file(&mut self, name: &str, arguments: Option<&Hash>, scope: ScopeId) -> Eval {
        if let Some(&code) = self.templates_as_found().epp.get(name) {
            return self.epp_global(code, arguments, scope);
        }
        let found = self.template_path(name).or_else(|| {
            if name.ends_with(".epp") { None } else { self.template_path(&format!("{name}.epp")) }
        });
        let Some(path) = found else {
            let name = if name.ends_with(".epp") { name.to_owned() } else { format!("{name}.epp") };
            return Err(Error::new(format!("Could not find template '{name}'")).into());
        };
        let code = match self.epp.get(&path) {
            Some(code) => code,
            None => {
                let stat = self.reads.file(&path.to_string_lossy());
                if let Some(code) = stat.and_then(|stat| self.image.epp.get(&path, stat)) {
                    let code = self.keep(code);
                    self.epp.insert(path, code);
                    self.templates.epp.insert(name.to_owned(), code);
                    return self.epp_global(code, arguments, scope);
                }
                let bytes = self
                    .world
                    .read_file(&path)
                    .map_err(|error| Error::new(format!("Could not read {}: {error}", path.display())))?;
                let text = String::from_utf8(bytes)
                    .map_err(|_| Error::new(format!("epp(): {} is not UTF-8", path.display())))?;
                let module = self.module_of(&path);
                let code = parse_text(Some(path.clone()), text, module, self.template(), &Namespace::Any)
                    .map_err(|error| invalid("epp", &error))?;
                let code = Arc::new(code);
                if let Some(stat) = stat {
                    self.image.epp.insert(path.clone(), stat, code.clone());
                }
                let code = self.keep(code);
                self.epp.insert(path, code);
                code
            }
        };
        self.templates.epp.insert(name.to_owned(), code);
        self.epp_global(code, arguments, scope)
    }

    /// The files of templates that this compile has found by their names: it does not look for one twice, unless something may have
    /// written files in the meantime.
    pub(crate) fn templates_as_found(&mut self) -> &Found<'i> {
        if self.reads.impure {
            self.templates = Found::default();
        }
        &self.templates
    }

    /// Renders a template file in the global scope.
    fn epp_global(&mut self, code: &'i Code, arguments: Option<&Hash>, scope: ScopeId) -> Eval {
        let global = self.global_of(scope);
        // What runs in the global scope at the moment is no business of the template.
        let fresh = self.spare_frames.take();
        let saved = std::mem::replace(&mut self.scope_mut(global).frames, fresh);
        let result = self.epp_code("epp", code, arguments, global);
        let used = std::mem::replace(&mut self.scope_mut(global).frames, saved);
        self.spare_frames.give_back(used);
        result
    }

    /// `inline_epp`: renders text, which sees what the caller sees unless it declares parameters.
    ///
    /// # Errors
    /// As [`Session::epp_file`].
    pub(crate) fn epp_text(&mut self, text: &str, arguments: Option<&Hash>, scope: ScopeId) -> Eval {
        let module = self.scope(scope).source.module;
        let code =
            parse_text(Some("inlined-epp-text".into()), text, module, self.template(), &Namespace::Any)
                .map_err(|error| invalid("inline_epp", &error))?;
        let code = self.keep(code);
        self.epp_code("inline_epp", code, arguments, scope)
    }

    /// The language of templates in this environment.
    fn template(&self) -> Dialect {
        Dialect { epp: true, ..Dialect::of(&self.image.options) }
    }

    fn epp_code(&mut self, function: &str, code: &'i Code, arguments: Option<&Hash>, scope: ScopeId) -> Eval {
        let Expr::Epp { parameters, parameters_specified, body } = &code[code.root] else {
            return Err(
                Error::new(format!("{function}(): the parser did not produce an EppExpression")).into()
            );
        };
        if !code.definitions.is_empty() {
            let text = format!("{function}(): The EPP template contains illegal expressions (definitions)");
            return Err(Error::new(text).into());
        }
        let mut given: Vec<(Symbol, Value)> = Vec::new();
        for (key, value) in arguments.into_iter().flat_map(Hash::iter) {
            let key: Cow<'_, str> = match key {
                Value::Str(key) => Cow::Borrowed(key),
                other => Cow::Owned(pcore::format::to_s(other)),
            };
            if key.contains("::") {
                let name = Symbol::new(key.strip_prefix("::").unwrap_or(&key));
                self.set_variable(scope, name, value.clone())?;
            } else {
                given.push((Symbol::new(&key), value.clone()));
            }
        }
        let mark = self.scope(scope).frames.mark();
        let enforced = *parameters_specified || arguments.is_none();
        let bound = if enforced { self.bind_by_name(code, parameters, given, scope) } else { Ok(given) };
        let result = bound.and_then(|values| {
            let frames = &mut self.scope_mut(scope).frames;
            frames.reset(mark);
            frames.open();
            for (name, value) in values {
                frames.set(name, Some(value));
            }
            self.eval_epp_body(code, *body, scope)
        });
        self.scope_mut(scope).frames.reset(mark);
        match result {
            Err(Control::Next(jump)) if enforced => Ok(jump.value),
            result => result,
        }
    }

    /// Values of a template's parameters from arguments by name, checked.
    fn bind_by_name(
        &mut self,
        code: &'i Code,
        parameters: &'i [Parameter],
        given: Vec<(Symbol, Value)>,
        scope: ScopeId,
    ) -> Result<Vec<(Symbol, Value)>, Control> {
        self.open_parameters(scope, parameters.iter().map(|parameter| parameter.name));
        let mut values: Vec<(Symbol, Value)> = Vec::new();
        for (name, value) in &given {
            if !value.is_undef() {
                self.scope_mut(scope).frames.set(*name, Some(value.clone()));
            }
        }
        for parameter in parameters {
            let argument = given.iter().find(|(name, _)| *name == parameter.name);
            let value = match (argument, parameter.value) {
                (Some((_, value)), _) if !value.is_undef() => Some(value.clone()),
                (_, Some(default)) => {
                    Some(self.eval_default(Owner::Code("lambda"), code, parameter.name, default, scope)?)
                }
                (Some(_), None) => Some(Value::Undef),
                (None, None) => None,
            };
            if let Some(value) = value {
                self.scope_mut(scope).frames.set(parameter.name, Some(value.clone()));
                values.push((parameter.name, value));
            }
        }
        for (name, value) in given {
            if !value.is_undef() && !parameters.iter().any(|parameter| parameter.name == name) {
                values.push((name, value));
            }
        }
        let types = self.types_of(code, parameters)?;
        let mut each = values.iter().zip(parameters.iter().zip(types.iter()));
        if values.len() == parameters.len()
            && each.all(|((name, value), (parameter, ty))| {
                *name == parameter.name && pcore::matches::is_instance(ty, value)
            })
        {
            return Ok(values);
        }
        let element = |(parameter, ty): (&Parameter, &Type)| pcore::ty::StructElement {
            name: parameter.name.into(),
            optional: parameter.value.is_some(),
            value: ty.clone(),
        };
        let elements: Vec<_> = parameters.iter().zip(types.iter()).map(element).collect();
        let given = values.iter().map(|(name, value)| (name.as_str(), value));
        let results = self.deferred_results(values.iter().map(|(_, value)| value))?;
        let mut deferred = |call: &pcore::value::Deferred| {
            results.iter().find(|(name, _)| *name == call.name).and_then(|(_, result)| result.clone())
        };
        match pcore::mismatch::describe_parameters("lambda", &elements, given, false, &mut deferred) {
            Some(text) => Err(Error::new(text).into()),
            None => Ok(values),
        }
    }

    /// The declared types of a template's parameters; those that are constants are kept for the next time.
    fn types_of(&mut self, code: &'i Code, parameters: &'i [Parameter]) -> Result<Arc<[Type]>, Control> {
        let key = std::ptr::from_ref(code);
        if let Some(types) = self.epp_types.get(&key) {
            return Ok(types.clone());
        }
        let mut types = Vec::with_capacity(parameters.len());
        let mut is_constant = true;
        for parameter in parameters {
            types.push(match parameter.type_expr {
                Some(expr) => {
                    is_constant &= crate::types::is_constant(code, expr);
                    match self.evaluate_type(code, expr)? {
                        Value::Type(ty) => ty,
                        _ => Type::Any,
                    }
                }
                None => Type::Any,
            });
        }
        let types: Arc<[Type]> = types.into();
        if is_constant {
            self.epp_types.insert(key, types.clone());
        }
        Ok(types)
    }

    /// The node or top scope in which a scope lies.
    fn global_of(&self, scope: ScopeId) -> ScopeId {
        let this = self.scope(scope);
        if this.is_node || this.parent.is_none() { scope } else { self.enclosing(scope) }
    }

    /// A template by absolute path or as `module/file`.
    fn template_path(&mut self, name: &str) -> Option<std::path::PathBuf> {
        if name.starts_with('/') {
            let path = Path::new(name);
            self.reads.file(name);
            return self.world.exists(path).then(|| path.to_owned());
        }
        self.module_file("templates", name)
    }

    /// A file in a folder of a module; also that there is none counts as read.
    pub(crate) fn module_file(&mut self, folder: &str, name: &str) -> Option<std::path::PathBuf> {
        let Some(path) = self.image.module_file(folder, name) else {
            if let Some((module, _)) = name.split_once('/') {
                self.reads.no_module(self.image, module);
            }
            return None;
        };
        self.reads.file(&path.to_string_lossy());
        self.world.exists(&path).then_some(path)
    }

    /// The module in whose folder a file lies.
    pub(crate) fn module_of(&self, path: &Path) -> Option<Symbol> {
        self.image.modules().find(|module| path.starts_with(&module.path)).map(|module| module.name)
    }
}

/// The error of a template that does not parse.
fn invalid(function: &str, error: &SourceError) -> Error {
    let found = error.error();
    // A malformed regular expression is no finding of the parser.
    if error.bare { found } else { Error::new(format!("{function}(): Invalid EPP: {}", found.message())) }
}
