//! Machines on a wire: network namespaces with addresses of their own on one bridge, and names that all of them know. What runs in one
//! reaches the others as over a network, and a machine can be cut off.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::peers;

/// A bridge with machines. It ends with the value; processes in it do not, so they must end before.
pub struct Lan {
    prefix: String,
    machines: Vec<&'static str>,
}

impl Lan {
    /// Whether this process may make one: root may, with iproute2. Says so if not.
    ///
    /// # Panics
    /// If it may not and `BUNRAKU_TEST_PEERS=all` asks for everything.
    pub fn possible(what: &str) -> bool {
        if peers::find("/sbin/ip", what).is_none() {
            return false;
        }
        let root = rustix::process::geteuid().is_root();
        let must = std::env::var("BUNRAKU_TEST_PEERS").is_ok_and(|mode| mode == "all");
        assert!(root || !must, "this must be root: {what}");
        if !root {
            eprintln!("left out, since this is not root: {what}");
        }
        root
    }

    /// Makes the machines; each is known to all by its name below `example.com`.
    pub fn new(machines: &[&'static str]) -> Lan {
        let lan = Lan { prefix: format!("bk{}-", std::process::id()), machines: machines.to_vec() };
        let bridge = lan.namespace("lan");
        ip(&["netns", "add", &bridge]);
        ip(&["-n", &bridge, "link", "add", "br0", "type", "bridge"]);
        ip(&["-n", &bridge, "link", "set", "br0", "up"]);
        let hosts: String = machines
            .iter()
            .enumerate()
            .map(|(at, name)| format!("{} {name}.example.com {name}\n", address(at)))
            .collect();
        for (at, name) in machines.iter().enumerate() {
            let namespace = lan.namespace(name);
            let (inner, port) = ("eth0", format!("p-{name}"));
            ip(&["netns", "add", &namespace]);
            ip(&[
                "link", "add", inner, "netns", &namespace, "type", "veth", "peer", "name", &port, "netns",
                &bridge,
            ]);
            ip(&["-n", &bridge, "link", "set", &port, "master", "br0", "up"]);
            ip(&["-n", &namespace, "addr", "add", &format!("{}/24", address(at)), "dev", inner]);
            ip(&["-n", &namespace, "link", "set", inner, "up"]);
            ip(&["-n", &namespace, "link", "set", "lo", "up"]);
            let files = files(&namespace);
            std::fs::create_dir_all(&files).unwrap();
            std::fs::write(files.join("hosts"), format!("127.0.0.1 localhost\n{hosts}")).unwrap();
            // Nobody answers: a name that is not in the file above is told at once to be unknown.
            std::fs::write(files.join("resolv.conf"), "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
                .unwrap();
        }
        lan
    }

    /// A program on a machine.
    pub fn command(&self, machine: &str, program: &Path) -> Command {
        let mut command = Command::new("/sbin/ip");
        command.args(["netns", "exec", &self.namespace(machine)]).arg(program);
        command
    }

    /// Runs a program to its end.
    pub fn run(&self, machine: &str, program: &Path, arguments: &[&str]) -> Output {
        self.command(machine, program).args(arguments).stdin(std::process::Stdio::null()).output().unwrap()
    }

    /// Pulls a machine's cable, or plugs it in again.
    pub fn cable(&self, machine: &str, is_in: bool) {
        let state = if is_in { "up" } else { "down" };
        ip(&["-n", &self.namespace("lan"), "link", "set", &format!("p-{machine}"), state]);
    }

    /// What `ip netns` knows a machine by.
    pub fn namespace(&self, machine: &str) -> String {
        format!("{}{machine}", self.prefix)
    }
}

impl Drop for Lan {
    fn drop(&mut self) {
        for name in self.machines.iter().copied().chain(["lan"]) {
            let namespace = self.namespace(name);
            let _ = Command::new("/sbin/ip").args(["netns", "del", &namespace]).output();
            let _ = std::fs::remove_dir_all(files(&namespace));
        }
        // Only if nobody else has something there.
        let _ = std::fs::remove_dir("/etc/netns");
    }
}

fn address(at: usize) -> String {
    format!("10.77.0.{}", at + 2)
}

/// Files here take the place of those of the same name in /etc.
fn files(namespace: &str) -> PathBuf {
    Path::new("/etc/netns").join(namespace)
}

fn ip(arguments: &[&str]) {
    let output = Command::new("/sbin/ip").args(arguments).output().unwrap();
    assert!(output.status.success(), "ip {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}
