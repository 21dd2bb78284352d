//! What a condition is about while it is translated: the rows of an entity, and the tables that it turned out to need.

use super::entity::{Entity, Field};
use super::error::{Result, invalid};
use super::sql::Sql;

/// The rows that a condition is about, and which optional joins it needs.
pub(super) struct Scope {
    pub entity: &'static Entity,
    joins: Vec<bool>,
    /// Inside of an odd or even number of `not`, where null is not the same as false.
    pub negated: bool,
}

impl Scope {
    pub fn new(entity: &'static Entity) -> Scope {
        Scope { entity, joins: vec![false; entity.joins.len()], negated: false }
    }

    /// The field of a name, whose join is noted.
    pub fn field(&mut self, name: &str) -> Result<&'static Field> {
        let Some(field) = self.entity.field(name) else {
            return invalid(format!(
                "'{name}' is not a queryable object for {}. Known queryable objects are {}",
                self.entity.alias,
                super::check::listed(&self.entity.queryable())
            ));
        };
        self.note(field);
        Ok(field)
    }

    pub fn note(&mut self, field: &Field) {
        if let Some(join) = field.join.and_then(|join| self.joins.get_mut(join)) {
            *join = true;
        }
    }

    /// Whether null has to stay null.
    pub fn is_negated(&self) -> bool {
        self.negated
    }

    /// Tables with the joins that were needed.
    pub fn from(&self) -> Sql {
        let mut out = Sql::per(self.entity.from);
        for (join, _) in self.entity.joins.iter().zip(&self.joins).filter(|(_, needed)| **needed) {
            out.push_text(" ");
            out.push(Sql::per(*join));
        }
        out
    }
}
