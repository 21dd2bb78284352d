//! What a compile says besides its catalog.

use crate::error::Site;

/// Levels of messages, as the log functions of the language name them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Level {
    Debug,
    Info,
    Notice,
    Warning,
    Err,
    Alert,
    Emerg,
    Crit,
}

impl Level {
    /// The name, which is that of the function too.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Notice => "notice",
            Level::Warning => "warning",
            Level::Err => "err",
            Level::Alert => "alert",
            Level::Emerg => "emerg",
            Level::Crit => "crit",
        }
    }
}

/// One message.
#[derive(Clone, Debug)]
pub struct LogEntry {
    /// Level.
    pub level: Level,
    /// Text.
    pub message: String,
    /// Who says it: `Scope(Class[main])` for the log functions, `Puppet` for the compiler itself.
    pub source: String,
    /// Where, if known.
    pub site: Option<Site>,
}
