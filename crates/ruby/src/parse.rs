//! The Ruby parser, and what protects us from it.
//!
//! The parser runs on a thread of its own: its stack fits the length of the code, so that deep nesting cannot exhaust
//! it, and should the parser panic, the template fails and nothing else.

use lib_ruby_parser::{Node, Parser, ParserOptions};

use crate::error::CompileError;

/// Longest code of a template, text between tags not counted, in bytes.
const CODE_BYTES_MAX: usize = 256 << 10;
/// Room on the stack for each byte of code: a byte can make one more level of nesting.
const STACK_PER_BYTE: usize = 4 << 10;
const STACK_BYTES_MIN: usize = 2 << 20;

/// Parses code and hands the tree to `lower` on the same thread; the tree is gone when this returns.
pub(crate) fn with_tree<T: Send>(
    code: &str,
    locals: &[&str],
    lower: impl FnOnce(Option<&Node>) -> Result<T, CompileError> + Send,
) -> Result<T, CompileError> {
    if code.len() > CODE_BYTES_MAX {
        return Err(CompileError::Limit(format!(
            "the template has more than {CODE_BYTES_MAX} bytes of code"
        )));
    }
    let run = || {
        let options = ParserOptions { buffer_name: "(erb)".to_owned(), decoder: None, record_tokens: false };
        let parser = Parser::new(code.as_bytes().to_vec(), options);
        for local in locals {
            parser.static_env.declare(local);
        }
        let result = parser.do_parse();
        if let Some(error) = result.diagnostics.iter().find(|diagnostic| diagnostic.is_error()) {
            let line = line_of(code, error.loc.begin);
            return Err(CompileError::Syntax { message: error.render_message(), line });
        }
        lower(result.ast.as_deref())
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .name("ruby-parser".into())
            .stack_size(STACK_BYTES_MIN + code.len() * STACK_PER_BYTE);
        match thread.spawn_scoped(scope, run) {
            Ok(handle) => handle.join().unwrap_or_else(|_| {
                Err(CompileError::Limit("the Ruby parser failed on this template".to_owned()))
            }),
            Err(error) => {
                Err(CompileError::Limit(format!("could not start a thread for the parser: {error}")))
            }
        }
    })
}

/// The line of a place in the code of a script, whose first line is no line of the template.
pub(crate) fn line_of(code: &str, at: usize) -> u32 {
    let newlines =
        code.as_bytes().get(..at).unwrap_or_default().iter().filter(|&&byte| byte == b'\n').count();
    u32::try_from(newlines).unwrap_or(u32::MAX)
}

/// The code of a node.
pub(crate) fn source<'c>(code: &'c str, node: &Node) -> &'c str {
    let place = node.expression();
    code.get(place.begin..place.end).unwrap_or_default()
}
