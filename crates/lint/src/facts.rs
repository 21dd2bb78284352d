//! Facts by their old names, and what they are called now.

/// Facts that have a structured counterpart: the old name and the path to the new one.
static RENAMED: &[(&str, &[&str])] = &[
    ("architecture", &["os", "architecture"]),
    ("augeasversion", &["augeas", "version"]),
    ("bios_release_date", &["dmi", "bios", "release_date"]),
    ("bios_vendor", &["dmi", "bios", "vendor"]),
    ("bios_version", &["dmi", "bios", "version"]),
    ("boardassettag", &["dmi", "board", "asset_tag"]),
    ("boardmanufacturer", &["dmi", "board", "manufacturer"]),
    ("boardproductname", &["dmi", "board", "product"]),
    ("boardserialnumber", &["dmi", "board", "serial_number"]),
    ("chassisassettag", &["dmi", "chassis", "asset_tag"]),
    ("chassistype", &["dmi", "chassis", "type"]),
    ("domain", &["networking", "domain"]),
    ("fqdn", &["networking", "fqdn"]),
    ("gid", &["identity", "group"]),
    ("hardwareisa", &["processors", "isa"]),
    ("hardwaremodel", &["os", "hardware"]),
    ("hostname", &["networking", "hostname"]),
    ("id", &["identity", "user"]),
    ("ipaddress", &["networking", "ip"]),
    ("ipaddress6", &["networking", "ip6"]),
    ("lsbdistcodename", &["os", "distro", "codename"]),
    ("lsbdistdescription", &["os", "distro", "description"]),
    ("lsbdistid", &["os", "distro", "id"]),
    ("lsbdistrelease", &["os", "distro", "release", "full"]),
    ("lsbmajdistrelease", &["os", "distro", "release", "major"]),
    ("lsbminordistrelease", &["os", "distro", "release", "minor"]),
    ("lsbrelease", &["os", "distro", "release", "specification"]),
    ("macaddress", &["networking", "mac"]),
    ("macosx_buildversion", &["os", "macosx", "build"]),
    ("macosx_productname", &["os", "macosx", "product"]),
    ("macosx_productversion", &["os", "macosx", "version", "full"]),
    ("macosx_productversion_major", &["os", "macosx", "version", "major"]),
    ("macosx_productversion_minor", &["os", "macosx", "version", "minor"]),
    ("manufacturer", &["dmi", "manufacturer"]),
    ("memoryfree", &["memory", "system", "available"]),
    ("memorysize", &["memory", "system", "total"]),
    ("netmask", &["networking", "netmask"]),
    ("netmask6", &["networking", "netmask6"]),
    ("network", &["networking", "network"]),
    ("network6", &["networking", "network6"]),
    ("operatingsystem", &["os", "name"]),
    ("operatingsystemmajrelease", &["os", "release", "major"]),
    ("operatingsystemrelease", &["os", "release", "full"]),
    ("osfamily", &["os", "family"]),
    ("physicalprocessorcount", &["processors", "physicalcount"]),
    ("processorcount", &["processors", "count"]),
    ("productname", &["dmi", "product", "name"]),
    ("rubyplatform", &["ruby", "platform"]),
    ("rubysitedir", &["ruby", "sitedir"]),
    ("rubyversion", &["ruby", "version"]),
    ("selinux", &["os", "selinux", "enabled"]),
    ("selinux_config_mode", &["os", "selinux", "config_mode"]),
    ("selinux_config_policy", &["os", "selinux", "config_policy"]),
    ("selinux_current_mode", &["os", "selinux", "current_mode"]),
    ("selinux_enforced", &["os", "selinux", "enforced"]),
    ("selinux_policyversion", &["os", "selinux", "policy_version"]),
    ("serialnumber", &["dmi", "product", "serial_number"]),
    ("swapencrypted", &["memory", "swap", "encrypted"]),
    ("swapfree", &["memory", "swap", "available"]),
    ("swapsize", &["memory", "swap", "total"]),
    ("system32", &["os", "windows", "system32"]),
    ("uptime", &["system_uptime", "uptime"]),
    ("uptime_days", &["system_uptime", "days"]),
    ("uptime_hours", &["system_uptime", "hours"]),
    ("uptime_seconds", &["system_uptime", "seconds"]),
    ("uuid", &["dmi", "product", "uuid"]),
    ("xendomains", &["xen", "domains"]),
    ("zonename", &["solaris_zones", "current"]),
];

/// Facts that are gone without a counterpart of the same meaning.
static GONE: [&str; 11] = [
    "memoryfree_mb",
    "memorysize_mb",
    "swapfree_mb",
    "swapsize_mb",
    "blockdevices",
    "interfaces",
    "zones",
    "sshfp_dsa",
    "sshfp_ecdsa",
    "sshfp_ed25519",
    "sshfp_rsa",
];

/// An old fact.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Legacy {
    /// Where its value is found now, each key as it is written between brackets (`'os'`, `0`).
    Renamed(Vec<String>),
    /// Nothing says the same.
    Gone,
}

/// Names that no variable of the top scope is warned of, since they are warned of as facts.
pub(crate) fn renamed() -> impl Iterator<Item = &'static str> {
    RENAMED.iter().map(|&(name, _)| name)
}

/// What became of a fact; `None` if the name is not that of an old one.
pub(crate) fn legacy(name: &str) -> Option<Legacy> {
    if let Ok(at) = RENAMED.binary_search_by_key(&name, |&(name, _)| name) {
        return Some(Legacy::Renamed(RENAMED[at].1.iter().map(|key| quoted(key)).collect()));
    }
    if GONE.contains(&name) {
        return Some(Legacy::Gone);
    }
    let keys: Vec<String> = numbered(name)?.into_iter().collect();
    Some(Legacy::Renamed(keys))
}

/// Facts of which there is one for each device, interface, zone and so on.
fn numbered(name: &str) -> Option<Vec<String>> {
    if let Some(rest) = name.strip_prefix("blockdevice_")
        && let Some((device, attribute)) = rest.rsplit_once('_')
        && matches!(attribute, "model" | "size" | "vendor")
    {
        return Some(vec![quoted("disks"), quoted(device), quoted(attribute)]);
    }
    for attribute in
        ["ipaddress", "ipaddress6", "macaddress", "mtu", "netmask", "netmask6", "network", "network6"]
    {
        if let Some(interface) = name.strip_prefix(attribute).and_then(|rest| rest.strip_prefix('_')) {
            let attribute = attribute.replacen("address", "", 1);
            return Some(vec![
                quoted("networking"),
                quoted("interfaces"),
                quoted(interface),
                quoted(&attribute),
            ]);
        }
    }
    if let Some(id) = name.strip_prefix("processor")
        && !id.is_empty()
        && id.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Some(vec![quoted("processors"), quoted("models"), id.to_owned()]);
    }
    if let Some(name) = name.strip_prefix("sp_") {
        return Some(vec![quoted("system_profiler"), quoted(name)]);
    }
    if let Some(algorithm) = name.strip_prefix("ssh").and_then(|rest| rest.strip_suffix("key"))
        && matches!(algorithm, "dsa" | "ecdsa" | "ed25519" | "rsa")
    {
        return Some(vec![quoted("ssh"), quoted(algorithm), quoted("key")]);
    }
    if let Some(name) = name.strip_prefix("ldom_") {
        return Some(vec![quoted("ldom"), quoted(name)]);
    }
    if let Some(rest) = name.strip_prefix("zone_")
        && let Some((zone, attribute)) = rest.rsplit_once('_')
        && matches!(attribute, "brand" | "iptype" | "name" | "uuid" | "id" | "path" | "status")
    {
        return Some(vec![quoted("solaris_zones"), quoted("zones"), quoted(zone), quoted(attribute)]);
    }
    None
}

fn quoted(key: &str) -> String {
    format!("'{key}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_names_lead_to_new_ones() {
        assert!(RENAMED.is_sorted_by_key(|&(name, _)| name));
        let path = |name| match legacy(name) {
            Some(Legacy::Renamed(keys)) => keys.join(" "),
            other => format!("{other:?}"),
        };
        assert_eq!(path("osfamily"), "'os' 'family'");
        assert_eq!(path("blockdevice_sda_1_size"), "'disks' 'sda_1' 'size'");
        assert_eq!(path("ipaddress6_eth0"), "'networking' 'interfaces' 'eth0' 'ip6'");
        assert_eq!(path("processor12"), "'processors' 'models' 12");
        assert_eq!(path("sshed25519key"), "'ssh' 'ed25519' 'key'");
        assert_eq!(path("zone_a_b_path"), "'solaris_zones' 'zones' 'a_b' 'path'");
        assert_eq!(path("interfaces"), "Some(Gone)");
        assert_eq!(path("processor"), "None");
        assert_eq!(path("os"), "None");
    }
}
