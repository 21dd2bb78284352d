//! Resources while a catalog is made.

use std::sync::OnceLock;

use hashbrown::Equivalent;
use hashbrown::hash_map::Entry;
use pcore::{Str, Value};
use rustc_hash::{FxBuildHasher, FxHashMap};
use stdx::Symbol;
use wire::catalog::Kind;
use wire::types::ResourceType;

use crate::code::{Definition, Place};
use crate::scope::ScopeId;
use crate::tags::Tags;

/// Index of a resource in the session, in order of creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ResourceId(pub(crate) u32);

/// What a resource is an instance of.
#[derive(Clone, Copy)]
pub(crate) enum TypeOf<'i> {
    /// A type that agents implement, whose attributes are known.
    Native(&'i ResourceType),
    /// A type of a module's Ruby code, of which only the name is known.
    Opaque(Symbol),
    /// A define.
    Define(&'i Definition),
    /// A class; the main class has an empty name.
    Class(&'i Definition),
    /// A node block.
    Node(&'i Definition),
}

/// `class` and `node`.
fn container_names() -> (Symbol, Symbol) {
    static NAMES: OnceLock<(Symbol, Symbol)> = OnceLock::new();
    *NAMES.get_or_init(|| (Symbol::new("class"), Symbol::new("node")))
}

impl<'i> TypeOf<'i> {
    /// Lower-case name of the type.
    pub(crate) fn name(self) -> Symbol {
        match self {
            TypeOf::Native(native) => native.name(),
            TypeOf::Opaque(name) => name,
            TypeOf::Define(define) => define.name,
            TypeOf::Class(_) => container_names().0,
            TypeOf::Node(_) => container_names().1,
        }
    }

    /// The definition whose body such a resource runs.
    pub(crate) fn definition(self) -> Option<&'i Definition> {
        match self {
            TypeOf::Define(definition) | TypeOf::Class(definition) | TypeOf::Node(definition) => {
                Some(definition)
            }
            TypeOf::Native(_) | TypeOf::Opaque(_) => None,
        }
    }

    /// True for types that agents implement.
    pub(crate) fn is_builtin(self) -> bool {
        matches!(self, TypeOf::Native(_) | TypeOf::Opaque(_))
    }

    pub(crate) fn is_class(self) -> bool {
        matches!(self, TypeOf::Class(_))
    }

    /// True if the type has an attribute of that name.
    pub(crate) fn has_attribute(self, name: Symbol) -> bool {
        match self {
            TypeOf::Native(native) => native.has_attribute(name),
            TypeOf::Opaque(_) => true,
            TypeOf::Define(definition) | TypeOf::Class(definition) | TypeOf::Node(definition) => {
                definition.parameters.position(name).is_some()
                    || name.as_str() == "name"
                    || wire::types::is_metaparameter(name)
            }
        }
    }

    /// What the catalog says the type is, when nothing else has been said.
    pub(crate) fn kind(self) -> Kind {
        match self {
            TypeOf::Native(_) | TypeOf::Opaque(_) => Kind::CompilableType,
            TypeOf::Define(_) => Kind::DefinedType,
            TypeOf::Class(_) | TypeOf::Node(_) => Kind::Unknown,
        }
    }
}

/// An attribute that a resource has been given.
#[derive(Clone)]
pub(crate) struct Parameter<'i> {
    pub(crate) name: Symbol,
    pub(crate) value: Value,
    /// The definition whose body set it.
    pub(crate) source: Option<&'i Definition>,
    /// Where it was set.
    pub(crate) place: Option<Place<'i>>,
    /// True for `+>`.
    pub(crate) append: bool,
}

/// A resource's title: functions take any value for one, code of manifests only strings.
pub(crate) struct Title {
    /// As it is shown, and compared.
    pub(crate) text: Str,
    /// What `$title` is, if that is no string.
    pub(crate) value: Option<Box<Value>>,
}

impl Title {
    /// Of a key of `create_resources`.
    pub(crate) fn of(value: &Value) -> Title {
        match value {
            Value::Str(text) => Title { text: text.clone(), value: None },
            other => Title { text: pcore::format::to_s(other).into(), value: Some(Box::new(other.clone())) },
        }
    }
}

impl From<Str> for Title {
    fn from(text: Str) -> Title {
        Title { text, value: None }
    }
}

impl From<&str> for Title {
    fn from(text: &str) -> Title {
        Str::from(text).into()
    }
}

/// A resource.
pub(crate) struct Resource<'i> {
    pub(crate) ty: TypeOf<'i>,
    /// Type as shown (`Apache::Vhost`).
    pub(crate) type_name: Str,
    /// Title as shown; of classes capitalised by segment.
    pub(crate) title: Str,
    /// The title, if it is no string.
    pub(crate) title_value: Option<Box<Value>>,
    pub(crate) parameters: Vec<Parameter<'i>>,
    pub(crate) tags: Tags,
    /// Where it was declared.
    pub(crate) scope: ScopeId,
    /// The definition whose body declared it.
    pub(crate) source: &'i Definition,
    pub(crate) place: Option<Place<'i>>,
    pub(crate) kind: Kind,
    pub(crate) is_virtual: bool,
    pub(crate) exported: bool,
    pub(crate) evaluated: bool,
    /// How many tags of its container have been added, once they have been.
    pub(crate) tagged: Option<u32>,
    pub(crate) finished: bool,
    /// Its parameters have been found to fit the definition, and are the same since.
    pub(crate) fits: bool,
    /// What few resources have. A catalog's resources are walked over many times, so one should take little room.
    pub(crate) rare: Option<Box<Rare>>,
}

/// What few resources have.
#[derive(Default)]
pub(crate) struct Rare {
    /// Names of parameters whose values were Sensitive.
    pub(crate) sensitive: Vec<Symbol>,
    /// Groups of the match by which a node block was found.
    pub(crate) node_match: Option<crate::scope::Match>,
    /// The exporting node, when the resource was collected from it.
    pub(crate) exporter: Option<Str>,
}

impl<'i> Resource<'i> {
    /// To set something that few resources have.
    pub(crate) fn rare_mut(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    /// Names of the parameters whose values were Sensitive.
    pub(crate) fn sensitive(&self) -> &[Symbol] {
        self.rare.as_ref().map(|rare| rare.sensitive.as_slice()).unwrap_or_default()
    }

    /// `Type[title]`
    pub(crate) fn reference(&self) -> String {
        format!("{}[{}]", self.type_name, self.title)
    }

    pub(crate) fn parameter(&self, name: Symbol) -> Option<&Parameter<'i>> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// The value of a parameter; undef if it is not set.
    pub(crate) fn value(&self, name: Symbol) -> Option<&Value> {
        self.parameter(name).map(|parameter| &parameter.value).filter(|value| !value.is_undef())
    }

    /// Sets a parameter; one that was there keeps its place in the order.
    pub(crate) fn set(&mut self, parameter: Parameter<'i>) {
        match self.parameters.iter_mut().find(|other| other.name == parameter.name) {
            Some(other) => *other = parameter,
            None => self.parameters.push(parameter),
        }
    }

    /// `(file: F, line: L)` with a leading ` at `, or nothing, for messages.
    pub(crate) fn at(&self) -> String {
        self.place.map_or_else(String::new, |place| format!(" at {}", place.site()))
    }
}

/// `apache::vhost` as `Apache::Vhost`. A name that begins with a capital letter is left as it is; otherwise all
/// but the first letters of segments become small.
pub(crate) fn capitalised(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    push_capitalised(&mut text, name);
    text
}

/// Appends [`capitalised`].
pub(crate) fn push_capitalised(text: &mut String, name: &str) {
    if name.starts_with(|c: char| c.is_ascii_uppercase()) {
        text.push_str(name);
        return;
    }
    for (at, segment) in name.split("::").enumerate() {
        if at > 0 {
            text.push_str("::");
        }
        if segment.is_ascii() {
            let start = text.len();
            text.push_str(segment);
            text[start..].make_ascii_lowercase();
            if let Some(first) = text.get_mut(start..=start) {
                first.make_ascii_uppercase();
            }
        } else {
            let mut characters = segment.chars();
            text.extend(characters.next().into_iter().flat_map(char::to_uppercase));
            text.extend(characters.flat_map(char::to_lowercase));
        }
    }
}

/// `Type[title]`, the type capitalised by segment.
pub(crate) fn reference_text(ty: &str, title: &str) -> String {
    let mut text = String::with_capacity(ty.len() + title.len() + 2);
    push_reference(&mut text, ty, title);
    text
}

/// Appends [`reference_text`].
pub(crate) fn push_reference(text: &mut String, ty: &str, title: &str) {
    push_capitalised(text, ty);
    text.push('[');
    text.push_str(title);
    text.push(']');
}

/// Resources by type and title, and the other names under which they are found.
#[derive(Default)]
pub(crate) struct Table {
    by_title: hashbrown::HashMap<(Symbol, Str), ResourceId, FxBuildHasher>,
    by_key: FxHashMap<(Symbol, Vec<Value>), ResourceId>,
}

/// A key of [`Table`] to look with: its hash is that of the pair.
#[derive(Hash)]
struct TitleKey<'t>(Symbol, &'t str);

impl Equivalent<(Symbol, Str)> for TitleKey<'_> {
    fn equivalent(&self, (ty, title): &(Symbol, Str)) -> bool {
        self.0 == *ty && *self.1 == **title
    }
}

impl Table {
    pub(crate) fn get(&self, ty: Symbol, title: &Str) -> Option<ResourceId> {
        self.by_title.get(&TitleKey(ty, title)).copied()
    }

    pub(crate) fn get_key(&self, ty: Symbol, key: &[Value]) -> Option<ResourceId> {
        match key {
            [Value::Str(title)] => self.get(ty, title),
            _ => self.by_key.get(&(ty, key.to_vec())).copied(),
        }
    }

    /// Adds a resource; the one that has its title already if there is one.
    pub(crate) fn add(&mut self, ty: Symbol, title: Str, id: ResourceId) -> Option<ResourceId> {
        match self.by_title.entry((ty, title)) {
            Entry::Occupied(taken) => Some(*taken.get()),
            Entry::Vacant(free) => {
                free.insert(id);
                None
            }
        }
    }

    /// Makes room for so many.
    pub(crate) fn reserve(&mut self, count: usize) {
        self.by_title.reserve(count);
    }

    pub(crate) fn insert(&mut self, ty: Symbol, title: Str, id: ResourceId) {
        self.by_title.insert((ty, title), id);
    }

    pub(crate) fn insert_key(&mut self, ty: Symbol, key: Vec<Value>, id: ResourceId) {
        match key {
            _ if matches!(key[..], [Value::Str(_)]) => {
                if let Some(Value::Str(title)) = key.into_iter().next() {
                    self.insert(ty, title, id);
                }
            }
            key => {
                self.by_key.insert((ty, key), id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{capitalised, reference_text};

    #[test]
    fn names_are_capitalised_by_segment() {
        assert_eq!(capitalised("apache::mod::php"), "Apache::Mod::Php");
        assert_eq!(capitalised("main"), "Main");
        assert_eq!(capitalised("a_b::c1D"), "A_b::C1d");
        assert_eq!(capitalised("FooBar"), "FooBar");
        assert_eq!(capitalised("ärger::öL::"), "Ärger::Öl::");
        assert_eq!(reference_text("apache::vhost", "a[b]"), "Apache::Vhost[a[b]]");
    }
}
