//! A stock Debian agent and files: whole trees, links, several sources, all kinds of checksums, and a file bucket on the server.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use acceptance::cluster::Cluster;
use acceptance::stock_agent::StockAgent;

/// SHA-256 of `as it was\n`.
const AS_IT_WAS: &str = "ba500d3dbc53099f0fdf200762d128ca6769ab4672defd7ee4067dbe528b8f39";

fn module(files: &Path) {
    for (name, content) in [
        ("tree/one", "one\n"),
        ("tree/deep/er/two", "two\n"),
        ("tree/.hidden", "hidden\n"),
        ("tree/skipped.bak", "skipped\n"),
        ("tree/sp ace", "space\n"),
        ("tree/ünïcode", "unicode\n"),
        ("tree/per%cent+plus", "percent\n"),
        ("tree/empty", ""),
        ("alone", "alone\n"),
    ] {
        let path = files.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    let large: Vec<u8> = (0..3_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    std::fs::write(files.join("large"), large).unwrap();
    symlink("one", files.join("tree/link")).unwrap();
    std::fs::set_permissions(files.join("tree/one"), std::fs::Permissions::from_mode(0o750)).unwrap();
}

fn manifest(managed: &Path, port: u16) -> String {
    let managed = managed.display();
    format!(
        "filebucket {{ 'server': server => 'localhost', port => {port}, path => false }}\n\
         File {{ backup => 'server' }}\n\
         file {{ '{managed}': ensure => directory }}\n\
         file {{ '{managed}/tree': ensure => directory, recurse => true, source => 'puppet:///modules/things/tree', ignore => '*.bak' }}\n\
         file {{ '{managed}/followed': ensure => directory, recurse => remote, source => 'puppet:///modules/things/tree', links => follow, checksum => sha512 }}\n\
         file {{ '{managed}/alone': source => ['puppet:///modules/things/none', 'puppet:///modules/none/x', 'puppet:///modules/things/alone'], checksum => md5 }}\n\
         file {{ '{managed}/large': source => 'puppet:///modules/things/large', checksum => sha256lite }}\n\
         file {{ '{managed}/changed': content => \"as it is\\n\" }}\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stock_agent_gets_its_files() {
    let cluster = Cluster::start().await;
    let Some(agent) = StockAgent::find("files.example.com", cluster.port()) else { return };
    let managed = cluster.root().join("managed");
    std::fs::create_dir(&managed).unwrap();
    std::fs::write(managed.join("changed"), "as it was\n").unwrap();
    let environment = cluster.environment("production");
    let files = environment.join("modules/things/files");
    module(&files);
    std::fs::write(environment.join("manifests/site.pp"), manifest(&managed, cluster.port())).unwrap();
    cluster.primary().flush();

    let (agent, first) = agent.run_apart(&[]).await;
    assert_eq!(first.code, 2, "{}", first.output);
    for name in ["one", "deep/er/two", ".hidden", "sp ace", "ünïcode", "per%cent+plus", "empty", "link"] {
        for copy in ["tree", "followed"] {
            let got = std::fs::read(managed.join(copy).join(name)).unwrap();
            assert_eq!(got, std::fs::read(files.join("tree").join(name)).unwrap(), "{copy}/{name}");
        }
    }
    assert!(managed.join("tree/link").is_symlink() && !managed.join("followed/link").is_symlink());
    assert!(!managed.join("tree/skipped.bak").exists() && managed.join("followed/skipped.bak").exists());
    let mode = |name: &str| std::fs::metadata(managed.join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("tree/one"), 0o644, "modes are the agent's business");
    assert_eq!(std::fs::read_to_string(managed.join("alone")).unwrap(), "alone\n");
    assert_eq!(std::fs::read(managed.join("large")).unwrap(), std::fs::read(files.join("large")).unwrap());

    // What was overwritten is in the bucket.
    assert!(first.says("Filebucketed") && first.says(AS_IT_WAS), "{}", first.output);
    let kept: Vec<String> = AS_IT_WAS.chars().take(8).map(String::from).collect();
    let kept = cluster.root().join("data/bucket").join(kept.join("/")).join(AS_IT_WAS);
    assert_eq!(std::fs::read_to_string(kept.join("contents")).unwrap(), "as it was\n");
    let path = managed.join("changed");
    let path = path.to_str().unwrap().trim_start_matches('/');
    assert_eq!(std::fs::read_to_string(kept.join("paths")).unwrap(), format!("{path}\n"));

    let (agent, second) = agent.run_apart(&[]).await;
    assert_eq!(second.code, 0, "nothing is left to do: {}", second.output);

    // A change is seen without any cache to be flushed.
    std::fs::write(files.join("tree/one"), "one, again\n").unwrap();
    let (_, third) = agent.run_apart(&[]).await;
    assert_eq!(third.code, 2, "{}", third.output);
    assert_eq!(std::fs::read_to_string(managed.join("tree/one")).unwrap(), "one, again\n");
}
