//! What `new` takes, type by type: one tuple of parameter types for each signature.

use std::sync::{Arc, LazyLock};

use crate::matches::resolve;
use crate::regexp::Regexp;
use crate::ty::{Size, StructElement, Tuple, Type};
use crate::{Str, object};

/// The signatures of `new` of a type; `None` if it makes no instances, or none that `Init` may hold.
pub(super) fn of(ty: &Type) -> Option<Vec<Tuple>> {
    let tuples: &LazyLock<Vec<Tuple>> = match ty {
        Type::Integer(..) => &INTEGER,
        Type::Float(..) => &FLOAT,
        Type::Numeric => &NUMERIC,
        Type::String(_) | Type::StringValue(_) => &STRING,
        Type::Boolean(_) => &BOOLEAN,
        Type::Array(..) | Type::Tuple(_) => &ARRAY,
        Type::Hash(..) | Type::Struct(_) => &HASH,
        Type::Regexp(_) => &REGEXP,
        Type::Type(_) => &TYPE,
        Type::Timespan(_) => &TIMESPAN,
        Type::Timestamp(_) => &TIMESTAMP,
        Type::SemVer(_) => &SEM_VER,
        Type::SemVerRange => &SEM_VER_RANGE,
        Type::Binary => &BINARY,
        Type::Sensitive(_) => &SENSITIVE,
        Type::Uri(_) => &URI,
        Type::Deferred => &DEFERRED,
        Type::Object(object) => return Some(object::new_parameters(object)),
        Type::ParameterizedObject(object) => return Some(object::new_parameters(&object.base)),
        ty => return resolve(ty).and_then(of),
    };
    Some((**tuples).clone())
}

const DECIMAL: &str = r"(?:0|[1-9]\d*)";
const OTHER_RADIX: &str = r"(?:0[xX][0-9A-Fa-f]+)|(?:0[0-7]+)|(?:0[bB][01]+)";

fn pattern(source: &str) -> Type {
    // The sources are ours; a mistake in one makes a pattern that nothing fits, which the tests below would show.
    Regexp::new(source).map_or(Type::Variant(Arc::new([])), |regexp| Type::Pattern(Arc::new([regexp])))
}

fn tuple(types: Vec<Type>) -> Tuple {
    Tuple::new(types)
}

/// The last types are optional.
fn optional(types: Vec<Type>, required: u64) -> Tuple {
    let size = Size::new(required, types.len() as u64);
    Tuple { types, size: Some(size) }
}

fn structure(entries: &[(&str, bool, Type)]) -> Type {
    Type::structure(
        entries
            .iter()
            .map(|(name, optional, value)| StructElement {
                name: Str::from(*name),
                optional: *optional,
                value: value.clone(),
            })
            .collect(),
    )
}

fn number_like(pattern: Type) -> Type {
    Type::variant([Type::Numeric, Type::BOOLEAN, pattern, Type::Timespan(None), Type::Timestamp(None)])
}

fn float_like() -> Type {
    let fraction = format!(r"{DECIMAL}(?:\.\d+)?(?:[eE]-?\d+)?");
    number_like(pattern(&format!(r"\A[+-]?\s*(?:(?:{fraction})|{OTHER_RADIX})\z")))
}

fn exactly(number: i64) -> Type {
    Type::Integer(number, number)
}

fn formats() -> Type {
    let format = Type::String(Size::at_least(2));
    Type::variant([format.clone(), Type::array_sized(format, Size::at_least(1))])
}

static INTEGER: LazyLock<Vec<Tuple>> = LazyLock::new(|| {
    let convertible = number_like(pattern(r"\A[+-]?\s*(?:(?:\d+)|(?:0[xX][0-9A-Fa-f]+)|(?:0[bB][01]+))\z"));
    let radix = Type::variant([Type::Default, exactly(2), exactly(8), exactly(10), exactly(16)]);
    let named =
        [("from", false, convertible.clone()), ("radix", true, radix.clone()), ("abs", true, Type::BOOLEAN)];
    vec![optional(vec![convertible, radix, Type::BOOLEAN], 1), tuple(vec![structure(&named)])]
});

static FLOAT: LazyLock<Vec<Tuple>> = LazyLock::new(|| {
    let named = [("from", false, float_like()), ("abs", true, Type::BOOLEAN)];
    vec![optional(vec![float_like(), Type::BOOLEAN], 1), tuple(vec![structure(&named)])]
});

static NUMERIC: LazyLock<Vec<Tuple>> = LazyLock::new(|| {
    let convertible = match float_like() {
        Type::Variant(members) => Type::variant(members.iter().cloned().flat_map(|member| match member {
            Type::Numeric => vec![Type::INTEGER, Type::FLOAT],
            other => vec![other],
        })),
        other => other,
    };
    let named = [("from", false, convertible.clone()), ("abs", true, Type::BOOLEAN)];
    vec![optional(vec![convertible, Type::BOOLEAN], 1), tuple(vec![structure(&named)])]
});

static STRING: LazyLock<Vec<Tuple>> = LazyLock::new(|| {
    let format = pattern(r"\A%([\s\[+#0{<(|-]*)([1-9][0-9]*)?(?:\.([0-9]+))?([a-zA-Z])\z");
    let container = structure(&[
        ("format", true, format.clone()),
        ("separator", true, Type::STRING),
        ("separator2", true, Type::STRING),
        ("string_formats", true, Type::hash_of(Type::type_of(Type::Unit), format.clone())),
    ]);
    let map = Type::hash_of(Type::type_of(Type::Unit), Type::variant([format, container]));
    let formats = Type::variant([Type::Default, Type::non_empty_string(), map]);
    vec![optional(vec![Type::Any, formats], 1)]
});

static BOOLEAN: LazyLock<Vec<Tuple>> = LazyLock::new(|| {
    let words = Type::enumeration(["false", "true", "yes", "no", "y", "n"], true);
    vec![tuple(vec![Type::variant([Type::INTEGER, Type::FLOAT, Type::BOOLEAN, words])])]
});

static ARRAY: LazyLock<Vec<Tuple>> = LazyLock::new(|| {
    let from = Type::variant([
        Type::array_of(Type::Any),
        Type::hash_of(Type::Any, Type::Any),
        Type::Binary,
        Type::iterable(Type::Unit),
    ]);
    vec![
        optional(vec![from, Type::Boolean(Some(false))], 1),
        tuple(vec![Type::Any, Type::Boolean(Some(true))]),
    ]
});

static HASH: LazyLock<Vec<Tuple>> = LazyLock::new(|| {
    let entry = |key: Type| Type::array_sized(Type::tuple(vec![key, Type::Any]), Size::at_least(1));
    let option = Type::enumeration(["tree", "hash_tree"], false);
    vec![
        optional(vec![entry(Type::array_of(Type::Any)), option], 1),
        tuple(vec![entry(Type::Any)]),
        tuple(vec![Type::Any]),
    ]
});

static REGEXP: LazyLock<Vec<Tuple>> = LazyLock::new(|| vec![optional(vec![Type::STRING, Type::BOOLEAN], 1)]);

static TYPE: LazyLock<Vec<Tuple>> = LazyLock::new(|| vec![tuple(vec![Type::non_empty_string()])]);

static TIMESPAN: LazyLock<Vec<Tuple>> = LazyLock::new(|| {
    let field = |name| (name, true, Type::INTEGER);
    let fields = structure(&[
        ("negative", true, Type::BOOLEAN),
        field("days"),
        field("hours"),
        field("minutes"),
        field("seconds"),
        field("milliseconds"),
        field("microseconds"),
        field("nanoseconds"),
    ]);
    vec![
        tuple(vec![Type::variant([Type::INTEGER, Type::FLOAT])]),
        optional(vec![Type::non_empty_string(), formats()], 1),
        optional(vec![Type::INTEGER; 7], 4),
        tuple(vec![structure(&[("string", false, Type::non_empty_string()), ("format", true, formats())])]),
        tuple(vec![fields]),
    ]
});

static TIMESTAMP: LazyLock<Vec<Tuple>> = LazyLock::new(|| {
    let zone = Type::non_empty_string();
    let named = structure(&[
        ("string", false, Type::non_empty_string()),
        ("format", true, formats()),
        ("timezone", true, zone.clone()),
    ]);
    vec![
        optional(Vec::new(), 0),
        tuple(vec![Type::variant([Type::INTEGER, Type::FLOAT])]),
        optional(vec![Type::non_empty_string(), formats(), zone], 1),
        tuple(vec![named]),
    ]
});

static SEM_VER: LazyLock<Vec<Tuple>> = LazyLock::new(|| {
    let part = Type::Integer(0, i64::MAX);
    let qualifier = pattern(r"\A(?<part>[0-9A-Za-z-]+)(?:\.\g<part>)*\Z");
    let text = pattern(
        r"\A(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?\Z",
    );
    let named = structure(&[
        ("major", false, part.clone()),
        ("minor", false, part.clone()),
        ("patch", false, part.clone()),
        ("prerelease", true, qualifier.clone()),
        ("build", true, qualifier.clone()),
    ]);
    vec![
        tuple(vec![text]),
        optional(vec![part.clone(), part.clone(), part, qualifier.clone(), qualifier], 3),
        tuple(vec![named]),
    ]
});

static SEM_VER_RANGE: LazyLock<Vec<Tuple>> = LazyLock::new(|| {
    let bound = Type::variant([Type::Default, Type::SemVer(Arc::new([]))]);
    let named = structure(&[
        ("min", false, bound.clone()),
        ("max", true, bound.clone()),
        ("exclude_max", true, Type::BOOLEAN),
    ]);
    vec![
        tuple(vec![Type::non_empty_string()]),
        optional(vec![bound.clone(), bound, Type::BOOLEAN], 2),
        tuple(vec![named]),
    ]
});

static BINARY: LazyLock<Vec<Tuple>> = LazyLock::new(|| {
    let format = Type::enumeration(["%b", "%u", "%B", "%s", "%r"], false);
    let bytes = Type::array_of(Type::Integer(0, 255));
    let named = Type::variant([
        structure(&[("value", false, Type::STRING), ("format", true, Type::optional(format.clone()))]),
        structure(&[("value", false, bytes.clone())]),
    ]);
    vec![optional(vec![Type::STRING, format], 1), tuple(vec![bytes]), tuple(vec![named])]
});

static SENSITIVE: LazyLock<Vec<Tuple>> =
    LazyLock::new(|| vec![tuple(vec![Type::sensitive(Type::Any)]), tuple(vec![Type::Any])]);

static URI: LazyLock<Vec<Tuple>> = LazyLock::new(|| {
    let text = |name| (name, true, Type::non_empty_string());
    let parts = structure(&[
        text("scheme"),
        text("userinfo"),
        text("host"),
        ("port", true, Type::Integer(0, i64::MAX)),
        text("path"),
        text("query"),
        text("fragment"),
        text("opaque"),
    ]);
    vec![tuple(vec![Type::non_empty_string()]), tuple(vec![parts])]
});

static DEFERRED: LazyLock<Vec<Tuple>> = LazyLock::new(|| {
    let name = pattern(r"\A[$]?[a-z][a-z0-9_]*(?:::[a-z][a-z0-9_]*)*\z");
    let arguments = Type::optional(Type::array_of(Type::Any));
    let named = structure(&[("name", false, name.clone()), ("arguments", true, arguments.clone())]);
    vec![tuple(vec![named]), optional(vec![name, arguments], 1)]
});
