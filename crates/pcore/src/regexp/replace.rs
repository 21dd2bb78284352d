//! Substitution and splitting as Ruby's strings do them.

use super::{Captures, Regexp};
use crate::error::{Result, check_text};

impl Regexp {
    /// Ruby's `sub`: the first match replaced. In the template `\0` or `\&` is the match, `\1` a group, `\k<name>` a
    /// named one, `` \` `` and `\'` what stands before and behind, `\\` a backslash.
    pub fn replace_first(&self, text: &str, template: &str) -> Result<String> {
        let Some(captures) = self.try_captures(text)? else { return Ok(text.to_owned()) };
        let mut out = String::with_capacity(text.len() + template.len());
        out.push_str(text.get(..captures.start()).unwrap_or_default());
        self.expand(template, &captures, &mut out)?;
        out.push_str(text.get(captures.end()..).unwrap_or_default());
        Ok(out)
    }

    /// Ruby's `gsub`: every match replaced. Templates as in [`Regexp::replace_first`].
    pub fn replace_all(&self, text: &str, template: &str) -> Result<String> {
        let mut out = String::with_capacity(text.len() + template.len());
        let mut copied = 0;
        let mut matches = self.matches(text);
        while let Some(captures) = matches.next_match()? {
            out.push_str(text.get(copied..captures.start()).unwrap_or_default());
            self.expand(template, &captures, &mut out)?;
            copied = captures.end();
            check_text(out.len())?;
        }
        out.push_str(text.get(copied..).unwrap_or_default());
        Ok(out)
    }

    /// All matches, from left to right. An empty match moves on by one character, and may follow a match directly.
    pub fn matches<'r, 't>(&'r self, text: &'t str) -> Matches<'r, 't> {
        Matches { regexp: self, text, at: 0 }
    }

    /// Ruby's `split`: the texts between matches, with what groups captured among them; empty texts at the end are
    /// dropped. A pattern that matches the empty text splits between characters.
    pub fn split<'t>(&self, text: &'t str) -> Result<Vec<&'t str>> {
        let mut parts = Vec::new();
        let (mut begin, mut at) = (0, 0);
        let mut after_empty = false;
        while at <= text.len()
            && let Some(captures) = self.try_captures_at(text, at)?
        {
            if captures.start() == at && captures.end() == at {
                if !after_empty {
                    at += char_length(text, at).max(1);
                    after_empty = true;
                    continue;
                }
                parts.extend(text.get(begin..at));
                begin = at;
            } else {
                parts.extend(text.get(begin..captures.start()));
                begin = captures.end();
                at = begin;
            }
            after_empty = false;
            parts.extend((1..captures.group_count()).filter_map(|group| captures.get(group)));
        }
        parts.extend(text.get(begin..).filter(|rest| !rest.is_empty()));
        while parts.last().is_some_and(|part| part.is_empty()) {
            parts.pop();
        }
        Ok(parts)
    }

    fn expand(&self, template: &str, captures: &Captures<'_>, out: &mut String) -> Result<()> {
        let mut rest = template;
        while let Some((before, escape)) = rest.split_once('\\') {
            // Groups may be as long as the text, and a template names them often.
            check_text(out.len())?;
            out.push_str(before);
            let mut chars = escape.chars();
            let Some(c) = chars.next() else {
                out.push('\\');
                return Ok(());
            };
            rest = chars.as_str();
            match c {
                '0'..='9' => {
                    let group = c.to_digit(10).unwrap_or(0) as usize;
                    out.push_str(captures.get(group).unwrap_or_default());
                }
                '&' => out.push_str(captures.get(0).unwrap_or_default()),
                '`' => out.push_str(captures.text().get(..captures.start()).unwrap_or_default()),
                '\'' => out.push_str(captures.text().get(captures.end()..).unwrap_or_default()),
                '\\' => out.push('\\'),
                'k' => match rest.strip_prefix('<').and_then(|name| name.split_once('>')) {
                    Some((name, behind)) => {
                        let group = name.parse().ok().or_else(|| self.group_number(name));
                        out.push_str(group.and_then(|group| captures.get(group)).unwrap_or_default());
                        rest = behind;
                    }
                    None => out.push_str("\\k"),
                },
                other => {
                    out.push('\\');
                    out.push(other);
                }
            }
        }
        out.push_str(rest);
        Ok(())
    }
}

/// The matches of [`Regexp::matches`].
#[derive(Debug)]
pub struct Matches<'r, 't> {
    regexp: &'r Regexp,
    text: &'t str,
    at: usize,
}

impl<'t> Matches<'_, 't> {
    /// The next match.
    pub fn next_match(&mut self) -> Result<Option<Captures<'t>>> {
        if self.at > self.text.len() {
            return Ok(None);
        }
        let Some(captures) = self.regexp.try_captures_at(self.text, self.at)? else {
            self.at = self.text.len() + 1;
            return Ok(None);
        };
        self.at = captures.end();
        if captures.start() == captures.end() {
            self.at += char_length(self.text, self.at).max(1);
        }
        Ok(Some(captures))
    }
}

fn char_length(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
}
