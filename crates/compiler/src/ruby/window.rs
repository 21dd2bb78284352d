//! What code in a worker process may ask of the compile that runs it.

use std::cell::RefCell;

use foreign::{Blocks, Host};
use pcore::{Hash, Value};
use stdx::Symbol;

use super::value::Carried;
use crate::context::{Block, Context};
use crate::erb::TemplateScope;
use crate::error::{Control, Error};
use crate::eval::call::CallSite;
use crate::log::Level;
use crate::resource::ResourceId;
use crate::session::Session;

/// What running Ruby code sees of the compile.
pub(super) struct Window<'a, 'b, 'i> {
    pub(super) session: &'a mut Session<'i>,
    pub(super) at: CallSite<'i>,
    pub(super) block: Option<&'a Block<'b, 'i>>,
    pub(super) carried: Carried,
    /// What a question raised, while the other side has only its text.
    pub(super) raised: Option<Control>,
}

impl Host for Window<'_, '_, '_> {
    fn answer(&mut self, question: &str, details: &Hash, blocks: &mut dyn Blocks) -> Result<Value, String> {
        let answer = self.find(question, details, blocks);
        match answer {
            Ok(value) => Ok(value),
            Err(control) => {
                let text = match &control {
                    Control::Error(error) => error.message().to_owned(),
                    _ => "the block has ended the call".to_owned(),
                };
                self.raised = Some(control);
                Err(text)
            }
        }
    }
}

impl<'i> Window<'_, '_, 'i> {
    fn find(&mut self, question: &str, details: &Hash, blocks: &mut dyn Blocks) -> Result<Value, Control> {
        let name = details["name"].as_str().unwrap_or_default();
        let args = match details["args"].as_array() {
            Some(args) => args.iter().map(|arg| self.carried.decode(arg)).collect::<Result<Vec<_>, _>>(),
            None => Ok(Vec::new()),
        }
        .map_err(Error::new)?;
        let session = &mut *self.session;
        match question {
            "variable" => {
                let plain = name.strip_prefix("::").filter(|rest| !rest.contains("::"));
                let found = match (plain, Symbol::existing(plain.unwrap_or(name))) {
                    (Some(_), _) => session.lookup_qualified(name)?,
                    (None, _) if name.contains("::") => session.lookup_qualified(name)?,
                    (None, Some(symbol)) => session.lookup_variable(self.at.scope, symbol)?,
                    (None, None) => session.node_variable(name),
                };
                let mut answer = Hash::new();
                answer.insert("found", found.is_some());
                if found.is_none() && details["why"].is_true() {
                    match session.why_undefined(name)? {
                        Some(reason) => answer.insert("reason", reason),
                        None => answer.insert("found", true),
                    };
                }
                answer.insert("value", self.carried.encode(&found.unwrap_or_default()));
                Ok(Value::hash(answer))
            }
            "function" => {
                let Some(callee) =
                    Symbol::existing(name).map(|name| session.callee(name)).transpose()?.flatten()
                else {
                    return Err(Error::new(format!("Unknown function: '{name}'.")).into());
                };
                let value = match details["block"].as_int().map(usize::try_from) {
                    None => session.call(callee, args, None, self.at)?,
                    Some(parameters) => {
                        let both = RefCell::new((&mut self.carried, blocks));
                        let body = |args: &[Value]| {
                            let (carried, blocks) = &mut *both.borrow_mut();
                            let args = args.iter().map(|arg| carried.encode(arg)).collect();
                            let value = blocks.call(args).and_then(|value| carried.decode(&value));
                            value.map_err(|text| Control::from(Error::new(text)))
                        };
                        let block = Block::Native(parameters.unwrap_or_default(), &body);
                        session.call(callee, args, Some(&block), self.at)?
                    }
                };
                Ok(self.carried.encode(&value))
            }
            "block" => {
                let value = match self.block {
                    Some(Block::Lambda(lambda)) => session.call_lambda(*lambda, &args)?,
                    Some(Block::Native(_, body)) => body(&args)?,
                    None => return Err(Error::new("the call has no block").into()),
                };
                Ok(self.carried.encode(&value))
            }
            "context" => {
                let method = details["method"].as_str().unwrap_or_default();
                let context = self.lookup_context()?;
                match (method, args.as_slice()) {
                    ("is_explaining", []) => return Ok(Value::Bool(context.is_explaining())),
                    ("explain", [Value::Str(text)]) => {
                        context.explain(|| text.to_string());
                        return Ok(Value::Undef);
                    }
                    ("cached_entries", []) => {
                        let entries = context.cached_entries();
                        let pairs = entries.iter().map(|(key, value)| {
                            Value::array([self.carried.encode(key), self.carried.encode(value)])
                        });
                        return Ok(Value::array(pairs.collect::<Vec<_>>()));
                    }
                    _ => {}
                }
                let object =
                    self.carried.context().ok_or_else(|| Error::new("the call has no lookup context"))?;
                let session = &mut *self.session;
                match session.call_context(&object, method, &args, None, self.at) {
                    Some(result) => Ok(self.carried.encode(&result?)),
                    None => {
                        Err(Error::new(format!("the lookup context has no '{method}' with such arguments"))
                            .into())
                    }
                }
            }
            "keep" => {
                let decode =
                    |carried: &Carried, name: &str| carried.decode(&details[name]).map_err(Error::new);
                let key = decode(&self.carried, "key")?;
                let value = match details.contains_str("value") {
                    true => Some(decode(&self.carried, "value")?),
                    false => None,
                };
                let name = details["object"].as_str().unwrap_or_default().into();
                self.lookup_context()?.keep(key, name, value);
                Ok(Value::Undef)
            }
            "kept" => {
                let key = self.carried.decode(&details["key"]).map_err(Error::new)?;
                let context = self.lookup_context()?;
                let Some(value) = context.cached_value(&key) else { return Ok(Value::Undef) };
                let mut answer = Hash::new();
                let (object, has_value) = context.kept(&key).unwrap_or((pcore::Str::default(), true));
                answer.insert("object", object);
                answer.insert("has_value", has_value);
                answer.insert("value", self.carried.encode(&value));
                Ok(Value::hash(answer))
            }
            "file_data" => {
                let path = details["path"].as_str().unwrap_or_default();
                let context = self.lookup_context()?;
                let session = &mut *self.session;
                session.reads.file(path);
                let stamp = context.stamp(path);
                let mut answer = Hash::new();
                if details["stamp"].as_str() != Some(&stamp) {
                    let text = session.with_lookup(self.at, |_| context.file(path))?;
                    answer.insert("text", text);
                }
                answer.insert("stamp", stamp);
                Ok(Value::hash(answer))
            }
            "hiera" => {
                let context = self.lookup_context()?;
                let found = self.session.look_up_for_hiera3(&context, details, self.at)?;
                let mut answer = Hash::new();
                answer.insert("found", found.is_some());
                answer.insert("value", self.carried.encode(&found.unwrap_or_default()));
                Ok(Value::hash(answer))
            }
            "calling_class" => Ok(session.calling_class(self.at.scope).map(Value::Str).unwrap_or_default()),
            "merge" => {
                let merged = session.with_lookup(self.at, |_| super::hiera3::merge(&args))?;
                Ok(self.carried.encode(&merged))
            }
            "stack" => {
                let site = self.at.code.site(self.at.id);
                let place = [
                    site.path().map_or_else(|| "unknown".into(), Value::from),
                    Value::Int(site.line().into()),
                ];
                Ok(Value::array([Value::array(place)]))
            }
            "warn_once" => {
                let text = details["message"].as_str().unwrap_or_default();
                session.warn_once(details["key"].as_str().unwrap_or_default(), text);
                Ok(Value::Undef)
            }
            "log" => {
                let level = match details["level"].as_str() {
                    Some("debug") => Level::Debug,
                    Some("info") => Level::Info,
                    Some("notice") => Level::Notice,
                    Some("warning") => Level::Warning,
                    _ => Level::Err,
                };
                let text = details["message"].as_str().unwrap_or_default().to_owned();
                session.log(level, text, "Puppet".into(), None);
                Ok(Value::Undef)
            }
            "setting" => {
                Ok(session.setting(name).map(|value| self.carried.encode(&value)).unwrap_or_default())
            }
            "infer" => {
                let value = self.carried.decode(&details["value"]).map_err(Error::new)?;
                Ok(Value::str(pcore::infer::infer(&value).to_string()))
            }
            "instance" => {
                let ty = self.carried.decode(&details["type"]).map_err(Error::new)?;
                let value = self.carried.decode(&details["value"]).map_err(Error::new)?;
                let Value::Type(ty) = ty else { return Err(Error::new("this is no type").into()) };
                Ok(Value::Bool(pcore::matches::is_instance(&ty, &value)))
            }
            "lookup" => {
                let value = self.context().lookupvar(name)?;
                Ok(self.carried.encode(&value))
            }
            "set" => {
                let value = self.carried.decode(&details["value"]).map_err(Error::new)?;
                let mut context = self.context();
                let mut scope = TemplateScope::new(&mut context);
                ruby::Scope::set_variable(&mut scope, name, value).map_err(control)?;
                Ok(Value::Undef)
            }
            "tags" => Ok(Value::array(
                session.tags.texts(&session.tag_names).cloned().map(Value::Str).collect::<Vec<_>>(),
            )),
            "environment" => Ok(Value::str(session.image.environment())),
            "classes" => {
                Ok(Value::array(session.classes.iter().cloned().map(Value::Str).collect::<Vec<_>>()))
            }
            "file" => {
                let found = session.module_file("files", name);
                Ok(found.map(|path| Value::str(path.to_string_lossy().as_ref())).unwrap_or_default())
            }
            "resource" => self.resource(details["reference"].as_str().unwrap_or_default()),
            "container" => {
                let id = session.container(self.at.scope);
                Ok(self.view(id))
            }
            "variables" => {
                let mut variables = Hash::new();
                session.template_variables(self.at.scope, &mut variables);
                Ok(Value::hash(self.encode_all(&variables)))
            }
            other => Err(Error::new(format!("Ruby code that asks for '{other}' cannot be run")).into()),
        }
    }

    fn lookup_context(&self) -> Result<hiera::Context, Control> {
        let object = self.carried.context();
        let context = object.and_then(|object| self.session.context_of(&object));
        context.ok_or_else(|| Error::new("the call has no lookup context").into())
    }

    fn context(&mut self) -> Context<'_, 'i> {
        Context::new(&mut *self.session, "scope", None, self.at)
    }

    /// Variables by name, as they are now: what templates have changed in place is seen.
    pub(super) fn encode_all(&mut self, variables: &Hash) -> Hash {
        let heap = self.session.ruby.clone();
        let mut encoded = Hash::new();
        for (name, value) in variables.iter() {
            let changed = heap.current(value);
            encoded.insert(name.clone(), self.carried.encode(changed.as_ref().unwrap_or(value)));
        }
        encoded
    }

    fn resource(&mut self, reference: &str) -> Result<Value, Control> {
        let Some((ty, title)) = crate::finish::parse_reference(reference) else { return Ok(Value::Undef) };
        let session = &mut *self.session;
        let Some(id) = session.find_resource(&ty, &title)? else { return Ok(Value::Undef) };
        Ok(self.view(id))
    }

    fn view(&mut self, id: ResourceId) -> Value {
        let session = &mut *self.session;
        let resource = session.resource(id);
        let mut parameters = Hash::new();
        let list: Vec<(Symbol, Value)> =
            resource.parameters.iter().map(|parameter| (parameter.name, parameter.value.clone())).collect();
        let (type_name, title) = (resource.type_name.clone(), resource.title.clone());
        for (name, value) in list {
            parameters.insert(name.as_str(), self.carried.encode(&value));
        }
        let mut answer = Hash::new();
        answer.insert("type", Value::Str(type_name));
        answer.insert("title", Value::Str(title));
        answer.insert("parameters", Value::hash(parameters));
        let tags = session.resource(id).tags.texts(&session.tag_names).cloned().map(Value::Str);
        answer.insert("tags", Value::array(tags.collect::<Vec<_>>()));
        Value::hash(answer)
    }
}

fn control(error: ruby::ScopeError) -> Control {
    match error {
        ruby::ScopeError::Raise(_, message) => Error::new(message).into(),
        ruby::ScopeError::Stop(reason) => match reason.downcast::<Control>() {
            Ok(control) => *control,
            Err(_) => Error::new("the compile was stopped").into(),
        },
    }
}
