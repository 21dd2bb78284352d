//! What goes wrong when values are computed with.
//!
//! The message is Puppet's text without a location; who evaluates knows where the operands stand in the source.

/// Which operand of an operator an error is about; functions have only the whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Operand {
    /// The operation itself.
    #[default]
    Whole,
    /// The left operand.
    Left,
    /// The right operand.
    Right,
}

/// A value that cannot be computed, converted or compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ValueError {
    /// Puppet's issue code. `RUNTIME_ERROR` is an error of the value itself, which Puppet shows inside the frame
    /// `Error while evaluating a '+' expression, ...`; all others stand alone.
    pub code: &'static str,
    /// Puppet's text, without location.
    pub message: String,
    /// What the error is about.
    pub at: Operand,
}

impl ValueError {
    /// An error of a value or argument.
    pub fn new(message: impl Into<String>) -> ValueError {
        ValueError { code: "RUNTIME_ERROR", message: message.into(), at: Operand::Whole }
    }

    /// An error with a code of its own.
    pub fn issue(code: &'static str, at: Operand, message: impl Into<String>) -> ValueError {
        ValueError { code, message: message.into(), at }
    }
}

/// Longest text that a conversion, a format or a replacement makes.
pub const TEXT_BYTES_MAX: usize = 256 << 20;

/// Checks the length of a text that grows with what it is made of.
///
/// # Errors
/// It is longer than [`TEXT_BYTES_MAX`].
pub fn check_text(length: usize) -> Result<()> {
    if length > TEXT_BYTES_MAX {
        return Err(ValueError::new(format!("a text is too long (more than {} MB)", TEXT_BYTES_MAX >> 20)));
    }
    Ok(())
}

/// Result of computing with values.
pub type Result<T> = std::result::Result<T, ValueError>;
