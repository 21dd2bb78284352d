//! `fail`

use pcore::format::ruby_to_s;

use super::Legacy;

/// Ends the compile with an error. The arguments, joined with blanks, are its text.
///
/// ```puppet
/// fail("unsupported: ${facts['os']['name']}")
/// ```
pub(super) const FUNCTION: Legacy = Legacy {
    name: "fail",
    arity: -1,
    statement: true,
    body: |_, arguments| {
        let texts: Vec<String> = arguments.iter().map(ruby_to_s).collect();
        Err(texts.join(" ").into())
    },
};
