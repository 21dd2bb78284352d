//! Parts of catalogs: resources, or edges, that nodes are likely to have together.
//!
//! With a row for each resource of each node, the tables would grow with nodes times resources, though nodes of a role have nearly all
//! of them in common. So a catalog is cut by the manifests that its resources come from, and a part that other nodes have, too, costs
//! the node one row. Where a part is new, what other nodes have already is kept apart from what only this node has: a file with
//! the name of its host does not keep its neighbours from being shared. How a catalog is cut decides on nothing but the number of rows;
//! a node has each of its resources and edges in exactly one part.
//!
//! A part never changes. When a catalog does, the parts that still fit stay, and the others are cut anew.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{Hash as _, Hasher as _};

use db::{Result, Tx, Value};

use super::shared::{self, Item, Shared};
use crate::hash::{self, Hash};

/// Items that a manifest may have in one part; with more, a change would write many rows again.
const ITEMS_MAX: usize = 64;

/// Items to be found together: their hash, and themselves [`shared::sorted`].
#[derive(Clone, Debug)]
pub(crate) struct Part {
    hash: Hash,
    items: Vec<Item>,
}

/// What a part holds; the column `kind`.
#[derive(Clone, Copy)]
enum Kind {
    Resources = 0,
    Edges = 1,
}

const KINDS: [Kind; 2] = [Kind::Resources, Kind::Edges];

impl Kind {
    fn items(self) -> &'static Shared {
        match self {
            Kind::Resources => &shared::RESOURCES,
            Kind::Edges => &shared::EDGES,
        }
    }

    fn hash<'a>(self, items: impl Iterator<Item = &'a Item>) -> Hash {
        let mut all = vec![self as u8];
        items.for_each(|item| all.extend_from_slice(&item.hash));
        hash::bytes(&all)
    }

    fn part(self, items: Vec<Item>) -> Part {
        Part { hash: self.hash(items.iter()), items }
    }

    fn row(self, part: &Hash) -> Item {
        Item { hash: part.clone(), columns: vec![(self as i64).into()] }
    }
}

/// An item on its way into a part: where it comes from, and what it is called there.
pub(crate) struct Placed<'a> {
    pub(crate) origin: &'a str,
    pub(crate) name: &'a str,
    pub(crate) item: Item,
}

/// Cuts resources.
pub(crate) fn of_resources(placed: Vec<Placed<'_>>) -> Vec<Part> {
    cut(Kind::Resources, placed)
}

/// Cuts edges.
pub(crate) fn of_edges(placed: Vec<Placed<'_>>) -> Vec<Part> {
    cut(Kind::Edges, placed)
}

fn cut(kind: Kind, placed: Vec<Placed<'_>>) -> Vec<Part> {
    let mut origins: BTreeMap<&str, Vec<Placed<'_>>> = BTreeMap::new();
    for placed in placed {
        origins.entry(placed.origin).or_default().push(placed);
    }
    let mut parts = Vec::new();
    for (_, placed) in origins {
        if placed.len() <= ITEMS_MAX {
            parts.push(kind.part(shared::sorted(placed.into_iter().map(|placed| placed.item).collect())));
            continue;
        }
        // By their names, so that a resource stays where it is when others come and go.
        let count = (placed.len() / (ITEMS_MAX / 2)).next_power_of_two() as u64;
        let mut pieces: BTreeMap<u64, Vec<Item>> = BTreeMap::new();
        for placed in placed {
            let mut hasher = DefaultHasher::new();
            placed.name.hash(&mut hasher);
            pieces.entry(hasher.finish() % count).or_default().push(placed.item);
        }
        parts.extend(pieces.into_values().map(|items| kind.part(shared::sorted(items))));
    }
    parts
}

/// How many items there are, and their hashes.
pub(crate) fn hashes(parts: &[Part]) -> Vec<&Hash> {
    parts.iter().flat_map(|part| part.items.iter().map(|item| &item.hash)).collect()
}

/// A part that a node has: its id and what it holds.
type There = HashMap<Hash, (i64, i64)>;

/// Makes the node have exactly these resources and edges.
pub(crate) fn replace(tx: &Tx<'_>, node: i64, resources: &[Part], edges: &[Part]) -> Result<()> {
    let mut there = There::new();
    tx.each(
        "SELECT p.id, p.hash, p.kind FROM catalog_parts c JOIN parts p ON p.id = c.part_id WHERE c.node_id = $1",
        &[node.into()],
        |row| {
            there.insert(row.get(1)?, (row.get(0)?, row.get(2)?));
            Ok(())
        },
    )?;
    let (mut added, mut removed) = (Vec::new(), Vec::new());
    for (kind, wanted) in KINDS.into_iter().zip([resources, edges]) {
        let open: Vec<&Part> = wanted.iter().filter(|part| there.remove(&part.hash).is_none()).collect();
        let mut left: Vec<i64> =
            there.values().filter(|(_, of)| *of == kind as i64).map(|(id, _)| *id).collect();
        left.sort_unstable();
        let missing = keep_what_fits(tx, kind, open, &mut left)?;
        added.extend(ensure(tx, kind, missing)?);
        removed.extend(left);
    }
    added.sort_unstable();
    shared::add(tx, &shared::PARTS, node, &added)?;
    shared::remove(tx, &shared::PARTS, node, &removed)?;
    forget(tx, &removed)
}

/// Takes those out of `left`, parts of the node, that have only wanted items; gives what is wanted and in none of them.
fn keep_what_fits(tx: &Tx<'_>, kind: Kind, open: Vec<&Part>, left: &mut Vec<i64>) -> Result<Vec<Part>> {
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let mut wanted: HashSet<&Hash> =
        open.iter().flat_map(|part| part.items.iter().map(|item| &item.hash)).collect();
    let count = wanted.len();
    let mut others = Vec::new();
    for &id in left.iter() {
        let items: HashSet<Hash> = shared::of(tx, kind.items(), id)?.into_keys().collect();
        if items.iter().all(|item| wanted.contains(item)) {
            wanted.retain(|item| !items.contains(*item));
        } else {
            others.push(id);
        }
    }
    *left = others;
    if wanted.len() == count {
        return Ok(open.into_iter().cloned().collect());
    }
    let rest = open.into_iter().map(|part| {
        kind.part(part.items.iter().filter(|item| wanted.contains(&item.hash)).cloned().collect())
    });
    Ok(rest.filter(|part| !part.items.is_empty()).collect())
}

/// The ids of parts with these items, which are stored if they were not.
fn ensure(tx: &Tx<'_>, kind: Kind, wanted: Vec<Part>) -> Result<Vec<i64>> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Item> = wanted.iter().map(|part| kind.row(&part.hash)).collect();
    let known = shared::find_all(tx, &shared::PARTS, rows.iter())?;
    let mut ids: Vec<i64> = known.values().copied().collect();
    let unknown: Vec<Part> = wanted.into_iter().filter(|part| !known.contains_key(&part.hash)).collect();
    if unknown.is_empty() {
        return Ok(ids);
    }
    let mut items = shared::find_all(tx, kind.items(), unknown.iter().flat_map(|part| part.items.iter()))?;
    let mut parts = Vec::with_capacity(unknown.len());
    for part in unknown {
        let (common, own): (Vec<Item>, Vec<Item>) =
            part.items.iter().cloned().partition(|item| items.contains_key(&item.hash));
        if common.is_empty() || own.is_empty() {
            parts.push(part);
        } else {
            parts.extend([kind.part(common), kind.part(own)]);
        }
    }
    let mut fresh: Vec<&Item> =
        parts.iter().flat_map(|part| &part.items).filter(|item| !items.contains_key(&item.hash)).collect();
    fresh.sort_by(|left, right| left.hash.cmp(&right.hash));
    let inserted = shared::insert(tx, kind.items(), &fresh)?;
    items.extend(inserted.into_iter().map(|(hash, (id, _))| (hash, id)));
    let rows = shared::sorted(parts.iter().map(|part| kind.row(&part.hash)).collect());
    let stored = shared::insert(tx, &shared::PARTS, &rows.iter().collect::<Vec<_>>())?;
    for part in &parts {
        let (id, is_new) = *stored.get(&part.hash).ok_or(db::Error::Conflict)?;
        ids.push(id);
        if is_new {
            let members =
                part.items.iter().map(|item| items.get(&item.hash).copied().ok_or(db::Error::Conflict));
            let mut members = members.collect::<Result<Vec<i64>>>()?;
            members.sort_unstable();
            shared::add(tx, kind.items(), id, &members)?;
        }
    }
    Ok(ids)
}

/// Removes parts that nobody has any more, and what was only in them.
fn forget(tx: &Tx<'_>, parts: &[i64]) -> Result<()> {
    for part in shared::forget(tx, &shared::PARTS, parts)? {
        empty(tx, part)?;
    }
    Ok(())
}

/// Removes the rows that lead from a part that is gone to its items, and those that nobody else has.
pub(crate) fn empty(tx: &Tx<'_>, part: i64) -> Result<()> {
    for kind in KINDS {
        let mut items: Vec<i64> = shared::of(tx, kind.items(), part)?.into_values().collect();
        if items.is_empty() {
            continue;
        }
        items.sort_unstable();
        let sql = match kind {
            Kind::Resources => "DELETE FROM part_resources WHERE part_id = $1",
            Kind::Edges => "DELETE FROM part_edges WHERE part_id = $1",
        };
        tx.execute(sql, &[Value::from(part)])?;
        shared::forget(tx, kind.items(), &items)?;
    }
    Ok(())
}
