//! `SemVer(...)` and `SemVerRange(...)`

use std::sync::Arc;

use super::creator::Creator;
use super::types::{alias, pattern, structure};
use crate::error::Result;
use crate::semver::{SemVer, SemVerRange};
use crate::{Hash, Type, Value};

pub(super) fn version() -> Creator {
    let part = alias("PositiveInteger", Type::Integer(0, i64::MAX));
    let qualifier = alias("SemVerQualifier", pattern(r"\A(?<part>[0-9A-Za-z-]+)(?:\.\g<part>)*\Z"));
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
    let arguments = [
        ("major", part.clone()),
        ("minor", part.clone()),
        ("patch", part),
        ("prerelease", qualifier.clone()),
        ("build", qualifier),
    ];
    Creator::new("new_Version")
        .takes(1, &[("str", alias("SemVerPattern", text))], |arguments, _| match arguments {
            [Value::Str(text)] => Ok(Value::SemVer(Arc::new(SemVer::parse(text)?))),
            _ => Ok(Value::Undef),
        })
        .takes(3, &arguments, |arguments, _| Ok(of_parts(|index, _| arguments.get(index))))
        .takes(1, &[("hash_args", alias("SemVerHash", named))], |arguments, _| {
            let hash = arguments.first().and_then(Value::as_hash);
            Ok(of_parts(|_, name| hash.and_then(|hash: &Hash| hash.get_str(name))))
        })
        .refuses(1, &[("str", Type::STRING)], |arguments, _| match arguments {
            [Value::Str(text)] => Ok(format!("The string '{text}' cannot be converted to a SemVer").into()),
            _ => Ok(Value::Undef),
        })
}

fn of_parts<'a>(part: impl Fn(usize, &str) -> Option<&'a Value>) -> Value {
    let number = |index, name| {
        let number = part(index, name).and_then(Value::as_int);
        number.and_then(|number| u64::try_from(number).ok()).unwrap_or_default()
    };
    let text = |index, name| part(index, name).and_then(Value::as_str).map(str::to_owned);
    Value::SemVer(Arc::new(SemVer {
        numbers: [number(0, "major"), number(1, "minor"), number(2, "patch")],
        prerelease: text(3, "prerelease"),
        build: text(4, "build"),
    }))
}

pub(super) fn range() -> Creator {
    let bound = Type::variant([Type::Default, Type::SemVer(Arc::new([]))]);
    let named = structure(&[
        ("min", false, bound.clone()),
        ("max", true, bound.clone()),
        ("exclude_max", true, Type::BOOLEAN),
    ]);
    Creator::new("new_VersionRange")
        .takes(1, &[("str", alias("SemVerRangeString", Type::non_empty_string()))], |arguments, _| {
            match arguments {
                [Value::Str(text)] => Ok(Value::SemVerRange(Arc::new(SemVerRange::parse(text)?))),
                _ => Ok(Value::Undef),
            }
        })
        .takes(
            2,
            &[("min", bound.clone()), ("max", bound), ("exclude_max", Type::BOOLEAN)],
            |arguments, _| between(arguments.first(), arguments.get(1), arguments.get(2)),
        )
        .takes(1, &[("hash_args", alias("SemVerRangeHash", named))], |arguments, _| match arguments {
            [Value::Hash(hash)] => {
                between(hash.get_str("min"), hash.get_str("max"), hash.get_str("exclude_max"))
            }
            _ => Ok(Value::Undef),
        })
}

fn between(min: Option<&Value>, max: Option<&Value>, exclude_max: Option<&Value>) -> Result<Value> {
    let version = |value: Option<&Value>, default: fn() -> SemVer| match value {
        Some(Value::SemVer(version)) => (**version).clone(),
        _ => default(),
    };
    let (min, max) = (version(min, SemVer::min), version(max, SemVer::max));
    let range = SemVerRange::between(min, max, exclude_max == Some(&Value::Bool(true)));
    Ok(Value::SemVerRange(Arc::new(range)))
}
