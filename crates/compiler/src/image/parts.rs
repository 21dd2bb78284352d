//! The parts of modules that are not manifests, and what becomes of them: for people who want to know before a compile
//! does.

use std::path::{Path, PathBuf};

use ruby::{CompileError, Template};
use stdx::Symbol;
use syntax::location::Namespace;

use super::files::{Dialect, Files, parse_text};
use super::{Image, module};

/// A function that a module defines in Ruby.
#[derive(Debug)]
pub struct RubyFunctionPart<'i> {
    /// The module.
    pub module: Symbol,
    /// The function's name.
    pub name: Symbol,
    /// The file that defines it.
    pub path: &'i Path,
    /// Where calls of it go.
    pub runs: Runs,
}

/// Where Ruby code runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Runs {
    /// There is the same function here.
    Natively,
    /// A process with a Ruby runs it.
    InWorker,
    /// Nowhere: compiles that call it fail.
    Nowhere,
}

/// A template of a module.
#[derive(Debug)]
pub struct TemplatePart {
    /// `module/file`
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// What has been found in it.
    pub check: TemplateCheck,
}

/// What has been found in a template.
#[derive(Debug, PartialEq, Eq)]
pub enum TemplateCheck {
    /// Code without errors, which is run natively.
    Valid,
    /// ERB that only a process with a Ruby can render, and why.
    InWorker(String),
    /// ERB that would need a process with a Ruby, which there is none of, and why.
    Nowhere(String),
    /// What is wrong with it.
    Wrong(String),
}

impl Image {
    /// The functions that the environment and its modules define in Ruby, module by module.
    pub fn ruby_function_parts(&self) -> Vec<RubyFunctionPart<'_>> {
        let part = |module: Symbol, function: &'_ super::RubyFunction| match &function.native {
            Some(_) => (module, function.name, Runs::Natively),
            None if self.ruby.is_some() => (module, function.name, Runs::InWorker),
            None => (module, function.name, Runs::Nowhere),
        };
        let own = self.own_ruby_functions.iter().map(|function| (Symbol::new(super::ENVIRONMENT), function));
        let of_modules = self
            .modules()
            .flat_map(|owner| owner.ruby_functions.iter().map(|function| (owner.name, function)));
        own.chain(of_modules)
            .map(|(module, function)| {
                let (module, name, runs) = part(module, function);
                RubyFunctionPart { module, name, path: &function.path, runs }
            })
            .collect()
    }

    /// The templates of all modules; all are read as before a rendering.
    ///
    /// # Errors
    /// When a folder cannot be listed.
    pub fn template_parts(&self) -> std::io::Result<Vec<TemplatePart>> {
        let mut parts = Vec::new();
        for owner in self.modules() {
            let found = module::walk(&owner.path.join("templates"), "", &mut Files::default())?;
            for (file, path) in found {
                let check = match file.rsplit_once('.').map(|(_, ending)| ending) {
                    Some("erb") => self.check_erb(&path),
                    Some("epp") => self.check_epp(&path),
                    _ => continue,
                };
                parts.push(TemplatePart { name: format!("{}/{file}", owner.name), path, check });
            }
        }
        Ok(parts)
    }

    fn check_erb(&self, path: &Path) -> TemplateCheck {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => return TemplateCheck::Wrong(error.to_string()),
        };
        match Template::new(text.strip_prefix('\u{feff}').unwrap_or(&text)) {
            Ok(_) => TemplateCheck::Valid,
            Err(error @ CompileError::Unsupported { .. }) => {
                let text = format!("line {}: {error}", error.line());
                if self.ruby.is_some() { TemplateCheck::InWorker(text) } else { TemplateCheck::Nowhere(text) }
            }
            Err(error) if error.line() > 0 => TemplateCheck::Wrong(format!("line {}: {error}", error.line())),
            Err(error) => TemplateCheck::Wrong(error.to_string()),
        }
    }

    fn check_epp(&self, path: &Path) -> TemplateCheck {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => return TemplateCheck::Wrong(error.to_string()),
        };
        let dialect = Dialect { epp: true, ..Dialect::of(&self.options) };
        match parse_text(Some(path.to_owned()), text, None, dialect, &Namespace::Any) {
            Ok(_) => TemplateCheck::Valid,
            Err(error) => TemplateCheck::Wrong(error.messages.join("; ")),
        }
    }
}
