//! The classes of an environment with their parameters, for those who offer them to people: what Puppet calls class information.
//!
//! It is read from the trees alone: nothing is evaluated, types that modules define are not looked up but shown as references
//! (`TypeReference['Stdlib::Port']`, as by Puppet Server), and a default is given as a value only where JSON can hold it exactly.

use std::path::PathBuf;

use pcore::{Hash, Str, Value, format};
use stdx::Symbol;
use syntax::ast::{Expr, ExprId, Parameter};

use super::Image;
use super::files::{Source, SourceKind};
use crate::code::Code;
use crate::types::{builtin, interpret_type};

/// A manifest of an environment.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Its classes, inner ones before those they stand in; or the error of a file that cannot be read.
    pub classes: Result<Vec<ClassInfo>, String>,
}

/// A class.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassInfo {
    /// Name.
    pub name: Symbol,
    /// Parameters in order.
    pub parameters: Vec<ClassParameter>,
}

/// A parameter of a class.
#[derive(Clone, Debug, PartialEq)]
pub struct ClassParameter {
    /// Name without `$`.
    pub name: Symbol,
    /// Its type as text, if it has one.
    pub type_text: Option<String>,
    /// Source text of its default, if it has one.
    pub default_source: Option<String>,
    /// The default itself, if it is a literal other than `undef` that JSON can hold.
    pub default_literal: Option<Value>,
}

impl Image {
    /// The manifests of the environment and of its modules with their classes, in the order of paths.
    pub fn classes(&self) -> Vec<ClassFile> {
        let is_manifest = |source: &&Source| matches!(source.kind(), SourceKind::Site | SourceKind::Manifest);
        let mut files: Vec<ClassFile> = self
            .files
            .sources()
            .filter(is_manifest)
            .map(|source| {
                let code = source.code().map_err(|error| error.error().message().to_owned());
                ClassFile { path: source.path().to_owned(), classes: code.and_then(|code| of_file(code)) }
            })
            .collect();
        files.sort_by(|one, other| one.path.as_os_str().cmp(other.path.as_os_str()));
        files
    }
}

fn of_file(code: &Code) -> Result<Vec<ClassInfo>, String> {
    let classes = code.definitions.iter().filter_map(|&id| match &code[id] {
        Expr::Class(class) => Some(class),
        _ => None,
    });
    classes
        .map(|class| {
            let parameters = class.parameters.iter().map(|parameter| of_parameter(code, parameter));
            Ok(ClassInfo { name: class.name, parameters: parameters.collect::<Result<_, String>>()? })
        })
        .collect()
}

fn of_parameter(code: &Code, parameter: &Parameter) -> Result<ClassParameter, String> {
    let name = parameter.name;
    let type_text = parameter.type_expr.map(|id| {
        let found = interpret_type(code, id, None, &|name| Ok(known(name.as_str())));
        let value =
            found.map_err(|error| format!("The parameter '${name}' is invalid: {}", error.message()))?;
        Ok::<_, String>(format::to_s(&value))
    });
    Ok(ClassParameter {
        name,
        type_text: type_text.transpose()?,
        default_source: parameter.value.map(|id| source_of(code, id).to_owned()),
        default_literal: parameter.value.and_then(|id| literal(code, id)).filter(|value| !value.is_undef()),
    })
}

/// The types of the language; those that Puppet defines in its own language are not known here either.
fn known(name: &str) -> Option<pcore::Type> {
    let is_defined = name.contains("::") || matches!(name, "Error" | "Target");
    if is_defined { None } else { builtin(name) }
}

/// The text from the first to the last part of an expression. As Puppet has it, a parenthesis at the end is no part.
fn source_of(code: &Code, id: ExprId) -> &str {
    let (mut start, mut end) = (u32::MAX, 0);
    let mut waiting = vec![id];
    while let Some(id) = waiting.pop() {
        let span = code.span(id);
        let is_paren = matches!(code[id], Expr::Paren(_));
        start = start.min(span.start);
        end = end.max(if is_paren { span.start + 1 } else { span.end });
        code[id].each_child(&mut |child| waiting.push(child));
    }
    code.ast.file.text.get(start as usize..end as usize).unwrap_or_default()
}

fn literal(code: &Code, id: ExprId) -> Option<Value> {
    Some(match &code[id] {
        Expr::Str(text) => Value::Str(text.clone().into()),
        Expr::Name(name) => Value::Str((*name).into()),
        Expr::Int(number, _) => Value::Int(*number),
        Expr::Float(number) => Value::Float(*number),
        Expr::Bool(flag) => Value::Bool(*flag),
        Expr::Undef => Value::Undef,
        Expr::Array(items) => {
            Value::array(items.iter().map(|&item| literal(code, item)).collect::<Option<Vec<_>>>()?)
        }
        Expr::Hash(entries) => {
            let mut hash = Hash::with_capacity(entries.len());
            for (key, value) in entries {
                let Value::Str(key) = literal(code, *key)? else { return None };
                hash.insert(Str::clone(&key), literal(code, *value)?);
            }
            Value::hash(hash)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::ImageOptions;

    /// As Puppet 8.11's `ClassInformationService` shows the same text.
    #[test]
    fn classes_are_shown_as_by_puppet() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(
            path("a.pp"),
            r#"class a (
  Integer $i = 3, String[1, 20] $s = "x", Stdlib::Absolutepath $p = '/a', Optional[Enum['a', b]] $e = undef, $untyped,
  Hash[String, Array[Variant[Integer, Boolean]]] $h = { 'a' => [1, true], b => 'c' }, Hash $hi = { 1 => 2 },
  Array $neg = ['a', -1], Array $u = ['a', undef], String $in = "a${facts}", Regexp $r = /x/, Type $t = Integer,
  Struct[{a => String, Optional[b] => Integer}] $st = {}, Float $f = 1e3, Integer $x = 0x1F, $d = default,
  Foo::Bar[1] $fb = $i + 1, Class['x'] $cls = Class['x'], String $dq = "esc\n\"q\"", Numeric $num = (1),
  Array[File] $af = a::b('x', [1]), Resource['file'] $rf, Callable[[String], Integer] $cb, Error $er, Integer[default, 5] $id = 4,
) inherits b { }
class c::d { class deep($x = [
  1]) {} }
define nope(String $x) {}
"#,
        )
        .unwrap();
        std::fs::write(path("b.pp"), "class b( {\n").unwrap();
        std::fs::write(path("c.pp"), "class c(Integer[1, 2, 3] $x) {}\n").unwrap();
        std::fs::write(path("d.pp"), "").unwrap();
        let options = ImageOptions { manifest: Some(folder.path().to_owned()), ..ImageOptions::default() };
        let mut shown = String::new();
        for file in Image::load(&options).unwrap().classes() {
            shown += &format!("{}\n", file.path.file_name().unwrap().display());
            match file.classes {
                Err(error) => {
                    shown += &format!("  {}\n", error.replace(&folder.path().display().to_string(), ""))
                }
                Ok(classes) => {
                    for class in classes {
                        shown += &format!("  {}\n", class.name);
                        for parameter in class.parameters {
                            let literal = parameter.default_literal.as_ref().map(pcore::json::to_string);
                            shown += &format!(
                                "    {}: {} = {} ({})\n",
                                parameter.name,
                                parameter.type_text.as_deref().unwrap_or("-"),
                                parameter.default_source.as_deref().unwrap_or("-"),
                                literal.as_deref().unwrap_or("-"),
                            );
                        }
                    }
                }
            }
        }
        insta::assert_snapshot!(shown);
    }
}
