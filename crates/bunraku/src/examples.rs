//! The repository's examples, embedded: a control repository and recorded facts of six nodes.

use std::path::Path;

include!(concat!(env!("OUT_DIR"), "/examples.rs"));

/// Writes the control repository into a folder.
pub fn write_control_repo(target: &Path) -> std::io::Result<()> {
    for (name, content) in FILES {
        if let Some(name) = name.strip_prefix("control-repo/") {
            let path = target.join(name);
            if let Some(parent) = path.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::write(path, content)?;
        }
    }
    Ok(())
}

/// Names of the example nodes and their facts as JSON, in order of name.
pub fn nodes() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    FILES.iter().filter_map(|(name, content)| {
        let certname = name.strip_prefix("facts/")?.strip_suffix(".json")?;
        Some((certname, *content))
    })
}
