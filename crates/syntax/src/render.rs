//! Problems with the source line they are about, for people at a terminal.

use std::fmt::Write as _;

use crate::diagnostic::{Diagnostic, Severity};

/// Characters of a line that are shown at most.
const MAX_WIDTH: usize = 160;

/// The problem, its place and its line, without colours.
pub fn render(diagnostic: &Diagnostic) -> String {
    let paint = Paint { colors: false };
    header(diagnostic, &paint) + &draw(diagnostic, &paint)
}

/// As [`render`], with colours for terminals that have them.
pub fn render_colored(diagnostic: &Diagnostic) -> String {
    let paint = Paint { colors: true };
    header(diagnostic, &paint) + &draw(diagnostic, &paint)
}

/// Only the line with the place marked, for use under a message in other words. Empty when the
/// problem has no line.
pub fn snippet(diagnostic: &Diagnostic, colors: bool) -> String {
    draw(diagnostic, &Paint { colors })
}

struct Paint {
    colors: bool,
}

impl Paint {
    fn with(&self, code: &str, text: &str) -> String {
        if self.colors { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.into() }
    }

    fn frame(&self, text: &str) -> String {
        self.with("1;34", text)
    }
}

fn color(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "1;31",
        Severity::Warning => "1;33",
        Severity::Deprecation => "1;35",
    }
}

fn header(diagnostic: &Diagnostic, paint: &Paint) -> String {
    let name = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Deprecation => "deprecation",
    };
    let mut out = paint.with(color(diagnostic.severity), &format!("{name}[{}]", diagnostic.code));
    let message = printable(&diagnostic.message);
    let _ = writeln!(out, "{}", paint.with("1", &format!(": {message}")));
    let path = match &diagnostic.file.path {
        Some(path) => printable(&path.display().to_string()),
        None => "<code>".into(),
    };
    let arrow = paint.frame("-->");
    let _ = match diagnostic.position() {
        Some(at) => {
            let margin = " ".repeat(at.line.to_string().len());
            writeln!(out, "{margin}{arrow} {path}:{}:{}", at.line, at.column)
        }
        None => writeln!(out, " {arrow} {path}"),
    };
    out
}

fn draw(diagnostic: &Diagnostic, paint: &Paint) -> String {
    let mut out = String::new();
    // Lines and columns within a heredoc count from its own text, so they do not say what to show.
    let Some(at) = diagnostic.position().filter(|_| diagnostic.has_span()) else { return out };
    let margin = " ".repeat(at.line.to_string().len());
    let line = diagnostic.file.line_text(at.line);
    let column = at.column as usize - 1;
    let length = diagnostic
        .file
        .text
        .get(diagnostic.span.start as usize..diagnostic.span.end as usize)
        .map_or(1, |text| text.lines().next().unwrap_or("").chars().count());
    let skipped = column.saturating_sub(MAX_WIDTH / 2);
    let total = line.chars().count();
    let shown: String = line.chars().skip(skipped).take(MAX_WIDTH).map(visible).collect();
    let cut_left = if skipped > 0 { "…" } else { "" };
    let cut_right = if total > skipped + MAX_WIDTH { "…" } else { "" };
    // Tabs stay, so that the caret stands under its character whatever their width.
    let before: String = cut_left
        .chars()
        .map(|_| ' ')
        .chain(line.chars().skip(skipped).take(column - skipped).map(|c| if c == '\t' { c } else { ' ' }))
        .collect();
    let room = total.saturating_sub(column).min(MAX_WIDTH - (column - skipped));
    let carets = "^".repeat(length.min(room).max(1));
    let bar = paint.frame("|");
    let number = paint.frame(&at.line.to_string());
    let _ = writeln!(out, "{margin} {bar}");
    let _ = writeln!(out, "{number} {bar} {cut_left}{shown}{cut_right}");
    let _ = writeln!(out, "{margin} {bar} {before}{}", paint.with(color(diagnostic.severity), &carets));
    out
}

/// Text that does nothing to the terminal but break lines.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { c } else { visible(c) }).collect()
}

/// A character that does nothing to the terminal.
fn visible(c: char) -> char {
    let hides = c.is_control() && c != '\t'
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if hides { '\u{fffd}' } else { c }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceFile;
    use crate::{Options, parse};

    fn rendered(text: &str) -> String {
        let parsed = parse(SourceFile::new(Some("site.pp".into()), text), Options::default());
        parsed.errors.iter().map(render).collect()
    }

    #[test]
    fn points_at_the_token() {
        insta::assert_snapshot!(rendered("class a {\n\tnotice('x') )\n}\n"), @r"
        error[SYNTAX_ERROR]: Syntax error at ')'
         --> site.pp:2:14
          |
        2 | 	notice('x') )
          | 	            ^
        ");
        insta::assert_snapshot!(rendered("'é' + $Foo\n$x"), @r"
        error[IDEM_EXPRESSION_NOT_LAST]: This '+' expression has no effect. A value was produced and then forgotten (one or more preceding expressions may have the wrong form)
         --> site.pp:1:5
          |
        1 | 'é' + $Foo
          |     ^
        error[ILLEGAL_VAR_NAME]: Illegal variable name, The given name 'Foo' does not conform to the naming rule /^((::)?[a-z]\w*)*((::)?[a-z_]\w*)$/
         --> site.pp:1:7
          |
        1 | 'é' + $Foo
          |       ^^^^
        ");
    }

    #[test]
    fn end_of_input_has_no_line() {
        insta::assert_snapshot!(rendered("class a {"), @r"
        error[SYNTAX_ERROR]: Syntax error at end of input
         --> site.pp
        ");
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        let shown = rendered("notice(\u{1b}[31m)\u{202e}");
        assert!(!shown.contains('\u{1b}'));
        assert!(!shown.contains('\u{202e}'));
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let text = format!("$x = [{} ) ]", "1, ".repeat(200));
        let shown = rendered(&text);
        let lines: Vec<&str> = shown.lines().collect();
        assert!(lines[3].chars().count() < MAX_WIDTH + 10, "{shown}");
        let caret = lines[4].chars().position(|c| c == '^').unwrap();
        assert_eq!(lines[3].chars().nth(caret), Some(')'));
    }
}
