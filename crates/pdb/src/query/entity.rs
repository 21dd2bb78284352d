//! What can be asked for: entities, their fields, and where those lie in the tables.

mod tables;

use super::sql::{Per, Sql};

pub(crate) use tables::{find, of_select};

/// What a field holds: decides which operators it takes, how values of a query are compared with it, and how it is written out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text.
    Text,
    /// SHA-1; hexadecimal outside.
    Hash,
    /// Microseconds since 1970; ISO 8601 outside.
    Time,
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Int,
    /// A list of texts (JSON).
    List,
    /// The JSON text of a value; compared as text, shown as the value.
    Encoded,
    /// Any JSON, compared by value.
    Value,
    /// A path into facts (JSON array of texts and numbers).
    Path,
    /// A JSON object with fields below it: `facts.os.family`.
    Map(Map),
    /// JSON that is only shown.
    Document,
    /// Metrics of a report; lies in its document.
    Metrics,
    /// Logs of a report; lies in its document.
    Logs,
}

/// Where the fields below a dotted field lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Map {
    /// Facts of the node `n`.
    Facts,
    /// Its fact `trusted`.
    Trusted,
    /// The JSON object that the column is.
    Column,
    /// Nowhere: it can be compared as a whole only.
    Closed,
}

/// A field of an entity.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub name: &'static str,
    pub kind: Kind,
    /// Its SQL. For metrics and logs: format, document and the report's hash, as three columns.
    pub sql: Per,
    /// Whether filters and orders may name it.
    pub queryable: bool,
    /// Whether it is part of answers.
    pub projectable: bool,
    /// PuppetDB declares it as text whatever it is, and its operators go by that.
    pub declared_text: bool,
    /// The optional join that it needs, as an index into the entity's.
    pub join: Option<usize>,
}

impl Field {
    const fn new(name: &'static str, kind: Kind, sql: Per) -> Field {
        Field { name, kind, sql, queryable: true, projectable: true, declared_text: false, join: None }
    }

    /// Needs an optional join.
    const fn via(self, join: usize) -> Field {
        Field { join: Some(join), ..self }
    }

    /// Shown, but no filter may name it.
    const fn shown_only(self) -> Field {
        Field { queryable: false, ..self }
    }

    /// For filters, not shown.
    const fn asked_only(self) -> Field {
        Field { projectable: false, ..self }
    }

    const fn as_text(self) -> Field {
        Field { declared_text: true, ..self }
    }

    /// Whether `<` and `>` are allowed.
    pub fn is_ordered(&self) -> bool {
        !self.declared_text && matches!(self.kind, Kind::Int | Kind::Time | Kind::Value)
    }

    /// Whether it is a number; texts are not compared with it.
    pub fn is_number(&self) -> bool {
        self.kind == Kind::Int
    }

    /// Its SQL.
    pub fn sql(&self) -> Sql {
        Sql::per(self.sql)
    }
}

/// What belongs together without being said: `nodes { facts { … } }`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Relation {
    pub entity: &'static str,
    pub local: &'static [&'static str],
    pub foreign: &'static [&'static str],
}

/// An entity.
#[derive(Debug)]
pub(crate) struct Entity {
    /// As in `["from", …]`: `fact_contents`.
    pub name: &'static str,
    /// As PuppetDB's messages call it.
    pub alias: &'static str,
    /// In PuppetDB's order, which its messages show.
    pub fields: &'static [Field],
    /// Tables and joins that every query of it has. The node, if it has one, is `n`.
    pub from: Per,
    /// Joins that can be left out; none of them adds or takes rows.
    pub joins: &'static [Per],
    /// What holds for every row.
    pub filter: Option<Per>,
    pub relations: &'static [Relation],
}

impl Entity {
    /// A field by its name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// A field with fields below it.
    pub fn map(&self, name: &str) -> Option<&'static Field> {
        self.field(name)
            .filter(|field| matches!(field.kind, Kind::Map(Map::Facts | Map::Trusted | Map::Column)))
    }

    /// Whether rows belong to a node `n`.
    pub fn has_node(&self) -> bool {
        self.field("certname").is_some()
    }

    /// Names of the fields that filters may name, sorted.
    pub fn queryable(&self) -> Vec<&'static str> {
        let mut names: Vec<_> =
            self.fields.iter().filter(|field| field.queryable).map(|field| field.name).collect();
        names.sort_unstable();
        names
    }

    /// Names of the fields that can be extracted, in the order of PuppetDB's messages.
    pub fn projectable(&self) -> Vec<&'static str> {
        self.in_message_order(|field| field.projectable)
    }

    /// Names of the fields that rows can be ordered by, in the order of PuppetDB's messages.
    pub fn orderable(&self) -> Vec<&'static str> {
        self.in_message_order(|field| field.queryable)
    }

    /// PuppetDB lists up to eight fields as they are declared; more are in a hash map and come in the order of its hashes.
    fn in_message_order(&self, of: impl Fn(&Field) -> bool) -> Vec<&'static str> {
        let mut fields: Vec<&Field> = self.fields.iter().collect();
        if fields.len() > 8 {
            fields.sort_by_key(|field| hash_order(field.name));
        }
        fields.into_iter().filter(|field| of(field)).map(|field| field.name).collect()
    }
}

/// Where a text comes in a hash map of Clojure: the groups of five bits of its Murmur3 hash, lowest first.
fn hash_order(text: &str) -> [u32; 7] {
    let java = text.bytes().fold(0u32, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
    let mut hash = java.wrapping_mul(0xcc9e_2d51).rotate_left(15).wrapping_mul(0x1b87_3593);
    hash = hash.rotate_left(13).wrapping_mul(5).wrapping_add(0xe654_6b64) ^ 4;
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
    hash ^= hash >> 16;
    std::array::from_fn(|level| (hash >> (5 * level)) & 31)
}

/// All entities.
#[cfg(test)]
pub(crate) fn all() -> impl Iterator<Item = &'static Entity> {
    tables::ENTITIES.into_iter()
}

#[cfg(test)]
mod tests {
    use super::tables::ENTITIES;
    use super::*;

    #[test]
    fn every_entity_is_whole() {
        for entity in ENTITIES {
            for (index, field) in entity.fields.iter().enumerate() {
                assert!(
                    field.join.is_none_or(|join| join < entity.joins.len()),
                    "{} {}",
                    entity.name,
                    field.name
                );
                assert!(
                    entity.fields[..index].iter().all(|other| other.name != field.name),
                    "{} {}",
                    entity.name,
                    field.name
                );
            }
            for relation in entity.relations {
                let Some(other) = find(relation.entity) else { panic!("no {}", relation.entity) };
                assert!(relation.local.iter().all(|name| entity.field(name).is_some()), "{}", entity.name);
                assert!(relation.foreign.iter().all(|name| other.field(name).is_some()), "{}", other.name);
            }
        }
    }

    #[test]
    fn messages_list_fields_as_puppetdb_does() {
        assert_eq!(find("facts").unwrap().projectable(), ["certname", "environment", "name", "value"]);
        insta::assert_debug_snapshot!(find("nodes").unwrap().projectable());
    }
}
