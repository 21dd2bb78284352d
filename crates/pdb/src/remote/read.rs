//! Questions to the store, in the forms of Puppet's termini.

use std::sync::Arc;

use api::pdb::{ExportedFilter, ExportedQuery, ExportedResource, PdbError, StoredFacts};
use pcore::{Hash, Value as Pcore};
use rest::{Bytes, HeaderValue, Method, header};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value as Json, json};
use wire::json::Limits;

use super::Inner;
use crate::payload;

/// What the store sends is as large as it may be.
fn limits() -> Limits {
    Limits { bytes_max: usize::MAX, values_max: usize::MAX, ..Limits::default() }
}

#[derive(Deserialize)]
struct Factset<'a> {
    environment: Option<String>,
    producer_timestamp: String,
    #[serde(borrow)]
    facts: Expanded<'a>,
}

#[derive(Deserialize)]
struct Expanded<'a> {
    #[serde(borrow)]
    data: Vec<Fact<'a>>,
}

#[derive(Deserialize)]
struct Fact<'a> {
    name: String,
    #[serde(borrow)]
    value: &'a RawValue,
}

#[derive(Deserialize)]
struct Resource<'a> {
    certname: String,
    title: String,
    tags: Vec<String>,
    #[serde(borrow)]
    parameters: Option<&'a RawValue>,
}

impl Inner {
    /// The rows of a query, PQL or AST that names its entity.
    pub(super) async fn ask(&self, query: &Json) -> Result<Bytes, PdbError> {
        let unavailable = |reason: String| PdbError::Unavailable { doing: "query the store", reason };
        let json = HeaderValue::from_static("application/json");
        let headers = [(header::ACCEPT, json.clone()), (header::CONTENT_TYPE, json)];
        let body = json!({ "query": query }).to_string();
        let answer = self.store.send(Method::POST, "/pdb/query/v4", headers, body.into()).await;
        let answer = answer.map_err(|error| unavailable(error.to_string()))?;
        match answer.status.as_u16() {
            200 => Ok(answer.body),
            // What is wrong with the query is a text.
            400 => Err(PdbError::Invalid(answer.text())),
            status => Err(unavailable(format!("[{status}] {}", answer.text().replace(['\r', '\n'], "")))),
        }
    }

    fn damaged(&self, error: impl std::fmt::Display) -> PdbError {
        PdbError::Invalid(format!("the answer of {} cannot be read: {error}", self.store.base()))
    }

    pub(super) async fn read_facts(&self, certname: &str) -> Result<Option<StoredFacts>, PdbError> {
        let query = json!([
            "from",
            "factsets",
            [
                "extract",
                ["environment", "producer_timestamp", "facts"],
                ["and", ["=", "certname", certname], ["=", "node_state", "any"]]
            ]
        ]);
        let rows = self.ask(&query).await?;
        let rows: Vec<Factset<'_>> = serde_json::from_slice(&rows).map_err(|error| self.damaged(error))?;
        let Some(found) = rows.into_iter().next() else { return Ok(None) };
        let mut facts = Hash::new();
        for Fact { name, value } in found.facts.data {
            let value =
                wire::json::parse(value.get().as_bytes(), &limits()).map_err(|error| self.damaged(error))?;
            facts.insert(name, value);
        }
        let time = payload::time(&found.producer_timestamp).unwrap_or_default();
        Ok(Some(StoredFacts {
            environment: found.environment.unwrap_or_default(),
            facts: Arc::new(facts),
            producer_timestamp: super::wire::made(time),
        }))
    }

    pub(super) async fn read_exported(
        &self,
        query: ExportedQuery,
    ) -> Result<Vec<ExportedResource>, PdbError> {
        let mut condition = vec![
            json!("and"),
            json!(["=", "type", query.type_name]),
            json!(["=", "exported", true]),
            json!(["not", ["=", "certname", query.certname]]),
        ];
        if let Some(filter) = &query.filter {
            condition.push(filter_of(filter)?);
        }
        let columns = ["certname", "title", "tags", "parameters"];
        let rows = self.ask(&json!(["from", "resources", ["extract", columns, condition]])).await?;
        let rows: Vec<Resource<'_>> = serde_json::from_slice(&rows).map_err(|error| self.damaged(error))?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let text = row.parameters.map_or("{}", RawValue::get);
            let parameters =
                wire::json::parse(text.as_bytes(), &limits()).map_err(|error| self.damaged(error))?;
            let Pcore::Hash(parameters) = parameters else {
                return Err(self.damaged("the parameters of a resource are no hash"));
            };
            found.push(ExportedResource {
                certname: row.certname,
                title: row.title,
                tags: row.tags,
                parameters: Arc::unwrap_or_clone(parameters),
            });
        }
        found.sort_by(|a, b| (&a.title, &a.certname).cmp(&(&b.title, &b.certname)));
        Ok(found)
    }
}

/// A condition as AST; the compiler limits how deep conditions nest.
fn filter_of(filter: &ExportedFilter) -> Result<Json, PdbError> {
    Ok(match filter {
        ExportedFilter::And(left, right) => json!(["and", filter_of(left)?, filter_of(right)?]),
        ExportedFilter::Or(left, right) => json!(["or", filter_of(left)?, filter_of(right)?]),
        ExportedFilter::Not(filter) => json!(["not", filter_of(filter)?]),
        ExportedFilter::Title(title) => json!(["=", "title", title]),
        ExportedFilter::Tag(tag) => json!(["=", "tag", tag]),
        ExportedFilter::Parameter(name, value) => {
            let mut text = Vec::new();
            wire::data::write_value(value, false, &mut text);
            let value = payload::decode(&text).map_err(|error| PdbError::Invalid(error.to_string()))?;
            json!(["=", ["parameter", name], value])
        }
    })
}
