//! What the server is told by its configuration.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use compiler::image::Strict;

use crate::classifier::NodeTerminus;
use crate::files::FileSettings;
use crate::versions::Versions;

/// Settings of the server, worked out by the product from its files.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Name of this server's certificate: `servername`, and `X-Puppet-Compiler-Name`.
    pub certname: String,
    /// This server's IPv4 address, for `serverip`.
    pub ip: Option<String>,
    /// This server's IPv6 address, for `serverip6`.
    pub ip6: Option<String>,
    /// Environment of catalogs that are asked for in one that does not exist.
    pub default_environment: String,
    /// Directories that hold environments; the first that has one of a name wins.
    pub environmentpath: Vec<PathBuf>,
    /// Directories of modules behind those of each environment.
    pub basemodulepath: Vec<PathBuf>,
    /// Manifest of environments that name none; relative to the environment.
    pub default_manifest: PathBuf,
    /// Whether `manifest` in `environment.conf` is ignored.
    pub disable_per_environment_manifest: bool,
    /// Hiera configuration of the global layer.
    pub hiera_config: Option<PathBuf>,
    /// What doubtful constructs do.
    pub strict: Strict,
    /// Whether an unknown variable is an error.
    pub strict_variables: bool,
    /// Whether the keys that a compile looks up in Hiera are stored with its catalog.
    pub track_lookups: bool,
    /// Where files for agents are.
    pub files: FileSettings,
    /// Where classes, parameters and environments of nodes come from.
    pub node_terminus: NodeTerminus,
    /// Command, or directory of commands, that knows more about a node (`$trusted['external']`).
    pub trusted_external_command: Option<PathBuf>,
    /// Variables of the class `settings`.
    pub variables: Vec<(String, pcore::Value)>,
    /// Short names of trusted extensions beyond Puppet's own.
    pub oid_names: pki::oid::OidNames,
    /// At most this often an environment's files are looked over for changes.
    pub check_interval: Duration,
    /// Catalogs compiled at once; 0 is the number of processors.
    pub workers: usize,
    /// Compiles that may wait; 0 is no limit.
    pub max_queued_requests: usize,
    /// Longest time an agent is told to wait when the queue is full; zero tells none.
    pub max_retry_delay: Duration,
    /// Longest time a request waits for its catalog.
    pub compile_timeout: Duration,
    /// How much a compile may use up.
    pub bounds: compiler::Bounds,
    /// How functions and templates in Ruby are run that are not native; `None`: they are not.
    pub ruby: Option<foreign::Settings>,
    /// Command that prints the version of an environment's code (`code-id-command`); its argument is the environment. Catalogs
    /// are static if it says one.
    pub code_id_command: Option<PathBuf>,
    /// Environments whose code comes in versions.
    pub versions: Option<Arc<dyn Versions>>,
    /// How many bytes of catalogs are kept for nodes whose inputs do not change; 0 keeps none.
    pub memo_bytes: usize,
    /// One of so many kept catalogs is compared with a fresh compile before it is sent again; 0 is none.
    pub memo_verify_every: u64,
    /// Size of a request's body, where the kind of request has no smaller limit of its own.
    pub body_bytes_max: u64,
}
