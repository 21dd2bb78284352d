//! Words of a shell, as Ruby's `Shellwords` quotes and splits them.

/// The text as one word of a command line.
pub(in crate::functions) fn escape(text: &str) -> String {
    if text.is_empty() {
        return "''".to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            // A line break behind a backslash would join lines.
            '\n' => out.push_str("'\n'"),
            'A'..='Z' | 'a'..='z' | '0'..='9' | '_' | '-' | '.' | ',' | ':' | '+' | '/' | '@' => out.push(c),
            _ => {
                out.push('\\');
                out.push(c);
            }
        }
    }
    out
}

/// The words of a command line; `None` if a quote in it is not closed.
pub(in crate::functions) fn split(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut rest = line.trim_start_matches(is_blank);
    while !rest.is_empty() {
        let mut word = String::new();
        loop {
            let mut chars = rest.char_indices();
            match chars.next() {
                None => break,
                Some((_, c)) if is_blank(c) => break,
                Some((_, '\'')) => {
                    let (quoted, after) = rest.get(1..).and_then(|rest| rest.split_once('\''))?;
                    word.push_str(quoted);
                    rest = after;
                }
                Some((_, '"')) => rest = double_quoted(rest, &mut word)?,
                Some((_, '\\')) => match chars.next() {
                    Some((at, c)) => {
                        word.push(c);
                        rest = rest.get(at + c.len_utf8()..).unwrap_or_default();
                    }
                    None => {
                        word.push('\\');
                        rest = "";
                    }
                },
                Some((_, c)) => {
                    word.push(c);
                    rest = rest.get(c.len_utf8()..).unwrap_or_default();
                }
            }
        }
        words.push(word);
        rest = rest.trim_start_matches(is_blank);
    }
    Some(words)
}

fn is_blank(c: char) -> bool {
    c.is_ascii_whitespace() || c == '\u{b}'
}

/// Takes a text in double quotes; in it a backslash counts only before `$`, `` ` ``, `"`, `\` and a line break.
fn double_quoted<'t>(text: &'t str, word: &mut String) -> Option<&'t str> {
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return text.get(at + 1..),
            '\\' => match chars.next() {
                Some((_, c @ ('$' | '`' | '"' | '\\' | '\n'))) => word.push(c),
                Some((_, c)) => {
                    word.push('\\');
                    word.push(c);
                }
                None => break,
            },
            c => word.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn quoted_words_are_split_again(words in proptest::collection::vec("\\PC{0,8}|[ '\"\\\\\n]{1,4}", 0..5)) {
            let line: Vec<String> = words.iter().map(|word| escape(word)).collect();
            prop_assert_eq!(split(&line.join(" ")).unwrap(), words);
        }

        #[test]
        fn splitting_takes_any_text(line in "[ a'\"\\\\$\n]{0,20}") {
            let _ = split(&line);
        }
    }
}
