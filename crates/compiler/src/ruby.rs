//! Functions of modules that are written in Ruby and have no native twin, and templates that the native interpreter does not know:
//! run by worker processes (crate `foreign`), if there is a Ruby on this machine.
//!
//! Types of arguments are checked here, by the signatures that the Ruby code declares; the code's questions about variables,
//! functions and resources are answered from the compile that calls it. What such code depends on cannot be told, so a
//! catalog with its results is never one that still holds by itself.

mod hiera3;
mod template;
mod value;
mod window;

use std::path::Path;
use std::sync::Arc;

use foreign::{Api, Call, ForeignError, Kind};
use pcore::signature::{Param, Signature};
use pcore::ty::{Alias, Callable, Tuple};
use pcore::{Str, Type, Value};
use stdx::Symbol;

use crate::context::Block;
use crate::error::{Control, Error};
use crate::eval::call::CallSite;
use crate::image::RubyFunction;
use crate::session::Session;
use crate::types::evaluate_type;
use value::Carried;
use window::Window;

/// A function in Ruby, as its file declares it.
#[derive(Debug)]
pub(crate) enum Described {
    /// Older interface.
    Legacy { arity: i32, is_statement: bool },
    /// Newer interface: local types, and the dispatches in order.
    Typed { local_types: Vec<String>, dispatches: Vec<Dispatch> },
}

/// One signature of a typed function, with types as text.
#[derive(Debug)]
pub(crate) struct Dispatch {
    parameters: Vec<(String, Str, ParameterKind)>,
    block: Option<(String, bool)>,
    result: Option<String>,
    is_mismatch: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ParameterKind {
    Required,
    Optional,
    Repeated,
    RequiredRepeated,
}

impl Described {
    fn read(api: Api, document: &Value) -> Option<Described> {
        let document = document.as_hash()?;
        if api == Api::Legacy {
            return Some(Described::Legacy {
                arity: document["arity"].as_int()?.try_into().ok()?,
                is_statement: document["type"].as_str()? == "statement",
            });
        }
        let texts = |key: &str| -> Option<Vec<String>> {
            document[key].as_array()?.iter().map(|text| text.as_str().map(str::to_owned)).collect()
        };
        let dispatches =
            document["dispatches"].as_array()?.iter().map(Dispatch::read).collect::<Option<_>>()?;
        Some(Described::Typed { local_types: texts("local_types")?, dispatches })
    }
}

impl Dispatch {
    fn read(document: &Value) -> Option<Dispatch> {
        let document = document.as_hash()?;
        let parameter = |parameter: &Value| {
            let parameter = parameter.as_hash()?;
            let kind = match parameter["kind"].as_str()? {
                "required" => ParameterKind::Required,
                "optional" => ParameterKind::Optional,
                "repeated" => ParameterKind::Repeated,
                _ => ParameterKind::RequiredRepeated,
            };
            Some((parameter["type"].as_str()?.to_owned(), Str::from(parameter["name"].as_str()?), kind))
        };
        let block = document["block"].as_hash().map(|block| {
            (block["type"].as_str().unwrap_or("Callable").to_owned(), block["optional"] == Value::Bool(true))
        });
        Some(Dispatch {
            parameters: document["params"].as_array()?.iter().map(parameter).collect::<Option<_>>()?,
            block,
            result: document["returns"].as_str().map(str::to_owned),
            is_mismatch: document["mismatch"] == Value::Bool(true),
        })
    }
}

impl<'i> Session<'i> {
    /// Calls a function of a file in Ruby.
    ///
    /// # Errors
    /// No Ruby on this machine, wrong arguments, and what the code raises.
    pub(crate) fn call_ruby(
        &mut self,
        function: &'i RubyFunction,
        args: Vec<Value>,
        block: Option<&Block<'_, 'i>>,
        at: CallSite<'i>,
    ) -> Result<Value, Control> {
        let (name, path) = (function.name, function.path.as_path());
        let Some(pool) = &self.image.ruby else {
            let text = format!(
                "the function '{name}' is written in Ruby ({}), and there is no Ruby here to run it; install one, or \
                 name one as interpreter under [ruby] in bunraku.toml",
                path.display()
            );
            return Err(Error::new(text).into());
        };
        let api = if function.is_legacy { Api::Legacy } else { Api::Typed };
        let unloadable = |error: &dyn std::fmt::Display| {
            Error::new(format!("the function '{name}' cannot be loaded ({}): {error}", path.display()))
        };
        let described = match function.described.get() {
            Some(described) => described,
            None => {
                let found = match pool.describe(api, path, name.as_str()) {
                    Ok(document) => Described::read(api, &document)
                        .ok_or_else(|| "its signatures make no sense".to_owned()),
                    Err(error @ ForeignError::Raised { .. }) => Err(error.to_string()),
                    // That no process was free or one died says nothing of the file: the next call asks again.
                    Err(error) => return Err(unloadable(&error).into()),
                };
                function.described.get_or_init(|| found)
            }
        };
        let described = match described {
            Ok(described) => described,
            Err(error) => return Err(unloadable(error).into()),
        };
        self.reads.impure = true;
        self.reads.opaque = true;
        match described {
            Described::Legacy { arity, is_statement } => {
                let args = crate::eval::call::legacy_arguments(name.as_str(), *arity, args)?;
                let value = self.run_ruby(api, path, name, 0, &args, None, at)?;
                Ok(if *is_statement { Value::Undef } else { value })
            }
            Described::Typed { local_types, dispatches } => {
                let signatures = self.ruby_signatures(local_types, dispatches)?;
                let takes_block = signatures.iter().any(|signature| signature.callable.block.is_some());
                let block_type = match block {
                    Some(block) if takes_block => Some(self.block_callable(block)?),
                    Some(_) => {
                        let parameters = Tuple::new(Vec::new());
                        Some(Arc::new(Callable { parameters, block: None, result: None }))
                    }
                    None => None,
                };
                let accepts = |signature: &Signature| signature.accepts(&args, block_type.as_deref());
                let Some(index) = signatures.iter().position(accepts) else {
                    let shown: Vec<Signature> = signatures
                        .into_iter()
                        .zip(dispatches)
                        .filter(|(_, dispatch)| !dispatch.is_mismatch)
                        .map(|(signature, _)| signature)
                        .collect();
                    let block = block_type.as_deref();
                    let text = pcore::mismatch::describe_arguments(name.as_str(), &shown, &args, block);
                    return Err(Error::new(text).into());
                };
                let value = self.run_ruby(api, path, name, index, &args, block, at)?;
                if dispatches.get(index).is_some_and(|dispatch| dispatch.is_mismatch) {
                    let text = pcore::format::to_s(&value);
                    return Err(Error::new(format!("'{name}' {text}")).into());
                }
                if let Some(result) =
                    signatures.get(index).and_then(|signature| signature.callable.result.as_ref())
                    && !pcore::matches::is_instance(result, &value)
                {
                    let subject = format!("value returned from function '{name}'");
                    return Err(Error::new(pcore::mismatch::assertion(&subject, result, &value)).into());
                }
                Ok(value)
            }
        }
    }

    #[allow(clippy::too_many_arguments, reason = "a call is made of these")]
    fn run_ruby(
        &mut self,
        api: Api,
        file: &Path,
        name: Symbol,
        index: usize,
        args: &[Value],
        block: Option<&Block<'_, 'i>>,
        at: CallSite<'i>,
    ) -> Result<Value, Control> {
        let Some(pool) = &self.image.ruby else { return Ok(Value::Undef) };
        let arity = match block {
            Some(block) => Some(self.block_callable(block)?.parameters.types.len()),
            None => None,
        };
        let mut carried = Carried::default();
        let arguments = args.iter().map(|arg| carried.encode(arg)).collect();
        let compile = self.lookups.number();
        let call = Call { api, file, name: name.as_str(), index, arguments, block: arity, compile };
        let mut window = Window { session: self, at, block, carried, raised: None };
        let result = pool.call(&call, &mut window);
        let Window { carried, raised, .. } = window;
        match result {
            Ok(value) => {
                carried.decode(&value).map_err(|error| Error::new(format!("{name}(): {error}")).into())
            }
            Err(error) => Err(failure(name.as_str(), error, raised)),
        }
    }

    fn ruby_signatures(
        &mut self,
        local: &[String],
        dispatches: &[Dispatch],
    ) -> Result<Vec<Signature>, Control> {
        let mut aliases: Vec<(Symbol, Type)> = Vec::new();
        for text in local {
            let text = text.trim().strip_prefix("type ").unwrap_or(text);
            let Some((name, target)) = text.split_once('=') else { continue };
            let name = name.trim();
            let alias = Arc::new(Alias { name: name.into(), target: std::sync::OnceLock::new() });
            aliases.push((Symbol::new(name), Type::Alias(alias.clone())));
            let target = self.ruby_type(target.trim(), &aliases)?;
            alias.target.get_or_init(|| target);
        }
        let mut signatures = Vec::with_capacity(dispatches.len());
        for dispatch in dispatches {
            let mut parameters = Vec::with_capacity(dispatch.parameters.len());
            for (ty, name, kind) in &dispatch.parameters {
                parameters.push(Param {
                    name: name.clone(),
                    ty: self.ruby_type(ty, &aliases)?,
                    optional: matches!(kind, ParameterKind::Optional | ParameterKind::Repeated),
                    captures_rest: matches!(kind, ParameterKind::Repeated | ParameterKind::RequiredRepeated),
                });
            }
            let block = match &dispatch.block {
                Some((ty, optional)) => {
                    let ty = self.ruby_type(ty, &aliases)?;
                    Some(("block".into(), if *optional { Type::optional(ty) } else { ty }))
                }
                None => None,
            };
            let result = match &dispatch.result {
                Some(ty) => Some(self.ruby_type(ty, &aliases)?),
                None => None,
            };
            signatures.push(Signature::new(parameters, block, result));
        }
        Ok(signatures)
    }

    fn ruby_type(&mut self, text: &str, aliases: &[(Symbol, Type)]) -> Result<Type, Control> {
        let code = crate::image::parse_text(
            None,
            text,
            None,
            crate::image::Dialect::default(),
            &syntax::location::Namespace::Any,
        )
        .map_err(|error| error.error())?;
        let image = self.image;
        let named = |name: Symbol| {
            if let Some((_, ty)) = aliases.iter().find(|(other, _)| *other == name) {
                return Ok(Some(ty.clone()));
            }
            image.named_type(name)
        };
        match evaluate_type(&code, code.ast.root, &named)? {
            Value::Type(ty) => Ok(ty),
            _ => Err(Error::new(format!("{text} is no type")).into()),
        }
    }
}

fn failure(name: &str, error: ForeignError, raised: Option<Control>) -> Control {
    match (error, raised) {
        // What the compiler itself had raised goes on as it was.
        (ForeignError::Raised { kind: Kind::Compiler, .. }, Some(control)) => control,
        (ForeignError::Raised { message, kind: Kind::Puppet, .. }, _) => Error::of_puppet(message).into(),
        // Nothing in Puppet rescues these but whoever started the compile.
        (ForeignError::Raised { message, class, .. }, _)
            if template::NOT_STANDARD.contains(&class.as_str()) =>
        {
            Error::fatal(message).into()
        }
        (ForeignError::Raised { message, .. }, _) => Error::new(message).into(),
        (error, _) => Error::new(format!("the function '{name}' is written in Ruby, and {error}")).into(),
    }
}
