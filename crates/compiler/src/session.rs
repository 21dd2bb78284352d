//! The state of one compile.

use std::cell::OnceCell;
use std::sync::Arc;

use pcore::{Hash, Str, Type};
use rustc_hash::{FxHashMap, FxHashSet};
use stdx::Symbol;

use crate::NodeInput;
use crate::code::{Code, Definition, Function, TypeDefinition};
use crate::collector::{By, Collected, Collector, Index};
use crate::error::{Control, Error, Site};
use crate::eval::call::Callee;
use crate::eval::epp::Rendered;
use crate::eval::lambda::BlockType;
use crate::image::{Image, Strict};
use crate::limits::Limits;
use crate::log::{Level, LogEntry};
use crate::overrides::Override;
use crate::reads::ReadSet;
use crate::relationship::Relationship;
use crate::resource::{Resource, ResourceId, Table};
use crate::scope::{Scope, ScopeId, SpareFrames, TOP};
use crate::tags::{TagNames, Tags};
use crate::world::World;

/// Everything one compile owns, on one thread, without a lock.
pub struct Session<'i> {
    pub(crate) image: &'i Image,
    pub(crate) world: &'i dyn World,
    pub(crate) node: &'i NodeInput,
    pub(crate) logs: Vec<LogEntry>,
    pub(crate) reads: ReadSet,
    pub(crate) limits: Limits,

    pub(crate) scopes: Vec<Scope<'i>>,
    pub(crate) class_scopes: FxHashMap<Symbol, ScopeId>,
    pub(crate) definitions: Definitions<'i>,

    pub(crate) resources: Vec<Resource<'i>>,
    pub(crate) table: Table,
    /// Resources of each type, in order of creation.
    pub(crate) by_type: FxHashMap<Symbol, Vec<ResourceId>>,
    /// Where collectors find resources of a type.
    pub(crate) indexes: FxHashMap<(Symbol, By), Index>,
    /// How often containers that are in the catalog have got tags.
    pub(crate) changes: u64,
    /// How often anything in the catalog has.
    pub(crate) retagged: u64,
    /// Resources of classes by name.
    pub(crate) class_resources: FxHashMap<Symbol, ResourceId>,
    /// What has required classes by function: the list of these is flat as long as nobody else sets it.
    pub(crate) requiring: FxHashSet<ResourceId>,
    /// Container and content, in order of creation.
    pub(crate) edges: Vec<(ResourceId, ResourceId)>,
    /// Those of the edges that `contain` has made.
    pub(crate) contained: FxHashSet<(ResourceId, ResourceId)>,
    pub(crate) classes: Vec<Str>,
    pub(crate) tags: Tags,
    pub(crate) tag_names: TagNames,
    pub(crate) collectors: Vec<Collector<'i>>,
    /// All collectors ever made; relationships refer to them after they are done.
    pub(crate) collected: Vec<Collected>,
    pub(crate) relationships: Vec<Relationship>,
    pub(crate) overrides: Vec<(ResourceKey, Override<'i>)>,
    /// Definitions that may override anything, since a collector in them has overrides.
    pub(crate) overriding: FxHashSet<*const Definition>,

    /// Where the calls stand that are being made, the outermost first; without a node for the site manifest as a whole.
    pub(crate) call_stack: Vec<(&'i Code, Option<syntax::ast::ExprId>)>,
    pub(crate) callees: FxHashMap<Symbol, Option<Callee<'i>>>,
    pub(crate) blocks: FxHashMap<(*const Code, u32), std::rc::Rc<BlockType>>,
    pub(crate) names: FxHashMap<Symbol, Str>,
    /// Strings that are being put together.
    pub(crate) buffer: String,
    /// Types of parameters that are not constants.
    pub(crate) parameter_types: FxHashMap<*const Definition, Arc<[Type]>>,
    /// Types by the names that code has used.
    pub(crate) types: FxHashMap<Symbol, Type>,
    /// What all resources of a type have.
    pub(crate) type_labels: FxHashMap<Symbol, TypeLabel>,
    /// There was a bare type among the values of attributes.
    pub(crate) untitled: bool,
    /// The value of the statement that comes next is of no use to anybody.
    pub(crate) discards: bool,
    /// Somebody reads what is logged for finding faults.
    pub(crate) logs_debug: bool,
    pub(crate) warned: FxHashSet<String>,
    /// Output of the templates that are being rendered.
    pub(crate) rendering: Vec<Rendered>,
    /// The room of templates that have been rendered.
    pub(crate) spare_text: String,
    pub(crate) spare_frames: SpareFrames,
    pub(crate) epp: FxHashMap<std::path::PathBuf, &'i Code>,
    /// Template files by the names that they have been asked for with.
    pub(crate) templates: crate::eval::epp::Found<'i>,
    /// Types of the parameters of templates.
    pub(crate) epp_types: FxHashMap<*const Code, Arc<[Type]>>,
    /// What ERB templates have made of values of the manifests.
    pub(crate) ruby: std::rc::Rc<ruby::Heap>,
    pub(crate) lookups: crate::lookup::Lookups,
    /// What the function `annotate` has attached.
    pub(crate) annotations: Vec<crate::context::Annotation>,
    /// Where code that is parsed during the compile is kept.
    pub(crate) spare: &'i OnceCell<Box<Spare>>,
    pub(crate) well_known: WellKnown,
}

/// What all resources of a type have of its name.
#[derive(Clone)]
pub(crate) struct TypeLabel {
    /// As shown.
    pub(crate) text: Str,
    /// The tags that it gives.
    pub(crate) tags: Tags,
}

/// Type and title of a resource.
pub(crate) type ResourceKey = (Symbol, Str);

/// Definitions that have been loaded.
#[derive(Default)]
pub(crate) struct Definitions<'i> {
    pub(crate) classes: FxHashMap<Symbol, &'i Definition>,
    pub(crate) defines: FxHashMap<Symbol, &'i Definition>,
    pub(crate) nodes: Vec<&'i Definition>,
    pub(crate) node_names: FxHashMap<Symbol, &'i Definition>,
    /// Defines of manifests that are being imported or have been: their names are types.
    pub(crate) early_defines: FxHashMap<Symbol, &'i Definition>,
    /// Functions of manifests, by name; no two of one module.
    pub(crate) functions: FxHashMap<Symbol, Vec<&'i Function>>,
    /// Types of manifests, by lower-case name.
    pub(crate) types: FxHashMap<&'i str, Vec<&'i TypeDefinition>>,
    pub(crate) loaded: FxHashSet<std::path::PathBuf>,
    /// Names that no file defines.
    pub(crate) missing: FxHashSet<String>,
}

/// Code that is parsed during a compile: a list that grows while references into it live.
#[derive(Debug)]
pub(crate) struct Spare {
    pub(crate) code: Arc<Code>,
    next: OnceCell<Box<Spare>>,
}

impl Drop for Spare {
    fn drop(&mut self) {
        // One by one, since dropping a long list by recursion could exhaust the stack.
        let mut next = self.next.take();
        while let Some(mut spare) = next {
            next = spare.next.take();
        }
    }
}

/// Names that the compiler itself uses.
pub(crate) struct WellKnown {
    pub(crate) title: Symbol,
    pub(crate) name: Symbol,
    pub(crate) module_name: Symbol,
    pub(crate) caller_module_name: Symbol,
    pub(crate) facts: Symbol,
    pub(crate) trusted: Symbol,
    pub(crate) server_facts: Symbol,
    pub(crate) environment: Symbol,
    pub(crate) stage: Symbol,
    pub(crate) alias: Symbol,
    pub(crate) tag: Symbol,
    pub(crate) class: Symbol,
    pub(crate) before: Symbol,
    pub(crate) notify: Symbol,
    pub(crate) require: Symbol,
    pub(crate) subscribe: Symbol,
}

impl WellKnown {
    pub(crate) fn new() -> WellKnown {
        let name = Symbol::new;
        WellKnown {
            title: name("title"),
            name: name("name"),
            module_name: name("module_name"),
            caller_module_name: name("caller_module_name"),
            facts: name("facts"),
            trusted: name("trusted"),
            server_facts: name("server_facts"),
            environment: name("environment"),
            stage: name("stage"),
            alias: name("alias"),
            tag: name("tag"),
            class: name("class"),
            before: name("before"),
            notify: name("notify"),
            require: name("require"),
            subscribe: name("subscribe"),
        }
    }
}

impl<'i> Session<'i> {
    pub(crate) fn new(
        image: &'i Image,
        world: &'i dyn World,
        node: &'i NodeInput,
        spare: &'i OnceCell<Box<Spare>>,
    ) -> Session<'i> {
        Session {
            image,
            world,
            node,
            logs: Vec::new(),
            reads: ReadSet::default(),
            limits: Limits::new(image.options.bounds),
            scopes: vec![Scope::new(None, None, &image.main_class, ResourceId(0))],
            class_scopes: FxHashMap::default(),
            definitions: Definitions::default(),
            resources: Vec::new(),
            table: Table::default(),
            edges: Vec::new(),
            contained: FxHashSet::default(),
            requiring: FxHashSet::default(),
            classes: Vec::new(),
            tags: Tags::default(),
            tag_names: TagNames::default(),
            collectors: Vec::new(),
            collected: Vec::new(),
            relationships: Vec::new(),
            overrides: Vec::new(),
            overriding: FxHashSet::default(),
            call_stack: Vec::new(),
            callees: FxHashMap::default(),
            blocks: FxHashMap::default(),
            names: FxHashMap::default(),
            buffer: String::new(),
            parameter_types: FxHashMap::default(),
            types: FxHashMap::default(),
            type_labels: FxHashMap::default(),
            indexes: FxHashMap::default(),
            changes: 0,
            retagged: 0,
            class_resources: FxHashMap::default(),
            by_type: FxHashMap::default(),
            untitled: false,
            discards: false,
            logs_debug: world.wants(Level::Debug),
            warned: FxHashSet::default(),
            rendering: Vec::new(),
            spare_text: String::new(),
            spare_frames: SpareFrames::default(),
            epp: FxHashMap::default(),
            templates: Default::default(),
            epp_types: FxHashMap::default(),
            ruby: std::rc::Rc::default(),
            lookups: crate::lookup::Lookups::default(),
            annotations: Vec::new(),
            spare,
            well_known: WellKnown::new(),
        }
    }

    pub(crate) fn scope(&self, id: ScopeId) -> &Scope<'i> {
        &self.scopes[id.0 as usize]
    }

    pub(crate) fn scope_mut(&mut self, id: ScopeId) -> &mut Scope<'i> {
        &mut self.scopes[id.0 as usize]
    }

    /// A new scope below another one.
    pub(crate) fn new_scope(
        &mut self,
        parent: ScopeId,
        source: &'i Definition,
        resource: ResourceId,
    ) -> ScopeId {
        let outer = self.enclosing(parent);
        let id = ScopeId(self.scopes.len() as u32);
        self.scopes.push(Scope::new(Some(parent), Some(outer), source, resource));
        id
    }

    /// The node or top scope that a scope is in.
    pub(crate) fn enclosing(&self, scope: ScopeId) -> ScopeId {
        let this = self.scope(scope);
        match this.enclosing {
            Some(enclosing) if !this.is_node => enclosing,
            _ => scope,
        }
    }

    pub(crate) fn resource(&self, id: ResourceId) -> &Resource<'i> {
        &self.resources[id.0 as usize]
    }

    pub(crate) fn resource_mut(&mut self, id: ResourceId) -> &mut Resource<'i> {
        &mut self.resources[id.0 as usize]
    }

    /// A resource that is to get tags, and the names of all tags.
    pub(crate) fn resource_to_tag(&mut self, id: ResourceId) -> (&mut Resource<'i>, &mut TagNames) {
        (&mut self.resources[id.0 as usize], &mut self.tag_names)
    }

    /// Keeps code that was parsed during the compile.
    pub(crate) fn keep(&mut self, code: impl Into<Arc<Code>>) -> &'i Code {
        let kept = self.spare.get_or_init(|| Box::new(Spare { code: code.into(), next: OnceCell::new() }));
        self.spare = &kept.next;
        &kept.code
    }

    /// A name as a string value; the text is shared.
    pub(crate) fn text(&mut self, name: Symbol) -> Str {
        self.names.entry(name).or_insert_with(|| Str::from(name)).clone()
    }

    pub(crate) fn log(&mut self, level: Level, message: String, source: String, site: Option<Site>) {
        self.logs.push(LogEntry { level, message, source, site });
    }

    /// A warning of the compiler itself.
    pub(crate) fn warn(&mut self, message: String) {
        self.log(Level::Warning, message, "Puppet".into(), None);
    }

    /// A warning that one compile gives once.
    pub(crate) fn warn_once(&mut self, key: &str, message: &str) {
        if self.warned.insert(key.to_owned()) {
            self.warn(message.to_owned());
        }
    }

    /// A warning that one compile gives once, and of which Puppet says that it does not know where it comes from.
    pub(crate) fn warn_unplaced_once(&mut self, key: &str, message: &str) {
        self.warn_once(key, &format!("{message}\n   (file & line not available)"));
    }

    /// What a log function names as its source.
    pub(crate) fn log_source(&self, scope: ScopeId) -> String {
        match self.resources.get(self.scope(scope).resource.0 as usize) {
            Some(resource) => format!("Scope({})", resource.reference()),
            None => "Scope()".into(),
        }
    }

    /// Fails, warns or keeps silent about a doubtful construct, as the setting `strict` says.
    pub(crate) fn doubt(&mut self, message: &str, site: Site) -> Result<(), Control> {
        match self.image.options.strict {
            Strict::Error => Err(Error::issue_at(message, &site).into()),
            Strict::Warning => {
                self.log(Level::Warning, message.to_owned(), "Puppet".into(), Some(site));
                Ok(())
            }
            Strict::Off => Ok(()),
        }
    }

    pub(crate) fn all_facts(&mut self) -> Arc<Hash> {
        self.reads.fact([]);
        self.node.facts.clone()
    }

    /// True if one definition may override what another has set: it inherits from it, directly or not.
    pub(crate) fn is_child(&mut self, child: &'i Definition, base: &'i Definition) -> bool {
        let may_all = |at: &Definition| self.overriding.contains(&std::ptr::from_ref(at));
        let mut at = child;
        loop {
            if may_all(at) {
                return true;
            }
            match at.parent.and_then(|name| self.definitions.classes.get(&name).copied()) {
                Some(parent) if std::ptr::eq(parent, base) => return true,
                Some(parent) => at = parent,
                None => return false,
            }
        }
    }

    /// The scope of a class that has been evaluated.
    pub(crate) fn class_scope(&self, name: Symbol) -> Option<ScopeId> {
        if name.as_str().is_empty() { Some(TOP) } else { self.class_scopes.get(&name).copied() }
    }
}
