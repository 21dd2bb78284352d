//! The cases: each class and defined type of the modules, declared by a node of its own.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use syntax::ast::{Ast, Expr, Parameter};
use syntax::source::SourceFile;

use super::{Plan, values};

/// A node that declares one class or defined type.
#[derive(Clone, Debug)]
pub struct Case {
    /// Certname; says what is declared and how.
    pub node: String,
    /// The module.
    pub module: String,
    /// The class or defined type.
    pub definition: String,
    /// What the node declares.
    pub code: String,
    /// Which system's facts.
    pub system: usize,
}

impl Case {
    /// `node 'NAME' { ... }`
    pub fn node_definition(&self) -> String {
        format!("node '{}' {{\n{}}}\n", self.node, self.code)
    }
}

/// All cases of a plan, in the order of modules, files and definitions.
pub fn all(plan: &Plan, systems: usize) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut turn = 0;
    for (module, directory) in modules(&plan.modulepath) {
        if !plan.modules.is_empty() && !plan.modules.contains(&module) {
            continue;
        }
        let mut files = Vec::new();
        gather(&directory.join("manifests"), &mut files);
        files.sort();
        for file in files {
            let Ok(text) = std::fs::read_to_string(&file) else { continue };
            let source = SourceFile::new(Some(file.to_string_lossy().as_ref().into()), text.as_str());
            let ast = syntax::parse(source, syntax::Options::default()).ast;
            for &definition in &ast.definitions {
                for (variant, code) in declarations(&ast, &ast[definition], &module) {
                    let name = match &ast[definition] {
                        Expr::Class(class) => class.name.as_str(),
                        Expr::Define(define) => define.name.as_str(),
                        _ => continue,
                    };
                    for _ in 0..plan.systems.clamp(1, systems) {
                        let system = turn % systems;
                        turn += 1;
                        if turn % plan.every.max(1) != 0 {
                            continue;
                        }
                        cases.push(Case {
                            node: format!("{}.{variant}{system}.example.com", name.replace("::", "--")),
                            module: module.clone(),
                            definition: name.to_owned(),
                            code: code.clone(),
                            system,
                        });
                    }
                }
            }
        }
    }
    cases
}

/// Modules by name; the first directory of the path that has one wins.
fn modules(path: &[PathBuf]) -> Vec<(String, PathBuf)> {
    let mut modules: Vec<(String, PathBuf)> = Vec::new();
    for directory in path {
        for entry in std::fs::read_dir(directory).into_iter().flatten().filter_map(std::result::Result::ok) {
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_dir() && !modules.iter().any(|(known, _)| *known == name) {
                modules.push((name, entry.path()));
            }
        }
    }
    modules.sort();
    modules
}

fn gather(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).into_iter().flatten().filter_map(std::result::Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            gather(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "pp") {
            files.push(path);
        }
    }
}

/// The least declaration, the same after the module's main class, and one with every parameter.
fn declarations(ast: &Ast, definition: &Expr, module: &str) -> Vec<(&'static str, String)> {
    match definition {
        Expr::Class(class) => {
            let least = match required(&class.parameters).next() {
                None => format!("  include {}\n", class.name),
                Some(_) => declare(ast, "class", class.name.as_str(), required(&class.parameters)),
            };
            let mut all = Vec::new();
            if class.name.as_str() != module {
                all.push(("after", format!("  include {module}\n{least}")));
            }
            all.push(("least", least));
            if class.parameters.iter().any(|parameter| parameter.value.is_some()) {
                all.push(("whole", declare(ast, "class", class.name.as_str(), class.parameters.iter())));
            }
            all
        }
        Expr::Define(define) => vec![
            (
                "after",
                format!("  include {module}\n")
                    + &declare(ast, define.name.as_str(), "example", required(&define.parameters)),
            ),
            ("least", declare(ast, define.name.as_str(), "example", required(&define.parameters))),
            ("whole", declare(ast, define.name.as_str(), "/opt/title", define.parameters.iter())),
        ],
        _ => Vec::new(),
    }
}

fn required(parameters: &[Parameter]) -> impl Iterator<Item = &Parameter> {
    parameters.iter().filter(|parameter| parameter.value.is_none())
}

fn declare<'a>(
    ast: &Ast,
    type_name: &str,
    title: &str,
    parameters: impl Iterator<Item = &'a Parameter>,
) -> String {
    let mut text = format!("  {type_name} {{ '{title}':\n");
    for parameter in parameters {
        let value = values::plausible(ast, parameter);
        let _ = writeln!(text, "    {} => {value},", parameter.name);
    }
    text + "  }\n"
}
