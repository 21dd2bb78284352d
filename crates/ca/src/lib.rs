//! The certificate authority: who gets which certificate, what was ever issued, what is revoked.
//!
//! The state lies in Puppet's own directory (`ca_crt.pem`, `inventory.txt`, `requests/`, `signed/`, …), so an
//! estate moves in and out by copying it. [`Authority`] is the only one that writes there; its prose tells
//! the order of writes that survives a crash. [`policy`] and [`autosign`] decide, [`handlers`] speak
//! `/puppet-ca/v1`.
//!
//! A server without an authority of its own, a compiler, passes requests on ([`relay`]) and follows the lists ([`follow`]).
//!
//! Who may call what is decided before the handlers, by the authorization rules; what is refused here is
//! refused to everybody.

pub mod authority;
pub mod autosign;
mod create;
mod error;
mod exclusive;
mod files;
pub mod follow;
pub mod handlers;
mod host;
mod inventory;
mod journal;
mod lists;
mod metrics;
pub mod policy;
pub mod relay;
pub mod settings;
mod transfer;

pub(crate) use authority::revocation_times;
pub use authority::{
    Authority, BulkOutcome, Expirations, Prune, Pruned, Removed, State, Status, Submitted, Unwanted,
};
pub use create::External;
pub use error::{Error, Reason, Result};
pub use follow::Follower;
pub use handlers::Handlers;
pub use host::copy_lists;
pub use inventory::Issued;
pub use lists::RevocationLists;
pub use relay::Relay;
pub use settings::{Autosign, Host, Paths, PolicyOptions, Settings, parse_duration};
pub use transfer::{Imported, import_directory};
