//! Resource types of the modules that the agent package brings along.
//!
//! Puppet 6 moved them out of its core. A Puppet server is installed on top of the agent package and so finds them in
//! `/opt/puppetlabs/puppet/vendor_modules`, behind all modules of an environment; a module of the same name on the
//! module path goes first. The attributes are those of augeas_core 1.5.0, cron_core 1.3.0, host_core 1.3.0,
//! mount_core 1.3.0, scheduled_task 3.2.0, selinux_core 1.4.0, sshkeys_core 2.5.0, yumrepo_core 2.1.0, zfs_core
//! 1.6.1, zone_core 1.2.0 (agent 8.10).

use super::{Row, Title};

/// The types, by name.
#[rustfmt::skip]
pub(super) const TYPES: &[Row] = &[
    Row {
        name: "augeas",
        isomorphic: true,
        namevars: &["name"],
        title: Title::Whole("name"),
        properties: &["returns"],
        parameters: &[
            "name", "context", "onlyif", "changes", "root", "load_path", "force", "type_check", "lens",
            "incl", "show_diff", "provider",
        ],
    },
    Row {
        name: "cron",
        isomorphic: true,
        namevars: &["name"],
        title: Title::Whole("name"),
        properties: &[
            "ensure", "command", "special", "minute", "hour", "weekday", "month", "monthday", "environment",
            "user", "target",
        ],
        parameters: &["name", "provider"],
    },
    Row {
        name: "host",
        isomorphic: true,
        namevars: &["name"],
        title: Title::Whole("name"),
        properties: &["ensure", "ip", "host_aliases", "comment", "target"],
        parameters: &["name", "provider"],
    },
    Row {
        name: "mount",
        isomorphic: true,
        namevars: &["name"],
        title: Title::Whole("name"),
        properties: &[
            "ensure", "device", "blockdevice", "fstype", "options", "pass", "atboot", "dump", "target",
        ],
        parameters: &["name", "remounts", "provider"],
    },
    Row {
        name: "scheduled_task",
        isomorphic: true,
        namevars: &["name"],
        title: Title::Whole("name"),
        properties: &[
            "ensure", "enabled", "command", "working_dir", "arguments", "description", "user",
            "compatibility", "trigger",
        ],
        parameters: &["name", "password", "provider"],
    },
    Row {
        name: "selboolean",
        isomorphic: true,
        namevars: &["name"],
        title: Title::Whole("name"),
        properties: &["value"],
        parameters: &["name", "persistent", "provider"],
    },
    Row {
        name: "selmodule",
        isomorphic: true,
        namevars: &["name"],
        title: Title::Whole("name"),
        properties: &["ensure", "syncversion"],
        parameters: &["name", "selmoduledir", "selmodulepath", "provider"],
    },
    Row {
        name: "ssh_authorized_key",
        isomorphic: true,
        namevars: &["name"],
        title: Title::Whole("name"),
        properties: &["ensure", "type", "key", "user", "target", "options"],
        parameters: &["name", "drop_privileges", "provider"],
    },
    Row {
        name: "sshkey",
        isomorphic: true,
        namevars: &["type", "name"],
        title: Title::Patterns(&[
            (r"^(.*?)@(.*)$", &["name", "type"]),
            (r"^([^@]+)$", &["name"]),
        ]),
        properties: &["ensure", "key", "host_aliases", "target"],
        parameters: &["type", "name", "provider"],
    },
    Row {
        name: "yumrepo",
        isomorphic: true,
        namevars: &["name"],
        title: Title::Whole("name"),
        properties: &[
            "ensure", "descr", "mirrorlist", "baseurl", "enabled", "gpgcheck", "payload_gpgcheck",
            "repo_gpgcheck", "gpgkey", "mirrorlist_expire", "include", "exclude", "gpgcakey", "includepkgs",
            "enablegroups", "module_hotfixes", "failovermethod", "keepalive", "retries", "http_caching",
            "timeout", "metadata_expire", "protect", "priority", "minrate", "throttle", "bandwidth", "cost",
            "proxy", "proxy_username", "proxy_password", "s3_enabled", "sslcacert", "sslverify",
            "sslclientcert", "sslclientkey", "metalink", "skip_if_unavailable", "assumeyes",
            "deltarpm_percentage", "deltarpm_metadata_percentage", "username", "password",
        ],
        parameters: &["name", "target", "provider"],
    },
    Row {
        name: "zfs",
        isomorphic: true,
        namevars: &["name"],
        title: Title::Whole("name"),
        properties: &[
            "ensure", "aclinherit", "aclmode", "acltype", "atime", "canmount", "checksum", "compression",
            "copies", "dedup", "defaultuserquota", "devices", "exec", "logbias", "mountpoint", "nbmand",
            "overlay", "primarycache", "quota", "readonly", "recordsize", "refquota", "refreservation",
            "relatime", "reservation", "secondarycache", "setuid", "shareiscsi", "sharenfs", "sharesmb",
            "snapdir", "sync", "version", "volsize", "vscan", "xattr", "zoned",
        ],
        parameters: &["name", "provider"],
    },
    Row {
        name: "zone",
        isomorphic: true,
        namevars: &["name"],
        title: Title::Whole("name"),
        properties: &["ensure", "ip", "iptype", "autoboot", "path", "pool", "shares", "dataset", "inherit"],
        parameters: &[
            "name", "id", "clone", "sysidcfg", "create_args", "install_args", "realhostname", "provider",
        ],
    },
    Row {
        name: "zpool",
        isomorphic: true,
        namevars: &["pool"],
        title: Title::Whole("pool"),
        properties: &[
            "ensure", "disk", "mirror", "raidz", "spare", "log", "cache", "ashift", "autoexpand",
            "failmode",
        ],
        parameters: &["pool", "raid_parity", "provider"],
    },
];
