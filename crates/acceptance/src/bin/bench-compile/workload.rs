//! The workload: an environment with three roles of growing size, and recorded facts of several systems.
//!
//! The code stands in `bench/environment`, written as site code is: classes, defined types with typed parameters, data in four levels,
//! EPP and ERB templates, collectors with overrides, defaults and relationships. Only the lists of people, virtual hosts and rules are
//! generated, since they make the size. Everything in it means the same to Puppet 7 and 8.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use acceptance::examples;
use serde_json::json;

/// A role: how many of each thing its data have.
pub struct Role {
    /// Name, as in the manifests.
    pub name: &'static str,
    people: usize,
    vhosts: usize,
    rules: usize,
    /// How many times less processor time a catalog is to take.
    pub target: f64,
}

/// All roles.
pub const ROLES: [Role; 3] = [
    Role { name: "hundred", people: 4, vhosts: 3, rules: 6, target: 100.0 },
    Role { name: "fivehundred", people: 26, vhosts: 28, rules: 40, target: 100.0 },
    Role { name: "fivethousand", people: 270, vhosts: 300, rules: 250, target: 300.0 },
];

/// Nodes of each role; each has the facts of another system.
pub const NODES: usize = 3;

/// A node with its facts as an agent sends them.
pub struct Node {
    /// Certname.
    pub certname: String,
    /// JSON of `{name, values}`.
    pub facts: Vec<u8>,
}

/// The nodes of a role.
pub fn nodes(role: &Role) -> Vec<Node> {
    let systems = ["web01.example.com", "build02.example.com", "db01.example.com"];
    systems.iter().take(NODES).enumerate().map(|(number, system)| node(role, number + 1, system)).collect()
}

fn node(role: &Role, number: usize, system: &str) -> Node {
    let certname = format!("{}{number}.example.com", role.name);
    let recorded = std::fs::read(examples::directory().join(format!("facts/{system}.json"))).unwrap();
    let mut facts: serde_json::Value = serde_json::from_slice(&recorded).unwrap();
    facts["name"] = json!(certname);
    let values = &mut facts["values"];
    values["clientcert"] = json!(certname);
    values["role"] = json!(role.name);
    more_facts(values);
    Node { certname, facts: facts.to_string().into_bytes() }
}

/// What makes the facts of real machines long: disks, mount points, interfaces, keys.
fn more_facts(values: &mut serde_json::Value) {
    for (number, letter) in ('a'..='f').enumerate() {
        let size = 53_687_091_200_u64 * number as u64;
        values["disks"][format!("vd{letter}")] =
            json!({"model": "QEMU HARDDISK", "size": "50.00 GiB", "size_bytes": size, "vendor": "QEMU"});
        values["mountpoints"][format!("/srv/volume{number}")] = json!({
            "available": "31.37 GiB", "available_bytes": 33_687_091_200_u64, "capacity": "37.25%",
            "device": format!("/dev/vd{letter}1"), "filesystem": "ext4",
            "options": ["rw", "relatime", "errors=remount-ro"],
            "size": "50.00 GiB", "size_bytes": size, "used": "18.63 GiB", "used_bytes": 20_000_000_000_u64,
        });
        values["networking"]["interfaces"][format!("eth{number}")] = json!({
            "ip": format!("10.{number}.0.17"), "mac": format!("52:54:00:12:34:0{number}"), "mtu": 1500,
            "bindings": [{"address": format!("10.{number}.0.17"), "netmask": "255.255.255.0",
                          "network": format!("10.{number}.0.0")}],
        });
    }
    for kind in ["rsa", "ecdsa", "ed25519"] {
        values["ssh"][kind] = json!({
            "key": "AAAAB3NzaC1yc2EAAAADAQABAAABgQ".repeat(8), "type": format!("ssh-{kind}"),
            "fingerprints": {"sha1": format!("SSHFP 1 1 {}", "5f".repeat(20)),
                             "sha256": format!("SSHFP 1 2 {}", "9a".repeat(32))},
        });
    }
}

/// Writes the environment `production` into a folder and says the environment path.
pub fn write(root: &Path) -> PathBuf {
    let path = root.join("environments");
    let production = path.join("production");
    examples::copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("bench/environment"), &production);
    for folder in ["roles", "nodes"] {
        std::fs::create_dir_all(production.join("data").join(folder)).unwrap();
    }
    for role in &ROLES {
        std::fs::write(production.join(format!("data/roles/{}.yaml", role.name)), data(role)).unwrap();
        let node = format!("---\nprofile::base::sysctl:\n  vm.swappiness: {}\n", role.people % 60);
        std::fs::write(production.join(format!("data/nodes/{}1.example.com.yaml", role.name)), node).unwrap();
    }
    path
}

/// The data of a role.
fn data(role: &Role) -> String {
    let mut out = String::from("---\nprofile::accounts::people:\n");
    for number in 0..role.people {
        let _ = write!(out, "  person{number:03}:\n    uid: {}\n", 2_000 + number);
        if number % 3 == 0 {
            let _ = writeln!(out, "    shell: \"/bin/zsh\"\n    groups: [\"adm\", \"docker\"]");
        }
        if number % 2 == 0 {
            let _ = write!(
                out,
                "    keys:\n      \"person{number:03}@%{{facts.role}}\":\n        type: ssh-ed25519\n        key: \"AAAAC3NzaC1lZDI1NTE5AAAAI{number:08}\"\n"
            );
        }
    }
    out.push_str("profile::web::vhosts:\n");
    for number in 0..role.vhosts {
        let _ = write!(out, "  site{number:03}.example.com:\n    port: {}\n", 8_000 + number * 5);
        if number % 2 == 0 {
            let _ = writeln!(out, "    aliases: [\"www{number}.example.com\", \"s{number}.example.net\"]");
        }
        if number % 3 == 0 {
            let _ = writeln!(
                out,
                "    backend:\n      host: \"app{number}.example.com\"\n      ports: [3000, 3001, 3002]"
            );
        }
        let _ = write!(
            out,
            "    ssl: {}\n    env:\n      database: \"postgres://db%{{facts.networking.domain}}/site{number}\"\n      workers: {}\n      debug: {}\n",
            number % 4 != 0,
            number % 7 + 1,
            number % 5 == 0,
        );
    }
    out.push_str("profile::firewall::rules:\n");
    for number in 0..role.rules {
        let zone = if number % 5 == 0 { "outside" } else { "inside" };
        let _ = write!(
            out,
            "  rule{number}:\n    order: {number}\n    port: {}\n    zone: {zone}\n",
            1_024 + number
        );
        if number % 4 == 0 {
            let _ = writeln!(out, "    from: [\"203.0.113.{}/32\", \"192.0.2.0/24\"]", number % 250);
        }
    }
    out
}
