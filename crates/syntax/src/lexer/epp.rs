//! Templates: text with `<% %>` tags around code.

use super::{Epp, Lexed, Lexer, Matched, Step, Trouble};
use crate::token::Kind;

/// What followed a run of text.
enum Tag {
    /// The end of the template; `None` when text before it is lost, as in Puppet, where a
    /// comment or an escaped tag ends the template.
    End(Option<String>),
    /// `<%`
    Code(String),
    /// `<%=`
    Expression(String),
    /// Tags that do not match.
    Unbalanced(&'static str, &'static str),
}

impl Lexer<'_> {
    /// The main loop over a template.
    pub(super) fn template(&mut self) -> Result<(), (usize, Box<Trouble>)> {
        self.epp = Epp::Text;
        let token = self.empty_token(Kind::EppStart, 0);
        self.out.tokens.push(token);
        self.after = Kind::EppStart;
        let before = self.out.tokens.len();
        self.template_text(false).map_err(|failure| (before, failure))?;
        self.note_last(before);
        while self.pos < self.bytes.len() {
            let before = self.out.tokens.len();
            match self.step() {
                Ok(Lexed::One(token)) => {
                    self.after = token.kind;
                    self.out.tokens.push(token);
                }
                Ok(Lexed::Added) => self.note_last(before),
                Ok(Lexed::Nothing) => {}
                Err(failure) => return Err((before, failure)),
            }
        }
        if self.epp_open {
            return self
                .fail("EPP_UNBALANCED_TAG", "Unbalanced epp tag, reached <eof> without closing tag.")
                .map_err(|failure| (self.out.tokens.len(), failure));
        }
        Ok(())
    }

    /// `%>` or `-%>`.
    pub(super) fn epp_close(&mut self, trim: bool) -> Step {
        let from = self.pos;
        self.pos += if trim { 3 } else { 2 };
        if self.epp == Epp::Expression {
            let kind = if trim { Kind::EppEndTrim } else { Kind::EppEnd };
            let token = self.token(kind, from, self.pos);
            self.out.tokens.push(token);
        }
        if !trim {
            self.epp = Epp::Text;
        }
        self.template_text(trim)?;
        Ok(Lexed::Added)
    }

    /// Text up to the next tag, and what the tag begins.
    fn template_text(&mut self, skip_leading: bool) -> Result<(), Box<Trouble>> {
        let from = self.pos;
        let (text, next) = match self.scan_text(skip_leading) {
            Tag::End(text) => {
                if let Some(text) = text {
                    let token = self.text_token(Kind::RenderString, from, self.pos, &text);
                    self.out.tokens.push(token);
                }
                self.epp_open = false;
                return Ok(());
            }
            Tag::Unbalanced(code, message) => return self.fail(code, message),
            Tag::Code(text) => (text, Epp::Code),
            Tag::Expression(text) => (text, Epp::Expression),
        };
        if !text.is_empty() {
            let token = self.text_token(Kind::RenderString, from, self.pos, &text);
            self.out.tokens.push(token);
        }
        if next == Epp::Expression {
            let token = self.text_token(Kind::RenderExpr, from, from, "");
            self.out.tokens.push(token);
        }
        self.epp = next;
        self.epp_open = true;
        Ok(())
    }

    fn scan_text(&mut self, skip_leading: bool) -> Tag {
        let mut skip_leading = skip_leading;
        let source = self.text;
        let mut text = String::new();
        if self.pos >= source.len() {
            return Tag::End(None);
        }
        while self.pos < source.len() {
            let rest = &source[self.pos..];
            let tag = memchr::memmem::find(rest.as_bytes(), b"<%");
            let part = &rest[..tag.map_or(rest.len(), |at| at + 2)];
            self.pos += part.len();
            self.matched = Matched::Range(self.pos, (self.pos + 1).min(source.len()));
            let part = if skip_leading { trim_line_rest(part) } else { part };
            skip_leading = false;
            push_literal(&mut text, part);
            match self.byte(0) {
                0 if self.pos >= source.len() => {
                    if text.ends_with("<%") {
                        return Tag::Unbalanced(
                            "EPP_UNBALANCED_EXPRESSION",
                            "Unbalanced embedded expression - opening <% and reaching end of input",
                        );
                    }
                    return Tag::End(Some(text));
                }
                b'-' => {
                    self.pos += 1;
                    drop_tag(&mut text);
                    text.truncate(text.trim_end_matches([' ', '\t']).len());
                    return Tag::Code(text);
                }
                // `<%%` stands for `<%`.
                b'%' => self.pos += 1,
                b'=' => {
                    self.pos += 1;
                    drop_tag(&mut text);
                    return Tag::Expression(text);
                }
                b'#' => {
                    drop_tag(&mut text);
                    let Some(comment) = comment_length(&source[self.pos..]) else {
                        return Tag::Unbalanced(
                            "EPP_UNBALANCED_COMMENT",
                            "Reaching end after opening <%# without seeing %>",
                        );
                    };
                    let comment = &source[self.pos..self.pos + comment];
                    if comment.as_bytes().get(1) == Some(&b'-') {
                        text.truncate(text.trim_end_matches([' ', '\t']).len());
                    }
                    skip_leading = comment.ends_with("-%>");
                    self.pos += comment.len();
                }
                _ => {
                    drop_tag(&mut text);
                    return Tag::Code(text);
                }
            }
        }
        Tag::End(None)
    }
}

/// What `-%>` removes from the text behind it: blanks and one line break.
fn trim_line_rest(part: &str) -> &str {
    let part = part.trim_start_matches([' ', '\t']);
    let part = part.strip_prefix('\r').unwrap_or(part);
    part.strip_prefix('\n').unwrap_or(part)
}

/// Adds text, with `%%>` as `%>`.
fn push_literal(text: &mut String, part: &str) {
    if part.contains("%%>") {
        text.push_str(&part.replace("%%>", "%>"));
    } else {
        text.push_str(part);
    }
}

fn drop_tag(text: &mut String) {
    text.truncate(text.len().saturating_sub(2));
}

/// Length of a comment from its `#` to its `%>`, which must not be `%%>`.
fn comment_length(text: &str) -> Option<usize> {
    memchr::memmem::find_iter(text.as_bytes(), b"%>")
        .find(|&at| at > 0 && text.as_bytes()[at - 1] != b'%')
        .map(|at| at + 2)
}
