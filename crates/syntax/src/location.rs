//! Which names a module's file may define.
//!
//! A class is found by its name alone, so a file in a module must hold what its path says. The caller knows
//! the module path and whether a file is a main manifest; this module turns the rest of the path into names.

/// What the place of a file allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Namespace {
    /// Anything: the file is not a part of a module.
    Any,
    /// Names that begin with this one.
    Under(String),
    /// Nothing: the file lies in a folder of a module that is not for code.
    Nothing,
}

impl Namespace {
    /// The names for a file, by its path relative to a folder of the module path
    /// (`apache/manifests/mod/ssl.pp` allows `apache::mod::ssl` and what is below).
    pub fn of_module_file(relative_path: &str) -> Namespace {
        if !relative_path.ends_with(".pp") {
            return Namespace::Any;
        }
        let path = relative_path.to_lowercase();
        let parts: Vec<&str> = path.split('/').collect();
        let [module, kind @ ("manifests" | "functions" | "types" | "plans"), folders @ .., file] = &*parts
        else {
            return Namespace::Nothing;
        };
        let mut name = (*module).to_owned();
        let is_init = folders.is_empty() && *file == "init.pp";
        for part in folders.iter().copied().chain((!is_init).then(|| file.trim_end_matches(".pp"))) {
            name.push_str("::");
            name.push_str(part);
        }
        let _ = kind;
        Namespace::Under(name)
    }

    /// Whether a definition of this name may stand in the file. Case does not matter.
    pub fn allows(&self, name: &str) -> bool {
        match self {
            Namespace::Any => true,
            Namespace::Under(prefix) => name.to_lowercase().starts_with(prefix),
            Namespace::Nothing => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_give_names() {
        let under = |name: &str| Namespace::Under(name.into());
        assert_eq!(Namespace::of_module_file("apache/manifests/init.pp"), under("apache"));
        assert_eq!(Namespace::of_module_file("apache/manifests/mod/ssl.pp"), under("apache::mod::ssl"));
        assert_eq!(Namespace::of_module_file("apache/manifests/mod/init.pp"), under("apache::mod::init"));
        assert_eq!(Namespace::of_module_file("Apache/types/LogLevel.pp"), under("apache::loglevel"));
        assert_eq!(Namespace::of_module_file("apache/files/x.pp"), Namespace::Nothing);
        assert_eq!(Namespace::of_module_file("x.pp"), Namespace::Nothing);
        assert!(under("apache::mod").allows("apache::Mod::ssl"));
        assert!(!under("apache::mod").allows("apache"));
    }
}
