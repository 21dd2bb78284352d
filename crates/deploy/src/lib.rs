//! From control repositories to environments, with the modules of their Puppetfiles.
//!
//! A branch of a control repository is an environment. A [`Deployer`] knows the sources of environments ([`Settings`], which
//! [`r10k_yaml`] reads from r10k's configuration) and brings an environment's directory to what its branch and its Puppetfile say:
//! the same files that r10k would put there, without the `.git` of the branch and of modules.
//!
//! ```text
//! let deployer = Deployer::new(settings, publish)?;      // `publish` checks what was built, and makes a version of it
//! let session = deployer.session(&progress);             // fetches each repository once; for one deploy, or for all
//! session.environments(&cancel)?;                        // all, with a `problem` for those that cannot be
//! session.deploy(&Request::new("production"))?;          // -> Deployed, or DeployError with kind, msg and details
//! session.purge(&cancel)?;                               // environments that are gone
//! session.postrun(&names, &cancel)?;
//! ```
//!
//! All calls block, for minutes if need be; [`Cancel`] ends them. Deploys of different environments may run at a time, of one
//! environment one at a time, on this machine and of all its processes.
//!
//! What is built lies in the directory where file sync looks for it. While it is not whole, a mark stands beside it ([`unfinished`])
//! and no version is made of it; the mark also stays when the environment was built and does not parse. The next deploy
//! goes on from there, and writes only what differs. What the directory was brought to is remembered in the cache, and can be
//! thrown away.
//!
//! Where to find what: `environments` lists, `puppetfile` and `module` read declarations, `git`, `forge` and `archive` bring
//! content, `build` puts it together, `purge` removes, `state` remembers, `record` writes `.r10k-deploy.json`.

mod archive;
mod build;
mod cancel;
mod document;
mod engine;
mod environments;
mod error;
mod forge;
mod git;
mod http;
mod lock;
pub mod manager;
mod module;
mod process;
mod puppetfile;
mod purge;
pub mod r10k_yaml;
mod record;
pub mod settings;
mod spool;
mod state;
mod tree;

pub use cancel::Cancel;
pub use engine::{
    Built, Deployed, Deployer, Event, ModuleDeploy, Progress, Publish, Published, Request, Session, Silent,
    unfinished,
};
pub use environments::Environment;
pub use error::{DeployError, Kind, Result};
pub use process::without_passwords;
pub use settings::Settings;
#[doc(hidden)]
pub use {archive::unpack_any, puppetfile::is_puppetfile};
