//! Documents of many nodes in one transaction.
//!
//! On PostgreSQL a statement costs more than most rows do, on both sides and on the way between. So documents of one kind are written by
//! statements for all of them, as many as one document needs. On SQLite, where a statement is a call, there is nothing to gain, and
//! documents are written in turn.

use std::collections::HashSet;

use db::{Dialect, Error, Result, Tx};

use super::node::{self, Heads, Wanted};
use super::{Context, Outcome, Prepared, catalog, facts, report, write as write_one};

/// Writes documents, which take effect in their order; tells what became of each.
pub(crate) fn write_all(tx: &Tx<'_>, context: &Context, documents: &[Prepared]) -> Result<Vec<Outcome>> {
    let mut seen = HashSet::new();
    let of_different_nodes = documents.iter().filter_map(wanted).all(|wanted| seen.insert(wanted.certname));
    if tx.dialect() == Dialect::Sqlite || documents.len() < 2 || !of_different_nodes {
        return documents.iter().map(|document| write_one(tx, context, document)).collect();
    }
    let together: Vec<&Prepared> = documents.iter().filter(|document| wanted(document).is_some()).collect();
    let mut written = write(tx, context, &together)?.into_iter();
    let outcome = |document| match wanted(document) {
        Some(_) => written.next().ok_or(Error::Closed),
        // A command's other documents come behind the one that it is named for.
        None => write_one(tx, context, document),
    };
    documents.iter().map(outcome).collect()
}

/// What a document that can be written with others needs.
fn wanted(document: &Prepared) -> Option<Wanted<'_>> {
    match document {
        Prepared::Facts(facts) => Some(facts.wanted()),
        Prepared::Catalog(catalog) => Some(catalog.wanted()),
        Prepared::SameCatalog(same) => Some(same.wanted()),
        Prepared::Report(report) => Some(report.wanted()),
        Prepared::SameFacts(_)
        | Prepared::Kept(_)
        | Prepared::Inputs(_)
        | Prepared::Deactivate(_)
        | Prepared::Expiration(_) => None,
    }
}

/// Writes documents of different nodes, all of which are [`wanted`].
pub(super) fn write(tx: &Tx<'_>, context: &Context, documents: &[&Prepared]) -> Result<Vec<Outcome>> {
    let of_all: Vec<Wanted<'_>> = documents.iter().filter_map(|document| wanted(document)).collect();
    let heads = node::heads_of_all(tx, &of_all)?;
    let (mut facts, mut catalogs) = (Kind::default(), Kind::default());
    let (mut same_catalogs, mut reports) = (Kind::default(), Kind::default());
    for (place, (document, heads)) in documents.iter().zip(heads).enumerate() {
        let made = |heads: Option<Heads>| heads.ok_or(Error::Conflict);
        match document {
            Prepared::Facts(document) => facts.push(place, document, made(heads)?),
            Prepared::Catalog(document) => catalogs.push(place, document, made(heads)?),
            Prepared::SameCatalog(document) => same_catalogs.push(place, document, heads),
            Prepared::Report(document) => reports.push(place, document, made(heads)?),
            _ => {}
        }
    }
    let mut outcomes = vec![Outcome::Stale; documents.len()];
    facts.write(&mut outcomes, |facts| facts::replace(tx, context, facts))?;
    catalogs.write(&mut outcomes, |catalogs| catalog::replace(tx, catalogs))?;
    same_catalogs.write(&mut outcomes, |catalogs| catalog::touch(tx, catalogs))?;
    reports.write(&mut outcomes, |reports| report::store(tx, reports))?;
    Ok(outcomes)
}

/// Documents of a kind, with what their rows lead to, and their places among all.
struct Kind<'a, T, H> {
    documents: Vec<(&'a T, H)>,
    places: Vec<usize>,
}

impl<'a, T, H> Kind<'a, T, H> {
    fn push(&mut self, place: usize, document: &'a T, heads: H) {
        self.documents.push((document, heads));
        self.places.push(place);
    }

    fn write(
        self,
        outcomes: &mut [Outcome],
        write: impl FnOnce(&[(&'a T, H)]) -> Result<Vec<Outcome>>,
    ) -> Result<()> {
        if self.documents.is_empty() {
            return Ok(());
        }
        for (place, outcome) in self.places.into_iter().zip(write(&self.documents)?) {
            if let Some(told) = outcomes.get_mut(place) {
                *told = outcome;
            }
        }
        Ok(())
    }
}

impl<T, H> Default for Kind<'_, T, H> {
    fn default() -> Self {
        Kind { documents: Vec::new(), places: Vec::new() }
    }
}
