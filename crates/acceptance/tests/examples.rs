//! The catalogs of the example nodes equal those that the reference implementation compiled from the same facts
//! (`golden/`, Puppet 8.11): resources and edges in order, parameters, tags, classes, files and lines.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use std::sync::Arc;

use acceptance::examples;
use bunraku::config::{Config, Site};
use server::environments::Environments;
use server::local;

fn site(scratch: &std::path::Path) -> Site {
    let toml = format!(
        "certname = 'primary.example.com'\nconfdir = '{0}'\ndata-dir = '{0}/data'\n[code]\nenvironmentpath = ['{1}']\nbasemodulepath = ['{0}/modules']\n",
        scratch.display(),
        examples::environmentpath(scratch).display()
    );
    Site::from_config(Config::parse(&toml).unwrap()).unwrap()
}

#[test]
fn example_catalogs_equal_the_reference() {
    let scratch = tempfile::tempdir().unwrap();
    let settings = Arc::new(bunraku::serve::settings::server(&site(scratch.path())).unwrap());
    let environments = Environments::new(settings.clone());
    let mut differences = Vec::new();
    for certname in examples::nodes() {
        let node = local::node(&settings, &certname, "production", examples::facts(&certname));
        let (compilation, _) = local::compile(&environments, "production", &node)
            .unwrap_or_else(|error| panic!("{certname} does not compile: {error}"));
        let mut text = Vec::new();
        compilation.catalog.write_json(&mut text, true);
        let text = String::from_utf8(text).unwrap();
        let directory = scratch.path().join("environments/production");
        let mut catalog: serde_json::Value =
            serde_json::from_str(&text.replace(&*directory.to_string_lossy(), "@ENVIRONMENT@")).unwrap();
        for volatile in ["version", "catalog_uuid"] {
            catalog[volatile] = serde_json::Value::Null;
        }
        let golden = format!("{}/tests/golden/{certname}.json", env!("CARGO_MANIFEST_DIR"));
        let golden: serde_json::Value = serde_json::from_slice(&std::fs::read(golden).unwrap()).unwrap();
        compare(&certname, &golden, &catalog, &mut differences);
    }
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}

/// Collects the paths at which two documents differ. The order of keys of a resource does not matter to anybody, that of
/// resources, edges and parameters does; tags are a set.
fn compare(path: &str, golden: &serde_json::Value, ours: &serde_json::Value, differences: &mut Vec<String>) {
    use serde_json::Value::{Array, Object};
    match (golden, ours) {
        (Object(golden), Object(ours)) => {
            let keys: std::collections::BTreeSet<_> = golden.keys().chain(ours.keys()).collect();
            for key in keys {
                let null = serde_json::Value::Null;
                let (a, b) = (golden.get(key).unwrap_or(&null), ours.get(key).unwrap_or(&null));
                compare(&format!("{path}.{key}"), a, b, differences);
            }
            if path.ends_with(".parameters") && !golden.keys().eq(ours.keys()) {
                differences.push(format!(
                    "{path}: order of parameters {:?} {:?}",
                    golden.keys(),
                    ours.keys()
                ));
            }
        }
        (Array(golden), Array(ours)) if path.ends_with(".tags") => {
            let sorted = |tags: &[serde_json::Value]| {
                let mut tags: Vec<_> = tags.iter().map(ToString::to_string).collect();
                tags.sort();
                tags
            };
            if sorted(golden) != sorted(ours) {
                differences.push(format!("{path}: {golden:?} {ours:?}"));
            }
        }
        (Array(golden), Array(ours)) if golden.len() == ours.len() => {
            for (index, (golden, ours)) in golden.iter().zip(ours).enumerate() {
                let name = golden.get("title").and_then(|title| title.as_str()).unwrap_or_default();
                compare(&format!("{path}[{index} {name}]"), golden, ours, differences);
            }
        }
        (golden, ours) if golden == ours => {}
        (golden, ours) => differences.push(format!("{path}: expected {golden}, is {ours}")),
    }
}
