//! Puppetfiles: which modules an environment has, and where they go.
//!
//! The file is Ruby, and read without running it (see [`ruby::declarations`]): what is more than a declaration is refused with its line.

use ruby::declarations::{self, Call, Literal};

use crate::error::{DeployError, Result};
use crate::module::{self, Given, Module, Options};

/// Where modules go if nothing says otherwise.
const MODULEDIR: &str = "modules";
/// Modules of an environment.
const MODULES_MAX: usize = 10_000;

/// What a Puppetfile declares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Puppetfile {
    /// The Forge it names.
    pub(crate) forge: Option<String>,
    /// Modules in its order.
    pub(crate) modules: Vec<Module>,
    /// What it says without effect.
    pub(crate) warnings: Vec<String>,
}

impl Puppetfile {
    /// Reads the text of a Puppetfile; `name` is how errors call it.
    pub(crate) fn read(text: &str, name: &str) -> Result<Puppetfile> {
        let calls = declarations::calls(text).map_err(|problem| {
            let place = match problem.line {
                0 => name.to_owned(),
                line => format!("{name}:{line}"),
            };
            DeployError::failed(format!("{place}: {}", problem.message))
                .with("file", name)
                .with("line", problem.line)
        })?;
        let mut puppetfile = Puppetfile::default();
        let mut moduledir = MODULEDIR.to_owned();
        for call in &calls {
            let place = format!("{name}:{}", call.line);
            let failed = |reason: String| {
                DeployError::failed(format!("{place}: {reason}")).with("file", name).with("line", call.line)
            };
            match call.name.as_str() {
                "mod" => {
                    let (title, options) = declaration(call).map_err(failed)?;
                    let module =
                        module::module(title, &options, &moduledir, &place, &mut puppetfile.warnings)
                            .map_err(|error| error.with("file", name).with("line", call.line))?;
                    puppetfile.modules.push(module);
                    if puppetfile.modules.len() > MODULES_MAX {
                        return Err(failed(format!("more than {MODULES_MAX} modules")));
                    }
                }
                "forge" => puppetfile.forge = Some(single(call).map_err(failed)?.to_owned()),
                "moduledir" => {
                    let path = single(call).map_err(failed)?;
                    moduledir = module::inner_path(path)
                        .ok_or_else(|| failed(format!("moduledir '{path}' is outside of the environment")))?;
                }
                "exclusion" => {}
                other => return Err(failed(format!("unrecognized declaration '{other}'"))),
            }
        }
        puppetfile.refuse_duplicates(name)?;
        module::refuse_nested(&puppetfile.modules)?;
        Ok(puppetfile)
    }

    fn refuse_duplicates(&self, name: &str) -> Result<()> {
        let mut seen = std::collections::HashMap::new();
        for module in &self.modules {
            if let Some(first) = seen.insert(&module.name, &module.place) {
                return Err(DeployError::failed(format!(
                    "{}: Puppetfiles cannot contain duplicate module names. Remove the duplicates of the following \
                     modules: {} (declared at {first} first)",
                    module.place, module.name
                ))
                .with("file", name)
                .with("module", module.name.as_str()));
            }
        }
        Ok(())
    }
}

/// The only argument of a call.
fn single(call: &Call) -> Result<&str, String> {
    match call.arguments.as_slice() {
        [Literal::String(text)] => Ok(text),
        _ => Err(format!("`{}` takes one string", call.name)),
    }
}

/// The name of a module and its options.
fn declaration(call: &Call) -> Result<(&str, Options), String> {
    let (title, arguments) = match call.arguments.split_first() {
        Some((Literal::String(title), arguments)) => (title, arguments),
        _ => return Err("`mod` takes the name of a module as a string".to_owned()),
    };
    let forge = |version: Given| {
        vec![("type".to_owned(), Given::Text("forge".to_owned())), ("version".to_owned(), version)]
    };
    match arguments {
        [] => Ok((title, forge(Given::Nil))),
        [Literal::Hash(pairs)] => {
            let mut options = Vec::new();
            for (key, value) in pairs {
                match key {
                    Literal::Symbol(key) => options.push((key.clone(), given(value))),
                    _ => return Err(format!("the options of module {title} must be symbols, such as :git")),
                }
            }
            Ok((title, options))
        }
        [value @ (Literal::Nil | Literal::String(_) | Literal::Symbol(_))] => {
            Ok((title, forge(given(value))))
        }
        _ => Err(format!("module {title} must have one version, or options")),
    }
}

fn given(value: &Literal) -> Given {
    match value {
        Literal::Nil => Given::Nil,
        Literal::Bool(flag) => Given::Bool(*flag),
        Literal::String(text) => Given::Text(text.clone()),
        Literal::Symbol(text) => Given::Symbol(text.clone()),
        Literal::Integer(_) => Given::Other("a number"),
        Literal::Array(_) => Given::Other("an array"),
        Literal::Hash(_) => Given::Other("a hash"),
    }
}

/// Reads the text of a Puppetfile and says whether it is one; for fuzzing.
#[doc(hidden)]
pub fn is_puppetfile(text: &str) -> bool {
    Puppetfile::read(text, "Puppetfile").is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::module::{ForgeVersion, Origin, Wanted};

    fn read(text: &str) -> Puppetfile {
        Puppetfile::read(text, "Puppetfile").unwrap()
    }

    fn error(text: &str) -> String {
        Puppetfile::read(text, "Puppetfile").unwrap_err().msg
    }

    #[test]
    fn every_kind_of_module() {
        let file = read(
            "forge 'https://forge.example.com'\nmod 'puppetlabs/stdlib'\nmod 'puppetlabs-ntp', '1.2.3'\n\
             mod 'a/latest', :latest\nmod 'a/nil', nil\n\
             mod 'g', :git => 'https://h/g', :tag => 'v1'\nmod 'h', git: 'u', branch: :control_branch, default_branch: 'main'\n\
             mod 'i', type: 'git', source: 'u', version: 'main'\nmod 'j', git: 'u', ref: '0123456789012345678901234567890123456789'\n\
             mod 'k', local: true\nmod 'l', git: 'u', install_path: 'site/./x', exclude_spec: false\n\
             mod 'm', type: 'tarball', source: 'file:///x.tar.gz'\nmod 'n', git: 'u'\nmoduledir 'vendor'\nmod 'o', git: 'u', commit: 'abcdef'\nexclusion 'p'\n",
        );
        assert_eq!(file.forge.as_deref(), Some("https://forge.example.com"));
        let by_name = |name: &str| file.modules.iter().find(|module| module.name == name).unwrap();
        let forge = |name: &str| match &by_name(name).origin {
            Origin::Forge(version) => version.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(by_name("stdlib").title, "puppetlabs-stdlib");
        assert_eq!(forge("stdlib"), ForgeVersion::Any);
        assert_eq!(forge("ntp"), ForgeVersion::Exactly("1.2.3".into()));
        assert_eq!((forge("latest"), forge("nil")), (ForgeVersion::Latest, ForgeVersion::Any));
        let git = |name: &str| match &by_name(name).origin {
            Origin::Git(git) => git.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!((git("g").wanted, git("g").is_static), (Wanted::Reference("v1".into()), true));
        assert_eq!((git("h").wanted, git("h").is_static), (Wanted::ControlBranch, false));
        assert_eq!(git("h").default_branch.as_deref(), Some("main"));
        assert!(!git("i").is_static && git("j").is_static && !git("n").is_static && git("o").is_static);
        assert_eq!(by_name("k").origin, Origin::Local);
        assert_eq!((by_name("l").path().as_str(), by_name("l").exclude_spec), ("site/x/l", Some(false)));
        assert_eq!(by_name("n").path(), "modules/n");
        assert_eq!(by_name("o").path(), "vendor/o");
        assert!(matches!(&by_name("m").origin, Origin::Tarball { checksum: None, .. }));
    }

    #[test]
    fn errors_name_file_and_line() {
        for (text, message) in [
            ("mod 'a'\n", "Puppetfile:1: Forge module names must match 'owner/modulename', instead got a"),
            ("\nmod 'a/b', 'one'\n", "Puppetfile:2: Module version one is not a valid Forge module version"),
            (
                "mod 'a/b/c'\n",
                "Puppetfile:1: Module name (a-b/c) must match either 'modulename' or 'owner/modulename'",
            ),
            (
                "mod '../x', git: 'u'\n",
                "Puppetfile:1: Module name (..-x) must match either 'modulename' or 'owner/modulename'",
            ),
            (
                "mod 'x', git: 'u', install_path: '../y'\n",
                "Puppetfile:1: Puppetfile cannot manage content 'x' outside of containing environment: ../y",
            ),
            (
                "mod 'x', git: 'u', install_path: 'a/.Git/b'\n",
                "Puppetfile:1: Puppetfile cannot manage content 'x' outside of containing environment: a/.Git/b",
            ),
            ("moduledir '/etc'\n", "Puppetfile:1: moduledir '/etc' is outside of the environment"),
            ("require 'x'\n", "Puppetfile:1: unrecognized declaration 'require'"),
            (
                "mod 'x', svn: 'u'\n",
                "Puppetfile:1: module x comes from Subversion, which is not supported; use git",
            ),
            (
                "mod 'x', gti: 'u'\n",
                "Puppetfile:1: module x does not say where it comes from (git, type, local)",
            ),
            ("v = '1'\nmod 'a/b', v\n", "Puppetfile:1: the variable v; only plain values can be read here"),
        ] {
            assert_eq!(error(text), message);
        }
        let warnings = read("mod 'x', git: 'u', brnach: 'a', tag: 'a', ref: 'b'\n").warnings;
        assert!(
            warnings[0].starts_with("Puppetfile:1: the option `brnach` has no effect; known are git, "),
            "{warnings:?}"
        );
        assert_eq!(warnings[1], "Puppetfile:1: module x has `tag` and `ref`; `ref` counts");
        let twice = error("mod 'a/x', '1.0.0'\nmod 'b/x', '1.0.0'\n");
        assert!(
            twice.starts_with("Puppetfile:2: Puppetfiles cannot contain duplicate module names."),
            "{twice}"
        );
        let inside = error("mod 'x', git: 'u'\nmod 'y', git: 'u', install_path: 'modules/x/sub'\n");
        assert_eq!(inside, "Puppetfile:2: module y would lie in that of module x (Puppetfile:1)");
    }
}
