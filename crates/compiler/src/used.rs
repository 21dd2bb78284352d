//! What of an environment's code a compile has used.
//!
//! Beside the [`ReadSet`](crate::ReadSet), which has what lies outside of the image, this tells which parts of the image a compile came
//! by: which manifests it has loaded, and for which names it looked. A compile goes the same way again as long as the files that it loaded are
//! the same and nothing has come where it looked for names, so who compares two versions of the code need not compile twice. A session
//! knows all that when it ends, and nothing is noted on the way.

use std::path::PathBuf;

use rustc_hash::FxHashSet;
use stdx::Symbol;

use crate::session::Session;

/// What of the code a compile has used. Names are lower-case, without a leading `::`.
#[derive(Clone, Debug, Default)]
pub struct Used {
    /// Manifests of modules that were loaded; that of the site always is.
    pub manifests: FxHashSet<PathBuf>,
    /// Names that were found: classes, defines and types; also some that came with them.
    pub names: FxHashSet<Symbol>,
    /// Names for which there is nothing.
    pub missing: FxHashSet<String>,
    /// Functions that were looked for, found or not.
    pub functions: FxHashSet<Symbol>,
    /// Files of those that have one: in the language, or in Ruby though they may be native here.
    pub function_files: Vec<PathBuf>,
    /// Resource types of the resources that were made.
    pub resource_types: Vec<Symbol>,
    /// Files and folders that were looked for beside the code, found or not.
    pub files: Vec<String>,
    /// More may have been read that nobody knows of.
    pub is_opaque: bool,
}

impl Used {
    /// Of a compile of which nothing is known.
    pub(crate) fn unknown() -> Used {
        Used { is_opaque: true, ..Used::default() }
    }

    /// What a compile has used that is at its end. Takes what nobody needs any more.
    pub(crate) fn by(session: &mut Session<'_>) -> Used {
        let definitions = &mut session.definitions;
        let lower = |name: &str| {
            let name = name.strip_prefix("::").unwrap_or(name);
            match name.bytes().any(|byte| byte.is_ascii_uppercase()) {
                true => Symbol::new(&name.to_lowercase()),
                false => Symbol::new(name),
            }
        };
        let mut names: FxHashSet<Symbol> = FxHashSet::default();
        names.extend(definitions.classes.keys().chain(definitions.defines.keys()));
        names.extend(definitions.types.keys().map(|name| lower(name)));
        names.extend(session.types.keys().map(|name| lower(name.as_str())));
        let mut functions = FxHashSet::default();
        let mut function_files = Vec::new();
        for name in session.callees.keys() {
            let name = lower(name.as_str());
            functions.insert(name);
            function_files.extend(session.image.function_files(name));
        }
        let mut files: Vec<String> = session.reads.files.keys().cloned().collect();
        files.extend(session.consulted());
        Used {
            manifests: std::mem::take(&mut session.definitions.loaded),
            names,
            missing: std::mem::take(&mut session.definitions.missing),
            functions,
            function_files,
            resource_types: session.by_type.keys().copied().collect(),
            files,
            is_opaque: session.reads.opaque,
        }
    }
}
