//! The module docker: flags of the command `docker` from hashes of options.

use pcore::format::ruby_to_s;
use pcore::{Hash, Value};

use super::all;
use crate::context::Context;
use crate::error::Control;
use crate::functions::{Legacy, Native, OfModule, Overload, collections, ruby};

pub(in crate::functions) const DOCKER: OfModule = all(
    "docker",
    &[&ENV],
    &[
        &EXEC_FLAGS,
        &PLUGIN_ENABLE_FLAGS,
        &PLUGIN_INSTALL_FLAGS,
        &PLUGIN_REMOVE_FLAGS,
        &RUN_FLAGS,
        &SECRETS_FLAGS,
        &SERVICE_FLAGS,
        &STACK_FLAGS,
        &SWARM_INIT_FLAGS,
        &SWARM_JOIN_FLAGS,
    ],
);

/// Gives its argument.
const ENV: Native = Native {
    name: "docker::env",
    local_types: &[],
    overloads: &[Overload::new("(Array $args) >> Array", |_, arguments| {
        Ok(arguments.first().cloned().unwrap_or_default())
    })],
};

/// Options, and the flags that they have made so far.
struct Flags<'v> {
    options: Option<&'v Hash>,
    flags: Vec<String>,
}

impl<'v> Flags<'v> {
    fn new(arguments: &'v [Value]) -> Result<Flags<'v>, Control> {
        let options = match arguments.first() {
            None | Some(Value::Undef | Value::Bool(false)) => None,
            Some(Value::Hash(options)) => Some(&**options),
            // An empty text has no options either.
            Some(Value::Str(text)) if text.is_empty() => None,
            Some(other) => return Err(ruby::no_method("[]", other).into()),
        };
        Ok(Flags { options, flags: Vec::new() })
    }

    fn get(&self, name: &str) -> &'v Value {
        static NOTHING: Value = Value::Undef;
        self.options.and_then(|options| options.get_str(name)).unwrap_or(&NOTHING)
    }

    fn push(&mut self, flag: impl Into<String>) {
        self.flags.push(flag.into());
    }

    /// A flag, if the option is true.
    fn if_true(&mut self, name: &str, flag: &str) {
        if self.get(name).is_true() {
            self.push(flag);
        }
    }

    /// A flag, if the option is exactly `true`.
    fn if_exactly_true(&mut self, name: &str, flag: &str) {
        if *self.get(name) == Value::Bool(true) {
            self.push(flag);
        }
    }

    /// A flag, unless the option is `false` or `'false'`.
    fn unless_false(&mut self, name: &str, flag: &str) {
        if ruby_to_s(self.get(name)) != "false" {
            self.push(flag);
        }
    }

    /// The text of an option that is there.
    fn text(&self, name: &str) -> Option<String> {
        let value = self.get(name);
        Some(ruby_to_s(value)).filter(|text| value.is_true() && text != "undef")
    }

    /// `before`, the text of the option and `after`, if it is there.
    fn with_text(&mut self, before: &str, name: &str, after: &str) {
        if let Some(text) = self.text(name) {
            self.push(format!("{before}{text}{after}"));
        }
    }

    /// A flag for each item of an option that is an array.
    fn with_items(&mut self, before: &str, name: &str, after: &str) {
        for item in self.get(name).as_array().unwrap_or_default() {
            self.push(format!("{before}{}{after}", ruby_to_s(item)));
        }
    }

    fn line(self) -> Value {
        self.flags.join(" ").into()
    }
}

/// Flags of `docker exec`.
const EXEC_FLAGS: Legacy = Legacy::value("docker_exec_flags", -1, |_, arguments| {
    let mut flags = Flags::new(arguments)?;
    flags.if_true("detach", "--detach=true");
    flags.if_true("interactive", "--interactive=true");
    flags.if_true("tty", "--tty=true");
    match flags.get("env") {
        Value::Undef | Value::Array(_) => flags.with_items("--env ", "env", ""),
        other => return Err(ruby::no_method("each", other).into()),
    }
    Ok(flags.line())
});

/// Flags of `docker plugin enable`.
const PLUGIN_ENABLE_FLAGS: Legacy = Legacy::value("docker_plugin_enable_flags", -1, |_, arguments| {
    let mut flags = Flags::new(arguments)?;
    flags.if_exactly_true("force_remove", "--force");
    let name = if flags.text("plugin_alias").is_some() { "plugin_alias" } else { "plugin_name" };
    flags.with_text("'", name, "'");
    Ok(flags.line())
});

/// Flags of `docker plugin install`.
const PLUGIN_INSTALL_FLAGS: Legacy = Legacy::value("docker_plugin_install_flags", -1, |_, arguments| {
    let mut flags = Flags::new(arguments)?;
    flags.with_text("--alias ", "plugin_alias", "");
    flags.if_exactly_true("disable_on_install", "--disable");
    flags.if_exactly_true("disable_content_trust", "--disable-content-trust");
    flags.if_exactly_true("grant_all_permissions", "--grant-all-permissions");
    flags.with_text("'", "plugin_name", "'");
    flags.with_items("", "settings", "");
    Ok(flags.line())
});

/// Flags of `docker plugin remove`.
const PLUGIN_REMOVE_FLAGS: Legacy = Legacy::value("docker_plugin_remove_flags", -1, |_, arguments| {
    let mut flags = Flags::new(arguments)?;
    flags.if_exactly_true("force_remove", "--force");
    flags.with_text("'", "plugin_name", "'");
    Ok(flags.line())
});

/// Flags of `docker secret`.
const SECRETS_FLAGS: Legacy = Legacy::value("docker_secrets_flags", -1, |_, arguments| {
    let mut flags = Flags::new(arguments)?;
    if ruby_to_s(flags.get("ensure")) == "present" {
        flags.push("create");
    }
    flags.with_text("'", "secret_name", "'");
    flags.with_text("'", "secret_path", "'");
    let mut labels = Vec::new();
    collections::push_flat(std::slice::from_ref(flags.get("label")), &mut labels);
    // The original never puts the label in.
    for _ in labels.iter().filter(|label| !label.is_undef()) {
        flags.push("-l %s \\\n");
    }
    Ok(flags.line())
});

/// Flags of `docker service create`.
const SERVICE_FLAGS: Legacy = Legacy::value("docker_service_flags", -1, |_, arguments| {
    let mut flags = Flags::new(arguments)?;
    flags.with_text("'", "service_name", "'");
    flags.unless_false("detach", "--detach");
    flags.with_items("--env '", "env", "'");
    flags.with_items("--label ", "label", "");
    flags.with_items("--mount ", "mounts", "");
    flags.with_items("--network ", "networks", "");
    match flags.get("publish") {
        Value::Array(_) => flags.with_items("--publish ", "publish", ""),
        _ => flags.with_text("--publish '", "publish", "'"),
    }
    flags.with_text("--replicas '", "replicas", "'");
    flags.unless_false("tty", "--tty");
    flags.with_text("--user '", "user", "'");
    flags.with_text("--workdir '", "workdir", "'");
    flags.with_items("", "extra_params", "");
    flags.with_text("-H '", "host_socket", "'");
    match flags.get("registry_mirror") {
        Value::Array(_) => flags.with_items("--registry-mirror='", "registry_mirror", "'"),
        _ => flags.with_text("--registry-mirror='", "registry_mirror", "'"),
    }
    flags.with_text("'", "image", "'");
    match flags.get("command") {
        Value::Array(words) => flags.push(collections::joined(words, " ")),
        _ => flags.with_text("", "command", ""),
    }
    Ok(flags.line())
});

/// Flags of `docker stack deploy`.
const STACK_FLAGS: Legacy = Legacy::value("docker_stack_flags", -1, |_, arguments| {
    let mut flags = Flags::new(arguments)?;
    flags.with_text("--bundle-file '", "bundle_file", "'");
    if flags.text("compose_files").is_some() {
        match flags.get("compose_files") {
            Value::Array(_) => flags.with_items("--compose-file '", "compose_files", "'"),
            other => return Err(ruby::no_method("each", other).into()),
        }
    }
    flags.with_text("--resolve-image '", "resolve_image", "'");
    for (name, flag) in [("prune", "--prune"), ("with_registry_auth", "--with-registry-auth")] {
        if flags.text(name).is_some() {
            flags.push(flag);
        }
    }
    Ok(flags.line())
});

/// Flags of `docker swarm init`.
const SWARM_INIT_FLAGS: Legacy = Legacy::value("docker_swarm_init_flags", -1, |_, arguments| {
    let mut flags = Flags::new(arguments)?;
    flags.unless_false("init", "init");
    flags.with_text("--advertise-addr '", "advertise_addr", "'");
    flags.unless_false("autolock", "--autolock");
    flags.with_text("--cert-expiry '", "cert_expiry", "'");
    flags.with_items("--default-addr-pool ", "default_addr_pool", "");
    flags.with_text("--default-addr-pool-mask-length '", "default_addr_pool_mask_length", "'");
    flags.with_text("--dispatcher-heartbeat '", "dispatcher_heartbeat", "'");
    flags.with_text("--external-ca '", "external_ca", "'");
    flags.unless_false("force_new_cluster", "--force-new-cluster");
    flags.with_text("--listen-addr '", "listen_addr", "'");
    flags.with_text("--max-snapshots '", "max_snapshots", "'");
    flags.with_text("--snapshot-interval '", "snapshot_interval", "'");
    Ok(flags.line())
});

/// Flags of `docker swarm join`.
const SWARM_JOIN_FLAGS: Legacy = Legacy::value("docker_swarm_join_flags", -1, |_, arguments| {
    let mut flags = Flags::new(arguments)?;
    flags.unless_false("join", "join");
    flags.with_text("--advertise-addr '", "advertise_addr", "'");
    flags.with_text("--listen-addr \"", "listen_addr", "\"");
    flags.with_text("--token '", "token", "'");
    Ok(flags.line())
});

/// Flags of `docker run`, escaped for the shell of the node.
const RUN_FLAGS: Legacy = Legacy::value("docker_run_flags", -1, run_flags);

fn run_flags(context: &mut Context<'_, '_>, arguments: &[Value]) -> Result<Value, Control> {
    let mut flags = Flags::new(arguments)?;
    let family = context.fact(&["os", "family"]);
    let escape_function =
        if family.as_str() == Some("windows") { "stdlib::powershell_escape" } else { "stdlib::shell_escape" };
    let mut escaped = |value: &Value| -> Result<String, Control> {
        // As a function of the older interface gets it.
        let value = if value.is_undef() { "".into() } else { value.clone() };
        Ok(ruby_to_s(&context.call_function(escape_function, vec![value], false)?))
    };
    for (name, flag) in [("username", "-u"), ("hostname", "-h")] {
        if flags.get(name).is_true() {
            let value = escaped(flags.get(name))?;
            flags.push(format!("{flag} {value}"));
        }
    }
    if flags.get("restart").is_true() {
        let restart = ruby_to_s(flags.get("restart"));
        flags.push(format!("--restart '{restart}'"));
    }
    match flags.get("net") {
        net @ Value::Str(_) => {
            let net = escaped(net)?;
            flags.push(format!("--net {net}"));
        }
        Value::Array(nets) => {
            for net in nets.iter() {
                let net = escaped(net)?;
                flags.push(format!("--net {net}"));
            }
        }
        _ => {}
    }
    if flags.get("memory_limit").is_true() {
        let limit = ruby_to_s(flags.get("memory_limit"));
        flags.push(format!("-m {limit}"));
    }
    let listed = |value: &Value| {
        let mut flat = Vec::new();
        collections::push_flat(std::slice::from_ref(value), &mut flat);
        flat.retain(|value| !value.is_undef());
        flat
    };
    let cpus = listed(flags.get("cpuset"));
    if !cpus.is_empty() {
        flags.push(format!("--cpuset-cpus={}", collections::joined(&cpus, ",")));
    }
    flags.if_true("disable_network", "-n false");
    flags.if_true("privileged", "--privileged");
    flags.with_text("--health-cmd='", "health_check_cmd", "'");
    flags.with_text("--health-interval=", "health_check_interval", "s");
    flags.if_true("tty", "-t");
    flags.if_true("read_only", "--read-only=true");
    let is_windows = flags.text("osfamily").is_some_and(|family| family.eq_ignore_ascii_case("windows"));
    let separator = if is_windows { " `\n" } else { " \\\n" };
    for (format, name) in [
        ("--dns ", "dns"),
        ("--dns-search ", "dns_search"),
        ("--expose=", "expose"),
        ("--link ", "links"),
        ("--lxc-conf=", "lxc_conf"),
        ("--volumes-from ", "volumes_from"),
        ("-e ", "env"),
        ("--env-file ", "env_file"),
        ("-p ", "ports"),
        ("-l ", "labels"),
        ("--add-host ", "hostentries"),
        ("-v ", "volumes"),
    ] {
        for value in listed(flags.get(name)) {
            let value = escaped(&value)?;
            flags.push(format!("{format}{value}{separator}"));
        }
    }
    match flags.get("extra_params") {
        Value::Array(more) => {
            let mut flat = Vec::new();
            collections::push_flat(more, &mut flat);
            flat.iter().for_each(|flag| flags.push(ruby_to_s(flag)));
        }
        other => return Err(ruby::no_method("each", other).into()),
    }
    Ok(flags.flags.join(separator).into())
}
