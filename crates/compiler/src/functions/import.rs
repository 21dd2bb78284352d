//! `import`

use super::{Native, Overload};
use crate::error::Error;

/// Discontinued: the manifest may be a folder instead.
pub(super) const FUNCTION: Native = Native {
    name: "import",
    local_types: &[],
    overloads: &[Overload::new("(Any *$args)", |_, _| {
        Err(Error::issue(
            "Use of 'import' has been discontinued in favor of a manifest directory. See \
             http://links.puppet.com/puppet-import-deprecation",
        )
        .into())
    })],
};
