//! `x[a, b]`: items of values, parameters of resources, and parameters of types.

mod reference;

use pcore::{Str, Type, Value, label as value_label};
use stdx::Symbol;
use syntax::ast::{Expr, ExprId};

use super::{Eval, issue};
use crate::code::Code;
use crate::error::{Control, Error};
use crate::scope::ScopeId;
use crate::session::Session;

/// An access: the node, the expression on the left, and those of the keys.
#[derive(Clone, Copy)]
struct Node<'a, 'i> {
    code: &'i Code,
    id: ExprId,
    left: ExprId,
    keys: &'a [ExprId],
}

impl Node<'_, '_> {
    /// The expression of a key, or the whole when a key came out of another one.
    fn key(&self, index: usize) -> ExprId {
        self.keys.get(index).copied().unwrap_or(self.id)
    }
}

impl<'i> Session<'i> {
    pub(super) fn eval_access(
        &mut self,
        code: &'i Code,
        id: ExprId,
        left: ExprId,
        keys: &'i [ExprId],
        scope: ScopeId,
    ) -> Eval {
        if let Some(value) = self.peek(code, id, scope) {
            return Ok(value.clone());
        }
        if let Some(value) = self.eval_fact(code, id, scope)? {
            return Ok(value);
        }
        let node = Node { code, id, left, keys };
        let container = self.eval(code, left, scope)?;
        match container {
            Value::Hash(hash) => {
                if let [key] = keys {
                    let key = self.eval(code, *key, scope)?;
                    return Ok(hash.get(&key).cloned().unwrap_or_default());
                }
                let keys = self.eval_keys(node, scope)?;
                if keys.is_empty() {
                    return Err(arity(node, "Hash supports [] with one or more arguments. Got 0"));
                }
                let found = keys.iter().filter_map(|key| hash.get(key)).filter(|value| !value.is_undef());
                Ok(Value::array(found.cloned().collect::<Vec<_>>()))
            }
            Value::Array(items) => {
                let keys = flatten(self.eval_keys(node, scope)?);
                self.access_array(node, &items, keys)
            }
            Value::Str(text) => {
                let keys = flatten(self.eval_keys(node, scope)?);
                access_string(node, &text, &keys)
            }
            Value::Binary(bytes) => {
                let keys = flatten(self.eval_keys(node, scope)?);
                let Some((from, length)) = range(node, bytes.len(), &keys, substring_key)? else {
                    return Ok(Value::Binary(Vec::new().into()));
                };
                let end = from.saturating_add(length).min(bytes.len());
                Ok(Value::Binary(bytes.get(from..end).unwrap_or_default().into()))
            }
            Value::Type(ty) => {
                let value = self.access_type(node, &ty, scope)?;
                self.limits.value(&value)?;
                Ok(value)
            }
            other => {
                // What is wrong with a key comes first.
                self.eval_keys(node, scope)?;
                let text = format!(
                    "Operator '[]' is not applicable to {}.",
                    pcore::label::with_article(&value_label::label(&other))
                );
                Err(issue(code, left, text))
            }
        }
    }

    /// `$facts['a']['b']`: a chain of plain keys, read as one path, so that the read-set stays narrow.
    fn eval_fact(&mut self, code: &'i Code, id: ExprId, scope: ScopeId) -> Result<Option<Value>, Control> {
        let mut at = id;
        let name = loop {
            match &code[at] {
                Expr::Access { left, .. } => at = *left,
                Expr::Var(name) => break *name,
                _ => return Ok(None),
            }
        };
        if name != self.well_known.facts && name != self.well_known.trusted {
            return Ok(None);
        }
        let mut keys: Vec<&str> = Vec::new();
        at = id;
        while let Expr::Access { left, keys: list } = &code[at] {
            let [only] = list[..] else { return Ok(None) };
            match &code[only] {
                Expr::Str(text) => keys.push(text),
                Expr::Name(name) => keys.push(name.as_str()),
                _ => return Ok(None),
            }
            at = *left;
        }
        keys.reverse();
        Ok(self.fact_at(scope, name, &keys, false))
    }

    /// What `$facts` or `$trusted` has at a path, which alone counts as read; `None` for other variables, and if the path ends too
    /// early, unless any key may be missing.
    pub(crate) fn fact_at(
        &mut self,
        scope: ScopeId,
        name: Symbol,
        keys: &[&str],
        any_may_miss: bool,
    ) -> Option<Value> {
        let is_facts = name == self.well_known.facts;
        // A block's parameter of that name would shadow the fact.
        if (!is_facts && name != self.well_known.trusted) || self.is_shadowed(scope, name) {
            return None;
        }
        let trusted = &self.node.trusted;
        let mut value: Option<&Value> = None;
        for key in keys {
            let hash = match value {
                None if is_facts => Some(&*self.node.facts),
                None => trusted.as_hash(),
                Some(Value::Hash(hash)) => Some(&**hash),
                Some(Value::Undef) if any_may_miss => break,
                // What is left is an error or an undef that the ordinary way describes.
                Some(_) => return None,
            };
            value = Some(hash.and_then(|hash| hash.get_str(key)).unwrap_or(&Value::Undef));
        }
        let path = keys.iter().copied();
        if is_facts {
            self.reads.fact(path);
        } else {
            self.reads.trusted(path);
        }
        Some(value.cloned().unwrap_or_default())
    }

    fn eval_keys(&mut self, node: Node<'_, 'i>, scope: ScopeId) -> Result<Vec<Value>, Control> {
        let mut keys = Vec::with_capacity(node.keys.len());
        for &key in node.keys {
            keys.push(self.eval(node.code, key, scope)?);
        }
        Ok(keys)
    }

    fn access_array(&mut self, node: Node<'_, 'i>, items: &[Value], keys: Vec<Value>) -> Eval {
        if keys.is_empty() || keys.len() > 2 {
            let text = format!("Array supports [] with one or two arguments. Got {}", keys.len());
            return Err(arity(node, &text));
        }
        let mut numbers = Vec::with_capacity(2);
        for (index, key) in keys.into_iter().enumerate() {
            match self.numeric(node.code, node.key(index), key)? {
                Value::Int(number) => numbers.push(number),
                other => {
                    let text = format!(
                        "An Array[] cannot use {} where Integer is expected",
                        pcore::infer::general_name(&other)
                    );
                    return Err(issue(node.code, node.key(index), text));
                }
            }
        }
        let length = items.len() as i64;
        match numbers[..] {
            [from, count] => {
                let (from, count) = span(length, from, count);
                let end = from.saturating_add(count).clamp(0, length);
                if from > length || count < 0 {
                    return Ok(Value::array(Vec::new()));
                }
                Ok(Value::array(items.get(from as usize..end as usize).unwrap_or_default()))
            }
            [index, ..] => {
                let index = if index < 0 { length + index } else { index };
                Ok(usize::try_from(index).ok().and_then(|at| items.get(at)).cloned().unwrap_or_default())
            }
            [] => Ok(Value::Undef),
        }
    }

    fn access_type(&mut self, node: Node<'_, 'i>, ty: &Type, scope: ScopeId) -> Eval {
        match ty {
            Type::Class(name) => {
                let keys = self.eval_class_keys(node, scope)?;
                self.access_class(node, name.as_ref(), keys)
            }
            Type::Resource(reference) => {
                let mut keys = self.eval_keys(node, scope)?;
                // Resource[File] is File.
                if let [Value::Type(inner @ Type::Resource(_))] = &keys[..]
                    && reference.type_name.is_none()
                {
                    return Ok(Value::Type(inner.clone()));
                }
                self.access_resource(node, reference, &mut keys, scope)
            }
            _ => {
                let keys = self.eval_keys(node, scope)?;
                pcore::parameterize::access(ty, &keys).map_err(|error| {
                    let blamed = error.argument.map_or(node.id, |index| node.key(index));
                    if error.code == "RUNTIME_ERROR" {
                        return Error::new(error.message).into();
                    }
                    issue(node.code, blamed, error.message)
                })
            }
        }
    }

    /// Keys of `Class[...]`, where an unknown capitalised name is not an error of its own.
    fn eval_class_keys(&mut self, node: Node<'_, 'i>, scope: ScopeId) -> Result<Vec<Value>, Control> {
        let mut keys = Vec::with_capacity(node.keys.len());
        for &key in node.keys {
            let value = match &node.code[key] {
                Expr::TypeName(name) => {
                    let known = self.named_type(*name)?;
                    Value::Type(known.unwrap_or_else(|| Type::Reference((*name).into())))
                }
                _ => self.eval(node.code, key, scope)?,
            };
            keys.push(value);
        }
        Ok(keys)
    }
}

fn arity(node: Node<'_, '_>, text: &str) -> Control {
    issue(node.code, node.left, text)
}

/// Start and length, from numbers that may count from the end.
fn span(length: i64, from: i64, count: i64) -> (i64, i64) {
    let from = if from < 0 { length + from } else { from };
    let count = if count < 0 { length - from + count + 1 } else { count };
    if from < 0 { (0, count + from) } else { (from, count) }
}

/// Start and length of a substring; `None` gives the empty one.
fn range(
    node: Node<'_, '_>,
    length: usize,
    keys: &[Value],
    number: fn(Node<'_, '_>, usize, &Value) -> Result<i64, Control>,
) -> Result<Option<(usize, usize)>, Control> {
    let length = length as i64;
    let (from, count) = match keys {
        [from] => {
            let from = number(node, 0, from)?;
            (if from < 0 { length + from } else { from }, 1)
        }
        [from, count] => span(length, number(node, 0, from)?, number(node, 1, count)?),
        _ => {
            let text = format!("String supports [] with one or two arguments. Got {}", keys.len());
            return Err(arity(node, &text));
        }
    };
    Ok(match (usize::try_from(from), usize::try_from(count)) {
        (Ok(from), Ok(count)) if from as i64 <= length => Some((from, count)),
        _ => None,
    })
}

fn substring_key(node: Node<'_, '_>, index: usize, key: &Value) -> Result<i64, Control> {
    let number = match key {
        Value::Str(text) => pcore::number::parse_numeric(text),
        other => Some(other.clone()),
    };
    match number {
        Some(Value::Int(number)) => Ok(number),
        number => {
            let name = pcore::infer::general_name(&number.unwrap_or_else(|| key.clone()));
            let text = format!(
                "A substring operation does not accept {} as a character index. Expected an Integer",
                pcore::label::with_article(&name)
            );
            Err(issue(node.code, node.key(index), text))
        }
    }
}

fn access_string(node: Node<'_, '_>, text: &Str, keys: &[Value]) -> Eval {
    if text.is_ascii() {
        let Some((from, count)) = range(node, text.len(), keys, substring_key)? else {
            return Ok(Value::from(""));
        };
        let end = from.saturating_add(count).min(text.len());
        return Ok(Value::from(text.get(from..end).unwrap_or_default()));
    }
    let characters: Vec<char> = text.chars().collect();
    let Some((from, count)) = range(node, characters.len(), keys, substring_key)? else {
        return Ok(Value::from(""));
    };
    Ok(Value::from(characters.iter().skip(from).take(count).collect::<String>()))
}

/// Keys with arrays among them spread out, at any depth.
fn flatten(keys: Vec<Value>) -> Vec<Value> {
    if !keys.iter().any(|key| matches!(key, Value::Array(_))) {
        return keys;
    }
    let mut flat = Vec::with_capacity(keys.len());
    for key in keys {
        match key {
            Value::Array(items) => flat.extend(flatten(items.to_vec())),
            other => flat.push(other),
        }
    }
    flat
}
