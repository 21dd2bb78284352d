//! What a condition is about while it is translated: the rows of an entity, and the tables that it turned out to need.

use super::entity::{Entity, Field};
use super::error::{Result, invalid};
use super::sql::Sql;

/// The rows that a condition is about, and which optional joins it needs.
pub(super) struct Scope {
    pub entity: &'static Entity,
    joins: Vec<bool>,
    /// Whether null is the same as false here.
    pub negation: Negation,
}

/// Where a condition stands with regard to the nearest `not`.
///
/// PuppetDB writes most comparisons of what lies below a field as two, of the value and of whether the first name of the path is there,
/// and without parentheses: a `not` just before them negates only the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Negation {
    /// In none, where null is as good as false.
    #[default]
    None,
    /// Right behind one: what is not there is neither equal nor unequal.
    Direct,
    /// In an `and` or `or` behind one: what is not there is false, and only what its path does not reach is neither.
    Within,
}

impl Scope {
    pub fn new(entity: &'static Entity) -> Scope {
        Scope { entity, joins: vec![false; entity.joins.len()], negation: Negation::None }
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
        self.negation != Negation::None
    }

    /// Goes into an `and` or `or`; what was before is for the way back.
    pub fn enter(&mut self) -> Negation {
        let outer = self.negation;
        if outer == Negation::Direct {
            self.negation = Negation::Within;
        }
        outer
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
