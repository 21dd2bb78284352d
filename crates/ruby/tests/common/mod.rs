//! A scope with the variables of `tests/suite/variables.json`.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

use pcore::{Hash, Value};
use ruby::{CompileError, Heap, RenderError, Scope, ScopeError, ScopeException, Template};

/// Variables by name.
pub struct Variables {
    pub plain: Hash,
    pub qualified: Hash,
}

impl Variables {
    pub fn of_suite() -> Variables {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/variables.json");
        let plain = pcore::json::parse(&std::fs::read(path).unwrap()).unwrap();
        let list = Value::array(vec![Value::from("a"), Value::from("b")]);
        let qualified = Hash::from_iter([
            ("module::port", Value::Int(42)),
            ("module::list", list),
            ("::name", "web01".into()),
        ]);
        Variables { plain: plain.as_hash().unwrap().clone(), qualified }
    }

    fn find(&self, name: &str) -> Option<&Value> {
        self.plain.get_str(name).or_else(|| self.qualified.get_str(name))
    }
}

impl Scope for Variables {
    fn instance_variable(&mut self, name: &str) -> Result<Option<Value>, ScopeError> {
        Ok(self.plain.get_str(name).filter(|value| !value.is_undef()).cloned())
    }

    fn variables(&mut self) -> Result<Hash, ScopeError> {
        let mut hash = self.plain.clone();
        hash.retain(|_, value| !value.is_undef());
        Ok(hash)
    }

    fn lookup(&mut self, name: &str) -> Result<Value, ScopeError> {
        match self.find(name) {
            Some(value) => Ok(value.clone()),
            None => {
                Err(ScopeError::Raise(ScopeException::Argument, format!("Undefined variable '{name}'; ")))
            }
        }
    }

    fn has_variable(&mut self, name: &str) -> Result<bool, ScopeError> {
        Ok(self.find(name).is_some_and(|value| !value.is_undef()))
    }

    fn exists(&mut self, name: &str) -> Result<bool, ScopeError> {
        Ok(self.find(name).is_some())
    }

    fn set_variable(&mut self, name: &str, value: Value) -> Result<(), ScopeError> {
        self.plain.insert(name, value);
        Ok(())
    }

    fn call_function(&mut self, name: &str, arguments: Vec<Value>) -> Result<Option<Value>, ScopeError> {
        let text = |index: usize| arguments.get(index).map(pcore::format::to_s).unwrap_or_default();
        match name {
            "upcase" => Ok(Some(text(0).to_uppercase().into())),
            "join" => {
                let items = arguments.first().and_then(Value::as_array).unwrap_or_default();
                let items: Vec<String> = items.iter().map(pcore::format::to_s).collect();
                Ok(Some(items.join(&text(1)).into()))
            }
            "fail" => Err(ScopeError::Raise(ScopeException::Parse, text(0))),
            _ => Ok(None),
        }
    }

    fn classes(&mut self) -> Vec<String> {
        vec!["settings".into(), "main".into()]
    }

    fn all_tags(&mut self) -> Vec<String> {
        vec!["a".into(), "b".into()]
    }

    fn spend(&mut self, _: u64, _: u64) -> Result<(), ScopeError> {
        Ok(())
    }

    fn log(&mut self, _: &str, _: &str) {}
}

/// Why a template gives no text.
#[derive(Debug)]
pub struct Failure {
    pub class: String,
    pub message: String,
    pub line: u32,
}

/// What a template gives with the variables of the suite.
pub fn outcome(template: &str) -> Result<String, Failure> {
    render(template, &mut Variables::of_suite())
}

/// What a template gives.
pub fn render(template: &str, scope: &mut dyn Scope) -> Result<String, Failure> {
    let template = Template::new(template).map_err(|error| match &error {
        CompileError::Syntax { message, line } => {
            Failure { class: "SyntaxError".into(), message: message.clone(), line: *line }
        }
        other => Failure { class: "Unsupported".into(), message: other.to_string(), line: other.line() },
    })?;
    template.render(scope, &Heap::new(), None).map_err(|error| match error {
        RenderError::Raised { class, message, line, .. } => Failure { class: class.into(), message, line },
        RenderError::Unsupported { construct, line } => {
            Failure { class: "Unsupported".into(), message: construct, line }
        }
        RenderError::Limit { message, line } => Failure { class: "Limit".into(), message, line },
        RenderError::Stopped(_) => Failure { class: "Stopped".into(), message: String::new(), line: 0 },
    })
}

/// Runs on a thread with the stack that deep templates need.
pub fn run_deep(run: impl FnOnce() + Send) {
    std::thread::scope(|scope| {
        let handle = std::thread::Builder::new().stack_size(256 << 20).spawn_scoped(scope, run).unwrap();
        if let Err(panic) = handle.join() {
            std::panic::resume_unwind(panic);
        }
    });
}
