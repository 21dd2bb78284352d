//! The type aliases of Debian's stdlib against sample values: which match was recorded from Puppet 8.11.
//!
//! The aliases are full of regular expressions, nested variants and patterns, so they try the type system as real
//! modules do.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on may stop")]

use std::path::Path;

use compiler::image::{Image, ImageOptions};
use compiler::world::Quiet;
use compiler::{Level, NodeInput};
use pcore::Value;

const MODULES: &str = "/usr/share/puppet/modules";
const RECORDED: &str = include_str!("stdlib_aliases.json");

#[test]
fn aliases_match_what_they_match_in_puppet() {
    if !Path::new(MODULES).join("stdlib/types").exists() {
        eprintln!("not tested: the package puppet-module-puppetlabs-stdlib is not installed");
        return;
    }
    let recorded = pcore::json::parse(RECORDED.as_bytes()).unwrap();
    let recorded = recorded.as_hash().unwrap();
    let samples = recorded["samples"].as_array().unwrap();
    let samples: Vec<&str> = samples.iter().filter_map(Value::as_str).collect();
    let matches = recorded["matches"].as_hash().unwrap();

    let mut code = format!("$samples = [{}]\n", samples.join(", "));
    for alias in matches.keys().filter_map(Value::as_str) {
        code.push_str(&format!(
            "$samples.each |$i, $v| {{ if $v =~ {alias} {{ notice(\"{alias} ${{i}}\") }} }}\n"
        ));
    }
    let options =
        ImageOptions { modulepath: vec![MODULES.into()], code: Some(code), ..ImageOptions::default() };
    let image = Image::load(&options).unwrap();
    let node = NodeInput { certname: "n1".into(), ..NodeInput::default() };
    let compilation = compiler::compile(&image, &Quiet::default(), &node).unwrap();

    let found: std::collections::BTreeSet<&str> = compilation
        .logs
        .iter()
        .filter(|log| log.level == Level::Notice)
        .map(|log| log.message.as_str())
        .collect();
    let mut differences = Vec::new();
    for (alias, expected) in matches.iter() {
        let alias = alias.as_str().unwrap();
        let expected: Vec<i64> = expected.as_array().unwrap().iter().filter_map(Value::as_int).collect();
        for (index, sample) in samples.iter().enumerate() {
            let is_match = found.contains(format!("{alias} {index}").as_str());
            if is_match != expected.contains(&(index as i64)) {
                differences.push(format!("{sample} =~ {alias} is {is_match}"));
            }
        }
    }
    assert!(matches.len() > 50 && samples.len() > 150);
    assert!(differences.is_empty(), "{} differ:\n{}", differences.len(), differences.join("\n"));
}
