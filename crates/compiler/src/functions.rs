//! The built-in functions.
//!
//! Each function is one file in `functions/`, which holds its reference text, its code and its tests, and one
//! line in [`NATIVE`] or [`LEGACY`]. A function of the typed interface is a list of overloads: the first one whose
//! signature accepts the arguments runs. Signatures are written in the notation of the function reference:
//!
//! | text | meaning |
//! |---|---|
//! | `(Numeric $val)` | one argument |
//! | `(String $a, [Boolean $b])` | the second may be left out |
//! | `(Any *$args)`, `(Any +$args)` | any number; at least one |
//! | `(Array $a, &Callable[1,1])` | a block with one parameter is required |
//! | `(Array $a, [&Callable])` | a block may be given |
//! | `(&Callable $default_block)` | messages call the block so, instead of `block` |
//! | `(Any $x) >> String` | the result is checked |
//!
//! They are read once in the life of the process. A body sees arguments that fit its signature, and talks to the
//! compile through [`Context`]. An error is a text (`Err("...".into())`, or `?` on the errors of pcore); the
//! evaluator adds the place.

mod abs;
mod annotate;
mod any_all;
mod blocks;
mod call;
mod case;
mod classes;
mod collections;
mod compare;
mod convert_to;
mod create_resources;
mod data;
mod defined;
mod dig;
mod digest;
mod each;
mod epp;
mod erb;
mod extremes;
mod fail;
mod files;
mod filter;
mod flow;
mod fqdn_rand;
mod generate;
mod group;
mod hiera;
mod import;
mod index;
mod iteration;
mod lazy;
mod length;
mod letters;
mod log;
mod lookup;
mod map;
mod match_;
mod modules;
mod new;
mod pattern;
mod puppetdb_query;
mod realize;
mod reduce;
mod regsubst;
mod rounding;
mod ruby;
mod scanf;
mod shellquote;
mod slice;
mod sort;
mod split;
mod sprintf;
mod stdlib;
mod strftime;
mod tag;
mod type_;
mod unique;
mod unwrap;
mod versioncmp;

use crate::context::Context;
use crate::error::Control;
use pcore::Value;

/// The code of an overload.
pub type Body = fn(&mut Context<'_, '_>, &[Value]) -> Result<Value, Control>;

/// The code of an overload, by what it gets of its arguments.
#[derive(Clone, Copy, Debug)]
pub enum Run {
    /// A look at them.
    Borrowing(Body),
    /// Them: it may change in place what nobody else holds.
    Owning(fn(&mut Context<'_, '_>, Vec<Value>) -> Result<Value, Control>),
}

/// A function with typed signatures.
#[derive(Debug)]
pub struct Native {
    /// Name.
    pub name: &'static str,
    /// Type aliases that the signatures use: name and type.
    pub local_types: &'static [(&'static str, &'static str)],
    /// Signatures and their code, in the order in which they are tried.
    pub overloads: &'static [Overload],
}

/// A signature and its code.
#[derive(Debug)]
pub struct Overload {
    /// The signature.
    pub signature: &'static str,
    /// The code.
    pub body: Run,
    /// True if a call with such arguments is wrong, and `body` gives the text that says why (as a string
    /// value). Such overloads are not shown when arguments fit none.
    pub mismatch: bool,
}

impl Overload {
    /// A signature and its code.
    pub const fn new(signature: &'static str, body: Body) -> Overload {
        Overload { signature, body: Run::Borrowing(body), mismatch: false }
    }

    /// A signature whose code makes its result of its arguments.
    pub const fn owning(
        signature: &'static str,
        body: fn(&mut Context<'_, '_>, Vec<Value>) -> Result<Value, Control>,
    ) -> Overload {
        Overload { signature, body: Run::Owning(body), mismatch: false }
    }

    /// A signature that is refused with the text that `body` gives.
    pub const fn mismatch(signature: &'static str, body: Body) -> Overload {
        Overload { signature, body: Run::Borrowing(body), mismatch: true }
    }
}

/// A function of Puppet's older interface: no types, only a number of arguments. Arguments arrive as that
/// interface passes them (`undef` is `''`, regular expressions and the like are text), and a statement's result
/// is dropped.
#[derive(Debug)]
pub struct Legacy {
    /// Name.
    pub name: &'static str,
    /// `n` demands exactly n arguments, `-n` at least n-1.
    pub arity: i32,
    /// True if the function gives no value.
    pub statement: bool,
    /// The code.
    pub body: Body,
}

impl Legacy {
    /// A function that gives a value.
    pub const fn value(name: &'static str, arity: i32, body: Body) -> Legacy {
        Legacy { name, arity, statement: false, body }
    }

    /// A function that gives none.
    pub const fn statement(name: &'static str, arity: i32, body: Body) -> Legacy {
        Legacy { name, arity, statement: true, body }
    }
}

/// Functions that a module brings, as some of its versions have them.
#[derive(Debug)]
pub struct OfModule {
    /// The module.
    pub module: &'static str,
    /// First numbers of the versions that have them so.
    pub versions: std::ops::RangeInclusive<u64>,
    /// Those with signatures (`lib/puppet/functions`).
    pub native: &'static [&'static Native],
    /// Those of the older interface (`lib/puppet/parser/functions`).
    pub legacy: &'static [&'static Legacy],
}

/// Functions with typed signatures.
pub static NATIVE: &[&Native] = &[
    &annotate::FUNCTION,
    &classes::CONTAIN,
    &classes::INCLUDE,
    &classes::REQUIRE,
    &convert_to::FUNCTION,
    &data::EYAML_LOOKUP_KEY,
    &data::HOCON_DATA,
    &data::JSON_DATA,
    &data::YAML_DATA,
    &defined::FUNCTION,
    &epp::EPP,
    &epp::INLINE_EPP,
    &files::BINARY_FILE,
    &files::FIND_FILE,
    &files::FIND_TEMPLATE,
    &files::MODULE_DIRECTORY,
    &import::FUNCTION,
    &abs::FUNCTION,
    &any_all::ALL,
    &any_all::ANY,
    &blocks::LEST,
    &blocks::THEN,
    &blocks::WITH,
    &call::FUNCTION,
    &case::DOWNCASE,
    &case::UPCASE,
    &collections::FLATTEN,
    &collections::JOIN,
    &collections::KEYS,
    &collections::VALUES,
    &compare::FUNCTION,
    &dig::DIG,
    &dig::GET,
    &dig::GETVAR,
    &each::FUNCTION,
    &extremes::MAX,
    &extremes::MIN,
    &filter::FUNCTION,
    &flow::BREAK,
    &flow::NEXT,
    &flow::RETURN,
    &group::GROUP_BY,
    &group::PARTITION,
    &hiera::HIERA,
    &hiera::HIERA_ARRAY,
    &hiera::HIERA_HASH,
    &hiera::HIERA_INCLUDE,
    &index::FUNCTION,
    &lazy::REVERSE_EACH,
    &lazy::STEP,
    &lazy::TREE_EACH,
    &length::EMPTY,
    &length::LENGTH,
    &length::SIZE,
    &letters::CAMELCASE,
    &letters::CAPITALIZE,
    &letters::CHOMP,
    &letters::CHOP,
    &letters::LSTRIP,
    &letters::RSTRIP,
    &letters::STRIP,
    &log::ALERT,
    &log::CRIT,
    &log::DEBUG,
    &log::EMERG,
    &log::ERR,
    &log::INFO,
    &log::NOTICE,
    &log::WARNING,
    &lookup::FUNCTION,
    &map::FUNCTION,
    &match_::FUNCTION,
    &new::FUNCTION,
    &puppetdb_query::FUNCTION,
    &reduce::FUNCTION,
    &regsubst::FUNCTION,
    &rounding::CEILING,
    &rounding::FLOOR,
    &rounding::ROUND,
    &scanf::FUNCTION,
    &slice::FUNCTION,
    &sort::FUNCTION,
    &split::FUNCTION,
    &strftime::FUNCTION,
    &type_::ASSERT_TYPE,
    &type_::TYPE,
    &unique::FUNCTION,
    &unwrap::FUNCTION,
    &versioncmp::FUNCTION,
];

/// Functions of the older interface.
pub static LEGACY: &[&Legacy] = &[
    &create_resources::FUNCTION,
    &erb::INLINE_TEMPLATE,
    &erb::TEMPLATE,
    &files::FILE,
    &generate::FUNCTION,
    &realize::FUNCTION,
    &tag::TAG,
    &tag::TAGGED,
    &digest::DIGEST,
    &digest::MD5,
    &digest::SHA1,
    &digest::SHA256,
    &fail::FUNCTION,
    &fqdn_rand::FUNCTION,
    &shellquote::FUNCTION,
    &sprintf::FUNCTION,
];

/// Functions that have a newer form, and of which Puppet keeps the older name so that nothing else takes it.
pub(crate) static STUBS: &[&str] = &[
    "assert_type",
    "binary_file",
    "break",
    "contain",
    "defined",
    "dig",
    "each",
    "epp",
    "filter",
    "find_file",
    "hiera",
    "hiera_array",
    "hiera_hash",
    "hiera_include",
    "include",
    "inline_epp",
    "lest",
    "lookup",
    "map",
    "match",
    "new",
    "next",
    "reduce",
    "regsubst",
    "require",
    "return",
    "reverse_each",
    "scanf",
    "slice",
    "split",
    "step",
    "strftime",
    "then",
    "type",
    "versioncmp",
    "with",
];

/// Functions of modules. One exists where the module has the file that defines it in Ruby.
pub static OF_MODULES: &[&OfModule] = &[
    &stdlib::ALL,
    &stdlib::BEFORE_9,
    &stdlib::SINCE_9,
    &modules::apache::APACHE,
    &modules::archive::ARCHIVE,
    &modules::consul::CONSUL,
    &modules::docker::DOCKER,
    &modules::extlib::EXTLIB,
    &modules::haproxy::HAPROXY,
    &modules::mysql::MYSQL,
    &modules::mysql::MYSQL_BEFORE_11,
    &modules::mysql::MYSQL_11_TO_15,
    &modules::mysql::MYSQL_SINCE_16,
    &modules::neutron::NEUTRON,
    &modules::openstack::IRONIC,
    &modules::openstack::MURANO,
    &modules::openstack::NOVA,
    &modules::openstack::OPENSTACK_EXTRAS,
    &modules::openstacklib::OPENSTACKLIB,
    &modules::postgresql::POSTGRESQL,
    &modules::postgresql::POSTGRESQL_BEFORE_7,
    &modules::postgresql::POSTGRESQL_7_TO_9,
    &modules::postgresql::POSTGRESQL_SINCE_10,
    &modules::puppet_agent::PUPPET_AGENT,
    &modules::small::AUGEAS_CORE,
    &modules::small::COLLECTD,
    &modules::small::DATACAT,
    &modules::small::DNS,
    &modules::small::ELASTICSEARCH,
    &modules::small::GRAFANA,
    &modules::small::ICINGA2,
    &modules::small::INIFILE,
    &modules::small::JENKINS,
    &modules::small::LETSENCRYPT,
    &modules::small::MCOLLECTIVE,
    &modules::small::MEMCACHED_7,
    &modules::small::MEMCACHED,
    &modules::small::MONGODB,
    &modules::small::OPENSSL,
    &modules::small::PHP,
    &modules::small::REDIS,
    &modules::small::STAGING,
    &modules::small::SYSTEMD,
    &modules::small::TOMCAT,
    &modules::small::TRANSLATE,
    &modules::small::VSWITCH,
    &modules::small::WILDFLY,
    &modules::ssh::SSH,
];
