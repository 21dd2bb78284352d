//! The resource types of Puppet 8 itself: their attributes as data.
//!
//! Types that Puppet 6 moved into modules (cron, host, mount…) are in [`super::vendored`].
//! What the agent validates (values, providers, features) is no concern of a compile and is left out.

use super::{Row, Title};

/// Attributes that every type takes, in Puppet's order.
pub(super) const METAPARAMETERS: &[&str] = &[
    "noop",
    "schedule",
    "audit",
    "loglevel",
    "alias",
    "tag",
    "require",
    "subscribe",
    "before",
    "notify",
    "stage",
];

/// The types, by name.
#[rustfmt::skip]
pub(super) const TYPES: &[Row] = &[
    Row {
        name: "component",
        isomorphic: true,
        namevars: &["name"],
        title: Title::Whole("name"),
        properties: &[],
        parameters: &["name"],
    },
    Row {
        name: "exec",
        isomorphic: false,
        namevars: &["command"],
        title: Title::Whole("command"),
        properties: &["returns"],
        parameters: &[
            "command", "path", "user", "group", "cwd", "logoutput", "refresh", "environment", "umask",
            "timeout", "tries", "try_sleep", "refreshonly", "creates", "unless", "onlyif", "provider",
        ],
    },
    Row {
        name: "file",
        isomorphic: true,
        namevars: &["path"],
        title: Title::Path("path"),
        properties: &[
            "ensure", "content", "checksum_value", "target", "owner", "group", "mode", "type", "seluser",
            "selrole", "seltype", "selrange", "ctime", "mtime",
        ],
        parameters: &[
            "path", "backup", "recurse", "recurselimit", "max_files", "replace", "force", "ignore", "links",
            "purge", "sourceselect", "show_diff", "staging_location", "validate_cmd", "validate_replacement",
            "provider", "checksum", "source", "source_permissions", "selinux_ignore_defaults",
        ],
    },
    Row {
        name: "filebucket",
        isomorphic: true,
        namevars: &["name"],
        title: Title::Whole("name"),
        properties: &[],
        parameters: &["name", "server", "port", "path"],
    },
    Row {
        name: "group",
        isomorphic: true,
        namevars: &["name"],
        title: Title::Whole("name"),
        properties: &["ensure", "gid", "members", "attributes"],
        parameters: &[
            "auth_membership", "name", "allowdupe", "ia_load_module", "attribute_membership", "system",
            "forcelocal", "provider",
        ],
    },
    Row {
        name: "notify",
        isomorphic: true,
        namevars: &["name"],
        title: Title::Whole("name"),
        properties: &["message"],
        parameters: &["withpath", "name"],
    },
    Row {
        name: "package",
        isomorphic: true,
        namevars: &["name", "provider", "command"],
        title: Title::Whole("name"),
        properties: &["ensure", "package_settings", "flavor", "mark"],
        parameters: &[
            "name", "provider", "command", "source", "instance", "status", "adminfile", "responsefile",
            "configfiles", "category", "platform", "root", "vendor", "description", "allowcdrom",
            "enable_only", "install_only", "install_options", "uninstall_options", "allow_virtual",
            "reinstall_on_refresh",
        ],
    },
    Row {
        name: "resources",
        isomorphic: true,
        namevars: &["name"],
        title: Title::Whole("name"),
        properties: &[],
        parameters: &["name", "purge", "unless_system_user", "unless_uid"],
    },
    Row {
        name: "schedule",
        isomorphic: true,
        namevars: &["name"],
        title: Title::Whole("name"),
        properties: &[],
        parameters: &["name", "range", "periodmatch", "period", "repeat", "weekday"],
    },
    Row {
        name: "service",
        isomorphic: true,
        namevars: &["name"],
        title: Title::Whole("name"),
        properties: &["ensure", "enable", "logonaccount", "flags"],
        parameters: &[
            "logonpassword", "binary", "hasstatus", "name", "path", "pattern", "restart", "start", "status",
            "stop", "control", "hasrestart", "manifest", "timeout", "provider",
        ],
    },
    Row {
        name: "stage",
        isomorphic: true,
        namevars: &["name"],
        title: Title::Whole("name"),
        properties: &[],
        parameters: &["name"],
    },
    Row {
        name: "tidy",
        isomorphic: false,
        namevars: &["path"],
        title: Title::Whole("path"),
        properties: &[],
        parameters: &["path", "recurse", "max_files", "matches", "backup", "age", "size", "type", "rmdirs"],
    },
    Row {
        name: "user",
        isomorphic: true,
        namevars: &["name"],
        title: Title::Whole("name"),
        properties: &[
            "ensure", "home", "uid", "gid", "comment", "shell", "password", "password_min_age",
            "password_max_age", "password_warn_days", "groups", "expiry", "roles", "auths", "profiles",
            "keys", "project", "attributes", "salt", "iterations", "loginclass",
        ],
        parameters: &[
            "name", "membership", "system", "allowdupe", "managehome", "role_membership", "auth_membership",
            "profile_membership", "key_membership", "ia_load_module", "attribute_membership", "forcelocal",
            "purge_ssh_keys", "provider",
        ],
    },
    Row {
        name: "whit",
        isomorphic: true,
        namevars: &["name"],
        title: Title::Whole("name"),
        properties: &[],
        parameters: &["name"],
    },
];
