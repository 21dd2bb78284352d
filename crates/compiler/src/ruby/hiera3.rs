//! Backends of the library Hiera 3: classes in Ruby, which a worker process runs.

use foreign::{Backend, ForeignError};
use hiera::{BackendCall, LookupError};
use pcore::{Hash, Value};

use super::value::Carried;
use super::window::Window;
use crate::error::Control;
use crate::eval::call::CallSite;
use crate::session::Session;

impl<'i> Session<'i> {
    /// Asks a backend. That there is no value is told to the call's context.
    ///
    /// # Errors
    /// What the backend raises, and everything that can go wrong with the process.
    pub(crate) fn ask_hiera3(&mut self, call: BackendCall<'_>, at: CallSite<'i>) -> Result<Value, Control> {
        let Some(pool) = &self.image.ruby else { return Ok(Value::Undef) };
        self.reads.impure = true;
        self.reads.opaque = true;
        let compile = self.lookups.number();
        let (number, context) = self.add_context(call.context.clone());
        let mut carried = Carried::default();
        carried.encode(&context);
        let mut options = Hash::new();
        for (name, value) in call.options.as_hash().into_iter().flat_map(Hash::iter) {
            options.insert(name.clone(), carried.encode(value));
        }
        let key = call.key.as_ref().and_then(Value::as_str).unwrap_or_default();
        let backend = Backend { name: call.function, key, options, compile };
        let mut window = Window { session: self, at, block: None, carried, raised: None };
        let result = pool.backend(backend, &mut window);
        let Window { carried, raised, .. } = window;
        self.remove_context(number);
        let answer = match result {
            Ok(answer) => answer,
            Err(error @ ForeignError::Raised { .. }) => {
                return Err(super::failure(call.function, error, raised));
            }
            Err(error) => {
                let text =
                    format!("the backend '{}' of Hiera 3 is written in Ruby, and {error}", call.function);
                return Err(crate::error::Error::new(text).into());
            }
        };
        let answer = answer.as_hash().cloned().unwrap_or_default();
        if let Some(note) = answer["note"].as_str() {
            call.context.explain(|| note.to_owned());
        }
        if !answer["found"].is_true() {
            call.context.not_found();
        }
        carried.decode(&answer["value"]).map_err(|error| crate::error::Error::new(error).into())
    }

    /// `%{hiera('key')}` in the data of a backend: `{found, value}`.
    ///
    /// # Errors
    /// What the lookup raises.
    pub(super) fn look_up_for_hiera3(
        &mut self,
        context: &hiera::Context,
        details: &Hash,
        at: CallSite<'i>,
    ) -> Result<Option<Value>, Control> {
        let key = details["key"].as_str().unwrap_or_default().into();
        let places = details["places"]
            .as_array()
            .map(|places| places.iter().filter_map(Value::as_str).map(pcore::Str::from).collect::<Vec<_>>());
        self.with_lookup(at, |host| context.lookup_global(host, &key, places.as_deref()))
    }
}

/// Merges values as Hiera 3 would: the arguments are the merge, the value of the higher priority and the other.
pub(super) fn merge(args: &[Value]) -> Result<Value, LookupError> {
    match args {
        [merge, high, low] => hiera::merge(merge, high, low),
        _ => Err(LookupError::argument("merging takes three values")),
    }
}
