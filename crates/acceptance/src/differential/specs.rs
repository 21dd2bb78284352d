//! What the modules' own tests declare: `reference/specs.rb` reads their files, without running a test.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use indexmap::IndexMap;
use serde::Deserialize;

/// One group of tests.
#[derive(Clone, Debug, Deserialize)]
pub struct Spec {
    /// The class or defined type.
    pub definition: String,
    /// A defined type's title.
    pub title: Option<String>,
    /// Source text of each parameter's value.
    pub params: IndexMap<String, String>,
    /// Code before it.
    pub prelude: String,
    /// Code after it.
    pub postlude: String,
    /// A file with the facts.
    pub facts: PathBuf,
}

impl Spec {
    /// Whether its code can stand in a node: definitions cannot.
    fn fits_in_node(&self) -> bool {
        let parsed = |text: &str| {
            let source = syntax::source::SourceFile::new(None, text);
            let parsed = syntax::parse(source, syntax::Options::default());
            parsed.errors.is_empty() && parsed.ast.definitions.is_empty()
        };
        parsed(&self.prelude) && parsed(&self.postlude)
    }

    /// The declaration.
    pub fn code(&self) -> String {
        let parameters: String =
            self.params.iter().map(|(name, value)| format!("    {name} => {value},\n")).collect();
        let declaration = match &self.title {
            None if parameters.is_empty() => format!("  include {}\n", self.definition),
            None => format!("  class {{ '{}':\n{parameters}  }}\n", self.definition),
            Some(title) => {
                let title = title.replace('\\', "\\\\").replace('\'', "\\'");
                format!("  {} {{ '{title}':\n{parameters}  }}\n", self.definition)
            }
        };
        format!("{}\n{declaration}{}\n", self.prelude, self.postlude)
    }
}

/// Those of a module; none if it has no tests, or they cannot be read.
pub fn of_module(directory: &Path, facts: &Path) -> Vec<Spec> {
    if !directory.join("spec").is_dir() {
        return Vec::new();
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("reference/specs.rb");
    let output = Command::new("timeout")
        .args(["60", "ruby"])
        .arg(script)
        .arg(directory)
        .arg(facts)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    let Ok(output) = output else { return Vec::new() };
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Spec>(line).ok())
        .filter(Spec::fits_in_node)
        .collect()
}
