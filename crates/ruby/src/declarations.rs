//! Ruby files that only declare: calls with literal arguments, one after the other, such as a Puppetfile.
//!
//! The file is read, not run. What is not a call of a function with literals (variables, constants, interpolation, conditions, methods,
//! blocks) is refused with its line, since guessing what it would give could bring other code to servers than was meant.

use lib_ruby_parser::{Bytes, Node};

use crate::error::CompileError;
use crate::lower::construct_name;
use crate::parse;

/// Longest file, in bytes.
const FILE_BYTES_MAX: usize = 256 << 10;
/// Nesting of arrays and hashes.
const DEPTH_MAX: u32 = 32;

/// A value that stands in the code as it is.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// `nil`
    Nil,
    /// `true` and `false`
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A string without interpolation.
    String(String),
    /// A symbol; keys of the form `key:` are symbols.
    Symbol(String),
    /// An array.
    Array(Vec<Literal>),
    /// A hash, or the keywords of a call; in the order of the code, repeated keys included.
    Hash(Vec<(Literal, Literal)>),
}

/// A call of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Its name.
    pub name: String,
    /// Its arguments; keywords are the last one.
    pub arguments: Vec<Literal>,
    /// Line, from 1.
    pub line: u32,
}

/// Why a file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    /// What is wrong.
    pub message: String,
    /// Line, from 1; 0 if the whole file is meant.
    pub line: u32,
}

/// Reads the calls of a file.
///
/// # Errors
/// It is not Ruby, or does more than to declare.
pub fn calls(code: &str) -> Result<Vec<Call>, Problem> {
    if code.len() > FILE_BYTES_MAX {
        return Err(Problem { message: format!("the file has more than {FILE_BYTES_MAX} bytes"), line: 0 });
    }
    let mut problem = None;
    let lines = Lines::of(code);
    let result = parse::with_tree(code, &[], |tree| {
        let mut calls = Vec::new();
        // The place of a problem must leave the parser's thread as it is.
        problem = tree.map(|tree| statements(&lines, tree, &mut calls)).and_then(Result::err);
        Ok(calls)
    });
    match (problem, result) {
        (Some(problem), _) => Err(problem),
        (None, Ok(calls)) => Ok(calls),
        (None, Err(CompileError::Syntax { message, line })) => {
            Err(Problem { message: format!("syntax error, {message}"), line: line + 1 })
        }
        (None, Err(error)) => Err(Problem { message: error.to_string(), line: 0 }),
    }
}

/// Where lines end.
struct Lines(Vec<usize>);

impl Lines {
    fn of(code: &str) -> Lines {
        Lines(memchr::memchr_iter(b'\n', code.as_bytes()).collect())
    }
}

fn statements(lines: &Lines, node: &Node, calls: &mut Vec<Call>) -> Result<(), Problem> {
    match node {
        Node::Begin(begin) => {
            begin.statements.iter().try_for_each(|statement| statements(lines, statement, calls))
        }
        Node::Send(send) if send.recv.is_none() => {
            let arguments = send.args.iter().map(|argument| literal(lines, argument, 0));
            let arguments = arguments.collect::<Result<_, _>>()?;
            calls.push(Call { name: send.method_name.clone(), arguments, line: line(lines, node) });
            Ok(())
        }
        other => Err(refused(lines, other)),
    }
}

fn literal(lines: &Lines, node: &Node, depth: u32) -> Result<Literal, Problem> {
    if depth > DEPTH_MAX {
        return Err(Problem {
            message: format!("collections nested more than {DEPTH_MAX} deep"),
            line: line(lines, node),
        });
    }
    let text = |node: &Node, bytes: &Bytes| {
        std::str::from_utf8(bytes.as_raw()).map(str::to_owned).map_err(|_| Problem {
            message: "a string that is not UTF-8".to_owned(),
            line: line(lines, node),
        })
    };
    let pairs = |pairs: &[Node]| {
        let pairs = pairs.iter().map(|pair| match pair {
            Node::Pair(pair) => {
                Ok((literal(lines, &pair.key, depth + 1)?, literal(lines, &pair.value, depth + 1)?))
            }
            other => Err(refused(lines, other)),
        });
        pairs.collect::<Result<_, Problem>>().map(Literal::Hash)
    };
    match node {
        Node::Nil(_) => Ok(Literal::Nil),
        Node::True(_) => Ok(Literal::Bool(true)),
        Node::False(_) => Ok(Literal::Bool(false)),
        Node::Int(number) => {
            number.value.replace('_', "").parse().map(Literal::Integer).map_err(|_| Problem {
                message: format!("the number {} is not a decimal one of 64 bits", number.value),
                line: line(lines, node),
            })
        }
        Node::Str(string) => text(node, &string.value).map(Literal::String),
        Node::Sym(symbol) => text(node, &symbol.name).map(Literal::Symbol),
        Node::Dstr(parts) => joined(lines, &parts.parts, depth).map(Literal::String),
        Node::Heredoc(parts) => joined(lines, &parts.parts, depth).map(Literal::String),
        Node::Array(array) => {
            let elements = array.elements.iter().map(|element| literal(lines, element, depth + 1));
            elements.collect::<Result<_, _>>().map(Literal::Array)
        }
        Node::Hash(hash) => pairs(&hash.pairs),
        Node::Kwargs(hash) => pairs(&hash.pairs),
        other => Err(refused(lines, other)),
    }
}

/// Strings that stand side by side, or lines of one; anything that is interpolated is refused.
fn joined(lines: &Lines, parts: &[Node], depth: u32) -> Result<String, Problem> {
    let mut whole = String::new();
    for part in parts {
        match part {
            Node::Begin(_) | Node::Lvar(_) | Node::Ivar(_) | Node::Gvar(_) | Node::Cvar(_) => {
                return Err(Problem {
                    message: "interpolation in a string; only plain values can be read here".to_owned(),
                    line: line(lines, part),
                });
            }
            part => match literal(lines, part, depth + 1)? {
                Literal::String(text) => whole.push_str(&text),
                _ => return Err(refused(lines, part)),
            },
        }
    }
    Ok(whole)
}

fn refused(lines: &Lines, node: &Node) -> Problem {
    let what = match node {
        Node::Const(constant) => format!("the constant {}", constant.name),
        Node::Lvasgn(assignment) => format!("the variable {}", assignment.name),
        Node::Casgn(assignment) => format!("the constant {}", assignment.name),
        Node::Send(send) if send.recv.is_some() => format!("the method {}", send.method_name),
        Node::Send(send) => format!("the function {} as a value", send.method_name),
        Node::Index(_) => "looking up a value".to_owned(),
        Node::Def(def) => format!("the definition of {}", def.name),
        Node::Block(_) => "a block".to_owned(),
        Node::If(_) | Node::IfMod(_) | Node::IfTernary(_) => "a condition".to_owned(),
        other => construct_name(other).to_owned(),
    };
    Problem { message: format!("{what}; only plain values can be read here"), line: line(lines, node) }
}

fn line(lines: &Lines, node: &Node) -> u32 {
    let line = lines.0.partition_point(|end| *end < node.expression().begin) + 1;
    u32::try_from(line).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(text: &str) -> Literal {
        Literal::String(text.to_owned())
    }

    fn symbol(text: &str) -> Literal {
        Literal::Symbol(text.to_owned())
    }

    #[test]
    fn calls_with_their_arguments_and_lines() {
        let code = "# a comment\nforge 'https://forge.example.com'\n\nmod 'a/b', :latest\nmod('c',\n  :git => \"u\",\n  branch: :control_branch, 'x' => [1, nil, true])\n";
        let calls = calls(code).unwrap();
        assert_eq!(calls.len(), 3);
        assert_eq!((calls[0].name.as_str(), calls[0].line), ("forge", 2));
        assert_eq!(calls[1].arguments, [string("a/b"), symbol("latest")]);
        assert_eq!(calls[2].line, 5);
        assert_eq!(
            calls[2].arguments,
            [
                string("c"),
                Literal::Hash(vec![
                    (symbol("git"), string("u")),
                    (symbol("branch"), symbol("control_branch")),
                    (
                        string("x"),
                        Literal::Array(vec![Literal::Integer(1), Literal::Nil, Literal::Bool(true)])
                    ),
                ])
            ]
        );
        assert_eq!(super::calls("").unwrap(), []);
        assert_eq!(super::calls("# nothing\n").unwrap(), []);
    }

    #[test]
    fn strings_of_several_parts() {
        assert_eq!(calls("a 'x' \"y\"").unwrap()[0].arguments, [string("xy")]);
        assert_eq!(calls("a <<~E\n  x\n  y\nE\n").unwrap()[0].arguments, [string("x\ny\n")]);
        assert_eq!(calls("a \"x\\ty\"").unwrap()[0].arguments, [string("x\ty")]);
    }

    #[test]
    fn what_is_not_a_declaration_is_refused_with_its_line() {
        for (code, line, part) in [
            ("mod 'a'\nversion = '1'\n", 2, "the variable version"),
            ("mod 'a', \"#{x}\"\n", 1, "interpolation"),
            ("\nmod 'a', VERSION\n", 2, "the constant VERSION"),
            ("mod 'a', ENV['X']\n", 1, "looking up a value"),
            ("mod 'a', x\n", 1, "the function x as a value"),
            ("mod 'a' if true\n", 1, "a condition"),
            ("def x\nend\n", 1, "the definition of x"),
            ("['a'].each { |x| mod x }\n", 1, "a block"),
            ("mod 'a', git: `id`\n", 1, "backquotes"),
            ("File.read('/etc/passwd')\n", 1, "the method read"),
            ("mod 'a', **x\n", 1, "only plain values"),
            ("mod 'a',\n", 2, "syntax error"),
            ("mod 'a'\nmod 'b' 'c', ]\n", 2, "syntax error"),
        ] {
            let problem = calls(code).unwrap_err();
            assert!(problem.message.contains(part), "{code:?}: {problem:?}");
            assert_eq!(problem.line, line, "{code:?}: {problem:?}");
        }
    }

    #[test]
    fn what_is_too_deep_or_too_large_is_refused() {
        for (open, close) in [("[", "]"), ("(", ")"), ("{a: ", "}"), ("!", "")] {
            let code = format!("mod {}1{}", open.repeat(20_000), close.repeat(20_000));
            assert!(calls(&code).is_err(), "{open}");
        }
        let problem = calls(&"# a comment\n".repeat(30_000)).unwrap_err();
        assert!(problem.message.contains("more than 262144 bytes"), "{problem}");
        assert_eq!(calls(&"mod 'a/b', '1.0.0'\n".repeat(10_000)).unwrap().len(), 10_000);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
            if let Err(problem) = calls(&text) {
                proptest::prop_assert!(problem.line <= 2 + text.lines().count() as u32);
            }
        }

        #[test]
        fn anything_like_a_puppetfile_is_read_or_refused(text in "(mod|forge|moduledir| |'a/b'|\"|'|,|:git|=>|nil|\\[|\\]|\\{|\\}|#|\n|:|x){0,40}") {
            let _ = calls(&text);
        }
    }
}
