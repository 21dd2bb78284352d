//! Catalogs compared with those of a real Puppet, over whole collections of modules.
//!
//! For every class and defined type of the modules there are nodes that declare it as the module's own tests do, one that declares
//! it with what it demands, and one that sets every parameter to something plausible. Real Puppet and this compiler compile all of
//! them over facts of several systems; a result is the catalog (everything in it but ids and versions) or the text of the error.

pub mod cases;
pub mod facts;
pub mod outcome;
pub mod reference;
pub mod specs;
pub mod trial;
pub mod types;
pub mod values;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bunraku::config::{Config, Site};
use server::environments::Environments;
use server::{Settings, local};

use cases::Case;
use outcome::Outcome;

/// What to compare.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Directories of modules.
    pub modulepath: Vec<PathBuf>,
    /// Only these modules; all if empty.
    pub modules: Vec<String>,
    /// Only every n-th case.
    pub every: usize,
    /// Which one of each n: 0 is the n-th, 1 the one before it. A collection can be compared in n parts.
    pub before: usize,
    /// With how many systems' facts each made-up declaration is compiled.
    pub systems: usize,
    /// At most so many declarations of each definition's own tests.
    pub specs: usize,
    /// Every n-th refusal on the way to a declaration that compiles is compared, too; 0 is none.
    pub refusals: usize,
    /// `strict=error` and `strict_variables`, as Puppet 8 has it, or the milder defaults of Puppet 7, under which older modules get
    /// further.
    pub strict: bool,
    /// Ruby's load path to another Puppet than the installed one.
    pub puppet_lib: Option<PathBuf>,
    /// Processes of the reference.
    pub jobs: usize,
}

/// A case, compiled by both.
#[derive(Debug)]
pub struct Result {
    /// What was compiled.
    pub case: Case,
    /// What came of it.
    pub outcome: Outcome,
    /// Seconds that the reference took, and ours.
    pub seconds: (f64, f64),
}

/// Compiles all cases of the plan with both; calls `each` with every result as it comes.
///
/// # Errors
/// The reference cannot be started, or stops before the end.
pub fn run(plan: &Plan, each: &mut dyn FnMut(Result)) -> anyhow::Result<()> {
    let scratch = tempfile::tempdir()?;
    let mut systems = facts::Systems::new(scratch.path())?;
    let cases = cases::all(plan, &mut systems, scratch.path())?;
    let environments = scratch.path().join("environments");
    write_site(&environments, &cases, plan)?;
    let settings = Arc::new(settings(scratch.path(), &environments, plan)?);
    let ours = Environments::new(settings.clone());
    ours.get("production")?;
    let server_facts = local::node(&settings, "x", "production", pcore::Hash::new()).server_facts;
    let job = reference::Job {
        environmentpath: &environments,
        modulepath: &plan.modulepath,
        server_facts: &server_facts,
        strict: plan.strict,
        puppet_lib: plan.puppet_lib.as_deref(),
        scratch: scratch.path(),
    };
    let mut by_name: std::collections::HashMap<String, Case> =
        cases.iter().map(|case| (case.node.clone(), case.clone())).collect();
    reference::compile(&job, &cases, &systems, plan.jobs, &mut |theirs| {
        let Some(case) = by_name.remove(&theirs.node) else { return };
        let started = std::time::Instant::now();
        let compiled = compile(&ours, &settings, &case, &systems);
        let seconds = (theirs.seconds, started.elapsed().as_secs_f64());
        let outcome = outcome::compare(theirs, compiled);
        each(Result { case, outcome, seconds });
    })
}

/// Where Debian has the modules that come with Puppet.
const VENDORED: &str = "/usr/share/puppet/vendor_modules";

/// The environment `production`.
fn write_site(environments: &Path, cases: &[Case], plan: &Plan) -> anyhow::Result<()> {
    let manifest = environments.join("production/manifests/site.pp");
    std::fs::create_dir_all(manifest.parent().unwrap_or(environments))?;
    std::fs::write(&manifest, cases.iter().map(Case::node_definition).collect::<String>())?;
    let mut modulepath = plan.modulepath.clone();
    modulepath.push(VENDORED.into());
    types::write_missing(&environments.join("production"), &modulepath)?;
    Ok(())
}

/// What this compiler makes of a case.
fn compile(
    environments: &Environments,
    settings: &Settings,
    case: &Case,
    systems: &facts::Systems,
) -> std::result::Result<(compiler::Compilation, std::time::Duration), local::LocalError> {
    let mut facts = systems.values(case.system).clone();
    facts.insert("clientcert", case.node.as_str());
    facts.insert("clientversion", "7.23.0");
    facts.insert("clientnoop", false);
    let node = local::node(settings, &case.node, "production", facts);
    local::compile(environments, "production", &node)
}

fn settings(scratch: &Path, environments: &Path, plan: &Plan) -> anyhow::Result<Settings> {
    let modules: Vec<_> = plan.modulepath.iter().map(|path| path.to_string_lossy()).collect();
    let toml = format!(
        "certname = 'primary.example.com'\nconfdir = '{0}'\ndata-dir = '{0}/data'\n[code]\nenvironmentpath = ['{1}']\nbasemodulepath = [{2:?}]\ncheck-interval = '1d'\n",
        scratch.display(),
        environments.display(),
        modules.join(":"),
    );
    let (strict, variables) = if plan.strict { ("error", "true") } else { ("warning", "false") };
    let mut site = Site::from_config(Config::parse(&toml)?)?;
    site.puppet.set("strict", strict);
    site.puppet.set("strict_variables", variables);
    bunraku::serve::settings::server(&site)
}
