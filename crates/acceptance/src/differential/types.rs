//! Types of agents' modules that a Puppet without those modules does not know. A Puppet server has them and so has this compiler;
//! here both are told of them in the environment's `.resource_types`, as `puppet generate types` would.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use wire::types::{AttributeKind, ResourceType};

/// What comes with an agent.
const TYPES: &[&str] = &[
    "augeas",
    "cron",
    "host",
    "mount",
    "scheduled_task",
    "selboolean",
    "selmodule",
    "ssh_authorized_key",
    "sshkey",
    "yumrepo",
    "zfs",
    "zone",
    "zpool",
];

/// Writes down the types that none of these directories of modules has.
///
/// # Errors
/// A file cannot be written.
pub fn write_missing(environment: &Path, modulepath: &[PathBuf]) -> std::io::Result<()> {
    let folder = environment.join(".resource_types");
    std::fs::create_dir_all(&folder)?;
    for name in TYPES {
        let file = format!("lib/puppet/type/{name}.rb");
        let is_there = modulepath.iter().any(|directory| {
            let modules = std::fs::read_dir(directory).into_iter().flatten().filter_map(Result::ok);
            modules.into_iter().any(|module| module.path().join(&file).exists())
        });
        if let Some(ty) = wire::types::lookup(name)
            && !is_there
            && ty.namevars().len() == 1
        {
            std::fs::write(folder.join(format!("{name}.pp")), generated(ty))?;
        }
    }
    Ok(())
}

fn generated(ty: &ResourceType) -> String {
    let list = |kind: AttributeKind| {
        let mut text = String::new();
        for (name, _) in ty.attributes().iter().filter(|(_, other)| *other == kind) {
            let namevar = if *name == ty.namevar() { ", true" } else { "" };
            let _ = writeln!(text, "    Puppet::Resource::Param(Any, '{name}'{namevar}),");
        }
        text
    };
    format!(
        "Puppet::Resource::ResourceType3.new(\n  '{}',\n  [\n{}  ],\n  [\n{}  ],\n  {{ /(?m-ix:(.*))/ => ['{}'] }},\n  {},\n  false)\n",
        ty.name(),
        list(AttributeKind::Property),
        list(AttributeKind::Parameter),
        ty.namevar(),
        ty.is_isomorphic(),
    )
}
