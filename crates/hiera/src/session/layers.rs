//! The three layers, and a module's default hierarchy.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

use pcore::{Str, Value};

use super::resolve::Resolved;
use super::{Invocation, Session};
use crate::config::{Config, FILE_NAME, Place, VERSION_3_NOT_GLOBAL};
use crate::environment::{ENVIRONMENT_CONF, METADATA};
use crate::error::{ErrorKind, Failure, Found, LookupError};
use crate::explain::Kind;
use crate::host::{Host, Strict};
use crate::key::Key;
use crate::merge::Strategy;
use crate::source::Source as _;
use crate::source::join;

/// A layer of these lookups: a configuration, resolved when it is first asked.
pub(super) struct Layer {
    pub(super) place: Place,
    pub(super) config: Arc<Config>,
    pub(super) resolved: RefCell<Option<Rc<Resolved>>>,
}

impl Layer {
    fn new(place: Place, config: Arc<Config>) -> Rc<Layer> {
        Rc::new(Layer { place, config, resolved: RefCell::new(None) })
    }
}

impl Session {
    /// Asks the layers in order, and digs.
    pub(super) fn in_layers(
        &self,
        host: &mut dyn Host,
        invocation: &Invocation,
        key: &Key,
        strategy: &Strategy,
    ) -> Found {
        let value = if invocation.global_only {
            self.in_global(host, invocation, key, strategy)?
        } else {
            self.0.merge_over(strategy, 0..3, |layer| match layer {
                0 => self.in_global(host, invocation, key, strategy),
                1 => self.in_environment(host, invocation, key, strategy),
                _ => self.in_module(host, invocation, key, strategy),
            })?
        };
        self.dig(invocation, key, value)
    }

    pub(super) fn in_global(
        &self,
        host: &mut dyn Host,
        invocation: &Invocation,
        key: &Key,
        strategy: &Strategy,
    ) -> Found {
        let found = self.0.check(key.text.clone(), || {
            let layer = self.global_layer(host)?;
            if layer.config.version == 3 {
                return self.in_version_3(host, invocation, &layer, key, strategy);
            }
            self.in_layer(host, invocation, &layer, key, strategy)
        });
        found.map_err(|failure| match failure {
            Failure::Error(error) if error.kind == ErrorKind::Located && error.issue.is_none() => {
                let message = format!("Lookup of key '{}' failed: {}", invocation.top_key, error.message);
                Failure::Error(LookupError::plain(message))
            }
            other => other,
        })
    }

    pub(super) fn in_environment(
        &self,
        host: &mut dyn Host,
        invocation: &Invocation,
        key: &Key,
        strategy: &Strategy,
    ) -> Found {
        let layer = self.environment_layer(host)?.ok_or(Failure::NotFound)?;
        self.0.check(key.text.clone(), || self.in_layer(host, invocation, &layer, key, strategy))
    }

    pub(super) fn in_module(
        &self,
        host: &mut dyn Host,
        invocation: &Invocation,
        key: &Key,
        strategy: &Strategy,
    ) -> Found {
        let inner = &*self.0;
        let module = invocation.module.as_ref().ok_or(Failure::NotFound)?;
        let Some(layer) = self.module_layer(host, module)? else {
            inner.note(|explainer| match inner.environment.modules.contains_key(module) {
                true => explainer.module_provider_not_found(module),
                false => explainer.module_not_found(module),
            });
            return Err(Failure::NotFound);
        };
        inner.check(key.text.clone(), || self.in_layer(host, invocation, &layer, key, strategy))
    }

    /// Asks the `default_hierarchy` of the key's module, which is for keys that are found nowhere else.
    pub(super) fn in_module_defaults(
        &self,
        host: &mut dyn Host,
        invocation: &Invocation,
        key: &Key,
    ) -> Found {
        let inner = &*self.0;
        let module = invocation.module.as_ref().ok_or(Failure::NotFound)?;
        let layer = self.module_layer(host, module)?.ok_or(Failure::NotFound)?;
        if layer.config.default_hierarchy.is_none() {
            return Err(Failure::NotFound);
        }
        let section = || Kind::Scope(format!("Searching default_hierarchy of module \"{module}\""));
        inner.with(section, || {
            let options = self.default_options(host, invocation, module)?;
            let strategy = match options.find(&key.root).and_then(|options| options.strategy()) {
                Some(strategy) => strategy?,
                None => Strategy::Default,
            };
            let section = || Kind::Scope(format!("Searching for \"{}\"", key.text));
            inner.with(section, || self.in_default_hierarchy(host, invocation, key, &strategy))
        })
    }

    pub(super) fn in_default_hierarchy(
        &self,
        host: &mut dyn Host,
        invocation: &Invocation,
        key: &Key,
        strategy: &Strategy,
    ) -> Found {
        let inner = &*self.0;
        let module = invocation.module.as_ref().ok_or(Failure::NotFound)?;
        let layer = self.module_layer(host, module)?.ok_or(Failure::NotFound)?;
        let resolved = self.resolved(host, &layer)?;
        if resolved.defaults.is_empty() {
            return Err(inner.missing(&key.text));
        }
        inner.check(key.text.clone(), || {
            self.with_layer(&layer, || {
                inner.merge_over(strategy, resolved.defaults.iter(), |entry| {
                    self.in_entry(host, invocation, &layer, entry, key, strategy)
                })
            })
        })
    }

    pub(super) fn in_layer(
        &self,
        host: &mut dyn Host,
        invocation: &Invocation,
        layer: &Rc<Layer>,
        key: &Key,
        strategy: &Strategy,
    ) -> Found {
        self.with_layer(layer, || {
            let resolved = self.resolved(host, layer)?;
            if resolved.entries.is_empty() {
                return Err(self.0.missing(&key.text));
            }
            self.0.merge_over(strategy, resolved.entries.iter(), |entry| {
                self.in_entry(host, invocation, layer, entry, key, strategy)
            })
        })
    }

    fn with_layer(&self, layer: &Layer, body: impl FnOnce() -> Found) -> Found {
        let kind = || Kind::Provider {
            name: format!("{} ({})", layer.place.label(), layer.config.label()),
            configuration: layer.config.path.as_deref().map(str::to_owned),
            module: layer.place.module().cloned(),
        };
        self.0.with(kind, body)
    }

    fn global_layer(&self, host: &mut dyn Host) -> Result<Rc<Layer>, LookupError> {
        let inner = &*self.0;
        if let Some(layer) = inner.global.borrow().as_ref() {
            return Ok(layer.clone());
        }
        let path = &inner.environment.global;
        let config = inner.store.config(&Place::Global, path, inner.watching().stat(path));
        if let Ok(Some(Config { warning: Some(warning), .. })) = config.as_ref().map(Option::as_deref) {
            host.warn(warning);
        }
        self.warn_of_old_version(host, path, &config);
        let config = config?.unwrap_or_else(|| Arc::new(Config::without_file(path)));
        let layer = Layer::new(Place::Global, config);
        *inner.global.borrow_mut() = Some(layer.clone());
        Ok(layer)
    }

    fn environment_layer(&self, host: &mut dyn Host) -> Result<Option<Rc<Layer>>, LookupError> {
        let inner = &*self.0;
        if let Some(layer) = inner.environment_layer.borrow().as_ref() {
            return Ok(layer.clone());
        }
        let layer = match &inner.environment.root {
            Some(root) => {
                let layer = self.layer_in(host, Place::Environment, root)?;
                self.provided(host, Place::Environment, root, &inner.environment.data_provider, layer)?
            }
            None => None,
        };
        *inner.environment_layer.borrow_mut() = Some(layer.clone());
        Ok(layer)
    }

    fn module_layer(&self, host: &mut dyn Host, module: &Str) -> Result<Option<Rc<Layer>>, LookupError> {
        let inner = &*self.0;
        if let Some(layer) = inner.modules.borrow().get(module) {
            return Ok(layer.clone());
        }
        let layer = match inner.environment.modules.get(module) {
            Some(known) => {
                let place = Place::Module(module.clone());
                let layer = match known.has_config {
                    true => self.layer_in(host, place.clone(), &known.root)?,
                    false => None,
                };
                self.provided(host, place, &known.root, &known.data_provider, layer)?
            }
            None => None,
        };
        inner.modules.borrow_mut().insert(module.clone(), layer.clone());
        Ok(layer)
    }

    /// The layer of a folder; none if it has no hiera.yaml, or one that is to be ignored.
    fn layer_in(
        &self,
        host: &mut dyn Host,
        place: Place,
        root: &str,
    ) -> Result<Option<Rc<Layer>>, LookupError> {
        let store = &self.0.store;
        let path: Str = join(root, FILE_NAME).into();
        let config = store.config(&place, &path, self.0.watching().stat(&path));
        self.warn_of_old_version(host, &path, &config);
        match config {
            Ok(config) => Ok(config.map(|config| Layer::new(place, config))),
            Err(error) if error.issue == Some(VERSION_3_NOT_GLOBAL) && store.strict() != Strict::Error => {
                let whose = match place {
                    Place::Module(_) => "module root",
                    _ => "the environment root",
                };
                host.warn_once_of(
                    &format!("{path}: version 3"),
                    &format!("hiera.yaml version 3 found at {whose} was ignored"),
                    &path,
                );
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// The layer that `data_provider` of old makes of one with or without a hiera.yaml.
    fn provided(
        &self,
        host: &mut dyn Host,
        place: Place,
        root: &str,
        provider: &Option<Str>,
        layer: Option<Rc<Layer>>,
    ) -> Result<Option<Rc<Layer>>, LookupError> {
        let Some(provider) = provider else { return Ok(layer) };
        let (file, what) = match &place {
            Place::Module(_) => (
                METADATA,
                format!("Defining \"data_provider\": \"{provider}\" in metadata.json is deprecated"),
            ),
            _ => (
                ENVIRONMENT_CONF,
                format!("Defining environment_data_provider='{provider}' in environment.conf is deprecated"),
            ),
        };
        let file = join(root, file);
        let mut warn = |what: &str, text: &str| {
            if self.0.store.strict() != Strict::Off {
                host.warn_once_of(&format!("{file}#{what}"), text, &file);
            }
        };
        if layer.as_ref().is_some_and(|layer| layer.config.version >= 5) {
            match place {
                Place::Module(_) => warn(
                    "data_provider",
                    &format!("{what}. It is ignored since a '{FILE_NAME}' with version >= 5 is present"),
                ),
                _ => {
                    warn("data_provider", &what);
                    if provider.as_str() != "hiera" {
                        let path = join(root, FILE_NAME);
                        let text = format!(
                            "The environment_data_provider='{provider}' setting is ignored since '{path}' version >= 5"
                        );
                        warn("overridden", &text);
                    }
                }
            }
            return Ok(layer);
        }
        match layer {
            Some(_) => warn("data_provider", &format!("{what}.")),
            None => warn("data_provider", &format!("{what}. A '{FILE_NAME}' file should be used instead")),
        }
        Ok(match provider.as_str() {
            "none" => None,
            "hiera" => layer.or_else(|| {
                let config = Config::without_file(&join(root, FILE_NAME));
                Some(Layer::new(place, Arc::new(config)))
            }),
            "function" => {
                let function = match &place {
                    Place::Module(name) => format!("{name}::data"),
                    _ => "environment::data".to_owned(),
                };
                if self.0.store.strict() != Strict::Off {
                    let text = format!(
                        "Using of legacy data provider function '{function}'. Please convert to a 'data_hash' function"
                    );
                    host.warn_once("legacy_provider_function", &text);
                }
                Some(Layer::new(place, Arc::new(Config::of_function(root, &function))))
            }
            other => {
                let whose = match place {
                    Place::Module(_) => "module_data_provider",
                    _ => "environment_data_provider",
                };
                let name = &self.0.environment.name;
                let text = format!("Environment '{name}', cannot find {whose} '{other}'");
                return Err(LookupError::plain(text));
            }
        })
    }

    fn warn_of_old_version(
        &self,
        host: &mut dyn Host,
        path: &str,
        config: &Result<Option<Arc<Config>>, LookupError>,
    ) {
        let version = match config {
            Ok(config) => config.as_ref().map(|config| config.version),
            Err(error) => error.version,
        };
        if let Some(version @ (3 | 4)) = version
            && self.0.store.strict() != Strict::Off
        {
            let what = format!("{path}: Use of 'hiera.yaml' version {version} is deprecated");
            // Once for all files, as Puppet has it.
            let text = format!("{what}. It should be converted to version 5");
            host.warn_once_of("hiera.yaml", &text, path);
        }
    }

    /// Digs for the sub-keys of a key.
    pub(super) fn dig(&self, invocation: &Invocation, key: &Key, value: Value) -> Found {
        let _ = invocation;
        if key.segments.is_empty() { Ok(value) } else { self.sub_lookup(&key.text, &key.segments, value) }
    }
}

impl super::Inner {
    /// Whether the environment has data of its own; without, the old `hiera*` functions see global data only.
    pub(super) fn has_environment_data(
        &self,
        session: &Session,
        host: &mut dyn Host,
    ) -> Result<bool, LookupError> {
        let layer = session.environment_layer(host)?;
        Ok(layer.is_some_and(|layer| layer.config.version >= 5))
    }
}
