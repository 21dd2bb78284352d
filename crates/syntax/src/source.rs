//! A source file: its text, its name, and the way from byte offsets to lines and columns.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// One file of Puppet code. Offsets are bytes; lines and columns start at 1 and columns count
/// characters, as in Puppet's messages.
#[derive(Debug)]
pub struct SourceFile {
    /// The name that messages show; `None` for code without a file.
    pub path: Option<PathBuf>,
    /// The whole text.
    pub text: Arc<str>,
    line_starts: OnceLock<Vec<u32>>,
}

/// A place in a file for people: both numbers start at 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// Line.
    pub line: u32,
    /// Column in characters.
    pub column: u32,
}

impl SourceFile {
    /// A file of the given name and text.
    pub fn new(path: Option<PathBuf>, text: impl Into<Arc<str>>) -> Arc<SourceFile> {
        Arc::new(SourceFile { path, text: text.into(), line_starts: OnceLock::new() })
    }

    /// The position of a byte offset; offsets past the end give the end.
    pub fn position(&self, offset: u32) -> Position {
        let starts = self.line_starts();
        let offset = (offset as usize).min(self.text.len());
        let line = starts.partition_point(|&start| start as usize <= offset).max(1);
        let start = starts[line - 1] as usize;
        let column = self.text.as_bytes()[start..offset].iter().filter(|&&b| b & 0xC0 != 0x80).count() + 1;
        Position { line: line as u32, column: column as u32 }
    }

    /// The line of a byte offset, from 1.
    pub fn line(&self, offset: u32) -> u32 {
        self.line_starts().partition_point(|&start| start <= offset).max(1) as u32
    }

    /// The text of a line (from 1) without its line end.
    pub fn line_text(&self, line: u32) -> &str {
        let starts = self.line_starts();
        let index = (line.max(1) as usize - 1).min(starts.len() - 1);
        let end = starts.get(index + 1).map_or(self.text.len(), |&next| next as usize);
        self.text[starts[index] as usize..end].trim_end_matches(['\n', '\r'])
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let mut starts = vec![0];
            starts.extend(memchr::memchr_iter(b'\n', self.text.as_bytes()).map(|at| at as u32 + 1));
            starts
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_and_lines() {
        let file = SourceFile::new(None, "añb\nc");
        assert_eq!(file.position(0), Position { line: 1, column: 1 });
        assert_eq!(file.position(3), Position { line: 1, column: 3 });
        assert_eq!(file.position(5), Position { line: 2, column: 1 });
        assert_eq!(file.position(99), Position { line: 2, column: 2 });
        assert_eq!(file.line_text(1), "añb");
    }
}
