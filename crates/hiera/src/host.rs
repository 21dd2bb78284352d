//! The window through which a lookup sees the language: variables, functions, types, log.

use pcore::{Type, Value};

use crate::{Context, LookupError, Segment};

/// What the engine needs from the evaluator that started the lookup. One lookup uses one host; calls may nest
/// (a backend written in the language may look keys up itself, on the same [`Session`](crate::Session)).
pub trait Host {
    /// A variable as the code that called `lookup` sees it: `x`, `::x`, `facts`, `a::b`. `below` are the steps
    /// that will be taken into its value (`os`, `family`), for those who record what is read.
    fn variable(&mut self, name: &str, below: &[Segment]) -> Variable;

    /// The name of the class whose code asks, or in which it was written; for hiera.yaml of version 3.
    fn calling_class(&mut self) -> Option<pcore::Str> {
        None
    }

    /// A warning for the log.
    fn warn(&mut self, message: &str);

    /// A warning that is wanted once only; the key tells which it is.
    fn warn_once(&mut self, key: &str, message: &str) {
        let _ = key;
        self.warn(message);
    }

    /// A warning about a file that is wanted once only; the key tells which it is.
    fn warn_once_of(&mut self, key: &str, message: &str, file: &str) {
        let _ = file;
        self.warn_once(key, message);
    }

    /// Whether backends of the library Hiera 3 can be called ([`FunctionKind::Hiera3`]).
    fn has_hiera3(&mut self) -> bool {
        false
    }

    /// Finds a function that can be a backend. Names that begin with `environment::` or a module name are found
    /// there, others among the environment's functions. The native `yaml_data`, `json_data` and `hocon_data` are
    /// never asked for.
    fn function(&mut self, name: &str) -> Option<BackendFunction> {
        let _ = name;
        None
    }

    /// Calls a backend function.
    ///
    /// # Errors
    /// The function's error. When [`Context::not_found`] was called before, the error only unwinds and is
    /// ignored.
    fn call(&mut self, call: BackendCall<'_>) -> Result<Value, LookupError> {
        Err(LookupError::argument(format!("Unknown function: '{}'.", call.function)))
    }

    /// Parses the text of a type, for `convert_to`. The error is a message without location.
    ///
    /// # Errors
    /// The text is not a type.
    fn parse_type(&mut self, text: &str) -> Result<Type, String>;

    /// `new(type, value, arguments...)`, for `convert_to`. The error is a message.
    ///
    /// # Errors
    /// The value cannot be converted.
    fn new_value(&mut self, ty: &Value, arguments: &[Value]) -> Result<Value, String>;
}

/// What there is under the name of a variable.
#[derive(Clone, Debug, PartialEq)]
pub enum Variable {
    /// It is set, perhaps to undef.
    Value(Value),
    /// It is unset, and may be (`$1`, `$module_name` at top level).
    Unset,
    /// No such variable.
    Undefined {
        /// The name as messages show it: `x`, `::x` for a qualified name at top level, `a::b`.
        name: String,
        /// Why (`class a could not be found`), or empty.
        reason: String,
    },
}

/// Puppet's `strict` setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Strict {
    /// Doubtful things are accepted.
    Off,
    /// Doubtful things are logged.
    Warning,
    /// Doubtful things are errors; the default since Puppet 8.
    #[default]
    Error,
}

/// Kinds of backend functions, by what they are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FunctionKind {
    /// `data_hash(options, context)` yields all keys at once.
    DataHash,
    /// `lookup_key(key, options, context)` yields the value of one key.
    LookupKey,
    /// `data_dig(segments, options, context)` yields the value of one dotted key.
    DataDig,
    /// `data()` yields all keys at once; what functions were before hiera.yaml.
    LegacyDataHash,
    /// No function, but a class in Ruby, `Hiera::Backend::NAME_backend`, as hiera.yaml of version 3 has them.
    Hiera3,
}

impl FunctionKind {
    /// The key in hiera.yaml.
    pub fn as_str(self) -> &'static str {
        match self {
            FunctionKind::DataHash => "data_hash",
            FunctionKind::LookupKey => "lookup_key",
            FunctionKind::DataDig => "data_dig",
            FunctionKind::LegacyDataHash => "v4_data_hash",
            FunctionKind::Hiera3 => "hiera3_backend",
        }
    }
}

/// A function that can be a backend.
#[derive(Clone, Debug, Default)]
pub struct BackendFunction {
    /// The declared types of its results, if all its signatures have one; empty otherwise. Results of a declared
    /// type are not checked again.
    pub results: Vec<Type>,
}

/// A call of a backend function.
#[derive(Debug)]
pub struct BackendCall<'a> {
    /// Name of the function, or of the backend.
    pub function: &'a str,
    /// Kind of the function.
    pub kind: FunctionKind,
    /// The key (`lookup_key`: a string, `data_dig`: an array of segments), the first argument; none for
    /// `data_hash`.
    pub key: Option<Value>,
    /// The options, with `path` or `uri`; the next argument, except for [`FunctionKind::LegacyDataHash`], which has none.
    ///
    /// For [`FunctionKind::Hiera3`]: `entry`, the name in hiera.yaml; `resolution`, how values are to be merged (undef, `array`,
    /// `hash` as hiera.yaml says, or a hash with `behavior` and options); `places`, which come before the hierarchy; and the
    /// configuration, as `text` of a hiera.yaml of version 3 or as `entries` of one of version 5, each with `name`, `datadir`,
    /// `options` and `hierarchy`.
    pub options: Value,
    /// The last argument, an instance of `Puppet::LookupContext` in the language. A handle: it may be cloned and
    /// kept for the time of the call.
    pub context: Context,
}
