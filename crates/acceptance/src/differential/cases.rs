//! The cases: what the modules' own tests declare, and each class and defined type declared with made-up values, which are
//! bettered until it compiles (see [`super::trial`]).

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use syntax::ast::{Ast, Expr, Parameter};
use syntax::source::SourceFile;

use super::facts::Systems;
use super::specs::{self, Spec};
use super::values::{self, Aliases};
use super::{Plan, trial};

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

/// A parameter's value, and what else it could be.
#[derive(Clone, Debug)]
pub struct Argument {
    /// The parameter.
    pub name: String,
    /// Source texts, the most plausible one first.
    pub values: Vec<String>,
    /// Whether there is a default.
    pub optional: bool,
}

/// A declaration that is not settled yet.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The module.
    pub module: String,
    /// The class or defined type.
    pub definition: String,
    /// Titles of a defined type, the most plausible one first; empty for a class.
    pub titles: Vec<&'static str>,
    /// `least` or `whole`.
    pub variant: &'static str,
    /// What is set.
    pub arguments: Vec<Argument>,
    /// Codes that could stand before, the most plausible one first.
    pub preludes: Vec<String>,
    /// Systems it could be for.
    pub systems: Vec<usize>,
}

impl Draft {
    /// The case, as it stands.
    pub fn case(&self, variant: &str) -> Case {
        let system = self.systems.first().copied().unwrap_or_default();
        let params = self
            .arguments
            .iter()
            .filter_map(|argument| Some((argument.name.clone(), argument.values.first()?.clone())))
            .collect();
        let spec = Spec {
            definition: self.definition.clone(),
            title: self.titles.first().map(|title| (*title).to_owned()),
            params,
            prelude: self.preludes.first().cloned().unwrap_or_default(),
            postlude: String::new(),
            facts: PathBuf::new(),
        };
        Case {
            node: format!("{}.{variant}{system}.example.com", self.definition.replace("::", "--")),
            module: self.module.clone(),
            definition: self.definition.clone(),
            code: spec.code(),
            system,
        }
    }
}

/// All cases of a plan, in the order of modules, files and definitions; adds the systems that tests are for.
///
/// # Errors
/// An environment for trials cannot be made.
pub fn all(plan: &Plan, systems: &mut Systems, scratch: &Path) -> anyhow::Result<Vec<Case>> {
    let modules = modules(&plan.modulepath);
    let aliases = Aliases::of(modules.iter().map(|(_, directory)| directory.as_path()));
    let plain = systems.len();
    let (mut cases, mut drafts) = (Vec::new(), Vec::new());
    for (module, directory) in &modules {
        if !plan.modules.is_empty() && !plan.modules.contains(module) {
            continue;
        }
        let specs =
            if plan.specs == 0 { Vec::new() } else { specs::of_module(directory, &systems.directory) };
        let mut of_definition: HashMap<&str, Vec<&Spec>> = HashMap::new();
        for spec in &specs {
            let others = of_definition.entry(spec.definition.as_str()).or_default();
            others.push(spec);
            // An unreadable file of facts only means one case less.
            if others.len() > plan.specs {
                continue;
            }
            let Ok(system) = systems.add(&spec.facts) else { continue };
            cases.push(Case {
                node: format!("{}.spec{}.example.com", spec.definition.replace("::", "--"), others.len()),
                module: module.clone(),
                definition: spec.definition.clone(),
                code: spec.code(),
                system,
            });
        }
        let supported = systems.supported(directory, plain);
        let mut files = Vec::new();
        gather(&directory.join("manifests"), "pp", &mut files);
        files.sort();
        for file in files {
            let Ok(text) = std::fs::read_to_string(&file) else { continue };
            let source = SourceFile::new(Some(file.to_string_lossy().as_ref().into()), text.as_str());
            let ast = syntax::parse(source, syntax::Options::default()).ast;
            for &definition in &ast.definitions {
                for _ in 0..plan.systems.max(1) {
                    let first = drafts.len();
                    drafts.extend(of(&ast, &ast[definition], module, &of_definition, &aliases));
                    for (number, draft) in drafts.iter_mut().enumerate().skip(first) {
                        draft.systems = supported.clone();
                        draft.systems.rotate_left(number % supported.len().max(1));
                    }
                }
            }
        }
    }
    cases.extend(trial::settle(plan, drafts, systems, scratch)?);
    let mut names = std::collections::HashSet::new();
    cases.retain(|case| names.insert(case.node.clone()));
    cases.sort_by(|one, other| (&one.module, &one.definition).cmp(&(&other.module, &other.definition)));
    let every = plan.every.max(1);
    let first = every - 1 - plan.before.min(every - 1);
    Ok(cases.into_iter().skip(first).step_by(every).collect())
}

/// Modules by name; the first directory of the path that has one wins.
fn modules(path: &[PathBuf]) -> Vec<(String, PathBuf)> {
    let mut modules: Vec<(String, PathBuf)> = Vec::new();
    for directory in path {
        for entry in std::fs::read_dir(directory).into_iter().flatten().filter_map(Result::ok) {
            let name = entry.file_name().to_string_lossy().into_owned();
            if entry.path().is_dir() && !modules.iter().any(|(known, _)| *known == name) {
                modules.push((name, entry.path()));
            }
        }
    }
    modules.sort();
    modules
}

/// The files of a folder with an extension.
pub fn gather(directory: &Path, extension: &str, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).into_iter().flatten().filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            gather(&path, extension, files);
        } else if path.extension().is_some_and(|found| found == extension) {
            files.push(path);
        }
    }
}

/// Titles that defined types demand.
const TITLES: &[&str] = &[
    "example",
    "/opt/title",
    "www.example.com",
    "example.conf",
    "example.service",
    "example.timer",
    "example.rules",
    "example.tar.gz",
    "192.0.2.7",
    "80",
    "example/name",
    "example-name",
];

/// A definition declared with the least, and with every parameter.
fn of(
    ast: &Ast,
    definition: &Expr,
    module: &str,
    specs: &HashMap<&str, Vec<&Spec>>,
    aliases: &Aliases,
) -> Vec<Draft> {
    let (name, parameters, titles) = match definition {
        Expr::Class(class) => (class.name.as_str(), &class.parameters, Vec::new()),
        Expr::Define(define) => (define.name.as_str(), &define.parameters, TITLES.to_vec()),
        _ => return Vec::new(),
    };
    let mut other_titles = titles.clone();
    if other_titles.len() > 1 {
        other_titles.swap(0, 1);
    }
    let known: &[&Spec] = specs.get(name).map(Vec::as_slice).unwrap_or_default();
    let main = specs.get(module).and_then(|specs| specs.first());
    let mut preludes = Vec::new();
    if let Some(spec) = known.first() {
        preludes.push(spec.prelude.clone());
    }
    if name != module {
        preludes.push(format!("  include {module}\n"));
        preludes.extend(main.map(|spec| spec.code()));
    }
    preludes.push(String::new());
    let argument = |parameter: &Parameter| {
        let name = parameter.name.as_str();
        let mut all: Vec<String> = known.iter().filter_map(|spec| spec.params.get(name).cloned()).collect();
        all.extend(values::plausible(ast, parameter, aliases));
        let mut seen = std::collections::HashSet::new();
        all.retain(|value| seen.insert(value.clone()));
        Argument { name: name.to_owned(), values: all, optional: parameter.value.is_some() }
    };
    let draft = |variant, titles, whole: bool| Draft {
        module: module.to_owned(),
        definition: name.to_owned(),
        titles,
        variant,
        arguments: parameters
            .iter()
            .filter(|parameter| whole || parameter.value.is_none())
            .map(argument)
            .collect(),
        preludes: preludes.clone(),
        systems: Vec::new(),
    };
    let mut drafts = vec![draft("least", titles, false)];
    if parameters.iter().any(|parameter| parameter.value.is_some()) {
        drafts.push(draft("whole", other_titles, true));
    }
    drafts
}
