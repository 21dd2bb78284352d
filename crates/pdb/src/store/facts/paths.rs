//! Paths below facts, each stored once with the kind of what is there.

use db::{Result, Tx, Value};
use serde_json::Value as Json;

use super::Fact;
use crate::hash;
use crate::payload::canonical::quote;
use crate::schema::Kind;
use crate::store::{Context, shared};

/// Paths that are written by one statement.
const AT_ONCE: usize = 4_096;

/// Makes the paths of new values known.
pub(super) fn note(tx: &Tx<'_>, context: &Context, fresh: &[&Fact]) -> Result<()> {
    let mut rows = Vec::new();
    let (mut path, mut hashed) = (Vec::new(), Vec::new());
    for fact in fresh {
        let value: Json = serde_json::from_str(&fact.value).unwrap_or_default();
        path.clear();
        path.push(b'[');
        quote(&fact.name, &mut path);
        leaf_paths(&value, &mut path, 0, &mut |path, depth, kind| {
            hashed.clear();
            hashed.push(b'0' + kind as u8);
            hashed.extend_from_slice(path);
            hashed.push(b']');
            let key = hash::bytes(&hashed);
            if context.paths.is_new(&key) {
                let text = hashed.get(1..).map(String::from_utf8_lossy).unwrap_or_default();
                rows.push((key, text.into_owned(), depth, fact.name.clone(), kind));
            }
        });
    }
    // Transactions that note the same paths meet in the same order.
    rows.sort_by(|left, right| left.0.cmp(&right.0));
    rows.dedup_by(|left, right| left.0 == right.0);
    const ON_CONFLICT: &str = "ON CONFLICT (hash) DO UPDATE SET touched = excluded.touched";
    const COLUMNS: &str = "INSERT INTO fact_paths (hash, path, depth, name, kind, touched)";
    let each = format!("{COLUMNS} VALUES ($1, $2, $3, $4, $5, $6) {ON_CONFLICT}");
    let lists = "$1::bytea[], $2::jsonb[], $3::integer[], $4::text[], $5::smallint[], $6::bigint[]";
    let all = format!("{COLUMNS} SELECT * FROM unnest({lists}) {ON_CONFLICT}");
    let mut rows = rows.into_iter().map(|(key, text, depth, name, kind)| -> Vec<Value> {
        let kind = kind as i32;
        vec![key.into(), text.into(), depth.into(), name.into(), kind.into(), context.now().into()]
    });
    loop {
        let some: Vec<Vec<Value>> = rows.by_ref().take(AT_ONCE).collect();
        if some.is_empty() {
            return Ok(());
        }
        shared::for_rows(tx, &each, &all, some)?;
    }
}

/// Calls with the path of each leaf as JSON that is not closed, its depth and its kind. Values come from a decoder that limits how deep they
/// nest.
fn leaf_paths(value: &Json, path: &mut Vec<u8>, depth: i32, take: &mut impl FnMut(&[u8], i32, Kind)) {
    let end = path.len();
    match value {
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.extend_from_slice(format!(",{index}").as_bytes());
                leaf_paths(item, path, depth + 1, take);
                path.truncate(end);
            }
        }
        Json::Object(map) => {
            for (key, item) in map {
                path.push(b',');
                quote(key, path);
                leaf_paths(item, path, depth + 1, take);
                path.truncate(end);
            }
        }
        scalar => take(path, depth, Kind::of(scalar)),
    }
}

/// Calls with the path and the kind of each leaf. Values come from a decoder that limits how deep they nest.
pub(crate) fn leaves(value: &Json, path: &mut Vec<Json>, take: &mut impl FnMut(&[Json], Kind)) {
    match value {
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push(index.into());
                leaves(item, path, take);
                path.pop();
            }
        }
        Json::Object(map) => {
            for (key, item) in map {
                path.push(key.as_str().into());
                leaves(item, path, take);
                path.pop();
            }
        }
        scalar => take(path, Kind::of(scalar)),
    }
}
