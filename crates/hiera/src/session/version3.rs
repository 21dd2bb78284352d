//! A global layer of version 3: it sees more variables, and knows how the `hiera*` functions merge.

use pcore::{Str, Type, Value};

use super::layers::Layer;
use super::provider::FunctionState;
use super::resolve::{Location, ResolvedEntry};
use super::{Invocation, Session};
use crate::assert::assert_instance;
use crate::error::{Failure, Found, LookupError};
use crate::host::{Host, Variable};
use crate::key::{Key, Segment};
use crate::merge::Strategy;
use crate::source::Source as _;
use crate::source::join;

impl Session {
    /// Asks a layer of version 3.
    pub(super) fn in_version_3(
        &self,
        host: &mut dyn Host,
        invocation: &Invocation,
        layer: &std::rc::Rc<Layer>,
        key: &Key,
        strategy: &Strategy,
    ) -> Found {
        // What its data refer to is global as well, unless the environment has data of its own.
        let global_only = invocation.global_only || !self.0.has_environment_data(self, host)?;
        let mut invocation = Invocation { version_3: true, global_only, ..invocation.clone() };
        let mut strategy = strategy;
        if invocation.legacy.is_some()
            && *strategy == Strategy::Hash
            && layer.config.merge != Strategy::Default
        {
            strategy = &layer.config.merge;
            invocation.merge_of_file = true;
        }
        let value = self.nested(global_only, || self.in_layer(host, &invocation, layer, key, strategy))?;
        if invocation.legacy.is_some() {
            if matches!(strategy, Strategy::Hash | Strategy::Deep(_)) {
                assert_instance("value", &Type::hash_of(Type::Any, Type::Any), &value)?;
            }
            if !key.segments.is_empty() && matches!(strategy, Strategy::Hash | Strategy::Unique) {
                let name = if *strategy == Strategy::Hash { "hash" } else { "array" };
                let text = format!(
                    "Resolution type :{name} is illegal when accessing values using dotted keys. Offending key was '{}'",
                    key.text
                );
                return Err(LookupError::located(text).into());
            }
        }
        Ok(value)
    }

    /// The places that a call of a `hiera*` function names itself, which come before those of the hierarchy.
    pub(super) fn named_locations(
        &self,
        host: &mut dyn Host,
        invocation: &Invocation,
        entry: &ResolvedEntry,
    ) -> Result<Vec<Location>, Failure> {
        let Some(names) = invocation.legacy.as_ref().filter(|names| !names.is_empty()) else {
            return Ok(Vec::new());
        };
        let extension = format!(".{}", entry.name);
        let mut found = Vec::with_capacity(names.len());
        for original in names.iter() {
            let filled = self.interpolate(host, invocation, &Value::Str(original.clone()), false)?;
            let mut path = String::new();
            crate::ruby::to_s(&mut path, &filled);
            if !path.ends_with(&extension) {
                path.push_str(&extension);
            }
            let resolved = join(&entry.datadir, &path);
            found.push(Location {
                original: original.clone(),
                stat: self.0.watching().stat(&resolved),
                resolved: resolved.into(),
                is_uri: false,
                state: std::rc::Rc::new(FunctionState::default()),
            });
        }
        Ok(found)
    }

    /// A variable as a lookup sees it.
    pub(super) fn variable(
        &self,
        host: &mut dyn Host,
        name: &Str,
        below: &[Segment],
        version_3: bool,
    ) -> Variable {
        if !version_3 {
            return host.variable(name, below);
        }
        let variable = match name.as_str() {
            "calling_class" => host.calling_class().map(Value::Str),
            "calling_class_path" => host.calling_class().map(|name| name.replace("::", "/").into()),
            "calling_module" => match host.variable("module_name", below) {
                Variable::Value(value) => Some(value),
                _ => None,
            },
            _ => match host.variable(name, below) {
                Variable::Value(value) => Some(value),
                other => return other,
            },
        };
        // An empty text counts as nothing.
        match variable {
            Some(value) if value.as_str() != Some("") => Variable::Value(value),
            _ => Variable::Unset,
        }
    }
}
