//! Iteration: what the language can walk, and lazy sequences (what `reverse_each`, `step` and `tree_each` give
//! without a block).
//!
//! Everything but a tree has its items by position, so reversing and stepping only change the arithmetic of
//! positions: no copies, and chains of `reverse_each` and `step` cost nothing. Trees are walked item by item and are
//! collected when they are reversed or stepped.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::hash::Hash;
use crate::ty::{AttributeKind, ObjectType};
use crate::{Array, Str, Type, Value, matches};

/// A lazy sequence over a value. It holds no code of the language, only how to walk.
#[derive(Debug)]
pub struct Iterator {
    /// What is walked.
    pub source: Value,
    /// How.
    pub walk: Walk,
}

/// Ways to walk.
#[derive(Clone, Debug)]
pub enum Walk {
    /// From the last item to the first.
    Reverse,
    /// Every n-th item, starting with the first.
    Step(u64),
    /// Through nested collections, yielding `[path, value]`.
    Tree(TreeOptions),
}

/// Options of `tree_each`.
#[derive(Clone, Debug)]
pub struct TreeOptions {
    /// Level by level instead of depth first.
    pub breadth_first: bool,
    /// Which values are walked into; `None` is `Variant[Array, Hash, Object]`.
    pub containers: Option<Type>,
    /// Whether containers are yielded.
    pub include_containers: bool,
    /// Whether other values are yielded (a breadth-first walk always yields them, as Puppet's does).
    pub include_values: bool,
    /// Whether the root is yielded, with an empty path.
    pub include_root: bool,
    /// Whether attributes of kind `reference` are walked into.
    pub include_refs: bool,
}

impl Default for TreeOptions {
    fn default() -> TreeOptions {
        TreeOptions {
            breadth_first: false,
            containers: None,
            include_containers: true,
            include_values: true,
            include_root: true,
            include_refs: false,
        }
    }
}

/// The items of an iterable: characters of a string, elements of an array, `[key, value]` pairs of a hash, 0 up to
/// below an integer, the numbers of a bounded `Integer` type, the strings of an `Enum`, what an iterator yields.
/// `None` for everything else.
pub fn items(value: &Value) -> Option<Items> {
    let by_position = |source: Source| Some(Items(State::Positions(Positions::all(source))));
    match value {
        Value::Array(items) => by_position(Source::Array(items.clone())),
        Value::Hash(hash) => by_position(Source::Hash(hash.clone())),
        Value::Str(text) => {
            let mut buffer = [0; 4];
            let list = text.chars().map(|c| Value::from(&*c.encode_utf8(&mut buffer))).collect();
            by_position(Source::Array(Arc::new(list)))
        }
        Value::Int(count) => by_position(Source::Range { start: 0, length: u64::try_from(*count).ok()? }),
        Value::Type(ty) => type_items(ty),
        Value::Iterator(iterator) => match &iterator.walk {
            Walk::Reverse => Some(items(&iterator.source)?.reversed()),
            Walk::Step(step) => Some(items(&iterator.source)?.stepped(*step)),
            Walk::Tree(options) => Some(Items(State::Tree(TreeWalk::new(&iterator.source, options)))),
        },
        _ => None,
    }
}

fn type_items(ty: &Type) -> Option<Items> {
    let source = match ty {
        Type::Integer(from, to) if *from != i64::MIN && *to != i64::MAX => {
            let length = i128::from(*to) - i128::from(*from) + 1;
            Source::Range { start: *from, length: u64::try_from(length).ok()? }
        }
        Type::Enum { values, .. } => Source::Names(values.clone()),
        Type::Alias(alias) => return type_items(alias.target.get()?),
        _ => return None,
    };
    Some(Items(State::Positions(Positions::all(source))))
}

/// The items of an iterable, in order. Owns what it walks.
#[derive(Debug)]
pub struct Items(State);

#[derive(Debug)]
enum State {
    Positions(Positions),
    Tree(TreeWalk),
}

/// `count` items at positions `next`, `next + step`, ...
#[derive(Debug)]
struct Positions {
    source: Source,
    next: i128,
    step: i128,
    count: u64,
}

#[derive(Debug)]
enum Source {
    Array(Arc<Array>),
    Hash(Arc<Hash>),
    Names(Arc<[Str]>),
    Range { start: i64, length: u64 },
}

impl Items {
    /// The items in the opposite order.
    pub fn reversed(self) -> Items {
        let mut positions = self.into_positions();
        positions.next += positions.step * (i128::from(positions.count) - 1);
        positions.step = -positions.step;
        Items(State::Positions(positions))
    }

    /// Every `step`-th item, starting with the first; a step of 0 counts as 1.
    pub fn stepped(self, step: u64) -> Items {
        let step = step.max(1);
        let mut positions = self.into_positions();
        positions.step = positions.step.saturating_mul(i128::from(step));
        positions.count = positions.count.div_ceil(step);
        Items(State::Positions(positions))
    }

    /// The number of items left, if it is known without walking.
    pub fn length(&self) -> Option<u64> {
        match &self.0 {
            State::Positions(positions) => Some(positions.count),
            State::Tree(_) => None,
        }
    }

    fn into_positions(self) -> Positions {
        match self.0 {
            State::Positions(positions) => positions,
            State::Tree(walk) => Positions::all(Source::Array(Arc::new(walk.collect().into()))),
        }
    }
}

impl std::iter::Iterator for Items {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        match &mut self.0 {
            State::Positions(positions) => positions.next(),
            State::Tree(walk) => walk.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.0 {
            // A range may be far longer than anybody will take from it; memory is not reserved on its word.
            State::Positions(positions) => {
                let count = usize::try_from(positions.count).unwrap_or(usize::MAX);
                (count.min(1 << 16), Some(count))
            }
            State::Tree(_) => (0, None),
        }
    }
}

impl Positions {
    fn all(source: Source) -> Positions {
        let count = match &source {
            Source::Array(items) => items.len() as u64,
            Source::Hash(hash) => hash.len() as u64,
            Source::Names(names) => names.len() as u64,
            Source::Range { length, .. } => *length,
        };
        Positions { source, next: 0, step: 1, count }
    }

    fn next(&mut self) -> Option<Value> {
        self.count = self.count.checked_sub(1)?;
        let at = self.next;
        self.next += self.step;
        let index = usize::try_from(at).ok()?;
        match &self.source {
            Source::Array(items) => items.get(index).cloned(),
            Source::Hash(hash) => hash.get_index(index).map(pair),
            Source::Names(names) => names.get(index).cloned().map(Value::Str),
            Source::Range { start, .. } => i64::try_from(i128::from(*start) + at).ok().map(Value::Int),
        }
    }
}

fn pair((key, value): (&Value, &Value)) -> Value {
    Value::array(vec![key.clone(), value.clone()])
}

/// A walk through nested collections.
#[derive(Debug)]
struct TreeWalk {
    options: TreeOptions,
    root: Option<Value>,
    /// Depth first: a stack of open containers. Breadth first: a queue of containers to be walked.
    open: VecDeque<Level>,
}

/// A container and where the walk stands in it.
#[derive(Debug)]
struct Level {
    /// The path of the container.
    path: Vec<Value>,
    container: Value,
    next: usize,
}

impl TreeWalk {
    fn new(root: &Value, options: &TreeOptions) -> TreeWalk {
        // An iterator has no keys of its own; its items are walked as an array.
        let root = match (root, items(root)) {
            (Value::Iterator(_), Some(items)) => Value::array(items.collect::<Vec<_>>()),
            _ => root.clone(),
        };
        let mut walk = TreeWalk { options: options.clone(), root: None, open: VecDeque::new() };
        if walk.is_container(&root) {
            walk.open.push_back(Level { path: Vec::new(), container: root.clone(), next: 0 });
            walk.root = (options.include_root && options.include_containers).then_some(root);
        }
        walk
    }

    fn is_container(&self, value: &Value) -> bool {
        matches!(value, Value::Array(_) | Value::Hash(_) | Value::Object(_))
            && self.options.containers.as_ref().is_none_or(|ty| matches::is_instance(ty, value))
    }

    fn next(&mut self) -> Option<Value> {
        if let Some(root) = self.root.take() {
            return Some(Value::array(vec![Value::array(Vec::new()), root]));
        }
        loop {
            let breadth_first = self.options.breadth_first;
            let level = if breadth_first { self.open.front_mut() } else { self.open.back_mut() }?;
            let Some((key, value)) = child(&level.container, &mut level.next, self.options.include_refs)
            else {
                if breadth_first {
                    self.open.pop_front()
                } else {
                    self.open.pop_back()
                };
                continue;
            };
            let mut path = level.path.clone();
            path.push(key);
            let wanted = if self.is_container(&value) {
                self.open.push_back(Level { path: path.clone(), container: value.clone(), next: 0 });
                self.options.include_containers
            } else {
                self.options.include_values || breadth_first
            };
            if wanted {
                return Some(Value::array(vec![Value::array(path), value]));
            }
        }
    }

    fn collect(mut self) -> Vec<Value> {
        std::iter::from_fn(|| self.next()).collect()
    }
}

/// The child of a container at or after position `next`, which is moved on.
fn child(container: &Value, next: &mut usize, include_refs: bool) -> Option<(Value, Value)> {
    let at = *next;
    *next += 1;
    match container {
        Value::Array(items) => Some((Value::Int(at as i64), items.get(at)?.clone())),
        Value::Hash(hash) => hash.get_index(at).map(|(key, value)| (key.clone(), value.clone())),
        Value::Object(object) => {
            let (at, (key, value)) = object
                .attributes
                .iter()
                .enumerate()
                .skip(at)
                .find(|(_, (key, _))| include_refs || !is_reference(&object.ty, key))?;
            *next = at + 1;
            Some((key.clone(), value.clone()))
        }
        _ => None,
    }
}

/// True if an attribute of the type or of a parent is of kind `reference`.
fn is_reference(ty: &Arc<ObjectType>, name: &Value) -> bool {
    let mut ty = Some(ty.clone());
    while let Some(definition) = ty.as_ref().and_then(|ty| ty.definition.get()) {
        if let Some(attribute) = definition.attributes.iter().find(|a| Some(a.name.as_str()) == name.as_str())
        {
            return attribute.kind == AttributeKind::Reference;
        }
        ty = match &definition.parent {
            Some(Type::Object(parent)) => Some(parent.clone()),
            _ => None,
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ints(numbers: impl IntoIterator<Item = i64>) -> Vec<Value> {
        numbers.into_iter().map(Value::Int).collect()
    }

    fn lazy(source: Value, walk: Walk) -> Value {
        Value::Iterator(Arc::new(Iterator { source, walk }))
    }

    fn all(value: &Value) -> Vec<Value> {
        items(value).unwrap().collect()
    }

    #[test]
    fn what_is_iterable() {
        assert_eq!(all(&Value::Int(3)), ints(0..3));
        assert_eq!(all(&Value::Int(0)), []);
        assert_eq!(all(&"aé".into()), ["a".into(), "é".into()]);
        assert_eq!(all(&Type::Integer(2, 4).into()), ints(2..=4));
        assert_eq!(all(&Hash::from_iter([("a", 1)]).into()), [Value::array(vec!["a".into(), 1.into()])]);
        let names = Type::Enum { values: Arc::from(["x".into(), "y".into()]), ignore_case: false };
        assert_eq!(all(&names.into()), ["x".into(), "y".into()]);
        for value in
            [Value::Int(-1), Value::Undef, 1.5.into(), Type::Integer(0, i64::MAX).into(), Type::Any.into()]
        {
            assert!(items(&value).is_none(), "{value:?}");
        }
    }

    #[test]
    fn steps_and_reversals_compose() {
        let by_three = lazy(Value::Int(10), Walk::Step(3));
        assert_eq!(all(&by_three), ints([0, 3, 6, 9]));
        assert_eq!(all(&lazy(by_three, Walk::Reverse)), ints([9, 6, 3, 0]));
        let back = lazy(Value::Int(10), Walk::Reverse);
        let back_by_three = lazy(back, Walk::Step(3));
        assert_eq!(all(&back_by_three), ints([9, 6, 3, 0]));
        assert_eq!(all(&lazy(back_by_three, Walk::Step(2))), ints([9, 3]));
        assert_eq!(all(&lazy(Value::array(Vec::new()), Walk::Reverse)), []);
        assert_eq!(
            items(&lazy(Type::Integer(i64::MIN + 1, i64::MAX - 1).into(), Walk::Step(2))).unwrap().nth(1),
            Some(Value::Int(i64::MIN + 3))
        );
    }

    fn tree(options: TreeOptions) -> Vec<String> {
        let inner = Value::array(ints([1, 2]));
        let root = Hash::from_iter([("a", inner), ("b", 3.into()), ("c", Hash::new().into())]);
        let iterator = lazy(root.into(), Walk::Tree(options));
        all(&iterator).iter().map(crate::format::to_s).collect()
    }

    #[test]
    fn trees_depth_first_and_breadth_first() {
        assert_eq!(
            tree(TreeOptions::default()),
            [
                "[[], {a => [1, 2], b => 3, c => {}}]",
                "[[a], [1, 2]]",
                "[[a, 0], 1]",
                "[[a, 1], 2]",
                "[[b], 3]",
                "[[c], {}]",
            ]
        );
        let leaves = TreeOptions { include_containers: false, ..TreeOptions::default() };
        assert_eq!(tree(leaves), ["[[a, 0], 1]", "[[a, 1], 2]", "[[b], 3]"]);
        let wide = TreeOptions {
            breadth_first: true,
            include_root: false,
            include_values: false,
            ..TreeOptions::default()
        };
        assert_eq!(tree(wide), ["[[a], [1, 2]]", "[[b], 3]", "[[c], {}]", "[[a, 0], 1]", "[[a, 1], 2]"]);
    }

    #[test]
    fn trees_reverse() {
        let root = Value::array(vec![Value::array(ints([1]))]);
        let walk = lazy(root, Walk::Tree(TreeOptions::default()));
        let back: Vec<_> = all(&lazy(walk, Walk::Reverse)).iter().map(crate::format::to_s).collect();
        assert_eq!(back, ["[[0, 0], 1]", "[[0], [1]]", "[[], [[1]]]"]);
    }
}
