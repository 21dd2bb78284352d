//! Which nodes a preview is about.

use std::collections::HashSet;

use super::{Order, PreviewError};
use crate::Server;

/// The nodes that are asked for, sorted.
pub(super) async fn select(server: &Server, order: &Order) -> Result<Vec<String>, PreviewError> {
    let selection = &order.selection;
    let mut names = match selection.nodes.is_empty() {
        true => of(server, &order.environment).await?,
        false => selection.nodes.clone(),
    };
    if let Some(query) = &selection.query {
        let rows = rows(server, query).await.map_err(PreviewError::Query)?;
        let found: HashSet<&str> = rows.iter().filter_map(|row| row.get("certname")?.as_str()).collect();
        if found.is_empty() && !rows.is_empty() {
            return Err(PreviewError::Query("no `certname` in its rows".to_owned()));
        }
        names.retain(|name| found.contains(name.as_str()));
    }
    names.sort();
    names.dedup();
    if let Some(limit) = selection.limit.filter(|limit| *limit < names.len()) {
        // Neighbours in the alphabet are often alike.
        let all = names.len();
        let chosen: HashSet<usize> = (0..limit).map(|at| at * all / limit.max(1)).collect();
        let mut at = 0;
        names.retain(|_| {
            at += 1;
            chosen.contains(&(at - 1))
        });
    }
    Ok(names)
}

/// The nodes of an environment, by their last catalogs or, without one, their last facts.
pub(super) async fn of(server: &Server, environment: &str) -> Result<Vec<String>, PreviewError> {
    let rows = rows(server, "nodes[certname, catalog_environment, facts_environment] { }")
        .await
        .map_err(PreviewError::Store)?;
    let text = |row: &serde_json::Value, key: &str| row.get(key)?.as_str().map(str::to_owned);
    let is_here = |row: &serde_json::Value| {
        let own = text(row, "catalog_environment").or_else(|| text(row, "facts_environment"));
        own.as_deref() == Some(environment)
    };
    Ok(rows.iter().filter(|row| is_here(row)).filter_map(|row| text(row, "certname")).collect())
}

async fn rows(server: &Server, query: &str) -> Result<Vec<serde_json::Value>, String> {
    let rows = server.pdb.query(&query.into()).await.map_err(|error| error.to_string())?;
    serde_json::from_slice(&rows).map_err(|error| error.to_string())
}
