//! `puppetdb_query`

use pcore::Value;

use super::{Native, Overload};

/// Asks the store of facts, catalogs and reports, in PQL or as AST, and gives the rows as an array.
///
/// ```puppet
/// puppetdb_query('inventory[certname] { facts.os.family = "Debian" }').map |$row| { $row['certname'] }
/// puppetdb_query(['from', 'nodes', ['extract', 'certname', ['~', 'certname', '^web']]])
/// ```
///
/// What other nodes report changes between two compiles, so a catalog that asks is compiled afresh each time. A query that is
/// not valid, or a store that does not answer, ends the compile.
pub(super) const FUNCTION: Native = Native {
    name: "puppetdb_query",
    local_types: &[],
    overloads: &[Overload::new("(Variant[String[1], Array[Data, 1]] $query)", |context, arguments| {
        let query = arguments.first().unwrap_or(&Value::Undef);
        context.mark_impure();
        context.world().query_store(query).map_err(Into::into)
    })],
};
