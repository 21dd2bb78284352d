//! A share of Debian's modules, compiled with the installed Puppet and here: catalogs and error texts are identical but for what
//! `differential/tolerated.txt` lists with a reason. `cargo xtask differential` compares all modules.

use std::path::Path;

use acceptance::differential::outcome::Outcome;
use acceptance::differential::{Plan, run};
use acceptance::peers;

/// Modules of all kinds (templates, data, defined types, types and functions in Ruby) that need no others.
const MODULES: &[&str] = &[
    "apache",
    "apt",
    "concat",
    "firewall",
    "haproxy",
    "logrotate",
    "ntp",
    "openstacklib",
    "oslo",
    "postgresql",
    "rabbitmq",
    "stdlib",
    "systemd",
];

/// With the defaults of Puppet 7, which is what Debian has: under `strict=error` the two versions refuse different things.
#[test]
fn catalogs_are_those_of_the_installed_puppet() {
    let all_there = MODULES.iter().all(|module| {
        peers::find(&format!("/usr/share/puppet/modules/{module}/manifests"), "Debian's modules").is_some()
    });
    if !all_there
        || peers::find("/usr/bin/puppet", "catalogs of Debian's modules").is_none()
        || peers::find("/usr/share/doc/facterdb", "facts of many systems").is_none()
    {
        return;
    }
    // Only these: what else is installed must not change what they compile to.
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    // Ruby code of modules runs as nobody.
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .unwrap_or_else(|error| panic!("{error}"));
    for module in MODULES {
        let real = Path::new("/usr/share/puppet/modules").join(module);
        std::os::unix::fs::symlink(real, folder.path().join(module))
            .unwrap_or_else(|error| panic!("{error}"));
    }
    let plan = Plan {
        modulepath: vec![folder.path().to_owned()],
        modules: MODULES.iter().map(|module| (*module).to_owned()).collect(),
        every: 1,
        before: 0,
        systems: 1,
        specs: 4,
        refusals: 20,
        strict: false,
        puppet_lib: None,
        jobs: 2,
    };
    let tolerated = tolerated();
    let (mut compared, mut catalogs, mut differences) = (0, 0, Vec::new());
    let mut each = |result: acceptance::differential::Result| {
        compared += 1;
        catalogs += usize::from(matches!(result.outcome, Outcome::SameCatalog { .. }));
        let text = result.outcome.to_string();
        let is_tolerated = tolerated.iter().any(|(definition, part)| {
            (*definition == result.case.definition || definition == "*") && text.contains(part.as_str())
        });
        if !result.outcome.is_same() && !is_tolerated {
            differences.push(format!("{}: {text}", result.case.node));
        }
    };
    run(&plan, &mut each).unwrap_or_else(|error| panic!("{error:#}"));
    assert!(
        differences.is_empty(),
        "{} of {compared} differ:\n{}",
        differences.len(),
        differences.join("\n")
    );
    assert!(catalogs * 5 > compared, "only {catalogs} of {compared} cases gave catalogs");
}

/// `definition | part of the difference | reason`, a line each; the definition `*` is any.
fn tolerated() -> Vec<(String, String)> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/differential/tolerated.txt");
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    text.lines()
        .filter(|line| !line.starts_with('#') && !line.trim().is_empty())
        .map(|line| {
            let mut parts = line.split(" | ");
            match (parts.next(), parts.next(), parts.next()) {
                (Some(definition), Some(part), Some(_)) => {
                    (definition.trim().to_owned(), part.trim().to_owned())
                }
                _ => panic!("{}: `{line}` has not three parts", file.display()),
            }
        })
        .collect()
}
