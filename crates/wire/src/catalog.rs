//! The catalog: resources, their containment, and the JSON an agent reads
//! (`catalog_format` 2; puppet `api/schemas/catalog.json`).

pub mod diff;
mod read;
pub mod tags;
mod write;

use pcore::{Hash, Str, Value};
use stdx::Symbol;

pub use write::Marks;

/// Index of a resource in its [`Catalog`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResourceId(pub u32);

/// A finished catalog, ready to be written. Virtual resources that nobody realised are not in it.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// Certname.
    pub name: Str,
    /// Integer (epoch seconds) or string (from `config_version`).
    pub version: Value,
    /// Version of the code, when there is one.
    pub code_id: Option<Str>,
    /// Fresh for each compile.
    pub catalog_uuid: Str,
    /// Environment.
    pub environment: Str,
    /// Tags of the catalog itself.
    pub tags: Vec<Str>,
    /// Names of the classes in order of evaluation.
    pub classes: Vec<Str>,
    /// Resources in order of creation.
    pub resources: Vec<Resource>,
    /// Containment, in order of creation: container, content.
    pub edges: Vec<(ResourceId, ResourceId)>,
    /// Inlined file metadata by resource title, for static catalogs.
    pub metadata: Hash,
    /// Inlined recursive metadata: title → source → list, for static catalogs.
    pub recursive_metadata: Hash,
}

/// A resource.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Capitalised by segment (`Apache::Vhost`).
    pub type_name: Str,
    /// Title.
    pub title: Str,
    /// Tags in order of addition.
    pub tags: tags::Tags,
    /// Declared with `@@` by this node.
    pub exported: bool,
    /// File that declares it.
    pub file: Option<Str>,
    /// Line in that file.
    pub line: Option<u32>,
    /// `class`, `compilable_type`, `defined_type`, `unknown`.
    pub kind: Kind,
    /// Parameters in order; values hold no `Sensitive` at top level (see `sensitive_parameters`).
    pub parameters: Vec<(Symbol, Value)>,
    /// Names of the parameters whose value was Sensitive.
    pub sensitive_parameters: Vec<Symbol>,
}

/// What a node exports and does not apply itself: it is not in its catalog.
#[derive(Clone, Debug, Default)]
pub struct Exports {
    /// The resources.
    pub resources: Vec<Resource>,
    /// Which resource of the catalog contains each of them.
    pub containers: Vec<Option<ResourceId>>,
}

/// What a resource is an instance of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the wire names")]
pub enum Kind {
    Class,
    CompilableType,
    DefinedType,
    Unknown,
}

impl Kind {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Class => "class",
            Kind::CompilableType => "compilable_type",
            Kind::DefinedType => "defined_type",
            Kind::Unknown => "unknown",
        }
    }
}

impl Resource {
    /// The value of a parameter.
    pub fn parameter(&self, name: &str) -> Option<&Value> {
        self.parameters.iter().find(|(symbol, _)| symbol.as_str() == name).map(|(_, value)| value)
    }

    /// `Type[title]`
    pub fn reference(&self) -> String {
        format!("{}[{}]", self.type_name, self.title)
    }
}

#[cfg(test)]
mod tests;
