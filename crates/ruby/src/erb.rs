//! The ERB compiler: from the text of a template to Ruby code.
//!
//! Ruby's ERB turns a template into a script and evaluates that. The script is made here in the same way, command by
//! command, since its shape decides what a template means: a comment in a tag swallows whatever follows on the line
//! of the *script*, an open tag at the end of the file is text, and lines of the script are lines of the template. The
//! one difference is that text between tags does not travel through the Ruby parser: a short literal stands for
//! it, and [`Script::texts`] says which.
//!
//! Only the trim mode `-` exists here, which is the one that Puppet uses.

use rustc_hash::FxHashMap;

/// A template as Ruby code.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Script {
    /// The code.
    pub(crate) code: String,
    /// The pieces of text between tags.
    pub(crate) texts: Vec<String>,
    /// Where in the code the literal of a piece begins, and which piece it is.
    pub(crate) literals: FxHashMap<usize, usize>,
}

/// The local variable that a template writes to.
pub(crate) const OUTPUT: &str = "_erbout";

/// What an opening tag starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tag {
    Code,
    Insert,
    Comment,
}

/// The code of a template. Fails with the name of a character encoding that cannot be read.
pub(crate) fn compile(source: &str) -> Result<Script, String> {
    let mut compiler = Compiler::new(source)?;
    compiler.run(source);
    Ok(compiler.finish())
}

#[derive(Default)]
struct Compiler {
    script: Script,
    /// Commands of the line that is being made.
    line: Vec<Command>,
    content: String,
    tag: Option<Tag>,
}

enum Command {
    Code(String),
    Text(String),
}

impl Compiler {
    fn new(source: &str) -> Result<Compiler, String> {
        let mut compiler = Compiler::default();
        compiler.script.code.push_str("#coding:UTF-8\n");
        let (encoding, frozen) = magic_comments(source);
        if let Some(encoding) = encoding {
            let base = encoding.to_ascii_uppercase();
            let base =
                ["-UNIX", "-DOS", "-MAC"].iter().find_map(|end| base.strip_suffix(end)).unwrap_or(&base);
            if !matches!(base, "UTF-8" | "US-ASCII" | "ASCII") {
                return Err(encoding);
            }
        }
        if let Some(frozen) = frozen {
            compiler.script.code.push_str(&format!("#frozen-string-literal:{frozen}\n"));
        }
        compiler.line.push(Command::Code(format!("{OUTPUT} = +''")));
        Ok(compiler)
    }

    fn run(&mut self, source: &str) {
        let mut at = 0;
        while at < source.len() {
            at = if self.tag.is_none() { self.outside(source, at) } else { self.inside(source, at) };
        }
    }

    /// Text up to the next opening tag, and that tag.
    fn outside(&mut self, source: &str, start: usize) -> usize {
        let rest = &source.as_bytes()[start..];
        let Some(found) = find(rest, b"<%") else {
            self.content.push_str(&source[start..]);
            return source.len();
        };
        let mut text_end = found;
        let after = rest.get(found + 2).copied();
        if after == Some(b'-') {
            // Blanks before `<%-` go if nothing but blanks stands before it. The scanner takes the place where it
            // goes on for the start of a line.
            let blanks = rest[..found].iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            let line_start = found - blanks;
            if line_start == 0 || rest[line_start - 1] == b'\n' {
                text_end = line_start;
            }
        }
        self.content.push_str(&source[start..start + text_end]);
        let end = start + found;
        match after {
            Some(b'%') => {
                self.content.push_str("<%");
                end + 3
            }
            Some(b'-') => self.open(Tag::Code, end + 3),
            Some(b'=') => self.open(Tag::Insert, end + 3),
            Some(b'#') => self.open(Tag::Comment, end + 3),
            _ => self.open(Tag::Code, end + 2),
        }
    }

    fn open(&mut self, tag: Tag, at: usize) -> usize {
        self.tag = Some(tag);
        self.flush();
        at
    }

    /// Code up to the next closing tag, and that tag.
    fn inside(&mut self, source: &str, start: usize) -> usize {
        let bytes = source.as_bytes();
        let Some(found) = find(&bytes[start..], b"%>").map(|found| start + found) else {
            self.content.push_str(&source[start..]);
            return source.len();
        };
        let end = found + 2;
        let before = if found > start { bytes[found - 1] } else { b' ' };
        match before {
            b'-' => {
                self.content.push_str(&source[start..found - 1]);
                self.close();
                let rest = &bytes[end..];
                let newline =
                    if rest.starts_with(b"\r\n") { 2 } else { usize::from(rest.starts_with(b"\n")) };
                if newline > 0 || rest.is_empty() {
                    self.end_line();
                }
                end + newline
            }
            b'%' => {
                self.content.push_str(&source[start..found - 1]);
                self.content.push_str("%>");
                end
            }
            _ => {
                self.content.push_str(&source[start..found]);
                self.close();
                end
            }
        }
    }

    /// The end of a tag.
    fn close(&mut self) {
        let mut content = std::mem::take(&mut self.content);
        match self.tag.take() {
            Some(Tag::Code) => {
                let ends_line = content.ends_with('\n');
                if ends_line {
                    content.pop();
                }
                self.line.push(Command::Code(content));
                if ends_line {
                    self.end_line();
                }
            }
            Some(Tag::Insert) => self.line.push(Command::Code(format!("{OUTPUT}.<<(({content}).to_s)"))),
            Some(Tag::Comment) | None => {}
        }
    }

    /// Text that has come together becomes a command.
    fn flush(&mut self) {
        if !self.content.is_empty() {
            self.line.push(Command::Text(std::mem::take(&mut self.content)));
        }
    }

    fn end_line(&mut self) {
        self.write_line();
        self.script.code.push('\n');
    }

    fn write_line(&mut self) {
        let script = &mut self.script;
        for (index, command) in self.line.drain(..).enumerate() {
            if index > 0 {
                script.code.push_str("; ");
            }
            match command {
                Command::Code(code) => script.code.push_str(&code),
                Command::Text(text) => {
                    script.code.push_str(OUTPUT);
                    script.code.push_str(".<< ");
                    script.literals.insert(script.code.len(), script.texts.len());
                    script.code.push_str("\"\".freeze");
                    script.code.extend(text.bytes().filter(|&byte| byte == b'\n').map(|_| '\n'));
                    script.texts.push(text);
                }
            }
        }
    }

    fn finish(mut self) -> Script {
        self.flush();
        self.line.push(Command::Code(OUTPUT.to_owned()));
        self.write_line();
        self.script
    }
}

fn find(bytes: &[u8], pair: &[u8; 2]) -> Option<usize> {
    memchr::memmem::find(bytes, pair)
}

const FROZEN: &[&str] =
    &["frozen-string-literal", "frozen_string-literal", "frozen-string_literal", "frozen_string_literal"];

/// The encoding and the word for frozen literals in comments at the start of a template.
fn magic_comments(source: &str) -> (Option<String>, Option<String>) {
    let (mut encoding, mut frozen) = (None, None);
    let mut rest = source;
    // `\G<%#(.*)%>`: greedy, within the line.
    while let Some(after) = rest.strip_prefix("<%#") {
        let line = after.split('\n').next().unwrap_or_default();
        let Some(end) = line.rfind("%>") else { break };
        let mut comment = &line[..end];
        if let Some((inner, _)) = comment.split_once("-*-").and_then(|(_, inner)| inner.rsplit_once("-*-")) {
            comment = inner.trim();
        }
        if let Some(value) = setting(comment, &["coding"], |c| c.is_alphanumeric() || c == '-' || c == '_') {
            encoding = Some(value);
        } else if let Some(value) = setting(comment, FROZEN, char::is_alphanumeric) {
            frozen = Some(value);
        }
        rest = &after[end + 2..];
    }
    (encoding, frozen)
}

/// The value behind one of the names and `:` or `=`.
fn setting(comment: &str, names: &[&str], is_part: impl Fn(char) -> bool) -> Option<String> {
    for name in names {
        let mut rest = comment;
        while let Some((_, after)) = rest.split_once(name) {
            let value = after.trim_start();
            if let Some(value) = value.strip_prefix([':', '=']) {
                let value = value.trim_start();
                let end = value.find(|c| !is_part(c)).unwrap_or(value.len());
                if end > 0 {
                    return Some(value[..end].to_owned());
                }
            }
            rest = after;
        }
    }
    None
}
