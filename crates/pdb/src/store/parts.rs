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
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{Hash as _, Hasher as _};

use db::{Result, Tx, Value};

use super::shared::{self, Columns, Item, Shared};
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
        Item { hash: part.clone(), columns: Columns::of(&[(self as i64).into()]) }
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

/// What a node's catalog is to have.
pub(crate) struct Wanted<'a> {
    pub(crate) node: i64,
    pub(crate) resources: &'a [Part],
    pub(crate) edges: &'a [Part],
}

/// Parts that a node has: their ids and what they hold, by hash.
type There = HashMap<Hash, (i64, i64)>;

/// Makes nodes have exactly these resources and edges.
pub(crate) fn replace(tx: &Tx<'_>, all: &[Wanted<'_>]) -> Result<()> {
    let mut there = parts_of(tx, &all.iter().map(|wanted| wanted.node).collect::<Vec<_>>())?;
    let (mut added, mut removed) = (Vec::new(), Vec::new());
    for kind in KINDS {
        let mut open = Vec::with_capacity(all.len());
        for wanted in all {
            let there = there.entry(wanted.node).or_default();
            let parts = match kind {
                Kind::Resources => wanted.resources,
                Kind::Edges => wanted.edges,
            };
            let parts: Vec<&Part> = parts.iter().filter(|part| there.remove(&part.hash).is_none()).collect();
            let mut left: Vec<i64> =
                there.values().filter(|(_, of)| *of == kind as i64).map(|(id, _)| *id).collect();
            left.sort_unstable();
            open.push((wanted.node, parts, left));
        }
        // Where nothing is new, nothing has to be looked at.
        let left = open.iter().filter(|(_, parts, _)| !parts.is_empty()).flat_map(|(_, _, left)| left);
        let mut items = shared::of(tx, kind.items(), &left.copied().collect::<Vec<_>>())?;
        let mut missing = Vec::with_capacity(open.len());
        for (node, parts, mut left) in open {
            missing.push((node, keep_what_fits(kind, parts, &mut left, &mut items)));
            removed.extend(left.into_iter().map(|id| (node, id)));
        }
        added.extend(ensure(tx, kind, missing)?);
    }
    added.sort_unstable();
    shared::add(tx, &shared::PARTS, added)?;
    let mut gone: Vec<i64> = removed.iter().map(|(_, id)| *id).collect();
    shared::remove(tx, &shared::PARTS, removed)?;
    gone.sort_unstable();
    gone.dedup();
    forget(tx, &gone)
}

fn parts_of(tx: &Tx<'_>, nodes: &[i64]) -> Result<HashMap<i64, There>> {
    const OF_NODE: &str =
        "SELECT c.node_id, p.id, p.hash, p.kind FROM catalog_parts c JOIN parts p ON p.id = c.part_id
        WHERE c.node_id = $1";
    const OF_NODES: &str =
        "SELECT c.node_id, p.id, p.hash, p.kind FROM catalog_parts c JOIN parts p ON p.id = c.part_id
        WHERE c.node_id = ANY ($1::bigint[])";
    let mut there: HashMap<i64, There> = HashMap::with_capacity(nodes.len());
    shared::of_owners(tx, OF_NODE, OF_NODES, nodes, |row| {
        there.entry(row.get(0)?).or_default().insert(row.get(2)?, (row.get(1)?, row.get(3)?));
        Ok(())
    })?;
    Ok(there)
}

/// Takes those out of `left`, parts of a node whose items are given, that have only wanted items; gives what is wanted and in none of
/// them.
fn keep_what_fits(kind: Kind, open: Vec<&Part>, left: &mut Vec<i64>, items: &mut shared::Owned) -> Vec<Part> {
    if open.is_empty() {
        return Vec::new();
    }
    let mut wanted: HashSet<&Hash> =
        open.iter().flat_map(|part| part.items.iter().map(|item| &item.hash)).collect();
    let count = wanted.len();
    left.retain(|id| {
        // Another node of the group may look at it, too.
        let empty = HashMap::new();
        let items = items.get(id).unwrap_or(&empty);
        let fits = items.keys().all(|item| wanted.contains(item));
        if fits {
            wanted.retain(|item| !items.contains_key(*item));
        }
        !fits
    });
    if wanted.len() == count {
        return open.into_iter().cloned().collect();
    }
    let rest = open.into_iter().map(|part| {
        kind.part(part.items.iter().filter(|item| wanted.contains(&item.hash)).cloned().collect())
    });
    rest.filter(|part| !part.items.is_empty()).collect()
}

/// The nodes with the ids of parts that have these items, which are stored if they were not.
fn ensure(tx: &Tx<'_>, kind: Kind, wanted: Vec<(i64, Vec<Part>)>) -> Result<Vec<(i64, i64)>> {
    let hashes: BTreeSet<&Hash> =
        wanted.iter().flat_map(|(_, parts)| parts.iter().map(|part| &part.hash)).collect();
    if hashes.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<Item> = hashes.into_iter().map(|hash| kind.row(hash)).collect();
    let known = shared::find_all(tx, &shared::PARTS, rows.iter())?;
    let mut added = Vec::new();
    let mut unknown: Vec<(i64, Vec<Part>)> = Vec::new();
    for (node, parts) in wanted {
        let (there, others): (Vec<Part>, Vec<Part>) =
            parts.into_iter().partition(|part| known.contains_key(&part.hash));
        added.extend(there.iter().filter_map(|part| known.get(&part.hash)).map(|&id| (node, id)));
        if !others.is_empty() {
            unknown.push((node, others));
        }
    }
    if unknown.is_empty() {
        return Ok(added);
    }
    let parts = unknown.iter().flat_map(|(_, parts)| parts);
    let mut all: Vec<&Item> = parts.flat_map(|part| &part.items).collect();
    all.sort_by(|left, right| left.hash.cmp(&right.hash));
    all.dedup_by(|left, right| left.hash == right.hash);
    let mut items = shared::find_all(tx, kind.items(), all.iter().copied())?;
    all.retain(|item| !items.contains_key(&item.hash));
    let inserted = shared::insert(tx, kind.items(), &all)?;
    // What nodes of the group before have counts as had by others, as if it had been stored before.
    let mut common: HashSet<Hash> = items.keys().cloned().collect();
    items.extend(inserted.into_iter().map(|(hash, (id, _))| (hash, id)));
    let mut parts: BTreeMap<Hash, Vec<i64>> = BTreeMap::new();
    let mut owners: Vec<(i64, Hash)> = Vec::new();
    for (node, unknown) in &unknown {
        for part in unknown {
            let pieces = if parts.contains_key(&part.hash) {
                vec![(part.hash.clone(), Vec::new())]
            } else {
                let (common, own): (Vec<&Item>, Vec<&Item>) =
                    part.items.iter().partition(|item| common.contains(&item.hash));
                let ids = |items_of: &[&Item]| {
                    let ids = items_of.iter().map(|item| items.get(&item.hash).copied());
                    let mut ids = ids.collect::<Option<Vec<i64>>>().ok_or(db::Error::Conflict)?;
                    ids.sort_unstable();
                    Ok::<_, db::Error>(ids)
                };
                if common.is_empty() || own.is_empty() {
                    vec![(part.hash.clone(), ids(&part.items.iter().collect::<Vec<_>>())?)]
                } else {
                    let piece =
                        |items: &[&Item]| Ok::<_, db::Error>((kind.hash(items.iter().copied()), ids(items)?));
                    vec![piece(&common)?, piece(&own)?]
                }
            };
            for (hash, ids) in pieces {
                parts.entry(hash.clone()).or_insert(ids);
                owners.push((*node, hash));
            }
        }
        let own = unknown.iter().flat_map(|part| part.items.iter().map(|item| item.hash.clone()));
        common.extend(own);
    }
    let rows: Vec<Item> = parts.keys().map(|hash| kind.row(hash)).collect();
    let stored = shared::insert(tx, &shared::PARTS, &rows.iter().collect::<Vec<_>>())?;
    let mut members = Vec::new();
    for (hash, ids) in parts {
        if let Some((id, true)) = stored.get(&hash) {
            members.extend(ids.into_iter().map(|item| (*id, item)));
        }
    }
    shared::add(tx, kind.items(), members)?;
    for (node, hash) in owners {
        added.push((node, stored.get(&hash).ok_or(db::Error::Conflict)?.0));
    }
    Ok(added)
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
        let items = shared::of(tx, kind.items(), &[part])?.into_values().flat_map(HashMap::into_values);
        let mut items: Vec<i64> = items.collect();
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
