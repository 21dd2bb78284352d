//! Documents of many nodes in one transaction.
//!
//! On PostgreSQL a statement costs more than most rows do, on both sides and on the way between. So documents of one kind are written by
//! statements for all of them, as many as one document needs. On SQLite, where a statement is a call, there is nothing to gain, and
//! documents are written in turn.
//!
//! On PostgreSQL, transactions that write at the same time must never wait for each other in a circle. So each takes rows in this order:
//! those of nodes, by their ids; environments; producers; names, values and paths of facts; packages; resources, edges and the parts that
//! hold them; inputs. New rows of a kind are stored in the order of their hashes, and what nobody has any more is removed last, without
//! waiting for whoever holds it. What waits for a transaction then waits for one that is further on.

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
    if together.len() < documents.len() {
        node::lock(tx, documents.iter().map(of_node))?;
    }
    let mut written = write(tx, context, &together)?.into_iter();
    // A command's other documents come behind the one that it is named for.
    let inputs = documents.iter().filter_map(|document| match document {
        Prepared::Inputs(inputs) => Some(inputs),
        _ => None,
    });
    let mut inputs = catalog::replace_inputs(tx, &inputs.collect::<Vec<_>>())?.into_iter();
    let outcome = |document| match (wanted(document), document) {
        (Some(_), _) => written.next().ok_or(Error::Closed),
        (None, Prepared::Inputs(_)) => inputs.next().ok_or(Error::Closed),
        (None, _) => write_one(tx, context, document),
    };
    documents.iter().map(outcome).collect()
}

/// The node of a document, and whether it is made if it is not known.
fn of_node(document: &Prepared) -> (&str, bool) {
    match document {
        Prepared::SameFacts(same) => (&same.certname, false),
        Prepared::Kept(kept) => (&kept.certname, false),
        Prepared::Inputs(inputs) => inputs.node(),
        Prepared::Deactivate(command) => (&command.certname, true),
        Prepared::Expiration(command) => (&command.certname, command.facts.is_some()),
        together => wanted(together).map_or(("", false), |wanted| (wanted.certname, wanted.make)),
    }
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
