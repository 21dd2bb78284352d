//! One compile from start to end.

use std::cell::OnceCell;
use std::time::Duration;

use pcore::{Str, Value};
use syntax::ast::ResourceForm;
use wire::catalog::{Catalog, Kind};

use crate::NodeInput;
use crate::code::{DefinitionKind, Place};
use crate::error::{Control, Error};
use crate::eval::resource::Declaration;
use crate::image::Image;
use crate::log::LogEntry;
use crate::reads::ReadSet;
use crate::resource::{Parameter, ResourceId, TypeOf};
use crate::scope::{ScopeId, TOP};
use crate::session::Session;
use crate::stack;
use crate::used::Used;
use crate::world::World;

/// How long `config_version` may run.
const CONFIG_VERSION_TIME_MAX: Duration = Duration::from_secs(60);

/// What a compile gives.
#[derive(Debug)]
pub struct Compilation {
    /// The catalog.
    pub catalog: Catalog,
    /// Resources that the node exports and does not apply itself: they are not in its catalog.
    pub exported: wire::catalog::Exports,
    /// What was said on the way.
    pub logs: Vec<LogEntry>,
    /// What the catalog depends on, besides the image.
    pub reads: ReadSet,
    /// Keys that were looked up in Hiera, found or not; `None` if they are not noted.
    pub lookups: Option<Vec<pcore::Str>>,
}

/// A failed compile.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct CompileError {
    /// Puppet's whole text, with the place and the node's name.
    pub message: String,
    /// What was said on the way.
    pub logs: Vec<LogEntry>,
}

/// Compiles the catalog of a node.
///
/// Runs on a thread of its own, which has the stack that deeply nested code needs, unless [`crate::stack::spawn`] has made this one.
///
/// # Errors
/// Whatever is wrong with the code, the data or the node, in Puppet's words.
pub fn compile(image: &Image, world: &dyn World, node: &NodeInput) -> Result<Compilation, CompileError> {
    with_deep_stack(|| run(image, world, node, None))
}

/// The same, with what of the code was used on the way; also of a compile that fails.
pub fn compile_noting(
    image: &Image,
    world: &dyn World,
    node: &NodeInput,
) -> (Result<Compilation, CompileError>, Used) {
    let noting = with_deep_stack(|| {
        let mut used = None;
        let result = run(image, world, node, Some(&mut used));
        Ok((result, used.unwrap_or_else(Used::unknown)))
    });
    noting.unwrap_or_else(|error| (Err(error), Used::unknown()))
}

/// Runs a compile on a thread with the stack that deeply nested code needs.
pub(crate) fn with_deep_stack<T: Send>(
    run: impl FnOnce() -> Result<T, CompileError> + Send,
) -> Result<T, CompileError> {
    if stack::is_deep() {
        return run();
    }
    let failed = |message: String| CompileError { message, logs: Vec::new() };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("compile".into()).stack_size(stack::STACK_BYTES);
        let handle = thread
            .spawn_scoped(scope, run)
            .map_err(|error| failed(format!("could not start a thread for the compile: {error}")))?;
        handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn run(
    image: &Image,
    world: &dyn World,
    node: &NodeInput,
    used: Option<&mut Option<Used>>,
) -> Result<Compilation, CompileError> {
    let spare = OnceCell::new();
    let mut session = Session::new(image, world, node, &spare);
    let compiled = session.compile();
    if let Some(used) = used {
        *used = Some(Used::by(&mut session));
    }
    let version = match compiled {
        Ok(version) => version,
        Err(control) => {
            let message = session.describe(control);
            return Err(CompileError { message, logs: session.logs });
        }
    };
    match session.into_catalog(version) {
        Ok((catalog, exported, mut session)) => {
            let logs = std::mem::take(&mut session.logs);
            let lookups = session.looked_up();
            Ok(Compilation { catalog, exported, logs, reads: session.into_reads(), lookups })
        }
        Err(Control::Error(error)) => {
            Err(CompileError { message: format!("{error} on node {}", node.certname), logs: Vec::new() })
        }
        Err(_) => Err(CompileError { message: "illegal jump".into(), logs: Vec::new() }),
    }
}

/// The version that a catalog compiled now has: what `config_version` prints, or the time in seconds.
///
/// # Errors
/// The command fails.
pub fn version(image: &Image, world: &dyn World) -> Result<Value, Error> {
    let command = image.options.config_version.as_deref().unwrap_or_default();
    if command.is_empty() {
        return Ok(Value::Int(world.now().seconds));
    }
    let output = world.run(&[command.to_owned()], None, CONFIG_VERSION_TIME_MAX).map_err(|error| {
        Error::new(format!("Execution of config_version command `{command}` failed: {error}"))
    })?;
    Ok(Value::from(String::from_utf8_lossy(&output).trim()))
}

impl<'i> Session<'i> {
    pub(crate) fn compile(&mut self) -> Result<Value, Control> {
        let version = version(self.image, self.world)?;
        let expected = self.image.expected_resources();
        self.resources.reserve(expected);
        self.table.reserve(expected);
        self.edges.reserve(expected);
        self.scopes.reserve(self.image.expected_scopes());
        self.add_main_stage()?;
        for (name, _) in &self.node.classes {
            self.add_class_name(name.clone())?;
        }
        self.load_main()?;
        self.evaluate_settings()?;
        self.evaluate_main()?;
        let node_scope = self.evaluate_node()?;
        self.evaluate_node_classes(node_scope.unwrap_or(TOP))?;
        self.evaluate_generators()?;
        self.finish()?;
        Ok(version)
    }

    fn add_main_stage(&mut self) -> Result<(), Control> {
        let stage = self.stage_type();
        let mut resource = self.new_resource(stage, "main".into(), TOP, None);
        resource.tags = Default::default();
        resource.tags.add(&mut self.tag_names, "stage")?;
        resource.finished = true;
        self.add_resource(resource)?;
        Ok(())
    }

    /// As much of a compile as there is before any code of the site runs: what the node brings, and the settings.
    pub(crate) fn prepare(&mut self) -> Result<(), Control> {
        self.add_main_stage()?;
        self.load_main()?;
        self.evaluate_settings()?;
        self.declare_main()?;
        Ok(())
    }

    fn stage_type(&self) -> TypeOf<'i> {
        wire::types::lookup("stage").map_or(TypeOf::Opaque(self.well_known.stage), TypeOf::Native)
    }

    /// Evaluates the node block that fits best: exact name, pattern, `default`.
    fn evaluate_node(&mut self) -> Result<Option<ScopeId>, Control> {
        if !self.image.main.has_nodes() {
            return Ok(None);
        }
        let certname = self.node.certname.to_lowercase();
        let known = &self.definitions;
        let block_for = |name: &str| {
            let named = stdx::Symbol::existing(name).and_then(|name| known.node_names.get(&name).copied());
            let named = named.map(|definition| (definition, None));
            named.or_else(|| {
                known.nodes.iter().find_map(|definition| {
                    let groups = definition.pattern.as_ref()?.captures(name)?;
                    let groups = (0..groups.group_count()).map(|at| groups.get(at).map(Str::from)).collect();
                    Some((*definition, Some(groups)))
                })
            })
        };
        // A pattern may well match the word `default`.
        let found = block_for(&certname).or_else(|| block_for("default"));
        let Some((definition, groups)) = found else {
            let text =
                format!("Could not find node statement with name 'default' or '{}'", self.node.certname);
            return Err(Error::new(text).into());
        };
        let declaration = Declaration { form: ResourceForm::Regular, scope: TOP, place: None };
        let title = Str::from(definition.name).into();
        let id = self.create(declaration, TypeOf::Node(definition), title, Vec::new(), None)?;
        let tags = self.resource(id).tags.clone();
        self.tags.merge(&tags);
        self.resource_mut(id).rare_mut().node_match = groups;
        self.evaluate(id)?;
        debug_assert_eq!(definition.kind, DefinitionKind::Node);
        Ok(self.class_scopes.get(&definition.name).copied())
    }

    /// Declares the classes of the classifier: first those with parameters.
    fn evaluate_node_classes(&mut self, scope: ScopeId) -> Result<(), Control> {
        let node = self.node;
        let has_parameters =
            |parameters: &Option<pcore::Hash>| parameters.as_ref().is_some_and(|hash| !hash.is_empty());
        for (name, parameters) in node.classes.iter().filter(|(_, parameters)| has_parameters(parameters)) {
            let Some(definition) = self.find_class(name)? else {
                let text = format!("Could not find class {name} for {}", node.certname);
                return Err(Error::new(text).into());
            };
            let list = parameters.iter().flat_map(pcore::Hash::iter).filter_map(|(key, value)| {
                let name = stdx::Symbol::new(key.as_str()?);
                let (value, source) = (value.clone(), Some(definition));
                Some(Parameter { name, value, source, place: None::<Place<'i>>, append: false })
            });
            let declaration = Declaration { form: ResourceForm::Regular, scope, place: None };
            self.add_class_resource(declaration, definition, list.collect(), Kind::Unknown)?;
        }
        let others = node.classes.iter().filter(|(_, parameters)| !has_parameters(parameters));
        let names: Vec<Str> = others.map(|(name, _)| name.clone()).collect();
        self.include_classes(&names, scope, false)?;
        Ok(())
    }

    /// The text of an error that ends the compile.
    pub(crate) fn describe(&mut self, control: Control) -> String {
        let text = match control {
            Control::Error(error) => error.to_string(),
            Control::Return(jump) => illegal_jump("return()", &jump.site),
            Control::Next(jump) => illegal_jump("next()", &jump.site),
            Control::Break(site) => illegal_jump("break()", &site),
            Control::Pending(name) => format!("Unknown variable: '{name}'."),
        };
        format!("{text} on node {}", self.node.certname)
    }

    /// The resource of the scope that a function is called in.
    pub(crate) fn container(&self, scope: ScopeId) -> ResourceId {
        self.scope(scope).resource
    }
}

/// A jump out of a place that nothing encloses.
fn illegal_jump(name: &str, site: &crate::error::Site) -> String {
    format!("{name} from context where this is illegal {}", site.clone().of_stack())
}
