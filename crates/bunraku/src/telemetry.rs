//! Log lines: text for people, JSON for programs, on standard error.

use std::io::IsTerminal as _;
use std::sync::OnceLock;

use anyhow::{Context as _, bail};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{Log, LogFormat};

type SetFilter = Box<dyn Fn(EnvFilter) -> anyhow::Result<()> + Send + Sync>;

/// Exchanges the filter of the logger that [`init`] installed.
static SET_FILTER: OnceLock<SetFilter> = OnceLock::new();

fn filter(log: &Log) -> anyhow::Result<EnvFilter> {
    let wrong = || format!("log.level: `{}` is neither a level nor a filter", log.level);
    // A word alone would be the name of a part of the program, and switch all others off. Spans may have commas in them.
    let is_one = |part: &str| part.contains(['=', '[']) || part.trim().parse::<LevelFilter>().is_ok();
    if !log.level.contains('[') && !log.level.split(',').all(is_one) {
        bail!(wrong());
    }
    EnvFilter::try_new(&log.level).with_context(wrong)
}

/// Looks whether [`reload`] would take this over.
///
/// # Errors
/// `log.level` is neither a level nor a filter.
pub fn check(log: &Log) -> anyhow::Result<()> {
    filter(log).map(|_| ())
}

/// Installs the process's logger. A second call in one process keeps the first logger.
pub fn init(log: &Log) -> anyhow::Result<()> {
    let builder = tracing_subscriber::fmt().with_env_filter(filter(log)?).with_writer(std::io::stderr);
    let (installed, set): (_, SetFilter) = match log.format {
        LogFormat::Text => {
            let builder =
                builder.with_ansi(std::io::stderr().is_terminal()).with_target(false).with_filter_reloading();
            let handle = builder.reload_handle();
            (builder.finish().try_init(), Box::new(move |filter| Ok(handle.reload(filter)?)))
        }
        LogFormat::Json => {
            let builder = builder.json().flatten_event(true).with_filter_reloading();
            let handle = builder.reload_handle();
            (builder.finish().try_init(), Box::new(move |filter| Ok(handle.reload(filter)?)))
        }
    };
    match installed {
        // One process installs once, so nothing is there yet.
        Ok(()) => drop(SET_FILTER.set(set)),
        Err(_) => tracing::debug!("a logger is installed already"),
    }
    Ok(())
}

/// Takes a changed `log.level` over; the format stays.
pub fn reload(log: &Log) -> anyhow::Result<()> {
    let filter = filter(log)?;
    match SET_FILTER.get() {
        Some(set) => set(filter),
        None => Ok(()),
    }
}
