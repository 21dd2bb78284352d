//! Modules with one or two functions.

mod settings;
mod texts;

use super::all;
use crate::functions::OfModule;

pub(in crate::functions) const AUGEAS_CORE: OfModule = all("augeas_core", &[&texts::AUGEAS], &[]);
pub(in crate::functions) const COLLECTD: OfModule =
    all("collectd", &[], &[&settings::COLLECTD_CONVERT_PROCESSES]);
pub(in crate::functions) const DATACAT: OfModule = all("datacat", &[], &[&texts::TEMPLATE_BODY]);
pub(in crate::functions) const DNS: OfModule = all("dns", &[], &[&texts::DATE, &texts::GET_IN_ADDR_ARPA]);
pub(in crate::functions) const ELASTICSEARCH: OfModule =
    all("elasticsearch", &[], &[&settings::ARRAY_SUFFIX, &settings::CONCAT_MERGE, &texts::PLUGIN_DIR]);
pub(in crate::functions) const GRAFANA: OfModule = all("grafana", &[&texts::GET_SUB_PATHS], &[]);
pub(in crate::functions) const ICINGA2: OfModule = all("icinga2", &[&texts::ICINGA2_TICKET_ID], &[]);
pub(in crate::functions) const INIFILE: OfModule =
    all("inifile", &[&settings::CREATE_INI_SETTINGS, &settings::OLD_CREATE_INI_SETTINGS], &[]);
pub(in crate::functions) const JENKINS: OfModule =
    all("jenkins", &[], &[&settings::JENKINS_PORT, &settings::JENKINS_PREFIX]);
pub(in crate::functions) const LETSENCRYPT: OfModule =
    all("letsencrypt", &[&settings::LETSENCRYPT_LOOKUP], &[]);
pub(in crate::functions) const MCOLLECTIVE: OfModule =
    all("mcollective", &[], &[&texts::MCO_ARRAY_TO_STRING]);
pub(in crate::functions) const MEMCACHED_7: OfModule =
    OfModule { module: "memcached", versions: 0..=7, native: &[&texts::MAX_MEMORY_7], legacy: &[] };
pub(in crate::functions) const MEMCACHED: OfModule =
    OfModule { module: "memcached", versions: 8..=u64::MAX, native: &[&texts::MAX_MEMORY], legacy: &[] };
pub(in crate::functions) const MONGODB: OfModule =
    all("mongodb", &[&texts::MONGODB_PASSWORD], &[&texts::OLD_MONGODB_PASSWORD]);
pub(in crate::functions) const OPENSSL: OfModule = all("openssl", &[], &[&texts::CERT_DATE_VALID]);
pub(in crate::functions) const PHP: OfModule =
    all("php", &[&settings::ENSURE_PREFIX], &[&settings::TO_HASH_SETTINGS]);
pub(in crate::functions) const REDIS: OfModule = all("redis", &[], &[&texts::GETVAR_EMPTYSTRING]);
pub(in crate::functions) const STAGING: OfModule =
    all("staging", &[], &[&settings::SCOPE_DEFAULTS, &texts::STAGING_PARSE]);
pub(in crate::functions) const SYSTEMD: OfModule = all("systemd", &[&texts::SYSTEMD_ESCAPE], &[]);
pub(in crate::functions) const TOMCAT: OfModule = all("tomcat", &[&settings::CHANGE], &[]);
pub(in crate::functions) const TRANSLATE: OfModule = all("translate", &[&texts::TRANSLATE], &[]);
pub(in crate::functions) const VSWITCH: OfModule = all("vswitch", &[&texts::RANGE_TO_MASK], &[]);
pub(in crate::functions) const WILDFLY: OfModule = all("wildfly", &[&settings::OBJECTIFY], &[]);
