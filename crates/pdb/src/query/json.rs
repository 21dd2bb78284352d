//! JSON as PostgreSQL's jsonb sees it: its order, its containment, its text. SQLite gets these as functions.

use std::cmp::Ordering;

use serde_json::Value as Json;

/// The text that equal values have in common: keys sorted, no spaces.
pub(crate) fn canonical(value: &Json) -> String {
    let mut out = String::new();
    write(value, &mut out, "", ":", ",", &|a, b| a.cmp(b));
    out
}

/// The text of jsonb: keys by length and then by bytes, a space behind colons and commas.
pub(crate) fn jsonb_text(value: &Json) -> String {
    let mut out = String::new();
    write(value, &mut out, "", ": ", ", ", &|a, b| (a.len(), a).cmp(&(b.len(), b)));
    out
}

fn write(
    value: &Json,
    out: &mut String,
    open: &'static str,
    colon: &'static str,
    comma: &'static str,
    order: &dyn Fn(&str, &str) -> Ordering,
) {
    match value {
        Json::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { comma } else { open });
                write(item, out, open, colon, comma, order);
            }
            out.push(']');
        }
        Json::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|a, b| order(a.0, b.0));
            out.push('{');
            for (index, (key, value)) in members.into_iter().enumerate() {
                out.push_str(if index > 0 { comma } else { open });
                out.push_str(&Json::from(key.as_str()).to_string());
                out.push_str(colon);
                write(value, out, open, colon, comma, order);
            }
            out.push('}');
        }
        other => out.push_str(&other.to_string()),
    }
}

/// `#>`: the value at a path of keys and positions.
pub(crate) fn at<'a>(value: &'a Json, path: &[String]) -> Option<&'a Json> {
    path.iter().try_fold(value, |value, part| match value {
        Json::Object(members) => members.get(part),
        Json::Array(items) => {
            let index: i64 = part.parse().ok()?;
            let index = if index < 0 { items.len() as i64 + index } else { index };
            items.get(usize::try_from(index).ok()?)
        }
        _ => None,
    })
}

/// `->> '{}'`: the characters of a string, the JSON of anything else, nothing for null.
pub(crate) fn text(value: &Json) -> Option<String> {
    match value {
        Json::Null => None,
        Json::String(text) => Some(text.clone()),
        other => Some(jsonb_text(other)),
    }
}

/// `jsonb_typeof`
pub(crate) fn kind(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}

/// `@>`
pub(crate) fn contains(whole: &Json, part: &Json) -> bool {
    match (whole, part) {
        (Json::Object(whole), Json::Object(part)) => {
            part.iter().all(|(key, value)| whole.get(key).is_some_and(|found| contains(found, value)))
        }
        (Json::Array(whole), Json::Array(part)) => {
            part.iter().all(|value| whole.iter().any(|found| contains(found, value)))
        }
        (whole, part) => compare(whole, part) == Ordering::Equal,
    }
}

/// The order of jsonb: null, strings, numbers, booleans, lists, objects.
pub(crate) fn compare(a: &Json, b: &Json) -> Ordering {
    let rank = |value: &Json| match value {
        // An empty list is less than anything.
        Json::Array(items) if items.is_empty() => 0,
        Json::Null => 1,
        Json::String(_) => 2,
        Json::Number(_) => 3,
        Json::Bool(_) => 4,
        Json::Array(_) => 5,
        Json::Object(_) => 6,
    };
    match (a, b) {
        (Json::String(a), Json::String(b)) => a.cmp(b),
        (Json::Number(a), Json::Number(b)) => match (a.as_i64(), b.as_i64()) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => a.as_f64().unwrap_or_default().total_cmp(&b.as_f64().unwrap_or_default()),
        },
        (Json::Bool(a), Json::Bool(b)) => a.cmp(b),
        (Json::Array(a), Json::Array(b)) => a.len().cmp(&b.len()).then_with(|| {
            a.iter().zip(b).map(|(a, b)| compare(a, b)).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        }),
        (Json::Object(a), Json::Object(b)) => a.len().cmp(&b.len()).then_with(|| canonical_pairs(a, b)),
        _ => rank(a).cmp(&rank(b)),
    }
}

fn canonical_pairs(a: &serde_json::Map<String, Json>, b: &serde_json::Map<String, Json>) -> Ordering {
    let sorted = |map: &serde_json::Map<String, Json>| {
        let mut pairs: Vec<(String, Json)> =
            map.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
        pairs.sort_by(|a, b| (a.0.len(), &a.0).cmp(&(b.0.len(), &b.0)));
        pairs
    };
    let pairs = sorted(a).into_iter().zip(sorted(b));
    pairs
        .map(|((a_key, a), (b_key, b))| {
            (a_key.len(), &a_key).cmp(&(b_key.len(), &b_key)).then_with(|| compare(&a, &b))
        })
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// The leaves of a fact: path with the fact's name first, and value; as a list of pairs. Empty lists and objects have none.
pub(crate) fn leaves(name: &str, value: &Json) -> Json {
    fn walk(path: &mut Vec<Json>, value: &Json, out: &mut Vec<Json>) {
        match value {
            Json::Object(members) => {
                for (key, value) in members {
                    path.push(Json::from(key.as_str()));
                    walk(path, value, out);
                    path.pop();
                }
            }
            Json::Array(items) => {
                for (index, value) in items.iter().enumerate() {
                    path.push(Json::from(index));
                    walk(path, value, out);
                    path.pop();
                }
            }
            leaf => out.push(Json::Array(vec![Json::Array(path.clone()), leaf.clone()])),
        }
    }
    let mut out = Vec::new();
    walk(&mut vec![Json::from(name)], value, &mut out);
    Json::Array(out)
}

/// A key that sorts as [`compare`] does, roughly: numbers and strings exactly, collections by size.
pub(crate) fn sort_key(value: &Json) -> Vec<u8> {
    let mut key = Vec::new();
    match value {
        Json::Null => key.push(1),
        Json::String(text) => {
            key.push(2);
            key.extend_from_slice(text.as_bytes());
        }
        Json::Number(number) => {
            key.push(3);
            let bits = number.as_f64().unwrap_or_default().to_bits();
            let ordered = if bits >> 63 == 1 { !bits } else { bits | (1 << 63) };
            key.extend_from_slice(&ordered.to_be_bytes());
        }
        Json::Bool(flag) => key.extend_from_slice(&[4, u8::from(*flag)]),
        Json::Array(items) => {
            key.push(if items.is_empty() { 0 } else { 5 });
            key.extend_from_slice(&(items.len() as u32).to_be_bytes());
            items.iter().for_each(|item| key.extend(sort_key(item)));
        }
        Json::Object(members) => {
            key.push(6);
            key.extend_from_slice(&(members.len() as u32).to_be_bytes());
            key.extend_from_slice(canonical(value).as_bytes());
        }
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_have_the_order_of_jsonb() {
        let sorted = [
            json!([]),
            json!(null),
            json!("a"),
            json!("b"),
            json!(-1.5),
            json!(2),
            json!(10),
            json!(false),
            json!(true),
            json!(["z"]),
            json!([1, 2]),
            json!({}),
            json!({"a": 1}),
        ];
        for pair in sorted.windows(2) {
            assert_eq!(compare(&pair[0], &pair[1]), Ordering::Less, "{pair:?}");
            assert!(sort_key(&pair[0]) < sort_key(&pair[1]), "{pair:?}");
        }
        assert_eq!(compare(&json!(1), &json!(1.0)), Ordering::Equal);
    }

    #[test]
    fn containment_texts_and_leaves() {
        assert!(contains(&json!({"a": [1, {"b": 2, "c": 3}]}), &json!({"a": [{"b": 2.0}]})));
        assert!(!contains(&json!(["a"]), &json!("a")));
        let value = json!({"bb": [1, "x"], "a": {"c": null}});
        assert_eq!(canonical(&value), r#"{"a":{"c":null},"bb":[1,"x"]}"#);
        assert_eq!(jsonb_text(&value), r#"{"a": {"c": null}, "bb": [1, "x"]}"#);
        assert_eq!(at(&value, &["bb".into(), "-1".into()]), Some(&json!("x")));
        assert_eq!(
            leaves("f", &value),
            json!([[["f", "bb", 0], 1], [["f", "bb", 1], "x"], [["f", "a", "c"], null]])
        );
    }
}
