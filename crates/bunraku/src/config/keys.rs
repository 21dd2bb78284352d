//! Every key of `bunraku.toml` with its default and its meaning.

use std::fmt::Write as _;

use anyhow::bail;

/// A key.
pub struct Key {
    /// `section.key`, or `key` at the top.
    pub path: &'static str,
    /// The default as it would be written in the file; `""` and `[]` stand for "as in puppet.conf, or found out".
    pub default: &'static str,
    /// What it does, for people.
    pub doc: &'static str,
}

macro_rules! keys {
    ($($path:literal = $default:literal, $doc:literal;)*) => {
        /// All keys in the order of the example file.
        pub const KEYS: &[Key] = &[$(Key { path: $path, default: $default, doc: $doc }),*];
    };
}

keys! {
    "certname" = "\"\"", "Name of this server's certificate. Default: `certname` of puppet.conf, else the host's full name.";
    "confdir" = "\"\"", "Directory with puppet.conf, hiera.yaml, autosign.conf, fileserver.conf and ssl/. Default: the first of /etc/puppetlabs/puppet, /etc/puppet and /etc/bunraku that has a puppet.conf, else /etc/bunraku.";
    "data-dir" = "\"\"", "Where the database and the file bucket live. Default: /var/lib/bunraku.";
    "listen.address" = "\"[::]:8140\"", "Address and port for agents. [::] is every address, IPv4 included; port 0 takes a free one.";
    "listen.max-connections" = "20000", "Open connections; further ones wait to be accepted.";
    "listen.max-header-bytes" = "32768", "Size of a request's head.";
    "listen.max-body-bytes" = "33554432", "Size of a request's body (facts, reports, files for the bucket).";
    "listen.handshake-timeout" = "\"10s\"", "Time for a TLS handshake.";
    "listen.header-timeout" = "\"30s\"", "Time for a request's head to arrive, and for which an idle connection is kept.";
    "listen.write-timeout" = "\"1m\"", "Time in which a client must take some of what it is sent.";
    "listen.shutdown-timeout" = "\"1m\"", "How long requests under way may take to end when the server stops.";
    "listen.drain-time" = "\"\"", "How long the server goes on answering while its status says that it stops, so that a balancer sends nobody any more. Default: 15s for a compiler, else 0s.";
    "code.environmentpath" = "[]", "Directories that hold environments. Default: puppet.conf.";
    "code.basemodulepath" = "[]", "Directories with modules for all environments. Default: puppet.conf.";
    "code.hiera-config" = "\"\"", "The global hiera.yaml. Default: puppet.conf.";
    "code.check-interval" = "\"1s\"", "At most this often an environment is looked over for changed files.";
    "code.code-id-command" = "\"\"", "Program that prints the version of an environment's code (argument: environment). Static catalogs need it.";
    "code.code-content-command" = "\"\"", "Program that prints a file of a version (arguments: environment, code-id, path).";
    "compile.workers" = "0", "Catalogs compiled at once; 0 is the number of processors.";
    "compile.max-queued-requests" = "1000", "Compiles that may wait; beyond it agents are told to come again (503 and Retry-After). 0 is no limit.";
    "compile.max-retry-delay" = "\"30m\"", "Longest time an agent is told to wait when the queue is full.";
    "compile.timeout" = "\"5m\"", "Longest time a request waits for its catalog, and that a compile may run.";
    "compile.max-steps" = "2000000000", "Expressions that a compile may evaluate.";
    "compile.max-memory" = "2147483648", "Bytes by which the server may grow while a compile runs that itself needs much; beyond it that compile fails. A value, and all parameters of a catalog, may come to half of it when what they share is counted each time.";
    "compile.max-resources" = "1000000", "Resources that a catalog may have.";
    "compile.memo-bytes" = "268435456", "Catalogs kept in memory and sent again while nothing that their compile read has changed; 0 compiles each time.";
    "compile.memo-verify-every" = "1000", "One of so many kept catalogs is compiled again and compared before it is sent; 0 is none.";
    "compile.strict" = "\"\"", "off, warning or error: what implicit conversions and unknown variables do. Default: puppet.conf, else error.";
    "compile.strict-variables" = "\"\"", "Whether an unknown variable is an error. Default: puppet.conf, else true.";
    "compile.track-lookups" = "\"\"", "Whether the keys that a catalog looks up in Hiera are stored with it (`catalog_inputs` of PuppetDB). Default: puppetserver.conf, else false.";
    "ruby.interpreter" = "\"\"", "Ruby that runs functions and templates of modules which are not native, in processes that can do nothing else; `none` runs no Ruby. Default: the agent's, else the first in PATH, else none.";
    "ruby.workers" = "0", "Such processes at once for each environment; 0 is the number of processors.";
    "ruby.memory-bytes" = "1073741824", "Address space of such a process.";
    "ruby.timeout" = "\"30s\"", "How long one call of such a function may take.";
    "ruby.network" = "false", "Whether such processes may use the network, which functions and backends of Hiera need that ask other servers.";
    "ruby.files-bytes" = "67108864", "Bytes of files that such code may keep for each environment: it finds `ruby/ENVIRONMENT` below `vardir` as its `vardir`, and can write nowhere else. 0: nothing.";
    "ca.dir" = "\"\"", "The authority's directory. Default: `cadir` of puppet.conf.";
    "ca.key-type" = "\"\"", "rsa or ec: keys that this server makes. Default: puppet.conf, else rsa.";
    "ca.key-length" = "\"\"", "Length of RSA keys. Default: `keylength` of puppet.conf, else 4096.";
    "ca.ttl" = "\"\"", "Life of certificates. Default: `ca_ttl` of puppet.conf, else 5y.";
    "ca.autosign" = "\"\"", "true, false, or the path of a list of names or of an executable that decides. Default: puppet.conf, else <confdir>/autosign.conf.";
    "ca.allow-duplicate-certs" = "\"\"", "Whether a request may replace an existing one of the same name. Default: puppet.conf, else false.";
    "ca.allow-subject-alt-names" = "false", "Whether requests with subject alternative names may be signed.";
    "ca.allow-authorization-extensions" = "false", "Whether requests with authorization extensions (1.3.6.1.4.1.34380.1.3) may be signed.";
    "ca.allow-auto-renewal" = "false", "Whether agents may renew their certificates themselves.";
    "ca.auto-renewal-cert-ttl" = "\"90d\"", "Life of a renewed certificate.";
    "ca.enable-infra-crl" = "false", "Whether agents get a revocation list of infrastructure certificates only.";
    "puppetdb.listen" = "\"[::]:8081\"", "Address and port on which the store of facts, catalogs and reports answers PuppetDB's clients over TLS. Empty: nowhere.";
    "puppetdb.http-listen" = "\"\"", "Address and port for clients on this machine, without TLS and certificates, such as 127.0.0.1:8080. Empty: nowhere.";
    "puppetdb.certificate-allowlist" = "\"\"", "File with the certnames that may use the listener beside this machine's, one a line. Default: no others.";
    "puppetdb.certificate-allowlist-read-only" = "\"\"", "File with the certnames that may query and change nothing, one a line. Default: none.";
    "puppetdb.database-url" = "\"\"", "PostgreSQL server (11 or newer), such as postgresql://db.example.com/puppetdb?sslmode=require. Default: an embedded database in data-dir.";
    "puppetdb.database-username" = "\"\"", "User, if the URL names none.";
    "puppetdb.database-password-file" = "\"\"", "File whose first line is the password.";
    "puppetdb.database-ca" = "\"\"", "PEM file with the authorities of the database server's certificate. Default: those of the system.";
    "puppetdb.database-connections" = "25", "Connections to the database server.";
    "puppetdb.command-threads" = "0", "Commands that are brought into the store at once. 0: as many as processors.";
    "puppetdb.max-command-size" = "134217728", "Largest command, in bytes, as it comes and unpacked. None of more than 999000000 bytes as it comes is taken.";
    "puppetdb.max-queued-commands" = "100000", "Commands that may wait; beyond it senders are told to come again.";
    "puppetdb.max-queued-bytes" = "8589934592", "Bytes of commands that may wait.";
    "puppetdb.facts-blocklist" = "[]", "Facts that are not stored.";
    "puppetdb.facts-blocklist-type" = "\"literal\"", "literal: the list has names; regex: it has patterns for whole names.";
    "puppetdb.node-ttl" = "\"7d\"", "Nodes that sent nothing for so long are expired: queries leave them out. 0s: never.";
    "puppetdb.node-purge-ttl" = "\"14d\"", "Nodes that have been expired or deactivated for so long are removed. 0s: never.";
    "puppetdb.node-purge-gc-batch-limit" = "25", "Nodes removed at a time.";
    "puppetdb.report-ttl" = "\"14d\"", "Reports are removed after so long, by the day. 0s: never.";
    "puppetdb.resource-events-ttl" = "\"\"", "Events are removed after so long. Default: with their reports.";
    "puppetdb.gc-interval" = "\"1h\"", "Pause between two removals. 0s: nothing is removed.";
    "puppetdb.query-timeout-default" = "\"10m\"", "How long a query may take that does not say so itself.";
    "puppetdb.query-timeout-max" = "\"10m\"", "How long any query may take.";
    "puppetdb.log-queries" = "false", "Log every query: as it came, as AST, and the SQL it becomes, with its origin.";
    "compiler.primary" = "\"\"", "For `--role compiler`: the server with the certificate authority and the store, as a name or NAME:PORT. Default: `ca_server` of puppet.conf, else its `server`.";
    "compiler.store-url" = "\"\"", "Address of the store. Default: the first of `server_urls` in puppetdb.conf, else https://PRIMARY:8081.";
    "compiler.crl-interval" = "\"1m\"", "How often the authority is asked for new revocation lists.";
    "compiler.crl-max-age" = "\"1d\"", "When the authority has not confirmed the lists for so long, the status is an error. 0s: never.";
    "compiler.clock-tolerance" = "\"1m\"", "When the clock is further than this from the primary's, the status is an error. 0s: never.";
    "file-sync.enabled" = "\"\"", "Whether committed versions of code are served, and passed on to compilers. Default: true where file-sync.conf names the repository puppet-code, else false.";
    "file-sync.data-dir" = "\"\"", "Where versions are kept. Default: file-sync.conf, else the directory filesync in data-dir.";
    "file-sync.staging-dir" = "\"\"", "Where code is made ready, with its environments in the directory environments. Default: file-sync.conf, else codedir with -staging added.";
    "file-sync.live-dir" = "\"\"", "Where links lead to the versions that serve. Default: file-sync.conf, else codedir.";
    "file-sync.poll-interval" = "\"5s\"", "How often a compiler asks a primary that cannot tell it of new versions.";
    "file-sync.versioned-dirs-ttl" = "\"30m\"", "How long a version stays that no longer serves and that no compile uses.";
    "file-sync.enable-forceful-sync" = "true", "Move away what somebody put into the live directory where a link belongs.";
    "file-sync.max-code-age" = "\"10m\"", "When a server has not been able to serve a version for so long that the primary has, its status is an error. 0s: never.";
    "file-sync.keep-versions" = "50", "So many versions of each environment stay in the repositories, however old they are.";
    "file-sync.keep-versions-for" = "\"30d\"", "So long a version stays in the repositories after a newer one came, however many there are; an hour at least. One that a stored catalog names stays, too.";
    "file-sync.prune" = "false", "Whether versions that are neither among the newest nor young nor in use are removed from the repositories.";
    "file-sync.preserve-deleted-submodules" = "false", "Keep the repositories of environments that are gone.";
    "code-manager.listen" = "\"[::]:8170\"", "Address and port of Code Manager's interface, which is there if `remote`, `sources` or `r10k-config` is set here. Empty: only on the port of agents.";
    "code-manager.authenticate-webhook" = "true", "Whether webhooks need a token or a signature.";
    "code-manager.webhook-secret-file" = "\"\"", "File whose first line is the secret with which a git host signs its webhooks.";
    "code-manager.post-environment-hooks" = "[]", "Who is told of each deploy that has ended: [[code-manager.post-environment-hooks]] with url, and use-client-ssl = true where this machine's certificate is to be shown.";
    "code-manager.deploy-ttl" = "\"1h\"", "How long deploys that have ended are remembered.";
    "code-manager.timeouts-sync" = "\"5m\"", "How long a deploy waits for servers to take its version over; one that was not heard of for so long is not waited for.";
    "code-manager.timeouts-wait" = "\"700s\"", "How long a request waits for its deploys.";
    "code-manager.timeouts-hook" = "\"30s\"", "How long a hook may take.";
    "code-manager.timeouts-shutdown" = "\"30s\"", "How long a stop waits for deploys that are under way; then they are called off, and what served before serves on.";
    "code-manager.r10k-config" = "\"\"", "r10k's configuration, read when no source is set here. Default: the first of /etc/puppetlabs/r10k/r10k.yaml, /etc/r10k.yaml and /etc/puppet/r10k.yaml that exists.";
    "code-manager.remote" = "\"\"", "Address of the control repository, if there is one only.";
    "code-manager.sources" = "{}", "Control repositories: [code-manager.sources.NAME] with remote, and as r10k has them prefix, strip-component, ignore-branch-prefixes, filter-command, puppetfile-name.";
    "code-manager.cachedir" = "\"\"", "Copies of repositories, and archives. Default: that of r10k.yaml, else code-manager/cache in data-dir.";
    "code-manager.environmentdir" = "\"\"", "Where environments are built. Default: environments in the staging directory of file sync; without file sync basedir of r10k.yaml, else environmentpath.";
    "code-manager.deploy-pool-size" = "2", "Environments that are deployed at a time.";
    "code-manager.download-pool-size" = "4", "Modules of an environment that are looked at at a time. r10k.yaml's pool_size counts where that is read.";
    "code-manager.full-deploy" = "false", "Look at all modules, also at those with a fixed version that are there.";
    "code-manager.check" = "true", "Publish no environment with manifests, templates (EPP), hiera.yaml or environment.conf that do not parse.";
    "code-manager.invalid-branches" = "\"error\"", "Branches whose name is no environment's: error refuses them, correct puts _ for each other character.";
    "code-manager.purge-levels" = "[\"deployment\", \"environment\", \"puppetfile\"]", "What is removed because nothing brings it: environments, files of environments, modules.";
    "code-manager.purge-allowlist" = "[]", "Patterns of paths in environments that are not removed.";
    "code-manager.exclude-spec" = "true", "Leave out the directory spec of modules.";
    "code-manager.timeouts-deploy" = "\"10m\"", "How long the deploy of an environment may take.";
    "code-manager.timeouts-fetch" = "\"5m\"", "How long a repository may take to answer, or an archive to arrive.";
    "code-manager.proxy" = "\"\"", "Proxy for repositories. Default: the environment variables.";
    "code-manager.forge-settings" = "{}", "Where modules without a repository come from: baseurl (an address, or a directory of archives), authorization-token-file, ca-file.";
    "code-manager.git-settings" = "{}", "How repositories are reached: private-key, oauth-token (a file), username, github-app-id with github-app-key (a file) and github-app-ttl, proxy, default-ref, and [[code-manager.git-settings.repositories]] with remote and what is different for it.";
    "gate.max-changed" = "\"\"", "Code that would change the catalogs of more nodes than this is not committed: a number, or a share such as 10%. Default: no limit.";
    "gate.protected" = "[]", "Code that would add, remove or change such a resource on a node is not committed: Type or Type[title], with * for any text.";
    "gate.fail-on-error" = "false", "Code is not committed with which nodes do not compile any more.";
    "auth.file" = "\"\"", "Authorization rules. Default: auth.conf where a Puppet server has it, else built-in rules.";
    "auth.allow-header-cert-info" = "false", "Take the client's identity from X-Client-* headers instead of TLS. Only behind a proxy that sets them.";
    "auth.compilers" = "[]", "Certnames of compilers, which may store what agents bring and say for whom they ask the authority. Certificates with pp_auth_role = pe_compiler need not be listed.";
    "metrics.listen" = "\"\"", "Address and port on which /metrics answers without TLS, such as 127.0.0.1:9140. Whoever reaches it may read. Empty: nowhere.";
    "metrics.allow" = "[]", "Certnames that may read /metrics on the listener of agents, beside this machine's and those with pp_cli_auth.";
    "log.level" = "\"info\"", "error, warn, info, debug, trace, or a filter such as info,rest=debug.";
    "log.format" = "\"text\"", "text for people, json for programs.";
    "log.access" = "\"\"", "File with a line for each request, opened anew at SIGHUP; `-` is standard output. Default: no such file.";
    "log.access-format" = "\"combined\"", "combined: as web servers write it, with milliseconds and the request's id at the end; json: one object a line.";
}

/// The commented example file: each key with its meaning and default.
pub fn example() -> String {
    let mut out = String::from(
        "# Configuration of Bunraku. Each key stands with its default; remove `#: ` to change it.\n",
    );
    let mut section = "";
    for key in KEYS {
        let (own_section, name) = key.path.split_once('.').unwrap_or(("", key.path));
        if own_section != section {
            section = own_section;
            let _ = write!(out, "\n[{section}]\n");
        }
        let _ = write!(out, "\n# {}\n#: {name} = {}\n", key.doc, key.default);
    }
    out
}

/// Refuses keys and sections that do not exist, naming the nearest one that does.
pub fn refuse_unknown(table: &toml::Table) -> anyhow::Result<()> {
    for (name, value) in table {
        match value {
            toml::Value::Table(section) => {
                let prefix = format!("{name}.");
                if !KEYS.iter().any(|key| key.path.starts_with(&prefix)) {
                    let sections =
                        KEYS.iter().filter_map(|key| key.path.split_once('.')).map(|(section, _)| section);
                    match nearest(name, sections) {
                        Some(near) => bail!("unknown section `[{name}]`; did you mean `[{near}]`?"),
                        None => bail!("unknown section `[{name}]`; `bunraku config example` lists them all"),
                    }
                }
                for key in section.keys() {
                    refuse_unknown_key(&format!("{name}.{key}"))?;
                }
            }
            _ => refuse_unknown_key(name)?,
        }
    }
    Ok(())
}

fn refuse_unknown_key(path: &str) -> anyhow::Result<()> {
    if KEYS.iter().any(|key| key.path == path) {
        return Ok(());
    }
    match nearest(path, KEYS.iter().map(|key| key.path)) {
        Some(near) => bail!("unknown key `{path}`; did you mean `{near}`?"),
        None => bail!("unknown key `{path}`; `bunraku config example` lists them all"),
    }
}

fn nearest<'a>(wanted: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|name| (strsim::jaro_winkler(wanted, name), name))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}
