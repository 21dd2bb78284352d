//! The files of one reading and their trees.

use std::cell::{Cell, OnceCell};
use std::path::PathBuf;

use lib_ruby_parser::{Node, Parser, ParserOptions};

/// Longest file, in bytes. The stack of the reading thread is made for it.
const FILE_BYTES_MAX: usize = 256 << 10;
/// Files that one reading looks at.
const FILES_MAX: usize = 100;

/// A parsed file.
#[derive(Debug)]
pub(super) struct File {
    pub(super) path: PathBuf,
    tree: Option<Box<Node>>,
    /// Offsets at which lines begin.
    lines: Vec<usize>,
}

/// A list of files that grows while references into it live.
#[derive(Debug, Default)]
pub(super) struct Files {
    first: OnceCell<Box<Link>>,
    count: Cell<usize>,
}

#[derive(Debug)]
struct Link {
    file: File,
    next: OnceCell<Box<Link>>,
}

impl File {
    /// The tree; `None` if the file is empty.
    pub(super) fn tree(&self) -> Option<&Node> {
        self.tree.as_deref()
    }

    /// The line of a byte, from 1.
    pub(super) fn line(&self, at: usize) -> u32 {
        u32::try_from(self.lines.partition_point(|&start| start <= at)).unwrap_or(u32::MAX)
    }
}

impl Files {
    /// Parses a file and keeps it. The error says what is wrong with it, and in which line.
    pub(super) fn add(&self, path: PathBuf, text: &str) -> Result<&File, (u32, String)> {
        if text.len() > FILE_BYTES_MAX {
            return Err((0, format!("is longer than {FILE_BYTES_MAX} bytes")));
        }
        if self.count.replace(self.count.get() + 1) >= FILES_MAX {
            return Err((0, format!("is one of more than {FILES_MAX} files")));
        }
        let options = ParserOptions { buffer_name: String::new(), decoder: None, record_tokens: false };
        let result = Parser::new(text.as_bytes().to_vec(), options).do_parse();
        let starts = text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n').map(|(at, _)| at + 1);
        let file = File { path, tree: result.ast, lines: std::iter::once(0).chain(starts).collect() };
        if let Some(error) = result.diagnostics.iter().find(|diagnostic| diagnostic.is_error()) {
            return Err((file.line(error.loc.begin), error.render_message()));
        }
        let mut slot = &self.first;
        while let Some(link) = slot.get() {
            slot = &link.next;
        }
        Ok(&slot.get_or_init(|| Box::new(Link { file, next: OnceCell::new() })).file)
    }
}
