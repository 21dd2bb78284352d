//! Resources that nodes export for others.

use api::pdb::{ExportedFilter, ExportedQuery, ExportedResource, PdbError};
use db::{Dialect, Tx, Value};
use pcore::Value as Pcore;
use wire::json::Limits;

use super::{Store, unavailable};
use crate::{hash, payload};

/// Terms of a condition. Beyond it somebody makes the database work for nothing.
const TERMS_MAX: usize = 1_000;

impl Store {
    pub(super) async fn read_exported(
        &self,
        query: ExportedQuery,
    ) -> Result<Vec<ExportedResource>, PdbError> {
        let mut sql = Sql::new(self.db().dialect());
        let type_name = sql.parameter(query.type_name.into());
        let certname = sql.parameter(query.certname.into());
        let mut text = format!(
            "SELECT n.certname, r.title, r.tags, r.parameters
             FROM resources r JOIN catalog_resources c ON c.resource_id = r.id JOIN nodes n ON n.id = c.node_id
             WHERE r.exported AND r.type = {type_name} AND n.certname <> {certname}
                 AND n.deactivated IS NULL AND n.expired IS NULL"
        );
        if let Some(filter) = &query.filter {
            text.push_str(" AND ");
            sql.condition(filter, &mut text)?;
        }
        text.push_str(" ORDER BY r.title, n.certname");
        let parameters = sql.parameters;
        let read = move |tx: &Tx<'_>| {
            let mut found = Vec::new();
            tx.each(&text, &parameters, |row| {
                found.push((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
                Ok(())
            })?;
            Ok(found)
        };
        let found: Vec<(String, String, String, String)> =
            self.db().read(read).await.map_err(unavailable("look for exported resources"))?;
        found.into_iter().map(resource).collect()
    }
}

fn resource(
    (certname, title, tags, parameters): (String, String, String, String),
) -> Result<ExportedResource, PdbError> {
    let limits = Limits { bytes_max: usize::MAX, values_max: usize::MAX, ..Limits::default() };
    match wire::json::parse(parameters.as_bytes(), &limits) {
        Ok(Pcore::Hash(parameters)) => Ok(ExportedResource {
            tags: serde_json::from_str(&tags).unwrap_or_default(),
            certname,
            title,
            parameters: (*parameters).clone(),
        }),
        _ => Err(PdbError::Invalid(format!("the stored parameters of {title} of {certname} are damaged"))),
    }
}

/// A statement in the making.
struct Sql {
    dialect: Dialect,
    parameters: Vec<Value>,
    terms: usize,
}

impl Sql {
    fn new(dialect: Dialect) -> Sql {
        Sql { dialect, parameters: Vec::new(), terms: 0 }
    }

    fn parameter(&mut self, value: Value) -> String {
        self.parameters.push(value);
        format!("${}", self.parameters.len())
    }

    fn condition(&mut self, filter: &ExportedFilter, out: &mut String) -> Result<(), PdbError> {
        self.terms += 1;
        if self.terms > TERMS_MAX {
            return Err(PdbError::Invalid(format!(
                "a search for exported resources has more than {TERMS_MAX} terms"
            )));
        }
        match filter {
            ExportedFilter::And(left, right) => self.pair(left, "AND", right, out)?,
            ExportedFilter::Or(left, right) => self.pair(left, "OR", right, out)?,
            ExportedFilter::Not(filter) => {
                out.push_str("NOT ");
                self.condition(filter, out)?;
            }
            ExportedFilter::Title(title) => {
                let title = self.parameter(title.as_str().into());
                out.push_str(&format!("r.title = {title}"));
            }
            ExportedFilter::Tag(tag) => {
                let tag = self.parameter(tag.as_str().into());
                out.push_str(&match self.dialect {
                    Dialect::Sqlite => {
                        format!("EXISTS (SELECT 1 FROM json_each(r.tags) WHERE value = {tag})")
                    }
                    Dialect::Postgres => format!("r.tags ? {tag}"),
                });
            }
            ExportedFilter::Parameter(name, value) => self.equal(name, value, out)?,
        }
        Ok(())
    }

    fn pair(
        &mut self,
        left: &ExportedFilter,
        operator: &str,
        right: &ExportedFilter,
        out: &mut String,
    ) -> Result<(), PdbError> {
        out.push('(');
        self.condition(left, out)?;
        out.push_str(&format!(" {operator} "));
        self.condition(right, out)?;
        out.push(')');
        Ok(())
    }

    /// A parameter that is not there equals nothing. Values are compared as canonical JSON, which is how they are stored.
    fn equal(&mut self, name: &str, value: &Pcore, out: &mut String) -> Result<(), PdbError> {
        let mut text = Vec::new();
        wire::data::write_value(value, false, &mut text);
        let value = payload::decode(&text).map_err(|error| PdbError::Invalid(error.to_string()))?;
        let value = self.parameter(hash::canonical(&value).into());
        let text = match self.dialect {
            Dialect::Sqlite => {
                let path = self.parameter(format!("$.{}", serde_json::Value::from(name)).into());
                format!("coalesce(r.parameters -> {path} = {value}, FALSE)")
            }
            Dialect::Postgres => {
                let name = self.parameter(name.into());
                format!("coalesce(r.parameters -> {name}::text = {value}::jsonb, FALSE)")
            }
        };
        out.push_str(&text);
        Ok(())
    }
}
